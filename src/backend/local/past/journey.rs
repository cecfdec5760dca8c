//! The journey as it stood: what had begun by then and was linked to the person, and what was still going on.

use std::collections::BTreeSet;

use super::super::super::view::{Journey, JourneyConversation, JourneyItem};
use super::super::journey::{JOURNEY_DAYS, STARTS_MAX, course_of, missing, named, visit_item};
use super::super::names::Names;
use super::{Backend, History, LocalBackend, Trouble};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::{Channel, ConversationId};
use crate::domain::facts::{FactKey, Facts, VisitRecord};
use crate::domain::moment::Moment;
use crate::domain::reason::Link;
use crate::domain::visit::VisitId;
use crate::domain::{ConversationRecord, Permission, Role};
use crate::engine::past::visit_seen_by;
use crate::store::{ConversationFilter, ConversationLine, NameKind, VisitFilter};

/// What the life of a person counted from then.
pub(super) enum Life {
    /// A conversation was going on.
    Open,
    /// The last interaction, if there was one.
    Last(Option<Moment>),
}

impl LocalBackend {
    /// The journey of a merge set then, whole, and what its life counts from. `records` are the
    /// conversations that led to the set.
    pub(super) async fn journey_then(
        &self,
        history: &History,
        set: &[ContactId],
        records: &[&ConversationRecord],
    ) -> Result<(Journey, Life), Trouble> {
        let role = self.actor().1;
        let since = history.at.minus_days(JOURNEY_DAYS);
        let visits = self.visits_then(history, set).await?;
        let is_open = |record: &&ConversationRecord| record.conversation.end.is_none();
        let seen = records.iter().copied().map(last_seen);
        let seen = seen.chain(visits.iter().map(|one| one.visit.last));
        let life = match records.iter().any(is_open) {
            true => Life::Open,
            false => Life::Last(seen.max()),
        };
        let mut journey = Journey {
            missing: missing(&role),
            ..Journey::default()
        };
        if !role.may(Permission::ContactSessionView) {
            return Ok((journey, life));
        }
        let names = self.all_names().await?;
        if role.may(Permission::JourneySessionTypeView) {
            let shown = records.iter().filter(|one| since <= one.conversation.start);
            let items = shown.map(|one| item(one, &names, &role));
            journey.items.extend(items);
        }
        if role.may(Permission::JourneySessionView) {
            let shown = visits.into_iter().filter(|one| since <= one.visit.start);
            let items = shown.map(|one| visit_item(one, &role, history.at));
            journey.items.extend(items);
        }
        let items = &mut journey.items;
        items.sort_by_key(|item| std::cmp::Reverse(item.position()));
        journey.starts = journey.items.iter().map(began).collect();
        for name in self.store.names().await? {
            match name.kind {
                NameKind::Segment if name.shown => {
                    let color = name.color.map(|color| (name.id.clone(), color));
                    journey.colors.extend(color);
                    journey.segments.insert(name.id, name.name)
                }
                NameKind::Outcome => journey.outcomes.insert(name.id, name.name),
                NameKind::Segment | NameKind::Queue | NameKind::User | NameKind::WrapupCode => None,
            };
        }
        Ok((journey, life))
    }

    /// The conversations of all whose entries were taken back, as they had been seen by then.
    pub(super) async fn conversations_then(
        &self,
        history: &History,
    ) -> Result<Vec<ConversationRecord>, Trouble> {
        let filter = ConversationFilter {
            contacts: Some(history.tracked.iter().copied().collect()),
            limit: STARTS_MAX,
            ..ConversationFilter::default()
        };
        let lines = self.store.conversations(filter).await?;
        let mut ids: BTreeSet<ConversationId> = lines.into_iter().map(|line| line.id).collect();
        ids.extend(history.past.links.keys().map(|(id, _)| *id));
        let keys = ids.iter().copied().map(FactKey::Conversation);
        let facts = self.load(keys.collect(), Facts::default()).await?;
        let mut records = Vec::new();
        for id in ids {
            let stored = facts.conversation_if_any(&id).map_err(Trouble::of_halt)?;
            let then = stored
                .as_ref()
                .and_then(|stored| history.past.record(stored, history.at));
            records.extend(then);
        }
        Ok(records)
    }

    async fn visits_then(
        &self,
        history: &History,
        set: &[ContactId],
    ) -> Result<Vec<VisitRecord>, Trouble> {
        let tracked = history.tracked.iter().copied().collect();
        let filter = VisitFilter::of(tracked, Moment(i64::MIN), STARTS_MAX);
        let stored = self.store.visits(filter).await?;
        let known: BTreeSet<VisitId> = stored.iter().map(|one| one.visit.id).collect();
        let moved: Vec<VisitId> = (history.past.visit_links.keys().copied())
            .filter(|id| !known.contains(id))
            .collect();
        let keys = moved.iter().copied().map(FactKey::Visit);
        let facts = self.load(keys.collect(), Facts::default()).await?;
        let mut all = stored;
        for id in moved {
            let stored = facts.visit_if_any(&id).map_err(Trouble::of_halt)?;
            all.extend(stored.clone());
        }
        let then = |one: VisitRecord| {
            let link: Link = match history.past.visit_links.get(&one.visit.id) {
                Some(then) => then.clone()?,
                None => one.link,
            };
            let visit = visit_seen_by(&one.visit, history.at)?;
            Some(VisitRecord { visit, link })
        };
        let there = all.into_iter().filter_map(then);
        Ok(there
            .filter(|one| set.contains(&one.link.contact))
            .collect())
    }
}

/// Those of the conversations that led to a merge set.
pub(super) fn leading<'a>(
    records: &'a [ConversationRecord],
    set: &[ContactId],
) -> Vec<&'a ConversationRecord> {
    let leads = |record: &&ConversationRecord| {
        let others = record.others.iter().map(|(_, link)| link);
        let mut links = std::iter::once(&record.link).chain(others);
        links.any(|link| set.contains(&link.contact))
    };
    records.iter().filter(leads).collect()
}

/// What somebody was called whom nobody had named: the name that the latest conversation gave, those that
/// went on before others.
pub(super) fn said_then(head: &Contact, records: &[&ConversationRecord]) -> Option<String> {
    if !head.fields.full_name().is_empty() {
        return None;
    }
    let own = records.iter().map(|record| &record.conversation);
    let named = own.filter_map(|one| Some((one.end.is_none(), one.start, one.provided_name()?)));
    named
        .max_by_key(|(open, start, _)| (*open, *start))
        .map(|(_, _, name)| name.to_owned())
}

/// The end of a conversation, or the start of its last segment.
fn last_seen(record: &ConversationRecord) -> Moment {
    let conversation = &record.conversation;
    let segments = conversation.segments().map(|(_, segment)| segment.start);
    let last = conversation.end.or(segments.max());
    last.unwrap_or(conversation.start).max(conversation.start)
}

fn item(record: &ConversationRecord, names: &Names, role: &Role) -> JourneyItem {
    JourneyItem::Conversation(shown(record, names, role))
}

fn shown(record: &ConversationRecord, names: &Names, role: &Role) -> JourneyConversation {
    let conversation = &record.conversation;
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let agent = conversation.agent();
    let line = ConversationLine {
        id: conversation.id,
        contact: record.link.contact,
        channel: conversation.channel,
        direction: conversation.direction,
        start: conversation.start,
        end: conversation.end,
        status: record.status(),
        queue: owned(conversation.queue()),
        agent: agent.and_then(|agent| agent.user.clone()),
        agent_name: agent.and_then(|agent| agent.name.clone()),
        wrapup_code: owned(record.wrapup_code()),
        wrapup_notes: owned(record.wrapup_notes()),
        subject: owned(conversation.subject()),
        address: owned(conversation.address()),
        provided_name: owned(conversation.provided_name()),
    };
    JourneyConversation {
        messages: Some(0),
        course: Some(course_of(conversation, names, role)),
        ..named(line, names, role)
    }
}

fn began(item: &JourneyItem) -> (Moment, Channel) {
    match item {
        JourneyItem::Conversation(one) => (one.start, one.channel),
        JourneyItem::Visit(_, visit, _) => (visit.start, Channel::Web),
    }
}
