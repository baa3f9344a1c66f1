//! Runs the examples of a page, one after the other, and compares the answers with those it shows.
//!
//! An `sh` block holds calls of `curl` to the emulator, or of the binary. A call inside of
//! `NAME=$(… | cut -d'"' -f4)` sets a variable to the first value of its answer. A `json` block behind it is
//! the answer of its last command. Comments of the page direct the run:
//!
//! * `<!-- emulator: FLAGS -->`: from here on, another emulator, with these flags;
//! * `<!-- not run: REASON -->`: the next block is not run;
//! * `<!-- status: 409 -->`: the last command of the next block is refused with this status;
//! * `<!-- shows: KEY, LIST.KEY -->`: the next block shows these keys of the answer only;
//! * `<!-- message -->`: the next block is the message of the answer before it;
//! * `<!-- file: DIRECTORY/NAME -->`: the next block is written to a file;
//! * `<!-- same as: PATH -->`: the next block is this file of the repository;
//! * `<!-- receiver: refuses -->`, `accepts`: how the receiver of webhooks answers from here on;
//! * `<!-- time passes: 15s -->`: on the clock of the machine.
//!
//! With the variable `UPDATE_MANUAL` the answers are written into the pages instead.

use std::path::Path;
use std::pin::pin;
use std::{env, fs};

use actix_web::Error;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use chrono::TimeDelta;
use tempfile::TempDir;

use crate::app::{Answer, TestApp, app_with};
use crate::manual::answer::show;
use crate::manual::page::{Block, Page, Part, pages, root};
use crate::manual::shell::{Command, Curl, Shell};
use crate::process::run;

/// The headers that curl sends of its own.
const HEADERS_OF_CURL: &[(&str, &str)] =
    &[("Host", "127.0.0.1:23586"), ("User-Agent", "curl/8.5.0"), ("Accept", "*/*")];

/// How a page is run.
struct Run {
    shell: Shell,
    directory: TempDir,
    accepts: bool,
    next: Next,
    /// The body of the answer before.
    answer: Option<Vec<u8>>,
    /// The text of the page, and the text that it should have.
    differences: Vec<(Block, String)>,
}

/// The directives for the next block.
#[derive(Default)]
struct Next {
    is_run: Option<bool>,
    keys: Vec<String>,
    status: Option<u16>,
    is_message: bool,
    file: Option<String>,
    same_as: Option<String>,
}

#[actix_web::test]
async fn every_example_answers_as_its_page_shows() {
    let mut wrong = Vec::new();
    for page in pages() {
        let differences = run_page(&page).await;
        if env::var_os("UPDATE_MANUAL").is_some() {
            update(&page, differences);
        } else {
            wrong.extend(differences.iter().map(|(block, right)| {
                let shown = page.block(block);
                format!("{}:{} shows\n{shown}but it is\n{right}", page.name, block.line)
            }));
        }
    }
    let hint = "write the answers into the pages with UPDATE_MANUAL=1, and read what changed";
    assert!(wrong.is_empty(), "{}\n{hint}", wrong.join("\n"));
}

fn update(page: &Page, differences: Vec<(Block, String)>) {
    let mut text = page.text.clone();
    for (block, right) in differences.into_iter().rev() {
        text.replace_range(block.range, &right);
    }
    fs::write(root().join(&page.name), text).unwrap();
}

async fn run_page(page: &Page) -> Vec<(Block, String)> {
    let mut run = Run {
        shell: Shell::default(),
        directory: tempfile::tempdir().unwrap(),
        accepts: true,
        next: Next::default(),
        answer: None,
        differences: Vec::new(),
    };
    let mut app = app_with(&["--seed", "0"]).await;
    for part in page.parts() {
        match part {
            Part::Directive { name, value } if name == "emulator" => {
                let flags = run.flags(&value);
                let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
                app = app_with(&flags).await;
            }
            Part::Directive { name, value } if name == "time passes" => {
                let time = humantime::parse_duration(&value).unwrap();
                app.advance(TimeDelta::from_std(time).unwrap());
                app.send_webhooks_to(|_| run.accepts);
            }
            Part::Directive { name, value } => run.direct(&name, value),
            Part::Block(block) => {
                let place = format!("{}:{}", page.name, block.line);
                run.block(&app, page, block, &place).await;
            }
        }
    }
    run.differences
}

impl Run {
    fn flags(&self, text: &str) -> Vec<String> {
        let mut flags: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if let Some(place) = flags.iter().position(|flag| flag == "--scenarios") {
            let directory = self.directory.path().join(&flags[place + 1]);
            flags[place + 1] = directory.to_str().unwrap().to_owned();
        }
        flags.extend(["--seed".to_owned(), "0".to_owned()]);
        flags
    }

    fn direct(&mut self, name: &str, value: String) {
        match name {
            "not run" => {
                assert!(!value.is_empty(), "say why the example is not run");
                self.next.is_run = Some(false);
            }
            "shows" => self.next.keys = value.split(", ").map(str::to_owned).collect(),
            "status" => self.next.status = Some(value.parse().unwrap()),
            "message" => self.next.is_message = true,
            "file" => self.next.file = Some(value),
            "same as" => self.next.same_as = Some(value),
            "receiver" => self.accepts = value == "accepts",
            _ => panic!("<!-- {name} -->: not known"),
        }
    }

    async fn block<S>(&mut self, app: &TestApp<S>, page: &Page, block: Block, place: &str)
    where
        S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
    {
        let (next, text) = (std::mem::take(&mut self.next), page.block(&block));
        if next.is_run == Some(false) {
            return;
        }
        if let Some(path) = next.same_as {
            let file = fs::read_to_string(root().join(path)).unwrap();
            self.compare(block, text, file);
        } else if let Some(path) = next.file {
            write(self.directory.path(), &path, text);
        } else if next.is_message {
            let answer = self.answer.take().unwrap_or_else(|| panic!("{place}: no answer"));
            let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
            self.compare(block, text, format!("{}\n", answer[0]["message"].as_str().unwrap()));
        } else {
            match block.language.as_str() {
                "sh" => self.commands(app, text, next.status, place).await,
                "json" => {
                    let answer = self.answer.as_ref();
                    let answer = answer.unwrap_or_else(|| panic!("{place}: no answer"));
                    let right = show(answer, &next.keys);
                    self.compare(block, text, right);
                }
                "text" => {
                    let answer = self.answer.as_ref();
                    let answer = answer.unwrap_or_else(|| panic!("{place}: no answer"));
                    let right = String::from_utf8_lossy(answer).into_owned();
                    self.compare(block, text, right);
                }
                "" => {}
                language => panic!("{place}: say why {language} is not run"),
            }
        }
    }

    /// The body that curl sends: the text of `--json`, or the file that it names with `@`.
    fn body(&self, text: &str) -> String {
        match text.strip_prefix('@') {
            Some(name) => fs::read_to_string(self.directory.path().join(name)).unwrap(),
            None => text.to_owned(),
        }
    }

    fn compare(&mut self, block: Block, shown: &str, right: String) {
        if shown != right {
            self.differences.push((block, right));
        }
    }

    async fn commands<S>(&mut self, app: &TestApp<S>, text: &str, status: Option<u16>, place: &str)
    where
        S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
    {
        let lines = Shell::lines(text);
        for (index, line) in lines.iter().enumerate() {
            let is_last = index + 1 == lines.len();
            let read = self.shell.read(line).unwrap_or_else(|error| panic!("{place}: {error}"));
            match read {
                Command::Assignment => {}
                Command::Emulator(arguments) => {
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    self.answer = Some(run(&arguments).stdout.into_bytes());
                }
                Command::Capture(name, curl) => {
                    let body = curl.body.as_deref().map(|body| self.body(body));
                    let answer = call(app, &curl, body, self.accepts).await;
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    assert!(answer.status < 300, "{place}: {line}\n{body}");
                    let value = body.split('"').nth(3);
                    self.shell.set(&name, value.unwrap_or_else(|| panic!("{place}: {body}")));
                }
                Command::Curl(curl) => {
                    let body = curl.body.as_deref().map(|body| self.body(body));
                    let answer = call(app, &curl, body, self.accepts).await;
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    match status.filter(|_| is_last) {
                        Some(status) => assert_eq!(answer.status, status, "{place}: {body}"),
                        None => assert!(answer.status < 300, "{place}: {line}\n{body}"),
                    }
                    if let Some(name) = curl.output {
                        write(self.directory.path(), &name, &body);
                    }
                    self.answer = Some(answer.body);
                }
            }
        }
    }
}

fn write(directory: &Path, path: &str, text: &str) {
    let path = directory.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Makes a call while the courier works.
async fn call<S>(app: &TestApp<S>, curl: &Curl, body: Option<String>, accepts: bool) -> Answer
where
    S: Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
{
    let (id, password) = curl.keys.clone().unwrap_or_default();
    app.log_in_as(&id, &password);
    let method: Method = curl.method().parse().unwrap();
    let mut request = app.request(method, &curl.path);
    for header in HEADERS_OF_CURL {
        request = request.insert_header(*header);
    }
    for (name, value) in &curl.headers {
        request = request.insert_header((name.as_str(), value.as_str()));
    }
    if let Some(body) = body {
        let length = ("Content-Length", body.len().to_string());
        request = request.insert_header(length).set_payload(body);
    }
    let mut call = pin!(app.call_unchecked(request));
    let answer = loop {
        app.send_webhooks_to(|_| accepts);
        tokio::select! {
            biased;
            answer = &mut call => break answer,
            () = tokio::task::yield_now() => {}
        }
    };
    app.send_webhooks_to(|_| accepts);
    answer
}
