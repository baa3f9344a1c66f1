//! One integration crate. Most tests drive the emulator in process, in virtual time, through the
//! same routes that it serves; `binary`, `environment`, `exec`, `delivery` and some of the faults use the real
//! binary and real sockets.

#![allow(unreachable_pub, reason = "nothing is outside of a test: pub is for its other files")]

mod accounts;
mod app;
mod armed;
mod binary;
mod client;
mod control_api;
mod corpus;
mod coverage;
mod crate_api;
mod deliveries;
mod delivery;
mod determinism;
mod drift;
mod edited_scenario;
mod employment_records;
mod environment;
mod errors;
mod exec;
mod faults;
mod guard;
mod hostile;
mod http;
mod imss;
mod institutions;
mod isolation;
mod journal;
mod life;
mod lifecycle;
mod limits;
mod links;
mod log;
mod manual;
mod misspelt_curps;
mod names;
mod openapi;
mod output;
mod plain_words;
mod process;
mod queries;
mod receivers;
mod receivers_tls;
mod recurrent;
mod refusals;
mod request_lines;
mod reset;
mod restarts;
mod retrieval;
mod scenario_files;
mod scenario_folders;
mod secrets;
mod snapshot;
mod stop;
mod tidy;
mod time;
mod token;
mod validation;
mod void_steps;
mod waiting;
mod walks;
mod webhook_faults;
mod webhooks;
mod workers;
