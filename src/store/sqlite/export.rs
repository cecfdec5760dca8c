//! Exports in their tables, and their files in parts.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::SqliteStore;
use super::column::{IdColumn, text_at};
use super::fault::Step;
use super::seal::{of_id, opened, sealed};
use crate::domain::moment::Moment;
use crate::store::StoreError;
use crate::store::catalog::Scanned;
use crate::store::export::{Export, ExportKind, ExportStatus, Exports, ExportsMax};

/// Room for an export.
const BODY_BYTES: usize = 512;
/// Parts that are removed in one transaction: nobody waits long for it.
const PARTS_AT_ONCE: usize = 64;

#[async_trait]
impl Exports for SqliteStore {
    async fn begin_export(&self, export: Export, most: ExportsMax) -> Result<bool, StoreError> {
        self.write(move |turn| begin(turn.connection, &export, most))
            .await
    }

    async fn add_export_part(&self, id: Uuid, part: String) -> Result<bool, StoreError> {
        self.write(move |turn| add_part(turn.connection, id, &part))
            .await
    }

    async fn end_export(&self, id: Uuid, status: ExportStatus) -> Result<(), StoreError> {
        self.write(move |turn| match running(turn.connection, id)? {
            Some((row, export)) => end(turn.connection, row, Export { status, ..export }),
            None => Ok(()),
        })
        .await
    }

    async fn export(&self, id: Uuid) -> Result<Option<Export>, StoreError> {
        self.read(move |connection| Ok(find(connection, id)?.map(|(_, export)| export)))
            .await
    }

    async fn exports(
        &self,
        kind: ExportKind,
        after: u64,
        limit: usize,
    ) -> Result<Scanned<Export>, StoreError> {
        self.read(move |connection| list(connection, kind, after, limit))
            .await
    }

    async fn export_part(&self, id: Uuid, number: u64) -> Result<Option<String>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT export_part.body FROM export_part
                JOIN export ON export.row = export_part.export
                WHERE export.id = ?1 AND export_part.number = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query((IdColumn(&id), number.cast_signed()))?;
            rows.next()?.map(|row| opened(text_at(row, 0)?)).transpose()
        })
        .await
    }

    async fn fail_exports(&self) -> Result<(), StoreError> {
        self.write(|turn| fail(turn.connection, "running")).await
    }

    async fn drop_exports(&self, now: Moment) -> Result<(), StoreError> {
        while self
            .read(move |connection| has_expired(connection, now))
            .await?
        {
            self.write(move |turn| drop_expired(turn.connection, now))
                .await?;
        }
        Ok(())
    }
}

/// Takes every file away, and the hope of those that are being written: any of them may hold what was erased.
pub fn forget_all(connection: &Connection) -> Step<()> {
    fail(connection, "TRUE")
}

fn begin(connection: &Connection, export: &Export, most: ExportsMax) -> Step<bool> {
    let sql = "SELECT coalesce(sum(running), 0), count(*) FROM export";
    let counts: (i64, i64) = connection.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let is_below = |count: i64, most: usize| usize::try_from(count).is_ok_and(|count| count < most);
    if !is_below(counts.0, most.running) || !is_below(counts.1, most.kept) {
        return Ok(false);
    }
    let sql = "INSERT INTO export (id, kind, running, expires, body) VALUES (?1, ?2, 1, ?3, ?4)";
    let body = sealed(export, BODY_BYTES)?;
    let columns = (
        IdColumn(&export.id),
        kind_code(export.kind),
        export.expires.0,
        &body,
    );
    connection.prepare_cached(sql)?.execute(columns)?;
    Ok(true)
}

fn add_part(connection: &Connection, id: Uuid, part: &str) -> Step<bool> {
    let Some((row, _)) = running(connection, id)? else {
        return Ok(false);
    };
    let sql = "INSERT INTO export_part (export, number, body)
        SELECT ?1, coalesce(max(number) + 1, 0), ?2 FROM export_part WHERE export = ?1";
    let body = sealed(&part, part.len() + BODY_BYTES)?;
    connection.prepare_cached(sql)?.execute((row, &body))?;
    Ok(true)
}

/// Writes how an export ended; without a whole file there is none.
fn end(connection: &Connection, row: i64, export: Export) -> Step<()> {
    if export.file().is_none() {
        let sql = "DELETE FROM export_part WHERE export = ?1";
        connection.prepare_cached(sql)?.execute([row])?;
    }
    let sql = "UPDATE export SET running = 0, body = ?2 WHERE row = ?1";
    let body = sealed(&export, BODY_BYTES)?;
    connection.prepare_cached(sql)?.execute((row, &body))?;
    Ok(())
}

/// Fails every export for which a condition holds.
fn fail(connection: &Connection, which: &str) -> Step<()> {
    let mut found: Vec<(i64, Export)> = Vec::new();
    {
        let mut statement =
            connection.prepare(&format!("SELECT row, body FROM export WHERE {which}"))?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            found.push((row.get(0)?, opened(text_at(row, 1)?)?));
        }
    }
    for (row, export) in found {
        let status = ExportStatus::Failed;
        end(connection, row, Export { status, ..export })?;
    }
    Ok(())
}

fn find(connection: &Connection, id: Uuid) -> Step<Option<(i64, Export)>> {
    let sql = "SELECT row, body FROM export WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([IdColumn(&id)])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let export = of_id(opened(text_at(row, 1)?)?, |one: &Export| one.id == id)?;
    Ok(Some((row.get(0)?, export)))
}

fn running(connection: &Connection, id: Uuid) -> Step<Option<(i64, Export)>> {
    let found = find(connection, id)?;
    Ok(found.filter(|(_, export)| export.status == ExportStatus::Running))
}

fn list(
    connection: &Connection,
    kind: ExportKind,
    after: u64,
    limit: usize,
) -> Step<Scanned<Export>> {
    // Nothing is behind the place where a list begins: the newest come first.
    let before = match after {
        0 => i64::MAX,
        after => i64::try_from(after).unwrap_or(i64::MAX),
    };
    let sql =
        "SELECT row, body FROM export WHERE kind = ?1 AND row < ?2 ORDER BY row DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let most = i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX);
    let mut rows = statement.query((kind_code(kind), before, most))?;
    let mut scanned = Scanned {
        found: Vec::new(),
        after: None,
    };
    let mut last = 0;
    while let Some(row) = rows.next()? {
        if scanned.found.len() == limit {
            scanned.after = Some(last);
            break;
        }
        last = row.get::<_, i64>(0)?.cast_unsigned();
        scanned.found.push(opened(text_at(row, 1)?)?);
    }
    Ok(scanned)
}

fn has_expired(connection: &Connection, now: Moment) -> Step<bool> {
    Ok(expired(connection, now)?.is_some())
}

/// The row of an export that has expired.
fn expired(connection: &Connection, now: Moment) -> Step<Option<i64>> {
    let sql = "SELECT row FROM export WHERE expires <= ?1 LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row([now.0], |row| row.get(0)).optional()?)
}

/// Removes some parts of an export that has expired, and the export with the last of them.
fn drop_expired(connection: &Connection, now: Moment) -> Step<()> {
    let Some(row) = expired(connection, now)? else {
        return Ok(());
    };
    let sql = "DELETE FROM export_part WHERE export = ?1 AND number IN (
        SELECT number FROM export_part WHERE export = ?1 LIMIT ?2)";
    let most = i64::try_from(PARTS_AT_ONCE).unwrap_or(i64::MAX);
    let gone = connection.prepare_cached(sql)?.execute((row, most))?;
    if gone < PARTS_AT_ONCE {
        let sql = "DELETE FROM export WHERE row = ?1";
        connection.prepare_cached(sql)?.execute([row])?;
    }
    Ok(())
}

/// The kind as its column has it; numbers are never reused.
pub const fn kind_code(kind: ExportKind) -> i64 {
    match kind {
        ExportKind::Contacts => 1,
        ExportKind::Notes => 2,
        ExportKind::Organizations => 3,
    }
}
