//! `belvo-emulator healthcheck`: asks `/readyz`, without a runtime and without a shell.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;

use chrono::TimeDelta;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::port;
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

fn ask(flags: &Flags) -> Result<(), Unready> {
    let address = address(flags)?;
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

/// Returns the address on which an emulator with the same flags listens.
fn address(flags: &Flags) -> Result<SocketAddr, Unready> {
    let port = match &flags.process.port_file {
        Some(path) => fs::read_to_string(path)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Unready::at_once(format!("no port in {} yet", path.display())))?,
        None if flags.process.port == 0 => {
            return Err(Unready::Usage(
                "--port 0 does not say where to ask: pass the same --port-file as to serve"
                    .to_owned(),
            ));
        }
        None => flags.process.port,
    };
    let mut addresses = (flags.process.host.as_str(), port)
        .to_socket_addrs()
        .map_err(|error| Unready::Usage(format!("--host {}: {error}", flags.process.host)))?;
    let address = addresses
        .next()
        .ok_or_else(|| Unready::Usage(format!("--host {} has no address", flags.process.host)))?;
    Ok(port::local(address))
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
