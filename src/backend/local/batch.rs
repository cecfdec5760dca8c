//! Undoing a whole batch, newest row first: each row exactly or not at all (`design/rules.md` §7).

use super::{LocalBackend, Trouble};
use crate::domain::Permission;
use crate::domain::command::{Command, EntryId};
use crate::store::{Entry, EntryFilter, Keep};

/// Rows that are read and undone at once: memory does not grow with the batch.
const SLICE: usize = 2000;

/// How far the undo of a batch has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchUndone {
    pub undone: u64,
    /// Rows that had been undone before.
    pub before: u64,
    /// Rows that stand, because their undo was refused.
    pub stand: u64,
    /// The batch that the undos are, to take them back as a whole; nothing when none was done.
    pub batch: Option<u64>,
}

impl LocalBackend {
    /// Undoes what a batch did. After each slice `tell` hears how far it is and which rows stand, and why.
    /// What it did stays when it is stopped; the next call goes on there.
    pub async fn undo_batch(
        &self,
        batch: u64,
        mut tell: impl FnMut(&BatchUndone, &[(EntryId, Trouble)]),
    ) -> Result<BatchUndone, Trouble> {
        self.may(Permission::ImportJobAdd)?;
        let mut so_far = BatchUndone::default();
        let mut before = None;
        loop {
            let filter = EntryFilter {
                batch: Some(batch),
                before,
                limit: SLICE,
                ..EntryFilter::default()
            };
            let entries = self.store.entries(filter).await?;
            let Some(last) = entries.last() else {
                break;
            };
            before = Some(last.id);
            let stand = self.undo_rows(&entries, &mut so_far).await?;
            tell(&so_far, &stand);
        }
        match before {
            Some(_) => Ok(so_far),
            None => Err(Trouble::NotFound(format!("batch {batch}"))),
        }
    }

    /// Undoes the rows of a slice that are in force; those that stand, and why.
    async fn undo_rows(
        &self,
        entries: &[Entry],
        so_far: &mut BatchUndone,
    ) -> Result<Vec<(EntryId, Trouble)>, Trouble> {
        let in_force = |entry: &&Entry| entry.undone_by.is_none();
        let rows: Vec<EntryId> = entries
            .iter()
            .filter(in_force)
            .map(|entry| entry.id)
            .collect();
        so_far.before += (entries.len() - rows.len()) as u64;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let own = match so_far.batch {
            Some(own) => own,
            None => *so_far.batch.insert(self.store.next_batch().await?),
        };
        let commands = rows.iter().map(|entry| Command::Undo { entry: *entry });
        let results = self
            .run_all(commands.collect(), Some(own), Keep::Commit)
            .await;
        let mut stand = Vec::new();
        for (row, result) in rows.into_iter().zip(results) {
            match result {
                Ok(_) => so_far.undone += 1,
                Err(Trouble::Broken(what)) => return Err(Trouble::Broken(what)),
                Err(trouble) => stand.push((row, trouble)),
            }
        }
        so_far.stand += stand.len() as u64;
        Ok(stand)
    }
}
