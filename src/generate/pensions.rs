//! The ages and the weeks that the laws ask for.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::model::profile::DataSource;

/// The legal age for work. It was 14 until 2015 (Federal Labour Law, article 22); nobody here begins
/// as early as that.
pub(super) const YOUNGEST_AT_WORK: u32 = 15;
/// The age from which nobody works here. No law says so: few insured people are that old.
pub(super) const OLDEST_AT_WORK: u32 = 75;
/// The age for a pension of unemployment at an advanced age (cesantía en edad avanzada), in the law of
/// 1973 and in that of 1997.
pub(super) const YOUNGEST_PENSIONER: u32 = 60;

/// The first day of IMSS's services, and of ISSSTE's.
const IMSS_BEGINS: NaiveDate = NaiveDate::from_ymd_opt(1944, 1, 3).unwrap();
const ISSSTE_BEGINS: NaiveDate = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap();
/// The first days of the laws of 1997 (IMSS) and of 2007 (ISSSTE).
pub(super) const LAW_OF_1997: NaiveDate = NaiveDate::from_ymd_opt(1997, 7, 1).unwrap();
pub(super) const LAW_OF_2007: NaiveDate = NaiveDate::from_ymd_opt(2007, 4, 1).unwrap();

/// Returns the day on which a person reaches an age: 1 March for those of 29 February.
pub(super) fn birthday(birth_date: NaiveDate, age: u32) -> NaiveDate {
    let day = birth_date.checked_add_months(Months::new(12 * age)).unwrap_or(NaiveDate::MAX);
    if day.day() < birth_date.day() { day + Days::new(1) } else { day }
}

/// Returns the age of a person on a day. It is negative before the birth.
pub(super) fn age_on(birth_date: NaiveDate, day: NaiveDate) -> i32 {
    let has_passed = (day.month(), day.day()) >= (birth_date.month(), birth_date.day());
    day.year() - birth_date.year() - i32::from(!has_passed)
}

/// Returns the first day on which a person may work for an employer of the institution.
pub(super) fn first_working_day(birth_date: NaiveDate, source: DataSource) -> NaiveDate {
    let begins = match source {
        DataSource::Imss => IMSS_BEGINS,
        DataSource::Issste => ISSSTE_BEGINS,
    };
    birthday(birth_date, YOUNGEST_AT_WORK).max(begins)
}

/// Returns the number of weeks that a pension asks for on a day.
///
/// IMSS: 500 for those who were first insured before July of 1997, else 1,250 until 2020, 750 in
/// 2021, and 25 more in each year up to 1,000 (decree of 16 December 2020). ISSSTE: 15 years for those
/// who entered before April of 2007, else 25 years.
pub(super) fn weeks_for_pension(source: DataSource, first_day: NaiveDate, day: NaiveDate) -> i64 {
    match source {
        DataSource::Imss if first_day < LAW_OF_1997 => 500,
        DataSource::Imss if day.year() <= 2020 => 1_250,
        DataSource::Imss => (750 + 25 * i64::from(day.year() - 2021)).min(1_000),
        DataSource::Issste if first_day < LAW_OF_2007 => 15 * 52,
        DataSource::Issste => 1_250,
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{age_on, birthday, weeks_for_pension};
    use crate::model::profile::DataSource;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_weeks_follow_the_law_under_which_the_person_was_first_insured() {
        for (first, asked, weeks) in [
            ("1997-06-30", "2026-01-01", 500),
            ("1997-07-01", "2020-12-31", 1_250),
            ("1997-07-01", "2021-01-01", 750),
            ("2005-01-01", "2024-01-01", 825),
            ("2005-01-01", "2031-01-01", 1_000),
            ("2005-01-01", "2060-01-01", 1_000),
        ] {
            let found = weeks_for_pension(DataSource::Imss, day(first), day(asked));
            assert_eq!(found, weeks, "{first} {asked}");
        }
    }

    #[test]
    fn ages_change_on_birthdays() {
        let born = day("1960-02-29");
        assert_eq!(age_on(born, day("2026-02-28")), 65);
        assert_eq!(age_on(born, day("2026-03-01")), 66);
        assert_eq!(age_on(born, day("1950-03-01")), -10);
        assert_eq!(birthday(born, 61), day("2021-03-01"));
        assert_eq!(birthday(born, 60), day("2020-02-29"));
    }
}
