//! The server of `listen`: takes requests, shows them, and answers as planned.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::TcpListener as StdListener;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::cli::listen::arrival::{Arrival, Content, Refusal, shown_path};
use crate::cli::listen::lines::Lines;
use crate::cli::listen::plan::Plan;
use crate::cli::stream::STDERR;
use crate::clock::{Clock, Stopwatch};
use crate::model::{redact, size};

/// The largest body. Belvo's webhooks have less than 1 KiB.
const LARGEST_BODY_BYTES: usize = 256 * 1024;
const LARGEST_HEAD_BYTES: usize = 64 * 1024;
/// The connections that are open at the same time. Further ones wait to be accepted.
const MOST_CONNECTIONS: usize = 512;
/// How long a head, and the pause before it, may take. The emulator keeps idle connections for 1 s.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
const BODY_WITHIN: Duration = Duration::from_secs(10);
/// How long answers may take to be written once `listen` is told to stop.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_millis(300);
/// The pause after a connection that could not be accepted, for lack of file descriptors.
const UNTIL_NEXT_TRY: Duration = Duration::from_millis(100);

const NO_HTTP: &str = "something arrived that is no HTTP/1.1: write http:// in the URL of the \
                       receiver, because listen has no certificate for https://";

/// A receiver of webhooks.
pub(super) struct Receiver {
    /// The path at which webhooks are taken.
    pub path: String,
    pub plan: Plan,
    pub lines: Lines,
    clock: Clock,
    numbers: AtomicU64,
    has_waited: AtomicBool,
}

/// A request whose answer is awaited. Dropping it says that there will be none.
struct Unanswered<'a> {
    lines: &'a Lines,
    arrival: &'a Arrival,
    watch: &'a Stopwatch,
    is_answered: bool,
}

impl Receiver {
    pub(super) fn new(path: String, plan: Plan, lines: Lines) -> Receiver {
        let (numbers, has_waited) = (AtomicU64::new(0), AtomicBool::new(false));
        Receiver { path, plan, lines, clock: Clock::system(), numbers, has_waited }
    }

    /// Serves until `told` is done. Answers that are being written then get a moment to end.
    pub(super) async fn serve(
        self: Arc<Self>,
        listeners: Vec<StdListener>,
        told: impl Future<Output = ()>,
    ) -> io::Result<()> {
        let (stop, stopping) = watch::channel(());
        let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut accepting = JoinSet::new();
        for listener in listeners {
            listener.set_nonblocking(true)?;
            let listener = TcpListener::from_std(listener)?;
            accepting.spawn(self.clone().accept(listener, room.clone(), stopping.clone()));
        }
        told.await;
        drop(stop);
        let ended = async { while accepting.join_next().await.is_some() {} };
        let _ = timeout(LAST_ANSWERS_WITHIN, ended).await;
        Ok(())
    }

    async fn accept(
        self: Arc<Self>,
        listener: TcpListener,
        room: Arc<Semaphore>,
        mut stopping: watch::Receiver<()>,
    ) {
        let mut connections = JoinSet::new();
        loop {
            if room.available_permits() == 0 && !self.has_waited.swap(true, Ordering::SeqCst) {
                STDERR.say(&format!(
                    "{MOST_CONNECTIONS} connections are open, which is the most: further ones \
                     wait (this is said once)"
                ));
            }
            let next = async {
                let permit = room.clone().acquire_owned().await.expect("it is never closed");
                listener.accept().await.map(|(stream, _)| (stream, permit))
            };
            tokio::select! {
                biased;
                _ = stopping.changed() => break,
                Some(_) = connections.join_next() => {}
                accepted = next => match accepted {
                    Ok((stream, permit)) => {
                        let conversation = self.clone().converse(stream, stopping.clone());
                        connections.spawn(async move {
                            conversation.await;
                            drop(permit);
                        });
                    }
                    Err(error) => {
                        STDERR.say(&format!("a connection was not accepted: {error}"));
                        sleep(UNTIL_NEXT_TRY).await;
                    }
                }
            }
        }
        while connections.join_next().await.is_some() {}
    }

    /// Answers the requests of one connection.
    async fn converse(self: Arc<Self>, stream: TcpStream, mut stopping: watch::Receiver<()>) {
        let service = service_fn(|request| self.answer(request));
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
        server.max_buf_size(LARGEST_HEAD_BYTES);
        let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            _ = stopping.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if ended.is_err_and(|error| error.is_parse()) {
            STDERR.say(NO_HTTP);
        }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let watch = Stopwatch::start();
        let arrival = self.read(request).await;
        self.lines.arrived(&arrival);
        let (lines, is_answered) = (&self.lines, false);
        let unanswered = Unanswered { lines, arrival: &arrival, watch: &watch, is_answered };
        let status = match &arrival.content {
            Content::Webhook(_) => {
                let status = self.plan.next_status();
                sleep(self.plan.delay).await;
                status
            }
            Content::Other(refusal) => refusal.status,
        };
        unanswered.answered(status);
        if let Content::Webhook(_) = &arrival.content {
            self.plan.note_answer();
        }
        Ok(response(status, &arrival.content))
    }

    async fn read(&self, request: Request<Incoming>) -> Arrival {
        let header = request.headers().get(AUTHORIZATION);
        let header = header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let authorization = header.map(|it| redact::header("authorization", &it).into_owned());
        Arrival {
            number: self.numbers.fetch_add(1, Ordering::SeqCst) + 1,
            received_at: self.clock.now(),
            method: request.method().as_str().to_owned(),
            path: shown_path(request.uri().path()),
            authorization,
            content: match self.refusal(&request) {
                Some(refusal) => Content::Other(refusal),
                None => content(request.into_body()).await,
            },
        }
    }

    /// Tells what is wrong with a request before its body is read.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Refusal> {
        let path = &self.path;
        if request.uri().path() != path {
            let problem = format!(
                "webhooks are taken at {path}: send them there, or start listen with another --path"
            );
            return Some(Refusal::new(404, problem));
        }
        (request.method() != Method::POST)
            .then(|| Refusal::new(405, "a webhook is a POST, and nothing else is taken here"))
    }
}

/// Reads a body, within a limit and a time.
async fn content(body: Incoming) -> Content {
    let read = timeout(BODY_WITHIN, Limited::new(body, LARGEST_BODY_BYTES).collect()).await;
    Content::Other(match read {
        Ok(Ok(body)) => return Content::of(&body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let largest = size::show(LARGEST_BODY_BYTES);
            Refusal::new(413, format!("the body is larger than {largest}, which is the most"))
        }
        Ok(Err(error)) => Refusal::new(400, format!("the body is cut short: {error}")),
        Err(_) => {
            let seconds = BODY_WITHIN.as_secs();
            Refusal::new(408, format!("the body did not arrive within {seconds} s"))
        }
    })
}

/// Returns an answer. That to a webhook has no body; any other says why it is none.
fn response(status: u16, content: &Content) -> Response<Full<Bytes>> {
    let body = match content {
        Content::Webhook(_) => String::new(),
        Content::Other(refusal) => format!("{}\n", refusal.problem),
    };
    let is_text = !body.is_empty();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if is_text {
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, text);
    }
    if status == 405 {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    }
    response
}

impl Unanswered<'_> {
    fn answered(mut self, status: u16) {
        self.is_answered = true;
        self.lines.answered(self.arrival, Some(status), self.watch.elapsed_ms());
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.lines.answered(self.arrival, None, self.watch.elapsed_ms());
        }
    }
}
