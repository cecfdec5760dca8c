//! A journey `Session` of a conversation, which says in short how it was handled. A visit's session is read
//! by `visit`.

use serde_json::Value;

use crate::domain::Moment;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, ConversationId, Direction, Status};

use super::channel::channel_of;
use super::member::{moment_of, text_of};

/// What a session says of its conversation: ids as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Handled {
    pub id: ConversationId,
    pub channel: Channel,
    pub direction: Direction,
    pub status: Status,
    pub start: Moment,
    pub end: Option<Moment>,
    pub queue: Option<String>,
    pub user: Option<String>,
    pub wrapup_code: Option<String>,
    pub notes: Option<String>,
    pub subject: Option<String>,
}

/// When a session began.
pub fn start(session: &Value) -> Option<Moment> {
    session.get("createdDate").and_then(moment_of)
}

/// The contact of a session.
pub fn contact(session: &Value) -> Option<ContactId> {
    let contact = session.get("externalContact")?;
    contact.get("id")?.as_str()?.parse().ok()
}

/// The conversation of a session; `None` for the session of a visit, and for one that does not read.
pub fn handled(session: &Value) -> Option<Handled> {
    let member = |name: &str, inner: &str| session.get(name)?.get(inner).and_then(text_of);
    let id = member("conversation", "id")?;
    let end = session.get("endedDate").and_then(moment_of);
    let user = member("lastConnectedUser", "id");
    let code = member("lastUserDisposition", "code");
    let is_lost = session.get("lastAcdOutcome").and_then(Value::as_str) == Some("Abandon");
    let status = match (end.is_some(), user.is_some()) {
        (false, true) => Status::Active,
        (false, false) => Status::Waiting,
        (true, _) if is_lost => Status::Abandoned,
        (true, false) => Status::Abandoned,
        (true, true) if code.is_some() => Status::Ended,
        (true, true) => Status::WrapupDue,
    };
    Some(Handled {
        id: id.parse().ok()?,
        channel: channel(session),
        direction: match session.get("originatingDirection").and_then(Value::as_str) {
            Some("Outbound") => Direction::Outbound,
            Some(_) | None => Direction::Inbound,
        },
        status,
        start: start(session)?,
        end,
        queue: member("lastConnectedQueue", "id"),
        user,
        wrapup_code: code,
        notes: member("lastUserDisposition", "notes"),
        subject: session.get("conversationSubject").and_then(text_of),
    })
}

/// The last channel of the conversation: it may have changed from one to another.
fn channel(session: &Value) -> Channel {
    let channels = session
        .get("conversationChannels")
        .and_then(Value::as_array);
    let last = channels.and_then(|channels| channels.last());
    let text = |name: &str| last?.get(name).and_then(text_of);
    let kind = text("type").unwrap_or_default();
    let kind = match kind.as_str() {
        "Messaging" => "Message",
        "Webchat" => "Chat",
        other => other,
    };
    channel_of(kind, text("messageType").as_deref(), None).unwrap_or(Channel::Other)
}
