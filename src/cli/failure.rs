//! How a command ends without success.

use std::fmt::{self, Display, Formatter};

/// Why a command ended without success: a sentence for a person.
pub enum Failure {
    /// What was asked for is wrong.
    Usage(String),
    /// It could not be done.
    Runtime(String),
    PortInUse(String),
    CommandNotFound(String),
    CommandNotExecutable(String),
}

impl Failure {
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Runtime(_) => 1,
            Failure::Usage(_) => 2,
            Failure::PortInUse(_) => 3,
            // As shells do.
            Failure::CommandNotExecutable(_) => 126,
            Failure::CommandNotFound(_) => 127,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        let (Failure::Usage(sentence)
        | Failure::Runtime(sentence)
        | Failure::PortInUse(sentence)
        | Failure::CommandNotFound(sentence)
        | Failure::CommandNotExecutable(sentence)) = self;
        formatter.write_str(sentence)
    }
}
