//! The emulator inside another program: begins on a port of its own, and ends when it is dropped.

mod account;
mod builder;
mod error;
mod running;

pub use account::AccountHandle;
pub use builder::Builder;
pub use error::{ControlError, StartError};
pub use running::Running;
