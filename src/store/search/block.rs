//! The blocks of a segment: their keys, how they are read, what the root says of them.

use rusqlite::{Connection, OptionalExtension};

use super::SearchError;
use super::bytes::{Cursor, put_number};

const BLOCK: &str = "SELECT bytes FROM search_block WHERE key = ?1";
/// Another text, and so another cached statement: one that is in use would be prepared anew.
const POSTINGS: &str = "SELECT bytes FROM search_block WHERE ?1 = key";

pub(super) const DAMAGED: SearchError = SearchError::Damaged("a block");

/// Which blocks of a segment hold what. Documents begin at block 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Root {
    pub documents: u32,
    /// Blocks of (row, document), ascending by row.
    pub rows: Span,
    /// Packed first rows of those blocks.
    pub first_rows: Span,
    /// Packed directories of words, by space.
    pub words: [Span; 3],
    /// Packed directories of the prefixes that too many words share to be read through, by space.
    pub prefixes: [Span; 3],
}

/// Consecutive blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub first: u32,
    pub count: u32,
}

impl Root {
    pub(super) fn pack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_number(&mut out, u64::from(self.documents));
        for span in self.spans() {
            put_number(&mut out, u64::from(span.first));
            put_number(&mut out, u64::from(span.count));
        }
        out
    }

    pub(super) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(packed);
        let mut next = || u32::try_from(cursor.number()?).ok();
        let documents = next()?;
        let mut span = || {
            Some(Span {
                first: next()?,
                count: next()?,
            })
        };
        Some(Self {
            documents,
            rows: span()?,
            first_rows: span()?,
            words: [span()?, span()?, span()?],
            prefixes: [span()?, span()?, span()?],
        })
    }

    fn spans(&self) -> impl Iterator<Item = Span> {
        [self.rows, self.first_rows]
            .into_iter()
            .chain(self.words)
            .chain(self.prefixes)
    }
}

/// Reads a block where it lies; `read` answers `None` when it is damaged.
pub(super) fn read_block<T>(
    conn: &Connection,
    segment: i64,
    number: u32,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, SearchError> {
    read_by(BLOCK, conn, segment, number, read)
}

/// The same, while another block is still open.
pub(super) fn read_postings<T>(
    conn: &Connection,
    segment: i64,
    number: u32,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, SearchError> {
    read_by(POSTINGS, conn, segment, number, read)
}

fn read_by<T>(
    sql: &str,
    conn: &Connection,
    segment: i64,
    number: u32,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, SearchError> {
    let mut statement = conn.prepare_cached(sql)?;
    let found = statement
        .query_row([key(segment, number)], |row| {
            Ok(row.get_ref(0)?.as_blob().ok().and_then(read))
        })
        .optional()?;
    found.flatten().ok_or(DAMAGED)
}

/// The key of a block.
pub(super) fn key(segment: i64, number: u32) -> i64 {
    segment << 32 | i64::from(number)
}

/// Packs ascending rows.
pub(super) fn pack_rows(rows: &[i64]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut before = 0;
    for row in rows {
        put_number(&mut out, row.wrapping_sub(before) as u64);
        before = *row;
    }
    out
}

pub(super) fn unpack_rows(packed: &[u8]) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(packed);
    let (mut rows, mut row) = (Vec::new(), 0i64);
    while !cursor.is_done() {
        row = row.wrapping_add(cursor.number()? as i64);
        rows.push(row);
    }
    Some(rows)
}

pub(super) fn stream(conn: &Connection, segment: i64, span: Span) -> Result<Vec<u8>, SearchError> {
    let mut bytes = Vec::new();
    for number in span.first..span.first + span.count {
        read_block(conn, segment, number, |block| {
            bytes.extend_from_slice(block);
            Some(())
        })?;
    }
    Ok(bytes)
}

/// Looks rows up in a block of (distance of row, document).
pub(super) fn match_rows(block: &[u8], rows: &[i64], found: &mut Vec<u32>) -> Option<()> {
    let mut cursor = Cursor::new(block);
    let (mut row, mut wanted) = (0i64, rows.iter().peekable());
    while !cursor.is_done() {
        row = row.wrapping_add(cursor.number()? as i64);
        let document = u32::try_from(cursor.number()?).ok()?;
        while wanted.next_if(|wanted| **wanted < row).is_some() {}
        match wanted.next_if(|wanted| **wanted == row) {
            Some(_) => found.push(document),
            None if wanted.peek().is_none() => return Some(()),
            None => {}
        }
    }
    Some(())
}
