//! The types of Belvo's operations: their queries, bodies and answers.

use serde_json::{Value, json};

use crate::account::{Parameter, ValueKind, filters_of};
use crate::model::current_employment::CurrentEmployment;
use crate::model::employment_metrics::EmploymentMetrics;
use crate::model::employment_record::EmploymentRecord;
use crate::model::institution::Institution;
use crate::model::link::{AccessMode, CredentialsStorage, Days, Link, Resource};
use crate::model::owner::Owner;
use crate::model::page::Page;
use crate::model::token::TokenPair;
use crate::openapi::Schemas;
use crate::openapi::content::{Content, list_parameter, parameter};
use crate::operations::Operation;

/// As in the scenarios `curp_wrong_length` and `curp_incorrect`.
const CURP: &str = "^[A-Z]{4}[0-9]{6}[A-Z]{6}[A-Z0-9]{2}$";

pub(super) fn content(operation: Operation, schemas: &mut Schemas) -> Content {
    match operation {
        Operation::CheckKeys => Content::answer(empty_object()),
        Operation::ListLinks => list(schemas.of::<Page<Link<'_>>>(), operation),
        Operation::RegisterLink => {
            Content::answer(schemas.of::<Link<'_>>()).body(link_request(schemas))
        }
        Operation::PatchBody => Content::answer(schemas.of::<Link<'_>>()).body(resume_request()),
        Operation::DetailLink => Content::answer(schemas.of::<Link<'_>>()).query(keys()),
        Operation::ChangeAccessMode => {
            Content::answer(schemas.of::<Link<'_>>()).body(update_request(schemas))
        }
        Operation::UpdateLink => {
            Content::answer(schemas.of::<Link<'_>>()).body(credentials_request())
        }
        Operation::RefreshLink => Content::none().body(refresh_request(schemas)),
        Operation::ListEmploymentRecords => {
            list(schemas.of::<Page<EmploymentRecord<'_>>>(), operation)
        }
        Operation::RetrieveEmploymentRecords => {
            Content::answer(schemas.of::<Vec<EmploymentRecord<'_>>>())
                .query(keys())
                .body(retrieval_request("attach_pdf", "boolean"))
        }
        Operation::DetailEmploymentRecord => {
            Content::answer(schemas.of::<EmploymentRecord<'_>>()).query(keys())
        }
        Operation::ListOwners => list(schemas.of::<Page<Owner<'_>>>(), operation),
        Operation::RetrieveOwners => Content::answer(schemas.of::<Vec<Owner<'_>>>())
            .query(keys())
            .body(retrieval_request("token", "string")),
        Operation::PatchOwners => {
            Content::answer(schemas.of::<Vec<Owner<'_>>>()).query(keys()).body(resume_request())
        }
        Operation::DetailOwner => Content::answer(schemas.of::<Owner<'_>>()).query(keys()),
        Operation::ListCurrentEmployments => {
            Content::answer(schemas.of::<Page<CurrentEmployment<'_>>>())
                .query(pages())
                .query(filters(filters_of(operation)))
        }
        Operation::RetrieveCurrentEmployments => {
            Content::answer(schemas.of::<Vec<CurrentEmployment<'_>>>())
                .body(retrieval_request("attach_pdf", "boolean"))
        }
        Operation::DetailCurrentEmployment => {
            Content::answer(schemas.of::<CurrentEmployment<'_>>())
        }
        Operation::ListEmploymentMetrics => {
            list(schemas.of::<Page<EmploymentMetrics>>(), operation)
        }
        Operation::RetrieveEmploymentMetricDetails => {
            Content::answer(schemas.of::<EmploymentMetrics>()).query(keys()).body(metrics_request())
        }
        Operation::DetailEmploymentMetric => {
            Content::answer(schemas.of::<EmploymentMetrics>()).query(keys())
        }
        Operation::ListInstitutions => list(schemas.of::<Page<Institution<'_>>>(), operation),
        Operation::DetailInstitution => {
            Content::answer(schemas.of::<Institution<'_>>()).query(keys())
        }
        Operation::CreateToken => {
            Content::answer(schemas.of::<TokenPair>()).body(token_request(schemas))
        }
        Operation::DestroyLink
        | Operation::DestroyEmploymentRecord
        | Operation::DestroyOwner
        | Operation::DestroyCurrentEmployment
        | Operation::DestroyEmploymentMetric => Content::none(),
    }
}

/// A list, with its pages, its filters and the choice of keys.
fn list(page: Value, operation: Operation) -> Content {
    Content::answer(page).query(pages()).query(keys()).query(filters(filters_of(operation)))
}

fn pages() -> [Value; 2] {
    [
        parameter(
            "page",
            json!({"type": "integer", "minimum": 1}),
            "The number of the page, from 1 (the default). A page that does not exist is 404, but page 1 always exists.",
        ),
        parameter(
            "page_size",
            json!({"type": "integer", "minimum": 1, "maximum": 1000}),
            "The number of objects on a page. The emulator cuts larger numbers to 1000 and reads anything else as the default: 10, or the flag --page-size.",
        ),
    ]
}

/// The parameters that select the keys of an object.
fn keys() -> [Value; 2] {
    let names = json!({"type": "array", "items": {"type": "string"}});
    [
        list_parameter(
            "fields",
            names.clone(),
            "The keys of the first level that the answer keeps.",
        ),
        list_parameter("omit", names, "The keys of the first level that the answer leaves out."),
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
        let text = "Lists the objects that have this value.";
        match (is_list, name.ends_with("__range")) {
            (false, _) => parameter(&name, schema, text),
            (true, false) => {
                let list = json!({"type": "array", "items": schema, "minItems": 1});
                list_parameter(&name, list, text)
            }
            (true, true) => {
                let pair = json!({"type": "array", "items": schema, "minItems": 2, "maxItems": 2});
                list_parameter(
                    &name,
                    pair,
                    "Lists the objects from the first value to the second, both included.",
                )
            }
        }
    };
    parameters.into_iter().map(describe).collect()
}

fn resume_request() -> Value {
    json!({
        "type": "object",
        "required": ["session", "link"],
        "properties": {
            "session": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "link": {"type": "string", "format": "uuid"},
            "token": {"type": ["string", "null"]},
            "save_data": {"type": ["boolean", "null"]},
        },
    })
}

fn update_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "description": "The link keeps the value of each key that is absent.",
        "properties": {
            "access_mode": schemas.of::<Option<AccessMode>>(),
            "fetch_resources": schemas.of::<Option<Vec<Resource>>>(),
            "stale_in": schemas.of::<Option<Days>>(),
        },
    })
}

fn credentials_request() -> Value {
    json!({"type": "object", "properties": {"password": {"description": "Any password is accepted."}}})
}

fn refresh_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "description": "The default is all resources that the institution supports.",
        "properties": {"fetch_resources": schemas.of::<Option<Vec<Resource>>>()},
    })
}

fn token_request(schemas: &mut Schemas) -> Value {
    json!({
        "type": "object",
        "required": ["scopes"],
        "dependentRequired": {"id": ["password"], "password": ["id"]},
        "description": "The keys are in the body, or in the header Authorization if the body has neither of them.",
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "password": {"type": "string", "minLength": 1},
            "scopes": {
                "type": "string",
                "pattern": r"^[^\s,]",
                "maxLength": 1000,
                "examples": ["read_institutions,write_links"],
                "description": "The scopes, joined by commas.",
            },
            "link_id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
            "fetch_resources": {
                "type": ["array", "null"],
                "maxItems": 100,
                "items": {"type": "string", "pattern": "^[A-Z0-9_]{1,40}$"},
                "description": "The resources of the link that the token makes, unless its request names others.",
            },
            "credentials_storage": schemas.of::<Option<CredentialsStorage>>(),
            "stale_in": schemas.of::<Option<Days>>(),
            "widget": {"description": "The look of the widget. The emulator ignores it."},
        },
    })
}

/// The body of a retrieval, with a key that only some resources have.
fn retrieval_request(own_key: &str, own_type: &str) -> Value {
    json!({
        "type": "object",
        "required": ["link"],
        "properties": {
            "link": {"type": "string", "format": "uuid"},
            "save_data": {"type": ["boolean", "null"]},
            own_key: {"type": [own_type, "null"]},
        },
    })
}

fn metrics_request() -> Value {
    let mut request = retrieval_request("reference_date", "string");
    let date = &mut request["properties"]["reference_date"];
    date["format"] = "date".into();
    date["description"] =
        "The date up to which the metrics are computed. The default is the account's today.".into();
    request
}

/// The body of `POST /api/links/`, which `account` checks by hand. Null counts as absent.
fn link_request(schemas: &mut Schemas) -> Value {
    let institutions = ["planet_mx_employment", "imss_mx_employment", "issste_mx_employment"];
    let optional_text = json!({"type": ["string", "null"]});
    let external_id = json!({
        "type": ["string", "null"],
        "pattern": "^[A-Za-z0-9_-]{3,256}$",
        "description": "The link stores null in place of an e-mail address or a CURP.",
    });
    json!({
        "type": "object",
        "required": ["institution", "username"],
        "description": "The emulator ignores all other keys.",
        "properties": {
            "institution": {"type": "string", "enum": institutions},
            "username": {"type": "string", "pattern": CURP, "examples": ["BLPM951331IONVGR54"]},
            "username2": {"type": ["string", "null"], "maxLength": 256},
            "token": optional_text,
            "password": {"description": "The emulator ignores it."},
            "access_mode": schemas.of::<Option<AccessMode>>(),
            "fetch_resources": schemas.of::<Option<Vec<Resource>>>(),
            "fetch_historical": {
                "type": ["boolean", "null"],
                "description": "A single link with fetch_resources must not say false. Without effect otherwise.",
            },
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
