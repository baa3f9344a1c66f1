//! The bounds and the average of salaries through time.
//!
//! Amounts are cents of the peso of their day. On 1 January 1993 a thousand pesos became one.

use chrono::{Datelike, NaiveDate};

/// The zone whose minimum wage holds at a place of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    General,
    /// The free zone of the northern border, which has a minimum wage of its own since 2019.
    Border,
}

/// The last year whose figures are known. Those of later years follow from [`RISE_PER_MILLE`].
const LAST_KNOWN_YEAR: i32 = 2026;
/// The rise of wages in each year after the last known one.
const RISE_PER_MILLE: i64 = 1055;
/// After this number of years the wages stay, because they would outgrow any number.
const MOST_RISES: i32 = 100;
/// The base salary of somebody who earns 10,000 without perks and has those of the law: 15 days of
/// bonus, and a quarter of the pay for the holidays of the first year, which are 6 days until 2022
/// and 12 since.
const WITH_PERKS: [(i32, i64); 2] = [(i32::MIN, 10_452), (2023, 10_493)];

/// The general minimum wage: the day from which it holds, and the amount in cents. Until 2015 it is
/// that of the zone with the highest one. The figures since 1992 are those of CONASAMI. The ones
/// before are CONASAMI's for the Federal District as far as they could be checked: those before 1976
/// are approximate.
#[rustfmt::skip]
const MINIMUM_WAGES: [(NaiveDate, i64); 83] = [
    (day(1943, 1, 1), 165), (day(1946, 1, 1), 248), (day(1948, 1, 1), 450), (day(1952, 1, 1), 670),
    (day(1954, 1, 1), 800), (day(1956, 1, 1), 1_100), (day(1958, 1, 1), 1_200),
    (day(1960, 1, 1), 1_450), (day(1962, 1, 1), 1_750), (day(1964, 1, 1), 2_150),
    (day(1966, 1, 1), 2_500), (day(1968, 1, 1), 2_825), (day(1970, 1, 1), 3_200),
    (day(1972, 1, 1), 3_800), (day(1973, 9, 17), 4_485), (day(1974, 1, 1), 5_200),
    (day(1974, 10, 8), 6_340), (day(1976, 1, 1), 7_860), (day(1976, 10, 1), 9_670),
    (day(1977, 1, 1), 10_640), (day(1978, 1, 1), 12_000), (day(1979, 1, 1), 13_800),
    (day(1980, 1, 1), 16_300), (day(1981, 1, 1), 21_000), (day(1982, 1, 1), 28_000),
    (day(1982, 11, 1), 36_400), (day(1983, 1, 1), 45_500), (day(1983, 6, 14), 52_300),
    (day(1984, 1, 1), 68_000), (day(1984, 6, 11), 81_600), (day(1985, 1, 1), 106_000),
    (day(1985, 6, 4), 125_000), (day(1986, 1, 1), 165_000), (day(1986, 6, 1), 206_500),
    (day(1986, 10, 22), 248_000), (day(1987, 1, 1), 305_000), (day(1987, 4, 1), 366_000),
    (day(1987, 7, 1), 450_000), (day(1987, 10, 1), 562_500), (day(1987, 12, 16), 647_000),
    (day(1988, 1, 1), 776_500), (day(1988, 3, 1), 800_000), (day(1989, 1, 1), 864_000),
    (day(1989, 7, 1), 916_000), (day(1989, 12, 4), 1_008_000), (day(1990, 11, 16), 1_190_000),
    (day(1991, 11, 11), 1_333_000), (day(1993, 1, 1), 1_427), (day(1994, 1, 1), 1_527),
    (day(1995, 1, 1), 1_634), (day(1995, 4, 1), 1_830), (day(1995, 12, 4), 2_015),
    (day(1996, 4, 1), 2_260), (day(1996, 12, 3), 2_645), (day(1998, 1, 1), 3_020),
    (day(1998, 12, 3), 3_445), (day(2000, 1, 1), 3_790), (day(2001, 1, 1), 4_035),
    (day(2002, 1, 1), 4_215), (day(2003, 1, 1), 4_365), (day(2004, 1, 1), 4_524),
    (day(2005, 1, 1), 4_680), (day(2006, 1, 1), 4_867), (day(2007, 1, 1), 5_057),
    (day(2008, 1, 1), 5_259), (day(2009, 1, 1), 5_480), (day(2010, 1, 1), 5_746),
    (day(2011, 1, 1), 5_982), (day(2012, 1, 1), 6_233), (day(2013, 1, 1), 6_476),
    (day(2014, 1, 1), 6_729), (day(2015, 1, 1), 7_010), (day(2016, 1, 1), 7_304),
    (day(2017, 1, 1), 8_004), (day(2017, 12, 1), 8_836), (day(2019, 1, 1), 10_268),
    (day(2020, 1, 1), 12_322), (day(2021, 1, 1), 14_170), (day(2022, 1, 1), 17_287),
    (day(2023, 1, 1), 20_744), (day(2024, 1, 1), 24_893), (day(2025, 1, 1), 27_880),
    (day(2026, 1, 1), 31_504),
];

/// The minimum wage of the border zone in each year from 2019, in cents: CONASAMI.
const BORDER_SINCE: i32 = 2019;
const BORDER_MINIMUM_WAGES: [i64; 8] =
    [17_672, 18_556, 21_339, 26_034, 31_241, 37_489, 41_988, 44_087];

/// The unit of measure and adjustment (UMA) of a day from 1 February of each year from 2017, in
/// cents: INEGI.
const UMA_SINCE: i32 = 2017;
const UMA: [i64; 10] = [7_549, 8_060, 8_449, 8_688, 8_962, 9_622, 10_374, 10_857, 11_314, 11_731];

/// The average base salary at IMSS as a multiple of the minimum wage, in thousandths: the year, and
/// the multiple. Those since 2000 follow from the averages that IMSS publishes each month, rounded;
/// those before are estimates. Years between two have a multiple between theirs.
#[rustfmt::skip]
const AVERAGE_PER_MINIMUM: [(i32, i64); 20] = [
    (1943, 1_500), (1976, 1_500), (1982, 1_600), (1987, 1_900), (1990, 2_200), (1994, 3_200),
    (1998, 3_400), (2000, 3_640), (2005, 3_970), (2010, 4_020), (2015, 4_150), (2017, 4_130),
    (2018, 3_980), (2019, 3_670), (2020, 3_270), (2021, 3_050), (2022, 2_780), (2023, 2_560),
    (2024, 2_340), (2025, 2_220),
];

/// The wages of a day, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wages {
    /// The lowest base salary that IMSS counts: the minimum wage with the perks of the law.
    pub lowest: i64,
    /// The highest base salary that IMSS counts: 25 UMA. Until January of 2017 it is a multiple of
    /// the minimum wage: 25 since the law of 1997, 18 since July of 1993, and 10 before.
    pub highest: i64,
    /// The average base salary at IMSS.
    pub average: i64,
    /// The first day after this one on which the general minimum wage changes.
    pub next_change: NaiveDate,
}

impl Wages {
    /// Returns the wages of a day in a zone. The salary of a career asks for them some hundred times,
    /// so the table of minimum wages is searched once.
    pub(super) fn of(day: NaiveDate, zone: Zone) -> Wages {
        let year = day.year();
        let place = MINIMUM_WAGES.partition_point(|(since, _)| *since <= day);
        let general = risen(MINIMUM_WAGES[place.saturating_sub(1)].1, year);
        let next = MINIMUM_WAGES.get(place);
        Wages {
            lowest: minimum_for(general, year, zone) * with_perks(year) / 10_000,
            highest: highest_for(general, day),
            average: general * average_per_minimum(year) / 1000,
            next_change: next.map_or_else(|| first_of_next_year(day), |(since, _)| *since),
        }
    }
}

/// Returns the average base salary at IMSS on a day, in cents.
pub(super) fn average(day: NaiveDate) -> i64 {
    Wages::of(day, Zone::General).average
}

/// Returns the minimum wage of a zone in a year in which this is the general one.
fn minimum_for(general: i64, year: i32, zone: Zone) -> i64 {
    match zone {
        Zone::Border if year >= BORDER_SINCE => of_year(&BORDER_MINIMUM_WAGES, BORDER_SINCE, year),
        Zone::Border | Zone::General => general,
    }
}

fn with_perks(year: i32) -> i64 {
    let with_perks = WITH_PERKS.iter().rev().find(|(since, _)| *since <= year);
    with_perks.expect("the first year is the least").1
}

/// Returns the highest base salary of a day on which this is the general minimum wage.
fn highest_for(general: i64, day: NaiveDate) -> i64 {
    // The year of the day a month before.
    let uma_year = day.year() - i32::from(day.month() == 1);
    if uma_year >= UMA_SINCE {
        return 25 * of_year(&UMA, UMA_SINCE, uma_year);
    }
    let multiple = match (day.year(), day.month()) {
        (1998.., _) | (1997, 7..) => 25,
        (1994.., _) | (1993, 7..) => 18,
        _ => 10,
    };
    multiple * general
}

/// Returns the average base salary at IMSS as a multiple of the minimum wage, in thousandths.
fn average_per_minimum(year: i32) -> i64 {
    let place = AVERAGE_PER_MINIMUM.partition_point(|(known, _)| *known <= year).max(1);
    let (from, low) = AVERAGE_PER_MINIMUM[place - 1];
    match AVERAGE_PER_MINIMUM.get(place) {
        Some((to, high)) => {
            low + (high - low) * i64::from((year - from).max(0)) / i64::from(to - from)
        }
        None => low,
    }
}

/// Returns the figure of a year from a table that begins with `first`.
fn of_year(table: &[i64], first: i32, year: i32) -> i64 {
    let last = table.len() - 1;
    let place = usize::try_from(year - first).unwrap_or(0).min(last);
    risen(table[place], year)
}

/// Returns a figure of the last known year as it is in a later one.
fn risen(amount: i64, year: i32) -> i64 {
    let rises = (year - LAST_KNOWN_YEAR).clamp(0, MOST_RISES);
    (0..rises).fold(amount, |amount, _| amount * RISE_PER_MILLE / 1000)
}

fn first_of_next_year(day: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.year() + 1, 1, 1).unwrap_or(NaiveDate::MAX)
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Returns the minimum wage of a day, in cents.
#[cfg(test)]
pub(super) fn minimum_wage(day: NaiveDate, zone: Zone) -> i64 {
    let place = MINIMUM_WAGES.partition_point(|(since, _)| *since <= day);
    let general = risen(MINIMUM_WAGES[place.saturating_sub(1)].1, day.year());
    minimum_for(general, day.year(), zone)
}

#[cfg(test)]
mod tests {
    use super::{UMA, UMA_SINCE, Wages, Zone, average, day, minimum_wage};

    #[test]
    fn minimum_wages_hold_from_their_day() {
        for (date, general, border) in [
            (day(1992, 12, 31), 1_333_000, 1_333_000),
            (day(1993, 1, 1), 1_427, 1_427),
            (day(2018, 12, 31), 8_836, 8_836),
            (day(2019, 1, 1), 10_268, 17_672),
            (day(2024, 6, 1), 24_893, 37_489),
            (day(2026, 3, 1), 31_504, 44_087),
        ] {
            let found = [Zone::General, Zone::Border].map(|zone| minimum_wage(date, zone));
            assert_eq!(found, [general, border], "{date}");
        }
    }

    #[test]
    fn the_highest_salary_changes_in_february() {
        let highest = |date| Wages::of(date, Zone::General).highest;
        assert_eq!(highest(day(2026, 1, 31)), 25 * 11_314);
        assert_eq!(highest(day(2026, 2, 1)), 25 * 11_731);
        assert_eq!(highest(day(2017, 1, 31)), 25 * 8_004, "25 minimum wages before the UMA");
        assert_eq!(highest(day(1997, 6, 30)), 18 * 2_645);
    }

    #[test]
    fn averages_are_near_those_that_imss_publishes() {
        for (year, pesos) in
            [(2000, 138), (2010, 231), (2022, 480), (2023, 530), (2024, 580), (2025, 620)]
        {
            let off = average(day(year, 6, 1)) - pesos * 100;
            assert!(off.abs() < pesos * 4, "{year}: {off} cents off");
        }
    }

    #[test]
    fn bounds_stay_in_order_for_ever() {
        for year in 1943..2400 {
            let date = day(year, 7, 1);
            let Wages { lowest, highest, average, .. } = Wages::of(date, Zone::Border);
            assert!(lowest < average.max(highest / 5) && average < highest, "{year}");
        }
        assert_eq!(UMA.len() as i32 + UMA_SINCE, 2027);
    }
}
