//! Conversations in their tables: whole records, and the contacts they are found by.

use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::column::{IdColumn, Json, id_at, status_code, text_at};
use super::contact;
use super::fault::{Fault, Step};
use super::looked::rule_code;
use super::seal::{of_id, opened, sealed};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Conversation, ConversationId};
use crate::domain::reason::Link;
use crate::domain::record::{ConversationRecord, Wrapup};

/// Room for most links, and for most bodies.
const SMALL_BYTES: usize = 512;
const BODY_BYTES: usize = 4096;

/// A conversation in the making: what is known of it before a plan, with the plan's steps laid over it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub conversation: Option<Conversation>,
    pub link: Option<Link>,
    pub others: Vec<(String, Link)>,
    pub wrapup: Option<Wrapup>,
}

impl Draft {
    pub fn of(record: Option<&ConversationRecord>) -> Self {
        match record {
            Some(record) => Self {
                conversation: Some(record.conversation.clone()),
                link: Some(record.link.clone()),
                others: record.others.clone(),
                wrapup: record.wrapup.clone(),
            },
            None => Self::default(),
        }
    }

    /// The link of a participant; `None` is the conversation's own contact.
    pub fn link_of(&self, participant: Option<&str>) -> Option<&Link> {
        match participant {
            None => self.link.as_ref(),
            Some(id) => self
                .others
                .iter()
                .find(|(other, _)| other == id)
                .map(|(_, link)| link),
        }
    }

    pub fn set_link(&mut self, participant: Option<&str>, link: Option<Link>) {
        let Some(id) = participant else {
            self.link = link;
            return;
        };
        let place = self.others.iter().position(|(other, _)| other == id);
        match (place, link) {
            (Some(place), Some(link)) => self.others[place].1 = link,
            (Some(place), None) => drop(self.others.remove(place)),
            (None, Some(link)) => {
                self.others.push((id.to_owned(), link));
                // Invariant: other links stand in the order of their participants' ids, so that taking
                // one back and giving it again leaves the same bytes.
                self.others.sort_by(|one, other| one.0.cmp(&other.0));
            }
            (None, None) => {}
        }
    }

    /// The record; a conversation without a body or a link is no record.
    pub fn finish(self) -> Step<ConversationRecord> {
        let (Some(conversation), Some(link)) = (self.conversation, self.link) else {
            return Err(Fault::Misfit(
                "a plan leaves a conversation without a contact".to_owned(),
            ));
        };
        Ok(ConversationRecord {
            conversation,
            link,
            others: self.others,
            wrapup: self.wrapup,
        })
    }
}

/// The conversation with this id.
pub fn load(connection: &Connection, id: ConversationId) -> Step<Option<ConversationRecord>> {
    let sql = "SELECT link, others, wrapup, body FROM conversation WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    of_id(read(row, 0)?, |record| record.conversation.id == id).map(Some)
}

/// The record in the columns link, others, wrapup, body from `index` on.
pub fn read(row: &Row<'_>, index: usize) -> Step<ConversationRecord> {
    let maybe = |index: usize| -> Step<Option<&str>> {
        Ok(row
            .get_ref(index)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?)
    };
    Ok(ConversationRecord {
        link: opened(text_at(row, index)?)?,
        others: match maybe(index + 1)? {
            Some(text) => opened(text)?,
            None => Vec::new(),
        },
        wrapup: maybe(index + 2)?.map(opened).transpose()?,
        conversation: opened(text_at(row, index + 3)?)?,
    })
}

/// The row of an id, by a query that answers it; nothing where it is not there.
pub fn row_of(connection: &Connection, sql: &str, id: &Uuid) -> Step<Option<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(id)])?;
    Ok(match rows.next()? {
        Some(row) => Some(row.get(0)?),
        None => None,
    })
}

/// Puts the record `after` where `before` stood. `entry` is the journal entry of the plan.
pub fn put(
    turn: &mut Turn<'_>,
    before: Option<&ConversationRecord>,
    after: &ConversationRecord,
    entry: Option<i64>,
) -> Step<()> {
    let own = contact::row_or_new(turn, after.link.contact)?;
    let row = match before {
        None => insert(turn, after, own, entry)?,
        Some(before) => update(turn, before, after, own)?,
    };
    put_parties(turn, row, before, after)?;
    turn.tally
        .moved(Counted::Conversations, before.is_some(), true);
    let active = |record: &ConversationRecord| record.conversation.end.is_none();
    turn.tally
        .moved(Counted::Active, before.is_some_and(active), active(after));
    Ok(())
}

/// Ids of at most `limit` conversations of a contact, newest first.
pub fn linked(connection: &Connection, id: ContactId, limit: i64) -> Step<Vec<ConversationId>> {
    let sql = "SELECT conversation.id FROM party JOIN conversation ON conversation.row = party.conversation
        WHERE party.contact = (SELECT row FROM contact WHERE id = ?1)
        ORDER BY party.closed, party.started DESC, party.conversation DESC LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((IdColumn(&id.0), limit))?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(ConversationId(id_at(row, 0)?));
    }
    Ok(ids)
}

/// Removes a conversation with its place in every journey.
pub fn remove(turn: &mut Turn<'_>, row: i64, record: &ConversationRecord) -> Step<()> {
    let connection = turn.connection;
    for id in contacts(record) {
        let contact = contact::row_or_new(turn, id)?;
        drop_party(connection, row, contact, &record.conversation)?;
    }
    forget_later(connection, row)?;
    connection
        .prepare_cached("DELETE FROM conversation WHERE row = ?1")?
        .execute([row])?;
    turn.tally.add(Counted::Conversations, -1);
    turn.tally
        .moved(Counted::Active, record.conversation.end.is_none(), false);
    Ok(())
}

/// Remembers that an entry linked a conversation further when it was seen again.
pub fn link_later(connection: &Connection, id: ConversationId, entry: i64) -> Step<()> {
    let sql =
        "INSERT INTO later_link (conversation, seq) SELECT row, ?2 FROM conversation WHERE id = ?1";
    connection
        .prepare_cached(sql)?
        .execute((IdColumn(&id.0), entry))?;
    Ok(())
}

/// Deletes the values of the entries that linked a conversation further when it was seen again.
fn forget_later(connection: &Connection, row: i64) -> Step<()> {
    let of = [
        "DELETE FROM payload WHERE seq IN (SELECT seq FROM later_link WHERE conversation = ?1)",
        "DELETE FROM later_link WHERE conversation = ?1",
    ];
    for sql in of {
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// Every contact that a record leads to, each once.
pub fn contacts(record: &ConversationRecord) -> Vec<ContactId> {
    let mut ids = vec![record.link.contact];
    for (_, link) in &record.others {
        if !ids.contains(&link.contact) {
            ids.push(link.contact);
        }
    }
    ids
}

/// The parts of a record that are kept as JSON.
struct Texts {
    link: Json,
    others: Option<Json>,
    wrapup: Option<Json>,
    body: Json,
}

impl Texts {
    fn of(record: &ConversationRecord) -> Step<Self> {
        let others = &record.others;
        let small = |value: &Wrapup| sealed(value, SMALL_BYTES);
        Ok(Self {
            link: sealed(&record.link, SMALL_BYTES)?,
            others: (!others.is_empty())
                .then(|| sealed(others, SMALL_BYTES))
                .transpose()?,
            wrapup: record.wrapup.as_ref().map(small).transpose()?,
            body: sealed(&record.conversation, BODY_BYTES)?,
        })
    }
}

fn insert(turn: &Turn<'_>, after: &ConversationRecord, own: i64, entry: Option<i64>) -> Step<i64> {
    let sql = "INSERT INTO conversation (contact, started, ended, until, channel, direction, status,
            queue, agent, agent_name, wrapup_code, wrapup_notes, subject, address, provided_name,
            link, others, wrapup, body, rule, first_rule, doubt, id, entry)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            ?20, ?21, ?22, ?23, ?24)";
    let mut statement = turn.connection.prepare_cached(sql)?;
    bind(&mut statement, after, own)?;
    statement.raw_bind_parameter(23, IdColumn(&after.conversation.id.0))?;
    statement.raw_bind_parameter(24, entry)?;
    statement.raw_execute()?;
    Ok(turn.connection.last_insert_rowid())
}

fn update(
    turn: &mut Turn<'_>,
    before: &ConversationRecord,
    after: &ConversationRecord,
    own: i64,
) -> Step<i64> {
    let connection = turn.connection;
    let id = IdColumn(&after.conversation.id.0);
    let mut find =
        connection.prepare_cached("SELECT row, entry FROM conversation WHERE id = ?1")?;
    let (row, entry): (i64, Option<i64>) =
        find.query_one([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if before.link.contact != after.link.contact {
        keep_entry(turn, before.link.contact, entry)?;
    }
    let sql = "UPDATE conversation SET contact = ?1, started = ?2, ended = ?3, until = ?4,
            channel = ?5, direction = ?6, status = ?7, queue = ?8, agent = ?9, agent_name = ?10,
            wrapup_code = ?11, wrapup_notes = ?12, subject = ?13, address = ?14, provided_name = ?15,
            link = ?16, others = ?17, wrapup = ?18, body = ?19, rule = ?20,
            first_rule = coalesce(?21, first_rule), doubt = coalesce(?22, doubt)
        WHERE row = ?23";
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, after, own)?;
    statement.raw_bind_parameter(23, row)?;
    statement.raw_execute()?;
    Ok(row)
}

/// The first entry of a conversation or visit belongs to the history of the contact it was linked to then;
/// once that link moves, the history needs a line of its own to find it.
pub fn keep_entry(turn: &mut Turn<'_>, contact: ContactId, entry: Option<i64>) -> Step<()> {
    if let Some(entry) = entry {
        let row = contact::row_or_new(turn, contact)?;
        super::entry::index_own(turn.connection, row, contact, entry)?;
    }
    Ok(())
}

/// Binds the columns 1 to 22 that insert and update share.
fn bind(
    statement: &mut rusqlite::Statement<'_>,
    record: &ConversationRecord,
    own: i64,
) -> Step<()> {
    let texts = Texts::of(record)?;
    let conversation = &record.conversation;
    let agent = conversation.agent();
    statement.raw_bind_parameter(1, own)?;
    statement.raw_bind_parameter(2, conversation.start.0)?;
    statement.raw_bind_parameter(3, conversation.end.map(|end| end.0))?;
    statement.raw_bind_parameter(4, conversation.over().map(|over| over.0))?;
    statement.raw_bind_parameter(5, conversation.channel.name())?;
    statement.raw_bind_parameter(6, conversation.direction.name())?;
    statement.raw_bind_parameter(7, status_code(record.status()))?;
    statement.raw_bind_parameter(8, conversation.queue())?;
    statement.raw_bind_parameter(9, agent.and_then(|agent| agent.user.as_deref()))?;
    statement.raw_bind_parameter(10, agent.and_then(|agent| agent.name.as_deref()))?;
    statement.raw_bind_parameter(11, record.wrapup_code())?;
    statement.raw_bind_parameter(12, record.wrapup_notes())?;
    statement.raw_bind_parameter(13, conversation.subject())?;
    statement.raw_bind_parameter(14, conversation.address())?;
    statement.raw_bind_parameter(15, conversation.provided_name())?;
    statement.raw_bind_parameter(16, &texts.link)?;
    statement.raw_bind_parameter(17, &texts.others)?;
    statement.raw_bind_parameter(18, &texts.wrapup)?;
    statement.raw_bind_parameter(19, &texts.body)?;
    // What a person decides leaves the rule in place that had linked it first.
    let reason = &record.link.reason;
    let first = Some(reason).filter(|reason| reason.rule.is_automatic());
    statement.raw_bind_parameter(20, rule_code(reason.rule))?;
    statement.raw_bind_parameter(21, first.map(|reason| rule_code(reason.rule)))?;
    statement.raw_bind_parameter(22, first.map(|reason| reason.is_doubtful()))?;
    Ok(())
}

/// Moves the conversation's places in journeys to where `after` has them.
fn put_parties(
    turn: &mut Turn<'_>,
    row: i64,
    before: Option<&ConversationRecord>,
    after: &ConversationRecord,
) -> Step<()> {
    let connection = turn.connection;
    let place = |record: &ConversationRecord| {
        (record.conversation.end.is_some(), record.conversation.start)
    };
    let had = before.map(contacts).unwrap_or_default();
    let has = contacts(after);
    let moved = before.is_some_and(|before| place(before) != place(after));
    if let Some(before) = before {
        for id in had.iter().filter(|id| moved || !has.contains(id)) {
            let contact = contact::row_or_new(turn, *id)?;
            drop_party(connection, row, contact, &before.conversation)?;
        }
    }
    for id in has.iter().filter(|id| moved || !had.contains(id)) {
        let contact = contact::row_or_new(turn, *id)?;
        let sql =
            "INSERT INTO party (contact, closed, started, conversation) VALUES (?1, ?2, ?3, ?4)";
        let (closed, started) = place(after);
        connection
            .prepare_cached(sql)?
            .execute((contact, closed, started.0, row))?;
    }
    Ok(())
}

fn drop_party(
    connection: &Connection,
    row: i64,
    contact: i64,
    conversation: &Conversation,
) -> Step<()> {
    let sql = "DELETE FROM party
        WHERE contact = ?1 AND closed = ?2 AND started = ?3 AND conversation = ?4";
    let place = (
        contact,
        conversation.end.is_some(),
        conversation.start.0,
        row,
    );
    connection.prepare_cached(sql)?.execute(place)?;
    Ok(())
}
