//! The people of a demo, at different points of their stories. They move in by the calls that any
//! client makes: registrations, reads, and control calls that move the account's clock.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::{Value, json};

use crate::account::{Account, Answer, Call, CallContext, EndpointSetting, Query};
use crate::accounts::{Accounts, ClockMode, ClockSetting, Slot, Until};
use crate::error::Error;
use crate::model::Timestamp;
use crate::operations::Operation;

/// The account begins so long before the present.
const BEGINNING: TimeDelta = TimeDelta::days(91);
const INSTITUTION: &str = "planet_mx_employment";
const USER_AGENT: &str = "belvo-emulator --demo";

/// Something that the app of the demo does, some time before the present.
struct Beat {
    before: TimeDelta,
    scenario: &'static str,
    act: Act,
}

#[derive(Clone, Copy)]
enum Act {
    /// Registers the person once.
    Register,
    /// Registers the person, whose data are loaded again from then on.
    Follow,
    /// Reads the records of the person.
    Read,
}

const fn beat(before: TimeDelta, scenario: &'static str, act: Act) -> Beat {
    Beat { before, scenario, act }
}

/// The story, in the order in which it happened. Steps of scenarios are so many days after a
/// registration: those that are to come are due in hours or days.
const STORY: &[Beat] = &[
    beat(TimeDelta::days(90), "persona_pensioner", Act::Register),
    beat(TimeDelta::seconds(89 * 86_400 + 82_000), "persona_pensioner", Act::Read),
    beat(TimeDelta::hours(45 * 24 - 3), "persona_developer", Act::Follow),
    beat(TimeDelta::hours(45 * 24 - 4), "persona_developer", Act::Read),
    beat(TimeDelta::hours(29 * 24 - 2), "persona_welder", Act::Follow),
    beat(TimeDelta::hours(29 * 24 - 3), "persona_welder", Act::Read),
    beat(TimeDelta::hours(16 * 24 + 5), "persona_nurse", Act::Follow),
    beat(TimeDelta::hours(16 * 24 + 4), "persona_nurse", Act::Read),
    beat(TimeDelta::hours(9 * 24 + 2), "persona_waitress", Act::Follow),
    beat(TimeDelta::hours(9 * 24 + 1), "persona_waitress", Act::Read),
    beat(TimeDelta::hours(5 * 24 + 7), "persona_accountant", Act::Follow),
    beat(TimeDelta::hours(5 * 24 + 6), "persona_accountant", Act::Read),
    beat(TimeDelta::hours(26), "persona_seasonal_worker", Act::Register),
    beat(TimeDelta::hours(25), "persona_seasonal_worker", Act::Read),
    beat(TimeDelta::minutes(160), "persona_market_vendor", Act::Register),
    beat(TimeDelta::minutes(48), "persona_foreman", Act::Register),
    beat(TimeDelta::seconds(30), "persona_truck_driver", Act::Register),
    beat(TimeDelta::seconds(5), "persona_teacher", Act::Register),
    beat(TimeDelta::zero(), "persona_cashier", Act::Register),
];

/// Tells the story in an account that nobody has used, up to the present. Afterwards the clock of the
/// account stands still.
///
/// # Errors
/// A call was refused that the story cannot do without. A refused registration is part of it.
pub(super) async fn tell(
    accounts: &Accounts,
    slot: &Slot,
    receiver: Option<&str>,
    present: Timestamp,
) -> Result<(), Error> {
    begin_earlier(accounts, slot, present - BEGINNING).await?;
    let receives = |account: &mut Account| match receiver {
        Some(url) if account.endpoint().url.is_none() => {
            let target = account.receiver(url, "")?;
            let setting =
                EndpointSetting { target, retries: None, retry_delay: None, temporary: false };
            account.set_endpoint(setting)
        }
        _ => Ok(account.endpoint()),
    };
    accounts.control(slot, receives).await?;
    let mut app = App { accounts, slot, links: HashMap::new() };
    for Beat { before, scenario, act } in STORY {
        accounts.advance_clock(slot, Until::At(present - *before)).await?;
        match act {
            Act::Register => app.register(scenario, "single").await?,
            Act::Follow => app.register(scenario, "recurrent").await?,
            Act::Read => app.read(scenario).await,
        }
    }
    Ok(())
}

/// Lets the clock of the account go on from the present, also where the story did not get so far.
pub(super) async fn go_on(
    accounts: &Accounts,
    slot: &Slot,
    mode: ClockMode,
    present: Timestamp,
) -> Result<(), Error> {
    let setting = ClockSetting { mode: Some(mode), now: Some(present) };
    accounts.set_clock(slot, setting).await.map(drop)
}

/// Puts the account back to an earlier time, in which it stands still: by a snapshot of it, as a file
/// that a client edits.
async fn begin_earlier(accounts: &Accounts, slot: &Slot, now: Timestamp) -> Result<(), Error> {
    let saved = accounts.saved(slot).await?;
    let edit = || -> serde_json::Result<_> {
        let mut file = serde_json::to_value(saved.file())?;
        file["clock"] = json!(ClockMode::Manual);
        file["account"]["now"] = json!(now);
        serde_json::from_value(file)
    };
    let file = edit().map_err(|_| Error::unexpected())?;
    accounts.restore(slot, file).await.map(drop)
}

/// The app whose users the people are.
struct App<'a> {
    accounts: &'a Accounts,
    slot: &'a Slot,
    /// The ids of the links, by scenario.
    links: HashMap<&'static str, String>,
}

impl App<'_> {
    async fn register(&mut self, scenario: &'static str, access_mode: &str) -> Result<(), Error> {
        let names = [scenario.to_owned()];
        let listed = self.accounts.control(self.slot, |account| account.list_scenarios(&names));
        // The person's scenario may have been replaced by a file of --scenarios that has no CURP.
        let Some(curp) = listed.await?.pop().and_then(|scenario| scenario.curp) else {
            return Ok(());
        };
        let body = json!({
            "institution": INSTITUTION,
            "username": curp,
            "access_mode": access_mode,
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
            "external_id": scenario.trim_start_matches("persona_").replace('_', "-"),
        })
        .to_string();
        let call = call(Operation::RegisterLink, "POST", "/api/links/", "", body.as_bytes());
        let work = |account: &mut Account, context: &mut CallContext| {
            account.create_link(context, body.as_bytes()).map(|link| answer(201, link))
        };
        // A person may be refused: that is the story of one of them.
        if let Ok(answered) = self.accounts.run(self.slot, &call, work).await {
            let link: Value = serde_json::from_slice(&answered.answer.body).unwrap_or_default();
            let id = link["id"].as_str().unwrap_or_default().to_owned();
            self.links.insert(scenario, id);
        }
        Ok(())
    }

    async fn read(&self, scenario: &str) {
        let Some(link) = self.links.get(scenario) else { return };
        let (path, query) = ("/api/employment-records/", format!("link={link}"));
        let call = call(Operation::ListEmploymentRecords, "GET", path, &query, &[]);
        let list = Query::new(path.to_owned(), &query);
        let work = |account: &mut Account, _: &mut CallContext| {
            account.list_employment_records(&list).map(|page| answer(200, page))
        };
        let _ = self.accounts.run(self.slot, &call, work).await;
    }
}

fn call<'a>(
    operation: Operation,
    method: &'a str,
    path: &'a str,
    query: &'a str,
    body: &'a [u8],
) -> Call<'a> {
    let headers = vec![("user-agent", USER_AGENT.as_bytes())];
    Call { operation: Some(operation), method, path: path.into(), query, headers, body }
}

fn answer(status: u16, body: impl Serialize) -> Answer {
    Answer { status, body: serde_json::to_vec(&body).expect("answers are plain data") }
}
