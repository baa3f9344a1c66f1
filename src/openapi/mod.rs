//! What the emulator serves, as an OpenAPI description: `GET /_emulator/openapi.json`.
//!
//! Schemas of answers come from the types that are serialized, by way of their serde attributes;
//! `belvo` and `emulator` list what there is. The tests hold both against the routes and against
//! every answer that a test gets.
//!
//! To add an endpoint:
//! 1. Add its line to the table in `belvo` or `emulator`, beside its row in `api/mod.rs` or
//!    `control/mod.rs`: the method, an operationId and a sentence. Those of Belvo are in
//!    `model::operation`. `{id}` in a path is a UUID; `/api/` and `/_emulator/` bring 401.
//! 2. Say what it answers: `.answers(200, schemas.of::<T>())` for each success, where `T` derives
//!    `Serialize` and `JsonSchema`, or `.answers_nothing(204)`; then `.refuses([400, 404])`.
//! 3. A type with a serializer of its own needs a schema of its own: see `model::six_digits_schema`
//!    for a field, `model::link::Days` for a type.
//! 4. Query parameters go to `.query([...])`; a body to `.body(...)`, which brings 400, 408, 413
//!    and 415. `schemas.of_body::<T>()` describes one that is deserialized.
//! 5. What is new here has its one place in `operation`: a method its function, a status its
//!    sentence in `meaning`, a name in a path its schema in `path_parameter`.

mod belvo;
mod emulator;
mod operation;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::openapi::operation::{Operation, path_item};

/// The description, made once.
pub fn description() -> &'static Value {
    static DESCRIPTION: LazyLock<Value> = LazyLock::new(describe);
    &DESCRIPTION
}

fn describe() -> Value {
    let mut schemas = Schemas::new();
    let mut paths = belvo::paths(&mut schemas);
    paths.extend(emulator::paths(&mut schemas));
    let paths: Map<String, Value> = paths
        .into_iter()
        .map(|(path, operations)| (path.to_owned(), path_item(path, operations)))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": "The last slash of a path below /api/ can be left out. HEAD is answered \
                            like GET, without the body. With the parameters fields and omit, \
                            objects lack the keys that were not asked for. With the flag \
                            --rate-limits documented, any path can answer 403 with a page of HTML. With a \
                            fault, the header X-Emulator-Scenario or what is armed, any path below \
                            /api/ can answer any error.",
            "license": {"name": env!("CARGO_PKG_LICENSE"), "identifier": env!("CARGO_PKG_LICENSE")},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas.answers.take_definitions(true),
            "securitySchemes": {
                "keys": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The secret id and the secret password.",
                },
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token of POST /api/token/, once.",
                },
            },
        },
    })
}

/// Paths and their methods.
type Paths = Vec<(&'static str, Vec<Operation>)>;

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
