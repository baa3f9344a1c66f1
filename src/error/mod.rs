//! Belvo's errors, all of one shape.
//!
//! An [`Error`] has a status and one [`Problem`] for each thing that is wrong; [`Error::body`] is
//! Belvo's array with the request id. Codes and messages follow the error page and the API
//! description that Belvo publishes. Where Belvo documents none, they are those of Django REST
//! Framework. The texts of the institutions are in `scenarios/`, not here.

mod named;
mod table;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

pub(crate) use crate::error::table::{CODES, ErrorSource};

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The machine-readable code.
    pub code: Cow<'static, str>,
    /// The sentence for a person.
    pub message: Cow<'static, str>,
    /// The field of the body or query that it is about.
    pub field: Option<Cow<'static, str>>,
    /// Further keys, such as the session that waits for a token.
    pub extra: Extra,
}

/// Keys that only some problems have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Extra {
    /// The person who has a link already. `duplicated` has this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub institution_user_id: Option<String>,
    /// The delivery that was not accepted. `webhook_not_delivered` has this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Value")]
    pub delivery: Option<Value>,
    /// The login that waits for its token. `token_required` has this key.
    #[serde(flatten)]
    pub session: Option<TokenSession>,
}

/// A login that waits for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenSession {
    /// The session's id: 32 hex digits.
    pub session: String,
    /// The seconds until the session ends.
    pub expiry: i64,
    pub link: Uuid,
    pub token_generation_data: Option<TokenGeneration>,
}

/// The way in which the institution sends the token to the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenGeneration {
    pub instructions: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Option<String>,
    pub expects_user_input: bool,
}

/// One object of Belvo's error array.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct WireProblem<'a> {
    pub code: &'a str,
    pub message: &'a str,
    /// The id of the request. All problems of an answer carry it.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    pub request_id: String,
    /// The field that is wrong. It is absent when the problem is about no single field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub field: Option<&'a str>,
    #[serde(flatten)]
    pub extra: &'a Extra,
}

/// The refusal of a request: a status and its problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The HTTP status.
    pub status: u16,
    /// The problems, in the order of the body's documented fields. If the list is empty, the proxy
    /// in front of Belvo refuses the request with a page of HTML.
    pub problems: Vec<Problem>,
    /// The seconds of the `Retry-After` header.
    pub retry_after: Option<u64>,
}

impl Error {
    /// Returns an error with the status, code and message that a scenario gives.
    pub fn new(status: u16, code: Cow<'static, str>, message: Cow<'static, str>) -> Error {
        let problem = Problem { code, message, field: None, extra: Extra::default() };
        Error::of(status, vec![problem])
    }

    /// Returns an error with several problems of one request.
    pub fn of(status: u16, problems: Vec<Problem>) -> Error {
        Error { status, problems, retry_after: None }
    }

    /// Returns the body of the answer: Belvo's array, or the proxy's page.
    pub fn body(&self, request_id: Uuid) -> Vec<u8> {
        if self.problems.is_empty() {
            return proxy_page(self.status).into();
        }
        let request_id = request_id.simple().to_string();
        let wire: Vec<WireProblem<'_>> = self
            .problems
            .iter()
            .map(|problem| WireProblem {
                code: &problem.code,
                message: &problem.message,
                request_id: request_id.clone(),
                field: problem.field.as_deref(),
                extra: &problem.extra,
            })
            .collect();
        serde_json::to_vec(&wire).expect("problems are plain data")
    }

    /// Adds further keys to the problem.
    pub fn with(mut self, extra: Extra) -> Error {
        if let Some(problem) = self.problems.first_mut() {
            problem.extra = extra;
        }
        self
    }

    /// Puts the place of the fields before the names that the problems have.
    pub fn under(mut self, place: &str) -> Error {
        for problem in &mut self.problems {
            let field = problem.field.take();
            let field = field.map_or(place.to_owned(), |field| format!("{place}.{field}"));
            problem.field = Some(field.into());
        }
        self
    }

    /// Adds a sentence to the problems if the error has this status. Only the emulator's own API
    /// uses it, because its words need not be Belvo's.
    pub fn with_hint_for(mut self, status: u16, hint: &str) -> Error {
        if self.status == status {
            for problem in &mut self.problems {
                problem.message = format!("{} {hint}", problem.message).into();
            }
        }
        self
    }

    /// Sets the field that the problem is about.
    pub fn on(mut self, field: impl Into<Cow<'static, str>>) -> Error {
        let field = field.into();
        for problem in &mut self.problems {
            problem.field = Some(field.clone());
        }
        self
    }
}

/// Returns a page of HTML in place of the proxy's in front of Belvo. The wording is ours.
fn proxy_page(status: u16) -> String {
    let title = match status {
        502 => "502 Bad Gateway",
        503 => "503 Service Unavailable",
        504 => "504 Gateway Timeout",
        _ => "403 Forbidden",
    };
    format!(
        "<html>\n<head><title>{title}</title></head>\n\
         <body><h1>{title}</h1><hr>openresty</body>\n</html>\n"
    )
}
