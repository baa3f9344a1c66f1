//! `belvo-emulator man`: man pages, from the same source as the help.

use clap::Command;
use clap_mangen::Man;

/// Returns the man page of the program, or of one of its commands.
///
/// # Errors
/// A sentence that lists the commands, if none has the name.
pub(super) fn page(mut program: Command, name: Option<&str>) -> Result<String, String> {
    program.build();
    let command = match name {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let all: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
                return Err(format!("there is no command {name:?}; there are {}", all.join(", ")));
            }
        },
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(|problem| problem.to_string())?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
