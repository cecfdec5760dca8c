//! How a form looks: labels, values and, beside them, what is to know about each. What does not fit is
//! scrolled, with the field under the cursor always in sight.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::row::{FormRow, Note, SECTIONS};
use super::{Form, State};
use crate::tui::context::Context;
use crate::tui::dialog::shell::{
    Shell, inside, paragraph, resting, rows_of, rows_on, split_bottom, width_on,
};
use crate::tui::pane::heading;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::{put, put_right, scrollbar};

const WIDTH: u16 = 92;
const LABEL_COLUMNS: u16 = 18;
const LABEL_COLUMNS_NARROW: u16 = 15;
/// What a value has at least before a note stands beside it, and the note at least behind it.
const VALUE_COLUMNS_MIN: u16 = 26;
const NOTE_COLUMNS_MIN: u16 = 16;
/// Rows that are left for fields, whatever is said under them.
const FIELD_ROWS_MIN: u16 = 2;
/// From this width on notes stand beside their fields.
const WIDE_FROM: u16 = 72;
/// From this height on sections are apart.
const AIRY_FROM: u16 = 24;
const SAVE: &str = "Save";

/// A line of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    Heading(&'static str),
    Row(usize),
    Save,
}

impl Form {
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let messages = self.messages(inside(width));
        let wanted = messages
            .iter()
            .map(|(words, _)| rows_of(words, inside(width)));
        let most = rows_on(screen, u16::MAX).saturating_sub(FIELD_ROWS_MIN);
        let message_rows = wanted.sum::<u16>().min(most);
        let lines = self.lines(screen.height);
        let wanted = lines.len() as u16 + message_rows;
        let shell = Shell {
            title: &self.title,
            right: &self.about,
            width,
            rows: rows_on(screen, wanted),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        let (mut bottom, rest) = split_bottom(inner, message_rows);
        for (words, role) in &messages {
            bottom = paragraph(buf, bottom, theme, (words, *role));
        }
        self.view_lines(&lines, rest, buf, theme)
    }

    fn lines(&self, height: u16) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if let Some((title, _)) = SECTIONS.iter().find(|(_, first)| *first == row.field) {
                if AIRY_FROM <= height && index != 0 {
                    lines.push(Line::Blank);
                }
                lines.push(Line::Heading(title));
            }
            lines.push(Line::Row(index));
        }
        lines.push(Line::Blank);
        lines.push(Line::Save);
        lines
    }

    fn view_lines(
        &self,
        lines: &[Line],
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        let room = usize::from(area.height);
        let wanted = |line: &Line| match line {
            Line::Row(index) => *index == self.focus,
            Line::Save => self.focus == self.rows.len(),
            Line::Blank | Line::Heading(_) => false,
        };
        let focused = lines.iter().position(wanted).unwrap_or(0);
        let top = scroll(self.top.get(), focused, lines, room);
        self.top.set(top);
        let is_long = room < lines.len();
        let width = area.width.saturating_sub(if is_long { 2 } else { 0 });
        let mut cursor = None;
        let mut places = Vec::new();
        for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(top)) {
            let place = Rect {
                y,
                width,
                height: 1,
                ..area
            };
            let at = self.view_line(*line, place, buf, theme);
            places.extend(self.index_of(*line).map(|index| (index, place)));
            cursor = cursor.or(at.filter(|_| wanted(line)));
        }
        self.places.replace(places);
        if is_long {
            scrollbar(
                buf,
                area,
                theme,
                top..(top + room).min(lines.len()),
                lines.len(),
            );
        }
        cursor
    }

    /// The field of a line; *Save* stands behind the last one.
    fn index_of(&self, line: Line) -> Option<usize> {
        match line {
            Line::Row(index) => Some(index),
            Line::Save => Some(self.rows.len()),
            Line::Blank | Line::Heading(_) => None,
        }
    }

    fn view_line(
        &self,
        line: Line,
        place: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        match line {
            Line::Blank => None,
            Line::Heading(title) => {
                heading(title, place, buf, theme);
                None
            }
            Line::Row(index) => {
                let row = self.rows.get(index)?;
                let at = self.view_row(row, index == self.focus, place, buf, theme);
                if index == self.focus {
                    mark(place, buf, theme);
                }
                at
            }
            Line::Save => {
                let label = if self.sending.is_busy() {
                    "Saving …"
                } else {
                    SAVE
                };
                let text = indent(place, 2);
                put(buf, text, label, theme.style(Role::Accent));
                if self.focus == self.rows.len() {
                    mark(place, buf, theme);
                }
                Some(text.as_position())
            }
        }
    }

    fn view_row(
        &self,
        row: &FormRow,
        is_focused: bool,
        place: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        let is_wide = WIDE_FROM <= place.width;
        let label_columns = match is_wide {
            true => LABEL_COLUMNS,
            false => LABEL_COLUMNS_NARROW,
        };
        self.view_label(row, label_columns, place, buf, theme);
        let rest = indent(place, label_columns + 3);
        let value = Rect {
            width: value_columns(row, rest.width, is_wide),
            ..rest
        };
        let beside = indent(rest, value.width + 1);
        view_note(&row.note, is_wide, beside, buf, theme);
        if is_focused {
            return row.editor.view(value, buf, theme).or(resting(place));
        }
        let (words, role) = match row.editor.text() {
            "" => ("—", Role::Border),
            typed => (typed, Role::Text),
        };
        put(buf, value, words, theme.style(role));
        None
    }

    fn view_label(
        &self,
        row: &FormRow,
        columns: u16,
        place: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) {
        let star = if self.is_required(row.field) {
            " *"
        } else {
            ""
        };
        let label = format!("{}{star}", row.field.label());
        let role = match row.is_changed() {
            true => Role::Text,
            false => Role::Muted,
        };
        let area = Rect {
            width: columns.min(place.width),
            ..indent(place, 2)
        };
        put(buf, area, &label, theme.style(role));
    }

    /// What stands under the fields: a question, a refusal, and a note that is cut beside its field.
    fn messages(&self, columns: u16) -> Vec<(String, Role)> {
        if self.state == State::Leaving {
            let words = "Keep what you typed for the next time? y keeps it · n throws it away";
            return vec![(words.to_owned(), Role::Warning)];
        }
        if self.state == State::Looking {
            return vec![("Looking for the organization …".to_owned(), Role::Muted)];
        }
        let told = self.sending.told();
        let told = told.map(|(words, role)| (words.to_owned(), role));
        // Their value must be read whole before anybody writes over it, whatever else is said.
        let is_theirs = self.is_theirs();
        let cut = self
            .cut_note(columns)
            .filter(|_| told.is_none() || is_theirs);
        told.into_iter().chain(cut).collect()
    }

    /// The note of the field under the cursor, where there is too little room beside it.
    fn cut_note(&self, columns: u16) -> Option<(String, Role)> {
        let row = self.rows.get(self.focus)?;
        let (words, role) = words_of(&row.note)?;
        let is_wide = WIDE_FROM + 2 <= columns;
        // The scroll mark, the label and the gap before the note take their columns too.
        let room = columns.saturating_sub(LABEL_COLUMNS + 5);
        let beside = room.saturating_sub(value_columns(row, room, is_wide) + 1);
        let is_whole = is_wide && text::width(words) + 2 <= usize::from(beside);
        (!is_whole).then(|| (sentence(&format!("{}: {words}", row.field.label())), role))
    }
}

/// The columns of a value: all there are, but for the note beside it.
fn value_columns(row: &FormRow, room: u16, is_wide: bool) -> u16 {
    match (&row.note, is_wide) {
        (Note::Nothing, _) => room,
        (_, false) => room.saturating_sub(2),
        (_, true) => {
            let wanted = u16::try_from(text::width(row.editor.text()) + 2).unwrap_or(u16::MAX);
            wanted
                .max(VALUE_COLUMNS_MIN)
                .min(room.saturating_sub(NOTE_COLUMNS_MIN))
        }
    }
}

fn view_note(note: &Note, is_wide: bool, place: Rect, buf: &mut Buffer, theme: &Theme) {
    let Some((words, role)) = words_of(note) else {
        return;
    };
    let sign = match note {
        Note::Nothing | Note::Told(_) => "•",
        Note::Warned(_) | Note::Theirs { .. } => "⚠",
        Note::Wrong(_) => "✗",
    };
    if is_wide {
        put(buf, place, &format!("{sign} {words}"), theme.style(role));
    } else {
        put_right(buf, place, sign, theme.style(role));
    }
}

fn words_of(note: &Note) -> Option<(&str, Role)> {
    match note {
        Note::Nothing => None,
        Note::Told(words) => Some((words, Role::Muted)),
        Note::Warned(words) | Note::Theirs { words, .. } => Some((words, Role::Warning)),
        Note::Wrong(words) => Some((words, Role::Danger)),
    }
}

/// The first line to show: it moves only when the field under the cursor would be out of sight, and shows
/// the heading above it.
fn scroll(top: usize, focused: usize, lines: &[Line], room: usize) -> usize {
    if lines.len() <= room || room == 0 {
        return 0;
    }
    let after = (focused + 2).min(lines.len());
    let above = match focused.checked_sub(1).and_then(|before| lines.get(before)) {
        Some(Line::Heading(_)) => focused - 1,
        Some(Line::Blank | Line::Row(_) | Line::Save) | None => focused,
    };
    top.min(above)
        .max(after.saturating_sub(room))
        .min(focused)
        .min(lines.len() - room)
}

fn mark(place: Rect, buf: &mut Buffer, theme: &Theme) {
    let selected = theme.style(Role::Selected);
    let is_reversed = selected
        .add_modifier
        .contains(ratatui::style::Modifier::REVERSED);
    // A reversed row would hide the cursor in the field: there the mark alone tells.
    if !is_reversed {
        buf.set_style(place, selected);
    }
    put(buf, place, "▌", theme.style(Role::Mark));
}

fn indent(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect {
        x: area.x + columns,
        width: area.width - columns,
        ..area
    }
}
