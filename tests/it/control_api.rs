//! `docs/control-api.md` is the control API as the OpenAPI description has it.
//! `UPDATE_MANUAL=1 cargo test --test it control_api` writes the page anew.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Map, Value};

use crate::app::app_with;

const HEAD: &str = "# Reference of the control API

This page lists every call below `/_emulator/`: its parameters, its body, its answers and its errors. The
other pages of the manual show how to use the calls.

Every call acts on the account of the API keys in its `Authorization` header, and on no other account. A
body is a JSON object with the header `Content-Type: application/json`; a key that the call does not know
is an error. A call whose body is optional also takes no body at all. Durations are texts such as `500ms`,
`15s`, `2m`, `24h` or `7d`. Each answer has the header `X-Request-Id`.

The page is generated from `GET /_emulator/openapi.json`. Change the types and the table of operations
instead, and write the page anew with `UPDATE_MANUAL=1 cargo test --test it control_api`.
";

/// The page, and the types that it still has to describe.
struct Reference<'a> {
    document: &'a Value,
    page: String,
    /// The names of the types that the page refers to; true for those that it describes.
    types: BTreeMap<&'a str, bool>,
}

/// Where a type stands: the keys of a body can be left out, those of an answer are there.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Body,
    Answer,
}

/// A call: its method, its path and its description.
struct Call<'a> {
    method: String,
    path: &'a str,
    /// The parameters in the path.
    parameters: &'a Value,
    described: &'a Value,
}

#[actix_web::test]
async fn the_reference_is_what_the_description_says() {
    let document = app_with(&[]).await.get("/_emulator/openapi.json").await.ok();
    let expected = Reference::of(&document);
    let path = format!("{}/docs/control-api.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(expected.lines()).find(|(is, should)| is != should);
    let hint = "UPDATE_MANUAL=1 cargo test --test it control_api writes docs/control-api.md anew";
    assert_eq!(differs, None, "{hint}");
    assert_eq!(page.len(), expected.len(), "{hint}");
}

impl<'a> Reference<'a> {
    fn of(document: &'a Value) -> String {
        let mut reference = Reference { document, page: HEAD.to_owned(), types: BTreeMap::new() };
        let calls = calls(document);
        reference.table_of_contents(&calls);
        reference.errors(&calls);
        for call in &calls {
            reference.call(call);
        }
        reference.line("\n## Types of answers\n\nAn answer has exactly the keys of its type.");
        while let Some(name) = reference.next_type() {
            reference.component(name);
        }
        reference.page
    }

    fn line(&mut self, text: &str) {
        self.page.push_str(text);
        self.page.push('\n');
    }

    fn table_of_contents(&mut self, calls: &[Call<'_>]) {
        self.line("\n## Calls\n\n| call | effect |\n| --- | --- |");
        for call in calls {
            let (heading, anchor) = (call.heading(), anchor(&call.heading()));
            self.line(&format!(
                "| [`{heading}`](#{anchor}) | {} |",
                text(call.described, "summary")
            ));
        }
    }

    fn errors(&mut self, calls: &[Call<'a>]) {
        self.line("\n## Errors\n\nThe body of an error is a list of problems.");
        self.line("\n| status | meaning | body |\n| --- | --- | --- |");
        let errors: BTreeMap<&str, &Value> = calls.iter().flat_map(Call::errors).collect();
        for (status, error) in errors {
            let body = self.shape(&error["content"]["application/json"]["schema"]);
            self.line(&format!("| {status} | {} | {body} |", text(error, "description")));
        }
    }

    fn call(&mut self, call: &Call<'a>) {
        self.line(&format!("\n## {}\n\n{}.", call.heading(), text(call.described, "summary")));
        self.parameters(call);
        self.body(call);
        self.line("\n| answer | meaning | body |\n| --- | --- | --- |");
        for (status, response) in entries(&call.described["responses"]) {
            let content = &response["content"]["application/json"]["schema"];
            if status.as_str() < "400" {
                let stream = &response["content"]["text/event-stream"]["schema"];
                let body = match content.is_null() {
                    false => self.shape(content),
                    true if !stream.is_null() => cell(text(stream, "description")),
                    true => "none".into(),
                };
                self.line(&format!("| {status} | {} | {body} |", text(response, "description")));
            }
        }
        let errors: Vec<&str> = call.errors().into_iter().map(|(status, _)| status).collect();
        self.line(&format!("\n[Errors](#errors): {}.", errors.join(", ")));
    }

    fn parameters(&mut self, call: &Call<'a>) {
        let lists = [call.parameters, &call.described["parameters"]];
        let mut parameters = lists.into_iter().filter_map(Value::as_array).flatten().peekable();
        if parameters.peek().is_some() {
            self.line("\n| parameter | place | type | meaning |\n| --- | --- | --- | --- |");
        }
        for parameter in parameters {
            let (name, place) = (text(parameter, "name"), text(parameter, "in"));
            let shape = self.shape(&parameter["schema"]);
            let mut meaning = cell(text(parameter, "description"));
            if let Some(default) = shown_default(&parameter["schema"]) {
                meaning = format!("{meaning} The default is {default}.").trim_start().to_owned();
            }
            self.line(&format!("| `{name}` | {place} | {shape} | {meaning} |"));
        }
    }

    fn body(&mut self, call: &Call<'a>) {
        let Some(body) = call.described.get("requestBody") else { return };
        let need = if body["required"] == true { "required" } else { "optional" };
        if call.described["operationId"] == "RestoreSnapshot" {
            self.line(&format!("\nBody, {need}: an answer of `GET {}`.", call.path));
            return;
        }
        let schema = &body["content"]["application/json"]["schema"];
        self.line(format!("\nBody, {need}. {}", cell(text(schema, "description"))).trim_end());
        match schema.get("properties") {
            Some(_) => self.object(Place::Body, "", schema),
            None => self.line("\nThe body has no keys."),
        }
    }

    /// The keys of an object, and then of the objects in it.
    fn object(&mut self, place: Place, within: &str, schema: &'a Value) {
        self.line("\n| key | type | meaning |\n| --- | --- | --- |");
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut inner = Vec::new();
        for (key, schema) in entries(&schema["properties"]) {
            let inner_schema = inner_schema(schema).filter(|_| place == Place::Body);
            let shape = match inner_schema {
                Some(_) if schema.get("items").is_some() => "list, see below".into(),
                Some(_) => "see below".into(),
                None => self.shape(schema),
            };
            let mut meaning = vec![cell(text(schema, "description"))];
            match (place, required.iter().any(|name| name == key)) {
                (Place::Body, true) => meaning.insert(0, "Required.".to_owned()),
                (Place::Answer, false) => meaning.push("Not always there.".to_owned()),
                _ => {}
            }
            if let Some(default) = shown_default(schema) {
                meaning.push(format!("The default is {default}."));
            }
            self.line(&format!("| `{key}` | {shape} | {} |", meaning.join(" ").trim()));
            inner.extend(inner_schema.map(|schema| (format!("{within}{key}"), schema)));
        }
        for (key, schema) in inner {
            self.line(&format!("\nThe values of `{key}`:"));
            self.inner(place, &format!("{key}."), schema);
        }
    }

    fn inner(&mut self, place: Place, within: &str, schema: &'a Value) {
        let Some(variants) = schema["oneOf"].as_array() else {
            return self.object(place, within, schema);
        };
        self.line("\n| value | meaning |\n| --- | --- |");
        for variant in variants {
            let value = self.shape(variant);
            self.line(&format!("| {value} | {} |", cell(text(variant, "description"))));
        }
    }

    fn next_type(&self) -> Option<&'a str> {
        self.types.iter().find(|(_, described)| !**described).map(|(name, _)| *name)
    }

    fn component(&mut self, name: &'a str) {
        self.types.insert(name, true);
        let schema = &self.document["components"]["schemas"][name];
        let description = cell(text(schema, "description"));
        self.line(&format!("\n### {name}"));
        if !description.is_empty() {
            self.line(&format!("\n{description}"));
        }
        if name == "Snapshot" {
            self.line("\nPrograms keep it as it is; its keys may change between versions.");
        } else if schema.get("properties").is_some() || schema.get("oneOf").is_some() {
            self.inner(Place::Answer, "", schema);
        } else {
            let shape = self.shape(schema);
            self.line(&format!("\nThe value is {shape}."));
        }
    }

    /// A schema in a few words.
    fn shape(&mut self, schema: &'a Value) -> String {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            self.types.entry(name).or_insert(false);
            return format!("[{name}](#{})", anchor(name));
        }
        if let Some(value) = schema.get("const") {
            return format!("`{value}`");
        }
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
            return values.join(", ");
        }
        if let Some(schemas) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            let shapes: Vec<String> = schemas.iter().map(|schema| self.shape(schema)).collect();
            return shapes.join(" or ");
        }
        let types: Vec<&Value> = match &schema["type"] {
            Value::Array(types) => types.iter().collect(),
            name => vec![name],
        };
        let names = types.into_iter().map(|name| self.named(name.as_str(), schema));
        names.collect::<Vec<_>>().join(" or ")
    }

    fn named(&mut self, name: Option<&str>, schema: &'a Value) -> String {
        match (name, schema["format"].as_str()) {
            (Some("string"), Some("date-time")) => "timestamp".into(),
            (Some("string"), Some("date")) => "date".into(),
            (Some("string"), Some("uuid")) => "UUID".into(),
            (Some("string"), Some("uri")) => "URL".into(),
            (Some("string"), _) => "text".into(),
            (Some("integer"), _) => format!("whole number{}", limits(schema)),
            (Some("number"), _) => format!("number{}", limits(schema)),
            (Some("array"), _) => format!("list of {}", self.shape(&schema["items"])),
            (Some("object"), _) if is_small(schema) => self.small_object(schema),
            (Some(other), _) => other.to_owned(),
            (None, _) => "any JSON".into(),
        }
    }

    /// An object with one key, as variants with values are written.
    fn small_object(&mut self, schema: &'a Value) -> String {
        let (key, inner) = entries(&schema["properties"]).next().unwrap();
        let keys: Vec<String> = entries(&inner["properties"])
            .map(|(key, schema)| format!("\"{key}\": {}", self.shape(schema)))
            .collect();
        match inner.get("properties") {
            Some(_) => format!("{{\"{key}\": {{{}}}}}", keys.join(", ")),
            None => format!("{{\"{key}\": {}}}", self.shape(inner)),
        }
    }
}

impl<'a> Call<'a> {
    fn heading(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The statuses of errors and their responses.
    fn errors(&self) -> Vec<(&'a str, &'a Value)> {
        let responses = entries(&self.described["responses"]);
        let errors = responses.filter(|(status, _)| status.as_str() >= "400");
        errors.map(|(status, error)| (status.as_str(), error)).collect()
    }
}

/// All calls below `/_emulator/` but the description itself, by path.
fn calls(document: &Value) -> Vec<Call<'_>> {
    let mut calls = Vec::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, described) in entries(item).filter(|(key, _)| *key != "parameters") {
            if path.starts_with("/_emulator/") && path != "/_emulator/openapi.json" {
                let method = method.to_uppercase();
                calls.push(Call { method, path, parameters: &item["parameters"], described });
            }
        }
    }
    calls
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// The default of a key that can be left out, where it says more than its absence.
fn shown_default(schema: &Value) -> Option<String> {
    let default = schema.get("default")?;
    let says_nothing = default.is_null() || *default == "" || *default == serde_json::json!({});
    (!says_nothing).then(|| format!("`{default}`"))
}

/// The object, or the choice, that a key of a body has for a value, alone or in a list.
fn inner_schema(schema: &Value) -> Option<&Value> {
    let schema = schema["anyOf"].get(0).unwrap_or(schema);
    let schema = schema.get("items").unwrap_or(schema);
    let is_inner = schema.get("properties").is_some() || schema.get("oneOf").is_some();
    is_inner.then_some(schema)
}

fn is_small(schema: &Value) -> bool {
    entries(&schema["properties"]).count() == 1
}

/// The limits of a number that a person would write down.
fn limits(schema: &Value) -> String {
    let limit = |key: &str| schema[key].as_f64().filter(|limit| *limit != f64::from(u16::MAX));
    match (limit("minimum").filter(|least| *least > 0.0), limit("maximum")) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" from {least}"),
        (None, Some(most)) => format!(" up to {most}"),
        (None, None) => String::new(),
    }
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = |char: &char| char.is_alphanumeric() || "-_ ".contains(*char);
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}
