//! Bytes that somebody has yet to read.

#[derive(Default)]
pub(super) struct Unread {
    pub bytes: Vec<u8>,
    read: usize,
}

impl Unread {
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.read..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// Leaves out what was read. It is removed once it is the larger part, so that the rest is not
    /// moved each time.
    pub(super) fn note_read(&mut self, count: usize) {
        self.read += count;
        if self.read * 2 >= self.bytes.len() {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
    }
}
