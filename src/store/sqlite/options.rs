//! How a store is opened.

use std::time::Duration;

/// How a store is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long another program may write before a decision gives up.
    pub wait: Duration,
    /// Most connections that read at once.
    pub readers: usize,
    /// Memory for pages of the writer, in KiB, and while bulk work goes on.
    pub cache_kib: i64,
    pub bulk_cache_kib: i64,
    /// Bytes of the file that each connection maps into memory.
    pub mmap_bytes: i64,
    /// Most bytes that the file may grow to; `None` for as many as the disk has.
    pub bytes_max: Option<i64>,
    pub damaged_log: DamagedLog,
    /// Rows of an index that a page of the review looks at before it tells how far it came; of rows that must be
    /// read whole, a tenth.
    pub review_rows: u32,
}

/// What is done with a log that is damaged before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamagedLog {
    /// The store is not opened.
    Refuse,
    /// What was saved after the damage is given up.
    Cut,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(30),
            readers: 4,
            cache_kib: 32 * 1024,
            bulk_cache_kib: 128 * 1024,
            mmap_bytes: 1 << 36,
            bytes_max: None,
            damaged_log: DamagedLog::Refuse,
            review_rows: 200_000,
        }
    }
}
