//! The calls of the journal: one appends a request that was answered, one reads requests in slices.

use crate::account::Account;
use crate::account::faults::kinds::AnswerInjection;
use crate::account::journal::RequestSlice;
use crate::account::log::EntryKind;
use crate::account::log::exchange::Exchange;
use crate::account::request::call::Call;
use crate::account::request::context::CallContext;
use crate::error::Error;

impl Account {
    /// Appends a request that was answered to the log, which takes the match of the context.
    pub(crate) fn remember(
        &mut self,
        call: &Call<'_>,
        context: &mut CallContext,
        status: u16,
        answer: &[u8],
        injection: &AnswerInjection,
    ) {
        let (matched, faults) = (context.matched.take(), &injection.faults);
        let (id, notes) = (context.request_id, &context.notes);
        let exchange = Exchange::new(call, id, status, answer, matched, faults, notes);
        self.log.append(self.now, EntryKind::RequestAnswered(exchange.into()));
    }

    /// Returns the first requests after a cursor that `selects` accepts: at most `limit`, and not
    /// many bytes.
    ///
    /// # Errors
    /// 400 on `after` for a cursor that no entry of the log has had.
    pub(crate) fn requests(
        &self,
        after: u64,
        limit: usize,
        selects: impl Fn(&Exchange) -> bool,
    ) -> Result<RequestSlice, Error> {
        self.log.check_cursor(after)?;
        Ok(RequestSlice::new(&self.log, after, limit, selects))
    }
}
