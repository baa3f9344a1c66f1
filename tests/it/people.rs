//! `belvo-emulator people`: the table, the CURPs that it makes, and the scenario files that it writes.

use std::fs;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::app_with;
use crate::process::run;

/// Registers a CURP with these flags, and returns its only record.
async fn record(flags: &[&str], curp: &str) -> Value {
    let app = app_with(flags).await;
    let body = json!({
        "institution": "planet_mx_employment",
        "username": curp,
        "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    let link = app.post("/api/links/", body).await.created();
    // Some scenarios load late.
    app.advance(TimeDelta::hours(1));
    let path = format!("/api/employment-records/?link={}", link["id"].as_str().unwrap());
    app.get(&path).await.ok()["results"][0].take()
}

fn number_of(record: &Value, kind: &str) -> Option<Value> {
    let ids = record["personal_data"]["document_ids"].as_array().unwrap();
    Some(ids.iter().find(|id| id["document_type"] == kind)?["document_number"].clone())
}

#[actix_web::test]
async fn the_people_of_the_table_are_those_that_the_api_shows() {
    let people = run(&["people", "--seed", "3..6", "--format", "json"]).json();
    assert_eq!(people.as_array().unwrap().len(), 4);
    for person in people.as_array().unwrap() {
        let (seed, curp) = (person["seed"].to_string(), person["curp"].as_str().unwrap());
        for scenario in ["employed", "unemployed"] {
            let record = record(&["--seed", &seed, "--scenario", scenario], curp).await;
            let shown = &record["personal_data"];
            for key in ["first_name", "last_name", "birth_date"] {
                assert_eq!(shown[key], person[key], "{curp}: {key}");
            }
            assert_eq!(number_of(&record, "NSS"), Some(person["nss"].clone()), "{curp}");
        }
        let record = record(&["--seed", &seed, "--scenario", "issste"], curp).await;
        assert_eq!(number_of(&record, "RFC"), Some(person["rfc"].clone()), "{curp}");
    }
}

#[test]
fn a_seed_always_gives_the_same_people() {
    let all = run(&["people", "--seed", "1..20", "--format", "json"]).json();
    let one = run(&["people", "--seed", "17", "--format", "json"]).json();
    assert_eq!(all[16], one[0]);
    assert_eq!(one.as_array().unwrap().len(), 1);
    let table = run(&["people", "--seed", "17"]).stdout;
    let [header, row, empty, note] = table.lines().collect::<Vec<_>>()[..] else {
        panic!("{table}")
    };
    assert!(header.starts_with("SEED  CURP") && header.ends_with("RFC"), "{header}");
    assert!(row.starts_with("17 ") && row.contains(one[0]["curp"].as_str().unwrap()), "{row}");
    assert_eq!((empty, note), ("", "These people are invented."));
}

#[test]
fn a_new_curp_says_what_was_asked_for() {
    let states = ["DF", "jalisco", "NUEVO LEON", "ne"];
    let expected = ["DF", "JC", "NL", "NE"];
    for (place, state) in states.iter().enumerate() {
        let sex = ["F", "M"][place % 2];
        let born = ["1990-05-12", "2000-02-29", "1931-01-01", "1999-12-31"][place];
        let flags = ["--new", "--sex", sex, "--born", born, "--state", state];
        let made =
            run(&[&["people", "--seed", "4", "--format", "json"], &flags[..]].concat()).json();
        let (person, curp) = (&made[0], made[0]["curp"].as_str().unwrap());
        assert_eq!((&person["sex"], &person["birth_date"]), (&json!(sex), &json!(born)));
        let [date, letter] =
            [born[2..].replace('-', ""), if sex == "F" { "M" } else { "H" }.into()];
        assert_eq!(curp[4..13], format!("{date}{letter}{}", expected[place]), "{state}");
        let homonym = curp.as_bytes()[16];
        assert_eq!(homonym.is_ascii_digit(), born < "2000", "{curp}");
        let is_abroad = person["state_of_birth"].is_null();
        assert_eq!(is_abroad, expected[place] == "NE", "{person}");
    }
}

#[actix_web::test]
async fn a_person_that_is_written_out_is_loaded_again() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().to_str().unwrap();
    let listed = run(&["scenarios", "--format", "json"]).json();
    let is_accepted = |row: &&Value| row["profiles"] == 1 && row["status"] == 201;
    let accepted = listed.as_array().unwrap().iter().filter(is_accepted);
    let curps = accepted.filter_map(|row| row["curp"].as_str());
    let curps = curps.chain(["ZACC900512MDFPRM06", "BLPM951331IONVGR54"]);
    let curps: Vec<&str> = curps.collect();
    assert!(curps.len() > 8, "{curps:?}");
    for curp in curps {
        let as_of = ["--careers-as-of", "2026-03-01"];
        let written = run(&[&["people", "--seed", "7", curp], &as_of[..]].concat());
        assert_eq!(written.code, 0, "{curp}: {}", written.stderr);
        let written = written.stdout;
        fs::write(directory.path().join("person.json"), &written).unwrap();
        let mut loaded = record(&["--scenarios", folder], curp).await;
        let mut generated = record(&as_of, curp).await;
        let file: Value = serde_json::from_str(&written).unwrap();
        let records = file["login"]["accept"]["data"]["records"].as_array().unwrap();
        assert_eq!(records.len(), 1, "{curp}");
        for record in [&mut loaded, &mut generated] {
            forget_reading(record);
            for (key, value) in records[0].as_object().unwrap() {
                assert_eq!(record[key], *value, "{curp}: {key}");
            }
        }
    }
}

/// Takes away when each spell was read, which no file has.
fn forget_reading(record: &mut Value) {
    for spell in record["employment_records"].as_array_mut().unwrap() {
        spell.as_object_mut().unwrap().remove("collected_at").unwrap();
    }
}

#[test]
fn what_a_person_cannot_have_is_told_beside_the_file() {
    let as_of = ["--careers-as-of", "2026-03-01", "--scenario", "retired"];
    let written = run(&[&["people", "ZACC000512MDFPRMA6"], &as_of[..]].concat());
    assert_eq!(written.json()["when"]["curp"], "ZACC000512MDFPRMA6");
    let says = "ZACC000512MDFPRMA6 has not all that the scenario retired asks for: nobody has a \
                pension before 60";
    assert!(written.stderr.starts_with(says), "{}", written.stderr);
    let usual = run(&["people", "ZACC900512MDFPRM06", "--careers-as-of", "2026-03-01"]);
    assert_eq!((usual.code, &*usual.stderr), (0, ""));
}

#[test]
fn what_nobody_can_be_is_refused() {
    for (arguments, sentence) in [
        (vec!["--new", "--born", "2099-01-01"], "nobody was born after today"),
        (vec!["--new", "--born", "1899-12-31"], "a CURP can say years from 1900 to 2099"),
        (vec!["--new", "--born", "1990-02-30"], "expected a day that exists, such as 1990-05-12"),
        (vec!["--new", "--born", "12.5.1990"], "expected a day that exists, such as 1990-05-12"),
        (
            vec!["--new", "--state", "JALISC"],
            "ZS ZACATECAS, NE (born abroad). Did you mean \"JALISCO\"?",
        ),
        (vec!["--new", "--state", "XX"], "expected one of: AS AGUASCALIENTES, BC BAJA CALIFORNIA,"),
        (vec!["--new", "--sex", "H"], "expected F for a woman or M for a man"),
        (vec!["--sex", "F"], "--new"),
        (vec!["ZACC900512MDFPRM06", "--new"], "cannot be used with"),
        (vec!["--seed", "20..1"], "write 1..20"),
        (vec!["--seed", "1..20000"], "at most 10000 seeds"),
        (vec!["--seed", "one"], "expected a whole number"),
        (vec!["ZACC900512MDFPRM06", "--seed", "1..3"], "--seed 1..3: only"),
        (vec!["ABC"], "the scenario curp_wrong_length refuses the login"),
        (vec!["zacc900512mdfprm06"], "refuses the login"),
        (vec!["FAIL400004HXXXXX00"], "Did you mean FAIL40"),
        (vec!["FAIL400006HXXXXX00"], "the scenario person_without_nss refuses the login"),
        (vec!["--scenario", "unemployd", "ZACC900512MDFPRM06"], "Did you mean \"unemployed\"?"),
        (vec!["--scenario", "retired"], "--scenario has no effect on people without a CURP"),
        (vec!["--careers-as-of", "2026-03-01", "--new"], "--careers-as-of has no effect on people"),
        (vec!["--clock", "skip"], "--clock has no effect on people"),
    ] {
        let finished = run(&[&["people"], &arguments[..]].concat());
        assert_eq!((finished.code, &*finished.stdout), (2, ""), "{arguments:?}");
        assert!(finished.stderr.contains(sentence), "{arguments:?}: {}", finished.stderr);
    }
    let range = run(&["scenarios", "--seed", "1..2"]);
    assert!(range.stderr.contains("--seed has no effect on scenarios"), "{}", range.stderr);
    let serve = run(&["--seed", "1..2"]);
    assert_eq!(serve.code, 2);
    assert!(serve.stderr.contains("--seed 1..2: only"), "{}", serve.stderr);
}
