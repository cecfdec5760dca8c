//! Builds the index in bulk: everything that can be found as of one moment becomes a new generation, and the
//! delta keeps what was written after that moment. Readers and writers go on meanwhile.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior, params};

use super::base::State;
use super::block::{self, Kind, Resident, Writer};
use super::delta::decode;
use super::dictionaries::{Dictionaries, OTHER_TERMS, WORD_TERMS};
use super::posting::CLASSES;
use super::sorter::{Sorted, Sorter};
use super::stored::{self, Shelf};
use super::term::{Class, each_term};

/// A longer delta is worth a rebuild.
const DELTA_ROWS_MAX: i64 = 50_000;
/// Rows of the delta that are deleted in one transaction.
const DELETED_MAX: usize = 5_000;

/// Why the index was not built. What there was before is still in use.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    #[error("temporary files beside the store cannot be written ({0}); make room and try again")]
    Files(#[from] io::Error),
    #[error("another scv has built the search index meanwhile; nothing is left to do")]
    Overtaken,
}

/// True when the delta has grown so long that `rebuild` is worth its time.
pub fn rebuild_due(connection: &Connection) -> rusqlite::Result<bool> {
    let built: i64 =
        connection.query_row("SELECT sequence FROM search_state", [], |row| row.get(0))?;
    let newest: Option<i64> =
        connection.query_row("SELECT max(sequence) FROM search_delta", [], |row| {
            row.get(0)
        })?;
    Ok(newest.is_some_and(|newest| newest - built > DELTA_ROWS_MAX))
}

/// Makes nothing findable any more: for a caller that appends every document anew, in the same transaction.
pub fn clear(connection: &Connection) -> rusqlite::Result<()> {
    let generation = State::read(connection)?
        .generation
        .max(block::newest_generation(connection)?)
        + 1;
    connection.execute(
        "UPDATE search_state SET generation = ?1, documents = 0,
           sequence = max(sequence, (SELECT coalesce(max(sequence), 0) FROM search_delta))",
        [generation],
    )?;
    Ok(())
}

/// Builds a new generation and puts it to use; reports (done, total). Takes no long write lock; call it
/// outside transactions.
pub fn rebuild(
    connection: &Connection,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), RebuildError> {
    let (before, generation) = claim(connection)?;
    let built = build(connection, generation, progress).and_then(|(sequence, documents)| {
        put_to_use(connection, before, generation, sequence, documents)?;
        drop_old(connection, generation, sequence)
    });
    if built.is_err() && State::read(connection)?.generation != generation {
        block::delete(connection, generation..generation + 1)?;
    }
    built
}

/// Keeps a number for the new generation; the one in use now comes first.
fn claim(connection: &Connection) -> Result<(i64, i64), RebuildError> {
    let transaction =
        rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let before = State::read(&transaction)?.generation;
    let generation = before.max(block::newest_generation(&transaction)?) + 1;
    block::insert(
        &transaction,
        generation,
        Kind::Resident,
        Resident::Claim as u64,
        &[],
    )?;
    transaction.commit()?;
    Ok((before, generation))
}

/// Writes the blocks of a generation; the sequence that it reaches to and its documents.
fn build(
    connection: &Connection,
    generation: i64,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(i64, u64), RebuildError> {
    let folder = folder(connection);
    let mut sorter = Sorter::new(folder.clone());
    let (sequence, documents) = gather(connection, &mut sorter)?;
    let mut step = |number: u64, done: u64, of: u64| {
        let part = (documents * done).checked_div(of).unwrap_or(documents);
        progress((number - 1) * documents + part, documents * 3);
    };
    step(1, 1, 1);
    let mut writer = Writer::new(connection, generation);
    let mut terms = Sorter::new(folder);
    shelve(
        sorter.sorted()?,
        documents,
        &mut terms,
        &mut writer,
        &mut |done, of| step(2, done, of),
    )?;
    index(terms, documents, &mut writer, &mut |done, of| {
        step(3, done, of)
    })?;
    writer.flush()?;
    Ok((sequence, documents))
}

/// Where temporary files go: beside the store.
fn folder(connection: &Connection) -> PathBuf {
    connection
        .path()
        .filter(|path| !path.is_empty())
        .and_then(|path| std::path::Path::new(path).parent())
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(std::env::temp_dir, PathBuf::from)
}

/// Reads everything that can be found now, as records of order, row and document.
fn gather(connection: &Connection, sorter: &mut Sorter) -> Result<(i64, u64), RebuildError> {
    let snapshot = connection.unchecked_transaction()?;
    let state = State::read(&snapshot)?;
    let newest = newest(&snapshot, state.sequence)?;
    let reached = newest.values().copied().max().unwrap_or(state.sequence);
    let mut documents = 0;
    let mut record = Vec::new();
    let mut push = |row: i64, bytes: &[u8]| -> Result<(), RebuildError> {
        record.clear();
        record.extend_from_slice(&decode(bytes)?.order().to_bytes());
        record.extend_from_slice(&row.to_be_bytes());
        record.extend_from_slice(bytes);
        documents += 1;
        Ok(sorter.push(&record)?)
    };
    for number in 0..(state.documents as usize).div_ceil(stored::PER_BLOCK) as u64 {
        let mut kept = Ok(());
        block::read(
            &snapshot,
            state.generation,
            Kind::Documents,
            number,
            |bytes| {
                stored::each(bytes, |(row, document)| {
                    if kept.is_ok() && !newest.contains_key(&row) {
                        kept = push(row, document);
                    }
                    Ok(())
                })
            },
        )?;
        kept?;
    }
    let mut statement = snapshot
        .prepare("SELECT sequence, contact_row, document FROM search_delta WHERE sequence > ?1")?;
    let mut rows = statement.query([state.sequence])?;
    while let Some(row) = rows.next()? {
        let (sequence, contact_row): (i64, i64) = (row.get(0)?, row.get(1)?);
        let bytes = row
            .get_ref(2)?
            .as_blob_or_null()
            .map_err(rusqlite::Error::from)?;
        if let Some(bytes) = bytes.filter(|_| newest.get(&contact_row) == Some(&sequence)) {
            push(contact_row, bytes)?;
        }
    }
    Ok((reached, documents))
}

/// The last sequence of each contact row in the delta.
fn newest(connection: &Connection, behind: i64) -> rusqlite::Result<HashMap<i64, i64>> {
    let mut statement = connection.prepare(
        "SELECT contact_row, sequence FROM search_delta WHERE sequence > ?1 ORDER BY sequence",
    )?;
    let rows = statement.query_map([behind], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// Numbers the documents in display order, writes them, and gathers their terms.
fn shelve(
    mut records: Sorted,
    documents: u64,
    terms: &mut Sorter,
    writer: &mut Writer<'_>,
    report: &mut dyn FnMut(u64, u64),
) -> Result<(), RebuildError> {
    let mut shelf = Shelf::default();
    let mut record = Vec::new();
    let mut term = Vec::new();
    let mut number = 0_u32;
    while records.next(&mut record)? {
        let (order, row, document) = parts(&record).ok_or_else(block::damaged)?;
        shelf.add(order, row, document, writer)?;
        let mut pushed = Ok(());
        each_term(&decode(document)?, &mut |text, class, _| {
            term.clear();
            // Dictionaries, then terms, then classes: the order in which they are written.
            term.push(if class == Class::Other {
                OTHER_TERMS
            } else {
                WORD_TERMS
            });
            term.extend_from_slice(text.as_bytes());
            term.extend_from_slice(&[0, class as u8]);
            term.extend_from_slice(&number.to_be_bytes());
            if pushed.is_ok() {
                pushed = terms.push(&term);
            }
        });
        pushed?;
        number += 1;
        if number.is_multiple_of(10_000) {
            report(u64::from(number), documents);
        }
    }
    let orders = shelf.finish(writer)?;
    Ok(writer.write(Kind::Resident, Resident::Orders as u64, orders.encode())?)
}

/// A record of `gather`: order, row, document.
fn parts(record: &[u8]) -> Option<(&[u8], i64, &[u8])> {
    let name = record.iter().position(|byte| *byte == 0)?;
    let (order, rest) = record.split_at_checked(name + 17)?;
    let (row, document) = rest.split_first_chunk::<8>()?;
    Some((order, i64::from_be_bytes(*row), document))
}

/// Writes the dictionaries from the gathered terms.
fn index(
    terms: Sorter,
    documents: u64,
    writer: &mut Writer<'_>,
    report: &mut dyn FnMut(u64, u64),
) -> Result<(), RebuildError> {
    let of = terms.pushed();
    let mut sorted = terms.sorted()?;
    let mut dictionaries = Dictionaries::new(documents as usize);
    let mut record = Vec::new();
    let mut done = 0;
    while sorted.next(&mut record)? {
        let (term, class, document) = posting(&record).ok_or_else(block::damaged)?;
        dictionaries.add(term, class, document, writer)?;
        done += 1;
        if done % 100_000 == 0 {
            report(done, of);
        }
    }
    Ok(dictionaries.finish(writer)?)
}

/// A record of `shelve`: dictionary and term, class, document.
fn posting(record: &[u8]) -> Option<(&[u8], usize, u32)> {
    let (rest, document) = record.split_last_chunk::<4>()?;
    let (&class, rest) = rest.split_last()?;
    let (_, term) = rest.split_last()?;
    let class = usize::from(class);
    (class < CLASSES.len()).then_some((term, class, u32::from_be_bytes(*document)))
}

/// Points readers to the new generation, unless another one was put to use meanwhile.
fn put_to_use(
    connection: &Connection,
    before: i64,
    generation: i64,
    sequence: i64,
    documents: u64,
) -> Result<(), RebuildError> {
    let changed = connection.execute(
        "UPDATE search_state SET generation = ?1, sequence = ?2, documents = ?3 WHERE generation = ?4",
        params![generation, sequence, documents as i64, before],
    )?;
    if changed == 1 {
        Ok(())
    } else {
        Err(RebuildError::Overtaken)
    }
}

/// Deletes what the new generation replaces.
fn drop_old(connection: &Connection, generation: i64, sequence: i64) -> Result<(), RebuildError> {
    block::delete(connection, 0..generation)?;
    let sql = format!(
        "DELETE FROM search_delta WHERE sequence IN
           (SELECT sequence FROM search_delta WHERE sequence <= ?1 LIMIT {DELETED_MAX})"
    );
    while connection.prepare_cached(&sql)?.execute([sequence])? > 0 {}
    Ok(())
}
