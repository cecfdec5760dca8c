//! What the bytes of a CSV file say beside its cells: the line on which each row begins, and a quote that nobody
//! closed.

use std::collections::VecDeque;

/// What some programs write before the text of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where reading is within a row (RFC 4180).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Between rows; blank lines are none.
    RowStart,
    CellStart,
    Plain,
    Quoted,
    /// After a quote within a quoted cell: the second of a pair, or the end.
    QuoteInQuoted,
}

/// Follows the bytes as they are read, ahead of the rows by what is buffered.
#[derive(Clone, Debug)]
pub struct Quotes {
    at: At,
    /// Lines count from 1.
    line: u64,
    opened: u64,
    /// Where the rows begin that were not asked for yet.
    begins: VecDeque<u64>,
    is_ended: bool,
}

impl Default for Quotes {
    fn default() -> Self {
        Self {
            at: At::RowStart,
            line: 1,
            opened: 1,
            begins: VecDeque::new(),
            is_ended: false,
        }
    }
}

impl Quotes {
    /// Takes the next bytes; none at the end of the file.
    pub fn follow(&mut self, bytes: &[u8]) {
        self.is_ended = bytes.is_empty();
        let is_first = self.line == 1 && self.at == At::RowStart;
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).filter(|_| is_first);
        for byte in text.unwrap_or(bytes) {
            self.step(*byte);
        }
    }

    /// The line of the next row.
    pub fn next_row(&mut self) -> Option<u64> {
        self.begins.pop_front()
    }

    /// The line of a quote that is open where the file ends.
    pub fn never_closed(&self) -> Option<u64> {
        (self.is_ended && self.at == At::Quoted).then_some(self.opened)
    }

    fn step(&mut self, byte: u8) {
        if self.at == At::RowStart && !matches!(byte, b'\r' | b'\n') {
            self.begins.push_back(self.line);
            self.at = At::CellStart;
        }
        self.at = match (self.at, byte) {
            (At::CellStart, b'"') => {
                self.opened = self.line;
                At::Quoted
            }
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::QuoteInQuoted, b'"') | (At::Quoted, _) => At::Quoted,
            (_, b'\r' | b'\n') => At::RowStart,
            (_, b',') => At::CellStart,
            (_, _) => At::Plain,
        };
        self.line += u64::from(byte == b'\n');
    }
}
