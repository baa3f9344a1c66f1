//! `belvo-emulator healthcheck`: asks `/readyz`, without a runtime and without a shell.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::listening::{addresses, local};
use crate::cli::port_file::read_port;
use crate::model::duration;

/// The longest time to connect to an emulator, and the longest time to wait for its answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The pause before `/readyz` is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// The reason why an emulator is not ready.
enum Unready {
    /// The arguments are wrong, so asking again is of no use.
    Usage(String),
    /// The emulator is not ready, but may become so. The question took this long.
    Yet { reason: String, took: Duration },
}

impl Unready {
    fn at_once(reason: String) -> Unready {
        Unready::Yet { reason, took: Duration::ZERO }
    }
}

/// Asks once if `wait` is None, else until the emulator is ready or `wait` is over.
pub(super) fn run(flags: &Flags, wait: Option<TimeDelta>) -> Result<(), ExitError> {
    let waited =
        wait.map_or_else(String::new, |wait| format!("; waited {} for it", duration::show(wait)));
    // The loop adds up its pauses and timeouts, because only `clock` may read the time.
    let mut left = wait.and_then(|wait| wait.to_std().ok()).unwrap_or_default();
    loop {
        match ask(flags) {
            Ok(()) => return Ok(()),
            Err(Unready::Usage(sentence)) => return Err(ExitError::Usage(sentence)),
            Err(Unready::Yet { reason, took }) if left <= took => {
                return Err(ExitError::Runtime(reason + &waited));
            }
            Err(Unready::Yet { took, .. }) => left -= took,
        }
        let pause = PAUSE.min(left);
        thread::sleep(pause);
        left -= pause;
    }
}

/// Asks at each address of the host until one answers that it is ready.
fn ask(flags: &Flags) -> Result<(), Unready> {
    let host = &flags.process.host;
    let addresses = addresses(host, port(flags)?).map_err(Unready::Usage)?;
    let mut outcome = Err(Unready::Usage(format!("--host {host} has no address")));
    for address in addresses {
        outcome = ask_at(local(address));
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn ask_at(address: SocketAddr) -> Result<(), Unready> {
    let status_line = status_line(address).map_err(|error| {
        let timed_out =
            [io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock].contains(&error.kind());
        Unready::Yet {
            reason: format!("no belvo-emulator answers on http://{address}: {error}"),
            took: if timed_out { TIMEOUT } else { Duration::ZERO },
        }
    })?;
    match status_line.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(Unready::at_once(format!("http://{address}/readyz answered {status_line:?}"))),
    }
}

/// Returns the port on which an emulator with the same flags listens.
fn port(flags: &Flags) -> Result<u16, Unready> {
    match &flags.process.port_file {
        Some(path) => match read_port(path) {
            Ok(Some(port)) => Ok(port),
            _ => Err(Unready::at_once(format!("no port in {} yet", path.display()))),
        },
        None if flags.process.port == 0 => Err(Unready::Usage(
            "--port 0 does not say where to ask: pass the same --port-file as to serve".to_owned(),
        )),
        None => Ok(flags.process.port),
    }
}

fn status_line(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
