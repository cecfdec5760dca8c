//! Writing the blocks of a segment in short transactions, so that other writers hardly wait.

use rusqlite::Connection;

use super::SearchError;
use super::block::{Span, key};
use super::build::Lease;

/// Bytes of blocks in one transaction.
const SLICE_BYTES: usize = 256 << 10;
/// Bytes of one block of a stream.
const STREAM_BLOCK_BYTES: usize = 32 << 10;

/// Blocks of one segment, numbered in the order in which they come.
pub(super) struct Writer<'a> {
    conn: &'a Connection,
    lease: &'a Lease,
    next: u32,
    waiting: Vec<(u32, Vec<u8>)>,
    waiting_bytes: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(conn: &'a Connection, lease: &'a Lease) -> Self {
        Self {
            conn,
            lease,
            next: 0,
            waiting: Vec::new(),
            waiting_bytes: 0,
        }
    }

    /// The number of the next block.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// Adds a block; its number.
    pub(super) fn put(&mut self, bytes: Vec<u8>) -> Result<u32, SearchError> {
        let number = self.next;
        self.next += 1;
        self.waiting_bytes += bytes.len();
        self.waiting.push((number, bytes));
        if self.waiting_bytes >= SLICE_BYTES {
            self.flush()?;
        }
        Ok(number)
    }

    /// Adds bytes of any length.
    pub(super) fn put_stream(&mut self, bytes: &[u8]) -> Result<Span, SearchError> {
        let first = self.next;
        for part in bytes.chunks(STREAM_BLOCK_BYTES) {
            self.put(part.to_vec())?;
        }
        Ok(Span {
            first,
            count: self.next - first,
        })
    }

    pub(super) fn flush(&mut self) -> Result<(), SearchError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.lease.write(self.conn, |transaction| {
            let mut statement = transaction
                .prepare_cached("INSERT INTO search_block (key, bytes) VALUES (?1, ?2)")?;
            for (number, bytes) in waiting {
                statement.execute((key(self.lease.segment, number), bytes))?;
            }
            Ok(())
        })?;
        self.waiting_bytes = 0;
        Ok(())
    }
}
