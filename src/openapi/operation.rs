//! One method of one path.

use serde_json::{Map, Value, json};

/// What a method of a path takes and answers.
pub struct Operation {
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    body_required: bool,
    security: Security,
    answers: Map<String, Value>,
}

/// What a request below `/api/` or `/_emulator/` needs.
#[derive(Clone, Copy)]
enum Security {
    Keys,
    /// The keys, or a token of the widget.
    KeysOrToken,
    /// Nothing in the header: the keys are in the body.
    None,
}

pub fn get(id: impl Into<&'static str>, summary: &'static str) -> Operation {
    Operation::new("get", id, summary)
}

pub fn post(id: impl Into<&'static str>, summary: &'static str) -> Operation {
    Operation::new("post", id, summary)
}

pub fn put(id: impl Into<&'static str>, summary: &'static str) -> Operation {
    Operation::new("put", id, summary)
}

pub fn patch(id: impl Into<&'static str>, summary: &'static str) -> Operation {
    Operation::new("patch", id, summary)
}

pub fn delete(id: impl Into<&'static str>, summary: &'static str) -> Operation {
    Operation::new("delete", id, summary)
}

impl Operation {
    fn new(method: &'static str, id: impl Into<&'static str>, summary: &'static str) -> Operation {
        let (parameters, answers) = (Vec::new(), Map::new());
        Operation {
            method,
            id: id.into(),
            summary,
            parameters,
            body: None,
            body_required: true,
            security: Security::Keys,
            answers,
        }
    }

    /// A token of the widget stands in for the keys.
    pub fn or_token(self) -> Operation {
        Operation { security: Security::KeysOrToken, ..self }
    }

    /// The keys are in the body.
    pub fn without_keys(self) -> Operation {
        Operation { security: Security::None, ..self }
    }

    /// Parameters of the query; see [`parameter`].
    pub fn query(mut self, parameters: impl IntoIterator<Item = Value>) -> Operation {
        self.parameters.extend(parameters);
        self
    }

    /// A JSON body, and how one can be refused.
    pub fn body(mut self, schema: Value) -> Operation {
        self.body = Some(schema);
        self.refuses([400, 408, 413, 415])
    }

    /// The same for a body that can be left out.
    pub fn optional_body(self, schema: Value) -> Operation {
        Operation { body_required: false, ..self.body(schema) }
    }

    /// What `X-Belvo-Request-Mode: async` does: 202 with the id that the webhook repeats.
    pub fn in_background(mut self, request_id: Value) -> Operation {
        self.parameters.push(json!({
            "name": "X-Belvo-Request-Mode",
            "in": "header",
            "schema": {"type": "string", "enum": ["async"]},
            "description": "Answer 202 at once and send a webhook when it is done.",
        }));
        self.answers(202, request_id)
    }

    /// A JSON answer.
    pub fn answers(mut self, status: u16, schema: Value) -> Operation {
        let content = json!({"application/json": {"schema": schema}});
        let answer = json!({"description": meaning(status), "content": content});
        self.answers.insert(status.to_string(), answer);
        self
    }

    /// An answer without a body.
    pub fn answers_nothing(mut self, status: u16) -> Operation {
        self.answers.insert(status.to_string(), json!({"description": meaning(status)}));
        self
    }

    /// Answers with Belvo's error array.
    pub fn refuses(self, statuses: impl IntoIterator<Item = u16>) -> Operation {
        let problem = json!({"$ref": "#/components/schemas/Problem"});
        let problems = json!({"type": "array", "items": problem, "minItems": 1});
        statuses
            .into_iter()
            .fold(self, |operation, status| operation.answers(status, problems.clone()))
    }
}

/// A parameter of a query; an empty one counts as absent.
pub fn parameter(name: &str, schema: Value, description: &str) -> Value {
    json!({"name": name, "in": "query", "schema": schema, "description": description})
}

/// The parameters of a query that is read as a type, whose schema this is.
pub fn parameters(mut schema: Value) -> Vec<Value> {
    let Value::Object(properties) = schema["properties"].take() else {
        unreachable!("a query is an object");
    };
    let rendered = |(name, schema): (String, Value)| {
        let description = schema["description"].as_str().unwrap_or_default().to_owned();
        parameter(&name, schema, &description)
    };
    properties.into_iter().map(rendered).collect()
}

/// The same for one that takes several values, joined by commas.
pub fn list_parameter(name: &str, schema: Value, description: &str) -> Value {
    let mut rendered = parameter(name, schema, description);
    rendered["style"] = "form".into();
    rendered["explode"] = false.into();
    rendered
}

/// What the description says of a path.
pub fn path_item(path: &str, operations: impl IntoIterator<Item = Operation>) -> Value {
    let mut item: Map<String, Value> =
        operations.into_iter().map(|operation| render(path, operation)).collect();
    let parameters: Vec<Value> = path.split('/').filter_map(path_parameter).collect();
    if !parameters.is_empty() {
        item.insert("parameters".to_owned(), parameters.into());
    }
    item.into()
}

fn path_parameter(segment: &str) -> Option<Value> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    let schema = match name {
        "id" => json!({"type": "string", "format": "uuid"}),
        "armed_id" | "delivery_id" | "fault_id" | "institution_id" => {
            json!({"type": "integer", "minimum": 1})
        }
        "request_id" => json!({"type": "string", "pattern": "^[0-9a-f-]{32,36}$"}),
        other => unreachable!("what stands in a path is described here: {other}"),
    };
    Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
}

fn render(path: &str, operation: Operation) -> (String, Value) {
    let needs_keys = path.starts_with("/api/")
        || path.starts_with("/_emulator/") && !path.ends_with("openapi.json");
    let operation = if needs_keys { operation.refuses([401]) } else { operation };
    let security = match operation.security {
        Security::Keys if needs_keys => json!([{"keys": []}]),
        Security::KeysOrToken => json!([{"keys": []}, {"token": []}]),
        Security::Keys | Security::None => json!([]),
    };
    let mut rendered = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "security": security,
        "responses": operation.answers,
    });
    if !operation.parameters.is_empty() {
        rendered["parameters"] = operation.parameters.into();
    }
    if let Some(schema) = operation.body {
        let content = json!({"application/json": {"schema": schema}});
        rendered["requestBody"] = json!({"required": operation.body_required, "content": content});
    }
    (operation.method.to_owned(), rendered)
}

fn meaning(status: u16) -> &'static str {
    match status {
        200 => "It is here",
        201 => "It is made",
        202 => "It will be done; a webhook repeats the id",
        204 => "It is done, and there is nothing to show",
        400 => "The request is wrong, or the institution refuses the login",
        401 => "The keys are missing or wrong",
        403 => "The institution denies access",
        404 => "There is no such object or page",
        408 => "The institution, the body of the request, or what is waited for took too long",
        409 => "It was done a short while ago, or it is not as expected",
        413 => "The body is larger than 1 MiB",
        415 => "The body does not say that it is JSON",
        428 => "The institution asks for a token",
        429 => "Too many, with the flag --rate-limits documented",
        500 => "The institution's answer could not be used",
        other => unreachable!("a status that is described has its sentence here: {other}"),
    }
}
