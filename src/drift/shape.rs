//! The merged meaning of all schemas that describe one place in a body.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::drift::document::{DEEPEST, SpecDocument, UnusableSpec};
use crate::drift::type_kind::{
    TypeKind, TypeKinds, allows_null, both, either, kinds_of, show_values,
};

/// The depth of arrays in arrays that is shown. An array can contain itself, so deeper ones are
/// shown as `array`.
const DEEPEST_ARRAY: usize = 4;

/// The largest number of schemas that describe one place, with their parts. Belvo's descriptions
/// have some dozens.
const MOST_SCHEMAS: usize = 10_000;

/// The schemas that describe one place.
#[derive(Clone, Debug)]
pub(super) enum SchemaPosition<'a> {
    One(&'a Value),
    All(Vec<SchemaPosition<'a>>),
    Any(Vec<SchemaPosition<'a>>),
}

/// A place whose references are followed and whose parts are merged.
pub(super) struct Shape<'a> {
    pub kinds: TypeKinds<'a>,
    /// True when one part allows null. Strictly, all parts of an `allOf` would have to; but OpenAPI
    /// 3.0 writes a nullable reference as `allOf` beside `nullable`.
    pub nullable: bool,
    /// The name under which the description keeps the schema, if it keeps it as a whole.
    pub component: Option<&'a str>,
    /// The fields that only some alternatives have.
    partial: BTreeSet<&'a str>,
    /// The fields that an object always has.
    pub required: BTreeSet<&'a str>,
    /// The fields of an object. The value under `*` describes fields of any other name.
    pub properties: BTreeMap<&'a str, SchemaPosition<'a>>,
    pub items: Option<SchemaPosition<'a>>,
    /// The schemas that `properties` and `items` come from. A place is a recursion if a place above
    /// it has the same sources.
    pub sources: BTreeSet<*const Value>,
}

/// The way to a schema, while a shape is merged.
#[derive(Default)]
struct Visit {
    /// The schemas that this one is part of.
    open: Vec<*const Value>,
    /// The number of schemas that were merged.
    schemas: usize,
}

#[derive(Clone, Copy)]
enum Merge {
    All,
    Any,
}

impl<'a> Shape<'a> {
    pub(super) fn of(
        document: SpecDocument<'a>,
        position: &SchemaPosition<'a>,
    ) -> Result<Shape<'a>, UnusableSpec> {
        Shape::inside(document, position, &mut Visit::default())
    }

    fn inside(
        document: SpecDocument<'a>,
        position: &SchemaPosition<'a>,
        visit: &mut Visit,
    ) -> Result<Shape<'a>, UnusableSpec> {
        match position {
            SchemaPosition::One(schema) => Shape::of_schema(document, schema, visit),
            SchemaPosition::All(parts) => Shape::merged(document, Merge::All, parts, visit),
            SchemaPosition::Any(parts) => Shape::merged(document, Merge::Any, parts, visit),
        }
    }

    fn of_schema(
        document: SpecDocument<'a>,
        schema: &'a Value,
        visit: &mut Visit,
    ) -> Result<Shape<'a>, UnusableSpec> {
        let address: *const Value = schema;
        if visit.open.contains(&address) {
            return Ok(merge(Merge::Any, Vec::new()));
        }
        if visit.open.len() == DEEPEST {
            return Err(document.too_deep());
        }
        if visit.schemas == MOST_SCHEMAS {
            return Err(document.too_many_alternatives());
        }
        visit.schemas += 1;
        visit.open.push(address);
        let mut parts = vec![Shape::written(schema)];
        if let Some(target) = document.target(schema)? {
            let target = Shape::of_schema(document, target, visit)?;
            parts.push(Shape { component: document.component(schema), ..target });
        }
        for (key, how) in [("allOf", Merge::All), ("oneOf", Merge::Any), ("anyOf", Merge::Any)] {
            let branches = schema.get(key).and_then(Value::as_array);
            if let Some(branches) = branches.filter(|branches| !branches.is_empty()) {
                let branches: Vec<SchemaPosition<'a>> =
                    branches.iter().map(SchemaPosition::One).collect();
                let mut merged = Shape::merged(document, how, &branches, visit)?;
                // An alternative that does not name a field leaves it as the schema has it.
                let has_own =
                    |name: &str| parts.iter().any(|part| part.properties.contains_key(name));
                let partial = std::mem::take(&mut merged.partial);
                merged.properties.retain(|name, _| !(partial.contains(name) && has_own(name)));
                parts.push(merged);
            }
        }
        visit.open.pop();
        Ok(merge(Merge::All, parts))
    }

    fn merged(
        document: SpecDocument<'a>,
        how: Merge,
        parts: &[SchemaPosition<'a>],
        visit: &mut Visit,
    ) -> Result<Shape<'a>, UnusableSpec> {
        let shapes: Result<Vec<Shape<'a>>, UnusableSpec> =
            parts.iter().map(|part| Shape::inside(document, part, visit)).collect();
        Ok(merge(how, shapes?))
    }

    /// Returns the shape that a schema itself describes, without its references and parts.
    fn written(schema: &'a Value) -> Shape<'a> {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let others = schema
            .get("additionalProperties")
            .filter(|others| others.as_object().is_some_and(|others| !others.is_empty()));
        let properties: BTreeMap<&str, SchemaPosition<'_>> = properties
            .map(|(name, property)| (name.as_str(), SchemaPosition::One(property)))
            .chain(others.map(|others| ("*", SchemaPosition::One(others))))
            .collect();
        let is_empty = schema.get("maxItems").and_then(Value::as_u64) == Some(0);
        let items = schema.get("items").filter(|_| !is_empty).map(SchemaPosition::One);
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let is_source = !properties.is_empty() || items.is_some();
        Shape {
            kinds: kinds_of(schema),
            nullable: allows_null(schema),
            component: None,
            partial: BTreeSet::new(),
            required: required.filter_map(Value::as_str).collect(),
            properties,
            items,
            sources: is_source.then_some(std::ptr::from_ref(schema)).into_iter().collect(),
        }
    }

    /// Tells that a value can be of this type.
    pub(super) fn may_be(&self, kind: &TypeKind<'_>) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
    }

    /// Shows the type: `string(uuid)`, `array of string`, `enum a|b|null`.
    pub(super) fn show(&self, document: SpecDocument<'a>) -> Result<String, UnusableSpec> {
        self.show_within(document, 0)
    }

    fn show_within(
        &self,
        document: SpecDocument<'a>,
        arrays: usize,
    ) -> Result<String, UnusableSpec> {
        let Some(kinds) = &self.kinds else { return Ok("any".to_owned()) };
        let mut words = Vec::new();
        for kind in kinds {
            words.push(match kind {
                TypeKind::Boolean => "boolean".to_owned(),
                TypeKind::Integer => "integer".to_owned(),
                TypeKind::Number => "number".to_owned(),
                TypeKind::Text(None) => "string".to_owned(),
                TypeKind::Text(Some(format)) => format!("string({format})"),
                TypeKind::Array => self.show_array(document, arrays)?,
                TypeKind::Object => "object".to_owned(),
                TypeKind::Word(_) | TypeKind::Literal(_) => continue,
            });
        }
        words.extend(show_values(kinds));
        words.extend(self.nullable.then(|| "null".to_owned()));
        Ok(if words.is_empty() { "any".to_owned() } else { words.join("|") })
    }

    fn show_array(
        &self,
        document: SpecDocument<'a>,
        arrays: usize,
    ) -> Result<String, UnusableSpec> {
        let Some(items) = self.items.as_ref().filter(|_| arrays < DEEPEST_ARRAY) else {
            return Ok("array".to_owned());
        };
        let items = Shape::of(document, items)?.show_within(document, arrays + 1)?;
        let several = items.contains('|');
        Ok(if several { format!("array of ({items})") } else { format!("array of {items}") })
    }
}

fn merge<'a>(how: Merge, shapes: Vec<Shape<'a>>) -> Shape<'a> {
    let combine = match how {
        Merge::All => both,
        Merge::Any => either,
    };
    let kinds: Option<TypeKinds<'a>> =
        shapes.iter().map(|shape| shape.kinds.clone()).reduce(combine);
    let mut properties: BTreeMap<&str, Vec<SchemaPosition<'a>>> = BTreeMap::new();
    let mut items = Vec::new();
    let mut sources = BTreeSet::new();
    let mut nullable = false;
    let component = common(shapes.iter().filter_map(|shape| shape.component).collect());
    let required = required(how, &shapes);
    let alternatives = shapes.iter().filter(|shape| shape.may_be(&TypeKind::Object)).count();
    for shape in shapes {
        nullable |= shape.nullable;
        items.extend(shape.items);
        sources.extend(shape.sources);
        for (name, position) in shape.properties {
            properties.entry(name).or_default().push(position);
        }
    }
    let partial = match how {
        Merge::All => BTreeSet::new(),
        Merge::Any => (properties.iter())
            .filter(|(_, positions)| positions.len() < alternatives)
            .map(|(name, _)| *name)
            .collect(),
    };
    let properties = properties
        .into_iter()
        .filter_map(|(name, positions)| Some((name, joined(how, positions)?)))
        .collect();
    // A schema without any type, such as one that is part of itself, adds no type.
    let kinds = kinds.unwrap_or_else(|| Some(BTreeSet::new()));
    let items = joined(how, items);
    Shape { kinds, nullable, component, partial, required, properties, items, sources }
}

/// Returns the one name that there is, if there is exactly one.
fn common(names: BTreeSet<&str>) -> Option<&str> {
    names.first().copied().filter(|_| names.len() == 1)
}

/// Returns the fields that an object of a merged shape always has. Alternatives that are no objects,
/// such as null, have no say in it.
fn required<'a>(how: Merge, shapes: &[Shape<'a>]) -> BTreeSet<&'a str> {
    let sets = shapes.iter().filter(|shape| shape.may_be(&TypeKind::Object));
    let sets = sets.map(|shape| shape.required.clone());
    let combined = match how {
        Merge::All => sets.reduce(|one, other| &one | &other),
        Merge::Any => sets.reduce(|one, other| &one & &other),
    };
    combined.unwrap_or_default()
}

fn joined(how: Merge, mut positions: Vec<SchemaPosition<'_>>) -> Option<SchemaPosition<'_>> {
    match positions.len() {
        0 | 1 => positions.pop(),
        _ => Some(match how {
            Merge::All => SchemaPosition::All(positions),
            Merge::Any => SchemaPosition::Any(positions),
        }),
    }
}
