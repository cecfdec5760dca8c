//! Contacts in their tables: bodies, row numbers, the time of the last interaction, carried identifiers.

use rusqlite::{Connection, Row};

use super::column::{IdColumn, kind_code, moment_if_any_at, text_at};
use super::fault::Step;
use super::identifier;
use super::searched;
use super::tally::{Counted, Tally};
use super::turn::Turn;
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;

/// The contact with this id and its row number.
pub fn load(connection: &Connection, id: ContactId) -> Step<Option<(i64, Contact)>> {
    let sql = "SELECT contact.row, contact.body, alive.seen FROM contact
        LEFT JOIN alive ON alive.contact = contact.row
        WHERE contact.id = ?1 AND contact.body IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    match rows.next()? {
        Some(row) => Ok(Some((row.get(0)?, read(row, 1)?))),
        None => Ok(None),
    }
}

/// The contact in the columns body, seen from `index` on.
pub fn read(row: &Row<'_>, index: usize) -> Step<Contact> {
    let mut contact: Contact = serde_json::from_str(text_at(row, index)?)?;
    contact.seen = moment_if_any_at(row, index + 1)?;
    Ok(contact)
}

/// The row number of an id that the store has met, whether the contact is there or gone.
pub fn row_of(connection: &Connection, id: ContactId) -> Step<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT row FROM contact WHERE id = ?1")?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// The row number of an id; a new id gets a row without a contact, which may come later in the same plan.
pub fn row_or_new(turn: &mut Turn<'_>, id: ContactId) -> Step<i64> {
    if let Some(row) = turn.rows.get(id) {
        return Ok(row);
    }
    let row = match row_of(turn.connection, id)? {
        Some(row) => row,
        None => {
            let sql = "INSERT INTO contact (id) VALUES (?1)";
            turn.connection
                .prepare_cached(sql)?
                .insert([IdColumn(&id.0)])?
        }
    };
    turn.rows.put(id, row);
    Ok(row)
}

/// Puts `after` where `before` stood, with what its fields carry. `seen` is the stored time of the last
/// interaction, which never goes back.
pub fn put(
    turn: &mut Turn<'_>,
    id: ContactId,
    before: Option<&Contact>,
    after: Option<&Contact>,
    seen: Option<Moment>,
) -> Step<()> {
    let row = match after {
        Some(after) => write(turn, after, seen)?,
        None => remove(turn, id)?,
    };
    let (had, has) = (carried(before), carried(after));
    for identifier in had.iter().filter(|identifier| !has.contains(identifier)) {
        identifier::drop_carried(turn.connection, identifier, row)?;
    }
    for identifier in has.iter().filter(|identifier| !had.contains(identifier)) {
        identifier::add_carried(turn.connection, identifier, row)?;
    }
    searched::note(turn.connection, row, before, after)?;
    count(&mut turn.tally, before, -1);
    count(&mut turn.tally, after, 1);
    Ok(())
}

/// Moves the last interaction of a contact forward, never back; a contact that is not there has none.
pub fn saw(turn: &mut Turn<'_>, id: ContactId, at: Moment) -> Step<()> {
    let row = match turn.rows.get(id) {
        Some(row) => Some(row),
        None => row_of(turn.connection, id)?,
    };
    let Some(row) = row else { return Ok(()) };
    let sql = "UPDATE alive SET seen = ?2, due = CASE WHEN due IS NULL THEN NULL ELSE ?2 END
        WHERE contact = ?1 AND (seen IS NULL OR seen < ?2)";
    turn.connection.prepare_cached(sql)?.execute((row, at.0))?;
    Ok(())
}

/// Contacts that expire and were alive last before `before`, the longest silent first.
pub fn expiring(connection: &Connection, before: Moment, limit: usize) -> Step<Vec<ContactId>> {
    let sql = "SELECT contact.id FROM alive JOIN contact ON contact.row = alive.contact
        WHERE alive.due IS NOT NULL AND alive.due < ?1 ORDER BY alive.due LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((before.0, limit.min(i64::MAX as usize) as i64))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(ContactId(super::column::id_at(row, 0)?));
    }
    Ok(ids)
}

/// What the fields of a contact carry, as carriers are looked for: an ancestor carries nothing.
pub fn carried(contact: Option<&Contact>) -> Vec<Identifier> {
    match contact {
        Some(contact) if !contact.is_ancestor() => contact.fields.identifiers(),
        Some(_) | None => Vec::new(),
    }
}

/// The count that a contact belongs to.
pub fn counted(contact: &Contact) -> Counted {
    match contact.kind {
        _ if contact.is_ancestor() => Counted::Ancestors,
        ContactType::Ephemeral => Counted::Ephemeral,
        ContactType::Identified => Counted::Identified,
        ContactType::Curated => Counted::Curated,
    }
}

fn write(turn: &mut Turn<'_>, after: &Contact, seen: Option<Moment>) -> Step<i64> {
    let body = serde_json::to_string(after)?;
    let merged_to = after.merged_to.as_ref().map(|id| IdColumn(&id.0));
    let id = IdColumn(&after.id.0);
    let sql = "INSERT INTO contact (id, kind, created, merged_to, body) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET kind = ?2, created = ?3, merged_to = ?4, body = ?5 RETURNING row";
    let mut statement = turn.connection.prepare_cached(sql)?;
    let columns = (id, kind_code(after.kind), after.created.0, merged_to, &body);
    let row = statement.query_one(columns, |row| row.get(0))?;
    turn.rows.put(after.id, row);
    let seen = after.seen.max(seen);
    let due = after.expires().then(|| seen.unwrap_or(after.created).0);
    let sql = "INSERT OR REPLACE INTO alive (contact, seen, due) VALUES (?1, ?2, ?3)";
    turn.connection
        .prepare_cached(sql)?
        .execute((row, seen.map(|seen| seen.0), due))?;
    Ok(row)
}

/// The row stays without a contact in it: conversations and the journal still name the id.
fn remove(turn: &mut Turn<'_>, id: ContactId) -> Step<i64> {
    let row = row_or_new(turn, id)?;
    let sql = "UPDATE contact SET kind = NULL, created = NULL, merged_to = NULL, body = NULL
        WHERE row = ?1";
    turn.connection.prepare_cached(sql)?.execute([row])?;
    turn.connection
        .prepare_cached("DELETE FROM alive WHERE contact = ?1")?
        .execute([row])?;
    Ok(row)
}

fn count(tally: &mut Tally, contact: Option<&Contact>, by: i64) {
    if let Some(contact) = contact {
        tally.add(counted(contact), by);
    }
}
