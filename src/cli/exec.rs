//! `belvo-emulator exec`: serves while a command runs, and ends with the command's exit code.

use std::ffi::OsString;
use std::future::{self, Future};
use std::io;
use std::pin::pin;
use std::process::{ExitCode, ExitStatus};

use tokio::process::Command;
use tracing::level_filters::LevelFilter;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::listening::Listening;
use crate::cli::parent::Parent;
use crate::cli::port_file::PortFile;
use crate::cli::signals::{self, Signals};
use crate::cli::watch::Watch;
use crate::cli::{command, listening, log, orphans};
use crate::descriptors::{self, Original};
use crate::server::{self, Emulator};

pub(super) fn run(flags: &Flags, verbose: bool, words: &[OsString]) -> Result<ExitCode, ExitError> {
    if words.is_empty() {
        return Err(no_command());
    }
    log::start(flags, if verbose { LevelFilter::INFO } else { LevelFilter::WARN });
    Flags::warn_of_unread_variables();
    // Under nohup it is to outlive whoever started it.
    let parent = match signals::ignores_hangup() {
        Some(true) => Parent::unwatched(),
        _ => Parent::watch(false),
    };
    let watch = Watch::of(flags).map_err(ExitError::Usage)?;
    let mut config = flags.config().map_err(ExitError::Usage)?;
    let original = descriptors::raise();
    config.fit_the_descriptors();
    let Listening { listeners, address } =
        listening::listen(&flags.process.host, flags.process.port)?;
    let mut port_file = PortFile::claim(flags)?;
    let url = format!("http://{address}");
    let keys = config.first_keys();
    let Some(command) = command::prepared(words, &url, keys) else { return Err(no_command()) };
    server::block_on_at_last(async {
        let signals = Signals::new().map_err(|error| ExitError::Runtime(error.to_string()))?;
        if let Some(watch) = watch {
            watch.begin(flags.clone(), config.settings.clone()).map_err(ExitError::Runtime)?;
        }
        let emulator = Emulator::new(config);
        let serving = emulator.clone().run(listeners, future::pending());
        port_file.write(address.port())?;
        tracing::info!(url, "ready");
        let ended = run_beside(serving, Run { command, original, signals, parent }).await;
        port_file.remove()?;
        let ended = ended?;
        if !ended.was_stopped && !emulator.has_been_called() {
            let how = if ended.code == ExitCode::SUCCESS { "succeeded" } else { "failed" };
            tracing::warn!("the command {how}, {UNCALLED}");
        }
        Ok(ended.code)
    })
}

const UNCALLED: &str = "and not one request arrived at the emulator: it may have called the real \
    Belvo. Belvo's SDKs prefer an environment's name, such as 'sandbox', to BELVO_API_URL: give \
    the client no name, or the URL of BELVO_BASE_URL";

fn no_command() -> ExitError {
    let sentence =
        "exec needs a command: write it after --, such as belvo-emulator exec -- pytest -x";
    ExitError::Usage(sentence.to_owned())
}

/// A command, and what it is run with.
struct Run {
    command: Command,
    /// The limit of file descriptors that the command gets.
    original: Original,
    signals: Signals,
    parent: Parent,
}

/// The end of a command.
struct Ended {
    code: ExitCode,
    /// True where a signal ended the command, or was passed on to it.
    was_stopped: bool,
}

/// Runs the command while the emulator serves. The command is killed only if the emulator fails;
/// otherwise it ends by itself.
async fn run_beside(
    emulator: impl Future<Output = io::Result<()>>,
    mut run: Run,
) -> Result<Ended, ExitError> {
    run.command.kill_on_drop(true);
    let emulator = pin!(emulator);
    tokio::select! {
        biased; // The emulator first: when it cannot be set up, the command is not started.
        outcome = emulator => {
            let reason = outcome.err().map_or_else(String::new, |error| format!(": {error}"));
            Err(ExitError::Runtime(format!("the emulator stopped before the command ended{reason}")))
        }
        ended = run.until_the_end() => ended,
    }
}

impl Run {
    async fn until_the_end(mut self) -> Result<Ended, ExitError> {
        let mut child = command::start(&mut self.command, self.original)?;
        let mut reaping = pin!(orphans::reap(child.id()));
        let mut was_stopped = false;
        loop {
            tokio::select! {
                status = child.wait() => {
                    let status = status.map_err(|error| ExitError::Runtime(error.to_string()))?;
                    was_stopped |= status.code().is_none();
                    return Ok(Ended { code: exit_code(status), was_stopped });
                }
                stop = self.signals.next() => {
                    was_stopped = true;
                    signals::pass_on(stop, &child);
                }
                () = self.parent.gone() => {
                    was_stopped = true;
                    tracing::warn!("the process that started exec has ended: stopping the command");
                    command::stop(&mut child).await;
                }
                never = &mut reaping => match never {},
            }
        }
    }
}

/// Returns the exit code for a command's status. As in shells, it is 128 plus the signal's number
/// for a command that a signal killed.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or(signals::killed_by(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

#[cfg(all(test, unix))]
mod tests {
    use std::future::{self, Future};
    use std::io::{self, Read, pipe};

    use tokio::process::Command;
    use tokio::task::yield_now;

    use crate::cli::exec::{Run, run_beside};
    use crate::cli::exit_error::ExitError;
    use crate::cli::parent::Parent;
    use crate::cli::signals::Signals;
    use crate::descriptors;
    use crate::server;

    /// Returns the sentence for an emulator that fails.
    fn failure(emulator: impl Future<Output = io::Result<()>>, command: Command) -> String {
        let outcome = server::block_on(async {
            let signals = Signals::new().unwrap();
            let (original, parent) = (descriptors::raise(), Parent::unwatched());
            run_beside(emulator, Run { command, original, signals, parent }).await
        });
        let Err(ExitError::Runtime(sentence)) = outcome else {
            panic!("not the emulator's failure")
        };
        sentence
    }

    #[test]
    fn the_command_does_not_outlive_an_emulator_that_fails() {
        let (mut reader, writer) = pipe().unwrap();
        let mut witness = reader.try_clone().unwrap();
        // Waiting for a command closes the command's stdin if the parent holds its other end.
        let (stdin, stays_open) = pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo up; read line; echo survived"]).stdin(stdin);
        command.stdout(writer);
        let emulator = async move {
            yield_now().await;
            witness.read_exact(&mut [0; 3])?;
            Err(io::Error::other("out of sockets"))
        };
        let sentence = failure(emulator, command);
        drop(stays_open);
        assert_eq!(sentence, "the emulator stopped before the command ended: out of sockets");
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }

    #[test]
    fn an_emulator_that_cannot_be_set_up_starts_no_command() {
        for _ in 0..20 {
            let emulator = future::ready(Err(io::Error::other("no")));
            failure(emulator, Command::new("no-such-command"));
        }
    }
}
