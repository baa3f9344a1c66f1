//! The command of `exec`: how it starts, and how it ends before its time.

use std::env;
use std::ffi::OsString;
use std::io;

use tokio::process::{Child, Command};

use crate::accounts::Credentials;
use crate::cli::exit_error::ExitError;
use crate::descriptors::Original;

/// Returns the command with the emulator's URL and keys in its environment.
pub(super) fn prepared(words: &[OsString], url: &str, keys: Credentials) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).envs([
        ("BELVO_BASE_URL", url),
        ("BELVO_API_URL", url), // what Belvo's SDKs read
        ("BELVO_SECRET_ID", &keys.id),
        ("BELVO_SECRET_PASSWORD", &keys.password),
    ]);
    for (name, other) in [("NO_PROXY", "no_proxy"), ("no_proxy", "NO_PROXY")] {
        let lists = [name, other].into_iter().filter_map(|name| env::var(name).ok());
        let list = lists.into_iter().find(|list| !list.trim().is_empty()).unwrap_or_default();
        command.env(name, without_proxy(&list, url));
    }
    Some(command)
}

/// Adds this machine to a list of hosts that are called without a proxy. Programs read the list under
/// either of its names.
fn without_proxy(list: &str, url: &str) -> String {
    let host = url.trim_start_matches("http://").rsplit_once(':').map_or("", |(host, _)| host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut hosts: Vec<&str> =
        list.split(',').map(str::trim).filter(|host| !host.is_empty()).collect();
    for host in ["127.0.0.1", "localhost", host, bare] {
        if !hosts.contains(&"*") && !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

/// Starts the command, under the limit of file descriptors that this process was started with.
pub(super) fn start(command: &mut Command, limit: Original) -> Result<Child, ExitError> {
    limit.during(|| command.spawn()).map_err(|error| not_started(command, &error))
}

fn not_started(command: &Command, error: &io::Error) -> ExitError {
    let program = command.as_std().get_program().to_string_lossy();
    match error.kind() {
        io::ErrorKind::NotFound if program.contains(' ') => ExitError::CommandNotFound(format!(
            "command not found: {program:?}; write the command and its arguments as separate words"
        )),
        io::ErrorKind::NotFound => ExitError::CommandNotFound(format!(
            "command not found: {program}; is it installed and in a directory of PATH?"
        )),
        _ => ExitError::CommandNotExecutable(format!("{program} cannot be executed: {error}")),
    }
}

/// Ends the command and all that descends from it: politely at first.
pub(super) async fn stop(child: &mut Child) {
    #[cfg(target_os = "linux")]
    linux::stop_tree(child).await;
    let _ = child.kill().await;
}

#[cfg(target_os = "linux")]
mod linux {
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
    use tokio::process::Child;

    use crate::cli::process_table::tree;

    /// How long the processes may take to end.
    const GRACE: Duration = Duration::from_secs(5);
    const PAUSE: Duration = Duration::from_millis(20);

    pub(super) async fn stop_tree(child: &Child) {
        let Some(root) = child.id().and_then(|id| i32::try_from(id).ok()) else { return };
        // A handle stays that of its process, while a number may soon be another's.
        let open = |id| pidfd_open(Pid::from_raw(id)?, PidfdFlags::empty()).ok();
        let handles: Vec<OwnedFd> = tree(root).into_iter().filter_map(open).collect();
        send(&handles, Signal::TERM);
        let mut left = GRACE;
        while !left.is_zero() && !all_have_ended(&handles) {
            tokio::time::sleep(PAUSE).await;
            left = left.saturating_sub(PAUSE);
        }
        send(&handles, Signal::KILL);
    }

    fn send(handles: &[OwnedFd], signal: Signal) {
        for handle in handles {
            let _ = pidfd_send_signal(handle, signal);
        }
    }

    fn all_have_ended(handles: &[OwnedFd]) -> bool {
        let mut ends: Vec<PollFd<'_>> =
            handles.iter().map(|handle| PollFd::new(handle, PollFlags::IN)).collect();
        let ended = poll(&mut ends, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        ended.is_ok_and(|ended| ended == handles.len())
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::command::without_proxy;

    #[test]
    fn hosts_without_a_proxy_are_kept_and_this_machine_is_added() {
        let url = "http://127.0.0.1:5";
        for (list, expected) in [
            ("", "127.0.0.1,localhost"),
            ("corp.test, .internal", "corp.test,.internal,127.0.0.1,localhost"),
            ("localhost", "localhost,127.0.0.1"),
            ("*", "*"),
        ] {
            assert_eq!(without_proxy(list, url), expected);
        }
        assert_eq!(without_proxy("", "http://10.0.0.7:5"), "127.0.0.1,localhost,10.0.0.7");
        assert_eq!(without_proxy("", "http://[::1]:5"), "127.0.0.1,localhost,[::1],::1");
    }
}
