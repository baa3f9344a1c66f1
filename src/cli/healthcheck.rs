//! `belvo-emulator healthcheck`: asks `/readyz`, without a runtime or a shell.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::cli::{Failure, Flags};

const TIMEOUT: Duration = Duration::from_secs(2);

pub fn run(flags: &Flags) -> Result<(), Failure> {
    let address = address(flags)?;
    let unreachable = |error: io::Error| {
        Failure::Runtime(format!("no belvo-emulator answers on http://{address}: {error}"))
    };
    let status_line = ask(address).map_err(unreachable)?;
    match status_line.split(' ').nth(1) {
        Some("200") => Ok(()),
        _ => Err(Failure::Runtime(format!("http://{address}/readyz answered {status_line:?}"))),
    }
}

/// Where the emulator with the same flags listens.
fn address(flags: &Flags) -> Result<SocketAddr, Failure> {
    let port = match &flags.port_file {
        Some(path) => fs::read_to_string(path)
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Failure::Runtime(format!("no port in {} yet", path.display())))?,
        None if flags.port == 0 => {
            return Err(Failure::Usage(
                "--port 0 does not say where to ask: pass the same --port-file as to serve"
                    .to_owned(),
            ));
        }
        None => flags.port,
    };
    let mut addresses = (flags.host.as_str(), port)
        .to_socket_addrs()
        .map_err(|error| Failure::Usage(format!("--host {}: {error}", flags.host)))?;
    let mut address = addresses
        .next()
        .ok_or_else(|| Failure::Usage(format!("--host {} has no address", flags.host)))?;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    Ok(address)
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(b"GET /readyz HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(4096).read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
