//! What can go wrong inside another program.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use crate::error;

/// Why an emulator did not start: a sentence that names the setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartError(pub(super) String);

/// Why a call was refused, or failed: with the code and the message that the control API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: String,
    message: String,
    field: Option<String>,
}

impl Failure {
    pub(super) fn stopped() -> Failure {
        Failure {
            code: "emulator_stopped".to_owned(),
            message: "The emulator has been stopped.".to_owned(),
            field: None,
        }
    }

    /// Such as `await_timeout`; `emulator_stopped` if the emulator is gone.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A sentence for a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What is wrong, if it is one thing.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl From<error::Error> for Failure {
    fn from(error: error::Error) -> Failure {
        let problem = error.problems.into_iter().next();
        problem.map_or_else(Failure::stopped, |problem| Failure {
            code: problem.code.into_owned(),
            message: problem.message.into_owned(),
            field: problem.field.map(Into::into),
        })
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let Failure { code, message, field } = self;
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

impl Error for Failure {}
impl Error for StartError {}
