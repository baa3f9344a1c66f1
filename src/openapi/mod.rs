//! The OpenAPI description of all that the emulator serves: `GET /_emulator/openapi.json`.
//!
//! Paths, methods, summaries, security and statuses come from the table of `operations`. Schemas of
//! answers come from the types that are serialized, by way of their serde attributes; `belvo` and
//! `emulator` name the types of each operation. The tests check every answer that they get against
//! the description.
//!
//! * `schemas.of::<T>()` describes a type that is answered with, and `schemas.of_body::<T>()` one
//!   that is read.
//! * A type with a serializer of its own needs a schema of its own: see `model::six_digits_schema`
//!   for a field, `model::link::Days` for a type.
//! * A new key of errors needs a place in `problems`, which says at which status it can be.
//! * A new status needs its sentence in `content::meaning`; a `{name}` in a path that is no whole
//!   number needs its schema in `content::path_parameter`.

mod belvo;
mod content;
mod emulator;
mod problems;

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::error::WireProblem;
use crate::openapi::content::path_parameters;
use crate::operations::AnyOperation;

/// The description, made once.
pub(crate) fn description() -> &'static Value {
    static DESCRIPTION: LazyLock<Value> = LazyLock::new(describe);
    &DESCRIPTION
}

fn describe() -> Value {
    let mut schemas = Schemas::new();
    schemas.of::<WireProblem<'_>>(); // the keys of all errors
    let mut paths = Map::new();
    for operation in AnyOperation::all() {
        let row = operation.row();
        let content = match operation {
            AnyOperation::Api(operation) => belvo::content(operation, &mut schemas),
            AnyOperation::Control(operation) => emulator::control_content(operation, &mut schemas),
            AnyOperation::Open(operation) => emulator::open_content(operation, &mut schemas),
        };
        let item = paths.entry(row.path).or_insert_with(|| match path_parameters(row.path) {
            parameters if parameters.is_empty() => json!({}),
            parameters => json!({"parameters": parameters}),
        });
        item[row.method.as_str().to_lowercase()] = content.describe(row);
    }
    let mut definitions = schemas.answers.take_definitions(true);
    problems::divide(&mut definitions);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": "The last slash of a path may be left out or added. The emulator answers \
                            HEAD like GET, without the body. With the parameters fields and omit, \
                            objects lack the keys that were not asked for. With the flag \
                            --rate-limits documented, any path can answer 403 with a page of HTML. \
                            A fault, the header X-Emulator-Scenario or an armed scenario can make \
                            any path below /api/ answer any error. With the flag --demo, the keys of \
                            visitors and viewers get 403 demo_restricted from calls that they do \
                            not open.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "keys": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The API keys: the secret id as user name, the secret password as password.",
                },
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of POST /api/token/, good for one write.",
                },
            },
        },
    })
}

/// The schemas that the paths refer to.
struct Schemas {
    answers: SchemaGenerator,
    bodies: SchemaGenerator,
}

impl Schemas {
    fn new() -> Schemas {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        let bodies = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        Schemas {
            answers: settings.with_transform(RecursiveTransform(close)).into_generator(),
            bodies: bodies.into_generator(),
        }
    }

    /// The schema of a type that is answered with, or a reference to it.
    fn of<T: JsonSchema>(&mut self) -> Value {
        self.answers.subschema_for::<T>().to_value()
    }

    /// The schema of a type that a body is read as.
    fn of_body<T: JsonSchema>(&mut self) -> Value {
        self.bodies.subschema_for::<T>().to_value()
    }
}

/// Answers have the keys that their types have, and no others. What serde says of reading the same
/// types from a scenario file is no concern of a client.
fn close(schema: &mut Schema) {
    schema.remove("default");
    schema.remove("readOnly");
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
}
