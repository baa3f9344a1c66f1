//! The faults of an account: which there are, and whether one strikes.
//!
//! Each draw is from a seed of its own, by the number of the fault and of the call or webhook among
//! those that match it. So nothing else moves, whatever strikes.

pub mod kinds;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::Account;
use crate::account::base::check::check;
use crate::account::faults::kinds::{AnswerInjection, Fault, Probability, WebhookInjection};
use crate::account::lifecycle::Moment;
use crate::account::links::LinkNumber;
use crate::account::request::context::CallContext;
use crate::account::request::names::operation_named;
use crate::account::webhooks::outbox::WebhookEvent;
use crate::error::{Error, Problem};
use crate::model::suggestion::did_you_mean;
use crate::model::webhook::WebhookCode;
use crate::operations::Operation;
use crate::seed::Seed;

/// How many faults an account has at most. Of those that are used up, the oldest makes room.
const MOST_FAULTS: usize = 1000;
/// How often one strikes at most, where it does not always.
const MOST_TIMES: u32 = 1_000_000;
/// Nothing is counted further; a snapshot can say anything.
const MOST_COUNTED: u64 = 1 << 53;
/// The code of the webhook that announces a load.
const LOADED: &str = "historical_update";

/// The number of a fault in its account; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FaultId(u64);

/// A fault as it is asked for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFault {
    pub fault: Fault,
    /// Of answers: the only operation whose calls it strikes.
    #[serde(default)]
    #[schemars(with = "Option<Operation>")]
    pub operation: Option<String>,
    /// Of webhooks: the only link.
    #[serde(default)]
    pub link: Option<Uuid>,
    /// Of webhooks: the only code.
    #[serde(default)]
    pub webhook_code: Option<String>,
    /// How often it strikes; always, when absent.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(default = "always")]
    #[schemars(extend("default" = 1))]
    pub probability: Probability,
}

/// A fault of the account, and how it has gone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FaultEntry {
    pub id: FaultId,
    pub fault: Fault,
    /// The only operation whose calls it strikes; null is any.
    pub operation: Option<Operation>,
    /// The only link whose webhooks it strikes; null is any.
    pub link: Option<Uuid>,
    /// The only code of webhooks that it strikes; null is any.
    pub webhook_code: Option<String>,
    pub probability: Probability,
    /// How often it will be injected yet; null is always.
    pub left: Option<u32>,
    /// How many calls or webhooks matched it.
    pub matched: u64,
    /// Into how many of them it was injected.
    pub injected: u64,
}

/// In the order in which they were added.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Faults {
    entries: Vec<FaultEntry>,
    /// How many there were.
    added: u64,
}

fn always() -> Probability {
    Probability::ALWAYS
}

impl Account {
    /// From now on this goes wrong.
    ///
    /// # Errors
    /// 400 with all that is wrong: what is unknown, or does not go with the fault.
    pub fn add_fault(&mut self, new: NewFault) -> Result<&FaultEntry, Error> {
        let operation = self.check_fault(&new)?;
        let NewFault { fault, link, webhook_code, times, probability, .. } = new;
        self.faults.make_room()?;
        self.faults.added += 1;
        self.faults.entries.push(FaultEntry {
            id: FaultId(self.faults.added),
            fault,
            operation,
            link,
            webhook_code,
            probability,
            left: times,
            matched: 0,
            injected: 0,
        });
        Ok(&self.faults.entries[self.faults.entries.len() - 1])
    }

    fn check_fault(&self, new: &NewFault) -> Result<Option<Operation>, Error> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut note = |error: Error| problems.extend(error.problems);
        let operation = new.operation.as_deref().map(operation_named).transpose();
        let operation = operation.map_err(&mut note).ok().flatten();
        if let Some(code) = new.webhook_code.as_deref()
            && !WebhookCode::all().contains(&code)
        {
            note(unknown_webhook_code(code));
        }
        if let Some(link) = new.link.filter(|link| self.links.number_of(*link).is_none()) {
            note(Error::does_not_exist(format_args!("id={link}")).on("link"));
        }
        if new.times.is_some_and(|times| !(1..=MOST_TIMES).contains(&times)) {
            note(Error::invalid(format_args!("Must be from 1 to {MOST_TIMES}.")).on("times"));
        }
        misplaced(new).into_iter().for_each(&mut note);
        if problems.is_empty() { Ok(operation) } else { Err(Error::of(400, problems)) }
    }

    /// In the order in which they were added.
    pub fn faults(&self) -> &[FaultEntry] {
        &self.faults.entries
    }

    /// Mends what has an id from a path; 404 when there is none.
    pub fn remove_fault(&mut self, id: &str) -> Result<(), Error> {
        let id = id.parse().map(FaultId).map_err(|_| Error::not_found())?;
        let before = self.faults.entries.len();
        self.faults.entries.retain(|entry| entry.id != id);
        if self.faults.entries.len() < before { Ok(()) } else { Err(Error::not_found()) }
    }

    /// Mends all.
    pub fn remove_faults(&mut self) {
        self.faults.entries.clear();
    }

    /// What strikes a call: what it is refused with, before it has an effect, and what strikes its
    /// answer. Latencies add up; of the others the first one strikes.
    pub fn inject_into_answer(
        &mut self,
        operation: Option<Operation>,
    ) -> (Option<Error>, AnswerInjection) {
        let (mut refusal, mut injection) = (None, AnswerInjection::default());
        for entry in &mut self.faults.entries {
            let matches = entry.operation.is_none_or(|wanted| Some(wanted) == operation);
            if entry.fault.is_of_webhooks() || !matches {
                continue;
            }
            let Some(seed) = entry.draw(&self.seed) else { continue };
            if let Some(latency) = entry.fault.latency(&seed) {
                injection.latency += latency;
            } else if refusal.is_none() && injection.broken.is_none() {
                refusal = entry.fault.refusal();
                injection.broken = entry.fault.broken();
            } else {
                continue;
            }
            entry.injection();
            injection.faults.push(entry.fault.name());
        }
        (refusal, injection)
    }

    /// Draws the faults of a webhook that is announced. All that are drawn are injected together.
    pub(in crate::account) fn inject_into_webhook(
        &mut self,
        event: &WebhookEvent,
        moment: Moment,
    ) -> WebhookInjection {
        let mut injection = WebhookInjection::default();
        if moment == Moment::BeforeAnswer {
            injection.add(&Fault::WebhookBeforeAnswer);
        }
        let [_, _, code] = event.names;
        let one_is_held = self.outbox.endpoints.hold_one();
        for entry in &mut self.faults.entries {
            let is_of_announcing =
                entry.fault.is_of_webhooks() && entry.fault != Fault::WebhookBeforeAnswer;
            // The one that is held waits for this one.
            let is_waited_for = one_is_held && entry.fault == Fault::WebhookReorder;
            if is_of_announcing
                && !is_waited_for
                && entry.is_for(event.link_id, code)
                && entry.draw(&self.seed).is_some()
            {
                entry.injection();
                injection.add(&entry.fault);
            }
        }
        injection
    }

    /// Whether the load of a link that a call brings about happens at once, so that its webhook
    /// arrives before the answer.
    pub(in crate::account) fn webhook_goes_first(
        &mut self,
        context: &mut CallContext,
        number: LinkNumber,
    ) -> bool {
        let link = self.known_link(number).id;
        for entry in &mut self.faults.entries {
            if entry.fault == Fault::WebhookBeforeAnswer
                && entry.is_for(link, LOADED)
                && entry.draw(&self.seed).is_some()
            {
                entry.injection();
                context.webhooks_first = true;
                return true;
            }
        }
        false
    }
}

impl Faults {
    /// Whether ids and counts can have come about.
    pub fn invariants(&self) -> Result<(), String> {
        let rising = self.entries.is_sorted_by(|one, next| one.id.0 < next.id.0);
        let last = self.entries.last().map_or(0, |entry| entry.id.0);
        check(rising && last <= self.added && self.added <= MOST_COUNTED, || {
            format!("the {} faults that were added have ids of their own", self.added)
        })?;
        check(self.entries.len() <= MOST_FAULTS, || format!("there are {MOST_FAULTS} at most"))?;
        let counts =
            |entry: &FaultEntry| entry.injected <= entry.matched && entry.matched <= MOST_COUNTED;
        check(self.entries.iter().all(counts), || "what strikes has matched".to_owned())
    }

    fn make_room(&mut self) -> Result<(), Error> {
        if self.entries.len() < MOST_FAULTS {
            return Ok(());
        }
        let used_up = self.entries.iter().position(|entry| entry.left == Some(0));
        let used_up = used_up.ok_or_else(|| {
            let sentence = "faults are there already, which is the most; delete some.";
            Error::invalid(format_args!("{MOST_FAULTS} {sentence}"))
        })?;
        self.entries.remove(used_up);
        Ok(())
    }
}

impl FaultEntry {
    fn is_for(&self, link: Uuid, webhook_code: &str) -> bool {
        self.link.is_none_or(|wanted| wanted == link)
            && self.webhook_code.as_deref().is_none_or(|wanted| wanted == webhook_code)
    }

    /// Something matches: the seed of the injection, if it is one. A fault that is used up is as good
    /// as none.
    fn draw(&mut self, account: &Seed) -> Option<Seed> {
        if self.left == Some(0) {
            return None;
        }
        self.matched += 1;
        let seed = account.numbered("fault", self.id.0).numbered("draw", self.matched);
        self.probability.draw(&seed).then_some(seed)
    }

    fn injection(&mut self) {
        self.injected += 1;
        self.left = self.left.map(|left| left - 1);
    }
}

/// What the fault has nothing to do with.
fn misplaced(new: &NewFault) -> Vec<Error> {
    let name = new.fault.name();
    let refuse = |field: &'static str, sentence: &str| {
        Error::invalid(format_args!("{name} strikes {sentence}")).on(field)
    };
    let mut errors = Vec::new();
    if new.fault.is_of_webhooks() {
        if new.operation.is_some() {
            let sentence = "webhooks, not calls: choose them by link and webhook_code.";
            errors.push(refuse("operation", sentence));
        }
        if new.fault == Fault::WebhookBeforeAnswer
            && let Some(code) = new.webhook_code.as_deref()
            && code != LOADED
        {
            let sentence = format!("webhooks that announce a load, which are {LOADED}.");
            errors.push(refuse("webhook_code", &sentence));
        }
    } else {
        let sentence = "calls, not webhooks: choose them by operation.";
        if new.link.is_some() {
            errors.push(refuse("link", sentence));
        }
        if new.webhook_code.is_some() {
            errors.push(refuse("webhook_code", sentence));
        }
    }
    errors
}

fn unknown_webhook_code(code: &str) -> Error {
    let meant = did_you_mean(code, WebhookCode::all());
    let all = WebhookCode::all().join(", ");
    let sentence = format!("No webhook has the code {code:?}.{meant} There are {all}.");
    Error::invalid(sentence).on("webhook_code")
}
