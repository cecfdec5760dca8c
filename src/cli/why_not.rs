//! `scv why-not`: why a conversation is not linked to a certain contact.
//!
//! As JSON `{"conversationId", "contactId", "linkedTo", "sentences", "answers": [{"code", "sentence", "identifier",
//! "claim", "at"}], "link"}`: what weighs most first; `link` is the evidence of the link that there is, as
//! `wire::explained::link` has it, and `alternatives` in it.

use clap::Args;
use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::view::{Answer, NotExplanation};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::store::sqlite::Open;
use crate::wire::explained;

#[derive(Debug, Args)]
pub struct WhyNot {
    /// Id of the conversation
    conversation: ConversationId,
    /// Id of the contact
    contact: ContactId,
}

impl WhyNot {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let why_not = backend.why_not(self.conversation, self.contact).await?;
        match output.format() {
            Format::Json => output.json(&self.json(&why_not))?,
            Format::Text => {
                for sentence in &why_not.sentences {
                    output.line(sentence)?;
                }
            }
        }
        Ok(Exit::Done)
    }

    fn json(&self, why_not: &NotExplanation) -> serde_json::Value {
        let answer = |one: &Answer| {
            let typed = why_not
                .reason
                .provided
                .iter()
                .find(|provided| Some(&provided.identifier) == one.identifier.as_ref());
            let typed = typed.map(|provided| provided.typed.as_str());
            json!({
                "code": one.code,
                "sentence": one.sentence,
                "identifier": one.identifier.as_ref().map(|id| explained::identifier(id, typed)),
                "claim": explained::claim(one.claim.as_ref()),
                "at": one.at.map(|at| at.to_string()),
            })
        };
        json!({
            "conversationId": self.conversation,
            "contactId": why_not.contact.as_ref().map_or(self.contact, |one| one.id),
            "linkedTo": why_not.linked.as_ref().map(|one| one.id),
            "sentences": why_not.sentences,
            "answers": why_not.answers.iter().map(answer).collect::<Vec<_>>(),
            "link": explained::link(&why_not.reason),
        })
    }
}
