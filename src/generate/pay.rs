//! The salary of a job through time.

use chrono::{Datelike, Days, NaiveDate};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::generate::chance::{NARROW, WIDE, between, happens, skewed};
use crate::generate::timeline::Workplace;
use crate::generate::wages::{Wages, Zone};
use crate::model::profile::DataSource;
use crate::model::sector::Sector;
use crate::seed::Seed;

/// The years in which all wages followed the minimum wage at each of its changes, because prices rose
/// by 20 to 160 % a year.
const INFLATION_YEARS: std::ops::RangeInclusive<i32> = 1976..=1996;
/// The size of a raise that a scenario brings, and of the step to a better job, in per cent.
const RAISE_PERCENT: i64 = 8;
/// The time in a job before the first regular raise.
const DAYS_BEFORE_RAISE: u64 = 90;

/// The median time in a job to a sick leave or an absence that IMSS hears of.
const MEDIAN_DAYS_TO_LEAVE: i64 = 2_000;

/// Pay by age, in thousandths of that of the average person.
const BY_AGE: [(i64, i64); 7] =
    [(15, 450), (19, 510), (24, 640), (30, 780), (38, 890), (48, 940), (62, 840)];

/// The terms of a job, from which its salaries follow.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The first salary, in thousandths of the average at IMSS, or a salary in cents.
    pub first: First,
    pub zone: Zone,
    /// The date of the yearly review, and the month.
    review: (u32, u32),
    /// True if a part of the pay depends on sales or piecework, so that it changes every two months.
    is_variable: bool,
    /// A salary in cents that holds from the day of a drawn change, whatever was drawn for it.
    pub pinned: Option<Salary>,
    /// The times without work, by the days from the beginning of the job to them. Most of them lie
    /// beyond its end.
    pub leaves: [Leave; 2],
    /// The seed of the changes.
    seed: Seed,
}

/// A time in a job without work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leave {
    pub after_days: u64,
    pub is_sick: bool,
}

/// The salary at the beginning of a job.
#[derive(Clone, Copy, Debug)]
pub(super) enum First {
    /// In thousandths of the average at IMSS.
    Level(i64),
    /// In cents.
    Cents(i64),
}

/// The salary from a day on, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Salary {
    pub since: NaiveDate,
    pub cents: i64,
}

/// A person's own share in the pay, the same in all jobs, in thousandths.
pub(super) fn talent(generator: &mut ChaCha8Rng) -> i64 {
    // Two draws multiply, so that few people earn much and none earns more than about ten times.
    skewed(generator, &NARROW) * skewed(generator, &NARROW) / 1000
}

impl Terms {
    /// Draws the terms of a job from its own generator.
    pub(super) fn draw(
        mut generator: ChaCha8Rng,
        talent: i64,
        age: i32,
        place: Workplace,
        source: DataSource,
    ) -> Terms {
        let Workplace { sector, state, .. } = place;
        let luck = generator.random_range(850..=1_150);
        let base = between(&BY_AGE, age.into()) * by_sector(sector) / 1000;
        let level = base * by_state(state.code) / 1000 * talent / 1000 * luck / 1000;
        let zone = match happens(&mut generator, border_percent(state.code)) {
            true => Zone::Border,
            false => Zone::General,
        };
        let date = [1, 1, 1, 1, 16, generator.random_range(1..=28)][generator.random_range(0..6)];
        let month = review_month(sector, &mut generator);
        let is_variable = happens(&mut generator, variable_percent(sector));
        let (date, is_variable) = match source {
            DataSource::Imss => (date, is_variable),
            DataSource::Issste => (if date < 15 { 1 } else { 16 }, false),
        };
        let review = (date, month);
        let first_leave = Leave::draw(0, &mut generator);
        let seed = Seed::drawn(&mut generator);
        let leaves = [first_leave, Leave::draw(first_leave.after_days, &mut generator)];
        Terms { first: First::Level(level), zone, review, is_variable, pinned: None, leaves, seed }
    }

    /// Returns terms whose first salary is this, without a part that varies.
    pub(super) fn with_salary(self, cents: i64) -> Terms {
        Terms { first: First::Cents(cents), is_variable: false, ..self }
    }

    /// Returns the salaries of a job from its first day until `last_day`, the oldest first. `raises`
    /// are the days of raises by [`RAISE_PERCENT`], in order; they take no draws from the others.
    pub(super) fn salaries(
        &self,
        start: NaiveDate,
        last_day: NaiveDate,
        raises: &[NaiveDate],
    ) -> Vec<Salary> {
        let wages = Wages::of(start, self.zone);
        let mut walk = Walk::new(self, start, &wages);
        let mut next_review = self.review_after(start + Days::new(DAYS_BEFORE_RAISE));
        let mut next_minimum = wages.next_change;
        let mut next_bimester = self.bimester_after(start);
        let mut raises = raises.iter().peekable();
        loop {
            let day = next_review.min(next_minimum).min(next_bimester);
            let is_due = |raise: &&NaiveDate| **raise <= day.min(last_day);
            if let Some(raise) = raises.next_if(is_due) {
                walk.raise(*raise, &Wages::of(*raise, self.zone));
                continue;
            }
            if day > last_day {
                return walk.salaries;
            }
            let wages = Wages::of(day, self.zone);
            if day == next_minimum {
                walk.follow_minimum_wage(day, &wages);
                next_minimum = wages.next_change;
            }
            if day == next_review {
                walk.review(day, &wages);
                next_review = self.review_after(day + Days::new(1));
            }
            if day == next_bimester {
                walk.vary(day, &wages);
                next_bimester = self.bimester_after(day);
            }
            walk.pin(day, &wages);
        }
    }

    /// Returns the first day of a yearly review at or after `day`.
    fn review_after(&self, day: NaiveDate) -> NaiveDate {
        let (date, month) = self.review;
        let of_year = |year| NaiveDate::from_ymd_opt(year, month, date).unwrap_or(NaiveDate::MAX);
        let this_year = of_year(day.year());
        if this_year >= day { this_year } else { of_year(day.year() + 1) }
    }

    /// Returns the first day after `day` on which variable pay is counted anew: IMSS takes it by two
    /// months (Social Security Law, article 34).
    fn bimester_after(&self, day: NaiveDate) -> NaiveDate {
        let (year, month) = match day.month() {
            11.. => (day.year() + 1, 1),
            month => (day.year(), month.div_ceil(2) * 2 + 1),
        };
        let first = NaiveDate::from_ymd_opt(year, month, 1).filter(|_| self.is_variable);
        first.unwrap_or(NaiveDate::MAX)
    }
}

impl Leave {
    fn draw(after_days: u64, generator: &mut ChaCha8Rng) -> Leave {
        let days = MEDIAN_DAYS_TO_LEAVE * skewed(generator, &WIDE) / 1000;
        Leave { after_days: after_days + days.unsigned_abs(), is_sick: happens(generator, 70) }
    }
}

/// A walk through the salaries of a job.
struct Walk<'a> {
    terms: &'a Terms,
    generator: ChaCha8Rng,
    /// The average of the day on which the base was last compared with it.
    average: i64,
    /// The salary without the variable part, in cents.
    base: i64,
    salaries: Vec<Salary>,
}

impl<'a> Walk<'a> {
    fn new(terms: &'a Terms, start: NaiveDate, wages: &Wages) -> Walk<'a> {
        let first = match terms.first {
            First::Level(level) => wages.average * level / 1000,
            First::Cents(cents) => cents,
        };
        let mut walk = Walk {
            terms,
            generator: terms.seed.generator(),
            average: wages.average,
            base: first.max(wages.lowest),
            salaries: Vec::with_capacity(8),
        };
        walk.set(start, walk.base, wages);
        walk.pin(start, wages);
        walk
    }

    /// Sets the salary, within the bounds of the day.
    fn set(&mut self, day: NaiveDate, cents: i64, wages: &Wages) {
        let cents = cents.clamp(wages.lowest, wages.highest);
        match self.salaries.last_mut() {
            Some(last) if last.cents == cents => {}
            Some(last) if last.since == day => last.cents = cents,
            _ => self.salaries.push(Salary { since: day, cents }),
        }
    }

    /// Sets the salary that is pinned to a day.
    fn pin(&mut self, day: NaiveDate, wages: &Wages) {
        if let Some(pinned) = self.terms.pinned.filter(|pinned| pinned.since == day) {
            self.base = pinned.cents;
            self.set(day, pinned.cents, wages);
        }
    }

    /// Changes a base that was fair on the day of the last comparison, so that it is as fair today.
    fn adjust(&mut self, wages: &Wages, thousandths: i64) {
        let fair = self.base * wages.average / self.average.max(1);
        self.average = wages.average;
        self.base = (fair * thousandths / 1000).max(wages.lowest);
    }

    fn follow_minimum_wage(&mut self, day: NaiveDate, wages: &Wages) {
        if INFLATION_YEARS.contains(&day.year()) {
            let share = self.generator.random_range(960..=1_040);
            self.adjust(wages, share);
            self.set(day, self.base, wages);
            return;
        }
        self.base = self.base.max(wages.lowest);
        let paid = self.paid();
        self.set(day, paid, wages);
    }

    fn review(&mut self, day: NaiveDate, wages: &Wages) {
        let share = match self.generator.random_range(0..1000) {
            0..18 => self.generator.random_range(860..970),
            18..90 => self.generator.random_range(1_080..=1_250),
            _ => self.generator.random_range(970..=1_026),
        };
        if INFLATION_YEARS.contains(&day.year()) && share <= 1_026 {
            return;
        }
        let before = self.base;
        self.adjust(wages, share);
        let is_cut = share < 970;
        self.base = if is_cut { self.base.min(before) } else { self.base.max(before) };
        self.set(day, self.base, wages);
    }

    fn vary(&mut self, day: NaiveDate, wages: &Wages) {
        let share = self.generator.random_range(960..=1_080);
        self.set(day, self.base * share / 1000, wages);
    }

    fn raise(&mut self, day: NaiveDate, wages: &Wages) {
        self.base = raised(self.base);
        let paid = raised(self.paid());
        self.set(day, paid, wages);
    }

    fn paid(&self) -> i64 {
        self.salaries.last().map_or(0, |salary| salary.cents)
    }
}

/// Returns a salary after a raise.
pub(super) fn raised(cents: i64) -> i64 {
    cents * (100 + RAISE_PERCENT) / 100
}

/// Returns the pay in a sector, in thousandths of the average. IMSS publishes salaries by division;
/// the services are divided by estimate.
fn by_sector(sector: Sector) -> i64 {
    match sector {
        Sector::Agriculture => 620,
        Sector::Hospitality => 680,
        Sector::Construction => 740,
        Sector::BusinessServices => 800,
        Sector::Commerce => 880,
        Sector::Education => 1_050,
        Sector::Manufacturing => 1_060,
        Sector::Transport => 1_080,
        Sector::Health => 1_080,
        Sector::ProfessionalServices => 1_250,
        Sector::Mining => 1_500,
        Sector::Technology => 1_650,
        Sector::Finance => 1_700,
    }
}

/// Returns the pay in a state, in thousandths of the average. The order follows IMSS's figures by
/// state; the figures are rounded.
fn by_state(code: &str) -> i64 {
    match code {
        "DF" => 1_250,
        "NL" | "QT" | "CC" => 1_120,
        "BC" | "BS" | "TS" | "CH" | "SR" | "CL" => 1_030,
        "JC" | "MC" | "SP" | "AS" | "PL" | "MS" => 980,
        "SL" | "NT" | "DG" | "CS" | "GR" | "OC" | "TL" => 800,
        _ => 880,
    }
}

/// Returns the share of jobs in the free zone of the northern border. All of Baja California lies in
/// it, and the border cities of five other states do. Their shares are estimates.
fn border_percent(code: &str) -> u32 {
    match code {
        "BC" => 100,
        "CH" => 45,
        "TS" => 50,
        "SR" => 20,
        "CL" => 15,
        "NL" => 1,
        _ => 0,
    }
}

/// Returns the share of jobs with variable pay.
fn variable_percent(sector: Sector) -> u32 {
    match sector {
        Sector::Commerce | Sector::Finance => 15,
        Sector::Manufacturing | Sector::Transport | Sector::Hospitality => 8,
        _ => 2,
    }
}

/// Draws the month of the yearly review: that of the sector's collective contracts, or January, or
/// another one for merits.
fn review_month(sector: Sector, generator: &mut ChaCha8Rng) -> u32 {
    let other = generator.random_range(1..=12);
    let contract = match sector {
        Sector::Manufacturing | Sector::Mining => 3,
        Sector::Education => 2,
        Sector::Construction => 5,
        Sector::Transport | Sector::Health => 4,
        Sector::Finance | Sector::Technology | Sector::ProfessionalServices => 7,
        _ => 1,
    };
    match generator.random_range(0..100) {
        0..55 => contract,
        55..80 => 1,
        _ => other,
    }
}
