//! `belvo-emulator serve`: serves until a signal stops the process.

use std::mem;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tracing::level_filters::LevelFilter;

use crate::accounts::Credentials;
use crate::cli::exit_error::ExitError;
use crate::cli::flags::{Flags, LogFormat};
use crate::cli::listening::Listening;
use crate::cli::parent::Parent;
use crate::cli::port_file::PortFile;
use crate::cli::signals::Signals;
use crate::cli::stream::{STDERR, STDOUT};
use crate::cli::watch::Watch;
use crate::cli::{listening, log, orphans, stop};
use crate::config::Config;
use crate::demo::Demo;
use crate::descriptors;
use crate::model::address::without_secrets;
use crate::model::duration;
use crate::server::{self, Emulator};

pub(super) fn run(flags: &Flags) -> Result<(), ExitError> {
    log::start(flags, LevelFilter::INFO);
    Flags::warn_of_unread_variables();
    // Before anything takes long: a parent that ends meanwhile is seen.
    let watches = flags.process.exit_with_parent;
    let mut parent = if watches { Parent::watch(true) } else { Parent::unwatched() };
    let watch = Watch::of(flags).map_err(ExitError::Usage)?;
    let mut config = flags.config().map_err(ExitError::Usage)?;
    descriptors::raise();
    config.fit_the_descriptors();
    let Listening { listeners, address } =
        listening::listen(&flags.process.host, flags.process.port)?;
    let port_file = Arc::new(Mutex::new(PortFile::claim(flags)?));
    let locked = || port_file.lock().unwrap_or_else(PoisonError::into_inner);
    let mut removed = Ok(());
    server::block_on_at_last(async {
        let of_last_resort = port_file.clone();
        let heard = move |_| stop::within_half_a_second(&of_last_resort);
        let signals = Signals::heard_by(heard);
        let mut signals = signals.map_err(|error| ExitError::Runtime(error.to_string()))?;
        locked().write(address.port())?;
        // The file goes first, so that nobody who waits for the next emulator finds this one.
        let stop = async {
            tokio::select! {
                _ = signals.next() => {}
                () = parent.gone() => {
                    stop::within_half_a_second(&port_file);
                    tracing::warn!("the parent process has ended: stopping");
                }
                never = orphans::reap(None) => match never {},
            }
            removed = locked().remove();
        };
        if let Some(watch) = watch {
            watch.begin(flags.clone(), config.settings.clone()).map_err(ExitError::Runtime)?;
        }
        let emulator = Emulator::new(config.clone());
        // The process ends with the server. Freeing the accounts, link by link, would only delay
        // its end.
        mem::forget(emulator.clone());
        let demo = emulator.demo();
        let server = emulator.run(listeners, stop);
        announce(flags, &config, address, demo.as_deref());
        server.await.map_err(|error| ExitError::Runtime(error.to_string()))
    })?;
    removed
}

/// Announces that the emulator is ready: to programs on stdout, to people on stderr.
fn announce(flags: &Flags, config: &Config, address: SocketAddr, demo: Option<&Demo>) {
    STDOUT.say(&format!("belvo-emulator ready on http://{address}"));
    // On a terminal, it is the first line.
    STDOUT.finish();
    let webhooks = where_webhooks_go(config, address, demo.is_some());
    let (page, curl) = (format!("http://{address}/_emulator/"), first_curl(config, address));
    match flags.output.log_format {
        _ if flags.output.quiet => {}
        LogFormat::Text => {
            let log = log_of(flags);
            STDERR
                .say(&format!("page: {page}\nwebhooks: {webhooks}\nlog: {log}\ntry it:\n  {curl}"));
            if let Some(demo) = demo {
                STDERR.say(&where_the_demo_is(demo, address));
            }
        }
        LogFormat::Json => {
            tracing::info!(page, webhooks, curl, "started");
            // Keys that open something stay out of a log that is kept.
            if demo.is_some() {
                tracing::info!("the demo is on {page}");
            }
        }
    }
}

/// Says which lines follow, and how to see more.
fn log_of(flags: &Flags) -> &'static str {
    match flags.output.log_requests {
        true => "webhooks and all requests; --quiet shows errors only",
        false => "webhooks and refused requests; --log-requests shows all requests",
    }
}

/// Returns the addresses of the demo. The keys stand in them, as in the command to paste, and behind
/// `#`, so that no browser sends them.
fn where_the_demo_is(demo: &Demo, address: SocketAddr) -> String {
    let page = format!("http://{address}/_emulator/");
    let with_keys = |keys: &Credentials| {
        let pair = format!("{}:{}", keys.id, keys.password);
        format!("{page}#keys={}", utf8_percent_encode(&pair, NON_ALPHANUMERIC))
    };
    let reset = match demo.reset_every() {
        Some(every) => format!("begins anew every {}", duration::show(every)),
        None => "is never reset".to_owned(),
    };
    format!(
        "demo:\n  an account of its own for each visitor   {page}\n  the demo account, which {reset}   \
         {}\n  the demo account, to look at             {}",
        with_keys(demo.owner()),
        with_keys(&demo.view_of(demo.owner()))
    )
}

fn where_webhooks_go(config: &Config, address: SocketAddr, is_demo: bool) -> String {
    let targets = &config.settings.webhook_targets;
    if targets.is_empty() {
        let keys =
            if config.policy.accepted.is_empty() { "" } else { " --credentials ID:PASSWORD" };
        let nobody = match is_demo {
            true => {
                "the emulator itself receives those of the demo's accounts, and nobody receives those of \
                 other accounts"
            }
            false => "nobody receives them",
        };
        return format!(
            "{nobody}; `belvo-emulator listen --emulator http://{address}{keys}` in another terminal \
             does, or your own receiver with --webhook-url URL"
        );
    }
    let urls: Vec<String> = targets.iter().map(|target| without_secrets(&target.url)).collect();
    format!("sent to {}", urls.join(", "))
}

/// Returns a command to paste. It has made-up keys if the emulator accepts any.
fn first_curl(config: &Config, address: SocketAddr) -> String {
    let keys = if config.policy.accepted.is_empty() { "my-id:my-password" } else { "ID:PASSWORD" };
    format!(
        "curl -u {keys} http://{address}/api/links/ -H 'Content-Type: application/json' -d \
         '{{\"institution\":\"planet_mx_employment\",\"username\":\"BLPM951331IONVGR54\",\
         \"access_mode\":\"single\",\"fetch_resources\":[\"EMPLOYMENT_RECORDS\"],\
         \"external_id\":\"my-user-1\"}}'"
    )
}
