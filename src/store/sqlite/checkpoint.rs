//! Checkpoints: copying the write-ahead log into the file, on a thread of its own, off the writer's path.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::Connection;

use super::fault::Step;

/// Pages in the log from which on it is copied.
const PAGES_MAX: i64 = 20_000;
/// Pages that are copied while the writer waits, so that the log starts anew.
const LAST_PAGES_MAX: i64 = 2_000;
/// Most rounds of copying beside the writer before it must wait.
const ROUNDS_MAX: usize = 8;
/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// How much stands in the log, and how much of it is in the file already.
struct Log {
    pages: i64,
    copied: i64,
}

/// Looks at the log until `stop` says so, then empties it when nobody else needs it.
pub fn run(connection: &Connection, stop: &Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(PAUSE) {
        if let Err(fault) = copy_when_large(connection) {
            tracing::warn!(?fault, "the log could not be copied into the store");
        }
    }
    if let Err(fault) = truncate(connection) {
        tracing::warn!(?fault, "the log was left beside the store");
    }
}

/// Copies everything and empties the log; another program that reads may leave it as it is.
pub fn truncate(connection: &Connection) -> Step<()> {
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
}

fn copy_when_large(connection: &Connection) -> Step<()> {
    let mut log = checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)")?;
    if log.pages < PAGES_MAX {
        return Ok(());
    }
    for _ in 0..ROUNDS_MAX {
        log = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
        if log.pages - log.copied < LAST_PAGES_MAX {
            break;
        }
    }
    // The log starts anew only when all of it is copied at a moment when nobody writes.
    log = checkpoint(connection, "PRAGMA wal_checkpoint(RESTART)")?;
    tracing::debug!(
        pages = log.pages,
        copied = log.copied,
        "copied the log into the store"
    );
    Ok(())
}

fn checkpoint(connection: &Connection, sql: &str) -> Step<Log> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_one((), |row| {
        Ok(Log {
            pages: row.get(1)?,
            copied: row.get(2)?,
        })
    })?)
}
