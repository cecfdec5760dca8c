//! `scv merge`: contacts that are one person become one canonical contact. The Curated side is pre-chosen, as on
//! the desk; `--take` chooses otherwise.

use clap::Args;
use serde_json::{Value as Json, json};

use super::asked;
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::backend::view::{Brief, MergePreview};
use crate::domain::Field;
use crate::domain::command::{Command, Sure};
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Merge {
    /// Ids of the contacts
    #[arg(required = true, num_args = 2.., value_name = "CONTACT")]
    contacts: Vec<ContactId>,
    /// Take the value of FIELD from the contact with this ID
    #[arg(long, value_name = "FIELD=ID", value_parser = take)]
    take: Vec<(Field, ContactId)>,
    /// Only show what the merge would do
    #[arg(long)]
    preview: bool,
    /// Merge although something speaks against it
    #[arg(long)]
    yes: bool,
}

impl Merge {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let preview = backend
            .preview_merge(self.contacts.clone(), self.take.clone())
            .await?;
        self.check_takes(&preview)?;
        if self.preview {
            match output.format() {
                Format::Json => output.json(&shape(&preview))?,
                Format::Text => text(&preview, output)?,
            }
            return Ok(Exit::Done);
        }
        let warning = preview.warnings.first();
        if let Some(warning) = warning.filter(|_| !self.yes) {
            asked::sure(warning, "to merge all the same", output)?;
        }
        let command = Command::Merge {
            contacts: self.contacts.clone(),
            takes: preview.takes.clone(),
            sure: match self.yes || warning.is_some() {
                true => Sure::AskedTwice,
                false => Sure::AskedOnce,
            },
        };
        let outcome = backend.run(command).await?;
        let name = outcome::name_of(&backend, outcome.contact).await;
        let sentence = match outcome.contact {
            Some(id) => format!("{name} is one contact now, {id}"),
            None => format!("{name} is one contact now"),
        };
        outcome::tell_contact(output, &backend, &outcome, &sentence).await
    }

    /// Refuses a value of somebody who is not merged: the rules would choose another one instead.
    fn check_takes(&self, preview: &MergePreview) -> Result<(), Usage> {
        let is_side = |id: &ContactId| {
            self.contacts.contains(id) || preview.inputs.iter().any(|input| input.id == *id)
        };
        match self.take.iter().find(|(_, id)| !is_side(id)) {
            Some((field, id)) => Err(Usage(format!(
                "{id} is no side of this merge, so its {} cannot be taken; name one of the contacts that are merged",
                field.label()
            ))),
            None => Ok(()),
        }
    }
}

fn take(text: &str) -> Result<(Field, ContactId), String> {
    let (name, id) = text
        .split_once('=')
        .ok_or("write FIELD=ID, for example firstName=7c9e6679-...")?;
    let field = Field::of_name(name).ok_or_else(|| format!("{name:?} is no field of a contact"))?;
    let id = id
        .parse()
        .map_err(|error: crate::domain::contact::NotAnId| error.to_string())?;
    Ok((field, id))
}

fn text(preview: &MergePreview, output: &mut Output) -> anyhow::Result<()> {
    let named = |brief: &Brief| brief.called().to_owned();
    let inputs = preview.inputs.iter();
    let rows: Vec<Vec<String>> = inputs
        .map(|input| {
            vec![
                named(input),
                input.kind.name().to_owned(),
                input.id.to_string(),
            ]
        })
        .collect();
    table::rows(output, &["CONTACT", "TYPE", "ID"], &rows)?;
    output.line("")?;
    let names: Vec<String> = preview.inputs.iter().map(named).collect();
    let mut headings = vec!["FIELD"];
    headings.extend(names.iter().map(String::as_str));
    headings.push("RESULT");
    let rows: Vec<Vec<String>> = preview
        .lines
        .iter()
        .map(|line| {
            let mut row = vec![line.field.label().to_owned()];
            row.extend(line.sides.iter().cloned());
            row.push(line.result.clone());
            row
        })
        .collect();
    table::rows(output, &headings, &rows)?;
    output.line("")?;
    let identifiers = table::count(preview.identifiers as u64, "identifier", "identifiers");
    let notes = table::count(preview.notes as u64, "note", "notes");
    let interactions = table::count(preview.interactions as u64, "interaction", "interactions");
    let kind = preview.result_kind.name();
    output.line(&format!(
        "The result is {kind}, with {identifiers}, {notes} and {interactions}."
    ))?;
    for warning in &preview.warnings {
        output.line(&format!("Take care: {warning}"))?;
    }
    Ok(())
}

fn shape(preview: &MergePreview) -> Json {
    let inputs: Vec<Json> = preview
        .inputs
        .iter()
        .map(|input| json!({"id": input.id, "type": input.kind.name(), "name": input.name}))
        .collect();
    let taken = |index: Option<usize>| {
        index
            .and_then(|index| preview.inputs.get(index))
            .map(|input| input.id)
    };
    let fields: Vec<Json> = preview
        .lines
        .iter()
        .map(|line| {
            json!({
                "field": line.field.spec().api,
                "sides": line.sides,
                "result": line.result,
                "takenFrom": taken(line.taken),
            })
        })
        .collect();
    json!({
        "inputs": inputs,
        "resultType": preview.result_kind.name(),
        "fields": fields,
        "identifiers": preview.identifiers,
        "notes": preview.notes,
        "interactions": preview.interactions,
        "warnings": preview.warnings,
    })
}
