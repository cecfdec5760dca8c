//! Checks of conversations and visits.

use rusqlite::{Connection, Row};

use super::super::column::{
    channel_of_name, id_at, id_if_any_at, moment_if_any_at, status_code, text_at,
};
use super::super::conversation::{self, contacts};
use super::super::fault::Step;
use super::super::looked::rule_code;
use super::super::seal::opened;
use super::super::{contact, visit};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::record::ConversationRecord;
use crate::domain::transcript::Message;
use crate::domain::visit::VisitId;

/// Conversations against their columns and their places in journeys.
pub fn conversations(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut places = 0;
    let sql = "SELECT link, others, wrapup, body, row, id, contact, started, ended, until, channel,
            direction, status, queue, agent, agent_name, wrapup_code, wrapup_notes, subject, address,
            provided_name, rule, first_rule, doubt
        FROM conversation";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = ConversationId(id_at(row, 5)?);
        let Ok(record) = conversation::read(row, 0) else {
            problems.push(format!(
                "conversation {id} does not read, or has no contact"
            ));
            continue;
        };
        let own = contact::row_of(connection, record.link.contact)?;
        if record.conversation.id != id || own != row.get(6)? || !columns_fit(row, &record)? {
            problems.push(format!(
                "the columns of conversation {id} differ from its body"
            ));
        }
        for contact in contacts(&record) {
            places += 1;
            if !has_place(connection, row.get(4)?, contact, &record)? {
                problems.push(format!(
                    "conversation {id} is not in the journey of contact {contact}"
                ));
            }
        }
    }
    let there: i64 = connection.query_one("SELECT count(*) FROM party", (), |row| row.get(0))?;
    if there != places {
        problems.push(format!(
            "journeys have {there} lines, conversations have {places} contacts"
        ));
    }
    Ok(problems)
}

/// Visits against their columns.
pub fn visits(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement =
        connection.prepare("SELECT link, body, id, contact, started, until FROM visit")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = VisitId(id_at(row, 2)?);
        let Ok(record) = visit::read(row, 0) else {
            problems.push(format!("visit {id} does not read, or has no contact"));
            continue;
        };
        let own = contact::row_of(connection, record.link.contact)?;
        let fits = record.visit.id == id
            && own == row.get(3)?
            && record.visit.start.0 == row.get::<_, i64>(4)?
            && record.visit.over().0 == row.get::<_, i64>(5)?;
        if !fits {
            problems.push(format!("the columns of visit {id} differ from its body"));
        }
    }
    Ok(problems)
}

/// Messages against their columns and their conversations.
pub fn messages(connection: &Connection) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let sql = "SELECT message.body, message.id, message.at, conversation.id FROM message
        LEFT JOIN conversation ON conversation.row = message.conversation";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let Some(id) = id_if_any_at(row, 3)?.map(ConversationId) else {
            problems.push("a message belongs to no conversation".to_owned());
            continue;
        };
        let Ok(message) = opened::<Message>(text_at(row, 0)?) else {
            problems.push(format!("a message of conversation {id} does not read"));
            continue;
        };
        let fits = message.conversation == id
            && message.id == text_at(row, 1)?
            && message.at.0 == row.get::<_, i64>(2)?;
        if !fits {
            problems.push(format!(
                "the columns of a message of conversation {id} differ from its body"
            ));
        }
    }
    Ok(problems)
}

fn columns_fit(row: &Row<'_>, record: &ConversationRecord) -> Step<bool> {
    let conversation = &record.conversation;
    let agent = conversation.agent();
    let texts: [Option<&str>; 8] = [
        conversation.queue(),
        agent.and_then(|agent| agent.user.as_deref()),
        agent.and_then(|agent| agent.name.as_deref()),
        record.wrapup_code(),
        record.wrapup_notes(),
        conversation.subject(),
        conversation.address(),
        conversation.provided_name(),
    ];
    for (index, text) in (13..).zip(texts) {
        if row
            .get_ref(index)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?
            != text
        {
            return Ok(false);
        }
    }
    let reason = &record.link.reason;
    let code = rule_code(reason.rule);
    let first: (Option<i64>, Option<bool>) = (row.get(22)?, row.get(23)?);
    let is_first = match reason.rule.is_automatic() {
        true => first == (Some(code), Some(reason.is_doubtful())),
        // By then the rule that linked it first is known by its entry alone.
        false => first.0.is_none_or(|code| (1..=5).contains(&code)),
    };
    Ok(is_first
        && row.get::<_, Option<i64>>(21)? == Some(code)
        && row.get::<_, i64>(7)? == conversation.start.0
        && moment_if_any_at(row, 8)? == conversation.end
        && moment_if_any_at(row, 9)? == conversation.over()
        && channel_of_name(text_at(row, 10)?)? == conversation.channel
        && text_at(row, 11)? == conversation.direction.name()
        && row.get::<_, i64>(12)? == status_code(record.status()))
}

fn has_place(
    connection: &Connection,
    row: i64,
    contact: ContactId,
    record: &ConversationRecord,
) -> Step<bool> {
    let Some(contact) = contact::row_of(connection, contact)? else {
        return Ok(false);
    };
    let sql = "SELECT 1 FROM party
        WHERE contact = ?1 AND closed = ?2 AND started = ?3 AND conversation = ?4";
    let (closed, started) = (
        record.conversation.end.is_some(),
        record.conversation.start.0,
    );
    Ok(connection
        .prepare_cached(sql)?
        .exists((contact, closed, started, row))?)
}
