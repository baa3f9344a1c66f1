//! Warns of keys that are refused: a mistyped key leaves no other trace, because it has no account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::accounts::{Accounts, Credentials};
use crate::error::Error;
use crate::model::suggestion::did_you_mean;

/// The ids that are counted each by itself.
const MOST_IDS: usize = 100;
/// The key of all further ids. No id has a colon.
const FURTHER_IDS: &str = ":further";

const NO_HEADER: &str = "the request has no Authorization header: send the keys by Basic \
                         authentication, such as curl -u ID:PASSWORD";
const UNREADABLE: &str = "send the keys by Basic authentication as ID:PASSWORD, both not empty, or \
                          a token as Bearer";
const NO_SUCH_TOKEN: &str = "the token is unknown, expired or used up, or a control call has one: \
                             create another with POST /api/token/, or send the keys by Basic \
                             authentication";
const OTHER_PASSWORD: &str = "--credentials has this id with another password: correct the \
                              password of the client";
const MANY_IDS: &str = "more than 100 ids were refused: compare the keys of the clients with \
                        --credentials";

/// The keys of a request that was refused.
pub(crate) enum RefusedKeys {
    /// There is no header `Authorization`.
    Absent,
    /// The header is neither a pair of keys nor a token.
    Unreadable,
    Token,
    Pair(Credentials),
}

/// How often keys were refused.
#[derive(Default)]
pub(super) struct Refusals(Mutex<HashMap<String, u64>>);

impl Accounts {
    /// Warns of refused keys, and returns the error. The warning names each id once, and again after
    /// 10, 100, 1000 refusals, so that a client that tries for ever does not flood the log. It never
    /// shows the password.
    pub(crate) fn refuse_keys(&self, refused: &RefusedKeys) -> Error {
        let (key, account) = match refused {
            RefusedKeys::Pair(keys) => (keys.id.as_str(), Some(keys.id.as_str())),
            RefusedKeys::Absent => (":absent", None),
            RefusedKeys::Unreadable => (":unreadable", None),
            RefusedKeys::Token => (":token", None),
        };
        let (is_counted_by_itself, times) = self.refusals.count(key);
        if times == 10_u64.pow(times.ilog10()) {
            let hint = match is_counted_by_itself {
                true => self.hint(refused),
                false => MANY_IDS.to_owned(),
            };
            tracing::warn!(account, times, hint, "keys refused");
        }
        Error::authentication_failed()
    }

    /// Returns the way to mend it.
    fn hint(&self, refused: &RefusedKeys) -> String {
        let keys = match refused {
            RefusedKeys::Absent => return NO_HEADER.to_owned(),
            RefusedKeys::Unreadable => return UNREADABLE.to_owned(),
            RefusedKeys::Token => return NO_SUCH_TOKEN.to_owned(),
            RefusedKeys::Pair(keys) => keys,
        };
        let accepted = &self.policy.accepted;
        if keys.id.is_empty() || keys.password.is_empty() {
            return UNREADABLE.to_owned();
        }
        if accepted.iter().any(|other| other.id == keys.id) {
            return OTHER_PASSWORD.to_owned();
        }
        let pairs = match accepted.len() {
            1 => "1 pair, with another id".to_owned(),
            count => format!("{count} pairs, none with this id"),
        };
        let meant = did_you_mean(&keys.id, accepted.iter().map(|other| other.id.as_str()));
        format!("--credentials has {pairs}: correct the id of the client, or add the pair.{meant}")
    }
}

impl Refusals {
    /// Counts a refusal. Returns how often it came, and that it is counted by itself.
    fn count(&self, key: &str) -> (bool, u64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = counts.contains_key(key) || counts.len() < MOST_IDS;
        let key = if has_room { key } else { FURTHER_IDS };
        let times = counts.entry(key.to_owned()).or_default();
        *times += 1;
        (has_room, *times)
    }
}
