//! `scv contact`: find, show, add, edit, delete. Owns how options and JSON become fields.

mod add;
mod delete;
mod edit;
mod search;
mod show;

use std::path::Path;

use clap::Subcommand;

use super::flags::FieldFlags;
use super::given;
use super::output::Output;
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::domain::command::Edit;
use crate::domain::contact::OrganizationId;
use crate::domain::{Field, Value};

#[derive(Debug, Subcommand)]
pub enum Contact {
    /// Find contacts by name, organization, e-mail, phone or external id
    Search(search::Search),
    /// Show a contact
    Show(show::Show),
    /// Add a contact
    Add(add::Add),
    /// Change fields of a contact
    Edit(edit::EditContact),
    /// Delete a contact and everyone merged into it
    Delete(delete::Delete),
}

impl Contact {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Search(one) => one.run(session, output).await,
            Self::Show(one) => one.run(session, output).await,
            Self::Add(one) => one.run(session, output).await,
            Self::Edit(one) => one.run(session, output).await,
            Self::Delete(one) => one.run(session, output).await,
        }
    }
}

/// The edits that options and a JSON body ask for; an option stands above the body.
pub async fn fields_of(
    backend: &LocalBackend,
    session: &Session,
    flags: &FieldFlags,
    from_json: Option<&Path>,
) -> anyhow::Result<Vec<Edit>> {
    let region = session.settings.region.as_deref();
    let mut edits = match from_json {
        Some(path) => {
            let (json, body) = given::contact(path, region)?;
            let mut edits = given::edits(&json, &body.fields)?;
            if let Some(name) = &body.organization_name {
                edits.push(organization_edit(backend, name).await?);
            }
            edits
        }
        None => Vec::new(),
    };
    let typed = flags.values(region)?;
    let mut typed: Vec<Edit> = typed
        .into_iter()
        .map(|(field, value)| given::edit(field, value))
        .collect();
    if let Some(name) = flags.organization() {
        typed.push(organization_edit(backend, name).await?);
    }
    edits.retain(|edit| typed.iter().all(|other| other.field != edit.field));
    edits.extend(typed);
    Ok(edits)
}

async fn organization_edit(backend: &LocalBackend, name: &str) -> anyhow::Result<Edit> {
    let id = organization(backend, name).await?;
    Ok(given::edit(
        Field::Organization,
        id.map(Value::Organization),
    ))
}

/// The organization with this name or id; none for an empty name.
pub async fn organization(
    backend: &LocalBackend,
    name: &str,
) -> anyhow::Result<Option<OrganizationId>> {
    let name = name.trim();
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(id) = backend.organization_named(name.to_owned()).await? {
        return Ok(Some(id));
    }
    let known = match name.parse::<OrganizationId>() {
        Ok(id) => backend
            .store()
            .organizations(vec![id])
            .await?
            .into_iter()
            .next(),
        Err(_) => None,
    };
    match known {
        Some(organization) => Ok(Some(organization.id)),
        None => Err(Usage(format!(
            "no organization is named {name:?}; an import with a Company column makes it"
        ))
        .into()),
    }
}

/// Says which numbers did not parse: they are kept as typed, claim nothing and are not searchable
/// (`design/rules.md` §3).
pub fn tell_unread(values: &[(Field, Option<Value>)], session: &Session, output: &mut Output) {
    let own = values.iter().find_map(|(field, value)| match value {
        Some(Value::Text(code)) if *field == Field::CountryCode => Some(code.as_str()),
        _ => None,
    });
    let region = own.or(session.settings.region.as_deref());
    for (field, value) in values {
        if let Some(Value::Phone(phone)) = value
            && let Some(unread) = phone.unread(region)
        {
            let (label, typed) = (field.label(), &phone.typed);
            output.say(&format!("The {label} {typed:?} {}", unread.advice()));
        }
    }
}

/// What edits put into fields.
pub fn values_of(edits: &[Edit]) -> Vec<(Field, Option<Value>)> {
    let values = edits.iter().map(|edit| (edit.field, edit.after.clone()));
    values.collect()
}
