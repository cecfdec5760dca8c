//! `MessageData`: a message of a conversation, read into the domain and written back. Owns what is text, part
//! and author in it; a text that is too long is cut here, before anything keeps it.

use serde_json::{Map, Value, json};

use super::Unreadable;
use super::member::{Members, Written, direction_of, moment_of, text_of};
use crate::domain::conversation::{ConversationId, Direction};
use crate::domain::transcript::{Author, Message, MessagePart, TEXT_CHARS_MAX};

const WHAT: &str = "message";
const NORMAL: &str = "normalizedMessage";
/// Where older data has the text.
const OLD_TEXT: &str = "textBody";
/// Most characters of an id and of a name.
const ID_CHARS_MAX: usize = 255;
/// Most parts of a message.
const PARTS_MAX: usize = 50;
/// Most bytes that are kept of members that are not understood; of more only the plain ones are.
const REST_BYTES_MAX: usize = 16 * 1024;
const PLAIN_CHARS_MAX: usize = 512;
/// Parts of the contract that are told by a text of their own.
const TOLD: [(&str, &str, &str); 4] = [
    ("text", "body", ""),
    ("quickReply", "text", "quick reply"),
    ("buttonResponse", "text", "button"),
    ("location", "text", "location"),
];

/// Whether an object that names a conversation is a message of it rather than the conversation.
pub fn is_message(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    let is_conversation = [
        "participants",
        "conversationStart",
        "conversationEnd",
        "createdDate",
    ]
    .into_iter()
    .any(has);
    has("conversationId") && !is_conversation && (has(NORMAL) || has("timestamp"))
}

/// Reads a `MessageData`. It needs an id, the conversation's and a time.
pub fn from_json(value: Value) -> Result<Message, Unreadable> {
    if !value.is_object() {
        return Err(Unreadable::NoObject(WHAT));
    }
    let normal = value.get(NORMAL).cloned().unwrap_or_default();
    let mut members = Members::of(value);
    let conversation = conversation_id(&mut members)?;
    let id = match members.text("id") {
        Some(id) if id.chars().count() <= ID_CHARS_MAX => id,
        Some(_) | None => {
            return Err(Unreadable::NoId {
                what: WHAT,
                member: "id",
            });
        }
    };
    let stated = members.moment("timestamp");
    let sent = || moment_of(normal.get("channel")?.get("time")?);
    let at = stated.or_else(sent).ok_or(Unreadable::NoTime {
        what: WHAT,
        member: "timestamp",
    })?;
    if stated.is_none() {
        members.absent("timestamp");
    }
    let author = author(&members, &normal);
    let user = members
        .peek("createdBy")
        .and_then(|by| text_of(by.get("id")?));
    let name = name(author, &members, &normal);
    let status = members.text("status");
    let (mut told, parts) = parts(&normal);
    let own = normal.get("text").and_then(text_of);
    told.splice(0..0, own.or_else(|| members.text(OLD_TEXT)));
    let (text, cut) = cut(&told.join("\n"));
    Ok(Message {
        id,
        conversation,
        at,
        author,
        user,
        name,
        text,
        cut,
        parts,
        status,
        rest: bounded(members.rest()),
    })
}

/// Writes a message as `MessageData`.
pub fn to_json(message: &Message) -> Value {
    let mut written = Written::default();
    written.text("id", &message.id);
    written.text("conversationId", &message.conversation.to_string());
    written.text("timestamp", &message.at.to_string());
    written.maybe("status", message.status.clone());
    let mut shown = written.over(&message.rest);
    let direction = match message.author {
        Author::Person => Direction::Inbound,
        Author::Agent | Author::Bot | Author::Unsaid => Direction::Outbound,
    };
    let members = shown.as_object_mut();
    if let Some(members) = members {
        let mut member = |name: &str, value: Value| {
            members.entry(name.to_owned()).or_insert(value);
        };
        member("direction", json!(direction.name()));
        member("timestamp", json!(message.at.to_string()));
        // What the contract requires; data without it was at least there.
        member("status", json!("received"));
        if let Some(user) = &message.user {
            member("createdBy", json!({"id": user}));
        }
        let normal = members
            .entry(NORMAL.to_owned())
            .or_insert_with(|| json!({"type": "Text"}));
        if !message.text.is_empty() {
            normal["text"] = json!(message.text);
        }
        if message.author == Author::Bot {
            normal["originatingEntity"] = json!("Bot");
        }
    }
    shown
}

fn conversation_id(members: &mut Members) -> Result<ConversationId, Unreadable> {
    let member = "conversationId";
    match members.uuid(member) {
        Some(Ok(id)) => Ok(ConversationId(id)),
        Some(Err(value)) => Err(Unreadable::BadId { member, value }),
        None => Err(Unreadable::NoId { what: WHAT, member }),
    }
}

/// Who wrote it: what came in is of the person, what went out of a bot where the data says so, of an agent where it
/// names one or says that a human wrote it.
fn author(members: &Members, normal: &Value) -> Author {
    let stated = members.peek("direction").and_then(direction_of);
    let direction = stated.or_else(|| direction_of(normal.get("direction")?));
    let entity = normal.get("originatingEntity").and_then(text_of);
    let entity = entity.map(|entity| entity.to_lowercase());
    let is_named = members
        .peek("createdBy")
        .is_some_and(|by| by.get("id").is_some());
    match (direction, entity.as_deref()) {
        (Some(Direction::Inbound), _) => Author::Person,
        (_, Some("bot")) => Author::Bot,
        (_, Some("human")) => Author::Agent,
        (_, _) if is_named => Author::Agent,
        (Some(Direction::Outbound) | None, _) => Author::Unsaid,
    }
}

fn name(author: Author, members: &Members, normal: &Value) -> Option<String> {
    let name = match author {
        Author::Person => {
            let from = normal.get("channel")?.get("from")?;
            let text = |name: &str| from.get(name).and_then(text_of);
            text("nickname").or_else(|| {
                let names: Vec<String> = ["firstName", "lastName"]
                    .iter()
                    .filter_map(|one| text(one))
                    .collect();
                (!names.is_empty()).then(|| names.join(" "))
            })
        }
        Author::Agent | Author::Bot | Author::Unsaid => members
            .peek("createdBy")
            .and_then(|by| text_of(by.get("name")?)),
    };
    name.map(|name| name.chars().take(ID_CHARS_MAX).collect())
}

/// What the content holds: texts, and what is none. What is not understood is told as *other*.
fn parts(normal: &Value) -> (Vec<String>, Vec<MessagePart>) {
    let mut texts = Vec::new();
    let mut parts = Vec::new();
    let content = normal.get("content").and_then(Value::as_array);
    for one in content.into_iter().flatten().take(PARTS_MAX) {
        let attached = one.get("attachment");
        if let Some(attachment) = attached {
            parts.push(attachment_of(attachment));
            texts.extend(attachment.get("text").and_then(text_of));
            continue;
        }
        let told = TOLD.iter().find_map(|(member, of, kind)| {
            let text = text_of(one.get(member)?.get(of)?)?;
            Some((*kind, text))
        });
        match told {
            Some(("", text)) => texts.push(text),
            Some((kind, text)) => parts.push(part(kind, &text)),
            None => {
                let kind = one.get("contentType").and_then(text_of);
                parts.push(part("other", &kind.unwrap_or_default()));
            }
        }
    }
    let kind = normal.get("type").and_then(text_of).unwrap_or_default();
    let is_told = matches!(kind.as_str(), "" | "Text" | "Message" | "Structured");
    if !is_told && parts.is_empty() {
        parts.push(part("other", &kind));
    }
    (texts, parts)
}

fn attachment_of(attachment: &Value) -> MessagePart {
    let text = |name: &str| attachment.get(name).and_then(text_of);
    let kind = text("mediaType").unwrap_or_else(|| "file".to_owned());
    part(&kind.to_lowercase(), &text("filename").unwrap_or_default())
}

fn part(kind: &str, name: &str) -> MessagePart {
    let short = |text: &str| text.chars().take(ID_CHARS_MAX).collect();
    MessagePart {
        kind: short(kind),
        name: short(name.trim()),
    }
}

/// The text as far as it is kept, and how many characters are not.
fn cut(text: &str) -> (String, u64) {
    let end = text.char_indices().nth(TEXT_CHARS_MAX).map(|(at, _)| at);
    match end {
        None => (text.to_owned(), 0),
        Some(end) => (text[..end].to_owned(), text[end..].chars().count() as u64),
    }
}

/// What is kept besides: without the text, which stands for itself, and without more than a bounded part.
fn bounded(mut rest: Map<String, Value>) -> Map<String, Value> {
    if let Some(normal) = rest.get_mut(NORMAL).and_then(Value::as_object_mut) {
        normal.remove("text");
    }
    rest.remove(OLD_TEXT);
    let is_small = |value: &Value| value.to_string().len() <= REST_BYTES_MAX;
    if rest.values().all(is_small)
        && rest
            .values()
            .map(|one| one.to_string().len())
            .sum::<usize>()
            <= REST_BYTES_MAX
    {
        return rest;
    }
    let is_plain = |value: &Value| match value {
        Value::String(text) => text.chars().count() <= PLAIN_CHARS_MAX,
        Value::Bool(_) | Value::Number(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    };
    rest.into_iter()
        .filter(|(name, value)| name.len() <= PLAIN_CHARS_MAX && is_plain(value))
        .take(PARTS_MAX)
        .collect()
}
