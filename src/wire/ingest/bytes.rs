//! Bytes one by one from a reader, with a line count and a place to put bytes back.

use std::io::{self, Read};

const CHUNK_BYTES: usize = 64 * 1024;

/// What the first bytes say about the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    None,
    Utf16,
    Compressed,
}

/// A stream of bytes.
pub struct Bytes<R> {
    input: R,
    buffer: Vec<u8>,
    at: usize,
    line: u64,
    is_end: bool,
    failure: Option<io::Error>,
}

impl<R: Read> Bytes<R> {
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            at: 0,
            line: 1,
            is_end: false,
            failure: None,
        }
    }

    /// The number of the line that the next byte is on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Why the stream ended early, once.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// The next byte, not taken.
    pub fn peek(&mut self) -> Option<u8> {
        if self.at >= self.buffer.len() {
            self.fill(1);
        }
        self.buffer.get(self.at).copied()
    }

    /// Takes the next byte.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        if byte == b'\n' {
            self.line += 1;
        }
        Some(byte)
    }

    /// Puts bytes back that were taken last.
    pub fn put_back(&mut self, mut bytes: Vec<u8>) {
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_sub(lines as u64);
        bytes.extend_from_slice(self.buffer.get(self.at..).unwrap_or_default());
        self.buffer = bytes;
        self.at = 0;
    }

    /// Skips a byte-order mark and blanks; tells encodings that are not ours.
    pub fn skip_mark_and_blanks(&mut self) -> Mark {
        self.fill(3);
        match self.buffer.get(self.at..).unwrap_or_default() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return Mark::Utf16,
            [0x1F, 0x8B, ..] | [b'P', b'K', 0x03, ..] | [0x28, 0xB5, 0x2F, ..] => {
                return Mark::Compressed;
            }
            [0xEF, 0xBB, 0xBF, ..] => self.at += 3,
            _ => {}
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.next();
        }
        Mark::None
    }

    /// Reads on until `count` bytes are at hand or the input ends.
    fn fill(&mut self, count: usize) {
        self.buffer.drain(..self.at);
        self.at = 0;
        while !self.is_end && self.buffer.len() < count {
            let before = self.buffer.len();
            self.buffer.resize(before + CHUNK_BYTES, 0);
            let read = self
                .input
                .read(self.buffer.get_mut(before..).unwrap_or_default());
            let count = match &read {
                Ok(count) => *count,
                Err(_) => 0,
            };
            self.buffer.truncate(before + count);
            match read {
                Ok(0) => self.is_end = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_end = true;
                    self.failure = Some(error);
                }
            }
        }
    }
}
