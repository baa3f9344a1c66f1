//! The days on which people are hired and leave.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::model::profile::DataSource;

/// The year from which three holidays lie on Mondays (Federal Labour Law, article 74, changed in
/// January of 2006).
const MONDAY_HOLIDAYS_SINCE: i32 = 2006;

/// Returns a day on which somebody is hired, at `about` or up to three weeks later. IMSS has
/// working days, many of them Mondays. ISSSTE counts by half months, which begin on the 1st and the
/// 16th.
pub(super) fn hiring_day(
    about: NaiveDate,
    source: DataSource,
    generator: &mut ChaCha8Rng,
) -> NaiveDate {
    let habit = generator.random_range(0..100);
    match source {
        DataSource::Issste => half_month_from(about),
        DataSource::Imss => working_day_from(match habit {
            0..35 => about + Days::new((7 - u64::from(about.weekday().num_days_from_monday())) % 7),
            35..60 => half_month_from(about),
            _ => about,
        }),
    }
}

/// Returns the last day of a job, at `about` or up to half a month earlier. Many jobs end with a half
/// month.
pub(super) fn last_day(
    about: NaiveDate,
    source: DataSource,
    generator: &mut ChaCha8Rng,
) -> NaiveDate {
    let with_the_half_month = generator.random_range(0..100) < 35;
    match with_the_half_month || source == DataSource::Issste {
        true => half_month_until(about) - Days::new(1),
        false => about,
    }
}

/// Returns the last day at or before `day` on which somebody can be hired.
pub(super) fn hiring_day_until(day: NaiveDate, source: DataSource) -> NaiveDate {
    match source {
        DataSource::Issste => half_month_until(day),
        DataSource::Imss => {
            let mut day = day;
            while !is_working_day(day) {
                day = day - Days::new(1);
            }
            day
        }
    }
}

/// Returns the first working day at or after `day`.
pub(super) fn working_day_from(day: NaiveDate) -> NaiveDate {
    let mut day = day;
    while !is_working_day(day) {
        day = day + Days::new(1);
    }
    day
}

/// Tells that people work on a day: it is neither a Sunday nor a holiday of the Federal Labour Law.
pub(super) fn is_working_day(day: NaiveDate) -> bool {
    day.weekday() != Weekday::Sun && !is_holiday(day)
}

fn is_holiday(day: NaiveDate) -> bool {
    let monday = |nth: u32| day.weekday() == Weekday::Mon && (day.day() - 1) / 7 + 1 == nth;
    let moved = day.year() >= MONDAY_HOLIDAYS_SINCE;
    match (day.month(), day.day()) {
        (1, 1) | (5, 1) | (9, 16) | (12, 25) => true,
        (2, 5) | (3, 21) | (11, 20) if !moved => true,
        (2, _) if moved => monday(1),
        (3 | 11, _) if moved => monday(3),
        _ => false,
    }
}

/// Returns the first 1st or 16th at or after `day`.
fn half_month_from(day: NaiveDate) -> NaiveDate {
    match day.day() {
        1 => day,
        2..=16 => day.with_day(16).expect("every month has a 16th"),
        17.. => first_of_next_month(day),
        0 => unreachable!("days count from 1"),
    }
}

/// Returns the last 1st or 16th at or before `day`.
fn half_month_until(day: NaiveDate) -> NaiveDate {
    let first = if day.day() < 16 { 1 } else { 16 };
    day.with_day(first).expect("every month has a 1st and a 16th")
}

fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    let (year, month) = match day.month() {
        12 => (day.year() + 1, 1),
        month => (day.year(), month + 1),
    };
    NaiveDate::from_ymd_opt(year, month, 1).expect("every month has a 1st")
}
