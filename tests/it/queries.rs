//! The query engine against a plain filter over the full list, for many random queries.

use std::cmp::Ordering;

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::rngs::ChaCha8Rng;
use rand::seq::{IndexedRandom, IteratorRandom};
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::app::{CURP, TestApp, app_with};

const SEEDS: u64 = 300;

/// The fields of a list, each with the endings of its parameters.
type Table = &'static [(&'static str, &'static [&'static str])];

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
    let parts: Vec<&str> = asked.value.split(',').collect();
    if field.ends_with("_at") {
        let against = |index: usize| compare_time(value, parts[index]);
        return match operator {
            "" => against(0).is_eq(),
            "gt" => against(0).is_gt(),
            "gte" => against(0).is_ge(),
            "lt" => against(0).is_lt(),
            "lte" => against(0).is_le(),
            "range" => against(0).is_ge() && against(1).is_le(),
            other => panic!("{other}"),
        };
    }
    let is = |text: &str| value == text || value.is_null() && text == "null";
    match operator {
        "" => is(&asked.value),
        "in" => parts.iter().any(|part| is(part)),
        "not_in" => !parts.iter().any(|part| is(part)),
        other => panic!("{other}"),
    }
}

/// Compares a time with a date or a timestamp.
fn compare_time(value: &Value, asked: &str) -> Ordering {
    let value: DateTime<Utc> = value.as_str().unwrap().parse().unwrap();
    match asked.parse::<NaiveDate>() {
        Ok(date) => value.date_naive().cmp(&date),
        Err(_) => value.cmp(&asked.parse::<DateTime<Utc>>().unwrap()),
    }
}

/// Some parameters, with values of the objects among them.
fn ask(table: Table, objects: &[Value], random: &mut ChaCha8Rng) -> Vec<Asked> {
    let mut asked = Vec::new();
    let amount = random.random_range(1..=3);
    for (field, operators) in table.iter().sample(random, amount) {
        let operator = operators.choose(random).unwrap();
        let mut value = || match &objects.choose(random).unwrap()[field] {
            Value::Null => "null".to_owned(),
            value if field.ends_with("_at") && random.random() => day(value).to_string(),
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

const LINKS: Table = &[
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

const RECORDS: Table = &[
    ("id", BOTH),
    ("link", BOTH),
    ("internal_identification", BOTH),
    ("collected_at", TIMES),
    ("created_at", TIMES),
];

const OWNERS: Table = &[("id", BOTH), ("link", BOTH), ("created_at", TIMES), ("email", &[""])];

const LISTS: [(&str, Table); 3] =
    [("/api/links/", LINKS), ("/api/employment-records/", RECORDS), ("/api/owners/", OWNERS)];

/// Makes links of every kind, deletes some of them, and lets time pass, so that some are invalid.
async fn fill<S>(app: &TestApp<S>)
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let institutions = ["planet_mx_employment", "imss_mx_employment", "issste_mx_employment"];
    let modes = ["single", "recurrent"];
    let mut made = Vec::new();
    for number in 0..70_usize {
        let external_id = (number % 5 != 0).then(|| format!("user-{}", number % 4));
        let email = (number % 3 != 0).then(|| format!("user-{}@example.com", number % 4));
        let storage = (number % 14 == 0).then_some("10d");
        let fields = json!({
            "institution": institutions[number % 3],
            "access_mode": modes[number % 2],
            "external_id": external_id,
            "username2": email,
            "credentials_storage": storage,
            "fetch_resources": ["EMPLOYMENT_RECORDS", "OWNERS"],
        });
        let curps = [CURP, "LONG700101MXXXXX00", "GONE900101HXXXXX00", "TOKN428001HXXXXX00"];
        let answer = app.create_link_with(curps[number % 4], fields).await;
        made.extend(answer.json()["id"].as_str().map(str::to_owned));
        app.advance(TimeDelta::hours(9));
    }
    for link in made.iter().step_by(8) {
        app.delete(&format!("/api/links/{link}/")).await.no_content();
    }
}

#[actix_web::test]
async fn any_filters_pages_and_keys_are_those_of_a_plain_filter_over_the_full_list() {
    let app = app_with(&["--page-size", "1000"]).await;
    fill(&app).await;
    for (path, table) in LISTS {
        check(&app, path, table, SEEDS).await;
    }
}

/// A client can write a snapshot in which a link is older than the one before it.
#[actix_web::test]
async fn filters_by_time_hold_where_times_do_not_rise() {
    let app = app_with(&["--page-size", "1000"]).await;
    fill(&app).await;
    let mut snapshot = app.get("/_emulator/snapshot").await.ok();
    for list in ["links", "employment_records", "owners"] {
        let objects = snapshot["account"][list].as_array_mut().unwrap();
        let times: Vec<Value> = objects.iter().map(|one| one["created_at"].clone()).collect();
        for (object, time) in objects.iter_mut().zip(times.into_iter().rev()) {
            object["created_at"] = time;
        }
    }
    app.put("/_emulator/snapshot", snapshot).await.ok();
    for (path, table) in LISTS {
        check(&app, path, table, SEEDS / 3).await;
    }
}

/// Compares the pages of many random queries with a plain filter over the full list.
async fn check<S>(app: &TestApp<S>, path: &str, table: Table, seeds: u64)
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let all = app.get(path).await.ok()["results"].as_array().unwrap().clone();
    assert!(all.len() > 30);
    for seed in 0..seeds {
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
        let fits = |object: &&Value| asked.iter().all(|asked| meets(object, asked));
        let mut expected: Vec<Value> = all.iter().filter(fits).cloned().collect();
        if let Some(keep) = &keep {
            for object in &mut expected {
                object.as_object_mut().unwrap().retain(|key, _| keep.contains(&key));
            }
        }
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
