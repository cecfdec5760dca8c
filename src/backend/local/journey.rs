//! The journey of a whole merge set over the last 60 days (`design/rules.md` §8).

use super::super::going::{self, Naming};
use super::super::view::{
    Brief, InteractionId, Journey, JourneyConversation, JourneyItem, JourneyPlace, JourneyQuery,
    Online,
};
use super::names::Names;
use super::{Backend, LocalBackend, Trouble};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, Conversation, ConversationId, Status};
use crate::domain::course::Course;
use crate::domain::facts::{FactKey, Facts, VisitRecord};
use crate::domain::transcript::{SHOWN_MAX, Transcript};
use crate::domain::visit::{Happened, IDLE_MS_MAX, VisitId};
use crate::domain::{Moment, Permission, Refusal, Role};
use crate::store::{After, ConversationFilter, ConversationLine, Equals, NameKind, VisitFilter};

/// Days that a journey shows.
pub const JOURNEY_DAYS: i64 = 60;
/// Most interactions of one page.
pub const PAGE_MAX: usize = 1000;
/// Most conversations, and most visits, that are counted.
pub const STARTS_MAX: usize = 10_000;
/// Interactions that a filter looks at in one go.
const FILTERED_PART: usize = 500;
/// Most visits that go on at once and are looked at.
const GOING_ON_MAX: usize = 500;

/// The rights that the parts of a journey need.
const PARTS: [Permission; 8] = [
    Permission::JourneySessionTypeView,
    Permission::JourneySessionView,
    Permission::JourneyEventView,
    Permission::JourneySegmentView,
    Permission::JourneyOutcomeView,
    Permission::JourneyOutcomeScoresView,
    Permission::QueueView,
    Permission::WrapupCodeView,
];

/// What a page of a journey is read from.
struct Reading {
    set: Vec<ContactId>,
    since: Moment,
    now: Moment,
    role: Role,
    names: Names,
    /// The visits that go on, newest first.
    going_on: Vec<VisitRecord>,
}

impl LocalBackend {
    pub(super) async fn read_journey(
        &self,
        contact: ContactId,
        query: JourneyQuery,
    ) -> Result<Journey, Trouble> {
        let role = self.actor().1;
        let mut journey = Journey {
            missing: missing(&role),
            ..Journey::default()
        };
        if !role.may(Permission::ContactSessionView) {
            return Ok(journey);
        }
        let question = |facts: &Facts| facts.merge_set(facts.canonical(contact)?);
        let set = self.ask(Facts::default(), question).await?.0;
        let reading = self.reading(set, role).await?;
        if query.after.is_none() {
            journey.starts = self.starts(&reading).await?;
        }
        let limit = query.limit.clamp(1, PAGE_MAX);
        let mut items = self.filtered(&reading, &query, limit + 1).await?;
        journey.more = limit < items.len();
        items.truncate(limit);
        self.put_courses(&mut items, &reading).await?;
        self.put_message_counts(&mut items, &reading.role).await?;
        journey.items = items;
        for name in self.store.names().await? {
            if let (NameKind::Segment, true, Some(color)) = (name.kind, name.shown, name.color) {
                journey.colors.insert(name.id.clone(), color);
            }
            match name.kind {
                NameKind::Segment if name.shown => journey.segments.insert(name.id, name.name),
                NameKind::Outcome => journey.outcomes.insert(name.id, name.name),
                NameKind::Segment | NameKind::Queue | NameKind::User | NameKind::WrapupCode => None,
            };
        }
        Ok(journey)
    }

    async fn reading(&self, set: Vec<ContactId>, role: Role) -> Result<Reading, Trouble> {
        let now = self.now();
        let since = now.minus_days(JOURNEY_DAYS);
        let mut going_on = Vec::new();
        if role.may(Permission::JourneySessionView) {
            let filter = VisitFilter {
                contacts: Some(set.clone()),
                started_since: Some(since),
                seen_since: Some(now.plus_ms(-IDLE_MS_MAX)),
                limit: GOING_ON_MAX,
                ..VisitFilter::default()
            };
            going_on = self.store.visits(filter).await?;
            going_on.retain(|one| one.visit.is_active(now));
        }
        Ok(Reading {
            set,
            since,
            now,
            role,
            names: self.all_names().await?,
            going_on,
        })
    }

    /// The next interactions that the filter leaves, at most `most`.
    async fn filtered(
        &self,
        reading: &Reading,
        query: &JourneyQuery,
        most: usize,
    ) -> Result<Vec<JourneyItem>, Trouble> {
        if query.filter.is_empty() {
            return self.behind(reading, query.after, most).await;
        }
        let mut kept = Vec::new();
        let mut after = query.after;
        loop {
            let mut part = self.behind(reading, after, FILTERED_PART).await?;
            let is_last = part.len() < FILTERED_PART;
            after = part.last().map(JourneyItem::place);
            if query.filter.asks_for_course() {
                self.put_courses(&mut part, reading).await?;
            }
            kept.extend(part.into_iter().filter(|item| query.filter.keeps(item)));
            kept.truncate(most);
            if is_last || kept.len() == most {
                return Ok(kept);
            }
        }
    }

    /// The next interactions behind a place, at most `most`: no more rows are read, however many stand before it.
    async fn behind(
        &self,
        reading: &Reading,
        after: Option<JourneyPlace>,
        most: usize,
    ) -> Result<Vec<JourneyItem>, Trouble> {
        let mut items = Vec::new();
        let role = &reading.role;
        if role.may(Permission::JourneySessionTypeView) {
            let filter = ConversationFilter {
                contacts: Some(reading.set.clone()),
                started_since: Some(reading.since),
                after: after.map(conversations_behind),
                limit: most,
                ..ConversationFilter::default()
            };
            let lines = self.store.conversations(filter).await?;
            let named = lines
                .into_iter()
                .map(|line| named(line, &reading.names, role));
            items.extend(named.map(JourneyItem::Conversation));
        }
        if role.may(Permission::JourneySessionView) {
            let shown = |one: VisitRecord| visit_item(one, role, reading.now);
            items.extend(reading.going_on_behind(after).cloned().map(shown));
            let filter = VisitFilter {
                contacts: Some(reading.set.clone()),
                started_since: Some(reading.since),
                after: after.and_then(visits_behind),
                limit: most.saturating_add(reading.going_on.len()),
                ..VisitFilter::default()
            };
            let ended = self.store.visits(filter).await?.into_iter();
            let ended = ended.filter(|one| !one.visit.is_active(reading.now));
            items.extend(ended.map(shown));
        }
        // Invariant: a stable sort. Where two begin at once the conversation stands first, as the places say.
        items.sort_by_key(|item| std::cmp::Reverse(item.position()));
        items.truncate(most);
        Ok(items)
    }

    /// How each conversation went, with names.
    async fn put_courses(
        &self,
        items: &mut [JourneyItem],
        reading: &Reading,
    ) -> Result<(), Trouble> {
        let ids = items.iter().filter_map(|item| match item {
            JourneyItem::Conversation(one) => one.course.is_none().then_some(one.id),
            JourneyItem::Visit(..) => None,
        });
        let keys: Vec<FactKey> = ids.map(FactKey::Conversation).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let facts = self.load(keys, Facts::default()).await?;
        for item in items {
            if let JourneyItem::Conversation(one) = item
                && one.course.is_none()
            {
                // One that went meanwhile has no course.
                let record = facts
                    .conversation_if_any(&one.id)
                    .map_err(Trouble::of_halt)?;
                let course = record.as_ref();
                one.course =
                    course.map(|it| course_of(&it.conversation, &reading.names, &reading.role));
            }
        }
        Ok(())
    }

    /// How many messages each conversation has, for who may read them.
    async fn put_message_counts(
        &self,
        items: &mut [JourneyItem],
        role: &Role,
    ) -> Result<(), Trouble> {
        if !role.reads_messages() {
            return Ok(());
        }
        let mut all: Vec<&mut JourneyConversation> = Vec::new();
        for item in items {
            match item {
                JourneyItem::Conversation(one) => all.push(one),
                JourneyItem::Visit(..) => {}
            }
        }
        let ids = all.iter().map(|one| one.id).collect();
        let counts = self.store.message_counts(ids).await?;
        for (one, count) in all.into_iter().zip(counts) {
            one.messages = Some(count);
        }
        Ok(())
    }

    /// What was said in a conversation, with the names of who said it.
    pub(super) async fn read_transcript(&self, id: ConversationId) -> Result<Transcript, Trouble> {
        self.may(Permission::ContactSessionView)?;
        if !self.actor().1.reads_messages() {
            return Err(Refusal::Denied(Permission::MessageView).into());
        }
        if self.store.conversation(id).await?.is_none() {
            return Err(Refusal::NoConversation(id).into());
        }
        let mut transcript = self.store.transcript(id, SHOWN_MAX).await?;
        let names = self.all_names().await?;
        for message in &mut transcript.messages {
            message.name = names.agent(message.user.as_deref(), message.name.as_deref());
            message.rest.clear();
        }
        Ok(transcript)
    }

    /// When the interactions that the role may see began.
    async fn starts(&self, reading: &Reading) -> Result<Vec<(Moment, Channel)>, Trouble> {
        let set = reading.set.clone();
        let found = self.store.starts(set, reading.since, STARTS_MAX).await?;
        let mut starts = Vec::new();
        if reading.role.may(Permission::JourneySessionTypeView) {
            starts.extend(found.conversations);
        }
        if reading.role.may(Permission::JourneySessionView) {
            starts.extend(found.visits.into_iter().map(|at| (at, Channel::Web)));
        }
        Ok(starts)
    }

    /// Who is on the website now, the latest sign of life first.
    pub(super) async fn read_online(&self) -> Result<Vec<Online>, Trouble> {
        let role = self.actor().1;
        let now = self.now();
        let filter = VisitFilter {
            contacts: None,
            seen_since: Some(now.plus_ms(-IDLE_MS_MAX)),
            limit: GOING_ON_MAX,
            ..VisitFilter::default()
        };
        let mut found = self.store.visits(filter).await?;
        found.retain(|one| one.visit.is_active(now));
        found.sort_by_key(|one| std::cmp::Reverse(one.visit.last));
        let people = self
            .people(found.iter().map(|one| one.link.contact).collect())
            .await?;
        let mut online = Vec::with_capacity(found.len());
        for record in found {
            let Some(person) = people.get(&record.link.contact) else {
                continue;
            };
            let JourneyItem::Visit(_, visit, _) = visit_item(record, &role, now) else {
                continue;
            };
            online.push(Online {
                contact: Brief::of(person),
                visit,
            });
        }
        Ok(online)
    }
}

impl Reading {
    /// The visits that go on and stand behind a place.
    fn going_on_behind(&self, after: Option<JourneyPlace>) -> impl Iterator<Item = &VisitRecord> {
        let place = after.filter(|place| place.is_open);
        let known = place.and_then(|place| {
            let own = |one: &VisitRecord| InteractionId::Visit(one.visit.id) == place.id;
            self.going_on.iter().position(own)
        });
        let is_over = after.is_some_and(|place| !place.is_open);
        let rest = self.going_on.iter().enumerate();
        rest.filter(move |(at, one)| match (known, place) {
            _ if is_over => false,
            (Some(known), _) => known < *at,
            (None, Some(place)) => match place.id {
                InteractionId::Conversation(_) => one.visit.start <= place.start,
                InteractionId::Visit(_) => one.visit.start < place.start,
            },
            (None, None) => true,
        })
        .map(|(_, one)| one)
    }
}

/// The conversations behind a place: of those that began with a visit all stand before it.
fn conversations_behind(place: JourneyPlace) -> After<ConversationId> {
    After {
        closed: !place.is_open,
        started: place.start,
        of_equals: match place.id {
            InteractionId::Conversation(id) => Equals::Behind(id),
            InteractionId::Visit(_) => Equals::Nothing,
        },
    }
}

/// The visits that are over and stand behind a place; all of them where the place is among what goes on.
fn visits_behind(place: JourneyPlace) -> Option<After<VisitId>> {
    (!place.is_open).then_some(After {
        closed: true,
        started: place.start,
        of_equals: match place.id {
            InteractionId::Conversation(_) => Equals::All,
            InteractionId::Visit(id) => Equals::Behind(id),
        },
    })
}

/// How a conversation went, with the names that the role may see.
pub(super) fn course_of(conversation: &Conversation, names: &Names, role: &Role) -> Box<Course> {
    let naming = Naming {
        queue: &|id| names.queue(Some(id)),
        agent: &|id, said| names.agent(id, said),
        sees_queues: role.may(Permission::QueueView),
    };
    going::named(conversation, &naming)
}

/// The rights that parts of a journey need and the role lacks.
pub(super) fn missing(role: &Role) -> Vec<Permission> {
    let session = Permission::ContactSessionView;
    if !role.may(session) {
        return vec![session];
    }
    let mut missing = PARTS.to_vec();
    missing.retain(|permission| !role.may(*permission));
    // One of two rights is enough; the first is named.
    missing.extend((!role.reads_messages()).then_some(Permission::MessageView));
    missing
}

pub(super) fn named(line: ConversationLine, names: &Names, role: &Role) -> JourneyConversation {
    let queue = names
        .queue(line.queue.as_deref())
        .filter(|_| role.may(Permission::QueueView));
    let code = names
        .code(line.wrapup_code.as_deref())
        .filter(|_| role.may(Permission::WrapupCodeView));
    JourneyConversation {
        id: line.id,
        channel: line.channel,
        direction: line.direction,
        status: line.status,
        start: line.start,
        end: line.end,
        queue,
        agent: names.agent(line.agent.as_deref(), line.agent_name.as_deref()),
        wrapup_code: code,
        notes: line.wrapup_notes,
        subject: line.subject,
        address: line.address,
        course: None,
        messages: None,
    }
}

/// A visit with the parts taken out that the role may not see.
pub(super) fn visit_item(record: VisitRecord, role: &Role, now: Moment) -> JourneyItem {
    let mut visit = record.visit;
    let status = if visit.is_active(now) {
        Status::Active
    } else {
        Status::Ended
    };
    visit.events.retain(|event| {
        let needs = match event.what {
            Happened::Segment { .. } => Permission::JourneySegmentView,
            Happened::Outcome { .. } => Permission::JourneyOutcomeView,
            Happened::Page { .. } | Happened::Action { .. } => Permission::JourneyEventView,
            Happened::Custom { .. } | Happened::Other { .. } => Permission::JourneyEventView,
        };
        role.may(needs)
    });
    if !role.may(Permission::JourneyOutcomeScoresView) {
        visit.scores.clear();
    }
    visit.end = visit.ended(now);
    going::put_attributes(&mut visit);
    JourneyItem::Visit(visit.id, Box::new(visit), status)
}
