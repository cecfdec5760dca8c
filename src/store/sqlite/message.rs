//! Messages of conversations in their table: they go with their conversation, which a trigger sees to.

use rusqlite::Connection;

use super::column::{IdColumn, text_at};
use super::fault::{Fault, Step};
use super::seal::{of_id, opened, sealed};
use super::trace::Trace;
use crate::domain::conversation::ConversationId;
use crate::domain::transcript::{Message, Transcript};

/// Room for most messages.
const BODY_BYTES: usize = 1024;

/// Puts a message where one with its id stood, if one did.
pub fn put(connection: &Connection, message: &Message) -> Step<()> {
    let sql = "INSERT INTO message (conversation, id, at, body)
        SELECT row, ?2, ?3, ?4 FROM conversation WHERE id = ?1
        ON CONFLICT (conversation, id) DO UPDATE SET at = ?3, body = ?4";
    let body = sealed(message, BODY_BYTES)?;
    let id = IdColumn(&message.conversation.0);
    let columns = (id, &message.id, message.at.0, &body);
    match connection.prepare_cached(sql)?.execute(columns)? {
        0 => Err(Fault::Misfit(
            "a message comes to a conversation that is not there".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The newest messages of a conversation, oldest first, at most `limit`; and how many there are before them.
pub fn transcript(connection: &Connection, id: ConversationId, limit: usize) -> Step<Transcript> {
    let sql = "SELECT body FROM message
        WHERE conversation = (SELECT row FROM conversation WHERE id = ?1)
        ORDER BY at DESC, id DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query((IdColumn(&id.0), most))?;
    let mut messages: Vec<Message> = Vec::new();
    while let Some(row) = rows.next()? {
        let message: Message = opened(text_at(row, 0)?)?;
        messages.push(of_id(message, |one| one.conversation == id)?);
    }
    messages.reverse();
    let all = counts(connection, &[id])?.first().copied().unwrap_or(0);
    Ok(Transcript {
        earlier: all.saturating_sub(messages.len() as u64),
        messages,
    })
}

/// Those of some messages of a conversation that are there, in the order asked for.
pub fn with_ids(
    connection: &Connection,
    conversation: ConversationId,
    ids: &[String],
) -> Step<Vec<Message>> {
    let sql = "SELECT body FROM message
        WHERE conversation = (SELECT row FROM conversation WHERE id = ?1) AND id = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for id in ids {
        let mut rows = statement.query((IdColumn(&conversation.0), id))?;
        if let Some(row) = rows.next()? {
            let message: Message = opened(text_at(row, 0)?)?;
            found.push(of_id(message, |one| one.id == *id)?);
        }
    }
    Ok(found)
}

/// How many messages each of these conversations has.
pub fn counts(connection: &Connection, ids: &[ConversationId]) -> Step<Vec<u64>> {
    let sql = "SELECT count(*) FROM message
        WHERE conversation = (SELECT row FROM conversation WHERE id = ?1)";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let count: i64 = statement.query_one([IdColumn(&id.0)], |row| row.get(0))?;
        found.push(count.cast_unsigned());
    }
    Ok(found)
}

/// Takes a person who is erased out of the messages of others that have a trace of them.
pub fn take_out(connection: &Connection, trace: &Trace) -> Step<()> {
    let mut traced: Vec<Message> = Vec::new();
    {
        let mut statement = connection.prepare("SELECT body FROM message")?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            let body = text_at(row, 0)?;
            if trace.is_in(body) {
                traced.push(opened(body)?);
            }
        }
    }
    for message in traced {
        put(connection, &trace.taken_from_message(&message)?)?;
    }
    Ok(())
}
