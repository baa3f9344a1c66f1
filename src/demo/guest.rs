//! The keys of a demo's guests: visitors, who have an account of their own, and viewers, who look at
//! the account of somebody else.

use subtle::ConstantTimeEq;

use crate::accounts::{Credentials, Slot};
use crate::demo::{Demo, text};

const VISITOR: &str = "visitor-";
/// The end of the id of a viewer. The id of the account that is shown stands before it.
const VIEW: &str = "-view";

/// The kind of a guest, which decides on the calls that the guest may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guest {
    /// Somebody with an account of their own.
    Visitor,
    /// Somebody who looks at an account, and changes nothing.
    Viewer,
}

impl Demo {
    /// Returns the kind of the guest who has these keys, and the keys of the account that the guest
    /// sees. None where the keys are no guest's.
    pub(crate) fn guest(&self, keys: &Credentials) -> Option<(Guest, Credentials)> {
        let (guest, expected, seen) = match keys.id.strip_suffix(VIEW) {
            Some(id) => {
                let seen = self.account_with_id(id)?;
                (Guest::Viewer, self.view_of(&seen), seen)
            }
            None => {
                let own = self.visitor(&keys.id)?;
                (Guest::Visitor, own.clone(), own)
            }
        };
        is_equal(&expected.password, &keys.password).then_some((guest, seen))
    }

    /// Tells that only a guest has keys with this id. With another password they are wrong, and begin
    /// no account of their own, which would be empty.
    pub(crate) fn is_of_guest(&self, id: &str) -> bool {
        let seen = id.strip_suffix(VIEW).unwrap_or(id);
        let is_own = seen == id && seen == self.owner().id;
        self.takes_any && !is_own && self.account_with_id(seen).is_some()
    }

    /// Returns the keys with which others look at an account. None for an account that is not part
    /// of the demo, also if its keys have the id of one that is.
    pub(crate) fn view(&self, slot: &Slot) -> Option<Credentials> {
        let seen = self.account_with_id(slot.id()).filter(|keys| slot.has_keys(keys))?;
        Some(self.view_of(&seen))
    }

    /// Returns the keys of the account of the visitor who has a cookie.
    pub(super) fn visitor_with_cookie(&self, cookie: &str) -> Option<Credentials> {
        let number = cookie.split_once('-')?.0.parse().ok()?;
        is_equal(&self.cookie_of(number), cookie).then(|| self.keys_of(number))
    }

    pub(super) fn cookie_of(&self, number: u64) -> String {
        format!("{number}-{}", text(&self.secret.numbered("cookie", number)))
    }

    fn keys_of(&self, number: u64) -> Credentials {
        let password = text(&self.secret.numbered("password", number));
        Credentials { id: format!("{VISITOR}{number}"), password }
    }

    /// Returns the keys with which others look at the account of these keys.
    pub(crate) fn view_of(&self, seen: &Credentials) -> Credentials {
        let password = text(&self.secret.named("view", seen.id.as_bytes()));
        Credentials { id: format!("{}{VIEW}", seen.id), password }
    }

    fn account_with_id(&self, id: &str) -> Option<Credentials> {
        if self.owner().id == id { Some(self.owner().clone()) } else { self.visitor(id) }
    }

    fn visitor(&self, id: &str) -> Option<Credentials> {
        let number = id.strip_prefix(VISITOR)?.parse().ok()?;
        Some(self.keys_of(number)).filter(|keys| keys.id == id)
    }
}

/// Compares secrets in a time that tells nothing of them.
fn is_equal(expected: &str, given: &str) -> bool {
    expected.as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use crate::accounts::{ClockMode, Credentials};
    use crate::clock::Clock;
    use crate::demo::{Demo, DemoSettings, Guest};
    use crate::seed::Seed;

    fn demo(secret: u64) -> Demo {
        let settings = DemoSettings { secret: Seed::new(secret), reset_every: None };
        Demo::new(settings, &[], ClockMode::Real, Clock::system())
    }

    fn keys(id: &str, password: &str) -> Credentials {
        Credentials { id: id.to_owned(), password: password.to_owned() }
    }

    #[test]
    fn a_guest_is_known_by_the_keys_that_the_demo_made_and_by_no_others() {
        let demo = demo(1);
        let cookie = demo.new_visitor();
        let own = demo.visitor_with_cookie(&cookie).unwrap();
        let (view, owners) = (demo.view_of(&own), demo.view_of(demo.owner()));
        for (known, guest, seen) in [
            (&own, Guest::Visitor, &own),
            (&view, Guest::Viewer, &own),
            (&owners, Guest::Viewer, demo.owner()),
        ] {
            let (kind, account) = demo.guest(known).unwrap();
            assert!(kind == guest && account == *seen, "{}", known.id);
        }
        for (id, password) in [
            ("visitor-1", view.password.as_str()),
            ("visitor-1", owners.password.as_str()),
            ("visitor-1-view", own.password.as_str()),
            ("visitor-1-view", owners.password.as_str()),
            ("demo-view", demo.owner().password.as_str()),
            ("visitor-2", own.password.as_str()),
            ("visitor-2-view", view.password.as_str()),
            ("visitor-+1", own.password.as_str()),
            ("visitor-01", own.password.as_str()),
            ("visitor-1-view-view", view.password.as_str()),
            ("nobody-view", view.password.as_str()),
            ("demo", demo.owner().password.as_str()),
            ("visitor-1", ""),
            ("visitor-", ""),
        ] {
            assert!(demo.guest(&keys(id, password)).is_none(), "{id} {password}");
        }
    }

    #[test]
    fn a_cookie_is_that_of_one_visitor_of_one_process() {
        let (one, other) = (demo(1), demo(2));
        let cookies = [one.new_visitor(), one.new_visitor()];
        assert_ne!(cookies[0], cookies[1]);
        let secret = |cookie: &str| cookie.split_once('-').unwrap().1.to_owned();
        let exchanged = format!("2-{}", secret(&cookies[0]));
        let longer = format!("{}0", cookies[0]);
        for cookie in [&*exchanged, &longer, "1-", "1", "", "-", "x-y", "+1-0"] {
            assert!(one.visitor_with_cookie(cookie).is_none(), "{cookie}");
        }
        assert!(other.visitor_with_cookie(&cookies[0]).is_none());
        let keys = one.visitor_with_cookie(&cookies[1]).unwrap();
        assert_eq!(keys.id, "visitor-2");
        assert!(!cookies[1].contains(&keys.password));
    }
}
