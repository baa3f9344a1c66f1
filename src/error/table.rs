//! The one table of errors: every code with its status and its message.

use std::borrow::Cow;

use crate::error::Error;

/// The place that documents an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorSource {
    /// Belvo's page of error codes.
    ErrorPage,
    /// Belvo's API description.
    ApiDescription,
    /// No document of Belvo. The wording is that of Django REST Framework, which Belvo follows
    /// elsewhere.
    Framework,
    /// No document: only the emulator answers with it.
    Emulator,
}

/// A row of the table of errors. `{}` in a message stands for a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    pub status: u16,
    pub name: &'static str,
    pub message: &'static str,
    /// A sentence that says which request brings the error.
    pub cause: &'static str,
    pub source: ErrorSource,
}

/// Defines the rows, and the list of them.
macro_rules! codes {
    ($($constant:ident = $status:literal $name:literal $message:literal, $cause:literal, $source:ident;)+) => {
        $(pub(super) const $constant: Code = Code {
            status: $status,
            name: $name,
            message: $message,
            cause: $cause,
            source: ErrorSource::$source,
        };)+

        /// Every error that needs no scenario.
        pub(crate) const CODES: &[Code] = &[$($constant),+];
    };
}

codes! {
    REQUIRED = 400 "required"
        "This field is required.",
        "a key that must be there is missing", ErrorPage;
    NULL = 400 "null"
        "This field may not be null.",
        "null in a key that must be there", ErrorPage;
    BLANK = 400 "blank"
        "This field may not be blank.",
        "an empty text in a key that must be there", ErrorPage;
    INVALID_UUID = 400 "invalid"
        "{} is not a valid UUID.",
        "a UUID in a body or a filter that is none", ErrorPage;
    INVALID_DATE = 400 "invalid"
        "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        "a filter such as created_at__gte=soon", ErrorPage;
    UNSUPPORTED_RESOURCE = 400 "invalid"
        "The institution only supports the following resources: {}",
        "fetch_resources: [\"TRANSACTIONS\"]", ErrorPage;
    INVALID = 400 "invalid"
        "{}",
        "a value that its field does not take", Emulator;
    UNCLAIMED_CURP = 400 "invalid"
        "No scenario claims the CURP {}",
        "a CURP that ends in XXXXX00 and is none of the documented ones", Emulator;
    NOT_A_STRING = 400 "invalid"
        "Not a valid string.",
        "an object in place of a text", Framework;
    NOT_A_BOOLEAN = 400 "invalid"
        "Must be a valid boolean.",
        "save_data: \"maybe\"", Framework;
    NOT_AN_OBJECT = 400 "invalid"
        "Invalid data. Expected a dictionary, but got {}.",
        "a body that is a list", Framework;
    INVALID_CHOICE = 400 "invalid_choice"
        "\"{}\" is not a valid choice.",
        "access_mode: \"Australia\"", ErrorPage;
    DOES_NOT_EXIST = 400 "does_not_exist"
        "Object with {} does not exist.",
        "an institution or a link that is unknown, in a body", ErrorPage;
    NOT_A_LIST = 400 "not_a_list"
        "Expected a list but got type \"{}\".",
        "fetch_resources that is no list", ErrorPage;
    MIN_LENGTH = 400 "min_length"
        "Ensure this field has at least {} characters.",
        "an external_id of two characters", Framework;
    MAX_LENGTH = 400 "max_length"
        "Ensure this field has no more than {} characters.",
        "an external_id of 257 characters", Framework;
    PARSE_ERROR = 400 "parse_error"
        "JSON parse error - {}",
        "a body that is no JSON", ErrorPage;
    CREDENTIALS_STORAGE = 400 "invalid_credentials_storage"
        "Recurrent links must store the credentials",
        "a recurrent link with credentials_storage 30d", ErrorPage;
    FETCH_RESOURCES = 400 "invalid_fetch_resources"
        "Single links without stored credentials must fetch resources",
        "a single link with nostore and without fetch_resources", ErrorPage;
    ACCESS_MODE_SWITCH = 400 "invalid_access_mode_switch"
        "This link doesn't have stored credentials hence it can't be switched to recurrent mode",
        "PATCH a link with nostore to recurrent", ApiDescription;
    INVALID_LINK = 400 "invalid_link"
        "The link has been invalidated. You may need to update link credentials",
        "a retrieval after six that failed (CURP GONE900101HXXXXX00)", ErrorPage;
    UNCONFIRMED_LINK = 400 "unconfirmed_link"
        "The link creation has not been completed yet",
        "a retrieval before the token (CURP FAIL428001HXXXXX00)", ErrorPage;
    UNSUPPORTED_OPERATION = 400 "unsupported_operation"
        "The resource you are trying to access is not supported by this institution",
        "current employments of a link to issste_mx_employment", ErrorPage;
    HISTORICAL_REQUIRED = 400 "unsupported_operation"
        "For single links, you must set fetch_historical to true when using the resources request parameter.",
        "a single link with fetch_resources and fetch_historical: false", ErrorPage;
    SESSION_EXPIRED = 400 "session_expired"
        "The session you are trying to resume has expired, please start again from register/retrieve endpoint",
        "PATCH /api/links/ 9600 s after the 428", ErrorPage;
    AUTHENTICATION_FAILED = 401 "authentication_failed"
        "Invalid Secret Keys",
        "keys that are missing or not among --credentials", ErrorPage;
    PERMISSION_DENIED = 403 "permission_denied"
        "You do not have permission to perform this action.",
        "a token of POST /api/token/ without the scope of the call", Framework;
    CONTROL_TOKEN_REQUIRED = 403 "control_token_required"
        "{}",
        "GET /_emulator/accounts without the token of --control-token, where it is needed", Emulator;
    DEMO_RESTRICTED = 403 "demo_restricted"
        "{}",
        "a call that the keys of a visitor or of a viewer of --demo do not open", Emulator;
    CROSS_SITE_REQUEST = 403 "cross_site_request"
        "{} caused this request, and no such page may use the emulator. If it is yours, start the emulator with --cors and the page's origin, which opens /api/ to it.",
        "a request that a browser makes for a page of another site, without --cors", Emulator;
    NOT_FOUND = 404 "not_found"
        "Not found.",
        "a path or an id that is unknown", ErrorPage;
    INVALID_PAGE = 404 "not_found"
        "Invalid page.",
        "a page past the last", Framework;
    EXPIRED_CREDENTIALS = 404 "expired_credentials"
        "The credentials of this link have expired",
        "a retrieval after credentials_storage is over", ErrorPage;
    UNKNOWN = 404 "not_found"
        "{}",
        "an id of the emulator's own API that is unknown", Emulator;
    METHOD_NOT_ALLOWED = 405 "method_not_allowed"
        "Method \"{}\" not allowed.",
        "PUT /api/links/", Framework;
    MALFORMED_REQUEST = 400 "malformed_request"
        "{}",
        "bytes that are no HTTP/1.1 request, such as those of TLS", Emulator;
    HEAD_TIMEOUT = 408 "request_timeout"
        "The head of the request did not arrive within {} seconds.",
        "a head that stops in the middle", Emulator;
    HEAD_TOO_LARGE = 431 "request_header_fields_too_large"
        "{}",
        "a head of more than 64 KiB or 96 lines", Emulator;
    BODY_TIMEOUT = 408 "request_timeout"
        "The request body did not arrive within {} seconds.",
        "a body that takes too long", Emulator;
    LINK_REFRESHED = 409 "link_refreshed"
        "The link has already been refreshed. Please wait {} minutes before trying again.",
        "a refresh within ten minutes of another", ApiDescription;
    BODY_TOO_LARGE = 413 "request_too_large"
        "The request body is larger than {} bytes.",
        "a body over the limit", Emulator;
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported_media_type"
        "Unsupported media type \"{}\" in request.",
        "a body that does not say it is application/json", Framework;
    HOST_NOT_ALLOWED = 421 "host_not_allowed"
        "Whoever owns the name {} can point it at this machine, so that a web page could call the emulator by it. If the name is yours, start the emulator with --allow-host {}.",
        "a request to a host name with a dot that is not among --allow-host", Emulator;
    TOKEN_REQUIRED = 428 "token_required"
        "A MFA token is required by the institution to login",
        "CURP FAIL428001HXXXXX00", ErrorPage;
    AWAIT_TIMEOUT = 408 "await_timeout"
        "{}",
        "POST /_emulator/webhooks/await, when no webhook comes in time", Emulator;
    WEBHOOK_NOT_DUE = 409 "webhook_not_due"
        "{}",
        "POST /_emulator/webhooks/await, when no such webhook can come", Emulator;
    WEBHOOK_NOT_DELIVERED = 409 "webhook_not_delivered"
        "{}",
        "POST /_emulator/webhooks/await, when the receiver did not accept the webhook", Emulator;
    TASK_REFUSED = 409 "task_refused"
        "{}",
        "a call below /_emulator/scheduled/ that would let a webhook come before its load, or leave a link without a task that it must have", Emulator;
    ACCOUNT_EXISTS = 409 "account_exists"
        "These keys have an account already. Fork to keys that were never used.",
        "POST /_emulator/fork to keys that are in use", Emulator;
    ACCOUNT_RESET = 409 "account_reset"
        "The account was reset while this call waited.",
        "a reset during POST /_emulator/webhooks/await or /_emulator/clock/advance, or PUT /_emulator/clock", Emulator;
    ENDPOINT_CHANGED = 409 "endpoint_changed"
        "The account's endpoint is not {}. Nothing was removed.",
        "DELETE /_emulator/webhooks/endpoint with the url of an endpoint that was changed meanwhile", Emulator;
    UNKNOWN_REQUEST = 404 "not_found"
        "The journal of this account has no such request. {}",
        "GET /_emulator/requests/{request_id} of a call that was forgotten, or of another account", Emulator;
    VERIFICATION_FAILED = 409 "verification_failed"
        "{}",
        "POST /_emulator/requests/verify, when the requests were others", Emulator;
    UNEXPECTED_WEBHOOK = 409 "unexpected_webhook"
        "A webhook came where none was expected: {}.",
        "POST /_emulator/webhooks/await with expect: \"none\"", Emulator;
    LOG_EVICTED = 409 "log_evicted"
        "{}",
        "POST /_emulator/webhooks/await with expect: \"none\", when the log no longer has what happened", Emulator;
    THROTTLED = 429 "throttled"
        "Request was throttled. Expected available in {} seconds.",
        "a sixth deletion in a minute with --rate-limits documented", Framework;
    TOO_MANY_ACCOUNTS = 429 "too_many_accounts"
        "There are {} accounts, which is the most, and each has links and was used within the hour, or waits. Use the keys of one of them, or start the emulator with a larger --accounts.",
        "a new pair of keys, when each account has links and was used within the hour", Emulator;
    ACCOUNT_FULL = 429 "account_full"
        "The account holds as much as --account-memory allows, which is {}. Delete links, wait for webhooks to be sent, or start the emulator with a larger --account-memory.",
        "a link, a webhook, an armed scenario or a fault more than --account-memory has room for", Emulator;
    DEMO_BUSY = 503 "demo_busy"
        "{} visitors of the demo wait for their accounts, which is the most. Open the page again in a moment.",
        "POST /_emulator/demo/visit while too many other visitors begin", Emulator;
    TOO_MANY_STREAMS_OF_ACCOUNT = 429 "too_many_streams"
        "This account has {} event streams, which is the most. Close one of them, or let several readers share one.",
        "GET /_emulator/events, when the account has as many streams as it may", Emulator;
    TOO_MANY_STREAMS = 503 "too_many_streams"
        "{}",
        "GET /_emulator/events, when the emulator has as many streams as it may, or few connections left", Emulator;
    STOPPING = 503 "stopping"
        "The emulator was told to stop.",
        "GET /readyz and GET /_emulator/events once the emulator was told to stop", Emulator;
    UNEXPECTED_ERROR = 500 "unexpected_error"
        "Belvo is unable to process the request due to an internal system issue or to an unsupported response from an institution",
        "a broken invariant of the emulator, which is a bug; on purpose with CURP FAIL500001HXXXXX00", ErrorPage;
}

impl Code {
    pub(super) fn about(self, value: impl std::fmt::Display) -> Error {
        self.problem(self.message.replace("{}", &value.to_string()).into())
    }

    pub(super) fn plain(self) -> Error {
        self.problem(self.message.into())
    }

    fn problem(self, message: Cow<'static, str>) -> Error {
        Error::new(self.status, self.name.into(), message)
    }
}
