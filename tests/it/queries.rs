//! The query engine against a plain filter over the full list, for many random queries.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::app::{CURP, app_with};

const SEEDS: u64 = 300;

/// A parameter and what it asks of a link, in plain words.
struct Asked {
    name: String,
    value: String,
}

fn day(value: &Value) -> NaiveDate {
    value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap().date_naive()
}

/// Tells that an object meets a parameter, by the plainest reading of the documentation.
fn meets(object: &Value, asked: &Asked) -> bool {
    let (field, operator) = asked.name.split_once("__").unwrap_or((&asked.name, ""));
    let value = &object[field];
    let is =
        |text: &str| value == text || value.is_null() && text == "null" && field == "refresh_rate";
    let parts: Vec<&str> = asked.value.split(',').collect();
    if field.ends_with("_at") {
        let bound = |index: usize| parts[index].parse::<NaiveDate>().unwrap();
        let day = day(value);
        return match operator {
            "" => day == bound(0),
            "gt" => day > bound(0),
            "gte" => day >= bound(0),
            "lt" => day < bound(0),
            "lte" => day <= bound(0),
            "range" => bound(0) <= day && day <= bound(1),
            other => panic!("{other}"),
        };
    }
    match operator {
        "" => is(&asked.value),
        "in" => parts.iter().any(|part| is(part)),
        "not_in" => !parts.iter().any(|part| is(part)),
        other => panic!("{other}"),
    }
}

/// Some parameters, with values of the objects among them.
fn ask(table: &[(&str, &[&str])], objects: &[Value], random: &mut ChaCha8Rng) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (field, operators) in table.iter().sample(random, 2) {
        let operator = operators.choose(random).unwrap();
        let mut value = || match &objects.choose(random).unwrap()[field] {
            Value::Null if *field == "refresh_rate" => "null".to_owned(),
            Value::Null => "nobody".to_owned(),
            value if field.ends_with("_at") => day(value).to_string(),
            value => value.as_str().unwrap().to_owned(),
        };
        let mut values = vec![value()];
        match *operator {
            "__in" | "__not_in" => values.extend([value(), value()]),
            "__range" => {
                values.push(value());
                values.sort();
            }
            _ => {}
        }
        asked.push(Asked { name: format!("{field}{operator}"), value: values.join(",") });
    }
    asked
}

const TIMES: &[&str] = &["", "__gt", "__gte", "__lt", "__lte", "__range"];
const BOTH: &[&str] = &["", "__in"];

const LINKS: &[(&str, &[&str])] = &[
    ("id", BOTH),
    ("institution", BOTH),
    ("access_mode", &[""]),
    ("created_at", TIMES),
    ("created_by", &["__not_in"]),
    ("external_id", BOTH),
    ("institution_user_id", BOTH),
    ("refresh_rate", &[""]),
    ("status", BOTH),
];

const RECORDS: &[(&str, &[&str])] = &[
    ("id", BOTH),
    ("link", BOTH),
    ("internal_identification", BOTH),
    ("collected_at", TIMES),
    ("created_at", TIMES),
];

#[actix_web::test]
async fn any_filters_pages_and_keys_are_those_of_a_plain_filter_over_the_full_list() {
    let app = app_with(&["--page-size", "1000"]).await;
    let institutions = ["planet_mx_employment", "imss_mx_employment", "issste_mx_employment"];
    let modes = ["single", "recurrent"];
    for number in 0..60_usize {
        let external_id = (number % 5 != 0).then(|| format!("user-{}", number % 4));
        let fields = json!({
            "institution": institutions[number % 3],
            "access_mode": modes[number % 2],
            "external_id": external_id,
        });
        let curps = [CURP, "LONG700101MXXXXX00", "GONE900101HXXXXX00", "FAIL428001HXXXXX00"];
        app.create_link_with(curps[number % 4], fields).await;
        app.advance(TimeDelta::hours(9));
    }
    for (path, table) in [("/api/links/", LINKS), ("/api/employment-records/", RECORDS)] {
        let all = app.get(path).await.ok()["results"].as_array().unwrap().clone();
        assert!(all.len() > 30);
        for seed in 0..SEEDS {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let asked = ask(table, &all, &mut random);
            let size = random.random_range(1..=20);
            let keys = all[0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            let keep = random.random_bool(0.3).then(|| keys.iter().sample(&mut random, 3));
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(asked.iter().map(|asked| (&asked.name, &asked.value)));
            query.append_pair("page_size", &size.to_string());
            if let Some(keep) = &keep {
                let keep: Vec<&str> = keep.iter().map(|key| key.as_str()).collect();
                query.append_pair("fields", &keep.join(","));
            }
            let query = query.finish();
            let expected: Vec<Value> = all
                .iter()
                .filter(|object| asked.iter().all(|asked| meets(object, asked)))
                .map(|object| {
                    let mut object = object.clone();
                    if let Some(keep) = &keep {
                        object.as_object_mut().unwrap().retain(|key, _| keep.contains(&key));
                    }
                    object
                })
                .collect();
            let mut seen = Vec::new();
            let mut next = Some(format!("{path}?{query}"));
            while let Some(url) = next {
                let page = app.get(&url).await.ok();
                assert_eq!(page["count"], expected.len(), "seed {seed}: {url}");
                let results = page["results"].as_array().unwrap();
                assert!(results.len() <= size, "seed {seed}");
                seen.extend(results.iter().cloned());
                let host = "http://localhost:23586";
                next = page["next"].as_str().map(|next| next.replace(host, ""));
            }
            assert_eq!(seen, expected, "seed {seed}: {path}?{query}");
        }
    }
}

#[actix_web::test]
async fn times_can_be_dates_or_timestamps() {
    let app = app_with(&[]).await;
    app.create_link(CURP).await.created(); // 2026-03-01T12:00:00Z
    for (query, count) in [
        ("created_at=2026-03-01", 1),
        ("created_at=2026-03-02", 0),
        ("created_at=2026-03-01T12:00:00Z", 1),
        ("created_at=2026-03-01T12:00:00.000000Z", 1),
        ("created_at=2026-03-01T12:00:01Z", 0),
        ("created_at=2026-03-01T06:00:00-06:00", 1),
        ("created_at=2026-03-01T13:00:00%2B01:00", 1),
        ("created_at=2026-03-01T13:00:00+01:00", 1),
        ("created_at=2026-03-01T12:00:00", 1),
        ("created_at__gte=2026-03-01", 1),
        ("created_at__gt=2026-03-01", 0),
        ("created_at__lte=2026-03-01", 1),
        ("created_at__lt=2026-03-01T12:00:00Z", 0),
        ("created_at__range=2026-02-01,2026-03-01", 1),
        ("created_at__range=2026-03-01T12:00:00Z,2026-03-02", 1),
    ] {
        assert_eq!(app.get(&format!("/api/links/?{query}")).await.ok()["count"], count, "{query}");
    }
}

#[actix_web::test]
async fn values_that_cannot_be_read_name_their_parameter() {
    let app = app_with(&[]).await;
    let date = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
    for (query, code, message) in [
        ("created_at__gte=soon", "invalid", date),
        ("created_at__range=2026-01-01,soon", "invalid", date),
        ("created_at__range=2026-01-01", "invalid", "Two values are expected, joined by a comma."),
        ("id__in=x", "invalid", "x is not a valid UUID."),
        ("created_by__not_in=x", "invalid", "x is not a valid UUID."),
        ("status__in=valid,odd", "invalid_choice", "\"odd\" is not a valid choice."),
        ("refresh_rate=8d", "invalid_choice", "\"8d\" is not a valid choice."),
    ] {
        let problem = app.get(&format!("/api/links/?{query}")).await.problem(400);
        let name = query.split('=').next().unwrap();
        assert_eq!(problem, (code.into(), Some(name.into()), message.into()), "{query}");
    }
}
