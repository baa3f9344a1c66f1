//! `/_emulator/requests`: looking back.

use std::sync::Arc;

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::{Entry, Expectation, Recorded, verify};
use crate::error::Error;
use crate::http::answer::ok;
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::query::TypedQuery;
use crate::http::routing::PathId;
use crate::model::hexes;

/// What is absent can be anything.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestFilter {
    /// An operationId.
    #[serde(default)]
    operation: Option<String>,
    #[serde(default)]
    method: Option<String>,
    /// With or without its last slash.
    #[serde(default)]
    path: Option<String>,
    /// Of the answer.
    #[serde(default)]
    status: Option<u16>,
    /// One that the path, the query, the body or the answer names.
    #[serde(default)]
    link: Option<Uuid>,
    /// The cursor of the last request that was dealt with.
    #[serde(default)]
    after: u64,
}

/// Requests of the account, the oldest first.
#[derive(Serialize, JsonSchema)]
pub struct Requests {
    requests: Vec<Recorded>,
    #[serde(flatten)]
    reach: Reach,
}

/// How far the journal reaches.
#[derive(Clone, Copy, Serialize, JsonSchema)]
pub struct Reach {
    /// How many requests are forgotten.
    evicted: u64,
    /// That of the account's last request.
    last_cursor: u64,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    requests: Vec<Expectation>,
    /// Whether they are to be met one after the other; other requests may stand between.
    #[serde(default)]
    in_order: bool,
    /// The cursor of the last request that does not count.
    #[serde(default)]
    after: u64,
}

#[derive(Serialize, JsonSchema)]
pub struct Verified {
    /// The ids of the requests that met each expectation.
    #[serde(serialize_with = "hexes")]
    #[schemars(with = "Vec<Vec<String>>")]
    matched: Vec<Vec<Uuid>>,
    #[serde(flatten)]
    reach: Reach,
}

pub async fn list(caller: Caller, TypedQuery(asked): TypedQuery<RequestFilter>) -> HttpResponse {
    let RequestFilter { operation, method, path, status, link, after } = asked;
    let wanted = Expectation { operation, method, path, status, ..Expectation::default() };
    let found = match wanted.check("") {
        Ok(()) => journal(&caller, after).await,
        Err(error) => Err(error),
    };
    caller.reply(found.map(|(entries, reach)| {
        let is_wanted = |request: &Recorded| {
            wanted.is_met_by(request) && link.is_none_or(|link| request.links.contains(&link))
        };
        let requests = entries.iter().map(|entry| entry.read()).filter(is_wanted).collect();
        ok(Requests { requests, reach })
    }))
}

pub async fn explain(caller: Caller, request_id: PathId) -> HttpResponse {
    caller.control(|account| account.explain(&request_id).map(ok)).await
}

pub async fn verification(caller: Caller, Typed(asked): Typed<Verification>) -> HttpResponse {
    caller.reply(verified(&caller, &asked).await.map(ok))
}

async fn verified(caller: &Caller, asked: &Verification) -> Result<Verified, Error> {
    let Verification { requests: expectations, in_order, after } = asked;
    if expectations.is_empty() {
        let sentence = "Expect at least one request; {} is any, and count: 0 is none.";
        return Err(Error::invalid(sentence).on("requests"));
    }
    for (place, expectation) in expectations.iter().enumerate() {
        expectation.check(&format!("requests[{place}]."))?;
    }
    let (entries, reach) = journal(caller, *after).await?;
    if reach.evicted > *after && (*in_order || expectations.iter().any(Expectation::has_most)) {
        let gone = reach.evicted - after;
        return Err(Error::verification_failed(&format!(
            "{gone} requests that count are forgotten, so their number and order cannot be told; \
             verify after cursor {} or later, or raise --journal-limit",
            reach.evicted
        )));
    }
    let requests: Vec<Recorded> = entries.iter().map(|entry| entry.read()).collect();
    let matched = verify(expectations, &requests, *in_order);
    let matched = matched.map_err(|text| Error::verification_failed(&text))?;
    Ok(Verified { matched, reach })
}

/// What the journal has after a cursor. It is read when the account is free again.
async fn journal(caller: &Caller, after: u64) -> Result<(Vec<Arc<Entry>>, Reach), Error> {
    let journal = caller.accounts().control(caller.slot(), |account| {
        let journal = account.journal()?;
        let reach = Reach { evicted: journal.evicted(), last_cursor: journal.last_cursor() };
        Ok((journal.after(after)?, reach))
    });
    journal.await
}
