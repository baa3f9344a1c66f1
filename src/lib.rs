//! A local stand-in for Belvo's API: links and Mexican employment records.
//!
//! The README is the manual; this page is the map.
//!
//! # The house
//!
//! An *account* (one pair of API keys) is a plain struct: give it a request and the time, and it
//! changes and returns an answer. It does no IO, reads no clock, owns no task and cannot wait.
//! Everything that will happen later is a row in its outbox, keyed by when. A thin shell holds the
//! lock, reads the clock under it, speaks HTTP in and HTTP out.
//!
//! | room | what is in it |
//! | --- | --- |
//! | `cli` | flags and environment, turned once into a [`Config`]; the subcommands |
//! | `server` | [`Emulator`]: actix, the courier, the stop |
//! | `api` | HTTP in, Belvo's face; `api/mod.rs` is its table of contents |
//! | `control` | HTTP in, our own face: `/_emulator/`, for the account of the keys |
//! | `pages` | HTTP in, without keys: `/livez`, `/readyz`, the description |
//! | `http` | what both faces share: who calls, bodies, answers, routes |
//! | `openapi` | the description of both faces, from the types that are sent |
//! | `courier` | HTTP out: sends the webhooks that are ready, reports the outcome |
//! | `accounts` | credentials to account; the lock; each account's time; `run` is the only door to the core |
//! | `account` | the core: links, records, institutions, tokens, queries, faults, the outbox, the journal |
//! | `scenario` | the format of `scenarios/*.json`: load, check, choose |
//! | `generate` | people and their working lives, from a seed |
//! | `drift` | two OpenAPI descriptions, and the fields in which they differ |
//! | `model` | the wire types, one file a family |
//! | `error` | one table of Belvo's errors, one shape |
//! | `clock`, `seed` | the only places where time and randomness enter |
//!
//! # What always holds
//!
//! * All that a client can see is a function of the scenarios, the seed and the sequence of requests
//!   and delivery outcomes with their times, account by account.
//! * `actix_web` is named only in `api`, `control`, `http`, `pages` and `server`; time and randomness enter
//!   only through `clock` and `seed`; tokens are signed only in `account`. The test `tidy` holds these.
//! * An effect comes before the webhook that announces it.
//! * Nothing waits while an account is locked.
//!
//! # In a program
//!
//! ```no_run
//! use belvo_emulator::{Config, Emulator};
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::from_flags(["--seed", "7"])?;
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! Emulator::new(config).run(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod account;
mod accounts;
mod api;
pub mod cli;
mod clock;
mod config;
mod control;
mod courier;
mod drift;
mod error;
mod generate;
mod http;
mod model;
mod openapi;
mod pages;
mod scenario;
mod seed;
mod server;

pub use account::{AttemptMade, Delivery, DeliveryId, DeliveryState, Outcome, Verdict};
pub use clock::Clock;
pub use config::Config;
pub use server::{Emulator, PendingAttempt};
