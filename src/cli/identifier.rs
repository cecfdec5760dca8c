//! `scv identifier`: what identifies a contact.

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::lookup::{self, Resolved};
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::backend::{Backend, Trouble};
use crate::domain::command::{Command, Outcome};
use crate::domain::contact::ContactId;
use crate::domain::{Identifier, IdentifierType, Permission, Refusal};
use crate::store::sqlite::Open;
use crate::wire;

#[derive(Debug, Subcommand)]
pub enum IdentifierCommand {
    /// Claim an identifier for a contact
    Claim(Named),
    /// Release an identifier of a contact
    Release(Named),
    /// List the identifiers of a contact
    List(List),
}

#[derive(Debug, Args)]
pub struct Named {
    /// Id of the contact
    contact: ContactId,
    /// Phone, Email, ExternalId, Cookie, SocialWhatsapp and the other types of the API
    #[arg(value_name = "TYPE", value_parser = kind)]
    kind: IdentifierType,
    /// The number, address or id
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// The system of an ExternalId [default: CRM]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

#[derive(Debug, Args)]
pub struct List {
    /// Id of the contact
    contact: ContactId,
}

impl IdentifierCommand {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Claim(named) => {
                let identifier = named.identifier(session)?;
                let contact = named.contact;
                let command = Command::Claim {
                    contact,
                    identifier: identifier.clone(),
                };
                act(session, output, command, &identifier, "now identifies").await
            }
            Self::Release(named) => {
                let identifier = named.identifier(session)?;
                let contact = named.contact;
                let command = Command::Release {
                    contact,
                    identifier: identifier.clone(),
                };
                act(
                    session,
                    output,
                    command,
                    &identifier,
                    "no longer identifies",
                )
                .await
            }
            Self::List(list) => list.run(session, output).await,
        }
    }
}

impl Named {
    fn identifier(&self, session: &Session) -> Result<Identifier, Usage> {
        let source = self.source.as_deref().unwrap_or(&session.settings.source);
        let region = session.settings.region.as_deref();
        let read = Identifier::read(self.kind, &self.value, Some(source), region);
        read.map_err(|error| Usage(error.to_string()))
    }
}

async fn act(
    session: &Session,
    output: &mut Output,
    command: Command,
    identifier: &Identifier,
    verb: &str,
) -> anyhow::Result<Exit> {
    let backend = session.open(Open::Existing)?;
    let outcome: Outcome = match backend.run(command).await {
        Ok(outcome) => outcome,
        Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::Held { .. }) => {
            let named = outcome::with_names(&backend, &refusal.to_string()).await;
            return Err(anyhow!("{named}"));
        }
        Err(trouble) => return Err(trouble.into()),
    };
    if output.format() == Format::Json {
        let claims = match outcome.contact {
            Some(id) => backend.store().claims(vec![id]).await?,
            None => Vec::new(),
        };
        let claim = claims
            .iter()
            .find(|(held, _)| held == identifier)
            .map(|(_, claim)| claim);
        output.json(&wire::identifier::to_json(identifier, claim))?;
        return Ok(Exit::Done);
    }
    let name = outcome::name_of(&backend, outcome.contact).await;
    outcome::tell(
        output,
        &backend,
        &outcome,
        &format!("{identifier} {verb} {name}"),
    )
    .await
}

impl List {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        session.need(Permission::ContactView)?;
        let backend = session.open_reading()?;
        let store = backend.store().as_ref();
        let contact = lookup::asked(&backend, self.contact, Resolved::Canonical).await?;
        let claims = store.claims(vec![contact.id]).await?;
        if output.format() == Format::Json {
            output.json(&wire::identifier::listing(&claims))?;
            return Ok(Exit::Done);
        }
        if claims.is_empty() {
            output.say("Nothing identifies the contact");
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<String>> = claims
            .iter()
            .map(|(identifier, claim)| {
                vec![
                    identifier.kind.name().to_owned(),
                    identifier.shown(),
                    identifier.source.clone().unwrap_or_default(),
                    session.time(claim.at),
                ]
            })
            .collect();
        table::rows(output, &["TYPE", "VALUE", "SOURCE", "SINCE"], &rows)?;
        Ok(Exit::Done)
    }
}

pub fn kind(word: &str) -> Result<IdentifierType, String> {
    IdentifierType::of_name(word).ok_or_else(|| {
        let known: Vec<&str> = IdentifierType::ALL.iter().map(|kind| kind.name()).collect();
        format!("types are {}", known.join(", "))
    })
}
