//! How small values stand in columns: ids as 16 bytes, kinds as numbers that are never reused.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Row, ToSql};
use serde::Serialize;
use uuid::Uuid;

use super::fault::{Fault, Step};
use crate::domain::contact::{ContactId, ContactType};
use crate::domain::conversation::{Channel, ConversationId, Direction, Status, Trust};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin};
use crate::domain::visit::VisitId;
use crate::store::NameKind;

/// A UUID as a column takes it: 16 bytes, not copied.
pub struct IdColumn<'a>(pub &'a Uuid);

impl ToSql for IdColumn<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_bytes())))
    }
}

/// A value as JSON in a text column.
pub struct Json(Vec<u8>);

impl Json {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn push(&mut self, byte: u8) {
        self.0.push(byte);
    }
}

impl ToSql for Json {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(&self.0)))
    }
}

/// A value as JSON, with room for `bytes` at first.
pub fn json(value: &impl Serialize, bytes: usize) -> Step<Json> {
    let mut text = Vec::with_capacity(bytes);
    serde_json::to_writer(&mut text, value)?;
    Ok(Json(text))
}

/// The UUID in column `index`.
pub fn id_at(row: &Row<'_>, index: usize) -> Step<Uuid> {
    let bytes = row
        .get_ref(index)?
        .as_blob()
        .map_err(|_| damaged("an id"))?;
    Uuid::from_slice(bytes).map_err(|_| damaged("an id"))
}

/// The UUID in column `index`, when there is one.
pub fn id_if_any_at(row: &Row<'_>, index: usize) -> Step<Option<Uuid>> {
    match row.get_ref(index)? {
        ValueRef::Null => Ok(None),
        _ => id_at(row, index).map(Some),
    }
}

/// The text in column `index`, borrowed from the row.
pub fn text_at<'r>(row: &'r Row<'_>, index: usize) -> Step<&'r str> {
    row.get_ref(index)?.as_str().map_err(|_| damaged("a text"))
}

/// The moment in column `index`.
pub fn moment_at(row: &Row<'_>, index: usize) -> Step<Moment> {
    Ok(Moment(row.get(index)?))
}

/// The moment in column `index`, when there is one.
pub fn moment_if_any_at(row: &Row<'_>, index: usize) -> Step<Option<Moment>> {
    Ok(row.get::<_, Option<i64>>(index)?.map(Moment))
}

/// What stands for a missing value that it does not read.
pub fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("{what} does not read"))
}

pub const fn kind_code(kind: ContactType) -> i64 {
    match kind {
        ContactType::Ephemeral => 1,
        ContactType::Identified => 2,
        ContactType::Curated => 3,
    }
}

pub const fn status_code(status: Status) -> i64 {
    match status {
        Status::Active => 1,
        Status::Waiting => 2,
        Status::Ended => 3,
        Status::WrapupDue => 4,
        Status::Abandoned => 5,
    }
}

pub fn status_of_code(code: i64) -> Step<Status> {
    let all = [
        Status::Active,
        Status::Waiting,
        Status::Ended,
        Status::WrapupDue,
        Status::Abandoned,
    ];
    let found = all.into_iter().find(|status| status_code(*status) == code);
    found.ok_or_else(|| damaged("a status"))
}

pub fn channel_of_name(name: &str) -> Step<Channel> {
    Channel::of_name(name).ok_or_else(|| damaged("a channel"))
}

pub fn direction_of_name(name: &str) -> Step<Direction> {
    let all = [Direction::Inbound, Direction::Outbound];
    let found = all.into_iter().find(|direction| direction.name() == name);
    found.ok_or_else(|| damaged("a direction"))
}

pub const fn name_kind_code(kind: NameKind) -> i64 {
    match kind {
        NameKind::Queue => 1,
        NameKind::User => 2,
        NameKind::WrapupCode => 3,
        NameKind::Segment => 4,
        NameKind::Outcome => 5,
    }
}

pub fn name_kind_of_code(code: i64) -> Step<NameKind> {
    let all = [
        NameKind::Queue,
        NameKind::User,
        NameKind::WrapupCode,
        NameKind::Segment,
        NameKind::Outcome,
    ];
    let found = all.into_iter().find(|kind| name_kind_code(*kind) == code);
    found.ok_or_else(|| damaged("a kind of name"))
}

/// The source of an identifier as a key takes it: empty for none.
pub fn source_of(identifier: &Identifier) -> &str {
    identifier.source.as_deref().unwrap_or_default()
}

/// The identifier in the columns kind, value, source from `index` on.
pub fn identifier_at(row: &Row<'_>, index: usize) -> Step<Identifier> {
    let kind = IdentifierType::of_code(row.get(index)?).ok_or_else(|| damaged("a type"))?;
    let value = row.get(index + 1)?;
    let source = text_at(row, index + 2)?;
    Ok(Identifier {
        kind,
        value,
        source: (!source.is_empty()).then(|| source.to_owned()),
    })
}

/// Where a claim came from, as two columns: a number, and an id or a batch.
pub fn origin_columns(origin: &ClaimOrigin) -> (i64, Value) {
    let id = |id: &Uuid| Value::Blob(id.as_bytes().to_vec());
    match origin {
        ClaimOrigin::Conversation(conversation) => (1, id(&conversation.0)),
        ClaimOrigin::Visit(visit) => (2, id(&visit.0)),
        ClaimOrigin::Created => (3, Value::Null),
        ClaimOrigin::Edited => (4, Value::Null),
        ClaimOrigin::Import(batch) => (5, Value::Integer(batch.cast_signed())),
        ClaimOrigin::Explicit => (6, Value::Null),
        ClaimOrigin::Taken(contact) => (7, id(&contact.0)),
        ClaimOrigin::Offered(contact) => (8, id(&contact.0)),
        ClaimOrigin::Merged(contact) => (9, id(&contact.0)),
    }
}

pub const fn trust_code(trust: Trust) -> i64 {
    match trust {
        Trust::Verified => 0,
        Trust::Typed => 1,
    }
}

/// The claim of `contact` in the columns at, origin, origin_id, trust from `index` on.
pub fn claim_at(row: &Row<'_>, index: usize, contact: ContactId) -> Step<Claim> {
    let id = || id_at(row, index + 2);
    let origin = match row.get::<_, i64>(index + 1)? {
        1 => ClaimOrigin::Conversation(ConversationId(id()?)),
        2 => ClaimOrigin::Visit(VisitId(id()?)),
        3 => ClaimOrigin::Created,
        4 => ClaimOrigin::Edited,
        5 => ClaimOrigin::Import(row.get::<_, i64>(index + 2)?.cast_unsigned()),
        6 => ClaimOrigin::Explicit,
        7 => ClaimOrigin::Taken(ContactId(id()?)),
        8 => ClaimOrigin::Offered(ContactId(id()?)),
        9 => ClaimOrigin::Merged(ContactId(id()?)),
        _ => return Err(damaged("the origin of a claim")),
    };
    let trust = match row.get::<_, i64>(index + 3)? {
        0 => Trust::Verified,
        1 => Trust::Typed,
        _ => return Err(damaged("the trust of a claim")),
    };
    Ok(Claim {
        contact,
        at: moment_at(row, index)?,
        origin,
        trust,
    })
}
