//! Walking the journal's chain.

use rusqlite::Connection;

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
        let seq: i64 = row.get(0)?;
        if seq != head.seq + 1 {
            problems.push(format!("the journal has a gap before entry {seq}"));
        }
        // An entry that does not read was edited; the chain goes on from the hash that it shows.
        let Ok(stored) = read(row) else {
            problems.push(format!("journal entry {seq} does not read"));
            head = Head {
                seq,
                hash: row.get(10).unwrap_or(journal::ORIGIN),
            };
            continue;
        };
        if stored.sealed().seal(&head.hash) != stored.hash {
            problems.push(format!(
                "journal entry {seq} was edited, or one before it is missing"
            ));
        }
        if let (Some(salt), body) = (row.get::<_, Option<journal::Salt>>(11)?, row.get_ref(12)?) {
            let body = body
                .as_bytes_or_null()
                .map_err(rusqlite::Error::from)?
                .unwrap_or_default();
            if stored.digest != Some(journal::digest(&salt, body)) {
                problems.push(format!("the values of journal entry {seq} were edited"));
            }
        }
        head = Head {
            seq,
            hash: stored.hash,
        };
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
