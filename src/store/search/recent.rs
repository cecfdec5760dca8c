//! The writes since the last build, in memory: few enough to be read through for every query, so that a write
//! can be found as soon as it is stored.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::Connection;

use super::SearchError;
use super::document::Document;
use super::query::{Leaf, Need, Strength};
use super::rank::{Met, Mode, RANKS, Source, ranked};
use super::typo::Likeness;
use super::words::{Space, each_word};

/// The latest write of each contact since the last build.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// Sequence of the last write that was read.
    last: i64,
    /// Words and order keys of all slots.
    text: Vec<u8>,
    slots: Vec<Slot>,
    by_row: HashMap<i64, u32>,
    live: usize,
}

#[derive(Debug)]
struct Slot {
    sequence: i64,
    row: i64,
    words: Range<usize>,
    key: Range<usize>,
    starts: Starts,
    /// False once a later write replaced it, and for writes that removed the document.
    live: bool,
}

impl Recent {
    /// Nothing yet, of writes after `sequence`.
    pub(super) fn after(sequence: i64) -> Self {
        Self {
            last: sequence,
            ..Self::default()
        }
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// Documents that can be found here.
    pub(super) fn live(&self) -> usize {
        self.live
    }

    /// Reads the writes since the last call; the rows of their contacts.
    pub(super) fn read(&mut self, conn: &Connection) -> Result<Vec<i64>, SearchError> {
        let mut rows = Vec::new();
        let mut statement = conn.prepare_cached(
            "SELECT sequence, contact_row, document FROM search_delta WHERE sequence > ?1 ORDER BY sequence",
        )?;
        let mut found = statement.query([self.last])?;
        while let Some(row) = found.next()? {
            let (sequence, contact_row) = (row.get(0)?, row.get(1)?);
            let document = match row.get_ref(2)?.as_blob_or_null() {
                Ok(Some(bytes)) => Some(Document::decode(bytes)?),
                Ok(None) => None,
                Err(_) => return Err(SearchError::Damaged("a recent write")),
            };
            self.put(sequence, contact_row, document.as_ref());
            rows.push(contact_row);
        }
        Ok(rows)
    }

    /// The slots that meet all needs, by rank, each rank in the order of hits. In `Mode::Forgiving` only
    /// those that do not meet them exactly.
    pub(super) fn find(
        &self,
        needs: &[Need],
        mode: Mode,
        wanted: usize,
    ) -> Result<[Vec<u32>; RANKS], SearchError> {
        let mut found: [Vec<u32>; RANKS] = Default::default();
        for (at, slot) in self.slots.iter().enumerate() {
            if !slot.live || !slot.starts.allow(needs, mode) {
                continue;
            }
            let words = &self.text[slot.words.clone()];
            let rank = match rank_of(needs, words, mode)? {
                Some(_) if mode == Mode::Forgiving && meets(needs, words)? => None,
                rank => rank,
            };
            if let Some(rank) = rank {
                found[rank].push(at as u32);
            }
        }
        for slots in &mut found {
            self.sort(slots, wanted);
        }
        Ok(found)
    }

    pub(super) fn key(&self, slot: u32) -> &[u8] {
        &self.text[self.slots[slot as usize].key.clone()]
    }

    /// The contact's row and the document of a slot.
    pub(super) fn document(
        &self,
        conn: &Connection,
        slot: u32,
    ) -> Result<(i64, Document), SearchError> {
        let slot = &self.slots[slot as usize];
        let mut statement =
            conn.prepare_cached("SELECT document FROM search_delta WHERE sequence = ?1")?;
        let document = statement.query_row([slot.sequence], |row| {
            Ok(row.get_ref(0)?.as_blob().map(Document::decode))
        })?;
        let document = document.map_err(|_| SearchError::Damaged("a recent write"))??;
        Ok((slot.row, document))
    }

    /// The slots of documents that can be found, with their contacts' rows.
    pub(super) fn slots(&self) -> impl Iterator<Item = (u32, i64)> {
        let live = self.slots.iter().enumerate().filter(|(_, slot)| slot.live);
        live.map(|(at, slot)| (at as u32, slot.row))
    }

    /// The latest slot of a contact: whether its document can be found here, `None` when it was not written.
    pub(super) fn slot_of(&self, row: i64) -> Option<Option<u32>> {
        let slot = *self.by_row.get(&row)?;
        Some(self.slots[slot as usize].live.then_some(slot))
    }

    fn put(&mut self, sequence: i64, row: i64, document: Option<&Document>) {
        self.last = sequence;
        if let Some(before) = self.by_row.insert(row, self.slots.len() as u32) {
            let before = &mut self.slots[before as usize];
            self.live -= usize::from(std::mem::take(&mut before.live));
        }
        let start = self.text.len();
        let text = &mut self.text;
        let mut starts = Starts::default();
        if let Some(document) = document {
            each_word(document, &mut |space, letters| {
                let at = text.len();
                text.extend([space as u8, 0, 0]);
                for letter in letters {
                    text.extend_from_slice(letter.folded.encode_utf8(&mut [0; 4]).as_bytes());
                }
                let length = (text.len() - at - HEAD) as u16;
                starts.add(&text[at + HEAD..]);
                text[at + 1..at + HEAD].copy_from_slice(&length.to_le_bytes());
            });
        }
        let words = start..self.text.len();
        if let Some(document) = document {
            self.text.extend_from_slice(&document.order_key());
        }
        let key = words.end..self.text.len();
        let live = document.is_some();
        self.live += usize::from(live);
        self.slots.push(Slot {
            sequence,
            row,
            words,
            key,
            starts,
            live,
        });
    }

    fn sort(&self, slots: &mut [u32], wanted: usize) {
        if slots.len() > wanted && wanted > 0 {
            // Only the first are shown; the others need no order, but they count.
            slots.select_nth_unstable_by(wanted - 1, |a, b| self.key(*a).cmp(self.key(*b)));
            let (first, _) = slots.split_at_mut(wanted);
            first.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        } else {
            slots.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        }
    }
}

/// The first bytes of all words of a document, and their first two, each as one of 64 bits: most documents
/// are passed over by these alone.
#[derive(Clone, Copy, Debug, Default)]
struct Starts {
    one: u64,
    two: u64,
}

impl Starts {
    fn add(&mut self, word: &[u8]) {
        if let [first, rest @ ..] = word {
            self.one |= 1 << (first % 64);
            self.two |= rest.first().map_or(0, |second| two(*first, *second));
        }
    }

    /// False when the document cannot meet the needs.
    fn allow(self, needs: &[Need], mode: Mode) -> bool {
        needs.iter().all(|need| match need {
            Need::One(leaf) if mode == Mode::Forgiving && leaf.typo.is_some() => true,
            Need::One(leaf) => leaf.probes.iter().any(|probe| match probe.text.as_bytes() {
                [] => true,
                [first] => self.one & (1 << (first % 64)) != 0,
                [first, second, ..] => self.two & two(*first, *second) != 0,
            }),
            Need::Either(lists) => lists.iter().any(|list| self.allow(list, mode)),
        })
    }
}

fn two(first: u8, second: u8) -> u64 {
    1 << ((first.wrapping_mul(31) ^ second) % 64)
}

/// Before each word: its space and length.
const HEAD: usize = 3;

/// The rank of a document with these packed words.
fn rank_of(needs: &[Need], words: &[u8], mode: Mode) -> Result<Option<usize>, SearchError> {
    let ranks = ranked(needs, &mut Words { packed: words }, mode)?;
    Ok(ranks.and_then(|ranks| ranks.into_iter().position(|holds| holds)))
}

fn meets(needs: &[Need], words: &[u8]) -> Result<bool, SearchError> {
    Ok(rank_of(needs, words, Mode::Exact)?.is_some())
}

/// The words of one document.
struct Words<'a> {
    packed: &'a [u8],
}

impl Source for Words<'_> {
    type Answer = bool;

    fn meet(&mut self, leaf: &Leaf, mode: Mode) -> Result<Met<bool>, SearchError> {
        let mut met = Met::default();
        let mut rest = self.packed;
        while let [space, low, high, after @ ..] = rest {
            let length = usize::from(u16::from_le_bytes([*low, *high]));
            let (word, next) = after.split_at(length);
            rest = next;
            let in_name = *space == Space::Names as u8;
            for probe in &leaf.probes {
                if probe.space as u8 == *space && word.starts_with(probe.text.as_bytes()) {
                    match probe.strength {
                        Strength::WhenEqual => {
                            note(&mut met, in_name, word.len() == probe.text.len());
                        }
                        Strength::Whole => note(&mut met, in_name, true),
                        Strength::Least => met.found = true,
                    }
                }
            }
            if let (Mode::Forgiving, Some(typed)) = (mode, &leaf.typo)
                && *space != Space::Codes as u8
                && let Ok(likeness) = typed.like(word)
            {
                note(&mut met, in_name, likeness == Likeness::Whole);
            }
        }
        Ok(met)
    }
}

fn note(met: &mut Met<bool>, in_name: bool, whole: bool) {
    met.found = true;
    met.begun = true;
    met.name |= in_name;
    met.whole |= whole;
    met.whole_name |= in_name && whole;
}
