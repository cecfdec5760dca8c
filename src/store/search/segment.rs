//! Reading a segment: documents in the order of hits, a dictionary of their words, rows of their contacts.
//! Only directories are in memory; blocks are read when a query needs them.

use std::cmp::Ordering;

use rusqlite::Connection;

use super::SearchError;
use super::block::{
    DAMAGED, Root, Span, match_rows, read_block, read_postings, stream, unpack_rows,
};
use super::bytes::Cursor;
use super::dictionary::{Directory, Entries, Go, Postings, common};
use super::document::Document;
use super::set::{Gather, Set};
use super::words::Space;

/// Documents of a block.
pub(super) const DOCUMENTS_PER_BLOCK: u32 = 16;
/// Rows of a block.
pub(super) const ROWS_PER_BLOCK: usize = 512;

/// A segment in use.
#[derive(Debug)]
pub(super) struct Segment {
    pub id: i64,
    root: Root,
    first_rows: Vec<i64>,
    words: [Directory; 3],
    prefixes: [Directory; 3],
    /// Documents that later writes replaced or removed.
    dead: Set,
    dead_count: usize,
}

impl Segment {
    /// Reads the directories and which documents later segments replaced.
    pub(super) fn open(conn: &Connection, id: i64, root: &[u8]) -> Result<Self, SearchError> {
        let root = Root::unpack(root).ok_or(DAMAGED)?;
        let directory = |span| Directory::unpack(&stream(conn, id, span)?).ok_or(DAMAGED);
        let directories = |spans: [Span; 3]| -> Result<[Directory; 3], SearchError> {
            let [names, words, codes] = spans.map(directory);
            Ok([names?, words?, codes?])
        };
        let (words, prefixes) = (directories(root.words)?, directories(root.prefixes)?);
        let first_rows = unpack_rows(&stream(conn, id, root.first_rows)?).ok_or(DAMAGED)?;
        let dead = Set::default();
        let mut segment = Self {
            id,
            root,
            first_rows,
            words,
            prefixes,
            dead,
            dead_count: 0,
        };
        segment.bury(conn)?;
        Ok(segment)
    }

    /// Takes the dead from later segments, and those alone.
    pub(super) fn bury(&mut self, conn: &Connection) -> Result<(), SearchError> {
        let mut gather = Gather::new(self.root.documents);
        let mut statement =
            conn.prepare_cached("SELECT documents FROM search_dead WHERE segment = ?1")?;
        let mut rows = statement.query([self.id])?;
        while let Some(row) = rows.next()? {
            let packed = row.get_ref(0)?.as_blob().map_err(|_| DAMAGED)?;
            gather.add_packed(packed).ok_or(DAMAGED)?;
        }
        self.set_dead(gather.take());
        Ok(())
    }

    /// Hides the documents of these contacts; rows ascending.
    pub(super) fn mask(&mut self, conn: &Connection, rows: &[i64]) -> Result<(), SearchError> {
        let found = self.documents_of(conn, rows)?;
        if found.is_empty() {
            return Ok(());
        }
        let mut gather = Gather::new(self.root.documents);
        self.dead
            .members()
            .chain(found)
            .for_each(|document| gather.add(document));
        self.set_dead(gather.take());
        Ok(())
    }

    /// True when it was built before the words of today; what it knows is found, and a build is due.
    pub(super) fn is_outdated(&self) -> bool {
        self.root.is_outdated()
    }

    /// Documents, dead ones included.
    pub(super) fn documents(&self) -> u32 {
        self.root.documents
    }

    pub(super) fn live(&self) -> usize {
        self.root.documents as usize - self.dead_count
    }

    pub(super) fn dead(&self) -> &Set {
        &self.dead
    }

    /// The contact's row and the document of that number.
    pub(super) fn document(
        &self,
        conn: &Connection,
        document: u32,
    ) -> Result<(i64, Document), SearchError> {
        let mut found = Err(DAMAGED);
        let first = document - document % DOCUMENTS_PER_BLOCK;
        self.block_documents(conn, document / DOCUMENTS_PER_BLOCK, |at, row, packed| {
            if first + at == document {
                found = Document::decode(packed).map(|document| (row, document));
            }
        })?;
        found
    }

    /// Calls `visit` with the place, the contact's row and the packed document of each in a block.
    pub(super) fn block_documents(
        &self,
        conn: &Connection,
        block: u32,
        mut visit: impl FnMut(u32, i64, &[u8]),
    ) -> Result<(), SearchError> {
        read_block(conn, self.id, block, |bytes| {
            let mut cursor = Cursor::new(bytes);
            let mut at = 0;
            while !cursor.is_done() {
                let row = cursor.number()? as i64;
                visit(at, row, cursor.bytes()?);
                at += 1;
            }
            Some(())
        })
    }

    /// The documents of contacts, where there are any; rows ascending.
    pub(super) fn documents_of(
        &self,
        conn: &Connection,
        rows: &[i64],
    ) -> Result<Vec<u32>, SearchError> {
        let mut found = Vec::new();
        let mut rest = rows;
        while let Some(row) = rest.first() {
            let after = self.first_rows.partition_point(|first| first <= row);
            let next = self.first_rows.get(after);
            let here = next.map_or(rest.len(), |next| rest.partition_point(|row| row < next));
            if after > 0 {
                let number = self.root.rows.first + after as u32 - 1;
                read_block(conn, self.id, number, |bytes| {
                    match_rows(bytes, &rest[..here], &mut found)
                })?;
            }
            rest = &rest[here..];
        }
        Ok(found)
    }

    /// Adds the documents that have exactly this word.
    pub(super) fn whole(
        &self,
        conn: &Connection,
        space: Space,
        word: &str,
        into: &mut Gather,
    ) -> Result<(), SearchError> {
        self.exact(conn, &self.words[space.at()], word.as_bytes(), into)?;
        Ok(())
    }

    /// Adds the documents that have a word that begins so.
    pub(super) fn begun(
        &self,
        conn: &Connection,
        space: Space,
        prefix: &str,
        into: &mut Gather,
    ) -> Result<(), SearchError> {
        let prefix = prefix.as_bytes();
        if self.exact(conn, &self.prefixes[space.at()], prefix, into)? {
            return Ok(());
        }
        self.scan(conn, space, prefix, |postings, _| {
            self.add(conn, postings, into)
        })
    }

    /// Calls `visit` with each word that begins so, in order.
    pub(super) fn scan(
        &self,
        conn: &Connection,
        space: Space,
        prefix: &[u8],
        mut visit: impl FnMut(Postings<'_>, &[u8]) -> Result<(), SearchError>,
    ) -> Result<(), SearchError> {
        let directory = &self.words[space.at()];
        for at in directory.block_of(prefix)..directory.len() {
            let end = self.each_entry(conn, directory, at, |word, postings| {
                if word.starts_with(prefix) {
                    visit(postings, word)?;
                    return Ok(Go::On);
                }
                Ok(if word < prefix { Go::On } else { Go::Stop })
            })?;
            if end == Go::Stop {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Adds the documents of a word.
    pub(super) fn add(
        &self,
        conn: &Connection,
        postings: Postings<'_>,
        into: &mut Gather,
    ) -> Result<(), SearchError> {
        match postings {
            Postings::Here(deltas) => into.add_deltas(deltas).ok_or(DAMAGED),
            Postings::Block(number) => {
                read_postings(conn, self.id, number, |packed| into.add_packed(packed))
            }
        }
    }

    /// Calls `visit` with the words of a block and their documents, where it says; how it ended.
    pub(super) fn each_entry(
        &self,
        conn: &Connection,
        directory: &Directory,
        at: usize,
        mut visit: impl FnMut(&[u8], Postings<'_>) -> Result<Go, SearchError>,
    ) -> Result<Go, SearchError> {
        let number = directory.number(at).ok_or(DAMAGED)?;
        read_block(conn, self.id, number, |bytes| {
            let mut entries = Entries::new(bytes);
            while let Some(postings) = entries.next()? {
                match visit(entries.word(), postings) {
                    Ok(Go::On) => {}
                    Ok(Go::Past(sharing)) => entries.pass_over(sharing)?,
                    ended => return Some(ended),
                }
            }
            Some(Ok(Go::On))
        })?
    }

    pub(super) fn words(&self, space: Space) -> &Directory {
        &self.words[space.at()]
    }

    pub(super) fn prefixes(&self, space: Space) -> &Directory {
        &self.prefixes[space.at()]
    }

    /// Adds the documents of an entry; false when there is none.
    fn exact(
        &self,
        conn: &Connection,
        directory: &Directory,
        word: &[u8],
        into: &mut Gather,
    ) -> Result<bool, SearchError> {
        if directory.len() == 0 {
            return Ok(false);
        }
        let mut found = false;
        self.each_entry(
            conn,
            directory,
            directory.block_of(word),
            |entry, postings| {
                if entry == word {
                    self.add(conn, postings, into)?;
                    found = true;
                }
                // What differs within the word that is looked for need not be read on.
                let shared = common(entry, word);
                Ok(match entry.cmp(word) {
                    Ordering::Less if shared < entry.len() => Go::Past(shared + 1),
                    Ordering::Less => Go::On,
                    Ordering::Equal | Ordering::Greater => Go::Stop,
                })
            },
        )?;
        Ok(found)
    }

    fn set_dead(&mut self, dead: Set) {
        self.dead_count = dead.len();
        self.dead = dead;
    }
}
