//! The records of a scenario: generated, generated and then changed, or written out.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use crate::model::overrides::{Override, Selector};
use crate::model::profile::{EmploymentStatus, Profile};
use crate::model::written_record::WrittenRecord;

/// The records of the person.
#[derive(Debug, Deserialize)]
#[serde(try_from = "DataKeys")]
pub(crate) enum Data {
    /// One record, drawn from the seed, the scenario and the CURP.
    Generate(Generated),
    /// Records that are written out. The list can be empty.
    Records(Vec<WrittenRecord>),
}

/// A generated record, and the changes of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Generated {
    /// One record, drawn from the seed, the scenario and the CURP.
    #[serde(rename = "generate")]
    pub profile: Profile,
    /// The keys of the record that are changed.
    #[serde(default, rename = "override")]
    pub overrides: Option<Override>,
}

impl Generated {
    /// Tells that the person has a job when the records load.
    pub(crate) fn has_job(&self) -> bool {
        let changed = [Selector::Current, Selector::Last].into_iter();
        let end = self.overrides.as_ref().and_then(|overrides| {
            changed.filter_map(|selector| overrides.of(selector)?.get("end_date")).next()
        });
        end.map_or(self.profile.status == EmploymentStatus::Employed, Value::is_null)
    }
}

/// The keys of [`Data`], of which some exclude one another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataKeys {
    generate: Option<Profile>,
    #[serde(rename = "override")]
    overrides: Option<Override>,
    records: Option<Vec<WrittenRecord>>,
}

/// The forms of [`Data`], for its schema.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum DataForms {
    Generate(Generated),
    Records(WrittenOut),
}

/// Records that are written out.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct WrittenOut {
    /// The records. The list can be empty.
    records: Vec<WrittenRecord>,
}

impl JsonSchema for Data {
    fn schema_name() -> Cow<'static, str> {
        "Data".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        DataForms::json_schema(generator)
    }
}

impl TryFrom<DataKeys> for Data {
    type Error = String;

    fn try_from(keys: DataKeys) -> Result<Data, String> {
        match keys {
            DataKeys { generate: Some(profile), overrides, records: None } => {
                let needs_job =
                    overrides.as_ref().is_some_and(|it| it.of(Selector::Current).is_some());
                if needs_job && profile.status != EmploymentStatus::Employed {
                    return Err(
                        "override: the person has no current job, because the status is not \
                                EMPLOYED. Change the last spell in its place."
                            .to_owned(),
                    );
                }
                Ok(Data::Generate(Generated { profile, overrides }))
            }
            DataKeys { generate: None, overrides: None, records: Some(records) } => {
                Ok(Data::Records(records))
            }
            DataKeys { overrides: Some(_), .. } => {
                Err("override changes what is generated: write generate beside it, and no records."
                    .to_owned())
            }
            _ => Err("Write exactly one of generate and records.".to_owned()),
        }
    }
}

impl Data {
    /// How many records there are.
    pub(crate) fn profiles(&self) -> usize {
        match self {
            Data::Generate(_) => 1,
            Data::Records(records) => records.len(),
        }
    }
}
