//! `scv unlink`: a conversation leaves its contact and gets a fresh one.

use clap::Args;

use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::{Command, Remark, Sharing, marked_shared};
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
        let mut outcome = backend.run(command).await?;
        let mut sentence = "The conversation is on a fresh contact".to_owned();
        if output.format() == Format::Text {
            for remark in std::mem::take(&mut outcome.remarks) {
                match mark(&backend, &remark).await {
                    Some(words) => sentence = format!("{sentence}, and {words}"),
                    None => outcome.remarks.push(remark),
                }
            }
        }
        outcome::tell_conversation(output, session, &backend, &outcome, &sentence).await
    }
}

/// Which identifier was marked as shared, and whom it suggests from now on.
async fn mark(backend: &LocalBackend, remark: &Remark) -> Option<String> {
    let Remark::MarkedShared {
        identifier,
        suggests,
    } = remark
    else {
        return None;
    };
    let mut names = Vec::new();
    for id in suggests {
        names.push(outcome::name_of(backend, Some(*id)).await);
    }
    Some(marked_shared(identifier, &names))
}
