//! Reads the environment variables of flags that can be repeated.

use std::env;

/// Returns the values of a flag that can be repeated. Without any, the values come from its
/// environment variable.
pub(super) fn repeated(
    flag: &str,
    given: &[String],
    environment: bool,
) -> Result<Vec<String>, String> {
    if !given.is_empty() || !environment {
        return Ok(given.to_vec());
    }
    let variable = format!("BELVO_EMULATOR_{}", flag.to_uppercase().replace('-', "_"));
    match env::var(&variable) {
        Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
        Err(env::VarError::NotPresent) => Ok(Vec::new()),
        Err(env::VarError::NotUnicode(_)) => Err(format!("{variable} is not UTF-8")),
    }
}
