//! How the review is drawn: the filter, the list, and the selected row in sentences.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::super::shell::{Shell, below, rows_on, split_bottom, width_on};
use super::{Part, Review};
use crate::backend::view::{Brief, DecisionLine, Reviewed};
use crate::domain::review::{Kind, List as Listed, Mark, Order, Verdict, Zoned};
use crate::tui::context::Context;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::table::{Align, Cell, Column, row, widths};
use crate::tui::widget::{Focus, List, put, put_block, put_parts};

const WIDTH: u16 = 132;
/// Below this height the selected row is not told besides.
const TOLD_ROWS_MIN: u16 = 14;
/// The rule over what is told, and its rows.
const TOLD_ROWS: u16 = 4;
/// Below this width a row of the list takes two rows of the screen.
const ONE_ROW_WIDTH_MIN: u16 = 100;

const WHEN: Column = column(5, 13, 4);
const WHAT: Column = column(9, 21, 5);
const WHO: Column = column(10, 30, 5);
const QUEUE: Column = column(6, 18, 1);
const BY: Column = column(6, 20, 2);
const MARK: Column = column(5, 13, 3);

const fn column(min: u16, ideal: u16, priority: u8) -> Column {
    Column {
        min,
        ideal,
        priority,
    }
}

/// A row of the list in words.
struct Told {
    when: String,
    what: String,
    who: String,
    queue: String,
    by: String,
    mark: (String, Role),
    role: Role,
}

pub fn view(
    review: &Review,
    screen: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) -> Option<Position> {
    let title = match review.list {
        Listed::Decisions => "Review · decisions",
        Listed::Conversations => "Review · conversations",
    };
    let count = counted(review, context);
    let shell = Shell {
        title,
        right: &count,
        width: width_on(screen, WIDTH),
        rows: rows_on(screen, u16::MAX),
        hints: &review.hints(context),
    };
    let inner = shell.view(screen, buf, context);
    let of_line = line(review, inner, buf, context);
    let inner = tell(review, below(inner, 1), buf, context);
    let (lower, upper) = match inner.height < TOLD_ROWS_MIN || review.len() == 0 {
        true => (below(inner, inner.height), inner),
        false => split_bottom(inner, TOLD_ROWS),
    };
    let of_list = list(review, upper, buf, context);
    if !lower.is_empty() {
        let rule = "─".repeat(usize::from(lower.width));
        put(buf, lower, &rule, context.theme.style(Role::Border));
        details(review, below(lower, 1), buf, context);
    }
    of_line.or(of_list)
}

/// How many there are, or how far was looked for them.
fn counted(review: &Review, context: &Context<'_>) -> String {
    let shown = review.len() as u64;
    let page = review.page.value();
    let looked_to = page.and_then(|page| page.looked_to);
    if let (true, Some(at)) = (review.page.is_loading(), looked_to) {
        let day = time::short_stamp(at, context.now, context.tz);
        let way = match review.filter.order {
            Order::Newest | Order::Longest => "back",
            Order::Oldest => "on",
        };
        return format!("{} · looked {way} to {day} …", time::count(shown));
    }
    let is_whole = page.is_some_and(|page| page.next.is_none());
    let count = match review.count {
        Some(counted) if counted.is_all => time::count(counted.count),
        _ if is_whole => time::count(shown),
        Some(counted) => format!("{}+", time::count(counted.count.max(shown))),
        None if review.page.is_loading() => "counting …".to_owned(),
        None => String::new(),
    };
    match review.is_old {
        true => format!("{count} · changed since"),
        false => count,
    }
}

/// The line over the list: what narrows it, or what is typed.
fn line(review: &Review, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
    let (label, field) = match &review.part {
        Part::Filter => ("Filter: ", &review.field),
        Part::File(field) => ("Write everything into: ", field),
        Part::List => {
            let words = Zoned(&review.filter, context.tz).to_string();
            let (words, role) = match words.is_empty() {
                true => ("everything, newest first".to_owned(), Role::Muted),
                false => (words, Role::Accent),
            };
            let parts = [
                ("Filter: ", context.theme.style(Role::Muted)),
                (words.as_str(), context.theme.style(role)),
            ];
            put_parts(buf, area, &parts);
            return None;
        }
    };
    let used = put(buf, area, label, context.theme.style(Role::Muted)).min(area.width);
    let place = Rect {
        x: area.x + used,
        width: area.width - used,
        height: area.height.min(1),
        ..area
    };
    field.view(place, buf, context.theme)
}

/// Says above the list what the last key came to, or what went wrong; the area that is left.
fn tell(review: &Review, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
    let trouble = review.page.trouble().map(ToString::to_string);
    let (words, role) = match (&review.told, trouble) {
        (Some((words, role)), _) => (words.clone(), *role),
        (None, Some(trouble)) => (sentence(&trouble), Role::Danger),
        (None, None) => return area,
    };
    let upper = Rect {
        height: area.height / 2,
        ..area
    };
    let drawn = put_block(buf, upper, &words, context.theme.style(role));
    below(area, drawn)
}

fn list(review: &Review, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
    let list = List {
        len: review.len(),
        empty: match review.page.is_loading() {
            true => "Reading …",
            false => "Nothing fits the filter",
        },
        focus: match review.part {
            Part::List => Focus::Focused,
            Part::Filter | Part::File(_) => Focus::Unfocused,
        },
        theme: context.theme,
    };
    let rows = if area.width < ONE_ROW_WIDTH_MIN { 2 } else { 1 };
    let shown = list.view_tall(
        &review.rows,
        area,
        buf,
        |_| rows,
        |at, place, buf| {
            let told = match review.list {
                Listed::Decisions => review.decisions().get(at).map(|one| decision(one, context)),
                Listed::Conversations => review.talks().get(at).map(|one| talk(one, context)),
            };
            if let Some(told) = told {
                draw(&told, rows, place, buf, context);
            }
        },
    );
    shown.cursor
}

fn draw(told: &Told, rows: u16, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let cell = |text, role| Cell {
        text,
        style: context.theme.style(role),
        align: Align::Left,
    };
    let when = cell(&told.when, Role::Muted);
    let what = cell(&told.what, told.role);
    let who = cell(&told.who, told.role);
    let mark = cell(&told.mark.0, told.mark.1);
    if rows > 1 {
        let first = widths(&[WHEN, WHO, MARK], place.width);
        row(buf, place, &first, &[when, who, mark]);
        let parts = [told.what.as_str(), &told.by, &told.queue];
        let beside = parts.into_iter().filter(|part| !part.is_empty());
        let beside = beside.collect::<Vec<_>>().join(" · ");
        let style = context.theme.style(Role::Muted);
        put(buf, below(place, 1), &beside, style);
        return;
    }
    let (queue, by) = (cell(&told.queue, Role::Muted), cell(&told.by, Role::Muted));
    let columns = widths(&[WHEN, WHAT, WHO, QUEUE, BY, MARK], place.width);
    row(buf, place, &columns, &[when, what, who, queue, by, mark]);
}

fn decision(line: &DecisionLine, context: &Context<'_>) -> Told {
    let about = line.about.as_ref();
    let what = match (line.kind, about) {
        (Kind::AutoLink, Some(talk)) => format!("auto-link, {}", talk.channel.word()),
        // What links no conversation links a visit.
        (Kind::AutoLink, None) if line.conversation.is_none() => "auto-link, web visit".to_owned(),
        (Kind::Link | Kind::Unlink, Some(talk)) => {
            format!("{}, {}", line.kind.name(), talk.channel.word())
        }
        (Kind::Other | Kind::Review, _) => line.action.name().to_owned(),
        (kind, _) => kind.name().to_owned(),
    };
    let is_undone = line.undone_by.is_some();
    Told {
        when: time::short_stamp(line.at, context.present, context.tz),
        what: if is_undone {
            format!("{what}, undone")
        } else {
            what
        },
        who: name(line.person.as_ref()),
        queue: about
            .and_then(|talk| talk.queue.clone())
            .unwrap_or_default(),
        by: line.decided_by().to_owned(),
        mark: mark(line.mark.as_ref(), line.doubtful),
        role: if is_undone { Role::Muted } else { Role::Text },
    }
}

fn talk(line: &Reviewed, context: &Context<'_>) -> Told {
    Told {
        when: time::short_stamp(line.start, context.present, context.tz),
        what: format!("{}, {}", line.channel.word(), line.status.word()),
        who: name(line.person.as_ref()),
        queue: line.queue.clone().unwrap_or_default(),
        by: line.agent.clone().unwrap_or_else(|| "no agent".to_owned()),
        mark: mark(line.mark.as_ref(), line.doubtful),
        role: Role::Text,
    }
}

fn name(person: Option<&Brief>) -> String {
    match person.map(Brief::called) {
        Some("") => "a contact without a name".to_owned(),
        Some(name) => name.to_owned(),
        None => "—".to_owned(),
    }
}

/// A mark has a sign and a word, so that it is seen without colour.
fn mark(mark: Option<&Mark>, doubtful: bool) -> (String, Role) {
    match mark.map(|mark| mark.verdict) {
        Some(Verdict::Right) => ("✓ right".to_owned(), Role::Good),
        Some(Verdict::Wrong) => ("✗ wrong".to_owned(), Role::Danger),
        Some(Verdict::CannotTell) => ("? cannot tell".to_owned(), Role::Warning),
        None if doubtful => ("~ low".to_owned(), Role::Warning),
        None => (String::new(), Role::Muted),
    }
}

/// The selected row in three lines: the conversation, why and what became of it, and the mark.
fn details(review: &Review, area: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let talk = review.talk();
    let decision = match review.list {
        Listed::Decisions => review.decision(),
        Listed::Conversations => None,
    };
    let mut first: Vec<String> = decision
        .iter()
        .map(|line| format!("entry {}", line.entry))
        .collect();
    if let Some(talk) = talk {
        first.push(format!("{} {}", talk.direction.name(), talk.channel.word()));
        first.push(time::stamp(talk.start, context.tz));
        first.extend(talk.address.clone());
        first.extend(talk.queue.clone());
        first.extend(talk.agent.clone());
        first.extend(talk.wrapup.clone());
    }
    let rule = match decision {
        Some(line) => line.rule,
        None => talk.and_then(|talk| talk.rule),
    };
    let is_doubtful = match decision {
        Some(line) => line.doubtful,
        None => talk.is_some_and(|talk| talk.doubtful),
    };
    let mut second: Vec<String> = rule
        .iter()
        .map(|rule| format!("by {}", rule.name()))
        .collect();
    if is_doubtful {
        second.push("low confidence".to_owned());
    }
    second.extend(decision.map(DecisionLine::standing));
    second.extend(talk.and_then(|talk| talk.notes.clone()));
    let mark = match decision {
        Some(line) => line.mark.as_ref(),
        None => talk.and_then(|talk| talk.mark.as_ref()),
    };
    let third = match mark {
        Some(mark) => {
            let note = mark.note.as_ref().map(|note| format!(": {note}"));
            let note = note.unwrap_or_default();
            format!("marked {} by {}{note}", mark.verdict.words(), mark.by)
        }
        None => "not marked yet".to_owned(),
    };
    for (at, (words, role)) in [
        (first.join(" · "), Role::Text),
        (second.join(" · "), Role::Muted),
        (third, Role::Muted),
    ]
    .into_iter()
    .enumerate()
    {
        let place = below(area, u16::try_from(at).unwrap_or(u16::MAX));
        put(buf, place, &sentence(&words), context.theme.style(role));
    }
}
