//! The signals that stop a process. They stop this one, or are passed on to a child. A thread of its
//! own receives them, so that they are heard whatever the others do.

use std::future;
use std::io;
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

#[cfg(not(unix))]
use elsewhere::Handlers;
#[cfg(not(unix))]
pub(super) use elsewhere::{ignores_hangup, killed_by, pass_on};
#[cfg(unix)]
use unix::Handlers;
#[cfg(unix)]
pub(super) use unix::{ignores_hangup, killed_by, pass_on};

/// A signal that was received.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    Interrupt,
    Terminate,
    Hangup,
    Quit,
}

/// The signals that have not been asked for yet.
pub(super) struct Signals(UnboundedReceiver<Stop>);

impl Signals {
    /// Installs the handlers at once. PID 1 needs them, because it has no default handlers.
    pub(super) fn new() -> io::Result<Signals> {
        Signals::heard_by(|_| {})
    }

    /// Installs the handlers at once. The thread that receives the signals also calls `heard`.
    pub(super) fn heard_by(heard: impl Fn(Stop) + Send + 'static) -> io::Result<Signals> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        let mut handlers = {
            let _of_this_runtime = runtime.enter();
            Handlers::install()?
        };
        let (sender, receiver) = unbounded_channel();
        let receive = async move {
            loop {
                let stop = handlers.next().await;
                heard(stop);
                // Nobody asks any more where the process is about to end.
                let _ = sender.send(stop);
            }
        };
        let thread = thread::Builder::new().name("signals".to_owned());
        thread.spawn(move || runtime.block_on(receive))?;
        Ok(Signals(receiver))
    }

    pub(super) async fn next(&mut self) -> Stop {
        match self.0.recv().await {
            Some(stop) => stop,
            None => future::pending().await,
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::future;
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use rustix::process::{self, Pid};
    use rustix::termios;
    use tokio::process::Child;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use crate::cli::signals::Stop;

    /// The bit of `SIGHUP`, whose number is 1, in a mask of signals.
    const HANGUP_BIT: u64 = 1;

    pub(crate) struct Handlers {
        interrupt: Signal,
        terminate: Signal,
        quit: Signal,
        /// The hangup signal. It is None where a hangup does not stop the process.
        hangup: Option<Signal>,
    }

    impl Handlers {
        pub(crate) fn install() -> io::Result<Handlers> {
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            let quit = signal(SignalKind::quit())?;
            let hangup = heeds_hangup().then(|| signal(SignalKind::hangup())).transpose()?;
            Ok(Handlers { interrupt, terminate, quit, hangup })
        }

        pub(crate) async fn next(&mut self) -> Stop {
            tokio::select! {
                _ = self.interrupt.recv() => Stop::Interrupt,
                _ = self.terminate.recv() => Stop::Terminate,
                _ = self.quit.recv() => Stop::Quit,
                _ = received(&mut self.hangup) => Stop::Hangup,
            }
        }
    }

    async fn received(signal: &mut Option<Signal>) -> Option<()> {
        match signal {
            Some(signal) => signal.recv().await,
            None => future::pending().await,
        }
    }

    /// Tells that a hangup stops the process. `nohup` makes a process ignore hangups, and
    /// installing a handler would undo that. Only Linux shows which signals are ignored; on other
    /// systems no handler is installed.
    fn heeds_hangup() -> bool {
        ignores_hangup() == Some(false)
    }

    /// Tells that `nohup` has started this process. None where the system does not tell.
    pub(crate) fn ignores_hangup() -> Option<bool> {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.map(|mask| mask & HANGUP_BIT != 0)
    }

    /// Sends the signal to a child, unless the terminal has sent it there already. A second Ctrl-C
    /// would tell a test runner to skip its cleanup.
    pub(crate) fn pass_on(stop: Stop, child: &Child) {
        let signal = match stop {
            Stop::Interrupt | Stop::Quit if is_in_foreground() => return,
            Stop::Interrupt => process::Signal::INT,
            Stop::Terminate => process::Signal::TERM,
            Stop::Hangup => process::Signal::HUP,
            Stop::Quit => process::Signal::QUIT,
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // The child has ended already if it has no pid or if sending fails.
        let _ = pid.map(|pid| process::kill_process(pid, signal));
    }

    /// Tells that Ctrl-C and Ctrl-\\ at a terminal reach this process and its children.
    fn is_in_foreground() -> bool {
        let group = File::open("/dev/tty").ok().and_then(|tty| termios::tcgetpgrp(tty).ok());
        group == Some(process::getpgrp())
    }

    /// Returns the number of the signal that ended a process.
    pub(crate) fn killed_by(status: ExitStatus) -> Option<i32> {
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

    pub(crate) struct Handlers;

    impl Handlers {
        pub(crate) fn install() -> io::Result<Handlers> {
            Ok(Handlers)
        }

        pub(crate) async fn next(&mut self) -> Stop {
            match signal::ctrl_c().await {
                Ok(()) => Stop::Interrupt,
                Err(_) => future::pending().await,
            }
        }
    }

    /// The console has sent the signal to the child already.
    pub(crate) fn pass_on(_: Stop, _: &Child) {}

    pub(crate) fn ignores_hangup() -> Option<bool> {
        None
    }

    pub(crate) fn killed_by(_: ExitStatus) -> Option<i32> {
        None
    }
}
