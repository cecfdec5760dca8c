//! Sorted runs of terms in memory: what the delta is searched by. Many small runs are merged into few long
//! ones, so that a single write costs little and a search looks into few.

use super::document::Document;
use super::term::{Class, each_term};
use super::typo::{Near, OneTypo};

/// Longest run that merging makes: bounds how long a single search can wait for a merge.
const ENTRIES_MAX: usize = 100_000;

/// Terms and the slots of the documents that hold them.
#[derive(Debug, Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

impl Runs {
    /// Calls `found` with every slot that has a term beginning with `form`, and whether it is the whole term.
    pub fn starting(&self, form: &str, mut found: impl FnMut(u32, Class, bool)) {
        for run in &self.runs {
            let first = run
                .entries
                .partition_point(|entry| run.text(entry) < form.as_bytes());
            for entry in &run.entries[first..] {
                let text = run.text(entry);
                if !text.starts_with(form.as_bytes()) {
                    break;
                }
                found(entry.slot, entry.class, text.len() == form.len());
            }
        }
    }

    /// Calls `found` with every slot that has a term that the word meets with at most one typo.
    pub fn near(&self, word: &OneTypo, mut found: impl FnMut(u32, Class, Near)) {
        for run in &self.runs {
            let mut last: Option<(u32, Option<Near>)> = None;
            for entry in &run.entries {
                let near = match last {
                    Some((at, near)) if at == entry.at => near,
                    Some(_) | None => std::str::from_utf8(run.text(entry))
                        .ok()
                        .and_then(|text| word.meets(text)),
                };
                last = Some((entry.at, near));
                near.into_iter()
                    .for_each(|near| found(entry.slot, entry.class, near));
            }
        }
    }

    fn push(&mut self, run: Run) {
        if run.entries.is_empty() {
            return;
        }
        self.runs.push(run);
        while let [.., longer, shorter] = self.runs.as_slice() {
            let together = longer.entries.len() + shorter.entries.len();
            if longer.entries.len() > 2 * shorter.entries.len() || together > ENTRIES_MAX {
                return;
            }
            let merged = Run::merge(longer, shorter);
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(merged);
        }
    }
}

/// Terms that are not yet in a run. Those in which a typo is forgiven are kept apart.
#[derive(Debug, Default)]
pub(super) struct Unsorted {
    words: Vec<(Box<[u8]>, Class, u32)>,
    others: Vec<(Box<[u8]>, Class, u32)>,
}

impl Unsorted {
    pub fn add(&mut self, document: &Document, slot: u32) {
        each_term(document, &mut |text, class, _| {
            let list = match class {
                Class::Name | Class::Organization => &mut self.words,
                Class::Other => &mut self.others,
            };
            list.push((text.as_bytes().into(), class, slot));
        });
    }

    pub fn len(&self) -> usize {
        self.words.len() + self.others.len()
    }

    /// Sorts what was added into the runs of words and the runs of other terms.
    pub fn seal(&mut self, words: &mut Runs, others: &mut Runs) {
        words.push(Run::sorted(std::mem::take(&mut self.words)));
        others.push(Run::sorted(std::mem::take(&mut self.others)));
    }
}

#[derive(Debug, Default)]
struct Run {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

/// A term of a document; equal terms of a run share their bytes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: u32,
    slot: u32,
    length: u8,
    class: Class,
}

impl Run {
    fn sorted(mut terms: Vec<(Box<[u8]>, Class, u32)>) -> Self {
        terms.sort_unstable();
        terms.dedup();
        let mut run = Self::default();
        run.entries.reserve_exact(terms.len());
        for (text, class, slot) in &terms {
            run.add(text, *class, *slot);
        }
        run
    }

    fn merge(left: &Self, right: &Self) -> Self {
        let mut merged = Self::default();
        merged
            .entries
            .reserve_exact(left.entries.len() + right.entries.len());
        let (mut lefts, mut rights) = (
            left.entries.iter().peekable(),
            right.entries.iter().peekable(),
        );
        loop {
            let from_left = match (lefts.peek(), rights.peek()) {
                (Some(one), Some(other)) => left.text(one) <= right.text(other),
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return merged,
            };
            let (run, next) = if from_left {
                (left, lefts.next())
            } else {
                (right, rights.next())
            };
            if let Some(entry) = next {
                merged.add(run.text(entry), entry.class, entry.slot);
            }
        }
    }

    fn add(&mut self, text: &[u8], class: Class, slot: u32) {
        let at = match self.entries.last() {
            Some(last) if self.text(last) == text => last.at,
            Some(_) | None => {
                let at = self.bytes.len() as u32;
                self.bytes.extend_from_slice(text);
                at
            }
        };
        self.entries.push(Entry {
            at,
            slot,
            length: text.len() as u8,
            class,
        });
    }

    fn text(&self, entry: &Entry) -> &[u8] {
        let at = entry.at as usize;
        &self.bytes[at..at + usize::from(entry.length)]
    }
}
