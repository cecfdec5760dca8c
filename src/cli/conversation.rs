//! `scv conversation show`: a conversation with its link.

use clap::{Args, Subcommand};

use super::lookup::{self, Names, Resolved};
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::conversation::ConversationId;
use crate::domain::{ConversationRecord, Permission};

#[derive(Debug, Subcommand)]
pub enum ConversationCommand {
    /// Show a conversation, who it is linked to and why
    Show(Show),
}

#[derive(Debug, Args)]
pub struct Show {
    /// Id of the conversation
    conversation: ConversationId,
}

impl ConversationCommand {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Show(one) => one.run(session, output).await,
        }
    }
}

impl Show {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ContactView)?;
        let backend = session.open_reading()?;
        let record = lookup::record(backend.store().as_ref(), self.conversation).await?;
        match output.format() {
            Format::Json => {
                output.json(&lookup::conversation_json(session, &backend, &record).await?)?
            }
            Format::Text => text(session, &backend, &record, output).await?,
        }
        Ok(Exit::Done)
    }
}

async fn text(
    session: &Session,
    backend: &LocalBackend,
    record: &ConversationRecord,
    output: &mut Output,
) -> anyhow::Result<()> {
    let store = backend.store().as_ref();
    let parts = Names::read(store).await?.parts(session, record);
    let conversation = &record.conversation;
    let linked = lookup::contact(store, record.link.contact, Resolved::Canonical).await;
    let contact = match linked {
        Ok(contact) => format!(
            "{} ({}) {}",
            lookup::called(&contact),
            contact.kind.name(),
            contact.id
        ),
        Err(_) => format!("{} is gone", record.link.contact),
    };
    let channel = format!(
        "{}, {}",
        conversation.channel.word(),
        conversation.direction.name()
    );
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let pairs = [
        ("conversation", conversation.id.to_string()),
        ("channel", channel),
        ("status", record.status().word().to_owned()),
        ("start", session.time(conversation.start)),
        (
            "end",
            conversation
                .end
                .map(|end| session.time(end))
                .unwrap_or_default(),
        ),
        ("address", text(conversation.address())),
        ("said to be", text(conversation.provided_name())),
        ("subject", text(conversation.subject())),
        ("queue", parts.queue.unwrap_or_default()),
        ("agent", parts.agent.unwrap_or_default()),
        ("wrap-up code", parts.wrapup_code.unwrap_or_default()),
        ("notes", text(record.wrapup_notes())),
        ("contact", contact),
    ];
    table::pairs(output, &pairs)?;
    for sentence in backend.why(conversation.id).await?.sentences {
        output.line(&sentence)?;
    }
    Ok(())
}
