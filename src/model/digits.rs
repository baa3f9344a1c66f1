//! Days and times as text. A record has a hundred of them, and chrono takes ten times as long to write
//! one.

use chrono::{Datelike, NaiveDate, SecondsFormat, Timelike};
use serde::{Serialize, Serializer};

use crate::model::Timestamp;

/// The years that have four digits.
const FOUR_DIGITS: std::ops::RangeInclusive<i32> = 0..=9999;

/// Writes a day, such as `2026-03-01`.
pub(crate) fn day<S: Serializer>(day: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = *b"0000-00-00";
    match put_day(&mut text, *day) {
        true => serializer.serialize_str(ascii(&text)),
        false => day.serialize(serializer),
    }
}

/// Writes a day as [`day`] does, and None as null.
pub(crate) fn day_or_null<S: Serializer>(
    date: &Option<NaiveDate>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => day(date, serializer),
        None => serializer.serialize_none(),
    }
}

/// Calls `read` with a time such as `2024-06-26T16:25:54.344113Z`, always with six digits.
pub(super) fn with_time<T>(time: &Timestamp, read: impl FnOnce(&str) -> T) -> T {
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    // A leap second has more microseconds than digits.
    let micros = time.nanosecond() / 1000;
    if micros > 999_999 || !put_day(&mut text, time.date_naive()) {
        return read(&time.to_rfc3339_opts(SecondsFormat::Micros, true));
    }
    put(&mut text[11..13], time.hour());
    put(&mut text[14..16], time.minute());
    put(&mut text[17..19], time.second());
    put(&mut text[20..26], micros);
    read(ascii(&text))
}

/// Writes a day to the beginning of a text. Returns false for a year without four digits.
fn put_day(text: &mut [u8], day: NaiveDate) -> bool {
    let year = Some(day.year()).filter(|year| FOUR_DIGITS.contains(year));
    let Some(year) = year.and_then(|year| u32::try_from(year).ok()) else { return false };
    put(&mut text[0..4], year);
    put(&mut text[5..7], day.month());
    put(&mut text[8..10], day.day());
    true
}

/// Writes a number with as many digits as there is room for.
fn put(text: &mut [u8], number: u32) {
    let mut rest = number;
    for digit in text.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

fn ascii(text: &[u8]) -> &str {
    std::str::from_utf8(text).expect("digits are text")
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, SecondsFormat, TimeDelta};

    use crate::model::digits::{day, with_time};
    use crate::model::{END, NEVER, Timestamp};

    #[test]
    fn days_and_times_are_as_chrono_writes_them() {
        let mut times = vec![Timestamp::UNIX_EPOCH, END, NEVER, Timestamp::MIN_UTC];
        for step in 0..2000_i64 {
            let by = TimeDelta::microseconds(step * 3_456_789_012_345 + step);
            times.extend([Timestamp::UNIX_EPOCH + by, Timestamp::UNIX_EPOCH - by]);
        }
        for text in ["2016-12-31T23:59:60.5Z", "0001-01-01T00:00:00.000001Z"] {
            times.push(text.parse().unwrap());
        }
        for time in times {
            let expected = time.to_rfc3339_opts(SecondsFormat::Micros, true);
            with_time(&time, |text| assert_eq!(text, expected));
            let date: NaiveDate = time.date_naive();
            let mut written = Vec::new();
            day(&date, &mut serde_json::Serializer::new(&mut written)).unwrap();
            assert_eq!(written, serde_json::to_vec(&date).unwrap());
        }
    }
}
