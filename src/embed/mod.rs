//! The emulator inside another program. It serves on a port of its own, and stops when it is
//! dropped.

mod account;
mod arming;
mod builder;
mod error;
mod events;
mod faults;
mod journal;
mod running;

pub use account::AccountHandle;
pub use arming::{ArmedScenario, Arming};
pub use builder::Builder;
pub use error::{ControlError, StartError};
pub use events::Events;
pub use faults::{Fault, InjectedFault, Injection};
pub use running::Running;
