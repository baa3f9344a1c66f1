//! `--watch`: puts changed scenario files in force while the emulator runs.
//!
//! The files are read again and again, because file systems that are shared with a container or over
//! a network send no events. Files that have mistakes are reported, and the last good ones stay.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::account::Settings;
use crate::cli::flags::Flags;
use crate::scenario::{LoadError, folder_contents};

/// The pause between two readings of the files.
const PAUSE: Duration = Duration::from_millis(250);

/// The path and the text of each file of the folders, or the reason why they cannot be read.
type Contents = Result<Vec<(String, String)>, String>;

/// Knows the files as they were before the emulator loaded them.
pub(super) struct Watch {
    folders: Vec<PathBuf>,
    seen: Contents,
}

impl Watch {
    /// Reads the files, if they are to be watched.
    ///
    /// # Errors
    /// A sentence for a person if there is nothing to watch.
    pub(super) fn of(flags: &Flags) -> Result<Option<Watch>, String> {
        if !flags.watch {
            return Ok(None);
        }
        let folders = flags.scenario_folders()?;
        if folders.is_empty() {
            return Err("--watch needs --scenarios: the built-in files do not change".to_owned());
        }
        let seen = contents(&folders);
        Ok(Some(Watch { folders, seen }))
    }

    /// Looks at the files on a thread of its own, until the process ends.
    pub(super) fn begin(mut self, flags: Flags, settings: Arc<Settings>) -> Result<(), String> {
        let watch = move || {
            let mut before: Option<Contents> = None;
            loop {
                thread::sleep(PAUSE);
                let now = contents(&self.folders);
                if now == self.seen {
                    before = None;
                } else if before.as_ref() == Some(&now) {
                    // Two readings alike: nobody is in the middle of writing.
                    load(&flags, &settings);
                    self.seen = now;
                    before = None;
                } else {
                    before = Some(now);
                }
            }
        };
        let thread = thread::Builder::new().name("scenarios".to_owned()).spawn(watch);
        thread
            .map(|_| ())
            .map_err(|problem| format!("--watch: no thread can be started: {problem}"))
    }
}

fn contents(folders: &[PathBuf]) -> Contents {
    let mut all = Vec::new();
    for folder in folders {
        all.extend(folder_contents(folder)?);
    }
    Ok(all)
}

/// Puts the files in force, or says why they are not.
fn load(flags: &Flags, settings: &Settings) {
    match flags.load_scenarios() {
        Ok(catalogue) => {
            let scenarios = catalogue.scenarios().len();
            settings.scenarios.replace(catalogue);
            tracing::warn!(
                "the scenario files have changed: {scenarios} scenarios are in force now"
            );
        }
        Err(problem) => {
            let lines = lines(&problem);
            for line in &lines {
                tracing::error!("{line}");
            }
            tracing::error!(
                "the scenario files have changed and have mistakes: the ones before stay"
            );
            settings.scenarios.note_mistakes(lines);
        }
    }
}

fn lines(problem: &LoadError) -> Vec<String> {
    match problem {
        LoadError::Mistakes(report) => report.lines(),
        LoadError::Unreadable(sentence) | LoadError::UnknownDefault(sentence) => {
            vec![sentence.clone()]
        }
    }
}
