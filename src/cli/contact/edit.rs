//! `scv contact edit`: single fields are set or taken away.

use std::path::PathBuf;

use clap::Args;

use super::super::flags::FieldFlags;
use super::super::given;
use super::super::lookup::{self, Resolved};
use super::super::outcome;
use super::super::output::Output;
use super::super::session::Session;
use super::super::trouble::{Exit, Usage};
use super::{fields_of, tell_unread, values_of};
use crate::backend::Backend;
use crate::domain::command::{Command, Edit};
use crate::domain::contact::ContactId;
use crate::domain::{Field, Value};
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct EditContact {
    /// Id of the contact
    contact: ContactId,
    /// Read members of an ExternalContact from a file, or from standard input with -; null takes away
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
    /// External ids from now on, with their sources: CRM-20418 (CRM), 7 (Shop)
    #[arg(long, value_name = "LIST")]
    external_ids: Option<String>,
    /// Apple ids from now on
    #[arg(long, value_name = "LIST")]
    apple_ids: Option<String>,
    #[command(flatten)]
    fields: FieldFlags,
}

impl EditContact {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let lists = self.lists()?;
        if self.fields.is_empty() && self.from_json.is_none() && lists.is_empty() {
            let what = "an edit needs a field, for example --city Cork".to_owned();
            return Err(Usage(what).into());
        }
        let backend = session.open(Open::Existing)?;
        let mut edits =
            fields_of(&backend, session, &self.fields, self.from_json.as_deref()).await?;
        edits.extend(lists);
        let values = values_of(&edits);
        let command = Command::Edit {
            contact: self.contact,
            edits,
        };
        let store = backend.store().as_ref();
        let was_kept = match lookup::contact(store, self.contact, Resolved::Canonical).await {
            Ok(contact) => contact.is_curated(),
            // The edit is refused then, and says why.
            Err(_) => true,
        };
        let outcome = backend.run(command).await?;
        tell_unread(&values, session, output);
        let name = outcome::name_of(&backend, outcome.contact).await;
        let is_kept = match outcome.contact {
            Some(id) => lookup::contact(store, id, Resolved::Canonical)
                .await?
                .is_curated(),
            None => was_kept,
        };
        let sentence = match is_kept && !was_kept {
            true => format!("{name} was changed and is kept from now on"),
            false => format!("{name} was changed"),
        };
        outcome::tell_contact(output, &backend, &outcome, &sentence).await
    }

    /// The lists that are replaced; an empty one takes all away.
    fn lists(&self) -> anyhow::Result<Vec<Edit>> {
        let lists = [
            (Field::ExternalIds, &self.external_ids),
            (Field::AppleIds, &self.apple_ids),
        ];
        let given = lists.into_iter().filter_map(|(field, list)| {
            let read = Value::read(field, list.as_deref()?, None);
            Some(read.map(|value| given::edit(field, value)))
        });
        given
            .collect::<Result<_, _>>()
            .map_err(|bad| Usage(bad.to_string()).into())
    }
}
