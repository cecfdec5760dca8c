//! A reader: the built index and the delta searched as one.

use std::ops::Range;

use rusqlite::Connection;

use super::answer::{self, GRADES, Ranked};
use super::base::{Base, State};
use super::bits::Bits;
use super::delta::Delta;
use super::mark::{Typos, mark};
use super::typed::Typed;
use super::typo::OneTypo;
use super::{Hit, LIMIT_MAX, OFFSET_MAX, Page, Query};

/// With fewer exact hits than this, one typo a word is forgiven.
const ENOUGH: usize = 5;

/// One reader's view of the index. Use it outside write transactions only: it remembers what it has read.
#[derive(Debug, Default)]
pub struct SearchIndex {
    base: Base,
    delta: Delta,
}

/// A found document: a number of the built index, or a slot of the delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Base(usize),
    Delta(usize),
}

/// What was found in both.
struct Both {
    base: Ranked,
    delta: Ranked,
}

impl Both {
    fn total(&self) -> usize {
        self.base.total + self.delta.total
    }
}

impl SearchIndex {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads what was written since the last call. The first call reads the outline of the built index, too.
    pub fn refresh(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        in_snapshot(connection, || self.catch_up(connection))
    }

    /// Finds contacts as they stand now; a text without any letter or digit finds none.
    pub fn search(&mut self, connection: &Connection, query: &Query) -> rusqlite::Result<Page> {
        in_snapshot(connection, || {
            self.catch_up(connection)?;
            self.page(connection, query)
        })
    }

    fn catch_up(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let caught_up = self.try_catch_up(connection);
        if caught_up.is_err() {
            // Forgets what was read half-way.
            *self = Self::default();
        }
        caught_up
    }

    fn try_catch_up(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let state = State::read(connection)?;
        if state.generation != self.base.generation() {
            // The delta is forgotten with the old generation: slots know their place in that one only.
            self.delta = Delta::behind(state.sequence);
            self.base = Base::load(connection, state)?;
        }
        let Self { base, delta } = self;
        delta.refresh(connection, |row| base.leave_out(connection, row))
    }

    fn page(&mut self, connection: &Connection, query: &Query) -> rusqlite::Result<Page> {
        let typed = Typed::read(&query.text);
        let mut page = Page {
            of: self.base.live().count() + self.delta.live().count(),
            ..Page::default()
        };
        if typed.units.is_empty() {
            return Ok(page);
        }
        let start = query.offset.min(OFFSET_MAX);
        let window = start..start + query.limit.min(LIMIT_MAX);
        let exact = self.exact(connection, &typed)?;
        page.total = exact.total();
        for place in self.places(connection, &exact, window.clone())? {
            page.hits
                .push(self.hit(connection, &typed, place, Typos::None)?);
        }
        if exact.total() < ENOUGH && typed.words().any(|word| word.forgiving().is_some()) {
            let near = self.near(connection, &typed, &exact)?;
            page.total += near.total();
            let behind = window.start.saturating_sub(exact.total())
                ..window.end.saturating_sub(exact.total());
            for place in self.places(connection, &near, behind)? {
                page.hits
                    .push(self.hit(connection, &typed, place, Typos::One)?);
            }
        }
        Ok(page)
    }

    fn exact(&self, connection: &Connection, typed: &Typed) -> rusqlite::Result<Both> {
        let Self { base, delta } = self;
        Ok(Both {
            base: answer::rank(typed, base.size(), base.live(), |word, answer| {
                base.gather(connection, word, answer)
            })?,
            delta: answer::rank(typed, delta.size(), delta.live(), |word, answer| {
                delta.gather(word, answer);
                Ok::<_, rusqlite::Error>(())
            })?,
        })
    }

    /// What is found when one typo a word is forgiven, without what is found exactly.
    fn near(&self, connection: &Connection, typed: &Typed, exact: &Both) -> rusqlite::Result<Both> {
        let Self { base, delta } = self;
        let left = left_over(base.live(), &exact.base);
        let in_base = answer::rank(typed, base.size(), &left, |word, answer| {
            base.gather(connection, word, answer)?;
            match word.forgiving() {
                Some(letters) => base.gather_near(connection, &OneTypo::new(letters), answer),
                None => Ok(()),
            }
        })?;
        let left = left_over(delta.live(), &exact.delta);
        let in_delta = answer::rank(typed, delta.size(), &left, |word, answer| {
            delta.gather(word, answer);
            if let Some(letters) = word.forgiving() {
                delta.gather_near(&OneTypo::new(letters), answer);
            }
            Ok::<_, rusqlite::Error>(())
        })?;
        Ok(Both {
            base: in_base,
            delta: in_delta,
        })
    }

    /// What is in a window of the hits: grade by grade, each in display order.
    fn places(
        &mut self,
        connection: &Connection,
        both: &Both,
        mut window: Range<usize>,
    ) -> rusqlite::Result<Vec<Place>> {
        let mut places = Vec::new();
        for grade in 0..GRADES {
            if window.is_empty() {
                break;
            }
            let (base, delta) = (&both.base.grades[grade], &both.delta.grades[grade]);
            let count = base.count() + delta.count();
            if count > window.start {
                let merged = self.merge(connection, base, delta, window.end)?;
                places.extend(merged.into_iter().skip(window.start).take(window.len()));
            }
            window = window.start.saturating_sub(count)..window.end.saturating_sub(count);
        }
        Ok(places)
    }

    /// The first `most` documents of a grade, in display order.
    fn merge(
        &mut self,
        connection: &Connection,
        base: &Bits,
        delta: &Bits,
        most: usize,
    ) -> rusqlite::Result<Vec<Place>> {
        let mut merged = Vec::new();
        let mut numbers = base.iter().peekable();
        for slot in self.first_slots(delta, most) {
            let before = self
                .delta
                .before(slot, |order| self.base.before(connection, order))?;
            while merged.len() < most
                && let Some(number) = numbers.next_if(|number| *number < before)
            {
                merged.push(Place::Base(number));
            }
            if merged.len() >= most {
                return Ok(merged);
            }
            merged.push(Place::Delta(slot));
        }
        let left = most - merged.len();
        merged.extend(numbers.take(left).map(Place::Base));
        Ok(merged)
    }

    /// The first `most` of these slots, in display order.
    fn first_slots(&self, slots: &Bits, most: usize) -> Vec<usize> {
        let mut slots: Vec<usize> = slots.iter().collect();
        let order =
            |one: &usize, other: &usize| self.delta.order(*one).cmp(&self.delta.order(*other));
        if most > 0 && most < slots.len() {
            slots.select_nth_unstable_by(most - 1, order);
            slots.truncate(most);
        }
        slots.sort_unstable_by(order);
        slots
    }

    fn hit(
        &self,
        connection: &Connection,
        typed: &Typed,
        place: Place,
        typos: Typos,
    ) -> rusqlite::Result<Hit> {
        let document = match place {
            Place::Base(number) => self.base.document(connection, number)?,
            Place::Delta(slot) => self.delta.document(connection, slot)?,
        };
        Ok(Hit {
            contact: document.contact,
            matches: mark(&document, typed, typos),
            by_typo: typos == Typos::One,
            document,
        })
    }
}

/// Runs `read` on one state of the store: a write of another process cannot come between two reads.
fn in_snapshot<T>(
    connection: &Connection,
    read: impl FnOnce() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    if !connection.is_autocommit() {
        return read();
    }
    let snapshot = connection.unchecked_transaction()?;
    let result = read()?;
    snapshot.finish()?;
    Ok(result)
}

/// The documents of `live` that were not found.
fn left_over(live: &Bits, found: &Ranked) -> Bits {
    let mut left = live.clone();
    found.grades.iter().for_each(|grade| left.without(grade));
    left
}
