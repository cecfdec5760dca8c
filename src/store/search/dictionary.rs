//! Builds a dictionary from its terms in order: blocks of terms with their posting lists, and for every
//! prefix with many terms the union of their lists, so that no search has to go through them.

use super::block::{Kind, Writer};
use super::document::put_number;
use super::packed::Packed;
use super::posting::{List, encode};

/// Bytes of a block of terms; with its row, it should fit a page of the store.
const BLOCK_BYTES: usize = 3_600;
/// Longest posting lists that are kept in the block of their term.
const INLINE_BYTES: usize = 400;
/// A prefix with more terms than this has its union built.
const TERMS_FEW: u32 = 256;

/// Where a dictionary's blocks go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds {
    pub terms: Kind,
    pub postings: Kind,
    pub unions: Kind,
}

/// A dictionary being built.
pub(super) struct Builder {
    kinds: Kinds,
    documents: usize,
    block: Vec<u8>,
    last: Vec<u8>,
    heads: Packed,
    long_lists: u64,
    /// The prefixes of the last term, shortest first, at the ends of its characters.
    open: Vec<Prefix>,
    unions: Vec<(Vec<u8>, u64)>,
}

/// A prefix whose terms are still coming.
#[derive(Default)]
struct Prefix {
    length: usize,
    terms: u32,
    /// Terms of the longer prefix with most terms: when it has all, it stands for this one, too.
    terms_of_one: u32,
    lists: [List; 3],
}

impl Builder {
    pub fn new(kinds: Kinds, documents: usize) -> Self {
        Self {
            kinds,
            documents,
            block: Vec::with_capacity(BLOCK_BYTES + 1_000),
            last: Vec::new(),
            heads: Packed::default(),
            long_lists: 0,
            open: Vec::new(),
            unions: Vec::new(),
        }
    }

    /// Adds the next term, which must be greater than the last.
    pub fn add(
        &mut self,
        term: &[u8],
        lists: [List; 3],
        writer: &mut Writer<'_>,
    ) -> rusqlite::Result<()> {
        let shared = self
            .last
            .iter()
            .zip(term)
            .take_while(|(one, other)| one == other)
            .count();
        self.close(shared, writer)?;
        self.write(term, shared, &lists, writer)?;
        let from = self.open.last().map_or(0, |prefix| prefix.length);
        let ends = (from + 1..=term.len())
            .filter(|end| term.get(*end).is_none_or(|byte| byte & 0xc0 != 0x80));
        self.open.extend(ends.map(|length| Prefix {
            length,
            ..Prefix::default()
        }));
        if let Some(whole) = self.open.last_mut() {
            whole.terms += 1;
            for (mine, list) in whole.lists.iter_mut().zip(lists) {
                mine.take(list, self.documents);
            }
        }
        self.last.clear();
        self.last.extend_from_slice(term);
        Ok(())
    }

    /// Writes what is left; the first terms of all blocks, and the prefixes that have unions.
    pub fn finish(mut self, writer: &mut Writer<'_>) -> rusqlite::Result<(Packed, Packed)> {
        self.close(0, writer)?;
        self.end_block(writer)?;
        let mut prefixes = Packed::default();
        self.unions.sort_unstable();
        for (mut entry, number) in self.unions {
            // The number follows a byte that no term holds, so the order stays that of the prefixes.
            entry.push(0);
            put_number(&mut entry, number);
            prefixes.push(&entry);
        }
        Ok((self.heads, prefixes))
    }

    fn write(
        &mut self,
        term: &[u8],
        shared: usize,
        lists: &[List; 3],
        writer: &mut Writer<'_>,
    ) -> rusqlite::Result<()> {
        if self.block.len() > BLOCK_BYTES - INLINE_BYTES {
            self.end_block(writer)?;
        }
        let shared = if self.block.is_empty() { 0 } else { shared };
        if self.block.is_empty() {
            self.heads.push(term);
        }
        put_number(&mut self.block, shared as u64);
        put_number(&mut self.block, (term.len() - shared) as u64);
        self.block.extend_from_slice(&term[shared..]);
        let encoded = encode(lists, self.documents);
        if encoded.len() <= INLINE_BYTES {
            put_number(&mut self.block, encoded.len() as u64);
            self.block.extend_from_slice(&encoded);
        } else {
            put_number(&mut self.block, 0);
            put_number(&mut self.block, self.long_lists);
            writer.write(self.kinds.postings, self.long_lists, encoded)?;
            self.long_lists += 1;
        }
        Ok(())
    }

    fn end_block(&mut self, writer: &mut Writer<'_>) -> rusqlite::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let number = self.heads.len() as u64 - 1;
        writer.write(self.kinds.terms, number, std::mem::take(&mut self.block))
    }

    /// Closes the prefixes that are longer than `length`: no more of their terms can come.
    fn close(&mut self, length: usize, writer: &mut Writer<'_>) -> rusqlite::Result<()> {
        while let Some(prefix) = self.open.pop_if(|prefix| prefix.length > length) {
            if prefix.terms > TERMS_FEW && prefix.terms_of_one < prefix.terms {
                let number = self.unions.len() as u64;
                writer.write(
                    self.kinds.unions,
                    number,
                    encode(&prefix.lists, self.documents),
                )?;
                self.unions
                    .push((self.last[..prefix.length].to_vec(), number));
            }
            if let Some(shorter) = self.open.last_mut() {
                shorter.terms += prefix.terms;
                shorter.terms_of_one = shorter.terms_of_one.max(prefix.terms);
                for (mine, list) in shorter.lists.iter_mut().zip(prefix.lists) {
                    mine.take(list, self.documents);
                }
            }
        }
        Ok(())
    }
}
