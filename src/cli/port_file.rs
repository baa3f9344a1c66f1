//! The file of `--port-file`, which tells other processes the port.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::cli::exit_error::ExitError;
use crate::cli::flags::Flags;

/// More than a port and the end of its line take.
const LONGEST_BYTES: u64 = 16;
/// How many names the file may have while it is written.
const PARTIAL_NAMES: u32 = 1000;

/// The file of `--port-file`, if the flag is given. Dropping this value removes the file, so that
/// no file stays after a start that fails or panics.
pub(super) struct PortFile {
    path: Option<PathBuf>,
    /// The port that this process has written and not yet removed.
    written: Option<u16>,
}

impl PortFile {
    /// Takes the file over, and removes what an earlier run has left there. The caller must bind
    /// the port before: if the port is in use, the file belongs to the emulator that has the port.
    ///
    /// # Errors
    /// Something stands there that no emulator has written.
    pub(super) fn claim(flags: &Flags) -> Result<PortFile, ExitError> {
        let path = flags.process.port_file.clone();
        if let Some(path) = &path {
            remove_leftover(path).map_err(|problem| failure(path, problem))?;
        }
        Ok(PortFile { path, written: None })
    }

    /// Writes the port. A reader sees either the whole file or no file.
    pub(super) fn write(&mut self, port: u16) -> Result<(), ExitError> {
        let Some(path) = &self.path else { return Ok(()) };
        let written = create_partial(path).and_then(|(mut file, partial)| {
            let written = file.write_all(format!("{port}\n").as_bytes());
            let written = written.and_then(|()| fs::rename(&partial, path));
            written.inspect_err(|_| drop(fs::remove_file(&partial)))
        });
        written.map_err(|error| failure(path, cannot_write(path, &error)))?;
        self.written = Some(port);
        Ok(())
    }

    /// Removes the file if this process has written it and no other has since. The error says why
    /// that is not possible.
    pub(super) fn remove(&mut self) -> Result<(), ExitError> {
        let (Some(path), Some(port)) = (&self.path, self.written.take()) else { return Ok(()) };
        match read_port(path) {
            Ok(Some(there)) if there == port => {}
            _ => return Ok(()),
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failure(path, format!("it cannot be removed: {error}")))
            }
            _ => Ok(()),
        }
    }
}

impl Drop for PortFile {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}

/// Reads the port from a file, None if there is none in it. A device or a long file is not read to
/// its end.
pub(super) fn read_port(path: &Path) -> io::Result<Option<u16>> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST_BYTES + 1).read_to_string(&mut text)?;
    let is_whole = text.len() as u64 <= LONGEST_BYTES;
    Ok(text.trim().parse().ok().filter(|_| is_whole))
}

/// Removes the file of an earlier run. Nothing else is removed: the path may be mistyped.
fn remove_leftover(path: &Path) -> Result<(), String> {
    let kind = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(format!("it cannot be looked at: {error}")),
        Ok(metadata) if metadata.is_symlink() => "a symbolic link",
        Ok(metadata) if metadata.is_dir() => "a directory",
        Ok(metadata) if !metadata.is_file() => "no regular file",
        Ok(metadata) if metadata.len() == 0 || matches!(read_port(path), Ok(Some(_))) => {
            return fs::remove_file(path).map_err(|error| format!("it cannot be removed: {error}"));
        }
        Ok(_) => "a file that holds something other than a port",
    };
    Err(format!("there is {kind}, which is not replaced: name another path, or remove it"))
}

/// Creates a file beside the path, under a name that nobody else uses. A name that is there already
/// is not opened: it may be a link that somebody has planted.
fn create_partial(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut number = 0;
    loop {
        let mut partial = path.as_os_str().to_owned();
        partial.push(format!(".{}-{number}.partial", process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&partial) {
            Err(error)
                if error.kind() == io::ErrorKind::AlreadyExists && number < PARTIAL_NAMES =>
            {
                number += 1;
            }
            opened => return opened.map(|file| (file, partial.into())),
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    let is_missing = |directory: &&Path| !directory.as_os_str().is_empty() && !directory.exists();
    match path.parent().filter(is_missing) {
        Some(directory) => {
            format!("the directory {} does not exist: create it", directory.display())
        }
        None => format!("it cannot be written: {error}"),
    }
}

fn failure(path: &Path, problem: String) -> ExitError {
    ExitError::Usage(format!("--port-file {}: {problem}", path.display()))
}
