//! The terms of a document: every string whose prefixes find it, and which bytes of which field each came
//! from.
//!
//! A term of digits behind `NATIONAL` is a phone number without its country code.

use std::ops::Range;

use super::document::{Document, FieldKind};
use super::fold::{Folded, is_unspaced, is_word};

/// Opens the terms of national phone numbers; no typed word can hold it.
pub(super) const NATIONAL: &str = "#";

/// Most bytes of a term; longer ones are cut.
pub(super) const TERM_BYTES_MAX: usize = 120;

/// Most places inside one run of an unspaced script, or inside one e-mail address, that a term starts from.
const STARTS_MAX: usize = 40;

/// Where a term was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Name,
    Organization,
    Other,
}

/// A part of a term: folded bytes of one field.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub field: usize,
    pub folded: &'a Folded,
    pub range: Range<usize>,
}

impl Piece<'_> {
    fn text(&self) -> &str {
        &self.folded.text[self.range.clone()]
    }
}

/// What is called with each term: its text, where it was found, its parts.
pub(super) type Visit<'a> = dyn FnMut(&str, Class, &[Piece<'_>]) + 'a;

/// Calls `visit` with every term of the document; a term may come more than once.
pub(super) fn each_term(document: &Document, visit: &mut Visit<'_>) {
    let folded: Vec<Folded> = document
        .fields
        .iter()
        .map(|(_, text)| Folded::new(text))
        .collect();
    let mut terms = Terms {
        text: String::new(),
        visit,
    };
    for (field, (kind, _)) in document.fields.iter().enumerate() {
        let whole = Piece {
            field,
            folded: &folded[field],
            range: 0..folded[field].text.len(),
        };
        match kind {
            FieldKind::Given | FieldKind::Middle | FieldKind::Family => {
                terms.text(&whole, Class::Name)
            }
            FieldKind::Organization => terms.text(&whole, Class::Organization),
            FieldKind::ExternalId => terms.text(&whole, Class::Other),
            FieldKind::Email => terms.email(&whole),
            FieldKind::PhoneInternational | FieldKind::PhoneTyped => terms.phone(&whole),
            FieldKind::PhoneNational => terms.national(document, &folded, field),
            FieldKind::City => {}
        }
    }
    terms.unspaced_name(document, &folded);
}

/// The maximal runs of word characters in `text`, as byte ranges.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    runs(text, is_word)
}

/// The maximal runs of characters that are not white space.
pub(super) fn chunks(text: &str) -> Vec<Range<usize>> {
    runs(text, |character| !character.is_whitespace())
}

/// `text` cut to what a term can hold.
pub(super) fn cut(text: &str) -> &str {
    let mut end = text.len().min(TERM_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = None;
    for (at, character) in text.char_indices() {
        match (belongs(character), open) {
            (true, None) => open = Some(at),
            (false, Some(start)) => {
                found.push(start..at);
                open = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    found.extend(open.map(|start| start..text.len()));
    found
}

struct Terms<'a, 'b> {
    text: String,
    visit: &'a mut Visit<'b>,
}

impl Terms<'_, '_> {
    fn term(&mut self, mark: &str, class: Class, pieces: &[Piece<'_>]) {
        self.text.clear();
        self.text.push_str(mark);
        pieces
            .iter()
            .for_each(|piece| self.text.push_str(piece.text()));
        // Dictionaries end a term with a zero byte.
        if self.text.len() > mark.len() && !self.text.contains('\0') {
            (self.visit)(cut(&self.text), class, pieces);
        }
    }

    /// Words, and the words of `o'brien`, `anne-marie` or `CRM-0012` joined.
    fn text(&mut self, whole: &Piece<'_>, class: Class) {
        for chunk in chunks(whole.text()) {
            let parts: Vec<Piece<'_>> = words(&whole.text()[chunk.clone()])
                .into_iter()
                .map(|word| narrowed(whole, chunk.start + word.start..chunk.start + word.end))
                .collect();
            parts.iter().for_each(|word| self.word(word, class));
            if parts.len() > 1 {
                self.term("", class, &parts);
            }
        }
    }

    /// A word, and in scripts without spaces what starts at each of its characters.
    fn word(&mut self, word: &Piece<'_>, class: Class) {
        self.term("", class, std::slice::from_ref(word));
        let starts = inner_starts(word);
        for start in starts.into_iter().take(STARTS_MAX) {
            self.term("", class, &[narrowed(word, start..word.text().len())]);
        }
    }

    /// The address, the address from each word before the @, `@domain`, and each word.
    fn email(&mut self, whole: &Piece<'_>) {
        let text = whole.text();
        let trimmed = text.trim();
        let from = text.len() - text.trim_start().len();
        let address = narrowed(whole, from..from + trimmed.len());
        let at = trimmed.rfind('@');
        for (number, word) in words(trimmed).into_iter().take(STARTS_MAX).enumerate() {
            if number > 0 && at.is_some_and(|at| word.start < at) {
                self.term(
                    "",
                    Class::Other,
                    &[narrowed(&address, word.start..trimmed.len())],
                );
            }
            self.word(&narrowed(&address, word), Class::Other);
        }
        self.term("", Class::Other, std::slice::from_ref(&address));
        if let Some(at) = at {
            self.term("", Class::Other, &[narrowed(&address, at..trimmed.len())]);
        }
    }

    /// All digits as one term; those behind a trunk 0 as a national number.
    fn phone(&mut self, whole: &Piece<'_>) {
        let digits = digit_pieces(whole);
        self.term("", Class::Other, &digits);
        if digits
            .first()
            .is_some_and(|first| first.text().starts_with('0'))
        {
            self.term(NATIONAL, Class::Other, &without_digits(&digits, 1));
        }
    }

    /// The national number as its own field says it, and at the end of the international one before it.
    fn national(&mut self, document: &Document, folded: &[Folded], field: usize) {
        let mut digits = digit_pieces(&Piece {
            field,
            folded: &folded[field],
            range: 0..folded[field].text.len(),
        });
        if digits
            .first()
            .is_some_and(|first| first.text().starts_with('0'))
        {
            digits = without_digits(&digits, 1);
        }
        self.term(NATIONAL, Class::Other, &digits);
        let Some(before) = field.checked_sub(1) else {
            return;
        };
        if document.fields[before].0 != FieldKind::PhoneInternational {
            return;
        }
        let international = digit_pieces(&Piece {
            field: before,
            folded: &folded[before],
            range: 0..folded[before].text.len(),
        });
        let (long, short) = (joined(&international), joined(&digits));
        if !short.is_empty() && long.ends_with(&short) {
            let tail = without_digits(&international, long.len() - short.len());
            self.term(NATIONAL, Class::Other, &tail);
        }
    }

    /// Family and given name written as one run, both ways round: `田中太郎`.
    fn unspaced_name(&mut self, document: &Document, folded: &[Folded]) {
        let part = |kind| {
            let field = document
                .fields
                .iter()
                .position(|(found, _)| *found == kind)?;
            let mut words = words(&folded[field].text);
            let range = words.pop().filter(|_| words.is_empty())?;
            let piece = Piece {
                field,
                folded: &folded[field],
                range,
            };
            piece.text().chars().all(is_unspaced).then_some(piece)
        };
        if let (Some(family), Some(given)) = (part(FieldKind::Family), part(FieldKind::Given)) {
            self.term("", Class::Name, &[family.clone(), given.clone()]);
            self.term("", Class::Name, &[given, family]);
        }
    }
}

/// Part of a piece; `range` counts from the piece's start.
fn narrowed<'a>(piece: &Piece<'a>, range: Range<usize>) -> Piece<'a> {
    Piece {
        field: piece.field,
        folded: piece.folded,
        range: piece.range.start + range.start..piece.range.start + range.end,
    }
}

fn inner_starts(word: &Piece<'_>) -> Vec<usize> {
    let text = word.text();
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices()
        .skip(1)
        .filter(|(at, character)| {
            is_unspaced(*character) && word.folded.starts_character(word.range.start + at)
        })
        .map(|(at, _)| at)
        .collect()
}

/// The groups of digits up to the first letter behind a digit (`ext. 12` is no part of a number).
fn digit_pieces<'a>(whole: &Piece<'a>) -> Vec<Piece<'a>> {
    let text = whole.text();
    let first = text
        .find(|character: char| character.is_ascii_digit())
        .unwrap_or(text.len());
    let end = text[first..]
        .find(char::is_alphabetic)
        .map_or(text.len(), |letter| first + letter);
    runs(&text[..end], |character| character.is_ascii_digit())
        .into_iter()
        .map(|group| narrowed(whole, group))
        .collect()
}

/// The pieces without their first `count` digits.
fn without_digits<'a>(pieces: &[Piece<'a>], mut count: usize) -> Vec<Piece<'a>> {
    let mut rest = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let dropped = count.min(piece.range.len());
        count -= dropped;
        if dropped < piece.range.len() {
            rest.push(narrowed(piece, dropped..piece.range.len()));
        }
    }
    rest
}

fn joined(pieces: &[Piece<'_>]) -> String {
    pieces.iter().map(Piece::text).collect()
}
