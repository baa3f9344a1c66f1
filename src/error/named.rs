//! The errors of the table by name, so that no caller writes a status or a code.

use std::borrow::Cow;

use serde_json::Value;

use crate::error::table::{
    ACCESS_MODE_SWITCH, ACCOUNT_EXISTS, ACCOUNT_FULL, ACCOUNT_RESET, AUTHENTICATION_FAILED,
    AWAIT_TIMEOUT, BLANK, BODY_TIMEOUT, BODY_TOO_LARGE, CONTROL_TOKEN_REQUIRED,
    CREDENTIALS_STORAGE, CROSS_SITE_REQUEST, DEMO_BUSY, DEMO_RESTRICTED, DOES_NOT_EXIST,
    ENDPOINT_CHANGED, EXPIRED_CREDENTIALS, FETCH_RESOURCES, HEAD_TIMEOUT, HEAD_TOO_LARGE,
    HISTORICAL_REQUIRED, HOST_NOT_ALLOWED, INVALID, INVALID_CHOICE, INVALID_DATE, INVALID_LINK,
    INVALID_PAGE, INVALID_UUID, LINK_REFRESHED, LOG_EVICTED, MALFORMED_REQUEST, MAX_LENGTH,
    METHOD_NOT_ALLOWED, MIN_LENGTH, NOT_A_BOOLEAN, NOT_A_LIST, NOT_A_STRING, NOT_AN_OBJECT,
    NOT_FOUND, NULL, PARSE_ERROR, PERMISSION_DENIED, REQUIRED, SESSION_EXPIRED, STOPPING,
    TASK_REFUSED, THROTTLED, TOKEN_REQUIRED, TOO_MANY_ACCOUNTS, TOO_MANY_STREAMS,
    TOO_MANY_STREAMS_OF_ACCOUNT, UNCLAIMED_CURP, UNCONFIRMED_LINK, UNEXPECTED_ERROR,
    UNEXPECTED_WEBHOOK, UNKNOWN, UNKNOWN_REQUEST, UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_OPERATION,
    UNSUPPORTED_RESOURCE, VERIFICATION_FAILED, WEBHOOK_NOT_DELIVERED, WEBHOOK_NOT_DUE,
};
use crate::error::{Error, Extra};
use crate::model::quote::{cut, shortened};
use crate::model::size;

impl Error {
    pub fn required() -> Error {
        REQUIRED.plain()
    }

    pub fn null() -> Error {
        NULL.plain()
    }

    pub fn blank() -> Error {
        BLANK.plain()
    }

    /// Refuses a value that no other code describes. The caller writes the message.
    pub fn invalid(message: impl std::fmt::Display) -> Error {
        INVALID.about(shortened(message.to_string()))
    }

    /// Refuses a CURP of the reserved form that no scenario claims. The text begins with the CURP.
    pub fn unclaimed_curp(text: impl std::fmt::Display) -> Error {
        UNCLAIMED_CURP.about(text)
    }

    pub fn invalid_uuid(value: &str) -> Error {
        INVALID_UUID.about(cut(value))
    }

    pub fn unsupported_resource(supported: &str) -> Error {
        UNSUPPORTED_RESOURCE.about(supported)
    }

    pub fn not_a_string() -> Error {
        NOT_A_STRING.plain()
    }

    pub fn not_a_boolean() -> Error {
        NOT_A_BOOLEAN.plain()
    }

    /// Refuses a body that is no object. `kind` is Python's name of its type.
    pub fn not_an_object(kind: &str) -> Error {
        NOT_AN_OBJECT.about(kind)
    }

    pub fn invalid_date() -> Error {
        INVALID_DATE.plain()
    }

    pub fn invalid_choice(value: impl std::fmt::Display) -> Error {
        INVALID_CHOICE.about(cut(&value.to_string()))
    }

    /// Refuses a lookup without a result, such as `name=narnia`.
    pub fn does_not_exist(lookup: impl std::fmt::Display) -> Error {
        DOES_NOT_EXIST.about(cut(&lookup.to_string()))
    }

    /// Refuses a value that is no list. `kind` is Python's name of its type, such as `str`.
    pub fn not_a_list(kind: &str) -> Error {
        NOT_A_LIST.about(kind)
    }

    pub fn min_length(characters: usize) -> Error {
        MIN_LENGTH.about(characters)
    }

    pub fn max_length(characters: usize) -> Error {
        MAX_LENGTH.about(characters)
    }

    pub fn parse_error(diagnosis: &str) -> Error {
        PARSE_ERROR.about(diagnosis)
    }

    pub fn invalid_credentials_storage() -> Error {
        CREDENTIALS_STORAGE.plain()
    }

    pub fn invalid_fetch_resources() -> Error {
        FETCH_RESOURCES.plain()
    }

    pub fn invalid_access_mode_switch() -> Error {
        ACCESS_MODE_SWITCH.plain()
    }

    pub fn invalid_link() -> Error {
        INVALID_LINK.plain()
    }

    pub fn unconfirmed_link() -> Error {
        UNCONFIRMED_LINK.plain()
    }

    pub fn unsupported_operation() -> Error {
        UNSUPPORTED_OPERATION.plain()
    }

    /// Refuses a single link that names resources and says that nothing is to be loaded.
    pub fn historical_required() -> Error {
        HISTORICAL_REQUIRED.plain()
    }

    pub fn session_expired() -> Error {
        SESSION_EXPIRED.plain()
    }

    pub fn expired_credentials() -> Error {
        EXPIRED_CREDENTIALS.plain()
    }

    pub fn link_refreshed(minutes: i64) -> Error {
        LINK_REFRESHED.about(minutes)
    }

    pub fn token_required() -> Error {
        TOKEN_REQUIRED.plain()
    }

    pub fn await_timeout(sentence: impl std::fmt::Display) -> Error {
        AWAIT_TIMEOUT.about(sentence)
    }

    /// Ends a wait for a webhook that cannot come.
    pub fn webhook_not_due(sentence: impl std::fmt::Display) -> Error {
        WEBHOOK_NOT_DUE.about(sentence)
    }

    /// Ends a wait for a webhook that its receiver did not accept.
    pub fn webhook_not_delivered(sentence: impl std::fmt::Display, delivery: Value) -> Error {
        let extra = Extra { delivery: Some(delivery), ..Extra::default() };
        WEBHOOK_NOT_DELIVERED.about(sentence).with(extra)
    }

    /// Refuses a call that looks over all accounts.
    pub fn control_token_required(sentence: &str) -> Error {
        CONTROL_TOKEN_REQUIRED.about(sentence)
    }

    /// Refuses a change of a task that the order of the account forbids.
    pub fn task_refused(reason: &str) -> Error {
        TASK_REFUSED.about(reason)
    }

    pub fn account_exists() -> Error {
        ACCOUNT_EXISTS.plain()
    }

    /// Ends a call whose account was reset, or put into another state, after the call had begun.
    pub fn account_reset() -> Error {
        ACCOUNT_RESET.plain()
    }

    pub fn endpoint_changed(url: &str) -> Error {
        ENDPOINT_CHANGED.about(cut(url))
    }

    pub fn unexpected_webhook(webhook: &str) -> Error {
        UNEXPECTED_WEBHOOK.about(webhook)
    }

    /// Refuses a call whose answer needs entries that were evicted from the log.
    pub fn log_evicted(sentence: impl std::fmt::Display) -> Error {
        LOG_EVICTED.about(sentence)
    }

    pub fn unknown_request(sentence: impl std::fmt::Display) -> Error {
        UNKNOWN_REQUEST.about(sentence)
    }

    pub fn verification_failed(text: &str) -> Error {
        VERIFICATION_FAILED.about(text)
    }

    pub fn throttled(seconds: u64) -> Error {
        Error { retry_after: Some(seconds), ..THROTTLED.about(seconds) }
    }

    /// Refuses keys without an account when no account gives way to another.
    pub fn too_many_accounts(most: usize) -> Error {
        TOO_MANY_ACCOUNTS.about(most)
    }

    /// Refuses an event stream of an account that has many.
    pub fn too_many_streams_of_account(most: usize) -> Error {
        TOO_MANY_STREAMS_OF_ACCOUNT.about(most)
    }

    /// Refuses an event stream of a process that has many.
    pub fn too_many_streams(most: usize) -> Error {
        TOO_MANY_STREAMS.about(format_args!(
            "The emulator has {most} event streams, which is the most. Close one of them, or read \
             GET /_emulator/log."
        ))
    }

    /// Refuses an event stream on a connection that is kept for short calls.
    pub fn no_connection_for_stream() -> Error {
        TOO_MANY_STREAMS.about(
            "Few connections are left, and an event stream would keep one. Close connections, raise \
             the limit of file descriptors (ulimit -n), or read GET /_emulator/log.",
        )
    }

    /// Refuses a call that would add something to an account that holds as much as it may.
    pub fn account_full(most_bytes: usize) -> Error {
        ACCOUNT_FULL.about(size::show(most_bytes))
    }

    /// Refuses a client that makes too many requests, as the proxy in front of Belvo does.
    pub fn proxy_refusal() -> Error {
        Error::of(403, Vec::new())
    }

    /// Returns an error with any status. The default code and message are those that the status
    /// usually has. Without both, 502 to 504 are the proxy's page.
    pub fn of_status(status: u16, code: Option<String>, message: Option<String>) -> Error {
        let mut error = match (status, &code, &message) {
            (502..=504, None, None) => Error::of(status, Vec::new()),
            (401, ..) => Error::authentication_failed(),
            (404, ..) => Error::not_found(),
            (429, ..) => Error::throttled(1),
            _ => Error { status, ..Error::unexpected() },
        };
        for problem in &mut error.problems {
            problem.code = code.clone().map_or(problem.code.clone(), Cow::Owned);
            problem.message = message.clone().map_or(problem.message.clone(), Cow::Owned);
        }
        error
    }

    pub fn authentication_failed() -> Error {
        AUTHENTICATION_FAILED.plain()
    }

    /// Refuses a request whose token does not allow it.
    pub fn permission_denied() -> Error {
        PERMISSION_DENIED.plain()
    }

    /// Refuses a request that a page of another site caused. `page` is the subject of the sentence.
    pub fn cross_site_request(page: &str) -> Error {
        CROSS_SITE_REQUEST.about(page)
    }

    /// Refuses a request to a host name that may have been pointed at this machine.
    pub fn host_not_allowed(name: &str) -> Error {
        HOST_NOT_ALLOWED.about(name)
    }

    /// Refuses a call that the guests of a demo may not make.
    pub fn demo_restricted(sentence: &str) -> Error {
        DEMO_RESTRICTED.about(sentence)
    }

    pub fn demo_busy(most: usize) -> Error {
        Error { retry_after: Some(1), ..DEMO_BUSY.about(most) }
    }

    pub fn not_found() -> Error {
        NOT_FOUND.plain()
    }

    /// Refuses an unknown id of the emulator's own API with 404. The message says which ids there
    /// are.
    pub fn unknown(message: impl std::fmt::Display) -> Error {
        UNKNOWN.about(shortened(message.to_string()))
    }

    pub fn invalid_page() -> Error {
        INVALID_PAGE.plain()
    }

    pub fn method_not_allowed(method: &str) -> Error {
        METHOD_NOT_ALLOWED.about(cut(method))
    }

    /// Refuses bytes that are no request. The caller writes the message.
    pub fn malformed_request(message: &str) -> Error {
        MALFORMED_REQUEST.about(message)
    }

    pub fn head_timeout(seconds: u64) -> Error {
        HEAD_TIMEOUT.about(seconds)
    }

    pub fn head_too_large(message: &str) -> Error {
        HEAD_TOO_LARGE.about(message)
    }

    pub fn body_timeout(seconds: u64) -> Error {
        BODY_TIMEOUT.about(seconds)
    }

    pub fn body_too_large(bytes: usize) -> Error {
        BODY_TOO_LARGE.about(bytes)
    }

    pub fn body_cut_short() -> Error {
        PARSE_ERROR.about("the body was cut short")
    }

    pub fn unsupported_media_type(media_type: &str) -> Error {
        UNSUPPORTED_MEDIA_TYPE.about(cut(media_type))
    }

    pub fn stopping() -> Error {
        STOPPING.plain()
    }

    pub fn unexpected() -> Error {
        UNEXPECTED_ERROR.plain()
    }
}
