//! The profile: who it is, how sure and why, and what is known. It is a list of rows, so that a reader of
//! the screen can go through it line by line; what the rows say is in `profile/`.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, heading, row_width, step};
use crate::backend::view::Profile;
use crate::domain::Identifier;
use crate::domain::contact::{ContactId, NoteId};
use crate::tui::context::Context;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widget::{Focus, List, ListState, Motion, Shown, put, put_block};

mod fields;
mod head;
mod people;
mod suggested;

pub use head::{badge, state_sentences};

/// The rows of a note that is not opened.
const FOLDED_ROWS: u16 = 2;
const INDENT: u16 = 2;
/// Columns of the edges of a box and the blanks within.
const BOX_COLUMNS: usize = 4;

/// Where the reader is, and which notes are open.
#[derive(Clone, Debug, Default)]
pub struct ProfilePane {
    list: ListState,
    open: BTreeSet<NoteId>,
}

/// A row of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    body: Body,
    points: Points,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    Blank,
    Heading(String),
    Line(Line),
    /// A sentence that may take several rows.
    Sentence(String, Role),
    Note(Line, String),
    BoxTop(String),
    BoxLine(Line),
    BoxBottom(Line),
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Points {
    Nothing,
    Identifier(Identifier),
    Contact(ContactId),
    Note(NoteId),
}

impl Row {
    fn blank() -> Self {
        Self::plain(Body::Blank)
    }

    fn heading(title: impl Into<String>) -> Self {
        Self::plain(Body::Heading(title.into()))
    }

    fn line(line: Line) -> Self {
        Self::plain(Body::Line(line))
    }

    fn sentence(text: impl Into<String>, role: Role) -> Self {
        Self::plain(Body::Sentence(text.into(), role))
    }

    fn plain(body: Body) -> Self {
        Self {
            body,
            points: Points::Nothing,
        }
    }

    fn at(mut self, points: Points) -> Self {
        self.points = points;
        self
    }

    /// Whether the reader stops here: blanks and edges of boxes have nothing to read.
    fn can_rest(&self) -> bool {
        match self.body {
            Body::Blank | Body::BoxTop(_) => false,
            Body::Heading(_) | Body::Line(_) | Body::Sentence(..) | Body::Note(..) => true,
            Body::BoxLine(_) | Body::BoxBottom(_) => true,
        }
    }
}

impl ProfilePane {
    /// Begins at the top, for another person.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    pub fn go(&mut self, motion: Motion, profile: &Profile, context: &Context<'_>) {
        let rows = rows(profile, context);
        step(&mut self.list, motion, rows.len(), |row| {
            rows[row].can_rest()
        });
    }

    /// Puts the reader on a row.
    pub fn click(&mut self, row: usize) {
        self.list.select(row);
    }

    /// What the selected row is about.
    pub fn selected(&self, profile: &Profile, context: &Context<'_>) -> Points {
        let rows = rows(profile, context);
        let at = self.list.selected_of(rows.len());
        at.map_or(Points::Nothing, |at| rows[at].points.clone())
    }

    /// Opens a note, or folds it again.
    pub fn fold(&mut self, note: NoteId) {
        if !self.open.remove(&note) {
            self.open.insert(note);
        }
    }

    pub fn view(
        &self,
        profile: &Profile,
        focus: Focus,
        area: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Shown {
        let rows = rows(profile, context);
        let list = List {
            len: rows.len(),
            empty: "",
            focus,
            theme: context.theme,
        };
        let width = row_width(area);
        let height = |row: usize| self.height(&rows[row], usize::from(width));
        list.view_tall(&self.list, area, buf, height, |row, place, buf| {
            self.draw(&rows[row], Rect { width, ..place }, buf, context);
        })
    }

    fn height(&self, row: &Row, width: usize) -> u16 {
        let lines = |text: &str, width: usize| {
            let lines = text::wrap(&text::clean_block(text), width.max(1)).len();
            u16::try_from(lines).unwrap_or(u16::MAX)
        };
        match &row.body {
            Body::Sentence(text, _) => lines(text, width),
            Body::Note(_, text) => {
                let lines = lines(text, width.saturating_sub(usize::from(INDENT)));
                1 + if self.is_open(row) {
                    lines
                } else {
                    lines.min(FOLDED_ROWS)
                }
            }
            Body::Line(line) => rows_of(line, width),
            Body::BoxLine(line) => rows_of(line, width.saturating_sub(BOX_COLUMNS)),
            Body::Blank | Body::Heading(_) | Body::BoxTop(_) | Body::BoxBottom(_) => 1,
        }
    }

    fn is_open(&self, row: &Row) -> bool {
        matches!(row.points, Points::Note(note) if self.open.contains(&note))
    }

    fn draw(&self, row: &Row, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
        let theme = context.theme;
        match &row.body {
            Body::Blank => {}
            Body::Heading(title) => heading(title, place, buf, theme),
            Body::Line(line) => line.view_rows(place, buf, theme),
            Body::Sentence(text, role) => {
                put_block(buf, place, text, theme.style(*role));
            }
            Body::Note(head, text) => {
                head.view(place, buf, theme);
                let below = Rect {
                    x: place.x + INDENT.min(place.width),
                    y: place.y + 1,
                    width: place.width.saturating_sub(INDENT),
                    height: place.height.saturating_sub(1),
                };
                put_block(buf, below, text, theme.style(Role::Text));
            }
            Body::BoxTop(title) => draw_edge(
                &Line::of(title, Role::Accent),
                ["╭", "╮"],
                place,
                buf,
                context,
            ),
            Body::BoxBottom(line) => draw_edge(line, ["╰", "╯"], place, buf, context),
            Body::BoxLine(line) => draw_boxed(line, place, buf, context),
        }
    }
}

/// Everything that is said about a person, from the name to the ids.
fn rows(profile: &Profile, context: &Context<'_>) -> Vec<Row> {
    let mut rows = head::rows(profile, context);
    // Where nobody kept is linked, who may be meant stands above what little is known.
    let asks = suggested::is_shown(profile);
    if asks {
        rows.extend(people::rivals(profile, context));
    }
    rows.extend(suggested::rows(profile, context));
    if let Some(contact) = &profile.contact {
        rows.extend(fields::rows(profile, contact, context));
    }
    if !asks {
        rows.extend(people::rivals(profile, context));
    }
    rows.extend(people::suggestions(profile, context));
    rows.extend(people::notes(profile, context));
    rows.extend(people::origins(profile, context));
    rows
}

/// The upper or lower edge of a box with something in it.
fn draw_edge(
    line: &Line,
    corners: [&str; 2],
    place: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    if place.width < 4 {
        return;
    }
    let style = context.theme.style(Role::Border);
    let dashes = "─".repeat(usize::from(place.width - 2));
    put(
        buf,
        place,
        &format!("{}{dashes}{}", corners[0], corners[1]),
        style,
    );
    let width = text::width(&text::clean_line(&line.text())) as u16 + 2;
    if !line.is_empty() && width + 2 <= place.width {
        let inside = Rect {
            x: place.x + 2,
            width,
            ..place
        };
        let padded = Line::of(" ", Role::Text)
            .followed_by(line)
            .and(" ", Role::Text);
        padded.view(inside, buf, context.theme);
    }
}

fn rows_of(line: &Line, width: usize) -> u16 {
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    u16::try_from(line.rows(width).len()).unwrap_or(u16::MAX)
}

fn draw_boxed(line: &Line, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    if place.width < 6 {
        line.view(place, buf, context.theme);
        return;
    }
    let style = context.theme.style(Role::Border);
    for y in place.top()..place.bottom() {
        buf.set_string(place.x, y, "│", style);
        buf.set_string(place.right() - 1, y, "│", style);
    }
    let inside = Rect {
        x: place.x + 2,
        width: place.width - 4,
        ..place
    };
    line.view_rows(inside, buf, context.theme);
}
