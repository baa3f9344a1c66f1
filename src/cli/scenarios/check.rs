//! `belvo-emulator scenarios check`: shows all that is wrong in scenario files.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::scenarios::CheckFormat;
use crate::clock::Clock;
use crate::model::size;
use crate::model::text;
use crate::scenario::lint::{self, Drawing, Severity, Source, as_github, as_json, as_text};
use crate::scenario::{LARGEST_FILE_BYTES, built_in, read_file, read_folder};

/// The path that stands for stdin.
const STDIN: &str = "-";
/// The number of the folder of files that are named one by one.
const NAMED: usize = 1;

pub(super) fn run(
    flags: &Flags,
    paths: &[PathBuf],
    format: CheckFormat,
    denies_warnings: bool,
) -> Result<ExitCode, ExitError> {
    let own = sources(flags, paths).map_err(ExitError::Usage)?;
    let mut sources = built_in();
    if own.is_empty() {
        // Checked as if they were somebody's own.
        sources.iter_mut().for_each(|source| source.built_in = false);
    }
    sources.extend(own);
    let (report, _) = lint::check(sources, Clock::system().now().date_naive());
    let drawing =
        Drawing { colors: AutoStream::choice(&io::stdout()) != ColorChoice::Never, unicode: false };
    print(&match format {
        CheckFormat::Text => as_text(&report, drawing),
        CheckFormat::Json => as_json(&report),
        CheckFormat::Github => as_github(&report),
    })?;
    let denied =
        if denies_warnings { report.findings.len() } else { report.count(Severity::Error) };
    Ok(ExitCode::from(u8::from(denied > 0)))
}

/// Reads the files that are named, or else those of the folders of `--scenarios`.
fn sources(flags: &Flags, paths: &[PathBuf]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    let folders = flags.scenario_folders()?;
    let paths = if paths.is_empty() { &folders } else { paths };
    for (number, path) in paths.iter().enumerate() {
        let is_folder = path.is_dir();
        let files = match path.to_str() {
            Some(STDIN) => vec![("<stdin>".to_owned(), stdin()?)],
            _ if is_folder => read_folder(path)?,
            _ => vec![(path.display().to_string(), read_file(path)?)],
        };
        let folder = if is_folder { NAMED + 1 + number } else { NAMED };
        let source = |(path, text)| Source { path, text, built_in: false, folder };
        sources.extend(files.into_iter().map(source));
    }
    Ok(sources)
}

fn stdin() -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = LARGEST_FILE_BYTES as u64 + 1;
    let read = io::stdin().lock().take(limit).read_to_end(&mut bytes);
    read.map_err(|problem| format!("cannot read stdin: {problem}"))?;
    if bytes.len() > LARGEST_FILE_BYTES {
        return Err(format!("stdin is larger than {}", size::show(LARGEST_FILE_BYTES)));
    }
    text::decode(&bytes)
        .map(|text| text.into_owned())
        .map_err(|problem| format!("stdin: {problem}"))
}
