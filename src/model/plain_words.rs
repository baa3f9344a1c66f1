//! Says what serde refuses in words for people who do not know Rust.
//!
//! Serde's sentences name types of Rust, such as `u16` or `struct variant`. Every message about a
//! body, a query or a file passes through here on its way to its reader.

use serde_json::Value;

use crate::model::suggestion::did_you_mean;

/// The longest value that a message repeats.
const MOST_SHOWN_CHARACTERS: usize = 60;

/// The words for a value that serde expects. A name that is absent stays as it is.
const EXPECTED: &[(&str, &str)] = &[
    ("a string", "a text"),
    ("a borrowed string", "a text"),
    ("str", "a text"),
    ("string", "a text"),
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("u64", "a whole number, 0 or more"),
    ("usize", "a whole number, 0 or more"),
    ("i64", "a whole number"),
    ("i32", "a whole number"),
    ("i128", "a whole number"),
    ("u128", "a whole number, 0 or more"),
    ("f64", "a number"),
    ("f32", "a number"),
    ("a boolean", "true or false"),
    ("a sequence", "a list"),
    ("a map", "an object"),
    ("unit", "no value"),
    ("string or map", "a word, or an object with one key"),
    ("variant identifier", "a word"),
    ("field identifier", "a key"),
    ("a formatted date string", "a date such as 2026-03-01"),
    ("an RFC 3339 formatted date and time string", "a time such as 2026-03-01T12:00:00Z"),
    ("a formatted UUID string", "an id such as 8dc0ca53-4682-481d-b3b5-98e928384938"),
    ("a UUID string", "an id such as 8dc0ca53-4682-481d-b3b5-98e928384938"),
];

/// Beginnings of names of types that take an object, whatever the rest of the name is.
const OBJECTS: [&str; 3] = ["struct ", "newtype variant", "internally tagged enum"];

/// Sentences of parsers that say nothing about the value that they refuse, each with what was
/// expected.
const PARSERS: &[(&str, &str)] = &[
    ("invalid digit found in string", "a whole number"),
    ("cannot parse integer from empty string", "a whole number"),
    ("number too large to fit in target type", "a smaller number"),
    ("number too small to fit in target type", "a larger number"),
    ("invalid float literal", "a number"),
    ("cannot parse float from empty string", "a number"),
    ("provided string was not `true` or `false`", "true or false"),
];

/// Mistakes in the syntax of JSON, by serde_json's sentence.
const SYNTAX: &[(&str, &str)] = &[
    ("EOF while parsing a value", "The text ends where a value must stand."),
    ("EOF while parsing a list", "The text ends before the ] of a list."),
    ("EOF while parsing an object", "The text ends before the } of an object."),
    ("EOF while parsing a string", "The text ends before the closing quote of a text."),
    ("expected `:`", "A key needs a colon and a value after it."),
    ("expected `,` or `}`", "A comma or the } of the object is missing here."),
    ("expected `,` or `]`", "A comma or the ] of the list is missing here."),
    ("expected ident", "This word is no value: a text stands in double quotes, as in \"word\"."),
    (
        "expected value",
        "A value must stand here: a text in double quotes, a number, true, false, null, a list or \
         an object.",
    ),
    ("key must be a string", "A key must stand here, in double quotes."),
    ("trailing comma", "Delete the comma after the last item."),
    ("trailing characters", "The JSON has ended before this text; delete it."),
    ("control character", "Write \\n in place of a line break within a text."),
    ("invalid escape", "Write \\\\ for a backslash within a text."),
    ("invalid number", "This is no number of JSON: write it as 12 or 0.5."),
    ("number out of range", "This number is too large."),
    ("recursion limit exceeded", "The lists and objects stand too deep in one another."),
];

/// Says what is wrong. `value` is the refused value, if it is known.
pub(crate) fn in_plain_words(sentence: &str, value: Option<&Value>) -> String {
    let quoted = |prefix: &str| {
        let word = sentence.strip_prefix(prefix)?.strip_prefix('`')?;
        word.split('`').next()
    };
    if let Some(key) = quoted("missing field ") {
        return format!("The key {key:?} is missing.");
    }
    if let Some(key) = quoted("duplicate field ") {
        return format!("The key {key:?} stands here twice.");
    }
    if let Some(word) = quoted("unknown field ") {
        let known = choices(sentence);
        let all = if known.is_empty() { "there are none".into() } else { known.join(", ") };
        return format!("{word:?} is no key here; the keys are: {all}.{}", meant(word, &known));
    }
    if let Some(word) = quoted("unknown variant ") {
        let known = choices(sentence);
        return format!("{word:?} is not among: {}.{}", known.join(", "), meant(word, &known));
    }
    if sentence.starts_with("UUID parsing failed") {
        return expected_instead(&expected_words("a UUID string"), value.map(show));
    }
    if let Some((_, expected)) = PARSERS.iter().find(|(other, _)| *other == sentence) {
        return expected_instead(expected, value.map(show));
    }
    if let Some((found, expected)) = refused(sentence) {
        let found = value.map_or_else(|| found_words(found), show);
        return expected_instead(&expected_words(expected), Some(found));
    }
    if sentence.starts_with("data did not match any variant") {
        return "This value has none of the forms that are known here.".to_owned();
    }
    let syntax = SYNTAX.iter().find(|(beginning, _)| sentence.starts_with(beginning));
    syntax.map_or_else(|| sentence.to_owned(), |(_, words)| (*words).to_owned())
}

/// Replaces what parsers of Rust say in a message about a flag.
pub(crate) fn of_flag(message: &str) -> String {
    let replace = |message: String, (sentence, expected): &(&str, &str)| {
        message.replace(sentence, &format!("expected {expected}"))
    };
    PARSERS.iter().fold(message.to_owned(), replace)
}

/// Returns the words in quotes that serde's sentence offers in place of an unknown one, which is
/// quoted before them.
pub(crate) fn choices(sentence: &str) -> Vec<&str> {
    sentence.split('`').skip(1).step_by(2).skip(1).collect()
}

/// Returns what serde's sentence says that it expected.
pub(crate) fn expected_by(sentence: &str) -> Option<String> {
    refused(sentence).map(|(_, expected)| expected_words(expected))
}

/// Says that something else was expected than what was found.
pub(crate) fn expected_instead(expected: &str, found: Option<String>) -> String {
    match found {
        Some(found) => format!("Expected {expected}, not {found}."),
        None => format!("Expected {expected}."),
    }
}

/// Shows a value as its writer wrote it, or names its kind.
pub(crate) fn show(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        scalar => {
            let text = scalar.to_string();
            match text.char_indices().nth(MOST_SHOWN_CHARACTERS) {
                None => text,
                Some((end, _)) => format!("{}…", &text[..end]),
            }
        }
    }
}

fn meant(word: &str, known: &[&str]) -> String {
    did_you_mean(word, known.iter().copied())
}

/// Returns the two halves of "invalid type: map, expected a string".
fn refused(sentence: &str) -> Option<(&str, &str)> {
    let beginnings = ["invalid type: ", "invalid value: ", "invalid length "];
    let rest = beginnings.iter().find_map(|beginning| sentence.strip_prefix(beginning))?;
    rest.rsplit_once(", expected ")
}

fn expected_words(expected: &str) -> String {
    if let Some((_, words)) = EXPECTED.iter().find(|(name, _)| *name == expected) {
        return (*words).to_owned();
    }
    if expected.contains("tuple") || expected.contains("elements") || expected.contains("array") {
        let number = expected.split(' ').find(|word| word.parse::<usize>().is_ok());
        return format!("a list of {} values", number.unwrap_or("some"));
    }
    match OBJECTS.iter().any(|beginning| expected.starts_with(beginning)) {
        true => "an object".to_owned(),
        false => expected.to_owned(),
    }
}

/// Names what was found: "string \"x\"", "integer `3`", "map", or the length of a list.
fn found_words(found: &str) -> String {
    if let Some((kind, text)) = found.split_once(' ')
        && ["string", "integer", "floating", "boolean", "character"].contains(&kind)
    {
        return text.trim_start_matches("point ").trim_matches('`').to_owned();
    }
    match found {
        "map" | "newtype variant" | "struct variant" | "tuple variant" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit variant" => "a word".to_owned(),
        "unit" | "Option value" => "null".to_owned(),
        length if length.parse::<usize>().is_ok() => format!("of {length}"),
        other => other.to_owned(),
    }
}
