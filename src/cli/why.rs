//! `scv why`: why a conversation is linked to its contact, in sentences and as evidence.

use clap::Args;
use serde_json::json;

use super::lookup;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::conversation::ConversationId;

#[derive(Debug, Args)]
pub struct Why {
    /// Id of the conversation
    conversation: ConversationId,
}

impl Why {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open_reading()?;
        let explanation = backend.why(self.conversation).await?;
        if output.format() == Format::Text {
            for sentence in &explanation.sentences {
                output.line(sentence)?;
            }
            return Ok(Exit::Done);
        }
        let record = lookup::record(backend.store().as_ref(), self.conversation).await?;
        let mut shown = lookup::conversation_json(session, &backend, &record).await?;
        if let Some(members) = shown.as_object_mut() {
            members.insert("sentences".to_owned(), json!(explanation.sentences));
        }
        output.json(&shown)?;
        Ok(Exit::Done)
    }
}
