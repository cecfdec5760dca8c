//! `scv contact edit`: single fields are set or taken away.

use std::path::PathBuf;

use clap::Args;

use super::super::flags::FieldFlags;
use super::super::outcome;
use super::super::output::Output;
use super::super::session::Session;
use super::super::trouble::{Exit, Usage};
use super::fields_of;
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct EditContact {
    /// Id of the contact
    contact: ContactId,
    /// Read members of an ExternalContact from a file, or from standard input with -; null takes away
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
    #[command(flatten)]
    fields: FieldFlags,
}

impl EditContact {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        if self.fields.is_empty() && self.from_json.is_none() {
            let what = "an edit needs a field, for example --city Cork".to_owned();
            return Err(Usage(what).into());
        }
        let backend = session.open(Open::Existing)?;
        let edits = fields_of(&backend, session, &self.fields, self.from_json.as_deref()).await?;
        let command = Command::Edit {
            contact: self.contact,
            edits,
        };
        let outcome = backend.run(command).await?;
        let name = outcome::name_of(&backend, outcome.contact).await;
        let sentence = format!("{name} was changed");
        outcome::tell_contact(output, &backend, &outcome, &sentence).await
    }
}
