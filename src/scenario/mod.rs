//! Scenarios: what the emulated institution does, as data.
//!
//! A scenario file says when it applies, what the login answers, what data there is and what
//! happens later. It is parsed once into the types below, with unknown keys refused; nothing
//! validates again. Scenarios are immutable and shared; what changes lives in the account.

mod built_in;
mod catalogue;
mod copy;
mod data;
mod folder;
pub(crate) mod lint;
mod live;
mod load;
mod matching;
mod origin;
pub(crate) mod schema;
mod step;
mod unknown_name;

pub(crate) use built_in::{is_built_in, is_persona};
pub(crate) use catalogue::{Catalogue, LoginAttempt};
pub(crate) use copy::{copied, invented_curp};
pub(crate) use data::{Data, Generated};
pub(crate) use folder::{LARGEST_FILE_BYTES, folder_contents, read_file, read_folder};
pub(crate) use live::LiveCatalogue;
pub(crate) use load::{LoadError, built_in, load, load_with_file};
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
use crate::model::profile::DataSource;

/// A scenario of belvo-emulator: which login it answers, how the institution answers, which records
/// there are, and what happens later.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// The schema of this file, for editors. The emulator ignores it.
    #[serde(rename = "$schema", default)]
    #[schemars(with = "String", extend("examples" = ["./belvo.schema.json"]))]
    _schema: Option<String>,
    /// The name of the scenario. A file replaces an earlier one of the same name.
    pub name: Name,
    /// One sentence for people who look for the scenario.
    #[schemars(extend("examples" = ["Works today, after one to three earlier employers"]))]
    pub description: String,
    /// Belvo's page that documents the error, for `belvo-emulator errors`.
    #[serde(default)]
    #[schemars(extend("examples" = ["page of error codes"]))]
    pub documented_in: Option<String>,
    /// The logins that the scenario answers. Without this key it answers only where it is named.
    #[serde(default)]
    pub when: Option<When>,
    /// The answer to the login.
    pub login: Login,
    /// Where it is written.
    #[serde(skip)]
    pub origin: Origin,
}

/// Lower-case letters, digits and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend(
    "pattern" = "^[a-z0-9_]+$",
    "patternErrorMessage" = "lower-case letters, digits and underscores",
    "examples" = ["new_hire"],
))]
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
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    /// The CURP that the scenario answers.
    #[serde(default)]
    pub curp: Option<Curp>,
    /// The condition on any CURP, or on the one that `curp` names.
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
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend(
    "pattern" = "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$",
    "minLength" = 18,
    "maxLength" = 18,
    "patternErrorMessage" = "a CURP of 18 characters, which are 4 letters, 6 digits, 6 letters and \
                             2 letters or digits, in upper case",
    "examples" = ["HIRE980101MXXXXX00"],
))]
pub(crate) struct Curp(String);

impl Curp {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Curp {
    type Error = String;

    fn try_from(curp: String) -> Result<Curp, String> {
        if has_form_of_curp(&curp) {
            Ok(Curp(curp))
        } else {
            Err(format!(
                "curp {curp:?}: expected 18 characters, 4 letters, 6 digits, 6 letters and 2 \
                 letters or digits, in upper case"
            ))
        }
    }
}

/// The documented pattern of a CURP.
const FORM_OF_CURP: &str = "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$";

/// Tells that a text matches [`FORM_OF_CURP`].
fn has_form_of_curp(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        4..10 => byte.is_ascii_digit(),
        16..18 => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        _ => byte.is_ascii_uppercase(),
    };
    text.len() == 18 && text.bytes().enumerate().all(fits)
}

/// A condition that any CURP can meet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Rule {
    /// The CURP has another number of characters.
    CurpLengthIsNot(#[schemars(extend("examples" = [18]))] usize),
    /// The CURP misses a pattern.
    CurpDoesNotMatch(Pattern),
    /// `username2` is that of a link of this account with another CURP.
    EmailBelongsToAnotherCurp,
    /// The CURP has a link at the same institution in this account.
    CurpHasALink,
    /// This login would be one more than `logins` of the CURP in the time `within`.
    LoginsExceed(LoginLimit),
}

/// A number of logins in a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginLimit {
    /// The number of logins that are allowed.
    #[schemars(extend("examples" = [3]))]
    pub logins: usize,
    /// The time before the login in which they count.
    #[serde(deserialize_with = "duration::deserialize")]
    #[schemars(schema_with = "duration::schema")]
    pub within: TimeDelta,
}

/// A regular expression.
#[derive(Debug, JsonSchema)]
#[schemars(with = "String", extend("format" = "regex", "examples" = ["^[A-Z]{4}[0-9]{6}"]))]
pub(crate) struct Pattern(Regex);

impl Pattern {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The documented pattern is compared by hand: the built-in scenarios have it, and the expression
    /// would be a twelfth of the work of a login.
    pub(crate) fn is_match(&self, curp: &str) -> bool {
        match self.as_str() == FORM_OF_CURP {
            true => has_form_of_curp(curp),
            false => self.0.is_match(curp),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pattern, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Regex::new(&text)
            .map(Pattern)
            .map_err(|problem| D::Error::custom(format!("not a regular expression: {problem}")))
    }
}

/// The answer to the login.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Login {
    /// Accepts the login: the link is created.
    Accept(Accept),
    /// Refuses the login: no link is created.
    Refuse(Refusal),
    /// Asks for a token first: the link waits, unconfirmed, until it is resumed.
    AskToken(AskToken),
}

impl Login {
    /// Tells that the login is accepted without a token.
    pub(crate) fn accepts_at_once(&self) -> bool {
        matches!(self, Login::Accept(_))
    }
}

/// A login with a second factor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskToken {
    /// The only token that works.
    #[schemars(extend("examples" = ["123456"]))]
    pub token: String,
    /// `token_generation_data.instructions` of the answer.
    #[schemars(extend("examples" = ["Enter the token that the institution sent you"]))]
    pub instructions: String,
    /// `token_generation_data.type` of the answer.
    #[serde(rename = "type")]
    #[schemars(extend("examples" = ["numeric"]))]
    pub kind: String,
    /// The answer to any other token.
    pub wrong: Refusal,
    /// The steps that follow the right token.
    pub accept: Accept,
}

/// An accepted login: the link is created.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accept {
    /// The records that there are.
    pub data: Data,
    /// The steps that follow when the link is created. By default the records load after the webhook
    /// delay, and a webhook announces them.
    #[serde(default)]
    pub later: Steps,
}

/// A refused login: no link is created.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub status: ErrorStatus,
    /// The code of Belvo's error.
    #[schemars(extend("examples" = ["login_error"]))]
    pub code: String,
    /// The message of the error.
    #[schemars(extend("examples" = ["El NSS no fue localizado en el IMSS"]))]
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
#[schemars(extend("minimum" = 400, "maximum" = 599, "examples" = [400]))]
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

#[cfg(test)]
mod tests {
    use regex_lite::Regex;

    use super::{FORM_OF_CURP, has_form_of_curp};

    #[test]
    fn the_form_of_a_curp_is_what_its_pattern_says() {
        let pattern = Regex::new(FORM_OF_CURP).unwrap();
        let curp = "BLPM951331IONVGR54";
        let mut texts =
            vec![String::new(), format!("{curp}0"), format!("{curp}\n"), curp[1..].into()];
        for place in 0..curp.len() {
            for other in ["A", "Z", "a", "0", "9", " ", "-", "\n", "Ñ"] {
                texts.push(format!("{}{other}{}", &curp[..place], &curp[place + 1..]));
            }
        }
        for text in texts {
            assert_eq!(has_form_of_curp(&text), pattern.is_match(&text), "{text:?}");
        }
    }
}
