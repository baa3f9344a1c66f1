//! An OpenAPI description, and the targets of its `$ref`s.

use std::fmt;

use serde_json::Value;

/// The deepest chain of schemas. Our JSON parser accepts no text that is nested deeper.
pub(super) const DEEPEST: usize = 128;

/// The reason why a description cannot be compared, in one sentence.
#[derive(Debug)]
pub(crate) struct UnusableSpec(pub String);

impl fmt::Display for UnusableSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnusableSpec {}

#[derive(Clone, Copy)]
pub(super) struct SpecDocument<'a> {
    /// The name of the description in error messages.
    name: &'static str,
    root: &'a Value,
}

impl<'a> SpecDocument<'a> {
    pub(super) fn new(
        name: &'static str,
        root: &'a Value,
    ) -> Result<SpecDocument<'a>, UnusableSpec> {
        let version = root.get("openapi").and_then(Value::as_str).unwrap_or_default();
        if !version.starts_with("3.") {
            return Err(UnusableSpec(format!(
                "{name} is not OpenAPI 3: its top level does not say \"openapi\": \"3.…\""
            )));
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            return Err(UnusableSpec(format!("{name} has no object \"paths\" at its top level")));
        }
        Ok(SpecDocument { name, root })
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.root.get("paths").and_then(Value::as_object).into_iter().flatten()
    }

    /// Returns the value that the `$ref` of an object refers to, if the object has one.
    pub(super) fn target(&self, value: &'a Value) -> Result<Option<&'a Value>, UnusableSpec> {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok(None) };
        let Some(pointer) = reference.strip_prefix('#') else {
            return Err(self.problem(reference, "leads to another file; bundle it into one first"));
        };
        match self.root.pointer(&percent_decoded(pointer)) {
            Some(target) => Ok(Some(target)),
            None => Err(self.problem(reference, "leads nowhere")),
        }
    }

    /// Returns the name of the component that a `$ref` refers to, if it refers to one.
    pub(super) fn component(&self, value: &'a Value) -> Option<&'a str> {
        value.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
    }

    /// Returns the schemas of which a value has to fit one, if there are several beside null. A schema
    /// with fields of its own counts as one, whatever alternatives it has besides.
    pub(super) fn alternatives(&self, schema: &'a Value) -> Result<Vec<&'a Value>, UnusableSpec> {
        let schema = self.resolve(schema)?;
        let branches = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array());
        let branches = branches.filter(|_| schema.get("properties").is_none());
        let is_null = |branch: &&Value| branch.get("type").is_some_and(|name| name == "null");
        let branches = branches.into_iter().flatten().filter(|branch| !is_null(branch));
        Ok(Some(branches.collect::<Vec<_>>()).filter(|all| all.len() > 1).unwrap_or_default())
    }

    /// Returns the error for descriptions whose comparison would take too long.
    pub(super) fn too_many_alternatives(&self) -> UnusableSpec {
        UnusableSpec(format!("{} has too many alternatives within alternatives", self.name))
    }

    /// Returns the object at the end of a chain of `$ref`s.
    pub(super) fn resolve(&self, value: &'a Value) -> Result<&'a Value, UnusableSpec> {
        let mut value = value;
        for _ in 0..DEEPEST {
            match self.target(value)? {
                Some(target) => value = target,
                None => return Ok(value),
            }
        }
        let reference = value.get("$ref").and_then(Value::as_str).unwrap_or_default();
        Err(self.problem(reference, "leads on and on, or back to itself"))
    }

    /// Returns the error for schemas whose parts refer to one another endlessly.
    pub(super) fn too_deep(&self) -> UnusableSpec {
        UnusableSpec(format!(
            "{} has a schema with more than {DEEPEST} $ref, allOf, oneOf or anyOf in one another",
            self.name
        ))
    }

    fn problem(&self, reference: &str, what: &str) -> UnusableSpec {
        UnusableSpec(format!("{} has a $ref {reference:?} that {what}", self.name))
    }
}

/// Decodes escapes such as `%7B`, which is `{`. Other text stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = tail
            .get(..2)
            .filter(|_| first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
