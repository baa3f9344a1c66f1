//! The failures that end a command.

use std::fmt::{self, Display, Formatter};

/// The reason why a command failed: a sentence for a person.
pub(super) enum ExitError {
    /// A flag, a variable, an argument or a file is wrong.
    Usage(String),
    /// The command failed while it ran.
    Runtime(String),
    PortInUse(String),
    CommandNotFound(String),
    CommandNotExecutable(String),
}

impl ExitError {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            ExitError::Runtime(_) => 1,
            ExitError::Usage(_) => 2,
            ExitError::PortInUse(_) => 3,
            // Shells use these exit codes too.
            ExitError::CommandNotExecutable(_) => 126,
            ExitError::CommandNotFound(_) => 127,
        }
    }
}

impl Display for ExitError {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let (ExitError::Usage(sentence)
        | ExitError::Runtime(sentence)
        | ExitError::PortInUse(sentence)
        | ExitError::CommandNotFound(sentence)
        | ExitError::CommandNotExecutable(sentence)) = self;
        formatter.write_str(sentence)
    }
}
