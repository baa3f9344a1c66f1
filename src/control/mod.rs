//! HTTP in, the emulator's own face: `/livez` and `/readyz`.
//!
//! Both answer 200 as soon as the socket is bound, which is after the scenarios are loaded.

use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, guard};

pub fn routes(app: &mut ServiceConfig) {
    for path in ["/livez", "/readyz"] {
        let get = web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(well);
        app.route(path, get);
    }
}

async fn well() -> HttpResponse {
    HttpResponse::Ok().insert_header(ContentType::json()).body(r#"{"status":"ok"}"#)
}
