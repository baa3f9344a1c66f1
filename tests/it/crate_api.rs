//! The emulator inside another program, as a Rust suite uses it.

#![expect(clippy::disallowed_methods, reason = "a stop that hangs is told from one that does not")]

use std::future::Future;
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use belvo_emulator::{
    AccountHandle, Awaited, Builder, ClockMode, ControlError, Delivery, DeliveryState, Emulator,
    Running,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::CURP;

const HOUR: Duration = Duration::from_secs(3600);

/// Creates a link and returns its id.
fn create_link(account: &AccountHandle) -> String {
    let link = json!({
        "institution": "planet_mx_employment",
        "username": CURP,
        "access_mode": "single",
        "fetch_resources": ["EMPLOYMENT_RECORDS"],
    });
    let mut answer = ureq::post(url(account, "/api/links/")).send_json(link).unwrap();
    let link: Value = answer.body_mut().read_json().unwrap();
    link["id"].as_str().unwrap().to_owned()
}

fn records(account: &AccountHandle) -> Value {
    let mut answer = ureq::get(url(account, "/api/employment-records/")).call().unwrap();
    answer.body_mut().read_json().unwrap()
}

/// With the keys, which ureq takes from there.
fn url(account: &AccountHandle, path: &str) -> String {
    let keys = format!("http://{}:{}@", account.secret_id(), account.secret_password());
    account.base_url().replace("http://", &keys) + path
}

fn address(emulator: &Running) -> SocketAddr {
    emulator.base_url().trim_start_matches("http://").parse().unwrap()
}

fn is_free(address: SocketAddr) -> bool {
    TcpListener::bind(address).is_ok()
}

/// Creates a link, awaits its webhook and reads its records.
async fn flow(account: &AccountHandle) -> Delivery {
    let link = create_link(account);
    let webhook = account.await_webhook(Awaited::any().link(link.parse().unwrap())).await.unwrap();
    assert_eq!(records(account)["results"][0]["link"], link);
    webhook
}

async fn skipping() -> Running {
    Emulator::builder().clock(ClockMode::Skip).start().await.unwrap()
}

async fn standing_still() -> Running {
    Emulator::builder().clock(ClockMode::Manual).start().await.unwrap()
}

#[track_caller]
fn code<T>(outcome: Result<T, ControlError>) -> String {
    let Err(failure) = outcome else { panic!("it was not refused") };
    failure.code().to_owned()
}

#[tokio::test]
async fn it_runs_beside_a_current_thread_runtime() {
    let emulator = skipping().await;
    flow(&emulator).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_beside_a_runtime_of_many_threads() {
    let emulator = skipping().await;
    let account = emulator.account("another", "password");
    tokio::spawn(async move { flow(&account).await }).await.unwrap();
    emulator.stop().await;
}

/// A runtime whose time jumps does not make the emulator's jump.
#[tokio::test(start_paused = true)]
async fn it_runs_beside_a_runtime_with_its_own_time() {
    let delay = Duration::from_millis(50);
    let emulator = Emulator::builder().webhook_delay(delay).start().await.unwrap();
    flow(&emulator).await;
}

#[test]
fn it_needs_no_runtime() {
    block_on(async {
        let emulator = skipping().await;
        flow(&emulator).await;
        emulator.stop().await;
    });
}

/// An executor and nothing else: no timers, no sockets.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Unpark>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn many_run_in_parallel_and_share_nothing() {
    let emulators: Vec<_> = (0..8)
        .map(|number| {
            thread::spawn(move || {
                block_on(async {
                    let emulator = Emulator::builder()
                        .clock(ClockMode::Skip)
                        .seed(number / 2)
                        .start()
                        .await
                        .unwrap();
                    let ids: Vec<_> = [flow(&emulator).await, flow(&emulator).await]
                        .map(|webhook| (webhook.link, webhook.webhook_id, webhook.cursor))
                        .into();
                    assert_eq!(records(&emulator)["count"], 2);
                    (emulator, ids)
                })
            })
        })
        .collect();
    let emulators: Vec<_> = emulators.into_iter().map(|thread| thread.join().unwrap()).collect();
    for (number, (emulator, ids)) in emulators.iter().enumerate() {
        for (other_number, (other, other_ids)) in emulators.iter().enumerate().skip(number + 1) {
            assert_ne!(emulator.base_url(), other.base_url());
            assert_eq!(ids == other_ids, number / 2 == other_number / 2, "the seed decides");
        }
    }
}

/// An emulator that is sending a webhook to a receiver that does not answer, with the receiver and
/// the connection.
fn sending() -> (Running, TcpListener, TcpStream) {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", receiver.local_addr().unwrap());
    let builder = Emulator::builder().webhook_url(url).webhook_delay(Duration::ZERO);
    let emulator = block_on(builder.flags(["--webhook-retry-delay", "0s"]).start()).unwrap();
    create_link(&emulator);
    let (connection, _) = receiver.accept().unwrap();
    (emulator, receiver, connection)
}

/// Nothing arrived after what was under way, and nothing can.
fn assert_gone(address: SocketAddr, receiver: &TcpListener, mut connection: TcpStream) {
    assert!(is_free(address));
    connection.read_to_end(&mut Vec::new()).unwrap();
    receiver.set_nonblocking(true).unwrap();
    assert_eq!(receiver.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn when_it_is_dropped_its_port_is_free_and_nothing_arrives_any_more() {
    let (emulator, receiver, connection) = sending();
    let address = address(&emulator);
    assert!(!is_free(address));
    drop(emulator);
    assert_gone(address, &receiver, connection);
}

#[test]
fn it_can_be_stopped_without_blocking() {
    let (emulator, receiver, connection) = sending();
    let address = address(&emulator);
    block_on(emulator.stop());
    assert_gone(address, &receiver, connection);
}

fn await_request(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /_emulator/webhooks/await HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic \
         bXktaWQ6bXktcGFzc3dvcmQ=\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n\
         {body}",
        body.len()
    )
}

#[test]
fn requests_that_hang_do_not_keep_it() {
    let emulator = block_on(standing_still());
    let mut client = TcpStream::connect(address(&emulator)).unwrap();
    let request = await_request(&json!({"timeout": "10m"}));
    std::io::Write::write_all(&mut client, request.as_bytes()).unwrap();
    // Another request is answered, so that one is under way.
    create_link(&emulator);
    let told = Instant::now();
    drop(emulator);
    println!("stopped {:?} after it was told, with a request that hangs", told.elapsed());
    assert!(told.elapsed() < Duration::from_secs(10));
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0);
}

#[test]
fn a_test_that_fails_is_not_kept_by_it() {
    let (sender, parts) = std::sync::mpsc::channel();
    let failing = thread::spawn(move || {
        let (emulator, receiver, connection) = sending();
        sender.send((address(&emulator), receiver, connection)).unwrap();
        panic!("the test fails");
    });
    let (address, receiver, connection) = parts.recv().unwrap();
    let panic = failing.join().unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"the test fails"));
    assert_gone(address, &receiver, connection);
}

/// The threads of this process that emulators run on.
#[cfg(target_os = "linux")]
fn threads_of_emulators() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").unwrap();
    let names = threads.map(|thread| std::fs::read_to_string(thread.unwrap().path().join("comm")));
    // A thread can end before its name is read.
    names.flatten().filter(|name| name.trim_end() == "belvo-emulator").count()
}

#[cfg(target_os = "linux")]
fn wait_for_threads_of_emulators(count: usize) {
    let begun = Instant::now();
    while threads_of_emulators() != count {
        let threads = threads_of_emulators();
        assert!(begun.elapsed() < Duration::from_secs(60), "{threads} instead of {count}");
        thread::yield_now();
    }
}

/// The test runs in a process of its own, where no other test starts an emulator.
#[cfg(target_os = "linux")]
#[test]
fn a_start_that_is_given_up_leaves_no_thread() {
    const ALONE: &str = "GIVEN_UP_START";
    if std::env::var_os(ALONE).is_none() {
        let name = "crate_api::a_start_that_is_given_up_leaves_no_thread";
        let mut alone = Command::new(std::env::current_exe().unwrap());
        let output = alone.args(["--exact", name]).env(ALONE, "1").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        return;
    }
    let start = loop {
        let mut start = Box::pin(Emulator::builder().start());
        // One that is done at once cannot be given up any more.
        if start.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            break start;
        }
    };
    wait_for_threads_of_emulators(1);
    drop(start);
    wait_for_threads_of_emulators(0);
}

#[test]
fn wrong_settings_are_named() {
    type Wrong = fn(Builder) -> Builder;
    let cases: &[(Wrong, &str)] = &[
        (
            |builder| builder.webhook_url("localhost:9000"),
            "--webhook-url: \"localhost:9000\" begins with localhost:; expected an address such as \
             http://localhost:9000/webhooks",
        ),
        (
            |builder| builder.webhook_authorization("two\nlines"),
            "--webhook-authorization: expected the value of a header, without line breaks",
        ),
        (
            |builder| builder.credentials("", "password"),
            "--credentials: expected ID:PASSWORD, with a colon and both parts not empty",
        ),
        (|builder| builder.scenario("-x"), "--scenario: No scenario is named \"-x\""),
        (|builder| builder.scenarios("/does/not/exist"), "/does/not/exist"),
        (|builder| builder.webhook_delay(4000 * 24 * HOUR), "is longer than 3650 days"),
        (
            |builder| builder.flags(["--rate-limits", "some"]),
            "invalid value 'some' for '--rate-limits",
        ),
        (|builder| builder.flags(["--sed", "7"]), "unexpected argument '--sed' found"),
        (|builder| builder.flags(["serve"]), "unexpected argument 'serve' found"),
        (
            |builder| builder.flags(["--port", "80"]),
            "--port is for the program belvo-emulator; leave it out here",
        ),
        (
            |builder| builder.flags(["--log-format=json"]),
            "--log-format is for the program belvo-emulator; leave it out here",
        ),
    ];
    for (wrong, sentence) in cases {
        let Err(error) = block_on(wrong(Emulator::builder()).start()) else {
            panic!("it started: {sentence}")
        };
        let said = error.to_string();
        assert!(said.contains(sentence), "{said:?}");
        assert!(!said.contains("\n\n") && !said.starts_with("error"), "{said:?}");
    }
}

#[tokio::test]
async fn the_last_of_a_setting_counts_and_flags_are_settings() {
    let seeded = |builder: Builder| async move {
        let emulator = builder.clock(ClockMode::Manual).start().await.unwrap();
        create_link(&emulator)
    };
    let seven = seeded(Emulator::builder().seed(7)).await;
    assert_eq!(seeded(Emulator::builder().seed(1).seed(7)).await, seven);
    assert_eq!(seeded(Emulator::builder().flags(["--seed", "7"])).await, seven);
    assert_ne!(seeded(Emulator::builder()).await, seven);
}

/// Run as a test of its own by the next one.
#[tokio::test]
async fn it_starts() {
    let emulator = skipping().await;
    assert_eq!(flow(&emulator).await.state, DeliveryState::Undeliverable);
}

#[test]
fn the_environment_does_not_count() {
    let this = std::env::current_exe().unwrap();
    let child = Command::new(this)
        .args(["--exact", "crate_api::it_starts"])
        .env("BELVO_EMULATOR_SEED", "nonsense")
        .env("BELVO_EMULATOR_SCENARIOS", "/does/not/exist")
        .env("BELVO_EMULATOR_WEBHOOK_URL", "nonsense")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test]
async fn time_moves_on_command_account_by_account() {
    let emulator = standing_still().await;
    let other = emulator.account("other", "password");
    let others_time = other.clock().await.unwrap().now;
    create_link(&emulator);

    let start = emulator.clock().await.unwrap().now;
    let advanced = emulator.advance(Duration::from_secs(14)).await.unwrap();
    assert_eq!((advanced.from, advanced.deliveries.len()), (start, 0));

    let next = emulator.advance_to_next().await.unwrap();
    assert_eq!(next.clock.now - start, TimeDelta::seconds(15));
    assert_eq!(next.deliveries[0].state, DeliveryState::Undeliverable);

    let later = start + TimeDelta::days(30);
    assert_eq!(emulator.advance_to(later).await.unwrap().clock.now, later);
    assert_eq!(emulator.set_clock(later).await.unwrap().now, later);
    assert_eq!(code(emulator.advance_to(start).await), "invalid");
    let past = emulator.set_clock(start).await.unwrap_err();
    assert_eq!((past.code(), past.field()), ("invalid", Some("now")));
    assert_eq!(emulator.set_clock(ClockMode::Real).await.unwrap().mode, ClockMode::Real);
    assert_eq!(other.clock().await.unwrap().now, others_time);
}

#[tokio::test]
async fn webhooks_are_awaited_one_after_the_other() {
    let emulator = skipping().await;
    let links: Vec<uuid::Uuid> = (0..3).map(|_| create_link(&emulator).parse().unwrap()).collect();
    let mut cursors = vec![0];
    for link in &links {
        let after = Awaited::any().after(cursors[cursors.len() - 1]);
        let webhook = emulator.await_webhook(after).await.unwrap();
        assert_eq!(webhook.link, *link);
        cursors.push(webhook.cursor);
    }
    assert!(cursors.is_sorted_by(|one, next| one < next), "{cursors:?}");
    let second = Awaited::any()
        .link(links[1])
        .webhook_type("EMPLOYMENT_RECORDS".parse().unwrap())
        .webhook_code("historical_update".parse().unwrap());
    assert_eq!(emulator.await_webhook(second).await.unwrap().cursor, cursors[2]);

    emulator.expect_no_webhook(Awaited::any().after(cursors[3]).within(HOUR)).await.unwrap();
    let one = emulator.expect_no_webhook(Awaited::any().link(links[0])).await.unwrap_err();
    assert_eq!(one.code(), "unexpected_webhook");
    assert!(one.message().contains(&links[0].to_string()), "{one}");

    let soon = Duration::from_millis(1);
    let none = Awaited::any().webhook_code("token_required".parse().unwrap());
    let timeout = emulator.await_webhook(none.clone().timeout(soon)).await.unwrap_err();
    assert!(timeout.to_string().starts_with("await_timeout: No webhook with code"), "{timeout}");
    let not_due = emulator.await_finished(none.within(HOUR)).await.unwrap_err();
    assert!(not_due.to_string().starts_with("webhook_not_due: No webhook with code"), "{not_due}");
}

/// The time would run through ten years of refreshes if the wait went on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_is_closed_ends_its_wait() {
    let emulator = skipping().await;
    let begin = emulator.clock().await.unwrap().now;
    let body = json!({"webhook_code": "employment_changes", "timeout": "10m", "within": "3650d"});
    let mut client = TcpStream::connect(address(&emulator)).unwrap();
    std::io::Write::write_all(&mut client, await_request(&body).as_bytes()).unwrap();
    // Another request is answered, so that one is under way.
    create_link(&emulator);
    drop(client);
    let mut now = emulator.clock().await.unwrap().now;
    let link = json!({
        "institution": "planet_mx_employment",
        "username": "RETI550101HXXXXX00",
        "access_mode": "recurrent",
    });
    ureq::post(url(&emulator, "/api/links/")).send_json(link).unwrap();
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let later = emulator.clock().await.unwrap().now;
        if later == now {
            break;
        }
        now = later;
    }
    assert!(now - begin < TimeDelta::days(3600), "{now}");
}

/// The time would move at the next link if the call went on.
#[tokio::test]
async fn a_call_ends_with_its_caller() {
    let emulator = skipping().await;
    let begin = emulator.clock().await.unwrap().now;
    let left = emulator.await_webhook(Awaited::any().timeout(HOUR));
    assert!(tokio::time::timeout(Duration::from_millis(50), left).await.is_err());
    create_link(&emulator);
    let none = Awaited::any().webhook_code("link_deleted".parse().unwrap());
    let stays = emulator.await_webhook(none.timeout(Duration::from_millis(200))).await;
    assert_eq!(code(stays), "await_timeout");
    assert_eq!(emulator.clock().await.unwrap().now, begin);
}

#[tokio::test]
async fn an_account_is_reset_and_forked() {
    let emulator = standing_still().await;
    create_link(&emulator);
    let fork = emulator.fork("fork", "password").await.unwrap();
    assert_eq!(code(emulator.fork("fork", "password").await), "account_exists");
    let cancelled = emulator.reset().await.unwrap();
    assert_eq!((cancelled.links, cancelled.scheduled > 0), (1, true));
    assert_eq!(fork.advance_to_next().await.unwrap().deliveries.len(), 1);
    assert_eq!(
        (records(&fork)["count"].clone(), records(&emulator)["count"].clone()),
        (1.into(), 0.into())
    );
}

#[tokio::test]
async fn a_snapshot_is_put_back() {
    let emulator = standing_still().await;
    create_link(&emulator);
    let snapshot = emulator.snapshot().await.unwrap();
    emulator.advance(HOUR).await.unwrap();
    assert_eq!(records(&emulator)["count"], 1);
    assert_eq!(emulator.restore(&snapshot).await.unwrap().links, 1);
    assert_eq!(emulator.snapshot().await.unwrap(), snapshot);
    assert_eq!(records(&emulator)["count"], 0);
    assert_eq!(code(emulator.restore("{}").await), "invalid");
}

#[tokio::test]
async fn only_the_keys_of_the_settings_are_accepted() {
    let builder = Emulator::builder().credentials("first", "a:b").credentials("second", "c");
    let emulator = builder.start().await.unwrap();
    assert_eq!((emulator.secret_id(), emulator.secret_password()), ("first", "a:b"));
    emulator.clock().await.unwrap();
    emulator.account("second", "c").clock().await.unwrap();
    assert_eq!(code(emulator.account("second", "b").clock().await), "authentication_failed");
}

#[tokio::test]
async fn no_call_outlives_it() {
    let emulator = standing_still().await;
    let account = emulator.account("id", "password");
    let waiting = tokio::spawn({
        let account = account.clone();
        async move { account.await_webhook(Awaited::any()).await }
    });
    tokio::task::yield_now().await;
    emulator.stop().await;
    assert_eq!(code(waiting.await.unwrap()), "emulator_stopped");
    assert_eq!(code(account.clock().await), "emulator_stopped");
    assert_eq!(code(account.advance(HOUR).await), "emulator_stopped");
}
