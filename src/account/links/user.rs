//! The id of a person at an institution. It follows from the CURP, so that links do not store it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

use crate::seed::Seed;

/// The id of a person at an institution. All links of the person there have the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UserId([u8; 32]);

impl UserId {
    pub(crate) fn new(institution: &str, curp: &str, people: &Seed) -> UserId {
        let seed = people.child(institution).named("institution_user_id", curp.as_bytes());
        UserId(*seed.bytes())
    }

    /// Parses the text of an answer. No other text is an id.
    pub(crate) fn parse(text: &str) -> Option<UserId> {
        let bytes = URL_SAFE.decode(text).ok()?;
        Some(UserId(bytes.try_into().ok()?))
    }

    /// Returns the half by which links are found. Two persons never have the same half, but a client
    /// can write another second half to it.
    pub(super) fn half(&self) -> [u8; 16] {
        let (half, _) = self.0.split_at(16);
        half.try_into().expect("half of 32 bytes is 16")
    }

    /// Returns the text that answers show, which has 44 characters.
    pub(crate) fn text(&self) -> String {
        URL_SAFE.encode(self.0)
    }
}
