//! Writing the dictionary of one space: its words in order with their documents, and the prefixes that so
//! many words share that reading them through would take too long, with the documents of all those words.

use super::SearchError;
use super::block::Span;
use super::dictionary::{BLOCK_BYTES_MAX, Directory, Postings, common, put_entry};
use super::set::{Gather, Set, pack, put_deltas};
use super::write::Writer;

/// Documents of a word kept beside it; more get a block.
const BESIDE_MAX: usize = 12;
/// A prefix is kept from so many words on, or from so many documents on.
const HEAVY_WORDS: u32 = 1_024;
const HEAVY_DOCUMENTS: usize = 32_768;

/// A dictionary being written.
pub(super) struct Inverted {
    universe: u32,
    words: Entries,
    last: Vec<u8>,
    /// What the prefixes of the last word have in common with the words before, by letters.
    levels: Vec<Level>,
    /// Levels in use.
    depth: usize,
    heavy: Vec<(Vec<u8>, Place)>,
}

/// The words that share a prefix.
struct Level {
    prefix_bytes: usize,
    words: u32,
    documents: usize,
    all: Gather,
}

/// Packed documents, beside the word or in a block.
enum Place {
    Beside(Vec<u8>),
    Block(u32),
}

/// Entries being packed into blocks.
#[derive(Default)]
struct Entries {
    block: Vec<u8>,
    first: Vec<u8>,
    last: Vec<u8>,
    directory: Directory,
}

impl Inverted {
    pub(super) fn new(universe: u32) -> Self {
        Self {
            universe,
            words: Entries::default(),
            last: Vec::new(),
            levels: Vec::new(),
            depth: 0,
            heavy: Vec::new(),
        }
    }

    /// Adds a word, greater than the ones before, with its documents in order.
    pub(super) fn put(
        &mut self,
        writer: &mut Writer<'_>,
        word: &[u8],
        documents: Vec<u32>,
    ) -> Result<(), SearchError> {
        self.close_levels(writer, common(&self.last, word))?;
        self.count(word, &documents);
        self.last.clear();
        self.last.extend_from_slice(word);
        let place = self.place(writer, &Set::Few(documents))?;
        self.words.put(writer, word, &place)
    }

    /// Writes what is left; the directories of words and of prefixes.
    pub(super) fn finish(mut self, writer: &mut Writer<'_>) -> Result<[Span; 2], SearchError> {
        self.close_levels(writer, 0)?;
        let words = self.words.finish(writer)?;
        self.heavy
            .sort_unstable_by(|left, right| left.0.cmp(&right.0));
        let mut prefixes = Entries::default();
        for (prefix, place) in &self.heavy {
            prefixes.put(writer, prefix, place)?;
        }
        Ok([words, prefixes.finish(writer)?])
    }

    /// Adds the documents to every prefix of the word.
    fn count(&mut self, word: &[u8], documents: &[u32]) {
        let starts =
            (1..=word.len()).filter(|end| word.get(*end).is_none_or(|byte| byte & 0xC0 != 0x80));
        for (at, prefix_bytes) in starts.enumerate() {
            if at == self.levels.len() {
                let all = Gather::new(self.universe);
                self.levels.push(Level {
                    prefix_bytes,
                    words: 0,
                    documents: 0,
                    all,
                });
            }
            let level = &mut self.levels[at];
            level.prefix_bytes = prefix_bytes;
            level.words += 1;
            level.documents += documents.len();
            documents
                .iter()
                .for_each(|document| level.all.add(*document));
            self.depth = at + 1;
        }
    }

    /// Ends the prefixes of the last word that are longer than what the next shares with it.
    fn close_levels(&mut self, writer: &mut Writer<'_>, shared: usize) -> Result<(), SearchError> {
        while let Some(last) = self.depth.checked_sub(1)
            && self.levels[last].prefix_bytes > shared
        {
            self.depth = last;
            let level = &mut self.levels[last];
            let heavy = level.words >= HEAVY_WORDS
                || (level.words > 1 && level.documents >= HEAVY_DOCUMENTS);
            (level.words, level.documents) = (0, 0);
            if !heavy {
                level.all.clear();
                continue;
            }
            let prefix = self.last[..level.prefix_bytes].to_vec();
            let all = level.all.take();
            let place = self.place(writer, &all)?;
            self.heavy.push((prefix, place));
        }
        Ok(())
    }

    fn place(&self, writer: &mut Writer<'_>, documents: &Set) -> Result<Place, SearchError> {
        match documents {
            Set::Few(list) if list.len() <= BESIDE_MAX => {
                let mut beside = Vec::new();
                put_deltas(&mut beside, list.iter().copied());
                Ok(Place::Beside(beside))
            }
            Set::Few(_) | Set::Many(_) => {
                Ok(Place::Block(writer.put(pack(documents, self.universe))?))
            }
        }
    }
}

impl Entries {
    fn put(
        &mut self,
        writer: &mut Writer<'_>,
        word: &[u8],
        place: &Place,
    ) -> Result<(), SearchError> {
        let postings = match place {
            Place::Beside(deltas) => Postings::Here(deltas),
            Place::Block(number) => Postings::Block(*number),
        };
        let before = self.block.len();
        put_entry(&mut self.block, &self.last, word, postings);
        if self.block.len() > BLOCK_BYTES_MAX && before > 0 {
            self.block.truncate(before);
            self.end_block(writer)?;
            put_entry(&mut self.block, &[], word, postings);
        }
        if self.first.is_empty() {
            self.first.extend_from_slice(word);
        }
        self.last.clear();
        self.last.extend_from_slice(word);
        Ok(())
    }

    fn end_block(&mut self, writer: &mut Writer<'_>) -> Result<(), SearchError> {
        if !self.block.is_empty() {
            let number = writer.put(std::mem::take(&mut self.block))?;
            self.directory.push(&self.first, number);
        }
        self.first.clear();
        self.last.clear();
        Ok(())
    }

    fn finish(&mut self, writer: &mut Writer<'_>) -> Result<Span, SearchError> {
        self.end_block(writer)?;
        writer.put_stream(&self.directory.pack())
    }
}
