//! The port to listen on, and the file that names it.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;

/// Binds the socket. From then on clients can connect, though nobody answers yet.
pub fn bind(flags: &Flags) -> Result<(TcpListener, SocketAddr), ExitError> {
    let Flags { host, port, .. } = flags;
    let bound = TcpListener::bind((host.as_str(), *port))
        .and_then(|listener| listener.local_addr().map(|address| (listener, address)));
    bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ExitError::PortInUse(format!(
            "port {port} on {host} is in use: stop what listens there, or choose another with \
             --port (0 takes any free one)"
        )),
        _ => ExitError::Usage(format!("--host {host} --port {port}: cannot listen there: {error}")),
    })
}

/// Where a client on this machine reaches what listens on `address`.
pub fn local(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// Whoever waits for the file sees it whole or not at all.
pub fn write_file(flags: &Flags, port: u16) -> Result<(), ExitError> {
    let Some(path) = &flags.port_file else { return Ok(()) };
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    fs::write(&partial, format!("{port}\n"))
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|error| file_failure(path, &error))
}

/// The port of an earlier run is no longer true.
pub fn remove_file(flags: &Flags) -> Result<(), ExitError> {
    let Some(path) = &flags.port_file else { return Ok(()) };
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_failure(path, &error)),
        _ => Ok(()),
    }
}

fn file_failure(path: &Path, error: &io::Error) -> ExitError {
    ExitError::Usage(format!("--port-file {}: {error}", path.display()))
}
