//! The list of known differences: what a row is about, and when it is obsolete.

use serde_json::{Value, json};

use crate::drift::compare_with;
use crate::drift::difference::ChangeKind::{Null, OnlyOurs, OnlyTheirs, ValueNeverSent};
use crate::drift::known::{KnownDifference, answer, whole_answer};
use crate::drift::tests::{content, description, reference};

/// Two endpoints that answer with these fields.
fn spec(fields: Value) -> Value {
    let schemas = json!({"Thing": {"type": "object", "properties": fields}});
    let get = json!({"responses": {"200": content(reference("Thing"))}});
    let operations = [("/api/one/", "get", get.clone()), ("/api/two/", "get", get)];
    description("3.0.3", schemas, &operations)
}

/// The differences that are not known, the known ones, and the rows that are obsolete.
fn compared(
    ours: Value,
    theirs: Value,
    list: &'static [KnownDifference],
) -> (Vec<String>, Vec<String>, Vec<String>) {
    let comparison = compare_with(&spec(ours), &spec(theirs), list).unwrap();
    let half = |row: String| row.split(';').next().unwrap().to_owned();
    let places = |difference: &crate::drift::Difference| {
        let places: Vec<String> = difference.places.iter().map(ToString::to_string).collect();
        format!("{} at {}", half(difference.to_string()), places.join(" and "))
    };
    (
        comparison.differences.iter().map(places).collect(),
        comparison.known.iter().map(|(difference, _)| places(difference)).collect(),
        comparison.obsolete.iter().map(|row| row.to_string()).collect(),
    )
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_row_is_about_its_field_kind_values_and_places() {
    static LIST: &[KnownDifference] = &[
        answer("Thing.state", ValueNeverSent, "They are rare.").of(&["b", "c"]),
        answer("Thing.name", Null, "It is so in samples.").at(&["GET /api/one/ 200"]),
    ];
    let text = json!({"type": "string"});
    let ours = json!({"state": {"enum": ["a"]}, "name": {"type": ["string", "null"]}});
    let theirs = json!({"state": {"enum": ["a", "b", "c", "d"]}, "name": text});
    let (new, known, obsolete) = compared(ours, theirs, LIST);
    let expected = [
        "Thing.name: the emulator sends null too, Belvo does not at GET /api/two/ 200",
        "Thing.state: Belvo sends d too, the emulator does not at GET /api/one/ 200 and GET /api/two/ 200",
    ];
    assert_eq!(new, expected);
    assert_eq!((known.len(), obsolete), (3, vec![]));
}

#[test]
fn a_row_is_obsolete_if_one_of_its_values_or_places_is_not_there_any_more() {
    static LIST: &[KnownDifference] = &[
        answer("Thing.state", ValueNeverSent, "They are rare.").of(&["b", "c"]),
        answer("Thing.extra", OnlyOurs, "A later description has it.")
            .at(&["GET /api/one/", "GET /api/three/"]),
        answer("Thing.gone", OnlyTheirs, "Nobody has it."),
    ];
    let text = json!({"type": "string"});
    let (ours, theirs) =
        (json!({"state": {"enum": ["a"]}, "extra": text}), json!({"state": {"enum": ["a", "b"]}}));
    let (new, known, obsolete) = compared(ours, theirs, LIST);
    assert_eq!(new, ["Thing.extra: only the emulator sends it (string) at GET /api/two/ 200"]);
    assert_eq!(known.len(), 2);
    let expected = [
        "Thing.state in answers, ValueNeverSent, b, c",
        "Thing.extra in answers, OnlyOurs, GET /api/one/, GET /api/three/",
        "Thing.gone in answers, OnlyTheirs",
    ];
    assert_eq!(obsolete, expected);
}

#[test]
fn a_row_can_be_about_all_of_an_answer() {
    static LIST: &[KnownDifference] =
        &[whole_answer("They are other things.").at(&["GET /api/one/ 200"])];
    let (ours, theirs) =
        (json!({"a": {"type": "string"}}), json!({"a": {"type": "null"}, "b": {}}));
    let (new, known, obsolete) = compared(ours.clone(), theirs, LIST);
    let expected = [
        "Thing.a: Belvo sends null, the emulator string at GET /api/two/ 200",
        "Thing.b: only Belvo sends it (any) at GET /api/two/ 200",
    ];
    assert_eq!((new, known.len(), obsolete), (expected.map(str::to_owned).to_vec(), 2, vec![]));
    assert_eq!(compared(ours.clone(), ours, LIST).2.len(), 1);
}

/// A row of the field's kind does not cover a change of its type.
#[test]
fn a_known_field_that_changes_otherwise_is_a_difference() {
    static LIST: &[KnownDifference] = &[answer("Thing.name", Null, "It is so in samples.")];
    let ours = json!({"name": {"type": ["string", "null"]}});
    let (new, known, obsolete) = compared(ours.clone(), json!({"name": {"type": "integer"}}), LIST);
    let both = "GET /api/one/ 200 and GET /api/two/ 200";
    let expected = [format!("Thing.name: Belvo sends integer, the emulator string|null at {both}")];
    assert_eq!((new, known.len(), obsolete), (expected.to_vec(), 1, vec![]));
    let (new, known, _) = compared(ours.clone(), ours, LIST);
    assert_eq!((new, known.as_slice()), (vec![], NOTHING.map(str::to_owned).as_slice()));
}
