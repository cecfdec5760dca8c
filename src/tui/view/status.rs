//! The status line: what was just done and how to take it back, else who is shown and how sure that is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::inset;
use crate::tui::action::Action;
use crate::tui::model::Model;
use crate::tui::overlay::role_of;
use crate::tui::pane::Line;
use crate::tui::pane::profile::state_sentence;
use crate::tui::pane::sign::sentence;
use crate::tui::refusal::past_words;
use crate::tui::theme::Role;

pub fn view(model: &Model, area: Rect, buf: &mut Buffer) {
    for (row, line) in (area.top()..area.bottom()).zip(lines(model, area.height)) {
        let row = Rect {
            y: row,
            height: 1,
            ..inset(area)
        };
        line.view(row, buf, &model.session.theme);
    }
}

fn lines(model: &Model, rows: u16) -> Vec<Line> {
    if let Some(pending) = model.pending() {
        return vec![Line::of(pending, Role::Accent)];
    }
    let standing: Vec<_> = model.notices.standing().collect();
    if standing.is_empty() {
        return vec![resting(model)];
    }
    let hidden = standing.len().saturating_sub(usize::from(rows));
    let mut lines: Vec<Line> = standing
        .iter()
        .take(usize::from(rows))
        .map(|notice| {
            let times = if 1 < notice.times {
                format!(" ({}×)", notice.times)
            } else {
                String::new()
            };
            Line::of(format!("{} ", notice.tone.sign()), role_of(notice.tone))
                .and(format!("{}{times}", notice.text), Role::Text)
        })
        .collect();
    let key = model.session.keymap.label(Action::Notices);
    if let (Some(first), Some(key), 1..) = (lines.first_mut(), key, hidden) {
        *first = std::mem::take(first).right(format!("+{hidden} more {key}"), Role::Muted);
    }
    lines
}

fn resting(model: &Model) -> Line {
    let context = model.session.context(&model.shown);
    if let Some(past) = model.shown.past {
        let words = past_words(past.at, &model.session.tz);
        return Line::of(sentence(&words), Role::Warning);
    }
    match model.shown.profile.value() {
        Some(profile) => Line::of(state_sentence(profile, &context), Role::Muted),
        None => Line::default(),
    }
}
