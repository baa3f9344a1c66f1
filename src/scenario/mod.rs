//! Scenarios: what the emulated institution does, as data.
//!
//! A scenario file says when it applies, what the login answers, what data there is and what
//! happens later. It is parsed once into the types below, with unknown keys refused; nothing
//! validates again. Scenarios are immutable and shared; what changes lives in the account.

mod built_in;
mod catalogue;
mod folder;
mod load;
mod matching;
mod origin;
mod step;
mod unknown_name;
mod void_steps;

pub(crate) use built_in::is_built_in;
pub(crate) use catalogue::{Catalogue, LoginAttempt};
pub(crate) use load::load;
pub(crate) use matching::{ArmedId, Match, MatchedBy, Matching, Mismatch};
pub(crate) use origin::Origin;
pub(crate) use step::{StepId, StepKind, Steps};
pub(crate) use unknown_name::unknown_name;

use std::borrow::Cow;

use chrono::TimeDelta;
use regex_lite::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::error::Error;
use crate::model::duration;
use crate::model::employment_record::Employment;
use crate::model::profile::{DataSource, Profile};

/// One scenario file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Its identity: a file replaces an earlier one of the same name.
    pub name: Name,
    /// One sentence for people who look for it.
    pub description: String,
    /// Belvo's page that documents the error, for `belvo-emulator errors`.
    #[serde(default)]
    pub documented_in: Option<String>,
    /// When it applies; without it, only by name.
    #[serde(default)]
    pub when: Option<When>,
    pub login: Login,
    /// Where it is written.
    #[serde(skip)]
    pub origin: Origin,
}

/// Lower-case letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(name: String) -> Result<Name, String> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !name.is_empty() && name.bytes().all(fits) {
            Ok(Name(name))
        } else {
            Err(format!("name {name:?}: expected lower-case letters, digits and underscores"))
        }
    }
}

/// A condition on a login: a CURP, a rule, or both together, at one institution or at any.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    #[serde(default)]
    pub curp: Option<Curp>,
    #[serde(default)]
    pub rule: Option<Rule>,
    /// The institution whose logins it answers. The default is any.
    #[serde(default)]
    pub source: Option<DataSource>,
    /// Takes the CURP from the built-in scenario that claims it.
    #[serde(default)]
    pub takes_reserved_curp: bool,
}

/// A CURP that a scenario claims, in the documented pattern.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Curp(String);

impl Curp {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Curp {
    type Error = String;

    fn try_from(curp: String) -> Result<Curp, String> {
        let is_letter = |byte: &u8| byte.is_ascii_uppercase();
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let fits = curp.len() == 18
            && curp.bytes().enumerate().all(|(place, byte)| match place {
                4..10 => is_digit(&byte),
                16..18 => is_letter(&byte) || is_digit(&byte),
                _ => is_letter(&byte),
            });
        if fits {
            Ok(Curp(curp))
        } else {
            Err(format!(
                "curp {curp:?}: expected 18 characters, 4 letters, 6 digits, 6 letters and 2 \
                 letters or digits, in upper case"
            ))
        }
    }
}

/// A condition that any CURP can meet.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Rule {
    /// The CURP has another number of characters.
    CurpLengthIsNot(usize),
    /// The CURP misses a pattern.
    CurpDoesNotMatch(Pattern),
    /// `username2` is that of a link of this account with another CURP.
    EmailBelongsToAnotherCurp,
    /// The CURP has a link at the same institution in this account.
    CurpHasALink,
    /// This login would be one more than `logins` of the CURP in the time `within`.
    LoginsExceed(LoginLimit),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginLimit {
    pub logins: usize,
    #[serde(deserialize_with = "duration::deserialize")]
    pub within: TimeDelta,
}

/// A regular expression.
#[derive(Debug)]
pub(crate) struct Pattern(Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pattern, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Regex::new(&text)
            .map(Pattern)
            .map_err(|problem| D::Error::custom(format!("not a regular expression: {problem}")))
    }
}

/// The answer to the login.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Login {
    Accept(Accept),
    Refuse(Refusal),
    /// Asks for a token first: the link waits, unconfirmed, until it is resumed.
    AskToken(AskToken),
}

/// A login with a second factor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskToken {
    /// The only token that works.
    pub token: String,
    /// `token_generation_data` of the answer.
    pub instructions: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// The answer to any other token.
    pub wrong: Refusal,
    /// The steps that follow the right token.
    pub accept: Accept,
}

/// An accepted login: the link is created.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    pub data: Data,
    /// The steps that follow when the link is created. By default the records load after the webhook
    /// delay, and a webhook announces them.
    #[serde(default)]
    pub later: Steps,
}

/// The records of the person.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Data {
    /// One record, drawn from the seed, the scenario and the CURP.
    Generate(Profile),
    /// Records that are written out. The list can be empty.
    Records(Vec<Employment>),
}

impl Data {
    /// How many records there are.
    pub(crate) fn profiles(&self) -> usize {
        match self {
            Data::Generate(_) => 1,
            Data::Records(records) => records.len(),
        }
    }
}

/// A refused login: no link is created.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub status: ErrorStatus,
    pub code: String,
    pub message: String,
    /// Adds the key `institution_user_id`, as Belvo does where a link exists already.
    #[serde(default)]
    pub with_institution_user_id: bool,
}

impl Refusal {
    pub(crate) fn error(&self) -> Error {
        Error::new(self.status.0, self.code.clone().into(), self.message.clone().into())
    }
}

/// An HTTP status from 400 to 599.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16")]
#[schemars(extend("minimum" = 400, "maximum" = 599))]
pub(crate) struct ErrorStatus(u16);

impl ErrorStatus {
    pub(crate) fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for ErrorStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<ErrorStatus, String> {
        match status {
            400..600 => Ok(ErrorStatus(status)),
            _ => Err(format!("status {status}: expected 400 to 599")),
        }
    }
}
