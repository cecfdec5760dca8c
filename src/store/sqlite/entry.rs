//! The journal's tables: appending, reading, and deleting payloads.

mod chain;
mod gone;
mod list;
mod undone;

use std::borrow::Cow;

use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use super::column::{IdColumn, Json, damaged, id_if_any_at, moment_at, text_at};
use super::contact;
use super::fault::{Fault, Step};
use super::tally::Counted;
use super::turn::Turn;
use crate::domain::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::facts::EntryFact;
use crate::domain::moment::Moment;
use crate::store::journal::{self, Hash, Public, Sealed};
use crate::store::{Applied, Entry};

pub use chain::{sealed, verify};
pub use gone::deleted;
pub use list::{entries, entry, loose_since};
use undone::Undone;

/// The columns that `read` takes an entry from.
const ENTRY: &str =
    "entry.seq, entry.at, entry.actor, entry.action, entry.contact, entry.conversation,
    entry.contacts, entry.batch, entry.undoes, entry.digest, entry.hash";

/// The end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: Hash,
}

impl Head {
    pub fn load(connection: &Connection) -> Step<Self> {
        let sql = "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(())?;
        match rows.next()? {
            Some(row) => Ok(Self {
                seq: row.get(0)?,
                hash: row.get(1)?,
            }),
            None => Ok(Self {
                seq: 0,
                hash: journal::ORIGIN,
            }),
        }
    }

    pub fn public(self) -> journal::Head {
        journal::Head {
            id: EntryId(self.seq.cast_unsigned()),
            hash: self.hash,
        }
    }
}

/// What an entry is made of, but for its number and its seal.
pub struct Draft<'a> {
    pub at: Moment,
    pub actor: &'a str,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// Every contact that the changes speak of, each once.
    pub contacts: &'a [ContactId],
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    /// The changes as JSON; `None` to keep only the public part.
    pub payload: Option<&'a Json>,
}

/// The payload of an entry that keeps no values: why somebody did it.
#[derive(Serialize, Deserialize)]
pub struct Grounds<'a> {
    pub reason: Cow<'a, str>,
}

/// Whether an entry gets lines of its own in the histories of its contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    ByIndex,
    /// The conversation or visit that it linked leads to it.
    ByConversation,
}

/// Seals and appends an entry; its number is the head's next.
pub fn append(turn: &mut Turn<'_>, draft: &Draft<'_>, found: Found) -> Step<EntryId> {
    let connection = turn.connection;
    let seq = turn.head.seq + 1;
    let salt = turn.salts.of(seq);
    let digest = draft
        .payload
        .map(|payload| journal::digest(&salt, payload.as_bytes()));
    let public = Public {
        id: EntryId(seq.cast_unsigned()),
        at: draft.at,
        actor: draft.actor,
        action: draft.action,
        contact: draft.contact,
        conversation: draft.conversation,
        contacts: draft.contacts,
        batch: draft.batch,
        undoes: draft.undoes,
        digest,
    };
    let hash = public.seal(&turn.head.hash);
    insert(connection, seq, &public, &hash)?;
    if let Some(payload) = draft.payload {
        let sql = "INSERT INTO payload (seq, salt, body) VALUES (?1, ?2, ?3)";
        connection
            .prepare_cached(sql)?
            .execute((seq, salt, payload))?;
    }
    match found {
        Found::ByConversation => {}
        Found::ByIndex => {
            let own = draft.contact.filter(|id| !draft.contacts.contains(id));
            for id in draft.contacts.iter().copied().chain(own) {
                let row = contact::row_or_new(turn, id)?;
                index(connection, row, seq)?;
            }
        }
    }
    turn.head = Head { seq, hash };
    turn.tally.add(Counted::Entries, 1);
    Ok(public.id)
}

/// Gives an entry a line in the history of a contact.
pub fn index(connection: &Connection, contact: i64, seq: i64) -> Step<()> {
    let sql = "INSERT OR IGNORE INTO entry_contact (contact, seq) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute((contact, seq))?;
    Ok(())
}

/// Gives an entry that ended at this contact a line in its history.
pub fn index_own(connection: &Connection, contact: i64, id: ContactId, seq: i64) -> Step<()> {
    let sql = "INSERT OR IGNORE INTO entry_contact (contact, seq)
        SELECT ?1, seq FROM entry WHERE seq = ?2 AND contact = ?3";
    connection
        .prepare_cached(sql)?
        .execute((contact, seq, IdColumn(&id.0)))?;
    Ok(())
}

/// An entry as an undo needs it.
pub fn fact(connection: &Connection, id: EntryId) -> Step<Option<EntryFact>> {
    let Some(stored) = load(connection, id)? else {
        return Ok(None);
    };
    let undone = Undone::load(connection, id)?;
    Ok(Some(EntryFact {
        id,
        actor: stored.actor,
        action: stored.action,
        changes: changes(connection, id)?,
        undoes: stored.undoes,
        undone_by: undone.by(),
        again: undone.again(),
    }))
}

/// Who decided an entry, and what it had come to.
pub fn applied(connection: &Connection, id: EntryId) -> Step<Option<(String, Applied)>> {
    let stored = load(connection, id)?;
    Ok(stored.map(|stored| {
        let applied = Applied {
            entry: Some(id),
            action: stored.action,
            contact: stored.contact,
            conversation: stored.conversation,
            remarks: Vec::new(),
        };
        (stored.actor, applied)
    }))
}

/// The changes of an entry; `None` when they are no longer kept.
pub fn changes(connection: &Connection, id: EntryId) -> Step<Option<Vec<Change>>> {
    let sql =
        "SELECT payload.body, salt, digest FROM payload JOIN entry USING (seq) WHERE seq = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0.cast_signed()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let body = text_at(row, 0)?;
    // An undo of values that are not those of the entry would write them.
    if row.get::<_, Option<Hash>>(2)? != Some(journal::digest(&row.get(1)?, body.as_bytes())) {
        return Err(Fault::Damaged(format!(
            "the values of journal entry {id} were edited"
        )));
    }
    // Changes are a list; grounds are not, and have no changes with them.
    match body.starts_with('[') {
        true => Ok(Some(serde_json::from_str(body)?)),
        false => Ok(None),
    }
}

/// Why an entry that keeps no values was made.
pub fn reason(connection: &Connection, id: EntryId) -> Step<Option<String>> {
    let sql = "SELECT body FROM payload WHERE seq = ?1 AND substr(body, 1, 1) = '{'";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.0.cast_signed()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let grounds: Grounds<'_> = serde_json::from_str(text_at(row, 0)?)?;
    Ok(Some(grounds.reason.into_owned()))
}

/// The entry that took this one back and was not taken back itself.
pub fn undone_by(connection: &Connection, id: EntryId) -> Step<Option<EntryId>> {
    Ok(Undone::load(connection, id)?.by())
}

/// Deletes the payloads of every entry in the history of a contact.
pub fn forget(turn: &mut Turn<'_>, id: ContactId) -> Step<()> {
    let row = contact::row_or_new(turn, id)?;
    let sql = "DELETE FROM payload WHERE seq IN (
        SELECT seq FROM entry_contact WHERE contact = ?1
        UNION ALL SELECT conversation.entry FROM party
            JOIN conversation ON conversation.row = party.conversation WHERE party.contact = ?1
        UNION ALL SELECT entry FROM visit WHERE contact = ?1)";
    turn.connection.prepare_cached(sql)?.execute([row])?;
    Ok(())
}

/// Deletes the payloads of the entries of a conversation in the history of a contact.
pub fn forget_of(connection: &Connection, contact: i64, id: ConversationId) -> Step<()> {
    let sql = "DELETE FROM payload WHERE seq IN (
        SELECT entry_contact.seq FROM entry_contact JOIN entry ON entry.seq = entry_contact.seq
        WHERE entry_contact.contact = ?1 AND entry.conversation = ?2)";
    connection
        .prepare_cached(sql)?
        .execute((contact, IdColumn(&id.0)))?;
    Ok(())
}

/// Deletes the payload of one entry.
pub fn forget_entry(connection: &Connection, seq: i64) -> Step<()> {
    connection
        .prepare_cached("DELETE FROM payload WHERE seq = ?1")?
        .execute([seq])?;
    Ok(())
}

/// The entry without its seal, for those who list it.
fn unsealed(sealed: Sealed, undone_by: Option<EntryId>, kept: bool) -> Entry {
    Entry {
        id: sealed.id(),
        at: sealed.at,
        actor: sealed.actor,
        action: sealed.action,
        contact: sealed.contact,
        conversation: sealed.conversation,
        contacts: sealed.contacts,
        batch: sealed.batch,
        undoes: sealed.undoes,
        undone_by,
        kept,
    }
}

fn load(connection: &Connection, id: EntryId) -> Step<Option<Sealed>> {
    let sql = format!("SELECT {ENTRY} FROM entry WHERE seq = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0.cast_signed()])?;
    rows.next()?.map(read).transpose()
}

/// The entry in the columns `ENTRY`.
fn read(row: &Row<'_>) -> Step<Sealed> {
    read_sealed_by(row, row.get(10)?)
}

/// The entry in the columns `ENTRY` but the last, with a hash.
fn read_sealed_by(row: &Row<'_>, hash: Hash) -> Step<Sealed> {
    let contact = id_if_any_at(row, 4)?.map(ContactId);
    let contacts = match row
        .get_ref(6)?
        .as_blob_or_null()
        .map_err(rusqlite::Error::from)?
    {
        Some(bytes) => ids_of(bytes)?,
        None => contact.into_iter().collect(),
    };
    Ok(Sealed {
        seq: row.get(0)?,
        at: moment_at(row, 1)?,
        actor: row.get(2)?,
        action: Action::of_name(text_at(row, 3)?).ok_or_else(|| damaged("an action"))?,
        contact,
        conversation: id_if_any_at(row, 5)?.map(ConversationId),
        contacts,
        batch: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
        undoes: row
            .get::<_, Option<i64>>(8)?
            .map(|seq| EntryId(seq.cast_unsigned())),
        digest: row.get(9)?,
        hash,
    })
}

fn ids_of(bytes: &[u8]) -> Step<Vec<ContactId>> {
    let (ids, rest) = bytes.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(damaged("a list of ids"));
    }
    Ok(ids
        .iter()
        .map(|id| ContactId(uuid::Uuid::from_bytes(*id)))
        .collect())
}

fn insert(connection: &Connection, seq: i64, public: &Public<'_>, hash: &Hash) -> Step<()> {
    // Most entries speak of their one contact only; the list is then left out.
    let alone = public
        .contact
        .is_some_and(|contact| public.contacts == [contact]);
    let listed: Option<Vec<u8>> = (!alone).then(|| {
        public
            .contacts
            .iter()
            .flat_map(|id| id.0.into_bytes())
            .collect()
    });
    let sql = "INSERT INTO entry (seq, at, actor, action, contact, conversation, contacts, batch,
            undoes, digest, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    connection.prepare_cached(sql)?.execute((
        seq,
        public.at.0,
        public.actor,
        public.action.name(),
        public.contact.as_ref().map(|id| IdColumn(&id.0)),
        public.conversation.as_ref().map(|id| IdColumn(&id.0)),
        listed,
        public.batch.map(u64::cast_signed),
        public.undoes.map(|id| id.0.cast_signed()),
        public.digest,
        hash,
    ))?;
    Ok(())
}
