//! The three panes and the lines that they are made of.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Role, Theme};
use super::widget::{put_parts, put_right};
use super::text;

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
    left: Vec<(String, Role)>,
    right: Vec<(String, Role)>,
}

/// Columns between the two ends of a line.
const GAP: u16 = 1;

impl Line {
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self::default().and(text, role)
    }

    pub fn and(mut self, text: impl Into<String>, role: Role) -> Self {
        self.left.push((text.into(), role));
        self
    }

    pub fn right(mut self, text: impl Into<String>, role: Role) -> Self {
        self.right.push((text.into(), role));
        self
    }

    /// Draws the line in the first row of an area. The right end is whole and the left is cut, unless there
    /// is too little room for both: then the right is left out.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        let right: u16 = self.right.iter().map(|(text, _)| columns(text)).sum();
        let keeps_right = 0 < right && right.saturating_mul(3) < area.width.saturating_mul(2);
        let room = if keeps_right {
            area.width.saturating_sub(right + GAP)
        } else {
            area.width
        };
        draw(&self.left, Rect { width: room, ..area }, buf, theme);
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
        parts.map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("")
    }
}

/// Draws a heading with a line behind it that fills the row.
pub fn heading(title: &str, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let area = area.intersection(buf.area);
    let used = put_parts(buf, area, &[(title, theme.style(Role::Muted)), (" ", theme.style(Role::Muted))]);
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

fn draw(parts: &[(String, Role)], area: Rect, buf: &mut Buffer, theme: &Theme) {
    let parts: Vec<_> = parts
        .iter()
        .map(|(text, role)| (text.as_str(), theme.style(*role)))
        .collect();
    put_parts(buf, area, &parts);
}

fn columns(text: &str) -> u16 {
    u16::try_from(text::width(&text::clean_line(text))).unwrap_or(u16::MAX)
}
