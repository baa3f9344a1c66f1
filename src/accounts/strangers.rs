//! Recognises what belongs to the account of other keys. A mistyped key is a new and empty account,
//! which looks as if everything were lost.

use std::sync::atomic::Ordering;

use uuid::Uuid;

use crate::account::Call;
use crate::accounts::{Accounts, Credentials, Slot};
use crate::error::Error;

/// The largest number of ids of a request, and of accounts, that are looked at.
const MOST_IDS: usize = 8;
const MOST_ACCOUNTS: usize = 1000;
/// The codes of errors about an id that an account does not have.
const UNKNOWN: [&str; 2] = ["not_found", "does_not_exist"];

impl Accounts {
    /// Warns when the keys of a new account have an id that is known with another password. It is
    /// said for the second account of an id, so that a suite that does so on purpose sees it once.
    pub(super) fn warn_of_known_id(&self, credentials: &Credentials, others: usize) {
        if others == 1 {
            tracing::warn!(
                id = %credentials.id,
                "keys with a known id and another password began an account of their own, which is \
                 empty; check the password (this is said once for each id)"
            );
        }
    }

    /// Says in the log, once for each account, that an id was asked for which belongs to the account
    /// of other keys. The answer stays Belvo's.
    pub(super) fn warn_of_stranger(&self, slot: &Slot, call: &Call<'_>, error: &Error) {
        if !is_about_unknown(error) || slot.said_stranger.load(Ordering::Relaxed) {
            return;
        }
        let ids = ids_in([&call.path, call.query, &String::from_utf8_lossy(call.body)]);
        if let Some((id, owner)) = self.owner_of(slot, &ids) {
            slot.said_stranger.store(true, Ordering::Relaxed);
            tracing::warn!(
                account = %slot.credentials.id,
                %id,
                owner,
                "this id belongs to the account of other keys (this is said once for each account)"
            );
        }
    }

    /// Adds to an error of the control API that the id belongs to the account of other keys.
    pub(crate) fn name_owner(&self, slot: &Slot, request: [&str; 3], mut error: Error) -> Error {
        if is_about_unknown(&error)
            && let Some((id, owner)) = self.owner_of(slot, &ids_in(request))
        {
            for problem in &mut error.problems {
                problem.message = format!(
                    "{} {id} belongs to the account of other keys, whose id is {owner:?}.",
                    problem.message
                )
                .into();
            }
        }
        error
    }

    /// Refuses an empty list about a link that the account of other keys has. It would look as if
    /// nothing had happened to the link.
    pub(crate) fn refuse_stranger(&self, slot: &Slot, link: Option<Uuid>) -> Result<(), Error> {
        let unknown = link.filter(|link| !slot.lock().account.has(*link));
        match unknown.filter(|link| self.owner_of(slot, &[*link]).is_some()) {
            Some(link) => Err(Error::does_not_exist(format_args!("id={link}")).on("link")),
            None => Ok(()),
        }
    }

    /// Returns the id of the keys whose account has a link or a record with one of these ids. It
    /// waits for no account: one that is busy is passed over.
    pub(super) fn owner_of(&self, asking: &Slot, ids: &[Uuid]) -> Option<(Uuid, String)> {
        if ids.is_empty() {
            return None;
        }
        let slots = self.slots();
        let mut others = slots.all().filter(|slot| slot.number != asking.number);
        others.by_ref().take(MOST_ACCOUNTS).find_map(|slot| {
            let state = slot.state.try_lock().ok()?;
            let id = ids.iter().find(|id| state.account.has(**id))?;
            let owner = match slot.credentials.id == asking.credentials.id {
                true => format!("{} (with another password)", slot.credentials.id),
                false => slot.credentials.id.clone(),
            };
            Some((*id, owner))
        })
    }
}

fn is_about_unknown(error: &Error) -> bool {
    error.problems.iter().any(|problem| UNKNOWN.contains(&&*problem.code))
}

/// Returns the first ids in the texts of a request.
fn ids_in(texts: [&str; 3]) -> Vec<Uuid> {
    let is_of_id = |letter: char| letter.is_ascii_hexdigit() || letter == '-';
    let words = texts.into_iter().flat_map(|text| text.split(move |letter| !is_of_id(letter)));
    let ids = words.filter(|word| word.len() == 36).filter_map(|word| word.parse().ok());
    ids.take(MOST_IDS).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use crate::accounts::strangers::ids_in;

    #[test]
    fn the_first_eight_ids_of_a_request_are_looked_for() {
        let ids: Vec<Uuid> = (1..=20).map(Uuid::from_u128).collect();
        let body: String = ids[1..].iter().map(|id| format!("{{\"link\": \"{id}\"}}")).collect();
        let path = format!("/api/links/{}/", ids[0]);
        assert_eq!(ids_in([&path, "page=1", &body]), ids[..8]);
    }
}
