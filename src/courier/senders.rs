//! The senders, which make the attempts that are ready at the same time and report their outcomes.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, StatusCode};
use url::Url;

use crate::account::{Dispatch, Outcome, Verdict};
use crate::accounts::{Accounts, SendPermit, Sending};
use crate::clock::Stopwatch;
use crate::courier::failure::{explain, failed, lacks_descriptors};
use crate::courier::outcome::{answered, own_words};
use crate::courier::shortage::{self, LONGEST_WAIT, Shortage, UNTIL_NEXT_TRY};
use crate::model::address::without_secrets;
use crate::model::allowed_addresses::AllowedAddresses;
use crate::model::duration;
use crate::model::redact;

/// The longest time to wait for an answer. Belvo waits five seconds.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The target of the lines of attempts in `tracing`.
pub(crate) const TARGET: &str = module_path!();

const NO_ANSWER_HINT: &str = "let the receiver answer at once, and do its work afterwards; if it \
                              has seen no request, something between it and the emulator, such as \
                              a firewall, drops the connection";

/// The means of making attempts.
pub(super) struct Sender {
    client: Client,
    allowed: AllowedAddresses,
    shortage: Shortage,
}

/// Makes attempts until the future is dropped. A receiver that hangs delays no other while the
/// limit has room.
pub(super) async fn run(accounts: &Accounts, sender: &Sender) -> Infallible {
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(permit) = accounts.next_to_send() {
            under_way.push(send(accounts, sender, permit));
        }
        tokio::select! {
            () = accounts.ready_to_send() => {}
            Some(()) = under_way.next() => {}
        }
    }
}

/// Makes attempts of the account that has the permit, for as long as it has more and no other
/// account waits.
async fn send(accounts: &Accounts, sender: &Sender, permit: SendPermit<'_>) {
    let Some(sending) = permit.poll_attempt().await else { return };
    let mut next = Some((permit, sending));
    while let Some((permit, sending)) = next {
        next = send_one(accounts, sender, permit, sending).await;
    }
}

/// Makes an attempt, and returns the next one. A reset of the account ends it at once.
async fn send_one<'a>(
    accounts: &'a Accounts,
    sender: &Sender,
    permit: SendPermit<'a>,
    sending: Sending,
) -> Option<(SendPermit<'a>, Sending)> {
    let under_way = sending.begin();
    let attempted = async {
        sending.answer_is_written().await;
        sender.attempt(&sending.attempt).await
    };
    let outcome = tokio::select! {
        biased;
        () = sending.outdated() => None,
        outcome = attempted => Some(outcome),
    };
    // Reporting waits for the account. Without the permit it holds up no webhook of another
    // account.
    drop(permit);
    let outcome = outcome?;
    let (verdict, next) = accounts.report(&sending, outcome.clone()).await;
    if let Some(verdict) = verdict {
        log(&sending.attempt, &outcome, verdict);
    }
    drop(under_way);
    next
}

impl Sender {
    pub(super) fn new(client: Client, allowed: AllowedAddresses) -> Sender {
        Sender { client, allowed, shortage: Shortage::default() }
    }

    /// Makes an attempt, and returns its outcome.
    async fn attempt(&self, attempt: &Dispatch) -> Outcome {
        let url = Url::parse(&attempt.url).expect("it was checked");
        if let Some(refusal) = self.allowed.refusal_of_url(&url) {
            return failed(refusal, None);
        }
        let mut waited = Duration::ZERO;
        loop {
            let watch = Stopwatch::start();
            let mut time_is_over = pin!(tokio::time::sleep(TIMEOUT));
            // The answer is polled before the timeout: an answer that has arrived counts, however
            // late it is polled.
            let response = tokio::select! {
                biased;
                response = post(&self.client, attempt) => Some(response),
                () = &mut time_is_over => None,
            };
            let outcome = match response {
                Some(Ok(response)) => answered(attempt, response, time_is_over, TIMEOUT).await,
                Some(Err(error)) if lacks_descriptors(&error) && waited < LONGEST_WAIT => {
                    self.shortage.note();
                    tokio::time::sleep(UNTIL_NEXT_TRY).await;
                    waited += UNTIL_NEXT_TRY;
                    continue;
                }
                Some(Err(error)) if lacks_descriptors(&error) => failed(shortage::sentence(), None),
                Some(Err(error)) => explain(error, &attempt.url),
                None => {
                    let sentence = format!("no answer within {} s", TIMEOUT.as_secs());
                    failed(sentence, Some(NO_ANSWER_HINT.to_owned()))
                }
            };
            return Outcome { latency_ms: watch.elapsed_ms(), ..outcome };
        }
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

/// Writes one log line for each attempt. Unless the webhook was delivered, the line has the
/// receiver's own words.
fn log(attempt: &Dispatch, outcome: &Outcome, verdict: Verdict) {
    let (link, webhook_type) = (attempt.link_id, attempt.kind.webhook_type());
    let (webhook_code, latency_ms) = (attempt.kind.webhook_code(), outcome.latency_ms);
    let url = without_secrets(&attempt.url);
    let attempt = format!("{}/{}", attempt.number, attempt.at_most);
    let status = outcome.status.and_then(|status| StatusCode::from_u16(status).ok());
    let answer = [status.map(|status| status.to_string()), outcome.error.clone()];
    let answer = answer.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let (said, hint) = (own_words(&redact::answer(&outcome.body)), outcome.hint.as_deref());
    let retry_in = match verdict {
        Verdict::RetryIn(wait) => Some(duration::show(wait)),
        _ => None,
    };
    match verdict {
        Verdict::Delivered => tracing::info!(
            webhook_type, webhook_code, %link, url, answer, latency_ms, attempt,
            "webhook delivered"
        ),
        Verdict::RetryIn(_) => tracing::warn!(
            webhook_type, webhook_code, %link, url, answer, latency_ms, attempt, retry_in, said,
            hint, "webhook not accepted"
        ),
        Verdict::GivenUp => tracing::warn!(
            webhook_type, webhook_code, %link, url, answer, latency_ms, attempt, said, hint,
            "webhook not accepted, given up"
        ),
        Verdict::Cancelled => tracing::info!(
            webhook_type, webhook_code, %link, url, answer, latency_ms, attempt,
            "webhook of a link deleted meanwhile"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use reqwest::dns::{Name, Resolve, Resolving};

    use crate::account::Dispatch;
    use crate::courier::client::client;
    use crate::courier::senders::Sender;
    use crate::courier::trust::Trust;

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
        let client = client(resolver.clone(), &Trust::default()).unwrap();
        let sender = Sender::new(client, Default::default());
        let dispatch = Dispatch::to("http://hook.test/");
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        let outcome = runtime.block_on(sender.attempt(&dispatch));
        let expected = "no file descriptor was free for 30 s: raise the limit (ulimit -n) or lower \
                        --webhook-sends";
        assert_eq!(outcome.error.as_deref(), Some(expected));
        assert_eq!(resolver.asked.load(Ordering::SeqCst), 301);
    }
}
