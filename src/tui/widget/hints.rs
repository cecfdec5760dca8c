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
    /// It cannot be done now: both are drawn in the same quiet look.
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

    fn columns(&self) -> usize {
        text::width(&text::clean_line(&self.key)) + 1 + text::width(&text::clean_line(&self.word))
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
    let parts = [
        (hint.key.as_str(), key),
        (if hint.word.is_empty() { "" } else { " " }, word),
        (hint.word.as_str(), word),
    ];
    put_parts(buf, area, &parts);
}
