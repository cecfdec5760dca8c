//! Removing in small steps what no reader needs: blocks of replaced segments and of builds that never ended,
//! writes that are in segments.

use rusqlite::{Connection, OptionalExtension};

use super::SearchError;
use super::block::key;
use super::build::Lease;

/// Blocks removed in one transaction; some are large.
const BLOCKS_AT_ONCE: i64 = 128;
/// Writes removed in one transaction.
const WRITES_AT_ONCE: i64 = 2_000;

/// Removes everything that is not in use.
pub(super) fn sweep(conn: &Connection, lease: &Lease) -> Result<(), SearchError> {
    let mut after = 0;
    while let Some(segment) = next_segment(conn, after)? {
        let used = conn
            .query_row(
                "SELECT 1 FROM search_segment WHERE id = ?1",
                [segment],
                |_| Ok(()),
            )
            .optional()?;
        if used.is_none() {
            let delete = "DELETE FROM search_block WHERE key IN
                (SELECT key FROM search_block WHERE key BETWEEN ?1 AND ?2 ORDER BY key LIMIT ?3)";
            in_steps(
                conn,
                lease,
                delete,
                [key(segment, 0), key(segment, u32::MAX), BLOCKS_AT_ONCE],
            )?;
        }
        after = segment;
    }
    let built: i64 = conn.query_row("SELECT built_sequence FROM search_state", [], |row| {
        row.get(0)
    })?;
    let delete = "DELETE FROM search_delta WHERE sequence IN
        (SELECT sequence FROM search_delta WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence LIMIT ?3)";
    in_steps(conn, lease, delete, [0, built, WRITES_AT_ONCE])?;
    // A row for each segment and later segment: too few to be worth steps.
    conn.execute(
        "DELETE FROM search_dead WHERE segment NOT IN (SELECT id FROM search_segment)",
        [],
    )?;
    Ok(())
}

fn next_segment(conn: &Connection, after: i64) -> Result<Option<i64>, SearchError> {
    let first = conn.query_row(
        "SELECT min(key) FROM search_block WHERE key > ?1",
        [key(after, u32::MAX)],
        |row| row.get::<_, Option<i64>>(0),
    )?;
    Ok(first.map(|key| key >> 32))
}

/// Runs a statement of two bounds and a limit until it removes less than the limit.
fn in_steps(
    conn: &Connection,
    lease: &Lease,
    sql: &str,
    parameters: [i64; 3],
) -> Result<(), SearchError> {
    loop {
        let removed = lease.write(conn, |transaction| {
            Ok(transaction.prepare_cached(sql)?.execute(parameters)?)
        })?;
        if (removed as i64) < parameters[2] {
            return Ok(());
        }
    }
}
