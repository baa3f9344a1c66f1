//! Belvo's errors: one table of codes, one shape.
//!
//! An [`Error`] has a status and one [`Problem`] for each thing that is wrong; `api` renders it as
//! Belvo's array and adds the request id. Codes and messages follow the error page and the API
//! description that Belvo publishes; rows marked *framework* are those of Django REST Framework,
//! used where Belvo documents none. The texts of the institutions are in `scenarios/`, not here.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

/// A documented error: status, code and message. `{}` in a message stands for a value.
#[derive(Clone, Copy, Debug)]
struct Code {
    status: u16,
    name: &'static str,
    message: &'static str,
}

const fn code(status: u16, name: &'static str, message: &'static str) -> Code {
    Code { status, name, message }
}

const REQUIRED: Code = code(400, "required", "This field is required.");
const NULL: Code = code(400, "null", "This field may not be null.");
const BLANK: Code = code(400, "blank", "This field may not be blank.");
const INVALID: Code = code(400, "invalid", "{}");
const INVALID_CHOICE: Code = code(400, "invalid_choice", "\"{}\" is not a valid choice.");
const DOES_NOT_EXIST: Code = code(400, "does_not_exist", "Object with {} does not exist.");
const NOT_A_LIST: Code = code(400, "not_a_list", "Expected a list but got type \"{}\".");
const MIN_LENGTH: Code = code(400, "min_length", "Ensure this field has at least {} characters."); // framework
const MAX_LENGTH: Code =
    code(400, "max_length", "Ensure this field has no more than {} characters."); // framework
const PARSE_ERROR: Code = code(400, "parse_error", "JSON parse error - {}");
const CREDENTIALS_STORAGE: Code =
    code(400, "invalid_credentials_storage", "Recurrent links must store the credentials");
const FETCH_RESOURCES: Code = code(
    400,
    "invalid_fetch_resources",
    "Single links without stored credentials must fetch resources",
);
const AUTHENTICATION_FAILED: Code = code(401, "authentication_failed", "Invalid Secret Keys");
const NOT_FOUND: Code = code(404, "not_found", "Not found.");
const INVALID_PAGE: Code = code(404, "not_found", "Invalid page."); // framework
const METHOD_NOT_ALLOWED: Code = code(405, "method_not_allowed", "Method \"{}\" not allowed."); // framework
const BODY_TIMEOUT: Code = code(
    408,
    "request_timeout",
    "The request body did not arrive within {} seconds.", // ours
);
const BODY_TOO_LARGE: Code = code(
    413,
    "request_too_large",
    "The request body is larger than {} bytes.", // ours
);
const UNSUPPORTED_MEDIA_TYPE: Code = code(
    415,
    "unsupported_media_type",
    "Unsupported media type \"{}\" in request.", // framework
);
const UNEXPECTED_ERROR: Code = code(
    500,
    "unexpected_error",
    "Belvo is unable to process the request due to an internal system issue or to an unsupported \
     response from an institution",
);

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The machine-readable code.
    pub code: Cow<'static, str>,
    /// The sentence for a person.
    pub message: Cow<'static, str>,
    /// The field of the body or query that it is about.
    pub field: Option<&'static str>,
}

/// One object of Belvo's error array.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct WireProblem<'a> {
    pub code: &'a str,
    pub message: &'a str,
    /// The same for all problems of an answer.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    pub request_id: String,
    /// What the problem is about; absent when it is no one field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub field: Option<&'a str>,
}

/// What a request is refused with: a status and at least one problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, in the order of the body's documented fields.
    pub problems: Vec<Problem>,
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
    /// Any status, code and message: what a scenario's refusal says.
    pub fn new(status: u16, code: Cow<'static, str>, message: Cow<'static, str>) -> Error {
        let problem = Problem { code, message, field: None };
        Error { status, problems: vec![problem] }
    }

    /// Names the field that the problem is about.
    pub fn on(mut self, field: &'static str) -> Error {
        for problem in &mut self.problems {
            problem.field = Some(field);
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
        INVALID.about(format_args!("{value} is not a valid UUID."))
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

    pub fn authentication_failed() -> Error {
        AUTHENTICATION_FAILED.plain()
    }

    pub fn not_found() -> Error {
        NOT_FOUND.plain()
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
