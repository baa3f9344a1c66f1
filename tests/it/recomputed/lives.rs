//! Lives that are written out at random: jobs at the same time, returns to an employer, jobs of no
//! day, ends to come, salaries of nothing, and events in any order.

use std::fs;
use std::path::Path;

use chrono::{Days, NaiveDate};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

/// Writes a scenario for each life, and returns the CURPs of the people.
pub fn write_lives(directory: &Path, count: u64) -> Vec<String> {
    let write = |number| {
        let curp = format!("LIFE{number:06}MDFXXX00");
        let mut random = ChaCha8Rng::seed_from_u64(number);
        let records: Vec<Value> =
            (0..random.random_range(1..=2)).map(|_| record(&mut random)).collect();
        let scenario = json!({
            "name": format!("life_{number}"), "description": "A life that is written out",
            "when": {"curp": curp}, "login": {"accept": {"data": {"records": records}}},
        });
        let file = directory.join(format!("life_{number}.json"));
        fs::write(file, scenario.to_string()).unwrap();
        curp
    };
    (0..count).map(write).collect()
}

fn record(random: &mut ChaCha8Rng) -> Value {
    let count = *[0, 1, 2, 3, 6].choose(random).unwrap();
    let mut spells: Vec<Value> = (0..count).map(|_| spell(random)).collect();
    spells.sort_by_key(|spell| spell["start_date"].as_str().unwrap().to_owned());
    let status =
        [json!("UNEMPLOYED"), json!("RETIRED"), Value::Null].choose(random).unwrap().clone();
    let entitlements = json!({
        "entitled_to_health_insurance": true, "entitled_to_company_benefits": true,
        "valid_until": null, "status": status,
    });
    let born = [json!("1972-02-29"), json!("1985-12-31")].choose(random).unwrap().clone();
    json!({
        "personal_data": {
            "official_name": null, "first_name": null, "last_name": null, "birth_date": born,
            "email": null, "entitlements": entitlements, "document_ids": [],
        },
        "social_security_summary": null, "employment_records": spells, "employment_scores": null,
        "salary_estimation": null,
    })
}

fn spell(random: &mut ChaCha8Rng) -> Value {
    let start: NaiveDate = "2012-01-01".parse().unwrap();
    let start = start + Days::new(random.random_range(0..5200));
    let days = *[0, 1, 30, 365, 1500, 3000].choose(random).unwrap();
    let end = random.random_bool(0.8).then(|| start + Days::new(days));
    let updates: Vec<Value> = (0..random.random_range(0..6))
        .map(|place| {
            let day = start + Days::new(random.random_range(0..=days.max(1)));
            let day = if random.random_bool(0.1) { start - Days::new(9) } else { day };
            let event = if place == 0 { "HIRED" } else { "SALARY_MODIFICATION" };
            let event = if random.random_bool(0.05) { "VOLUNTARY_CONTRIBUTION" } else { event };
            let day = if place == 0 { start } else { day };
            json!({"event": event, "base_salary": salary(random), "update_date": day})
        })
        .collect();
    let updates = if random.random_bool(0.1) { Value::Null } else { json!(updates) };
    let employer = *["A", "B", "C"].choose(random).unwrap();
    json!({
        "employer": employer, "employer_id": null,
        "start_date": start, "end_date": end, "weeks_employed": 0, "state": null,
        "most_recent_base_salary": salary(random), "monthly_salary": 0.0, "currency": "MXN",
        "employment_status_updates": updates,
    })
}

fn salary(random: &mut ChaCha8Rng) -> f64 {
    *[0.0, 100.0, 102.0, 102.01, 98.0, 97.99, 250.55, 2828.5].choose(random).unwrap()
}
