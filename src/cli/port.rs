//! The port to listen on, and the file that names it.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use crate::cli::exit_error::ExitError;
use crate::cli::flags::{Flags, ProcessFlags};

/// Binds the socket. Clients can connect from now on, and are answered once the emulator serves.
pub(super) fn bind(flags: &Flags) -> Result<(TcpListener, SocketAddr), ExitError> {
    let ProcessFlags { host, port, .. } = &flags.process;
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

/// Returns the address at which a client on this machine reaches a server that listens on
/// `address`.
pub(super) fn local(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// The file of `--port-file`, if the flag is given. Dropping this value removes the file, so that
/// no file stays after a start that fails or panics.
pub(super) struct PortFile(Option<PathBuf>);

impl PortFile {
    /// Takes the file over, and removes what an earlier run has left there. The caller must bind
    /// the port before: if the port is in use, the file belongs to the emulator that has the port.
    pub(super) fn claim(flags: &Flags) -> Result<PortFile, ExitError> {
        let file = PortFile(flags.process.port_file.clone());
        file.remove_from_disk()?;
        Ok(file)
    }

    /// Writes the port. A reader sees either the whole file or no file.
    pub(super) fn write(&self, port: u16) -> Result<(), ExitError> {
        let Some(path) = &self.0 else { return Ok(()) };
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let written =
            fs::write(&partial, format!("{port}\n")).and_then(|()| fs::rename(&partial, path));
        written.map_err(|error| {
            let _ = fs::remove_file(&partial);
            file_failure(path, &error)
        })
    }

    /// Removes the file. The error says why that is not possible.
    pub(super) fn remove(mut self) -> Result<(), ExitError> {
        let removed = self.remove_from_disk();
        self.0 = None;
        removed
    }

    fn remove_from_disk(&self) -> Result<(), ExitError> {
        let Some(path) = &self.0 else { return Ok(()) };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(file_failure(path, &error))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for PortFile {
    fn drop(&mut self) {
        let _ = self.remove_from_disk();
    }
}

fn file_failure(path: &Path, error: &io::Error) -> ExitError {
    ExitError::Usage(format!("--port-file {}: {error}", path.display()))
}
