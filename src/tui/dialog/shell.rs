//! The frame that dialogs share: a modal whose keys stand in its lower border, so that they cost no row.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

use crate::tui::context::Context;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::{Hint, Modal, centred, put_block, put_parts};

/// A dialog's frame. `rows` is what the content wants; what the screen has not is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shell<'a> {
    pub title: &'a str,
    pub right: &'a str,
    /// Columns with the border.
    pub width: u16,
    /// Rows without the border.
    pub rows: u16,
    pub hints: &'a [Hint],
}

impl Shell<'_> {
    /// Wipes its place, draws the frame and answers the area inside.
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
        let size = Size {
            width: self.width,
            height: self.rows.saturating_add(2),
        };
        let modal = Modal {
            title: self.title,
            right: self.right,
            size,
        };
        let inner = modal.view(screen, buf, context.theme);
        let area = centred(screen.intersection(buf.area), size);
        // A modal without room for a border has no place for keys either; the footer still tells them.
        if inner.y == area.y || area.height < 3 {
            return inner;
        }
        let border = Rect {
            x: area.x + 2,
            y: area.bottom() - 1,
            width: area.width.saturating_sub(4),
            height: 1,
        };
        draw_hints(border, buf, context, self.hints);
        inner
    }
}

/// The columns that are left for content in a frame of so many columns, as the modal has it.
pub(super) const fn inside(width: u16) -> u16 {
    let inner = width.saturating_sub(2);
    if inner < 12 { inner } else { inner - 2 }
}

/// The columns of a dialog that wants `ideal`: all of a narrow screen, else what it wants.
pub(super) fn width_on(screen: Rect, ideal: u16) -> u16 {
    ideal.min(screen.width)
}

/// The rows of a dialog that wants as many as there are, with air around it where there is some.
pub(super) fn rows_on(screen: Rect, wanted: u16) -> u16 {
    let air = if screen.height < 30 { 2 } else { 4 };
    wanted.min(screen.height.saturating_sub(air))
}

/// Draws a paragraph and answers the area below it.
pub(super) fn paragraph(
    buf: &mut Buffer,
    area: Rect,
    theme: &Theme,
    (words, role): (&str, Role),
) -> Rect {
    let drawn = put_block(buf, area, words, theme.style(role));
    below(area, drawn)
}

/// The rows a paragraph takes.
pub(super) fn rows_of(words: &str, width: u16) -> u16 {
    text::wrap(&text::clean_block(words), usize::from(width)).len() as u16
}

/// What is left of an area under so many of its rows.
pub(super) fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    }
}

/// The last rows of an area and what is above them.
pub(super) fn split_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let top = Rect {
        height: area.height - rows,
        ..area
    };
    (below(area, area.height - rows), top)
}

/// Where the cursor stands when there is nothing to type: at the first word, for screen readers.
pub(super) fn resting(area: Rect) -> Option<Position> {
    (!area.is_empty()).then(|| area.as_position())
}

fn draw_hints(area: Rect, buf: &mut Buffer, context: &Context<'_>, hints: &[Hint]) {
    let theme = context.theme;
    let mut left = area;
    for hint in that_fit(hints, area.width) {
        let columns = columns_of(hint);
        let (label, said) = hint.words();
        let (key, word) = (format!(" {label} "), format!("{said} "));
        let (of_key, of_word) = match hint.is_greyed {
            true => (Role::Border, Role::Border),
            false => (Role::Accent, Role::Muted),
        };
        let parts = [
            (key.as_str(), theme.style(of_key)),
            (word.as_str(), theme.style(of_word)),
        ];
        let place = Rect {
            width: columns,
            ..left
        };
        context.buttons.add(hint, place);
        buf.set_style(place, ratatui::style::Style::reset());
        put_parts(buf, place, &parts);
        let step = (columns + 1).min(left.width);
        left = Rect {
            x: left.x + step,
            width: left.width - step,
            ..left
        };
    }
}

/// The hints that there is room for. The way out is the last one and never left out for another.
fn that_fit(hints: &[Hint], width: u16) -> Vec<&Hint> {
    let Some((out, others)) = hints.split_last() else {
        return Vec::new();
    };
    let mut left = width.saturating_sub(columns_of(out));
    let mut is_fitting = |hint: &&Hint| {
        let fits = columns_of(hint) < left;
        left = left.saturating_sub(columns_of(hint) + 1);
        fits
    };
    let mut shown: Vec<&Hint> = others.iter().take_while(|hint| is_fitting(hint)).collect();
    shown.extend((columns_of(out) <= width).then_some(out));
    shown
}

fn columns_of(hint: &Hint) -> u16 {
    let (key, word) = hint.words();
    (text::width(&key) + text::width(&word) + 3) as u16
}
