//! The real binary as a child process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The exit code and the output of a command.
pub struct Finished {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap()
    }
}

/// The binary with arguments and nothing of ours in its environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_belvo-emulator"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BELVO_EMULATOR_") {
            command.env_remove(name);
        }
    }
    command
}

pub fn run(arguments: &[&str]) -> Finished {
    finish(command(arguments))
}

pub fn finish(mut command: Command) -> Finished {
    let output = command.output().unwrap();
    Finished {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The status and the body of a request with a pair of keys.
pub fn call(
    keys: &str,
    method: &str,
    url: &str,
    body: Option<&Value>,
) -> Result<(u16, Value), ureq::Error> {
    let body = body.map(Value::to_string).unwrap_or_default();
    send(keys, method, url, body.as_bytes())
}

/// The status and the body of a request with a pair of keys, and with a body of these bytes.
fn send(keys: &str, method: &str, url: &str, body: &[u8]) -> Result<(u16, Value), ureq::Error> {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(url)
        .header("Authorization", format!("Basic {}", STANDARD.encode(keys)))
        .header("Content-Type", "application/json")
        .body(body)
        .unwrap();
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(120)))
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .build()
        .new_agent();
    let mut response = agent.run(request)?;
    let text = response.body_mut().read_to_string()?;
    Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null)))
}

/// An emulator that serves until it is dropped.
pub struct Server {
    child: Child,
    pub ready_line: String,
    pub url: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on a free port and waits for the line that says it is ready.
    pub fn start(arguments: &[&str]) -> Server {
        Server::spawn(command(&[&["--port", "0"], arguments].concat()))
    }

    pub fn spawn(command: Command) -> Server {
        let mut server = Server::spawn_unread(command);
        server.read_log();
        server
    }

    /// Starts it without anybody who reads its stderr.
    pub fn spawn_unread(mut command: Command) -> Server {
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut ready_line = String::new();
        stdout.read_line(&mut ready_line).unwrap();
        thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        let url = ready_line.trim_end().rsplit(' ').next().unwrap().to_owned();
        let mut server = Server { child, ready_line, url, log, reader: None };
        if !server.url.starts_with("http") {
            let code = server.child.wait();
            server.read_log();
            let log = server.whole_log();
            panic!("not ready: {:?} {code:?} {log}", server.ready_line);
        }
        server
    }

    /// Reads stderr from now on.
    pub fn read_log(&mut self) {
        let Some(stderr) = self.child.stderr.take() else { return };
        let log = self.log.clone();
        self.reader = Some(thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut log = log.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        }));
    }

    /// Reads the log to its end.
    fn whole_log(&mut self) -> String {
        self.reader.take().map(JoinHandle::join);
        self.log()
    }

    /// Waits until the log has what is looked for, and returns the log.
    #[track_caller]
    pub fn log_with(&self, is_there: impl Fn(&str) -> bool) -> String {
        for _ in 0..3000 {
            let log = self.log();
            if is_there(&log) {
                return log;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the log lacks it: {}", self.log());
    }

    /// The lines that it has written to stderr so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn tell(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Tells it to stop and waits until it has, for half a minute at most, and until its last line is
    /// in the log.
    #[track_caller]
    pub fn stop(&mut self, signal: &str) -> ExitStatus {
        self.tell(signal);
        for _ in 0..3000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.whole_log();
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!(
            "SIG{signal} does not stop it. Under nohup, SIGHUP does not: run the tests without it."
        );
    }

    /// The status and the body of a request.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        call("id:password", method, &format!("{}{path}", self.url), body).unwrap()
    }

    /// The status and the body of a request with a body of these bytes.
    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        send("id:password", method, &format!("{}{path}", self.url), body).unwrap()
    }

    pub fn get(&self, path: &str) -> Value {
        let (status, body) = self.request("GET", path, None);
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Creates a single link and returns its answer.
    pub fn create_link(&self, curp: &str) -> Value {
        let body = json!({
            "institution": "planet_mx_employment",
            "username": curp,
            "access_mode": "single",
            "fetch_resources": ["EMPLOYMENT_RECORDS"],
        });
        let (status, link) = self.request("POST", "/api/links/", Some(&body));
        assert_eq!(status, 201, "{link}");
        link
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
