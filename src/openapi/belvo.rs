//! Belvo's paths and methods, in the order of the routes.

use serde_json::{Value, json};

use crate::account::{
    Parameter, ValueKind, current_employment_parameters, employment_record_parameters,
    institution_parameters, link_parameters,
};
use crate::error::WireProblem;
use crate::model::current_employment::CurrentEmployment;
use crate::model::employment_record::EmploymentRecord;
use crate::model::institution::Institution;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Link, Resource};
use crate::model::operation::Operation;
use crate::model::page::Page;
use crate::model::token::TokenPair;
use crate::openapi::operation::{delete, get, list_parameter, parameter, patch, post, put};
use crate::openapi::{Paths, Schemas};

/// The statuses that built-in scenarios refuse a login with. Those of a user can have others.
const REFUSED_LOGINS: [u16; 5] = [400, 403, 408, 428, 500];

/// What Belvo documents for calls that do not log in, with one more for single links; here what is
/// armed for the operation brings it. Those of current employments are documented like logins.
const REFUSED_CALLS: [u16; 3] = [403, 408, 500];
const REFUSED_ON_LINKS: [u16; 4] = [403, 408, 428, 500];

/// As in the scenarios `curp_wrong_length` and `curp_incorrect`.
const CURP: &str = "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$";

pub fn paths(schemas: &mut Schemas) -> Paths {
    schemas.of::<WireProblem<'_>>(); // what `refuses` refers to
    let table = [
        (
            "/api/",
            vec![
                get(Operation::CheckKeys, "Says whether the keys are right")
                    .answers(200, empty_object()),
            ],
        ),
        (
            "/api/links/",
            vec![
                get(Operation::ListLinks, "Lists the links, the newest first")
                    .query(pages())
                    .query(keys())
                    .query(filters(link_parameters()))
                    .answers(200, schemas.of::<Page<Link<'_>>>())
                    .refuses([400, 404])
                    .refuses(REFUSED_CALLS),
                post(Operation::RegisterLink, "Logs a person in at an institution")
                    .or_token()
                    .body(link_request(schemas))
                    .answers(201, schemas.of::<Link<'_>>())
                    .refuses(REFUSED_LOGINS),
                patch(Operation::PatchBody, "Goes on with a login that waits for a token")
                    .or_token()
                    .body(resume_request())
                    .answers(200, schemas.of::<Link<'_>>())
                    .refuses(REFUSED_LOGINS)
                    .refuses([404]),
            ],
        ),
        (
            "/api/links/{id}/",
            vec![
                get(Operation::DetailLink, "Shows a link")
                    .query(keys())
                    .answers(200, schemas.of::<Link<'_>>())
                    .refuses([404])
                    .refuses(REFUSED_ON_LINKS),
                patch(Operation::ChangeAccessMode, "Changes how the data is retrieved")
                    .or_token()
                    .body(update_request(schemas))
                    .answers(200, schemas.of::<Link<'_>>())
                    .refuses([404])
                    .refuses(REFUSED_ON_LINKS),
                put(Operation::UpdateLink, "Gives a link new credentials")
                    .or_token()
                    .body(credentials_request())
                    .answers(200, schemas.of::<Link<'_>>())
                    .refuses(REFUSED_LOGINS)
                    .refuses([404]),
                delete(
                    Operation::DestroyLink,
                    "Deletes a link with its records and pending webhooks",
                )
                .or_token()
                .in_background(request_id())
                .answers_nothing(204)
                .refuses([404, 429])
                .refuses(REFUSED_ON_LINKS),
            ],
        ),
        (
            "/api/links/{id}/refresh/",
            vec![
                post(Operation::RefreshLink, "Reads the data of a link again")
                    .or_token()
                    .optional_body(refresh_request(schemas))
                    .answers(202, request_id())
                    .refuses(REFUSED_LOGINS)
                    .refuses([404, 409]),
            ],
        ),
        (
            "/api/employment-records/",
            vec![
                get(
                    Operation::ListEmploymentRecords,
                    "Lists the employment records, the newest first",
                )
                .query(pages())
                .query(keys())
                .query(filters(employment_record_parameters()))
                .answers(200, schemas.of::<Page<EmploymentRecord<'_>>>())
                .refuses([400, 404])
                .refuses(REFUSED_CALLS),
                post(
                    Operation::RetrieveEmploymentRecords,
                    "Reads the employment records of a link",
                )
                .query(keys())
                .body(retrieval_request())
                .in_background(request_id())
                .answers(200, schemas.of::<Vec<EmploymentRecord<'_>>>())
                .answers(201, schemas.of::<Vec<EmploymentRecord<'_>>>())
                .refuses(REFUSED_LOGINS)
                .refuses([404]),
            ],
        ),
        (
            "/api/employment-records/{id}/",
            vec![
                get(Operation::DetailEmploymentRecord, "Shows an employment record")
                    .query(keys())
                    .answers(200, schemas.of::<EmploymentRecord<'_>>())
                    .refuses([404])
                    .refuses(REFUSED_CALLS),
                delete(Operation::DestroyEmploymentRecord, "Deletes an employment record")
                    .answers_nothing(204)
                    .refuses([404, 429])
                    .refuses(REFUSED_CALLS),
            ],
        ),
        (
            "/api/mx/current-employments/",
            vec![
                get(
                    Operation::ListCurrentEmployments,
                    "Lists the current employments, the newest first",
                )
                .query(pages())
                .query(filters(current_employment_parameters()))
                .answers(200, schemas.of::<Page<CurrentEmployment<'_>>>())
                .refuses([404])
                .refuses(REFUSED_LOGINS),
                post(
                    Operation::RetrieveCurrentEmployments,
                    "Reads where the person of a link works",
                )
                .body(retrieval_request())
                .answers(200, schemas.of::<Vec<CurrentEmployment<'_>>>())
                .answers(201, schemas.of::<Vec<CurrentEmployment<'_>>>())
                .refuses(REFUSED_LOGINS)
                .refuses([404]),
            ],
        ),
        (
            "/api/mx/current-employments/{id}/",
            vec![
                get(Operation::DetailCurrentEmployment, "Shows a current employment")
                    .answers(200, schemas.of::<CurrentEmployment<'_>>())
                    .refuses([404])
                    .refuses(REFUSED_LOGINS),
                delete(Operation::DestroyCurrentEmployment, "Deletes a current employment")
                    .answers_nothing(204)
                    .refuses([404])
                    .refuses(REFUSED_LOGINS),
            ],
        ),
        (
            "/api/institutions/",
            vec![
                get(Operation::ListInstitutions, "Lists the institutions")
                    .or_token()
                    .query(pages())
                    .query(keys())
                    .query(filters(institution_parameters()))
                    .answers(200, schemas.of::<Page<Institution<'_>>>())
                    .refuses([400, 404]),
            ],
        ),
        (
            "/api/institutions/{institution_id}/",
            vec![
                get(Operation::DetailInstitution, "Shows an institution")
                    .or_token()
                    .query(keys())
                    .answers(200, schemas.of::<Institution<'_>>())
                    .refuses([404]),
            ],
        ),
        (
            "/api/token/",
            vec![
                post(Operation::CreateToken, "Makes a token for the Connect Widget")
                    .without_keys()
                    .body(token_request(schemas))
                    .answers(200, schemas.of::<TokenPair>()),
            ],
        ),
    ];
    table.into()
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

/// Which keys of an object are shown.
fn keys() -> [Value; 2] {
    let names = json!({"type": "array", "items": {"type": "string"}});
    [
        list_parameter("fields", names.clone(), "The keys to keep, of the first level."),
        list_parameter("omit", names, "The keys to drop, of the first level."),
    ]
}

/// The filters that the query engine knows, from its own tables.
fn filters(parameters: Vec<Parameter>) -> Vec<Value> {
    let describe = |Parameter { name, kind, is_list }: Parameter| {
        let schema = match kind {
            ValueKind::Uuid => json!({"type": "string", "format": "uuid"}),
            ValueKind::Text => json!({"type": "string"}),
            ValueKind::Match(words) => json!({"type": "string", "enum": words}),
            ValueKind::Time => json!({"anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
            ]}),
        };
        let text = "What no object has lists nothing.";
        match (is_list, name.ends_with("__range")) {
            (false, _) => parameter(&name, schema, text),
            (true, false) => {
                let list = json!({"type": "array", "items": schema, "minItems": 1});
                list_parameter(&name, list, text)
            }
            (true, true) => {
                let pair = json!({"type": "array", "items": schema, "minItems": 2, "maxItems": 2});
                list_parameter(&name, pair, "From and to, both included.")
            }
        }
    };
    parameters.into_iter().map(describe).collect()
}

fn request_id() -> Value {
    json!({
        "type": "object",
        "properties": {"request_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
        "required": ["request_id"],
        "additionalProperties": false,
    })
}

fn resume_request() -> Value {
    json!({
        "type": "object",
        "required": ["session", "link"],
        "properties": {
            "session": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "link": {"type": "string", "format": "uuid"},
            "token": {"type": ["string", "null"]},
        },
    })
}

fn update_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "description": "What is absent stays as it is.",
        "properties": {
            "access_mode": schemas.of::<Option<AccessMode>>(),
            "fetch_resources": schemas.of::<Option<Vec<Resource>>>(),
            "stale_in": schemas.of::<Option<Days>>(),
        },
    })
}

fn credentials_request() -> Value {
    json!({"type": "object", "properties": {"password": {"description": "Any works."}}})
}

fn refresh_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "description": "By default, all that the institution supports.",
        "properties": {"fetch_resources": schemas.of::<Option<Vec<Resource>>>()},
    })
}

fn token_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "required": ["id", "password", "scopes"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "password": {"type": "string", "minLength": 1},
            "scopes": {
                "type": "string",
                "pattern": r"^[^\s,]",
                "examples": ["read_institutions,write_links"],
                "description": "Joined by commas.",
            },
            "link_id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
            "fetch_resources": schemas.of::<Option<Vec<Resource>>>(),
            "credentials_storage": schemas.of::<Option<CredentialsStorage>>(),
            "stale_in": schemas.of::<Option<Days>>(),
            "widget": {"description": "How the widget looks; ignored."},
        },
    })
}

fn retrieval_request() -> Value {
    json!({
        "type": "object",
        "required": ["link"],
        "properties": {
            "link": {"type": "string", "format": "uuid"},
            "save_data": {"type": ["boolean", "null"]},
            "attach_pdf": {"type": ["boolean", "null"]},
        },
    })
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
            "token": optional_text,
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
