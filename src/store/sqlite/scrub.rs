//! Scrubbing: after an erasure no byte of the person may be left in the files of the store.
//!
//! SQLite overwrites what is deleted (`secure_delete`), but where rows moved to another page for balance their
//! old copies stay in the unused middle of the page. The search index keeps documents until it is built anew,
//! and the log keeps pages until it is emptied. An erasure says in its own transaction that all this is due, so
//! that a program that died in between leaves the work to the next one.

use std::ops::ControlFlow;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::checkpoint;
use super::fault::{Fault, Step};
use crate::store::Scrubbed;
use crate::store::search::{self, Built, Extent};

/// The row of the counters that says what is due.
const DUE: &str = "scrub-due";
/// Pages and the log are to be scrubbed; the search index holds nothing.
const PAGES: i64 = 1;
/// The search index is to be built anew as well.
const INDEX: i64 = 2;

/// Pages that are looked at in one go; writers wait no longer than for those of them that are changed.
const SLICE: u32 = 4096;
/// How long a scrub waits for others who read an old state of the store.
const READERS_WAIT: Duration = Duration::from_secs(5);
/// Pause between two looks at whether another build of the index has ended.
const BUILD_PAUSE: Duration = Duration::from_millis(50);

/// Says that a scrub is due, in the transaction that erased the contacts with these rows (ascending).
pub fn ask_for(connection: &Connection, rows: &[i64]) -> Step<()> {
    let due = match search::holds(connection, rows)? {
        true => INDEX,
        false => PAGES,
    };
    let sql = "INSERT INTO counter (name, value) VALUES (?1, ?2)
        ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)";
    connection.prepare_cached(sql)?.execute((DUE, due))?;
    Ok(())
}

/// True when an erasure left something to do.
pub fn is_due(connection: &Connection) -> Step<bool> {
    Ok(due(connection)?.is_some())
}

fn due(connection: &Connection) -> Step<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT value FROM counter WHERE name = ?1")?;
    let mut rows = statement.query([DUE])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// Does what is due, to its end: a program that closes waits for it.
pub fn scrub(connection: &Connection, wait: Duration) -> Step<Scrubbed> {
    let Some(due) = due(connection)? else {
        return Ok(Scrubbed::Clean);
    };
    if due == INDEX {
        build_anew(connection, wait)?;
    }
    match has_pages(connection) {
        true => clear_pages(connection)?,
        // A SQLite that was built without that table writes the whole file anew instead.
        false => connection.execute_batch("PRAGMA temp_store = file; VACUUM")?,
    }
    connection.busy_timeout(READERS_WAIT.min(wait))?;
    let emptied = checkpoint::empty(connection);
    connection.busy_timeout(wait)?;
    if !emptied? {
        return Ok(Scrubbed::LogHeld);
    }
    // An erasure that came in meanwhile asks for a scrub of its own.
    let sql = "DELETE FROM counter WHERE name = ?1 AND value = ?2";
    connection.prepare_cached(sql)?.execute((DUE, due))?;
    Ok(Scrubbed::Clean)
}

/// Builds the search index anew, as soon as nobody else builds it.
fn build_anew(connection: &Connection, wait: Duration) -> Step<()> {
    let begun = Instant::now();
    loop {
        let built = search::rebuild(connection, Extent::Everything, &mut |_, _| {
            ControlFlow::Continue(())
        });
        match built? {
            Built::Done(_) | Built::Nothing | Built::Stopped => return Ok(()),
            Built::Busy if begun.elapsed() < wait => thread::sleep(BUILD_PAUSE),
            Built::Busy => {
                let what = "another scv builds the search index; try again";
                return Err(Fault::Misfit(what.to_owned()));
            }
        }
    }
}

/// Whether this SQLite lets its pages be read and written.
fn has_pages(connection: &Connection) -> bool {
    connection
        .prepare("SELECT data FROM sqlite_dbpage WHERE pgno = 1")
        .is_ok()
}

/// Clears the unused middle of every page of the file.
fn clear_pages(connection: &Connection) -> Step<()> {
    let last: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let mut first = 1;
    while first <= last {
        let end = last.min(first.saturating_add(SLICE - 1));
        let soiled = soiled(connection, first, end)?;
        if !soiled.is_empty() {
            clear_slice(connection, &soiled)?;
        }
        first = end + 1;
    }
    Ok(())
}

/// The pages of a range that have anything in their unused middle.
fn soiled(connection: &Connection, first: u32, last: u32) -> Step<Vec<u32>> {
    let snapshot = connection.unchecked_transaction()?;
    let mut statement =
        snapshot.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
    let mut found = Vec::new();
    for number in first..=last {
        let mut rows = statement.query([number])?;
        let Some(row) = rows.next()? else { continue };
        let page = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        if let Some(unused) = unused(page, number)
            && page[unused].iter().any(|byte| *byte != 0)
        {
            found.push(number);
        }
    }
    Ok(found)
}

fn clear_slice(connection: &Connection, pages: &[u32]) -> Step<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    {
        let mut read =
            transaction.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?1")?;
        let mut write =
            transaction.prepare_cached("UPDATE sqlite_dbpage SET data = ?2 WHERE pgno = ?1")?;
        for number in pages {
            // Somebody may have written to the page since it was looked at.
            let mut page: Vec<u8> = read.query_one([number], |row| row.get(0))?;
            if let Some(unused) = unused(&page, *number) {
                page[unused].fill(0);
                write.execute((number, page))?;
            }
        }
    }
    Ok(transaction.commit()?)
}

/// The unused bytes between the cell pointers and the cells of a page of a tree; `None` for other pages, whose
/// bytes SQLite itself clears. See the file format of SQLite, §1.6.
fn unused(page: &[u8], number: u32) -> Option<std::ops::Range<usize>> {
    // The file's own header stands before the first page's.
    let header = if number == 1 { 100 } else { 0 };
    let two = |at: usize| {
        Some(usize::from(u16::from_be_bytes([
            *page.get(at)?,
            *page.get(at + 1)?,
        ])))
    };
    let header_bytes = match page.get(header)? {
        2 | 5 => 12,
        10 | 13 => 8,
        // An overflow or free page begins with the number of the next, which is never so high.
        _ => return None,
    };
    let start = header + header_bytes + 2 * two(header + 3)?;
    let end = match two(header + 5)? {
        0 => 65_536,
        end => end,
    };
    (start < end && end <= page.len()).then_some(start..end)
}
