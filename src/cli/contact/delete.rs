//! `scv contact delete`: asks for `--yes`, naming the person and what goes.

use clap::Args;

use super::super::asked;
use super::super::lookup::{self, Resolved};
use super::super::outcome;
use super::super::output::Output;
use super::super::session::Session;
use super::super::table;
use super::super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::Permission;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Delete {
    /// Id of the contact
    contact: ContactId,
    /// Delete it; without this only what would go is said
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ContactDelete)?;
        let backend = session.open(Open::Existing)?;
        let contact = lookup::asked(&backend, self.contact, Resolved::Canonical).await?;
        let name = backend.called(&contact).await?;
        if !self.yes {
            let profile = backend.profile(contact.id).await?;
            let merged = profile.ancestors.len() as u64;
            let with = match merged {
                0 => String::new(),
                _ => format!(
                    ", {}",
                    table::count(merged, "merged contact", "merged contacts")
                ),
            };
            let identifiers =
                table::count(profile.claims.len() as u64, "identifier", "identifiers");
            let notes = table::count(profile.notes.len() as u64, "note", "notes");
            let goes = format!("deleting {name} takes {identifiers}, {notes}{with}");
            asked::sure(&goes, "to delete", output)?;
        }
        let command = Command::Delete {
            contact: self.contact,
        };
        let outcome = backend.run(command).await?;
        outcome::tell(output, &backend, &outcome, &format!("{name} was deleted")).await
    }
}
