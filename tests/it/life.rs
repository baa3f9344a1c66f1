//! Would a person believe the data? Checked over many CURPs, all profiles and several years.

use chrono::{Datelike, NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::app::{CURP, app_with, start};

fn date(value: &Value) -> NaiveDate {
    value.as_str().unwrap_or_else(|| panic!("{value} is no date")).parse().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// Cents of an amount, which must have no more than two decimals.
fn cents(value: &Value) -> i64 {
    let cents = value.as_f64().unwrap() * 100.0;
    assert!((cents - cents.round()).abs() < 1e-6, "{value} has more than two decimals");
    cents.round() as i64
}

fn plain(text: &str) -> String {
    let fold = |letter| match letter {
        'á' | 'Á' => 'A',
        'é' | 'É' => 'E',
        'í' | 'Í' => 'I',
        'ó' | 'Ó' => 'O',
        'ú' | 'Ú' | 'ü' => 'U',
        'ñ' | 'Ñ' => 'X',
        other => other.to_ascii_uppercase(),
    };
    text.chars().map(fold).collect()
}

/// CURPs of many initials, years, sexes and states.
fn curps() -> Vec<String> {
    let letters: Vec<char> = ('A'..='Z').collect();
    let letter = |number: usize| letters[number % 26];
    (0..260)
        .map(|number| {
            format!(
                "{}{}{}{}{:02}{:02}{:02}{}{}{}{}{}{}{}",
                letter(number),
                ['A', 'E', 'I', 'O', 'U', 'X'][number % 6],
                letter(number * 7 + 3),
                letter(number * 11 + 5),
                50 + number % 50,
                number % 12 + 1,
                number % 28 + 1,
                ['H', 'M'][number % 2],
                ["DF", "JC", "NL", "YN", "NE"][number % 5],
                ['R', 'L', 'N', 'S'][number % 4],
                ['R', 'L', 'N', 'S'][number / 4 % 4],
                ['R', 'L', 'N', 'S'][number / 16 % 4],
                number % 10,
                number / 10 % 10,
            )
        })
        .chain(
            ["LONG700101MXXXXX00", "IDLE900101HXXXXX00", "RETI550101HXXXXX00", CURP]
                .map(str::to_owned),
        )
        .chain(["SAPE050607HDFLRR0A", "SAPE180607MDFLRR0A"].map(str::to_owned))
        .collect()
}

#[actix_web::test]
async fn lives_are_coherent() {
    let app = app_with(&["--page-size", "1000", "--webhook-delay", "0s"]).await;
    for (curp, number) in curps().iter().zip(0..) {
        let institution = ["imss_mx_employment", "issste_mx_employment"][number % 2];
        let fields =
            json!({"institution": institution, "username2": format!("{number}@example.com")});
        app.create_link_with(curp, fields).await.created();
        app.advance(TimeDelta::days(1));
    }
    let page = app.get("/api/employment-records/").await.ok();
    assert_eq!(page["count"], curps().len());
    for record in page["results"].as_array().unwrap() {
        let curp = text(&record["internal_identification"]);
        let imss = record["social_security_summary"].is_object();
        assert!(date(&record["report_date"]) >= start().date_naive());
        check_person(curp, imss, &record["personal_data"]);
        check_spells(record, imss);
        check_entitlements(record);
        check_what_only_imss_has(record, imss);
    }
}

fn check_person(curp: &str, imss: bool, person: &Value) {
    let (first, last) = (text(&person["first_name"]), text(&person["last_name"]));
    assert_eq!(person["official_name"], format!("{first} {last}"));
    let particles = ["De", "Del", "La", "Las", "Los", "Y"];
    let mut surnames = last.split(' ').filter(|word| !particles.contains(word));
    let (paternal, maternal) = (surnames.next().unwrap(), surnames.next_back().unwrap());
    assert_eq!(plain(paternal).chars().next(), curp.chars().next(), "{curp} {last}");
    assert_eq!(plain(maternal).chars().next(), curp.chars().nth(2), "{curp} {last}");
    let mut initials = first.split(' ').map(|name| plain(name).chars().next());
    assert!(initials.any(|initial| initial == curp.chars().nth(3)), "{curp} {first}");
    let born = date(&person["birth_date"]);
    let year = if curp.as_bytes()[16].is_ascii_digit() { 1900 } else { 2000 };
    assert_eq!(born.year(), year + curp[4..6].parse::<i32>().unwrap(), "{curp}");
    if curp != CURP {
        assert_eq!(born.format("%y%m%d").to_string(), curp[4..10], "{curp}");
    }
    let documents = person["document_ids"].as_array().unwrap();
    let own = json!({"document_type": "CURP", "document_number": curp});
    assert_eq!(documents.last(), Some(&own));
    let number = text(&documents[0]["document_number"]);
    if documents.len() == 1 {
        assert!(born.year() > start().year() - 15, "{curp} has no NSS");
    } else if imss {
        assert_eq!(documents[0]["document_type"], "NSS");
        assert_eq!(number.len(), 11);
        assert!(passes_luhn(number), "{number}");
        assert_eq!(number[4..6], born.format("%y").to_string());
    } else {
        assert_eq!(documents[0]["document_type"], "RFC");
        let initials = (&number[..4], &number[4..10]);
        assert_eq!(
            (number.len(), initials),
            (13, (&curp[..4], &*born.format("%y%m%d").to_string()))
        );
    }
}

fn passes_luhn(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| if place % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    sum.is_multiple_of(10)
}

fn check_spells(record: &Value, imss: bool) {
    let spells = record["employment_records"].as_array().unwrap();
    let today = date(&record["report_date"]);
    let born = date(&record["personal_data"]["birth_date"]);
    let is_child = born.year() > today.year() - 15;
    assert_eq!(spells.is_empty(), is_child, "{record}");
    assert!(spells.is_sorted_by_key(|spell| date(&spell["start_date"])), "{record}");
    for spell in spells {
        let start = date(&spell["start_date"]);
        let end = (!spell["end_date"].is_null()).then(|| date(&spell["end_date"]));
        assert!(start.year() - born.year() >= 15, "{record}");
        let last_day = end.unwrap_or(today);
        assert!(start < last_day && last_day <= today, "{spell}");
        assert_eq!(spell["weeks_employed"], (last_day - start).num_weeks());
        assert_eq!(spell["currency"], "MXN");
        assert_eq!(spell["collected_at"], record["collected_at"]);
        let (daily, monthly) =
            (cents(&spell["most_recent_base_salary"]), cents(&spell["monthly_salary"]));
        if imss {
            assert!((monthly * 12 - daily * 365).abs() <= 6, "{spell}");
            assert_eq!(text(&spell["employer_id"]).len(), 11);
            assert!(spell["state"].is_string());
        } else {
            assert_eq!(monthly, daily * 30);
            assert!(text(&spell["employer"]).contains(';'));
            assert!(spell["employer_id"].is_null() && spell["state"].is_null());
        }
        check_updates(spell, start, end, last_day, imss);
    }
}

fn check_updates(
    spell: &Value,
    start: NaiveDate,
    end: Option<NaiveDate>,
    last_day: NaiveDate,
    imss: bool,
) {
    let updates = spell["employment_status_updates"].as_array().unwrap();
    let dates: Vec<NaiveDate> = updates.iter().map(|update| date(&update["update_date"])).collect();
    assert!(dates.is_sorted(), "{spell}");
    assert_eq!((dates[0], dates.last().unwrap() <= &last_day), (start, true), "{spell}");
    let last = updates.last().unwrap();
    assert_eq!(last["base_salary"], spell["most_recent_base_salary"]);
    let events: Vec<&str> = updates.iter().map(|update| text(&update["event"])).collect();
    if !imss {
        let sources = ["NORMAL", "BDUTA_CERTIFICATE", "DYE_CERTIFICATE"];
        assert!(sources.contains(&events[0]) && events.iter().all(|event| *event == events[0]));
        return;
    }
    assert_eq!(events[0], "HIRED");
    assert_eq!(*events.last().unwrap() == "DISMISSED_RESIGNED", end.is_some(), "{spell}");
    let inner = &events[1..events.len() - usize::from(end.is_some())];
    let allowed = ["SALARY_MODIFICATION", "ABSENCE", "SICK_LEAVE"];
    assert!(inner.iter().all(|event| allowed.contains(event)), "{spell}");
    if let Some(end) = end {
        assert_eq!(dates.last(), Some(&end));
    }
}

fn check_entitlements(record: &Value) {
    let today = date(&record["report_date"]);
    let spells = record["employment_records"].as_array().unwrap();
    let ends: Vec<&Value> = spells.iter().map(|spell| &spell["end_date"]).collect();
    let has_job = ends.iter().any(|end| end.is_null());
    let last_end = ends.iter().filter(|end| !end.is_null()).map(|end| date(end)).max();
    let entitlements = &record["personal_data"]["entitlements"];
    let benefits = &entitlements["entitled_to_company_benefits"];
    match entitlements["status"].as_str().unwrap_or("none") {
        "none" => assert!(spells.is_empty()),
        "EMPLOYED" => {
            assert!(has_job && entitlements["valid_until"].is_null());
            assert_eq!(*benefits, true);
        }
        "UNEMPLOYED" => {
            let until = date(&entitlements["valid_until"]);
            assert_eq!((until - last_end.unwrap()).num_days(), 56);
            assert_eq!(entitlements["entitled_to_health_insurance"], today <= until);
            assert_eq!(*benefits, false);
        }
        "RETIRED" => {
            let born = date(&record["personal_data"]["birth_date"]);
            assert!(last_end.unwrap().year() - born.year() >= 60);
            assert_eq!(entitlements["entitled_to_health_insurance"], true);
            assert_eq!(*benefits, false);
        }
        other => panic!("{other}"),
    }
}

fn check_what_only_imss_has(record: &Value, imss: bool) {
    if !imss {
        for key in ["social_security_summary", "employment_scores", "salary_estimation"] {
            assert!(record[key].is_null(), "{key}");
        }
        return;
    }
    let spells = record["employment_records"].as_array().unwrap();
    let weeks: i64 = spells.iter().map(|spell| spell["weeks_employed"].as_i64().unwrap()).sum();
    let summary = &record["social_security_summary"];
    assert!(summary["weeks_contributed"].as_i64().unwrap() <= weeks, "two jobs count once");
    let scores = record["employment_scores"].as_array().unwrap();
    let periods: Vec<i64> = scores.iter().map(|score| score["period"].as_i64().unwrap()).collect();
    assert_eq!(periods, [3, 6, 12]);
    let has_worked = !spells.is_empty();
    let fits = |score: &Value| score.as_i64().is_some_and(|score| (300..=900).contains(&score));
    assert!(scores.iter().all(|score| fits(&score["score"]) == has_worked), "{record}");
    let employed = spells.iter().any(|spell| spell["end_date"].is_null());
    let estimation = &record["salary_estimation"];
    assert_eq!(
        estimation["employment_status_estimate"],
        if employed { "EMPLOYED" } else { "UNEMPLOYED" }
    );
    assert_eq!(cents(&estimation["base_salary_estimate"]) > 0, employed);
}

#[actix_web::test]
async fn a_later_reading_shows_the_same_past() {
    let app = app_with(&[]).await;
    let link = app.create_link_with(CURP, json!({"access_mode": "recurrent"})).await.id();
    let mut readings = Vec::new();
    for _ in 0..3 {
        app.post("/api/employment-records/", json!({"link": link})).await.created();
        readings.push(app.records_of(&link).await["results"][0].clone());
        app.advance(TimeDelta::days(400));
    }
    for pair in readings.windows(2) {
        let [before, after] =
            [0, 1].map(|index| pair[index]["employment_records"].as_array().unwrap());
        assert_eq!(before.len(), after.len());
        let (current, past) = before.split_last().unwrap();
        for (old, new) in past.iter().zip(after) {
            let mut new = new.clone();
            new["collected_at"] = old["collected_at"].clone();
            assert_eq!(*old, new);
        }
        let updates =
            |spell: &Value| spell["employment_status_updates"].as_array().unwrap().clone();
        assert!(updates(after.last().unwrap()).starts_with(&updates(current)));
        assert_eq!(pair[0]["personal_data"], pair[1]["personal_data"]);
    }
}

#[actix_web::test]
async fn profiles_are_what_their_scenarios_say() {
    let app = app_with(&[]).await;
    for (curp, status, employers) in [
        (CURP, "EMPLOYED", 1..=40),
        ("LONG700101MXXXXX00", "EMPLOYED", 12..=12),
        ("IDLE900101HXXXXX00", "UNEMPLOYED", 3..=3),
        ("RETI550101HXXXXX00", "RETIRED", 5..=5),
        ("GOVT850101MXXXXX00", "EMPLOYED", 2..=2),
    ] {
        let link = app.create_link(curp).await.id();
        app.advance(TimeDelta::seconds(15));
        let record = app.records_of(&link).await["results"][0].clone();
        assert_eq!(record["personal_data"]["entitlements"]["status"], status, "{curp}");
        let count = record["employment_records"].as_array().unwrap().len();
        assert!(employers.contains(&count), "{curp}: {count}");
        assert_eq!(record["social_security_summary"].is_null(), curp.starts_with("GOVT"));
    }
}
