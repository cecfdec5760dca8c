//! The footer: keys and what they do, as many as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Buttons, first_row, from_column, put_parts, put_right};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

const GAP: &str = "  ";
const HELP_KEY: &str = "?";

/// A key and the word for what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub key: String,
    pub word: String,
    /// It cannot be done now: both are drawn in the same quiet look, in brackets.
    pub is_greyed: bool,
}

impl Hint {
    pub fn new(key: impl Into<String>, word: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            word: word.into(),
            is_greyed: false,
        }
    }

    pub fn greyed(self) -> Self {
        Self {
            is_greyed: true,
            ..self
        }
    }

    /// The key and the word as they are drawn: no colour alone says that something cannot be done.
    pub fn words(&self) -> (String, String) {
        match (self.is_greyed, self.word.is_empty()) {
            (false, _) => (self.key.clone(), self.word.clone()),
            (true, true) => (format!("({})", self.key), String::new()),
            (true, false) => (format!("({}", self.key), format!("{})", self.word)),
        }
    }

    fn columns(&self) -> usize {
        let (key, word) = self.words();
        text::width(&text::clean_line(&key)) + 1 + text::width(&text::clean_line(&word))
    }
}

/// Draws hints in the first row of an area, the most wanted first. Where it is narrow the last ones are
/// left out, but never the key for help: it stands at the right end and tells the rest.
pub fn hints(buf: &mut Buffer, area: Rect, theme: &Theme, hints: &[Hint], buttons: &Buttons) {
    let mut area = first_row(buf, area);
    if let Some(help) = hints.iter().find(|hint| hint.key == HELP_KEY) {
        let columns = draw_help(buf, area, theme, help);
        let place = from_column(area, area.right().saturating_sub(columns));
        buttons.add(help, place);
        area.width = area.width.saturating_sub(columns + GAP.len() as u16);
    }
    for hint in hints.iter().filter(|hint| hint.key != HELP_KEY) {
        let columns = hint.columns();
        if usize::from(area.width) < columns {
            break;
        }
        draw(buf, area, theme, hint);
        let place = Rect {
            width: columns as u16,
            ..area
        };
        buttons.add(hint, place);
        area = from_column(area, area.x.saturating_add((columns + GAP.len()) as u16));
    }
}

/// Draws the hint for help at the right end, or its key alone, and answers its columns.
fn draw_help(buf: &mut Buffer, area: Rect, theme: &Theme, help: &Hint) -> u16 {
    let columns = help.columns();
    if columns <= usize::from(area.width) {
        draw(
            buf,
            from_column(area, area.right() - columns as u16),
            theme,
            help,
        );
        return columns as u16;
    }
    put_right(buf, area, HELP_KEY, theme.style(Role::Accent))
}

fn draw(buf: &mut Buffer, area: Rect, theme: &Theme, hint: &Hint) {
    let (key, word) = if hint.is_greyed {
        (theme.style(Role::Border), theme.style(Role::Border))
    } else {
        (theme.style(Role::Accent), theme.style(Role::Muted))
    };
    let (label, said) = hint.words();
    let parts = [
        (label.as_str(), key),
        (if said.is_empty() { "" } else { " " }, word),
        (said.as_str(), word),
    ];
    put_parts(buf, area, &parts);
}
