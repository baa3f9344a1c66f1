//! The process that started the emulator: when it ends, and as PID 1.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::process::{Server, command, finish, run};

const BINARY: &str = env!("CARGO_BIN_EXE_belvo-emulator");

/// A shell that is the parent of what its script starts.
fn shell(script: &str) -> Child {
    let mut shell = Command::new("sh");
    shell.args(["-c", script, BINARY]).stdin(Stdio::null()).stdout(Stdio::piped());
    shell.env_remove("BELVO_EMULATOR_EXIT_WITH_PARENT").spawn().unwrap()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Reads a stream to its end, which comes when the last process that has it open has ended.
fn rest(mut stream: impl Read + Send + 'static) -> String {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        sender.send(rest)
    });
    receiver.recv_timeout(Duration::from_secs(60)).expect("a process lives on")
}

fn line(stream: &mut impl BufRead) -> String {
    let mut line = String::new();
    stream.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

#[test]
fn when_asked_to_it_ends_with_the_process_that_started_it() {
    for asked in ["--exit-with-parent", "", "by variable"] {
        let (flag, variable) = match asked {
            "by variable" => ("", "BELVO_EMULATOR_EXIT_WITH_PARENT=yes"),
            flag => (flag, ""),
        };
        let mut parent =
            shell(&format!("env {variable} \"$0\" --port 0 {flag} 2>&1 & echo $!; wait"));
        let mut stdout = BufReader::new(parent.stdout.take().unwrap());
        let pid = line(&mut stdout);
        let url = line(&mut stdout).rsplit(' ').next().unwrap().to_owned();
        kill(&mut parent);
        if asked.is_empty() {
            let port = url.rsplit(':').next().unwrap();
            assert_eq!(run(&["healthcheck", "--port", port]).code, 0, "{url}");
            assert!(Command::new("kill").arg(&pid).status().unwrap().success());
        }
        let rest = rest(stdout);
        let said = rest.contains("the parent process has ended");
        assert_eq!(said, !asked.is_empty(), "{asked}: {rest}");
    }
}

/// A shell between the runner and the emulator outlives the runner, and stdin does not.
#[test]
fn when_asked_to_it_ends_with_a_stdin_that_somebody_held_open() {
    let script = ["-c", "\"$0\" --port 0 --exit-with-parent; echo ended $?", BINARY];
    let (reader, pipe) = std::io::pipe().unwrap();
    let (near, far) = UnixStream::pair().unwrap();
    let held: [(OwnedFd, Box<dyn WriteAndHold>); 2] =
        [(reader.into(), Box::new(pipe)), (far.into(), Box::new(near))];
    for (stdin, mut other_end) in held {
        let mut shell = Command::new("sh");
        shell.args(script).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut shell = shell.spawn().unwrap();
        let mut stdout = BufReader::new(shell.stdout.take().unwrap());
        assert!(line(&mut stdout).contains("ready"));
        other_end.write_all(b"nobody reads this").unwrap();
        drop(other_end);
        assert_eq!(rest(stdout), "ended 0\n");
        shell.wait().unwrap();
    }
}

trait WriteAndHold: Write {}
impl<T: Write> WriteAndHold for T {}

#[test]
fn a_stdin_that_is_closed_from_the_beginning_stops_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(writer);
    let mut closed = command(&["--port", "0", "--exit-with-parent"]);
    closed.stdin(reader);
    let mut server = Server::spawn(closed);
    assert_eq!(server.get("/api/"), serde_json::json!({}));
    assert_eq!(server.stop("TERM").code(), Some(0));
    assert!(!server.log().contains("the parent process has ended"), "{}", server.log());
}

#[test]
fn exec_its_command_and_what_that_started_end_with_the_process_that_started_exec() {
    // The last ignores polite signals.
    for command in ["sleep 1000 & echo up; wait", "trap '' TERM; echo up; sleep 1000; sleep 1000"] {
        let mut parent = shell(&format!("\"$0\" exec -- sh -c \"{command}\" 2>&1 & wait"));
        let mut stdout = BufReader::new(parent.stdout.take().unwrap());
        assert_eq!(line(&mut stdout), "up");
        kill(&mut parent);
        let rest = rest(stdout);
        assert!(rest.contains("the process that started exec has ended"), "{command}: {rest}");
    }
}

/// A command that was started to outlive its terminal.
#[test]
fn under_nohup_exec_and_its_command_go_on_without_the_process_that_started_exec() {
    let (mut gate, opened) = UnixStream::pair().unwrap();
    // The other one shows when they have noticed.
    let script = "exec 3<&0
                  nohup \"$0\" exec -- sh -c 'echo up; read line; echo went on' <&3 2>&1 &
                  \"$0\" exec -- sh -c 'echo up; sleep 1000' 2>&1 & wait";
    let mut parent = Command::new("sh");
    parent.args(["-c", script, BINARY]).stdin(OwnedFd::from(opened)).stdout(Stdio::piped());
    let mut parent = parent.spawn().unwrap();
    let mut stdout = BufReader::new(parent.stdout.take().unwrap());
    let mut up = 0;
    while up < 2 {
        up += usize::from(line(&mut stdout) == "up");
    }
    kill(&mut parent);
    while !line(&mut stdout).contains("the process that started exec has ended") {}
    gate.write_all(b"go\n").unwrap();
    let rest = rest(stdout);
    assert!(rest.contains("went on") && !rest.contains("has ended"), "{rest}");
}

/// A command as PID 1 of a namespace of its own. None where that is not permitted.
fn as_pid_1(words: &[&str]) -> Option<Command> {
    let inside = |words: &[&str]| {
        let mut unshare = Command::new("unshare");
        unshare.args(["--pid", "--fork", "--mount-proc", "--kill-child"]).args(words);
        unshare.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        unshare
    };
    let permitted = inside(&["true"]).output().is_ok_and(|output| output.status.success());
    if !permitted {
        println!("skipped: a namespace for processes is not permitted here");
    }
    permitted.then(|| inside(words))
}

#[test]
fn as_pid_1_exec_reaps_orphans_and_passes_the_exit_code_on() {
    // The orphan's parent has ended before the orphan does.
    let script = "orphan=$(sh -c 'sleep 0.2 >/dev/null & echo $!'); tries=0; \
                  while [ -e /proc/$orphan ]; do tries=$((tries+1)); [ $tries -lt 200 ] || exit 9; \
                  sleep 0.1; done; exit 7";
    let Some(exec) = as_pid_1(&[BINARY, "exec", "--quiet", "--", "sh", "-c", script]) else {
        return;
    };
    let finished = finish(exec);
    assert_eq!((finished.code, finished.stderr), (7, String::new()));
}

#[test]
fn as_pid_1_serve_reaps_orphans() {
    // The shell becomes the emulator; the orphan ends later.
    let script = "sh -c 'sleep 0.5 >/dev/null 2>&1 &'; exec \"$0\" --port 0";
    let Some(serve) = as_pid_1(&["sh", "-c", script, BINARY]) else { return };
    let server = Server::spawn(serve);
    let children = |parent: u32| -> Vec<u32> {
        let directories = fs::read_dir("/proc").unwrap();
        let ids = directories.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
        let parent_of = |id: &u32| -> Option<u32> {
            let line = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            line.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        };
        ids.filter(|id| parent_of(id) == Some(parent)).collect()
    };
    let [pid_1] = children(server.pid())[..] else { panic!("unshare has another child") };
    for _ in 0..600 {
        if children(pid_1).is_empty() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("an orphan was not reaped: {:?}", children(pid_1));
}
