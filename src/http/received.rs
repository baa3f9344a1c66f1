//! The body of a request as it arrived, stored with the request for the log.

use actix_web::web::Bytes;

/// The bytes of a body that was read to its end.
pub(crate) struct Received(pub Bytes);
