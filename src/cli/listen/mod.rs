//! `belvo-emulator listen`: a receiver of webhooks for those who have none yet. It shows each one that
//! arrives, and answers as it is told.

mod arrival;
mod lending;
mod lines;
mod plan;
mod receiver;

use std::convert::Infallible;
use std::future;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use tokio::runtime::Builder;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::listen::lending::{Borrowed, Lender};
use crate::cli::listen::lines::Lines;
use crate::cli::listen::plan::Plan;
use crate::cli::listen::receiver::Receiver;
use crate::cli::listening::{self, Listening};
use crate::cli::signals::Signals;
use crate::cli::stream::{STDERR, STDOUT};
use crate::model::duration;

pub(super) const AFTER_HELP: &str = "\
Examples:
  belvo-emulator listen
  belvo-emulator listen --emulator --once
  belvo-emulator listen --fail 2 --verbose";

/// The arguments of `listen`. Its host, port and credentials have a meaning of their own.
#[derive(Args)]
pub(super) struct ListenArguments {
    /// Address to listen on
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,

    /// Port to listen on; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 9000, allow_negative_numbers = true)]
    port: u16,

    /// Path at which webhooks are taken
    #[arg(long, value_name = "PATH", default_value = "/webhooks", value_parser = parse_path)]
    path: String,

    /// Status of the answers to webhooks: 200, or 500 for those of --fail
    #[arg(
        long,
        value_name = "STATUS",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u16).range(200..=599)
    )]
    status: Option<u16>,

    /// Answer the first N webhooks with --status, and the others with 200
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    fail: Option<u32>,

    /// Time from a webhook to its answer. The emulator waits 5s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::parse)]
    delay: TimeDelta,

    /// End after the answer to the first webhook, as --exit-after 1 does
    #[arg(long, conflicts_with = "exit_after")]
    once: bool,

    /// End after the answers to N webhooks
    #[arg(
        long,
        value_name = "N",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    exit_after: Option<u32>,

    /// Lines for people, or a JSON object for each request
    #[arg(long, value_enum, default_value_t = ListenFormat::Text)]
    format: ListenFormat,

    /// Show the bodies of webhooks and their Authorization too
    #[arg(short, long)]
    verbose: bool,

    /// Make a running emulator send the webhooks of an account here, and put its former endpoint back
    /// at the end
    #[arg(
        long,
        value_name = "URL",
        num_args = 0..=1,
        default_missing_value = "http://127.0.0.1:23586"
    )]
    emulator: Option<String>,

    /// Keys of that account; by default those of the variable, or my-id:my-password
    ///
    /// [env: BELVO_EMULATOR_CREDENTIALS]
    #[arg(long, value_name = "ID:PASSWORD", requires = "emulator")]
    credentials: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListenFormat {
    Text,
    Json,
}

fn parse_path(text: &str) -> Result<String, String> {
    match text.starts_with('/') && !text.contains(['?', '#', ' ']) {
        true => Ok(text.to_owned()),
        false => Err("expected a path such as /webhooks, without a query".to_owned()),
    }
}

pub(super) fn run(flags: &Flags, arguments: &ListenArguments) -> Result<(), ExitError> {
    let ListenArguments { path, format, verbose, .. } = arguments;
    let plan = arguments.plan().map_err(ExitError::Usage)?;
    let lender = arguments.emulator.as_ref().map(|url| Lender::new(url, flags.first_keys()?));
    let lender = lender.transpose().map_err(ExitError::Usage)?;
    let listening = listening::listen(&arguments.host, arguments.port)?;
    let receiver = Arc::new(Receiver::new(path.clone(), plan, Lines::new(*format, *verbose)));
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| ExitError::Runtime(error.to_string()))?;
    let outcome = runtime.block_on(receive(receiver, listening, lender));
    // The lookup of a name that no server answers is not waited for.
    runtime.shutdown_background();
    outcome
}

/// Receives webhooks until a signal, or the plan, ends it.
async fn receive(
    receiver: Arc<Receiver>,
    listening: Listening,
    lender: Option<Lender>,
) -> Result<(), ExitError> {
    let mut signals = Signals::new().map_err(|error| ExitError::Runtime(error.to_string()))?;
    let own = receiver.clone();
    STDOUT.tell_when_left(move || own.plan.end());
    let Listening { listeners, address } = listening;
    let borrowed = match lender {
        None => None,
        Some(lender) => {
            let bound = listeners[0].local_addr().unwrap_or(address);
            let address = lender.address_for(bound).map_err(ExitError::Usage)?;
            Some(lender.lend(format!("http://{address}{}", receiver.path)).await?)
        }
    };
    receiver.lines.ready(&format!("http://{address}{}", receiver.path));
    let told = async {
        tokio::select! {
            _ = signals.next() => {}
            () = receiver.plan.over() => {}
            never = look_after(borrowed.as_ref()) => match never {},
        }
    };
    let served = receiver.clone().serve(listeners, told).await;
    let given_back = match borrowed {
        None => Ok(()),
        Some(borrowed) => tokio::select! {
            given_back = borrowed.give_back() => given_back,
            _ = signals.next() => {
                STDERR.say("the account keeps this endpoint, because listen was stopped twice");
                Ok(())
            }
        },
    };
    served.map_err(|error| ExitError::Runtime(error.to_string()))?;
    given_back
}

async fn look_after(borrowed: Option<&Borrowed>) -> Infallible {
    match borrowed {
        Some(borrowed) => borrowed.look_after().await,
        None => future::pending().await,
    }
}

impl ListenArguments {
    fn plan(&self) -> Result<Plan, String> {
        let delay: Duration = self.delay.to_std().unwrap_or_default();
        let exit_after = if self.once { Some(1) } else { self.exit_after };
        Plan::new(self.status, self.fail, delay, exit_after)
    }
}
