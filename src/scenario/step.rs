//! The steps of a scenario: the changes of its links after the login.
//!
//! Tasks and snapshots name a step by its [`StepId`]. The id follows from the content of the step
//! and not from its place, so it stays the same when other steps of the file are added, removed or
//! moved.

use std::collections::HashMap;
use std::fmt;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::scenario::{Accept, Refusal};

/// The names of the events, as in a scenario file.
pub(super) const EVENTS: [&str; 7] =
    ["load", "webhook", "refuse_logins", "ask_token", "new_job", "job_loss", "raise"];

/// The steps of a scenario in their order, each with its id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(from = "Vec<Step>")]
#[schemars(with = "Vec<Step>")]
pub(crate) struct Steps(Vec<(StepId, Step)>);

/// A step that runs after the login.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Time since the step before it. A `load` without it takes the webhook delay; any other step
    /// follows at once.
    #[serde(default, deserialize_with = "duration::deserialize_some")]
    #[schemars(schema_with = "duration::schema")]
    pub after: Option<TimeDelta>,
    /// The event that happens then.
    pub event: StepKind,
}

/// The kinds of steps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StepKind {
    /// The data has been read: the records exist from now on.
    Load,
    /// The webhook that announces the records is sent; again, when it already was.
    Webhook,
    /// Every login from now on is refused, until the client sends new credentials.
    RefuseLogins(Refusal),
    /// Every login from now on asks for a token, until the link is resumed.
    AskToken,
    /// The person leaves the current job, if there is one, for a better paid one.
    NewJob,
    /// The person loses all jobs.
    JobLoss,
    /// The person earns more in the current job.
    Raise,
}

/// Names a step in its scenario: its event, a fingerprint of its refusal, and its number among the
/// steps that are the same in both. Written `raise`, `raise#2` or `refuse_logins-9b1f03c4`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(into = "String", try_from = "String")]
#[schemars(with = "String")]
pub struct StepId {
    /// The place of the event in [`EVENTS`].
    event: u8,
    /// None where the event says all.
    fingerprint: Option<u32>,
    /// Counted from 1.
    number: u16,
}

impl Steps {
    /// The steps in the order of the file.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.0.iter().map(|(id, step)| (*id, step))
    }

    /// The step of an id; None when the scenario has no such step.
    pub(crate) fn get(&self, id: StepId) -> Option<&Step> {
        self.iter().find(|(other, _)| *other == id).map(|(_, step)| step)
    }

    /// The refusal of a step that refuses all logins after it; None for any other step.
    pub(crate) fn refusal(&self, id: StepId) -> Option<&Refusal> {
        match &self.get(id)?.event {
            StepKind::RefuseLogins(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl Accept {
    /// Returns the time from the beginning of a link to its first webhook, if its steps send one. A
    /// `load` without a time of its own takes `delay`.
    pub(crate) fn first_webhook(&self, delay: TimeDelta) -> Option<TimeDelta> {
        let mut passed = TimeDelta::zero();
        for (_, step) in self.later.iter() {
            passed += match (step.after, &step.event) {
                (Some(after), _) => after,
                (None, StepKind::Load) => delay,
                (None, _) => TimeDelta::zero(),
            };
            if matches!(step.event, StepKind::Webhook) {
                return Some(passed);
            }
        }
        None
    }
}

impl From<Vec<Step>> for Steps {
    fn from(steps: Vec<Step>) -> Steps {
        let mut alike: HashMap<(u8, Option<u32>), u16> = HashMap::new();
        let with_id = |step: Step| {
            let (event, fingerprint) = (step.event.number(), step.event.fingerprint());
            let number = alike.entry((event, fingerprint)).or_default();
            *number = number.saturating_add(1);
            (StepId { event, fingerprint, number: *number }, step)
        };
        Steps(steps.into_iter().map(with_id).collect())
    }
}

impl Default for Steps {
    /// The data is loaded after the webhook delay, and the webhook says so.
    fn default() -> Steps {
        let steps = [StepKind::Load, StepKind::Webhook].map(|event| Step { after: None, event });
        Steps::from(Vec::from(steps))
    }
}

impl StepKind {
    /// The name of the event, as in a scenario file.
    pub(crate) fn as_str(&self) -> &'static str {
        EVENTS[usize::from(self.number())]
    }

    /// True for a load and for the webhook that announces it.
    pub(crate) fn loads_or_announces(&self) -> bool {
        matches!(self, StepKind::Load | StepKind::Webhook)
    }

    /// The place of the event in [`EVENTS`].
    fn number(&self) -> u8 {
        match self {
            StepKind::Load => 0,
            StepKind::Webhook => 1,
            StepKind::RefuseLogins(_) => 2,
            StepKind::AskToken => 3,
            StepKind::NewJob => 4,
            StepKind::JobLoss => 5,
            StepKind::Raise => 6,
        }
    }

    /// Tells refusals from one another: the 32 bits of FNV-1a of all that the client would see.
    fn fingerprint(&self) -> Option<u32> {
        let StepKind::RefuseLogins(refusal) = self else { return None };
        let Refusal { status, code, message, with_institution_user_id } = refusal;
        let text = format!("{}\n{with_institution_user_id}\n{code}\n{message}", status.number());
        let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Some(text.bytes().fold(0x811c_9dc5, mix))
    }
}

impl StepId {
    /// The name of the step's event, as in a scenario file.
    pub(crate) fn event(self) -> &'static str {
        EVENTS[usize::from(self.event)]
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.event())?;
        if let Some(fingerprint) = self.fingerprint {
            write!(formatter, "-{fingerprint:08x}")?;
        }
        match self.number {
            1 => Ok(()),
            number => write!(formatter, "#{number}"),
        }
    }
}

impl From<StepId> for String {
    fn from(id: StepId) -> String {
        id.to_string()
    }
}

impl TryFrom<String> for StepId {
    type Error = String;

    fn try_from(text: String) -> Result<StepId, String> {
        let parse = || {
            let (step, number) = match text.split_once('#') {
                Some((step, number)) => (step, number.parse().ok()?),
                None => (text.as_str(), 1),
            };
            let (event, fingerprint) = match step.split_once('-') {
                Some((event, digits)) => (event, Some(u32::from_str_radix(digits, 16).ok()?)),
                None => (step, None),
            };
            let event = EVENTS.iter().position(|known| *known == event)?;
            Some(StepId { event: event as u8, fingerprint, number })
        };
        let expected = "expected the id of a step, such as raise or raise#2";
        parse().ok_or_else(|| format!("{text:?}: {expected}"))
    }
}
