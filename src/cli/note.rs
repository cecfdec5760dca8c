//! `scv note`: notes on contacts.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::given;
use super::outcome;
use super::output::{Format, Output};
use super::session::Session;
use super::trouble::{Exit, Usage};
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;
use crate::wire;

#[derive(Debug, Subcommand)]
pub enum Note {
    /// Write a note on a contact
    Add(Add),
}

#[derive(Debug, Args)]
pub struct Add {
    /// Id of the contact
    contact: ContactId,
    /// The note; - reads it from standard input
    #[arg(
        required_unless_present = "from_json",
        conflicts_with = "from_json",
        allow_hyphen_values = true
    )]
    text: Option<String>,
    /// Read {"noteText": ...} from a file, or from standard input with -
    #[arg(long, value_name = "FILE")]
    from_json: Option<PathBuf>,
}

impl Note {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self {
            Self::Add(one) => one.run(session, output).await,
        }
    }
}

impl Add {
    async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let text = self.note()?;
        let backend = session.open(Open::Existing)?;
        let command = Command::AddNote {
            contact: self.contact,
            text: text.clone(),
        };
        let outcome = backend.run(command).await?;
        if output.format() == Format::Json {
            let on = outcome.contact.unwrap_or(self.contact);
            let notes = backend.store().notes(vec![on]).await?;
            let written = notes.iter().filter(|note| note.text == text.trim());
            if let Some(note) = written.max_by_key(|note| note.created) {
                output.json(&wire::note::to_json(note))?;
                return Ok(Exit::Done);
            }
        }
        let name = outcome::name_of(&backend, outcome.contact).await;
        outcome::tell(
            output,
            &backend,
            &outcome,
            &format!("The note is on {name}"),
        )
        .await
    }

    fn note(&self) -> anyhow::Result<String> {
        match (&self.from_json, self.text.as_deref()) {
            (Some(path), _) => {
                let text = wire::note::text_from_json(&given::json(path)?);
                text.map_err(|problems| anyhow!("{}: {problems}", given::shown(path)))
            }
            (None, Some("-")) => given::text("-".as_ref()),
            (None, Some(text)) => Ok(text.to_owned()),
            (None, None) => Err(Usage("a note needs a text".to_owned()).into()),
        }
    }
}
