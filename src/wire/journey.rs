//! What `scv journey --json`, `scv conversation show --json` and searches print. The callers fill plain
//! structs with names in place of ids; the shape of the output is owned here.

use serde::Serialize;

use crate::domain::contact::ContactId;
use crate::domain::conversation::{
    Channel, ConversationId, Direction, Participant, Provided, Status, Trust,
};
use crate::domain::course::{Course, state_word};
use crate::domain::reason::{Claim, ClaimOrigin, Reason};
use crate::domain::transcript::Transcript;
use crate::domain::visit::VisitId;
use crate::domain::{Conversation, Moment};

mod going;
mod said;
mod shape;

use going::CourseJson;
use said::SaidJson;
use shape::{ParticipantJson, ReasonJson};

pub(super) use shape::origin;

/// What an interaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interaction {
    Conversation(ConversationId),
    Visit(VisitId),
}

/// One interaction of a journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: Interaction,
    pub channel: Channel,
    /// A visit has none.
    pub direction: Option<Direction>,
    pub status: Status,
    pub start: Moment,
    pub end: Option<Moment>,
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup_code: Option<String>,
    pub notes: Option<String>,
    /// How a conversation went.
    pub course: Option<Box<Course>>,
    /// What was said in its messages, where that may be read.
    pub said: Option<Transcript>,
}

impl Entry {
    /// The status for people.
    pub fn state_word(&self) -> &'static str {
        state_word(self.status, self.course.as_deref())
    }
}

/// A conversation with its link, as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct ConversationView<'a> {
    pub conversation: &'a Conversation,
    /// The contact that it was linked to, and the head of that contact's merge tree.
    pub contact: ContactId,
    pub canonical: ContactId,
    pub reason: &'a Reason,
    pub status: Status,
    pub queue: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub wrapup_code: Option<&'a str>,
    pub notes: Option<&'a str>,
}

/// A journey, newest first whatever the order of `entries`. `now` ends what is still going on.
pub fn journey(entries: &[Entry], now: Moment) -> impl Serialize + use<> {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.start));
    let entries = entries.into_iter().map(|entry| EntryJson::of(entry, now));
    entries.collect::<Vec<_>>()
}

/// A conversation with its link.
pub fn conversation(view: &ConversationView) -> impl Serialize + use<> {
    let conversation = view.conversation;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    ConversationJson {
        conversation_id: conversation.id,
        external_contact_id: view.contact,
        canonical_contact_id: view.canonical,
        reason: ReasonJson::of(view.reason),
        channel: conversation.channel.name(),
        direction: conversation.direction.name(),
        status: view.status.word(),
        start: conversation.start.to_string(),
        end: conversation.end.map(|end| end.to_string()),
        queue: owned(view.queue),
        agent: owned(view.agent),
        wrap_up_code: owned(view.wrapup_code),
        notes: owned(view.notes),
        subject: owned(conversation.subject()),
        address: owned(conversation.address()),
        participants: conversation
            .participants
            .iter()
            .map(ParticipantJson::of)
            .collect(),
    }
}

/// What a search found: how many there are, and one page of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found<T> {
    pub total: usize,
    pub entities: Vec<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntryJson {
    id: String,
    kind: &'static str,
    channel: &'static str,
    direction: Option<&'static str>,
    status: &'static str,
    start: String,
    end: Option<String>,
    duration_seconds: i64,
    queue: Option<String>,
    agent: Option<String>,
    wrap_up_code: Option<String>,
    notes: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    course: Option<CourseJson>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    said: Option<SaidJson>,
}

impl EntryJson {
    fn of(entry: &Entry, now: Moment) -> Self {
        let (id, kind) = match entry.id {
            Interaction::Conversation(id) => (id.to_string(), "conversation"),
            Interaction::Visit(id) => (id.to_string(), "visit"),
        };
        let ms = entry.end.unwrap_or(now).since_ms(entry.start).max(0);
        Self {
            id,
            kind,
            channel: entry.channel.name(),
            direction: entry.direction.map(Direction::name),
            status: entry.status.word(),
            start: entry.start.to_string(),
            end: entry.end.map(|end| end.to_string()),
            duration_seconds: ms / 1000,
            queue: entry.queue.clone(),
            agent: entry.agent.clone(),
            wrap_up_code: entry.wrapup_code.clone(),
            notes: entry.notes.clone(),
            course: entry
                .course
                .as_deref()
                .map(|course| CourseJson::of(course, now)),
            said: entry.said.as_ref().map(SaidJson::of),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConversationJson {
    conversation_id: ConversationId,
    external_contact_id: ContactId,
    canonical_contact_id: ContactId,
    reason: ReasonJson,
    channel: &'static str,
    direction: &'static str,
    status: &'static str,
    start: String,
    end: Option<String>,
    queue: Option<String>,
    agent: Option<String>,
    wrap_up_code: Option<String>,
    notes: Option<String>,
    subject: Option<String>,
    address: Option<String>,
    participants: Vec<ParticipantJson>,
}
