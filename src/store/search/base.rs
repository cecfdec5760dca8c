//! Reads the built index: what of a generation is kept in memory, and what is read from its blocks.

use fst::{IntoStreamer, Streamer};
use rusqlite::Connection;

use super::answer::{Answer, Extent};
use super::bits::Bits;
use super::block::{self, Kind, Resident, damaged};
use super::delta::decode;
use super::dictionaries::{OTHERS, WORDS};
use super::dictionary::Kinds;
use super::document::{Document, Order, take_number};
use super::packed::Packed;
use super::posting;
use super::stored::{self, PER_BLOCK};
use super::typed::Word;
use super::typo::{Near, OneTypo};

/// Which generation is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub generation: i64,
    pub sequence: i64,
    pub documents: i64,
}

impl State {
    pub fn read(connection: &Connection) -> rusqlite::Result<Self> {
        connection
            .prepare_cached("SELECT generation, sequence, documents FROM search_state")?
            .query_row([], |row| {
                Ok(Self {
                    generation: row.get(0)?,
                    sequence: row.get(1)?,
                    documents: row.get(2)?,
                })
            })
    }
}

/// A generation of the index.
#[derive(Debug, Default)]
pub(super) struct Base {
    state: State,
    live: Bits,
    words: Dictionary,
    others: Dictionary,
    /// Orders of the first documents of all blocks.
    orders: Packed,
    /// The words in which a typo is forgiven.
    forgiving: fst::Set<Vec<u8>>,
}

impl Base {
    pub fn load(connection: &Connection, state: State) -> rusqlite::Result<Self> {
        if state.documents == 0 {
            return Ok(Self {
                state,
                ..Self::default()
            });
        }
        let packed = |which: Resident| {
            block::read(
                connection,
                state.generation,
                Kind::Resident,
                which as u64,
                |bytes| Packed::decode(bytes).ok_or_else(damaged),
            )
        };
        let forgiving = Resident::Words as u64;
        Ok(Self {
            state,
            live: Bits::all(state.documents as usize),
            words: Dictionary {
                heads: packed(Resident::WordHeads)?,
                prefixes: packed(Resident::WordPrefixes)?,
            },
            others: Dictionary {
                heads: packed(Resident::OtherHeads)?,
                prefixes: packed(Resident::OtherPrefixes)?,
            },
            orders: packed(Resident::Orders)?,
            forgiving: block::read(
                connection,
                state.generation,
                Kind::Resident,
                forgiving,
                |bytes| fst::Set::new(bytes.to_vec()).map_err(|_| damaged()),
            )?,
        })
    }

    pub fn generation(&self) -> i64 {
        self.state.generation
    }

    pub fn size(&self) -> usize {
        self.state.documents as usize
    }

    /// Documents that have not changed since they were built.
    pub fn live(&self) -> &Bits {
        &self.live
    }

    /// Leaves out the document of a contact that changed.
    pub fn leave_out(&mut self, connection: &Connection, row: i64) -> rusqlite::Result<()> {
        if self.size() > 0
            && let Some(number) = stored::number_of_row(connection, self.state.generation, row)?
        {
            self.live.remove(number);
        }
        Ok(())
    }

    pub fn document(&self, connection: &Connection, number: usize) -> rusqlite::Result<Document> {
        self.in_block(connection, number / PER_BLOCK, |bytes| {
            decode(stored::at(bytes, number % PER_BLOCK)?)
        })
    }

    /// How many documents come before this place.
    pub fn before(&self, connection: &Connection, order: &Order) -> rusqlite::Result<usize> {
        let Some(number) = self.orders.up_to(&order.to_bytes()).checked_sub(1) else {
            return Ok(0);
        };
        let mut documents = Vec::with_capacity(PER_BLOCK);
        self.in_block(connection, number, |bytes| {
            stored::each(bytes, |(_, document)| {
                documents.push(document.to_vec());
                Ok(())
            })
        })?;
        let (mut low, mut high) = (0, documents.len());
        while low < high {
            let middle = low.midpoint(high);
            if decode(&documents[middle])?.order() < *order {
                low = middle + 1
            } else {
                high = middle
            }
        }
        Ok(number * PER_BLOCK + low)
    }

    /// Adds the documents in which a form of the word begins a term.
    pub fn gather(
        &self,
        connection: &Connection,
        word: &Word,
        answer: &mut Answer,
    ) -> rusqlite::Result<()> {
        for form in &word.forms {
            self.reader(connection, &self.words, WORDS)
                .starting(form.as_bytes(), answer)?;
            self.reader(connection, &self.others, OTHERS)
                .starting(form.as_bytes(), answer)?;
        }
        Ok(())
    }

    /// Adds the documents with a word of a name or organization that is met with at most one typo.
    pub fn gather_near(
        &self,
        connection: &Connection,
        word: &OneTypo,
        answer: &mut Answer,
    ) -> rusqlite::Result<()> {
        let mut found: Vec<(Vec<u8>, Extent)> = Vec::new();
        let mut terms = self.forgiving.search(word).into_stream();
        while let Some(term) = terms.next() {
            let near = std::str::from_utf8(term)
                .ok()
                .and_then(|text| word.meets(text));
            let extent = near.map(|near| match near {
                Near::Whole => Extent::Whole,
                Near::Prefix => Extent::Start,
            });
            found.extend(extent.map(|extent| (term.to_vec(), extent)));
        }
        self.reader(connection, &self.words, WORDS)
            .these(&found, answer)
    }

    fn reader<'a>(
        &'a self,
        connection: &'a Connection,
        list: &'a Dictionary,
        kinds: Kinds,
    ) -> Reader<'a> {
        Reader {
            connection,
            generation: self.state.generation,
            list,
            kinds,
        }
    }

    fn in_block<T>(
        &self,
        connection: &Connection,
        number: usize,
        read: impl FnOnce(&[u8]) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        block::read(
            connection,
            self.state.generation,
            Kind::Documents,
            number as u64,
            read,
        )
    }
}

/// What of a dictionary is kept in memory.
#[derive(Debug, Default)]
struct Dictionary {
    /// The first terms of all blocks.
    heads: Packed,
    /// Prefixes that have a union, with its number.
    prefixes: Packed,
}

/// Reads a dictionary's blocks.
struct Reader<'a> {
    connection: &'a Connection,
    generation: i64,
    list: &'a Dictionary,
    kinds: Kinds,
}

/// Where the posting lists of a term are.
enum Lists<'a> {
    Here(&'a [u8]),
    Long(u64),
}

impl Reader<'_> {
    fn starting(&self, form: &[u8], answer: &mut Answer) -> rusqlite::Result<()> {
        let Some(union) = self.union(form) else {
            return self.scan(form, answer);
        };
        block::read(
            self.connection,
            self.generation,
            self.kinds.unions,
            union,
            |bytes| add(bytes, Extent::Start, answer),
        )?;
        self.these(&[(form.to_vec(), Extent::Whole)], answer)
    }

    /// The union of all terms that begin with `form`, when there are many.
    ///
    /// Invariant: a prefix that only one longer prefix with all its terms continues has no union of its own,
    /// and then that longer one is the next in the list.
    fn union(&self, form: &[u8]) -> Option<u64> {
        let rest = self
            .list
            .prefixes
            .get(self.list.prefixes.below(form))
            .strip_prefix(form)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        take_number(&mut &rest[end + 1..])
    }

    /// Goes through all terms that begin with `form`.
    fn scan(&self, form: &[u8], answer: &mut Answer) -> rusqlite::Result<()> {
        let first = self.list.heads.up_to(form).saturating_sub(1);
        for number in first..self.list.heads.len() {
            if number > first && !self.list.heads.get(number).starts_with(form) {
                break;
            }
            self.block(number, answer, |term| {
                if !term.starts_with(form) {
                    return if term > form { Look::Stop } else { Look::Pass };
                }
                Look::Take(if term.len() == form.len() {
                    Extent::Whole
                } else {
                    Extent::Start
                })
            })?;
        }
        Ok(())
    }

    /// Looks these terms up, which ascend.
    fn these(&self, terms: &[(Vec<u8>, Extent)], answer: &mut Answer) -> rusqlite::Result<()> {
        let block_of = |term: &[u8]| self.list.heads.up_to(term).checked_sub(1);
        for together in terms.chunk_by(|one, other| block_of(&one.0) == block_of(&other.0)) {
            let Some(number) = together.first().and_then(|(term, _)| block_of(term)) else {
                continue;
            };
            let mut wanted = together.iter().peekable();
            self.block(number, answer, |term| {
                while wanted
                    .next_if(|(other, _)| other.as_slice() < term)
                    .is_some()
                {}
                match (wanted.next_if(|(other, _)| other == term), wanted.peek()) {
                    (Some((_, extent)), _) => Look::Take(*extent),
                    (None, Some(_)) => Look::Pass,
                    (None, None) => Look::Stop,
                }
            })?;
        }
        Ok(())
    }

    /// Looks at the terms of a block one by one and adds the documents of those that are taken.
    fn block(
        &self,
        number: usize,
        answer: &mut Answer,
        mut look: impl FnMut(&[u8]) -> Look,
    ) -> rusqlite::Result<()> {
        // Long lists are read after the block, so that one statement serves both.
        let mut long = Vec::new();
        block::read(
            self.connection,
            self.generation,
            self.kinds.terms,
            number as u64,
            |mut bytes| {
                let mut term = Vec::new();
                while !bytes.is_empty() {
                    let lists = entry(&mut bytes, &mut term).ok_or_else(damaged)?;
                    match (look(&term), lists) {
                        (Look::Stop, _) => break,
                        (Look::Pass, _) => {}
                        (Look::Take(extent), Lists::Here(lists)) => add(lists, extent, answer)?,
                        (Look::Take(extent), Lists::Long(number)) => long.push((number, extent)),
                    }
                }
                Ok(())
            },
        )?;
        for (number, extent) in long {
            block::read(
                self.connection,
                self.generation,
                self.kinds.postings,
                number,
                |bytes| add(bytes, extent, answer),
            )?;
        }
        Ok(())
    }
}

/// What to do about a term.
enum Look {
    Pass,
    Take(Extent),
    Stop,
}

/// Takes an entry of a block of terms; `term` holds the term before it and then its own.
fn entry<'a>(bytes: &mut &'a [u8], term: &mut Vec<u8>) -> Option<Lists<'a>> {
    let shared = take_number(bytes)? as usize;
    let own = take_number(bytes)? as usize;
    let (own, rest) = bytes.split_at_checked(own)?;
    term.truncate(shared);
    term.extend_from_slice(own);
    *bytes = rest;
    let length = take_number(bytes)? as usize;
    if length == 0 {
        return take_number(bytes).map(Lists::Long);
    }
    let (lists, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(Lists::Here(lists))
}

fn add(bytes: &[u8], extent: Extent, answer: &mut Answer) -> rusqlite::Result<()> {
    posting::each(bytes, |class, list| {
        list.add_to(answer.grade(class, extent))
    })
    .ok_or_else(damaged)
}
