//! Tells whether anybody has called the emulator.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::operations::{AnyOperation, OpenOperation, Route};

/// True once a request has arrived. Those that ask after the emulator's health do not count.
#[derive(Default)]
pub(crate) struct Arrivals(AtomicBool);

impl Arrivals {
    pub(crate) fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Notes that a request has arrived.
pub(crate) fn note(request: &HttpRequest, route: &Route) {
    let asks_after_health = matches!(
        route.operation,
        Some(AnyOperation::Open(OpenOperation::Live | OpenOperation::Ready))
    );
    if !asks_after_health && let Some(arrivals) = request.app_data::<Data<Arrivals>>() {
        arrivals.0.store(true, Ordering::SeqCst);
    }
}
