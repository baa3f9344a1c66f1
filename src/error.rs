//! Belvo's errors: one table of codes, one shape.
//!
//! An [`Error`] has a status and one [`Problem`] for each thing that is wrong; [`Error::body`] is
//! Belvo's array with the request id. Codes and messages follow the error page and the API
//! description that Belvo publishes; rows of the framework are those of Django REST Framework, used
//! where Belvo documents none. The texts of the institutions are in `scenarios/`, not here.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// Where an error is documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorSource {
    /// Belvo's page of error codes.
    ErrorPage,
    /// Belvo's API description.
    ApiDescription,
    /// Belvo does not document it. The wording is that of Django REST Framework, which Belvo follows
    /// elsewhere.
    Framework,
    /// The emulator alone answers it.
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

/// Defines the rows and the list of them.
macro_rules! codes {
    ($($constant:ident = $status:literal $name:literal $message:literal, $cause:literal, $source:ident;)+) => {
        $(const $constant: Code = Code {
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
    SESSION_EXPIRED = 400 "session_expired"
        "The session you are trying to resume has expired, please start again from register/retrieve endpoint",
        "PATCH /api/links/ 9600 s after the 428", ErrorPage;
    AUTHENTICATION_FAILED = 401 "authentication_failed"
        "Invalid Secret Keys",
        "keys that are missing or not among --credentials", ErrorPage;
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
    TOKEN_REQUIRED = 428 "token_required"
        "A MFA token is required by the institution to login",
        "CURP FAIL428001HXXXXX00", ErrorPage;
    AWAIT_TIMEOUT = 408 "await_timeout"
        "{}",
        "POST /_emulator/webhooks/await, when no webhook comes in time", Emulator;
    ACCOUNT_EXISTS = 409 "account_exists"
        "These keys have an account already. Fork to keys that were never used.",
        "POST /_emulator/fork to keys that are in use", Emulator;
    ACCOUNT_RESET = 409 "account_reset"
        "The account was reset while this call waited.",
        "a reset during POST /_emulator/webhooks/await or /_emulator/clock/advance, or PUT /_emulator/clock", Emulator;
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
    UNEXPECTED_ERROR = 500 "unexpected_error"
        "Belvo is unable to process the request due to an internal system issue or to an unsupported response from an institution",
        "a broken invariant of the emulator, which is a bug; on purpose with CURP FAIL500001HXXXXX00", ErrorPage;
}

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
    /// `duplicated` has it: the person who has a link already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub institution_user_id: Option<String>,
    /// `token_required` has it: the login that waits.
    #[serde(flatten)]
    pub session: Option<TokenSession>,
}

/// A login that waits for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenSession {
    /// The session's id: 32 hex digits.
    pub session: String,
    /// Seconds until the session ends.
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
    /// The field that is wrong; absent when the problem is about no single field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub field: Option<&'a str>,
    #[serde(flatten)]
    pub extra: &'a Extra,
}

/// A page of HTML that stands for the answer of the proxy in front of Belvo. The wording is ours.
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

/// The refusal of a request: a status and its problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The HTTP status.
    pub status: u16,
    /// The problems, in the order of the body's documented fields. Without any, the refusal is that
    /// of the front proxy: a page of HTML.
    pub problems: Vec<Problem>,
    /// Seconds for the `Retry-After` header.
    pub retry_after: Option<u64>,
}

impl Code {
    fn about(self, value: impl std::fmt::Display) -> Error {
        self.problem(self.message.replace("{}", &value.to_string()).into())
    }

    fn plain(self) -> Error {
        self.problem(self.message.into())
    }

    fn problem(self, message: Cow<'static, str>) -> Error {
        Error::new(self.status, self.name.into(), message)
    }
}

impl Error {
    /// An error with the status, code and message that a scenario gives.
    pub fn new(status: u16, code: Cow<'static, str>, message: Cow<'static, str>) -> Error {
        let problem = Problem { code, message, field: None, extra: Extra::default() };
        Error::of(status, vec![problem])
    }

    /// Several problems of one request.
    pub fn of(status: u16, problems: Vec<Problem>) -> Error {
        Error { status, problems, retry_after: None }
    }

    /// The body of the answer: Belvo's array, or the proxy's page.
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

    /// Says where the fields are that the problems are about.
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

    /// Names the field that the problem is about.
    pub fn on(mut self, field: impl Into<Cow<'static, str>>) -> Error {
        let field = field.into();
        for problem in &mut self.problems {
            problem.field = Some(field.clone());
        }
        self
    }

    pub fn required() -> Error {
        REQUIRED.plain()
    }

    pub fn null() -> Error {
        NULL.plain()
    }

    pub fn blank() -> Error {
        BLANK.plain()
    }

    /// A value that no other code describes; the message is the caller's.
    pub fn invalid(message: impl std::fmt::Display) -> Error {
        INVALID.about(message)
    }

    pub fn invalid_uuid(value: &str) -> Error {
        INVALID_UUID.about(value)
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

    /// `kind` is Python's name of the type that came instead.
    pub fn not_an_object(kind: &str) -> Error {
        NOT_AN_OBJECT.about(kind)
    }

    pub fn invalid_date() -> Error {
        INVALID_DATE.plain()
    }

    pub fn invalid_choice(value: impl std::fmt::Display) -> Error {
        INVALID_CHOICE.about(value)
    }

    /// `lookup` is what was looked for, such as `name=narnia`.
    pub fn does_not_exist(lookup: impl std::fmt::Display) -> Error {
        DOES_NOT_EXIST.about(lookup)
    }

    /// `kind` is Python's name of the type that came instead, such as `str`.
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

    pub fn account_exists() -> Error {
        ACCOUNT_EXISTS.plain()
    }

    /// The account is not what it was when the call began.
    pub fn account_reset() -> Error {
        ACCOUNT_RESET.plain()
    }

    pub fn unexpected_webhook(webhook: &str) -> Error {
        UNEXPECTED_WEBHOOK.about(webhook)
    }

    /// The log no longer has what the answer would need.
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

    /// The answer of the proxy in front of Belvo to a client that makes too many requests.
    pub fn proxy_refusal() -> Error {
        Error::of(403, Vec::new())
    }

    /// An error with any status. Where the caller gives no code or message, they are those that the
    /// status usually has; 502 to 504 without both are the proxy's page.
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

    pub fn not_found() -> Error {
        NOT_FOUND.plain()
    }

    /// 404 for an id of the emulator's own API. The message says which ids there are.
    pub fn unknown(message: impl std::fmt::Display) -> Error {
        UNKNOWN.about(message)
    }

    pub fn invalid_page() -> Error {
        INVALID_PAGE.plain()
    }

    pub fn method_not_allowed(method: &str) -> Error {
        METHOD_NOT_ALLOWED.about(method)
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
        UNSUPPORTED_MEDIA_TYPE.about(media_type)
    }

    pub fn unexpected() -> Error {
        UNEXPECTED_ERROR.plain()
    }
}
