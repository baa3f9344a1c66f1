//! Every figure of the metrics is recomputed, day by day and in another way, from the records that
//! the same link shows: for generated lives of each kind, and for written ones with all that can go
//! wrong in a life.

mod lives;
mod naive;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::app::{TestApp, app_with, start};
use crate::recomputed::lives::write_lives;
use crate::recomputed::naive::Recomputed;

/// One for each kind of generated life, and people of several ages.
const CURPS: [&str; 9] = [
    "BLPM951331IONVGR54",
    "LONG700101MXXXXX00",
    "IDLE900101HXXXXX00",
    "RETI550101HXXXXX00",
    "GOVT850101MXXXXX00",
    "MOVE900101MXXXXX00",
    "LOLJ970312MBSPPN08",
    "AAAA040229HDFXXXA1",
    "ZZZZ610731MNLXXX01",
];
const SEEDS: u64 = 2;
const WRITTEN: u64 = 50;

/// Days on which something changes, the days before and after them, and some others.
fn reference_dates(records: &Value) -> Vec<NaiveDate> {
    let fixed = ["1950-01-01", "2012-02-29", "2024-02-29", "2027-12-31", "2039-06-15"];
    let mut dates: Vec<NaiveDate> = fixed.iter().map(|day| day.parse().unwrap()).collect();
    let spells: Vec<&Value> = records
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|record| record["employment_records"].as_array().unwrap())
        .collect();
    let last = spells.len().saturating_sub(2);
    for spell in spells.iter().take(1).chain(&spells[last..]) {
        let updates = spell["employment_status_updates"].as_array();
        let update =
            updates.and_then(|updates| updates.last()).map(|update| &update["update_date"]);
        for day in [Some(&spell["start_date"]), Some(&spell["end_date"]), update] {
            let day = day.and_then(Value::as_str).map(|day| day.parse::<NaiveDate>().unwrap());
            dates.extend(
                day.into_iter().flat_map(|day| [day - Days::new(1), day, day + Days::new(1)]),
            );
        }
    }
    dates.sort();
    dates.dedup();
    dates
}

/// Compares the metrics of a person at each reference date with the figures that follow from the
/// person's records. Returns the number of comparisons.
async fn compare<S>(app: &TestApp<S>, curp: &str) -> usize
where
    S: actix_web::dev::Service<
            actix_http::Request,
            Response = actix_web::dev::ServiceResponse,
            Error = actix_web::Error,
        >,
{
    let fields = json!({"institution": "imss_mx_employment", "fetch_resources": []});
    let link = app.create_link_with(curp, fields).await.id();
    let records = app.retrieve(&link).await.created();
    let today = json!({"link": link, "save_data": false});
    let shown = app.post("/api/employment-metrics/", today).await.ok();
    Recomputed::of(&records, start().date_naive()).check(&shown, curp);
    let dates = reference_dates(&records);
    for date in &dates {
        let body = json!({"link": link, "reference_date": date, "save_data": false});
        let shown = app.post("/api/employment-metrics/", body).await.ok();
        Recomputed::of(&records, *date).check(&shown, curp);
    }
    dates.len() + 1
}

#[actix_web::test]
async fn metrics_of_generated_lives_follow_from_the_records_that_the_link_shows() {
    let mut compared = 0;
    for seed in 0..SEEDS {
        let app = app_with(&["--seed", &seed.to_string()]).await;
        for curp in CURPS {
            compared += compare(&app, curp).await;
        }
    }
    assert!(compared > 200, "{compared} comparisons are few");
}

#[actix_web::test]
async fn metrics_of_written_lives_follow_from_the_records_that_the_link_shows() {
    let directory = tempfile::tempdir().unwrap();
    let curps = write_lives(directory.path(), WRITTEN);
    let app = app_with(&["--scenarios", directory.path().to_str().unwrap()]).await;
    let mut compared = 0;
    for curp in curps {
        compared += compare(&app, &curp).await;
    }
    assert!(compared > 400, "{compared} comparisons are few");
}
