//! A segment as a source of answers: which of its documents meet a leaf.

use rusqlite::Connection;

use super::SearchError;
use super::dictionary::{Go, common};
use super::query::{Leaf, Probe, Strength};
use super::rank::{Answer, Met, Mode, Source};
use super::segment::Segment;
use super::set::{Gather, Set};
use super::typo::{Likeness, Typed, Unlike};
use super::words::Space;

/// A segment read over a connection.
pub(super) struct View<'a> {
    pub conn: &'a Connection,
    pub segment: &'a Segment,
}

impl Source for View<'_> {
    type Answer = Set;

    fn meet(&mut self, leaf: &Leaf, mode: Mode) -> Result<Met<Set>, SearchError> {
        let names = self.meet_in(Space::Names, leaf, mode)?;
        let words = self.meet_in(Space::Words, leaf, mode)?;
        let codes = self.meet_in(Space::Codes, leaf, mode)?;
        Ok(Met {
            whole: words.whole.or(&codes.whole).or(&names.whole),
            begun: words.begun.or(&codes.begun).or(&names.begun),
            found: words.found.or(&codes.found).or(&names.found),
            whole_name: names.whole,
            name: names.begun,
        })
    }
}

/// Documents with words of one space.
struct InSpace {
    whole: Set,
    begun: Set,
    found: Set,
}

impl View<'_> {
    fn meet_in(&self, space: Space, leaf: &Leaf, mode: Mode) -> Result<InSpace, SearchError> {
        let [mut whole, mut begun, mut least] =
            [(), (), ()].map(|()| Gather::new(self.segment.documents()));
        for Probe { text, strength, .. } in leaf.probes.iter().filter(|probe| probe.space == space)
        {
            let into = match strength {
                Strength::WhenEqual => {
                    self.segment.whole(self.conn, space, text, &mut whole)?;
                    &mut begun
                }
                Strength::Whole => &mut whole,
                Strength::Least => &mut least,
            };
            self.segment.begun(self.conn, space, text, into)?;
        }
        if let (Mode::Forgiving, Some(typed)) = (mode, &leaf.typo)
            && space != Space::Codes
        {
            self.resembling(space, typed, &mut whole, &mut begun)?;
        }
        let whole = whole.take();
        let begun = begun.take().or(&whole);
        let found = begun.clone().or(&least.take());
        Ok(InSpace {
            whole,
            begun,
            found,
        })
    }

    /// Adds the documents with a word one typo away. Blocks whose words all begin in a way that rules it out
    /// are not read, and words that share such a beginning are passed over: that leaves a few of thousands.
    fn resembling(
        &self,
        space: Space,
        typed: &Typed,
        whole: &mut Gather,
        begun: &mut Gather,
    ) -> Result<(), SearchError> {
        let directory = self.segment.words(space);
        for at in 0..directory.len() {
            let (first, next) = (directory.first(at), directory.first(at + 1));
            if !typed.could_begin(&first[..common(first, next)]) {
                continue;
            }
            self.segment
                .each_entry(self.conn, directory, at, |word, postings| {
                    let likeness = match typed.like(word) {
                        Ok(likeness) => likeness,
                        Err(Unlike(length)) if length <= word.len() => return Ok(Go::Past(length)),
                        Err(_) => return Ok(Go::On),
                    };
                    self.segment.add(self.conn, postings, begun)?;
                    if likeness == Likeness::Whole {
                        self.segment.add(self.conn, postings, whole)?;
                    }
                    Ok(Go::On)
                })?;
        }
        Ok(())
    }
}
