//! Builds the two dictionaries of a generation, one after the other: words of names and organizations, in
//! which a typo is forgiven, and all other terms.

use super::block::{Kind, Resident, Writer, damaged};
use super::dictionary::{Builder, Kinds};
use super::posting::List;

/// Opens the terms that go to the first dictionary.
pub(super) const WORD_TERMS: u8 = 0;
/// Opens the terms that go to the second one.
pub(super) const OTHER_TERMS: u8 = 1;

/// What the dictionaries are kept as.
pub(super) const WORDS: Kinds = Kinds {
    terms: Kind::WordTerms,
    postings: Kind::WordPostings,
    unions: Kind::WordUnions,
};
pub(super) const OTHERS: Kinds = Kinds {
    terms: Kind::OtherTerms,
    postings: Kind::OtherPostings,
    unions: Kind::OtherUnions,
};

/// The dictionaries being built.
pub(super) struct Dictionaries {
    documents: usize,
    words: Builder,
    forgiving: fst::SetBuilder<Vec<u8>>,
    others: Builder,
    /// The term whose documents are coming, with the byte that opens it.
    term: Vec<u8>,
    lists: [List; 3],
}

impl Dictionaries {
    pub fn new(documents: usize) -> Self {
        Self {
            documents,
            words: Builder::new(WORDS, documents),
            forgiving: fst::SetBuilder::memory(),
            others: Builder::new(OTHERS, documents),
            term: Vec::new(),
            lists: Default::default(),
        }
    }

    /// Adds a document to a term; terms ascend.
    pub fn add(
        &mut self,
        term: &[u8],
        class: usize,
        document: u32,
        writer: &mut Writer<'_>,
    ) -> rusqlite::Result<()> {
        if term != self.term {
            self.end_term(writer)?;
            self.term.clear();
            self.term.extend_from_slice(term);
        }
        if let Some(list) = self.lists.get_mut(class) {
            list.add(document, self.documents);
        }
        Ok(())
    }

    /// Writes what is left.
    pub fn finish(mut self, writer: &mut Writer<'_>) -> rusqlite::Result<()> {
        self.end_term(writer)?;
        let (heads, prefixes) = self.words.finish(writer)?;
        writer.write(Kind::Resident, Resident::WordHeads as u64, heads.encode())?;
        writer.write(
            Kind::Resident,
            Resident::WordPrefixes as u64,
            prefixes.encode(),
        )?;
        let (heads, prefixes) = self.others.finish(writer)?;
        writer.write(Kind::Resident, Resident::OtherHeads as u64, heads.encode())?;
        writer.write(
            Kind::Resident,
            Resident::OtherPrefixes as u64,
            prefixes.encode(),
        )?;
        let forgiving = self.forgiving.into_inner().map_err(|_| damaged())?;
        writer.write(Kind::Resident, Resident::Words as u64, forgiving)
    }

    fn end_term(&mut self, writer: &mut Writer<'_>) -> rusqlite::Result<()> {
        let lists = std::mem::take(&mut self.lists);
        match self.term.split_first() {
            None => Ok(()),
            Some((&WORD_TERMS, word)) => {
                self.forgiving.insert(word).map_err(|_| damaged())?;
                self.words.add(word, lists, writer)
            }
            Some((_, term)) => self.others.add(term, lists, writer),
        }
    }
}
