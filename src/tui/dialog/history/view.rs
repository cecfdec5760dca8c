//! How the history is drawn: the list, and under it what the selected entry changed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::shell::{Shell, below, resting, rows_on, split_bottom, width_on};
use super::super::words::{counted, short};
use super::{History, Part, Scope};
use crate::backend::view::{EntryState, HistoryDetail, HistoryLine};
use crate::tui::context::Context;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::table::{Align, Cell, Column, GAP, row, widths};
use crate::tui::widget::{Focus, List, put, put_block, put_parts, scrollbar};

const WIDTH: u16 = 116;
/// Below this height the list and the details take turns.
const BOTH_ROWS_MIN: u16 = 14;
const LABEL_COLUMNS: usize = 2;
/// Most rows of one value: the rest is in the contact itself.
const VALUE_ROWS_MAX: usize = 6;
/// Number, time and state; what was done has what is left of the row.
const ID: Column = column(5, 6, 2);
const WHEN: Column = column(5, 12, 1);
const STATE: Column = column(10, 16, 3);
/// Below this width an entry takes two rows.
const ONE_ROW_WIDTH_MIN: u16 = 100;
const WORDS_COLUMNS_MIN: u16 = 18;

const fn column(min: u16, ideal: u16, priority: u8) -> Column {
    Column {
        min,
        ideal,
        priority,
    }
}

/// A row of the details.
struct Row {
    words: String,
    role: Role,
    indent: usize,
}

pub fn view(
    history: &History,
    screen: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<Position> {
    let title = title(history);
    let own_only = history.page.value().is_some_and(|page| page.own_only);
    let is_of_all = !matches!(history.scopes.get(history.scope), Some(Scope::Own));
    let right = match own_only && is_of_all {
        true => "your own entries only",
        false => "",
    };
    let shell = Shell {
        title: &title,
        right,
        width: width_on(screen, WIDTH),
        rows: rows_on(screen, u16::MAX),
        hints: &history.hints(context),
    };
    let inner = shell.view(screen, buf, context);
    let inner = tell(history, inner, buf, context);
    if inner.height < BOTH_ROWS_MIN || history.lines().is_empty() {
        return match history.part {
            Part::List => list(history, inner, buf, context),
            Part::Details => details(history, inner, buf, context),
        };
    }
    let listed = history.lines().len() * usize::from(height(inner.width));
    let listed = u16::try_from(listed).unwrap_or(u16::MAX);
    let rows = listed.clamp(3, inner.height / 2);
    let (lower, upper) = split_bottom(inner, inner.height - rows);
    let cursor = list(history, upper, buf, context);
    let line = "─".repeat(usize::from(lower.width));
    put(buf, lower, &line, context.theme.style(Role::Border));
    let of_details = details(history, below(lower, 1), buf, context);
    match history.part {
        Part::List => cursor,
        Part::Details => of_details,
    }
}

fn title(history: &History) -> String {
    match history.scopes.get(history.scope) {
        Some(Scope::Contact(_, name)) => format!("History of {name}"),
        Some(Scope::Conversation(_)) => "History of this conversation".to_owned(),
        Some(Scope::Own) | None => "History of what you did".to_owned(),
        Some(Scope::Everybody) => "History of what everybody did".to_owned(),
    }
}

/// Says above the rest why a key did nothing, or what went wrong; the area that is left.
fn tell(history: &History, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
    let trouble = history.page.trouble().map(ToString::to_string);
    let told = match (&history.told, trouble) {
        (Some(told), _) => (told.clone(), Role::Warning),
        (None, Some(trouble)) => (trouble, Role::Danger),
        (None, None) => match history.way_to_somebody(context) {
            Some(way) => (way, Role::Muted),
            None => return area,
        },
    };
    let style = context.theme.style(told.1);
    // The list stays in sight under the longest reason.
    let upper = Rect {
        height: area.height / 2,
        ..area
    };
    let drawn = put_block(buf, upper, &sentence(&told.0), style);
    below(area, drawn)
}

fn list(
    history: &History,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<Position> {
    let lines = history.lines();
    let list = List {
        len: lines.len(),
        empty: match history.page.is_loading() {
            true => "Reading the history …",
            false => "Nothing was recorded",
        },
        focus: match history.part {
            Part::List => Focus::Focused,
            Part::Details => Focus::Unfocused,
        },
        theme: context.theme,
    };
    let rows = height(area.width);
    let shown = list.view_tall(
        &history.list,
        area,
        buf,
        |_| rows,
        |at, place, buf| {
            draw(&lines[at], rows, place, buf, context);
        },
    );
    shown.cursor
}

/// An entry in so many rows; the last one in sight may have a part of them only.
fn draw(line: &HistoryLine, rows: u16, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let (state, role) = state(line);
    let of_words = match line.state {
        EntryState::InForce => Role::Text,
        EntryState::UndoneBy(_) | EntryState::NoLongerKept => Role::Muted,
    };
    let (id, when) = (format!("#{}", line.id), when(line, context));
    let words = format!("{} {}", who(line, context), line.sentence);
    let cell = |text, role| Cell {
        text,
        style: context.theme.style(role),
        align: Align::Left,
    };
    let cells = [
        cell(&id, Role::Muted),
        cell(&when, Role::Muted),
        cell(&words, of_words),
        cell(&state, role),
    ];
    if rows > 1 {
        let [id, when, words, state] = cells;
        row(
            buf,
            place,
            &widths(&[ID, WHEN, STATE], place.width),
            &[id, when, state],
        );
        put(buf, below(place, 1), words.text, words.style);
        return;
    }
    let beside = ID.ideal + WHEN.ideal + STATE.ideal + 3 * GAP;
    let left = place.width.saturating_sub(beside);
    let words = column(WORDS_COLUMNS_MIN, left.max(WORDS_COLUMNS_MIN), 4);
    row(
        buf,
        place,
        &widths(&[ID, WHEN, words, STATE], place.width),
        &cells,
    );
}

/// The rows of an entry: what was done gets one of its own where columns beside it would leave it none.
const fn height(width: u16) -> u16 {
    if width < ONE_ROW_WIDTH_MIN { 2 } else { 1 }
}

fn who(line: &HistoryLine, context: &Context<'_>) -> String {
    match line.actor == context.agent && !line.is_automatic() {
        true => "you".to_owned(),
        false => short(line.decided_by()),
    }
}

/// The time of a day that is today, else the day and the time.
fn when(line: &HistoryLine, context: &Context<'_>) -> String {
    let clock = time::clock(line.at, context.tz);
    let (date, today) = (
        time::date(line.at, context.tz),
        time::date(context.now, context.tz),
    );
    match date == today {
        true => clock,
        false => format!("{} {clock}", date.strftime("%-d %b")),
    }
}

/// The state in a word or two.
fn state(line: &HistoryLine) -> (String, Role) {
    let role = match (line.state, &line.refusal) {
        (EntryState::InForce, None) => Role::Good,
        (EntryState::InForce, Some(_)) => Role::Muted,
        (EntryState::UndoneBy(_) | EntryState::NoLongerKept, _) => Role::Muted,
    };
    (line.standing(), role)
}

fn details(
    history: &History,
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<Position> {
    let Some(line) = history.line() else {
        history.seen.set((0, 0));
        return resting(area);
    };
    let rows = rows(line, usize::from(area.width.saturating_sub(1)), context);
    let room = usize::from(area.height);
    let top = history.top.min(rows.len().saturating_sub(room));
    history.seen.set((room, rows.len()));
    for (y, row) in (area.y..area.bottom()).zip(rows.iter().skip(top)) {
        let place = Rect {
            y,
            height: 1,
            width: area.width.saturating_sub(1),
            ..area
        };
        let blank = " ".repeat(row.indent);
        let style = context.theme.style(row.role);
        put_parts(buf, place, &[(&blank, style), (&row.words, style)]);
    }
    let end = (top + room).min(rows.len());
    scrollbar(buf, area, context.theme, top..end, rows.len());
    resting(area)
}

fn rows(line: &HistoryLine, width: usize, context: &Context<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let head = format!(
        "#{} {} {} {}",
        line.id,
        time::stamp(line.at, context.tz),
        line.decided_by(),
        line.sentence
    );
    paragraph(&mut rows, &head, Role::Text, 0, width);
    paragraph(&mut rows, &end(line, context), Role::Accent, 0, width);
    let mut of = "";
    for detail in &line.details {
        if detail.of != of {
            paragraph(&mut rows, &detail.of, Role::Muted, 0, width);
            of = &detail.of;
        }
        paragraph(&mut rows, &change(detail), Role::Text, LABEL_COLUMNS, width);
    }
    if 0 < line.more_details {
        let more = counted(line.more_details, "change", "changes");
        paragraph(
            &mut rows,
            &format!("and {more} more"),
            Role::Muted,
            0,
            width,
        );
    }
    for why in &line.evidence {
        paragraph(&mut rows, why, Role::Muted, 0, width);
    }
    rows
}

/// What became of an entry, and what the key of undo does about it.
fn end(line: &HistoryLine, context: &Context<'_>) -> String {
    let key = context.keymap.label(crate::tui::action::Action::Undo);
    match (&line.refusal, line.state) {
        (_, EntryState::UndoneBy(by)) => format!("Undone by #{by}"),
        (Some(refusal), EntryState::InForce | EntryState::NoLongerKept) => sentence(refusal),
        (None, _) if 0 < line.to_assign => {
            let came = counted(line.to_assign, "thing came", "things came");
            match key {
                Some(key) => format!("In force; {came} since: {key} takes it apart"),
                None => format!("In force; {came} since, and it comes apart"),
            }
        }
        (None, _) => match key {
            Some(key) => format!("In force; {key} undoes it"),
            None => "In force".to_owned(),
        },
    }
}

fn change(detail: &HistoryDetail) -> String {
    let what = &detail.what;
    match (&detail.before, &detail.after) {
        (Some(before), Some(after)) => format!("{what}: {before} → {after}"),
        (Some(before), None) => format!("{what}: {before} → —"),
        (None, Some(after)) => format!("{what}: — → {after}"),
        (None, None) => what.clone(),
    }
}

fn paragraph(rows: &mut Vec<Row>, words: &str, role: Role, indent: usize, width: usize) {
    let words = text::clean_line(words);
    let lines = text::wrap(&words, width.saturating_sub(indent).max(1));
    let is_cut = VALUE_ROWS_MAX < lines.len();
    for (at, mut line) in lines.into_iter().take(VALUE_ROWS_MAX).enumerate() {
        if is_cut && at + 1 == VALUE_ROWS_MAX {
            line.push('…');
        }
        rows.push(Row {
            words: line,
            role,
            indent,
        });
    }
}
