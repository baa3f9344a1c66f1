//! Answers lists. A long one is made where it delays nobody.

use std::ops::ControlFlow;

use crate::account::{Account, Answer, AnsweredRequest, Call, CallContext, Query, RefusedRequest};
use crate::accounts::slot::SlotState;
use crate::accounts::visit::Visit;
use crate::accounts::{Accounts, Slot};
use crate::error::Error;

/// A list of the API: it reads the account, and writes a page.
pub(crate) type List = fn(&Account, &CallContext, &Query) -> Result<Answer, Error>;

/// The result of the visit that answers a list.
enum Listed {
    Answered(Result<AnsweredRequest, RefusedRequest>),
    /// A copy of an account whose list takes long.
    Copied(Box<Account>),
}

impl Accounts {
    /// Answers a call of a list. A long page takes milliseconds, so it is made from a copy of the
    /// account, on a thread that serves no requests. The turn keeps the account as it is meanwhile.
    pub(crate) async fn run_list(
        &self,
        slot: &Slot,
        call: &Call<'_>,
        query: Query,
        list: List,
    ) -> Result<AnsweredRequest, RefusedRequest> {
        let mut visit = Visit::new(|state: &mut SlotState, _| {
            let account = &mut state.account;
            match account.is_long_list(call.operation, &query) {
                true => Listed::Copied(Box::new(account.clone())),
                false => Listed::Answered(
                    account.answer(call, |account, context| list(account, context, &query)),
                ),
            }
        });
        let (_turn, listed) = loop {
            let turn = slot.turn.lock().await;
            match self.slice(slot, &mut visit) {
                ControlFlow::Break(listed) => break (turn, listed),
                ControlFlow::Continue(()) => drop(turn),
            }
            tokio::task::yield_now().await;
        };
        let copy = match listed {
            Some(Listed::Copied(copy)) => copy,
            Some(Listed::Answered(answered)) => return self.conclude(slot, call, Some(answered)),
            None => return self.conclude(slot, call, None),
        };
        let context = CallContext::new(copy.last_request_id());
        let made = tokio::task::spawn_blocking(move || list(&copy, &context, &query)).await;
        let answered = made
            .ok()
            .and_then(|made| self.locked(slot, |state, _| state.account.answer(call, |_, _| made)));
        self.conclude(slot, call, answered)
    }
}
