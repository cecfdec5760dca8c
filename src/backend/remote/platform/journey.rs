//! The journey: the sessions of a contact's whole merge set, conversations among them. With the right to the
//! analytics their details say more of each conversation; the events of visits are asked for one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::super::super::Trouble;
use super::super::super::going::{self, Naming};
use super::super::super::local::JOURNEY_DAYS;
use super::super::super::view::{
    Journey, JourneyConversation, JourneyItem, JourneyPlace, JourneyQuery,
};
use super::PlatformBackend;
use super::ask::if_allowed;
use super::names::Names;
use super::people::path;
use super::roster::agent;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, Conversation, ConversationId, Status};
use crate::domain::course::Course;
use crate::domain::visit::Visit;
use crate::domain::{Moment, Permission, Role};
use crate::wire::session::{self, Handled};
use crate::wire::visit;

/// Sessions and events of a page (`api/api.md`, at most 200).
const PAGE: &str = "200";
/// Most interactions of one page of a journey.
const ITEMS_MAX: usize = 1000;
/// Visits whose events are asked for, each a question of its own; older ones say how many pages they had.
const VISITS_MAX: usize = 25;
/// Days of one details query (`api/api.md`, at most 31), and pages of it.
const DETAILS_DAYS: i64 = 30;
const DETAILS_PAGES: usize = 5;

/// The rights that the parts need.
const PARTS: [Permission; 6] = [
    Permission::JourneyEventView,
    Permission::JourneySegmentView,
    Permission::JourneyOutcomeView,
    Permission::JourneyOutcomeScoresView,
    Permission::QueueView,
    Permission::WrapupCodeView,
];

impl PlatformBackend {
    pub(super) async fn read_journey(
        &self,
        contact: ContactId,
        query: JourneyQuery,
    ) -> Result<Journey, Trouble> {
        let mut journey = Journey::default();
        let session = Permission::ContactSessionView;
        if !self.role.may(session) {
            journey.missing = vec![session];
            return Ok(journey);
        }
        journey.missing = PARTS.to_vec();
        journey.missing.retain(|right| !self.role.may(*right));
        let reads = self.role.reads_messages();
        journey
            .missing
            .extend((!reads).then_some(Permission::MessageView));
        let sessions = self.sessions(contact).await?;
        let details = self.details_by_id(contact, &sessions).await?;
        let names = self.all_names().await?;
        let handled: Vec<Handled> = sessions.iter().filter_map(session::handled).collect();
        let users = handled.iter().filter_map(|one| one.user.clone());
        let agents = details.values().flat_map(|one| one.agents());
        let agents = agents.filter_map(|agent| agent.user.clone());
        let ids: BTreeSet<String> = users.chain(agents).collect();
        let users = self.users(ids).await?;
        let conversations = handled.into_iter().map(|one| match details.get(&one.id) {
            Some(conversation) => {
                let mut one = of_details(conversation, &names, &users);
                one.course = Some(course_of(conversation, &names, &users, &self.role));
                one
            }
            None => of_session(one, &names, &users),
        });
        let now = self.now();
        let mut items: Vec<JourneyItem> = conversations.map(JourneyItem::Conversation).collect();
        items.extend(sessions.iter().filter_map(|one| visited(one.clone(), now)));
        items.sort_by_key(|item| std::cmp::Reverse(item.position()));
        if query.after.is_none() {
            journey.starts = items.iter().map(began).collect();
        }
        let limit = query.limit.clamp(1, ITEMS_MAX);
        let mut items = behind(items, query.after);
        items.retain(|item| query.filter.keeps(item));
        journey.more = limit < items.len();
        items.truncate(limit);
        journey.items = items;
        self.put_events(&mut journey.items, &sessions).await?;
        journey.segments = names.segments.clone();
        journey.colors = names.colors.clone();
        journey.outcomes = names.outcomes.clone();
        Ok(journey)
    }

    /// The sessions of the last 60 days of everyone who is one person with the contact; none for who may not
    /// see them.
    pub(super) async fn sessions(&self, contact: ContactId) -> Result<Vec<Value>, Trouble> {
        let since = self.now().minus_days(JOURNEY_DAYS);
        let path = format!("{}/journey/sessions", path(contact));
        let query = vec![
            ("includeMerged", "true".to_owned()),
            ("pageSize", PAGE.to_owned()),
        ];
        let is_of_late = |one: &Value| session::start(one).is_some_and(|start| since <= start);
        let found = self.followed(&path, query, is_of_late).await;
        let found = if_allowed(found.map(Value::from))?;
        Ok(match found {
            Some(Value::Array(sessions)) => sessions,
            Some(_) | None => Vec::new(),
        })
    }

    /// What the analytics have of the contact's conversations, where that may be asked.
    async fn details_by_id(
        &self,
        contact: ContactId,
        sessions: &[Value],
    ) -> Result<HashMap<ConversationId, Conversation>, Trouble> {
        let mut found = HashMap::new();
        let has_any = sessions.iter().any(|one| session::handled(one).is_some());
        if !self.role.may(Permission::ConversationDetailView) || !has_any {
            return Ok(found);
        }
        // Every id of the merge set: a conversation keeps the one that it was associated with.
        let set: BTreeSet<ContactId> = sessions
            .iter()
            .filter_map(session::contact)
            .chain([contact])
            .collect();
        let predicates = set
            .iter()
            .map(|id| json!({"type": "dimension", "dimension": "externalContactId", "value": id}));
        let predicates: Vec<Value> = predicates.collect();
        let filters = json!({"segmentFilters": [{"type": "or", "predicates": predicates}]});
        let now = self.now();
        let mut until = now;
        while now.minus_days(JOURNEY_DAYS) < until {
            let since = until.minus_days(DETAILS_DAYS);
            let part = self
                .details_of(since, until, filters.clone(), DETAILS_PAGES)
                .await?;
            found.extend(part.into_iter().map(|one| (one.id, one)));
            until = since;
        }
        Ok(found)
    }

    /// The events of the newest visits.
    async fn put_events(
        &self,
        items: &mut [JourneyItem],
        sessions: &[Value],
    ) -> Result<(), Trouble> {
        if !self.role.may(Permission::JourneyEventView) {
            return Ok(());
        }
        let visits = items.iter_mut().filter_map(|item| match item {
            JourneyItem::Visit(id, visit, _) => Some((id.to_string(), visit)),
            JourneyItem::Conversation(_) => None,
        });
        let mut visits: Vec<_> = visits.take(VISITS_MAX).collect();
        let asked = visits.iter().map(|(id, _)| self.events(id));
        let asked = join_all(asked.collect::<Vec<_>>()).await;
        for ((id, visit), events) in visits.iter_mut().zip(asked) {
            let own = |one: &&Value| one.get("id").and_then(Value::as_str) == Some(id);
            let Some(mut session) = sessions.iter().find(own).cloned() else {
                continue;
            };
            session["events"] = events?.into();
            if let Ok(whole) = visit::from_json(session) {
                ***visit = Visit {
                    end: visit.end,
                    pageviews: whole.pageviews.max(visit.pageviews),
                    ..whole
                };
                going::put_attributes(visit);
            }
        }
        Ok(())
    }

    async fn events(&self, session: &str) -> Result<Vec<Value>, Trouble> {
        let path = format!("/api/v2/journey/sessions/{session}/events");
        let query = vec![("pageSize", PAGE.to_owned())];
        let found = self.followed(&path, query, |_| true).await;
        Ok(match if_allowed(found.map(Value::from))? {
            Some(Value::Array(events)) => events,
            Some(_) | None => Vec::new(),
        })
    }
}

/// What stands behind a place; all of it for the first page.
fn behind(mut items: Vec<JourneyItem>, after: Option<JourneyPlace>) -> Vec<JourneyItem> {
    let Some(place) = after else {
        return items;
    };
    let before = (place.is_open, place.start);
    let at = items.iter().position(|item| item.id() == place.id);
    // Where it is there no longer its neighbours tell.
    let first = at.map_or_else(
        || items.partition_point(|item| before <= item.position()),
        |at| at + 1,
    );
    items.split_off(first.min(items.len()))
}

fn began(item: &JourneyItem) -> (Moment, Channel) {
    match item {
        JourneyItem::Conversation(one) => (one.start, one.channel),
        JourneyItem::Visit(_, visit, _) => (visit.start, Channel::Web),
    }
}

/// The session of a visit without its events; `None` for that of a conversation.
fn visited(session: Value, now: Moment) -> Option<JourneyItem> {
    let mut visit = visit::from_json(session).ok()?;
    let status = match visit.is_active(now) {
        true => Status::Active,
        false => Status::Ended,
    };
    visit.end = visit.ended(now);
    Some(JourneyItem::Visit(visit.id, Box::new(visit), status))
}

fn of_details(
    one: &Conversation,
    names: &Names,
    users: &BTreeMap<String, String>,
) -> JourneyConversation {
    let wrapup = one.wrapup().map(|(_, segment)| segment);
    let code = wrapup.and_then(|segment| segment.wrapup_code.as_deref());
    JourneyConversation {
        id: one.id,
        channel: one.channel,
        direction: one.direction,
        status: one.status(None),
        start: one.start,
        end: one.end,
        queue: one.queue().map(|id| names.queue(id)),
        agent: agent(one, users),
        wrapup_code: code.map(|id| names.code(id)),
        notes: wrapup.and_then(|segment| segment.wrapup_note.clone()),
        subject: one.subject().map(str::to_owned),
        address: one.address().map(str::to_owned),
        course: None,
        messages: None,
    }
}

/// How a conversation went, with names.
fn course_of(
    one: &Conversation,
    names: &Names,
    users: &BTreeMap<String, String>,
    role: &Role,
) -> Box<Course> {
    let agent = |id: Option<&str>, said: Option<&str>| {
        let known = id.and_then(|id| users.get(id).cloned());
        known.or_else(|| said.or(id).map(str::to_owned))
    };
    let naming = Naming {
        queue: &|id| Some(names.queue(id)),
        agent: &agent,
        sees_queues: role.may(Permission::QueueView),
    };
    going::named(one, &naming)
}

fn of_session(
    one: Handled,
    names: &Names,
    users: &BTreeMap<String, String>,
) -> JourneyConversation {
    let user = one.user.map(|id| users.get(&id).cloned().unwrap_or(id));
    JourneyConversation {
        id: one.id,
        channel: one.channel,
        direction: one.direction,
        status: one.status,
        start: one.start,
        end: one.end,
        queue: one.queue.map(|id| names.queue(&id)),
        agent: user,
        wrapup_code: one.wrapup_code.map(|id| names.code(&id)),
        notes: one.notes,
        subject: one.subject,
        address: None,
        course: None,
        messages: None,
    }
}
