//! The query parameters `fields` and `omit`, which select the keys of an object.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// The keys to keep and the keys to drop. A name that no object has is ignored. Only keys of the
/// first level are selected; a kept key keeps its whole value.
#[derive(Debug)]
pub(crate) struct Projection {
    pub fields: Option<Vec<String>>,
    pub omit: Option<Vec<String>>,
}

/// An object, with a selection of its keys.
pub(crate) struct Projected<'q, T> {
    pub object: T,
    pub selection: &'q Projection,
}

impl Projection {
    fn keeps(&self, key: &str) -> bool {
        let named = |keys: &Vec<String>| keys.iter().any(|name| name == key);
        self.fields.as_ref().is_none_or(named) && !self.omit.as_ref().is_some_and(named)
    }

    fn is_everything(&self) -> bool {
        self.fields.is_none() && self.omit.is_none()
    }
}

impl<T: Serialize> Serialize for Projected<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.selection.is_everything() {
            return self.object.serialize(serializer);
        }
        let mut value = serde_json::to_value(&self.object).map_err(serde::ser::Error::custom)?;
        if let Value::Object(object) = &mut value {
            object.retain(|key, _| self.selection.keeps(key));
        }
        value.serialize(serializer)
    }
}
