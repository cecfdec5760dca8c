//! Marking the letters that a search found, as the search sees them: without case and accents.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::put_parts;
use crate::tui::text;

/// Draws a text in the first row of an area with the letters that `words` found in another style, laid
/// over the plain one. Answers the columns that were drawn.
pub fn put_matched(
    buf: &mut Buffer,
    area: Rect,
    text: &str,
    words: &[&str],
    (plain, found): (Style, Style),
) -> u16 {
    let text = text::clean_line(text);
    let mut parts = Vec::new();
    let mut end = 0;
    for range in matches(&text, words) {
        parts.push((&text[end..range.start], plain));
        parts.push((&text[range.clone()], plain.patch(found)));
        end = range.end;
    }
    parts.push((&text[end..], plain));
    put_parts(buf, area, &parts)
}

/// Where the words occur in a text, in order and apart: at starts of words, and only where there is no
/// such place, within them.
pub fn matches(text: &str, words: &[&str]) -> Vec<Range<usize>> {
    let folded: Vec<(char, Range<usize>)> = text
        .char_indices()
        .flat_map(|(at, c)| fold(c).map(move |letter| (letter, at..at + c.len_utf8())))
        .collect();
    let mut found = Vec::new();
    for word in words {
        let word: Vec<char> = word.chars().flat_map(fold).collect();
        let places: Vec<usize> = places(&folded, &word).collect();
        let is_start = |at: &usize| *at == 0 || !folded[at - 1].0.is_alphanumeric();
        let is_any_start = places.iter().any(is_start);
        let wanted = places
            .into_iter()
            .filter(|at| !is_any_start || is_start(at));
        found.extend(wanted.map(|at| folded[at].1.start..folded[at + word.len() - 1].1.end));
    }
    join(found)
}

fn fold(c: char) -> impl Iterator<Item = char> {
    std::iter::once(c)
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
}

fn places<'a>(
    folded: &'a [(char, Range<usize>)],
    word: &'a [char],
) -> impl Iterator<Item = usize> + 'a {
    let last = if word.is_empty() {
        0
    } else {
        (folded.len() + 1).saturating_sub(word.len())
    };
    (0..last).filter(move |at| {
        folded[*at..*at + word.len()]
            .iter()
            .map(|(c, _)| c)
            .eq(word)
    })
}

fn join(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            Some(_) | None => joined.push(range),
        }
    }
    joined
}
