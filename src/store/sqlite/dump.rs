//! The logical dump: everything but the journal and the search index, as text in a stable order.
//!
//! It names contacts by id, never by row, and leaves out what only the journal uses. Undoing every decision
//! in reverse order restores it byte for byte, but for when contacts were last heard of: that is observed, and
//! an undo does not take it back.

use rusqlite::Connection;

use super::column::{claim_at, id_at, identifier_at, text_at};
use super::contact;
use super::fault::Step;
use super::looked;
use super::mark;
use crate::domain::contact::ContactId;

/// The dump, a line for each thing.
pub fn lines(connection: &Connection) -> Step<Vec<String>> {
    let mut lines = Vec::new();
    contacts(connection, &mut lines)?;
    claims(connection, &mut lines)?;
    let records =
        "SELECT link || ' ' || coalesce(others, '-') || ' ' || coalesce(wrapup, '-') || ' ' || body
        FROM conversation ORDER BY id";
    texts(connection, "conversation", records, &mut lines)?;
    let messages = "SELECT message.body FROM message
        JOIN conversation ON conversation.row = message.conversation
        ORDER BY conversation.id, message.at, message.id";
    texts(connection, "message", messages, &mut lines)?;
    texts(
        connection,
        "visit",
        "SELECT link || ' ' || body FROM visit ORDER BY id",
        &mut lines,
    )?;
    texts(
        connection,
        "note",
        "SELECT body FROM note ORDER BY id",
        &mut lines,
    )?;
    texts(
        connection,
        "organization",
        "SELECT body FROM organization ORDER BY id",
        &mut lines,
    )?;
    pairs(connection, &mut lines)?;
    let shared = "SELECT body FROM shared ORDER BY kind, value, source";
    texts(connection, "shared", shared, &mut lines)?;
    looked::lines(connection, &mut lines)?;
    for name in mark::names(connection)? {
        let (kind, shown) = (name.kind, if name.shown { "shown" } else { "hidden" });
        let color = name.color.unwrap_or_default();
        lines.push(format!(
            "name {kind:?} {:?} {:?} {color:?} {shown}",
            name.id, name.name
        ));
    }
    Ok(lines)
}

fn contacts(connection: &Connection, lines: &mut Vec<String>) -> Step<()> {
    let sql = "SELECT body, seen FROM contact LEFT JOIN alive ON alive.contact = contact.row
        WHERE body IS NOT NULL ORDER BY contact.id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let contact = contact::read(row, 0)?;
        lines.push(format!("contact {}", serde_json::to_string(&contact)?));
    }
    Ok(())
}

fn claims(connection: &Connection, lines: &mut Vec<String>) -> Step<()> {
    let sql = "SELECT identifier.kind, value, source, at, origin, origin_id, trust, contact.id
        FROM identifier JOIN contact ON contact.row = identifier.contact
        WHERE claimed = 1 ORDER BY identifier.kind, value, source";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let identifier = serde_json::to_string(&identifier_at(row, 0)?)?;
        let claim = serde_json::to_string(&claim_at(row, 3, ContactId(id_at(row, 7)?))?)?;
        lines.push(format!("claim {identifier} {claim}"));
    }
    Ok(())
}

fn pairs(connection: &Connection, lines: &mut Vec<String>) -> Step<()> {
    let sql = "SELECT one, other, marked_by, at FROM not_same ORDER BY one, other";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (one, other) = (id_at(row, 0)?, id_at(row, 1)?);
        let (by, at): (String, i64) = (row.get(2)?, row.get(3)?);
        lines.push(format!("not-same {one} {other} {by:?} {at}"));
    }
    Ok(())
}

fn texts(connection: &Connection, what: &str, sql: &str, lines: &mut Vec<String>) -> Step<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        lines.push(format!("{what} {}", text_at(row, 0)?));
    }
    Ok(())
}
