//! `scv link`: a conversation is associated with exactly one contact.

use clap::Args;

use super::asked;
use super::lookup::{self, Resolved};
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::Exit;
use super::whose;
use crate::backend::local::LocalBackend;
use crate::backend::{Backend, Trouble};
use crate::domain::command::{Claiming, Command};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::engine::suggest;
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
    /// Link although somebody marked the two as different people
    #[arg(long)]
    yes: bool,
}

impl Link {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        if !self.yes {
            self.warn(&backend, output).await?;
        }
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
        let mut sentence = format!("The conversation is linked to {name}");
        if output.format() == Format::Text {
            let store = backend.store().as_ref();
            let record = lookup::record(store, self.conversation).await?;
            let head = lookup::contact(store, self.contact, Resolved::Canonical).await?;
            if let Some(words) = whose::finds(&backend, &record.link, head.id).await? {
                sentence = format!("{sentence}; {words}");
            }
        }
        outcome::tell_conversation(output, session, &backend, &outcome, &sentence).await
    }
}

impl Link {
    /// Asks twice where somebody marked the two as different people.
    async fn warn(&self, backend: &LocalBackend, output: &mut Output) -> anyhow::Result<()> {
        let record = lookup::record(backend.store().as_ref(), self.conversation).await?;
        let now = record.link.contact;
        if !are_apart(backend, now, self.contact).await? {
            return Ok(());
        }
        let own = outcome::name_of(backend, Some(now)).await;
        let name = outcome::name_of(backend, Some(self.contact)).await;
        let what = format!(
            "the conversation is with {own}, and somebody marked {own} and {name} as different people"
        );
        asked::sure(&what, "to link all the same", output)
    }
}

/// Whether somebody marked the people of two contacts as not the same. Who is gone is nobody's other.
async fn are_apart(
    backend: &LocalBackend,
    one: ContactId,
    other: ContactId,
) -> Result<bool, Trouble> {
    let question = |facts: &Facts| -> Result<bool, Halt> {
        facts.want([FactKey::Contact(one), FactKey::Contact(other)])?;
        if facts.contact_if_any(&one)?.is_none() || facts.contact_if_any(&other)?.is_none() {
            return Ok(false);
        }
        let own = facts.canonical(one)?;
        let other = facts.canonical(other)?.id;
        Ok(suggest::told_apart(own, facts)?.contains(&other))
    };
    backend.answered(question).await
}
