//! Breaks or delays answers between the core and the client, as faults ask for. Times are real.

use std::any::Any;
use std::io;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody, SizedStream, to_bytes};
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use socket2::{SockRef, Socket};

use crate::account::{AnswerInjection, BrokenAnswer};
use crate::http::authentication::Identity;

/// A slow body comes in so many pieces.
const PIECES: u32 = 10;

/// A second handle of a connection's socket, which actix keeps to itself: what is not closed but
/// reset must be told so before.
struct ConnectionSocket(Socket);

/// Keeps what a reset needs, when a connection begins.
pub(crate) fn keep_socket(stream: &dyn Any, connection: &mut Extensions) {
    if let Some(stream) = stream.downcast_ref::<TcpStream>()
        && let Ok(socket) = SockRef::from(stream).try_clone()
    {
        connection.insert(ConnectionSocket(socket));
    }
}

/// Tells [`inject_faults`] which faults to inject into an answer.
pub(crate) fn injected(
    mut response: HttpResponse,
    injection: Option<&AnswerInjection>,
) -> HttpResponse {
    if let Some(injection) = injection {
        response.extensions_mut().insert(injection.clone());
    }
    response
}

/// Injects into the answer to a request the faults that [`injected`] notes.
pub(crate) async fn inject_faults(
    request: &HttpRequest,
    mut response: HttpResponse,
) -> HttpResponse {
    let injection = response.extensions_mut().remove::<AnswerInjection>();
    match injection {
        Some(injection) => inject(request, response, &injection).await,
        None => response,
    }
}

async fn inject(
    request: &HttpRequest,
    response: HttpResponse,
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
            wait(after).await;
            unanswered(response)
        }
        Some(BrokenAnswer::EmptyResponse) => unanswered(response),
        Some(BrokenAnswer::ResetPeer) => {
            if let Some(ConnectionSocket(socket)) = request.conn_data() {
                // Closing with something left to linger for, and no time to do so, is a reset.
                let _ = socket.set_linger(Some(Duration::ZERO));
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

/// Actix closes a connection whose body fails, and sends nothing of what it has not sent yet.
fn unanswered(response: HttpResponse) -> HttpResponse {
    response.map_body(|_, _| SizedStream::new(1, stream::once(async { failure() })).boxed())
}

fn failure() -> io::Result<Bytes> {
    Err(io::Error::other("an injected fault"))
}

/// Another body in place of what there is, if there is any.
async fn with_body(response: HttpResponse, change: impl FnOnce(Bytes) -> BoxBody) -> HttpResponse {
    let (response, body) = response.into_parts();
    let body = to_bytes(body).await.unwrap_or_default();
    response.set_body(if body.is_empty() { body.boxed() } else { change(body) })
}

/// Says that it is whole, and is half of it.
fn truncated(body: Bytes) -> SizedStream<impl Stream<Item = io::Result<Bytes>>> {
    let half = body.slice(..body.len() / 2);
    let cut = async {
        // What there is goes out while this waits.
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
