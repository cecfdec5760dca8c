//! The import door: CSV in, and cells that no spreadsheet takes for formulas out. Owns headers, cells and the
//! reasons of bad rows; what a row matches is the engine's.

use std::borrow::Cow;

mod columns;
mod errors;
pub mod export;
mod headings;
mod quotes;
mod rows;
mod values;

pub use columns::{BadHeader, Column, Columns, is_of_contacts};
pub use errors::{ErrorsFile, SafeWriter};
pub use rows::{Defect, Ended, Options, Row, Rows};

/// First characters that make spreadsheets compute, run or split a cell; wide forms do in some of them.
const ACTIVE: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

/// The cell as it is safe to write: a leading `'` goes before what a spreadsheet would compute.
/// `plain_cell` takes it off again, so nothing is lost: a cell that looks guarded already gets another `'`.
pub fn safe_cell(text: &str) -> Cow<'_, str> {
    match is_active(text.trim_start_matches('\'')) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The cell as it was before `safe_cell`.
pub fn plain_cell(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_active(rest.trim_start_matches('\'')) => rest,
        Some(_) | None => text,
    }
}

/// Blanks and what nobody sees before the character do not disarm it.
fn is_active(text: &str) -> bool {
    let is_unseen = |letter: &char| {
        let is_mark = matches!(*letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
        is_mark || letter.is_whitespace() || letter.is_control()
    };
    let is_blank = |letter: &char| *letter == ' ' || *letter == '\u{A0}';
    let mut letters = text.chars();
    let first = letters.clone().find(|letter| !is_blank(letter));
    let seen = letters.find(|letter| !is_unseen(letter));
    let mut starts = [first, seen].into_iter().flatten();
    starts.any(|letter| ACTIVE.contains(&letter))
}
