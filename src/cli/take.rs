//! `scv take`, `scv reopen`: a conversation that waits, or one that has ended, is whose command it is from then on.

use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::conversation::ConversationId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Take {
    /// Id of the conversation
    conversation: ConversationId,
}

#[derive(Debug, Args)]
pub struct Reopen {
    /// Id of the conversation
    conversation: ConversationId,
}

impl Take {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let command = Command::Take {
            conversation: self.conversation,
            agent: None,
        };
        run(command, "The conversation is yours", session, output).await
    }
}

impl Reopen {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let command = Command::Reopen {
            conversation: self.conversation,
            agent: None,
        };
        run(command, "The conversation goes on", session, output).await
    }
}

async fn run(
    command: Command,
    sentence: &str,
    session: &Session,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let backend = session.open(Open::Existing)?;
    let outcome = backend.run(command).await?;
    outcome::tell_conversation(output, session, &backend, &outcome, sentence).await
}
