//! Lists and verifies the requests of the log. Their bodies are read while the account is unlocked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::task::yield_now;
use uuid::Uuid;

use crate::account::{
    Exchange, Expectation, Met, PageLimit, Reach, Recorded, RequestSlice, verify,
};
use crate::accounts::{Accounts, Slot};
use crate::error::Error;

/// The largest number of expectations in one verification. The limits on the requests and on the
/// pairs of both stand below.
const MOST_EXPECTATIONS: usize = 1000;
const MOST_REQUESTS: usize = 10_000;
const MOST_COMPARISONS: usize = 1_000_000;
/// The number of requests that are read before other calls have their turn. Reading one takes up to
/// two milliseconds, if its bodies have mistakes.
const READ_AT_ONCE: usize = 8;

/// The parameters of the list of requests. A request is listed if it fits all of them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestFilter {
    /// The operationId of the request.
    #[serde(default)]
    pub(crate) operation: Option<String>,
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// The path of the request, with or without its last slash.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// The HTTP status of the answer.
    #[serde(default)]
    pub(crate) status: Option<u16>,
    /// A link that the path, the query, the body or the answer names.
    #[serde(default)]
    pub(crate) link: Option<Uuid>,
    /// The `external_id` of the body. With `operation=RegisterLink` it also finds registrations
    /// that were refused.
    #[serde(default)]
    pub(crate) external_id: Option<String>,
    /// The CURP of the body, which is its `username`.
    #[serde(default)]
    pub(crate) curp: Option<String>,
    /// A cursor. The list shows only requests after it.
    #[serde(default)]
    pub(crate) after: u64,
    /// The largest number of requests on the page. A page that holds fewer, even none, need not be
    /// the last one.
    #[serde(default)]
    pub(crate) limit: PageLimit,
}

/// A page of the requests of the account, the oldest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Requests {
    pub requests: Vec<Recorded>,
    #[serde(flatten)]
    pub reach: Reach,
}

// The requests that must have been made.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The expectations, 1,000 at most.
    pub(crate) requests: Vec<Expectation>,
    /// True when the expectations must be met one after the other. Other requests may stand
    /// between.
    #[serde(default)]
    pub(crate) in_order: bool,
    /// A cursor. Only requests after it count, 10,000 at most.
    #[serde(default)]
    pub(crate) after: u64,
}

// The result of a verification that found all that it expected.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verified {
    /// The requests that met each expectation.
    pub matched: Vec<Met>,
    /// The cursor of the last entry of the log that was looked at.
    pub last_cursor: u64,
    /// The cursor of the last entry that was evicted from the log. It is 0 when none was.
    pub evicted: u64,
}

impl Accounts {
    /// Returns a page of the requests that fit a filter.
    ///
    /// # Errors
    /// 400 for an operation that is unknown, for a cursor that was never reached, and for a link of
    /// another account.
    pub(crate) async fn requests(
        &self,
        slot: &Slot,
        asked: &RequestFilter,
    ) -> Result<Requests, Error> {
        asked.check()?;
        // Without a filter that reads bodies, every selected request is shown. One request more than
        // the limit shows that another page follows.
        let limit = if asked.reads_bodies() { usize::MAX } else { asked.limit.get() + 1 };
        let page = asked.page(&self.slice_of_log(slot, asked.after, limit, asked).await?).await;
        if page.requests.is_empty() && page.reach.next_after.is_none() {
            self.refuse_stranger(slot, asked.link)?;
        }
        Ok(page)
    }

    /// Checks that the expected requests were made.
    ///
    /// # Errors
    /// 400 for an expectation that no request can meet; 409 with a text that says which one failed.
    pub(crate) async fn verify_requests(
        &self,
        slot: &Slot,
        asked: &Verification,
    ) -> Result<Verified, Error> {
        let Verification { requests: expectations, in_order, after } = asked;
        if expectations.is_empty() {
            let sentence = "Expect at least one request; {} is any, and count: 0 is none.";
            return Err(Error::invalid(sentence).on("requests"));
        }
        if expectations.len() > MOST_EXPECTATIONS {
            let sentence = format_args!("Expect {MOST_EXPECTATIONS} requests at most.");
            return Err(Error::invalid(sentence).on("requests"));
        }
        for (place, expectation) in expectations.iter().enumerate() {
            expectation.check(&format!("requests[{place}]."))?;
        }
        let needs_all = *in_order || expectations.iter().any(Expectation::has_most);
        let most = MOST_REQUESTS.min(MOST_COMPARISONS / expectations.len());
        let (requests, reach) = self.requests_after(slot, *after, most, needs_all).await?;
        // A million comparisons take longer than a request of another account may wait.
        let (expectations, in_order) = (expectations.clone(), *in_order);
        let verify = move || verify(&expectations, &requests, in_order);
        let matched = tokio::task::spawn_blocking(verify).await;
        let matched = matched
            .map_err(|_| Error::unexpected())?
            .map_err(|text| Error::verification_failed(&text))?;
        Ok(Verified { matched, last_cursor: reach.last_cursor, evicted: reach.evicted })
    }

    /// Returns all requests after a cursor. They are read after the account is unlocked.
    async fn requests_after(
        &self,
        slot: &Slot,
        after: u64,
        most: usize,
        needs_all: bool,
    ) -> Result<(Vec<Recorded>, Reach), Error> {
        let mut requests = Vec::new();
        let mut next_after = after;
        loop {
            let slice =
                self.slice_of_log(slot, next_after, usize::MAX, &RequestFilter::default()).await?;
            if slice.has_lost_some && needs_all {
                return Err(Error::verification_failed(&format!(
                    "the log no longer has what happened up to cursor {evicted}, so the number and the \
                     order of the requests after {after} cannot be told; verify after cursor {evicted} \
                     or later, or raise --log-budget",
                    evicted = slice.reach.evicted,
                )));
            }
            for read_at_once in slice.requests.chunks(READ_AT_ONCE) {
                requests.extend(read_at_once.iter().map(|request| request.read()));
                yield_now().await;
            }
            if requests.len() > most {
                return Err(Error::invalid(format_args!(
                    "More than {most} requests came after cursor {after}, which are too many for so \
                     many expectations: verify after a later cursor, or fewer expectations at a time."
                ))
                .on("after"));
            }
            match slice.next_after {
                Some(next) => next_after = next,
                None => return Ok((requests, slice.reach)),
            }
        }
    }

    async fn slice_of_log(
        &self,
        slot: &Slot,
        after: u64,
        limit: usize,
        filter: &RequestFilter,
    ) -> Result<RequestSlice, Error> {
        let slice = self.control(slot, |account| {
            account.requests(after, limit, |exchange| filter.selects(exchange))
        });
        slice.await
    }
}

impl RequestFilter {
    fn check(&self) -> Result<(), Error> {
        let operation = self.operation.clone();
        Expectation { operation, ..Expectation::default() }.check("")
    }

    /// Tells that the request fits the parameters that need no reading of bodies.
    fn selects(&self, exchange: &Exchange) -> bool {
        let is_path =
            |path: &String| path.trim_end_matches('/') == exchange.path().trim_end_matches('/');
        let operation = exchange.operation.map(|known| known.as_str());
        (self.operation.is_none() || self.operation.as_deref() == operation)
            && self
                .method
                .as_ref()
                .is_none_or(|method| exchange.method().eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(is_path)
            && self.status.is_none_or(|status| status == exchange.status)
    }

    /// Tells that a parameter needs the bodies of the requests.
    fn reads_bodies(&self) -> bool {
        self.link.is_some() || self.external_id.is_some() || self.curp.is_some()
    }

    /// Tells that the request fits the parameters that need its body.
    fn selects_read(&self, request: &Recorded) -> bool {
        let has = |key: &str, wanted: &Option<String>| {
            wanted.is_none() || request.body[key].as_str() == wanted.as_deref()
        };
        self.link.is_none_or(|link| request.links.contains(&link))
            && has("external_id", &self.external_id)
            && has("username", &self.curp)
    }

    async fn page(&self, slice: &RequestSlice) -> Requests {
        let mut requests: Vec<Recorded> = Vec::new();
        for read_at_once in slice.requests.chunks(READ_AT_ONCE) {
            let read = read_at_once.iter().map(|request| request.read());
            let selected = read.filter(|request| self.selects_read(request));
            requests.extend(selected.take(self.limit.get() + 1 - requests.len()));
            yield_now().await;
        }
        let mut next_after = slice.next_after;
        if requests.len() > self.limit.get() {
            requests.pop();
            next_after = requests.last().map(|last| last.cursor);
        }
        Requests { requests, reach: Reach { next_after, ..slice.reach } }
    }
}
