//! Parses the values of flags that have limits of their own.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::model::size;

/// The smallest budget of the log. It has room for one request with long bodies.
const SMALLEST_LOG_BUDGET_BYTES: usize = 64 * 1024;
/// The smallest memory of an account. It has room for some hundred links.
const SMALLEST_ACCOUNT_MEMORY_BYTES: usize = 1024 * 1024;

/// The days as of which people can have a working life.
const DAYS: RangeInclusive<NaiveDate> =
    NaiveDate::from_ymd_opt(1944, 1, 1).unwrap()..=NaiveDate::from_ymd_opt(2200, 12, 31).unwrap();

pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    let day = text.parse().ok().filter(|day: &NaiveDate| DAYS.contains(day));
    day.ok_or_else(|| {
        format!("expected a day from {} to {}, such as 2026-03-01", DAYS.start(), DAYS.end())
    })
}

pub(super) fn parse_log_budget(text: &str) -> Result<usize, String> {
    parse_size(text, SMALLEST_LOG_BUDGET_BYTES)
}

pub(super) fn parse_account_memory(text: &str) -> Result<usize, String> {
    parse_size(text, SMALLEST_ACCOUNT_MEMORY_BYTES)
}

fn parse_size(text: &str, least: usize) -> Result<usize, String> {
    let bytes = size::parse(text)?;
    match bytes < least {
        true => Err(format!("{} is the least", size::show(least))),
        false => Ok(bytes),
    }
}
