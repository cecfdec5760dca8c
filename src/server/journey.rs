//! The journey of a contact as sessions: conversations and web visits, newest first; one session, its events, its
//! scores, and the segments that matched.

mod named;
mod shape;

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::contact::{Resolved, find, merge_set};
use super::page;
use super::problem::Problem;
use crate::backend::local::JOURNEY_DAYS;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, VisitRecord};
use crate::domain::visit::{Happened, VisitId};
use crate::domain::{ConversationRecord, Moment, Permission};
use crate::store::{ConversationFilter, NameKind, VisitFilter};

pub use named::{outcome, outcomes, segment, segments as all_segments};
pub use shape::{channel_words, of_conversation, of_visit};

/// Largest page of sessions and of events, and the one when nobody says.
const PAGE_MAX: usize = 200;
const PAGE: usize = 25;
/// Segments of a contact.
const SEGMENTS_MAX: usize = 500;
/// Visits that are read for the segments of a contact.
const VISITS_MAX: usize = 200;

/// A session that was found.
enum Found {
    Conversation(Box<ConversationRecord>),
    Visit(Box<VisitRecord>),
}

impl Found {
    fn start(&self) -> Moment {
        match self {
            Self::Conversation(record) => record.conversation.start,
            Self::Visit(record) => record.visit.start,
        }
    }
}

/// `GET contacts/{contactId}/journey/sessions`.
pub async fn sessions(call: Call) -> Result<Answer, Problem> {
    let size = call.query.number("pageSize", PAGE, 1, PAGE_MAX)?;
    let offset = page::place(&call, "sessions", "after")?;
    let offset = usize::try_from(offset).unwrap_or(usize::MAX / 2);
    let ids = whose(&call).await?;
    let upto = offset.saturating_add(size).saturating_add(1);
    let mut found = conversations(&call, &ids, upto).await?;
    found.extend(visits(&call, &ids, upto).await?);
    found.sort_by_key(|one| std::cmp::Reverse(one.start()));
    let more = upto <= found.len();
    let shown = found.iter().skip(offset).take(size);
    let entities: Vec<Value> = shown.map(|one| shown_as(&call, one)).collect();
    let next = more.then(|| (offset + size) as u64);
    Ok(Answer::json(page::behind(
        &call, "sessions", entities, next,
    )))
}

/// `GET journey/sessions/{sessionId}`.
pub async fn session(call: Call) -> Result<Answer, Problem> {
    let found = found(&call).await?;
    Ok(Answer::json(shown_as(&call, &found)))
}

/// `GET journey/sessions/{sessionId}/events`.
pub async fn events(call: Call) -> Result<Answer, Problem> {
    let size = call.query.number("pageSize", PAGE, 1, PAGE_MAX)?;
    let offset = page::place(&call, "events", "after")?;
    let offset = usize::try_from(offset).unwrap_or(usize::MAX / 2);
    let kinds = call.query.list("eventType");
    let all = match found(&call).await? {
        // A conversation has no events of a visitor.
        Found::Conversation(_) => Vec::new(),
        Found::Visit(record) => shape::events(&call, &record),
    };
    let is_wanted = |event: &Value| {
        let kind = event
            .get("eventType")
            .and_then(Value::as_str)
            .unwrap_or_default();
        kinds.is_empty() || kinds.contains(&kind)
    };
    let wanted: Vec<Value> = all.into_iter().filter(is_wanted).collect();
    let next = (offset.saturating_add(size) < wanted.len()).then(|| (offset + size) as u64);
    let part = wanted.into_iter().skip(offset).take(size).collect();
    Ok(Answer::json(page::behind(&call, "events", part, next)))
}

/// `GET journey/sessions/{sessionId}/outcomescores`.
pub async fn scores(call: Call) -> Result<Answer, Problem> {
    let result = match found(&call).await? {
        Found::Conversation(_) => json!({"outcomeScores": []}),
        Found::Visit(record) => shape::scores(&call, &record),
    };
    Ok(Answer::json(result))
}

/// `GET contacts/{contactId}/journey/segments`: those that agents may see.
pub async fn segments(call: Call) -> Result<Answer, Problem> {
    let limit = call.query.number("limit", PAGE, 1, SEGMENTS_MAX)?;
    let ids = whose(&call).await?;
    let names = call.site.store().names().await?;
    let is_shown = |id: &str| {
        let mut known = names.iter().filter(|name| name.kind == NameKind::Segment);
        known
            .find(|name| name.id == id)
            .is_none_or(|name| name.shown)
    };
    let since = call.site.now().minus_days(JOURNEY_DAYS);
    let mut found = Vec::new();
    let filter = VisitFilter::of(ids, since, VISITS_MAX);
    for record in call.site.store().visits(filter).await? {
        let events = record.visit.events.iter();
        found.extend(events.filter_map(|event| match &event.what {
            Happened::Segment { id } if is_shown(id) => {
                Some((event.at, shape::assignment(&record, id, event.at)))
            }
            _ => None,
        }));
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let entities: Vec<Value> = found.into_iter().take(limit).map(|(_, one)| one).collect();
    Ok(Answer::json(json!({ "entities": entities })))
}

/// The contacts whose journey is asked for: exactly that one, or everyone who is one person with it.
async fn whose(call: &Call) -> Result<Vec<ContactId>, Problem> {
    let store = call.site.store();
    let contact = find(store, call.id(0)?, Resolved::Exact).await?;
    let set = match call.query.flag("includeMerged")? {
        true => merge_set(store, &contact).await?,
        false => Vec::new(),
    };
    Ok(if set.is_empty() {
        vec![contact.id]
    } else {
        set
    })
}

async fn conversations(
    call: &Call,
    ids: &[ContactId],
    limit: usize,
) -> Result<Vec<Found>, Problem> {
    if !call.may(Permission::JourneySessionTypeView) {
        return Ok(Vec::new());
    }
    let store = call.site.store();
    let filter = ConversationFilter {
        contacts: Some(ids.to_vec()),
        started_since: Some(call.site.now().minus_days(JOURNEY_DAYS)),
        limit,
        ..ConversationFilter::default()
    };
    let mut found = Vec::new();
    for line in store.conversations(filter).await? {
        // One that went meanwhile is left out.
        if let Some(record) = store.conversation(line.id).await? {
            found.push(Found::Conversation(Box::new(record)));
        }
    }
    Ok(found)
}

async fn visits(call: &Call, ids: &[ContactId], limit: usize) -> Result<Vec<Found>, Problem> {
    if !call.may(Permission::JourneySessionView) {
        return Ok(Vec::new());
    }
    let since = call.site.now().minus_days(JOURNEY_DAYS);
    let filter = VisitFilter::of(ids.to_vec(), since, limit);
    let visits = call.site.store().visits(filter).await?;
    Ok(visits
        .into_iter()
        .map(|record| Found::Visit(Box::new(record)))
        .collect())
}

/// The session of the path: a visit, or a conversation.
async fn found(call: &Call) -> Result<Found, Problem> {
    let id: uuid::Uuid = call.text(0).parse().map_err(|_| {
        Problem::bad_value(
            "sessionId",
            "it is a UUID such as 7c9e6679-7425-40de-944b-e07fc1f90ae7",
        )
    })?;
    let store = call.site.store();
    let visit = VisitId(id);
    let facts = store
        .load(vec![FactKey::Visit(visit)], Facts::default())
        .await?;
    let visit = facts.visit_if_any(&visit)?.clone();
    if let Some(record) = visit.filter(|_| call.may(Permission::JourneySessionView)) {
        return Ok(Found::Visit(Box::new(record)));
    }
    let record = store.conversation(ConversationId(id)).await?;
    let record = record.filter(|_| call.may(Permission::JourneySessionTypeView));
    match record {
        Some(record) => Ok(Found::Conversation(Box::new(record))),
        None => Err(Problem::not_found("the session")),
    }
}

fn shown_as(call: &Call, found: &Found) -> Value {
    match found {
        Found::Conversation(record) => shape::of_conversation(call, record),
        Found::Visit(record) => shape::of_visit(call, record),
    }
}
