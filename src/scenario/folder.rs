//! A folder of scenario files, as editors, operating systems and shells leave it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files;

/// The size of the largest scenario file. The largest built-in one has 3 KiB.
pub(crate) const LARGEST_FILE_BYTES: usize = 1024 * 1024;
/// The number of names that the line about passed over files has at most.
const MOST_NAMES: usize = 10;

/// Reads the scenario files of a folder in the order of their names, each with its path. The log
/// has a line about the rest.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let (_, passed_over) = sort(folder)?;
    let read = folder_contents(folder)?;
    if read.is_empty() {
        let others = listed(&passed_over);
        let but = if others.is_empty() { others } else { format!(", but {others}") };
        return Err(format!("there is no *.json file in {}{but}", folder.display()));
    }
    if !passed_over.is_empty() {
        let (others, shown) = (listed(&passed_over), folder.display());
        tracing::info!("passed over {others} in {shown}: a scenario is a visible file *.json");
    }
    Ok(read)
}

/// Reads the scenario files of a folder, which can have none, and says nothing in the log.
pub(crate) fn folder_contents(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let (files, _) = sort(folder)?;
    files.into_iter().map(|path| Ok((path.display().to_string(), read_file(&path)?))).collect()
}

/// Returns the paths of the scenario files, and the names of everything else.
fn sort(folder: &Path) -> Result<(Vec<PathBuf>, Vec<String>), String> {
    if folder.is_file() {
        let shown = folder.display();
        return Err(format!("{shown} is a file; pass the folder that it is in"));
    }
    let (mut files, mut passed_over) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(|problem| unreadable(folder, &problem))? {
        let path = entry.map_err(|problem| unreadable(folder, &problem))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match is_of_a_scenario(&name) && !path.is_dir() {
            true => files.push(path),
            false => passed_over.push(name.into_owned()),
        }
    }
    files.sort();
    passed_over.sort();
    Ok((files, passed_over))
}

/// Tells a scenario from `.#x.json` (the lock of Emacs), `._x.json` (the metadata of macOS),
/// `#x.json#`, `x.json~`, `x.json.swp` and their like.
fn is_of_a_scenario(name: &str) -> bool {
    let is_json = Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
    is_json && !name.starts_with(['.', '#', '~'])
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> =
        names.iter().take(MOST_NAMES).map(|name| format!("{name:?}")).collect();
    let shown = shown.join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Reads a regular file. Opening a pipe would wait for whoever writes to it.
pub(crate) fn read_file(path: &Path) -> Result<String, String> {
    let kind = fs::metadata(path).map_err(|problem| unreadable(path, &problem))?;
    if !kind.is_file() {
        return Err(unreadable(path, &"it is a pipe, a socket or a device; write a regular file"));
    }
    files::read_text(path, LARGEST_FILE_BYTES).map_err(|problem| unreadable(path, &problem))
}

fn unreadable(path: &Path, problem: &dyn std::fmt::Display) -> String {
    format!("cannot read {}: {problem}", path.display())
}
