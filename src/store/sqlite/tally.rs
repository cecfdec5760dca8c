//! Counts that are kept as things change, because counting millions of rows is slow.

use rusqlite::Connection;

use super::fault::Step;
use crate::domain::contact::ContactType;
use crate::store::Counts;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Ephemeral,
    Identified,
    Curated,
    Ancestors,
    Claims,
    Conversations,
    Active,
    Visits,
    Notes,
    Organizations,
    Shared,
    Entries,
    /// Not a count: the number of the last import batch.
    Batch,
}

impl Counted {
    pub const ALL: [Self; 13] = [
        Self::Ephemeral,
        Self::Identified,
        Self::Curated,
        Self::Ancestors,
        Self::Claims,
        Self::Conversations,
        Self::Active,
        Self::Visits,
        Self::Notes,
        Self::Organizations,
        Self::Shared,
        Self::Entries,
        Self::Batch,
    ];

    /// The name in the table; never renamed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ephemeral => "ephemeral",
            Self::Identified => "identified",
            Self::Curated => "curated",
            Self::Ancestors => "ancestors",
            Self::Claims => "claims",
            Self::Conversations => "conversations",
            Self::Active => "active",
            Self::Visits => "visits",
            Self::Notes => "notes",
            Self::Organizations => "organizations",
            Self::Shared => "shared",
            Self::Entries => "entries",
            Self::Batch => "batch",
        }
    }
}

/// How far each count moved in a transaction.
#[derive(Clone, Debug, Default)]
pub struct Tally([i64; Counted::ALL.len()]);

impl Tally {
    pub fn add(&mut self, counted: Counted, by: i64) {
        self.0[counted as usize] += by;
    }

    /// Counts something that was there, or not, before and after.
    pub fn moved(&mut self, counted: Counted, before: bool, after: bool) {
        self.add(counted, i64::from(after) - i64::from(before));
    }

    /// Writes what moved, before the transaction commits.
    pub fn save(&mut self, connection: &Connection) -> Step<()> {
        for counted in Counted::ALL {
            let by = std::mem::take(&mut self.0[counted as usize]);
            if by != 0 {
                let sql = "INSERT INTO counter (name, value) VALUES (?1, ?2)
                    ON CONFLICT (name) DO UPDATE SET value = value + ?2";
                connection
                    .prepare_cached(sql)?
                    .execute((counted.name(), by))?;
            }
        }
        Ok(())
    }
}

/// A count as it was saved.
pub fn count(connection: &Connection, counted: Counted) -> Step<u64> {
    let mut statement = connection.prepare_cached("SELECT value FROM counter WHERE name = ?1")?;
    let mut rows = statement.query([counted.name()])?;
    let value: i64 = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
    Ok(value.max(0).cast_unsigned())
}

/// Every count as it was saved.
pub fn counts(connection: &Connection) -> Step<Counts> {
    let kinds = [
        (ContactType::Ephemeral, Counted::Ephemeral),
        (ContactType::Identified, Counted::Identified),
        (ContactType::Curated, Counted::Curated),
    ];
    let mut contacts = Vec::new();
    for (kind, counted) in kinds {
        contacts.push((kind, count(connection, counted)?));
    }
    Ok(Counts {
        contacts,
        ancestors: count(connection, Counted::Ancestors)?,
        claims: count(connection, Counted::Claims)?,
        conversations: count(connection, Counted::Conversations)?,
        active: count(connection, Counted::Active)?,
        visits: count(connection, Counted::Visits)?,
        notes: count(connection, Counted::Notes)?,
        organizations: count(connection, Counted::Organizations)?,
        shared: count(connection, Counted::Shared)?,
        entries: count(connection, Counted::Entries)?,
    })
}
