//! Building segments while others write and search: recent writes, and the segments that are small beside
//! them, become one new segment. Everything until the last step is invisible to readers; a crash leaves
//! blocks that the next build removes.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::SearchError;
use super::block::Root;
use super::compose::compose;
use super::segment::Segment;
use super::set::{Set, pack};
use super::sweep::sweep;

/// From so many recent writes on a build is due.
pub const REBUILD_DUE: i64 = 20_000;
/// So many segments of about one size become one; sizes differ by this factor. Each document is then built
/// anew a few times while a store grows, and a query reads few segments.
const MERGE_FAN: usize = 4;
/// A builder that has not been heard of for so long is taken for dead.
const LEASE_SECONDS: i64 = 60;

/// The longest pause between two transactions of a build.
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// What to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Recent writes, and what is cheap to build anew with them.
    Recent,
    /// Everything into one segment; what was removed from the index leaves the file.
    Everything,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Built {
    /// So many documents are in the new segment.
    Done(u64),
    /// There was nothing to do.
    Nothing,
    /// Another build is under way, or took over.
    Busy,
    /// `progress` asked to stop; the index is as before.
    Stopped,
}

/// Called with what is done and the total, in steps; may stop the build.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// The right to build, held by one builder at a time.
pub(super) struct Lease {
    token: i64,
    pub segment: i64,
}

/// What goes into the new segment.
pub(super) struct Plan {
    /// Segments that it replaces.
    pub replaced: Vec<Segment>,
    /// Older segments that stay.
    kept: Vec<Segment>,
    /// Writes after the first sequence and up to the second.
    pub writes: (i64, i64),
    /// Row and sequence of the last of those writes of each contact, ascending.
    latest: Vec<(i64, i64)>,
}

impl Plan {
    /// The last write of a contact.
    pub(super) fn latest(&self, row: i64) -> Option<i64> {
        let at = self
            .latest
            .binary_search_by_key(&row, |(row, _)| *row)
            .ok()?;
        self.latest.get(at).map(|(_, sequence)| *sequence)
    }

    pub(super) fn contacts(&self) -> usize {
        self.latest.len()
    }
}

/// True when enough has been written since the last build, or when something was built by an older version.
pub fn rebuild_due(conn: &Connection) -> Result<bool, SearchError> {
    let waiting: i64 = conn
        .prepare_cached(
            "SELECT coalesce((SELECT max(sequence) FROM search_delta), 0) - built_sequence FROM search_state",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(waiting >= REBUILD_DUE || is_outdated(conn)?)
}

fn is_outdated(conn: &Connection) -> Result<bool, SearchError> {
    let mut statement = conn.prepare_cached("SELECT root FROM search_segment")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let root = row.get_ref(0)?.as_blob().ok().and_then(Root::unpack);
        // What is damaged cannot be built anew; a search says so.
        if root.is_some_and(|root| root.is_outdated()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True when the index has anything on one of these contacts, found or not; rows ascending.
pub fn holds(conn: &Connection, rows: &[i64]) -> Result<bool, SearchError> {
    let mut written =
        conn.prepare("SELECT EXISTS (SELECT 1 FROM search_delta WHERE contact_row = ?1)")?;
    for row in rows {
        if written.query_row([row], |found| found.get(0))? {
            return Ok(true);
        }
    }
    let mut statement = conn.prepare("SELECT id, root FROM search_segment")?;
    let mut segments = statement.query([])?;
    while let Some(segment) = segments.next()? {
        let root: Vec<u8> = segment.get(1)?;
        let opened = Segment::open(conn, segment.get(0)?, &root)?;
        if !opened.documents_of(conn, rows)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Builds a segment. Not within a transaction; writers wait at most for its short ones.
pub fn rebuild(
    conn: &Connection,
    extent: Extent,
    progress: Progress<'_>,
) -> Result<Built, SearchError> {
    let Some(lease) = Lease::take(conn)? else {
        return Ok(Built::Busy);
    };
    let built = build(conn, &lease, extent, progress);
    // After an error the lease runs out by itself, should this fail too.
    let held = lease.release(conn)?;
    match built {
        // Who took over has removed what this build was reading.
        Err(_) if !held => Ok(Built::Busy),
        built => built,
    }
}

fn build(
    conn: &Connection,
    lease: &Lease,
    extent: Extent,
    progress: Progress<'_>,
) -> Result<Built, SearchError> {
    sweep(conn, lease)?;
    let plan = plan(conn, extent)?;
    let is_worn = |segment: &Segment| segment.dead().len() > 0 || segment.is_outdated();
    let worn = plan.replaced.iter().any(is_worn);
    if plan.latest.is_empty() && plan.replaced.len() < 2 && !worn {
        return Ok(Built::Nothing);
    }
    let folder = conn.path().map(Path::new).and_then(Path::parent);
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let Some(root) = compose(conn, lease, &plan, folder, progress)? else {
        sweep(conn, lease)?;
        return Ok(Built::Stopped);
    };
    switch(conn, lease, &plan, &root)?;
    sweep(conn, lease)?;
    Ok(Built::Done(u64::from(root.documents)))
}

/// Chooses the writes so far and the segments to build anew with them, newest first.
fn plan(conn: &Connection, extent: Extent) -> Result<Plan, SearchError> {
    let snapshot = conn.unchecked_transaction()?;
    let built: i64 = snapshot.query_row("SELECT built_sequence FROM search_state", [], |row| {
        row.get(0)
    })?;
    let mut latest: Vec<(i64, i64)> = Vec::new();
    let mut last = built;
    let mut kept = Vec::new();
    {
        let mut statement = snapshot.prepare(
            "SELECT sequence, contact_row FROM search_delta WHERE sequence > ?1 ORDER BY sequence",
        )?;
        let mut rows = statement.query([built])?;
        while let Some(row) = rows.next()? {
            last = row.get(0)?;
            latest.push((row.get(1)?, last));
        }
        let mut statement = snapshot.prepare("SELECT id, root FROM search_segment ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let root: Vec<u8> = row.get(1)?;
            kept.push(Segment::open(&snapshot, row.get(0)?, &root)?);
        }
    }
    latest.sort_unstable_by_key(|(row, sequence)| (*row, std::cmp::Reverse(*sequence)));
    latest.dedup_by_key(|(row, _)| *row);
    let replaced = choose(&mut kept, latest.len() as u64, extent);
    Ok(Plan {
        replaced,
        kept,
        writes: (built, last),
        latest,
    })
}

/// Takes from the segments, oldest first, those to build anew together with so many recent writes.
fn choose(kept: &mut Vec<Segment>, writes: u64, extent: Extent) -> Vec<Segment> {
    let mut gathered = writes;
    let mut chosen = Vec::new();
    loop {
        let newest = |least: Ordering| {
            let size =
                move |segment: &&Segment| size(segment.live() as u64).cmp(&size(gathered)) <= least;
            kept.iter().rev().take_while(size).count()
        };
        let (smaller, alike) = (newest(Ordering::Less), newest(Ordering::Equal));
        let outdated = kept.iter().position(Segment::is_outdated);
        let count = match (extent, outdated) {
            (Extent::Everything, _) => kept.len(),
            (Extent::Recent, Some(oldest)) => kept.len() - oldest,
            (Extent::Recent, None) if alike + 1 >= MERGE_FAN => alike,
            (Extent::Recent, None) => smaller,
        };
        if count == 0 {
            return chosen;
        }
        for segment in kept.drain(kept.len() - count..).rev() {
            gathered += segment.live() as u64;
            chosen.push(segment);
        }
    }
}

/// The class of a segment of so many documents.
fn size(documents: u64) -> u32 {
    (documents / REBUILD_DUE as u64)
        .max(1)
        .ilog(MERGE_FAN as u64)
}

/// Puts the new segment in the place of what it holds, for all readers at once.
fn switch(conn: &Connection, lease: &Lease, plan: &Plan, root: &Root) -> Result<(), SearchError> {
    let rows: Vec<i64> = plan.latest.iter().map(|(row, _)| *row).collect();
    let mut dead = Vec::new();
    for segment in &plan.kept {
        let mut found = segment.documents_of(conn, &rows)?;
        found.sort_unstable();
        if !found.is_empty() {
            dead.push((segment.id, pack(&Set::Few(found), segment.documents())));
        }
    }
    lease.write(conn, |transaction| {
        for segment in &plan.replaced {
            transaction.execute("DELETE FROM search_segment WHERE id = ?1", [segment.id])?;
        }
        for (segment, documents) in dead {
            transaction.execute(
                "INSERT INTO search_dead (segment, killer, documents) VALUES (?1, ?2, ?3)",
                params![segment, lease.segment, documents],
            )?;
        }
        if root.documents > 0 {
            transaction.execute(
                "INSERT INTO search_segment (id, documents, root) VALUES (?1, ?2, ?3)",
                params![lease.segment, root.documents, root.pack()],
            )?;
        }
        transaction.execute(
            "UPDATE search_state SET version = version + 1, built_sequence = ?1",
            [plan.writes.1],
        )?;
        Ok(())
    })
}

impl Lease {
    /// Takes the right to build and a number for the new segment; `None` while another builds.
    fn take(conn: &Connection) -> Result<Option<Self>, SearchError> {
        let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        let taken = transaction
            .query_row(
                "UPDATE search_state SET builder = random(), builder_seen = unixepoch(),
                     next_segment = next_segment + 1
                 WHERE builder IS NULL OR abs(unixepoch() - builder_seen) > ?1
                 RETURNING builder, next_segment - 1",
                [LEASE_SECONDS],
                |row| {
                    Ok(Self {
                        token: row.get(0)?,
                        segment: row.get(1)?,
                    })
                },
            )
            .optional()?;
        transaction.commit()?;
        Ok(taken)
    }

    /// Runs one short write transaction of the build, then leaves others as much time as it took: those who
    /// wait look again at growing intervals, and would miss a gap that is too short.
    pub(super) fn write<T>(
        &self,
        conn: &Connection,
        write: impl FnOnce(&Transaction<'_>) -> Result<T, SearchError>,
    ) -> Result<T, SearchError> {
        let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        let begun = Instant::now();
        self.renew(&transaction)?;
        let written = write(&transaction)?;
        transaction.commit()?;
        std::thread::sleep(begun.elapsed().min(PAUSE_MAX));
        Ok(written)
    }

    /// Says that the build goes on.
    fn renew(&self, transaction: &Transaction<'_>) -> Result<(), SearchError> {
        let mut statement = transaction.prepare_cached(
            "UPDATE search_state SET builder_seen = unixepoch() WHERE builder = ?1",
        )?;
        match statement.execute([self.token])? {
            0 => Err(SearchError::Superseded),
            _ => Ok(()),
        }
    }

    /// Gives the right up; false when another had taken it.
    fn release(&self, conn: &Connection) -> Result<bool, SearchError> {
        let released = conn.execute(
            "UPDATE search_state SET builder = NULL, builder_seen = NULL WHERE builder = ?1",
            [self.token],
        )?;
        Ok(released > 0)
    }
}
