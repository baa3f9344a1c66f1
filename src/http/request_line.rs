//! The log line of a request. An answer that is not 2xx has its line at the level of information, so
//! that whoever looks for a mistake finds it. All others have theirs at the level of debugging,
//! which `--log-requests` shows.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use tracing::Level;

use crate::account::AnswerInjection;
use crate::clock::Stopwatch;
use crate::http::answer::LoggedRefusal;
use crate::http::authentication::Identity;

/// The target of these lines in `tracing`.
pub(crate) const TARGET: &str = module_path!();

/// Probes ask every few seconds. Here only some of these paths exist, but that is no news.
const PROBES: [&str; 3] = ["/livez", "/readyz", "/healthz"];
/// A longer path is cut in its line.
const LONGEST_PATH_CHARS: usize = 300;

/// The line of a request that has no answer yet. Dropping it says that there will be none.
pub(crate) struct RequestLine {
    request: HttpRequest,
    watch: Stopwatch,
    is_answered: bool,
}

/// Writes a line at one of two levels, because the level of a line of `tracing` must be a constant.
macro_rules! line {
    ($is_news:expr, $($fields:tt)+) => {
        if $is_news { tracing::info!($($fields)+) } else { tracing::debug!($($fields)+) }
    };
}

impl RequestLine {
    pub(crate) fn begin(request: &HttpRequest) -> RequestLine {
        RequestLine { request: request.clone(), watch: Stopwatch::start(), is_answered: false }
    }

    pub(crate) fn answered(mut self, response: &HttpResponse) {
        self.is_answered = true;
        let status = response.status();
        let extensions = response.extensions();
        let injection = extensions.get::<AnswerInjection>();
        let faults = injection.filter(|it| !it.faults.is_empty()).map(|it| it.faults.join(" "));
        let is_news = self.is_news(status) || faults.is_some();
        // Nothing is put into words for a line that nobody reads.
        if !is_news && !tracing::enabled!(Level::DEBUG) {
            return;
        }
        let refusal = extensions.get::<LoggedRefusal>();
        let code = refusal.map(|refusal| &*refusal.code);
        let scenario = refusal.and_then(|refusal| refusal.scenario.as_deref());
        let request_id = response.headers().get("x-request-id");
        let request_id = request_id.and_then(|id| id.to_str().ok());
        let (method, account) = (self.request.method().as_str(), account(&self.request));
        let (account, path) = (account.as_deref(), self.path());
        let status_number = status.as_u16();
        line!(
            is_news,
            method,
            path,
            status = status_number,
            latency_ms = self.watch.elapsed_ms(),
            code,
            scenario,
            account,
            faults,
            request_id,
            "request answered"
        );
    }

    /// Tells that the line is worth a reader's time unasked. The warning of refused keys stands for
    /// the lines of their requests.
    fn is_news(&self, status: StatusCode) -> bool {
        let is_probe = || PROBES.contains(&self.request.path().trim_end_matches('/'));
        !status.is_success() && status != StatusCode::UNAUTHORIZED && !is_probe()
    }

    fn path(&self) -> String {
        shown(self.request.path())
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        let (method, account) = (self.request.method().as_str(), account(&self.request));
        let (account, path) = (account.as_deref(), self.path());
        tracing::info!(
            method,
            path,
            latency_ms = self.watch.elapsed_ms(),
            account,
            "request not answered: the client closed the connection, or the emulator stopped"
        );
    }
}

/// Returns the id of the account that a request is for.
fn account(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<Identity>().map(|identity| identity.slot.id().to_owned())
}

/// Returns a path without the secrets that a mistake may put into it: keys before an `@`, as in a
/// URL, and tokens. The query is never shown, because it may hold CURPs.
fn shown(path: &str) -> String {
    let cut = path.char_indices().nth(LONGEST_PATH_CHARS).map(|(place, _)| place);
    let segments: Vec<Cow<'_, str>> = path.split('/').map(without_secrets).collect();
    let path = segments.join("/");
    match cut {
        Some(_) => path.chars().take(LONGEST_PATH_CHARS).chain(['…']).collect(),
        None => path,
    }
}

fn without_secrets(segment: &str) -> Cow<'_, str> {
    let rest = segment.rsplit("%40").next().unwrap_or_default();
    let rest = rest.rsplit('@').next().unwrap_or_default();
    if rest.len() < segment.len() {
        format!("…@{rest}").into()
    } else if segment.starts_with("eyJ") {
        // Every JSON Web Token begins so.
        "eyJ…".into()
    } else {
        segment.into()
    }
}

#[cfg(test)]
mod tests {
    use crate::http::request_line::shown;

    #[test]
    fn a_path_shows_no_keys_and_no_tokens() {
        let long = "/".repeat(400);
        let cases = [
            ("/api/links/", "/api/links/"),
            ("/http://id:password@127.0.0.1:1/api/", "/http://…@127.0.0.1:1/api/"),
            ("/http%3A%2F%2Fid%3Apassword%40host%2Fapi", "/…@host%2Fapi"),
            ("/a@b%40c", "/…@c"),
            ("/api/eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOjF9.sign/x", "/api/eyJ…/x"),
            (&long, &format!("{}…", "/".repeat(300))),
        ];
        for (path, expected) in cases {
            assert_eq!(shown(path), expected);
        }
    }
}
