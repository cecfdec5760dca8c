//! Lists of conversations: the journey of a merge set, and the roster.
//!
//! Active ones come first, then ended ones; both newest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rusqlite::{Connection, Row};

use super::column::{
    IdColumn, channel_of_name, direction_of_name, id_at, moment_at, moment_if_any_at,
    status_of_code, text_at,
};
use super::conversation::row_of;
use super::fault::Step;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, ConversationId};
use crate::domain::moment::Moment;
use crate::store::{After, ConversationFilter, ConversationLine, Equals};

/// The place of a conversation in a list: ended or not, newest first, then the one seen later first.
type Place = (bool, Reverse<i64>, Reverse<i64>);

/// Conversations by filter.
pub fn conversations(
    connection: &Connection,
    filter: &ConversationFilter,
) -> Step<Vec<ConversationLine>> {
    let mut places = match &filter.contacts {
        Some(contacts) => places_of(connection, contacts, filter)?,
        None => places(connection, filter)?,
    };
    places.sort_unstable();
    // A conversation may lead to several contacts of one merge set.
    places.dedup();
    let sql =
        "SELECT conversation.id, contact.id, channel, direction, started, ended, status, queue,
            agent, agent_name, wrapup_code, wrapup_notes, subject, address, provided_name
        FROM conversation JOIN contact ON contact.row = conversation.contact
        WHERE conversation.row = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut lines = Vec::new();
    for (_, _, Reverse(row)) in places.into_iter().skip(filter.offset).take(filter.limit) {
        let mut rows = statement.query([row])?;
        if let Some(row) = rows.next()? {
            lines.push(read(row)?);
        }
    }
    Ok(lines)
}

/// When the conversations of some contacts began, and over what channel; at most `limit`.
pub fn starts(
    connection: &Connection,
    contacts: &[ContactId],
    since: Moment,
    limit: usize,
) -> Step<Vec<(Moment, Channel)>> {
    let sql = "SELECT party.conversation, party.started, channel FROM party
        JOIN conversation ON conversation.row = party.conversation
        WHERE party.contact = (SELECT row FROM contact WHERE id = ?1) AND party.started >= ?2
        LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    // A conversation may lead to several contacts of one merge set.
    let mut found = BTreeMap::new();
    for contact in contacts {
        let mut rows = statement.query((IdColumn(&contact.0), since.0, most))?;
        while let Some(row) = rows.next()? {
            let conversation: i64 = row.get(0)?;
            let began = (moment_at(row, 1)?, channel_of_name(text_at(row, 2)?)?);
            found.insert(conversation, began);
        }
    }
    Ok(found.into_values().take(limit).collect())
}

/// Places in the journeys of some contacts: as many of each as the page may need. What goes on and what is over
/// are two walks of one index, each from where the page begins.
fn places_of(
    connection: &Connection,
    contacts: &[ContactId],
    filter: &ConversationFilter,
) -> Step<Vec<Place>> {
    let sql = match (&filter.agent, filter.ended_since) {
        (None, None) => {
            "SELECT party.closed, party.started, party.conversation FROM party
            WHERE party.contact = (SELECT row FROM contact WHERE id = ?1) AND party.closed = ?6
                AND party.started >= ?2 AND party.started <= ?7
                AND (party.started < ?7 OR party.conversation < ?8) AND ?3 IS NOT NULL AND ?4 IS NULL
            ORDER BY party.started DESC, party.conversation DESC LIMIT ?5"
        }
        (Some(_), _) | (_, Some(_)) => {
            "SELECT party.closed, party.started, party.conversation FROM party
            JOIN conversation ON conversation.row = party.conversation
            WHERE party.contact = (SELECT row FROM contact WHERE id = ?1) AND party.closed = ?6
                AND party.started >= ?2 AND party.started <= ?7
                AND (party.started < ?7 OR party.conversation < ?8)
                AND (conversation.until IS NULL OR conversation.until >= ?3)
                AND (?4 IS NULL OR conversation.agent = ?4
                    OR conversation.until IS NULL AND conversation.status = 2)
            ORDER BY party.started DESC, party.conversation DESC LIMIT ?5"
        }
    };
    let walks = walks(connection, filter.after)?;
    let mut statement = connection.prepare_cached(sql)?;
    let mut places = Vec::new();
    for contact in contacts {
        for (closed, before, row) in &walks {
            statement.raw_bind_parameter(1, IdColumn(&contact.0))?;
            bind(&mut statement, filter)?;
            statement.raw_bind_parameter(6, closed)?;
            statement.raw_bind_parameter(7, before)?;
            statement.raw_bind_parameter(8, row)?;
            collect(statement.raw_query(), &mut places)?;
        }
    }
    Ok(places)
}

/// Whether what goes on or what is over is walked, and the moment and row behind which each walk begins.
fn walks(
    connection: &Connection,
    after: Option<After<ConversationId>>,
) -> Step<Vec<(bool, i64, i64)>> {
    let whole = |closed| (closed, i64::MAX, i64::MAX);
    let Some(after) = after else {
        return Ok(vec![whole(false), whole(true)]);
    };
    let row = match after.of_equals {
        Equals::All => i64::MAX,
        Equals::Nothing => i64::MIN,
        Equals::Behind(id) => {
            let sql = "SELECT row FROM conversation WHERE id = ?1";
            row_of(connection, sql, &id.0)?.unwrap_or(i64::MAX)
        }
    };
    let begun = (after.closed, after.started.0, row);
    Ok(match after.closed {
        true => vec![begun],
        false => vec![begun, whole(true)],
    })
}

/// Places among all conversations.
fn places(connection: &Connection, filter: &ConversationFilter) -> Step<Vec<Place>> {
    // Two walks of one index: what goes on stands together at its start, the rest in the order of its end.
    let sql = "SELECT * FROM (SELECT 0, started, row FROM conversation
            WHERE until IS NULL AND started >= ?2 AND (?4 IS NULL OR agent = ?4 OR status = 2)
            ORDER BY started DESC, row DESC LIMIT ?5)
        UNION ALL
        SELECT * FROM (SELECT 1, started, row FROM conversation
            WHERE until >= max(?2, ?3) AND started >= ?2 AND (?4 IS NULL OR agent = ?4)
            ORDER BY started DESC, row DESC LIMIT ?5)";
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, filter)?;
    let mut places = Vec::new();
    collect(statement.raw_query(), &mut places)?;
    Ok(places)
}

/// Binds the parameters 2 to 5: started since, ended since, agent, and how many a page may need.
fn bind(statement: &mut rusqlite::Statement<'_>, filter: &ConversationFilter) -> Step<()> {
    let most = filter.limit.saturating_add(filter.offset);
    statement.raw_bind_parameter(2, filter.started_since.map_or(i64::MIN, |since| since.0))?;
    statement.raw_bind_parameter(3, filter.ended_since.map_or(i64::MIN, |since| since.0))?;
    statement.raw_bind_parameter(4, &filter.agent)?;
    statement.raw_bind_parameter(5, i64::try_from(most).unwrap_or(i64::MAX))?;
    Ok(())
}

fn collect(mut rows: rusqlite::Rows<'_>, places: &mut Vec<Place>) -> Step<()> {
    while let Some(row) = rows.next()? {
        places.push((row.get(0)?, Reverse(row.get(1)?), Reverse(row.get(2)?)));
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Step<ConversationLine> {
    Ok(ConversationLine {
        id: ConversationId(id_at(row, 0)?),
        contact: ContactId(id_at(row, 1)?),
        channel: channel_of_name(text_at(row, 2)?)?,
        direction: direction_of_name(text_at(row, 3)?)?,
        start: moment_at(row, 4)?,
        end: moment_if_any_at(row, 5)?,
        status: status_of_code(row.get(6)?)?,
        queue: row.get(7)?,
        agent: row.get(8)?,
        agent_name: row.get(9)?,
        wrapup_code: row.get(10)?,
        wrapup_notes: row.get(11)?,
        subject: row.get(12)?,
        address: row.get(13)?,
        provided_name: row.get(14)?,
    })
}
