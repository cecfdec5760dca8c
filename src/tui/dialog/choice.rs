//! Answers to choose from: by their letter, or with the arrows and Enter.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{paragraph, rows_of};
use crate::tui::input::{Key, Press};
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::{Focus, List, ListState, Motion, put};

/// Columns for the letter before the words.
const LETTER_COLUMNS: u16 = 3;

/// In place of the letter of an answer that cannot be chosen.
const NO_LETTER: &str = "–";

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub letter: char,
    pub words: String,
    /// What it means, in the second line; why it cannot be chosen, when that is so.
    pub beneath: String,
    pub can: Can,
}

/// How much of the answers there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Density {
    Full,
    /// Second lines only under the cursor.
    Brief,
    /// No second lines.
    Bare,
    /// One row an answer, cut where it is longer.
    Rows,
}

impl Density {
    /// The fullest first.
    pub const ALL: [Self; 4] = [Self::Full, Self::Brief, Self::Bare, Self::Rows];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Can {
    Choose,
    NotChoose,
}

/// Several answers, one of them under the cursor.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    rows: Vec<Choice>,
    list: ListState,
}

impl Choice {
    pub fn new(letter: char, words: impl Into<String>, beneath: impl Into<String>) -> Self {
        Self {
            letter,
            words: words.into(),
            beneath: beneath.into(),
            can: Can::Choose,
        }
    }

    /// The same answer, greyed with the reason.
    pub fn refused(self, why: impl Into<String>) -> Self {
        Self {
            beneath: why.into(),
            can: Can::NotChoose,
            ..self
        }
    }

    fn rows(&self, width: u16, has_beneath: bool) -> u16 {
        let width = width.saturating_sub(LETTER_COLUMNS);
        let beneath = if has_beneath && !self.beneath.is_empty() {
            rows_of(&self.beneath, width)
        } else {
            0
        };
        rows_of(&self.words, width) + beneath
    }
}

impl Choices {
    /// Answers with the cursor on one of them.
    pub fn new(rows: Vec<Choice>, selected: usize) -> Self {
        let mut list = ListState::default();
        list.select(selected);
        Self { rows, list }
    }

    /// The answer that a press gives, if it gives one; a press of an arrow moves the cursor.
    pub fn press(&mut self, press: &Press) -> Option<usize> {
        let chosen = match (press.key, press.ctrl, press.alt) {
            (Key::Up | Key::Char('k'), false, false) => self.go(Motion::Up),
            (Key::Down | Key::Char('j'), false, false) => self.go(Motion::Down),
            (Key::Tab, false, false) if press.shift => self.go(Motion::Up),
            (Key::Tab, false, false) => self.go(Motion::Down),
            (Key::Enter, false, false) => self.list.selected_of(self.rows.len()),
            (Key::Char(letter), false, false) => self
                .rows
                .iter()
                .position(|row| row.letter == letter.to_ascii_lowercase()),
            _ => None,
        }?;
        self.list.select(chosen);
        (self.rows.get(chosen)?.can == Can::Choose).then_some(chosen)
    }

    /// The answer that a click gives: the first click moves the cursor there, so that nothing is done by
    /// chance.
    pub fn click(&mut self, at: Position) -> Option<usize> {
        let row = self.list.row_at(at)?;
        let was_selected = self.list.selected_of(self.rows.len()) == Some(row);
        self.list.select(row);
        (was_selected && self.rows.get(row)?.can == Can::Choose).then_some(row)
    }

    /// The rows that the answers take.
    pub fn height(&self, width: u16, density: Density) -> u16 {
        let width = width.saturating_sub(1);
        let rows = 0..self.rows.len();
        rows.map(|at| self.rows_at(at, width, density)).sum()
    }

    /// Draws the answers and says where the cursor belongs.
    pub fn view(
        &self,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
        density: Density,
    ) -> Option<Position> {
        let list = List {
            len: self.rows.len(),
            empty: "",
            focus: Focus::Focused,
            theme,
        };
        let width = area.width.saturating_sub(1);
        let height = |at: usize| self.rows_at(at, width, density);
        let shown = list.view_tall(&self.list, area, buf, height, |at, place, buf| {
            if let Some(choice) = self.rows.get(at) {
                draw(choice, self.has_beneath(at, density), place, buf, theme);
            }
        });
        shown.cursor
    }

    /// The letter of the answer under the cursor: what Enter chooses.
    pub fn selected_letter(&self) -> Option<char> {
        let at = self.list.selected_of(self.rows.len())?;
        self.rows.get(at).map(|row| row.letter)
    }

    fn rows_at(&self, at: usize, width: u16, density: Density) -> u16 {
        let row = self.rows.get(at).filter(|_| density != Density::Rows);
        row.map_or(1, |row| row.rows(width, self.has_beneath(at, density)))
    }

    fn has_beneath(&self, at: usize, density: Density) -> bool {
        match density {
            Density::Full => true,
            Density::Brief => self.list.selected_of(self.rows.len()) == Some(at),
            Density::Bare | Density::Rows => false,
        }
    }

    fn go(&mut self, motion: Motion) -> Option<usize> {
        self.list.go(motion, self.rows.len());
        None
    }
}

fn draw(choice: &Choice, has_beneath: bool, place: Rect, buf: &mut Buffer, theme: &Theme) {
    let (letter, words) = match choice.can {
        Can::Choose => (Role::Accent, Role::Text),
        Can::NotChoose => (Role::Muted, Role::Muted),
    };
    // No colour alone says that it cannot be chosen: its letter is not there to press.
    let sign = match choice.can {
        Can::Choose => choice.letter.to_string(),
        Can::NotChoose => NO_LETTER.to_owned(),
    };
    put(buf, place, &sign, theme.style(letter));
    let text = Rect {
        x: place.x + LETTER_COLUMNS.min(place.width),
        width: place.width.saturating_sub(LETTER_COLUMNS),
        ..place
    };
    let rest = paragraph(buf, text, theme, (&choice.words, words));
    if has_beneath {
        paragraph(buf, rest, theme, (&choice.beneath, Role::Muted));
    }
}
