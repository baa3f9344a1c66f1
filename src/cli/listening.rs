//! The addresses to listen on, as `--host` and `--port` name them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::cli::exit_error::ExitError;

/// How long a port that is in use may take to become free. An emulator that was told to stop keeps
/// its port for 400 ms at most, so that a restart need not wait for its end.
const PATIENCE: Duration = Duration::from_millis(1500);
const PAUSE: Duration = Duration::from_millis(20);
/// How often another port is drawn because one of a name's addresses has it in use.
const DRAWS: u32 = 50;
/// How many connections wait to be accepted, as in other servers.
const BACKLOG: i32 = 1024;

/// Sockets of one port. Clients can connect from now on, and are answered once the emulator serves.
pub(super) struct Listening {
    pub listeners: Vec<TcpListener>,
    /// An address at which a client on this machine reaches the emulator.
    pub address: SocketAddr,
}

/// Listens at all addresses of the host, on one port.
pub(super) fn listen(host: &str, port: u16) -> Result<Listening, ExitError> {
    let addresses = addresses(host, port).map_err(ExitError::Usage)?;
    let bound = if port == 0 { on_a_free_port(&addresses) } else { once_free(&addresses) };
    let listeners = bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ExitError::PortInUse(format!(
            "port {port} on {host} is in use: stop what listens there, or choose another with \
             --port (0 takes any free one)"
        )),
        _ => ExitError::Usage(format!("--host {host} --port {port}: cannot listen there: {error}")),
    })?;
    let address = listeners[0].local_addr().map_err(|error| {
        ExitError::Runtime(format!("--host {host}: the socket has no address: {error}"))
    })?;
    Ok(Listening { listeners, address: local(address) })
}

/// Returns the addresses of a host with a port, those of IPv4 first: every client understands them.
/// There is at least one.
///
/// # Errors
/// A sentence that names the flag.
pub(super) fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let name = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Some(mistake) = mistake(name) {
        return Err(format!("--host {host}: {mistake}"));
    }
    let found = (name, port).to_socket_addrs();
    let mut found: Vec<SocketAddr> = found.map_err(|error| unknown(host, &error))?.collect();
    found.sort_by_key(SocketAddr::is_ipv6);
    found.dedup();
    if found.is_empty() {
        return Err(format!("--host {host}: this name has no address"));
    }
    Ok(found)
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

/// Tells what is wrong with a host that is more than a host.
fn mistake(host: &str) -> Option<&'static str> {
    let has_port = host.rsplit_once(':').is_some_and(|(name, port)| {
        !name.contains(':') || name.ends_with(']') && port.parse::<u16>().is_ok()
    });
    if host.contains('/') {
        Some("write a name or an address alone, without http:// and without a path")
    } else if has_port {
        Some("write a name or an address alone; the port has the flag --port")
    } else {
        None
    }
}

fn unknown(host: &str, error: &io::Error) -> String {
    format!(
        "--host {host}: no address of this name is found: {error}; listen on 127.0.0.1, on 0.0.0.0, \
         or on a name of this machine"
    )
}

/// Binds the port, which an emulator that is stopping may have for a moment yet.
fn once_free(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut left = PATIENCE;
    loop {
        match bind_all(addresses) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && !left.is_zero() => {}
            done => return done,
        }
        thread::sleep(PAUSE);
        left = left.saturating_sub(PAUSE);
    }
}

/// Binds a port that is free on all of the addresses.
fn on_a_free_port(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    for _ in 1..DRAWS {
        match bind_all(addresses) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            done => return done,
        }
    }
    bind_all(addresses)
}

/// Binds one port on the addresses of a name. Addresses that this machine does not have are left
/// out if it has another: many containers know the name localhost for `::1`, and have no IPv6.
fn bind_all(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = Vec::new();
    for address in addresses {
        let mut address = *address;
        if let Some(first) = listeners.first() {
            address.set_port(first.local_addr()?.port());
        }
        match bind(address, addresses.len() > 1) {
            Ok(listener) => listeners.push(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => missing.push((address.ip(), error)),
        }
    }
    for (ip, error) in missing {
        if listeners.is_empty() {
            return Err(error);
        }
        tracing::info!("not listening on {ip}: {error}");
    }
    Ok(listeners)
}

fn bind(address: SocketAddr, is_one_of_several: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // A port whose last connections have just ended is free. Elsewhere this would share the port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    if is_one_of_several && address.is_ipv6() {
        socket.set_only_v6(true)?; // else :: would take the port of 0.0.0.0 too
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};

    use crate::cli::listening::{addresses, bind_all, on_a_free_port};

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_brackets() {
        for (host, expected) in [
            ("127.0.0.1", "127.0.0.1:7"),
            ("0.0.0.0", "0.0.0.0:7"),
            ("::1", "[::1]:7"),
            ("[::1]", "[::1]:7"),
            ("[::]", "[::]:7"),
        ] {
            assert_eq!(addresses(host, 7), Ok(vec![expected.parse().unwrap()]), "{host}");
        }
        for (host, sentence) in [
            ("localhost:80", "--host localhost:80: write a name or an address alone; the port"),
            ("[::1]:80", "the flag --port"),
            ("http://localhost", "without http://"),
            ("nowhere.invalid", "--host nowhere.invalid: no address of this name is found"),
        ] {
            let error = addresses(host, 7).unwrap_err();
            assert!(error.contains(sentence), "{error}");
        }
    }

    /// 127.0.0.2 to 127.0.0.9 are other addresses of every Linux machine.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_free_port_is_free_on_all_addresses_of_a_name() {
        let [one, two]: [SocketAddr; 2] =
            ["127.0.0.1:0", "127.0.0.2:0"].map(|it| it.parse().unwrap());
        for _ in 0..200 {
            let listeners = on_a_free_port(&[one, two]).unwrap();
            let ports = listeners.iter().map(|it| it.local_addr().unwrap().port());
            let ports: Vec<u16> = ports.collect();
            assert!(ports.len() == 2 && ports[0] == ports[1], "{ports:?}");
        }
        // The first address is free, the second is not.
        let taken = TcpListener::bind(two).unwrap().local_addr().unwrap();
        let _taken = TcpListener::bind(taken).unwrap();
        let wanted = SocketAddr::new(one.ip(), taken.port());
        assert!(bind_all(&[wanted, taken]).is_err());
    }

    #[test]
    fn an_address_that_the_machine_does_not_have_is_left_out_beside_one_that_it_has() {
        // Documentation's own addresses, which nobody has.
        let [own, other]: [SocketAddr; 2] =
            ["127.0.0.1:0", "192.0.2.1:0"].map(|it| it.parse().unwrap());
        assert_eq!(bind_all(&[own, other]).unwrap().len(), 1);
        assert_eq!(bind_all(&[other, own]).unwrap().len(), 1);
        assert!(bind_all(&[other]).is_err());
    }
}
