//! Walking the chain from its origin: what does not fit is named with its place.
//!
//! A single edit, deletion, insertion or swap is told from the others by trying which of them would make the
//! entries after it fit again.

use std::fmt;

use super::{Hash, Head, ORIGIN, Sealed};

/// Most breaks that are named; the rest is counted.
const BREAKS_MAX: usize = 1000;
/// Most entries that do not fit and are remembered, to find out what would make them fit.
const SUSPECTS_MAX: usize = 64;
/// Most numbers by which entries behind a deletion may have been moved up.
const MOVED_MAX: i64 = 16;

/// A break of the chain and its place. The sentence names entries by number and no values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    Edited(i64),
    HashEdited(i64),
    ValuesEdited(i64),
    ValuesAdded(i64),
    /// Values are there of an entry that is not.
    ValuesLeft(i64),
    Deleted {
        from: i64,
        to: i64,
    },
    Inserted(i64),
    Swapped(i64, i64),
    /// The journal ends before the last entry that was written.
    TailCut {
        end: i64,
        written: i64,
    },
    /// Everything fits, but not the head that was kept elsewhere.
    NotAsKept(i64),
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited(1) => f.write_str("journal entry 1 was edited"),
            Self::Edited(seq) => write!(
                f,
                "journal entry {seq} was edited, or entry {} was and then sealed anew",
                seq - 1
            ),
            Self::HashEdited(seq) => write!(f, "the hash of journal entry {seq} was edited"),
            Self::ValuesEdited(seq) => write!(f, "the values of journal entry {seq} were edited"),
            Self::ValuesAdded(seq) => write!(
                f,
                "values were added to journal entry {seq}, which was written without"
            ),
            Self::ValuesLeft(seq) => write!(
                f,
                "the values of journal entry {seq} are there, but the entry is not"
            ),
            Self::Deleted { from, to } if from == to => {
                write!(f, "journal entry {from} was deleted")
            }
            Self::Deleted { from, to } => write!(f, "journal entries {from} to {to} were deleted"),
            Self::Inserted(seq) => write!(f, "journal entry {seq} was inserted"),
            Self::Swapped(one, other) => {
                write!(f, "journal entries {one} and {other} were swapped")
            }
            Self::TailCut { end, written } => write!(
                f,
                "the tail of the journal was cut off: it ends at entry {end} instead of {written}"
            ),
            Self::NotAsKept(seq) => write!(
                f,
                "journal entry {seq} is not the one of the head that was kept: an entry up to it was edited and \
                everything after sealed anew"
            ),
        }
    }
}

/// A walk along the chain, entry by entry in the order of their numbers.
pub struct Walk {
    /// How many entries were counted when they were written.
    counted: i64,
    kept: Option<Head>,
    last: Last,
    /// The last two entries that fit: number as it was written, and hash.
    good: (i64, Hash),
    good_before: Option<(i64, Hash)>,
    /// What the numbers of entries have to be moved by to be those that were written.
    moved: i64,
    suspects: Vec<Suspect>,
    breaks: Vec<Break>,
    more: u64,
}

/// The entry that was taken last.
struct Last {
    seq: i64,
    hash: Hash,
    /// What its hash should be, when it is another one.
    sealed: Option<Hash>,
}

/// An entry that does not fit, and the hash before it.
struct Suspect {
    entry: Sealed,
    before: Hash,
}

impl Walk {
    /// A walk along a journal of which so many entries were counted. `kept` is a head that was kept elsewhere.
    pub fn new(counted: u64, kept: Option<Head>) -> Self {
        Self {
            counted: counted.cast_signed(),
            kept,
            last: Last {
                seq: 0,
                hash: ORIGIN,
                sealed: None,
            },
            good: (0, ORIGIN),
            good_before: None,
            moved: 0,
            suspects: Vec::new(),
            breaks: Vec::new(),
            more: 0,
        }
    }

    /// Takes the next entry and answers whether its digest can be trusted.
    pub fn take(&mut self, entry: Sealed) -> bool {
        let seq = entry.seq;
        if seq < 1 {
            self.tell(Break::Inserted(seq));
            return false;
        }
        self.compare(seq, &entry.hash);
        if self.skips_to(seq) {
            self.begin_after_gap(&entry);
            return true;
        }
        if self.fit(&entry) {
            return true;
        }
        match self.explain(&entry) {
            Some(is_in_place) => is_in_place,
            None => {
                self.suspect(entry);
                false
            }
        }
    }

    /// Takes an entry that does not read; the chain goes on from the hash that it shows.
    pub fn take_unread(&mut self, seq: i64, hash: Hash) {
        self.compare(seq, &hash);
        let _ = self.skips_to(seq);
        self.tell(Break::Edited(seq));
        self.last = Last {
            seq,
            hash,
            sealed: None,
        };
    }

    /// Notes a break that the walk itself does not see.
    pub fn tell(&mut self, found: Break) {
        match self.breaks.len() < BREAKS_MAX {
            true => self.breaks.push(found),
            false => self.more += 1,
        }
    }

    /// Every break, and how many more there are.
    pub fn finish(mut self) -> (Vec<Break>, u64) {
        let end = self.last.seq + self.moved;
        let kept = self.kept.map_or(0, |head| head.id.0.cast_signed());
        let written = self.counted.max(kept);
        if end < written {
            self.breaks.push(Break::TailCut { end, written });
        }
        (self.breaks, self.more)
    }

    /// Compares an entry with the head that was kept.
    fn compare(&mut self, seq: i64, hash: &Hash) {
        let kept = self
            .kept
            .filter(|head| head.id.0.cast_signed() == seq + self.moved);
        if kept.is_some_and(|head| head.hash != *hash) {
            self.tell(Break::NotAsKept(seq));
        }
    }

    /// Whether entries are missing before this one; those are told.
    fn skips_to(&mut self, seq: i64) -> bool {
        let (from, to) = (self.last.seq + 1, seq - 1);
        // What is missing behind the last one that was written never was there.
        let written = self.counted - self.moved;
        if from <= to.min(written) {
            let to = to.min(written);
            self.tell(Break::Deleted { from, to });
        }
        from <= to
    }

    fn begin_after_gap(&mut self, entry: &Sealed) {
        let id = entry.seq + self.moved;
        if self.counted < id {
            self.tell(Break::Inserted(entry.seq));
        }
        self.accept(id, entry.seq, entry.hash);
    }

    /// Whether the entry follows from the one before, or from what that one should have been.
    fn fit(&mut self, entry: &Sealed) -> bool {
        let id = entry.seq + self.moved;
        if !entry.fits(id, &self.last.hash) {
            let Some(sealed) = self.last.sealed.filter(|sealed| entry.fits(id, sealed)) else {
                return false;
            };
            self.last.hash = sealed;
            let seq = self.last.seq;
            self.replace(Break::Edited(seq), Some(Break::HashEdited(seq)));
        }
        if self.counted < id {
            self.tell(Break::Inserted(entry.seq));
        }
        self.accept(id, entry.seq, entry.hash);
        true
    }

    /// Whether something that was done to an entry before makes this one fit, and whether its own values are
    /// beside it then.
    fn explain(&mut self, entry: &Sealed) -> Option<bool> {
        if BREAKS_MAX <= self.breaks.len() {
            return None;
        }
        if self.is_swapped(entry) {
            return Some(false);
        }
        let is_explained = self.follows_insertion(entry)
            || (self.last.sealed.is_some() && self.follows_deletion(entry));
        is_explained.then_some(true)
    }

    fn is_swapped(&mut self, entry: &Sealed) -> bool {
        let (seq, moved, before) = (entry.seq, self.moved, self.last.hash);
        let found = self.suspects.iter().position(|other| {
            let is_beside = other.entry.seq + 1 == seq;
            let previous = if is_beside { &entry.hash } else { &before };
            entry.fits(other.entry.seq + moved, &other.before)
                && other.entry.fits(seq + moved, previous)
        });
        let Some(found) = found else {
            return false;
        };
        let other = self.suspects.remove(found);
        let one = other.entry.seq;
        self.replace(Break::Edited(one), Some(Break::Swapped(one, seq)));
        // The entry behind the first of the two did not fit only because of the swap.
        let behind = self.suspects.iter().position(|suspect| {
            suspect.entry.seq == one + 1 && suspect.entry.fits(one + 1 + moved, &entry.hash)
        });
        if let Some(behind) = behind {
            self.suspects.remove(behind);
            self.replace(Break::Edited(one + 1), None);
        }
        self.accept(seq + moved, seq, other.entry.hash);
        true
    }

    /// Whether the entry fits when those between it and one that fits were inserted.
    fn follows_insertion(&mut self, entry: &Sealed) -> bool {
        let is_last_good = self.last.sealed.is_none();
        let base = match is_last_good {
            true => self.good_before,
            false => Some(self.good),
        };
        let Some((id, hash)) = base.filter(|(id, hash)| entry.fits(id + 1, hash)) else {
            return false;
        };
        if is_last_good {
            // Of an entry and its copy the first is where it was written.
            let is_copy = entry.hash == self.last.hash;
            self.tell(Break::Inserted(match is_copy {
                true => entry.seq,
                false => self.last.seq,
            }));
        }
        for seq in id - self.moved + 1..=self.last.seq {
            self.replace(Break::Edited(seq), Some(Break::Inserted(seq)));
        }
        self.good = (id, hash);
        self.moved = id + 1 - entry.seq;
        self.accept(id + 1, entry.seq, entry.hash);
        true
    }

    /// Whether the entry fits when some before it were deleted and the rest moved up.
    fn follows_deletion(&mut self, entry: &Sealed) -> bool {
        let id = entry.seq + self.moved;
        let by = (1..=MOVED_MAX).find(|by| entry.fits(id + by, &self.last.hash));
        let Some(by) = by else {
            return false;
        };
        let (from, to) = (self.good.0 + 1, id + by - 2);
        self.replace(
            Break::Edited(self.last.seq),
            Some(Break::Deleted { from, to }),
        );
        self.moved += by;
        self.accept(id + by, entry.seq, entry.hash);
        true
    }

    fn suspect(&mut self, entry: Sealed) {
        let (seq, before) = (entry.seq, self.last.hash);
        let id = seq + self.moved;
        self.tell(match self.counted < id {
            true => Break::Inserted(seq),
            false => Break::Edited(seq),
        });
        self.last = Last {
            seq,
            hash: entry.hash,
            sealed: Some(entry.seal(id, &before)),
        };
        if self.suspects.len() == SUSPECTS_MAX {
            self.suspects.remove(0);
        }
        self.suspects.push(Suspect { entry, before });
    }

    fn accept(&mut self, id: i64, seq: i64, hash: Hash) {
        self.good_before = Some(self.good);
        self.good = (id, hash);
        self.last = Last {
            seq,
            hash,
            sealed: None,
        };
    }

    /// Puts what a break turned out to be in its place.
    fn replace(&mut self, told: Break, better: Option<Break>) {
        let Some(at) = self.breaks.iter().rposition(|one| *one == told) else {
            return;
        };
        match better {
            Some(better) => self.breaks[at] = better,
            None => drop(self.breaks.remove(at)),
        }
    }
}
