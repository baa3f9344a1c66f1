//! From scenario files to a catalogue.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::model::json;
use crate::scenario::built_in::FILES;
use crate::scenario::folder::{read_file, read_folder};
use crate::scenario::lint::{self, Drawing, Report, Severity, Source, as_text};
use crate::scenario::{Catalogue, Origin, Scenario, When, unknown_name};

/// The scenario whose rule is Belvo's limit on the logins of a CURP.
const LOGIN_LIMIT: &str = "daily_login_limit";
/// The number of the folder of the files in the binary.
const BUILT_IN: usize = 0;

/// The reason why the scenarios cannot be loaded.
#[derive(Debug)]
pub(crate) enum LoadError {
    /// A folder or a file cannot be read.
    Unreadable(String),
    /// Files have mistakes.
    Mistakes(Report),
    /// No scenario has the name of the default.
    UnknownDefault(String),
}

impl fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Unreadable(sentence) | LoadError::UnknownDefault(sentence) => {
                formatter.write_str(sentence)
            }
            LoadError::Mistakes(report) => {
                let drawn = as_text(report, Drawing::default());
                write!(formatter, "the scenario files have mistakes\n\n{}", drawn.trim_end())
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// The built-in scenarios and those of `directories`; a later file replaces an earlier one of the
/// same name. `default` names the scenario that answers what no other claims. With `rate_limits` the
/// rule of [`LOGIN_LIMIT`] holds for every CURP. The log has the warnings about the files; `today`
/// tells those that lie in the future.
pub(crate) fn load(
    directories: &[PathBuf],
    default: &str,
    rate_limits: bool,
    today: NaiveDate,
) -> Result<Catalogue, LoadError> {
    load_sources(sources_of(directories)?, default, rate_limits, today)
}

/// Loads the scenarios as [`load`] does, and those of a file that is in none of the directories. One
/// that is in one of them takes its own place there.
pub(crate) fn load_with_file(
    directories: &[PathBuf],
    file: &Path,
    default: &str,
    today: NaiveDate,
) -> Result<Catalogue, LoadError> {
    let text = read_file(file).map_err(LoadError::Unreadable)?;
    let mut sources = sources_of(directories)?;
    let found = |path: &Path| fs::canonicalize(path).ok();
    sources.retain(|source| source.built_in || found(Path::new(&source.path)) != found(file));
    let (path, folder) = (file.display().to_string(), directories.len() + 1);
    sources.push(Source { path, text, built_in: false, folder });
    load_sources(sources, default, false, today)
}

/// The files in the binary and those of these directories.
fn sources_of(directories: &[PathBuf]) -> Result<Vec<Source>, LoadError> {
    let mut sources = built_in();
    for (number, directory) in directories.iter().enumerate() {
        let files = read_folder(directory)
            .map_err(|problem| LoadError::Unreadable(format!("--scenarios: {problem}")))?;
        let own = |(path, text)| Source { path, text, built_in: false, folder: number + 1 };
        sources.extend(files.into_iter().map(own));
    }
    Ok(sources)
}

fn load_sources(
    sources: Vec<Source>,
    default: &str,
    rate_limits: bool,
    today: NaiveDate,
) -> Result<Catalogue, LoadError> {
    let scenarios = match read_unchecked(&sources) {
        Some(scenarios) => sources.into_iter().zip(scenarios).collect(),
        None => read_checked(sources, today)?,
    };
    catalogue(in_force(scenarios, default), default, rate_limits)
}

/// Reads the files in the binary, if there are no others. The tests hold that they have no mistakes, so
/// that no start of the emulator has to check them, which takes longer than to read them.
fn read_unchecked(sources: &[Source]) -> Option<Vec<Scenario>> {
    let read = |source: &Source| json::parse(source.text.as_bytes()).ok();
    let is_all = sources.iter().all(|source| source.built_in);
    is_all.then(|| sources.iter().map(read).collect()).flatten()
}

fn read_checked(
    sources: Vec<Source>,
    today: NaiveDate,
) -> Result<Vec<(Source, Scenario)>, LoadError> {
    let (report, scenarios) = lint::check(sources, today);
    if report.count(Severity::Error) > 0 {
        return Err(LoadError::Mistakes(report.without_warnings()));
    }
    log_warnings(&report);
    Ok(report.sources.into_iter().zip(scenarios.into_iter().flatten()).collect())
}

/// The files in the binary.
pub(crate) fn built_in() -> Vec<Source> {
    let source = |(path, text): &(&str, &str)| Source {
        path: (*path).to_owned(),
        text: (*text).to_owned(),
        built_in: true,
        folder: BUILT_IN,
    };
    FILES.iter().map(source).collect()
}

fn log_warnings(report: &Report) {
    for line in report.lines() {
        tracing::warn!("{line}");
    }
}

/// Leaves out the files that a later one of the same name replaces.
fn in_force(read: Vec<(Source, Scenario)>, default: &str) -> Vec<(Source, Scenario)> {
    let mut kept: Vec<(Source, Scenario)> = Vec::new();
    for (source, scenario) in read {
        let is_old = |(_, old): &(Source, Scenario)| old.name == scenario.name;
        if let Some(index) = kept.iter().position(is_old) {
            let (old, _) = kept.remove(index);
            say_replaced(&old, &source, scenario.name.as_str(), default);
        }
        kept.push((source, scenario));
    }
    kept
}

/// A replaced default changes the answer to almost every login, so that is a warning.
fn say_replaced(old: &Source, new: &Source, name: &str, default: &str) {
    let (old, file) = (&old.path, &new.path);
    if name == default {
        tracing::warn!(
            "{file} replaces the scenario {name:?} of {old}: it answers every CURP that no \
             scenario claims; give it another \"name\" if that was not meant"
        );
    } else {
        tracing::info!("{file} replaces the scenario {name:?} of {old}");
    }
}

fn catalogue(
    read: Vec<(Source, Scenario)>,
    default: &str,
    rate_limits: bool,
) -> Result<Catalogue, LoadError> {
    let claimed = curps(&read, |_| true);
    let taken = curps(&read, takes_curp);
    let finish = |(source, scenario)| Arc::new(finish(&source, scenario, &taken, rate_limits));
    let scenarios: Vec<Arc<Scenario>> = read.into_iter().map(finish).collect();
    let default = scenarios
        .iter()
        .find(|scenario| scenario.name.as_str() == default)
        .cloned()
        .ok_or_else(|| unknown_default(default, &scenarios))?;
    Ok(Catalogue::new(scenarios, default, claimed))
}

/// The CURPs that these files claim.
fn curps(read: &[(Source, Scenario)], which: fn(&Scenario) -> bool) -> HashSet<String> {
    let scenarios = read.iter().map(|(_, scenario)| scenario).filter(|scenario| which(scenario));
    scenarios.filter_map(Scenario::curp).map(str::to_owned).collect()
}

fn takes_curp(scenario: &Scenario) -> bool {
    scenario.when.as_ref().is_some_and(|when| when.takes_reserved_curp)
}

/// The scenario of a file, changed by the other files and the flags.
fn finish(
    source: &Source,
    mut scenario: Scenario,
    taken: &HashSet<String>,
    rate_limits: bool,
) -> Scenario {
    if rate_limits && scenario.name.as_str() == LOGIN_LIMIT {
        scenario.when = scenario.when.map(|when| When { curp: None, ..when });
    } else if source.built_in && scenario.curp().is_some_and(|curp| taken.contains(curp)) {
        scenario.when = None;
    }
    scenario.origin = Origin::new(&source.path, &source.text, &scenario);
    scenario
}

fn unknown_default(name: &str, scenarios: &[Arc<Scenario>]) -> LoadError {
    let sentence = unknown_name(name, scenarios, None);
    LoadError::UnknownDefault(format!("--scenario: {sentence}"))
}
