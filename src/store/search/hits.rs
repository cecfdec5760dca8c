//! Merging the hits of one rank from several sources into one order.

use rusqlite::Connection;

use super::SearchError;
use super::document::Document;
use super::recent::Recent;
use super::segment::Segment;
use super::set::{Members, Set};

/// The hits of one source, in order.
pub(super) struct Lane<'a> {
    source: Source<'a>,
    length: usize,
    head: Option<Head>,
}

enum Source<'a> {
    Built(&'a Segment, Members<'a>),
    Recent(&'a Recent, std::slice::Iter<'a, u32>),
}

/// The next hit of a lane, read.
struct Head {
    key: Vec<u8>,
    row: i64,
    document: Document,
}

impl<'a> Lane<'a> {
    pub(super) fn built(segment: &'a Segment, set: &'a Set) -> Self {
        Self {
            length: set.len(),
            source: Source::Built(segment, set.members()),
            head: None,
        }
    }

    pub(super) fn recent(recent: &'a Recent, slots: &'a [u32]) -> Self {
        Self {
            length: slots.len(),
            source: Source::Recent(recent, slots.iter()),
            head: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    fn skip(&mut self, count: usize) {
        let Some(last) = count.checked_sub(1) else {
            return;
        };
        match &mut self.source {
            Source::Built(_, members) => drop(members.nth(last)),
            Source::Recent(_, slots) => drop(slots.nth(last)),
        }
    }

    fn read(&mut self, conn: &Connection) -> Result<Option<(i64, Document)>, SearchError> {
        match &mut self.source {
            Source::Built(segment, members) => members
                .next()
                .map(|document| segment.document(conn, document))
                .transpose(),
            Source::Recent(recent, slots) => slots
                .next()
                .map(|slot| recent.document(conn, *slot))
                .transpose(),
        }
    }

    fn fill(&mut self, conn: &Connection) -> Result<(), SearchError> {
        if self.head.is_none() {
            self.head = self.read(conn)?.map(|(row, document)| {
                let key = document.order_key();
                Head { key, row, document }
            });
        }
        Ok(())
    }
}

/// The hits `skip..skip + take` of the lanes together. A single lane is in order already, so that nothing is
/// read of the hits before.
pub(super) fn merge(
    conn: &Connection,
    lanes: &mut [Lane<'_>],
    skip: usize,
    take: usize,
) -> Result<Vec<(i64, Document)>, SearchError> {
    let mut hits = Vec::with_capacity(take);
    if take == 0 {
        return Ok(hits);
    }
    if let [lane] = lanes {
        lane.skip(skip);
        while hits.len() < take
            && let Some(hit) = lane.read(conn)?
        {
            hits.push(hit);
        }
        return Ok(hits);
    }
    for at in 0..skip + take {
        for lane in lanes.iter_mut() {
            lane.fill(conn)?;
        }
        let heads = lanes.iter_mut().filter(|lane| lane.head.is_some());
        let first = heads.min_by(|left, right| {
            left.head
                .as_ref()
                .map(|head| &head.key)
                .cmp(&right.head.as_ref().map(|head| &head.key))
        });
        let Some(head) = first.and_then(|lane| lane.head.take()) else {
            break;
        };
        if at >= skip {
            hits.push((head.row, head.document));
        }
    }
    Ok(hits)
}
