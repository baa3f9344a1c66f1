//! From scenario files to a catalogue, with errors for the person who wrote the file.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::model::json::{self, Mistake};
use crate::scenario::built_in::FILES;
use crate::scenario::origin::Place;
use crate::scenario::void_steps::{first_void_step, place_of_step};
use crate::scenario::{Catalogue, Origin, Scenario, When, folder, unknown_name};

/// The scenario whose rule is Belvo's limit on the logins of a CURP.
const LOGIN_LIMIT: &str = "daily_login_limit";
/// The key in `when` that takes a CURP from a built-in scenario.
const TAKES: &str = "takes_reserved_curp";

/// The reason why the scenarios cannot be loaded, in one sentence that names the place.
#[derive(Debug)]
pub(crate) struct LoadError(String);

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
    built_in: bool,
    scenario: Scenario,
}

/// The built-in scenarios and those of `directories`; a later file replaces an earlier one of the
/// same name. `default` names the scenario that answers what no other claims. With `rate_limits` the
/// rule of [`LOGIN_LIMIT`] holds for every CURP.
pub(crate) fn load(
    directories: &[PathBuf],
    default: &str,
    rate_limits: bool,
) -> Result<Catalogue, LoadError> {
    let mut loaded = Vec::new();
    let built_in = FILES.iter().map(|(path, text)| (path.to_string(), text.to_string()));
    add(&mut loaded, built_in.collect(), true, default)?;
    let reserved: HashSet<String> = curps(&loaded, |_| true);
    for directory in directories {
        add(&mut loaded, folder::read(directory).map_err(LoadError)?, false, default)?;
    }
    refuse_idle_takes(&loaded, &reserved)?;
    refuse_rival_claims(&loaded)?;
    let claimed = curps(&loaded, |_| true);
    let taken = curps(&loaded, takes_curp);
    let scenarios: Vec<Arc<Scenario>> =
        loaded.into_iter().map(|file| Arc::new(finish(file, &taken, rate_limits))).collect();
    let default = scenarios
        .iter()
        .find(|scenario| scenario.name.as_str() == default)
        .cloned()
        .ok_or_else(|| unknown_default(default, &scenarios))?;
    Ok(Catalogue::new(scenarios, default, claimed))
}

/// The CURPs that these files claim.
fn curps(loaded: &[Loaded], which: fn(&Scenario) -> bool) -> HashSet<String> {
    let scenarios = loaded.iter().map(|file| &file.scenario).filter(|scenario| which(scenario));
    scenarios.filter_map(Scenario::curp).map(str::to_owned).collect()
}

fn takes_curp(scenario: &Scenario) -> bool {
    scenario.when.as_ref().is_some_and(|when| when.takes_reserved_curp)
}

/// The scenario of a file, changed by the other files and the flags.
fn finish(file: Loaded, taken: &HashSet<String>, rate_limits: bool) -> Scenario {
    let mut scenario = file.scenario;
    if rate_limits && scenario.name.as_str() == LOGIN_LIMIT {
        scenario.when = scenario.when.map(|when| When { curp: None, ..when });
    } else if file.built_in && scenario.curp().is_some_and(|curp| taken.contains(curp)) {
        scenario.when = None;
    }
    scenario.origin = Origin::new(&file.path, &file.text, &scenario);
    scenario
}

fn unknown_default(name: &str, scenarios: &[Arc<Scenario>]) -> LoadError {
    LoadError(format!("--scenario: {}", unknown_name(name, scenarios, None)))
}

/// Adds the files of one directory, which cannot share a name among themselves.
fn add(
    loaded: &mut Vec<Loaded>,
    files: Vec<(String, String)>,
    built_in: bool,
    default: &str,
) -> Result<(), LoadError> {
    let mut added: Vec<Loaded> = Vec::new();
    for (path, text) in files {
        let scenario = parse(&path, &text)?;
        let file = Loaded { path, text, built_in, scenario };
        refuse_void_step(&file)?;
        if let Some(twin) = added.iter().find(|other| other.scenario.name == file.scenario.name) {
            let name = file.scenario.name.as_str();
            let place = Place::of(&file.text, "name", Some(name));
            return Err(file.error_at(place, format!("{name:?} is also the name of {}", twin.path)));
        }
        if let Some(index) = loaded.iter().position(|old| old.scenario.name == file.scenario.name) {
            say_replaced(&loaded.remove(index), &file, default);
        }
        added.push(file);
    }
    loaded.append(&mut added);
    Ok(())
}

/// A replaced default changes the answer to almost every login, so that is a warning.
fn say_replaced(old: &Loaded, new: &Loaded, default: &str) {
    let (name, file) = (old.scenario.name.as_str(), &new.path);
    let old = &old.path;
    if name == default {
        tracing::warn!(
            "{file} replaces the scenario {name:?} of {old}: it answers every CURP that no \
             scenario claims; give it another \"name\" if that was not meant"
        );
    } else {
        tracing::info!("{file} replaces the scenario {name:?} of {old}");
    }
}

fn parse(path: &str, text: &str) -> Result<Scenario, LoadError> {
    if text.trim_start().starts_with('[') {
        let sentence = "A file holds one scenario, an object: put each into a file of its own.";
        return Err(LoadError(format!("{path}:1:1: {sentence}")));
    }
    json::parse(text.as_bytes()).map_err(|mistake| {
        let Mistake { path: key, sentence, line, column, .. } = mistake;
        let key = if key.is_empty() { key } else { format!("{key}: ") };
        LoadError(format!("{path}:{line}:{column}: {key}{sentence}"))
    })
}

/// A step that changes nothing is a mistake: its writer waits for what never happens.
fn refuse_void_step(file: &Loaded) -> Result<(), LoadError> {
    let void = file.scenario.accepts().and_then(first_void_step);
    void.map_or(Ok(()), |(step, sentence)| {
        let place = place_of_step(&file.text, step).unwrap_or(Place::at(&file.text, 0));
        Err(file.error_at(place, sentence))
    })
}

/// A file can take a CURP only from a built-in scenario: anything else is a mistake.
fn refuse_idle_takes(loaded: &[Loaded], reserved: &HashSet<String>) -> Result<(), LoadError> {
    for file in loaded.iter().filter(|file| takes_curp(&file.scenario)) {
        let sentence = match file.scenario.curp() {
            Some(curp) if reserved.contains(curp) => continue,
            Some(curp) => {
                format!("no built-in scenario claims the CURP {curp}; leave this key out")
            }
            None => "this key needs the key curp beside it".to_owned(),
        };
        let place = Place::of(&file.text, TAKES, None);
        return Err(file.error_at(place, format!("{TAKES}: {sentence}")));
    }
    Ok(())
}

/// A CURP belongs to one scenario; a second may claim it only together with a rule. That of a
/// built-in scenario is reserved for it, unless a file says that it takes it.
fn refuse_rival_claims(loaded: &[Loaded]) -> Result<(), LoadError> {
    for (index, file) in loaded.iter().enumerate() {
        let Some(curp) = file.scenario.curp() else { continue };
        let is_reserved = |other: &Loaded| other.built_in && !file.built_in;
        let clashes = |other: &&Loaded| match is_reserved(other) {
            true => !takes_curp(&file.scenario),
            false => other.scenario.rule().is_none() == file.scenario.rule().is_none(),
        };
        let mut others = loaded[..index].iter().filter(|other| other.scenario.curp() == Some(curp));
        if let Some(rival) = others.find(clashes) {
            let (name, path) = (rival.scenario.name.as_str(), &rival.path);
            let mut sentence = format!(
                "the CURP {curp} already belongs to the scenario {name:?} in {path}; take \
                 another CURP, or replace that scenario by naming this one {name:?}"
            );
            if is_reserved(rival) {
                sentence +=
                    &format!(", or take the CURP from it with \"{TAKES}\": true in \"when\"");
            }
            return Err(file.error_at(Place::of(&file.text, "curp", Some(curp)), sentence));
        }
    }
    Ok(())
}

impl Loaded {
    fn error_at(&self, Place { line, column }: Place, sentence: String) -> LoadError {
        LoadError(format!("{}:{line}:{column}: {sentence}", self.path))
    }
}
