//! The process's log: lines on stderr, for people or for programs.

mod text;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::{Subscriber, dispatcher, subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

use crate::cli::flags::{Flags, LogFormat};
use crate::cli::log::text::TextLines;
use crate::cli::look::Look;
use crate::cli::stream::STDERR;
use crate::http::request_line;

/// Shows lines up to `level`, unless the flags ask for quiet. Lines of libraries are left out,
/// because they help no user of the emulator.
pub(super) fn start(flags: &Flags, level: LevelFilter) {
    let ours = Targets::new().with_target("belvo_emulator", level);
    let ours = match (flags.output.quiet, flags.output.log_requests) {
        (true, _) => Targets::new().with_target("belvo_emulator", LevelFilter::ERROR),
        (false, true) => ours.with_target(request_line::TARGET, LevelFilter::DEBUG),
        (false, false) => ours,
    };
    let format = flags.output.log_format;
    STDERR.count_losses(match format {
        LogFormat::Text => |lost| lost_line(LogFormat::Text, lost),
        LogFormat::Json => |lost| lost_line(LogFormat::Json, lost),
    });
    registry().with(ours).with(lines(format, || &STDERR)).init();
}

/// Writes panics to the log. Before the log starts, and in commands that have none, they are text
/// on stderr. Rust's own way would wait for whoever reads stderr.
pub(super) fn write_panics() {
    panic::set_hook(Box::new(|panic| {
        let sentence = sentence(panic);
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // It is captured where RUST_BACKTRACE asks for it.
        let backtrace = Backtrace::capture();
        let backtrace = match backtrace.status() {
            BacktraceStatus::Captured => Some(backtrace.to_string()),
            _ => None,
        };
        if dispatcher::has_been_set() {
            tracing::error!(place, reason = sentence, backtrace, "a thread panicked");
        } else {
            let backtrace = backtrace.map(|trace| format!("\n{trace}")).unwrap_or_default();
            STDERR.say(&format!("panic at {place}: {sentence}{backtrace}"));
        }
    }));
}

fn sentence<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let sentence = panic.payload().downcast_ref::<&str>().copied();
    let sentence = sentence.or_else(|| panic.payload().downcast_ref::<String>().map(|s| &**s));
    sentence.unwrap_or("a value that is no text")
}

/// Formats the lines of the log.
fn lines<S, W>(format: LogFormat, writer: W) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_target(false);
    match format {
        LogFormat::Text => lines.event_format(TextLines { look: Look::of(&io::stderr()) }).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// Returns the line that says how many lines were lost.
fn lost_line(format: LogFormat, lost: u64) -> Vec<u8> {
    let line = Line::default();
    let writer = line.clone();
    let log = Registry::default().with(lines(format, move || writer.clone()));
    subscriber::with_default(log, || {
        tracing::warn!(lost, "log lines were lost because nobody read the log");
    });
    std::mem::take(&mut *line.0.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A line that is kept.
#[derive(Clone, Default)]
struct Line(Arc<Mutex<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::{env, thread};

    use clap::Parser;
    use tracing::level_filters::LevelFilter;

    use crate::cli::flags::Flags;
    use crate::cli::log;
    use crate::cli::stream::LastLines;

    /// The form of the log of a process that panics.
    const FORM: &str = "TEST_FORM_OF_PANIC";

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }

    /// Runs this test in a process of its own, which panics, and returns what that wrote.
    fn panic_of_a_process(form: &str, backtrace: &str) -> String {
        let name = "cli::log::tests::a_panic_is_a_line_of_the_log";
        let mut process = Command::new(env::current_exe().unwrap());
        process.args([name, "--exact", "--nocapture"]).stdout(Stdio::null());
        process.env(FORM, form).env("RUST_BACKTRACE", backtrace);
        String::from_utf8(process.output().unwrap().stderr).unwrap()
    }

    fn panic(form: &str) {
        log::write_panics();
        if form != "before" {
            let line = Line::parse_from(["emulator", "--quiet", "--log-format", form]);
            log::start(&line.flags, LevelFilter::INFO);
        }
        let number = 7;
        thread::spawn(move || panic!("the test wants it {number} times")).join().unwrap_err();
        drop(LastLines);
    }

    /// The hook is one for the whole process.
    #[test]
    fn a_panic_is_a_line_of_the_log() {
        if let Ok(form) = env::var(FORM) {
            return panic(&form);
        }
        let place = "src/cli/log/mod.rs:";
        let early = panic_of_a_process("before", "0");
        let words = ["panic at src/cli/log/mod.rs:", ": the test wants it 7 times\n"];
        assert!(early.starts_with(words[0]) && early.ends_with(words[1]), "{early}");
        let text = panic_of_a_process("text", "0");
        assert!(text.contains("ERROR a thread panicked place="), "{text}");
        assert!(text.contains(place) && text.contains("the test wants it 7 times"), "{text}");
        let json = panic_of_a_process("json", "1");
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (&json["level"], &json["reason"]),
            (&"ERROR".into(), &"the test wants it 7 times".into())
        );
        assert!(json["place"].as_str().unwrap().starts_with(place), "{json}");
        assert!(json["backtrace"].as_str().unwrap().contains("cli::log::tests"), "{json}");
    }
}
