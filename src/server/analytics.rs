//! Details of conversations: by interval and filters, and by id.

mod filter;

use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::contact::merge_set;
use super::problem::Problem;
use crate::domain::conversation::{ConversationId, Part};
use crate::domain::record::Wrapup;
use crate::domain::{ConversationRecord, Moment, Refusal};
use crate::store::catalog::Span;
use crate::wire::conversation::to_json;

use filter::{Filters, Sets};

/// Days of an interval.
const DAYS_MAX: i64 = 31;
/// Conversations of an interval that are looked at.
const LOOKED_AT_MAX: usize = 100_000;
/// Largest page, and the one when nobody says.
const PAGE_MAX: u64 = 100;
const PAGE: u64 = 25;
/// Most ids of a request.
const IDS_MAX: usize = 100;

const CONVERSATION: &str = "AnalyticsConversationWithoutAttributes";

/// `POST analytics/conversations/details/query`.
pub async fn query(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    for name in [
        "aggregations",
        "evaluationFilters",
        "surveyFilters",
        "resolutionFilters",
    ] {
        let is_asked = body
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty());
        if is_asked {
            return Err(Problem::unserved_part(name));
        }
    }
    let (from, to) = interval(&body)?;
    let (size, number) = paging(&body)?;
    let filters = Filters::read(&body)?;
    let sets = sets(&call, &filters).await?;
    let contacts = filters.contacts().map(|wanted| {
        let all = wanted
            .into_iter()
            .flat_map(|(id, is_whole)| match is_whole {
                true => sets.get(&id).cloned().unwrap_or_default(),
                false => vec![id],
            });
        all.collect()
    });
    let span = Span {
        from,
        to,
        contacts,
        mentions: filters.mentions(),
        limit: LOOKED_AT_MAX,
    };
    let ids = call.site.catalog.conversations_in(span).await?;
    if LOOKED_AT_MAX < ids.len() {
        let why =
            format!("more than {LOOKED_AT_MAX} conversations are in it; ask for a shorter one");
        return Err(Problem::bad_value("interval", why));
    }
    let mut found = Vec::new();
    for id in ids {
        if let Some(record) = call.site.store().conversation(id).await?
            && filters.keep(&record, &sets)
        {
            found.push(record);
        }
    }
    sort(&mut found, &body)?;
    let total = found.len();
    let start = usize::try_from(size.saturating_mul(number - 1)).unwrap_or(usize::MAX);
    let page = found
        .iter()
        .skip(start)
        .take(usize::try_from(size).unwrap_or(usize::MAX));
    let page: Vec<Value> = page.map(|record| shown(&call, record)).collect();
    let mut answer = json!({"totalHits": total});
    // An answer that found nothing has no list, as on Genesys Cloud.
    if !page.is_empty() {
        answer["conversations"] = page.into();
    }
    Ok(Answer::json(answer))
}

/// `GET analytics/conversations/{conversationId}/details`.
pub async fn one(call: Call) -> Result<Answer, Problem> {
    let id: ConversationId = call.id(0)?;
    let record = call.site.store().conversation(id).await?;
    let record = record.ok_or(Refusal::NoConversation(id))?;
    Ok(Answer::json(shown(&call, &record)))
}

/// `GET analytics/conversations/details`: several by id.
pub async fn several(call: Call) -> Result<Answer, Problem> {
    let ids = call.query.list("id");
    if ids.is_empty() || IDS_MAX < ids.len() {
        return Err(Problem::bad_value("id", "it has 1 to 100 ids"));
    }
    let mut found = Vec::new();
    for id in ids {
        let record = call.site.store().conversation(id.parse()?).await?;
        found.extend(record.map(|record| shown(&call, &record)));
    }
    Ok(Answer::json(json!({ "conversations": found })))
}

/// A conversation as it came in, linked as it is here, without what the contract does not have.
fn shown(call: &Call, record: &ConversationRecord) -> Value {
    let mut shown = to_json(&record.conversation);
    let outside = record.conversation.outside().map(|one| one.id.clone());
    let outside: Vec<String> = outside.collect();
    let written = shown.get_mut("participants").and_then(Value::as_array_mut);
    let pairs = record
        .conversation
        .participants
        .iter()
        .zip(written.into_iter().flatten());
    for (participant, written) in pairs.filter(|(one, _)| one.part == Part::Outside) {
        let is_first = outside.first() == Some(&participant.id);
        let link = record.link_of((!is_first).then_some(participant.id.as_str()));
        match link {
            Some(link) => written["externalContactId"] = link.contact.to_string().into(),
            None => written["externalContactId"] = Value::Null,
        }
    }
    if let Some(wrapup) = &record.wrapup {
        put_wrapup(&mut shown, record, wrapup);
    }
    call.site.contract.fit(CONVERSATION, shown)
}

/// The wrap-up that was made here, as the last segment of who handled the conversation last.
fn put_wrapup(shown: &mut Value, record: &ConversationRecord, wrapup: &Wrapup) {
    let agent = record.conversation.agent().map(|agent| agent.id.as_str());
    let participants = shown.get_mut("participants").and_then(Value::as_array_mut);
    let mut participants = participants.into_iter().flatten();
    let own = participants.find(|one| one.get("participantId").and_then(Value::as_str) == agent);
    let sessions = own.and_then(|own| own.get_mut("sessions")?.as_array_mut());
    let segments = sessions.and_then(|all| all.last_mut()?.get_mut("segments")?.as_array_mut());
    if let Some(segments) = segments {
        let at = wrapup.at.to_string();
        segments.push(json!({
            "segmentType": "wrapup",
            "segmentStart": at,
            "segmentEnd": at,
            "wrapUpCode": wrapup.code,
            "wrapUpNote": wrapup.notes,
        }));
    }
}

/// Everyone who is one person with a contact that the filters ask for as a whole.
async fn sets(call: &Call, filters: &Filters) -> Result<Sets, Problem> {
    let store = call.site.store();
    let mut sets = Sets::new();
    for id in filters.wholes() {
        let mut set = vec![id];
        if let Some(contact) = store.contacts(vec![id]).await?.into_iter().next() {
            set.extend(merge_set(store, &contact).await?);
        }
        set.sort_unstable();
        set.dedup();
        sets.insert(id, set);
    }
    Ok(sets)
}

/// `2026-11-01T00:00:00Z/2026-11-08T00:00:00Z`.
fn interval(body: &Map<String, Value>) -> Result<(Moment, Moment), Problem> {
    let bad = |why: &str| Problem::bad_value("interval", why);
    let text = body.get("interval").and_then(Value::as_str);
    let text = text.ok_or_else(|| bad("it is required"))?;
    let (from, to) = text
        .split_once('/')
        .ok_or_else(|| bad("it is a start/end"))?;
    let read = |text: &str| {
        text.parse::<Moment>()
            .map_err(|error| bad(&error.to_string()))
    };
    let (from, to) = (read(from)?, read(to)?);
    match (from < to, to <= from.plus_days(DAYS_MAX)) {
        (true, true) => Ok((from, to)),
        (false, _) => Err(bad("its end is not after its start")),
        (true, false) => Err(bad("it has at most 31 days")),
    }
}

fn paging(body: &Map<String, Value>) -> Result<(u64, u64), Problem> {
    let paging = body.get("paging").filter(|paging| !paging.is_null());
    let Some(paging) = paging else {
        return Ok((PAGE, 1));
    };
    let number = |name: &str, most: u64| {
        let number = paging.get(name).and_then(Value::as_u64);
        let number = number.filter(|number| (1..=most).contains(number));
        let why = format!("it is a number from 1 to {most}");
        number.ok_or_else(|| Problem::bad_value(&format!("paging.{name}"), why))
    };
    Ok((
        number("pageSize", PAGE_MAX)?,
        number("pageNumber", u64::from(u32::MAX))?,
    ))
}

fn sort(found: &mut [ConversationRecord], body: &Map<String, Value>) -> Result<(), Problem> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    match text("orderBy") {
        None | Some("conversationStart" | "segmentStart") => {
            found.sort_by_key(|one| (one.conversation.start, one.conversation.id));
        }
        Some("conversationEnd" | "segmentEnd") => {
            // What goes on ends after everything that has ended.
            let end = |one: &ConversationRecord| one.conversation.end.unwrap_or(Moment(i64::MAX));
            found.sort_by_key(|one| (end(one), one.conversation.id));
        }
        Some(_) => {
            return Err(Problem::bad_value(
                "orderBy",
                "it is conversationStart or conversationEnd",
            ));
        }
    }
    match text("order") {
        None | Some("asc" | "unordered") => {}
        Some("desc") => found.reverse(),
        Some(_) => return Err(Problem::bad_value("order", "it is asc, desc or unordered")),
    }
    Ok(())
}
