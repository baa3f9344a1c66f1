//! The ceiling of the benchmarks: the least that an actix-web server can do for the requests that
//! `benches/run` makes. It parses the body into a struct, and answers with as many bytes as the emulator.

use actix_web::http::header::ContentType;
use actix_web::web::{self, Bytes, Data, Json};
use actix_web::{App, HttpResponse, HttpServer};
use serde::Deserialize;

/// The body of `POST /api/links/`.
#[derive(Deserialize)]
struct NewLink {
    institution: String,
    username: String,
    access_mode: String,
    fetch_resources: Vec<String>,
    external_id: String,
}

/// The bodies of the two answers.
struct Bodies {
    link: Bytes,
    records: Bytes,
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let mut number = || numbers.next().and_then(Result::ok).expect("ceiling PORT BYTES BYTES");
    let port = u16::try_from(number()).expect("a port");
    let mut body = || Bytes::from(vec![b'x'; number()]);
    let bodies = Data::new(Bodies { link: body(), records: body() });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(bodies.clone())
            .route("/api/links/", web::post().to(create))
            .route("/api/employment-records/", web::get().to(records))
            .route("/livez", web::get().to(HttpResponse::Ok))
    });
    server.bind(("127.0.0.1", port))?.run().await
}

async fn create(link: Json<NewLink>, bodies: Data<Bodies>) -> HttpResponse {
    let NewLink { institution, username, access_mode, fetch_resources, external_id } = &*link;
    let texts = [institution, username, access_mode, external_id];
    match texts.into_iter().chain(fetch_resources).any(String::is_empty) {
        true => HttpResponse::BadRequest().finish(),
        false => {
            HttpResponse::Created().insert_header(ContentType::json()).body(bodies.link.clone())
        }
    }
}

async fn records(bodies: Data<Bodies>) -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::json()).body(bodies.records.clone())
}
