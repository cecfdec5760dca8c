//! `scv contact add`: a new contact, kept from the start.

use std::path::PathBuf;

use clap::Args;

use super::super::flags::FieldFlags;
use super::super::given;
use super::super::outcome;
use super::super::output::Output;
use super::super::session::Session;
use super::super::trouble::{Exit, Usage};
use super::tell_unread;
use crate::backend::Backend;
use crate::domain::Fields;
use crate::domain::command::Command;
use crate::domain::contact::ExternalId;
use crate::domain::conversation::ConversationId;
use crate::domain::field::FIELDS;
use crate::store::sqlite::Open;

const NO_FIELD: &str = "a contact needs a field, for example --first-name";

#[derive(Debug, Args)]
pub struct Add {
    /// Read the contact as an ExternalContact from a file, or from standard input with -
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
    /// Link this conversation to the new contact
    #[arg(long, value_name = "CONVERSATION")]
    link: Option<ConversationId>,
    /// An id of the contact in another system
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    external_id: Vec<String>,
    /// The system of the external ids [default: CRM]
    #[arg(long, value_name = "NAME", requires = "external_id")]
    source: Option<String>,
    #[command(flatten)]
    fields: FieldFlags,
}

impl Add {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        // What is wrong with the values is told before a store is made for them.
        let (mut fields, organization) = self.read(session)?;
        let backend = session.open(Open::Create)?;
        if let Some(name) = organization {
            fields.organization = super::organization(&backend, &name).await?;
        }
        let fields = Box::new(fields);
        let values = FIELDS.map(|spec| (spec.field, fields.get(spec.field)));
        let command = Command::Create {
            fields,
            link: self.link,
        };
        let outcome = backend.run(command).await?;
        tell_unread(&values, session, output);
        let name = outcome::name_of(&backend, outcome.contact).await;
        let sentence = match outcome.contact {
            Some(id) => format!("{name} is a new contact, {id}"),
            None => format!("{name} is a new contact"),
        };
        outcome::tell_contact(output, &backend, &outcome, &sentence).await
    }

    /// The fields that were given, and the name of the organization among them.
    fn read(&self, session: &Session) -> anyhow::Result<(Fields, Option<String>)> {
        let region = session.settings.region.as_deref();
        let (mut fields, mut organization) = (Fields::default(), None);
        if let Some(path) = &self.from_json {
            let (_, body) = given::contact(path, region)?;
            (fields, organization) = (body.fields, body.organization_name);
        }
        for (field, value) in self.fields.values(region)? {
            fields.set(field, value);
        }
        if let Some(name) = self.fields.organization() {
            organization = Some(name.to_owned());
        }
        let source = self.source.as_ref().unwrap_or(&session.settings.source);
        for value in &self.external_id {
            fields.external_ids.push(ExternalId {
                source: source.clone(),
                value: value.trim().to_owned(),
            });
        }
        match fields == Fields::default() && organization.is_none() {
            true => Err(Usage(NO_FIELD.to_owned()).into()),
            false => Ok((fields, organization)),
        }
    }
}
