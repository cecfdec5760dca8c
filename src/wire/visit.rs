//! A journey `Session` with its events inside, read into the domain as a web visit and written back exactly.
//! Owns which member is what; what the visitor's identifiers are worth is the engine's.

use serde_json::{Value, json};

use crate::domain::Moment;
use crate::domain::visit::{Visit, VisitId};

use super::Unreadable;
use super::channel::plain;
use super::member::{Members, Object, Written, flag_of, moment_of, number_of, text_of};

mod event;

pub use event::attributes;

/// Reads a journey `Session`. Only an id and some time are needed; the rest survives in `rest`.
pub fn from_json(value: Value) -> Result<Visit, Unreadable> {
    if !value.is_object() {
        return Err(Unreadable::NoObject("session"));
    }
    let mut members = Members::of(value);
    let kind = members.text("type").unwrap_or_default();
    let of_conversation = members.peek("conversation").is_some_and(Value::is_object);
    if plain(&kind) == "conversation" || of_conversation {
        return Err(Unreadable::OfConversation);
    }
    let id = visit_id(&mut members)?;
    let elements = members.elements("events");
    let start = start(&members, &elements)?;
    let last = last(&mut members, &elements).map_or(start, |last| last.max(start));
    let traits = traits(&members, &elements);
    let authenticated = authenticated(&mut members, &elements);
    let pageviews = pageviews(&mut members, &elements);
    let (customer, customer_kind) = customer(&mut members);
    let stated_start = members.moment("createdDate");
    Ok(Visit {
        id,
        start: members.or_absent("createdDate", stated_start, start),
        end: members.moment("endedDate"),
        last,
        kind,
        customer,
        customer_kind,
        authenticated,
        external_id: members.text("externalId"),
        traits,
        events: event::read_all(elements, start),
        pageviews,
        device: members.peek("device").and_then(device),
        browser: members.peek("browser").and_then(browser),
        place: members.peek("geolocation").and_then(place),
        referrer: members.peek("referrer").and_then(referrer),
        campaign: members.peek("mktCampaign").and_then(campaign),
        search_terms: members.texts("searchTerms"),
        scores: scores(&members),
        rest: members.rest(),
    })
}

/// Writes a visit as a journey `Session` with its events; one that was read comes out as it came in.
pub fn to_json(visit: &Visit) -> Value {
    let mut written = Written::default();
    written.text("id", &visit.id.to_string());
    written.text("type", &visit.kind);
    written.text("createdDate", &visit.start.to_string());
    written.maybe("endedDate", visit.end.map(|end| end.to_string()));
    written.text("customerId", &visit.customer);
    written.text("customerIdType", &visit.customer_kind);
    written.maybe("authenticated", visit.authenticated.then_some(true));
    written.maybe("externalId", visit.external_id.clone());
    let terms = visit.search_terms.iter().cloned().map(Value::from);
    written.list("searchTerms", terms.collect());
    written.maybe(
        "pageviewCount",
        (visit.pageviews > 0).then_some(visit.pageviews),
    );
    let events = visit.events.iter().map(event::to_json);
    written.list("events", events.collect());
    derived(&mut written, visit);
    written.over(&visit.rest)
}

/// Members that reading only looks at: written for a visit that was not ingested, else `rest` has them.
fn derived(written: &mut Written, visit: &Visit) {
    let is_read = |name: &str| visit.rest.contains_key(name);
    let mut object = |name: &str, member: &str, text: &Option<String>| {
        if let Some(text) = text.as_ref().filter(|_| !is_read(name)) {
            let mut inner = Object::new();
            inner.insert(member.to_owned(), text.clone().into());
            written.maybe(name, Some(inner));
        }
    };
    object("device", "category", &visit.device);
    object("browser", "family", &visit.browser);
    object("geolocation", "locality", &visit.place);
    object("referrer", "url", &visit.referrer);
    object("mktCampaign", "name", &visit.campaign);
    if !is_read("lastEvent") {
        let last = json!({"createdDate": visit.last.to_string()});
        written.maybe("lastEvent", Some(last));
    }
    if !is_read("outcomeScores") {
        let scores = visit.scores.iter();
        let scores = scores.map(|(id, score)| json!({"outcome": {"id": id}, "probability": score}));
        written.list("outcomeScores", scores.collect());
    }
    let are_in_events = visit.events.iter().any(event::has_body);
    if !is_read("traits") && !are_in_events && !visit.traits.is_empty() {
        let traits = visit.traits.iter().cloned();
        let traits: Object = traits.map(|(name, text)| (name, text.into())).collect();
        written.maybe("traits", Some(traits));
    }
}

fn visit_id(members: &mut Members) -> Result<VisitId, Unreadable> {
    let (what, member) = ("session", "id");
    match members.uuid(member) {
        Some(Ok(id)) => Ok(VisitId(id)),
        Some(Err(value)) => Err(Unreadable::BadId { member, value }),
        None => Err(Unreadable::NoId { what, member }),
    }
}

/// When it began: as it says, else its first event.
fn start(members: &Members, events: &[Value]) -> Result<Moment, Unreadable> {
    let stated = members.peek("createdDate").and_then(moment_of);
    let first = || events.iter().filter_map(event::at).min();
    let ended = || members.peek("endedDate").and_then(moment_of);
    stated
        .or_else(first)
        .or_else(ended)
        .ok_or(Unreadable::NoTime {
            what: "session",
            member: "createdDate",
        })
}

/// The time of the last event, as the session says or as its events have it, whichever is later.
fn last(members: &mut Members, events: &[Value]) -> Option<Moment> {
    if members.peek("lastEvent").is_none() {
        members.absent("lastEvent");
    }
    let stated = members.peek("lastEvent").and_then(event::at);
    stated
        .into_iter()
        .chain(events.iter().filter_map(event::at))
        .max()
}

/// What the site learned of the visitor: the last value of each trait wins, for people correct themselves.
fn traits(members: &Members, events: &[Value]) -> Vec<(String, String)> {
    let mut traits: Vec<(String, String)> = Vec::new();
    let own = members.peek("traits").and_then(Value::as_object);
    let objects = events.iter().filter_map(event::traits).chain(own);
    for (name, value) in objects.flatten() {
        let value = value.get("value").unwrap_or(value);
        let Some(text) = text_of(value).map(|text| text.trim().to_owned()) else {
            continue;
        };
        match traits.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = text,
            None => traits.push((name.clone(), text)),
        }
    }
    traits
}

/// As the session says, else whether any of its events had a signed-in visitor.
fn authenticated(members: &mut Members, events: &[Value]) -> bool {
    let stated = members.flag("authenticated");
    let signed_in = events.iter().any(event::is_authenticated);
    members.or_absent("authenticated", stated, signed_in)
}

fn customer(members: &mut Members) -> (String, String) {
    let id = members.text("customerId").unwrap_or_default();
    let kind = members.text("customerIdType");
    (
        id,
        members.or_absent("customerIdType", kind, "cookie".to_owned()),
    )
}

/// As the session says, else as many as its events have.
fn pageviews(members: &mut Members, events: &[Value]) -> u32 {
    let value = members.peek("pageviewCount").cloned().unwrap_or_default();
    let Some(stated) = number_of(&value).filter(|number| *number >= 0.0) else {
        members.absent("pageviewCount");
        let pages = events.iter().filter(|event| event::is_page(event)).count();
        return u32::try_from(pages).unwrap_or(u32::MAX);
    };
    // Beyond u32 the count saturates; what was sent stays in `rest` then.
    let count = stated as u32;
    if count > 0 && value == count {
        members.take("pageviewCount");
    }
    count
}

fn member(object: &Value, name: &str) -> Option<String> {
    object
        .get(name)
        .and_then(text_of)
        .map(|text| text.trim().to_owned())
}

fn joined(parts: [Option<String>; 2], between: &str) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(between))
}

/// For example `mobile, iOS 17`.
fn device(device: &Value) -> Option<String> {
    let mobile = || {
        let is_mobile = device.get("isMobile").and_then(flag_of)?;
        is_mobile.then(|| "mobile".to_owned())
    };
    let kind = member(device, "category")
        .or_else(|| member(device, "type"))
        .or_else(mobile);
    let system = joined(
        [member(device, "osFamily"), member(device, "osVersion")],
        " ",
    );
    joined([kind, system], ", ")
}

/// For example `Chrome 128.0`.
fn browser(browser: &Value) -> Option<String> {
    joined([member(browser, "family"), member(browser, "version")], " ")
}

/// For example `Dublin, Ireland`.
fn place(place: &Value) -> Option<String> {
    let local = member(place, "locality")
        .or_else(|| member(place, "regionName"))
        .or_else(|| member(place, "region"));
    let country = member(place, "countryName").or_else(|| member(place, "country"));
    joined([local, country], ", ")
}

fn referrer(referrer: &Value) -> Option<String> {
    let names = ["url", "hostname", "domain", "name", "medium"];
    names.into_iter().find_map(|name| member(referrer, name))
}

/// For example `autumn (newsletter, email)`.
fn campaign(campaign: &Value) -> Option<String> {
    let by = joined(
        [member(campaign, "source"), member(campaign, "medium")],
        ", ",
    );
    match (member(campaign, "name"), by) {
        (Some(name), Some(by)) => Some(format!("{name} ({by})")),
        (name, by) => name.or(by),
    }
}

fn scores(members: &Members) -> Vec<(String, f64)> {
    let scores = members.peek("outcomeScores").and_then(Value::as_array);
    scores
        .into_iter()
        .flatten()
        .filter_map(|score| {
            let outcome = score.get("outcome")?;
            let id = member(outcome, "id").or_else(|| text_of(outcome))?;
            let probability = score.get("probability").and_then(number_of);
            let probability =
                probability.or_else(|| score.get("sessionMaxProbability").and_then(number_of))?;
            (0.0..=1.0)
                .contains(&probability)
                .then_some((id, probability))
        })
        .collect()
}
