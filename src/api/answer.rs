//! From answers of the core to bytes; the only place that renders an error.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::accounts::Failure;
use crate::error::WireProblem;

/// An answer as JSON.
pub fn json(answer: impl Serialize) -> Vec<u8> {
    serde_json::to_vec(&answer).expect("answers are plain data")
}

/// An answer without a body.
pub fn nothing(_: ()) -> Vec<u8> {
    Vec::new()
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.error)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let request_id = self.request_id.simple().to_string();
        let problems: Vec<WireProblem<'_>> = self
            .error
            .problems
            .iter()
            .map(|problem| WireProblem {
                code: &problem.code,
                message: &problem.message,
                request_id: request_id.clone(),
                field: problem.field,
            })
            .collect();
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, r#"Basic realm="api""#));
        }
        response.insert_header(ContentType::json()).body(json(problems))
    }
}
