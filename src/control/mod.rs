//! HTTP in, the emulator's own face. This file is its table of contents.
//!
//! Everything acts on the account of the keys, and on no other.

pub mod clock;
pub mod deliveries;
pub mod endpoint;
pub mod faults;
pub mod matching;
pub mod requests;
pub mod state;
pub mod webhooks;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::error::Error;
use crate::http::authentication::{Caller, authenticate};
use crate::http::routing::{delete, endpoint, get, post, put};

pub fn routes(app: &mut ServiceConfig) {
    app.service(
        web::scope("/_emulator")
            .wrap(from_fn(authenticate))
            .service(endpoint("/clock", [get(clock::show), put(clock::set)]))
            .service(endpoint("/clock/advance", [post(clock::advance)]))
            .service(endpoint("/webhooks/await", [post(webhooks::wait)]))
            .service(endpoint("/requests", [get(requests::list)]))
            .service(endpoint("/requests/verify", [post(requests::verification)]))
            .service(endpoint("/requests/{request_id}", [get(requests::explain)]))
            .service(endpoint(
                "/armed",
                [post(matching::arm), get(matching::list_armed), delete(matching::disarm_all)],
            ))
            .service(endpoint("/armed/{armed_id}", [delete(matching::disarm)]))
            .service(endpoint(
                "/default-scenario",
                [
                    get(matching::show_default),
                    put(matching::set_default),
                    delete(matching::drop_default),
                ],
            ))
            .service(endpoint("/dry-run", [post(matching::dry_run)]))
            .service(endpoint(
                "/faults",
                [get(faults::list), post(faults::add), delete(faults::remove_all)],
            ))
            .service(endpoint("/faults/{fault_id}", [delete(faults::remove)]))
            .service(endpoint(
                "/webhooks/endpoint",
                [get(endpoint::show), put(endpoint::set), delete(endpoint::remove)],
            ))
            .service(endpoint("/webhooks/deliveries", [get(deliveries::list)]))
            .service(endpoint("/webhooks/deliveries/{delivery_id}", [get(deliveries::show)]))
            .service(endpoint(
                "/webhooks/deliveries/{delivery_id}/replay",
                [post(deliveries::replay)],
            ))
            .service(endpoint("/webhooks/trigger", [post(deliveries::trigger)]))
            .service(endpoint("/reset", [post(state::reset)]))
            .service(endpoint("/snapshot", [get(state::snapshot), put(state::restore)]))
            .service(endpoint("/fork", [post(state::fork)]))
            .default_service(web::to(no_such_call)),
    );
}

async fn no_such_call(caller: Caller, request: HttpRequest) -> HttpResponse {
    let path = request.path();
    caller.reply(Err(Error::unknown(format_args!(
        "There is no {path}; GET /_emulator/openapi.json lists what there is."
    ))))
}
