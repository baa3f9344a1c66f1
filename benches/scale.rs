//! What an account of many links costs: memory a link, a dry run, the first write after a fork, and
//! many forks that all move on.
//!
//! `cargo bench --bench scale`. Memory is the resident set of the process, so it runs on Linux only.
//! Compare figures of one machine only.

use std::fs;
use std::time::{Duration, Instant};

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, init_service};
use belvo_emulator::{Clock, Config, Emulator};
use chrono::TimeDelta;

const MANY: usize = 100_000;
const FORKS: usize = 300;
const LINKS_OF_A_FORK: usize = 5_000;
/// The memory of one page, as `/proc/self/statm` counts.
const MEMORY_PAGE_BYTES: u64 = 4096;

fn main() {
    // First, as memory that was freed would be used again, and not count.
    many_forks();
    many_links();
}

fn many_links() {
    let one = Bench::new();
    let before = resident_bytes();
    let creations: Vec<Duration> = (0..MANY).map(|link| one.create_link("id", link)).collect();
    one.clock.advance(TimeDelta::seconds(15));
    one.call("id", "GET", "/api/links/?page_size=1", "");
    println!("create a link: {:?}", median(creations));
    println!("bytes a loaded link: {}", (resident_bytes() - before) / MANY as u64);
    let dry_run = r#"{"curp":"NEWX900101MXXXXX00"}"#;
    let dry_runs = (0..11).map(|_| one.timed("id", "POST", "/_emulator/dry-run", dry_run));
    println!("a dry run beside {MANY} links: {:?}", median(dry_runs.collect()));
    let first_writes = (0..11).map(|fork| {
        one.fork(fork);
        one.create_link(&format!("fork-{fork}"), MANY)
    });
    println!("the first write after a fork: {:?}", median(first_writes.collect()));
    let snapshot = one.call("id", "GET", "/_emulator/snapshot", "");
    println!("bytes of a snapshot a link: {}", snapshot.len() / MANY);
}

fn many_forks() {
    let many = Bench::new();
    for link in 0..LINKS_OF_A_FORK {
        many.create_link("id", link);
    }
    many.clock.advance(TimeDelta::seconds(15));
    many.call("id", "GET", "/api/links/?page_size=1", "");
    let recurrent = LINK.replace("single", "recurrent").replace("NUMBER", "RECU900101MDFXXX00");
    many.call("id", "POST", "/api/links/", &recurrent);
    let before = resident_bytes();
    (0..FORKS).for_each(|fork| many.fork(fork));
    println!("{FORKS} forks of {LINKS_OF_A_FORK} links: {} MiB", mebibytes_since(before));
    many.clock.advance(TimeDelta::seconds(15));
    for fork in 0..FORKS {
        many.call(&format!("fork-{fork}"), "GET", "/api/links/?page_size=1", "");
    }
    println!("after a row fell due in each: {} MiB", mebibytes_since(before));
}

const LINK: &str = r#"{"institution":"planet_mx_employment","username":"NUMBER",
    "access_mode":"single","fetch_resources":["EMPLOYMENT_RECORDS"],"external_id":"user-NUMBER"}"#;

struct Bench<S> {
    runner: SystemRunner,
    clock: Clock,
    service: S,
}

impl Bench<()> {
    fn new() -> Bench<
        impl Service<actix_http::Request, Response = ServiceResponse, Error = actix_web::Error>,
    > {
        let runner = System::new();
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
        let flags = ["--accounts", "1000"];
        let emulator = Emulator::with_clock(Config::from_flags(flags).unwrap(), clock.clone());
        let service = runner.block_on(init_service(App::new().configure(emulator.routes())));
        Bench { runner, clock, service }
    }
}

impl<S> Bench<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = actix_web::Error>,
{
    fn call(&self, id: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
        let request = TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("Host", "localhost"))
            .insert_header(("Authorization", basic(id)))
            .insert_header(("Content-Type", "application/json"))
            .set_payload(body.to_owned())
            .to_request();
        self.runner.block_on(async {
            let response = self.service.call(request).await.unwrap();
            assert!(response.status().is_success(), "{}", response.status());
            to_bytes(response.into_body()).await.unwrap_or_default().to_vec()
        })
    }

    #[expect(clippy::disallowed_methods, reason = "a benchmark measures the machine's time")]
    fn timed(&self, id: &str, method: &str, path: &str, body: &str) -> Duration {
        let begin = Instant::now();
        self.call(id, method, path, body);
        begin.elapsed()
    }

    /// Each link is another person's.
    fn create_link(&self, id: &str, number: usize) -> Duration {
        let curp = format!("LINK{:06}MDFXXX{:02}", number / 100, number % 100);
        self.timed(id, "POST", "/api/links/", &LINK.replace("NUMBER", &curp))
    }

    fn fork(&self, number: usize) {
        let body = format!(r#"{{"credentials":"fork-{number}:password"}}"#);
        self.call("id", "POST", "/_emulator/fork", &body);
    }
}

fn basic(id: &str) -> String {
    use base64::Engine;
    let keys = base64::engine::general_purpose::STANDARD.encode(format!("{id}:password"));
    format!("Basic {keys}")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn resident_bytes() -> u64 {
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * MEMORY_PAGE_BYTES
}

fn mebibytes_since(before: u64) -> u64 {
    (resident_bytes() - before) / (1024 * 1024)
}
