//! Looks back at requests by methods.

use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use crate::account::{Expectation, Explanation, Recorded};
use crate::accounts::{Accounts, RequestFilter, Requests, Slot, Verification, Verified};
use crate::embed::{AccountHandle, ControlError};

impl Recorded {
    /// Returns the operationId of the request, such as `RegisterLink`. It is None where the path or
    /// its method is unknown.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation.map(|operation| operation.as_str())
    }
}

impl RequestFilter {
    /// Selects all requests that the account remembers.
    pub fn any() -> RequestFilter {
        RequestFilter::default()
    }

    /// Selects requests of this operation, such as `RegisterLink`.
    pub fn operation(mut self, operation: impl Into<String>) -> RequestFilter {
        self.operation = Some(operation.into());
        self
    }

    /// Selects requests that were answered with this status.
    pub fn status(mut self, status: u16) -> RequestFilter {
        self.status = Some(status);
        self
    }

    /// Selects requests whose path, query, body or answer names this link.
    pub fn link(mut self, id: Uuid) -> RequestFilter {
        self.link = Some(id);
        self
    }

    /// Selects requests whose body has this `external_id`.
    pub fn external_id(mut self, id: impl Into<String>) -> RequestFilter {
        self.external_id = Some(id.into());
        self
    }

    /// Selects requests whose body has this CURP, as its `username`.
    pub fn curp(mut self, curp: impl Into<String>) -> RequestFilter {
        self.curp = Some(curp.into());
        self
    }

    /// Selects requests after a cursor, such as the `next_after` of the page before.
    pub fn after(mut self, cursor: u64) -> RequestFilter {
        self.after = cursor;
        self
    }
}

impl Expectation {
    /// Expects any request.
    pub fn any() -> Expectation {
        Expectation::default()
    }

    /// Expects a request of this operation, such as `RegisterLink`.
    pub fn operation(mut self, operation: impl Into<String>) -> Expectation {
        self.operation = Some(operation.into());
        self
    }

    /// Expects a request with this method.
    pub fn method(mut self, method: impl Into<String>) -> Expectation {
        self.method = Some(method.into());
        self
    }

    /// Expects a request to this path, with or without its last slash.
    pub fn path(mut self, path: impl Into<String>) -> Expectation {
        self.path = Some(path.into());
        self
    }

    /// Expects a parameter of the query, beside others.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Expectation {
        self.query.insert(name.into(), value.into());
        self
    }

    /// Expects a header, beside others.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Expectation {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Expects a body with this JSON. Objects may have further keys at every level.
    pub fn body(mut self, body: Value) -> Expectation {
        self.body = Some(body);
        self
    }

    /// Expects that the answer had this status.
    pub fn status(mut self, status: u16) -> Expectation {
        self.status = Some(status);
        self
    }

    /// Expects exactly this many requests.
    pub fn count(mut self, count: usize) -> Expectation {
        self.count = Some(count);
        self
    }

    /// Expects this many requests or more.
    pub fn at_least(mut self, count: usize) -> Expectation {
        self.at_least = Some(count);
        self
    }

    /// Expects this many requests or fewer.
    pub fn at_most(mut self, count: usize) -> Expectation {
        self.at_most = Some(count);
        self
    }
}

impl Verification {
    /// Expects these requests, in any order and among others.
    pub fn of(expectations: impl IntoIterator<Item = Expectation>) -> Verification {
        let requests = expectations.into_iter().collect();
        Verification { requests, in_order: false, after: 0 }
    }

    /// Expects the requests one after the other. Others may stand between.
    pub fn in_order(mut self) -> Verification {
        self.in_order = true;
        self
    }

    /// Looks at the requests after a cursor alone, such as the `last_cursor` of a verification.
    pub fn after(mut self, cursor: u64) -> Verification {
        self.after = cursor;
        self
    }
}

impl<const N: usize> From<[Expectation; N]> for Verification {
    fn from(expectations: [Expectation; N]) -> Verification {
        Verification::of(expectations)
    }
}

impl From<Vec<Expectation>> for Verification {
    fn from(expectations: Vec<Expectation>) -> Verification {
        Verification::of(expectations)
    }
}

impl AccountHandle {
    /// Returns a page of the requests that the account answered, the oldest first, without secrets.
    /// `reach.next_after` is the cursor for the next page.
    ///
    /// # Errors
    /// `invalid` for an operation that is unknown and for a cursor that was never reached.
    pub async fn requests(&self, filter: RequestFilter) -> Result<Requests, ControlError> {
        self.call(|accounts, slot| async move { accounts.requests(&slot, &filter).await }).await
    }

    /// Explains why a request was answered as it was, and what follows from it. The id is that of the
    /// header `X-Request-Id`.
    ///
    /// # Errors
    /// `not_found` for a request that the account does not remember.
    pub async fn explain(&self, request_id: Uuid) -> Result<Explanation, ControlError> {
        self.control(move |account| account.explain(&request_id.to_string())).await
    }

    /// Makes sure that the expected requests were made.
    ///
    /// ```
    /// use belvo_emulator::{Emulator, Expectation};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::builder().start().await?;
    /// let (id, password) = (emulator.secret_id(), emulator.secret_password());
    /// let belvo = emulator.base_url().replace("http://", &format!("http://{id}:{password}@"));
    /// let link = json!({"institution": "planet_mx_employment", "username": "BLPM951331IONVGR54"});
    /// ureq::post(format!("{belvo}/api/links/")).send_json(&link)?;
    ///
    /// let register = || Expectation::any().operation("RegisterLink");
    /// let verified = emulator.verify([register().status(201).body(link.clone()).count(1)]).await?;
    /// assert_eq!(verified.matched[0].count, 1);
    ///
    /// let failed = emulator.verify([register().count(2)]).await.unwrap_err();
    /// assert_eq!(failed.code(), "verification_failed");
    /// assert!(failed.message().contains("expected exactly 2 requests, found 1"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `verification_failed` says which expectation failed, how often it was met, and which request
    /// came nearest; `invalid` for an expectation that no request can meet.
    pub async fn verify(
        &self,
        verification: impl Into<Verification>,
    ) -> Result<Verified, ControlError> {
        let verification = verification.into();
        let verify = |accounts: Arc<Accounts>, slot: Arc<Slot>| async move {
            accounts.verify_requests(&slot, &verification).await
        };
        self.call(verify).await
    }
}
