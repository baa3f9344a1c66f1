//! The settings and the start of an emulator inside another program.

use std::ffi::OsString;
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use chrono::NaiveDate;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::accounts::ClockMode;
use crate::config::Config;
use crate::embed::{AccountHandle, Running, StartError};
use crate::server::{self, Emulator};

/// The settings of an emulator in this program. They have the names and the defaults of the
/// program's flags. The environment is ignored.
#[derive(Clone, Default)]
pub struct Builder {
    flags: Vec<OsString>,
}

impl Emulator {
    /// Returns the settings of an emulator for the tests of another program.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Sets the seed of everything that is drawn at random: one seed gives one set of answers, ids
    /// included.
    pub fn seed(self, seed: u64) -> Builder {
        self.flag("seed", seed.to_string())
    }

    /// Sets the mode of the accounts' clocks, which is [`ClockMode::Real`] by default.
    pub fn clock(self, mode: ClockMode) -> Builder {
        self.flag("clock", mode.to_string())
    }

    /// Adds a URL to send webhooks to. Each URL gets every event. Without any URL, a webhook is
    /// finished at once as undeliverable.
    pub fn webhook_url(self, url: impl AsRef<str>) -> Builder {
        self.flag("webhook-url", url.as_ref())
    }

    /// Sets the value of the `Authorization` header of webhooks.
    pub fn webhook_authorization(self, value: impl AsRef<str>) -> Builder {
        self.flag("webhook-authorization", value.as_ref())
    }

    /// Sets the time from creating a link to its webhook, which is 15 seconds by default.
    pub fn webhook_delay(self, delay: Duration) -> Builder {
        self.flag("webhook-delay", format!("{}us", delay.as_micros()))
    }

    /// Sets the scenario of every CURP that no scenario claims, which is `employed` by default.
    pub fn scenario(self, name: impl AsRef<str>) -> Builder {
        self.flag("scenario", name.as_ref())
    }

    /// Sets the day as of which generated people are what their scenarios say. By default it is the
    /// day of the link's registration.
    pub fn careers_as_of(self, day: NaiveDate) -> Builder {
        self.flag("careers-as-of", day.to_string())
    }

    /// Adds a directory of scenario files, which add to the built-in ones or replace them by name.
    pub fn scenarios(self, directory: impl AsRef<Path>) -> Builder {
        self.flag("scenarios", directory.as_ref())
    }

    /// Adds a pair of keys to accept. Without any pair, every pair is accepted.
    pub fn credentials(self, id: impl AsRef<str>, password: impl AsRef<str>) -> Builder {
        self.flag("credentials", format!("{}:{}", id.as_ref(), password.as_ref()))
    }

    /// Adds flags of the program, such as `["--rate-limits", "documented"]`. Flags that say where
    /// the program listens and what it prints are refused at the start.
    pub fn flags<I>(mut self, flags: I) -> Builder
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        self.flags.extend(flags.into_iter().map(Into::into));
        self
    }

    /// Starts the emulator on a free port of 127.0.0.1, on threads of its own. Any runtime can
    /// await this. The emulator logs to the subscriber of `tracing`, if there is one.
    ///
    /// # Errors
    /// A setting is wrong, or the machine has no port or no thread left.
    pub async fn start(self) -> Result<Running, StartError> {
        let config = Config::from_flags(self.flags).map_err(StartError)?;
        let keys = config.first_keys();
        let emulator = Emulator::new(config);
        let accounts = emulator.accounts();
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(no_port)?;
        let address = listener.local_addr().map_err(no_port)?;
        let (stop, told_to_stop) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let (ended, has_ended) = oneshot::channel();
        let thread = thread::Builder::new().name("belvo-emulator".to_owned()).spawn(move || {
            // The wait also ends when the sender is dropped, such as when the caller gives up the
            // start.
            let stop = async { drop(told_to_stop.await) };
            server::block_on(serve(emulator.run([listener], stop), ready));
            let _ = ended.send(());
        });
        let thread = thread.map_err(|error| StartError(format!("no thread is left: {error}")))?;
        let runtime = match is_ready.await {
            Ok(outcome) => outcome.map_err(|error| StartError(error.to_string()))?,
            Err(_) => return Err(StartError("the emulator broke at the start".to_owned())),
        };
        let account =
            AccountHandle::new(Arc::from(format!("http://{address}")), keys, accounts, runtime);
        Ok(Running::new(account, stop, has_ended, thread))
    }

    /// Adds a flag and its value as one argument, so that a value may begin with a dash.
    fn flag(mut self, name: &str, value: impl Into<OsString>) -> Builder {
        let mut flag = OsString::from(format!("--{name}="));
        flag.push(value.into());
        self.flags.push(flag);
        self
    }
}

/// Shows the number of the settings: a value may be a password.
impl Debug for Builder {
    fn fmt(&self, formatter: &mut Formatter) -> fmt::Result {
        formatter.debug_struct("Builder").field("flags", &self.flags.len()).finish()
    }
}

/// Serves. The first step, which can fail, reports its result to the caller of the start.
async fn serve(
    server: impl Future<Output = io::Result<()>>,
    ready: oneshot::Sender<io::Result<Handle>>,
) {
    let mut server = pin!(server);
    tokio::select! {
        biased;
        outcome = &mut server => {
            let _ = ready.send(outcome.map(|()| Handle::current()));
            return;
        }
        () = async {} => drop(ready.send(Ok(Handle::current()))),
    }
    if let Err(error) = server.await {
        tracing::error!("the emulator ended: {error}");
    }
}

fn no_port(error: io::Error) -> StartError {
    StartError(format!("no port is left on 127.0.0.1: {error}"))
}
