//! Walking the journal's chain, and its entries as they are sealed.

#[cfg(test)]
mod mutated;

use rusqlite::{Connection, Row};

use super::super::fault::Step;
use super::super::tally::{Counted, count};
use super::{ENTRY, Head, read};
use crate::domain::command::EntryId;
use crate::store::journal::{self, Break, Sealed, Walk};
use crate::store::{Audit, Progress};

/// Entries between two words about progress.
const STEP: u64 = 4096;
/// Most values without an entry that are named.
const LEFT_MAX: i64 = 100;

/// Every break of the chain. `kept` is a head that was kept elsewhere. Entries stream: memory does not grow
/// with their number.
pub fn verify(
    connection: &Connection,
    kept: Option<journal::Head>,
    mut progress: Progress,
) -> Step<Audit> {
    let counted = count(connection, Counted::Entries)?;
    let mut walk = Walk::new(counted, kept);
    let sql = format!(
        "SELECT {ENTRY}, payload.salt, payload.body FROM entry
        LEFT JOIN payload ON payload.seq = entry.seq ORDER BY entry.seq"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(())?;
    let mut entries = 0;
    let mut head = Head {
        seq: 0,
        hash: journal::ORIGIN,
    };
    while let Some(row) = rows.next()? {
        head = take(row, &mut walk)?;
        entries += 1;
        if entries % STEP == 0 {
            progress(entries, counted);
        }
    }
    let (mut breaks, more) = walk.finish();
    breaks.extend(left(connection, &breaks)?);
    Ok(Audit {
        entries,
        head: head.public(),
        breaks,
        more,
    })
}

/// The entries behind `after` as they are sealed, oldest first.
pub fn sealed(connection: &Connection, after: EntryId, limit: usize) -> Step<Vec<Sealed>> {
    let sql = format!("SELECT {ENTRY} FROM entry WHERE seq > ?1 ORDER BY seq LIMIT ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    let mut rows = statement.query((after, limit))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read(row)?);
    }
    Ok(entries)
}

/// Checks one entry, and its values where they are kept; the head of the chain up to it.
fn take(row: &Row<'_>, walk: &mut Walk) -> Step<Head> {
    let seq: i64 = row.get(0)?;
    // A hash that does not read was edited, as one that reads and does not fit.
    let hash = row.get(10).unwrap_or(journal::ORIGIN);
    let head = Head { seq, hash };
    let Some(entry) = read(row)
        .ok()
        .or_else(|| read_but(row, hash))
        .filter(|entry| is_as_written(row, entry))
    else {
        walk.take_unread(seq, hash);
        return Ok(head);
    };
    let digest = entry.digest;
    // Where the entry itself was edited, its digest says nothing of its values.
    if !walk.take(entry) {
        return Ok(head);
    }
    let Some(body) = row
        .get_ref(12)?
        .as_bytes_or_null()
        .map_err(rusqlite::Error::from)?
    else {
        return Ok(head);
    };
    let salt: Option<journal::Salt> = row.get(11).ok();
    let fits = |digest| salt.is_some_and(|salt| journal::digest(&salt, body) == digest);
    match digest {
        Some(digest) if fits(digest) => {}
        Some(_) => walk.tell(Break::ValuesEdited(seq)),
        None => walk.tell(Break::ValuesAdded(seq)),
    }
    Ok(head)
}

/// The entry when nothing but its hash does not read.
fn read_but(row: &Row<'_>, hash: journal::Hash) -> Option<Sealed> {
    match row.get::<_, journal::Hash>(10) {
        Ok(_) => None,
        Err(_) => super::read_sealed_by(row, hash).ok(),
    }
}

/// False for a list of contacts that says the same in a way that nobody writes it.
fn is_as_written(row: &Row<'_>, entry: &Sealed) -> bool {
    let is_listed = !matches!(row.get_ref(6), Ok(rusqlite::types::ValueRef::Null));
    let is_alone = entry
        .contact
        .is_some_and(|contact| entry.contacts == [contact]);
    is_listed != is_alone
}

/// Values whose entry is not there. Those of a deleted entry are told with it.
fn left(connection: &Connection, told: &[Break]) -> Step<Vec<Break>> {
    let sql = "SELECT seq FROM payload WHERE seq NOT IN (SELECT seq FROM entry) LIMIT ?1";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([LEFT_MAX])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let is_told = told.iter().any(|one| match one {
            Break::Deleted { from, to } => (*from..=*to).contains(&seq),
            Break::TailCut { end, written } => (*end + 1..=*written).contains(&seq),
            Break::Edited(_) | Break::HashEdited(_) | Break::ValuesEdited(_) => false,
            Break::ValuesAdded(_) | Break::ValuesLeft(_) | Break::Inserted(_) => false,
            Break::Swapped(..) | Break::NotAsKept(_) => false,
        });
        if !is_told {
            found.push(Break::ValuesLeft(seq));
        }
    }
    Ok(found)
}
