//! The description of one operation, from its row in the table and its types.

use serde_json::{Map, Value, json};

use crate::openapi::problems::problems;
use crate::operations::{Access, Body, Row};

/// The types of an operation: its query, its body and its answer.
pub(super) struct Content {
    query: Vec<Value>,
    body: Option<Value>,
    answer: Option<Value>,
    /// The media type of the answer.
    media_type: &'static str,
}

impl Content {
    /// An operation whose answers have no type of their own: no body, or a request id.
    pub(super) fn none() -> Content {
        Content { query: Vec::new(), body: None, answer: None, media_type: "application/json" }
    }

    /// An operation that answers with JSON of this schema.
    pub(super) fn answer(schema: Value) -> Content {
        Content { answer: Some(schema), ..Content::none() }
    }

    /// An operation that answers with a stream of events. The schema is that of one event, because
    /// OpenAPI 3.1 has no keyword for the items of a stream, and tools read it so.
    pub(super) fn stream(description: &str) -> Content {
        let schema = json!({
            "type": "object",
            "description": description,
            "required": ["event", "data"],
            "properties": {
                "id": {"type": "string", "pattern": "^[0-9]+$"},
                "event": {"type": "string"},
                "data": {"type": "string", "contentMediaType": "application/json"},
            },
        });
        Content { media_type: "text/event-stream", ..Content::answer(schema) }
    }

    /// Adds parameters of the query; see [`parameter`].
    pub(super) fn query(mut self, parameters: impl IntoIterator<Item = Value>) -> Content {
        self.query.extend(parameters);
        self
    }

    /// A JSON body of this schema.
    pub(super) fn body(self, schema: Value) -> Content {
        Content { body: Some(schema), ..self }
    }

    /// The description of the operation.
    pub(super) fn describe(self, row: &Row) -> Value {
        let mut described = json!({
            "operationId": row.id,
            "summary": row.summary,
            "security": security(row.access),
            "responses": self.responses(row),
        });
        let mode = row.in_background.then(request_mode);
        let parameters: Vec<Value> = self.query.into_iter().chain(mode).collect();
        if !parameters.is_empty() {
            described["parameters"] = parameters.into();
        }
        let is_required = row.body == Body::Required;
        assert_eq!(self.body.is_some(), row.body != Body::None, "{} has a body or not", row.id);
        if let Some(schema) = self.body {
            let content = json!({"application/json": {"schema": schema}});
            described["requestBody"] = json!({"required": is_required, "content": content});
        }
        described
    }

    fn responses(&self, row: &Row) -> Map<String, Value> {
        let is_control = row.path.starts_with("/_emulator/");
        let successes =
            row.successes().into_iter().map(|status| (status, self.success(row, status)));
        let errors = row.errors();
        let errors = errors.into_iter().map(|status| (status, Some(problems(status, is_control))));
        let response = |(status, schema): (u16, Option<Value>)| {
            let mut response = json!({"description": meaning(status)});
            let media_type = if status < 400 { self.media_type } else { "application/json" };
            if let Some(schema) = schema {
                response["content"] = json!({media_type: {"schema": schema}});
            }
            (status.to_string(), response)
        };
        successes.chain(errors).map(response).collect()
    }

    /// The schema of the answer with a status of success.
    fn success(&self, row: &Row, status: u16) -> Option<Value> {
        match status {
            202 => Some(request_id()),
            204 => None,
            _ => {
                let answer = self.answer.clone();
                assert!(answer.is_some(), "{} answers {status} with a type", row.id);
                answer
            }
        }
    }
}

/// A parameter of a query; an empty one counts as absent.
pub(super) fn parameter(name: &str, schema: Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "schema": schema, "description": description})
}

/// A parameter that takes several values, joined by commas.
pub(super) fn list_parameter(name: &str, schema: Value, description: &str) -> Value {
    let mut rendered = parameter(name, schema, description);
    rendered["style"] = "form".into();
    rendered["explode"] = false.into();
    rendered
}

/// The parameters of a query that is read as a type, whose schema this is.
pub(super) fn parameters(mut schema: Value) -> Vec<Value> {
    let Value::Object(properties) = schema["properties"].take() else {
        unreachable!("a query is an object");
    };
    let rendered = |(name, schema): (String, Value)| {
        let description = schema["description"].as_str().unwrap_or_default().to_owned();
        parameter(&name, schema, &description)
    };
    properties.into_iter().map(rendered).collect()
}

/// The parameters that a path has in braces.
pub(super) fn path_parameters(path: &str) -> Vec<Value> {
    path.split('/').filter_map(path_parameter).collect()
}

fn path_parameter(segment: &str) -> Option<Value> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    let (schema, description) = match name {
        "id" => (json!({"type": "string", "format": "uuid"}), "The id of the link or the record."),
        "request_id" => (
            json!({"type": "string", "pattern": "^[0-9a-f-]{32,36}$"}),
            "The request id in the header X-Request-Id of the answer.",
        ),
        _ => (json!({"type": "integer", "minimum": 1}), "The id, as the list shows it."),
    };
    let mut parameter = parameter(name, schema, description);
    parameter["in"] = "path".into();
    parameter["required"] = true.into();
    Some(parameter)
}

fn security(access: Access) -> Value {
    match access {
        Access::Keys => json!([{"keys": []}]),
        Access::KeysOrToken(_) => json!([{"keys": []}, {"token": []}]),
        Access::KeysInBody => json!([{}, {"keys": []}]),
        Access::Open => json!([]),
    }
}

/// The header that leaves the work to the background.
fn request_mode() -> Value {
    json!({
        "name": "X-Belvo-Request-Mode",
        "in": "header",
        "schema": {"type": "string", "enum": ["async"]},
        "description": "The emulator answers 202 at once and sends a webhook when the work is done.",
    })
}

fn request_id() -> Value {
    json!({
        "type": "object",
        "properties": {"request_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"}},
        "required": ["request_id"],
        "additionalProperties": false,
    })
}

fn meaning(status: u16) -> &'static str {
    match status {
        200 => "The call succeeded",
        201 => "The call created the object that the answer shows",
        202 => "The work goes on in the background; its webhook repeats the request id",
        204 => "The call succeeded; the answer has no body",
        400 => "The request is invalid, or the institution refuses the login",
        401 => "The API keys or the token are missing or wrong",
        403 => "The institution refuses access, or a token is missing or does not allow the call",
        404 => "The object or the page does not exist",
        408 => "The body of the request, the institution or the awaited webhook took too long",
        409 => "The state of the account does not allow the call, or is not as the call expects",
        413 => "The body of the request is larger than the call allows",
        415 => "The header Content-Type of the request is not application/json",
        428 => "The institution asks for a second factor",
        429 => {
            "There is no room for another account, the account is full or has too many event \
             streams, or it made too many such calls (with the flag --rate-limits documented)"
        }
        500 => "The institution failed",
        503 => "The emulator was told to stop, or has no room for another event stream",
        other => unreachable!("a status that is described has its sentence here: {other}"),
    }
}
