//! Few file descriptors, as macOS and small containers give them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::process::{Server, run};

const BINARY: &str = env!("CARGO_BIN_EXE_belvo-emulator");

/// The binary under a limit, such as `-Sn 256`.
fn limited(limit: &str, arguments: &[&str]) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit} && exec \"$0\" \"$@\""), BINARY]).args(arguments);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(server: &Server) -> Client {
        Client(BufReader::new(TcpStream::connect(("127.0.0.1", server.port())).unwrap()))
    }

    fn send(&mut self, method_and_path: &str, body: &str) {
        let request = format!(
            "{method_and_path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic aTpw\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
    }

    /// Reads an answer, and tells whether the connection goes on.
    fn is_kept_after_answer(&mut self) -> bool {
        let (mut length, mut is_kept) = (0, true);
        for number in 0.. {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let line = line.trim_end().to_lowercase();
            assert!(number > 0 || line.starts_with("http/1.1 "), "no answer: {line:?}");
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().unwrap();
            }
            is_kept &= line != "connection: close";
            if line.is_empty() {
                break;
            }
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
        is_kept
    }

    fn ask(&mut self) -> bool {
        self.send("GET /api/links/", "");
        self.is_kept_after_answer()
    }
}

fn ask_health(server: &Server) {
    let port = server.port().to_string();
    let asked = run(&["healthcheck", "--wait", "--port", &port]);
    assert_eq!((asked.code, asked.stderr), (0, String::new()));
}

/// 256 is what macOS gives.
#[test]
fn the_soft_limit_is_raised() {
    let server = Server::spawn(limited("-Sn 256", &["--port", "0"]));
    let mut clients: Vec<Client> = (0..400).map(|_| Client::connect(&server)).collect();
    for _ in 0..2 {
        assert!(clients.iter_mut().all(Client::ask));
    }
    ask_health(&server);
    assert!(!server.log().contains("descriptors"), "{}", server.log());
}

#[test]
fn where_the_limit_is_low_further_clients_are_answered_once_and_the_log_says_so_once() {
    let mut server = Server::spawn(limited("-n 256", &["--port", "0"]));
    let mut kept = Vec::new();
    let mut closed = 0;
    for _ in 0..500 {
        let mut client = Client::connect(&server);
        match client.ask() {
            true => kept.push(client),
            false => closed += 1,
        }
    }
    assert!(kept.len() > 20 && kept.len() < 120 && closed > 300, "{} {closed}", kept.len());
    ask_health(&server);
    assert!(kept.iter_mut().all(Client::ask), "a client lost its connection");
    drop(kept);
    // Places become free as the server notices that the clients have left.
    while !Client::connect(&server).ask() {}
    server.stop("TERM");
    let log = server.log();
    let said = "the limit of 256 file descriptors has room for few more";
    assert_eq!(log.matches(said).count(), 1, "{log}");
    assert!(log.contains("not 256: the limit is 256 file descriptors"), "{log}");
}

/// More waiting calls than there are descriptors.
#[test]
fn it_serves_again_once_calls_that_took_all_descriptors_have_ended() {
    let server = Server::spawn(limited("-n 128", &["--port", "0"]));
    let mut waiting: Vec<Client> = (0..200).map(|_| Client::connect(&server)).collect();
    for client in &mut waiting {
        client.send("POST /_emulator/webhooks/await", r#"{"timeout": "1s"}"#);
    }
    for client in &mut waiting {
        client.is_kept_after_answer();
    }
    drop(waiting);
    ask_health(&server);
    Client::connect(&server).ask();
}

/// Programs that use select() break with descriptors of 1,024 and more.
#[test]
fn the_command_of_exec_has_the_limit_that_exec_was_started_with() {
    let exec = limited("-Sn 256", &["exec", "--quiet", "--", "sh", "-c", "ulimit -Sn"]);
    let finished = crate::process::finish(exec);
    assert_eq!((finished.code, finished.stdout.as_str()), (0, "256\n"), "{}", finished.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn the_number_of_workers_is_from_1_to_256() {
    for workers in ["0", "257", "-1", "many"] {
        let refused = run(&["--workers", workers]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("--workers"), "{}", refused.stderr);
    }
    for workers in [1, 5] {
        let mut server = Server::start(&["--workers", &workers.to_string()]);
        server.create_link(crate::app::CURP);
        let threads = std::fs::read_dir(format!("/proc/{}/task", server.pid())).unwrap();
        let name = |thread: std::fs::DirEntry| {
            std::fs::read_to_string(thread.path().join("comm")).unwrap_or_default()
        };
        let names: Vec<String> = threads.map(|thread| name(thread.unwrap())).collect();
        let found = names.iter().filter(|name| name.starts_with("actix-rt")).count();
        assert_eq!(found, workers, "{names:?}");
        assert_eq!(server.stop("TERM").code(), Some(0));
    }
}
