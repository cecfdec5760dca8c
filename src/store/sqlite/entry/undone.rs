//! What became of an entry: undone, done again by undoing that, and so on.

use rusqlite::Connection;

use super::super::fault::Step;
use crate::domain::command::EntryId;

/// The undos that begin at an entry, each of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    first: Option<i64>,
    last: i64,
    count: u64,
}

impl Undone {
    pub fn load(connection: &Connection, id: EntryId) -> Step<Self> {
        let sql = "SELECT max(seq) FROM entry WHERE undoes = ?1";
        let mut statement = connection.prepare_cached(sql)?;
        let mut undo_of = |id: i64| statement.query_one([id], |row| row.get::<_, Option<i64>>(0));
        let first = undo_of(id.0.cast_signed())?;
        let (mut last, mut count) = (id.0.cast_signed(), 0);
        let mut next = first;
        // Entries undo older ones, so the walk ends.
        while let Some(undo) = next.filter(|undo| *undo > last) {
            (last, count) = (undo, count + 1);
            next = undo_of(undo)?;
        }
        Ok(Self { first, last, count })
    }

    /// The entry that took this one back and holds: only the latest undo of an entry can.
    pub fn by(self) -> Option<EntryId> {
        let first = self.first.filter(|_| self.count % 2 == 1);
        first.map(|seq| EntryId(seq.cast_unsigned()))
    }

    /// The last undo of an undo of it, which did it again and holds.
    pub fn again(self) -> Option<EntryId> {
        let done_again = self.count > 0 && self.count.is_multiple_of(2);
        done_again.then_some(EntryId(self.last.cast_unsigned()))
    }
}
