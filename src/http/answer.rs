//! From answers of the core to bytes; the only place that renders an error.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use uuid::Uuid;

use crate::account::{Deletion, Retrieved};
use crate::accounts::Failure;
use crate::error::WireProblem;
use crate::http::faults::struck;

/// A status and a body, made while the account is locked: what is shown need not be copied.
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    fn json(status: StatusCode, body: impl Serialize) -> Answer {
        let body = serde_json::to_vec(&body).expect("answers are plain data");
        Answer { status, body }
    }

    pub fn into_response(self, request_id: Uuid) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header(request_id_header(request_id));
        match self.body.is_empty() {
            true => response.finish(),
            false => response.insert_header(ContentType::json()).body(self.body),
        }
    }
}

/// Every answer carries the id by which its request can be asked about.
pub fn request_id_header(request_id: Uuid) -> (HeaderName, String) {
    (HeaderName::from_static("x-request-id"), request_id.simple().to_string())
}

pub fn ok(body: impl Serialize) -> Answer {
    Answer::json(StatusCode::OK, body)
}

pub fn created(body: impl Serialize) -> Answer {
    Answer::json(StatusCode::CREATED, body)
}

/// A webhook will follow that repeats the id.
pub fn accepted(request_id: Uuid) -> Answer {
    let body = serde_json::json!({ "request_id": request_id.simple().to_string() });
    Answer::json(StatusCode::ACCEPTED, body)
}

pub fn no_content(_: ()) -> Answer {
    Answer { status: StatusCode::NO_CONTENT, body: Vec::new() }
}

pub fn deleted(deletion: Deletion) -> Answer {
    match deletion {
        Deletion::Done => no_content(()),
        Deletion::Accepted(request_id) => accepted(request_id),
    }
}

pub fn retrieved<T: Serialize>(data: Retrieved<T>) -> Answer {
    match data {
        Retrieved::New(data) => created(data),
        Retrieved::Known(data) => ok(data),
        Retrieved::Later(request_id) => accepted(request_id),
    }
}

/// What the proxy in front of Belvo answers; the wording is ours.
fn proxy_page(status: StatusCode) -> String {
    format!(
        "<html>\n<head><title>{status}</title></head>\n\
         <body><h1>{status}</h1><hr>openresty</body>\n</html>\n"
    )
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
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        response.insert_header(request_id_header(self.request_id));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, r#"Basic realm="api""#));
        }
        if let Some(seconds) = self.error.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        if self.error.problems.is_empty() {
            let page = response.insert_header(ContentType::html()).body(proxy_page(status));
            return struck(page, self.strike.as_deref());
        }
        let response = response.insert_header(ContentType::json()).json(self.wire_problems());
        struck(response, self.strike.as_deref())
    }
}

impl Failure {
    fn wire_problems(&self) -> Vec<WireProblem<'_>> {
        let request_id = self.request_id.simple().to_string();
        self.error
            .problems
            .iter()
            .map(|problem| WireProblem {
                code: &problem.code,
                message: &problem.message,
                request_id: request_id.clone(),
                field: problem.field.as_deref(),
                extra: &problem.extra,
            })
            .collect()
    }
}
