//! Checks of notes, organizations, shared identifiers and pairs that are not the same person.

use rusqlite::Connection;

use super::super::column::{IdColumn, id_at, identifier_at, text_at};
use super::super::contact;
use super::super::fault::Step;
use super::super::seal::opened;
use super::contacts::{is_there, merge_set};
use crate::domain::contact::{ContactId, Note, NoteId, Organization, OrganizationId};
use crate::domain::reason::SharedMark;

/// Marks and notes against what they stand on.
pub fn problems(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = notes(connection)?;
    problems.extend(organizations(connection)?);
    problems.extend(shared(connection)?);
    problems.extend(pairs(connection)?);
    Ok(problems)
}

fn notes(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT id, contact, created, body FROM note")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = NoteId(id_at(row, 0)?);
        let Ok(note) = opened::<Note>(text_at(row, 3)?) else {
            problems.push(format!("note {id} does not read"));
            continue;
        };
        let own = contact::row_of(connection, note.contact)?;
        if note.id != id || own != row.get(1)? || note.created.0 != row.get::<_, i64>(2)? {
            problems.push(format!("the columns of note {id} differ from its body"));
        }
        if !is_there(connection, note.contact)? {
            problems.push(format!(
                "note {id} is on contact {}, which is not there",
                note.contact
            ));
        }
    }
    Ok(problems)
}

fn organizations(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT id, name, created, body FROM organization")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = OrganizationId(id_at(row, 0)?);
        let fits = opened::<Organization>(text_at(row, 3)?).is_ok_and(|body| {
            body.id == id
                && text_at(row, 1).is_ok_and(|name| name == body.name)
                && row.get(2) == Ok(body.created.0)
        });
        if !fits {
            problems.push(format!(
                "the columns of organization {id} differ from its body"
            ));
        }
    }
    Ok(problems)
}

fn shared(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT kind, value, source, body FROM shared")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let key = identifier_at(row, 0)?;
        let body = opened::<SharedMark>(text_at(row, 3)?);
        if !body.is_ok_and(|mark| mark.identifier == key) {
            let word = key.kind.word();
            problems.push(format!(
                "the columns of a shared mark on a {word} differ from its body"
            ));
        }
    }
    Ok(problems)
}

fn pairs(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT one, other, at FROM not_same")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (one, other) = (ContactId(id_at(row, 0)?), ContactId(id_at(row, 1)?));
        if one >= other {
            problems.push(format!(
                "the mark on contacts {one} and {other} has them in the wrong order"
            ));
        }
        let set = merge_set(connection, one)?;
        if set.contains(&other) && !merged_by_person(connection, &set, row.get(2)?)? {
            problems.push(format!(
                "contacts {one} and {other} are marked as different, yet are one person"
            ));
        }
    }
    Ok(problems)
}

/// True when a person merged (or undid an unmerge of) contacts of this set after the mark was made: a merge
/// of marked contacts asks twice, and then stands beside the mark.
fn merged_by_person(
    connection: &Connection,
    set: &std::collections::BTreeSet<ContactId>,
    since: i64,
) -> Step<bool> {
    let sql = "SELECT 1 FROM entry_contact JOIN entry ON entry.seq = entry_contact.seq
        WHERE entry_contact.contact = (SELECT row FROM contact WHERE id = ?1)
            AND entry.action IN ('merge', 'undo') AND entry.at >= ?2";
    let mut statement = connection.prepare_cached(sql)?;
    for id in set {
        if statement.exists((IdColumn(&id.0), since))? {
            return Ok(true);
        }
    }
    Ok(false)
}
