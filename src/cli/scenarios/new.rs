//! `belvo-emulator scenarios new`: writes a file to begin with.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;
use crate::cli::output::print;
use crate::cli::scenarios::show::text_of;
use crate::clock::Clock;
use crate::scenario::lint::{self, Drawing, Severity, Source, as_text};
use crate::scenario::{
    Catalogue, Curp, Name, Scenario, built_in, copied, folder_contents, invented_curp,
};

pub(super) fn run(
    flags: &Flags,
    name: String,
    from: &str,
    curp: Option<String>,
) -> Result<(), ExitError> {
    let name = Name::try_from(name).map_err(ExitError::Usage)?;
    let folders = flags.scenario_folders().map_err(ExitError::Usage)?;
    let folder = folders.last().map_or(Path::new("."), PathBuf::as_path).to_owned();
    // The first file of a folder is beside none.
    let has_files = |folder: &PathBuf| folder_contents(folder).is_ok_and(|files| !files.is_empty());
    let folders: Vec<PathBuf> = folders.into_iter().filter(has_files).collect();
    let catalogue = flags.load_scenarios_of(&folders);
    let catalogue = catalogue.map_err(|problem| ExitError::Usage(problem.to_string()))?;
    let (base, text) = text_of(&catalogue, from)?;
    let curp = match curp {
        Some(curp) => Some(
            Curp::try_from(curp)
                .map_err(|problem| ExitError::Usage(format!("--curp: {problem}")))?,
        ),
        None => curp_for(&catalogue, &base, &name),
    };
    let copy = copied(&text, &name, curp.as_ref());
    let copy = copy.ok_or_else(|| ExitError::Runtime(format!("{from} cannot be copied")))?;
    let path = folder.join(format!("{}.belvo.json", name.as_str()));
    check(&folders, &path, &copy)?;
    write(&path, &copy)?;
    let reached = match &curp {
        Some(curp) => format!("the CURP {} gets it", curp.as_str()),
        None => "logins that its rule is about get it".to_owned(),
    };
    let (shown, folder) = (path.display(), folder.display());
    print(&format!("wrote {shown}: {reached} with belvo-emulator --scenarios {folder}\n"))
}

/// A copy of a scenario with a rule for any CURP keeps the rule. Any other gets a CURP of its own.
fn curp_for(catalogue: &Catalogue, base: &Scenario, name: &Name) -> Option<Curp> {
    if base.curp().is_none() && base.rule().is_some() {
        return None;
    }
    let claimed: HashSet<&str> =
        catalogue.scenarios().iter().filter_map(|scenario| scenario.curp()).collect();
    invented_curp(name, &claimed)
}

/// Refuses a file that would have mistakes beside the others.
fn check(folders: &[PathBuf], path: &Path, text: &str) -> Result<(), ExitError> {
    let mut sources = built_in();
    for (number, folder) in folders.iter().enumerate() {
        let files = folder_contents(folder).map_err(ExitError::Usage)?;
        let own = |(path, text)| Source { path, text, built_in: false, folder: number + 1 };
        sources.extend(files.into_iter().map(own));
    }
    let path = path.display().to_string();
    let folder = folders.len().max(1);
    sources.push(Source { path, text: text.to_owned(), built_in: false, folder });
    let (report, _) = lint::check(sources, Clock::system().now().date_naive());
    if report.count(Severity::Error) == 0 {
        return Ok(());
    }
    let drawn = as_text(&report.without_warnings(), Drawing::default());
    Err(ExitError::Usage(format!("the file was not written\n\n{}", drawn.trim_end())))
}

/// Writes the file, unless there is one already.
fn write(path: &Path, text: &str) -> Result<(), ExitError> {
    let shown = path.display();
    let written = File::create_new(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|problem| match problem.kind() {
        ErrorKind::AlreadyExists => {
            ExitError::Usage(format!("{shown} exists: delete it, or take another name"))
        }
        _ => ExitError::Usage(format!("cannot write {shown}: {problem}")),
    })
}
