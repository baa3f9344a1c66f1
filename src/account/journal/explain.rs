//! Explains why a request was answered as it was, and what follows from it.

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::DeliveryId;
use crate::account::journal::{LoggedRequest, Recorded};
use crate::account::request::body_keys::ignored_keys;
use crate::account::schedule::row::ScheduledTask;
use crate::error::Error;
use crate::scenario::{Match, MatchedBy, Scenario};

/// The largest number of deliveries, and of tasks, that an explanation shows.
const MOST_SHOWN: usize = 100;

/// A request, and the reasons for its answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    #[serde(flatten)]
    pub request: Recorded,
    /// The scenario that answered. It is null when no login was made and no scenario refused.
    pub scenario: Option<MatchedScenario>,
    /// Sentences on what a success will not bring, and on keys of the body that were ignored.
    pub notes: Vec<String>,
    /// The first webhooks that the request caused, without those that were evicted from the log.
    pub deliveries: Vec<DeliveryId>,
    /// The number of these webhooks.
    pub deliveries_count: usize,
    /// The first tasks that are scheduled for the links that the request names, in order.
    pub scheduled: Vec<ScheduledTask>,
    /// The number of these tasks.
    pub scheduled_count: usize,
}

/// The scenario that answered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MatchedScenario {
    #[serde(flatten)]
    pub scenario: Candidate,
    /// The reason why it answered.
    pub why: String,
    /// The scenarios that could have answered and did not, in the order of precedence.
    pub tried: Vec<Tried>,
}

/// A scenario that did not answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tried {
    #[serde(flatten)]
    pub scenario: Candidate,
    /// The reason why it did not answer.
    pub why: String,
}

/// A scenario that could answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Candidate {
    pub name: String,
    /// The way in which the scenario matched: `header`, `armed`, `link`, `curp`, `rule`,
    /// `account_default` or `process_default`.
    pub by: &'static str,
    pub file: String,
    /// The line of the CURP or of the rule that matched, else the line of the name.
    pub line: usize,
}

impl Account {
    /// Explains a request from the log and the state of the account.
    ///
    /// # Errors
    /// 404 for a request that the log does not have.
    pub(crate) fn explain(&self, request_id: &str) -> Result<Explanation, Error> {
        let found = request_id.parse().ok().and_then(|id| self.log.request(id));
        let (cursor, at, exchange) = found.ok_or_else(|| self.unknown_request())?;
        let exchange = exchange.clone();
        let matched = exchange.matched.as_ref().map(MatchedScenario::of);
        let caused = || self.log.caused_by(exchange.request_id);
        let (deliveries, deliveries_count) =
            (caused().take(MOST_SHOWN).collect(), caused().count());
        let mut notes = exchange.notes.to_vec();
        let request = LoggedRequest { cursor, at, exchange }.read();
        if let Some(operation) = request.operation {
            notes.extend(ignored_keys(operation, &request.body));
        }
        let links = || request.links.iter().filter_map(|link| self.links.number_of(*link));
        let counts = links().map(|link| self.outbox.schedule.of_link(link).count());
        let scheduled_count = counts.sum();
        let tasks = request.links.iter().flat_map(|link| self.scheduled_for(*link));
        let scheduled = tasks.take(MOST_SHOWN).collect();
        Ok(Explanation {
            scenario: matched,
            notes,
            deliveries,
            deliveries_count,
            scheduled,
            scheduled_count,
            request,
        })
    }

    fn unknown_request(&self) -> Error {
        let strangers = "Requests that were answered 401, and those below /_emulator/, belong to \
                         no account.";
        match self.log.evicted() {
            0 => Error::unknown_request(strangers),
            evicted => Error::unknown_request(format_args!(
                "It no longer has what happened up to cursor {evicted} (--log-budget). {strangers}"
            )),
        }
    }

    fn scheduled_for(&self, link: Uuid) -> impl Iterator<Item = ScheduledTask> {
        let number = self.links.number_of(link).into_iter();
        number.flat_map(|number| self.rows_of_link(number))
    }
}

impl MatchedScenario {
    pub(crate) fn of(found: &Match) -> MatchedScenario {
        let tried = found.tried.iter().map(|tried| Tried {
            scenario: Candidate::of(&tried.scenario, tried.by),
            why: tried.why.to_string(),
        });
        MatchedScenario {
            scenario: Candidate::of(&found.scenario, found.by),
            why: reason(&found.scenario, found.by),
            tried: tried.collect(),
        }
    }
}

impl Candidate {
    fn of(scenario: &Scenario, by: MatchedBy) -> Candidate {
        let origin = &scenario.origin;
        let claim = origin.claim_line.filter(|_| matches!(by, MatchedBy::Curp | MatchedBy::Rule));
        Candidate {
            name: scenario.name.as_str().to_owned(),
            by: by.as_str(),
            file: origin.file.clone(),
            line: claim.unwrap_or(origin.name_line),
        }
    }
}

fn reason(scenario: &Scenario, by: MatchedBy) -> String {
    match by {
        MatchedBy::Header => "the header X-Emulator-Scenario names it".to_owned(),
        MatchedBy::Armed(id) => format!("it was armed as {}", id.0),
        MatchedBy::Link => "a step or a session of the link decides, and this made the link".into(),
        MatchedBy::Curp => match (scenario.curp(), scenario.rule()) {
            (curp, Some(rule)) => {
                format!(
                    "it names the CURP {}, and its rule holds: {rule}",
                    curp.unwrap_or_default()
                )
            }
            (curp, None) => format!("it names the CURP {}", curp.unwrap_or_default()),
        },
        MatchedBy::Rule => match scenario.rule() {
            Some(rule) => format!("its rule holds: {rule}"),
            None => "its rule holds".to_owned(),
        },
        MatchedBy::AccountDefault => "nothing else claims the login; the account's default".into(),
        MatchedBy::ProcessDefault => "nothing else claims the login; --scenario".to_owned(),
    }
}
