//! Checks of stored decisions: every link against the journal and against its own evidence, and the values
//! that the journal keeps.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use rusqlite::Connection;
use serde::Deserialize;
use uuid::Uuid;

use super::super::column::{IdColumn, id_at, id_if_any_at, text_at};
use super::super::fault::Step;
use super::super::seal::opened;
use super::super::{conversation, visit};
use super::capped;
use crate::domain::Change;
use crate::domain::contact::{ContactId, Origin};
use crate::domain::conversation::ConversationId;
use crate::domain::reason::Link;
use crate::domain::visit::VisitId;
use crate::store::decided::{Body, Decided, Judge, StoredLink};

/// Most steps up a merge tree: a set has at most 52 contacts.
const STEPS_MAX: usize = 64;

/// A link as the journal last wrote it: the entry, and what stands for the link.
type Written = (i64, u64);

/// The links that the journal holds.
#[derive(Default)]
struct Journalled {
    own: HashMap<Uuid, Written>,
    others: HashMap<(Uuid, String), Written>,
    visits: HashMap<Uuid, Written>,
}

/// What is wrong with stored decisions.
pub fn problems(connection: &Connection, judge: &mut Judge) -> Step<Vec<String>> {
    let mut journal = Journalled::default();
    let mut problems = capped(payloads(connection, &mut journal)?);
    problems.extend(capped(conversations(connection, &journal, judge)?));
    problems.extend(capped(visits(connection, &journal, judge)?));
    Ok(problems)
}

/// The values of every entry, in the order of the journal: they read, and the public part names whom they
/// speak of.
fn payloads(connection: &Connection, journal: &mut Journalled) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let sql = "SELECT payload.seq, payload.body, entry.contact, entry.contacts FROM payload
        JOIN entry ON entry.seq = payload.seq WHERE entry.action NOT IN ('erase', 'view', 'export')
        ORDER BY payload.seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let Ok(changes) = serde_json::from_str::<Vec<Change>>(text_at(row, 1)?) else {
            problems.push(format!("the values of journal entry {seq} do not read"));
            continue;
        };
        let own = id_if_any_at(row, 2)?;
        let listed = row
            .get_ref(3)?
            .as_blob_or_null()
            .map_err(rusqlite::Error::from)?;
        let is_named = |id: &ContactId| match listed {
            Some(bytes) => bytes
                .chunks_exact(16)
                .any(|one| one == id.0.as_bytes().as_slice()),
            None => own == Some(id.0),
        };
        for change in changes {
            if let Some(id) = change.contacts().into_iter().find(|id| !is_named(id)) {
                problems.push(format!(
                    "journal entry {seq} changes contact {id}, which its public part does not name"
                ));
            }
            journal.take(seq, change)?;
        }
    }
    Ok(problems)
}

impl Journalled {
    /// Notes the links of a change.
    fn take(&mut self, seq: i64, change: Change) -> Step<()> {
        let written = |link: Option<Box<Link>>| -> Step<Option<Written>> {
            link.map(|link| Ok((seq, mark(&link)?))).transpose()
        };
        match change {
            Change::Link {
                conversation,
                participant: None,
                after,
                ..
            } => put(&mut self.own, conversation.0, written(after)?),
            Change::Link {
                conversation,
                participant: Some(participant),
                after,
                ..
            } => {
                let key = (conversation.0, participant);
                put(&mut self.others, key, written(after)?);
            }
            Change::VisitLink { visit, after, .. } => {
                put(&mut self.visits, visit.0, written(after)?);
            }
            Change::Contact { .. }
            | Change::Claim { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. } => {}
            Change::Note { .. } | Change::NotSame { .. } | Change::Shared { .. } => {}
            Change::Organization { .. } | Change::Review { .. } => {}
        }
        Ok(())
    }
}

fn put<K: Eq + Hash>(map: &mut HashMap<K, Written>, key: K, value: Option<Written>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

/// What stands for a link in memory.
fn mark(link: &Link) -> Step<u64> {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(link)?.hash(&mut hasher);
    Ok(hasher.finish())
}

fn conversations(
    connection: &Connection,
    journal: &Journalled,
    judge: &mut Judge,
) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT id, link, others FROM conversation")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = ConversationId(id_at(row, 0)?);
        // What does not read is told with the conversations.
        let Ok(link) = opened::<Link>(text_at(row, 1)?) else {
            continue;
        };
        let body = |connection: &Connection| -> Step<Option<Body>> {
            let record = conversation::load(connection, id)?;
            Ok(record.map(|record| Body::Conversation(Box::new(record.conversation))))
        };
        let known = journal.own.get(&id.0);
        let of = Decided::Conversation(id);
        problems.extend(one(connection, of, link, known, &body, judge)?);
        let others = row
            .get_ref(2)?
            .as_str_or_null()
            .map_err(rusqlite::Error::from)?;
        let others: Vec<(String, Link)> = match others.map(opened) {
            Some(Ok(others)) => others,
            Some(Err(_)) | None => continue,
        };
        for ((participant, link), number) in others.into_iter().zip(1..) {
            let body = |connection: &Connection| -> Step<Option<Body>> {
                let record = conversation::load(connection, id)?;
                Ok(record.map(|record| {
                    Body::Participant(Box::new(record.conversation), participant.clone())
                }))
            };
            let known = journal.others.get(&(id.0, participant.clone()));
            let of = Decided::Participant(id, number);
            problems.extend(one(connection, of, link, known, &body, judge)?);
        }
    }
    Ok(problems)
}

fn visits(connection: &Connection, journal: &Journalled, judge: &mut Judge) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let mut statement = connection.prepare("SELECT id, link FROM visit")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let id = VisitId(id_at(row, 0)?);
        let Ok(link) = opened::<Link>(text_at(row, 1)?) else {
            continue;
        };
        let body = |connection: &Connection| -> Step<Option<Body>> {
            let record = visit::load(connection, id)?;
            Ok(record.map(|record| Body::Visit(Box::new(record.visit))))
        };
        let known = journal.visits.get(&id.0);
        problems.extend(one(
            connection,
            Decided::Visit(id),
            link,
            known,
            &body,
            judge,
        )?);
    }
    Ok(problems)
}

/// A link against the journal, then against its evidence.
fn one(
    connection: &Connection,
    of: Decided,
    link: Link,
    known: Option<&Written>,
    body: &dyn Fn(&Connection) -> Step<Option<Body>>,
    judge: &mut Judge,
) -> Step<Vec<String>> {
    let mut problems = Vec::new();
    let differs = match known {
        Some((_, written)) => *written != mark(&link)?,
        None => false,
    };
    let since = known.map_or(0, |(seq, _)| *seq);
    let is_edited = differs && !may_be_unknown(connection, link.contact, since)?;
    if is_edited {
        problems.push(format!(
            "the link of {of} is not the one that the journal holds"
        ));
    }
    let claim = link.reason.claim.as_ref().map(|claim| claim.contact);
    let leads = match claim.filter(|holder| *holder != link.contact) {
        Some(holder) => leads(connection, holder)?,
        None => Vec::new(),
    };
    let stored = StoredLink {
        origin: origin(connection, link.contact)?,
        leads,
        body: match is_edited {
            true => body(connection)?,
            false => None,
        },
        of,
        link,
    };
    problems.extend(judge(&stored).into_iter().map(|what| {
        let of = &stored.of;
        format!("the link of {of} does not follow from its evidence: {what}")
    }));
    Ok(problems)
}

/// True when an entry since then that speaks of the contact no longer has its values: it may have linked.
fn may_be_unknown(connection: &Connection, contact: ContactId, since: i64) -> Step<bool> {
    let sql = "SELECT 1 FROM entry_contact LEFT JOIN payload ON payload.seq = entry_contact.seq
        WHERE entry_contact.contact = (SELECT row FROM contact WHERE id = ?1)
            AND entry_contact.seq > ?2 AND payload.seq IS NULL";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.exists((IdColumn(&contact.0), since))?)
}

/// How a contact came to be; `None` when it is gone.
fn origin(connection: &Connection, id: ContactId) -> Step<Option<Origin>> {
    #[derive(Deserialize)]
    struct Made {
        origin: Origin,
    }
    let sql = "SELECT body FROM contact WHERE id = ?1 AND body IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id.0)])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    // One that does not read is told with the contacts.
    let made = opened::<Made>(text_at(row, 0)?);
    Ok(made.ok().map(|made| made.origin))
}

/// A contact, what it was merged into, and so on.
fn leads(connection: &Connection, id: ContactId) -> Step<Vec<ContactId>> {
    let sql = "SELECT merged_to FROM contact WHERE id = ?1 AND body IS NOT NULL";
    let mut statement = connection.prepare_cached(sql)?;
    let (mut leads, mut next) = (Vec::new(), Some(id));
    while let Some(id) = next.filter(|_| leads.len() < STEPS_MAX) {
        let mut rows = statement.query([IdColumn(&id.0)])?;
        let Some(row) = rows.next()? else {
            break;
        };
        leads.push(id);
        next = id_if_any_at(row, 0)?.map(ContactId);
    }
    Ok(leads)
}
