//! The weeks of contributions, and those that were redeemed and reinstated.

use chrono::{Days, NaiveDate};
use rand::RngExt;

use crate::generate::chance::happens;
use crate::generate::pensions::LAW_OF_1997;
use crate::model::employment_record::{SocialSecuritySummary, Spell};
use crate::seed::Seed;

/// The days without a job after which somebody withdraws savings. The law allows it after 46.
const DAYS_BEFORE_WITHDRAWAL: i64 = 60;
/// A withdrawal needs three years of savings (Social Security Law, article 191).
const WEEKS_BEFORE_WITHDRAWAL: i64 = 156;
/// The days until the next withdrawal, by the same article: five years.
const DAYS_BETWEEN_WITHDRAWALS: u64 = 5 * 365;
/// The days after which those who reinstate weeks have done so.
const DAYS_BEFORE_REINSTATEMENT: u64 = 3 * 365;
/// The share of the searches for a job in which somebody withdraws.
const WITHDRAWAL_PERCENT: u32 = 12;
const REINSTATEMENT_PERCENT: u32 = 25;

/// Returns the weeks as IMSS counts them on `today`. Time with two jobs counts once. Redeemed weeks
/// are not taken off the contributed ones: the report shows them beside each other.
pub(super) fn summary(
    spells: &[Spell],
    has_pension: bool,
    seed: &Seed,
    today: NaiveDate,
) -> SocialSecuritySummary {
    let (redeemed, reinstated) = withdrawals(spells, seed, today);
    SocialSecuritySummary {
        weeks_redeemed: redeemed,
        // A pension counts all weeks: those who get one have paid the others back.
        weeks_reinstated: if has_pension { redeemed } else { reinstated },
        weeks_contributed: contributed(spells, today),
    }
}

/// Returns the weeks with a job. Each stretch of time counts once, in whole weeks.
pub(super) fn contributed(spells: &[Spell], today: NaiveDate) -> i64 {
    let mut weeks = 0;
    let mut covered = NaiveDate::MIN;
    for spell in spells {
        let last_day = spell.end_date.unwrap_or(today);
        weeks += (last_day - spell.start_date.max(covered)).num_weeks().max(0);
        covered = covered.max(last_day);
    }
    weeks
}

/// Returns the weeks that the person gave up for withdrawals of savings between jobs, and the share
/// of them that was paid back.
fn withdrawals(spells: &[Spell], seed: &Seed, today: NaiveDate) -> (i64, i64) {
    let mut generator = seed.child("withdrawals").generator();
    let (mut redeemed, mut reinstated) = (0, 0);
    let mut allowed_from = LAW_OF_1997 + Days::new(DAYS_BETWEEN_WITHDRAWALS);
    for (place, gap_begins) in gaps(spells, today) {
        let weeks = contributed(&spells[..place], today);
        if gap_begins < allowed_from || weeks < WEEKS_BEFORE_WITHDRAWAL {
            continue;
        }
        let [share, part] =
            [(2..=8), (40..=100)].map(|range| generator.random_range::<i64, _>(range));
        let pays_back = happens(&mut generator, REINSTATEMENT_PERCENT);
        if !happens(&mut generator, WITHDRAWAL_PERCENT) {
            continue;
        }
        allowed_from = gap_begins + Days::new(DAYS_BETWEEN_WITHDRAWALS);
        let taken = (weeks - redeemed).max(0) * share / 100;
        redeemed += taken;
        if pays_back && gap_begins + Days::new(DAYS_BEFORE_REINSTATEMENT) <= today {
            reinstated += taken * part / 100;
        }
    }
    (redeemed, reinstated)
}

/// Returns the times without a job that are long enough for a withdrawal: the number of jobs before
/// each, and its first day.
fn gaps(spells: &[Spell], today: NaiveDate) -> impl Iterator<Item = (usize, NaiveDate)> {
    let mut covered = NaiveDate::MAX;
    let starts =
        spells.iter().map(move |spell| (spell.start_date, spell.end_date.unwrap_or(today)));
    starts.chain([(today, today)]).enumerate().filter_map(move |(place, (start, end))| {
        let gap_begins = covered;
        covered = if covered == NaiveDate::MAX { end } else { covered.max(end) };
        let is_long =
            gap_begins < start && (start - gap_begins).num_days() > DAYS_BEFORE_WITHDRAWAL;
        is_long.then_some((place, gap_begins))
    })
}
