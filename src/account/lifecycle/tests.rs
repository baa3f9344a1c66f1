//! The tasks of a link that has many.

use chrono::TimeDelta;
use serde_json::json;

use crate::account::tests::{account, start as now};
use crate::account::{Budget, Outcome, Query, RequestMode, Retrieved};
use crate::comparisons::comparisons;

/// Retrieves the records of one link again and again in the background, loads them, and sends the
/// webhooks. Returns the comparisons that each retrieval takes from its call to its webhook.
fn work_each(retrievals: u64) -> u64 {
    let mut account = account();
    let body = json!({
        "institution": "planet_mx_employment",
        "username": "BLPM951331IONVGR54",
        "access_mode": "single",
        "fetch_resources": [],
    });
    let mut context = account.begin_request();
    let link = account.create_link(&mut context, body.to_string().as_bytes()).unwrap().id;
    let body = json!({"link": link}).to_string().into_bytes();
    let query = Query::new(String::new(), "");
    let mut sent = 0;
    let work = comparisons(|| {
        for _ in 0..retrievals {
            let mut context = account.begin_request();
            let answer = account
                .retrieve_employment_records(&mut context, &body, RequestMode::Async, &query)
                .unwrap();
            assert!(matches!(answer, Retrieved::Later(_)));
        }
        let _ = account.advance(now() + TimeDelta::seconds(15), &mut Budget::unlimited());
        while let Some(attempt) = account.poll_attempt() {
            account.report(&attempt, Outcome::status(200));
            sent += 1;
        }
    });
    assert_eq!((sent, account.pending_deliveries()), (retrievals, 0));
    account.invariants().unwrap();
    work / retrievals
}

#[test]
fn many_background_retrievals_of_one_link_take_no_more_work_each_than_few() {
    let (few, many) = (work_each(100), work_each(8000));
    assert!(many < 4 * few, "{few} comparisons for each of 100, {many} for each of 8000");
}
