//! The events of a journey session: pages, segments, outcomes, web actions, custom events.

use serde_json::{Value, json};

use crate::domain::Moment;
use crate::domain::visit::{Happened, VisitEvent};

use super::super::channel::plain;
use super::super::member::{Members, Object, Written, flag_of, moment_of, number_of, text_of};

/// What the API calls an event, without its `com.genesys.journey.`, and the member that holds its body.
const BODIES: [(&str, &str); 5] = [
    ("WebEvent", "webEvent"),
    ("AppEvent", "appEvent"),
    ("OutcomeAchievedEvent", "outcomeAchievedEvent"),
    ("SegmentAssignmentEvent", "segmentAssignmentEvent"),
    ("WebActionEvent", "webActionEvent"),
];
const PREFIX: &str = "com.genesys.journey.";

/// Reads the events of a session in the order in which they came.
pub fn read_all(elements: Vec<Value>, start: Moment) -> Vec<VisitEvent> {
    let mut before = start;
    let read = elements.into_iter().map(|value| {
        let what = happened(&value);
        let mut members = Members::of(value);
        let id = members.text("id").unwrap_or_default();
        let at = members.moment("createdDate");
        if members.peek("eventType").is_none() {
            members.absent("eventType");
        }
        before = members.or_absent("createdDate", at, before);
        VisitEvent {
            id,
            at: before,
            what,
            attributes: Vec::new(),
            rest: members.rest(),
        }
    });
    read.collect()
}

/// Writes an event. One that was read has its body in `rest`; for others the body is made.
pub fn to_json(event: &VisitEvent) -> Value {
    let mut written = Written::default();
    written.text("id", &event.id);
    written.text("createdDate", &event.at.to_string());
    if !has_body(event) {
        body(&mut written, &event.what);
    }
    written.over(&event.rest)
}

/// True for an event that was read: its body is in `rest`.
pub fn has_body(event: &VisitEvent) -> bool {
    let mut bodies = BODIES
        .iter()
        .map(|(_, member)| *member)
        .chain(["eventType"]);
    bodies.any(|member| event.rest.contains_key(member))
}

/// When it happened.
pub fn at(event: &Value) -> Option<Moment> {
    event.get("createdDate").and_then(moment_of)
}

/// True for a page or a screen that was seen.
pub fn is_page(event: &Value) -> bool {
    matches!(happened(event), Happened::Page { .. })
}

/// True when the site had authenticated the visitor.
pub fn is_authenticated(event: &Value) -> bool {
    event
        .get("webEvent")
        .and_then(|body| body.get("authenticated"))
        .and_then(flag_of)
        .unwrap_or_default()
}

/// The visitor's traits as of this event.
pub fn traits(event: &Value) -> Option<&Object> {
    let body = event.get("webEvent").or_else(|| event.get("appEvent"))?;
    body.get("traits")?.as_object()
}

/// What the site said of an event, by name: texts, numbers and flags.
pub fn attributes(event: &VisitEvent) -> Vec<(String, String)> {
    let bodies = ["webEvent", "appEvent"];
    let body = bodies.iter().find_map(|name| event.rest.get(*name));
    let attributes = body.and_then(|body| body.get("attributes")?.as_object());
    let said = attributes
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = value.get("value").unwrap_or(value);
            Some((name.clone(), text_of(value)?.trim().to_owned()))
        });
    said.collect()
}

fn happened(event: &Value) -> Happened {
    let body = |name: &str| event.get(name).filter(|body| body.is_object());
    let understood = body("webEvent")
        .and_then(web)
        .or_else(|| body("appEvent").and_then(app))
        .or_else(|| body("outcomeAchievedEvent").and_then(outcome))
        .or_else(|| body("segmentAssignmentEvent").and_then(segment))
        .or_else(|| body("webActionEvent").and_then(action));
    understood.unwrap_or_else(|| {
        let kind = text(event, "eventType").unwrap_or_default();
        Happened::Other {
            kind: kind.strip_prefix(PREFIX).unwrap_or(&kind).to_owned(),
        }
    })
}

fn web(body: &Value) -> Option<Happened> {
    let name = text(body, "eventName");
    let page = body.get("page").filter(|page| page.is_object());
    let is_view = name
        .as_deref()
        .is_none_or(|name| plain(name).starts_with("pageview"));
    match (name, page) {
        (name, Some(page)) if is_view => Some(Happened::Page {
            name: name.unwrap_or_default(),
            url: text(page, "url")
                .or_else(|| text(page, "pathname"))
                .unwrap_or_default(),
            title: text(page, "title"),
        }),
        (Some(name), _) => Some(Happened::Custom { name }),
        (None, _) => None,
    }
}

fn app(body: &Value) -> Option<Happened> {
    let name = text(body, "eventName");
    let screen = text(body, "screenName");
    let is_view = name
        .as_deref()
        .is_none_or(|name| plain(name).starts_with("screenview"));
    match (name, screen) {
        (name, Some(screen)) if is_view => Some(Happened::Page {
            name: name.unwrap_or_default(),
            url: screen,
            title: None,
        }),
        (Some(name), _) => Some(Happened::Custom { name }),
        (None, _) => None,
    }
}

fn outcome(body: &Value) -> Option<Happened> {
    let outcome = body.get("outcome")?;
    let value = |object: &Value| {
        let value = object
            .get("associatedValue")
            .or_else(|| object.get("value"));
        value.and_then(number_of)
    };
    Some(Happened::Outcome {
        id: text(outcome, "id")?,
        name: text(outcome, "displayName"),
        value: value(body).or_else(|| value(outcome)),
    })
}

fn segment(body: &Value) -> Option<Happened> {
    let id = text(body.get("segment")?, "id")?;
    Some(Happened::Segment { id })
}

fn action(body: &Value) -> Option<Happened> {
    let action = body.get("action")?;
    Some(Happened::Action {
        media: text(action, "mediaType").unwrap_or_default(),
        state: text(action, "state").unwrap_or_default(),
    })
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(text_of)
}

/// The body of an event that was not ingested.
fn body(written: &mut Written, what: &Happened) {
    let (kind, body) = match what {
        Happened::Page { name, url, .. } if plain(name).starts_with("screenview") => {
            (1, json!({"eventName": name, "screenName": url}))
        }
        Happened::Page { name, url, title } => {
            let name = if name.is_empty() { "page_viewed" } else { name };
            let page = json!({"url": url, "title": title});
            (0, json!({"eventName": name, "page": page}))
        }
        Happened::Custom { name } => (0, json!({"eventName": name})),
        Happened::Outcome { id, name, value } => {
            let outcome = json!({"id": id, "displayName": name});
            (2, json!({"outcome": outcome, "associatedValue": value}))
        }
        Happened::Segment { id } => (3, json!({"segment": {"id": id}})),
        Happened::Action { media, state } => {
            (4, json!({"action": {"mediaType": media, "state": state}}))
        }
        Happened::Other { kind } => return written.text("eventType", kind),
    };
    let (kind, member) = BODIES[kind];
    written.text("eventType", &format!("{PREFIX}{kind}"));
    written.maybe(member, Some(body));
}
