//! The endpoints of a description: parameters, request and responses.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::drift::difference::{SpecEndpoint, SpecPart};
use crate::drift::document::{SpecDocument, UnusableSpec};
use crate::drift::shape::SchemaPosition;

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// The schema where a description gives none.
const ANYTHING: SchemaPosition<'static> = SchemaPosition::One(&Value::Bool(true));

pub(super) struct SpecOperation<'a> {
    pub endpoint: SpecEndpoint,
    pub document: SpecDocument<'a>,
    /// The object that holds what the methods of the path share.
    path_item: &'a Value,
    operation: &'a Value,
}

pub(super) struct SpecParameter<'a> {
    /// The name of a path parameter, without braces.
    pub name: String,
    pub part: SpecPart,
    pub is_required: bool,
    pub position: SchemaPosition<'a>,
}

pub(super) struct SpecRequest<'a> {
    pub is_required: bool,
    /// The alternatives of the JSON body, each with the name of its schema if there are several.
    pub alternatives: Vec<(Option<String>, SchemaPosition<'a>)>,
}

/// Returns all endpoints by path and method. The last slash and the names in braces are left out,
/// because two descriptions may write them differently.
pub(super) fn operations(
    document: SpecDocument<'_>,
) -> Result<BTreeMap<(String, String), SpecOperation<'_>>, UnusableSpec> {
    let mut operations = BTreeMap::new();
    for (path, path_item) in document.paths() {
        let path_item = document.resolve(path_item)?;
        let pairs = METHODS.iter().filter_map(|name| Some((name, path_item.get(*name)?)));
        for (method, operation) in pairs {
            let method = method.to_uppercase();
            let endpoint = SpecEndpoint { path: path.clone(), method: method.clone() };
            let operation = SpecOperation { endpoint, document, path_item, operation };
            operations.insert((normalised(path), method), operation);
        }
    }
    Ok(operations)
}

fn normalised(path: &str) -> String {
    let segments = path.trim_end_matches('/').split('/');
    let segments: Vec<&str> = segments.map(|s| braced(s).map_or(s, |_| "{}")).collect();
    segments.join("/")
}

/// Returns the name in a segment such as `{id}`.
fn braced(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

impl<'a> SpecOperation<'a> {
    /// Returns the parameters: those in the query by name, those in the path by their position.
    pub(super) fn parameters(&self) -> Result<BTreeMap<String, SpecParameter<'a>>, UnusableSpec> {
        let mut parameters = BTreeMap::new();
        let lists = [self.path_item, self.operation].map(|object| object.get("parameters"));
        for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
            let parameter = self.document.resolve(parameter)?;
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let (key, name, part) = match (text("in"), self.path_index(text("name"))) {
                ("query", _) => (text("name").to_owned(), text("name").to_owned(), SpecPart::Query),
                ("path", Some(index)) => {
                    (format!("{{{index}}}"), format!("{{{}}}", text("name")), SpecPart::Path)
                }
                _ => continue,
            };
            let position = parameter.get("schema").map(SchemaPosition::One);
            let position = position.or_else(|| json(parameter)).unwrap_or(ANYTHING);
            let is_required = parameter.get("required") == Some(&Value::Bool(true));
            parameters.insert(key, SpecParameter { name, part, is_required, position });
        }
        Ok(parameters)
    }

    fn path_index(&self, name: &str) -> Option<usize> {
        self.endpoint.path.split('/').filter_map(braced).position(|braced| braced == name)
    }

    /// Returns the JSON body of the request.
    pub(super) fn request(&self) -> Result<Option<SpecRequest<'a>>, UnusableSpec> {
        let Some(request) = self.operation.get("requestBody") else { return Ok(None) };
        let request = self.document.resolve(request)?;
        let Some(body) = json(request) else { return Ok(None) };
        let is_required = request.get("required") == Some(&Value::Bool(true));
        Ok(Some(SpecRequest { is_required, alternatives: self.alternatives(body)? }))
    }

    /// Returns the schemas of which a body has to fit one, each with its name if there are several.
    fn alternatives(
        &self,
        body: SchemaPosition<'a>,
    ) -> Result<Vec<(Option<String>, SchemaPosition<'a>)>, UnusableSpec> {
        let branches = match body {
            SchemaPosition::One(schema) => self.document.alternatives(schema)?,
            _ => Vec::new(),
        };
        if branches.is_empty() {
            return Ok(vec![(None, body)]);
        }
        let named = |branch: &'a Value| {
            let name = self.document.component(branch).map(str::to_owned);
            (name, SchemaPosition::One(branch))
        };
        Ok(branches.into_iter().map(named).collect())
    }

    /// Returns the JSON body of each status.
    pub(super) fn responses(
        &self,
    ) -> Result<BTreeMap<String, Option<SchemaPosition<'a>>>, UnusableSpec> {
        let responses = self.operation.get("responses").and_then(Value::as_object);
        responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| !status.starts_with("x-"))
            .map(|(status, response)| Ok((status.clone(), self.body(response)?)))
            .collect()
    }

    fn body(&self, container: &'a Value) -> Result<Option<SchemaPosition<'a>>, UnusableSpec> {
        Ok(json(self.document.resolve(container)?))
    }
}

/// Returns the schema of JSON among the media types, if JSON is one of them.
fn json(container: &Value) -> Option<SchemaPosition<'_>> {
    let content = container.get("content")?.as_object()?;
    let is_json = |media_type: &str| {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
        essence == "application/json" || essence.ends_with("+json") || essence == "*/*"
    };
    let (_, media_type) = content.iter().find(|(name, _)| is_json(name))?;
    Some(media_type.get("schema").map_or(ANYTHING, SchemaPosition::One))
}
