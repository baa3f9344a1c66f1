//! Changes of a generated record that a scenario file asks for: "as generated, but".

use std::borrow::Cow;

use chrono::NaiveDate;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::model::employment_record::Employment;

/// The keys of a record that are changed, each with its value. Objects are merged, lists are
/// replaced as a whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Override {
    /// The keys of the record but for its spells.
    pub record: Map<String, Value>,
    pub spells: Vec<(Selector, Map<String, Value>)>,
}

/// Selects a spell of a generated working life, of which the file does not know the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// The job that began last of those that have not ended.
    Current,
    First,
    Last,
}

impl Selector {
    const ALL: [Selector; 3] = [Selector::Current, Selector::First, Selector::Last];

    fn as_str(self) -> &'static str {
        match self {
            Selector::Current => "current",
            Selector::First => "first",
            Selector::Last => "last",
        }
    }
}

const SPELLS: &str = "employment_records";

impl TryFrom<Map<String, Value>> for Override {
    type Error = String;

    fn try_from(mut record: Map<String, Value>) -> Result<Override, String> {
        let mut spells = Vec::new();
        let selected = record.remove(SPELLS).unwrap_or_else(|| json!({}));
        let Value::Object(mut selected) = selected else {
            return Err(format!("{SPELLS}: expected an object with current, first or last."));
        };
        for selector in Selector::ALL {
            match selected.remove(selector.as_str()) {
                Some(Value::Object(keys)) => {
                    check_dates(selector, &keys)?;
                    spells.push((selector, keys));
                }
                Some(_) => {
                    let name = selector.as_str();
                    return Err(format!("{SPELLS}.{name}: expected an object."));
                }
                None => {}
            }
        }
        if let Some(key) = selected.keys().next() {
            return Err(format!("{SPELLS}: expected current, first or last, not {key:?}."));
        }
        let overrides = Override { record, spells };
        overrides.check_types()?;
        Ok(overrides)
    }
}

impl Override {
    /// Returns the keys that a selector changes.
    pub(crate) fn of(&self, selector: Selector) -> Option<&Map<String, Value>> {
        self.spells.iter().find(|(other, _)| *other == selector).map(|(_, keys)| keys)
    }

    /// Tells that these values are of the types of a record, by putting them into one.
    fn check_types(&self) -> Result<(), String> {
        let mut spell = sample_spell();
        for (_, keys) in &self.spells {
            merge(&mut spell, keys);
        }
        let mut record = sample_record();
        merge(&mut record, &self.record);
        record[SPELLS] = json!([spell]);
        let checked: Result<Employment, serde_json::Error> = serde_json::from_value(record);
        checked.map(|_| ()).map_err(|problem| problem.to_string())
    }
}

/// Puts keys into a record or a spell. A part that is null, such as what ISSSTE does not have, begins
/// with zeros.
pub(crate) fn put(value: &mut Value, keys: &Map<String, Value>) {
    let empty = sample_record();
    for (key, _) in keys.iter().filter(|(_, new)| new.is_object()) {
        if value.get(key).is_some_and(Value::is_null) {
            value[key] = empty[key].clone();
        }
    }
    merge(value, keys);
}

/// Merges objects into one another. Any other value replaces the one that is there, null too.
fn merge(value: &mut Value, keys: &Map<String, Value>) {
    for (key, new) in keys {
        match (value.get_mut(key), new) {
            (Some(old @ Value::Object(_)), Value::Object(new)) => merge(old, new),
            _ => value[key] = new.clone(),
        }
    }
}

/// A date alone could lie on the wrong side of the generated one.
fn check_dates(selector: Selector, keys: &Map<String, Value>) -> Result<(), String> {
    let date = |key: &str| keys.get(key)?.as_str()?.parse::<NaiveDate>().ok();
    let name = selector.as_str();
    match (date("start_date"), date("end_date")) {
        (Some(start), Some(end)) if end < start => {
            Err(format!("The {name} spell would end on {end}, before it begins on {start}."))
        }
        (None, Some(_)) => Err(format!(
            "The {name} spell has an end_date without a start_date, and the generated one may be \
             later: write both."
        )),
        (Some(_), None) if selector != Selector::Current && !keys.contains_key("end_date") => {
            Err(format!(
                "The {name} spell has a start_date without an end_date, and the generated one may be \
                 earlier: write both."
            ))
        }
        _ => Ok(()),
    }
}

fn sample_record() -> Value {
    json!({
        "personal_data": {
            "official_name": null, "first_name": null, "last_name": null, "birth_date": null,
            "email": null, "document_ids": [],
            "entitlements": {
                "entitled_to_health_insurance": false, "entitled_to_company_benefits": false,
                "valid_until": null, "status": null,
            },
        },
        "social_security_summary": {
            "weeks_redeemed": 0, "weeks_reinstated": 0, "weeks_contributed": 0,
        },
        "employment_scores": null,
        "salary_estimation": {
            "employment_status_estimate": null, "base_salary_estimate": null, "currency": "MXN",
        },
    })
}

fn sample_spell() -> Value {
    json!({
        "employer": "", "employer_id": null, "start_date": "2000-01-01", "end_date": null,
        "weeks_employed": 0, "state": null, "most_recent_base_salary": 0, "monthly_salary": 0,
        "currency": "MXN", "employment_status_updates": null,
    })
}

impl JsonSchema for Override {
    fn schema_name() -> Cow<'static, str> {
        "Override".into()
    }

    /// The schema of a record, of which no key has to be there.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut record = settings.into_generator().subschema_for::<Employment>().to_value();
        let mut spell = record["properties"][SPELLS]["items"].take();
        free(&mut spell);
        let selectors = Selector::ALL.map(|selector| (selector.as_str().to_owned(), spell.clone()));
        record["properties"][SPELLS] = json!({
            "type": "object",
            "description": "The spells that are changed: the current one, the first one, the last one.",
            "properties": Map::from_iter(selectors),
            "additionalProperties": false,
        });
        free(&mut record);
        for key in ["personal_data", "social_security_summary", "salary_estimation"] {
            free(&mut record["properties"][key]);
        }
        free(&mut record["properties"]["personal_data"]["properties"]["entitlements"]);
        record["description"] =
            "The keys of a generated record that are changed. Objects are merged, \
                                 lists are replaced as a whole."
                .into();
        Schema::try_from(record).unwrap_or_else(|_| json_schema!({"type": "object"}))
    }
}

/// Lets an object, or one that may be null, lack each of its keys.
fn free(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
        for choice in schema.get_mut("anyOf").and_then(Value::as_array_mut).into_iter().flatten() {
            free(choice);
        }
    }
}
