//! The orphans of a container: processes whose parent has ended become children of PID 1, which has
//! to ask for their status, or they stay as zombies.

use std::convert::Infallible;
use std::future;

/// Asks for the status of orphans that have ended, for as long as it is polled. Only PID 1 has to.
/// The status of `own`, the command of `exec`, is left to whoever waits for it.
pub(super) async fn reap(own: Option<u32>) -> Infallible {
    #[cfg(target_os = "linux")]
    if std::process::id() == 1
        && let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::child())
    {
        loop {
            reap_at_once(own.and_then(|own| i32::try_from(own).ok()));
            ended.recv().await;
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = own;
    future::pending().await
}

#[cfg(target_os = "linux")]
fn reap_at_once(own: Option<i32>) {
    use rustix::process::{Pid, WaitOptions, waitpid};

    use crate::cli::process_table::processes;

    let is_orphan = |it: &crate::cli::process_table::Process| {
        it.is_zombie && it.parent == 1 && Some(it.id) != own
    };
    for orphan in processes().into_iter().filter(is_orphan) {
        let _ = waitpid(Pid::from_raw(orphan.id), WaitOptions::NOHANG);
    }
}
