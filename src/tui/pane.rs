//! The three panes and the lines that they are made of.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Role, Theme};
use super::widget::{ListState, Motion, put_parts, put_right};

mod line;

pub mod journey;
pub mod person;
pub mod profile;
pub mod roster;
pub mod sign;

pub use line::Line;

/// A place of the desk that can have the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Roster,
    Profile,
    Journey,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Roster, Self::Profile, Self::Journey];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Roster => "Conversations",
            Self::Profile => "Profile",
            Self::Journey => "Journey",
        }
    }
}

/// The area of a row without its last column, so that nothing touches the border or the scroll mark.
pub fn breathe(area: Rect) -> Rect {
    Rect {
        width: area.width.saturating_sub(1),
        ..area
    }
}

/// The columns of a row of a pane: the mark before it, and a blank and the scroll mark behind it are not its
/// own, whether there is a scroll mark or not, so that nothing moves when one comes.
pub fn row_width(pane: Rect) -> u16 {
    pane.width.saturating_sub(3)
}

/// Draws a heading with a line behind it that fills the row.
pub fn heading(title: &str, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buf.area);
    let used = put_parts(
        buf,
        area,
        &[
            (title, theme.style(Role::Muted)),
            (" ", theme.style(Role::Muted)),
        ],
    );
    let rest = usize::from(area.width - used);
    let line = "─".repeat(rest);
    put_right(
        buf,
        Rect {
            x: area.x + used,
            width: area.width - used,
            ..area
        },
        &line,
        theme.style(Role::Border),
    );
}

/// Moves through rows of which only some can be rested on. Others are passed over in the direction of the
/// step, or back where there is nothing more.
pub fn step(
    list: &mut ListState,
    motion: Motion,
    len: usize,
    can_rest: impl Fn(usize) -> bool,
) -> Option<usize> {
    list.go(motion, len);
    let at = list.selected_of(len)?;
    let after = || (at..len).find(|row| can_rest(*row));
    let before = || (0..=at).rev().find(|row| can_rest(*row));
    let row = match motion {
        Motion::Up | Motion::PageUp | Motion::Last => before().or_else(after),
        Motion::Down | Motion::PageDown | Motion::First => after().or_else(before),
    }?;
    list.select(row);
    Some(row)
}
