//! Ours alone, under `/api/scv/v1`: what the Platform API has no words for.

mod past;

pub use past::{as_of, preview, unmerge};

use std::io::Cursor;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::me;
use super::problem::Problem;
use super::told;
use crate::backend::view::HistoryQuery;
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::{Command, EntryId, Remark};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::store::Keep;
use crate::wire::ingest::{Item, Reader};

/// Bad lines that are told one by one; the rest is counted.
const REPORTS_MAX: usize = 100;
/// Entries of a page of the history, when nobody says, and at most.
const HISTORY: usize = 50;
const HISTORY_MAX: usize = 200;

/// `POST ingest`: conversations, their messages and web visits, as `scv ingest` reads them. A bad line is told and
/// skipped.
pub async fn ingest(call: Call) -> Result<Answer, Problem> {
    let mut tally = Tally::default();
    let mut commands = Vec::new();
    let mut places = Vec::new();
    for (number, read) in (1_u64..).zip(Reader::new(Cursor::new(&call.body))) {
        match read {
            Ok(Item::Conversation(one)) => {
                tally.conversations += 1;
                places.push(format!("item {number}"));
                commands.push(Command::Resolve(one));
            }
            Ok(Item::Visit(one)) => {
                tally.visits += 1;
                places.push(format!("item {number}"));
                commands.push(Command::ResolveVisit(one));
            }
            Ok(Item::Message(one)) => {
                tally.messages += 1;
                places.push(format!("item {number}"));
                commands.push(Command::TakeMessage(one));
            }
            Err(bad) => tally.bad(bad.at.to_string(), bad.why.to_string()),
        }
    }
    let results = match commands.len() {
        // One alone shares its commit with those of other requests.
        1 => {
            stream::iter(commands)
                .then(|command| call.backend().run(command))
                .collect()
                .await
        }
        _ => call.backend().run_all(commands, None, Keep::Commit).await,
    };
    for (place, result) in places.into_iter().zip(results) {
        match result {
            Ok(outcome) => {
                tally.new += u64::from(outcome.entry.is_some());
                tally.known += u64::from(outcome.remarks.contains(&Remark::AlreadyKnown));
                tally.gone += u64::from(outcome.remarks.contains(&Remark::PastRetention));
            }
            Err(Trouble::Refused(refusal)) => tally.bad(place, refusal.to_string()),
            // What was read so far may stand: sending it again changes nothing then.
            Err(trouble) => return Err(trouble.into()),
        }
    }
    Ok(Answer::json(tally.to_json()))
}

/// What came in.
#[derive(Default)]
struct Tally {
    conversations: u64,
    visits: u64,
    messages: u64,
    new: u64,
    known: u64,
    gone: u64,
    bad: u64,
    reports: Vec<Value>,
}

impl Tally {
    fn bad(&mut self, at: String, why: String) {
        self.bad += 1;
        if self.reports.len() < REPORTS_MAX {
            self.reports.push(json!({"at": at, "why": why}));
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "conversations": self.conversations,
            "visits": self.visits,
            "messages": self.messages,
            "new": self.new,
            "known": self.known,
            "pastRetention": self.gone,
            "bad": self.bad,
            "errors": self.reports,
        })
    }
}

/// `GET history`: who decided what, newest first; the own entries only for who may not see those of others.
pub async fn history(call: Call) -> Result<Answer, Problem> {
    let query = &call.query;
    let number = |name: &str| match query.text(name) {
        None => Ok(None),
        Some(text) => match text.parse::<u64>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Problem::bad_value(name, "it is a number")),
        },
    };
    let asked = HistoryQuery {
        contact: query.text("contact").map(str::parse).transpose()?,
        conversation: query.text("conversation").map(str::parse).transpose()?,
        by: query.text("by").map(str::to_owned),
        batch: number("batch")?,
        before: number("before")?.map(EntryId),
        limit: query.number("limit", HISTORY, 1, HISTORY_MAX)?,
    };
    let page = call.backend().history(asked).await?;
    Ok(Answer::json(told::history(&page)))
}

/// `POST undo`: takes an entry back, `{"entry": 412}`.
pub async fn undo(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let entry = body.get("entry").and_then(Value::as_u64);
    let entry = entry.ok_or_else(|| Problem::bad_value("entry", "it is the number of an entry"))?;
    let entry = EntryId(entry);
    let outcome = call.backend().run(Command::Undo { entry }).await?;
    Ok(Answer::json(told::outcome(&outcome)))
}

/// `POST conversations/{conversationId}/reopen`: opens one again that has ended, for who asks.
pub async fn reopen(call: Call) -> Result<Answer, Problem> {
    let command = Command::Reopen {
        conversation: call.id(0)?,
        agent: Some(me::user_id(&call).await?),
    };
    let outcome = call.backend().run(command).await?;
    Ok(Answer::json(told::outcome(&outcome)))
}

/// `GET conversations/{conversationId}/why`.
pub async fn why(call: Call) -> Result<Answer, Problem> {
    let conversation: ConversationId = call.id(0)?;
    let explanation = call.backend().why(conversation).await?;
    Ok(Answer::json(told::why(conversation, &explanation)))
}

/// `GET contacts/{contactId}/why`.
pub async fn why_contact(call: Call) -> Result<Answer, Problem> {
    let explanation = call.backend().why_contact(call.id(0)?).await?;
    Ok(Answer::json(told::why_contact(&explanation)))
}

/// `GET conversations/{conversationId}/why-not/{contactId}`.
pub async fn why_not(call: Call) -> Result<Answer, Problem> {
    let (conversation, contact): (ConversationId, ContactId) = (call.id(0)?, call.id(1)?);
    let told = call.backend().why_not(conversation, contact).await?;
    Ok(Answer::json(told::why_not(conversation, contact, &told)))
}

/// `GET shared`: identifiers that several people use, the latest mark first.
pub async fn shared(call: Call) -> Result<Answer, Problem> {
    let marks = call.site.store().shared().await?;
    let marks = marks.iter().map(|mark| {
        json!({
            "identifier": crate::wire::identifier::to_json(&mark.identifier, None),
            "by": mark.by,
            "at": mark.at.to_string(),
        })
    });
    Ok(Answer::json(
        json!({ "entities": marks.collect::<Vec<_>>() }),
    ))
}

/// `POST shared`: marks an identifier as used by several people, or takes the mark away.
pub async fn share(call: Call) -> Result<Answer, Problem> {
    let body = call.object()?;
    let identifier = body.get("identifier").cloned().unwrap_or_default();
    let identifier = crate::wire::identifier::from_json(&identifier, &[])?;
    let command = match body.get("shared").and_then(Value::as_bool) {
        Some(true) => Command::Share { identifier },
        Some(false) => Command::Unshare { identifier },
        None => return Err(Problem::bad_value("shared", "it is true or false")),
    };
    let outcome = call.backend().run(command).await?;
    Ok(Answer::json(told::outcome(&outcome)))
}

/// `GET audit/head`: the end of the journal's chain, to be kept elsewhere.
pub async fn head(call: Call) -> Result<Answer, Problem> {
    let head = call.site.store().head().await?;
    Ok(Answer::json(
        json!({"entry": head.id, "head": head.to_string()}),
    ))
}

/// `POST not-same`: two contacts are different people.
pub async fn not_same(call: Call) -> Result<Answer, Problem> {
    let ids = super::contact::texts(&call.object()?, "contactIds")?;
    let ids: Result<Vec<ContactId>, _> = ids.iter().map(|id| id.parse()).collect();
    let [one, other] = ids?
        .try_into()
        .map_err(|_| Problem::bad_value("contactIds", "it names two contacts"))?;
    match one == other {
        true => Err(Refusal::SameContact.into()),
        false => {
            let outcome = call.backend().run(Command::NotSame { one, other }).await?;
            Ok(Answer::json(told::outcome(&outcome)))
        }
    }
}
