//! Answers one call of the API, from its request id to its entry in the log.

use uuid::Uuid;

use crate::account::Account;
use crate::account::base::ids::DeliveryId;
use crate::account::faults::Moment;
use crate::account::faults::kinds::AnswerInjection;
use crate::account::login::matching::HEADER;
use crate::account::request::call::Call;
use crate::account::request::context::CallContext;
use crate::error::Error;

/// The status and the body of an answer. The core writes the body while the account is locked, so
/// that nothing of the account is copied.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// An answer, the id of its request and the faults that are injected into it.
#[derive(Debug)]
pub(crate) struct AnsweredRequest {
    pub answer: Answer,
    pub request_id: Uuid,
    /// The faults of the answer. It is None when there are none.
    pub injection: Option<Box<AnswerInjection>>,
    /// Sentences on what the success will not bring, for the log.
    pub notes: Vec<String>,
}

/// An error, the id of its request and the faults that are injected into its answer.
#[derive(Debug)]
pub(crate) struct RefusedRequest {
    pub error: Error,
    pub request_id: Uuid,
    /// The name of the scenario that answered the login, for the log.
    pub scenario: Option<Box<str>>,
    /// The faults of the answer. It is None when there are none.
    pub injection: Option<Box<AnswerInjection>>,
}

impl Account {
    /// Answers a call. The caller has called [`Account::advance`] before. The answer draws the
    /// request id and the faults, counts the request against the rate limits, lets `work` do what
    /// the operation does, and appends the exchange to the log.
    ///
    /// # Errors
    /// The call is refused by a fault, by a rate limit, by a scenario or by `work`, in
    /// this order. A refusal that comes before `work` leaves links and records as they are.
    pub(crate) fn answer(
        &mut self,
        call: &Call<'_>,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        self.answer_with(call, |account, context| {
            account.begin_call(context, call.operation, call.header(HEADER).as_deref())?;
            work(account, context)
        })
    }

    /// Answers a call with an error that was found before its operation was known or its body read.
    /// The notes are for its explanation.
    pub(crate) fn refuse(
        &mut self,
        call: &Call<'_>,
        error: Error,
        notes: Vec<String>,
    ) -> RefusedRequest {
        let refused = self.answer_with(call, |_, context| {
            context.notes = notes;
            Err(error)
        });
        match refused {
            Ok(_) => unreachable!("the call was refused"),
            Err(refused) => refused,
        }
    }

    fn answer_with(
        &mut self,
        call: &Call<'_>,
        work: impl FnOnce(&mut Account, &mut CallContext) -> Result<Answer, Error>,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        let mut context = self.begin_request();
        let request_id = context.request_id;
        let (refusal, mut injection) = self.faults.inject_into_answer(&self.seed, call.operation);
        let outcome = match refusal {
            Some(refusal) => Err(refusal),
            None => self.admit().and_then(|()| work(self, &mut context)),
        };
        injection.webhooks = self.send_webhooks_first(&context);
        // The log of requests names it, and the journal takes the match.
        let refused_by = context.matched.as_ref().filter(|_| outcome.is_err());
        let scenario = refused_by.map(|matched| matched.scenario.name.as_str().into());
        match &outcome {
            Ok(answer) => {
                self.remember(call, &mut context, answer.status, &answer.body, &injection)
            }
            Err(error) => {
                self.remember(
                    call,
                    &mut context,
                    error.status,
                    &error.body(request_id),
                    &injection,
                );
            }
        }
        self.log_changes(Some(request_id), Some(request_id));
        let injection = (injection != AnswerInjection::default()).then(|| Box::new(injection));
        match outcome {
            Ok(answer) => {
                Ok(AnsweredRequest { answer, request_id, injection, notes: context.notes })
            }
            Err(error) => Err(RefusedRequest { error, request_id, scenario, injection }),
        }
    }

    fn admit(&mut self) -> Result<(), Error> {
        self.rate_limits.admit_request(self.now)
    }

    /// Runs the tasks whose webhooks a fault sends before the answer, and returns these webhooks.
    fn send_webhooks_first(&mut self, context: &CallContext) -> Vec<DeliveryId> {
        if !context.webhooks_first {
            return Vec::new();
        }
        let before = self.outbox.last_delivery();
        self.log_changes(Some(context.request_id), Some(context.request_id));
        while let Some(((_, id), task)) = self.outbox.schedule.pop_due(self.now) {
            self.run(id, task, Moment::BeforeAnswer);
        }
        let after = self.outbox.last_delivery();
        (before.0 + 1..=after.0).map(DeliveryId).collect()
    }
}
