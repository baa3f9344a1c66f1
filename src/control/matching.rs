//! `/_emulator/armed`, `/_emulator/default-scenario` and `/_emulator/dry-run`: the overrides of
//! scenarios, and the dry run of a login.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::account::{Account, ArmedEntry, DryRunRequest};
use crate::http::answer::{created, no_content, ok};
use crate::http::authentication::Caller;
use crate::http::body::Typed;
use crate::http::routing::PathId;
use crate::operations::Operation;

/// The institution of a dry run that names none.
const INSTITUTION: &str = "planet_mx_employment";

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arm {
    /// The name of the scenario.
    scenario: String,
    /// The operationId of the calls that the scenario answers. The default is any operation that
    /// logs in.
    #[serde(default)]
    operation: Option<String>,
    /// The CURP whose calls the scenario answers. The default is any CURP.
    #[serde(default)]
    curp: Option<String>,
    /// The number of calls that the scenario answers before it is used up.
    #[serde(default = "once")]
    #[schemars(range(min = 1, max = 1_000_000), extend("default" = 1))]
    times: u32,
}

fn once() -> u32 {
    1
}

/// An armed scenario.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Armed {
    id: u64,
    scenario: String,
    operation: Option<Operation>,
    curp: Option<String>,
    /// The number of calls that the scenario will still answer.
    left: u32,
}

/// The armed scenarios, in the order in which they will be used.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AllArmed {
    armed: Vec<Armed>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Default {
    /// The name of the scenario.
    scenario: String,
}

/// The default scenarios, which answer a login that no other scenario matches.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Defaults {
    /// The account's default scenario; null where it has none.
    scenario: Option<String>,
    /// The default scenario of the process, from the flag --scenario. It answers for accounts that
    /// have none.
    process: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DryRunBody {
    curp: String,
    #[serde(default = "sandbox")]
    #[schemars(extend("default" = INSTITUTION))]
    institution: String,
    /// The person's e-mail address.
    #[serde(default)]
    username2: Option<String>,
    /// The operationId of the call.
    #[serde(default)]
    #[schemars(extend("default" = "RegisterLink"))]
    operation: Option<String>,
    /// The scenario that the header X-Emulator-Scenario of the call would name.
    #[serde(default)]
    scenario: Option<String>,
}

fn sandbox() -> String {
    INSTITUTION.to_owned()
}

pub(crate) async fn arm(caller: Caller, Typed(arm): Typed<Arm>) -> HttpResponse {
    let Arm { scenario, operation, curp, times } = arm;
    caller
        .control(|account| {
            let armed = account.arm(&scenario, operation.as_deref(), curp.as_deref(), times)?;
            Ok(created(Armed::of(&armed)))
        })
        .await
}

pub(crate) async fn list_armed(caller: Caller) -> HttpResponse {
    caller
        .control(|account| {
            let armed = account.armed().iter().map(Armed::of).collect();
            Ok(ok(AllArmed { armed }))
        })
        .await
}

pub(crate) async fn disarm(caller: Caller, id: PathId) -> HttpResponse {
    caller.control(|account| account.disarm(&id).map(no_content)).await
}

pub(crate) async fn disarm_all(caller: Caller) -> HttpResponse {
    caller
        .control(|account| {
            account.disarm_all();
            Ok(no_content(()))
        })
        .await
}

pub(crate) async fn show_default(caller: Caller) -> HttpResponse {
    caller.control(|account| Ok(ok(Defaults::of(account)))).await
}

pub(crate) async fn set_default(caller: Caller, Typed(default): Typed<Default>) -> HttpResponse {
    caller
        .control(|account| {
            account.set_default_scenario(Some(&default.scenario))?;
            Ok(ok(Defaults::of(account)))
        })
        .await
}

pub(crate) async fn drop_default(caller: Caller) -> HttpResponse {
    caller.control(|account| account.set_default_scenario(None).map(no_content)).await
}

pub(crate) async fn dry_run(caller: Caller, Typed(asked): Typed<DryRunBody>) -> HttpResponse {
    let question = DryRunRequest {
        curp: &asked.curp,
        institution: Some(&asked.institution),
        email: asked.username2.as_deref(),
        operation: asked.operation.as_deref(),
        header: asked.scenario.as_deref(),
    };
    caller.control(|account| account.dry_run(&question).map(ok)).await
}

impl Defaults {
    fn of(account: &Account) -> Defaults {
        let (scenario, process) = account.default_scenarios();
        Defaults { scenario: scenario.map(str::to_owned), process: process.to_owned() }
    }
}

impl Armed {
    fn of(entry: &ArmedEntry) -> Armed {
        Armed {
            id: entry.id.0,
            scenario: entry.scenario.name.as_str().to_owned(),
            operation: entry.operation,
            curp: entry.curp.as_deref().map(str::to_owned),
            left: entry.left,
        }
    }
}
