//! HTTP in, Belvo's face. This file is the table of contents of the API.
//!
//! Handlers turn a request into one call of the core and its answer into a response; what the API
//! does is in `account`. Credentials are checked before anything else; those for a token of the
//! widget are in the body.

mod current_employments;
mod employment_records;
mod institutions;
mod links;
mod root;
mod token;

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use crate::http::authentication::authenticate;
use crate::http::faults::inject_faults;
use crate::http::routing::{delete, endpoint, get, no_such_path, patch, post, put};

pub fn routes(app: &mut ServiceConfig) {
    app.service(endpoint("/api/token", [post(token::create)]).wrap(from_fn(inject_faults)));
    app.service(
        web::scope("/api")
            .wrap(from_fn(authenticate))
            .wrap(from_fn(inject_faults))
            .service(endpoint("", [get(root::show)]))
            .service(endpoint(
                "/links",
                [get(links::list), post(links::create), patch(links::resume)],
            ))
            .service(endpoint(
                "/links/{id}",
                [
                    get(links::detail),
                    patch(links::update),
                    put(links::renew_credentials),
                    delete(links::delete),
                ],
            ))
            .service(endpoint("/links/{id}/refresh", [post(links::refresh)]))
            .service(endpoint(
                "/employment-records",
                [get(employment_records::list), post(employment_records::retrieve)],
            ))
            .service(endpoint(
                "/employment-records/{id}",
                [get(employment_records::detail), delete(employment_records::delete)],
            ))
            .service(endpoint(
                "/mx/current-employments",
                [get(current_employments::list), post(current_employments::retrieve)],
            ))
            .service(endpoint(
                "/mx/current-employments/{id}",
                [get(current_employments::detail), delete(current_employments::delete)],
            ))
            .service(endpoint("/institutions", [get(institutions::list)]))
            .service(endpoint("/institutions/{institution_id}", [get(institutions::detail)]))
            .default_service(web::to(no_such_path)),
    )
    .default_service(web::to(no_such_path));
}
