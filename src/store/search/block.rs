//! The blocks of a segment: their keys, how they are read, what the root says of them.

use rusqlite::{Connection, OptionalExtension};

use super::SearchError;
use super::bytes::{Cursor, put_number};

const BLOCK: &str = "SELECT bytes FROM search_block WHERE key = ?1";
/// Another text, and so another cached statement: one that is in use would be prepared anew.
const POSTINGS: &str = "SELECT bytes FROM search_block WHERE ?1 = key";

pub(super) const DAMAGED: SearchError = SearchError::Damaged("a block");

/// What the words of a document are, as told by the end of a root: 2 since the digits of phone numbers are
/// kept backwards too. A root that says nothing is of format 1.
const FORMAT: u32 = 2;

/// Which blocks of a segment hold what. Documents begin at block 0.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    format: u32,
}

impl Default for Root {
    fn default() -> Self {
        Self {
            documents: 0,
            rows: Span::default(),
            first_rows: Span::default(),
            words: Default::default(),
            prefixes: Default::default(),
            format: FORMAT,
        }
    }
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
        put_number(&mut out, u64::from(self.format));
        out
    }

    pub(super) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(packed);
        let documents = number(&mut cursor)?;
        let mut span = || {
            Some(Span {
                first: number(&mut cursor)?,
                count: number(&mut cursor)?,
            })
        };
        let (rows, first_rows) = (span()?, span()?);
        let words = [span()?, span()?, span()?];
        let prefixes = [span()?, span()?, span()?];
        let format = if cursor.is_done() {
            1
        } else {
            number(&mut cursor)?
        };
        Some(Self {
            documents,
            rows,
            first_rows,
            words,
            prefixes,
            format,
        })
    }

    /// True when documents have words by now that the segment does not know.
    pub(super) fn is_outdated(&self) -> bool {
        self.format < FORMAT
    }

    fn spans(&self) -> impl Iterator<Item = Span> {
        [self.rows, self.first_rows]
            .into_iter()
            .chain(self.words)
            .chain(self.prefixes)
    }
}

fn number(cursor: &mut Cursor<'_>) -> Option<u32> {
    u32::try_from(cursor.number()?).ok()
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
