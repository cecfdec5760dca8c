//! The journey: what happened, newest first, in cards by day. Enter opens a card in its place.
//!
//! The selection is an interaction, not a row: it stays where it is when others come in above it.

use std::collections::HashSet;

use jiff::civil::Date;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, heading, row_width, step};
use crate::backend::view::{InteractionId as ItemId, Journey, JourneyItem};
use crate::domain::conversation::Status;
use crate::domain::{Moment, Permission};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Focus, List, ListState, Motion, Shown, put_block};

mod card;
mod details;
mod going;
mod strip;

pub use card::path_of;
use details::Detail;
use strip::Days;

/// How many interactions are read at once.
pub const PAGE: usize = 200;
/// How close to the end of what was read the next page is asked for.
const AHEAD: usize = 30;
const DETAIL_INDENT: u16 = 8;

/// Where the reader is, and which cards are open.
#[derive(Clone, Debug, Default)]
pub struct JourneyPane {
    /// The interaction, and how far below its card the reader is in its details.
    selected: Option<(ItemId, usize)>,
    open: HashSet<ItemId>,
    rows: Vec<Row>,
    days: Days,
    list: ListState,
}

#[derive(Clone, Debug, PartialEq)]
enum Row {
    Missing(Permission),
    Now,
    Day(Date),
    Card(usize),
    /// A line below the open card of an item; counted from 1.
    Detail(usize, usize, Detail),
    /// There is more than was read.
    More,
}

pub fn item_id(item: &JourneyItem) -> ItemId {
    item.id()
}

/// Whether an interaction goes on, so that its time is still counting.
pub fn is_running(item: &JourneyItem) -> bool {
    match status(item) {
        Status::Active | Status::Waiting => true,
        Status::Ended | Status::WrapupDue | Status::Abandoned => false,
    }
}

fn status(item: &JourneyItem) -> Status {
    match item {
        JourneyItem::Conversation(conversation) => conversation.status,
        JourneyItem::Visit(_, _, status) => *status,
    }
}

fn start(item: &JourneyItem) -> Moment {
    match item {
        JourneyItem::Conversation(conversation) => conversation.start,
        JourneyItem::Visit(_, visit, _) => visit.start,
    }
}

impl JourneyPane {
    /// Begins at the top, for another person.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Takes what was read. Open cards stay open, and the selected interaction stays selected.
    pub fn arrange(&mut self, journey: &Journey, context: &Context<'_>) {
        self.days = Days::of(journey, context);
        self.rows = journey.missing.iter().copied().map(Row::Missing).collect();
        let mut section = None;
        for (index, item) in journey.items.iter().enumerate() {
            let place = match is_running(item) {
                true => Row::Now,
                false => Row::Day(time::date(start(item), context.tz)),
            };
            if section.as_ref() != Some(&place) {
                self.rows.push(place.clone());
                section = Some(place);
            }
            self.rows.push(Row::Card(index));
            if self.open.contains(&item_id(item)) {
                let details = details::of(item, journey, context);
                let rows = details.into_iter().enumerate();
                self.rows
                    .extend(rows.map(|(nth, detail)| Row::Detail(index, nth + 1, detail)));
            }
        }
        if journey.more {
            self.rows.push(Row::More);
        }
        self.follow(journey);
    }

    pub fn go(&mut self, motion: Motion, journey: &Journey) {
        let rows = &self.rows;
        let can_rest = |row: usize| !matches!(rows.get(row), Some(Row::Now | Row::Day(_)) | None);
        if let Some(row) = step(&mut self.list, motion, self.rows.len(), can_rest) {
            self.remember(row, journey);
        }
    }

    /// Selects the row that was clicked on.
    pub fn click(&mut self, row: usize, journey: &Journey) {
        self.list.select(row);
        self.remember(row, journey);
    }

    /// Opens the selected card, or closes it again; a detail closes its card.
    pub fn toggle(&mut self, journey: &Journey, context: &Context<'_>) {
        let Some((id, _)) = self.selected else {
            return;
        };
        if !self.open.remove(&id) {
            self.open.insert(id);
        }
        self.selected = Some((id, 0));
        self.arrange(journey, context);
    }

    /// Whether the next page should be read now.
    pub fn nears_end(&self) -> bool {
        self.list.selected() + AHEAD >= self.rows.len()
    }

    /// Whether the reader is at the line that leads to what was said.
    pub fn is_at_transcript(&self) -> bool {
        let row = self.rows.get(self.list.selected());
        matches!(row, Some(Row::Detail(_, _, Detail::Transcript(_))))
    }

    /// The interaction that is selected.
    pub fn selected(&self) -> Option<ItemId> {
        self.selected.map(|(id, _)| id)
    }

    pub fn view(
        &self,
        journey: &Journey,
        focus: Focus,
        area: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Shown {
        let area = self.view_filter(area, buf, context);
        let area = self.days.view(area, buf, context);
        let list = List {
            len: self.rows.len(),
            empty: match context.scene.filter.is_empty() {
                true => "Nothing in the last 60 days",
                false => "Nothing in the last 60 days that the filter leaves",
            },
            focus,
            theme: context.theme,
        };
        let width = row_width(area);
        let height = |row: usize| self.height(&self.rows[row], journey, width);
        list.view_tall(&self.list, area, buf, height, |row, place, buf| {
            draw(
                &self.rows[row],
                journey,
                Rect { width, ..place },
                buf,
                context,
            );
        })
    }

    /// Says what is left out. Answers the area below.
    fn view_filter(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
        if context.scene.filter.is_empty() || area.height == 0 {
            return area;
        }
        let row = Rect {
            x: area.x + 1.min(area.width),
            width: area.width.saturating_sub(2),
            height: 1,
            ..area
        };
        let chips = context.scene.filter.chips().into_iter();
        let line = chips.fold(Line::of("▽", Role::Warning), |line, chip| {
            line.and(" ", Role::Muted).and(chip, Role::Warning)
        });
        let clear = context.keymap.label(Action::Back);
        let line = match clear {
            Some(key) => line.right(format!("{key} shows all"), Role::Muted),
            None => line,
        };
        line.view(row, buf, context.theme);
        Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        }
    }

    /// Selects the next interaction over the channel of the selected one, or the one before it; false where there
    /// is none among those that were read.
    pub fn go_along_channel(&mut self, motion: Motion, journey: &Journey) -> bool {
        let at = self.selected.and_then(|(id, _)| {
            let mut items = journey.items.iter();
            items.position(|item| item.id() == id)
        });
        let Some(at) = at else {
            return false;
        };
        let channel = journey.items.get(at).map(JourneyItem::channel);
        let is_same =
            |index: &usize| journey.items.get(*index).map(JourneyItem::channel) == channel;
        let found = match motion {
            Motion::Up | Motion::PageUp | Motion::First => (0..at).rev().find(is_same),
            Motion::Down | Motion::PageDown | Motion::Last => {
                (at + 1..journey.items.len()).find(is_same)
            }
        };
        let card = found.and_then(|index| {
            let mut rows = self.rows.iter();
            rows.position(|row| *row == Row::Card(index))
        });
        if let Some(card) = card {
            self.list.select(card);
            self.remember(card, journey);
        }
        card.is_some()
    }

    fn height(&self, row: &Row, journey: &Journey, width: u16) -> u16 {
        match row {
            Row::Card(index) => journey
                .items
                .get(*index)
                .map_or(1, |item| card::height(item, journey, width)),
            Row::Detail(_, _, Detail::Sentence(text)) => {
                let room = usize::from(width.saturating_sub(DETAIL_INDENT)).max(1);
                let lines = text::wrap(&text::clean_block(text), room).len();
                u16::try_from(lines).unwrap_or(u16::MAX)
            }
            Row::Missing(_) | Row::Now | Row::Day(_) | Row::More => 1,
            Row::Detail(_, _, Detail::Line(line) | Detail::Transcript(line)) => {
                let rows = line.rows(width.saturating_sub(DETAIL_INDENT)).len();
                u16::try_from(rows).unwrap_or(u16::MAX)
            }
        }
    }

    fn remember(&mut self, row: usize, journey: &Journey) {
        let id = |index: &usize| journey.items.get(*index).map(item_id);
        self.selected = match self.rows.get(row) {
            Some(Row::Card(index)) => id(index).map(|id| (id, 0)),
            Some(Row::Detail(index, nth, _)) => id(index).map(|id| (id, *nth)),
            Some(Row::Missing(_) | Row::Now | Row::Day(_) | Row::More) | None => None,
        };
    }

    /// Puts the list where the selected interaction is now; nothing selected is the first card.
    fn follow(&mut self, journey: &Journey) {
        let place = |row: &Row| match row {
            Row::Card(index) => Some((item_id(journey.items.get(*index)?), 0)),
            Row::Detail(index, nth, _) => Some((item_id(journey.items.get(*index)?), *nth)),
            Row::Missing(_) | Row::Now | Row::Day(_) | Row::More => None,
        };
        let find =
            |wanted: (ItemId, usize)| self.rows.iter().position(|row| place(row) == Some(wanted));
        let kept = self
            .selected
            .and_then(|(id, nth)| find((id, nth)).or_else(|| find((id, 0))));
        let first = || self.rows.iter().position(|row| matches!(row, Row::Card(_)));
        let row = match (kept, self.selected) {
            (Some(row), _) => row,
            (None, Some(_)) => self.list.selected().min(self.rows.len().saturating_sub(1)),
            (None, None) => first().unwrap_or(0),
        };
        self.list.select(row);
        self.remember(row, journey);
    }
}

fn draw(row: &Row, journey: &Journey, place: Rect, buf: &mut Buffer, context: &Context<'_>) {
    let theme = context.theme;
    match row {
        Row::Missing(right) => {
            Line::of(format!("Left out: needs {right}"), Role::Warning).view(place, buf, theme);
        }
        Row::Now => heading("Now", place, buf, theme),
        Row::Day(day) => {
            let today = time::date(context.now, context.tz);
            heading(&time::day(*day, today), place, buf, theme);
        }
        Row::Card(index) => {
            if let Some(item) = journey.items.get(*index) {
                card::draw(item, journey, place, buf, context);
            }
        }
        Row::Detail(_, _, detail) => {
            let inside = Rect {
                x: place.x + DETAIL_INDENT.min(place.width),
                width: place.width.saturating_sub(DETAIL_INDENT),
                ..place
            };
            match detail {
                Detail::Line(line) | Detail::Transcript(line) => {
                    line.view_rows(inside, buf, theme);
                }
                Detail::Sentence(text) => {
                    put_block(buf, inside, text, theme.style(Role::Text));
                }
            }
        }
        Row::More => Line::of("▾ more, being read", Role::Muted).view(place, buf, theme),
    }
}
