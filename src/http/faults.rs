//! Injects faults into answers between the core and the client. Delays take real time.

use std::io;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream, to_bytes};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};

use crate::account::{AnswerInjection, BrokenAnswer};
use crate::accounts::UnwrittenAnswer;
use crate::http::authentication::Identity;
use crate::http::connection::Connection;

/// The number of pieces of a slow body.
const PIECES: u32 = 10;

/// Notes the faults that [`inject_faults`] injects into an answer.
pub(crate) fn injected(
    mut response: HttpResponse,
    injection: Option<&AnswerInjection>,
) -> HttpResponse {
    if let Some(injection) = injection {
        response.extensions_mut().insert(injection.clone());
    }
    response
}

/// Injects the faults that [`injected`] notes into the answer to a request.
pub(crate) async fn inject_faults(request: &HttpRequest, response: HttpResponse) -> HttpResponse {
    let injection = response.extensions().get::<AnswerInjection>().cloned();
    match injection {
        Some(injection) => inject(request, response, &injection).await,
        None => response,
    }
}

async fn inject(
    request: &HttpRequest,
    mut response: HttpResponse,
    injection: &AnswerInjection,
) -> HttpResponse {
    let identity = request.extensions().get::<Identity>().cloned();
    if let Some(Identity { accounts, slot, .. }) = identity {
        accounts.attempted(&slot, &injection.webhooks).await;
    }
    wait(injection.latency).await;
    match injection.broken {
        None => response,
        Some(BrokenAnswer::Timeout(after)) => {
            // There will be no answer, so no webhook waits for it.
            drop(response.extensions_mut().remove::<UnwrittenAnswer>());
            wait(after).await;
            unanswered(response)
        }
        Some(BrokenAnswer::EmptyResponse) => unanswered(response),
        Some(BrokenAnswer::ResetPeer) => {
            if let Some(connection) = Connection::of(request) {
                connection.reset_at_end();
            }
            unanswered(response)
        }
        Some(BrokenAnswer::TruncatedBody) => {
            with_body(response, |body| truncated(body).boxed()).await
        }
        Some(BrokenAnswer::MalformedBody) => {
            with_body(response, |body| body.slice(..body.len() / 2).boxed()).await
        }
        Some(BrokenAnswer::SlowBody(over)) => {
            with_body(response, |body| slow(body, over).boxed()).await
        }
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Returns a response whose body fails. Actix then closes the connection, and drops all bytes that
/// it has not sent.
fn unanswered(response: HttpResponse) -> HttpResponse {
    response.map_body(|_, _| SizedStream::new(1, stream::once(async { failure() })).boxed())
}

fn failure() -> io::Result<Bytes> {
    Err(io::Error::other("an injected fault"))
}

/// Replaces the body of a response, if the response has one.
async fn with_body(response: HttpResponse, change: impl FnOnce(Bytes) -> BoxBody) -> HttpResponse {
    let (response, body) = response.into_parts();
    let body = to_bytes(body).await.unwrap_or_default();
    response.set_body(if body.is_empty() { body.boxed() } else { change(body) })
}

/// Returns a body that declares its whole length and sends half of it.
fn truncated(body: Bytes) -> SizedStream<impl Stream<Item = io::Result<Bytes>>> {
    let half = body.slice(..body.len() / 2);
    let cut = async {
        // Actix sends the first half while this task yields.
        tokio::task::yield_now().await;
        failure()
    };
    let half = stream::once(async { Ok(half) });
    SizedStream::new(body.len() as u64, half.chain(stream::once(cut)))
}

fn slow(body: Bytes, over: Duration) -> SizedStream<impl Stream<Item = io::Result<Bytes>>> {
    let length = body.len() as u64;
    let size = body.len().div_ceil(PIECES as usize);
    let pause = over / (body.len().div_ceil(size) as u32);
    let pieces = stream::unfold(body, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        wait(pause).await;
        let piece = left.split_to(size.min(left.len()));
        Some((Ok(piece), left))
    });
    SizedStream::new(length, pieces)
}
