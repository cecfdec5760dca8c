//! Contacts in their tables: bodies, row numbers, the time of the last interaction, carried identifiers.

use rusqlite::{Connection, Row};

use super::column::{IdColumn, kind_code, moment_if_any_at, text_at};
use super::fault::Step;
use super::identifier;
use super::seal::{fits, of_id, opened, sealed};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::{Contact, ContactId, ContactType, OrganizationId};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::Claim;

/// Room for the body of most contacts.
const BODY_BYTES: usize = 1024;

/// The contact with this id and its row number.
pub fn load(connection: &Connection, id: ContactId) -> Step<Option<(i64, Contact)>> {
    let sql = "SELECT contact.row, contact.body, alive.seen, alive.sum = row_sum(alive.contact, seen) FROM contact
        LEFT JOIN alive ON alive.contact = contact.row
        WHERE contact.id = ?1 AND contact.body IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    match rows.next()? {
        Some(row) => {
            fits(row, 3)?;
            let contact = of_id(read(row, 1)?, |contact| contact.id == id)?;
            Ok(Some((row.get(0)?, contact)))
        }
        None => Ok(None),
    }
}

/// The contact in the columns body, seen from `index` on.
pub fn read(row: &Row<'_>, index: usize) -> Step<Contact> {
    let mut contact: Contact = opened(text_at(row, index)?)?;
    contact.seen = moment_if_any_at(row, index + 1)?;
    Ok(contact)
}

/// The oldest contacts that belong to an organization, up to `limit`. It looks at every contact, since only undoing the
/// row that made an organization asks for it.
pub fn members_of(
    connection: &Connection,
    id: OrganizationId,
    limit: usize,
) -> Step<Vec<ContactId>> {
    let sql = "SELECT body, NULL FROM contact WHERE instr(body, ?1) > 0 ORDER BY created, id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.to_string()])?;
    let mut members = Vec::new();
    while members.len() < limit
        && let Some(row) = rows.next()?
    {
        let contact = read(row, 0)?;
        if contact.fields.organization == Some(id) {
            members.push(contact.id);
        }
    }
    Ok(members)
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

/// Puts a contact that was not there. `claim_of` says which identifier it claims in the same plan, so that
/// its row is written once; the identifiers that were claimed so.
pub fn make<'c>(
    turn: &mut Turn<'_>,
    contact: &Contact,
    claim_of: impl Fn(&Identifier) -> Option<&'c Claim>,
) -> Step<Vec<Identifier>> {
    let row = insert(turn, contact)?;
    let mut claimed = Vec::new();
    for identifier in carried(Some(contact)) {
        let claim = claim_of(&identifier);
        identifier::make(turn, &identifier, row, claim)?;
        claimed.extend(claim.map(|_| identifier));
    }
    turn.tally.add(counted(contact), 1);
    Ok(claimed)
}

/// Puts `after` where `before` stood, with what its fields carry. `seen` is the stored time of the last
/// interaction, which never goes back.
pub fn put(
    turn: &mut Turn<'_>,
    id: ContactId,
    before: &Contact,
    after: Option<&Contact>,
    seen: Option<Moment>,
) -> Step<()> {
    let row = row_or_new(turn, id)?;
    match after {
        Some(after) => update(turn, row, after, seen)?,
        None => remove(turn, row)?,
    }
    let (had, has) = (carried(Some(before)), carried(after));
    for identifier in had.iter().filter(|identifier| !has.contains(identifier)) {
        identifier::drop_carried(turn.connection, identifier, row)?;
    }
    for identifier in has.iter().filter(|identifier| !had.contains(identifier)) {
        identifier::add_carried(turn.connection, identifier, row)?;
    }
    turn.tally.add(counted(before), -1);
    if let Some(after) = after {
        turn.tally.add(counted(after), 1);
    }
    Ok(())
}

/// Moves the last interaction of a contact forward, never back; a contact that is not there has none.
pub fn saw(turn: &mut Turn<'_>, id: ContactId, at: Moment) -> Step<()> {
    let row = match turn.rows.get(id) {
        Some(row) => Some(row),
        None => row_of(turn.connection, id)?,
    };
    let Some(row) = row else { return Ok(()) };
    let sql = "UPDATE alive SET seen = ?2, due = CASE WHEN due IS NULL THEN NULL ELSE ?2 END,
            sum = row_sum(contact, ?2)
        WHERE contact = ?1 AND (seen IS NULL OR seen < ?2)";
    turn.connection.prepare_cached(sql)?.execute((row, at.0))?;
    Ok(())
}

/// Contacts that expire and were alive last before `before`, the longest silent first; those are alive to which
/// something is linked that is open or ended since.
pub fn expiring(connection: &Connection, before: Moment, limit: usize) -> Step<Vec<ContactId>> {
    let sql = "SELECT contact.id FROM alive JOIN contact ON contact.row = alive.contact
        WHERE alive.due IS NOT NULL AND alive.due < ?1
            AND NOT EXISTS (SELECT 1 FROM party WHERE party.contact = alive.contact AND closed = 0)
            AND NOT EXISTS (SELECT 1 FROM party JOIN conversation ON conversation.row = party.conversation
                WHERE party.contact = alive.contact AND conversation.ended >= ?1)
            AND NOT EXISTS (SELECT 1 FROM visit
                WHERE visit.contact = alive.contact AND visit.until >= ?1)
        ORDER BY alive.due LIMIT ?2";
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

/// Writes a contact that was not there; the row of one that is gone is used again.
fn insert(turn: &mut Turn<'_>, contact: &Contact) -> Step<i64> {
    let body = sealed(contact, BODY_BYTES)?;
    let merged_to = contact.merged_to.as_ref().map(|id| IdColumn(&id.0));
    let (kind, created) = (kind_code(contact.kind), contact.created.0);
    let sql = "INSERT OR IGNORE INTO contact (id, kind, created, merged_to, body)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    let columns = (IdColumn(&contact.id.0), kind, created, merged_to, &body);
    let inserted = turn.connection.prepare_cached(sql)?.execute(columns)?;
    if inserted == 0 {
        let row = row_or_new(turn, contact.id)?;
        write_body(turn.connection, row, contact)?;
    } else {
        turn.rows
            .put(contact.id, turn.connection.last_insert_rowid());
    }
    let row = row_or_new(turn, contact.id)?;
    let due = contact.expires().then(|| contact.last_alive().0);
    let sql = "INSERT INTO alive (contact, seen, due, sum) VALUES (?1, ?2, ?3, row_sum(?1, ?2))";
    turn.connection
        .prepare_cached(sql)?
        .execute((row, contact.seen.map(|seen| seen.0), due))?;
    Ok(row)
}

fn update(turn: &Turn<'_>, row: i64, after: &Contact, seen: Option<Moment>) -> Step<()> {
    write_body(turn.connection, row, after)?;
    let seen = after.seen.max(seen);
    let due = after.expires().then(|| seen.unwrap_or(after.created).0);
    let sql = "UPDATE alive SET seen = ?2, due = ?3, sum = row_sum(contact, ?2) WHERE contact = ?1";
    turn.connection
        .prepare_cached(sql)?
        .execute((row, seen.map(|seen| seen.0), due))?;
    Ok(())
}

fn write_body(connection: &Connection, row: i64, contact: &Contact) -> Step<()> {
    let body = sealed(contact, BODY_BYTES)?;
    let merged_to = contact.merged_to.as_ref().map(|id| IdColumn(&id.0));
    let (kind, created) = (kind_code(contact.kind), contact.created.0);
    let sql =
        "UPDATE contact SET kind = ?2, created = ?3, merged_to = ?4, body = ?5 WHERE row = ?1";
    connection
        .prepare_cached(sql)?
        .execute((row, kind, created, merged_to, &body))?;
    Ok(())
}

/// The row stays without a contact in it: conversations and the journal still name the id.
fn remove(turn: &Turn<'_>, row: i64) -> Step<()> {
    let sql = "UPDATE contact SET kind = NULL, created = NULL, merged_to = NULL, body = NULL
        WHERE row = ?1";
    turn.connection.prepare_cached(sql)?.execute([row])?;
    turn.connection
        .prepare_cached("DELETE FROM alive WHERE contact = ?1")?
        .execute([row])?;
    Ok(())
}
