//! A write transaction under way: the connection, what was learned in it, and what is yet to be saved.

use std::collections::HashMap;

use rusqlite::Connection;

use super::entry::Head;
use super::fault::Step;
use super::tally::Tally;
use crate::domain::contact::ContactId;
use crate::store::journal::Salts;

/// Most row numbers that are remembered.
const ROWS_MAX: usize = 1 << 18;

/// The row numbers of contacts.
///
/// Invariant: a contact keeps its row forever, also when it is gone, so a committed number never changes.
/// What a transaction learned is forgotten when it is rolled back.
#[derive(Default)]
pub struct Rows(HashMap<ContactId, i64>);

impl Rows {
    pub fn get(&self, id: ContactId) -> Option<i64> {
        self.0.get(&id).copied()
    }

    pub fn put(&mut self, id: ContactId, row: i64) {
        if self.0.len() >= ROWS_MAX {
            self.0.clear();
        }
        self.0.insert(id, row);
    }

    pub fn forget(&mut self) {
        self.0.clear();
    }
}

/// A write transaction under way.
pub struct Turn<'c> {
    pub connection: &'c Connection,
    pub rows: &'c mut Rows,
    pub tally: Tally,
    pub head: Head,
    pub salts: Salts,
    /// How many writes the search has to follow.
    pub searchable: usize,
}

impl<'c> Turn<'c> {
    /// Begins to work inside a transaction that was begun on `connection`.
    pub fn new(connection: &'c Connection, rows: &'c mut Rows) -> Step<Self> {
        let (head, tally, salts) = (Head::load(connection)?, Tally::default(), Salts::new());
        Ok(Self {
            connection,
            rows,
            tally,
            head,
            salts,
            searchable: 0,
        })
    }

    /// Saves what was kept back, before the commit.
    pub fn save(&mut self) -> Step<()> {
        self.tally.save(self.connection)
    }
}
