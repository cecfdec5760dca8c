//! Search as you type over curated contacts.
//!
//! Every write appends the contact's document to `search_delta` in its own transaction, so a contact can be
//! found the moment its write is acknowledged. Readers keep the delta as an index in memory. This module owns
//! what is found and in which order; it knows neither contacts nor the rest of the store.

mod answer;
mod base;
mod bits;
mod block;
mod build;
mod delta;
mod dictionary;
mod document;
mod fold;
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

use answer::Ranked;
use delta::Delta;
pub use document::{Document, FieldKind};
use mark::Typos;
use typed::Typed;

/// The tables of the index.
pub const MIGRATION: &str = include_str!("../../assets/migrations/sqlite/0002_search.sql");

/// Most hits of a page.
pub const LIMIT_MAX: usize = 100;
/// Furthest hit that a page can start from.
pub const OFFSET_MAX: usize = 1_000;
/// With fewer exact hits than this, one typo a word is forgiven.
const ENOUGH: usize = 5;

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

/// Records what of a contact can be found; `None` when it no longer can. Belongs in the transaction that writes
/// the contact.
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

/// One reader's view of the index. Use it outside write transactions only: it remembers what it has read.
#[derive(Debug, Default)]
pub struct SearchIndex {
    delta: Delta,
}

impl SearchIndex {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what was written since the last call.
    pub fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.delta.refresh(connection, |_| Ok(()))
    }

    /// Finds contacts as they stand now; a text without any letter or digit finds none.
    pub fn search(&mut self, connection: &Connection, query: &Query) -> rusqlite::Result<Page> {
        self.refresh(connection)?;
        let typed = Typed::read(&query.text);
        let of = self.delta.live().count();
        let exact = self.exact(&typed)?;
        let mut page = Page {
            hits: Vec::new(),
            total: exact.total,
            of,
        };
        let window =
            query.offset.min(OFFSET_MAX)..query.offset.min(OFFSET_MAX) + query.limit.min(LIMIT_MAX);
        for slot in self.place(&exact, window.clone()) {
            page.hits
                .push(self.hit(connection, &typed, slot, Typos::None)?);
        }
        if exact.total < ENOUGH && typed.words().any(|word| word.forgiving().is_some()) {
            let near = self.near(&typed, &exact)?;
            page.total += near.total;
            let behind =
                window.start.saturating_sub(exact.total)..window.end.saturating_sub(exact.total);
            for slot in self.place(&near, behind) {
                page.hits
                    .push(self.hit(connection, &typed, slot, Typos::One)?);
            }
        }
        Ok(page)
    }

    fn exact(&self, typed: &Typed) -> rusqlite::Result<Ranked> {
        answer::rank(
            typed,
            self.delta.size(),
            self.delta.live(),
            |word, answer| {
                self.delta.gather(word, answer);
                Ok(())
            },
        )
    }

    /// What is found when one typo a word is forgiven, without what is found exactly.
    fn near(&self, typed: &Typed, exact: &Ranked) -> rusqlite::Result<Ranked> {
        let mut left = self.delta.live().clone();
        exact.grades.iter().for_each(|grade| left.without(grade));
        answer::rank(typed, self.delta.size(), &left, |word, answer| {
            self.delta.gather(word, answer);
            if let Some(letters) = word.forgiving() {
                self.delta.gather_near(&typo::OneTypo::new(letters), answer);
            }
            Ok(())
        })
    }

    /// The slots in a window of the ranked ones.
    fn place(&self, ranked: &Ranked, window: Range<usize>) -> Vec<usize> {
        let mut placed = Vec::new();
        for grade in &ranked.grades {
            if placed.len() >= window.end {
                break;
            }
            let mut slots: Vec<usize> = grade.iter().collect();
            slots.sort_unstable_by(|one, other| {
                self.delta.order(*one).cmp(&self.delta.order(*other))
            });
            placed.extend(slots);
        }
        placed.truncate(window.end);
        placed.drain(..window.start.min(placed.len()));
        placed
    }

    fn hit(
        &self,
        connection: &Connection,
        typed: &Typed,
        slot: usize,
        typos: Typos,
    ) -> rusqlite::Result<Hit> {
        let document = self.delta.document(connection, slot)?;
        Ok(Hit {
            contact: document.contact,
            matches: mark::mark(&document, typed, typos),
            by_typo: typos == Typos::One,
            document,
        })
    }
}
