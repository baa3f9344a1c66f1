//! The JSON of a fault. Faults of answers and faults of webhooks share one list of names.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};
use serde_json::Value;

use crate::account::faults::kinds::{AnswerFault, WebhookFault};
use crate::scenario::is_built_in;

/// A fault of an answer or of a webhook.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Fault {
    Answer(AnswerFault),
    Webhook(WebhookFault),
}

/// The names of the faults: first those of answers, then those of webhooks.
const NAMES: [&str; 15] = [
    "latency",
    "timeout",
    "reset_peer",
    "empty_response",
    "truncated_body",
    "malformed_body",
    "slow_body",
    "status",
    "webhook_duplicate",
    "webhook_reorder",
    "webhook_drop",
    "webhook_late",
    "webhook_before_answer",
    "webhook_malformed_body",
    "webhook_wrong_authorization",
];

impl Fault {
    /// Tells that a fault has this name.
    pub(crate) fn is_name(name: &str) -> bool {
        NAMES.contains(&name)
    }

    /// Tells that the fault contains no long text. The list of faults shows all texts.
    pub(crate) fn has_short_texts(&self) -> bool {
        match self {
            Fault::Answer(fault) => fault.has_short_texts(),
            Fault::Webhook(_) => true,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Fault::Answer(fault) => fault.name(),
            Fault::Webhook(fault) => fault.name(),
        }
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
        deserializer.deserialize_enum("Fault", &NAMES, FaultVisitor)
    }
}

impl JsonSchema for Fault {
    fn schema_name() -> Cow<'static, str> {
        "Fault".into()
    }

    /// Describes the variants of both enums in one list.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let families = [AnswerFault::json_schema(generator), WebhookFault::json_schema(generator)];
        let mut variants: Vec<Value> = Vec::new();
        for mut family in families {
            if let Some(Value::Array(list)) = family.remove("oneOf") {
                variants.extend(list);
            }
        }
        json_schema!({
            "description": "A fault, in the words of Toxiproxy and WireMock. The names of the \
                            faults of webhooks begin with webhook_; the others are faults of \
                            answers.",
            "oneOf": variants,
        })
    }
}

struct FaultVisitor;

impl<'de> Visitor<'de> for FaultVisitor {
    type Value = Fault;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a fault")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Fault, A::Error> {
        let (name, content): (FaultName, _) = data.variant()?;
        let named = NamedVariant { name, content };
        match name.0.starts_with("webhook_") {
            true => WebhookFault::deserialize(named).map(Fault::Webhook),
            false => AnswerFault::deserialize(named).map(Fault::Answer),
        }
    }
}

/// A name from [`NAMES`].
#[derive(Clone, Copy)]
struct FaultName(&'static str);

impl<'de> Deserialize<'de> for FaultName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FaultName, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let known = NAMES.into_iter().find(|known| *known == name);
        known.map(FaultName).ok_or_else(|| match is_built_in(&name) {
            true => D::Error::custom(format_args!(
                "No fault is named {name:?}. It is a scenario: POST /_emulator/armed arms it."
            )),
            false => D::Error::unknown_variant(&name, &NAMES),
        })
    }
}

/// The content of a variant whose name was read already. The enum that has the variant reads both.
struct NamedVariant<A> {
    name: FaultName,
    content: A,
}

impl<'de, A: VariantAccess<'de>> Deserializer<'de> for NamedVariant<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de, A: VariantAccess<'de>> EnumAccess<'de> for NamedVariant<A> {
    type Error = A::Error;
    type Variant = A;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, A), A::Error> {
        let name: StrDeserializer<'_, A::Error> = self.name.0.into_deserializer();
        Ok((seed.deserialize(name)?, self.content))
    }
}
