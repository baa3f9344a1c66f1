//! The signals that tell a process to stop, heard here or passed on to a child.

#[cfg(not(unix))]
pub use elsewhere::{Signals, killed_by, pass_on};
#[cfg(unix)]
pub use unix::{Signals, killed_by, pass_on};

/// What was heard.
#[derive(Clone, Copy)]
pub enum Stop {
    Interrupt,
    Terminate,
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use rustix::process::{self, Pid};
    use rustix::termios;
    use tokio::process::Child;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::cli::signals::Stop;

    pub struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        /// Sets the handlers at once, also for PID 1, which has none of its own.
        pub fn new() -> io::Result<Signals> {
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            Ok(Signals { interrupt, terminate })
        }

        pub async fn next(&mut self) -> Stop {
            tokio::select! {
                _ = self.interrupt.recv() => Stop::Interrupt,
                _ = self.terminate.recv() => Stop::Terminate,
            }
        }
    }

    /// Sends the signal to a child, unless the terminal has sent it there already: a second Ctrl-C
    /// means to a test runner that it should not even clean up.
    pub fn pass_on(stop: Stop, child: &Child) {
        let signal = match stop {
            Stop::Interrupt if is_in_foreground() => return,
            Stop::Interrupt => process::Signal::INT,
            Stop::Terminate => process::Signal::TERM,
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // Without a pid, or when sending fails, the child has ended already.
        let _ = pid.map(|pid| process::kill_process(pid, signal));
    }

    /// Whether Ctrl-C at a terminal reaches this process, and so its children too.
    fn is_in_foreground() -> bool {
        let group = File::open("/dev/tty").ok().and_then(|tty| termios::tcgetpgrp(tty).ok());
        group == Some(process::getpgrp())
    }

    /// The number of the signal that ended a process.
    pub fn killed_by(status: ExitStatus) -> Option<i32> {
        status.signal()
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::future;
    use std::io;
    use std::process::ExitStatus;

    use tokio::process::Child;
    use tokio::signal;

    use crate::cli::signals::Stop;

    pub struct Signals;

    impl Signals {
        pub fn new() -> io::Result<Signals> {
            Ok(Signals)
        }

        pub async fn next(&mut self) -> Stop {
            match signal::ctrl_c().await {
                Ok(()) => Stop::Interrupt,
                Err(_) => future::pending().await,
            }
        }
    }

    /// The console has told the child already.
    pub fn pass_on(_: Stop, _: &Child) {}

    pub fn killed_by(_: ExitStatus) -> Option<i32> {
        None
    }
}
