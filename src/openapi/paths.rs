//! All paths and methods, in the order of the routes.

use serde_json::{Value, json};

use crate::error::WireProblem;
use crate::model::employment_record::EmploymentRecord;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Link, Resource, Status};
use crate::model::page::Page;
use crate::openapi::Schemas;
use crate::openapi::operation::{delete, get, parameter, path_item, post};

/// The statuses that built-in scenarios refuse a login with. Those of a user can have others.
const REFUSED_LOGINS: [u16; 4] = [400, 403, 408, 500];

/// As in the scenarios `curp_wrong_length` and `curp_incorrect`.
const CURP: &str = "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$";

pub fn paths(schemas: &mut Schemas) -> Value {
    schemas.of::<WireProblem<'_>>(); // what `refuses` refers to
    let table = [
        (
            "/api/",
            vec![get("CheckKeys", "Says whether the keys are right").answers(200, empty_object())],
        ),
        (
            "/api/links/",
            vec![
                get("ListLinks", "Lists the links, the newest first")
                    .query(pages())
                    .query(link_filters(schemas))
                    .answers(200, schemas.of::<Page<Link<'_>>>())
                    .refuses([400, 404]),
                post("RegisterLink", "Logs a person in at an institution")
                    .body(link_request(schemas))
                    .answers(201, schemas.of::<Link<'_>>())
                    .refuses(REFUSED_LOGINS),
            ],
        ),
        (
            "/api/links/{id}/",
            vec![
                get("DetailLink", "Shows a link")
                    .answers(200, schemas.of::<Link<'_>>())
                    .refuses([404]),
                delete("DestroyLink", "Deletes a link with its records and pending webhooks")
                    .answers_nothing(204)
                    .refuses([404]),
            ],
        ),
        (
            "/api/employment-records/",
            vec![
                get("ListEmploymentRecords", "Lists the employment records, the newest first")
                    .query(pages())
                    .query([by_id("link"), by_id("id")])
                    .answers(200, schemas.of::<Page<EmploymentRecord<'_>>>())
                    .refuses([400, 404]),
            ],
        ),
        (
            "/api/employment-records/{id}/",
            vec![
                get("DetailEmploymentRecord", "Shows an employment record")
                    .answers(200, schemas.of::<EmploymentRecord<'_>>())
                    .refuses([404]),
                delete("DestroyEmploymentRecord", "Deletes an employment record")
                    .answers_nothing(204)
                    .refuses([404]),
            ],
        ),
        ("/livez", vec![get("Live", "Says whether the emulator lives").answers(200, health())]),
        (
            "/readyz",
            vec![get("Ready", "Says whether the emulator is ready").answers(200, health())],
        ),
        (
            "/_emulator/openapi.json",
            vec![get("Description", "This description").answers(200, json!({"type": "object"}))],
        ),
    ];
    table.into_iter().map(|(path, operations)| (path, path_item(path, operations))).collect()
}

fn pages() -> [Value; 2] {
    [
        parameter(
            "page",
            json!({"type": "integer", "minimum": 1}),
            "Counted from 1, the default. One that does not exist is 404, except the first.",
        ),
        parameter(
            "page_size",
            json!({"type": "integer", "minimum": 1, "maximum": 1000}),
            "More is cut to 1000. Anything else means the default, 10 or the flag --page-size.",
        ),
    ]
}

fn by_id(name: &str) -> Value {
    let schema = json!({"type": "string", "format": "uuid"});
    parameter(name, schema, "One that is unknown lists nothing.")
}

fn link_filters(schemas: &mut Schemas) -> [Value; 5] {
    let text = json!({"type": "string"});
    [
        parameter("institution", text.clone(), "The name; one that is unknown lists nothing."),
        parameter("external_id", text, "One that is unknown lists nothing."),
        parameter("status", schemas.of::<Status>(), "Where the link stands."),
        parameter("access_mode", schemas.of::<AccessMode>(), "Single or recurrent."),
        by_id("id"),
    ]
}

/// The body of `POST /api/links/`, which `account` checks by hand. Null counts as absent.
fn link_request(schemas: &mut Schemas) -> Value {
    let institutions = ["planet_mx_employment", "imss_mx_employment", "issste_mx_employment"];
    let optional_text = json!({"type": ["string", "null"]});
    let external_id = json!({
        "type": ["string", "null"],
        "pattern": "^[A-Za-z0-9_-]{3,256}$",
        "description": "What looks like an e-mail address or a CURP is stored as null.",
    });
    json!({
        "type": "object",
        "required": ["institution", "username"],
        "description": "Keys that are not here are ignored.",
        "properties": {
            "institution": {"type": "string", "enum": institutions},
            "username": {"type": "string", "pattern": CURP, "examples": ["BLPM951331IONVGR54"]},
            "username2": optional_text,
            "password": {"description": "Ignored."},
            "access_mode": schemas.of::<Option<AccessMode>>(),
            "fetch_resources": schemas.of::<Option<Vec<Resource>>>(),
            "external_id": external_id,
            "credentials_storage": schemas.of::<Option<CredentialsStorage>>(),
            "stale_in": schemas.of::<Option<Days>>(),
        },
        "anyOf": storage_rules(),
    })
}

/// Recurrent links store the credentials; single ones that do not store them fetch something.
fn storage_rules() -> Value {
    json!([
        {
            "properties": {"credentials_storage": {"enum": ["store", null]}},
        },
        {
            "properties": {
                "access_mode": {"const": "single"},
                "credentials_storage": {"not": {"const": "nostore"}},
            },
            "required": ["access_mode"],
        },
        {
            "properties": {
                "access_mode": {"const": "single"},
                "fetch_resources": {"type": "array", "minItems": 1},
            },
            "required": ["access_mode", "fetch_resources"],
        },
    ])
}

fn empty_object() -> Value {
    json!({"type": "object", "additionalProperties": false})
}

fn health() -> Value {
    json!({
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": false,
    })
}
