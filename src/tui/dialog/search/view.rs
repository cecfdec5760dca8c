//! How the search looks: the box, the count at its end, the people in columns, and a line for what it says.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::row::{Row, Shown};
use super::{Place, Search};
use crate::backend::view::Brief;
use crate::domain::contact::ContactType;
use crate::tui::context::Context;
use crate::tui::dialog::shell::{Shell, below, rows_on, split_bottom, width_on};
use crate::tui::dialog::words::name_of_brief;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::time;
use crate::tui::widget::table::{Column, GAP, widths};
use crate::tui::widget::{Focus, List, put, put_parts, put_right, waiting};

const WIDTH: u16 = 96;
const ROWS: u16 = 22;
const PROMPT: &str = "> ";
/// A name has at least this, also where a detail has to stand beside it.
const NAME_COLUMNS_MIN: u16 = 15;
/// Below this height every row is for people.
const AIRY_FROM_ROWS: u16 = 12;

impl Search {
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let shell = Shell {
            title: &self.title(context),
            right: "",
            width: width_on(screen, WIDTH),
            rows: rows_on(screen, ROWS),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        let typing = self.view_box(inner, buf, context);
        let is_airy = AIRY_FROM_ROWS <= inner.height;
        let mut rest = below(inner, 1);
        if is_airy {
            let line = "─".repeat(usize::from(rest.width));
            put(buf, rest, &line, context.theme.style(Role::Border));
            rest = below(rest, 1);
        }
        if let Some((words, role)) = self.message() {
            let (bottom, top) = split_bottom(rest, 1);
            put(buf, bottom, &words, context.theme.style(role));
            rest = top;
        }
        let listed = self.view_list(rest, buf, context.theme);
        match self.place {
            Place::Box => typing,
            Place::List => listed,
        }
    }

    fn view_box(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let counts = self.counts(context);
        let is_fitting = |count: &&String| text::width(count) * 2 < usize::from(area.width);
        let count = counts.iter().find(is_fitting);
        let count = count.or(counts.last()).cloned().unwrap_or_default();
        let columns = text::width(&count) as u16;
        let fits = columns.saturating_mul(2) < area.width;
        if fits {
            put_right(buf, area, &count, theme.style(Role::Muted));
        }
        let prompt = put(buf, area, PROMPT, theme.style(Role::Accent));
        let taken = prompt + if fits { columns + 1 } else { 0 };
        let place = Rect {
            x: area.x + prompt.min(area.width),
            width: area.width.saturating_sub(taken),
            ..area
        };
        self.field.view(place, buf, theme)
    }

    /// How many there are, the fullest words first: of all kept contacts those that were found, and those at
    /// hand besides.
    fn counts(&self, context: &Context<'_>) -> Vec<String> {
        if self.field.text().trim().is_empty() {
            return Vec::new();
        }
        if let Some(words) = self.since.and_then(|since| {
            let elapsed = context.now.since_ms(since).max(0);
            waiting("searching", elapsed.unsigned_abs())
        }) {
            return vec![words];
        }
        let Some(found) = &self.found else {
            return Vec::new();
        };
        let is_whole = found.total <= found.hits.len();
        let is_found = |brief: &Brief| {
            // A kept contact may stand on a page that was not read yet.
            let may_come = brief.kind == ContactType::Curated && !is_whole;
            may_come || found.hits.iter().any(|hit| hit.contact == brief.id)
        };
        let at_hand = self.rows.iter().filter_map(|row| match row {
            Row::Pick(_) | Row::Typed => self.brief(*row),
            Row::Hit(_) | Row::Promote | Row::New => None,
        });
        let besides = at_hand.filter(|brief| !is_found(brief)).count();
        let (total, of) = (
            time::count(found.total as u64),
            time::count(found.of as u64),
        );
        let found_words = format!("{total} of {of}");
        let besides_words = format!("{besides} at hand");
        match (found.total, besides) {
            (_, 0) => vec![found_words],
            (0, _) => vec![besides_words],
            (_, _) => vec![format!("{found_words} · {besides_words}"), found_words],
        }
    }

    fn message(&self) -> Option<(String, Role)> {
        if let Some(words) = &self.said {
            return Some((words.clone(), Role::Warning));
        }
        if !self.marked.is_empty() {
            let names: Vec<String> = self.marked.iter().map(name_of_brief).collect();
            return Some((format!("✓ {}", names.join(", ")), Role::Good));
        }
        None
    }

    fn view_list(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let shown: Vec<Shown> = self.rows.iter().map(|row| self.shown(*row)).collect();
        let list = List {
            len: shown.len(),
            empty: self.empty_words(),
            focus: match self.place {
                Place::Box if self.selected_row().is_none() => Focus::Unmarked,
                Place::Box => Focus::Unfocused,
                Place::List => Focus::Focused,
            },
            theme,
        };
        let room = area.width.saturating_sub(2);
        let columns = widths(&columns(&shown, room), room);
        let drawn = list.view(&self.list, area, buf, |row, place, buf| {
            if let Some(shown) = shown.get(row) {
                draw(shown, place, &columns, buf, theme);
            }
        });
        drawn.cursor
    }

    fn empty_words(&self) -> &'static str {
        if self.field.text().trim().is_empty() {
            "No contact was viewed yet"
        } else if self.since.is_some() {
            ""
        } else if self.typed_id().is_some() {
            "No contact has this id"
        } else {
            "Nobody fits; ^N makes a new contact"
        }
    }
}

/// Name, type, detail and what stands beside them. A long name takes no more than its share: the detail is
/// what tells people of one name apart.
fn columns(shown: &[Shown], room: u16) -> [Column; 4] {
    let widest = |of: fn(&Shown) -> &str| -> u16 {
        let columns = shown.iter().map(|shown| text::width(of(shown))).max();
        columns.unwrap_or_default().min(usize::from(WIDTH)) as u16
    };
    let column = |ideal: u16, (min, most): (u16, u16), priority| Column {
        min: min.min(ideal),
        ideal: ideal.min(most),
        priority,
    };
    [
        column(
            widest(|shown| &shown.name),
            (12, (room * 2 / 5).max(NAME_COLUMNS_MIN)),
            3,
        ),
        column(widest(|shown| shown.kind), (10, 10), 1),
        column(widest(|shown| &shown.detail), (16, 30), 2),
        column(widest(|shown| &shown.beside), (14, 30), 0),
    ]
}

fn draw(shown: &Shown, place: Rect, widths: &[u16], buf: &mut Buffer, theme: &Theme) {
    let (name, muted) = (theme.style(Role::Text), theme.style(Role::Muted));
    let kind = match shown.kind {
        "Curated" => muted,
        _ => theme.style(Role::Warning),
    };
    let cells: [(&str, &[Range<usize>], Style); 4] = [
        (&shown.name, &shown.name_matched, name),
        (shown.kind, &[], kind),
        (&shown.detail, &shown.detail_matched, muted),
        (&shown.beside, &[], muted),
    ];
    let mut x = place.x;
    for (width, (words, matched, style)) in
        widths.iter().zip(cells).filter(|(width, _)| 0 < **width)
    {
        let cell = Rect {
            x,
            width: *width,
            ..place
        }
        .intersection(place);
        put_marked(buf, cell, words, matched, (style, theme.style(Role::Match)));
        x = x.saturating_add(width.saturating_add(GAP));
    }
}

/// Draws a text with the parts that were found; ranges that do not fit the text are left out.
fn put_marked(
    buf: &mut Buffer,
    area: Rect,
    words: &str,
    matched: &[Range<usize>],
    (plain, found): (Style, Style),
) {
    let mut parts = Vec::new();
    let mut end = 0;
    for range in matched {
        let (Some(before), Some(part)) = (words.get(end..range.start), words.get(range.clone()))
        else {
            continue;
        };
        parts.push((before, plain));
        parts.push((part, plain.patch(found)));
        end = range.end;
    }
    parts.push((words.get(end..).unwrap_or_default(), plain));
    put_parts(buf, area, &parts);
}
