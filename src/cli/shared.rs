//! `scv shared`: identifiers that several people use. A marked one suggests contacts and never links by itself
//! (`design/rules.md` §3).

use clap::{Args, Subcommand};
use serde_json::{Value as Json, json};

use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::backend::local::LocalBackend;
use crate::backend::{Backend, Trouble};
use crate::domain::command::Command;
use crate::domain::contact::Contact;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::reason::SharedMark;
use crate::domain::{Identifier, IdentifierType, Permission, phone};
use crate::engine::shared;
use crate::store::sqlite::Open;

#[derive(Debug, Subcommand)]
pub enum Shared {
    /// Mark a number or address that several people use
    Mark(Named),
    /// Take the mark off: the value is offered to who would have it
    Unmark(Named),
    /// List what is marked, and who uses it
    List,
}

#[derive(Debug, Args)]
pub struct Named {
    /// The number, address or id; a number covers its calls, messages and WhatsApp
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Phone, Email, ExternalId and the other types of the API [default: Email with an @, else Phone]
    #[arg(long = "type", value_name = "TYPE", value_parser = super::identifier::kind)]
    kind: Option<IdentifierType>,
    /// The system of an ExternalId [default: CRM]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// A mark with everybody whose fields carry the value.
struct Marked {
    mark: SharedMark,
    users: Vec<(Contact, String)>,
}

impl Shared {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Mark(named) => {
                let backend = session.open(Open::Existing)?;
                let identifier = named.identifier(&backend, session, output).await?;
                let command = Command::Share {
                    identifier: identifier.clone(),
                };
                let outcome = backend.run(command).await?;
                let users = users(&backend, &shared::key(&identifier)).await?;
                let sentence = match users.as_slice() {
                    [] => {
                        format!("{identifier} is marked as shared; it links nobody by itself now")
                    }
                    users => format!(
                        "{identifier} is marked as shared; it suggests {} and links nobody by itself now",
                        names(users)
                    ),
                };
                outcome::tell(output, &backend, &outcome, &sentence).await
            }
            Self::Unmark(named) => {
                let backend = session.open(Open::Existing)?;
                let identifier = named.identifier(&backend, session, output).await?;
                let command = Command::Unshare {
                    identifier: identifier.clone(),
                };
                let outcome = backend.run(command).await?;
                let sentence = format!("{identifier} is no longer marked as shared");
                outcome::tell(output, &backend, &outcome, &sentence).await
            }
            Self::List => list(session, output).await,
        }
    }
}

impl Named {
    /// What is named. A number without a country code is read with the region of the configuration; where there
    /// is none, it is the one stored number that it may be.
    async fn identifier(
        &self,
        backend: &LocalBackend,
        session: &Session,
        output: &mut Output,
    ) -> anyhow::Result<Identifier> {
        let kind = self.kind.unwrap_or(match self.value.contains('@') {
            true => IdentifierType::Email,
            false => IdentifierType::Phone,
        });
        let source = self.source.as_deref().unwrap_or(&session.settings.source);
        let region = session.settings.region.as_deref();
        let read = Identifier::read(kind, &self.value, Some(source), region);
        let unread = match read {
            Ok(identifier) => return Ok(identifier),
            Err(error) => error.to_string(),
        };
        let is_national = kind == IdentifierType::Phone && region.is_none();
        let stored = match is_national {
            true => stored(backend, &self.value).await?,
            false => Vec::new(),
        };
        match stored.as_slice() {
            [] => Err(Usage(unread).into()),
            [one] => {
                output.say(&format!(
                    "{} is taken as {}, the one stored number that it may be",
                    self.value.trim(),
                    one.shown()
                ));
                Ok(one.clone())
            }
            several => {
                let shown: Vec<String> = several.iter().map(Identifier::shown).collect();
                Err(Usage(format!(
                    "{} may be {}; write the one that is meant",
                    self.value.trim(),
                    shown.join(" or ")
                ))
                .into())
            }
        }
    }
}

/// The numbers that one without a country code may be, and that somebody claims or carries or that are marked.
async fn stored(backend: &LocalBackend, typed: &str) -> Result<Vec<Identifier>, Trouble> {
    let numbers: Vec<Identifier> = phone::readings(typed)
        .into_iter()
        .map(|value| Identifier {
            kind: IdentifierType::Phone,
            value,
            source: None,
        })
        .collect();
    let is_stored = |number: &Identifier, facts: &Facts| -> Result<bool, Halt> {
        for covered in shared::covered(number) {
            if facts.claim(&covered)?.is_some() || !facts.carriers(&covered)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(facts.shared(number)?.is_some())
    };
    let question = |facts: &Facts| -> Result<Vec<Identifier>, Halt> {
        let keys = numbers.iter().flat_map(|number| {
            let claims = shared::covered(number).into_iter().map(FactKey::Claim);
            let carriers = shared::covered(number).into_iter().map(FactKey::Carriers);
            claims
                .chain(carriers)
                .chain([FactKey::Shared(number.clone())])
                .collect::<Vec<_>>()
        });
        facts.want(keys)?;
        let mut found = Vec::new();
        for number in &numbers {
            if is_stored(number, facts)? {
                found.push(number.clone());
            }
        }
        Ok(found)
    };
    backend.answered(question).await
}

async fn list(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::ContactView)?;
    let backend = session.open(Open::Existing)?;
    let mut marked = Vec::new();
    for mark in backend.store().shared().await? {
        let users = users(&backend, &mark.identifier).await?;
        marked.push(Marked { mark, users });
    }
    if output.format() == Format::Json {
        let shapes: Vec<Json> = marked.iter().map(shape).collect();
        output.json(&json!(shapes))?;
        return Ok(Exit::Done);
    }
    if marked.is_empty() {
        output
            .say("Nothing is marked as shared; `scv shared mark VALUE` marks a number or address");
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = marked
        .iter()
        .map(|one| {
            vec![
                one.mark.identifier.shown(),
                one.mark.by.clone(),
                session.time(one.mark.at),
                match one.users.as_slice() {
                    [] => "nobody".to_owned(),
                    users => names(users),
                },
            ]
        })
        .collect();
    table::told(
        output,
        &["IDENTIFIER", "MARKED BY", "SINCE", "USED BY"],
        &rows,
    )?;
    Ok(Exit::Done)
}

/// Everybody whose fields carry what a mark covers, with what they are called, oldest first.
async fn users(backend: &LocalBackend, key: &Identifier) -> anyhow::Result<Vec<(Contact, String)>> {
    let store = backend.store();
    let covered = shared::covered(key);
    let keys = covered.iter().cloned().map(FactKey::Carriers).collect();
    let facts = store.load(keys, Facts::default()).await?;
    let mut ids = Vec::new();
    for identifier in &covered {
        if let Ok(carriers) = facts.carriers(identifier) {
            ids.extend(
                carriers
                    .iter()
                    .copied()
                    .filter(|id| !ids.contains(id))
                    .collect::<Vec<_>>(),
            );
        }
    }
    let mut users = store.contacts(ids).await?;
    users.sort_by_key(|contact| (contact.created, contact.id));
    let mut named = Vec::with_capacity(users.len());
    for contact in users {
        let name = backend.called(&contact).await?;
        named.push((contact, name));
    }
    Ok(named)
}

fn names(users: &[(Contact, String)]) -> String {
    let names: Vec<&str> = users.iter().map(|(_, name)| name.as_str()).collect();
    table::joined(&names)
}

fn shape(one: &Marked) -> Json {
    let user = |(contact, _): &(Contact, String)| json!({"id": contact.id, "name": contact.fields.full_name()});
    json!({
        "type": one.mark.identifier.kind.name(),
        "value": one.mark.identifier.value,
        "markedBy": one.mark.by,
        "at": one.mark.at.to_string(),
        "usedBy": one.users.iter().map(user).collect::<Vec<_>>(),
    })
}
