//! Walking the journal's chain.

use rusqlite::{Connection, Row};

use super::super::fault::Step;
use super::super::tally::{Counted, count};
use super::{ENTRY, Head, read};
use crate::store::journal;

/// Every break of the chain, one sentence each.
pub fn verify(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut head = Head {
        seq: 0,
        hash: journal::ORIGIN,
    };
    let sql = format!(
        "SELECT {ENTRY}, payload.salt, payload.body FROM entry
        LEFT JOIN payload ON payload.seq = entry.seq ORDER BY entry.seq"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        head = step(row, &head, &mut problems)?;
    }
    let counted = count(connection, Counted::Entries)?;
    if counted != head.seq.cast_unsigned() {
        problems.push(format!(
            "the journal ends at entry {} instead of {counted}",
            head.seq
        ));
    }
    Ok(problems)
}

/// Checks one entry against the one before; the head that the next is checked against.
fn step(row: &Row<'_>, head: &Head, problems: &mut Vec<String>) -> Step<Head> {
    let seq: i64 = row.get(0)?;
    if seq != head.seq + 1 {
        problems.push(format!("the journal has a gap before entry {seq}"));
    }
    // An entry that does not read was edited; the chain goes on from the hash that it shows.
    let Ok(stored) = read(row) else {
        problems.push(format!("journal entry {seq} does not read"));
        return Ok(Head {
            seq,
            hash: row.get(10).unwrap_or(journal::ORIGIN),
        });
    };
    if stored.sealed().seal(&head.hash) != stored.hash {
        problems.push(format!(
            "journal entry {seq} was edited, or one before it is missing"
        ));
    }
    if let Some(salt) = row.get::<_, Option<journal::Salt>>(11)? {
        let body = row
            .get_ref(12)?
            .as_bytes_or_null()
            .map_err(rusqlite::Error::from)?;
        if stored.digest != Some(journal::digest(&salt, body.unwrap_or_default())) {
            problems.push(format!("the values of journal entry {seq} were edited"));
        }
    }
    Ok(Head {
        seq,
        hash: stored.hash,
    })
}
