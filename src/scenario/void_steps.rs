//! Finds the steps of a scenario that change nothing.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde_json::value::RawValue;

use crate::model::profile::EmploymentStatus;
use crate::scenario::origin::Place;
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

/// Returns the first step that changes nothing, by its place in the list, and the reason.
pub(super) fn first_void_step(accept: &Accept) -> Option<(usize, String)> {
    let exists = match &accept.data {
        Data::Generate(profile) => profile.status == EmploymentStatus::Employed,
        Data::Records(records) => {
            let spells = records.iter().flat_map(|record| &record.employment_records);
            spells.into_iter().any(|spell| spell.end_date.is_none())
        }
    };
    let mut job = Job { exists, age: None, is_loaded: false };
    accept.later.iter().enumerate().find_map(|(place, (_, step))| {
        job.age = job.age.map(|age| age + step.after.unwrap_or_default());
        let why = job.objection(&step.event, accept)?;
        Some((place, format!("{} changes nothing here: {why}", step.event.as_str())))
    })
}

impl Job {
    /// Applies a step. Returns the reason why it changes nothing, and what it needs.
    fn objection(&mut self, event: &StepKind, accept: &Accept) -> Option<&'static str> {
        match event {
            StepKind::Load => self.is_loaded = true,
            StepKind::Webhook | StepKind::RefuseLogins(_) | StepKind::AskToken => {}
            StepKind::NewJob | StepKind::JobLoss | StepKind::Raise if !self.is_loaded => {
                return Some(
                    "no load stands before it, so nobody has seen the job that it changes. Put \
                     {\"event\": \"load\"} before it.",
                );
            }
            StepKind::NewJob if accept.data.profiles() == 0 => {
                return Some("there is no record that could show it. Write out a record.");
            }
            StepKind::NewJob => (self.exists, self.age) = (true, Some(TimeDelta::zero())),
            StepKind::JobLoss | StepKind::Raise if !self.exists => {
                return Some(
                    "the person has no job at that time. Put new_job before it, or give the \
                     person a job that has not ended.",
                );
            }
            StepKind::JobLoss | StepKind::Raise
                if self.age.is_some_and(|age| age < LONGEST_FIRST_DAY) =>
            {
                return Some("the job has just begun. Write \"after\": \"1d\" or more beside it.");
            }
            StepKind::JobLoss => self.exists = false,
            StepKind::Raise => {}
        }
        None
    }
}

/// Returns the place of the event of a step in the text of a scenario.
pub(super) fn place_of_step(text: &str, step: usize) -> Option<Place> {
    let login = member(text, "login")?;
    let accept = member(login, "accept").or_else(|| member(member(login, "ask_token")?, "accept"));
    let steps: Vec<&RawValue> = serde_json::from_str(member(accept?, "later")?).ok()?;
    let event = member(steps.get(step)?.get(), "event")?;
    Some(Place::at(text, event.as_ptr().addr() - text.as_ptr().addr()))
}

/// Returns the text of a member of an object.
fn member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    let members: HashMap<String, &RawValue> = serde_json::from_str(object).ok()?;
    members.get(key).map(|value| value.get())
}
