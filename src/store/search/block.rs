//! Blocks of the built index in the store: numbered bytes of a kind, in a generation.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

/// Bytes gathered before they are written: what one write transaction of a rebuild holds.
const UNWRITTEN_MAX: usize = 2 << 20;
/// Blocks deleted in one transaction.
const DELETED_MAX: usize = 500;

const NUMBER_BITS: u32 = 32;
const KIND_BITS: u32 = 4;

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What a reader keeps in memory; numbered by `Resident`.
    Resident,
    /// Documents in display order, `stored::PER_BLOCK` a block.
    Documents,
    /// Numbers of documents by contact row.
    Rows,
    /// Words of names and organizations: sorted terms, long posting lists, unions of prefixes.
    WordTerms,
    WordPostings,
    WordUnions,
    /// All other terms.
    OtherTerms,
    OtherPostings,
    OtherUnions,
}

/// Numbers of the resident blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resident {
    WordHeads,
    WordPrefixes,
    OtherHeads,
    OtherPrefixes,
    Orders,
    Words,
    /// Empty: keeps the number of a generation that is being built.
    Claim,
}

/// Calls `read` with a block's bytes; a missing block means that the file is damaged.
pub(super) fn read<T>(
    connection: &Connection,
    generation: i64,
    kind: Kind,
    number: u64,
    read: impl FnOnce(&[u8]) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let mut statement =
        connection.prepare_cached("SELECT bytes FROM search_block WHERE id = ?1")?;
    statement.query_row([id(generation, kind, number)], |row| {
        read(row.get_ref(0)?.as_blob()?)
    })
}

/// As `read`, for a block that need not be there.
pub(super) fn read_if_any<T>(
    connection: &Connection,
    generation: i64,
    kind: Kind,
    number: u64,
    read_block: impl FnOnce(&[u8]) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    read(connection, generation, kind, number, read_block).optional()
}

/// What a damaged block is reported as.
pub(super) fn damaged() -> rusqlite::Error {
    let what = "a block of the search index cannot be read".into();
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, what)
}

/// Writes the blocks of a generation in short transactions, so that other writers get their turn.
pub(super) struct Writer<'a> {
    connection: &'a Connection,
    generation: i64,
    unwritten: Vec<(i64, Vec<u8>)>,
    bytes: usize,
}

impl<'a> Writer<'a> {
    pub fn new(connection: &'a Connection, generation: i64) -> Self {
        Self {
            connection,
            generation,
            unwritten: Vec::new(),
            bytes: 0,
        }
    }

    pub fn write(&mut self, kind: Kind, number: u64, bytes: Vec<u8>) -> rusqlite::Result<()> {
        self.bytes += bytes.len();
        self.unwritten
            .push((id(self.generation, kind, number), bytes));
        if self.bytes > UNWRITTEN_MAX {
            self.flush()
        } else {
            Ok(())
        }
    }

    pub fn flush(&mut self) -> rusqlite::Result<()> {
        let transaction =
            rusqlite::Transaction::new_unchecked(self.connection, TransactionBehavior::Immediate)?;
        {
            let mut statement = transaction
                .prepare_cached("INSERT INTO search_block (id, bytes) VALUES (?1, ?2)")?;
            for (id, bytes) in &self.unwritten {
                statement.execute(params![id, bytes])?;
            }
        }
        transaction.commit()?;
        self.unwritten.clear();
        self.bytes = 0;
        Ok(())
    }
}

/// Writes one block in the caller's transaction.
pub(super) fn insert(
    connection: &Connection,
    generation: i64,
    kind: Kind,
    number: u64,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT INTO search_block (id, bytes) VALUES (?1, ?2)")?;
    statement.execute(params![id(generation, kind, number), bytes])?;
    Ok(())
}

/// Deletes the blocks of these generations, a few at a time.
pub(super) fn delete(connection: &Connection, generations: Range<i64>) -> rusqlite::Result<()> {
    let (from, to) = (
        id(generations.start, Kind::Resident, 0),
        id(generations.end, Kind::Resident, 0),
    );
    let sql = format!(
        "DELETE FROM search_block WHERE id IN
           (SELECT id FROM search_block WHERE id >= ?1 AND id < ?2 LIMIT {DELETED_MAX})"
    );
    while connection.prepare_cached(&sql)?.execute([from, to])? > 0 {}
    Ok(())
}

/// The newest generation that has any block.
pub(super) fn newest_generation(connection: &Connection) -> rusqlite::Result<i64> {
    let id: Option<i64> =
        connection.query_row("SELECT max(id) FROM search_block", [], |row| row.get(0))?;
    Ok(id.map_or(0, |id| id >> (KIND_BITS + NUMBER_BITS)))
}

fn id(generation: i64, kind: Kind, number: u64) -> i64 {
    (generation << (KIND_BITS + NUMBER_BITS)) | ((kind as i64) << NUMBER_BITS) | number as i64
}
