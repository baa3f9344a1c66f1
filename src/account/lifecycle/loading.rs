//! Loads: reads the data of links at their institutions, stores them, and announces them.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::LinkNumber;
use crate::account::faults::planned::Occasion;
use crate::account::lifecycle::EventIds;
use crate::account::records::{Calculation, Record};
use crate::account::request::context::CallContext;
use crate::account::schedule::{Load, Task, TaskKind};
use crate::model::link::Resource;
use crate::model::webhook::Data;
use crate::model::{Timestamp, later};

/// The number of days that data is kept where the link gives none.
const DATA_LIFE_DAYS: u16 = 365;

impl Account {
    /// Returns the load that creating the link causes, if it causes one.
    pub(super) fn first_load(&self, number: LinkNumber) -> Option<Load> {
        let load = self.whole_load(number, self.known_link(number).begun_by);
        load.resources().next().is_some().then_some(load)
    }

    /// Returns a load of all resources of the link, for a request.
    pub(in crate::account) fn whole_load(&self, number: LinkNumber, request_id: Uuid) -> Load {
        Load::of(&self.known_link(number).loads(), request_id)
    }

    /// Schedules a load after the webhook delay.
    pub(in crate::account) fn schedule_load(
        &mut self,
        context: &mut CallContext,
        number: LinkNumber,
        load: Load,
    ) {
        let loads = load.resources().next().is_some();
        let delay = match loads && self.loads_before_answer(context, number) {
            true => TimeDelta::zero(),
            false => self
                .settings
                .webhook_delay
                .draw(|| self.link_seed(number).named("load", load.request_id.as_bytes())),
        };
        let load = load.caused_by(context.operation());
        self.outbox.schedule.add(later(self.now, delay), Task::Load(number, load));
    }

    /// Reads the data of a link at its institution, and stores it.
    pub(in crate::account) fn load(&mut self, number: LinkNumber, load: Load) {
        let now = self.now;
        self.known_link_mut(number).last_accessed_at = Some(now);
        for resource in Resource::ALL.into_iter().filter(|resource| load.reads(*resource)) {
            for record in self.read(number, resource, load.with_pdf) {
                self.store(resource, record);
            }
        }
        self.plan_expiry_of_data(number);
    }

    /// Returns the records that a reading of a resource brings now. A person whom the institution
    /// does not know has no owner, but a current employment, without a job.
    pub(in crate::account) fn read(
        &self,
        number: LinkNumber,
        resource: Resource,
        with_pdf: bool,
    ) -> Vec<Record> {
        let known = self.known_link(number).accept().data.profiles();
        let profiles = match resource {
            Resource::EmploymentRecords => 0..known,
            Resource::Owners => 0..known.min(1),
            Resource::CurrentEmployments => 0..1,
            Resource::EmploymentMetrics => {
                return self.calculate(number, None).into_iter().collect();
            }
        };
        profiles.map(|profile| self.new_record(number, resource, profile, with_pdf)).collect()
    }

    /// Returns employment metrics that are computed now from the employment records that the link
    /// has. A link without records has none.
    pub(in crate::account) fn calculate(
        &self,
        number: LinkNumber,
        reference_date: Option<NaiveDate>,
    ) -> Option<Record> {
        let records = self.records.of(Resource::EmploymentRecords).of_link(number);
        let mut read: Vec<(usize, Timestamp)> =
            records.map(|record| (record.profile, record.collected_at)).collect();
        read.sort_unstable();
        let collected_at = read.iter().map(|(_, collected_at)| *collected_at).max()?;
        let profiles = read.into_iter().map(|(profile, _)| profile).collect();
        let calculation = Calculation { at: self.now, reference_date, profiles };
        Some(Record {
            collected_at,
            calculation: Some(Arc::new(calculation)),
            ..self.new_record(number, Resource::EmploymentMetrics, 0, false)
        })
    }

    /// Stores a record. Returns its id, and true when it is new.
    pub(in crate::account) fn store(&mut self, resource: Resource, record: Record) -> (Uuid, bool) {
        let link = record.link;
        let (id, is_new) = self.records.of_mut(resource).upsert(record);
        self.known_link_mut(link).records += u64::from(is_new);
        (id, is_new)
    }

    /// Returns a record that is read now. A record that was deleted gets a new id.
    fn new_record(
        &self,
        number: LinkNumber,
        resource: Resource,
        profile: usize,
        with_pdf: bool,
    ) -> Record {
        let link = self.known_link(number);
        let seed = self.link_seed(number).numbered(label(resource), profile as u64);
        Record {
            id: seed.numbered("record", link.records).uuid(),
            link: number,
            profile,
            created_at: self.now,
            collected_at: self.now,
            with_pdf,
            calculation: None,
        }
    }

    /// Announces one webhook for each resource that was loaded.
    pub(super) fn announce_load(&mut self, number: LinkNumber, load: Load, occasion: Occasion<'_>) {
        let seed = self.link_seed(number).named("webhook", load.request_id.as_bytes());
        for resource in load.resources() {
            let webhook_id = seed.child(resource.as_str()).uuid();
            let data = self.count_of(number, resource);
            self.announce(
                number,
                EventIds::of_request(webhook_id, load.request_id),
                &data,
                occasion,
            );
        }
    }

    /// Returns the data of the event that announces a resource of a link.
    pub(in crate::account) fn count_of(&self, number: LinkNumber, resource: Resource) -> Data {
        Data::count_of(resource, self.records.of(resource).of_link(number).count())
    }

    /// Schedules the expiry of a link's data, counted from the last load, unless it is refreshed.
    pub(in crate::account) fn plan_expiry_of_data(&mut self, number: LinkNumber) {
        self.outbox.schedule.cancel(number, TaskKind::ExpireData);
        let days = self.known_link(number).request.stale_in.map_or(DATA_LIFE_DAYS, |days| days.0);
        if let Some(read_at) = self.records.last_read(number) {
            let expiry = later(read_at, TimeDelta::days(days.into())).max(self.now);
            self.outbox.schedule.add(expiry, Task::ExpireData(number));
        }
    }
}

/// Returns the label of the seeds that the ids of records are drawn from.
fn label(resource: Resource) -> &'static str {
    match resource {
        Resource::EmploymentRecords => "employment_record",
        Resource::Owners => "owner",
        Resource::CurrentEmployments => "current_employment",
        Resource::EmploymentMetrics => "employment_metric",
    }
}
