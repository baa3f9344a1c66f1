//! The faults of an account, and the answers and webhooks into which they are injected.
//!
//! Each draw has a seed of its own, made from the number of the fault and the number of the call or
//! webhook among those that the fault matches. So an injection changes no other draw.

pub(super) mod calls;
pub(super) mod kinds;
pub(super) mod planned;
mod wire;

pub(super) use wire::Fault;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::account::base::check::check;
use crate::account::faults::kinds::{AnswerInjection, Probability, WebhookFault};
use crate::account::faults::planned::{Occasion, TaskFaults};
use crate::account::log::injected::InjectedFault;
use crate::account::webhooks::injection::WebhookInjection;
use crate::account::webhooks::outbox::WebhookEvent;
use crate::error::Error;
use crate::operations::Operation;
use crate::seed::Seed;

/// The number of faults that an account has at most. A new fault takes the place of the oldest
/// fault that is used up.
const MOST_FAULTS: usize = 1000;
/// The largest value of `times`.
const MOST_TIMES: u32 = 1_000_000;
/// The largest count that a snapshot may contain. A count stops there.
const MOST_COUNTED: u64 = 1 << 53;
/// The largest number of bytes of the code of a webhook in a snapshot.
const LONGEST_CODE: usize = 100;
/// The code of the webhook that announces a load.
const LOADED: &str = "historical_update";

/// The moment at which a webhook is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The webhook is announced when its event is due.
    OnTime,
    /// The webhook is announced within the call that caused it, because a fault sends the call's
    /// webhooks before its answer.
    BeforeAnswer,
}

/// The number of a fault in its account. No number is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct FaultId(pub u64);

/// The fault that a client asks for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFault {
    pub fault: Fault,
    /// The operation into whose answers the fault is injected. Only a fault of answers has it. The
    /// default is any operation.
    #[serde(default)]
    #[schemars(with = "Option<Operation>")]
    pub operation: Option<String>,
    /// The link into whose webhooks the fault is injected. Only a fault of webhooks has it. The
    /// default is any link.
    #[serde(default)]
    pub link: Option<Uuid>,
    /// The code of the webhooks into which the fault is injected. Only a fault of webhooks has it.
    /// The default is any code.
    #[serde(default)]
    pub webhook_code: Option<String>,
    /// The number of times that the fault is injected, from 1 to 1,000,000. The default is no
    /// limit.
    #[serde(default)]
    pub times: Option<u32>,
    /// The number of attempts of a webhook that the fault strikes; the retries after them are
    /// right. Only webhook_malformed_body and webhook_wrong_authorization have it. The default is
    /// all attempts.
    #[serde(default)]
    pub attempts: Option<u32>,
    #[serde(default = "always")]
    #[schemars(extend("default" = 1))]
    pub probability: Probability,
}

/// A fault of the account, and the number of its injections.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FaultEntry {
    pub id: FaultId,
    pub fault: Fault,
    /// The operation into whose answers the fault is injected. Null stands for any operation.
    pub operation: Option<Operation>,
    /// The link into whose webhooks the fault is injected. Null stands for any link.
    pub link: Option<Uuid>,
    /// The code of the webhooks into which the fault is injected. Null stands for any code.
    pub webhook_code: Option<String>,
    /// The number of attempts of a webhook that the fault strikes. Null stands for all attempts.
    #[serde(default)]
    pub attempts: Option<u32>,
    pub probability: Probability,
    /// The number of times that the fault can still be injected. Null stands for no limit.
    pub left: Option<u32>,
    /// The number of calls or webhooks that matched the fault.
    pub matched: u64,
    /// The number of calls or webhooks into which the fault was injected.
    pub injected: u64,
}

/// The faults of an account, in the order in which they were added.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Faults {
    entries: Vec<FaultEntry>,
    /// The number of faults that were ever added.
    added: u64,
    /// The faults that are planned for single tasks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    planned: Vec<TaskFaults>,
    /// The injections of which the log has not told yet.
    #[serde(skip)]
    untold: Vec<InjectedFault>,
}

fn always() -> Probability {
    Probability::ALWAYS
}

impl Faults {
    /// Adds a fault, and returns its id. The caller has looked up its operation by name.
    ///
    /// # Errors
    /// 400 when the account has no room for another fault.
    fn add(&mut self, new: NewFault, operation: Option<Operation>) -> Result<FaultId, Error> {
        let NewFault { fault, link, webhook_code, times, attempts, probability, .. } = new;
        self.make_room()?;
        self.added += 1;
        self.entries.push(FaultEntry {
            id: FaultId(self.added),
            fault,
            operation,
            link,
            webhook_code,
            attempts,
            probability,
            left: times,
            matched: 0,
            injected: 0,
        });
        Ok(FaultId(self.added))
    }

    /// Tells that there was never a fault.
    pub(super) fn is_as_begun(&self) -> bool {
        self.added == 0
    }

    /// Returns the number of faults.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Removes a fault. Returns false when no fault has this id.
    fn remove(&mut self, id: FaultId) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.id != id);
        self.entries.len() < before
    }

    /// Draws the faults of the answer to a call: the error that refuses the call before it has an
    /// effect, and the faults of the answer. The latencies of all drawn faults add up. Of the drawn
    /// faults of other kinds, the first is injected.
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
            self.untold.push(entry.injection(None));
            injection.faults.push(fault.name());
        }
        (refusal, injection)
    }

    /// Draws the faults of a webhook that is announced, and injects all of them. While one webhook
    /// is held back, the next one is not held back, because its arrival releases the first.
    pub(super) fn inject_into_webhook(
        &mut self,
        account: &Seed,
        event: &WebhookEvent,
        occasion: Occasion<'_>,
        one_is_held: bool,
    ) -> WebhookInjection {
        let mut injection = WebhookInjection::planned(occasion.planned, one_is_held);
        self.note_planned(&injection, event.link_id);
        if occasion.moment == Moment::BeforeAnswer {
            WebhookFault::BeforeAnswer.inject_into(&mut injection, None);
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
                self.untold.push(entry.injection(Some(event.link_id)));
                fault.inject_into(&mut injection, entry.attempts);
            }
        }
        injection
    }

    /// Draws the fault that runs a load within the call that asks for it, so that the webhook of
    /// the load arrives before the call's answer.
    pub(super) fn loads_before_answer(&mut self, account: &Seed, link: Uuid) -> bool {
        for entry in &mut self.entries {
            if entry.fault == Fault::Webhook(WebhookFault::BeforeAnswer)
                && entry.is_for(link, LOADED)
                && entry.draw(account).is_some()
            {
                self.untold.push(entry.injection(Some(link)));
                return true;
            }
        }
        false
    }

    /// Notes the planned faults that are injected into a webhook of a link.
    pub(super) fn note_planned(&mut self, injection: &WebhookInjection, link: Uuid) {
        let names = injection.faults.iter();
        self.untold.extend(names.map(|name| InjectedFault { name, fault: None, link: Some(link) }));
    }

    /// Returns the injections since this was last asked.
    pub(super) fn take_injected(&mut self) -> Vec<InjectedFault> {
        std::mem::take(&mut self.untold)
    }

    /// Tells that the log has told of all injections.
    pub(super) fn are_told(&self) -> bool {
        self.untold.is_empty()
    }

    /// Checks that no id and no count exceeds what the account has counted.
    pub(super) fn invariants(&self) -> Result<(), String> {
        let rising = self.entries.is_sorted_by(|one, next| one.id.0 < next.id.0);
        let last = self.entries.last().map_or(0, |entry| entry.id.0);
        check(rising && last <= self.added && self.added <= MOST_COUNTED, || {
            format!("the {} faults that were added have ids of their own", self.added)
        })?;
        check(self.has_few_planned(), || "too many faults are planned for tasks".to_owned())?;
        check(self.entries.len() <= MOST_FAULTS, || format!("there are {MOST_FAULTS} at most"))?;
        let counts =
            |entry: &FaultEntry| entry.injected <= entry.matched && entry.matched <= MOST_COUNTED;
        check(self.entries.iter().all(counts), || {
            "a fault that is injected has matched".to_owned()
        })?;
        let is_as_called = |entry: &FaultEntry| {
            entry.left.is_none_or(|left| left <= MOST_TIMES)
                && entry.fault.has_short_texts()
                && entry.webhook_code.as_ref().is_none_or(|code| code.len() <= LONGEST_CODE)
        };
        check(self.entries.iter().all(is_as_called), || {
            "a call would refuse the times or a text of a fault".to_owned()
        })
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

    /// Counts a match, and returns the seed of the injection if the fault is injected. A fault that
    /// is used up never is.
    fn draw(&mut self, account: &Seed) -> Option<Seed> {
        if self.left == Some(0) {
            return None;
        }
        self.matched += 1;
        let seed = account.numbered("fault", self.id.0).numbered("draw", self.matched);
        self.probability.draw(&seed).then_some(seed)
    }

    /// Counts an injection, into a webhook of a link or into the answer to a call.
    fn injection(&mut self, link: Option<Uuid>) -> InjectedFault {
        self.injected += 1;
        self.left = self.left.map(|left| left - 1);
        InjectedFault { name: self.fault.name(), fault: Some(self.id.0), link }
    }
}
