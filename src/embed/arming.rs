//! Arms scenarios by methods.

use crate::account::{Account, ArmedEntry};
use crate::embed::{AccountHandle, ControlError};

/// A scenario that is to answer the next calls of an account, and the calls that it answers.
///
/// ```
/// use belvo_emulator::{Arming, Emulator};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::builder().start().await?;
/// let armed = emulator.arm(Arming::of("nss_not_found").operation("RegisterLink")).await?;
/// assert_eq!(armed.left, 1);
///
/// let (id, password) = (emulator.secret_id(), emulator.secret_password());
/// let belvo = emulator.base_url().replace("http://", &format!("http://{id}:{password}@"));
/// let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
/// let link = json!({"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"});
/// let refused = agent.post(format!("{belvo}/api/links/")).send_json(&link)?;
/// assert_eq!(refused.status(), 400);
/// assert!(emulator.armed().await?.is_empty(), "it is used up");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arming {
    scenario: String,
    operation: Option<String>,
    curp: Option<String>,
    times: u32,
}

impl Arming {
    /// Describes a scenario that answers the next call that logs in.
    pub fn of(scenario: impl Into<String>) -> Arming {
        Arming { scenario: scenario.into(), operation: None, curp: None, times: 1 }
    }

    /// Answers calls of this operation alone, such as `RegisterLink`. One that does not log in, such
    /// as `ListLinks`, can be answered by a scenario that refuses.
    pub fn operation(mut self, operation: impl Into<String>) -> Arming {
        self.operation = Some(operation.into());
        self
    }

    /// Answers logins of this CURP alone.
    pub fn curp(mut self, curp: impl Into<String>) -> Arming {
        self.curp = Some(curp.into());
        self
    }

    /// Answers this many calls, from 1 to 1,000,000.
    pub fn times(mut self, times: u32) -> Arming {
        self.times = times;
        self
    }
}

/// A scenario that is armed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmedScenario {
    /// The number of the armed scenario in its account, which is used once.
    pub id: u64,
    pub scenario: String,
    /// The operation whose calls it answers. None stands for any that logs in.
    pub operation: Option<&'static str>,
    /// The CURP whose logins it answers. None stands for any CURP.
    pub curp: Option<String>,
    /// The number of calls that it will still answer.
    pub left: u32,
}

impl From<&ArmedEntry> for ArmedScenario {
    fn from(entry: &ArmedEntry) -> ArmedScenario {
        ArmedScenario {
            id: entry.id.0,
            scenario: entry.scenario.name.as_str().to_owned(),
            operation: entry.operation.map(|operation| operation.as_str()),
            curp: entry.curp.as_deref().map(str::to_owned),
            left: entry.left,
        }
    }
}

impl AccountHandle {
    /// Arms a scenario, which answers the next calls that it matches. Armed scenarios are used in the
    /// order of arming.
    ///
    /// # Errors
    /// `invalid` for a name that is unknown, for `times` out of its bounds, and for an operation that
    /// does not log in together with a CURP or with a scenario that refuses nothing.
    pub async fn arm(&self, arming: Arming) -> Result<ArmedScenario, ControlError> {
        let arm = move |account: &mut Account| {
            let Arming { scenario, operation, curp, times } = arming;
            let armed = account.arm(&scenario, operation.as_deref(), curp.as_deref(), times)?;
            Ok(ArmedScenario::from(&armed))
        };
        self.control(arm).await
    }

    /// Returns the armed scenarios in the order of use.
    pub async fn armed(&self) -> Result<Vec<ArmedScenario>, ControlError> {
        let armed =
            |account: &mut Account| Ok(account.armed().iter().map(ArmedScenario::from).collect());
        self.control(armed).await
    }

    /// Disarms a scenario.
    ///
    /// # Errors
    /// `not_found` for one that is not armed.
    pub async fn disarm(&self, id: u64) -> Result<(), ControlError> {
        self.control(move |account| account.disarm(&id.to_string())).await
    }

    /// Disarms all scenarios.
    pub async fn disarm_all(&self) -> Result<(), ControlError> {
        self.control(|account| {
            account.disarm_all();
            Ok(())
        })
        .await
    }

    /// Sets the scenario that answers what no other claims. None brings back that of the emulator,
    /// which [`Builder::scenario`](crate::Builder::scenario) sets.
    ///
    /// # Errors
    /// `invalid` for a name that is unknown.
    pub async fn set_default_scenario(&self, name: Option<&str>) -> Result<(), ControlError> {
        let name = name.map(str::to_owned);
        self.control(move |account| account.set_default_scenario(name.as_deref())).await
    }
}
