//! The three panes and the lines that they are made of.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use super::text;
use super::theme::{Role, Theme};
use super::widget::{ListState, Motion, put_parts, put_right};

pub mod journey;
pub mod profile;
pub mod roster;
pub mod sign;

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

/// A line of texts in the colours of their roles, with something at its right end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    left: Vec<Part>,
    right: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    text: String,
    role: Role,
    weight: Modifier,
}

/// Columns between the two ends of a line.
const GAP: u16 = 1;

impl Line {
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self::default().and(text, role)
    }

    pub fn and(mut self, text: impl Into<String>, role: Role) -> Self {
        self.left.push(Part::new(text.into(), role));
        self
    }

    /// The same in a heavier hand: names and headings.
    pub fn and_strong(mut self, text: impl Into<String>, role: Role) -> Self {
        let weight = Modifier::BOLD;
        self.left.push(Part {
            weight,
            ..Part::new(text.into(), role)
        });
        self
    }

    pub fn right(mut self, text: impl Into<String>, role: Role) -> Self {
        self.right.push(Part::new(text.into(), role));
        self
    }

    /// A word on the ground of its colour, at the right end.
    pub fn right_reversed(mut self, text: impl Into<String>, role: Role) -> Self {
        let weight = Modifier::BOLD.union(Modifier::REVERSED);
        self.right.push(Part {
            weight,
            ..Part::new(text.into(), role)
        });
        self
    }

    /// This line and another one in one row.
    pub fn followed_by(mut self, other: &Self) -> Self {
        self.left.extend(other.left.iter().cloned());
        self.right.extend(other.right.iter().cloned());
        self
    }

    pub fn is_empty(&self) -> bool {
        self.left.is_empty() && self.right.is_empty()
    }

    /// Draws the line in the first row of an area. The right end is whole and the left is cut, unless there
    /// is too little room for both: then the right is left out.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        let right: u16 = self.right.iter().map(|part| columns(&part.text)).sum();
        let keeps_right = 0 < right && right.saturating_mul(3) < area.width.saturating_mul(2);
        self.view_ends(area, if keeps_right { right } else { 0 }, buf, theme);
    }

    /// The same, but the right end is drawn whatever becomes of the left.
    pub fn view_whole_right(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        let right: u16 = self.right.iter().map(|part| columns(&part.text)).sum();
        self.view_ends(area, right.min(area.width), buf, theme);
    }

    fn view_ends(&self, area: Rect, right: u16, buf: &mut Buffer, theme: &Theme) {
        let keeps_right = 0 < right;
        let room = if keeps_right {
            area.width.saturating_sub(right + GAP)
        } else {
            area.width
        };
        draw(
            &self.left,
            Rect {
                width: room,
                ..area
            },
            buf,
            theme,
        );
        if keeps_right {
            let start = area.right() - right;
            let place = Rect {
                x: start,
                width: right,
                ..area
            };
            draw(&self.right, place, buf, theme);
        }
    }

    /// The words alone, for tests and narrow places.
    pub fn text(&self) -> String {
        let parts = self.left.iter().chain(&self.right);
        parts.map(|part| part.text.as_str()).collect()
    }
}

/// The area of a row without its last column, so that nothing touches the border or the scroll mark.
pub fn breathe(area: Rect) -> Rect {
    Rect {
        width: area.width.saturating_sub(1),
        ..area
    }
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

impl Part {
    fn new(text: String, role: Role) -> Self {
        Self {
            text,
            role,
            weight: Modifier::empty(),
        }
    }
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

fn draw(parts: &[Part], area: Rect, buf: &mut Buffer, theme: &Theme) {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| {
            let style = theme.style(part.role).add_modifier(part.weight);
            (part.text.as_str(), style)
        })
        .collect();
    put_parts(buf, area, &parts);
}

fn columns(text: &str) -> u16 {
    u16::try_from(text::width(&text::clean_line(text))).unwrap_or(u16::MAX)
}
