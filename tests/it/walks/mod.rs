//! Random walks over every operation of the OpenAPI description, with good and bad requests. After
//! each step the invariants of the account hold, and nothing is answered with an internal error.
//!
//! The walks are divided into parts that run side by side. A walk that fails prints its seed and its
//! steps; `WALK_SEED=n cargo test walks::` walks that seed alone.

mod known;
mod operation;
mod requests;
mod spoil;
mod walk;

use std::collections::BTreeMap;

use crate::walks::walk::{Met, walk};

const PARTS: u64 = 4;
const WALKS: u64 = 88;

#[actix_web::test]
async fn a_first_part_of_the_walks_keeps_the_invariants_and_meets_every_operation() {
    walk_part(0).await;
}

#[actix_web::test]
async fn a_second_part_of_the_walks_keeps_the_invariants_and_meets_every_operation() {
    walk_part(1).await;
}

#[actix_web::test]
async fn a_third_part_of_the_walks_keeps_the_invariants_and_meets_every_operation() {
    walk_part(2).await;
}

#[actix_web::test]
async fn a_fourth_part_of_the_walks_keeps_the_invariants_and_meets_every_operation() {
    walk_part(3).await;
}

/// Every fourth seed is of this part. A seed that is asked for is walked by its part alone.
async fn walk_part(part: u64) {
    let asked = std::env::var("WALK_SEED").ok();
    if let Some(seed) = asked.map(|text| text.parse::<u64>().expect("WALK_SEED is a number")) {
        if seed % PARTS == part {
            walk(seed).await;
        }
        return;
    }
    let mut met = Met::new();
    for seed in (part..WALKS).step_by(PARTS as usize) {
        for (answer, times) in walk(seed).await {
            *met.entry(answer).or_default() += times;
        }
    }
    check_coverage(&met);
}

/// Every success that the description documents was met.
fn check_coverage(met: &Met) {
    let missed: Vec<_> = met.iter().filter(|(_, times)| **times == 0).collect();
    assert!(missed.is_empty(), "the walks never met {missed:?} among {:#?}", by_operation(met));
}

/// How often each operation was called, by the status of the answer.
fn by_operation(met: &Met) -> BTreeMap<&str, Vec<String>> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((operation, status), times) in met {
        all.entry(operation).or_default().push(format!("{status}: {times}"));
    }
    all
}

#[test]
#[should_panic(expected = "the walks never met")]
fn a_success_that_no_walk_meets_is_found() {
    let met = [("ListLinks", 200, 7), ("ShowLink", 200, 0), ("ShowLink", 404, 3)];
    check_coverage(
        &met.into_iter().map(|(name, status, times)| ((name.to_owned(), status), times)).collect(),
    );
}
