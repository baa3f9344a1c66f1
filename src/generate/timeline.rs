//! The jobs of a person in the order of time, drawn forwards from the first one. So the jobs before a
//! day do not depend on that day.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::calendar::{hiring_day, last_day};
use crate::generate::chance::{NARROW, WIDE, between, happens, skewed};
use crate::generate::pensions::{OLDEST_AT_WORK, age_on, birthday, first_working_day};
use crate::generate::person::Person;
use crate::generate::regions::{any_sector, any_state};
use crate::model::curp::Sex;
use crate::model::profile::{DataSource, MOST_EMPLOYERS, Profile};
use crate::model::sector::Sector;
use crate::model::state::State;
use crate::seed::Seed;

/// The shortest job, in days.
pub(super) const SHORTEST_JOB_DAYS: i64 = 15;
/// A job that lasts for this time can have a second one beside it.
const LONG_ENOUGH_FOR_A_SECOND_JOB_DAYS: i64 = 200;

/// The sector whose pay and raises the government's are most like: most of its people teach.
const GOVERNMENT: Sector = Sector::Education;

/// The median length of a job in days, by the age at its beginning.
const MEDIAN_JOB_DAYS: [(i64, i64); 6] =
    [(15, 110), (20, 210), (25, 340), (30, 520), (40, 800), (50, 1_100)];
/// The median time between two jobs.
const MEDIAN_GAP_DAYS: i64 = 60;

/// One job, without what it pays.
#[derive(Debug)]
pub(super) struct Span {
    pub start: NaiveDate,
    /// The last day. None stands for a job that lasts as long as the person works.
    pub end: Option<NaiveDate>,
    pub place: Workplace,
    /// True for voluntary contributions, which somebody makes without a job.
    pub is_voluntary: bool,
    /// The generator of the job, after the draws of the timeline.
    pub generator: ChaCha8Rng,
}

/// The employer of a job, by the facts from which it is drawn. A return to it repeats all of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Workplace {
    pub sector: Sector,
    pub state: &'static State,
    /// The year of the first job there.
    pub since: i32,
    /// The number of the employer among those of the person.
    pub number: u64,
}

/// The facts that shape a timeline.
#[derive(Clone, Debug)]
pub(super) struct Timeline<'a> {
    pub person: &'a Person,
    pub profile: &'a Profile,
    pub source: DataSource,
    pub seed: &'a Seed,
    /// The first day of the first job, or some days before it.
    pub first_day: NaiveDate,
    /// The largest number of jobs. The last of them has no end.
    pub most: usize,
    /// The length of jobs, in thousandths of the usual one.
    pub pace: i64,
    /// True if jobs follow one another without time between them.
    pub is_steady: bool,
    pub has_second_jobs: bool,
    /// True if the person goes back to earlier employers now and then.
    pub returns: bool,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(
        person: &'a Person,
        profile: &'a Profile,
        source: DataSource,
        seed: &'a Seed,
    ) -> Timeline<'a> {
        let mut generator = seed.child("timeline").generator();
        let first_day = first_day(person, profile, source, &mut generator);
        let faithfulness = skewed(&mut generator, &NARROW);
        Timeline {
            person,
            profile,
            source,
            seed,
            first_day,
            most: usize::from(MOST_EMPLOYERS),
            pace: faithfulness,
            is_steady: false,
            has_second_jobs: profile.employers.is_none() && profile.concurrent_jobs.is_none(),
            returns: profile.employers.is_none(),
        }
    }

    /// Returns the day on which the person stops to work, at the latest.
    pub(super) fn latest_end(&self) -> NaiveDate {
        birthday(self.person.birth_date, OLDEST_AT_WORK)
    }

    /// Draws the jobs that begin before `day`, and the next one, in order. Second jobs follow in a
    /// list of their own.
    pub(super) fn draw(&self, day: NaiveDate) -> (Vec<Span>, Vec<Span>) {
        let (mut jobs, mut second_jobs) = (Vec::<Span>::new(), Vec::new());
        let mut about = self.first_day;
        while about < self.latest_end() - Days::new(90) && jobs.len() < self.most {
            let (mut span, gap) = self.job(about, &jobs);
            if jobs.len() + 1 == self.most {
                span.end = None;
            }
            let is_beyond = span.start >= day;
            let end = span.end;
            second_jobs.extend(self.second_job(&mut span, jobs.len()));
            jobs.push(span);
            let Some(end) = end.filter(|_| !is_beyond) else { break };
            about = end + Days::new(gap);
        }
        (jobs, second_jobs)
    }

    /// Draws the job after those before it, and the days until the next one.
    fn job(&self, about: NaiveDate, before: &[Span]) -> (Span, u64) {
        let mut generator = self.seed.numbered("job", before.len() as u64).generator();
        let place = self.place(about, before, &mut generator);
        let start = hiring_day(about, self.source, &mut generator);
        let days = self.days_in_job(start, place.sector, &mut generator);
        let end = last_day(start + Days::new(days), self.source, &mut generator);
        let end = end.max(start + Days::new(SHORTEST_JOB_DAYS as u64)).min(self.latest_end());
        let gap = self.gap(&mut generator);
        let span = Span { start, end: Some(end), place, is_voluntary: false, generator };
        (span, gap)
    }

    fn place(&self, about: NaiveDate, before: &[Span], generator: &mut ChaCha8Rng) -> Workplace {
        let last = before.last().map(|span| span.place);
        let state = last.map_or(self.person.home, |last| self.next_state(last.state, generator));
        let state = self.profile.state.unwrap_or(state);
        if self.returns && before.len() >= 2 && happens(generator, 8) {
            let known = before[generator.random_range(0..before.len() - 1)].place;
            if known.state == state {
                return known;
            }
        }
        let stays = last.is_some() && happens(generator, 60);
        let sector = last.filter(|_| stays).map(|last| last.sector);
        let drawn = any_sector(generator, state);
        let sector = match self.source {
            DataSource::Imss => self.profile.sector.or(sector).unwrap_or(drawn),
            DataSource::Issste => GOVERNMENT,
        };
        Workplace { sector, state, since: about.year(), number: before.len() as u64 }
    }

    /// Few people move to another state, and half of those who did move back.
    fn next_state(&self, last: &'static State, generator: &mut ChaCha8Rng) -> &'static State {
        let elsewhere = any_state(generator);
        let is_away = last != self.person.home;
        match generator.random_range(0..100) {
            0..20 if is_away => self.person.home,
            0..4 => elsewhere,
            _ => last,
        }
    }

    /// Draws the place of the first job of somebody who had none.
    pub(super) fn first_place(&self) -> Workplace {
        let mut generator = self.seed.child("first place").generator();
        self.place(self.first_day, &[], &mut generator)
    }

    fn days_in_job(&self, start: NaiveDate, sector: Sector, generator: &mut ChaCha8Rng) -> u64 {
        let age = i64::from(age_on(self.person.birth_date, start));
        let median = between(&MEDIAN_JOB_DAYS, age);
        let percent = match self.source {
            DataSource::Imss => stay_percent(sector),
            DataSource::Issste => 300,
        };
        let spread = skewed(generator, &WIDE);
        let days = median * percent / 100 * spread / 1000 * self.pace / 1000;
        days.clamp(SHORTEST_JOB_DAYS, 60 * 365).unsigned_abs()
    }

    /// Draws the days between two jobs. Some people go from one job to the next, and some work for
    /// years without insurance, or stay at home.
    fn gap(&self, generator: &mut ChaCha8Rng) -> u64 {
        let spread = skewed(generator, &WIDE);
        let days_between = generator.random_range(1..=12);
        let long = if self.person.sex == Sex::Female { 9 } else { 6 };
        let gap = match generator.random_range(0..100) {
            draw if draw < long => 6 * MEDIAN_GAP_DAYS * spread / 1000,
            70.. => days_between,
            _ => MEDIAN_GAP_DAYS * spread / 1000,
        };
        if self.is_steady { 1 } else { gap.max(1).unsigned_abs() }
    }

    /// Draws a second job beside a long one. Few people have one.
    fn second_job(&self, beside: &mut Span, number: usize) -> Option<Span> {
        let end = beside.end?;
        let days = (end - beside.start).num_days();
        let has_one = happens(&mut beside.generator, 9) && self.has_second_jobs;
        if !has_one || days < LONG_ENOUGH_FOR_A_SECOND_JOB_DAYS {
            return None;
        }
        let from = beside.start + Days::new((days / 5).unsigned_abs());
        let until = end - Days::new((days / 10).unsigned_abs());
        Some(self.beside(beside.place.state, number, from, Some(until)))
    }

    /// Returns a job beside another one, with another employer in the same state.
    pub(super) fn beside(
        &self,
        state: &'static State,
        number: usize,
        from: NaiveDate,
        end: Option<NaiveDate>,
    ) -> Span {
        let mut generator = self.seed.numbered("second job", number as u64).generator();
        let drawn = any_sector(&mut generator, state);
        let sector = match self.source {
            DataSource::Imss => self.profile.sector.unwrap_or(drawn),
            DataSource::Issste => GOVERNMENT,
        };
        let place = Workplace {
            sector,
            state,
            since: from.year(),
            number: u64::from(u32::MAX) + number as u64,
        };
        let start = hiring_day(from, self.source, &mut generator);
        Span { start, end, place, is_voluntary: false, generator }
    }
}

/// Draws the day from which the first job is sought.
fn first_day(
    person: &Person,
    profile: &Profile,
    source: DataSource,
    generator: &mut ChaCha8Rng,
) -> NaiveDate {
    let late = Days::new(generator.random_range(0..=330));
    let entry_years: i32 = generator.random_range(0..=6);
    let earliest = first_working_day(person.birth_date, source);
    let from = match (profile.age_at_first_job, source) {
        (Some(age), _) => birthday(person.birth_date, age.into()),
        (None, DataSource::Imss) => new_year(person.affiliation_year),
        (None, DataSource::Issste) => new_year(person.affiliation_year + entry_years),
    };
    (from + late).max(earliest)
}

fn new_year(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 2).expect("people live in years that have a January")
}

/// Returns how long people stay in a sector, in hundredths of the usual time. The figures are
/// estimates; IMSS publishes that construction and farming have the most temporary jobs.
fn stay_percent(sector: Sector) -> i64 {
    match sector {
        Sector::Construction => 45,
        Sector::Agriculture => 50,
        Sector::BusinessServices => 65,
        Sector::Hospitality => 75,
        Sector::Commerce => 90,
        Sector::Transport => 95,
        Sector::Manufacturing | Sector::Technology => 110,
        Sector::ProfessionalServices => 115,
        Sector::Mining | Sector::Finance => 140,
        Sector::Health => 170,
        Sector::Education => 180,
    }
}
