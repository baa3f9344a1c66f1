//! Requests through the routes of the emulator, in process and without sockets.
//!
//! `cargo bench`; a filter such as `cargo bench -- create` runs some of them. Compare figures of one
//! run only: machines differ, and the same one does from hour to hour.

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::rt::{System, SystemRunner};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use belvo_emulator::{Clock, Config, Emulator};
use chrono::TimeDelta;
use divan::{Bencher, black_box};

const LINK: &str = r#"{"institution":"planet_mx_employment","username":"BLPM951331IONVGR54",
    "access_mode":"single","fetch_resources":["EMPLOYMENT_RECORDS"],"external_id":"user-32"}"#;

fn main() {
    divan::main();
}

/// An emulator with that many loaded links, and a function that makes a request of it.
struct Bench<S> {
    runner: SystemRunner,
    service: S,
}

fn bench(
    links: usize,
) -> Bench<impl Service<actix_http::Request, Response = ServiceResponse, Error = actix_web::Error>>
{
    let runner = System::new();
    let clock = Clock::manual("2026-03-01T12:00:00Z".parse().unwrap());
    let emulator = Emulator::with_clock(Config::from_flags([""; 0]).unwrap(), clock.clone());
    let service = runner.block_on(init_service(App::new().configure(emulator.routes())));
    let bench = Bench { runner, service };
    for _ in 0..links {
        bench.call("POST", "/api/links/", LINK);
    }
    clock.advance(TimeDelta::seconds(15));
    bench
}

impl<S> Bench<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = actix_web::Error>,
{
    fn call(&self, method: &str, path: &str, body: impl Into<Bytes>) -> Vec<u8> {
        let request = TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("Authorization", "Basic aWQ6cGFzc3dvcmQ="))
            .insert_header(("Content-Type", "application/json"))
            .set_payload(body.into())
            .to_request();
        self.runner.block_on(async {
            let response = self.service.call(request).await.unwrap();
            assert!(response.status().is_success());
            to_bytes(response.into_body()).await.unwrap_or_default().to_vec()
        })
    }
}

#[divan::bench]
fn root(bencher: Bencher) {
    let bench = bench(0);
    bencher.bench_local(|| bench.call("GET", black_box("/api/"), ""));
}

#[divan::bench]
fn create_link(bencher: Bencher) {
    let bench = bench(0);
    bencher.bench_local(|| bench.call("POST", black_box("/api/links/"), LINK));
}

/// What is told of `POST /_emulator/fork`: the copy is made when one of the two changes.
#[divan::bench(args = [10, 10_000])]
fn fork(bencher: Bencher, links: usize) {
    let bench = bench(links);
    let mut forks = 0;
    bencher.bench_local(|| {
        forks += 1;
        let body = format!(r#"{{"credentials":"fork:{forks}"}}"#);
        bench.call("POST", "/_emulator/fork", body)
    });
}

#[divan::bench(args = [10, 10_000])]
fn first_page_of_links(bencher: Bencher, links: usize) {
    let bench = bench(links);
    bencher.bench_local(|| bench.call("GET", black_box("/api/links/"), ""));
}

#[divan::bench]
fn one_page_of_ten_records(bencher: Bencher) {
    let bench = bench(10);
    bencher.bench_local(|| bench.call("GET", black_box("/api/employment-records/"), ""));
}
