//! How the preview of a merge looks: a column a side and one for the result, or, where it is narrow, the
//! result with the sides of the line under the cursor below it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Merge, Stage, is_conflict, order};
use crate::backend::view::{Brief, Feature, MergePreview, PreviewLine};
use crate::tui::context::Context;
use crate::tui::dialog::shell::{
    Shell, below, inside, paragraph, resting, rows_of, rows_on, split_bottom, width_on,
};
use crate::tui::dialog::words::{counted, names_apart};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::{Focus, List, put};

const WIDTH: u16 = 112;
const LABEL_COLUMNS: u16 = 15;
/// A side that has less than this is not worth a column.
const SIDE_COLUMNS_MIN: u16 = 16;
const GAP: u16 = 2;
/// Below this width the keys are told in brief.
const HINTS_WIDTH_MIN: u16 = 60;
/// A name has at least this beside a value.
const NAME_COLUMNS_MIN: usize = 8;
/// The rows of names and lines that stay in sight.
const LINES_MIN: u16 = 6;
const TAKEN: &str = "◀";
const EMPTY: &str = "—";

/// Where the columns of a preview are.
struct Columns {
    label: Rect,
    /// Empty where it is too narrow for sides.
    sides: Vec<Rect>,
    result: Rect,
}

impl Merge {
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let told = self.told(inside(width), context);
        let told_rows: u16 = told
            .iter()
            .map(|(words, _)| rows_of(words, inside(width)))
            .sum();
        let lines = self
            .preview
            .value()
            .map_or(0, |preview| preview.lines.len() + 3);
        let wanted = told_rows.saturating_add(u16::try_from(lines).unwrap_or(u16::MAX));
        let shell = Shell {
            title: &self.title(),
            right: if self.preview.is_loading() {
                "reading"
            } else {
                ""
            },
            width,
            rows: rows_on(screen, wanted),
            hints: &match width < HINTS_WIDTH_MIN {
                true => self.brief_hints(context),
                false => self.hints(context),
            },
        };
        let inner = shell.view(screen, buf, context);
        let (mut bottom, table) = split_bottom(inner, self.budget(&told, inner));
        for (words, role) in newest_that_fit(&told, bottom) {
            bottom = paragraph(buf, bottom, theme, (words, role));
        }
        match self.preview.value() {
            Some(preview) => self
                .view_preview(preview, table, buf, theme)
                .or(resting(inner)),
            None => resting(inner),
        }
    }

    /// The rows for what is told: the lines stay in sight, but for the moment of the last question.
    fn budget(&self, told: &[(String, Role)], inner: Rect) -> u16 {
        let wanted: u16 = told
            .iter()
            .map(|(words, _)| rows_of(words, inner.width))
            .sum();
        let kept = match (self.stage, self.preview.value()) {
            (Stage::Looking, Some(_)) => LINES_MIN,
            (Stage::Asking, _) | (Stage::Looking, None) => 0,
        };
        wanted.min(inner.height.saturating_sub(kept).max(1))
    }

    fn title(&self) -> String {
        match self.inputs.len() {
            2 => "Merge".to_owned(),
            count => format!("Merge {count} contacts"),
        }
    }

    /// What stands under the table, the most important last.
    fn told(&self, columns: u16, context: &Context<'_>) -> Vec<(String, Role)> {
        let mut told = Vec::new();
        if let Some(preview) = self.preview.value() {
            told.push((moves(preview, columns), Role::Muted));
            if context.lacking(Feature::Unmerge).is_some() {
                told.push(("it cannot be taken back here".to_owned(), Role::Warning));
            }
            told.extend(
                preview
                    .warnings
                    .iter()
                    .map(|words| (format!("⚠ {words}"), Role::Warning)),
            );
        } else if self.preview.trouble().is_none() {
            told.push(("Reading both sides …".to_owned(), Role::Muted));
        }
        if let Some(trouble) = self.preview.trouble() {
            told.push((
                format!(
                    "✗ {}",
                    crate::tui::pane::sign::sentence(&trouble.to_string())
                ),
                Role::Danger,
            ));
        }
        if let Some((words, role)) = self.sending.told() {
            told.push((words.to_owned(), role));
        }
        if self.stage == Stage::Asking {
            told.push((
                "Merge all the same? y merges them, Esc looks again".to_owned(),
                Role::Danger,
            ));
        }
        told
    }

    fn view_preview(
        &self,
        preview: &MergePreview,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        let columns = columns(area, preview.inputs.len());
        let (detail, area) = match columns.sides.is_empty() {
            // One row a side for the line under the cursor, as far as half of the room goes.
            true => split_bottom(area, (preview.inputs.len() as u16).min(area.height / 3)),
            false => (Rect::default(), area),
        };
        view_head(preview, &columns, buf, theme);
        let order = order(&preview.lines);
        let list = List {
            len: order.len(),
            empty: "Neither side holds a field",
            focus: Focus::Focused,
            theme,
        };
        let line_of = |row: usize| order.get(row).and_then(|at| preview.lines.get(*at));
        let shown = list.view(&self.list, below(area, 2), buf, |row, place, buf| {
            if let Some(line) = line_of(row) {
                view_line(line, &at_row(&columns, place), buf, theme);
            }
        });
        let selected = self.list.selected_of(order.len()).and_then(line_of);
        if let Some(line) = selected {
            view_sides(line, &preview.inputs, detail, buf, theme);
        }
        shown.cursor
    }
}

/// What is told last is the most important: where there is too little room, the first is left out.
fn newest_that_fit(told: &[(String, Role)], area: Rect) -> Vec<(&str, Role)> {
    let mut room = area.height;
    let mut kept: Vec<(&str, Role)> = Vec::new();
    for (words, role) in told.iter().rev() {
        let rows = rows_of(words, area.width);
        if room < rows && !kept.is_empty() {
            break;
        }
        room = room.saturating_sub(rows);
        kept.push((words, *role));
    }
    kept.reverse();
    kept
}

fn moves(preview: &MergePreview, columns: u16) -> String {
    let parts = [
        counted(preview.identifiers, "identifier", "identifiers"),
        counted(preview.notes, "note", "notes"),
        counted(preview.interactions, "interaction", "interactions"),
    ];
    let moves = format!("moves: {}", parts.join(" · "));
    let whole = format!("{moves} (history keeps its own ids)");
    match text::width(&whole) <= usize::from(columns) {
        true => whole,
        false => moves,
    }
}

/// The columns in an area whose first column is for the mark of the list.
fn columns(area: Rect, inputs: usize) -> Columns {
    let inner = Rect {
        x: area.x + area.width.min(1),
        width: area.width.saturating_sub(2),
        ..area
    };
    let count = inputs as u16 + 1;
    let label = LABEL_COLUMNS.min(inner.width / 2);
    let room = inner.width.saturating_sub(label + GAP * count);
    let side = room / count;
    let at = |x: u16, width: u16| Rect { x, width, ..inner }.intersection(inner);
    let first = inner.x + label + GAP;
    if side < SIDE_COLUMNS_MIN {
        return Columns {
            label: at(inner.x, label),
            sides: Vec::new(),
            result: at(first, inner.right().saturating_sub(first)),
        };
    }
    let place = |index: u16| at(first + index * (side + GAP), side);
    Columns {
        label: at(inner.x, label),
        sides: (0..count - 1).map(place).collect(),
        result: place(count - 1),
    }
}

fn at_row(columns: &Columns, row: Rect) -> Columns {
    let at = |area: Rect| Rect {
        y: row.y,
        height: row.height,
        ..area
    };
    Columns {
        label: at(columns.label),
        sides: columns.sides.iter().map(|side| at(*side)).collect(),
        result: at(columns.result),
    }
}

/// Names over the columns, and the types under them.
fn view_head(preview: &MergePreview, columns: &Columns, buf: &mut Buffer, theme: &Theme) {
    let (text_style, muted) = (theme.style(Role::Text), theme.style(Role::Muted));
    let strong = theme.style(Role::Focused);
    let names = names_apart(&preview.inputs);
    let sides = columns.sides.iter().zip(&names);
    for ((area, name), brief) in sides.zip(&preview.inputs) {
        put(buf, *area, name, text_style);
        put(buf, below(*area, 1), brief.kind.name(), muted);
    }
    let result = columns.result;
    if columns.sides.is_empty() {
        let whole = columns.label.union(result);
        put(buf, whole, &names.join(" + "), text_style);
        put(
            buf,
            below(whole, 1),
            &format!("the result: {}", preview.result_kind.name()),
            strong,
        );
        return;
    }
    put(buf, result, "the result", strong);
    put(buf, below(result, 1), preview.result_kind.name(), strong);
    put(buf, below(columns.label, 1), "type", muted);
}

fn view_line(line: &PreviewLine, columns: &Columns, buf: &mut Buffer, theme: &Theme) {
    let is_conflict = is_conflict(line);
    let role = match is_conflict {
        true => Role::Warning,
        false => Role::Muted,
    };
    put(buf, columns.label, line.field.label(), theme.style(role));
    for (index, (area, side)) in columns.sides.iter().zip(&line.sides).enumerate() {
        let is_taken = is_conflict && line.taken == Some(index);
        let role = match (side.is_empty(), is_taken, is_conflict) {
            (true, ..) => Role::Border,
            (false, true, _) | (false, _, false) => Role::Text,
            (false, false, true) => Role::Muted,
        };
        let used = put(buf, *area, shown(side), theme.style(role));
        if is_taken {
            // A full column has its mark in the gap behind it.
            let mark = Rect {
                x: area.x + (used + 1).min(area.width),
                width: 1,
                ..*area
            };
            put(buf, mark, TAKEN, theme.style(Role::Accent));
        }
    }
    let room = columns.result;
    let result = result_of(line, columns.sides.is_empty(), usize::from(room.width));
    put(buf, room, &result, theme.style(Role::Text));
}

/// The result; where sides have no columns of their own, with the number of the side that it comes from.
fn result_of(line: &PreviewLine, is_alone: bool, room: usize) -> String {
    let result = shown(&line.result);
    let taken = line.taken.filter(|_| is_alone && is_conflict(line));
    let marked = taken.map(|taken| format!("{result} {TAKEN}{}", taken + 1));
    marked
        .filter(|marked| text::width(marked) <= room)
        .unwrap_or_else(|| result.to_owned())
}

/// The sides of one line, one under the other: where there is no room for columns.
fn view_sides(line: &PreviewLine, inputs: &[Brief], area: Rect, buf: &mut Buffer, theme: &Theme) {
    let names = names_apart(inputs);
    let rows = (area.y..area.bottom()).zip(line.sides.iter().zip(&names).enumerate());
    for (y, (index, (side, name))) in rows {
        let place = Rect {
            y,
            height: 1,
            ..area
        };
        let is_taken = line.taken == Some(index);
        let mark = if is_taken { TAKEN } else { "" };
        let beside = text::width(&text::clean_line(shown(side))) + text::width(mark) + 5;
        let room = usize::from(area.width).saturating_sub(beside);
        let name = text::fit_middle(name, room.max(NAME_COLUMNS_MIN));
        let words = format!("{} {name}: {} {mark}", index + 1, shown(side));
        let role = if is_taken { Role::Text } else { Role::Muted };
        put(buf, place, &words, theme.style(role));
    }
}

fn shown(value: &str) -> &str {
    if value.is_empty() { EMPTY } else { value }
}
