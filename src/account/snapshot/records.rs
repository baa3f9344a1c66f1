//! The records of a snapshot.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::records::{Calculation, Record};
use crate::account::snapshot::{Count, Moment, is_default};
use crate::model::link::Resource;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordState {
    pub number: Count,
    pub id: Uuid,
    /// The number of the record's link.
    pub link: Count,
    #[serde(default, skip_serializing_if = "is_default")]
    pub profile: usize,
    pub created_at: Moment,
    pub collected_at: Moment,
    #[serde(default, skip_serializing_if = "is_default")]
    pub with_pdf: bool,
    /// The calculation of employment metrics. Records of other resources have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calculation: Option<CalculationState>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CalculationState {
    pub at: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_date: Option<NaiveDate>,
    /// The profiles of the employment records that it used, in order.
    pub profiles: Vec<usize>,
}

impl RecordState {
    pub(super) fn of((number, record): (u64, &Record)) -> RecordState {
        RecordState {
            number: Count(number),
            id: record.id,
            link: Count(record.link.0),
            profile: record.profile,
            created_at: Moment(record.created_at),
            collected_at: Moment(record.collected_at),
            with_pdf: record.with_pdf,
            calculation: record.calculation.as_deref().map(CalculationState::of),
        }
    }
}

impl CalculationState {
    fn of(calculation: &Calculation) -> CalculationState {
        CalculationState {
            at: Moment(calculation.at),
            reference_date: calculation.reference_date,
            profiles: calculation.profiles.clone(),
        }
    }
}

/// Returns the calculation of a record, of which metrics have one and other records none. `profiles`
/// is the number of profiles of the scenario.
pub(super) fn calculation_of(
    state: Option<CalculationState>,
    resource: Resource,
    profiles: usize,
) -> Result<Option<Arc<Calculation>>, &'static str> {
    let state = match (state, resource == Resource::EmploymentMetrics) {
        (None, false) => return Ok(None),
        (Some(state), true) => state,
        (None, true) => return Err("Metrics have a calculation."),
        (Some(_), false) => return Err("Only metrics have a calculation."),
    };
    let has_order = state.profiles.is_sorted_by(|one, next| one < next);
    if !has_order || state.profiles.last().is_none_or(|last| *last >= profiles) {
        return Err("A calculation names profiles of the link's scenario in order.");
    }
    if state.reference_date.is_some_and(|date| !(1..=9999).contains(&date.year())) {
        return Err("A reference date lies in the years 1 to 9999.");
    }
    let CalculationState { at, reference_date, profiles } = state;
    Ok(Some(Arc::new(Calculation { at: at.0, reference_date, profiles })))
}
