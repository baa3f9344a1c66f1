//! The errors of an emulator inside another program.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use crate::error;

/// The reason why an emulator did not start: a sentence that names the setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(pub(super) String);

/// The reason why a call was refused or failed. It has the code and the message of the control
/// API's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError {
    code: String,
    message: String,
    field: Option<String>,
}

impl ControlError {
    pub(super) fn stopped() -> ControlError {
        ControlError {
            code: "emulator_stopped".to_owned(),
            message: "The emulator has been stopped.".to_owned(),
            field: None,
        }
    }

    /// Returns the code, such as `await_timeout`. It is `emulator_stopped` if the emulator has
    /// stopped.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the message, a sentence for a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the field that is wrong, if the error is about a single field.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl From<error::Error> for ControlError {
    fn from(error: error::Error) -> ControlError {
        let problem = error.problems.into_iter().next();
        problem.map_or_else(ControlError::stopped, |problem| ControlError {
            code: problem.code.into_owned(),
            message: problem.message.into_owned(),
            field: problem.field.map(Into::into),
        })
    }
}

impl Display for ControlError {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let ControlError { code, message, field } = self;
        match field {
            Some(field) => write!(formatter, "{code}: {field}: {message}"),
            None => write!(formatter, "{code}: {message}"),
        }
    }
}

impl Display for StartError {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for ControlError {}
impl Error for StartError {}
