//! The faults of an account, and into which answers and webhooks they are injected.
//!
//! Each draw is from a seed of its own, by the number of the fault and of the call or webhook among
//! those that match it. So nothing else changes, whatever is injected.

mod calls;
pub(super) mod kinds;
mod wire;

pub(super) use wire::Fault;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::faults::kinds::{AnswerInjection, Probability, WebhookFault};
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::outbox::WebhookEvent;
use crate::error::Error;
use crate::operations::Operation;
use crate::seed::Seed;

/// How many faults an account has at most. Of those that are used up, the oldest makes room.
const MOST_FAULTS: usize = 1000;
/// How often a fault is injected at most, where it is not always.
const MOST_TIMES: u32 = 1_000_000;
/// Nothing is counted further; a snapshot can say anything.
const MOST_COUNTED: u64 = 1 << 53;
/// The code of the webhook that announces a load.
const LOADED: &str = "historical_update";

/// When a webhook is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// When its event is due.
    OnTime,
    /// Within the call that caused it, because a fault sends the webhooks of the call before the
    /// call's answer.
    BeforeAnswer,
}

/// The number of a fault in its account; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct FaultId(u64);

/// A fault as it is asked for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFault {
    pub fault: Fault,
    /// Of answers: the only operation into whose answers it is injected.
    #[serde(default)]
    #[schemars(with = "Option<Operation>")]
    pub operation: Option<String>,
    /// Of webhooks: the only link.
    #[serde(default)]
    pub link: Option<Uuid>,
    /// Of webhooks: the only code.
    #[serde(default)]
    pub webhook_code: Option<String>,
    /// How often it is injected; always, when absent.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(default = "always")]
    #[schemars(extend("default" = 1))]
    pub probability: Probability,
}

/// A fault of the account, and how it has gone.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FaultEntry {
    pub id: FaultId,
    pub fault: Fault,
    /// The only operation into whose answers it is injected; null is any.
    pub operation: Option<Operation>,
    /// The only link into whose webhooks it is injected; null is any.
    pub link: Option<Uuid>,
    /// The only code of the webhooks that it is injected into; null is any.
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
pub(super) struct Faults {
    entries: Vec<FaultEntry>,
    /// How many there were.
    added: u64,
}

fn always() -> Probability {
    Probability::ALWAYS
}

impl Faults {
    /// Adds a fault, whose operation was looked up by its name already.
    ///
    /// # Errors
    /// 400 when there is no room for one more.
    fn add(&mut self, new: NewFault, operation: Option<Operation>) -> Result<&FaultEntry, Error> {
        let NewFault { fault, link, webhook_code, times, probability, .. } = new;
        self.make_room()?;
        self.added += 1;
        self.entries.push(FaultEntry {
            id: FaultId(self.added),
            fault,
            operation,
            link,
            webhook_code,
            probability,
            left: times,
            matched: 0,
            injected: 0,
        });
        Ok(&self.entries[self.entries.len() - 1])
    }

    /// Removes a fault, and returns false when there is none with this id.
    fn remove(&mut self, id: FaultId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    /// Draws the faults of the answer to a call: the error that refuses the call before it has an
    /// effect, and the faults of the answer. Latencies add up; of the other faults the first that is
    /// drawn is injected.
    pub(super) fn inject_into_answer(
        &mut self,
        account: &Seed,
        operation: Option<Operation>,
    ) -> (Option<Error>, AnswerInjection) {
        let (mut refusal, mut injection) = (None, AnswerInjection::default());
        for entry in &mut self.entries {
            let Fault::Answer(fault) = &entry.fault else { continue };
            let fault = fault.clone();
            if entry.operation.is_some_and(|wanted| Some(wanted) != operation) {
                continue;
            }
            let Some(seed) = entry.draw(account) else { continue };
            if let Some(latency) = fault.latency(&seed) {
                injection.latency += latency;
            } else if refusal.is_none() && injection.broken.is_none() {
                refusal = fault.refusal();
                injection.broken = fault.broken();
            } else {
                continue;
            }
            entry.injection();
            injection.faults.push(fault.name());
        }
        (refusal, injection)
    }

    /// Draws the faults of a webhook that is announced. All that are drawn are injected together.
    /// A webhook that is held back waits for the next one, which is therefore not held back too.
    pub(super) fn inject_into_webhook(
        &mut self,
        account: &Seed,
        event: &WebhookEvent,
        moment: Moment,
        one_is_held: bool,
    ) -> WebhookInjection {
        let mut injection = WebhookInjection::default();
        if moment == Moment::BeforeAnswer {
            WebhookFault::BeforeAnswer.inject_into(&mut injection);
        }
        for entry in &mut self.entries {
            let fault = match &entry.fault {
                Fault::Answer(_) | Fault::Webhook(WebhookFault::BeforeAnswer) => continue,
                Fault::Webhook(WebhookFault::Reorder) if one_is_held => continue,
                Fault::Webhook(fault) => fault.clone(),
            };
            if entry.is_for(event.link_id, event.kind.webhook_code())
                && entry.draw(account).is_some()
            {
                entry.injection();
                fault.inject_into(&mut injection);
            }
        }
        injection
    }

    /// Draws the fault that makes a load of a link happen at once, so that its webhook arrives before
    /// the answer to the call that asks for the load.
    pub(super) fn loads_before_answer(&mut self, account: &Seed, link: Uuid) -> bool {
        for entry in &mut self.entries {
            if entry.fault == Fault::Webhook(WebhookFault::BeforeAnswer)
                && entry.is_for(link, LOADED)
                && entry.draw(account).is_some()
            {
                entry.injection();
                return true;
            }
        }
        false
    }

    /// Whether ids and counts can have come about.
    pub(super) fn invariants(&self) -> Result<(), String> {
        let rising = self.entries.is_sorted_by(|one, next| one.id.0 < next.id.0);
        let last = self.entries.last().map_or(0, |entry| entry.id.0);
        check(rising && last <= self.added && self.added <= MOST_COUNTED, || {
            format!("the {} faults that were added have ids of their own", self.added)
        })?;
        check(self.entries.len() <= MOST_FAULTS, || format!("there are {MOST_FAULTS} at most"))?;
        let counts =
            |entry: &FaultEntry| entry.injected <= entry.matched && entry.matched <= MOST_COUNTED;
        check(self.entries.iter().all(counts), || "a fault that is injected has matched".to_owned())
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
