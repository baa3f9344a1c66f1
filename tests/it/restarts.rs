//! Starts after another: the port and the port file of an emulator that is going, and what earlier
//! runs and other programs have left at the path.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::app::CURP;
use crate::process::{Server, call, command, finish, run};

const KEYS: &str = "id:password";

fn tell(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
}

/// A call that waits in the emulator, so that its stop takes its time.
fn wait_in(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = "POST /_emulator/webhooks/await HTTP/1.1\r\nHost: localhost\r\nContent-Type: \
                application/json\r\nAuthorization: Basic aWQ6cGFzc3dvcmQ=\r\nContent-Length: 2\r\n\r\n{}";
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// As a developer's script does it: kill, start, wait, test. Each emulator has links until it goes.
#[test]
fn fifty_restarts_on_one_port_with_one_port_file_are_never_answered_by_the_one_that_is_going() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = path.to_str().unwrap();
    let first = Server::start(&["--port-file", port_file]);
    let port = first.port();
    drop(first);
    let start = || {
        let flags = ["--port", &port.to_string(), "--port-file", port_file];
        let mut command = command(&flags);
        command.stdout(Stdio::null());
        command.spawn().unwrap()
    };
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let mut running = start();
    for restart in 0..50 {
        let asked = run(&["healthcheck", "--wait", "--port-file", port_file]);
        assert_eq!((asked.code, asked.stderr), (0, String::new()), "{restart}");
        let links = call(KEYS, "GET", &url("/api/links/"), None);
        let (status, links) = links.unwrap_or_else(|error| panic!("restart {restart}: {error}"));
        assert_eq!((status, &links["count"]), (200, &json!(0)), "restart {restart}");
        let body = json!({"institution": "planet_mx_employment", "username": CURP});
        assert_eq!(call(KEYS, "POST", &url("/api/links/"), Some(&body)).unwrap().0, 201);
        let _waiting = wait_in(port);
        tell(&running, "TERM");
        let next = start();
        let ended = std::mem::replace(&mut running, next).wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "restart {restart}: {stderr}");
    }
    assert_eq!(run(&["healthcheck", "--wait", "--port-file", port_file]).code, 0);
    tell(&running, "TERM");
    assert_eq!(running.wait().unwrap().code(), Some(0));
    assert!(!path.exists());
}

#[test]
fn a_stop_leaves_the_port_file_of_the_emulator_that_started_later() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = ["--port-file", path.to_str().unwrap()];
    let mut one = Server::start(&port_file);
    let mut two = Server::start(&port_file);
    assert_eq!(one.stop("TERM").code(), Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", two.port()));
    assert_eq!(two.stop("TERM").code(), Some(0));
    assert!(!path.exists());
}

#[test]
fn what_a_killed_emulator_leaves_does_not_stop_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let port_file = path.to_str().unwrap();
    for leftover in ["", "23586\n", "1"] {
        fs::write(&path, leftover).unwrap();
        let mut killed = Server::start(&["--port-file", port_file]);
        killed.stop("KILL");
        assert!(path.exists());
        let port = killed.port().to_string();
        let mut next = Server::spawn(command(&["--port", &port, "--port-file", port_file]));
        assert_eq!(next.stop("TERM").code(), Some(0));
        assert!(!path.exists());
    }
}

fn make(path: &Path, kind: &str) {
    match kind {
        "directory" => fs::create_dir(path).unwrap(),
        "link" => {
            fs::write(path.with_extension("target"), "1\n").unwrap();
            symlink(path.with_extension("target"), path).unwrap();
        }
        "pipe" => assert!(Command::new("mkfifo").arg(path).status().unwrap().success()),
        text => fs::write(path, text).unwrap(),
    }
}

#[test]
fn what_no_emulator_has_written_is_never_replaced() {
    let cases = [
        ("directory", "there is a directory"),
        ("link", "there is a symbolic link"),
        ("pipe", "there is no regular file"),
        ("SECRET=1\n", "there is a file that holds something other than a port"),
        ("123456", "there is a file that holds something other than a port"),
        ("80 90", "there is a file that holds something other than a port"),
        ("80                            ", "there is a file that holds something other than"),
    ];
    for (kind, sentence) in cases {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("port");
        let port_file = ["--port-file", path.to_str().unwrap()];
        make(&path, kind);
        let before = fs::symlink_metadata(&path).unwrap();
        for (first, last) in [("serve", vec!["--port", "0"]), ("exec", vec!["true"])] {
            let finished = run(&[[first].as_slice(), &port_file, &last].concat());
            assert_eq!(finished.code, 2, "{kind}: {}", finished.stderr);
            let named = format!("--port-file {}: {sentence}", path.display());
            assert!(finished.stderr.contains(&named), "{kind}: {}", finished.stderr);
            assert!(finished.stderr.contains("name another path"), "{}", finished.stderr);
        }
        let after = fs::symlink_metadata(&path).unwrap();
        assert_eq!(before.file_type(), after.file_type(), "{kind}");
        assert_eq!(before.modified().unwrap(), after.modified().unwrap(), "{kind}");
    }
}

#[test]
fn a_planted_link_beside_the_port_file_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("port");
    let victim = directory.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, directory.path().join("port.partial")).unwrap();
    // The shell becomes the emulator, so that its number in the name is known beforehand.
    let plant = "for n in 0 1 2; do ln -s \"$1\" \"$0.$$-$n.partial\"; done; exec \"$2\" --port 0 \
                 --port-file \"$0\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", plant]).args([&path, &victim]).arg(env!("CARGO_BIN_EXE_belvo-emulator"));
    shell.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Server::spawn(shell);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", server.port()));
    server.stop("TERM");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(!path.exists());
}

#[test]
fn a_port_file_that_cannot_be_written_is_said_before_the_emulator_is_ready() {
    let directory = tempfile::tempdir().unwrap();
    let cases = [
        (directory.path().join("none/port"), "does not exist: create it"),
        ("/proc/port".into(), "--port-file /proc/port: "),
    ];
    for (path, sentence) in cases {
        let finished = run(&["--port", "0", "--port-file", path.to_str().unwrap()]);
        assert_eq!((finished.code, finished.stdout.as_str()), (2, ""), "{}", finished.stderr);
        assert!(finished.stderr.contains("--port-file /"), "{}", finished.stderr);
        assert!(finished.stderr.contains(sentence), "{}", finished.stderr);
    }
}

/// The binary with names of its own for addresses. None where no mount is permitted.
fn with_hosts(hosts: &Path, arguments: &[&str]) -> Option<Command> {
    let mount = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    let binary = [hosts.to_str().unwrap(), env!("CARGO_BIN_EXE_belvo-emulator")];
    let inside = |words: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["-m", "sh", "-c", mount, binary[0]]).args(words);
        unshare.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        unshare
    };
    let permitted = inside(&["true"]).status().is_ok_and(|status| status.success());
    permitted.then(|| inside(&[&[binary[1]], arguments].concat()))
}

#[test]
fn a_name_is_listened_to_at_all_its_addresses_on_one_port() {
    let directory = tempfile::tempdir().unwrap();
    let hosts = directory.path().join("hosts");
    let mut addresses = vec!["127.0.0.3", "127.0.0.2"];
    if TcpListener::bind("[::1]:0").is_ok() {
        addresses.push("::1");
    }
    // The last is nobody's, as ::1 is in a container without IPv6.
    let rows = addresses.iter().chain(&["192.0.2.1"]).map(|it| format!("{it} twin.test\n"));
    fs::write(&hosts, rows.collect::<String>()).unwrap();
    for port in ["0", "fixed"] {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let port = if port == "0" { port.to_owned() } else { free.to_string() };
        let serve = with_hosts(&hosts, &["--host", "twin.test", "--port", &port]);
        let Some(serve) = serve else {
            println!("skipped: mounting a hosts file is not permitted here");
            return;
        };
        let server = Server::spawn(serve);
        let port = server.port().to_string();
        for address in &addresses {
            let asked = run(&["healthcheck", "--port", &port, "--host", address]);
            assert_eq!((asked.code, asked.stderr), (0, String::new()), "{address}");
        }
        assert_eq!(server.get("/livez"), json!({"status": "ok"}), "{}", server.url);
        let by_name = ["healthcheck", "--port", &port, "--host", "twin.test"];
        assert_eq!(finish(with_hosts(&hosts, &by_name).unwrap()).code, 0);
    }
}

#[test]
fn brackets_around_an_address_are_accepted_in_the_variable_too() {
    if TcpListener::bind("[::1]:0").is_err() {
        println!("skipped: this machine has no IPv6");
        return;
    }
    let mut by_variable = command(&["--port", "0"]);
    by_variable.env("BELVO_EMULATOR_HOST", "[::1]");
    let server = Server::spawn(by_variable);
    assert_eq!(server.url, format!("http://[::1]:{}", server.port()));
    assert_eq!(server.get("/livez"), json!({"status": "ok"}));
}
