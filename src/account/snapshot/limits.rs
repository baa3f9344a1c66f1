//! The limits of a snapshot. They are those of the calls: a snapshot contains nothing that no call
//! would accept.

use chrono::TimeDelta;

use crate::account::Account;
use crate::account::links::body::{LONGEST_TEXT, check_external_id};
use crate::account::login::calls::{MOST_ARMED, MOST_TIMES};
use crate::account::memory::Counts;
use crate::account::snapshot::{ArmedState, LinkState, Snapshot};
use crate::account::tokens::calls::LIVES;
use crate::error::Error;
use crate::model::Timestamp;
use crate::model::link::Resources;

/// The largest number of changes of one person's working life. A scenario makes a few.
const MOST_CHANGES: usize = 1000;
/// The largest payload of a webhook, which is that of the body of a call.
const LARGEST_PAYLOAD_BYTES: usize = 1024 * 1024;
/// The number of hex digits of the id of a token.
const TOKEN_ID_DIGITS: usize = 32;

impl Account {
    /// Checks the numbers and the sizes of the parts of a snapshot.
    ///
    /// # Errors
    /// 400 names the part that a call would refuse; 429 names `--account-memory`.
    pub(super) fn check_limits(&self, snapshot: &Snapshot) -> Result<(), Error> {
        self.check_restored(self.counts_of(snapshot))?;
        let refuse = |field: &'static str, sentence: &str| Err(Error::invalid(sentence).on(field));
        if snapshot.armed.len() > MOST_ARMED {
            return refuse("armed", &format!("There are {MOST_ARMED} at most."));
        }
        if snapshot.logins.keys().any(|curp| !is_short(curp)) {
            return refuse("logins", &format!("A CURP has {LONGEST_TEXT} characters at most."));
        }
        let is_payload = |bytes: usize| bytes <= LARGEST_PAYLOAD_BYTES;
        if !snapshot.webhooks.iter().all(|webhook| is_payload(webhook.payload.get().len())) {
            return refuse("webhooks", "The payload of a webhook takes 1 MiB at most.");
        }
        let is_token = |(id, end): (&String, &i64)| is_token(id, *end, snapshot.now.0);
        if !snapshot.spent_tokens.iter().all(is_token) {
            let sentence =
                "A used token has an id of 32 hex digits, and expires within 20 minutes.";
            return refuse("spent_tokens", sentence);
        }
        Ok(())
    }

    fn counts_of(&self, snapshot: &Snapshot) -> Counts {
        let payloads = snapshot.webhooks.iter().map(|webhook| webhook.payload.get().len());
        let endpoints = self.outbox.endpoints.subscribed().count().max(1);
        Counts {
            links: snapshot.links.len(),
            text_bytes: snapshot.links.iter().map(LinkState::text_bytes).sum(),
            records: snapshot.employment_records.len()
                + snapshot.owners.len()
                + snapshot.current_employments.len()
                + snapshot.employment_metrics.len(),
            tasks: snapshot.scheduled.len(),
            deliveries: snapshot.webhooks.len() * endpoints,
            delivery_bytes: payloads.sum::<usize>() * endpoints,
            endpoints: 0,
            logins: snapshot.logins.values().map(Vec::len).sum(),
            spent_tokens: snapshot.spent_tokens.len(),
            armed: snapshot.armed.len(),
            faults: snapshot.faults.len(),
        }
    }
}

impl LinkState {
    /// Returns the bytes of the link's texts, and of the changes of its person's life.
    fn text_bytes(&self) -> usize {
        let optional = [&self.email, &self.external_id];
        let optional = optional.map(|text| text.as_ref().map_or(0, String::len));
        self.curp.len() + optional.iter().sum::<usize>() + size_of_val(&*self.changes)
    }
}

/// Checks the texts and the lists of a link.
pub(super) fn check_link(state: &LinkState) -> Result<(), Error> {
    if !is_short(&state.curp) {
        return Err(Error::max_length(LONGEST_TEXT).on("curp"));
    }
    if state.email.as_ref().is_some_and(|email| !is_short(email)) {
        return Err(Error::max_length(LONGEST_TEXT).on("email"));
    }
    if let Some(external_id) = &state.external_id {
        check_external_id(external_id).map_err(|error| error.on("external_id"))?;
    }
    let once: Resources = state.fetch_resources.iter().copied().collect();
    if once.len() < state.fetch_resources.len() {
        return Err(Error::invalid("Name each resource once.").on("fetch_resources"));
    }
    if state.changes.len() > MOST_CHANGES {
        let sentence = format_args!("There are {MOST_CHANGES} changes at most.");
        return Err(Error::invalid(sentence).on("changes"));
    }
    Ok(())
}

/// Checks the number of calls and the CURP of an armed scenario.
pub(super) fn check_armed_state(state: &ArmedState) -> Result<(), Error> {
    if !(1..=MOST_TIMES).contains(&state.left) {
        return Err(Error::invalid(format_args!("Must be from 1 to {MOST_TIMES}.")).on("left"));
    }
    match state.curp.as_deref() {
        Some(curp) if curp.trim().is_empty() => Err(Error::blank().on("curp")),
        Some(curp) if !is_short(curp) => Err(Error::max_length(LONGEST_TEXT).on("curp")),
        _ => Ok(()),
    }
}

fn is_short(text: &str) -> bool {
    text.chars().nth(LONGEST_TEXT).is_none()
}

fn is_token(id: &str, end: i64, now: Timestamp) -> bool {
    let longest: TimeDelta = LIVES;
    let is_id = id.len() == TOKEN_ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id && end <= now.timestamp() + longest.num_seconds()
}
