//! Finds the objects of a list by the indexes of their store, so that a page is found, and all
//! matches are counted, without a walk over them. Only conditions that no index knows are tried on
//! the objects that the others leave.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use crate::account::base::number_set::NumberSet;
use crate::account::request::filter::{
    Asked, Condition, Filter, Listed, Operator, Value, ValueKind,
};
use crate::account::request::query::Query;
use crate::error::Error;
use crate::model::Timestamp;
use crate::model::page::Page;

/// The indexes of a store. Objects have numbers, in the order of creation.
pub(crate) trait Indexes<T: Listed> {
    /// Returns the numbers of all objects.
    fn all(&self) -> &NumberSet;

    /// Returns the numbers of the objects with this value.
    fn with_value(&self, index: T::Index, value: &Value<'_>) -> Cow<'_, NumberSet>;

    /// Returns the time of an object, if times rise with the numbers.
    fn time(&self, index: T::Index, number: u64) -> Option<Timestamp>;
}

/// The objects that fit a filter.
pub(crate) struct Selection<'f, 'i, T: Listed> {
    /// None stands for all objects.
    numbers: Option<Cow<'i, NumberSet>>,
    all: &'i NumberSet,
    /// The objects have numbers in this range.
    window: Range<u64>,
    /// The conditions that no index knows.
    rest: Vec<&'f Condition<'f, T>>,
}

/// The part of a selection that one condition makes.
enum Part<'i> {
    With(Cow<'i, NumberSet>),
    Without(Cow<'i, NumberSet>),
    Within(Range<u64>),
}

impl<T: Listed> Filter<'_, T> {
    /// Selects the objects of a store that fit.
    pub(crate) fn select<'i>(&self, indexes: &'i impl Indexes<T>) -> Selection<'_, 'i, T> {
        let mut selection =
            Selection { numbers: None, all: indexes.all(), window: 0..u64::MAX, rest: Vec::new() };
        for condition in &self.conditions {
            match condition.part(indexes) {
                Some(Part::With(numbers)) => selection.keep(numbers),
                Some(Part::Without(numbers)) => {
                    selection.numbers = Some(Cow::Owned(selection.numbers() - &*numbers));
                }
                Some(Part::Within(window)) => {
                    let Range { start, end } = selection.window;
                    selection.window = start.max(window.start)..end.min(window.end);
                }
                None => selection.rest.push(condition),
            }
        }
        selection
    }
}

impl<'i, T: Listed> Selection<'_, 'i, T> {
    /// Drops the objects that have other numbers.
    pub(crate) fn keep(&mut self, numbers: Cow<'i, NumberSet>) {
        self.numbers = Some(match &self.numbers {
            None => numbers,
            Some(others) => Cow::Owned(&**others & &*numbers),
        });
    }

    fn numbers(&self) -> &NumberSet {
        self.numbers.as_deref().unwrap_or(self.all)
    }

    /// Returns the page that a query asks for, the newest objects first.
    ///
    /// # Errors
    /// 404 for a page that does not exist.
    pub(crate) fn page<'a, R>(
        &self,
        query: &Query,
        default_size: usize,
        object: impl Fn(u64) -> T::Object<'a>,
        render: impl Fn(T::Object<'a>) -> R,
    ) -> Result<Page<R>, Error> {
        let numbers = self.numbers();
        let first = numbers.rank(self.window.start);
        let end = numbers.rank(self.window.end).max(first);
        if self.rest.is_empty() {
            return query.counted_page(default_size, end - first, |places| {
                let ranks = end - places.end..end - places.start;
                numbers.descending(ranks).map(|number| render(object(number))).collect()
            });
        }
        let found = numbers.descending(first..end).map(object);
        let fits = |found: &T::Object<'a>| self.rest.iter().all(|condition| condition.holds(found));
        query.page(default_size, found.filter(fits), render)
    }
}

impl<T: Listed> Condition<'_, T> {
    /// Returns the objects that the indexes know to fit. It is None where no index knows.
    fn part<'i>(&self, indexes: &'i impl Indexes<T>) -> Option<Part<'i>> {
        let index = self.field.index?;
        if let ValueKind::Time = self.field.kind {
            return self.window(index, indexes).map(Part::Within);
        }
        match self.operator {
            Operator::Equal | Operator::In => Some(Part::With(self.with_values(index, indexes))),
            Operator::NotIn => Some(Part::Without(self.with_values(index, indexes))),
            _ => None,
        }
    }

    /// Returns the numbers of the objects with one of the values.
    fn with_values<'i>(&self, index: T::Index, indexes: &'i impl Indexes<T>) -> Cow<'i, NumberSet> {
        let mut numbers: Option<Cow<'i, NumberSet>> = None;
        for asked in &self.asked {
            let Asked::Exactly(value) = asked else { continue };
            let more = indexes.with_value(index, value);
            match &mut numbers {
                None => numbers = Some(more),
                Some(numbers) => *numbers.to_mut() |= &more,
            }
        }
        numbers.unwrap_or_default()
    }

    /// Returns the range of the numbers of the objects whose times fit.
    fn window(&self, index: T::Index, indexes: &impl Indexes<T>) -> Option<Range<u64>> {
        let all = indexes.all();
        indexes.time(index, all.last()?)?;
        let from = |asked: &Asked<'_>, order: Ordering| {
            let is_before = |number| {
                let time = indexes.time(index, number).map(Value::Time);
                time.and_then(|time| asked.order_of(&time)) < Some(order)
            };
            first_from(all, is_before).unwrap_or(u64::MAX)
        };
        let (one, other) = (self.asked.first()?, self.asked.last()?);
        match self.operator {
            Operator::Equal => Some(from(one, Ordering::Equal)..from(one, Ordering::Greater)),
            Operator::Greater => Some(from(one, Ordering::Greater)..u64::MAX),
            Operator::GreaterOrEqual => Some(from(one, Ordering::Equal)..u64::MAX),
            Operator::Less => Some(0..from(one, Ordering::Equal)),
            Operator::LessOrEqual => Some(0..from(one, Ordering::Greater)),
            Operator::Range => Some(from(one, Ordering::Equal)..from(other, Ordering::Greater)),
            _ => None,
        }
    }
}

/// Returns the first member that is not before a place, by halving.
fn first_from(numbers: &NumberSet, is_before: impl Fn(u64) -> bool) -> Option<u64> {
    let Range { mut start, mut end } = 0..numbers.len();
    while start < end {
        let middle = start + (end - start) / 2;
        match numbers.nth(middle).is_some_and(&is_before) {
            true => start = middle + 1,
            false => end = middle,
        }
    }
    numbers.nth(start)
}
