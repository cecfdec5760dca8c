//! `scv unlink`: a conversation leaves its contact and gets a fresh one.

use clap::Args;

use super::lookup;
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use super::whose;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::{Command, Outcome, Remark, Sharing, marked_shared};
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
        let record = lookup::record(backend.store().as_ref(), self.conversation).await?;
        let left = outcome::name_of(&backend, Some(record.link.contact)).await;
        let sharing = match self.shared {
            true => Sharing::Mark,
            false => Sharing::Leave,
        };
        let command = Command::Unlink {
            conversation: self.conversation,
            sharing,
        };
        let mut outcome = backend.run(command).await?;
        let mut sentence = format!("The conversation left {left} and is on a fresh contact");
        if output.format() == Format::Text {
            if let Some(id) = outcome.contact {
                sentence = format!("{sentence}, {id}");
            }
            match mark(&backend, &mut outcome).await {
                Some(words) => sentence = format!("{sentence}, and {words}"),
                None => {
                    if let Some(words) = whose::stays(&backend, &record.link).await? {
                        sentence = format!("{sentence}; {words}");
                    }
                }
            }
        }
        outcome::tell_conversation(output, session, &backend, &outcome, &sentence).await
    }
}

/// Which identifier was marked as shared, and whom it suggests from now on. The remark is told by that.
async fn mark(backend: &LocalBackend, outcome: &mut Outcome) -> Option<String> {
    let is_mark = |remark: &Remark| matches!(remark, Remark::MarkedShared { .. });
    let at = outcome.remarks.iter().position(is_mark)?;
    let Remark::MarkedShared {
        identifier,
        suggests,
    } = outcome.remarks.remove(at)
    else {
        return None;
    };
    let mut names = Vec::new();
    for id in suggests {
        names.push(outcome::name_of(backend, Some(id)).await);
    }
    Some(marked_shared(&identifier, &names))
}
