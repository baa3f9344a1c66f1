use std::io;
use std::time::Duration;

use actix_web::rt::net::{TcpListener, TcpStream};
use futures_util::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time;
use uuid::Uuid;

use crate::account::RefusedRequest;
use crate::error::Error;
use crate::http::connection::refusal::{Refusal, Refusals};
use crate::http::connection::{
    ClientStream, HEAD_WITHIN, KEEP_ALIVE, MOST_AHEAD_BYTES, READ_BYTES,
};

const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n";

fn refuse(error: Error) -> RefusedRequest {
    RefusedRequest { error, request_id: Uuid::nil(), scenario: None, injection: None }
}

/// A client's end and ours of a connection.
async fn connected() -> (TcpStream, ClientStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (socket, _) = listener.accept().await.unwrap();
    (client, ClientStream::new(socket, Refusals::new(refuse)))
}

/// Returns what actix reads next. The time jumps while nothing arrives.
async fn read(stream: &mut ClientStream) -> io::Result<Vec<u8>> {
    let mut bytes = [0; 1024];
    let count = stream.read(&mut bytes).await?;
    Ok(bytes[..count].to_vec())
}

/// Returns what actix reads when this time is over, and checks that it reads nothing before.
async fn patience(stream: &mut ClientStream, limit: Duration) -> Vec<u8> {
    let moment = Duration::from_millis(5);
    let early = time::timeout(limit - moment, read(stream)).await;
    assert!(early.is_err(), "{early:?}");
    time::timeout(2 * moment, read(stream)).await.expect("the time is over").unwrap()
}

/// Sends bytes, and waits until they are at the other end.
async fn send(client: &mut TcpStream, stream: &ClientStream, bytes: &[u8]) {
    client.write_all(bytes).await.unwrap();
    stream.socket.as_ref().unwrap().readable().await.unwrap();
}

#[actix_web::test]
async fn a_head_that_stops_in_the_middle_is_given_up() {
    for first in [&b""[..], HEAD] {
        let (mut client, mut stream) = connected().await;
        send(&mut client, &stream, &[first, b"GET /"].concat()).await;
        time::pause();
        if !first.is_empty() {
            assert_eq!(read(&mut stream).await.unwrap(), first);
            stream.connection.end_answering();
        }
        assert_eq!(patience(&mut stream, HEAD_WITHIN).await, b"\0\r\n\r\n");
        assert_eq!(stream.requests.refusal, Some(Refusal::HeadTimeout));
        time::resume();
    }
}

/// The worker that reads it may have been busy, or the machine asleep.
#[actix_web::test]
async fn a_head_that_came_in_time_is_read_however_late() {
    let (mut client, mut stream) = connected().await;
    send(&mut client, &stream, &HEAD[..5]).await;
    assert!(read(&mut stream).now_or_never().is_none());
    send(&mut client, &stream, &HEAD[5..]).await;
    time::pause();
    time::advance(HEAD_WITHIN * 3).await;
    assert_eq!(read(&mut stream).await.unwrap(), HEAD);
}

/// Browsers connect before they have anything to ask for.
#[actix_web::test]
async fn a_client_that_sends_nothing_is_left_in_peace_and_then_without_a_word() {
    let (_client, mut stream) = connected().await;
    time::pause();
    assert_eq!(patience(&mut stream, KEEP_ALIVE).await, b"");
    assert_eq!(stream.requests.refusal, None);
}

/// Actix waits for the next request itself.
#[actix_web::test]
async fn a_connection_in_use_has_no_limit_of_its_own_between_requests() {
    let (mut client, mut stream) = connected().await;
    send(&mut client, &stream, HEAD).await;
    assert_eq!(read(&mut stream).await.unwrap(), HEAD);
    stream.connection.end_answering();
    time::pause();
    let next = time::timeout(Duration::from_secs(3600), read(&mut stream)).await;
    assert!(next.is_err(), "{next:?}");
}

/// Actix would give up the answer if it saw something malformed or the end behind the request.
#[actix_web::test]
async fn what_follows_a_request_waits_for_the_answer() {
    for (follows, expected) in [(HEAD, HEAD), (&b"\0"[..], &b"\0\r\n\r\n"[..])] {
        let (mut client, mut stream) = connected().await;
        send(&mut client, &stream, &[HEAD, follows].concat()).await;
        client.shutdown().await.unwrap();
        assert_eq!(read(&mut stream).await.unwrap(), HEAD);
        assert!(!stream.arrived.is_empty());
        let connection = stream.connection.clone();
        let mut next = std::pin::pin!(read(&mut stream));
        while !connection.has_been_closed() {
            assert!(next.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        assert!(next.as_mut().now_or_never().is_none());
        connection.end_answering();
        assert_eq!(next.await.unwrap(), expected);
    }
}

/// The end comes at once when nothing waits before it: whoever closes the connection does not wait
/// for the answer.
#[actix_web::test]
async fn a_client_that_leaves_during_its_request_is_noticed() {
    let (mut client, mut stream) = connected().await;
    send(&mut client, &stream, HEAD).await;
    assert_eq!(read(&mut stream).await.unwrap(), HEAD);
    drop(client);
    assert_eq!(read(&mut stream).await.unwrap(), b"");
}

/// A client that sends requests on and on, and reads no answer.
#[actix_web::test]
async fn what_comes_ahead_of_answers_takes_limited_memory() {
    let (client, mut stream) = connected().await;
    let sender = actix_web::rt::spawn(async move {
        let mut client = client;
        client.write_all(&HEAD.repeat(1024 * 1024)).await
    });
    assert_eq!(read(&mut stream).await.unwrap(), HEAD);
    let mut polls_when_full = 0;
    while polls_when_full < 100 {
        assert!(read(&mut stream).now_or_never().is_none());
        let held = stream.arrived.rest().len();
        assert!(held < MOST_AHEAD_BYTES + READ_BYTES, "{held}");
        polls_when_full += usize::from(held >= MOST_AHEAD_BYTES);
        tokio::task::yield_now().await;
    }
    sender.abort();
}

/// A client that reads nothing costs nothing but its place, and so it loses that.
#[actix_web::test]
async fn a_client_that_takes_nothing_of_a_stream_is_given_up_and_that_of_another_answer_is_not() {
    let within = Duration::from_secs(30);
    for is_limited in [true, false] {
        let (client, mut stream) = connected().await;
        if is_limited {
            stream.connection.end_unless_taken_within(within);
        }
        let part = [b'x'; 64 * 1024];
        // The buffers of the system take some, at their own pace.
        let full = Duration::from_millis(200);
        while time::timeout(full, stream.write(&part)).await.is_ok() {}
        time::pause();
        let early = time::timeout(within - Duration::from_secs(1), stream.write(&part)).await;
        assert!(early.is_err(), "{early:?}");
        let late = time::timeout(Duration::from_secs(3), stream.write(&part)).await;
        match is_limited {
            true => assert_eq!(late.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut),
            false => assert!(late.is_err(), "{late:?}"),
        }
        time::resume();
        drop(client);
    }
}

/// Without this, the second of two answers waits for the client's acknowledgement of the first.
#[actix_web::test]
async fn small_answers_are_sent_at_once() {
    let (_client, stream) = connected().await;
    assert!(stream.socket.as_ref().unwrap().nodelay().unwrap());
}
