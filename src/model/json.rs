//! Reads JSON as a type. The mistake names the key that is wrong, the place and the fix.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;
use serde_path_to_error::Segment;

use crate::model::plain_words::{choices, expected_by, expected_instead, in_plain_words, show};
use crate::model::redact;

/// The largest text that is read a second time to explain a mistake in it.
const MOST_EXPLAINED_BYTES: usize = 1024 * 1024;
/// A word that no type knows. The sentence that refuses it lists the known ones.
const UNKNOWN: &str = "?";
/// Sentences about ids, dates and times, which do not name the refused text.
const TEXTS: [&str; 7] = [
    "UUID parsing failed",
    "invalid character",
    "invalid length",
    "input is out of range",
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
];

/// The reason why a text was refused.
#[derive(Debug)]
pub(crate) struct Mistake {
    /// The key that is wrong, such as `login.accept.data`. It is empty where that is unknown or the
    /// whole text is wrong.
    pub path: String,
    /// A sentence for the person who wrote the text.
    pub sentence: String,
    /// The place in the text, counted from 1.
    pub line: usize,
    pub column: usize,
    /// True when the text is not JSON.
    pub is_syntax: bool,
}

/// A step from a value to a value in it.
#[derive(Clone, Debug)]
enum Step {
    Index(usize),
    Key(String),
}

/// Reads a text as a value of a type.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Mistake> {
    deserialize(text).map_err(|(path, error)| explain::<T>(text, path, &error))
}

/// Returns the keys that lead to the mistake, joined by dots. It is empty for an unknown place.
pub(crate) fn dotted(path: &serde_path_to_error::Path) -> String {
    let path = path.to_string();
    if ["?", "."].contains(&path.as_str()) { String::new() } else { path }
}

/// Names the key that a sentence about an object means, below the path of that object.
pub(crate) fn place(path: String, sentence: &str) -> String {
    // Serde reports these mistakes for the object, not for the key.
    let beginnings = ["missing field `", "duplicate field `"];
    let rest = beginnings.iter().find_map(|beginning| sentence.strip_prefix(beginning));
    match rest.and_then(|rest| rest.split('`').next()) {
        Some(key) if path.is_empty() => key.to_owned(),
        Some(key) if !path.ends_with(key) => format!("{path}.{key}"),
        _ => path,
    }
}

/// Leaves the refused value out of a sentence where it may be a secret.
pub(crate) fn without_secret(sentence: &str, path: &str) -> String {
    let is_of_secret = path.split(['.', '[']).any(redact::is_secret);
    let expected = sentence.split_once(", not ").map_or(sentence, |(expected, _)| expected);
    match expected.split_once("xpected ") {
        Some((_, expected)) if is_of_secret => {
            format!("Expected {}.", expected.trim_end_matches('.'))
        }
        _ => redact::in_quotes(sentence).into_owned(),
    }
}

type Refused = (serde_path_to_error::Path, serde_json::Error);

fn deserialize<T: DeserializeOwned>(text: &[u8]) -> Result<T, Refused> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    match T::deserialize(tracked) {
        Err(error) => Err((track.path(), error)),
        Ok(value) => match deserializer.end() {
            Err(error) => Err((serde_path_to_error::Track::new().path(), error)),
            Ok(()) => Ok(value),
        },
    }
}

fn explain<T: DeserializeOwned>(
    text: &[u8],
    path: serde_path_to_error::Path,
    error: &serde_json::Error,
) -> Mistake {
    let raw = without_place(error);
    let whole: Option<Value> =
        (text.len() <= MOST_EXPLAINED_BYTES).then(|| serde_json::from_slice(text).ok()).flatten();
    let is_syntax = error.classify() != Category::Data && whole.is_none();
    let sentence = match &whole {
        Some(whole) => Refusal { whole, path: steps(&path) }.sentence::<T>(&raw, error),
        None => lookalike(text, error).unwrap_or_else(|| in_plain_words(&raw, None)),
    };
    let path = if is_syntax { String::new() } else { place(dotted(&path), &raw) };
    Mistake {
        sentence: without_secret(&sentence, &path),
        path,
        line: error.line(),
        column: error.column(),
        is_syntax,
    }
}

/// Returns serde_json's sentence without the place, which follows it.
fn without_place(error: &serde_json::Error) -> String {
    let sentence = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    sentence.strip_suffix(&suffix).unwrap_or(&sentence).to_owned()
}

fn steps(path: &serde_path_to_error::Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Index(*index)),
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Enum { variant } => Some(Step::Key(variant.clone())),
        Segment::Unknown => None,
    };
    path.iter().map_while(step).collect()
}

/// Recognises what editors and other languages put in the place of JSON.
fn lookalike(text: &[u8], error: &serde_json::Error) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?;
    let line = text.split('\n').nth(error.line().checked_sub(1)?)?;
    let mut at = error.column().saturating_sub(1).min(line.len());
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    let next = line[at..].trim_start().chars().next()?;
    match next {
        '/' | '#' => Some("JSON has no comments: delete this one.".to_owned()),
        '“' | '”' | '„' | '‘' | '’' | '«' => {
            Some(format!("Write straight double quotes (\") in place of {next}."))
        }
        '\'' => Some("Write double quotes (\") in place of single ones.".to_owned()),
        _ => {
            let word = line[at..].trim_start();
            let of_others = [("None", "null"), ("True", "true"), ("False", "false")];
            let (other, own) = of_others.iter().find(|(other, _)| word.starts_with(other))?;
            Some(format!("Write {own} in place of {other}."))
        }
    }
}

/// A text of JSON that its type refuses, and the path to the refused value.
struct Refusal<'a> {
    whole: &'a Value,
    path: Vec<Step>,
}

impl Refusal<'_> {
    fn sentence<T: DeserializeOwned>(&self, raw: &str, error: &serde_json::Error) -> String {
        if error.classify() != Category::Data {
            return self.one_of::<T>(&self.path);
        }
        if raw.contains("expected unit") && matches!(self.path.last(), Some(Step::Key(_))) {
            return format!("Write {:?} alone: it has no values.", self.word());
        }
        let variants = ["expected struct variant", "expected newtype variant"];
        if variants.iter().any(|variant| raw.contains(variant)) {
            return self.with_values::<T>();
        }
        let value = at(self.whole, &self.path);
        if TEXTS.iter().any(|beginning| raw.starts_with(beginning))
            && let Some(text @ Value::String(_)) = value
            && let Some(expected) = self.probe::<T>(Value::Bool(true), &self.path)
            && let Some(expected) = expected_by(&expected)
        {
            return expected_instead(&expected, Some(show(text)));
        }
        in_plain_words(raw, value)
    }

    /// Says which words can stand at a place where something else stands.
    fn one_of<T: DeserializeOwned>(&self, path: &[Step]) -> String {
        let found = match at(self.whole, path) {
            Some(Value::Object(object)) if object.is_empty() => "an empty object".to_owned(),
            Some(Value::Object(object)) => {
                let keys: Vec<&str> = object.keys().map(String::as_str).collect();
                format!("{} together", keys.join(" and "))
            }
            Some(value) => show(value),
            None => "this".to_owned(),
        };
        let sentence = self.probe::<T>(UNKNOWN.into(), path).unwrap_or_default();
        let known = choices(&sentence);
        match known.is_empty() {
            true => format!("Write one word, or an object with one key, not {found}."),
            false => format!("Write exactly one of {}, not {found}.", known.join(", ")),
        }
    }

    /// Says that a word needs values, and which.
    fn with_values<T: DeserializeOwned>(&self) -> String {
        let word = self.word();
        let Some((_, parent)) = self.path.split_last() else { return String::new() };
        let inside = serde_json::json!({ word: { UNKNOWN: null } });
        let sentence = self.probe::<T>(inside, parent).unwrap_or_default();
        let known = choices(&sentence);
        match known.is_empty() {
            true => format!("Write {{{word:?}: ...}} with its value."),
            false => format!(
                "Write {{{word:?}: {{...}}}} with its values inside, {{}} if all can be left out: \
                 {}.",
                known.join(", ")
            ),
        }
    }

    /// Returns serde's sentence about another value in the place of the refused one.
    fn probe<T: DeserializeOwned>(&self, other: Value, path: &[Step]) -> Option<String> {
        let mut changed = self.whole.clone();
        *at_mut(&mut changed, path)? = other;
        let text = serde_json::to_vec(&changed).ok()?;
        deserialize::<T>(&text).err().map(|(_, error)| without_place(&error))
    }

    /// Returns the last key of the path.
    fn word(&self) -> &str {
        match self.path.last() {
            Some(Step::Key(key)) => key,
            _ => "",
        }
    }
}

fn at<'a>(value: &'a Value, path: &[Step]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get(index),
        Step::Key(key) => value.get(key.as_str()),
    })
}

fn at_mut<'a>(value: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get_mut(index),
        Step::Key(key) => value.get_mut(key.as_str()),
    })
}
