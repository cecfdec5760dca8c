//! `scv why`: why a conversation is linked to its contact, or why a contact exists and holds what it holds, in
//! sentences and as evidence. Which of the two an id stands for is told by looking.
//!
//! As JSON a conversation is what `scv conversation show --json` prints, and besides `sentences`, `claims`,
//! `chain` and the members of `wire::explained::link`. A contact is
//! `{"contactId", "sentences", "made": {"entry", "at", "by", "action", "batch", "conversationId", "visitId"},
//! "rule", "identifiers": [{"identifier", "claim", "field"}], "mergedFrom": [ID], "chain",
//! "alternatives": [{"contact", "identifier"}], "expires"}`.
//!
//! `claims` is how the deciding identifier came to who held it then, the first claim first: a claim with the
//! `entry` that made it. `chain` is what became of the contact in merges, in order:
//! `[{"what", "contact", "into", "with": [ID], "fields": [{"field", "from"}], "entry", "at", "by", "action",
//! "batch"}]`, where `what` is `merged`, `merged-again`, `taken-back` or `taken-out`, `from` is whose value the
//! merge took where they differed, and what the journal no longer keeps is null.

use clap::Args;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::lookup;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::backend::view::{Claimed, ContactExplanation, Expires, Explanation, Turn};
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::contact::{ContactId, NotAnId};
use crate::domain::conversation::ConversationId;
use crate::wire::explained;

#[derive(Debug, Args)]
pub struct Why {
    /// Id of the conversation or of the contact
    #[arg(value_parser = id)]
    id: Uuid,
}

fn id(text: &str) -> Result<Uuid, NotAnId> {
    text.parse::<ContactId>().map(|id| id.0)
}

impl Why {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        match backend.why(ConversationId(self.id)).await {
            Ok(explanation) => conversation(self.id, &explanation, session, &backend, output).await,
            Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::NoConversation(_)) => {
                match backend.why_contact(ContactId(self.id)).await {
                    Ok(explanation) => contact(&explanation, output),
                    Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::NoContact(_)) => {
                        Err(
                            Trouble::NotFound(format!("conversation or contact {}", self.id))
                                .into(),
                        )
                    }
                    Err(trouble) => Err(trouble.into()),
                }
            }
            Err(trouble) => Err(trouble.into()),
        }
    }
}

async fn conversation(
    id: Uuid,
    explanation: &Explanation,
    session: &Session,
    backend: &LocalBackend,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    if output.format() == Format::Text {
        return sentences(&explanation.sentences, output);
    }
    let record = lookup::record(backend.store().as_ref(), ConversationId(id)).await?;
    let mut shown = lookup::conversation_json(session, backend, &record).await?;
    let evidence = explained::link(&explanation.reason);
    if let (Some(members), Json::Object(evidence)) = (shown.as_object_mut(), evidence) {
        members.insert("sentences".to_owned(), json!(explanation.sentences));
        let claims: Vec<Json> = explanation.claims.iter().map(claimed).collect();
        members.insert("claims".to_owned(), json!(claims));
        let chain: Vec<Json> = explanation.chain.iter().map(turn).collect();
        members.insert("chain".to_owned(), json!(chain));
        members.extend(evidence);
    }
    output.json(&shown)?;
    Ok(Exit::Done)
}

fn contact(explanation: &ContactExplanation, output: &mut Output) -> anyhow::Result<Exit> {
    if output.format() == Format::Text {
        return sentences(&explanation.sentences, output);
    }
    let made = explanation.made.as_ref().map(|made| {
        json!({
            "entry": made.entry,
            "at": made.at.to_string(),
            "by": made.by,
            "action": made.action.name(),
            "batch": made.batch,
            "conversationId": made.conversation,
            "visitId": made.visit,
        })
    });
    let rule = explanation.made.as_ref();
    let rule = rule.map(|made| explained::rule(&made.rule, made.version));
    let held = explanation.held.iter().map(|held| {
        json!({
            "identifier": explained::identifier(&held.identifier, held.typed.as_deref()),
            "claim": explained::claim(Some(&held.claim)),
            "field": held.field.map(|field| field.spec().api),
        })
    });
    let others = explanation.others.iter();
    let others = others.map(|(other, by)| explained::alternative(other.id, Some(by)));
    let merged = explanation.merged_from.iter().map(|one| one.id);
    output.json(&json!({
        "contactId": explanation.contact.id,
        "sentences": explanation.sentences,
        "made": made,
        "rule": rule,
        "identifiers": held.collect::<Vec<_>>(),
        "mergedFrom": merged.collect::<Vec<_>>(),
        "chain": explanation.chain.iter().map(turn).collect::<Vec<_>>(),
        "alternatives": others.collect::<Vec<_>>(),
        "expires": match explanation.expires {
            Some(Expires::At(at)) => Some(at.to_string()),
            // Its open conversation has to end first.
            Some(Expires::DaysAfterEnd(_)) | None => None,
        },
    }))?;
    Ok(Exit::Done)
}

fn claimed(claimed: &Claimed) -> Json {
    let mut shown = explained::claim(Some(&claimed.claim));
    if let Some(members) = shown.as_object_mut() {
        let entry = claimed.entry.as_ref().map(|done| done.entry);
        members.insert("entry".to_owned(), json!(entry));
    }
    shown
}

fn turn(turn: &Turn) -> Json {
    let with = turn.with.iter().map(|one| one.id);
    let fields = turn.taken.iter();
    let fields = fields.map(|(field, from)| json!({"field": field.spec().api, "from": from}));
    let done = turn.done.as_ref();
    json!({
        "what": turn.kind.name(),
        "contact": turn.contact.id,
        "into": turn.into.id,
        "with": with.collect::<Vec<_>>(),
        "fields": fields.collect::<Vec<_>>(),
        "entry": done.map(|done| done.entry),
        "at": done.map(|done| done.at.to_string()),
        "by": done.map(|done| done.by.as_str()),
        "action": done.map(|done| done.action.name()),
        "batch": done.and_then(|done| done.batch),
    })
}

fn sentences(sentences: &[String], output: &mut Output) -> anyhow::Result<Exit> {
    for sentence in sentences {
        output.line(sentence)?;
    }
    Ok(Exit::Done)
}
