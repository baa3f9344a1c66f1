//! `belvo-emulator serve`.

use std::fs;
use std::future::Future;
use std::io::{self, IsTerminal};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{Failure, Flags, LogFormat};
use crate::config::Config;
use crate::model::address::without_secrets;
use crate::server::{self, Emulator};

pub fn run(flags: Flags) -> Result<(), Failure> {
    start_log(&flags);
    let config = flags.config().map_err(Failure::Usage)?;
    if let Some(path) = &flags.port_file {
        remove_port_file(path)?;
    }
    let listener = bind(&flags)?;
    let address = listener.local_addr().map_err(|error| Failure::Runtime(error.to_string()))?;
    server::block_on(async {
        let stop = stop_signal().map_err(|error| Failure::Runtime(error.to_string()))?;
        let server = Emulator::new(config.clone()).run(listener, stop);
        announce(&flags, &config, address)?;
        server.await.map_err(|error| Failure::Runtime(error.to_string()))
    })?;
    flags.port_file.as_deref().map_or(Ok(()), remove_port_file)
}

/// Our own lines only: what the libraries report of themselves helps nobody here.
fn start_log(flags: &Flags) {
    let level = if flags.quiet { LevelFilter::ERROR } else { LevelFilter::INFO };
    let ours = Targets::new().with_target("belvo_emulator", level);
    let lines = fmt::layer().with_writer(io::stderr).with_target(false);
    let log = tracing_subscriber::registry().with(ours);
    match flags.log_format {
        LogFormat::Text => log.with(lines.with_ansi(io::stderr().is_terminal())).init(),
        LogFormat::Json => log.with(lines.json().flatten_event(true)).init(),
    }
}

fn bind(flags: &Flags) -> Result<TcpListener, Failure> {
    let Flags { host, port, .. } = flags;
    TcpListener::bind((host.as_str(), *port)).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Failure::Runtime(format!(
            "port {port} on {host} is in use: stop what listens there, or choose another with \
             --port (0 takes any free one)"
        )),
        _ => Failure::Usage(format!("--host {host} --port {port}: cannot listen there: {error}")),
    })
}

/// Says that the emulator is ready: to programs on stdout and in the port file, to people on stderr.
fn announce(flags: &Flags, config: &Config, address: SocketAddr) -> Result<(), Failure> {
    if let Some(path) = &flags.port_file {
        write_port_file(path, address.port())?;
    }
    println!("belvo-emulator ready on http://{address}");
    let webhooks = where_webhooks_go(config);
    let curl = first_curl(config, address);
    match flags.log_format {
        _ if flags.quiet => {}
        LogFormat::Text => eprintln!("webhooks: {webhooks}\ntry it:\n  {curl}"),
        LogFormat::Json => tracing::info!(webhooks, curl, "started"),
    }
    Ok(())
}

fn where_webhooks_go(config: &Config) -> String {
    let targets = &config.settings.webhook_targets;
    if targets.is_empty() {
        return "none is sent; pass --webhook-url http://localhost:PORT/PATH to receive them"
            .to_owned();
    }
    let urls: Vec<String> = targets.iter().map(|target| without_secrets(&target.url)).collect();
    format!("sent to {}", urls.join(", "))
}

/// A command to paste, with made-up keys where any are accepted.
fn first_curl(config: &Config, address: SocketAddr) -> String {
    let keys = if config.policy.accepted.is_empty() { "my-id:my-password" } else { "ID:PASSWORD" };
    let host = match address.ip().is_unspecified() {
        true => SocketAddr::from(([127, 0, 0, 1], address.port())),
        false => address,
    };
    format!(
        "curl -u {keys} http://{host}/api/links/ -H 'Content-Type: application/json' -d \
         '{{\"institution\":\"planet_mx_employment\",\"username\":\"BLPM951331IONVGR54\",\
         \"access_mode\":\"single\",\"fetch_resources\":[\"EMPLOYMENT_RECORDS\"],\
         \"external_id\":\"my-user-1\"}}'"
    )
}

/// Whoever waits for the file sees it whole or not at all.
fn write_port_file(path: &Path, port: u16) -> Result<(), Failure> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    fs::write(&partial, format!("{port}\n"))
        .and_then(|()| fs::rename(&partial, path))
        .map_err(|error| port_file_failure(path, &error))
}

/// The port of an earlier run is no longer true.
fn remove_port_file(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(port_file_failure(path, &error))
        }
        _ => Ok(()),
    }
}

fn port_file_failure(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("--port-file {}: {error}", path.display()))
}

/// Done when the process is told to stop. The handlers are set at once, also for PID 1, which has
/// none of its own.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
