//! What matched in a hit: byte ranges of its fields, on the borders of what people see as one letter.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::document::{Document, FieldKind};
use super::fold::Letter;
use super::query::{Leaf, Need};
use super::rank::Mode;
use super::words::{BACKWARDS, Space, each_word, text_of};

/// The parts of each field that the needs found, in order and apart.
pub(super) fn mark(document: &Document, needs: &[Need], mode: Mode) -> Vec<(usize, Range<usize>)> {
    let mut found = Found {
        document,
        mode,
        spots: Vec::new(),
    };
    for need in needs {
        found.need(need);
    }
    found.finish()
}

struct Found<'a> {
    document: &'a Document,
    mode: Mode,
    spots: Vec<(usize, Range<usize>)>,
}

impl Found<'_> {
    /// Marks what meets the need; false, with nothing marked, when it is not met.
    fn need(&mut self, need: &Need) -> bool {
        match need {
            Need::One(leaf) => self.leaf(leaf),
            Need::Either(lists) => {
                let mut any = false;
                for list in lists {
                    let before = self.spots.len();
                    let all = list.iter().all(|need| self.need(need));
                    if !all {
                        self.spots.truncate(before);
                    }
                    any |= all;
                }
                any
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> bool {
        let mut found = Vec::new();
        each_word(self.document, &mut |space, letters| {
            let length = reach(leaf, space, letters, self.mode);
            found.extend(length.map(|length| letters[..length.min(letters.len())].to_vec()));
        });
        for letters in &found {
            self.letters(letters);
        }
        !found.is_empty()
    }

    fn letters(&mut self, letters: &[Letter]) {
        for letter in letters.iter().filter(|letter| letter.end > letter.start) {
            self.spots.push((
                usize::from(letter.field),
                letter.start as usize..letter.end as usize,
            ));
        }
        let Some(first) = letters.first() else {
            return;
        };
        let field = usize::from(first.field);
        if first.folded == BACKWARDS {
            return self.same_end(field, letters.len() - 1);
        }
        let kind = self.document.fields.get(field).map(|(kind, _)| *kind);
        if matches!(
            kind,
            Some(FieldKind::PhoneInternational | FieldKind::PhoneNational)
        ) {
            // The first letter only says what kind of number it is.
            self.other_forms(field, letters.len() - 1);
        }
    }

    /// Marks the last digits, so many, where the number stands in other forms.
    fn same_end(&mut self, field: usize, length: usize) {
        let forms = self.document.fields.iter().enumerate().skip(field + 1);
        let others = [FieldKind::PhoneNational, FieldKind::PhoneTyped];
        for (at, (_, text)) in forms.take_while(|(_, (form, _))| others.contains(form)) {
            let end = text.find(char::is_alphabetic).unwrap_or(text.len());
            let digits = text[..end].rmatch_indices(|c: char| c.is_ascii_digit());
            self.spots
                .extend(digits.take(length).map(|(from, _)| (at, from..from + 1)));
        }
    }

    /// Marks the same digits where the number stands in other forms: `length` digits of the field were found.
    fn other_forms(&mut self, field: usize, length: usize) {
        let fields = &self.document.fields;
        let Some((kind, text)) = fields.get(field) else {
            return;
        };
        let found: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        let national = *kind == FieldKind::PhoneNational;
        let start = field - usize::from(national).min(field);
        let next_number =
            |at: usize, form: FieldKind| at > field && form == FieldKind::PhoneInternational;
        for (at, (form, text)) in fields.iter().enumerate().skip(start).take(3) {
            if next_number(at, *form) {
                return;
            }
            let whole = national && *form == FieldKind::PhoneInternational;
            if whole || *form == FieldKind::PhoneTyped {
                let digits = found_digits(text, &found, length);
                self.spots
                    .extend(digits.map(|digit| (at, digit..digit + 1)));
            }
        }
    }

    fn finish(mut self) -> Vec<(usize, Range<usize>)> {
        self.spots
            .sort_by_key(|(field, range)| (*field, range.start, range.end));
        let mut whole: Vec<(usize, Range<usize>)> = Vec::with_capacity(self.spots.len());
        let mut borders: (usize, Vec<usize>) = (usize::MAX, Vec::new());
        for (field, range) in self.spots {
            let Some((_, text)) = self.document.fields.get(field) else {
                continue;
            };
            if borders.0 != field {
                let starts = text.grapheme_indices(true).map(|(at, _)| at);
                borders = (field, starts.chain([text.len()]).collect());
            }
            let range = widen(&borders.1, range);
            match whole.last_mut() {
                Some((last, before)) if *last == field && before.end >= range.start => {
                    before.end = before.end.max(range.end);
                }
                _ => whole.push((field, range)),
            }
        }
        whole
    }
}

/// Where in a text the digits are that are the first `length` of a number. Both end alike; what differs is
/// the country code or the trunk zero in front.
fn found_digits(text: &str, number: &[char], length: usize) -> impl Iterator<Item = usize> {
    let digits: Vec<(usize, char)> = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .collect();
    let tail = digits.iter().rev().zip(number.iter().rev());
    let alike = tail.take_while(|((_, left), right)| left == *right).count();
    let to = (digits.len() + length).saturating_sub(number.len());
    let from = digits.len() - alike;
    digits.into_iter().take(to).skip(from).map(|(at, _)| at)
}

/// How many letters of a word the leaf found.
fn reach(leaf: &Leaf, space: Space, letters: &[Letter], mode: Mode) -> Option<usize> {
    let word = text_of(letters);
    let begun = |text: &str| word.starts_with(text).then(|| text.chars().count());
    let probed = leaf.probes.iter().filter(|probe| probe.space == space);
    let exact = probed.filter_map(|probe| begun(&probe.text)).max();
    if exact.is_some() || mode == Mode::Exact {
        return exact;
    }
    let typed = leaf.typo.as_ref()?;
    typed.like(word.as_bytes()).is_ok().then_some(letters.len())
}

/// The smallest range of whole graphemes around a range.
fn widen(borders: &[usize], range: Range<usize>) -> Range<usize> {
    let start = borders
        .partition_point(|border| *border <= range.start)
        .saturating_sub(1);
    let end = borders.partition_point(|border| *border < range.end);
    let at = |index: usize, or: usize| borders.get(index).copied().unwrap_or(or);
    at(start, range.start)..at(end, range.end)
}
