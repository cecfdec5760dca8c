//! Search over curated contacts as one types: names in any order, organization, e-mail, phone digits,
//! external ids. It owns its tables (`assets/migrations/sqlite/0002_search.sql`) in the store's file and
//! nothing else.
//!
//! The store calls [`append`] in the transaction that writes a contact, so that a write can be found once it
//! is acknowledged, by any process on the file. Readers keep a [`SearchIndex`] each: a few hundred kilobytes
//! of directories, the writes since the last build in memory, everything else read on demand. When
//! [`rebuild_due`] says so, [`rebuild`] moves recent writes into segments while others write and search.

mod block;
mod build;
mod bytes;
mod check;
mod compose;
mod dictionary;
mod document;
mod fold;
mod hits;
mod index;
mod inverted;
mod mark;
mod query;
mod rank;
mod recent;
mod segment;
mod set;
mod sort;
mod sweep;
mod typo;
mod view;
mod words;
mod write;

use std::ops::Range;

use rusqlite::{Connection, params};

pub use build::{Built, Extent, Progress, REBUILD_DUE, holds, rebuild, rebuild_due};
pub use check::check;
pub use document::{Document, FieldKind};
pub use index::SearchIndex;

/// The tables of the search.
pub const MIGRATION: &str = include_str!("../../assets/migrations/sqlite/0002_search.sql");

/// Hits on a page at most.
pub const PAGE_MAX: usize = 100;
/// Hits that can be paged through; the total counts all.
pub const WINDOW_MAX: usize = 1_000;

/// A search as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    pub text: &'a str,
    /// At most [`PAGE_MAX`]; more is cut to it.
    pub limit: usize,
    /// With the limit at most [`WINDOW_MAX`]; hits past it are left out.
    pub offset: usize,
}

/// A page of hits, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub hits: Vec<Hit>,
    /// Exact for exact hits; hits by typo are looked for, and counted, only when the others are few.
    pub total: usize,
    /// Documents that can be found at all.
    pub of: usize,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub contact_row: i64,
    pub document: Document,
    /// Field index and byte range of each part that matched, in order and apart.
    pub matches: Vec<(usize, Range<usize>)>,
    /// True when one typo had to be forgiven.
    pub by_typo: bool,
}

/// Why the search cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("the search index is damaged ({0}); rebuild it")]
    Damaged(&'static str),
    #[error("the search index has no room to sort: {0}")]
    Sort(#[from] std::io::Error),
    #[error("another process is building the search index")]
    Superseded,
}

/// Records that a contact can be found by this document, or no longer. Call it in the transaction that writes
/// the contact; the last call for a row counts.
pub fn append(
    conn: &Connection,
    contact_row: i64,
    document: Option<&Document>,
) -> Result<(), SearchError> {
    let mut statement =
        conn.prepare_cached("INSERT INTO search_delta (contact_row, document) VALUES (?1, ?2)")?;
    statement.execute(params![contact_row, document.map(Document::encode)])?;
    Ok(())
}
