//! `belvo-emulator completions`: scripts with which shells complete the command line.

use clap::{Arg, Command};
use clap_complete::{Shell, generate};

/// The name of the program in the script of bash, whose labels have no place for a hyphen:
/// clap_complete writes them in two ways that do not agree.
const WITHOUT_HYPHEN: &str = "belvo_emulator";

/// Returns the script of a shell. It offers what the help shows, and nothing else.
pub(super) fn script(mut program: Command, shell: Shell) -> String {
    program.build();
    let mut shown = visible(&program);
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    let called = if shell == Shell::Bash { WITHOUT_HYPHEN } else { &name };
    generate(shell, &mut shown, called, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    // The last word of these lines is the command that is completed.
    script.replace(&format!(" {WITHOUT_HYPHEN}\n"), &format!(" {name}\n"))
}

/// Returns a command with the flags that it shows: clap_complete offers hidden ones too.
fn visible(command: &Command) -> Command {
    let is_shown =
        |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    let shown = command.get_arguments().filter(is_shown).cloned();
    let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
    let mut visible = Command::new(command.get_name().to_owned())
        .args(shown.map(|arg| arg.global(false)))
        .subcommands(inner.map(visible));
    if let Some(about) = command.get_about() {
        visible = visible.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        visible = visible.version(version.to_owned());
    }
    visible
}
