//! Search as you type over curated contacts.
//!
//! Every write appends the contact's document to `search_delta` in its own transaction, so a contact can be
//! found the moment its write is acknowledged. Readers keep the delta as an index in memory. When it has
//! grown long, `rebuild` makes a new generation of the built index out of the last one and the delta:
//! documents numbered in display order, sorted terms with lists of documents, unions of those lists for short
//! prefixes. Readers keep its outline in memory and read the rest from the store.
//!
//! This module owns what is found and in which order; it knows neither contacts nor the rest of the store.

mod answer;
mod base;
mod bits;
mod block;
mod build;
mod delta;
mod dictionaries;
mod dictionary;
mod document;
mod fold;
mod index;
mod mark;
mod packed;
mod posting;
mod run;
mod sorter;
mod stored;
mod term;
mod typed;
mod typo;

use std::ops::Range;

use rusqlite::{Connection, params};

pub use build::{RebuildError, clear, rebuild, rebuild_due};
pub use document::{Document, FieldKind};
pub use index::SearchIndex;

/// The tables of the index.
pub const MIGRATION: &str = include_str!("../../assets/migrations/sqlite/0002_search.sql");

/// Most hits of a page.
pub const LIMIT_MAX: usize = 100;
/// Furthest hit that a page can start from.
pub const OFFSET_MAX: usize = 1_000;

/// A search as it was typed, and which page of hits to return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub text: String,
    pub limit: usize,
    pub offset: usize,
}

/// A contact that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub contact: [u8; 16],
    pub document: Document,
    /// Numbers of the document's fields with the byte ranges that matched.
    pub matches: Vec<(usize, Vec<Range<usize>>)>,
    pub by_typo: bool,
}

/// A page of hits, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub hits: Vec<Hit>,
    /// Hits on all pages: exact ones, and those by a typo where they were looked for.
    pub total: usize,
    /// Contacts that can be found at all.
    pub of: usize,
}

/// Records what of a contact can be found; `None` when it no longer can. Belongs in the transaction that
/// writes the contact.
pub fn append(
    connection: &Connection,
    contact_row: i64,
    document: Option<&Document>,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO search_delta (contact_row, document) VALUES (?1, ?2)")?
        .execute(params![contact_row, document.map(Document::encode)])?;
    Ok(())
}
