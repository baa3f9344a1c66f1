//! Changes of a salary.

use chrono::NaiveDate;

use crate::model::decimal::Decimal;
use crate::model::money::Money;

/// A change of more than this counts.
const LEAST_PERCENT: i128 = 2;

/// A change of the daily salary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub day: NaiveDate,
    pub before: Money,
    pub after: Money,
}

/// The numbers of changes that count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changes {
    pub increases: u32,
    pub decreases: u32,
}

impl Changes {
    /// Counts the changes after a day.
    pub(super) fn of(changes: &[Change], after: NaiveDate) -> Changes {
        let late = changes.iter().filter(|change| change.day > after);
        late.fold(Changes::default(), |sum, change| {
            let one = Changes::one(*change);
            Changes {
                increases: sum.increases + one.increases,
                decreases: sum.decreases + one.decreases,
            }
        })
    }

    /// Counts one change.
    pub(super) fn one(change: Change) -> Changes {
        let [before, after] =
            [change.before, change.after].map(|salary| i128::from(salary.cents()));
        let difference = 100 * (after - before);
        let least = LEAST_PERCENT * before;
        Changes { increases: (difference > least).into(), decreases: (difference < -least).into() }
    }
}

/// Returns the change from one salary to another in per cent. A salary of nothing has none.
pub(super) fn percent(before: Money, after: Money) -> Option<Decimal> {
    let [before, after] = [before, after].map(|salary| i128::from(salary.cents()));
    (before > 0).then(|| Decimal::ratio(100 * (after - before), before))
}
