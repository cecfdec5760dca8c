//! The documents written since the index was last built, in memory: read from `search_delta`, searched at
//! once.

use std::collections::HashMap;

use rusqlite::Connection;

use super::answer::{Answer, Extent};
use super::bits::Bits;
use super::document::{Document, Order};
use super::run::{Runs, Unsorted};
use super::typed::Word;
use super::typo::{Near, OneTypo};

/// Terms gathered before they are sorted into a run, while many rows are read at once.
const UNSORTED_MAX: usize = 50_000;

/// The delta's documents in slots; a slot is used once, so a contact that changes moves to a new one.
#[derive(Debug, Default)]
pub(super) struct Delta {
    slots: Vec<Slot>,
    rows: HashMap<i64, Option<u32>>,
    live: Bits,
    words: Runs,
    others: Runs,
    /// The last sequence that was read.
    sequence: i64,
}

#[derive(Debug)]
struct Slot {
    sequence: i64,
    order: Order,
    /// How many documents of the built index come before it, once that was asked.
    before: Option<usize>,
}

impl Delta {
    /// A delta that starts behind this sequence.
    pub fn behind(sequence: i64) -> Self {
        Self {
            sequence,
            ..Self::default()
        }
    }

    /// Reads the rows written since; calls `touched` with the row of each contact that they speak of.
    pub fn refresh(
        &mut self,
        connection: &Connection,
        mut touched: impl FnMut(i64) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT sequence, contact_row, document FROM search_delta WHERE sequence > ?1 ORDER BY sequence",
        )?;
        let mut rows = statement.query([self.sequence])?;
        let mut unsorted = Unsorted::default();
        while let Some(row) = rows.next()? {
            let contact_row = row.get(1)?;
            let document = row.get_ref(2)?.as_blob_or_null()?.map(decode).transpose()?;
            self.sequence = row.get(0)?;
            self.put(contact_row, document.as_ref(), &mut unsorted);
            touched(contact_row)?;
            if unsorted.len() > UNSORTED_MAX {
                unsorted.seal(&mut self.words, &mut self.others);
            }
        }
        unsorted.seal(&mut self.words, &mut self.others);
        Ok(())
    }

    /// How many slots there are.
    pub fn size(&self) -> usize {
        self.slots.len()
    }

    pub fn live(&self) -> &Bits {
        &self.live
    }

    /// The place of a slot's document among equally good ones.
    pub fn order(&self, slot: usize) -> Option<&Order> {
        self.slots.get(slot).map(|slot| &slot.order)
    }

    /// How many documents of the built index come before a slot's; `count` is asked once.
    pub fn before(
        &mut self,
        slot: usize,
        count: impl FnOnce(&Order) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<usize> {
        let Some(slot) = self.slots.get_mut(slot) else {
            return Ok(0);
        };
        let before = slot.before.map_or_else(|| count(&slot.order), Ok)?;
        slot.before = Some(before);
        Ok(before)
    }

    pub fn document(&self, connection: &Connection, slot: usize) -> rusqlite::Result<Document> {
        let sequence = self.slots.get(slot).map(|slot| slot.sequence);
        connection
            .prepare_cached("SELECT document FROM search_delta WHERE sequence = ?1")?
            .query_row([sequence], |row| decode(row.get_ref(0)?.as_blob()?))
    }

    /// Adds the documents in which a form of the word begins a term.
    pub fn gather(&self, word: &Word, answer: &mut Answer) {
        for form in &word.forms {
            for runs in [&self.words, &self.others] {
                runs.starting(form, |slot, class, whole| {
                    let extent = if whole { Extent::Whole } else { Extent::Start };
                    answer.add(slot as usize, class, extent);
                });
            }
        }
    }

    /// Adds the documents with a word of a name or organization that is met with at most one typo.
    pub fn gather_near(&self, word: &OneTypo, answer: &mut Answer) {
        self.words.near(word, |slot, class, near| {
            let extent = match near {
                Near::Whole => Extent::Whole,
                Near::Prefix => Extent::Start,
            };
            answer.add(slot as usize, class, extent);
        });
    }

    fn put(&mut self, contact_row: i64, document: Option<&Document>, unsorted: &mut Unsorted) {
        let slot = document.map(|document| {
            let slot = self.slots.len() as u32;
            self.slots.push(Slot {
                sequence: self.sequence,
                order: document.order(),
                before: None,
            });
            self.live.grow(self.slots.len());
            self.live.add(slot as usize);
            unsorted.add(document, slot);
            slot
        });
        if let Some(Some(before)) = self.rows.insert(contact_row, slot) {
            self.live.remove(before as usize);
        }
    }
}

/// A kept document; other bytes mean that the file is damaged.
pub(super) fn decode(bytes: &[u8]) -> rusqlite::Result<Document> {
    Document::decode(bytes).ok_or_else(|| {
        let what = "a document of the search index cannot be read".into();
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, what)
    })
}
