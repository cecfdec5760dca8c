//! What an import did, counted.

use serde_json::json;

use super::super::output::{Format, Output};
use super::super::table;
use crate::domain::command::Imported;
use crate::store::Keep;

#[derive(Default)]
pub struct Tally {
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub promoted: u64,
    pub merged: u64,
    pub unchanged: u64,
    /// Rows that came in, but a value of theirs stays with another kept contact.
    pub clashed: u64,
    pub bad: u64,
}

impl Tally {
    pub fn add(&mut self, what: Imported) {
        match what {
            Imported::Created => self.created += 1,
            Imported::Updated => self.updated += 1,
            Imported::Promoted => self.promoted += 1,
            Imported::Merged => self.merged += 1,
            Imported::Unchanged => self.unchanged += 1,
        }
    }

    /// Says what came of the import with this number, which undoes it as a whole.
    pub fn tell(&self, keep: Keep, batch: u64, output: &mut Output) -> anyhow::Result<()> {
        let done = self.created + self.updated + self.promoted + self.merged;
        let batch = (keep == Keep::Commit && 0 < done).then_some(batch);
        match output.format() {
            Format::Json => self.json(keep, batch, output),
            Format::Text => self.text(keep, batch, output),
        }
    }

    fn json(&self, keep: Keep, batch: Option<u64>, output: &mut Output) -> anyhow::Result<()> {
        let shape = json!({
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "promoted": self.promoted,
            "merged": self.merged,
            "unchanged": self.unchanged,
            "clashed": self.clashed,
            "bad": self.bad,
            "dryRun": keep == Keep::Rehearse,
            "batch": batch,
        });
        Ok(output.json(&shape)?)
    }

    fn text(&self, keep: Keep, batch: Option<u64>, output: &mut Output) -> anyhow::Result<()> {
        let counts = [
            (self.created, "created"),
            (self.updated, "updated"),
            (self.promoted, "promoted"),
            (self.merged, "merged"),
            (self.unchanged, "unchanged"),
            (self.bad, "bad"),
        ];
        let counts = counts.map(|(count, word)| format!("{} {word}", table::number(count)));
        let rows = table::count(self.rows, "row", "rows");
        let start = match keep {
            Keep::Commit => rows,
            Keep::Rehearse => format!("Dry run, nothing was changed; {rows} would be"),
        };
        output.line(&format!("{start}: {}", counts.join(", ")))?;
        if self.clashed > 0 {
            let clashed = table::count(self.clashed, "row has", "rows have");
            output.line(&format!(
                "{clashed} a value that stays with another kept contact"
            ))?;
        }
        if let Some(batch) = batch {
            output.line(&format!(
                "This is import #{batch}; `scv undo --batch {batch} --preview` shows what its undo would do"
            ))?;
        }
        Ok(())
    }
}
