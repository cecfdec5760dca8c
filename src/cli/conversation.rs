//! `scv conversation show`: a conversation with its link.

use clap::{Args, Subcommand};

use super::at::{self, At};
use super::lookup::{self, Names, Resolved};
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::backend::view::Whose;
use crate::backend::{Backend, Trouble};
use crate::domain::conversation::ConversationId;
use crate::domain::{Contact, ConversationRecord, Moment, Permission, Refusal};

#[derive(Debug, Subcommand)]
pub enum ConversationCommand {
    /// Show a conversation, who it is linked to and why
    Show(Show),
}

#[derive(Debug, Args)]
pub struct Show {
    /// Id of the conversation
    conversation: ConversationId,
    #[command(flatten)]
    at: At,
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
        if let Some(at) = self.at.moment(session)? {
            return self.stood(&backend, at, session, output).await;
        }
        let record = lookup::record(backend.store().as_ref(), self.conversation).await?;
        match output.format() {
            Format::Json => {
                output.json(&lookup::conversation_json(session, &backend, &record).await?)?
            }
            Format::Text => {
                let linked = lookup::contact(
                    backend.store().as_ref(),
                    record.link.contact,
                    Resolved::Canonical,
                );
                let linked = linked.await.ok();
                text(session, &backend, &record, linked.as_ref(), output).await?;
                for sentence in backend.why(record.conversation.id).await?.sentences {
                    output.line(&sentence)?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// The conversation as it stood, in the same shape.
    async fn stood(
        &self,
        backend: &LocalBackend,
        at: Moment,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Exit> {
        let past = backend
            .past(Whose::Conversation(self.conversation), at)
            .await?;
        let record = past.record.as_ref();
        let record = record.ok_or(Trouble::from(Refusal::NoConversation(self.conversation)))?;
        let contact = past.profile.contact.as_ref();
        match output.format() {
            Format::Json => {
                let canonical = contact.map_or(record.link.contact, |contact| contact.id);
                let mut shown = lookup::record_json(session, backend, record, canonical).await?;
                if let Some(members) = shown.as_object_mut() {
                    members.insert("asOf".to_owned(), past.at.to_string().into());
                }
                output.json(&shown)?;
            }
            Format::Text => {
                at::banner(&past, session, output)?;
                text(session, backend, record, contact, output).await?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn text(
    session: &Session,
    backend: &LocalBackend,
    record: &ConversationRecord,
    linked: Option<&Contact>,
    output: &mut Output,
) -> anyhow::Result<()> {
    let store = backend.store().as_ref();
    let parts = Names::read(store).await?.parts(session, record);
    let conversation = &record.conversation;
    let contact = match linked {
        Some(contact) => format!(
            "{} ({}) {}",
            lookup::called(contact),
            contact.kind.name(),
            contact.id
        ),
        None => format!("{} is gone", record.link.contact),
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
    Ok(table::pairs(output, &pairs)?)
}
