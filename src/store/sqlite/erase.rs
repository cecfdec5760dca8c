//! Erasing a person: their journey, the journal's values of it, and their identifiers wherever they stand.
//! What the changes of the plan say is written like that of any other; the bytes that are left behind are
//! `scrub`'s.

use rusqlite::Connection;

use super::column::{IdColumn, text_at};
use super::contact;
use super::conversation;
use super::entry;
use super::export;
use super::fault::Step;
use super::message;
use super::retention;
use super::scrub;
use super::trace::Trace;
use super::turn::Turn;
use super::visit;
use crate::domain::contact::ContactId;
use crate::domain::erasure::Erasure;
use crate::domain::facts::VisitRecord;
use crate::domain::record::ConversationRecord;

/// Removes every trace of a person. It looks at every conversation, visit and entry: an erasure is rare, and a
/// value that an index does not lead to must go as well.
pub fn erase(turn: &mut Turn<'_>, erasure: &Erasure) -> Step<()> {
    let own = Trace::own(erasure)?;
    for id in &erasure.people {
        forget_journey(turn, *id, &erasure.people)?;
    }
    forget_payloads(turn.connection, &Trace::all(erasure)?)?;
    for (before, after) in conversations_with(turn.connection, &own)? {
        conversation::put(turn, Some(&before), &after, None)?;
    }
    for (before, after) in visits_with(turn.connection, &own)? {
        visit::put(turn, Some(&before), &after, None)?;
    }
    // What was exported before may hold any of it.
    export::forget_all(turn.connection)?;
    let mut rows = Vec::new();
    for id in &erasure.people {
        retention::remove_journey(turn, *id)?;
        rows.push(contact::row_or_new(turn, *id)?);
    }
    // Of what is left nothing is the person's own: their messages went with their conversations.
    message::take_out(turn.connection, &own)?;
    rows.sort_unstable();
    scrub::ask_for(turn.connection, &rows)
}

/// Deletes the values of entries that speak of a conversation that goes, of whomever else they speak.
fn forget_journey(turn: &mut Turn<'_>, id: ContactId, people: &[ContactId]) -> Step<()> {
    let own = contact::row_or_new(turn, id)?;
    for (_, record) in retention::conversations_of(turn.connection, own)? {
        if record.link.contact != id {
            continue;
        }
        let conversation = IdColumn(&record.conversation.id.0);
        let sql = "DELETE FROM payload WHERE seq IN (
            SELECT seq FROM entry WHERE conversation = ?1 AND action <> 'resolve')";
        turn.connection
            .prepare_cached(sql)?
            .execute([&conversation])?;
        let others = conversation::contacts(&record).into_iter();
        for other in others.filter(|other| !people.contains(other)) {
            let row = contact::row_or_new(turn, other)?;
            entry::forget_of(turn.connection, row, record.conversation.id)?;
        }
    }
    Ok(())
}

/// Deletes the values of every entry that has one of the traces in it.
fn forget_payloads(connection: &Connection, trace: &Trace) -> Step<()> {
    let mut found = Vec::new();
    {
        let mut statement = connection.prepare("SELECT seq, body FROM payload")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            if trace.is_in(text_at(row, 1)?) {
                found.push(row.get::<_, i64>(0)?);
            }
        }
    }
    for seq in found {
        entry::forget_entry(connection, seq)?;
    }
    Ok(())
}

/// Conversations of others that have a trace of the person in them, and how they stand without it.
fn conversations_with(
    connection: &Connection,
    trace: &Trace,
) -> Step<Vec<(ConversationRecord, ConversationRecord)>> {
    let sql = "SELECT link, others, wrapup, body FROM conversation";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut is_traced = false;
        for index in 0..4 {
            let text = row.get_ref(index)?.as_str_or_null();
            let text = text.map_err(rusqlite::Error::from)?;
            is_traced |= text.is_some_and(|text| trace.is_in(text));
        }
        if !is_traced {
            continue;
        }
        let before = conversation::read(row, 0)?;
        if !trace.people().contains(&before.link.contact) {
            let after = trace.taken_from(&before)?;
            found.push((before, after));
        }
    }
    Ok(found)
}

/// The same for visits.
fn visits_with(connection: &Connection, trace: &Trace) -> Step<Vec<(VisitRecord, VisitRecord)>> {
    let mut statement = connection.prepare("SELECT link, body FROM visit")?;
    let mut rows = statement.query(())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if !trace.is_in(text_at(row, 0)?) && !trace.is_in(text_at(row, 1)?) {
            continue;
        }
        let before = visit::read(row, 0)?;
        if !trace.people().contains(&before.link.contact) {
            let after = trace.taken_from_visit(&before)?;
            found.push((before, after));
        }
    }
    Ok(found)
}
