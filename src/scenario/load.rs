//! From scenario files to a catalogue, with errors for the person who wrote the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::scenario::built_in::FILES;
use crate::scenario::{Catalogue, Scenario, When};

/// The scenario whose rule is Belvo's limit on the logins of a CURP.
const LOGIN_LIMIT: &str = "daily_login_limit";

/// Why the scenarios cannot be loaded, in one sentence that names the place.
#[derive(Debug)]
pub struct LoadError(String);

impl std::fmt::Display for LoadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}

/// A parsed file and where it came from.
struct Loaded {
    path: String,
    text: String,
    scenario: Arc<Scenario>,
}

/// The built-in scenarios and those of `directories`; a later file replaces an earlier one of the
/// same name. `default` names the scenario that answers what no other claims. With `limits` the
/// rule of [`LOGIN_LIMIT`] holds for every CURP.
pub fn load(directories: &[PathBuf], default: &str, limits: bool) -> Result<Catalogue, LoadError> {
    let mut loaded = Vec::new();
    let built_in = FILES.iter().map(|(path, text)| (path.to_string(), text.to_string()));
    add(&mut loaded, built_in.collect())?;
    for directory in directories {
        add(&mut loaded, read_directory(directory)?)?;
    }
    refuse_rival_claims(&loaded)?;
    let mut scenarios: Vec<Arc<Scenario>> = Vec::new();
    for file in loaded {
        if limits && file.scenario.name.as_str() == LOGIN_LIMIT {
            let mut scenario = parse(&file.path, &file.text)?;
            scenario.when = scenario.when.map(|when| When { curp: None, ..when });
            scenarios.push(Arc::new(scenario));
        } else {
            scenarios.push(file.scenario);
        }
    }
    let default = scenarios
        .iter()
        .find(|scenario| scenario.name.as_str() == default)
        .cloned()
        .ok_or_else(|| unknown_default(default, &scenarios))?;
    Ok(Catalogue::new(scenarios, default))
}

fn unknown_default(name: &str, scenarios: &[Arc<Scenario>]) -> LoadError {
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    LoadError(format!("--scenario: no scenario is named {name:?}; there are {}", names.join(", ")))
}

/// Adds the files of one directory, which cannot share a name among themselves.
fn add(loaded: &mut Vec<Loaded>, files: Vec<(String, String)>) -> Result<(), LoadError> {
    let mut added: Vec<Loaded> = Vec::new();
    for (path, text) in files {
        let scenario = Arc::new(parse(&path, &text)?);
        let file = Loaded { path, text, scenario };
        if let Some(twin) = added.iter().find(|other| other.scenario.name == file.scenario.name) {
            let name = file.scenario.name.as_str();
            return Err(file.error_at(name, format!("{name:?} is also the name of {}", twin.path)));
        }
        loaded.retain(|other| other.scenario.name != file.scenario.name);
        added.push(file);
    }
    loaded.append(&mut added);
    Ok(())
}

fn read_directory(directory: &Path) -> Result<Vec<(String, String)>, LoadError> {
    let failure = |path: &Path, problem: std::io::Error| {
        LoadError(format!("--scenarios: cannot read {}: {problem}", path.display()))
    };
    let entries = fs::read_dir(directory).map_err(|problem| failure(directory, problem))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|problem| failure(directory, problem))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        let directory = directory.display();
        return Err(LoadError(format!("--scenarios: there is no *.json file in {directory}")));
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).map_err(|problem| failure(&path, problem))?;
            Ok((path.display().to_string(), text))
        })
        .collect()
}

fn parse(path: &str, text: &str) -> Result<Scenario, LoadError> {
    serde_json::from_str(text).map_err(|problem| {
        let (line, column) = (problem.line(), problem.column());
        let sentence = problem.to_string();
        let suffix = format!(" at line {line} column {column}");
        let sentence = sentence.strip_suffix(&suffix).unwrap_or(&sentence);
        LoadError(format!("{path}:{line}:{column}: {sentence}"))
    })
}

/// A CURP belongs to one scenario; a second may claim it only together with a rule.
fn refuse_rival_claims(loaded: &[Loaded]) -> Result<(), LoadError> {
    for (index, file) in loaded.iter().enumerate() {
        let Some(curp) = file.scenario.curp() else { continue };
        let rival = loaded[..index].iter().find(|other| {
            other.scenario.curp() == Some(curp)
                && other.scenario.rule().is_none() == file.scenario.rule().is_none()
        });
        if let Some(rival) = rival {
            let (name, path) = (rival.scenario.name.as_str(), &rival.path);
            return Err(file.error_at(
                curp,
                format!(
                    "the CURP {curp} already belongs to the scenario {name:?} in {path}; take \
                     another CURP, or replace that scenario by naming this one {name:?}"
                ),
            ));
        }
    }
    Ok(())
}

impl Loaded {
    /// An error at the first place in the file where the string `value` is written.
    fn error_at(&self, value: &str, sentence: String) -> LoadError {
        let offset = self.text.find(&format!("\"{value}\"")).unwrap_or_default();
        let before = &self.text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        LoadError(format!("{}:{line}:{column}: {sentence}", self.path))
    }
}
