//! The little of a shell that the examples use: variables, quotes, `curl`, a file to write to, and
//! a variable that takes the first text of an answer.

use std::collections::HashMap;

/// The end of a command that takes the first text of an object: the fourth part between quotes.
const FIRST_VALUE: &str = " | cut -d'\"' -f4)";

/// The variables of a page.
#[derive(Default)]
pub struct Shell {
    variables: HashMap<String, String>,
}

pub enum Command {
    Assignment,
    Curl(Curl),
    /// A call, and the variable that takes the first value of its answer.
    Capture(String, Curl),
    /// The arguments of the binary.
    Emulator(Vec<String>),
}

/// A call of `curl`.
#[derive(Default)]
pub struct Curl {
    pub method: Option<String>,
    pub keys: Option<(String, String)>,
    pub path: String,
    pub headers: Vec<(String, String)>,
    /// The body, or `@` and the name of a file.
    pub body: Option<String>,
    /// The file that the answer is written to.
    pub output: Option<String>,
}

impl Curl {
    pub fn method(&self) -> &str {
        match &self.method {
            Some(method) => method,
            None if self.body.is_some() => "POST",
            None => "GET",
        }
    }
}

impl Shell {
    /// The commands of a block, in order; they are read as they are run.
    pub fn lines(block: &str) -> Vec<String> {
        let (mut lines, mut line) = (Vec::new(), String::new());
        for next in block.lines() {
            line.push_str(next);
            let is_quoted = line.matches('\'').count() % 2 == 1;
            if is_quoted {
                line.push('\n');
            } else if line.ends_with('\\') {
                line.pop();
            } else {
                lines.push(std::mem::take(&mut line));
            }
        }
        assert!(line.is_empty(), "the block ends inside a command: {line}");
        lines.retain(|line| !line.trim().is_empty() && !line.trim().starts_with('#'));
        lines
    }

    pub fn read(&mut self, line: &str) -> Result<Command, String> {
        if let Some((name, call)) = line.split_once("=$(") {
            let call = call.strip_suffix(FIRST_VALUE).ok_or(format!("{line}: not understood"))?;
            let Command::Curl(curl) = self.read(call)? else {
                return Err(format!("{call}: only the answer of curl can be taken"));
            };
            self.set(name, "taken when it is run");
            return Ok(Command::Capture(name.to_owned(), curl));
        }
        let words = self.words(line);
        match words.first().map(String::as_str) {
            Some("curl") => self.curl(&words[1..]).map(Command::Curl),
            Some("belvo-emulator") => Ok(Command::Emulator(words[1..].to_vec())),
            Some("export") => self.assign(&words[1]),
            Some(word) => self.assign(word),
            None => Err("an empty command".to_owned()),
        }
    }

    fn assign(&mut self, word: &str) -> Result<Command, String> {
        let (name, value) = word.split_once('=').ok_or(format!("{word}: not understood"))?;
        self.set(name, value);
        Ok(Command::Assignment)
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    fn words(&self, line: &str) -> Vec<String> {
        let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
        let mut chars = line.chars().peekable();
        while let Some(char) = chars.next() {
            match (char, quote) {
                ('\'' | '"', None) => {
                    quote = Some(char);
                    word.get_or_insert_default();
                }
                (_, Some(open)) if char == open => quote = None,
                ('$', None | Some('"')) => {
                    let mut name = String::new();
                    while let Some(next) = chars.next_if(|next| next.is_ascii_uppercase()) {
                        name.push(next);
                    }
                    let value = self.variables.get(&name).unwrap_or_else(|| panic!("no ${name}"));
                    word.get_or_insert_default().push_str(value);
                }
                (' ', None) => words.extend(word.take()),
                _ => word.get_or_insert_default().push(char),
            }
        }
        words.extend(word);
        words
    }

    fn curl(&self, words: &[String]) -> Result<Curl, String> {
        let mut curl = Curl::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().ok_or(format!("{word} has no value"));
            match word.as_str() {
                "-s" | "-N" => {}
                "-X" => curl.method = Some(value()?),
                "-u" => curl.keys = value()?.split_once(':').map(pair),
                ">" => curl.output = Some(value()?),
                "-H" => curl.headers.extend(value()?.split_once(": ").map(pair)),
                "-d" => curl.body = Some(value()?),
                "--json" => {
                    for name in ["Content-Type", "Accept"] {
                        curl.headers.push((name.into(), "application/json".into()));
                    }
                    curl.body = Some(value()?);
                }
                option if option.starts_with('-') => return Err(format!("{option}: not known")),
                url => self.address(url, &mut curl)?,
            }
        }
        Ok(curl)
    }

    fn address(&self, url: &str, curl: &mut Curl) -> Result<(), String> {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let (host, path) = rest.split_once('/').ok_or(format!("{url}: no path"))?;
        let (keys, host) = host.rsplit_once('@').unwrap_or(("", host));
        if host != "127.0.0.1:23586" {
            return Err(format!("{url}: not the emulator"));
        }
        curl.path = format!("/{path}");
        curl.keys = keys.split_once(':').map(pair).or(curl.keys.take());
        Ok(())
    }
}

fn pair((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}
