//! A local stand-in for Belvo's API: links and Mexican employment records.
//!
//! `README.md` and `docs/` are the manual; this page is the map.
//!
//! # The house
//!
//! An *account* (one pair of API keys) is a plain struct: give it a request and the time, and it
//! changes and returns an answer. It does no IO, reads no clock, owns no tokio task and cannot wait.
//! Everything that it will do later is a task of its schedule, by the time at which it is due. A
//! thin shell holds the lock, reads the clock under it, and speaks HTTP in both directions.
//!
//! | room | what is in it |
//! | --- | --- |
//! | `cli` | flags and environment, turned once into a [`Config`]; the subcommands |
//! | `server` | [`Emulator`]: actix, the courier, the stop |
//! | `embed` | [`Emulator::builder`]: the emulator on a thread of another program, its control by method |
//! | `operations` | the table of all operations: method, path, statuses, who may call; no HTTP in it |
//! | `routes` | from a request to its handler: looked up in the table, authenticated, answered |
//! | `api` | HTTP in, Belvo's face; `api/mod.rs` is its table of contents |
//! | `control` | HTTP in, our own face: `/_emulator/`, for the account of the keys |
//! | `pages` | HTTP in, without keys: `/livez`, `/readyz`, the description, the page for people, whose sources are in `ui/` |
//! | `http` | what both faces share: connections, who calls, bodies, answers, injected faults |
//! | `openapi` | the description of both faces, from the table and from the types that are sent |
//! | `courier` | HTTP out: a timer that moves the time of accounts, senders of webhooks, reports of their outcome |
//! | `demo` | `--demo`: who its visitors and viewers are, and the people of its accounts |
//! | `accounts` | credentials to account; whose turn it is; each account's time; `run` is the only door to the core |
//! | `account` | the core: `answer` is one call, `lifecycle` runs the tasks, and each noun has a room |
//! | `scenario` | the format of `scenarios/*.json`: load, match, and `lint`, which finds what is wrong in files; the ids of steps |
//! | `guard` | which host names and which web pages are let in |
//! | `generate` | people and their working lives, from a seed |
//! | `metrics` | the figures of employment metrics, computed from employment records |
//! | `drift` | two OpenAPI descriptions, and the fields in which they differ |
//! | `files` | the files that people pass to the program, read with a limit |
//! | `descriptors` | the limit of file descriptors, and what they are kept for |
//! | `model` | the wire types, one file a family |
//! | `error` | one table of Belvo's errors, one shape |
//! | `clock`, `seed` | the only places where time and randomness enter |
//!
//! # What always holds
//!
//! * All that a client can see is a function of the scenarios, the seed and the sequence of requests
//!   and delivery outcomes with their times, account by account.
//! * `actix_web` is named only in `api`, `control`, `http`, `pages`, `routes` and `server`; time and randomness enter
//!   only through `clock` and `seed`; tokens are signed only in `account`. The test `tidy` holds these,
//!   and which room may import which.
//! * An effect comes before the webhook that announces it.
//! * Nothing waits while an account is locked, and it is locked for a slice of work at most: accounts share
//!   no time either.
//!
//! # In a test
//!
//! [`Emulator::builder`] starts an emulator inside the test, on a port of its own. The program is
//! the same code.
//!
//! ```
//! use belvo_emulator::{Awaited, Emulator, ClockMode};
//! use serde_json::{Value, json};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In skip mode nobody waits: awaiting a webhook moves the time on to it.
//! let emulator = Emulator::builder().seed(7).clock(ClockMode::Skip).start().await?;
//!
//! // Any HTTP client will do; this one takes the keys from the URL.
//! let (id, password) = (emulator.secret_id(), emulator.secret_password());
//! let belvo = emulator.base_url().replace("http://", &format!("http://{id}:{password}@"));
//! let link: Value = ureq::post(format!("{belvo}/api/links/"))
//!     .send_json(json!({
//!         "institution": "planet_mx_employment",
//!         "username": "BLPM951331IONVGR54",
//!         "access_mode": "single",
//!         "fetch_resources": ["EMPLOYMENT_RECORDS"],
//!     }))?
//!     .body_mut()
//!     .read_json()?;
//! let link_id = link["id"].as_str().unwrap();
//!
//! // With webhook_url in the builder, your own receiver has answered it by now.
//! let webhook = emulator.await_webhook(Awaited::any().link(link_id.parse()?)).await?;
//! assert_eq!(webhook.webhook_code, "historical_update");
//!
//! let records: Value = ureq::get(format!("{belvo}/api/employment-records/?link={link_id}"))
//!     .call()?
//!     .body_mut()
//!     .read_json()?;
//! assert_eq!(records["count"], 1);
//!
//! // Nothing else comes within an hour, which is over at once.
//! let hour = std::time::Duration::from_secs(3600);
//! let later = Awaited::any().after(webhook.cursor).within(hour);
//! emulator.expect_no_webhook(later).await?;
//! # Ok(())
//! # }
//! ```

mod account;
mod accounts;
mod api;
pub mod cli;
mod clock;
#[cfg(test)]
mod comparisons;
mod config;
mod control;
mod courier;
mod demo;
mod descriptors;
mod drift;
mod embed;
mod error;
mod files;
mod generate;
mod guard;
mod http;
mod metrics;
mod model;
mod openapi;
mod operations;
mod pages;
mod routes;
mod scenario;
mod seed;
mod server;

pub use account::{
    Attempt, Candidate, Deliveries, Delivery, DeliveryId, DeliveryState, DroppedTasks, Expectation,
    Explanation, Happened, LogEntry, LogPage, MatchedScenario, Met, Outcome, RanTask, Reach,
    Recorded, ScheduledTask, ScheduledTasks, TaskId, TaskPlace, Tried, Verdict,
};
pub use accounts::{
    Advanced, Awaited, Cancelled, ClockMode, ClockReading, ClockSetting, Event, Factor,
    RequestFilter, Requests, StreamEnd, Verification, Verified,
};
pub use clock::Clock;
pub use config::Config;
pub use embed::{
    AccountHandle, ArmedScenario, Arming, Builder, ControlError, Events, Fault, InjectedFault,
    Injection, Running, StartError,
};
pub use model::webhook::{WebhookCode, WebhookType};
pub use server::{Emulator, PendingAttempt};

/// Compares a description with the emulator's own, as `belvo-emulator drift` does. Only the fuzz
/// targets are built with it.
#[cfg(fuzzing)]
pub fn compare_with_description(text: &str) {
    if let Ok(theirs) = serde_json::from_str(text) {
        let compared = drift::compare(openapi::description(), &theirs);
        if let Err(problem) = compared {
            assert!(!problem.to_string().is_empty());
        }
    }
}
