//! Many suites on one process, and how long a suite takes. Nothing here sleeps.

#![expect(clippy::disallowed_methods, reason = "times are shown, not asserted")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{CURP, RECEIVER, app_with};
use crate::client::{Client, Receiver};
use crate::process::Server;

const WORKERS: usize = 64;
const FLOWS: usize = 100;
/// The client's side is the slower one, so it has a thread for each core of a small machine.
const CLIENT_THREADS: usize = 2;

fn debug_or_release() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn many_workers_on_one_process_meet_nothing_of_each_other() {
    let receiver = Receiver::start();
    let server = Server::start(&["--quiet"]);
    let begun = Instant::now();
    thread::scope(|threads| {
        for part in 0..CLIENT_THREADS {
            let numbers = (part..WORKERS).step_by(CLIENT_THREADS);
            threads.spawn(|| runtime().block_on(work_together(&server, &receiver, numbers)));
        }
    });
    println!(
        "{WORKERS} workers with {FLOWS} flows each: {:.1?} ({})",
        begun.elapsed(),
        debug_or_release()
    );
    for number in 0..WORKERS {
        let arrived = receiver.arrived_at(&format!("/{number}"));
        let of: Vec<Value> = arrived.iter().map(|webhook| webhook["external_id"].clone()).collect();
        assert_eq!(of, own_external_ids(number));
    }
    assert_eq!(receiver.count(), WORKERS * FLOWS);
}

/// Lets workers with these numbers work at the same time.
async fn work_together(server: &Server, receiver: &Receiver, numbers: impl Iterator<Item = usize>) {
    let client = Client::new(&server.url);
    let mut workers = JoinSet::new();
    for number in numbers {
        let client = client.with_id(format!("worker-{number}"));
        workers.spawn(work(client, receiver.url.clone(), number));
    }
    while let Some(outcome) = workers.join_next().await {
        outcome.unwrap();
    }
}

/// In the order of the flows.
fn own_external_ids(number: usize) -> Vec<String> {
    (0..FLOWS).map(|flow| format!("{number}-{flow}")).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Lives in a time of its own, days away from the others'.
async fn work(client: Client, receiver: String, number: usize) {
    let endpoint = json!({"url": format!("{receiver}/{number}")});
    client.put("/_emulator/webhooks/endpoint", endpoint).await;
    let now = time(&client.get("/_emulator/clock").await["now"]);
    let start = now + TimeDelta::days(1 + number as i64);
    client.put("/_emulator/clock", json!({"mode": "manual", "now": start})).await;
    let mut now = start;
    for flow in 0..FLOWS {
        let external_id = format!("{number}-{flow}");
        let link = client.create_link(&external_id).await;
        now += TimeDelta::seconds(15);
        let advanced = client.post("/_emulator/clock/advance", json!({"by": "15s"})).await;
        let deliveries = advanced["deliveries"].as_array().unwrap();
        assert_eq!(deliveries.len(), 1, "{advanced}");
        assert_eq!(deliveries[0]["link"], link);
        assert_eq!(deliveries[0]["state"], "delivered");
        assert_eq!(time(&advanced["now"]), now);
        let records = client.records_of(&link).await;
        assert_eq!(records["count"], 1);
        assert_eq!(records["results"][0]["link"], link);
        assert_eq!(time(&records["results"][0]["created_at"]), now);
    }
    let links = client.get("/api/links/?page_size=1000").await;
    let links = links["results"].as_array().unwrap();
    let mut external_ids: Vec<Value> =
        links.iter().map(|link| link["external_id"].clone()).collect();
    external_ids.reverse();
    assert_eq!(external_ids, own_external_ids(number));
}

#[test]
fn a_hundred_flows_on_the_wire() {
    let receiver = Receiver::start();
    let server = Server::start(&["--quiet", "--clock", "skip", "--webhook-url", &receiver.url]);
    let client = Client::new(&server.url);
    let begun = Instant::now();
    runtime().block_on(async {
        let mut cursor = json!(0);
        for flow in 0..FLOWS {
            let link = client.create_link(&format!("flow-{flow}")).await;
            let awaited = json!({"link": link, "after": cursor});
            let webhook = client.post("/_emulator/webhooks/await", awaited).await;
            assert_eq!(receiver.count(), flow + 1);
            cursor = webhook["cursor"].clone();
            assert_eq!(client.records_of(&link).await["count"], 1);
        }
    });
    println!(
        "{FLOWS} flows on the wire in skip mode, link to webhook to records: {:.0?} ({})",
        begun.elapsed(),
        debug_or_release()
    );
}

/// One link has so little to do that a call needs no more slices for it.
const MOST_SLICES: usize = 10;

/// Counts how often a future asks to be polled again.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Wakes>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[actix_web::test]
async fn what_waits_does_not_keep_a_core_busy() {
    let app = app_with(&["--clock", "manual", "--webhook-url", RECEIVER]).await;
    app.create_link(CURP).await.created();
    for (path, body) in [
        ("/_emulator/webhooks/await", json!({"timeout": "10m"})),
        ("/_emulator/clock/advance", json!({"by": "15s"})),
    ] {
        let mut waiting = pin!(app.post(path, body));
        let wakes = Arc::new(Wakes::default());
        let waker = Waker::from(wakes.clone());
        let mut context = Context::from_waker(&waker);
        // A call lets the others have their turn between slices of its work, and then only waits.
        let polls_until_it_only_waits = async {
            let mut polls = 0;
            loop {
                assert!(waiting.as_mut().poll(&mut context).is_pending());
                polls += 1;
                // Only then the runtime makes up for wakes that it has put off.
                tokio::task::yield_now().await;
                if wakes.0.swap(0, Ordering::SeqCst) == 0 || polls > MOST_SLICES {
                    return polls;
                }
            }
        };
        assert!(polls_until_it_only_waits.await <= MOST_SLICES, "{path}");
    }
    app.send_webhooks();
}
