//! The senders, which make the attempts that are ready at the same time and report their outcomes.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode};

use crate::account::{Dispatch, Outcome, Verdict};
use crate::accounts::{Accounts, SendPermit};
use crate::clock::Stopwatch;
use crate::courier::outcome::{answered, explain, lacks_descriptors};
use crate::courier::shortage::{self, LONGEST_WAIT, Shortage, UNTIL_NEXT_TRY};
use crate::model::address::{self, without_secrets};
use crate::model::duration;

/// The longest time to wait for an answer. Belvo waits five seconds.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Makes attempts until the future is dropped. A receiver that hangs delays no other while the
/// limit has room.
pub(super) async fn run(accounts: &Accounts, client: &Client) -> Infallible {
    let shortage = Shortage::default();
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(permit) = accounts.next_to_send() {
            under_way.push(send(accounts, client, &shortage, permit));
        }
        tokio::select! {
            () = accounts.ready_to_send() => {}
            Some(()) = under_way.next() => {}
        }
    }
}

/// Makes an attempt of the account that has the permit. A reset of the account ends it at once.
async fn send(accounts: &Accounts, client: &Client, shortage: &Shortage, permit: SendPermit<'_>) {
    let Some(sending) = permit.poll_attempt().await else { return };
    let under_way = sending.begin();
    let outcome = tokio::select! {
        biased;
        () = sending.outdated() => None,
        outcome = attempt(client, shortage, &sending.attempt) => Some(outcome),
    };
    // Reporting waits for the account. Without the permit it holds up no webhook of another
    // account.
    drop(permit);
    if let Some((outcome, hint)) = outcome
        && let Some(verdict) = accounts.report(&sending, outcome.clone()).await
    {
        log(&sending.attempt, &outcome, hint.as_deref(), verdict);
    }
    drop(under_way);
}

/// Makes an attempt, and returns its outcome and, where it is known, the way to mend it.
async fn attempt(
    client: &Client,
    shortage: &Shortage,
    attempt: &Dispatch,
) -> (Outcome, Option<String>) {
    let failed = |(sentence, hint)| (Outcome { error: Some(sentence), ..Outcome::default() }, hint);
    if let Err(refusal) = address::receiver(&attempt.url) {
        return failed((refusal, None));
    }
    let mut waited = Duration::ZERO;
    loop {
        let watch = Stopwatch::start();
        let mut time_is_over = pin!(tokio::time::sleep(TIMEOUT));
        // The answer is polled before the timeout: an answer that has arrived counts, however late
        // it is polled.
        let response = tokio::select! {
            biased;
            response = post(client, attempt) => Some(response),
            () = &mut time_is_over => None,
        };
        let (outcome, hint) = match response {
            Some(Ok(response)) => (answered(response, time_is_over).await, None),
            Some(Err(error)) if lacks_descriptors(&error) && waited < LONGEST_WAIT => {
                shortage.note();
                tokio::time::sleep(UNTIL_NEXT_TRY).await;
                waited += UNTIL_NEXT_TRY;
                continue;
            }
            Some(Err(error)) if lacks_descriptors(&error) => failed((shortage::sentence(), None)),
            Some(Err(error)) => failed(explain(&error, &attempt.url)),
            None => failed((format!("no answer within {} s", TIMEOUT.as_secs()), None)),
        };
        return (Outcome { latency_ms: watch.elapsed_ms(), ..outcome }, hint);
    }
}

async fn post(client: &Client, attempt: &Dispatch) -> reqwest::Result<reqwest::Response> {
    let mut request = client
        .post(&*attempt.url)
        .header(CONTENT_TYPE, "application/json")
        .body(attempt.body.to_vec());
    if let Some(authorization) = &attempt.authorization {
        let mut value = HeaderValue::from_str(authorization).expect("it was checked");
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    request.send().await
}

/// Writes one log line for each attempt.
fn log(attempt: &Dispatch, outcome: &Outcome, hint: Option<&str>, verdict: Verdict) {
    let link = attempt.link_id;
    let url = without_secrets(&attempt.url);
    let attempt = format!("{}/{}", attempt.number, attempt.at_most);
    let answer = match (outcome.status, &outcome.error) {
        (Some(status), _) => StatusCode::from_u16(status).map(|status| status.to_string()),
        (None, error) => Ok(error.clone().unwrap_or_default()),
    };
    let answer = answer.unwrap_or_default();
    match verdict {
        Verdict::Delivered => tracing::info!(%link, attempt, answer, url, "webhook delivered"),
        Verdict::RetryIn(wait) => {
            let retry_in = duration::show(wait);
            tracing::warn!(%link, attempt, answer, url, retry_in, hint, "webhook not accepted");
        }
        Verdict::GivenUp => {
            tracing::warn!(%link, attempt, answer, url, hint, "webhook not accepted, given up");
        }
        Verdict::Cancelled => {
            tracing::info!(%link, attempt, answer, url, "webhook of a link deleted meanwhile");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use reqwest::dns::{Name, Resolve, Resolving};

    use crate::account::Dispatch;
    use crate::courier::client::client_with;
    use crate::courier::senders::attempt;
    use crate::courier::shortage::Shortage;

    /// Finds no address because the process has no descriptor left, as often as it is asked.
    #[derive(Clone, Default)]
    struct NoDescriptors {
        asked: Arc<AtomicU32>,
    }

    impl Resolve for NoDescriptors {
        fn resolve(&self, _: Name) -> Resolving {
            self.asked.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Err(io::Error::from_raw_os_error(24).into()) })
        }
    }

    #[test]
    fn an_attempt_does_not_wait_for_a_descriptor_for_ever() {
        let resolver = NoDescriptors::default();
        let client = client_with(resolver.clone()).unwrap();
        let dispatch = Dispatch::to("http://hook.test/");
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        let (outcome, _) = runtime.block_on(attempt(&client, &Shortage::default(), &dispatch));
        let expected = "no file descriptor was free for 30 s: raise the limit (ulimit -n) or lower \
                        --webhook-sends";
        assert_eq!(outcome.error.as_deref(), Some(expected));
        assert_eq!(resolver.asked.load(Ordering::SeqCst), 301);
    }
}
