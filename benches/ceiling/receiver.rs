//! The receiver of the webhooks of `benches/run`: it notes when each one came, and lists all of them.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpResponse, HttpServer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Webhook {
    webhook_id: String,
    link_id: String,
}

/// The webhooks, each with the microseconds from 1970 to its arrival.
type Arrived = Mutex<Vec<(u128, Webhook)>>;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|text| text.parse().ok()).expect("receiver PORT");
    let arrived: Data<Arrived> = Data::default();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(arrived.clone())
            .route("/webhooks", web::post().to(note))
            .route("/webhooks", web::get().to(list))
            .route("/count", web::get().to(count))
    });
    server.bind(("127.0.0.1", port))?.run().await
}

async fn note(Json(webhook): Json<Webhook>, arrived: Data<Arrived>) -> HttpResponse {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    arrived.lock().unwrap_or_else(PoisonError::into_inner).push((now, webhook));
    HttpResponse::NoContent().finish()
}

async fn count(arrived: Data<Arrived>) -> String {
    arrived.lock().unwrap_or_else(PoisonError::into_inner).len().to_string()
}

/// A webhook on each line: its time, its id and its link.
async fn list(arrived: Data<Arrived>) -> String {
    let mut lines = String::new();
    for (at, webhook) in arrived.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let _ = writeln!(lines, "{at} {} {}", webhook.webhook_id, webhook.link_id);
    }
    lines
}
