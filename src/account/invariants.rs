//! The invariants of an account. They hold between any two calls.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::Account;
use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::{Link, StoredCredentials};
use crate::account::schedule::{Task, TaskKind};
use crate::model::link::{AccessMode, CredentialsStorage, Status};
use crate::scenario::{Accept, StepId};

impl Account {
    /// Checks all invariants of the core.
    ///
    /// # Errors
    /// The sentence of the first invariant that does not hold.
    pub(crate) fn invariants(&self) -> Result<(), String> {
        self.consistency()?;
        check(self.next_due().is_none_or(|due| due > self.now), || {
            format!("what was due at {:?} has happened by {}", self.next_due(), self.now)
        })
    }

    /// Checks that the parts of the account agree with one another. Tasks may be overdue.
    ///
    /// # Errors
    /// The sentence of the first rule that does not hold.
    pub(in crate::account) fn consistency(&self) -> Result<(), String> {
        self.links.invariants()?;
        self.records.invariants(&self.links)?;
        self.login_counts.invariants()?;
        self.outbox.invariants()?;
        self.log.invariants()?;
        self.faults.invariants()?;
        check(self.changes_are_logged(), || "the log has every change".to_owned())?;
        let by_link = self.tasks_by_link();
        for number in by_link.keys() {
            check(self.links.get(*number).is_some(), || {
                format!("the tasks of link {} are removed together with it", number.0)
            })?;
        }
        match self.first_misfit() {
            Some((number, sentence)) => {
                let (link, tasks) = (self.links.get(number), by_link.get(&number));
                Err(format!("link {}: {sentence} {link:?}, {tasks:?}", number.0))
            }
            None => Ok(()),
        }
    }

    /// Finds the first link that does not agree with its scenario, its tasks or its records, and
    /// returns the reason. The reason contains nothing of the link, so that it can be shown.
    pub(in crate::account) fn first_misfit(&self) -> Option<(LinkNumber, &'static str)> {
        let by_link = self.tasks_by_link();
        self.links.numbered().find_map(|(number, link)| {
            let tasks = by_link.get(&number).map(Vec::as_slice).unwrap_or_default();
            Some(number).zip(self.misfit(number, link, tasks))
        })
    }

    /// Returns all tasks by their link, except the sends of deliveries, which outlive their link.
    fn tasks_by_link(&self) -> BTreeMap<LinkNumber, Vec<Task>> {
        let mut by_link: BTreeMap<LinkNumber, Vec<Task>> = BTreeMap::new();
        for (_, task) in
            self.outbox.schedule.all().filter(|(_, task)| !matches!(task, Task::Send(..)))
        {
            by_link.entry(task.link()).or_default().push(task);
        }
        by_link
    }

    fn misfit(&self, number: LinkNumber, link: &Link, tasks: &[Task]) -> Option<&'static str> {
        let Some(accept) = link.scenario.accepts() else {
            return Some("Its scenario refuses the login.");
        };
        let count = |kind| tasks.iter().filter(|task| task.kind() == kind).count();
        let is_recurrent = link.request.access_mode == AccessMode::Recurrent;
        let fewest = usize::from(is_recurrent && link.status == Status::Valid);
        if !(fewest..=usize::from(is_recurrent)).contains(&count(TaskKind::Refresh)) {
            return Some(
                "A valid recurrent link has one refresh scheduled, a single one has none.",
            );
        }
        let has_data = self.records.last_read(number).is_some();
        let ends = count(TaskKind::ExpireData);
        if ends > 1 || ends == 0 && has_data {
            return Some("Data has one end.");
        }
        let expires = matches!(link.request.credentials_storage, CredentialsStorage::Days(_))
            && link.credentials != StoredCredentials::Expired
            && link.status != Status::Unconfirmed;
        if count(TaskKind::ExpireCredentials) != usize::from(expires) {
            return Some("Credentials that are stored for days have one end, others have none.");
        }
        misfit_of_steps(link, accept, tasks)
    }
}

fn misfit_of_steps(link: &Link, accept: &Accept, tasks: &[Task]) -> Option<&'static str> {
    let mut steps = BTreeSet::new();
    for task in tasks {
        if let Task::Step(_, step) = task
            && (accept.later.get(*step).is_none() || !steps.insert(step))
        {
            return Some("Each step of the scenario runs once.");
        }
    }
    if !load_in_order(accept, tasks) {
        return Some("The loads and the webhooks of a scenario run in its order.");
    }
    match link.credentials {
        StoredCredentials::Refused(step) if accept.later.refusal(step).is_none() => {
            Some("Logins are refused by a step that refuses them.")
        }
        _ => None,
    }
}

/// Tells that the steps that load and announce are scheduled in the order of their scenario. The
/// tasks are in the order in which they are due.
fn load_in_order(accept: &Accept, tasks: &[Task]) -> bool {
    let loading = accept.later.iter().filter(|(_, step)| step.event.loads_or_announces());
    let steps: Vec<StepId> = loading.map(|(id, _)| id).collect();
    let places = tasks.iter().filter_map(|task| match task {
        Task::Step(_, step) => steps.iter().position(|other| other == step),
        _ => None,
    });
    places.is_sorted()
}
