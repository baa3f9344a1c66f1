//! The emulator inside another program. It serves on a port of its own, and stops when it is
//! dropped.

mod account;
mod builder;
mod error;
mod events;
mod running;

pub use account::AccountHandle;
pub use builder::Builder;
pub use error::{ControlError, StartError};
pub use events::Events;
pub use running::Running;
