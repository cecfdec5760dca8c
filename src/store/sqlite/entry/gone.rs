//! How a contact went that is no longer there.

use rusqlite::Connection;

use super::super::column::{IdColumn, text_at};
use super::super::fault::Step;
use super::changes;
use crate::domain::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;

/// True when the last entry that removed the contact deleted it, or did a deletion again. Of an entry whose
/// changes are no longer kept only its action can tell: a deletion speaks of nobody who was gone before it.
pub fn deleted(connection: &Connection, id: ContactId) -> Step<bool> {
    let sql = "SELECT seq FROM entry_contact
        WHERE contact = (SELECT row FROM contact WHERE id = ?1) ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        match changes(connection, EntryId(seq.cast_unsigned()))? {
            Some(changes) if removes(&changes, id) => return is_deletion(connection, seq),
            None if is_deletion(connection, seq)? => return Ok(true),
            Some(_) | None => {}
        }
    }
    Ok(true)
}

fn removes(changes: &[Change], contact: ContactId) -> bool {
    changes.iter().any(|change| {
        matches!(change, Change::Contact { id, before: Some(_), after: None } if *id == contact)
    })
}

/// True when the action that a chain of undos began with is a deletion.
fn is_deletion(connection: &Connection, seq: i64) -> Step<bool> {
    let sql = "WITH RECURSIVE chain (seq) AS (
            SELECT ?1 UNION SELECT undoes FROM entry JOIN chain ON entry.seq = chain.seq
                WHERE undoes IS NOT NULL)
        SELECT action FROM entry WHERE seq = (SELECT min(seq) FROM chain)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([seq])?;
    let Some(row) = rows.next()? else {
        return Ok(false);
    };
    Ok(Action::of_name(text_at(row, 0)?) == Some(Action::Delete))
}
