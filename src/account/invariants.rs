//! What holds of every account between two calls, whatever was asked of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::Account;
use crate::account::base::check::check;
use crate::account::base::ids::LinkNumber;
use crate::account::links::{Link, StoredCredentials};
use crate::account::schedule::Task;
use crate::model::link::{AccessMode, CredentialsStorage, Status};

impl Account {
    /// Whether all invariants of the core hold.
    ///
    /// # Errors
    /// The sentence of the first that does not.
    pub fn invariants(&self) -> Result<(), String> {
        self.links.invariants()?;
        self.employment_records.invariants(&self.links)?;
        self.current_employments.invariants(&self.links)?;
        self.outbox.invariants()?;
        self.faults.invariants()?;
        check(self.next_due().is_none_or(|due| due > self.now), || {
            format!("what was due at {:?} has happened by {}", self.next_due(), self.now)
        })?;
        let rows = self.rows_by_link();
        for number in rows.keys() {
            check(self.links.get(*number).is_some(), || {
                format!("the rows of link {} are dropped together with it", number.0)
            })?;
        }
        let none = Vec::new();
        for (number, link) in self.links.numbered() {
            self.invariants_of(number, link, rows.get(&number).unwrap_or(&none))?;
        }
        Ok(())
    }

    /// All rows but those of deliveries, which outlive their link.
    fn rows_by_link(&self) -> BTreeMap<LinkNumber, Vec<Task>> {
        let mut rows: BTreeMap<LinkNumber, Vec<Task>> = BTreeMap::new();
        for (_, row) in self.outbox.schedule.all().filter(|(_, row)| !matches!(row, Task::Send(..)))
        {
            rows.entry(row.link()).or_default().push(row);
        }
        rows
    }

    fn invariants_of(&self, number: LinkNumber, link: &Link, rows: &[Task]) -> Result<(), String> {
        let count = |is: fn(&Task) -> bool| rows.iter().filter(|row| is(row)).count();
        let says = |what: &str| format!("link {}: {what}: {link:?}, {rows:?}", number.0);
        let Some(accept) = link.scenario.accepts() else {
            return Err(says("its scenario accepts"));
        };
        let is_recurrent = link.request.access_mode == AccessMode::Recurrent;
        let refreshes = count(|row| matches!(row, Task::Refresh(_)));
        let fewest = usize::from(is_recurrent && link.status == Status::Valid);
        check((fewest..=usize::from(is_recurrent)).contains(&refreshes), || {
            says("a valid recurrent link has one refresh planned, a single one has none")
        })?;
        let has_data = self.employment_records.of_link(number).next().is_some()
            || self.current_employments.of_link(number).next().is_some();
        let expiries = count(|row| matches!(row, Task::ExpireData(_)));
        check(expiries == 1 || expiries == 0 && !has_data, || says("its data has one end"))?;
        let expires = matches!(link.request.credentials_storage, CredentialsStorage::Days(_))
            && link.credentials != StoredCredentials::Expired
            && link.status != Status::Unconfirmed;
        check(
            count(|row| matches!(row, Task::ExpireCredentials(_))) == usize::from(expires),
            || says("credentials that are stored for days have one end"),
        )?;
        let mut steps = BTreeSet::new();
        for row in rows {
            if let Task::Step(_, step) = row {
                check(accept.later.get(*step).is_some() && steps.insert(step), || {
                    says("each step of the scenario happens once")
                })?;
            }
        }
        let refused_by = match link.credentials {
            StoredCredentials::Refused(step) => accept.later.refusal(step),
            StoredCredentials::Work | StoredCredentials::Expired | StoredCredentials::NeedToken => {
                return Ok(());
            }
        };
        check(refused_by.is_some(), || says("logins are refused by a step that refuses them"))
    }
}
