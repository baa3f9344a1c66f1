//! Amounts of money in whole cents, so that sums and rounding are exact on every platform.

use std::cmp::Ordering;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of pesos, written in JSON as a number such as `762.54`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "f64", inline, extend("examples" = [762.54]))]
pub(crate) struct Money {
    cents: i64,
}

impl Money {
    pub(crate) const fn from_cents(cents: i64) -> Money {
        Money { cents }
    }

    pub(crate) const fn cents(self) -> i64 {
        self.cents
    }

    /// Multiplies the amount by `numerator / denominator`, and rounds half cents to the even cent.
    /// Belvo's samples show a daily 762.54 as 23193.92 a month, which is 23193.925 before rounding.
    pub(crate) fn times(self, numerator: i64, denominator: i64) -> Money {
        let product = i128::from(self.cents) * i128::from(numerator);
        Money { cents: rounded(product, denominator.into()) }
    }
}

/// Returns `numerator / denominator` as a whole number, rounded to the nearest, and halves to the
/// even one. The denominator is above zero. What an `i64` cannot hold becomes its nearest.
pub(crate) fn rounded(numerator: i128, denominator: i128) -> i64 {
    let (quotient, remainder) =
        (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
    let up = match remainder.cmp(&(denominator - remainder)) {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 != 0,
        Ordering::Greater => true,
    };
    let nearest = quotient + i128::from(up);
    nearest.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{:02}", self.cents / 100, self.cents.rem_euclid(100))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.cents as f64 / 100.0)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let pesos = f64::deserialize(deserializer)?;
        Ok(Money { cents: (pesos * 100.0).round() as i64 })
    }
}

#[cfg(test)]
mod tests {
    use super::{Money, rounded};

    #[test]
    fn halves_become_the_even_number_and_too_much_the_most() {
        for (numerator, denominator, nearest) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (10, 3, 3), (11, 3, 4), (-1, 3, 0)]
        {
            assert_eq!(rounded(numerator, denominator), nearest, "{numerator}/{denominator}");
        }
        assert_eq!(rounded(i128::MAX, 1), i64::MAX);
        let most = Money::from_cents(i64::MAX);
        assert_eq!(most.times(365, 12), most);
    }

    #[test]
    fn a_daily_salary_becomes_the_monthly_one_of_belvos_samples() {
        for (daily, monthly) in [(76254, 2319392), (1000000, 30416667), (100, 3042)] {
            assert_eq!(Money::from_cents(daily).times(365, 12), Money::from_cents(monthly));
        }
    }
}
