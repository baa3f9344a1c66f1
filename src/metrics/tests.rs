//! Lives made by hand, with the figures that a reader gets with a calendar.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::metrics::figures;
use crate::model::employment_record::Employment;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A job with its daily salaries, each with the day from which it is paid.
fn job(employer: &str, start: &str, end: Option<&str>, salaries: &[(&str, f64)]) -> Value {
    let update = |(place, (day, salary)): (usize, &(&str, f64))| {
        let event = if place == 0 { "HIRED" } else { "SALARY_MODIFICATION" };
        json!({"event": event, "base_salary": salary, "update_date": day})
    };
    let updates: Vec<Value> = salaries.iter().enumerate().map(update).collect();
    let last = salaries.last().map_or(0.0, |(_, salary)| *salary);
    json!({
        "employer": employer, "employer_id": null, "start_date": start, "end_date": end,
        "weeks_employed": 0, "state": null, "most_recent_base_salary": last,
        "monthly_salary": 0.0, "currency": "MXN", "employment_status_updates": updates,
    })
}

fn life(status: &str, jobs: &[Value]) -> Employment {
    let entitlements = json!({
        "entitled_to_health_insurance": true, "entitled_to_company_benefits": true,
        "valid_until": null, "status": status,
    });
    let record = json!({
        "personal_data": {
            "official_name": null, "first_name": null, "last_name": null,
            "birth_date": "1990-05-12", "email": null, "entitlements": entitlements,
            "document_ids": [],
        },
        "social_security_summary": null, "employment_records": jobs, "employment_scores": null,
        "salary_estimation": null,
    });
    serde_json::from_value(record).unwrap()
}

/// Checks some figures of a life as of a date.
#[track_caller]
fn check(life: &Employment, reference_date: &str, expected: Value) {
    let shown = figures(std::slice::from_ref(life), None, day(reference_date));
    let shown = serde_json::to_value(shown).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(shown[key], *value, "{key} as of {reference_date}");
    }
}

#[test]
fn one_job_with_raises() {
    let salaries =
        [("2016-01-01", 100.0), ("2022-06-01", 102.0), ("2024-02-01", 110.0), ("2025-09-01", 99.0)];
    let life = life("EMPLOYED", &[job("A", "2016-01-01", None, &salaries)]);
    check(
        &life,
        "2026-01-01",
        json!({
            "age": 35, "current_status": "EMPLOYED", "current_employer_count": 1,
            "base_salary_last": 99.0,
            // 3653 days.
            "weeks_employed_last_job": 521.8571, "weeks_since_last_job": 0.0,
            "weeks_employed_total": 521.8571, "weeks_with_multiple_employers": 0.0,
            "employer_count": 1, "unique_employer_count": 1, "employers_per_year": 0.1,
            "weeks_between_jobs": 0.0, "max_weeks_between_jobs": 0.0,
            // The raise of exactly 2 % does not count.
            "increases_last_job": 1, "decreases_last_job": 1,
            "increases_after_change": null, "decreases_after_change": null,
            "increases_overall": 1, "decreases_overall": 1,
            "increases_1y": 0, "decreases_1y": 1,
            "increases_3y": 1, "decreases_3y": 1,
            "increases_5y": 1, "decreases_5y": 1,
            "yearly_change_1y": -10.0, "yearly_change_3y": -2.9412, "yearly_change_5y": -1.0,
            "min_monthly_salary_1y": 3011.25, "max_monthly_salary_1y": 3345.83,
            "min_monthly_salary_3y": 3011.25, "max_monthly_salary_5y": 3345.83,
        }),
    );
}

#[test]
fn changes_of_two_per_cent_or_less_do_not_count() {
    for (after, counts) in [(102.0, 0), (102.01, 1), (98.0, 0), (97.99, 1), (100.0, 0)] {
        let salaries = [("2020-01-01", 100.0), ("2025-06-01", after)];
        let life = life("EMPLOYED", &[job("A", "2020-01-01", None, &salaries)]);
        let [increases, decreases] = if after > 100.0 { [counts, 0] } else { [0, counts] };
        check(
            &life,
            "2026-01-01",
            json!({
                "increases_last_job": increases, "decreases_last_job": decreases,
                "increases_overall": increases, "decreases_overall": decreases,
                "increases_1y": increases, "decreases_1y": decreases,
            }),
        );
    }
}

#[test]
fn jobs_at_the_same_time_count_their_weeks_once() {
    let life = life(
        "EMPLOYED",
        &[
            job("A", "2025-01-01", None, &[("2025-01-01", 100.0)]),
            // 35 days, of which 28 are beside another employer than A.
            job("B", "2025-01-08", Some("2025-02-12"), &[("2025-01-08", 50.0)]),
            job("A", "2025-02-05", Some("2025-02-12"), &[("2025-02-05", 10.0)]),
        ],
    );
    check(
        &life,
        "2025-03-05",
        json!({
            "current_employer_count": 1, "base_salary_last": 100.0,
            "weeks_employed_last_job": 9.0, "weeks_since_last_job": 0.0,
            "weeks_employed_total": 9.0, "weeks_with_multiple_employers": 5.0,
            "employer_count": 3, "unique_employer_count": 2,
            // No job began before A's first, which is the last one that the person has.
            "increases_after_change": null,
            // B began with less than A paid, and A's second with less than B paid.
            "increases_overall": 0, "decreases_overall": 2,
            "min_monthly_salary_1y": 3041.67, "max_monthly_salary_1y": 4866.67,
        }),
    );
}

#[test]
fn a_return_to_an_employer_and_gaps() {
    let life = life(
        "UNEMPLOYED",
        &[
            job("A", "2015-01-01", Some("2016-01-01"), &[("2015-01-01", 100.0)]),
            job("B", "2016-01-15", Some("2020-01-01"), &[("2016-01-15", 150.0)]),
            job("A", "2020-03-04", Some("2025-12-03"), &[("2020-03-04", 120.0)]),
        ],
    );
    check(
        &life,
        "2026-01-01",
        json!({
            "current_status": "UNEMPLOYED", "current_employer_count": 0,
            "base_salary_last": 120.0, "weeks_since_last_job": 4.1429,
            "employer_count": 3, "unique_employer_count": 2,
            // Two employers in 4018 days.
            "employers_per_year": 0.1818,
            // 14 and 63 days.
            "weeks_between_jobs": 11.0, "max_weeks_between_jobs": 9.0,
            "increases_after_change": 0, "decreases_after_change": 1,
            "increases_overall": 1, "decreases_overall": 1,
            "yearly_change_1y": 0.0, "yearly_change_5y": 0.0,
        }),
    );
    // Between the jobs.
    check(
        &life,
        "2020-02-05",
        json!({
            "current_status": "UNEMPLOYED", "base_salary_last": 150.0,
            "weeks_since_last_job": 5.0, "weeks_between_jobs": 2.0, "employer_count": 2,
            "increases_after_change": 1, "decreases_after_change": 0,
            // 330 of the last 365 days had a job: the average is over these.
            "average_monthly_salary_1y": 4562.5, "min_monthly_salary_1y": 4562.5,
        }),
    );
}

#[test]
fn short_careers_have_nulls_at_three_and_five_years() {
    let salaries = [("2024-01-01", 100.0), ("2024-07-01", 200.0)];
    let life = life("EMPLOYED", &[job("A", "2024-01-01", None, &salaries)]);
    for (reference_date, three, five) in [
        ("2024-12-31", false, false),
        ("2026-12-31", false, false),
        ("2027-01-01", true, false),
        ("2028-12-31", true, false),
        ("2029-01-01", true, true),
    ] {
        let shown = figures(std::slice::from_ref(&life), None, day(reference_date));
        let has = |figures: [bool; 3], is_there: bool| {
            assert_eq!(figures, [is_there; 3], "as of {reference_date}");
        };
        has(
            [
                shown.increases_3y.is_some(),
                shown.decreases_3y.is_some(),
                shown.yearly_change_3y.is_some(),
            ],
            three,
        );
        has(
            [
                shown.increases_5y.is_some(),
                shown.decreases_5y.is_some(),
                shown.yearly_change_5y.is_some(),
            ],
            five,
        );
        assert!(shown.min_monthly_salary_5y.is_some(), "as of {reference_date}");
    }
    // A career of less than a year counts from its first day.
    check(&life, "2024-12-31", json!({"yearly_change_1y": 100.0, "increases_1y": 1}));
    check(&life, "2024-06-30", json!({"yearly_change_1y": 0.0, "increases_1y": 0}));
    check(&life, "2024-01-01", json!({"employers_per_year": null, "weeks_employed_total": 0.0}));
    // The day of the change a year ago is outside of the year.
    check(&life, "2025-07-01", json!({"yearly_change_1y": 0.0, "increases_1y": 0}));
    check(&life, "2025-06-30", json!({"yearly_change_1y": 100.0, "increases_1y": 1}));
}

#[test]
fn a_person_without_a_job_has_counts_of_nothing_and_nulls() {
    let never = json!({
        "current_employer_count": 0, "base_salary_last": null, "weeks_employed_last_job": null,
        "weeks_since_last_job": null, "weeks_employed_total": 0.0,
        "weeks_with_multiple_employers": 0.0, "employer_count": 0, "unique_employer_count": 0,
        "employers_per_year": null, "weeks_between_jobs": null, "max_weeks_between_jobs": null,
        "increases_last_job": null, "increases_overall": null, "decreases_1y": null,
        "yearly_change_1y": null, "min_monthly_salary_1y": null, "average_monthly_salary_5y": null,
    });
    let unemployed = life("UNEMPLOYED", &[]);
    check(&unemployed, "2026-01-01", never.clone());
    check(&unemployed, "2026-01-01", json!({"age": 35, "current_status": "UNEMPLOYED"}));
    check(&life("RETIRED", &[]), "2026-01-01", json!({"current_status": "RETIRED"}));
    // Before the first job, and before the birth.
    let later = life("EMPLOYED", &[job("A", "2020-01-01", None, &[("2020-01-01", 100.0)])]);
    check(&later, "2019-12-31", never);
    check(&later, "2019-12-31", json!({"age": 29, "current_status": "UNEMPLOYED"}));
    check(&later, "1980-01-01", json!({"age": 0}));
}

#[test]
fn a_date_to_come_takes_it_that_all_stays_as_it_is() {
    let life = life("EMPLOYED", &[job("A", "2020-01-01", None, &[("2020-01-01", 100.0)])]);
    check(
        &life,
        "2050-01-01",
        json!({
            "age": 59, "current_status": "EMPLOYED", "weeks_employed_total": 1565.4286,
            "yearly_change_5y": 0.0, "average_monthly_salary_5y": 3041.67,
        }),
    );
}

#[test]
fn what_happened_after_the_date_is_left_out() {
    let salaries = [("2020-01-01", 100.0), ("2022-01-01", 200.0)];
    let life = life(
        "RETIRED",
        &[
            job("A", "2020-01-01", Some("2023-01-01"), &salaries),
            job("B", "2023-06-01", Some("2024-06-01"), &[("2023-06-01", 300.0)]),
        ],
    );
    check(
        &life,
        "2021-12-31",
        json!({
            "current_status": "EMPLOYED", "base_salary_last": 100.0, "employer_count": 1,
            "increases_overall": 0, "weeks_since_last_job": 0.0, "max_monthly_salary_1y": 3041.67,
        }),
    );
    check(&life, "2022-01-01", json!({"base_salary_last": 200.0, "increases_overall": 1}));
    check(&life, "2022-12-31", json!({"current_status": "EMPLOYED"}));
    check(
        &life,
        "2023-01-01",
        json!({"current_status": "UNEMPLOYED", "weeks_since_last_job": 0.0}),
    );
    check(&life, "2024-06-01", json!({"current_status": "RETIRED", "employer_count": 2}));
}

#[test]
fn voluntary_contributions_and_records_without_events() {
    let mut voluntary = job("IMSS", "2021-01-01", None, &[("2021-01-01", 500.0)]);
    voluntary["employment_status_updates"][0]["event"] = json!("VOLUNTARY_CONTRIBUTION");
    let mut silent = job("A", "2019-01-01", Some("2020-01-01"), &[]);
    silent["most_recent_base_salary"] = json!(80.0);
    for events in [json!([]), Value::Null] {
        silent["employment_status_updates"] = events;
        let life = life("UNEMPLOYED", &[silent.clone(), voluntary.clone()]);
        check(
            &life,
            "2022-01-01",
            json!({
                "current_status": "UNEMPLOYED", "employer_count": 1, "base_salary_last": 80.0,
                "weeks_since_last_job": 104.4286, "increases_overall": 0,
            }),
        );
    }
}

#[test]
fn impossible_dates_and_endless_salaries_do_no_harm() {
    let backwards = job("A", "2020-01-01", Some("2019-01-01"), &[("2019-06-01", 1e300)]);
    let of_a_day = job("B", "2021-01-01", Some("2021-01-01"), &[("2021-01-01", -1.0)]);
    let life = life("UNEMPLOYED", &[backwards, of_a_day]);
    check(
        &life,
        "2022-01-01",
        json!({
            "employer_count": 2, "weeks_employed_total": 0.0, "weeks_since_last_job": 52.1429,
            "weeks_between_jobs": 52.2857, "base_salary_last": -1.0, "min_monthly_salary_5y": null,
        }),
    );
    check(&life, "9999-12-31", json!({"age": 8009}));
    check(&life, "0001-01-01", json!({"age": 0, "employer_count": 0}));
}
