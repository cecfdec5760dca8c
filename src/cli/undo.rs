//! `scv undo`: takes an action back, a merge to which things came since, or a whole import.

mod batch;
mod unmerge;

use anyhow::anyhow;
use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::{Exit, sentence_of};
use crate::backend::local::LocalBackend;
use crate::backend::view::HistoryLine;
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct Undo {
    /// Number of the journal entry [default: the last action of the agent]
    #[arg(conflicts_with = "batch")]
    entry: Option<EntryId>,
    /// Only show what the undo would do and what stands then; of a merge what came since, and where it goes
    #[arg(long)]
    preview: bool,
    /// Give what came since a merge to the contact with this ID; items are named as the preview names them
    #[arg(long, value_name = "ITEM=ID", value_parser = unmerge::assignment)]
    assign: Vec<(String, ContactId)>,
    /// Take a merge back with everything where the preview says, or a whole import, without being asked
    #[arg(long)]
    yes: bool,
    /// Undo a whole import instead, its last row first; what cannot be undone stands and is named
    #[arg(long, value_name = "N", conflicts_with = "assign")]
    batch: Option<u64>,
}

impl Undo {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        match self.batch {
            Some(batch) => {
                let asked = match (self.preview, self.yes) {
                    (true, _) => batch::Asked::Preview,
                    (false, true) => batch::Asked::Sure,
                    (false, false) => batch::Asked::Unsure,
                };
                batch::undo(batch, asked, session, output).await
            }
            None => self.undo_one(session, output).await,
        }
    }

    async fn undo_one(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let last = match self.entry {
            Some(_) => None,
            None => backend.last_undoable().await?,
        };
        let entry = self.entry.or(last.as_ref().map(|line| line.id));
        let entry = entry
            .ok_or_else(|| anyhow!("{} has done nothing that can be undone", session.actor.name))?;
        if self.preview {
            return self.show(&backend, entry, session, output).await;
        }
        let what = undone(&backend, entry).await;
        let outcome = match self.assign.is_empty() {
            true => backend.run(Command::Undo { entry }).await,
            false => Err(Refusal::ToAssign { entry, items: 0 }.into()),
        };
        let outcome = match outcome {
            Err(Trouble::Refused(refusal)) if matches!(*refusal, Refusal::ToAssign { .. }) => {
                self.unmerge(&backend, entry, output).await?
            }
            Err(trouble @ Trouble::Refused(_)) => {
                return Err(match last {
                    Some(tried) => refused(&backend, &tried, trouble).await?,
                    None => trouble.into(),
                });
            }
            outcome => outcome?,
        };
        outcome::tell(output, &backend, &outcome, &what).await
    }
}

/// The refusal of an undo that named no entry: which one was tried, and that a merge which was taken back since
/// can be done again.
async fn refused(
    backend: &LocalBackend,
    tried: &HistoryLine,
    trouble: Trouble,
) -> anyhow::Result<anyhow::Error> {
    let HistoryLine { id, sentence, .. } = tried;
    let why = sentence_of(&trouble);
    let why = match why.strip_prefix(&format!("entry {id} ")) {
        Some(rest) => format!("it {rest}"),
        None => why,
    };
    let again = match backend.last_unmerge(*id).await? {
        Some(unmerge) => format!(
            "; you took a merge back in entry {unmerge}, and `scv undo {unmerge}` does the merge again"
        ),
        None => String::new(),
    };
    Ok(anyhow!(
        "your last action that stands is entry {id}, {sentence}: {why}{again}"
    ))
}

/// What an undo of the entry takes back, with the names of people; whether it may be is not asked here.
async fn undone(backend: &LocalBackend, entry: EntryId) -> String {
    match backend.history_line(entry).await {
        Ok(Some(line)) => {
            let who = match line.actor == backend.actor().0 {
                true => "you",
                false => &line.actor,
            };
            format!("Entry {entry} was undone: {who} {}", line.sentence)
        }
        Ok(None) | Err(_) => format!("Entry {entry} was undone"),
    }
}
