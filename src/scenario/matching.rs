//! The scenario that answers a login, and the reasons why others did not.

use std::fmt;
use std::sync::Arc;

use chrono::TimeDelta;
use serde::{Serialize, Serializer};

use crate::model::duration;
use crate::model::profile::DataSource;
use crate::operations::Operation;
use crate::scenario::Scenario;

/// The number of an armed scenario in its account; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct ArmedId(pub u64);

/// The scenario that answers, and those that were tried.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    pub scenario: Arc<Scenario>,
    pub by: MatchedBy,
    /// In the order of precedence.
    pub tried: Vec<Tried>,
}

/// A scenario that could have answered and did not.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub scenario: Arc<Scenario>,
    /// The reason why it was tried.
    pub by: MatchedBy,
    pub why: Mismatch,
}

/// The reason why a scenario may answer a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchedBy {
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

/// The reason why a scenario did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// A scenario of higher precedence answered.
    ComesAfter(MatchedBy),
    ArmedForCurp(Arc<str>),
    ArmedForOperation(Operation),
    /// It answers logins at this institution alone, and the login was made at another.
    OtherSource(DataSource),
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
pub(crate) struct Matching {
    winner: Option<(Arc<Scenario>, MatchedBy)>,
    tried: Vec<Tried>,
}

impl Matching {
    /// `objection` is asked only as long as none has won.
    pub(crate) fn enter(
        &mut self,
        scenario: &Arc<Scenario>,
        by: MatchedBy,
        objection: impl FnOnce() -> Option<Mismatch>,
    ) {
        let why = match self.winner {
            Some((_, winner)) => Some(Mismatch::ComesAfter(winner)),
            None => objection(),
        };
        let scenario = scenario.clone();
        match why {
            Some(why) => self.tried.push(Tried { scenario, by, why }),
            None => self.winner = Some((scenario, by)),
        }
    }

    pub(crate) fn is_decided(&self) -> bool {
        self.winner.is_some()
    }

    /// None when something spoke against each.
    pub(crate) fn decide(self) -> Option<Match> {
        let (scenario, by) = self.winner?;
        Some(Match { scenario, by, tried: self.tried })
    }
}

impl MatchedBy {
    /// Tells that the client asked for the scenario by name, for this call or the next.
    pub(crate) fn is_override(self) -> bool {
        matches!(self, MatchedBy::Header | MatchedBy::Armed(_))
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            MatchedBy::Header => "header",
            MatchedBy::Armed(_) => "armed",
            MatchedBy::Link => "link",
            MatchedBy::Curp => "curp",
            MatchedBy::Rule => "rule",
            MatchedBy::AccountDefault => "account_default",
            MatchedBy::ProcessDefault => "process_default",
        }
    }
}

impl Serialize for MatchedBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Mismatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::ComesAfter(winner) => match winner {
                MatchedBy::Header => {
                    formatter.write_str("the header X-Emulator-Scenario has precedence")
                }
                MatchedBy::Armed(ArmedId(id)) => {
                    write!(formatter, "the armed scenario {id} has precedence")
                }
                MatchedBy::Link => formatter.write_str("the scenario of the link has precedence"),
                MatchedBy::Curp => {
                    formatter.write_str("a scenario that names the CURP has precedence")
                }
                MatchedBy::Rule => formatter.write_str("a rule that holds has precedence"),
                MatchedBy::AccountDefault => {
                    formatter.write_str("the default of the account has precedence")
                }
                MatchedBy::ProcessDefault => formatter.write_str("the default has precedence"),
            },
            Mismatch::ArmedForCurp(curp) => {
                write!(formatter, "the armed scenario is for CURP {curp}")
            }
            Mismatch::ArmedForOperation(operation) => {
                write!(formatter, "the armed scenario is for {}", operation.as_str())
            }
            Mismatch::OtherSource(source) => {
                write!(formatter, "it answers logins at {} alone", source.as_str())
            }
            Mismatch::CurpHasCharacters(characters) => {
                write!(formatter, "rule does not hold: the CURP has {characters} characters")
            }
            Mismatch::CurpMatches => formatter.write_str("rule does not hold: the CURP matches"),
            Mismatch::EmailBelongsToNoOtherCurp => {
                formatter.write_str("rule does not hold: username2 belongs to no other CURP")
            }
            Mismatch::CurpHasNoLink => {
                formatter.write_str("rule does not hold: the CURP has no link at the institution")
            }
            Mismatch::Logins { logins, within } => {
                let within = duration::show(*within);
                write!(formatter, "rule does not hold: earlier logins within {within}: {logins}")
            }
        }
    }
}
