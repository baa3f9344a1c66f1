//! The JSON Schema of scenario files, from the types that they are read into.

use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

use crate::scenario::Scenario;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(one_line));
    let generator = settings.into_generator();
    let mut schema = generator.into_root_schema_for::<Scenario>();
    schema.insert("title".to_owned(), "Scenario file of belvo-emulator".into());
    schema.to_value()
});

/// Joins the lines of a description, which end where those of the source do.
fn one_line(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// The schema of a scenario file.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

/// Returns the schema that a reference names, or the schema itself.
pub(super) fn resolved(schema: &Value) -> &Value {
    let named = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#"));
    named.and_then(|pointer| document().pointer(pointer)).unwrap_or(schema)
}
