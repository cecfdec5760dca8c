//! Sorted words with their documents, in blocks: each word by what differs from the one before, its documents
//! beside it while few, else in a block of their own. A directory of first words finds the block.

use super::bytes::{Cursor, put_bytes, put_number};

/// Bytes of a block at most: four fit a page. Smaller blocks begin in a more telling way, which spares
/// reading them when a typo is forgiven, but each costs some bytes of memory.
pub(super) const BLOCK_BYTES_MAX: usize = 950;

/// Where the documents of a word are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Postings<'a> {
    /// Packed as distances.
    Here(&'a [u8]),
    /// A packed set in this block.
    Block(u32),
}

/// Appends a word to a block. `before` is the word before it in the same block.
pub(super) fn put_entry(block: &mut Vec<u8>, before: &[u8], word: &[u8], postings: Postings<'_>) {
    let shared = common(before, word);
    put_number(block, shared as u64);
    put_bytes(block, &word[shared..]);
    match postings {
        Postings::Here(deltas) => {
            put_number(block, (deltas.len() as u64) << 1);
            block.extend_from_slice(deltas);
        }
        Postings::Block(number) => put_number(block, u64::from(number) << 1 | 1),
    }
}

/// The bytes that two words begin with.
pub(super) fn common(left: &[u8], right: &[u8]) -> usize {
    left.iter()
        .zip(right)
        .take_while(|(left, right)| left == right)
        .count()
}

/// Reads the words of a block in order.
pub(super) struct Entries<'a> {
    cursor: Cursor<'a>,
    word: Vec<u8>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(block: &'a [u8]) -> Self {
        Self {
            cursor: Cursor::new(block),
            word: Vec::with_capacity(64),
        }
    }

    pub(super) fn word(&self) -> &[u8] {
        &self.word
    }

    /// Passes over the words that share at least so many bytes with this one; `None` when the block is
    /// damaged.
    pub(super) fn pass_over(&mut self, sharing: usize) -> Option<()> {
        // The first word that is not passed over shares less, and so what it needs of the words passed over
        // is in this one too: they need not be put together.
        loop {
            let mut ahead = self.cursor;
            if ahead.is_done() || ahead.length()? < sharing {
                return Some(());
            }
            ahead.bytes()?;
            let place = ahead.number()?;
            if place & 1 == 0 {
                ahead.take(usize::try_from(place >> 1).ok()?)?;
            }
            self.cursor = ahead;
        }
    }

    /// Moves to the next word: its documents. `Some(None)` at the end, `None` when the block is damaged.
    pub(super) fn next(&mut self) -> Option<Option<Postings<'a>>> {
        if self.cursor.is_done() {
            return Some(None);
        }
        let shared = self.cursor.length()?;
        if shared > self.word.len() {
            return None;
        }
        self.word.truncate(shared);
        self.word.extend_from_slice(self.cursor.bytes()?);
        let place = self.cursor.number()?;
        let postings = if place & 1 == 0 {
            Postings::Here(self.cursor.take(usize::try_from(place >> 1).ok()?)?)
        } else {
            Postings::Block(u32::try_from(place >> 1).ok()?)
        };
        Some(Some(postings))
    }
}

/// Where to go after a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Go {
    On,
    /// Past the words that share at least so many bytes with this one.
    Past(usize),
    Stop,
}

/// The first word and the number of each block, in memory.
#[derive(Debug, Default)]
pub(super) struct Directory {
    numbers: Vec<u32>,
    ends: Vec<u32>,
    text: Vec<u8>,
}

impl Directory {
    pub(super) fn push(&mut self, word: &[u8], number: u32) {
        self.text.extend_from_slice(word);
        self.ends.push(self.text.len() as u32);
        self.numbers.push(number);
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    pub(super) fn number(&self, at: usize) -> Option<u32> {
        self.numbers.get(at).copied()
    }

    /// The first word of a block; empty past the last.
    pub(super) fn first(&self, at: usize) -> &[u8] {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }

    /// The block in which a word is, if anywhere: the last that does not begin after it.
    pub(super) fn block_of(&self, word: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.first(middle) <= word {
                low = middle + 1
            } else {
                high = middle
            }
        }
        low.saturating_sub(1)
    }

    pub(super) fn pack(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.text.len() + self.len() * 6);
        for at in 0..self.len() {
            put_number(&mut out, u64::from(self.numbers[at]));
            put_bytes(&mut out, self.first(at));
        }
        out
    }

    pub(super) fn unpack(packed: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(packed);
        let mut directory = Self::default();
        while !cursor.is_done() {
            let number = u32::try_from(cursor.number()?).ok()?;
            directory.push(cursor.bytes()?, number);
        }
        directory.numbers.shrink_to_fit();
        directory.ends.shrink_to_fit();
        directory.text.shrink_to_fit();
        Some(directory)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order() {
        let words: [(&[u8], Postings<'_>); 3] = [
            (b"smith", Postings::Here(&[3, 4])),
            (b"smithers", Postings::Block(77)),
            (b"snow", Postings::Here(&[])),
        ];
        let mut block = Vec::new();
        let mut before: &[u8] = b"";
        for (word, postings) in words {
            put_entry(&mut block, before, word, postings);
            before = word;
        }
        let mut entries = Entries::new(&block);
        for (word, postings) in words {
            let found = entries.next().unwrap().unwrap();
            assert_eq!((entries.word(), found), (word, postings));
        }
        assert_eq!(entries.next(), Some(None));
        assert_eq!(Entries::new(&block[..4]).next(), None);
        let mut entries = Entries::new(&block);
        entries.next().unwrap();
        entries.pass_over(2).unwrap();
        entries.next().unwrap();
        assert_eq!(entries.word(), b"snow");
    }

    #[test]
    fn a_directory_finds_the_block() {
        let mut directory = Directory::default();
        for (at, word) in [b"b", b"f", b"m"].into_iter().enumerate() {
            directory.push(word, at as u32 + 10);
        }
        let directory = Directory::unpack(&directory.pack()).unwrap();
        let found =
            [&b"a"[..], b"b", b"c", b"f", b"lz", b"zz"].map(|word| directory.block_of(word));
        assert_eq!(found, [0, 0, 0, 1, 1, 2]);
        assert_eq!(
            (directory.number(2), directory.first(2)),
            (Some(12), &b"m"[..])
        );
    }
}
