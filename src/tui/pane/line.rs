//! A line of the panes: words in the colours of their roles, cut or wrapped as a whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::put_parts;

/// A line of texts in the colours of their roles, with something at its right end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    left: Vec<Part>,
    right: Vec<Part>,
    /// What stands at the right end where the whole would need a row of its own.
    brief: Option<Part>,
    /// The most rows, where that is not `ROWS_MAX`.
    rows_max: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    text: String,
    role: Role,
    weight: Modifier,
    /// A colour of its own, `#RRGGBB`, where what it marks has one.
    own: Option<String>,
}

/// Columns between the two ends of a line.
const GAP: u16 = 1;
/// The least columns that words are wrapped in.
const ROOM_MIN: usize = 10;
/// The most rows of a line; what is longer ends with `…`.
const ROWS_MAX: usize = 8;

impl Line {
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self::default().and(text, role)
    }

    pub fn and(mut self, text: impl Into<String>, role: Role) -> Self {
        self.left.push(Part::new(text.into(), role));
        self
    }

    /// A sign in a colour of its own; where that is none, in that of the role.
    pub fn and_coloured(mut self, sign: impl Into<String>, own: Option<&str>, role: Role) -> Self {
        self.left.push(Part {
            own: own.map(str::to_owned),
            ..Part::new(sign.into(), role)
        });
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

    /// The right end in brief, for a line that has no room for the whole.
    pub fn right_in_brief(mut self, text: impl Into<String>, role: Role) -> Self {
        self.brief = Some(Part::new(text.into(), role));
        self
    }

    /// The line in so many rows at most; what is longer ends with `…`.
    pub fn at_most(mut self, rows: usize) -> Self {
        self.rows_max = Some(rows);
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

    /// The line in rows of a width, with what does not fit in rows below. The first text of the line is its
    /// label: the rows below begin where it ends.
    pub fn rows(&self, width: u16) -> Vec<Self> {
        let width = usize::from(width);
        let hang = self.left.first().map_or(0, |label| wide(&label.text));
        let sum = |parts: &[Part]| -> usize { parts.iter().map(|part| wide(&part.text)).sum() };
        let (left, right) = (sum(&self.left), sum(&self.right));
        let gap = if 0 < right { usize::from(GAP) } else { 0 };
        let all: usize = left + gap + right;
        // Below this room a label beside a column of letters is worse than a cut.
        if all <= width || width < hang + ROOM_MIN {
            return vec![self.clone()];
        }
        if let Some(brief) = &self.brief
            && left + gap + wide(&brief.text) <= width
        {
            return vec![Self {
                left: self.left.clone(),
                right: vec![brief.clone()],
                ..Self::default()
            }];
        }
        let most = self.rows_max.unwrap_or(ROWS_MAX);
        let mut rows = flow(&self.left, hang, width - hang, most);
        let has_room = |row: &Self| row.width() + gap + right <= width;
        match rows.last_mut().filter(|row| has_room(row)) {
            Some(row) => row.right.clone_from(&self.right),
            None => rows.push(Self {
                right: self.right.clone(),
                ..Self::default()
            }),
        }
        rows
    }

    /// Draws the rows of the line, wrapped at the width of the area.
    pub fn view_rows(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        for (y, row) in (area.top()..area.bottom()).zip(self.rows(area.width)) {
            let place = Rect {
                y,
                height: 1,
                ..area
            };
            row.view_whole_right(place, buf, theme);
        }
    }

    /// The columns that all of the line takes, with a gap before its right end.
    pub fn columns(&self) -> u16 {
        let right: usize = self.right.iter().map(|part| wide(&part.text)).sum();
        u16::try_from(self.width() + usize::from(GAP) + right).unwrap_or(u16::MAX)
    }

    fn width(&self) -> usize {
        self.left.iter().map(|part| wide(&part.text)).sum()
    }

    /// The words alone, for tests and narrow places.
    pub fn text(&self) -> String {
        let parts = self.left.iter().chain(&self.right);
        parts.map(|part| part.text.as_str()).collect()
    }
}

impl Part {
    fn new(text: String, role: Role) -> Self {
        Self {
            text,
            role,
            weight: Modifier::empty(),
            own: None,
        }
    }

    fn with(&self, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            role: self.role,
            weight: self.weight,
            own: self.own.clone(),
        }
    }
}

/// The parts behind the label in rows of so many columns, the first one beside the label.
fn flow(left: &[Part], hang: usize, room: usize, most: usize) -> Vec<Line> {
    let Some((label, rest)) = left.split_first() else {
        return Vec::new();
    };
    let rest: Vec<Part> = rest
        .iter()
        .map(|part| part.with(&text::clean_line(&part.text)))
        .collect();
    let whole: String = rest.iter().map(|part| part.text.as_str()).collect();
    let mut ranges = text::rows(&whole, room);
    let is_cut = most < ranges.len();
    ranges.truncate(most);
    let mut rows: Vec<Line> = Vec::new();
    for range in ranges {
        let end = range.start + whole[range.clone()].trim_end_matches(' ').len();
        let indent = if rows.is_empty() {
            label.clone()
        } else {
            label.with(&" ".repeat(hang))
        };
        let mut row = Line {
            left: vec![indent],
            ..Line::default()
        };
        let mut start = 0;
        for part in &rest {
            let (from, to) = (range.start.max(start), end.min(start + part.text.len()));
            if from < to {
                row.left
                    .push(part.with(&part.text[from - start..to - start]));
            }
            start += part.text.len();
        }
        rows.push(row);
    }
    if let Some(row) = rows.last_mut().filter(|_| is_cut) {
        row.left.push(label.with(text::ELLIPSIS));
    }
    rows
}

fn wide(text: &str) -> usize {
    text::width(&text::clean_line(text))
}

fn draw(parts: &[Part], area: Rect, buf: &mut Buffer, theme: &Theme) {
    let parts: Vec<_> = parts
        .iter()
        .map(|part| {
            let own = part.own.as_deref().and_then(|own| theme.own(own));
            let style = own.unwrap_or_else(|| theme.style(part.role));
            let style = style.add_modifier(part.weight);
            (part.text.as_str(), style)
        })
        .collect();
    put_parts(buf, area, &parts);
}

fn columns(text: &str) -> u16 {
    u16::try_from(text::width(&text::clean_line(text))).unwrap_or(u16::MAX)
}
