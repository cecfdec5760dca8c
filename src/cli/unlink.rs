//! `scv unlink`: a conversation leaves its contact and gets a fresh one.

use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::command::{Command, Sharing};
use crate::domain::conversation::ConversationId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Unlink {
    /// Id of the conversation
    conversation: ConversationId,
    /// Mark its number or address as shared: from now on it suggests and never links
    #[arg(long)]
    shared: bool,
}

impl Unlink {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let sharing = match self.shared {
            true => Sharing::Mark,
            false => Sharing::Leave,
        };
        let command = Command::Unlink {
            conversation: self.conversation,
            sharing,
        };
        let outcome = backend.run(command).await?;
        let sentence = "The conversation is on a fresh contact";
        outcome::tell_conversation(output, session, &backend, &outcome, sentence).await
    }
}
