//! Composing a new segment from a plan: documents into the order of hits, their words into dictionaries,
//! their contacts' rows. Memory stays small however many there are.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::Connection;

use super::SearchError;
use super::block::{Root, Span, pack_rows};
use super::build::{Lease, Plan, Progress};
use super::bytes::{put_bytes, put_number};
use super::document::Document;
use super::fold::Letter;
use super::inverted::Inverted;
use super::segment::{DOCUMENTS_PER_BLOCK, ROWS_PER_BLOCK};
use super::sort::{Sorted, Sorter};
use super::words::{Space, each_word};
use super::write::Writer;

/// Recent writes read at a time.
const WRITES_AT_ONCE: i64 = 1_000;
/// Steps between two calls of `progress`.
const STEPS: u64 = 5_000;

const DAMAGED: SearchError = SearchError::Damaged("what was sorted");

/// Composes the segment's blocks; where they are, or `None` when `progress` stopped it.
pub(super) fn compose(
    conn: &Connection,
    lease: &Lease,
    plan: &Plan,
    folder: Option<&Path>,
    progress: Progress<'_>,
) -> Result<Option<Root>, SearchError> {
    let writer = Writer::new(conn, lease);
    let documents = plan
        .replaced
        .iter()
        .map(|segment| segment.live() as u64)
        .sum::<u64>();
    // Each document is read, written, and its words are written: three passes.
    let meter = Meter {
        done: 0,
        total: (documents + plan.contacts() as u64) * 3,
        progress,
    };
    let mut composer = Composer {
        conn,
        writer,
        folder,
        meter,
        root: Root::default(),
        word_count: 0,
    };
    match composer.run(plan) {
        Ok(()) => Ok(Some(composer.root)),
        Err(Halt::Stopped) => Ok(None),
        Err(Halt::Failed(error)) => Err(error),
    }
}

struct Composer<'a> {
    conn: &'a Connection,
    writer: Writer<'a>,
    folder: Option<&'a Path>,
    meter: Meter<'a>,
    root: Root,
    /// Words of all documents, repetitions included.
    word_count: u64,
}

/// Why composing ended early.
enum Halt {
    Stopped,
    Failed(SearchError),
}

impl<E: Into<SearchError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

struct Meter<'a> {
    done: u64,
    total: u64,
    progress: Progress<'a>,
}

impl Meter<'_> {
    fn step(&mut self) -> Result<(), Halt> {
        self.done += 1;
        if self.done.is_multiple_of(STEPS) {
            self.tell()
        } else {
            Ok(())
        }
    }

    fn tell(&mut self) -> Result<(), Halt> {
        match (self.progress)(self.done.min(self.total), self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Stopped),
        }
    }
}

impl Composer<'_> {
    fn run(&mut self, plan: &Plan) -> Result<(), Halt> {
        self.meter.tell()?;
        let mut documents = Sorter::new(self.folder);
        self.read_segments(plan, &mut documents)?;
        self.read_writes(plan, &mut documents)?;
        let mut rows = Sorter::new(self.folder);
        let mut words = Sorter::new(self.folder);
        self.write_documents(documents.sorted()?, &mut rows, &mut words)?;
        self.write_rows(rows.sorted()?)?;
        self.write_words(words.sorted()?)?;
        self.writer.flush()?;
        self.meter.done = self.meter.total;
        self.meter.tell()
    }

    /// Takes the documents of the replaced segments that no later write touched.
    fn read_segments(&mut self, plan: &Plan, into: &mut Sorter) -> Result<(), Halt> {
        for segment in &plan.replaced {
            for block in 0..segment.documents().div_ceil(DOCUMENTS_PER_BLOCK) {
                let mut found = Vec::new();
                segment.block_documents(self.conn, block, |at, row, packed| {
                    let dead = segment.dead().contains(block * DOCUMENTS_PER_BLOCK + at);
                    if !dead && plan.latest(row).is_none() {
                        found.push((row, packed.to_vec()));
                    }
                })?;
                for (row, packed) in found {
                    read_into(&mut self.meter, row, &packed, into)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the last write of each contact, where it has a document.
    fn read_writes(&mut self, plan: &Plan, into: &mut Sorter) -> Result<(), Halt> {
        let (mut after, last) = plan.writes;
        while after < last {
            let until = last.min(after + WRITES_AT_ONCE);
            let mut statement = self.conn.prepare_cached(
                "SELECT sequence, contact_row, document FROM search_delta
                 WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence",
            )?;
            let mut rows = statement.query([after, until])?;
            while let Some(row) = rows.next()? {
                let contact_row: i64 = row.get(1)?;
                let packed = row.get_ref(2)?.as_blob_or_null();
                let packed = packed.map_err(|_| SearchError::Damaged("a recent write"))?;
                if let Some(packed) = packed
                    && plan.latest(contact_row) == Some(row.get(0)?)
                {
                    read_into(&mut self.meter, contact_row, packed, into)?;
                }
            }
            after = until;
        }
        Ok(())
    }

    /// Numbers the documents in order and writes them; sorts their words and rows.
    fn write_documents(
        &mut self,
        mut documents: Sorted,
        rows: &mut Sorter,
        words: &mut Sorter,
    ) -> Result<(), Halt> {
        let mut block = Vec::new();
        let mut number = 0u32;
        let mut key = Vec::with_capacity(128);
        while let Some((_, value)) = documents.next()? {
            let (row, packed) = value.split_first_chunk().ok_or(DAMAGED)?;
            let row = i64::from_be_bytes(*row);
            put_number(&mut block, row as u64);
            put_bytes(&mut block, packed);
            // Flipping the sign bit makes the bytes of rows sort as the rows do.
            rows.put(&(row ^ i64::MIN).to_be_bytes(), &number.to_be_bytes())?;
            let document = Document::decode(packed)?;
            let mut failed = None;
            each_word(&document, &mut |space, letters| {
                put_word_key(&mut key, space, letters, number);
                self.word_count += 1;
                failed = words.put(&key, &[]).err().or(failed.take());
            });
            failed.map_or(Ok(()), Err)?;
            number += 1;
            if number.is_multiple_of(DOCUMENTS_PER_BLOCK) {
                self.writer.put(std::mem::take(&mut block))?;
            }
            self.meter.step()?;
        }
        if !block.is_empty() {
            self.writer.put(block)?;
        }
        self.root.documents = number;
        Ok(())
    }

    fn write_rows(&mut self, mut rows: Sorted) -> Result<(), Halt> {
        let first = self.writer.next();
        let (mut firsts, mut block) = (Vec::new(), Vec::new());
        let (mut before, mut count) = (0i64, 0);
        while let Some((key, value)) = rows.next()? {
            let row = i64::from_be_bytes(key.try_into().map_err(|_| DAMAGED)?) ^ i64::MIN;
            let number = u32::from_be_bytes(value.try_into().map_err(|_| DAMAGED)?);
            if count == ROWS_PER_BLOCK {
                self.writer.put(std::mem::take(&mut block))?;
                (before, count) = (0, 0);
            }
            if count == 0 {
                firsts.push(row);
            }
            put_number(&mut block, row.wrapping_sub(before) as u64);
            put_number(&mut block, u64::from(number));
            (before, count) = (row, count + 1);
        }
        if count > 0 {
            self.writer.put(block)?;
        }
        self.root.rows = Span {
            first,
            count: self.writer.next() - first,
        };
        self.root.first_rows = self.writer.put_stream(&pack_rows(&firsts))?;
        Ok(())
    }

    fn write_words(&mut self, mut words: Sorted) -> Result<(), Halt> {
        let mut next = self.next_word(&mut words)?;
        let documents = u64::from(self.root.documents).max(1);
        let (per_step, mut seen) = ((self.word_count / documents).max(1), 0u64);
        for space in Space::ALL {
            let mut inverted = Inverted::new(self.root.documents);
            while let Some((at, word, number)) = next.take_if(|(at, ..)| *at == space as u8) {
                let mut numbers = vec![number];
                loop {
                    next = self.next_word(&mut words)?;
                    seen += 1;
                    if seen.is_multiple_of(per_step) {
                        self.meter.step()?;
                    }
                    match &next {
                        Some((there, again, number)) if *there == at && *again == word => {
                            if numbers.last() != Some(number) {
                                numbers.push(*number);
                            }
                        }
                        _ => break,
                    }
                }
                inverted.put(&mut self.writer, &word, numbers)?;
            }
            let [words, prefixes] = inverted.finish(&mut self.writer)?;
            self.root.words[space.at()] = words;
            self.root.prefixes[space.at()] = prefixes;
        }
        Ok(())
    }

    fn next_word(&self, words: &mut Sorted) -> Result<Option<(u8, Vec<u8>, u32)>, Halt> {
        let Some((key, _)) = words.next()? else {
            return Ok(None);
        };
        let (word, number) = key.split_last_chunk().ok_or(DAMAGED)?;
        let [space, word @ .., _] = word else {
            return Err(DAMAGED.into());
        };
        Ok(Some((*space, word.to_vec(), u32::from_be_bytes(*number))))
    }
}

/// Sorts a packed document by its order key.
fn read_into(
    meter: &mut Meter<'_>,
    row: i64,
    packed: &[u8],
    into: &mut Sorter,
) -> Result<(), Halt> {
    let key = Document::decode(packed)?.order_key();
    let mut value = Vec::with_capacity(8 + packed.len());
    value.extend_from_slice(&row.to_be_bytes());
    value.extend_from_slice(packed);
    into.put(&key, &value)?;
    meter.step()
}

/// A key that sorts by space, word and document; no folded letter is a zero byte.
fn put_word_key(key: &mut Vec<u8>, space: Space, letters: &[Letter], number: u32) {
    key.clear();
    key.push(space as u8);
    for letter in letters {
        key.extend_from_slice(letter.folded.encode_utf8(&mut [0; 4]).as_bytes());
    }
    key.push(0);
    key.extend_from_slice(&number.to_be_bytes());
}
