//! Checkpoints: copying the write-ahead log into the file, on a thread of its own, off the writer's path.
//!
//! The log starts anew only when all of it is copied at a moment when nobody writes. Most is copied beside
//! the writer; the little that it wrote meanwhile it copies itself between two transactions. (A checkpoint
//! that locks the writer out instead would also make it forget its pages.)

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use rusqlite::Connection;

use super::fault::Step;

/// Pages in the log from which on it is copied.
const PAGES_MAX: i64 = 20_000;
/// Pages in the log from which on a writer that never pauses copies the rest itself, though all wait for it.
const FINISH_PAGES: i64 = 100_000;
/// Pages that the writer may copy itself without being asked twice.
const LAST_PAGES_MAX: i64 = 1_000;
/// Most rounds of copying beside the writer.
const ROUNDS_MAX: usize = 3;
/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// So many looks the writer has time to copy the rest.
const WAIT_MAX: usize = 20;

/// Copies everything and empties the log; false when somebody reads an old state from it for too long.
pub fn empty(connection: &Connection) -> Step<bool> {
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    Ok(connection.query_row(sql, (), |row| row.get::<_, i64>(0))? == 0)
}

/// How much stands in the log, and how much of it is in the file already.
struct Log {
    pages: i64,
    copied: i64,
}

/// Looks at the log until `stop` says so, then empties it when nobody else needs it. Sets `last` when the
/// writer is to copy the rest.
pub fn run(connection: &Connection, last: &AtomicBool, stop: &Receiver<()>) {
    let mut waited = 0;
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(PAUSE) {
        // Only one may copy at a time, so the writer is let; one that has nothing to write does not come.
        if last.load(Ordering::Acquire) && waited < WAIT_MAX {
            waited += 1;
            continue;
        }
        waited = 0;
        match copy_when_large(connection) {
            Ok(true) => last.store(true, Ordering::Release),
            Ok(false) => {}
            Err(fault) => tracing::warn!(?fault, "the log could not be copied into the store"),
        }
    }
    if let Err(fault) = truncate(connection) {
        tracing::warn!(?fault, "the log was left beside the store");
    }
}

/// Copies what the writer wrote while the rest was copied.
pub fn finish(connection: &Connection) {
    if let Err(fault) = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)") {
        tracing::warn!(
            ?fault,
            "the end of the log could not be copied into the store"
        );
    }
}

/// Copies everything and empties the log; another program that reads may leave it as it is.
pub fn truncate(connection: &Connection) -> Step<()> {
    checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").map(|_| ())
}

/// Copies the log when it is large; true when the writer must copy what is left.
fn copy_when_large(connection: &Connection) -> Step<bool> {
    // What a checkpoint itself tells is of the moment when it began.
    let look = || checkpoint(connection, "PRAGMA wal_checkpoint(NOOP)");
    let mut log = look()?;
    if log.pages < PAGES_MAX {
        return Ok(false);
    }
    let mut rounds = 0;
    // A writer that is faster than its log is copied must wait for more than the last pages: the log would
    // grow without end.
    while log.pages - log.copied >= LAST_PAGES_MAX && rounds < ROUNDS_MAX {
        checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
        log = look()?;
        rounds += 1;
    }
    tracing::debug!(
        pages = log.pages,
        copied = log.copied,
        rounds,
        "copied the log into the store"
    );
    Ok(log.pages >= FINISH_PAGES && log.pages > log.copied)
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
