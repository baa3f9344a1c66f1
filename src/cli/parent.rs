//! The parent process, whose end ends this process too.
//!
//! Linux tells of the end of a process through a descriptor of it. Elsewhere, and where that is not
//! permitted, the number of the parent is asked for, again and again. Linux's signal at the parent's
//! death is of no use: it comes when the *thread* that has started this process ends, which runners
//! of tests do early. A shell between the runner and this process outlives the runner; so the end of
//! stdin counts too, if stdin is a pipe or a socket, whose other end the runner holds.

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
            let descriptor = parent.and_then(unix::descriptor_of);
            let watched = unix::Watched { parent: descriptor, has_stdin };
            while rustix::process::getppid() == parent && watched.go_on() {}
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
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileTypeExt;
    use std::thread;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::Pid;

    const PAUSE: Duration = Duration::from_millis(200);

    /// The things whose end ends this process.
    pub(super) struct Watched {
        /// The descriptor of the parent, where the system gives one.
        pub parent: Option<OwnedFd>,
        pub has_stdin: bool,
    }

    /// Returns a descriptor that is ready when a process has ended.
    #[cfg(target_os = "linux")]
    pub(super) fn descriptor_of(process: Pid) -> Option<OwnedFd> {
        rustix::process::pidfd_open(process, rustix::process::PidfdFlags::empty()).ok()
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn descriptor_of(_: Pid) -> Option<OwnedFd> {
        None
    }

    /// Tells that stdin is a pipe or a socket that somebody holds open. One that is closed already,
    /// as some supervisors leave it, says nothing about the parent.
    pub(super) fn stdin_is_held_elsewhere() -> bool {
        let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let kind = stdin.and_then(|stdin| stdin.metadata()).map(|metadata| metadata.file_type());
        let is_held = || {
            let stdin = Watched { parent: None, has_stdin: true };
            stdin.go_on_for(Some(Duration::ZERO))
        };
        kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket()) && is_held()
    }

    impl Watched {
        /// Waits until something ends, and returns false then. Where the system does not tell of the
        /// parent's end, it returns true after a moment.
        pub(super) fn go_on(&self) -> bool {
            self.go_on_for(if self.parent.is_some() { None } else { Some(PAUSE) })
        }

        /// Waits for a time, or for ever. Nothing is read from stdin.
        fn go_on_for(&self, time: Option<Duration>) -> bool {
            let stdin = io::stdin();
            let stdin = self.has_stdin.then(|| PollFd::new(&stdin, PollFlags::empty()));
            let parent = self.parent.as_ref().map(|parent| PollFd::new(parent, PollFlags::IN));
            let mut watched: Vec<PollFd<'_>> = stdin.into_iter().chain(parent).collect();
            let time = time.map(|time| Timespec {
                tv_sec: time.as_secs() as i64,
                tv_nsec: time.subsec_nanos().into(),
            });
            let ended = PollFlags::HUP | PollFlags::IN;
            let is_ready = poll(&mut watched, time.as_ref()).is_ok_and(|ready| ready > 0);
            if is_ready && watched.iter().any(|it| it.revents().intersects(ended)) {
                return false;
            }
            if is_ready {
                // A descriptor that is broken is ready for ever.
                thread::sleep(PAUSE);
            }
            true
        }
    }
}
