//! Answering queries: bringing the reader up to date, collecting hits by rank, cutting the page.

use std::ops::Range;

use rusqlite::Connection;

use super::document::Document;
use super::hits::{Lane, merge};
use super::mark::mark;
use super::query::{self, Need};
use super::rank::{Answer, Mode, RANKS, ranked};
use super::recent::Recent;
use super::segment::Segment;
use super::set::Set;
use super::view::View;
use super::{Hit, PAGE_MAX, Page, Query, SearchError, WINDOW_MAX};

/// Below so many exact hits a typo is forgiven.
const EXACT_FEW: usize = 5;
/// No version of the segments.
const OUT_OF_DATE: i64 = -1;

/// A reader of the search index. Cheap to open; not tied to a connection, but one at a time may use it.
#[derive(Debug)]
pub struct SearchIndex {
    version: i64,
    segments: Vec<Segment>,
    recent: Recent,
}

impl Default for SearchIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl SearchIndex {
    /// A reader that has read nothing yet.
    pub fn new() -> Self {
        Self {
            version: OUT_OF_DATE,
            segments: Vec::new(),
            recent: Recent::default(),
        }
    }

    /// A reader that is up to date.
    pub fn open(conn: &Connection) -> Result<Self, SearchError> {
        let mut index = Self::new();
        index.refresh(conn)?;
        Ok(index)
    }

    /// Takes in what was written since the last call, by any process. A search does it by itself.
    pub fn refresh(&mut self, conn: &Connection) -> Result<(), SearchError> {
        let (version, built, newest): (i64, i64, Option<i64>) = conn
            .prepare_cached(
                "SELECT version, built_sequence, (SELECT max(sequence) FROM search_delta) FROM search_state",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let newest = newest.unwrap_or(built).max(built);
        // A connection in an older snapshot knows less than was read before.
        if version != self.version || newest < self.recent.last() {
            // Until all is read, the reader counts as out of date.
            self.version = OUT_OF_DATE;
            self.reload(conn, built)?;
        }
        if newest > self.recent.last() {
            let mut rows = self.recent.read(conn)?;
            rows.sort_unstable();
            rows.dedup();
            for segment in &mut self.segments {
                segment.mask(conn, &rows)?;
            }
        }
        self.version = version;
        Ok(())
    }

    /// Searches what is stored at this moment, or in the transaction that the connection is in.
    pub fn search(&mut self, conn: &Connection, query: Query<'_>) -> Result<Page, SearchError> {
        let snapshot = if conn.is_autocommit() {
            Some(conn.unchecked_transaction()?)
        } else {
            None
        };
        self.refresh(conn)?;
        let page = self.answer(conn, query);
        drop(snapshot);
        page
    }

    /// Documents that can be found, as of the last refresh.
    pub fn documents(&self) -> usize {
        self.recent.live() + self.segments.iter().map(Segment::live).sum::<usize>()
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(super) fn recent(&self) -> &Recent {
        &self.recent
    }

    fn reload(&mut self, conn: &Connection, built: i64) -> Result<(), SearchError> {
        let mut known = std::mem::take(&mut self.segments);
        let mut statement =
            conn.prepare_cached("SELECT id, root FROM search_segment ORDER BY id")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let segment = match known.iter().position(|segment| segment.id == id) {
                Some(at) => {
                    let mut segment = known.swap_remove(at);
                    segment.bury(conn)?;
                    segment
                }
                None => {
                    let root = row.get_ref(1)?.as_blob();
                    Segment::open(
                        conn,
                        id,
                        root.map_err(|_| SearchError::Damaged("a segment"))?,
                    )?
                }
            };
            self.segments.push(segment);
        }
        self.recent = Recent::after(built);
        Ok(())
    }

    fn answer(&self, conn: &Connection, query: Query<'_>) -> Result<Page, SearchError> {
        let needs = query::read(query.text);
        let end = query
            .offset
            .saturating_add(query.limit.min(PAGE_MAX))
            .min(WINDOW_MAX);
        let mut page = Page {
            of: self.documents(),
            ..Page::default()
        };
        if needs.is_empty() {
            return Ok(page);
        }
        let mut asked = Asked {
            needs: &needs,
            mode: Mode::Exact,
            window: query.offset..end,
        };
        let exact = self.gather(conn, &asked, &[], &mut page)?;
        if page.total < EXACT_FEW && query::forgives(&needs) {
            asked.mode = Mode::Forgiving;
            self.gather(conn, &asked, &exact, &mut page)?;
        }
        Ok(page)
    }

    /// Adds the hits of all ranks; by segment, which documents they were. Those of `but` are left out.
    fn gather(
        &self,
        conn: &Connection,
        asked: &Asked<'_>,
        but: &[Set],
        page: &mut Page,
    ) -> Result<Vec<Set>, SearchError> {
        let mut built = Vec::with_capacity(self.segments.len());
        let mut found = Vec::with_capacity(self.segments.len());
        for (at, segment) in self.segments.iter().enumerate() {
            let (ranks, all) = ranks_of(conn, segment, asked, but.get(at))?;
            built.push(ranks);
            found.push(all);
        }
        let recent = self
            .recent
            .find(asked.needs, asked.mode, asked.window.end)?;
        for rank in 0..RANKS {
            let segments = self.segments.iter().zip(&built);
            let mut lanes: Vec<Lane<'_>> = segments
                .map(|(segment, ranks)| Lane::built(segment, &ranks[rank]))
                .chain([Lane::recent(&self.recent, &recent[rank])])
                .filter(|lane| lane.len() > 0)
                .collect();
            let count: usize = lanes.iter().map(Lane::len).sum();
            let skip = asked.window.start.saturating_sub(page.total);
            let last = asked.window.end.saturating_sub(page.total).min(count);
            for found in merge(conn, &mut lanes, skip, last.saturating_sub(skip))? {
                page.hits.push(asked.hit(found));
            }
            page.total += count;
        }
        Ok(found)
    }
}

/// What is looked for, and which of the hits are wanted.
struct Asked<'a> {
    needs: &'a [Need],
    mode: Mode,
    window: Range<usize>,
}

impl Asked<'_> {
    fn hit(&self, (contact_row, document): (i64, Document)) -> Hit {
        let matches = mark(&document, self.needs, self.mode);
        Hit {
            contact_row,
            document,
            matches,
            by_typo: self.mode == Mode::Forgiving,
        }
    }
}

/// The documents of each rank alone, and those of all ranks; without those of `but`.
fn ranks_of(
    conn: &Connection,
    segment: &Segment,
    asked: &Asked<'_>,
    but: Option<&Set>,
) -> Result<([Set; RANKS], Set), SearchError> {
    let Some(ranks) = ranked(asked.needs, &mut View { conn, segment }, asked.mode)? else {
        return Ok(Default::default());
    };
    let mut seen = but.cloned().unwrap_or_default();
    let ranks = ranks.map(|rank| {
        let rank = rank.without(segment.dead()).without(&seen);
        seen = std::mem::take(&mut seen).or(&rank);
        rank
    });
    Ok((ranks, seen))
}
