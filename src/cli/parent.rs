//! The parent process, whose end ends this process too.
//!
//! The number of the parent is asked for, again and again: Linux's signal at the parent's death
//! comes when the *thread* that has started this process ends, which runners of tests do early. A
//! shell between the runner and this process outlives the runner; so the end of stdin counts too,
//! if stdin is a pipe or a socket, whose other end the runner holds.

use std::future;

use tokio::sync::oneshot;

/// Sees the end of the parent.
pub(super) struct Parent(Option<oneshot::Receiver<()>>);

impl Parent {
    /// Watches nothing: the process outlives its parent.
    pub(super) fn unwatched() -> Parent {
        Parent(None)
    }

    /// Watches the parent, and stdin if it is this process's own.
    #[cfg(unix)]
    pub(super) fn watch(stdin_is_own: bool) -> Parent {
        let (gone, is_gone) = oneshot::channel();
        let parent = rustix::process::getppid();
        let has_stdin = stdin_is_own && unix::stdin_is_held_elsewhere();
        // A thread that cannot be started watches nothing.
        let _ = std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
            while rustix::process::getppid() == parent && unix::nothing_ends(has_stdin) {}
            let _ = gone.send(());
        });
        Parent(Some(is_gone))
    }

    /// This system does not tell.
    #[cfg(not(unix))]
    pub(super) fn watch(_: bool) -> Parent {
        Parent::unwatched()
    }

    /// Waits for the end of the parent. After that, it waits for ever.
    pub(super) async fn gone(&mut self) {
        let came = match self.0.as_mut() {
            Some(gone) => gone.await.is_ok(),
            None => false,
        };
        self.0 = None;
        if !came {
            future::pending().await
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    use std::thread;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    const PAUSE: Duration = Duration::from_millis(200);

    /// Tells that stdin is a pipe or a socket that somebody holds open. One that is closed already,
    /// as some supervisors leave it, says nothing about the parent.
    pub(super) fn stdin_is_held_elsewhere() -> bool {
        let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let kind = stdin.and_then(|stdin| stdin.metadata()).map(|metadata| metadata.file_type());
        kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket()) && !has_hung_up(Duration::ZERO)
    }

    /// Waits for a moment, or until stdin ends. Returns false at its end.
    pub(super) fn nothing_ends(has_stdin: bool) -> bool {
        if has_stdin {
            return !has_hung_up(PAUSE);
        }
        thread::sleep(PAUSE);
        true
    }

    /// Tells that the other end of stdin is closed. Nothing is read.
    fn has_hung_up(within: Duration) -> bool {
        let stdin = io::stdin();
        let mut stdin = [PollFd::new(&stdin, PollFlags::empty())];
        let within = Timespec { tv_sec: 0, tv_nsec: within.subsec_nanos().into() };
        let ready = poll(&mut stdin, Some(&within));
        ready.is_ok_and(|ready| ready > 0) && stdin[0].revents().contains(PollFlags::HUP)
    }
}
