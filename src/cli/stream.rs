//! The lines of the process on stdout and stderr. A thread of its own writes those of each stream,
//! so that nothing else waits for whoever reads them.

use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock::Stopwatch;

/// The lines that wait for their reader: some 4000, so that a reader that pauses for a moment in an
/// advance over thousands of webhooks gets all of them. Further lines are lost.
const MOST_WAITING_BYTES: usize = 1024 * 1024;
/// A reader that takes no line for this long is not waited for at the end of the process.
const STUCK_AFTER: Duration = Duration::from_millis(100);
/// The longest wait for a reader at the end, however many lines it still takes.
const LAST_LINES_WITHIN_MS: u64 = 1000;
/// The pause before a stream that is full and does not block is tried again. Node makes such
/// streams.
const UNTIL_NEXT_TRY: Duration = Duration::from_millis(10);

pub(super) static STDOUT: Stream = Stream::new(|| Box::new(io::stdout()));
pub(super) static STDERR: Stream = Stream::new(|| Box::new(io::stderr()));

/// A stream to which lines can be sent by any thread. Sending never waits and never fails.
pub(super) struct Stream {
    open: fn() -> Box<dyn Write>,
    waiting: Mutex<Waiting>,
    changed: Condvar,
    /// Writes the line that says how many lines were lost.
    lost_line: OnceLock<fn(u64) -> Vec<u8>>,
    /// Is called when the reader has left.
    left: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

struct Waiting {
    text: Vec<u8>,
    /// The number of lines that were lost since the writer last took the text.
    lost: u64,
    /// The number of lines that the writer has dealt with.
    done: u64,
    writer: Writer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    Absent,
    Starting,
    Idle,
    Busy,
}

/// Dropping this value waits for the last lines, also when the process ends by a panic.
pub(super) struct LastLines;

impl Drop for LastLines {
    fn drop(&mut self) {
        STDOUT.finish();
        STDERR.finish();
    }
}

impl Stream {
    const fn new(open: fn() -> Box<dyn Write>) -> Stream {
        let waiting = Waiting { text: Vec::new(), lost: 0, done: 0, writer: Writer::Absent };
        Stream {
            open,
            waiting: Mutex::new(waiting),
            changed: Condvar::new(),
            lost_line: OnceLock::new(),
            left: OnceLock::new(),
        }
    }

    /// Chooses the form of the line that says how many lines were lost. Without this, there is no
    /// such line.
    pub(super) fn count_losses(&self, lost_line: fn(u64) -> Vec<u8>) {
        let _ = self.lost_line.set(lost_line);
    }

    /// Calls `left` for each line that cannot be written because the reader has left.
    pub(super) fn tell_when_left(&self, left: impl Fn() + Send + Sync + 'static) {
        let _ = self.left.set(Box::new(left));
    }

    /// Sends a line, or several.
    pub(super) fn say(&'static self, text: &str) {
        self.send(format!("{text}\n").as_bytes());
    }

    fn send(&'static self, text: &[u8]) {
        let mut waiting = self.lock();
        if waiting.writer == Writer::Absent {
            let writer = thread::Builder::new().name("output".to_owned());
            let started = writer.spawn(|| self.write_lines((self.open)()));
            waiting.writer = if started.is_ok() { Writer::Starting } else { Writer::Absent };
        }
        waiting.add(text);
        drop(waiting);
        self.changed.notify_all();
    }

    /// Waits until all lines are written, if somebody reads them.
    pub(super) fn finish(&self) {
        let watch = Stopwatch::start();
        let mut waiting = self.lock();
        while waiting.is_unfinished() && watch.elapsed_ms() < LAST_LINES_WITHIN_MS {
            let done = waiting.done;
            let is_stuck = |waiting: &mut Waiting| waiting.is_unfinished() && waiting.done == done;
            let waited = self.changed.wait_timeout_while(waiting, STUCK_AFTER, is_stuck);
            let (after, time) = waited.unwrap_or_else(PoisonError::into_inner);
            // A writer that has not come to its turn yet is the affair of a busy machine.
            if time.timed_out() && after.writer == Writer::Busy {
                return;
            }
            waiting = after;
        }
    }

    /// Writes lines as they come, for ever. Lines that cannot be written are counted, and the count
    /// is written as soon as that is possible.
    fn write_lines(&self, mut stream: impl Write) {
        let mut lost = 0;
        loop {
            let (text, overflowed) = self.take();
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                self.count(&mut lost, &mut stream);
                if lost > 0 || !self.has_written(&mut stream, line) {
                    lost += 1;
                }
                self.lock().done += 1;
                self.changed.notify_all();
            }
            lost += overflowed;
            self.count(&mut lost, &mut stream);
        }
    }

    fn has_written(&self, stream: &mut impl Write, line: &[u8]) -> bool {
        let written = write(stream, line);
        if written.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
            && let Some(left) = self.left.get()
        {
            left();
        }
        written.is_ok()
    }

    /// Writes how many lines were lost, if any were, and begins to count anew.
    fn count(&self, lost: &mut u64, stream: &mut impl Write) {
        if *lost == 0 {
            return;
        }
        let line = self.lost_line.get().map(|lost_line| lost_line(*lost)).unwrap_or_default();
        if write(stream, &line).is_ok() {
            *lost = 0;
        }
    }

    /// Waits for lines, and returns them with the number of those that were lost after them.
    fn take(&self) -> (Vec<u8>, u64) {
        let mut waiting = self.lock();
        waiting.writer = Writer::Idle;
        self.changed.notify_all();
        let is_idle = |waiting: &mut Waiting| waiting.text.is_empty() && waiting.lost == 0;
        let waiting = self.changed.wait_while(waiting, is_idle);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        waiting.writer = Writer::Busy;
        (std::mem::take(&mut waiting.text), std::mem::take(&mut waiting.lost))
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Once a line is lost, all are until the writer takes the text: so the lines keep their order,
    /// and the count its place.
    fn add(&mut self, text: &[u8]) {
        if self.lost > 0 || self.text.len() + text.len() > MOST_WAITING_BYTES {
            self.lost += text.iter().filter(|byte| **byte == b'\n').count() as u64;
        } else {
            self.text.extend_from_slice(text);
        }
    }

    fn is_unfinished(&self) -> bool {
        matches!(self.writer, Writer::Starting | Writer::Busy) || !self.text.is_empty()
    }
}

/// The log writes whole lines.
impl Write for &'static Stream {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.send(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a line to its end. A stream that does not block is waited for.
fn write(stream: &mut impl Write, mut line: &[u8]) -> io::Result<()> {
    while !line.is_empty() {
        match patiently(|| stream.write(line))? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            length => line = &line[length..],
        }
    }
    patiently(|| stream.flush())
}

fn patiently<T>(mut step: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match step() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(UNTIL_NEXT_TRY);
            }
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write, pipe};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use super::{MOST_WAITING_BYTES, Stream};

    /// A stream whose reader takes a line when it is told to, or refuses it.
    struct Reader {
        told: Receiver<io::Result<()>>,
        lines: Sender<String>,
    }

    impl Write for Reader {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.told.recv().unwrap_or(Ok(()))?;
            let _ = self.lines.send(String::from_utf8(line.to_vec()).unwrap());
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A stream that a test reads, the way to tell its reader to go on, and the lines.
    fn stream() -> (&'static Stream, Sender<io::Result<()>>, Receiver<String>) {
        let ((tell, told), (lines, read)) = (channel(), channel());
        let stream: &'static Stream = Box::leak(Box::new(Stream::new(|| Box::new(io::sink()))));
        stream.count_losses(|lost| format!("{lost} lost\n").into_bytes());
        stream.lock().writer = super::Writer::Busy;
        thread::spawn(move || stream.write_lines(Reader { told, lines }));
        (stream, tell, read)
    }

    #[test]
    fn lines_that_find_no_room_are_counted_in_their_place() {
        let (stream, tell, read) = stream();
        stream.say("first");
        // It has the first line in its hand.
        while !stream.lock().text.is_empty() {
            thread::yield_now();
        }
        let line = "x".repeat(MOST_WAITING_BYTES / 4 - 2);
        for _ in 0..4 {
            stream.say(&line);
        }
        stream.say("too much");
        stream.say("too much\nand more");
        // It would fit, and is lost all the same: else it would come before those that are.
        stream.say("y");
        drop(tell);
        let line = line + "\n";
        let expected = ["first\n", &line, &line, &line, &line, "4 lost\n"];
        for expected in expected {
            assert_eq!(read.recv().unwrap(), expected);
        }
        stream.say("afterwards");
        assert_eq!(read.recv().unwrap(), "afterwards\n");
        stream.finish();
        assert!(!stream.lock().is_unfinished());
    }

    #[test]
    fn lines_that_cannot_be_written_are_counted_before_the_next_that_can() {
        let (stream, tell, read) = stream();
        // The line itself fails, and then the count does, once for each further line.
        for _ in 0..3 {
            tell.send(Err(io::ErrorKind::StorageFull.into())).unwrap();
        }
        stream.say("one");
        stream.finish();
        stream.say("two");
        stream.finish();
        drop(tell);
        stream.say("three");
        assert_eq!(read.recv().unwrap(), "2 lost\n");
        assert_eq!(read.recv().unwrap(), "three\n");
    }

    #[test]
    fn the_end_waits_for_no_reader_that_is_stuck() {
        let (mut reader, writer) = pipe().unwrap();
        let stream: &'static Stream = Box::leak(Box::new(Stream::new(|| Box::new(io::sink()))));
        stream.lock().writer = super::Writer::Busy;
        thread::spawn(move || stream.write_lines(writer));
        stream.say(&"x".repeat(MOST_WAITING_BYTES / 2));
        stream.finish();
        assert!(stream.lock().is_unfinished(), "a pipe does not hold that much");
        let mut line = vec![0; MOST_WAITING_BYTES / 2 + 1];
        reader.read_exact(&mut line).unwrap();
        stream.finish();
        assert!(!stream.lock().is_unfinished());
    }
}
