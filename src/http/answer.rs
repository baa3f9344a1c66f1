//! Turns answers of the core and errors into HTTP responses.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use uuid::Uuid;

use crate::account::{Answer, AnsweredRequest, RefusedRequest};
use crate::account::{Deletion, Retrieved};
use crate::http::faults::injected;

impl AnsweredRequest {
    pub(crate) fn into_response(self) -> HttpResponse {
        let mut response = HttpResponse::build(status(self.answer.status));
        response.insert_header(request_id_header(self.request_id));
        let response = match self.answer.body.is_empty() {
            true => response.finish(),
            false => response.insert_header(ContentType::json()).body(self.answer.body),
        };
        injected(response, self.injection.as_deref())
    }
}

/// The code of an error and the scenario that brought it, stored with the answer for the log.
pub(crate) struct LoggedRefusal {
    pub code: Cow<'static, str>,
    pub scenario: Option<Box<str>>,
}

fn json(status: StatusCode, body: impl Serialize) -> Answer {
    let body = serde_json::to_vec(&body).expect("answers are plain data");
    Answer { status: status.as_u16(), body }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Returns the header with the request id. Every answer has it, so that a client can ask about the
/// request.
pub(crate) fn request_id_header(request_id: Uuid) -> (HeaderName, String) {
    (HeaderName::from_static("x-request-id"), request_id.simple().to_string())
}

pub(crate) fn ok(body: impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

pub(crate) fn created(body: impl Serialize) -> Answer {
    json(StatusCode::CREATED, body)
}

/// Returns the answer 202, whose request id the webhook repeats.
pub(crate) fn accepted(request_id: Uuid) -> Answer {
    let body = serde_json::json!({ "request_id": request_id.simple().to_string() });
    json(StatusCode::ACCEPTED, body)
}

pub(crate) fn no_content(_: ()) -> Answer {
    Answer { status: StatusCode::NO_CONTENT.as_u16(), body: Vec::new() }
}

pub(crate) fn deleted(deletion: Deletion) -> Answer {
    match deletion {
        Deletion::Done => no_content(()),
        Deletion::Accepted(request_id) => accepted(request_id),
    }
}

pub(crate) fn retrieved<T: Serialize>(data: Retrieved<T>) -> Answer {
    match data {
        Retrieved::New(data) => created(data),
        Retrieved::Known(data) => ok(data),
        Retrieved::Later(request_id) => accepted(request_id),
    }
}

impl std::fmt::Display for RefusedRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?}", self.error)
    }
}

impl ResponseError for RefusedRequest {
    fn status_code(&self) -> StatusCode {
        status(self.error.status)
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
        response.insert_header(match self.error.problems.is_empty() {
            true => ContentType::html(),
            false => ContentType::json(),
        });
        let mut response = response.body(self.error.body(self.request_id));
        if let Some(problem) = self.error.problems.first() {
            let (code, scenario) = (problem.code.clone(), self.scenario.clone());
            response.extensions_mut().insert(LoggedRefusal { code, scenario });
        }
        injected(response, self.injection.as_deref())
    }
}
