//! Which parts of a hit's fields matched, for a screen to mark.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::document::Document;
use super::term::{Class, NATIONAL, Piece, each_term};
use super::typed::{Typed, Word};
use super::typo::OneTypo;

/// Whether words may be met with one typo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typos {
    None,
    One,
}

/// Byte ranges of the texts of a document, by the number of the field.
type Marks = BTreeMap<usize, Vec<Range<usize>>>;

/// What matched: fields by number, ranges ascending, apart, at the borders of what a reader calls a letter.
pub(super) fn mark(
    document: &Document,
    typed: &Typed,
    typos: Typos,
) -> Vec<(usize, Vec<Range<usize>>)> {
    let mut words: Vec<Marking<'_>> = typed
        .words()
        .map(|word| Marking::new(word, typos))
        .collect();
    each_term(document, &mut |text, class, pieces| {
        words
            .iter_mut()
            .for_each(|word| word.look(text, class, pieces));
    });
    let mut found = words.into_iter().map(|word| word.marks);
    let mut marks = Marks::new();
    for unit in &typed.units {
        let mut options: Vec<Vec<Marks>> = Vec::new();
        for option in &unit.options {
            options.push(found.by_ref().take(option.len()).collect());
        }
        let best = options
            .into_iter()
            .find(|option| option.iter().all(|word| !word.is_empty()));
        for (field, ranges) in best.into_iter().flatten().flatten() {
            marks.entry(field).or_default().extend(ranges);
        }
    }
    marks
        .into_iter()
        .filter_map(|(field, ranges)| Some((field, tidy(&document.fields.get(field)?.1, ranges))))
        .collect()
}

/// A word and where it was found so far.
struct Marking<'a> {
    word: &'a Word,
    near: Option<OneTypo>,
    marks: Marks,
}

impl<'a> Marking<'a> {
    fn new(word: &'a Word, typos: Typos) -> Self {
        let near = match typos {
            Typos::None => None,
            Typos::One => word.forgiving().map(OneTypo::new),
        };
        Self {
            word,
            near,
            marks: Marks::new(),
        }
    }

    fn look(&mut self, text: &str, class: Class, pieces: &[Piece<'_>]) {
        let exact = self
            .word
            .forms
            .iter()
            .filter(|form| text.starts_with(form.as_str()))
            .map(String::len);
        let length = exact.max().or_else(|| {
            let near = self.near.as_ref().filter(|_| class != Class::Other)?;
            near.meets(text).map(|_| text.len())
        });
        let Some(mut left) = length else {
            return;
        };
        if text.starts_with(NATIONAL) {
            left -= NATIONAL.len();
        }
        for piece in pieces {
            let taken = left.min(piece.range.len());
            left -= taken;
            if taken > 0 {
                let original = piece
                    .folded
                    .original(&(piece.range.start..piece.range.start + taken));
                self.marks.entry(piece.field).or_default().push(original);
            }
        }
    }
}

/// Sorts and joins ranges, and widens them to whole grapheme clusters.
fn tidy(text: &str, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let borders: Vec<usize> = text
        .grapheme_indices(true)
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let mut tidied: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let first = borders
            .partition_point(|border| *border <= range.start)
            .saturating_sub(1);
        let last = borders.partition_point(|border| *border < range.end);
        let (Some(&start), Some(&end)) = (borders.get(first), borders.get(last)) else {
            continue;
        };
        match tidied.last_mut() {
            Some(before) if start <= before.end => before.end = before.end.max(end),
            Some(_) | None => tidied.push(start..end),
        }
    }
    tidied
}
