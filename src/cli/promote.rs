//! `scv promote`: an auto-made contact is added to the contacts.

use std::path::PathBuf;

use clap::Args;

use super::contact::{fields_of, tell_unread, values_of};
use super::flags::FieldFlags;
use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Promote {
    /// Id of the contact
    contact: ContactId,
    /// Read the fields as an ExternalContact from a file, or from standard input with -
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
    #[command(flatten)]
    fields: FieldFlags,
}

impl Promote {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let edits = fields_of(&backend, session, &self.fields, self.from_json.as_deref()).await?;
        let values = values_of(&edits);
        let command = Command::Promote {
            contact: self.contact,
            edits,
        };
        let outcome = backend.run(command).await?;
        tell_unread(&values, session, output);
        let name = outcome::name_of(&backend, outcome.contact).await;
        let sentence = format!("{name} is a kept contact");
        outcome::tell_contact(output, &backend, &outcome, &sentence).await
    }
}
