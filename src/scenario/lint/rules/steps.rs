//! Checks the steps of a scenario: what they change, and when.

use chrono::TimeDelta;

use crate::model::duration::{LONGEST, show};
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::{Accept, Data, StepKind};

/// A job that began on the day of a change is not changed by it.
const LONGEST_FIRST_DAY: TimeDelta = TimeDelta::days(1);

/// The job of a person at a step, as far as the file tells.
struct Job {
    exists: bool,
    /// The time since the job began, if a step began it.
    age: Option<TimeDelta>,
    /// True when a step has read the person's data.
    is_loaded: bool,
}

/// Checks the steps of a list.
pub(super) fn check(accept: &Accept, list: Node<'_>, findings: &mut Findings) {
    let steps: Vec<Node<'_>> = list.items().collect();
    let event = |place: usize| steps.get(place).and_then(|step| step.get("event"));
    let mut job = Job { exists: has_job(accept), age: None, is_loaded: false };
    let has_load = accept.later.iter().any(|(_, step)| matches!(step.event, StepKind::Load));
    let mut passed = TimeDelta::zero();
    for (place, (_, step)) in accept.later.iter().enumerate() {
        let Some(node) = event(place) else { continue };
        passed += step.after.unwrap_or_default();
        job.age = job.age.map(|age| age + step.after.unwrap_or_default());
        if let Some((why, help)) = job.objection(&step.event, accept) {
            let message = format!("{} changes nothing here: {why}.", step.event.as_str());
            findings.add(Check::VoidStep, node.range(), message).help(help);
        }
        if matches!(step.event, StepKind::Webhook) && !job.is_loaded && has_load {
            let message = "This webhook announces records that do not exist yet.";
            let finding = findings.add(Check::WebhookBeforeLoad, node.range(), message);
            finding.help("put {\"event\": \"load\"} before it");
        }
        if passed > LONGEST {
            let message = format!("This step comes {} after the login.", show(passed));
            let finding = findings.add(Check::LateStep, node.range(), message);
            finding.help(format!("let the steps take {} at most together", show(LONGEST)));
        }
    }
    if !has_load && accept.data.profiles() > 0 {
        let message = "No step loads the records: they never exist.";
        let finding = findings.add(Check::NeverLoaded, list.key_range(), message);
        finding.help("add {\"event\": \"load\"}");
    }
}

fn has_job(accept: &Accept) -> bool {
    match &accept.data {
        Data::Generate(generated) => generated.has_job(),
        Data::Records(records) => {
            let spells = records.iter().flat_map(|record| &record.employment_records);
            spells.into_iter().any(|spell| spell.end_date.is_none())
        }
    }
}

impl Job {
    /// Applies a step. Returns the reason why it changes nothing, and what it needs.
    fn objection(
        &mut self,
        event: &StepKind,
        accept: &Accept,
    ) -> Option<(&'static str, &'static str)> {
        match event {
            StepKind::Load => self.is_loaded = true,
            StepKind::Webhook | StepKind::RefuseLogins(_) | StepKind::AskToken => {}
            StepKind::NewJob | StepKind::JobLoss | StepKind::Raise if !self.is_loaded => {
                return Some((
                    "no load stands before it, so nobody has seen the job that it changes",
                    "put {\"event\": \"load\"} before it",
                ));
            }
            StepKind::NewJob if accept.data.profiles() == 0 => {
                return Some(("there is no record that could show it", "write out a record"));
            }
            StepKind::NewJob => (self.exists, self.age) = (true, Some(TimeDelta::zero())),
            StepKind::JobLoss | StepKind::Raise if !self.exists => {
                return Some((
                    "the person has no job at that time",
                    "put new_job before it, or give the person a job that has not ended",
                ));
            }
            StepKind::JobLoss | StepKind::Raise
                if self.age.is_some_and(|age| age < LONGEST_FIRST_DAY) =>
            {
                return Some((
                    "the job has just begun",
                    "write \"after\": \"1d\" or more beside it",
                ));
            }
            StepKind::JobLoss => self.exists = false,
            StepKind::Raise => {}
        }
        None
    }
}
