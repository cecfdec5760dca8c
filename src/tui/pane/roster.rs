//! The roster: the agent's conversations and those that wait, two rows each, sorted by what needs doing.
//!
//! The selection is a conversation, not a row: it stays where it is when the list changes around it. So does
//! the number to jump by: it is the conversation's as long as that goes on, whatever comes or goes above it.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Line, breathe, heading, person, sign, step};
use crate::backend::view::{Roster, RosterLine};
use crate::domain::ContactType;
use crate::domain::assignment;
use crate::domain::conversation::{ConversationId, Status};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Focus, List, ListState, Motion, Shown, put_block};

/// How many conversations have a number to jump by.
const NUMBERED_MAX: usize = 9;
const LINE_ROWS: u16 = 2;

/// Which conversation is selected, and where the list stands.
#[derive(Clone, Debug, Default)]
pub struct RosterPane {
    selected: Option<ConversationId>,
    rows: Vec<Row>,
    list: ListState,
    /// The numbers that jump, from 1 to `NUMBERED_MAX`.
    numbers: BTreeMap<usize, ConversationId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    Heading(Section, usize),
    /// Index into the roster's lines.
    Line(usize),
}

/// Conversations by what needs doing, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Active,
    WrapUp,
    Waiting,
    Ended,
}

impl Section {
    const ALL: [Self; 4] = [Self::Active, Self::WrapUp, Self::Waiting, Self::Ended];

    const fn of(status: Status) -> Self {
        match status {
            Status::Active => Self::Active,
            Status::WrapupDue => Self::WrapUp,
            Status::Waiting => Self::Waiting,
            Status::Ended | Status::Abandoned => Self::Ended,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::WrapUp => "To wrap up",
            Self::Waiting => "Waiting",
            Self::Ended => "Ended today",
        }
    }
}

impl RosterPane {
    pub fn selected(&self) -> Option<ConversationId> {
        self.selected
    }

    /// Takes a new roster. A selected conversation stays selected while it is listed.
    pub fn arrange(&mut self, roster: &Roster) {
        self.rows.clear();
        for section in Section::ALL {
            let is_here = |line: &&RosterLine| Section::of(line.status) == section;
            let count = roster.lines.iter().filter(is_here).count();
            if count == 0 {
                continue;
            }
            self.rows.push(Row::Heading(section, count));
            for (index, _) in roster
                .lines
                .iter()
                .enumerate()
                .filter(|(_, line)| is_here(line))
            {
                self.rows.push(Row::Line(index));
            }
        }
        self.number(roster);
        self.follow(roster);
    }

    /// Selects a conversation.
    pub fn select(&mut self, id: ConversationId, roster: &Roster) {
        self.selected = Some(id);
        self.follow(roster);
    }

    /// The conversation that a number jumps to, from 0.
    pub fn numbered(&self, nth: usize) -> Option<ConversationId> {
        self.numbers.get(&(nth + 1)).copied()
    }

    /// The first conversation of the list.
    pub fn first(&self, roster: &Roster) -> Option<ConversationId> {
        let index = self.order().next()?;
        roster.lines.get(index).map(|line| line.id)
    }

    /// Moves the selection and answers the conversation that is selected then.
    pub fn go(&mut self, motion: Motion, roster: &Roster) -> Option<ConversationId> {
        let is_line = |row: usize| matches!(self.rows.get(row), Some(Row::Line(..)));
        let row = step(&mut self.list, motion, self.rows.len(), is_line)?;
        self.select_row(row, roster)
    }

    /// Selects what was clicked on, if that was a conversation.
    pub fn click(&mut self, row: usize, roster: &Roster) -> Option<ConversationId> {
        self.select_row(row, roster)
    }

    pub fn view(
        &self,
        roster: &Roster,
        focus: Focus,
        area: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Shown {
        let area = if roster.unknown_agent {
            below_stranger(area, buf, context)
        } else {
            area
        };
        let list = List {
            len: self.rows.len(),
            empty: "No conversation. New ones appear here by themselves",
            focus,
            theme: context.theme,
        };
        let height = |row: usize| match self.rows[row] {
            Row::Heading(..) => 1,
            Row::Line(..) => LINE_ROWS,
        };
        list.view_tall(
            &self.list,
            area,
            buf,
            height,
            |row, place, buf| match self.rows[row] {
                Row::Heading(section, count) => {
                    let title = title(section, count, context);
                    heading(&title, breathe(place), buf, context.theme);
                }
                Row::Line(index) => {
                    if let Some(line) = roster.lines.get(index) {
                        draw_line(line, self.number_of(line.id), breathe(place), buf, context);
                    }
                }
            },
        )
    }

    fn order(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().filter_map(|row| match row {
            Row::Line(index) => Some(*index),
            Row::Heading(..) => None,
        })
    }

    /// Gives numbers to conversations that have none, those that go on first: a number that is free, else the
    /// one of a conversation that is over. What was let go just now is given again last: somebody may have a
    /// finger on its key.
    fn number(&mut self, roster: &Roster) {
        let before = self.numbers.clone();
        self.numbers
            .retain(|_, id| roster.lines.iter().any(|line| line.id == *id));
        let order: Vec<&RosterLine> = self.order().map(|index| &roster.lines[index]).collect();
        let (going, over): (Vec<_>, Vec<_>) = order.into_iter().partition(|line| goes_on(line));
        for line in going.iter().chain(&over) {
            if self.number_of(line.id).is_some() {
                continue;
            }
            let free = (1..=NUMBERED_MAX).filter(|number| !self.numbers.contains_key(number));
            let free = free.min_by_key(|number| (before.contains_key(number), *number));
            let taken = || {
                let mut lent = over.iter().rev().filter(|_| goes_on(line));
                lent.find_map(|old| self.number_of(old.id))
            };
            match free.or_else(taken) {
                Some(number) => drop(self.numbers.insert(number, line.id)),
                None => return,
            }
        }
    }

    fn number_of(&self, id: ConversationId) -> Option<usize> {
        let mut numbers = self.numbers.iter();
        numbers
            .find(|(_, of)| **of == id)
            .map(|(number, _)| *number)
    }

    fn select_row(&mut self, row: usize, roster: &Roster) -> Option<ConversationId> {
        let Some(Row::Line(index)) = self.rows.get(row) else {
            return None;
        };
        let id = roster.lines.get(*index)?.id;
        self.selected = Some(id);
        self.list.select(row);
        Some(id)
    }

    /// Puts the list where the selected conversation is now, or on the nearest one.
    fn follow(&mut self, roster: &Roster) {
        let is_selected = |row: &Row| match row {
            Row::Line(index) => self.selected == Some(roster.lines[*index].id),
            Row::Heading(..) => false,
        };
        let row = self.rows.iter().position(is_selected).or_else(|| {
            let at = self.list.selected_of(self.rows.len())?;
            let is_line = |row: &usize| matches!(self.rows[*row], Row::Line(..));
            (at..self.rows.len())
                .find(is_line)
                .or_else(|| (0..at).rev().find(is_line))
        });
        self.list.select(row.unwrap_or(0));
    }
}

/// Whether the seconds of a conversation are still counting.
pub fn is_running(status: Status) -> bool {
    match status {
        Status::Active | Status::Waiting => true,
        Status::Ended | Status::WrapupDue | Status::Abandoned => false,
    }
}

/// Whether there is still something to do on a conversation.
fn goes_on(line: &RosterLine) -> bool {
    is_running(line.status) || line.status == Status::WrapupDue
}

/// Says that nobody here has the agent's name, and answers the area below.
fn below_stranger(area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
    let text = format!(
        "Nobody here is called {}; only waiting conversations are listed",
        context.agent
    );
    let most = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        height: (area.height / 2).min(4),
        ..area
    };
    let used = put_block(buf, most, &text, context.theme.style(Role::Warning));
    Rect {
        y: area.y + used,
        height: area.height - used,
        ..area
    }
}

fn draw_line(
    line: &RosterLine,
    number: Option<usize>,
    place: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    let first = Rect { height: 1, ..place };
    address_line(line).view(first, buf, context.theme);
    let second = Rect {
        y: place.y + 1,
        height: place.height.saturating_sub(1),
        ..place
    };
    // Who else has it is said where there is room for all of it.
    let whole = name_line(line, number, with_whom(line, context), context);
    if whole.columns() <= place.width {
        whole.view(second, buf, context.theme);
    } else {
        name_line(line, number, None, context).view(second, buf, context.theme);
    }
}

fn address_line(line: &RosterLine) -> Line {
    let is_over = !goes_on(line);
    let role = if is_over { Role::Muted } else { Role::Text };
    let glyph = if is_over { Role::Muted } else { Role::Accent };
    let mut drawn = Line::of(format!("{} ", sign::glyph(line.channel)), glyph).and(
        format!("{:<4}", sign::direction(line.direction)),
        Role::Muted,
    );
    if let Some(tag) = sign::tag(line.channel) {
        drawn = drawn.and(format!("{tag} "), Role::Muted);
    }
    match &line.address {
        Some(address) => drawn.and(sign::address(line.channel, address), role),
        None => drawn.and(line.channel.word_without_address(), Role::Muted),
    }
}

fn name_line(
    line: &RosterLine,
    number: Option<usize>,
    other: Option<&str>,
    context: &Context<'_>,
) -> Line {
    let number = match number {
        Some(number) => format!("{number}     "),
        None => " ".repeat(6),
    };
    let drawn = Line::of(number, Role::Muted);
    let is_kept = line.contact_kind == Some(ContactType::Curated);
    let drawn = match (&line.name, &line.provided_name) {
        _ if !line.whose.is_empty() => drawn.and(whose(&line.whose), Role::Warning),
        (Some(name), _) if is_kept => drawn.and(name, Role::Text),
        (Some(name), _) => drawn.and(name, Role::Muted),
        (None, said) => drawn.and(person::called("", said.as_deref()), Role::Muted),
    };
    let drawn = match other {
        Some(other) => drawn.and(format!(" · {other}"), Role::Muted),
        None => drawn,
    };
    let running = time::span(line.end.unwrap_or(context.present).since_ms(line.start));
    match line.status {
        Status::Active => drawn.right(running, Role::Good),
        Status::Waiting => drawn.right(running, Role::Warning),
        Status::WrapupDue => drawn.right(running, Role::Warning),
        Status::Ended => drawn.right(running, Role::Muted),
        Status::Abandoned => drawn.right("abandoned", Role::Muted),
    }
}

/// Several people share what the conversation came with: who it may be, the likeliest first.
fn whose(people: &[String]) -> String {
    // A household shares its family name too: the first words tell them apart.
    let first: Vec<&str> = people
        .iter()
        .map(|name| name.split_whitespace().next().unwrap_or(name))
        .collect();
    match first.as_slice() {
        [_] => format!("whose? {}", people.join("")),
        [one, other] => format!("whose? {one}, {other}"),
        [one, rest @ ..] => format!("whose? {one} or {} others", rest.len()),
        [] => String::new(),
    }
}

/// The heading of a section, with the key that does what is due.
fn title(section: Section, count: usize, context: &Context<'_>) -> String {
    let due = match section {
        Section::WrapUp => Some((Action::WrapUp, "wraps up")),
        Section::Waiting if assignment::RIGHTS.iter().any(|one| context.role.may(*one)) => {
            Some((Action::Take, "takes"))
        }
        Section::Waiting | Section::Active | Section::Ended => None,
    };
    let due = due.filter(|(action, _)| context.denied(action.spec().needs).is_none());
    let due = due.and_then(|(action, does)| Some((context.keymap.label(action)?, does)));
    match due {
        Some((key, does)) => format!("{} {count} · {key} {does}", section.title()),
        None => format!("{} {count}", section.title()),
    }
}

/// Who else has the conversation: the queue it waits in, or another agent.
fn with_whom<'a>(line: &'a RosterLine, context: &Context<'_>) -> Option<&'a str> {
    match line.status {
        Status::Waiting => line.queue.as_deref(),
        Status::Active | Status::WrapupDue | Status::Ended | Status::Abandoned => line
            .agent
            .as_deref()
            .filter(|agent| *agent != context.agent),
    }
}
