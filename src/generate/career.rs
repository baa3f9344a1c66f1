//! A working life: the jobs of a person, what each pays, and the changes since the registration.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;

use crate::generate::Change;
use crate::generate::course::Course;
use crate::generate::employers::Employer;
use crate::generate::pay::{First, Leave, Salary, Terms, raised, talent};
use crate::generate::pensions::{
    OLDEST_AT_WORK, age_on, birthday, first_working_day, weeks_for_pension,
};
use crate::generate::person::Person;
use crate::generate::timeline::{Timeline, Workplace};
use crate::generate::wages::{Wages, Zone};
use crate::model::money::Money;
use crate::model::profile::{DataSource, Profile};
use crate::seed::Seed;

/// The number from which the employers of new jobs count.
const NEW_EMPLOYERS: u64 = 1 << 40;
/// The day whose average tells which people earn what a profile asks for.
const PRICES_OF: NaiveDate = NaiveDate::from_ymd_opt(2025, 6, 1).unwrap();

/// The jobs of a person.
pub(super) struct Career<'a> {
    pub jobs: Vec<Job>,
    /// The day from which the person has a pension.
    pub pension: Option<NaiveDate>,
    /// Sentences on traits that the profile asks for and the person cannot have.
    pub shortfalls: Vec<String>,
    pub source: DataSource,
    profile: &'a Profile,
    person: &'a Person,
    /// The seed of all people, and that of this working life.
    people: &'a Seed,
    seed: &'a Seed,
    talent: i64,
    /// The number of changes since the registration.
    changes: u64,
}

/// One job.
pub(super) struct Job {
    pub start: NaiveDate,
    /// The last day. None stands for a job that goes on.
    pub end: Option<NaiveDate>,
    pub place: Workplace,
    pub is_voluntary: bool,
    terms: Terms,
    /// The days of raises besides the drawn ones.
    raises: Vec<NaiveDate>,
}

impl<'a> Career<'a> {
    /// Returns the working life that a profile outlines, of a person who registers on `asked`.
    pub(super) fn new(
        profile: &'a Profile,
        person: &'a Person,
        source: DataSource,
        [people, seed]: [&'a Seed; 2],
        asked: NaiveDate,
    ) -> Career<'a> {
        let timeline = Timeline::new(person, profile, source, seed);
        let latest_end = timeline.latest_end();
        let Course { spans, pension, shortfalls } = Course::new(timeline, asked);
        let mut generator = seed.child("talent").generator();
        let drawn = talent(&mut generator);
        let talent = match profile.salary {
            None => drawn,
            Some(range) => {
                let average = Wages::of(PRICES_OF, Zone::General).average;
                (range.lowest.cents() + range.highest.cents()) * 500 / average
            }
        };
        let jobs = spans.into_iter().map(|span| {
            let age = age_on(person.birth_date, span.start);
            let end = Some(span.end.unwrap_or(latest_end));
            let terms = Terms::draw(span.generator, talent, age, span.place, source);
            Job::new(span.start, end, span.place, span.is_voluntary, terms)
        });
        let jobs = jobs.collect();
        let mut career = Career {
            jobs,
            pension,
            shortfalls,
            source,
            profile,
            person,
            people,
            seed,
            talent,
            changes: 0,
        };
        career.fit_salary(asked);
        career
    }

    /// Tells that the person has a pension on a day: the one of the profile, or the one that the weeks
    /// of contributions give to somebody who is too old to work.
    pub(super) fn has_pension(&self, day: NaiveDate, weeks: i64) -> bool {
        let Some(first) = self.jobs.first() else { return false };
        let last_day = birthday(self.person.birth_date, OLDEST_AT_WORK);
        let needed = weeks_for_pension(self.source, first.start, last_day);
        self.pension.is_some_and(|pension| pension <= day) || day >= last_day && weeks >= needed
    }

    /// Applies a change to the working life.
    pub(super) fn change(&mut self, day: NaiveDate, change: Change) {
        self.changes += 1;
        match change {
            Change::Raise => {
                if let Some(job) = self.current(day) {
                    job.raises.push(day);
                }
            }
            Change::JobLoss => {
                for job in self.jobs.iter_mut().filter(|job| job.goes_on(day) && job.start < day) {
                    job.end = Some(day);
                }
            }
            Change::NewJob if self.can_begin(day) => self.begin_job(day),
            Change::NewJob => {}
        }
    }

    fn can_begin(&self, day: NaiveDate) -> bool {
        let born = self.person.birth_date;
        (first_working_day(born, self.source)..birthday(born, OLDEST_AT_WORK)).contains(&day)
    }

    /// Begins a job that pays more than the last one, which ends the day before.
    fn begin_job(&mut self, day: NaiveDate) {
        let seed = self.seed.numbered("new job", self.changes);
        let latest = self.jobs.iter().max_by_key(|job| (job.end, job.start));
        let paid = latest.map(|job| job.salary(last_change(job.end, day)).cents);
        let last_place = latest.map(|job| job.place);
        if let Some(last) = self.current(day) {
            last.end = day.pred_opt();
        }
        let last_place = last_place.unwrap_or_else(|| {
            Timeline::new(self.person, self.profile, self.source, self.seed).first_place()
        });
        let number = NEW_EMPLOYERS + self.changes;
        let place = Workplace { number, since: day.year(), ..last_place };
        let age = age_on(self.person.birth_date, day);
        let mut terms = Terms::draw(seed.generator(), self.talent, age, place, self.source);
        if let Some(paid) = paid {
            terms = terms.with_salary(raised(paid));
        }
        let end = Some(birthday(self.person.birth_date, OLDEST_AT_WORK));
        self.jobs.push(Job::new(day, end, place, false, terms));
    }

    /// Returns the job that began last of those that go on.
    fn current(&mut self, day: NaiveDate) -> Option<&mut Job> {
        self.jobs.iter_mut().rev().find(|job| job.start < day && job.goes_on(day))
    }

    /// Returns the employer of a job, by the number of the job in the list.
    pub(super) fn employer(&self, job: usize) -> Employer {
        let Workplace { sector, state, since, number } = self.jobs[job].place;
        let (name, seed) = match self.named_employer(job) {
            // All who work there see the same registration.
            Some(name) => (Some(name), self.people.named("employer", name.as_bytes())),
            None => (None, self.seed.numbered("employer", number)),
        };
        let drawn = Employer::draw(&mut seed.generator(), sector, state, since, self.source);
        Employer { name: name.map_or(drawn.name, str::to_owned), ..drawn }
    }

    /// Returns the name that the profile gives to the employer of a job: that of the last job, which
    /// begins after all others.
    fn named_employer(&self, job: usize) -> Option<&'a str> {
        let is_drawn = |job: &Job| !job.is_voluntary && job.place.number < NEW_EMPLOYERS;
        let is_last_drawn = self.jobs.iter().rposition(is_drawn);
        self.profile.employer.as_deref().filter(|_| is_last_drawn == Some(job))
    }

    /// Brings the salary of the last job, as of the registration, between the bounds of the profile:
    /// first by its first salary, and if raises spoil that, by its last raise.
    fn fit_salary(&mut self, asked: NaiveDate) {
        let Some(range) = self.profile.salary else { return };
        let [least, most] = [range.lowest.cents(), range.highest.cents()];
        let wanted = self.seed.child("salary").generator().random_range(least..=most);
        let Some(job) = self.jobs.iter_mut().rev().find(|job| !job.is_voluntary) else { return };
        let day = last_change(job.end, asked);
        let mut paid = job.salary(day);
        if let First::Level(level) = job.terms.first
            && !(least..=most).contains(&paid.cents)
        {
            job.terms.first = First::Level(level * wanted / paid.cents);
            paid = job.salary(day);
        }
        if !(least..=most).contains(&paid.cents) {
            job.terms.pinned = Some(Salary { since: paid.since, cents: wanted });
            paid = job.salary(day);
        }
        if !(least..=most).contains(&paid.cents) {
            let Wages { lowest, highest, .. } = Wages::of(day, job.terms.zone);
            let bounds = [lowest, highest].map(Money::from_cents);
            self.shortfalls.push(format!(
                "salary asks for {} to {}, and base salaries lay between {} and {} on {day}",
                range.lowest, range.highest, bounds[0], bounds[1]
            ));
        }
    }
}

impl Job {
    fn new(
        start: NaiveDate,
        end: Option<NaiveDate>,
        place: Workplace,
        is_voluntary: bool,
        terms: Terms,
    ) -> Job {
        Job { start, end, place, is_voluntary, terms, raises: Vec::new() }
    }

    pub(super) fn goes_on(&self, day: NaiveDate) -> bool {
        self.end.is_none_or(|end| end > day)
    }

    /// Returns the times without work that begin until `last_day`, in order.
    pub(super) fn leaves(&self, last_day: NaiveDate) -> impl Iterator<Item = (NaiveDate, Leave)> {
        let leaves =
            self.terms.leaves.map(|leave| (self.start + Days::new(leave.after_days), leave));
        leaves.into_iter().filter(move |(day, _)| *day <= last_day)
    }

    /// Returns the salaries until `last_day`, which is the last one that can bring a change.
    pub(super) fn salaries(&self, last_day: NaiveDate) -> Vec<Salary> {
        self.terms.salaries(self.start, last_day, &self.raises)
    }

    /// Returns the salary of `day`, which is not before the first one.
    fn salary(&self, day: NaiveDate) -> Salary {
        *self.salaries(day).last().expect("a job has a first salary")
    }
}

/// Returns the last day that can change the salary of a job: a job that has ended changes nothing on
/// its last day.
pub(super) fn last_change(end: Option<NaiveDate>, today: NaiveDate) -> NaiveDate {
    end.filter(|end| *end <= today).map_or(today, |end| end - Days::new(1))
}
