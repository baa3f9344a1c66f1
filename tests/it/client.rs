//! An account on the wire, and a receiver of webhooks, for many at once.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, Once};
use std::thread;

use actix_web::http::KeepAlive;
use actix_web::rt::System;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::Method;
use rustls::crypto::ring::default_provider;
use serde_json::{Value, json};

/// One account's client; copies share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: Arc<str>,
    id: String,
}

impl Client {
    /// Clients made from this one by [`Client::with_id`] share its connections.
    pub fn new(url: &str) -> Client {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| default_provider().install_default().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Client { http, url: url.into(), id: "id".to_owned() }
    }

    pub fn with_id(&self, id: String) -> Client {
        Client { id, ..self.clone() }
    }

    /// The body of an answer that must have this status.
    pub async fn call(&self, method: Method, path: &str, body: Value, status: u16) -> Value {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .basic_auth(&self.id, Some("password"));
        if !body.is_null() {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let (answered, text) = (answer.status().as_u16(), answer.bytes().await.unwrap());
        assert_eq!(answered, status, "{path}: {}", String::from_utf8_lossy(&text));
        serde_json::from_slice(&text).unwrap()
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, Value::Null, 200).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, body, 200).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        self.call(Method::PUT, path, body, 200).await
    }

    /// Creates a single link and returns its id.
    pub async fn create_link(&self, external_id: &str) -> String {
        let body = json!({
            "institution": "planet_mx_employment",
            "username": crate::app::CURP,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
            "external_id": external_id,
        });
        let link = self.call(Method::POST, "/api/links/", body, 201).await;
        link["id"].as_str().unwrap().to_owned()
    }

    pub async fn records_of(&self, link: &str) -> Value {
        self.get(&format!("/api/employment-records/?link={link}")).await
    }
}

/// A webhook as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub path: String,
    pub body: Value,
}

/// Accepts every webhook, at any path, and keeps it. It serves until the process ends.
pub struct Receiver {
    pub url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let kept = Data::from(arrived.clone());
        thread::spawn(move || {
            System::new().block_on(async {
                let app = move || App::new().app_data(kept.clone()).default_service(web::to(keep));
                HttpServer::new(app)
                    .keep_alive(KeepAlive::Os)
                    .workers(1)
                    .listen(listener)
                    .unwrap()
                    .run()
                    .await
                    .unwrap();
            });
        });
        Receiver { url, arrived }
    }

    /// The webhooks that have arrived at a path so far, in that order.
    pub fn arrived_at(&self, path: &str) -> Vec<Value> {
        let arrived = self.arrived.lock().unwrap();
        let here = arrived.iter().filter(|webhook| webhook.path == path);
        here.map(|webhook| webhook.body.clone()).collect()
    }

    pub fn count(&self) -> usize {
        self.arrived.lock().unwrap().len()
    }
}

async fn keep(
    arrived: Data<Mutex<Vec<Arrived>>>,
    request: HttpRequest,
    body: Bytes,
) -> HttpResponse {
    let path = request.path().to_owned();
    let body = serde_json::from_slice(&body).unwrap();
    arrived.lock().unwrap().push(Arrived { path, body });
    HttpResponse::Ok().finish()
}
