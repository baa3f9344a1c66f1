//! Reads the files that people pass to the emulator.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::model::{size, text};

/// Reads a file of text. A file that never ends, such as `/dev/zero`, is refused by its size.
pub(crate) fn read_text(path: &Path, largest_bytes: usize) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|problem| problem.to_string())?;
    let limit = largest_bytes as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|problem| problem.to_string())?;
    if bytes.len() > largest_bytes {
        return Err(format!("it is larger than {}", size::show(largest_bytes)));
    }
    text::decode(&bytes).map(|text| text.into_owned())
}
