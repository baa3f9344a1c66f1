//! How the type of a field is compared and shown.

use serde_json::{Value, json};

use crate::drift::tests::{answering, reference, rows};

const FINDS_NOTHING: &str = "a client that reads it finds nothing here (GET /api/things/ 200)";

/// Each pair says the same, the first in the words of 3.1 and the second in those of 3.0.
#[test]
fn the_notations_of_3_1_and_3_0_are_the_same() {
    let cases = [
        (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
        (
            json!({"anyOf": [reference("Other"), {"type": "null"}]}),
            json!({"allOf": [reference("Other")], "nullable": true}),
        ),
        (
            json!({"$ref": "#/components/schemas/Other", "description": "x"}),
            json!({"allOf": [reference("Other")], "title": "y"}),
        ),
        (json!({"$ref": "#/components/schemas/Other", "type": "object"}), reference("Other")),
        (json!({"const": "a"}), json!({"type": "string", "enum": ["a"]})),
        (
            json!({"enum": ["a", "", null]}),
            json!({"oneOf": [{"type": "string", "enum": ["a"]}, {"enum": [""]}, {"enum": [null]}]}),
        ),
        (
            json!({"type": ["array", "null"], "items": {"type": ["string", "integer"]}}),
            json!({"nullable": true, "type": "array", "items": {"anyOf": [
                {"type": "string"}, {"type": "integer"},
            ]}}),
        ),
        (json!({"type": ["integer", "number"]}), json!({"type": "number", "format": "double"})),
        (json!({"type": "string"}), json!({"allOf": [{"type": "string"}, {"minLength": 1}]})),
        (json!({"type": "object"}), json!({"type": "object", "additionalProperties": {}})),
        (json!({}), json!({"description": "anything", "nullable": true})),
    ];
    for (ours, theirs) in cases {
        let spec = |field: &Value| {
            answering(json!({
                "Body": {"type": "object", "properties": {"field": field}},
                "Other": {"type": "object", "properties": {"a": {"type": "string"}}},
            }))
        };
        assert_eq!(rows(&spec(&ours), &spec(&theirs)), [""; 0], "{ours} {theirs}");
    }
}

#[test]
fn types_are_shown_compactly() {
    let cases = [
        (json!({"type": "string", "format": "uuid"}), "string(uuid)"),
        (json!({"type": "string", "format": "password"}), "string"),
        (json!({"type": "string", "enum": ["b", "a"], "nullable": true}), "enum a|b|null"),
        (json!({"enum": ["null", "", 1, "1"]}), "enum \"\"|\"1\"|\"null\"|1"),
        (json!({"type": "array", "items": {"enum": ["b", "a"]}}), "array of (enum a|b)"),
        (json!({"type": "array", "items": {"items": {}}}), "array of array of any"),
        (json!({"items": {"type": "integer"}, "nullable": true}), "array of integer|null"),
        (json!({"properties": {}}), "object"),
        (json!({"type": ["null"]}), "null"),
        (json!({"anyOf": [{"type": "string"}, {"enum": ["a"]}]}), "string"),
        (json!({"allOf": [{"type": "string"}, {"enum": ["a"]}]}), "enum a"),
        (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), "integer|string"),
        (json!({"anyOf": [{"type": "string"}, {}]}), "any"),
    ];
    for (schema, shown) in cases {
        let spec =
            |fields: Value| answering(json!({"Body": {"type": "object", "properties": fields}}));
        let rows = rows(&spec(json!({})), &spec(json!({"field": schema})));
        let expected = format!("Body.field: only Belvo sends it ({shown}); {FINDS_NOTHING}");
        assert_eq!(rows, [expected], "{schema}");
    }
}

/// Each of the first can be read by who reads the second, and not the other way round.
#[test]
fn an_answer_may_be_narrower() {
    let any = json!({});
    let cases = [
        (
            json!({"type": "integer"}),
            json!({"type": "number"}),
            "Belvo sends integer, the emulator number",
        ),
        (
            json!({"type": "string", "format": "uuid"}),
            json!({"type": "string"}),
            "Belvo sends string(uuid), the emulator string",
        ),
        (
            json!({"enum": ["a"]}),
            json!({"type": "string"}),
            "Belvo sends enum a, the emulator string",
        ),
        (
            json!({"type": "string"}),
            json!({"type": "string", "nullable": true}),
            "the emulator sends null too, Belvo does not",
        ),
        (
            json!({"type": "null"}),
            json!({"type": "object", "nullable": true}),
            "Belvo sends null, the emulator object|null",
        ),
        (
            json!({"type": "string"}),
            json!({"type": ["string", "boolean"]}),
            "Belvo sends string, the emulator boolean|string",
        ),
        (json!({"type": "string"}), any, "Belvo sends string, the emulator any"),
        (
            json!({"maxItems": 0, "type": "array"}),
            json!({"type": "array", "items": {"type": "string"}}),
            "",
        ),
    ];
    for (narrow, wide, difference) in cases {
        let spec = |field: &Value| {
            answering(json!({"Body": {"type": "object", "properties": {"field": field}}}))
        };
        let (narrow, wide) = (spec(&narrow), spec(&wide));
        assert_eq!(rows(&narrow, &wide), [""; 0], "{difference}");
        let other_way = rows(&wide, &narrow).concat();
        assert!(other_way.contains(difference), "{other_way}");
        assert_eq!(other_way.is_empty(), difference.is_empty());
    }
}

#[test]
fn the_values_of_an_enum_are_compared_one_by_one() {
    let spec = |words: Value| {
        answering(json!({"Body": {"type": "object", "properties": {"field": {"enum": words}}}}))
    };
    let (ours, theirs) = (spec(json!(["a", "b", null])), spec(json!(["c", "a"])));
    let expected = [
        "Body.field: the emulator sends null too, Belvo does not; a client that does not expect null may \
         fail here (GET /api/things/ 200)",
        "Body.field: the emulator sends b too, Belvo does not; a client that knows Belvo's values alone \
         may fail here (GET /api/things/ 200)",
        "Body.field: Belvo sends c too, the emulator does not; a client is never tried with it \
         (GET /api/things/ 200)",
    ];
    assert_eq!(rows(&ours, &theirs), expected);
}

#[test]
fn a_promised_field_must_be_there() {
    let spec = |required: Value| {
        let properties = json!({"field": {"type": "string"}});
        answering(
            json!({"Body": {"type": "object", "properties": properties, "required": required}}),
        )
    };
    let (always, sometimes) = (spec(json!(["field"])), spec(json!([])));
    assert_eq!(rows(&always, &sometimes), [""; 0]);
    let expected = "Body.field: Belvo always sends it, the emulator does not; a client that relies on it \
                    may fail here (GET /api/things/ 200)";
    assert_eq!(rows(&sometimes, &always), [expected]);
    let none = answering(json!({"Body": {"type": "object"}}));
    let expected = "Body.field: only Belvo sends it (string), and always; a client that relies on it fails \
                    here (GET /api/things/ 200)";
    assert_eq!(rows(&none, &always), [expected]);
}

/// Merged into one, the alternatives would promise less and send more.
#[test]
fn an_answer_is_compared_with_the_nearest_alternative() {
    let text = json!({"type": "string"});
    let person = json!({"type": "object", "properties": {"name": text, "age": {"type": "integer"}},
        "required": ["name"]});
    let company = json!({"type": "object", "properties": {"name": text, "owner": text, "tax": text},
        "required": ["owner", "tax"]});
    let theirs = answering(json!({
        "Body": {"type": "array", "items": {"oneOf": [reference("Company"), reference("Person")]}},
        "Company": company,
        "Person": person,
    }));
    let ours = |properties: Value| {
        let person = json!({"type": "object", "properties": properties});
        answering(json!({"Body": {"type": "array", "items": person}}))
    };
    let found = rows(&ours(json!({"name": text, "age": text})), &theirs);
    let expected = [
        "Body[].age: Belvo sends integer, the emulator string",
        "Body[].name: Belvo always sends it, the emulator does not",
    ];
    let halves: Vec<&str> = found.iter().map(|row| row.split(';').next().unwrap()).collect();
    assert_eq!(halves, expected);
}

/// Null has no fields, so that it takes back no promise.
#[test]
fn a_field_is_promised_if_all_objects_promise_it() {
    let object = |required: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": required});
    let spec = |alternatives: Value| {
        let inner = json!({"oneOf": alternatives});
        answering(json!({"Body": {"type": "object", "properties": {"inner": inner}}}))
    };
    let free = spec(json!([object(json!([])), {"type": "null"}]));
    let promised = spec(json!([object(json!(["a"])), {"type": "null"}]));
    let sometimes = spec(json!([object(json!(["a"])), object(json!([])), {"type": "null"}]));
    let row = rows(&free, &promised).concat();
    assert!(row.starts_with("Body.inner.a: Belvo always sends it"), "{row}");
    assert_eq!(rows(&free, &sometimes), [""; 0]);
    assert_eq!(rows(&promised, &promised), [""; 0]);
}

/// An alternative that does not name a field says nothing about it.
#[test]
fn alternatives_narrow_a_field_only_if_all_of_them_name_it() {
    let field = json!({"enum": ["a", "b"]});
    let fixed = json!({"properties": {"field": {"const": "a"}}, "required": ["field"]});
    let spec = |alternatives: Value| {
        let body = json!({"type": "object", "properties": {"field": field}, "anyOf": alternatives});
        answering(json!({"Body": body}))
    };
    let free = spec(json!([{"type": "object"}]));
    assert_eq!(rows(&spec(json!([fixed, {"properties": {}}])), &free), [""; 0]);
    let both_fixed = rows(&spec(json!([fixed, fixed])), &free);
    assert!(both_fixed.concat().starts_with("Body.field: Belvo sends b too"), "{both_fixed:?}");
}

#[test]
fn a_field_that_got_another_name_is_one_difference() {
    let spec = |properties: Value| {
        let inner = json!({"type": "object", "properties": properties});
        answering(json!({"Body": {"type": "object", "properties": {"a": inner}}}))
    };
    let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
    let one = spec(json!({"street": text, "other": text}));
    let other = spec(json!({"road": number, "other": text}));
    let expected = "Body.a.street: Belvo calls it road; a client that reads road finds nothing here \
                    (GET /api/things/ 200)";
    assert_eq!(rows(&one, &other), [expected]);
    let one = spec(json!({"street": text, "weeks_employed": number, "zip": text}));
    let other = spec(json!({"street_name": text, "weeks": number}));
    let names = rows(&one, &other).into_iter().map(|row| row.split(';').next().unwrap().to_owned());
    let expected = [
        "Body.a.street: Belvo calls it street_name",
        "Body.a.weeks_employed: Belvo calls it weeks",
        "Body.a.zip: only the emulator sends it (string)",
    ];
    let mut names: Vec<String> = names.collect();
    names.sort();
    assert_eq!(names, expected);
}

#[test]
fn bodies_themselves_can_differ() {
    let object = json!({"Body": {"type": "object", "properties": {"a": {}}}});
    let list = json!({"Body": {"type": "array", "items": {"type": "object"}}});
    assert_eq!(
        rows(&answering(object.clone()), &answering(list)),
        [
            "the body: Belvo sends array of object, the emulator object; a client that reads array of \
          object may fail here (GET /api/things/ 200)"
        ]
    );
    let mut silent = answering(object.clone());
    silent["paths"]["/api/things/"]["get"]["responses"]["200"] = json!({"description": "x"});
    assert_eq!(
        rows(&answering(object.clone()), &silent),
        ["the body: only the emulator sends it (object); a client that reads it finds nothing at \
          Belvo, and a strict one refuses it here (GET /api/things/ 200)"]
    );
    let back = rows(&silent, &answering(object)).concat();
    assert!(back.starts_with("the body: only Belvo sends it (object), and always"), "{back}");
}
