//! `scv link`: a conversation is associated with exactly one contact.

use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::command::{Claiming, Command};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Link {
    /// Id of the conversation
    conversation: ConversationId,
    /// Id of the contact
    contact: ContactId,
    /// From now on the number or address of the conversation is this contact's
    #[arg(long)]
    claim: bool,
}

impl Link {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let claiming = match self.claim {
            true => Claiming::Move,
            false => Claiming::Leave,
        };
        let command = Command::Link {
            conversation: self.conversation,
            contact: self.contact,
            claiming,
        };
        let outcome = backend.run(command).await?;
        let name = outcome::name_of(&backend, Some(self.contact)).await;
        let sentence = format!("The conversation is linked to {name}");
        outcome::tell_conversation(output, session, &backend, &outcome, &sentence).await
    }
}
