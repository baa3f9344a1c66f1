//! Who answers a login, and why the others did not.

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Serialize, Serializer};

use crate::model::duration;
use crate::model::operation::Operation;
use crate::scenario::Scenario;

/// The number of an armed scenario in its account; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ArmedId(pub u64);

/// The scenario that answers, and those that were tried.
#[derive(Clone, Debug)]
pub struct Choice {
    pub scenario: Arc<Scenario>,
    pub by: ChosenBy,
    /// In the order of precedence.
    pub tried: Vec<Tried>,
}

/// A scenario that could have answered and did not.
#[derive(Clone, Debug)]
pub struct Tried {
    pub scenario: Arc<Scenario>,
    /// What spoke for it.
    pub by: ChosenBy,
    pub why: Why,
}

/// What speaks for a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChosenBy {
    /// `X-Emulator-Scenario` of the request.
    Header,
    Armed(ArmedId),
    /// The link is its own, and a step of it, or a session, decides on later logins.
    Link,
    /// It names the CURP.
    Curp,
    /// It has a rule for any CURP.
    Rule,
    AccountDefault,
    /// `--scenario`.
    ProcessDefault,
}

/// Why a scenario did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// What has precedence answered.
    ComesAfter(ChosenBy),
    ArmedForCurp(Arc<str>),
    ArmedForOperation(Operation),
    // A rule that does not hold: what was found instead.
    CurpHasCharacters(usize),
    CurpMatches,
    EmailBelongsToNoOtherCurp,
    CurpHasNoLink,
    Logins {
        logins: usize,
        within: TimeDelta,
    },
}

/// Scenarios enter in the order of precedence; the first that nothing speaks against answers.
#[derive(Debug, Default)]
pub struct Contest {
    winner: Option<(Arc<Scenario>, ChosenBy)>,
    tried: Vec<Tried>,
}

impl Contest {
    /// `objection` is asked only as long as none has won.
    pub fn enter(
        &mut self,
        scenario: &Arc<Scenario>,
        by: ChosenBy,
        objection: impl FnOnce() -> Option<Why>,
    ) {
        let why = match self.winner {
            Some((_, winner)) => Some(Why::ComesAfter(winner)),
            None => objection(),
        };
        let scenario = scenario.clone();
        match why {
            Some(why) => self.tried.push(Tried { scenario, by, why }),
            None => self.winner = Some((scenario, by)),
        }
    }

    pub fn is_decided(&self) -> bool {
        self.winner.is_some()
    }

    /// None when something spoke against each.
    pub fn decide(self) -> Option<Choice> {
        let (scenario, by) = self.winner?;
        Some(Choice { scenario, by, tried: self.tried })
    }
}

impl ChosenBy {
    /// Whether the client asked for the scenario by name, for this call or the next.
    pub fn is_override(self) -> bool {
        matches!(self, ChosenBy::Header | ChosenBy::Armed(_))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ChosenBy::Header => "header",
            ChosenBy::Armed(_) => "armed",
            ChosenBy::Link => "link",
            ChosenBy::Curp => "curp",
            ChosenBy::Rule => "rule",
            ChosenBy::AccountDefault => "account_default",
            ChosenBy::ProcessDefault => "process_default",
        }
    }
}

impl Serialize for ChosenBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::ComesAfter(winner) => match winner {
                ChosenBy::Header => {
                    formatter.write_str("the header X-Emulator-Scenario goes first")
                }
                ChosenBy::Armed(ArmedId(id)) => {
                    write!(formatter, "what is armed as {id} goes first")
                }
                ChosenBy::Link => formatter.write_str("the scenario of the link goes first"),
                ChosenBy::Curp => formatter.write_str("a scenario that names the CURP goes first"),
                ChosenBy::Rule => formatter.write_str("a rule that holds goes first"),
                ChosenBy::AccountDefault => {
                    formatter.write_str("the default of the account goes first")
                }
                ChosenBy::ProcessDefault => formatter.write_str("the default goes first"),
            },
            Why::ArmedForCurp(curp) => write!(formatter, "the armed scenario is for CURP {curp}"),
            Why::ArmedForOperation(operation) => {
                write!(formatter, "the armed scenario is for {}", operation.as_str())
            }
            Why::CurpHasCharacters(characters) => {
                write!(formatter, "rule does not hold: the CURP has {characters} characters")
            }
            Why::CurpMatches => formatter.write_str("rule does not hold: the CURP matches"),
            Why::EmailBelongsToNoOtherCurp => {
                formatter.write_str("rule does not hold: username2 belongs to no other CURP")
            }
            Why::CurpHasNoLink => {
                formatter.write_str("rule does not hold: the CURP has no link at the institution")
            }
            Why::Logins { logins, within } => {
                let within = duration::show(*within);
                write!(formatter, "rule does not hold: earlier logins within {within}: {logins}")
            }
        }
    }
}
