//! The standard streams: only text that is safe for a terminal goes in, and no write is lost silently.

use super::Shown;
use super::shown::harmless;
use std::io::{self, Write};

/// One of the process's output streams, or a buffer in its place.
pub struct Stream<'a> {
    to: &'a mut dyn Write,
    terminal: bool,
    failed: Option<io::Error>,
}

impl<'a> Stream<'a> {
    /// `terminal`: whether people read it directly.
    pub fn new(to: &'a mut dyn Write, terminal: bool) -> Stream<'a> {
        Stream { to, terminal, failed: None }
    }

    /// A stream that is not there: every write to it fails.
    pub fn fail(mut self, why: io::Error) -> Stream<'a> {
        self.failed = Some(why);
        self
    }

    pub fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Writes text that a terminal may be given.
    pub fn say(&mut self, text: &Shown) {
        self.write(text.as_str());
    }

    /// Writes a file's own text: byte for byte into a pipe or a file, where it is data; harmless on a terminal.
    pub fn copy(&mut self, text: &str) {
        if self.terminal { self.write(&harmless(text)) } else { self.write(text) }
    }

    fn write(&mut self, text: &str) {
        // After a failure the rest would be a torn answer with a hole in it.
        if self.failed.is_none()
            && let Err(e) = self.to.write_all(text.as_bytes())
        {
            self.failed = Some(e);
        }
    }

    /// Hands on what is buffered.
    pub fn flush(&mut self) {
        if self.failed.is_none()
            && let Err(e) = self.to.flush()
        {
            self.failed = Some(e);
        }
    }

    /// Whether a write has failed: nobody takes what is said any more.
    pub fn is_lost(&self) -> bool {
        self.failed.is_some()
    }

    /// The first failure, unless the reader has closed its end, as a pager does when its user has seen enough.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.flush();
        self.failed.take().filter(|e| e.kind() != io::ErrorKind::BrokenPipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes `room` bytes, then fails.
    struct Full {
        room: usize,
        kind: io::ErrorKind,
        taken: Vec<u8>,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let n = bytes.len().min(self.room);
            if n == 0 && !bytes.is_empty() {
                return Err(self.kind.into());
            }
            self.room -= n;
            self.taken.extend_from_slice(&bytes[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_is_kept_and_ends_the_output() {
        let mut full = Full { room: 5, kind: io::ErrorKind::StorageFull, taken: Vec::new() };
        let mut stream = Stream::new(&mut full, false);
        stream.copy("12345678");
        stream.copy("9");
        assert!(stream.is_lost());
        assert_eq!(stream.failure().map(|e| e.kind()), Some(io::ErrorKind::StorageFull));
        assert_eq!(full.taken, b"12345");
    }

    #[test]
    fn a_closed_pipe_is_quiet() {
        let mut full = Full { room: 0, kind: io::ErrorKind::BrokenPipe, taken: Vec::new() };
        let mut stream = Stream::new(&mut full, false);
        stream.copy("1");
        assert!(stream.is_lost());
        assert!(stream.failure().is_none());
    }

    #[test]
    fn a_copy_is_exact_unless_people_read_it() {
        let text = "good x \"\u{1b}[2J\u{202e}\"\r\n";
        for (terminal, same) in [(false, true), (true, false)] {
            let mut bytes = Vec::new();
            Stream::new(&mut bytes, terminal).copy(text);
            assert_eq!(bytes == text.as_bytes(), same);
            assert!(same || !bytes.contains(&0x1b));
        }
    }
}
