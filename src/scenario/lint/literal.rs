//! Compares texts and numbers with their schema.

use chrono::NaiveDate;
use jsonc_parser::ast::Value;
use regex_lite::Regex;
use serde_json::{Number, Value as Json};

use crate::model::plain_words::{expected_instead, show};
use crate::scenario::lint::document::Node;
use crate::scenario::lint::finding::{Check, Findings};
use crate::scenario::lint::regex;

/// A bound that is larger is one of the machine, and means nothing to a person.
const LARGEST_SHOWN: f64 = 1e9;

/// Returns the name that a schema has for the type of a value. A whole number is one without a
/// fraction and an exponent, as serde reads it.
pub(super) fn kind_of(node: Node<'_>) -> &'static str {
    match node.value() {
        Value::StringLit(_) => "string",
        Value::NumberLit(number) if number.value.contains(['.', 'e', 'E']) => "number",
        Value::NumberLit(_) => "integer",
        Value::BooleanLit(_) => "boolean",
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::NullKeyword(_) => "null",
    }
}

/// Returns the words for a type of a schema.
pub(super) fn words_for(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "object" => "an object",
        "array" => "a list",
        _ => "null",
    }
}

/// Shows a value as its writer wrote it, or names its kind.
pub(super) fn shown(node: Node<'_>, text: &str) -> String {
    match kind_of(node) {
        "object" => show(&Json::Object(serde_json::Map::new())),
        "array" => show(&Json::Array(Vec::new())),
        "string" => show(&node.text().unwrap_or_default().into()),
        _ => text[node.range()].to_owned(),
    }
}

/// Returns the value in the type that a schema wants, if it was only written in another way.
pub(super) fn mended(node: Node<'_>, kind: &str, schema: &Json, text: &str) -> Option<String> {
    let (written, inside) = (&text[node.range()], node.text().map(str::trim));
    match kind {
        "string" if matches!(kind_of(node), "integer" | "number") => {
            // A duration without its unit is most often one in seconds.
            let written = [written.to_owned(), format!("{written}s")];
            let fitting = written.into_iter().find(|it| fits_pattern(it, schema))?;
            Some(format!("\"{fitting}\""))
        }
        "integer" => inside?.parse::<i64>().ok().map(|number| number.to_string()),
        "number" => inside?.parse::<Number>().ok().map(|number| number.to_string()),
        "boolean" => inside.filter(|word| ["true", "false"].contains(word)).map(str::to_owned),
        _ => None,
    }
}

pub(super) fn check_number(node: Node<'_>, schema: &Json, findings: &mut Findings) {
    let Value::NumberLit(number) = node.value() else { return };
    let Ok(value) = number.value.parse::<f64>() else { return };
    let (least, most) = bounds(schema);
    if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) {
        return;
    }
    let expected = match (least, most.filter(|most| *most < LARGEST_SHOWN)) {
        (Some(least), Some(most)) => format!("a number from {least} to {most}"),
        (Some(least), None) if value > least => "a smaller number".to_owned(),
        (Some(least), None) => format!("a number of {least} or more"),
        (None, most) => format!("a number of {} or less", most.unwrap_or_default()),
    };
    let sentence = expected_instead(&expected, Some(number.value.to_owned()));
    findings.add(Check::OutOfBounds, node.range(), sentence);
}

/// Returns the bounds of a number. The formats are those of Rust's types.
fn bounds(schema: &Json) -> (Option<f64>, Option<f64>) {
    let of_format = match schema["format"].as_str() {
        Some("int64") => (Some(i64::MIN as f64), Some(i64::MAX as f64)),
        Some("uint" | "uint64") => (Some(0.0), Some(u64::MAX as f64)),
        Some("uint16") => (Some(0.0), Some(u16::MAX.into())),
        Some("uint8") => (Some(0.0), Some(u8::MAX.into())),
        _ => (None, None),
    };
    let bound = |keyword: &str| schema[keyword].as_f64();
    (bound("minimum").or(of_format.0), bound("maximum").or(of_format.1))
}

pub(super) fn check_text(node: Node<'_>, schema: &Json, source: &str, findings: &mut Findings) {
    let Some(text) = node.text() else { return };
    let format = schema["format"].as_str();
    if format == Some("regex") {
        return regex::check(node, text, source, findings);
    }
    let fits = fits_pattern(text, schema);
    // A day that is relative to another one is no date.
    let format_of_date = schema["then"]["format"].as_str();
    let format =
        format.or(format_of_date.filter(|_| text.starts_with(|it: char| it.is_ascii_digit())));
    let is_date = format != Some("date") || text.parse::<NaiveDate>().is_ok();
    let characters = text.chars().count() as u64;
    let (least, most) = (schema["minLength"].as_u64(), schema["maxLength"].as_u64());
    let has_length =
        least.is_none_or(|least| characters >= least) && most.is_none_or(|most| characters <= most);
    if fits && is_date && has_length {
        return;
    }
    let of_length = format!(
        "a text of {} to {} characters",
        least.unwrap_or_default(),
        most.map_or("any number of".to_owned(), |most| most.to_string())
    );
    let expected = match (is_date, schema["patternErrorMessage"].as_str()) {
        (_, Some(expected)) => expected,
        (false, None) => "a date that exists, such as 2026-03-01",
        (true, None) if !has_length => of_length.as_str(),
        (true, None) => "a text of another form",
    };
    let found = show(&text.into());
    let sentence = expected_instead(expected, Some(found));
    let finding = findings.add(Check::WrongForm, node.range(), sentence);
    if !has_length {
        finding.help(format!("this text has {characters} characters"));
    } else if let Some(other) = other_spelling(text, schema) {
        finding.help(format!("write {other:?}")).fix(node.range(), format!("{other:?}"));
    }
}

fn fits_pattern(text: &str, schema: &Json) -> bool {
    schema["pattern"].as_str().is_none_or(|pattern| {
        Regex::new(pattern).expect("the patterns of the schema are constants").is_match(text)
    })
}

/// Returns the text in capitals, or in small letters with underscores, if that fits.
fn other_spelling(text: &str, schema: &Json) -> Option<String> {
    let words = text.trim().to_lowercase().replace([' ', '-'], "_");
    let spellings = [text.trim().to_uppercase(), words];
    let has_pattern = !schema["pattern"].is_null();
    let fits = |other: &String| has_pattern && other != text && fits_pattern(other, schema);
    spellings.into_iter().find(fits)
}
