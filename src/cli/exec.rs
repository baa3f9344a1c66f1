//! `belvo-emulator exec`: serves while a command runs, and ends with the command's exit code.

use std::ffi::OsString;
use std::future::{self, Future};
use std::io;
use std::pin::pin;
use std::process::{ExitCode, ExitStatus};

use tokio::process::Command;
use tracing::level_filters::LevelFilter;

use crate::accounts::Credentials;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::listening::Listening;
use crate::cli::port_file::PortFile;
use crate::cli::signals::{self, Signals};
use crate::cli::{listening, log};
use crate::server::{self, Emulator};

pub(super) fn run(
    flags: &Flags,
    verbose: bool,
    command: &[OsString],
) -> Result<ExitCode, ExitError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(ExitError::Usage(
            "exec needs a command: write it after --, such as belvo-emulator exec -- pytest -x"
                .to_owned(),
        ));
    };
    log::start(flags, if verbose { LevelFilter::INFO } else { LevelFilter::WARN });
    Flags::warn_of_unread_variables();
    let config = flags.config().map_err(ExitError::Usage)?;
    let Listening { listeners, address } = listening::listen(flags)?;
    let mut port_file = PortFile::claim(flags)?;
    let url = format!("http://{address}");
    let mut command = Command::new(program);
    command.args(arguments).envs(variables(&url, config.first_keys()));
    server::block_on_at_last(async {
        let signals = Signals::new().map_err(|error| ExitError::Runtime(error.to_string()))?;
        let emulator = Emulator::new(config).run(listeners, future::pending());
        port_file.write(address.port())?;
        tracing::info!(url, "ready");
        let code = run_beside(emulator, command, signals).await;
        port_file.remove()?;
        code
    })
}

/// Returns the environment variables that give the command the emulator's URL and keys.
fn variables(url: &str, keys: Credentials) -> [(&'static str, String); 4] {
    [
        ("BELVO_BASE_URL", url.to_owned()),
        ("BELVO_API_URL", url.to_owned()), // what Belvo's SDKs read
        ("BELVO_SECRET_ID", keys.id),
        ("BELVO_SECRET_PASSWORD", keys.password),
    ]
}

/// Runs the command while the emulator serves. The command is killed only if the emulator fails;
/// otherwise it ends by itself.
async fn run_beside(
    emulator: impl Future<Output = io::Result<()>>,
    mut command: Command,
    signals: Signals,
) -> Result<ExitCode, ExitError> {
    command.kill_on_drop(true);
    let emulator = pin!(emulator);
    tokio::select! {
        biased; // The emulator first: when it cannot be set up, the command is not started.
        outcome = emulator => {
            let reason = outcome.err().map_or_else(String::new, |error| format!(": {error}"));
            Err(ExitError::Runtime(format!("the emulator stopped before the command ended{reason}")))
        }
        code = run_to_its_end(command, signals) => code,
    }
}

async fn run_to_its_end(mut command: Command, mut signals: Signals) -> Result<ExitCode, ExitError> {
    let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
    loop {
        tokio::select! {
            status = child.wait() => {
                let status = status.map_err(|error| ExitError::Runtime(error.to_string()))?;
                return Ok(exit_code(status));
            }
            stop = signals.next() => signals::pass_on(stop, &child),
        }
    }
}

fn not_started(command: &Command, error: &io::Error) -> ExitError {
    let program = command.as_std().get_program().to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound if program.contains(' ') => ExitError::CommandNotFound(format!(
            "command not found: {program:?}; write the command and its arguments as separate words"
        )),
        io::ErrorKind::NotFound => ExitError::CommandNotFound(format!(
            "command not found: {program}; is it installed and in a directory of PATH?"
        )),
        _ => ExitError::CommandNotExecutable(format!("{program} cannot be executed: {error}")),
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

    use crate::cli::exec::run_beside;
    use crate::cli::exit_error::ExitError;
    use crate::cli::signals::Signals;
    use crate::server;

    /// Returns the sentence for an emulator that fails.
    fn failure(emulator: impl Future<Output = io::Result<()>>, command: Command) -> String {
        let outcome = server::block_on(async {
            run_beside(emulator, command, Signals::new().unwrap()).await
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
