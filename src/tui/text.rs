//! Text for the screen: the one door for foreign text, and cutting, padding and wrapping by what is seen.
//!
//! It owns widths and safety of text, not colours, dates or amounts. Widths are counted per grapheme
//! with ratatui's own measure, so that what is computed here is what is drawn there.

use std::ops::Range;

use ratatui::buffer::CellWidth;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

mod clean;
mod kind;

pub use kind::{LRM, ZWJ, ZWNJ, is_rtl};

pub use clean::{
    CHARS_MAX, MARKS_MAX, clean, clean_block, clean_line, is_clean, typed_block, typed_line,
};

/// What stands where text was cut.
pub const ELLIPSIS: &str = "…";

/// The columns a text takes on the screen.
pub fn width(text: &str) -> usize {
    if is_plain_ascii(text) {
        return text.len();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

/// Cuts a text to at most `width` columns; a cut text ends with `…`.
pub fn fit(text: &str, width: usize) -> String {
    if self::width(text) <= width {
        return text.to_owned();
    }
    cut(text, width)
}

/// Ends a text with `…` within `width` columns, even if it would fit: there was more behind it.
pub fn cut(text: &str, width: usize) -> String {
    if width == 0 {
        return String::new();
    }
    let mut kept = head(text, width - 1).to_owned();
    kept.push_str(ELLIPSIS);
    kept
}

/// Cuts a text in its middle: addresses and ids are told apart by both of their ends.
pub fn fit_middle(text: &str, width: usize) -> String {
    if self::width(text) <= width {
        return text.to_owned();
    }
    if width == 0 {
        return String::new();
    }
    let room = width - 1;
    let start = head(text, room.div_ceil(2));
    let end = tail(&text[start.len()..], room / 2);
    format!("{start}{ELLIPSIS}{end}")
}

/// Cuts or fills a text with blanks to exactly `width` columns.
pub fn pad(text: &str, width: usize) -> String {
    let mut padded = fit(text, width);
    let used = self::width(&padded);
    padded.extend(std::iter::repeat_n(' ', width.saturating_sub(used)));
    padded
}

/// The same, with the text at the right end: for numbers and times.
pub fn pad_left(text: &str, width: usize) -> String {
    let fitted = fit(text, width);
    let mut padded = " ".repeat(width.saturating_sub(self::width(&fitted)));
    padded.push_str(&fitted);
    padded
}

/// Breaks a text into lines of at most `width` columns, at blanks where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    if width == 0 {
        return Vec::new();
    }
    rows(text, width)
        .into_iter()
        .map(|row| fit(text[row].trim_end_matches(' '), width))
        .collect()
}

/// The byte ranges of the rows a text takes at `width` columns; every byte but the line breaks is in
/// one of them. Blanks at the end of a row may hang over the edge.
pub fn rows(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        break_line(text, start..start + line.len(), width.max(1), &mut rows);
        start += line.len() + 1;
    }
    rows
}

/// The columns of one grapheme; a control character counts one, as ratatui would have it.
pub fn grapheme_width(grapheme: &str) -> usize {
    match grapheme.as_bytes() {
        [byte] => usize::from(!byte.is_ascii_control()),
        _ => usize::from(grapheme.cell_width()),
    }
}

/// The last place at or before a byte that is between two graphemes.
pub fn boundary_before(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) => at,
        // The whole text is at hand, so that the cursor never asks for more of it.
        Ok(false) | Err(_) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
    }
}

fn is_plain_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7F).contains(&byte))
}

fn head(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if width < used {
            return &text[..at];
        }
    }
    text
}

fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut start = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme_width(grapheme);
        if width < used {
            break;
        }
        start = at;
    }
    &text[start..]
}

fn break_line(text: &str, line: Range<usize>, width: usize, rows: &mut Vec<Range<usize>>) {
    let mut start = line.start;
    // Invariant: `start <= pause`, and `pause` is where the row may end without cutting a word.
    let mut pause = start;
    let mut used = 0;
    for (offset, grapheme) in text[line.clone()].grapheme_indices(true) {
        let at = line.start + offset;
        let columns = grapheme_width(grapheme);
        if grapheme == " " {
            used += columns;
            pause = at + 1;
            continue;
        }
        // Scripts with wide letters have no blanks between words: each letter may start a row.
        if 1 < columns {
            pause = at;
        }
        if width < used + columns && start < at {
            let end = if start < pause { pause } else { at };
            rows.push(start..end);
            start = end;
            pause = end;
            used = self::width(&text[start..at]);
        }
        used += columns;
    }
    rows.push(start..line.end);
}
