//! Days that a scenario file writes out, or that are relative to the day of the login.

use std::ops::Range;

use chrono::{Days, Months, NaiveDate};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::quote::quoted;

/// The numbers of characters of a relative day.
const LENGTHS: Range<usize> = 3..7;

/// A day such as `2026-03-01`, or one that is relative to the day of the login, such as `-2y` or
/// `+7d`. The units are d, w, m and y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend(
    "pattern" = "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[+-][0-9]{1,4}[dwmy])$",
    "patternErrorMessage" = "a date that exists, such as 2026-03-01, or one that is relative to the \
                             day of the login, such as -2y or +7d",
    "if" = { "pattern": "^[0-9]" },
    "then" = { "format": "date" },
    "examples" = ["2026-03-01", "-2y", "+7d"],
))]
pub(crate) enum Day {
    Date(NaiveDate),
    /// A number of days or of months after the login, or before it.
    Days(i64),
    Months(i32),
}

impl Day {
    /// Returns the date of the day.
    pub(crate) fn date(self, login: NaiveDate) -> NaiveDate {
        let moved = match self {
            Day::Date(date) => return date,
            Day::Days(days) if days < 0 => login.checked_sub_days(Days::new(days.unsigned_abs())),
            Day::Days(days) => login.checked_add_days(Days::new(days.unsigned_abs())),
            Day::Months(months) if months < 0 => {
                login.checked_sub_months(Months::new(months.unsigned_abs()))
            }
            Day::Months(months) => login.checked_add_months(Months::new(months.unsigned_abs())),
        };
        moved.unwrap_or(login)
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Day, String> {
        let date = || {
            let is_padded = text.len() == 10 && text.starts_with(|it: char| it.is_ascii_digit());
            text.parse().ok().filter(|_| is_padded).map(Day::Date)
        };
        date().or_else(|| relative(&text)).ok_or_else(|| {
            format!(
                "Expected a date that exists, such as 2026-03-01, -2y or +7d, not {}.",
                quoted(&text)
            )
        })
    }
}

fn relative(text: &str) -> Option<Day> {
    let is_signed = text.starts_with(['+', '-']) && text.is_ascii();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number = number.get(1..)?.bytes().all(|byte| byte.is_ascii_digit());
    if !is_signed || !is_number || !LENGTHS.contains(&text.len()) {
        return None;
    }
    let number: i32 = number.parse().ok()?;
    match unit {
        "d" => Some(Day::Days(number.into())),
        "w" => Some(Day::Days(i64::from(number) * 7)),
        "m" => Some(Day::Months(number)),
        "y" => Some(Day::Months(number * 12)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use crate::model::day::Day;

    #[test]
    fn relative_days_count_from_the_login() {
        let login = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        for (text, date) in [
            ("2019-01-31", "2019-01-31"),
            ("-2y", "2022-02-28"),
            ("+7d", "2024-03-07"),
            ("-1w", "2024-02-22"),
            ("+12m", "2025-02-28"),
            ("-0d", "2024-02-29"),
            ("-9999y", "-7975-02-28"),
        ] {
            let day = Day::try_from(text.to_owned()).unwrap();
            assert_eq!(day.date(login).to_string(), date, "{text}");
        }
        for wrong in
            ["2019-02-30", "2019-1-31", "7d", "+d", "+12345d", "-2yd", "-2", "", "+ñ", "-+2y"]
        {
            assert!(Day::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
