//! The status line: what was just done and how to take it back, else who is shown and how sure that is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::inset;
use super::layout::STACK_HEIGHT_MIN;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::notice::{Notice, Notices, Tone};
use crate::tui::overlay::role_of;
use crate::tui::pane::Line;
use crate::tui::pane::profile::state_sentences;
use crate::tui::pane::sign::sentence;
use crate::tui::refusal::{past_moment, past_words};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widget::waiting;

/// The rows of what was done or told.
const DONE_ROWS_MAX: usize = 2;

pub fn view(model: &Model, area: Rect, buf: &mut Buffer) {
    for (row, line) in (area.top()..area.bottom()).zip(lines(model, inset(area).width, area.height))
    {
        let row = Rect {
            y: row,
            height: 1,
            ..inset(area)
        };
        line.view(row, buf, &model.session.theme);
    }
}

fn lines(model: &Model, width: u16, rows: u16) -> Vec<Line> {
    if let Some(pending) = model.pending() {
        return vec![Line::of(pending, Role::Accent)];
    }
    if let Some(words) = looking_back(model) {
        return vec![Line::of(words, Role::Muted)];
    }
    let standing: Vec<_> = model.notices.standing().collect();
    if standing.is_empty() {
        return vec![resting(model, width)];
    }
    let rows = usize::from(rows);
    let mut lines: Vec<Line> = Vec::new();
    let mut shown = 0;
    for notice in &standing {
        if lines.len() < rows {
            lines.extend(within(notice, width, rows - lines.len()));
            shown += 1;
        }
    }
    let hidden = standing.len() - shown;
    let key = model.session.keymap.label(Action::Notices);
    if let (Some(first), Some(key), 1..) = (lines.first_mut(), key, hidden) {
        *first = std::mem::take(first).right(format!("+{hidden} more {key}"), Role::Muted);
    }
    lines
}

/// What to say while the past is being read, and how not to wait for it.
fn looking_back(model: &Model) -> Option<String> {
    let since = model.shown.looking_back?;
    let waited = model.session.now().since_ms(since);
    let words = waiting("Looking back", u64::try_from(waited).unwrap_or_default())?;
    let key = model.session.keymap.label(Action::Back)?;
    Some(format!("{words} · {key} gives up"))
}

/// The rows that what stands there would take in an area of this width.
pub fn rows_wanted(notices: &Notices, area: Rect) -> usize {
    let width = inset(area).width;
    let is_short = area.height < STACK_HEIGHT_MIN;
    let rows = notices.standing().map(|notice| match notice.tone {
        // Where there are few rows, what was done is told in brief.
        Tone::Done | Tone::Told if is_short => 1,
        Tone::Done | Tone::Told | Tone::Warning | Tone::Trouble => rows_of(notice, width).len(),
    });
    rows.sum()
}

/// What was refused is told whole, in rows below each other: it names what to do. What was done has two.
fn rows_of(notice: &Notice, width: u16) -> Vec<Line> {
    let line = line_of(notice);
    match notice.tone {
        Tone::Warning | Tone::Trouble => line.rows(width),
        Tone::Done | Tone::Told => line.at_most(DONE_ROWS_MAX).rows(width),
    }
}

/// The rows of a notice, and a mark where there is no room for all of them: the log has the whole.
fn within(notice: &Notice, width: u16, room: usize) -> Vec<Line> {
    let mut rows = rows_of(notice, width);
    if room == 1 {
        return vec![brief_line_of(notice, width)];
    }
    let is_cut = room < rows.len();
    rows.truncate(room);
    if let (Some(last), true) = (rows.last_mut(), is_cut) {
        *last = std::mem::take(last).right("…", Role::Text);
    }
    rows
}

fn line_of(notice: &Notice) -> Line {
    line(notice, &notice.text)
}

/// The sentences of a notice that one row has room for; the log has the rest.
fn brief_line_of(notice: &Notice, width: u16) -> Line {
    let columns = |text: &str| text::width(&text::clean_line(&line(notice, text).text()));
    line(notice, notice.brief(|text| columns(text) <= width.into()))
}

fn line(notice: &Notice, text: &str) -> Line {
    let times = if 1 < notice.times {
        format!(" ({}×)", notice.times)
    } else {
        String::new()
    };
    Line::of(format!("{} ", notice.tone.sign()), role_of(notice.tone))
        .and(format!("{text}{times}"), Role::Text)
}

fn resting(model: &Model, width: u16) -> Line {
    let context = model.session.context(&model.shown);
    if let Some(past) = model.shown.past {
        let tz = &model.session.tz;
        let whole = past_words(past.at, tz);
        let fits = text::width(&whole) <= width.into();
        let words = if fits {
            whole
        } else {
            past_moment(past.at, tz)
        };
        return Line::of(sentence(&words), Role::Warning);
    }
    match model.shown.profile.value() {
        Some(profile) => {
            let sentences = state_sentences(profile, &context);
            let mut lines = sentences
                .map(|words| Line::of(words, Role::Muted))
                .into_iter();
            let fits = |line: &Line| text::width(&text::clean_line(&line.text())) <= width.into();
            let [whole, brief] = [lines.next(), lines.next()].map(Option::unwrap_or_default);
            match (fits(&whole), fits(&brief)) {
                (true, _) => whole,
                (false, true) => brief,
                // Who it is comes before who else it may be.
                (false, false) => first_part(&brief),
            }
        }
        None => Line::default(),
    }
}

/// What a line says before the first semicolon.
fn first_part(line: &Line) -> Line {
    let text = line.text();
    let first = text.split("; ").next().unwrap_or_default();
    Line::of(first, Role::Muted)
}
