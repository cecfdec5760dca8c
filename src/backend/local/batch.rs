//! Undoing a whole batch, newest row first: each row exactly or not at all (`design/rules.md` §7).

use super::{LocalBackend, Trouble};
use crate::domain::command::{Action, Command, EntryId, Outcome};
use crate::domain::{Moment, Permission};
use crate::store::{Entry, EntryFilter, Keep};

/// Rows that are read and undone at once: memory does not grow with the batch.
const SLICE: usize = 2000;
/// Most rows of which it is looked up what stands in their way.
const NAMED_MAX: u64 = 100;

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

/// What a batch did, before it is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAbout {
    /// What its rows are: of an import, or of the undo of one.
    pub action: Action,
    /// Who did it, each once.
    pub by: Vec<String>,
    /// Its first and its last row.
    pub from: Moment,
    pub to: Moment,
    pub rows: u64,
    /// Rows that had been undone before.
    pub before: u64,
}

impl LocalBackend {
    /// What a batch did, by whom and when.
    pub async fn batch_about(&self, batch: u64) -> Result<BatchAbout, Trouble> {
        self.may(Permission::ImportJobAdd)?;
        let mut about: Option<BatchAbout> = None;
        let mut before = None;
        loop {
            let entries = self.batch_slice(batch, before).await?;
            let Some(last) = entries.last() else {
                return about.ok_or_else(|| Trouble::NotFound(format!("batch {batch}")));
            };
            before = Some(last.id);
            for entry in &entries {
                let about = about.get_or_insert_with(|| BatchAbout {
                    action: entry.action,
                    by: Vec::new(),
                    from: entry.at,
                    to: entry.at,
                    rows: 0,
                    before: 0,
                });
                about.rows += 1;
                about.before += u64::from(entry.undone_by.is_some());
                about.from = about.from.min(entry.at);
                if !about.by.contains(&entry.actor) {
                    about.by.push(entry.actor.clone());
                }
            }
        }
    }

    /// What an undo of the batch would come to: it is tried and not kept. With the rows that would stand.
    pub async fn rehearse_batch(
        &self,
        batch: u64,
    ) -> Result<(BatchUndone, Vec<(EntryId, Trouble)>), Trouble> {
        self.may(Permission::ImportJobAdd)?;
        let mut would = BatchUndone::default();
        let mut rows = Vec::new();
        let mut before = None;
        loop {
            let entries = self.batch_slice(batch, before).await?;
            let Some(last) = entries.last() else {
                break;
            };
            before = Some(last.id);
            let open = entries.iter().filter(|entry| entry.undone_by.is_none());
            let open: Vec<EntryId> = open.map(|entry| entry.id).collect();
            would.before += (entries.len() - open.len()) as u64;
            rows.extend(open);
        }
        let commands = rows.iter().map(|entry| Command::Undo { entry: *entry });
        let results = self.run_all(commands.collect(), None, Keep::Rehearse).await;
        let stand = counted(rows, results, &mut would)?;
        let stand = self.named_later(stand, 0).await;
        Ok((would, stand))
    }

    async fn batch_slice(
        &self,
        batch: u64,
        before: Option<EntryId>,
    ) -> Result<Vec<Entry>, Trouble> {
        let filter = EntryFilter {
            batch: Some(batch),
            before,
            limit: SLICE,
            ..EntryFilter::default()
        };
        Ok(self.store.entries(filter).await?)
    }

    /// The rows that stand with the later entries that stand in their way; `told` were looked up before.
    async fn named_later(
        &self,
        stand: Vec<(EntryId, Trouble)>,
        mut told: u64,
    ) -> Vec<(EntryId, Trouble)> {
        let mut named = Vec::with_capacity(stand.len());
        for (row, trouble) in stand {
            let trouble = match told < NAMED_MAX {
                true => self.name_later(row, trouble).await,
                false => trouble,
            };
            told += 1;
            named.push((row, trouble));
        }
        named
    }

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
            let entries = self.batch_slice(batch, before).await?;
            let Some(last) = entries.last() else {
                break;
            };
            before = Some(last.id);
            let told = so_far.stand;
            let stand = self.undo_rows(&entries, &mut so_far).await?;
            let stand = self.named_later(stand, told).await;
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
        counted(rows, results, so_far)
    }
}

/// Counts what came of rows; those that stand, and why.
fn counted(
    rows: Vec<EntryId>,
    results: Vec<Result<Outcome, Trouble>>,
    so_far: &mut BatchUndone,
) -> Result<Vec<(EntryId, Trouble)>, Trouble> {
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
