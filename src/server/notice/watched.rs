//! A topic that a channel is subscribed to, with what was told of it last.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde_json::Value;
use uuid::Uuid;

use super::super::call::Call;
use super::super::contact::{Resolved, merge_set};
use super::super::problem::Problem;
use super::event;
use super::topic::Subject;
use super::touched::{Touch, Touched};
use crate::domain::contact::{ContactId, NoteId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, VisitRecord};
use crate::domain::visit::VisitId;
use crate::domain::{ConversationRecord, Permission};
use crate::store::{ConversationFilter, VisitFilter};

/// Conversations and visits that go on which one topic follows.
const OPEN_MAX: usize = 200;
/// Days in which a visit that goes on has begun.
const VISIT_DAYS: i64 = 1;

/// A topic with what was told of it.
pub struct Watched {
    pub topic: String,
    pub subject: Subject,
    /// Everyone who is one person with the topic's contact.
    set: Vec<ContactId>,
    /// A digest of what was told last; `None` before.
    told: Option<u64>,
    /// What goes on: it may change without an entry of the journal.
    open: HashMap<Uuid, Known>,
}

/// A digest of how something that goes on stood, and whether that was told.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    digest: u64,
    is_told: bool,
}

/// What is known of a change before it is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// The conversation or its contact was named. How it stood before may have been learned after the change, so
    /// what was never told is told.
    Named,
    /// Only that something changed somewhere.
    Somewhere,
}

/// Something that goes on or has ended, as it is told.
struct Session {
    id: Uuid,
    is_open: bool,
    body: Value,
}

impl Watched {
    pub fn new(topic: &str, subject: &Subject) -> Self {
        Self {
            topic: topic.to_owned(),
            subject: subject.clone(),
            set: Vec::new(),
            told: None,
            open: HashMap::new(),
        }
    }

    /// Learns whom the topic is about, and what goes on there.
    pub async fn learn(&mut self, call: &Call) -> Result<(), Problem> {
        match self.subject {
            Subject::Contact(id) | Subject::Note(id, _) | Subject::Sessions(id) => {
                self.set = set_of(call, id).await?;
            }
            Subject::Heartbeat | Subject::Unresolved(_) => {}
            Subject::User(_) | Subject::Desk => {}
        }
        for session in self.going_on(call).await? {
            let known = Known {
                digest: digest(&session.body),
                is_told: false,
            };
            self.open.insert(session.id, known);
        }
        Ok(())
    }

    /// Whether something that changed may have to be told here.
    pub fn is_concerned(&self, touched: &Touched) -> bool {
        let has_conversations = !touched.conversations.is_empty();
        match &self.subject {
            // What a desk is told does not come from the journal.
            Subject::Heartbeat | Subject::Desk => false,
            Subject::Contact(_) | Subject::Note(..) => touched.touch(&self.set) != Touch::Not,
            Subject::Unresolved(id) => touched.touch(&[*id]) != Touch::Not,
            Subject::Sessions(_) => has_conversations || touched.has_moved(&self.set),
            Subject::User(_) => has_conversations || touched.is_stale,
        }
    }

    /// The bodies of what has to be told.
    pub async fn news(&mut self, call: &Call, touched: &Touched) -> Result<Vec<Value>, Problem> {
        match self.subject.clone() {
            Subject::Heartbeat | Subject::Desk => Ok(Vec::new()),
            Subject::Contact(id) => {
                let touch = touched.touch(&self.set);
                if touch == Touch::Not {
                    return Ok(Vec::new());
                }
                self.set = set_of(call, id).await?;
                let body = event::contact(call, id, Resolved::Canonical).await?;
                Ok(self.fresh(body, touch))
            }
            Subject::Unresolved(id) => {
                let touch = touched.touch(&[id]);
                if touch == Touch::Not {
                    return Ok(Vec::new());
                }
                let body = event::contact(call, id, Resolved::Exact).await?;
                Ok(self.fresh(body, touch))
            }
            Subject::Note(contact, id) => {
                self.set = set_of(call, contact).await?;
                let body = note(call, &self.set, id).await?;
                // Other things happen to the contact than to this note.
                Ok(self.fresh(body, Touch::Met))
            }
            Subject::Sessions(id) => {
                let touch = touched.touch(&self.set);
                if touch != Touch::Not {
                    self.set = set_of(call, id).await?;
                }
                let mut news = self.moved(call, touched).await?;
                if touched.has_moved(&self.set) {
                    let hint = match touched.is_named(&self.set) {
                        true => Hint::Named,
                        false => Hint::Somewhere,
                    };
                    news.extend(self.compared(call, hint).await?);
                }
                Ok(news)
            }
            Subject::User(_) => {
                let mut news = self.moved(call, touched).await?;
                if touched.is_stale {
                    news.extend(self.compared(call, Hint::Somewhere).await?);
                }
                Ok(news)
            }
        }
    }

    /// The body, if somebody acted or if it is not what was told last.
    fn fresh(&mut self, body: Value, touch: Touch) -> Vec<Value> {
        let now = digest(&body);
        let is_new = self.told.replace(now) != Some(now);
        match is_new || touch == Touch::Acted {
            true => vec![body],
            false => Vec::new(),
        }
    }

    /// Conversations of the topic among those that changed.
    async fn moved(&mut self, call: &Call, touched: &Touched) -> Result<Vec<Value>, Problem> {
        let mut news = Vec::new();
        for (id, with) in &touched.conversations {
            let Some(record) = call.site.store().conversation(*id).await? else {
                self.open.remove(&id.0);
                continue;
            };
            let is_here = self.is_of(&record);
            let was_here = self.open.contains_key(&id.0)
                || matches!(self.subject, Subject::Sessions(_))
                    && with.iter().any(|contact| self.set.contains(contact));
            if !is_here && !was_here {
                continue;
            }
            if let Some(mut session) = self.of_conversation(call, &record) {
                session.is_open &= is_here;
                news.extend(self.follow(session, Hint::Named));
            }
        }
        Ok(news)
    }

    /// What goes on and is not as it was told, and what has ended since.
    async fn compared(&mut self, call: &Call, hint: Hint) -> Result<Vec<Value>, Problem> {
        let mut gone: Vec<Uuid> = self.open.keys().copied().collect();
        let mut news = Vec::new();
        for session in self.going_on(call).await? {
            gone.retain(|id| *id != session.id);
            news.extend(self.follow(session, hint));
        }
        for id in gone {
            self.open.remove(&id);
            if let Some(session) = self.ended(call, id).await? {
                news.push(session.body);
            }
        }
        Ok(news)
    }

    /// The body of what is not as it was told; what has ended is followed no longer.
    fn follow(&mut self, session: Session, hint: Hint) -> Option<Value> {
        let now = digest(&session.body);
        let before = self.open.remove(&session.id);
        let was_told = before.is_some_and(|known| known.is_told);
        let is_new =
            before.is_none_or(|known| known.digest != now) || hint == Hint::Named && !was_told;
        if session.is_open {
            let is_told = is_new || was_told;
            let known = Known {
                digest: now,
                is_told,
            };
            self.open.insert(session.id, known);
        }
        is_new.then_some(session.body)
    }

    /// Whether a conversation is one of the topic.
    fn is_of(&self, record: &ConversationRecord) -> bool {
        match &self.subject {
            Subject::User(user) => {
                let mut all = record.conversation.participants.iter();
                all.any(|one| one.user.as_ref() == Some(user))
            }
            Subject::Sessions(_) => {
                let others = record.others.iter().map(|(_, link)| link);
                let mut links = std::iter::once(&record.link).chain(others);
                links.any(|link| self.set.contains(&link.contact))
            }
            Subject::Heartbeat | Subject::Desk | Subject::Contact(_) => false,
            Subject::Unresolved(_) | Subject::Note(..) => false,
        }
    }

    /// A conversation as the topic tells it; `None` where who listens may not see it.
    fn of_conversation(&self, call: &Call, record: &ConversationRecord) -> Option<Session> {
        let body = match &self.subject {
            Subject::User(_) => event::conversation(call, record),
            Subject::Sessions(_) if call.may(Permission::JourneySessionTypeView) => {
                event::session_of_conversation(call, record)
            }
            Subject::Sessions(_) | Subject::Heartbeat | Subject::Contact(_) => return None,
            Subject::Unresolved(_) | Subject::Note(..) | Subject::Desk => return None,
        };
        Some(Session {
            id: record.conversation.id.0,
            is_open: record.conversation.end.is_none(),
            body,
        })
    }

    /// What goes on of the topic.
    async fn going_on(&self, call: &Call) -> Result<Vec<Session>, Problem> {
        let store = call.site.store();
        let user = match &self.subject {
            Subject::User(user) => Some(user.clone()),
            Subject::Sessions(_) => None,
            Subject::Heartbeat | Subject::Contact(_) => return Ok(Vec::new()),
            Subject::Unresolved(_) | Subject::Note(..) | Subject::Desk => return Ok(Vec::new()),
        };
        let filter = ConversationFilter {
            contacts: user.is_none().then(|| self.set.clone()),
            agent: user,
            // What ended is left out: nothing ends later than now.
            ended_since: Some(call.site.now().plus_days(1)),
            limit: OPEN_MAX,
            ..ConversationFilter::default()
        };
        let mut found = Vec::new();
        for line in store.conversations(filter).await? {
            let record = store.conversation(line.id).await?;
            // Those that wait in a queue are nobody's yet.
            if let Some(record) = record.filter(|record| self.is_of(record)) {
                let session = self.of_conversation(call, &record);
                found.extend(session.filter(|session| session.is_open));
            }
        }
        if matches!(self.subject, Subject::Sessions(_)) && call.may(Permission::JourneySessionView)
        {
            let since = call.site.now().minus_days(VISIT_DAYS);
            let filter = VisitFilter::of(self.set.clone(), since, OPEN_MAX);
            let visits = store.visits(filter).await?;
            let visits = visits.iter().map(|visit| of_visit(call, visit));
            found.extend(visits.filter(|session| session.is_open));
        }
        Ok(found)
    }

    /// What was going on and does not any more; `None` for what is gone.
    async fn ended(&self, call: &Call, id: Uuid) -> Result<Option<Session>, Problem> {
        let store = call.site.store();
        if let Some(record) = store.conversation(ConversationId(id)).await? {
            return Ok(self.of_conversation(call, &record));
        }
        let key = FactKey::Visit(VisitId(id));
        let facts = store.load(vec![key], Facts::default()).await?;
        let visit = facts.visit_if_any(&VisitId(id))?;
        Ok(visit.as_ref().map(|visit| of_visit(call, visit)))
    }
}

fn of_visit(call: &Call, record: &VisitRecord) -> Session {
    Session {
        id: record.visit.id.0,
        is_open: record.visit.is_active(call.site.now()),
        body: event::session_of_visit(call, record),
    }
}

/// Everyone who is one person with a contact, itself first.
async fn set_of(call: &Call, id: ContactId) -> Result<Vec<ContactId>, Problem> {
    let mut set = vec![id];
    if let Some(contact) = event::found(call, id, Resolved::Exact).await? {
        set.extend(merge_set(call.site.store(), &contact).await?);
    }
    Ok(set)
}

/// A note of one of some contacts.
async fn note(call: &Call, set: &[ContactId], id: NoteId) -> Result<Value, Problem> {
    let notes = call.site.store().notes(set.to_vec()).await?;
    let found = notes.iter().find(|note| note.id == id);
    Ok(event::note(call, id, found))
}

/// What tells one body from another. The time that something takes grows by itself and is no news.
fn digest(body: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    if let Some(members) = body.as_object() {
        for (name, value) in members
            .iter()
            .filter(|(name, _)| *name != "durationInSeconds")
        {
            name.hash(&mut hasher);
            value.to_string().hash(&mut hasher);
        }
    }
    hasher.finish()
}
