//! The routes of notifications: topics that there are, channels, and what they are subscribed to.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call};
use super::super::me;
use super::super::problem::Problem;
use super::super::secret;
use super::topic::{Asked, KINDS, Kind, Subject};
use super::{Keeping, NoChannel, Owner};
use crate::domain::Moment;
use crate::store::account::AccountKind;

/// What can be asked for beside the id of a topic.
const EXPAND: [&str; 9] = [
    "description",
    "enforced",
    "schema",
    "visibility",
    "transports",
    "publicApiTemplateUriPaths",
    "requiresPermissions",
    "permissionDetails",
    "topicParameters",
];

impl From<NoChannel> for Problem {
    fn from(why: NoChannel) -> Self {
        match why {
            NoChannel::Gone => Self::not_found("the channel"),
            NoChannel::TooManyTopics => Self::bad_value(
                "id",
                "a channel has at most 1,000 topics; open another channel",
            ),
            NoChannel::TooManySockets => {
                Self::unavailable("too many channels are connected; try again later")
            }
            NoChannel::Ending => Self::unavailable("the server ends"),
        }
    }
}

/// `GET notifications/availabletopics`.
pub async fn available(call: Call) -> Result<Answer, Problem> {
    let expand = call.query.known("expand", &EXPAND)?;
    let entities: Vec<Value> = KINDS
        .iter()
        .map(|kind| described(&call, kind, &expand))
        .collect();
    Ok(Answer::json(json!({ "entities": entities })))
}

fn described(call: &Call, kind: &Kind, expand: &[&str]) -> Value {
    let names: Vec<&str> = kind.needs.iter().map(|right| right.name()).collect();
    let schema = call.site.contract.schema(kind.schema);
    let details = json!([{"type": "requiresPermissions", "permissions": names,
        "allowsCurrentUser": kind.is_own_free, "enforced": true}]);
    let parameters: Vec<&str> = match kind.pattern.contains("{id}") {
        true => vec!["id"],
        false => Vec::new(),
    };
    let all = [
        ("description", json!(kind.description)),
        ("enforced", json!(true)),
        ("schema", schema.cloned().unwrap_or_default()),
        ("visibility", json!("Public")),
        ("transports", json!(["Websocket"])),
        ("publicApiTemplateUriPaths", json!([])),
        ("requiresPermissions", json!(names)),
        ("permissionDetails", details),
        ("topicParameters", json!(parameters)),
    ];
    let mut shown = Map::new();
    shown.insert("id".to_owned(), kind.pattern.into());
    let asked = all.into_iter().filter(|(name, _)| expand.contains(name));
    shown.extend(asked.map(|(name, value)| (name.to_owned(), value)));
    shown.into()
}

/// `GET notifications/channels`: those of the token, or of the app as a whole.
pub async fn channels(call: Call) -> Result<Answer, Problem> {
    let token = match call.query.text("includechannels") {
        None | Some("token") => Some(&call.session.grant.hash),
        Some("oauthclient") => None,
        Some(_) => {
            let why = "it is token or oauthclient";
            return Err(Problem::bad_value("includechannels", why));
        }
    };
    let own = call
        .site
        .notices
        .of(Owner::of(&call.session), token, call.site.now());
    let entities: Vec<Value> = own
        .iter()
        .map(|(id, expires)| channel(&call, id, *expires))
        .collect();
    Ok(Answer::json(json!({ "entities": entities })))
}

/// `POST notifications/channels`.
pub async fn create(call: Call) -> Result<Answer, Problem> {
    let id = secret::random()?;
    let session = Arc::clone(&call.session);
    let expires = call.site.notices.open(&id, session, call.site.now());
    Ok(Answer::json(channel(&call, &id, expires)))
}

fn channel(call: &Call, id: &str, expires: Moment) -> Value {
    let scheme = match call.reached.is_encrypted {
        true => "wss",
        false => "ws",
    };
    json!({
        "id": id,
        "connectUri": format!("{scheme}://{}/channels/{id}", call.reached.host),
        "expires": expires.to_string(),
    })
}

/// `HEAD notifications/channels/{channelId}`.
pub async fn lives(call: Call) -> Result<Answer, Problem> {
    let owner = Owner::of(&call.session);
    call.site
        .notices
        .topics(call.text(0), owner, call.site.now())?;
    Ok(Answer::empty(200))
}

/// `GET notifications/channels/{channelId}/subscriptions`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let owner = Owner::of(&call.session);
    let topics = call
        .site
        .notices
        .topics(call.text(0), owner, call.site.now())?;
    let entities: Vec<Value> = topics.keys().map(|topic| permitted(topic)).collect();
    Ok(Answer::json(json!({ "entities": entities })))
}

/// `POST notifications/channels/{channelId}/subscriptions`: more topics.
pub async fn add(call: Call) -> Result<Answer, Problem> {
    subscribe(&call, Keeping::Add).await
}

/// `PUT notifications/channels/{channelId}/subscriptions`: these topics instead of those before.
pub async fn replace(call: Call) -> Result<Answer, Problem> {
    subscribe(&call, Keeping::Replace).await
}

/// `DELETE notifications/channels/{channelId}/subscriptions`.
pub async fn remove(call: Call) -> Result<Answer, Problem> {
    let session = Arc::clone(&call.session);
    call.site.notices.subscribe(
        call.text(0),
        session,
        call.site.now(),
        Vec::new(),
        Keeping::Replace,
    )?;
    Ok(Answer::empty(204))
}

async fn subscribe(call: &Call, keeping: Keeping) -> Result<Answer, Problem> {
    let are_errors_ignored = call.query.flag("ignoreErrors")?;
    let owner = Owner::of(&call.session);
    call.site
        .notices
        .topics(call.text(0), owner, call.site.now())?;
    let asked = asked(call).await?;
    if !are_errors_ignored && let Some(problem) = asked.iter().find_map(Asked::problem) {
        return Err(problem);
    }
    let entities: Vec<Value> = asked.iter().map(shown).collect();
    let topics = asked.into_iter().filter(|one| one.refusal().is_none());
    let topics = topics.filter_map(|one| Some((one.text, one.read.ok()?)));
    let session = Arc::clone(&call.session);
    call.site.notices.subscribe(
        call.text(0),
        session,
        call.site.now(),
        topics.collect(),
        keeping,
    )?;
    Ok(Answer::json(json!({ "entities": entities })))
}

/// The topics of the body, each with whether it can be had.
async fn asked(call: &Call) -> Result<Vec<Asked>, Problem> {
    let body = call.json()?;
    let list = body.as_array();
    let list = list.ok_or_else(|| Problem::bad("the body is no list of topics"))?;
    if super::TOPICS_MAX < list.len() {
        return Err(NoChannel::TooManyTopics.into());
    }
    let own = match call.session.account.kind {
        AccountKind::User => Some(me::user_id(call).await?),
        AccountKind::Client => None,
    };
    let mut asked = Vec::new();
    for one in list {
        let text = one.get("id").and_then(Value::as_str);
        let text = text.ok_or_else(|| Problem::bad_value("id", "every topic has one"))?;
        let read = Subject::read(text);
        let lacks = match &read {
            Ok(subject) => subject.lacks(own.as_deref(), |right| call.may(right)),
            Err(_) => Vec::new(),
        };
        asked.push(Asked {
            text: text.to_owned(),
            read,
            lacks,
        });
    }
    Ok(asked)
}

fn shown(asked: &Asked) -> Value {
    let Some(why) = asked.refusal() else {
        return permitted(&asked.text);
    };
    let lacks: Vec<&str> = asked.lacks.iter().map(|right| right.name()).collect();
    let mut shown = json!({"id": asked.text, "state": "Rejected", "rejectionReason": why});
    if !lacks.is_empty() {
        shown["missingPermissions"] = json!(lacks);
    }
    shown
}

fn permitted(topic: &str) -> Value {
    json!({"id": topic, "state": "Permitted"})
}
