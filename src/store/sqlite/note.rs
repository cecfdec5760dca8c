//! Notes and organizations in their tables.

use rusqlite::Connection;

use super::column::{IdColumn, id_at, text_at};
use super::contact;
use super::fault::Step;
use super::seal::{of_id, opened, sealed};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::{ContactId, Note, NoteId, Organization, OrganizationId};

/// Room for most notes and organizations.
const BODY_BYTES: usize = 512;

/// The note with this id.
pub fn load(connection: &Connection, id: NoteId) -> Step<Option<Note>> {
    let mut statement = connection.prepare_cached("SELECT body FROM note WHERE id = ?1")?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    match rows.next()? {
        Some(row) => of_id(opened(text_at(row, 0)?)?, |note: &Note| note.id == id).map(Some),
        None => Ok(None),
    }
}

/// Ids of the notes written on exactly this contact, oldest first.
pub fn ids_of(connection: &Connection, contact: ContactId) -> Step<Vec<NoteId>> {
    let sql = "SELECT id FROM note WHERE contact = (SELECT row FROM contact WHERE id = ?1)
        ORDER BY created, id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&contact.0)])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(NoteId(id_at(row, 0)?));
    }
    Ok(ids)
}

/// Notes written on any of these contacts, newest first.
pub fn list(connection: &Connection, contacts: &[ContactId]) -> Step<Vec<Note>> {
    let sql = "SELECT body FROM note WHERE contact = (SELECT row FROM contact WHERE id = ?1)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut notes: Vec<Note> = Vec::new();
    for contact in contacts {
        let mut rows = statement.query([IdColumn(&contact.0)])?;
        while let Some(row) = rows.next()? {
            notes.push(opened(text_at(row, 0)?)?);
        }
    }
    notes.sort_by_key(|note| std::cmp::Reverse((note.created, note.id)));
    notes.dedup_by_key(|note| note.id);
    Ok(notes)
}

/// Puts the note `after` where `before` stood.
pub fn put(
    turn: &mut Turn<'_>,
    id: NoteId,
    before: Option<&Note>,
    after: Option<&Note>,
) -> Step<()> {
    let connection = turn.connection;
    match after {
        Some(note) => {
            let row = contact::row_or_new(turn, note.contact)?;
            let body = sealed(note, BODY_BYTES)?;
            let sql = "INSERT INTO note (id, contact, created, body) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (id) DO UPDATE SET contact = ?2, created = ?3, body = ?4";
            let columns = (IdColumn(&id.0), row, note.created.0, &body);
            connection.prepare_cached(sql)?.execute(columns)?;
        }
        None => {
            connection
                .prepare_cached("DELETE FROM note WHERE id = ?1")?
                .execute([IdColumn(&id.0)])?;
        }
    }
    turn.tally
        .moved(Counted::Notes, before.is_some(), after.is_some());
    Ok(())
}

/// The organization with this id.
pub fn organization(connection: &Connection, id: OrganizationId) -> Step<Option<Organization>> {
    let mut statement = connection.prepare_cached("SELECT body FROM organization WHERE id = ?1")?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    match rows.next()? {
        Some(row) => Ok(Some(opened(text_at(row, 0)?)?)),
        None => Ok(None),
    }
}

/// The oldest organization with exactly this name.
pub fn organization_named(connection: &Connection, name: &str) -> Step<Option<OrganizationId>> {
    let sql = "SELECT id FROM organization WHERE name = ?1 ORDER BY created, id LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([name])?;
    rows.next()?
        .map(|row| Ok(OrganizationId(id_at(row, 0)?)))
        .transpose()
}

/// Puts the organization `after` where `before` stood.
pub fn put_organization(
    turn: &mut Turn<'_>,
    id: OrganizationId,
    before: Option<&Organization>,
    after: Option<&Organization>,
) -> Step<()> {
    let connection = turn.connection;
    match after {
        Some(organization) => {
            let body = sealed(organization, BODY_BYTES)?;
            let sql = "INSERT INTO organization (id, name, created, body) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (id) DO UPDATE SET name = ?2, created = ?3, body = ?4";
            let (name, created) = (&organization.name, organization.created.0);
            connection
                .prepare_cached(sql)?
                .execute((IdColumn(&id.0), name, created, &body))?;
        }
        None => {
            let sql = "DELETE FROM organization WHERE id = ?1";
            connection.prepare_cached(sql)?.execute([IdColumn(&id.0)])?;
        }
    }
    turn.tally
        .moved(Counted::Organizations, before.is_some(), after.is_some());
    Ok(())
}
