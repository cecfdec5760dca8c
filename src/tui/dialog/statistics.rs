//! What happened in the organization: shares, plots and lists, counted when the dialog opens.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, inside, resting, rows_on, width_on};
use crate::domain::Moment;
use crate::domain::statistics::Days;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::counted::plot::{bar, grouped, levels, percent};
use crate::tui::counted::{Line, Section, Sheet};
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::Reaction;
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time::span;
use crate::tui::widget::{Hint, put_parts, scrollbar, waiting};

const WIDTH: u16 = 92;
/// Days that are counted: as many as journeys show.
const DAYS: usize = 60;
/// The widest that names are shown.
const NAME_COLUMNS: usize = 34;
/// Cells of the longest bar, and the fewest that are worth one.
const BAR: usize = 20;
const BAR_MIN: usize = 6;
/// Columns of a number and of a share, with a blank before each; and the same where there is little room.
const NUMBERS: [usize; 2] = [10, 9];
const NUMBERS_NARROW: [usize; 2] = [7, 8];
/// Below it there is little room.
const NARROW: usize = 48;

/// Parts of a row, each with how it is meant.
type Row = Vec<(String, Role)>;

/// The statistics of the last 60 days.
#[derive(Clone, Debug)]
pub struct Statistics {
    counted: Load<Sheet>,
    top: usize,
    /// The rows in sight and the rows there are, as the last frame had them.
    seen: Cell<(usize, usize)>,
}

impl Statistics {
    /// Opens it and asks for the count; nothing where the clock is past every calendar.
    pub fn open(context: &Context<'_>) -> Option<(Self, Vec<Effect>)> {
        let days = Days::until(context.now, context.tz, DAYS).ok()?;
        let mut counted = Load::Empty;
        counted.begin(context.now);
        let statistics = Self {
            counted,
            top: 0,
            seen: Cell::new((0, 0)),
        };
        Some((statistics, vec![Effect::Read(Read::Statistics(days))]))
    }

    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        let Reply::Statistics(result) = reply else {
            return None;
        };
        let sheet = result
            .as_ref()
            .map(|counted| Sheet::new(counted, context.tz));
        self.counted.finish(sheet.map_err(Clone::clone));
        Some(Reaction::stay())
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        let Input::Key(press) = input else {
            return Reaction::stay();
        };
        let means = match context.keymap.meaning(&[press]) {
            Meaning::Run { action, .. } => Some(action),
            Meaning::Pending(_) | Meaning::Unknown => None,
        };
        match (press.key, means) {
            (Key::Esc | Key::Enter, _) => Reaction::close(),
            (_, Some(Action::Back | Action::Quit | Action::Statistics)) => Reaction::close(),
            _ => self.scroll(press),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        // The last column is for the scroll mark.
        let rows = self.rows(usize::from(inside(width).saturating_sub(1)), context);
        let right = match self.counted.value() {
            Some(sheet) => format!("{} to {}", sheet.first, sheet.last),
            None => String::new(),
        };
        let shell = Shell {
            title: "Statistics",
            right: &right,
            width,
            rows: rows_on(screen, u16::try_from(rows.len()).unwrap_or(u16::MAX)),
            hints: &self.hints(),
        };
        let inner = shell.view(screen, buf, context);
        let room = usize::from(inner.height);
        let top = self.top.min(rows.len().saturating_sub(room));
        self.seen.set((room, rows.len()));
        for (y, row) in (inner.y..inner.bottom()).zip(rows.iter().skip(top)) {
            let place = Rect {
                y,
                height: 1,
                width: inner.width.saturating_sub(1),
                ..inner
            };
            let parts: Vec<_> = row
                .iter()
                .map(|(words, role)| (words.as_str(), theme.style(*role)))
                .collect();
            put_parts(buf, place, &parts);
        }
        scrollbar(
            buf,
            inner,
            theme,
            top..(top + room).min(rows.len()),
            rows.len(),
        );
        resting(inner)
    }

    pub fn hints(&self) -> Vec<Hint> {
        let (room, len) = self.seen.get();
        let more = (room < len).then(|| Hint::new("↓", "more"));
        more.into_iter()
            .chain([Hint::new("Esc", "close")])
            .collect()
    }

    pub fn waiting_since(&self) -> Option<Moment> {
        self.counted.waiting_since()
    }

    fn scroll(&mut self, press: Press) -> Reaction {
        let (room, len) = self.seen.get();
        let last = len.saturating_sub(room);
        let page = room.saturating_sub(1).max(1);
        self.top = match (press.key, press.ctrl) {
            (Key::Up | Key::Char('k'), false) => self.top.saturating_sub(1),
            (Key::Down | Key::Char('j'), false) => self.top + 1,
            (Key::PageUp, _) | (Key::Char('u'), true) => self.top.saturating_sub(page),
            (Key::PageDown | Key::Char(' '), _) | (Key::Char('d'), true) => self.top + page,
            (Key::Home | Key::Char('g'), false) => 0,
            (Key::End | Key::Char('G'), false) => last,
            _ => self.top,
        }
        .min(last);
        Reaction::stay()
    }

    fn rows(&self, width: usize, context: &Context<'_>) -> Vec<Row> {
        if let Some(trouble) = self.counted.trouble() {
            let words = sentence(&trouble.to_string());
            let lines = text::wrap(&words, width).into_iter();
            return lines.map(|line| vec![(line, Role::Danger)]).collect();
        }
        let Some(sheet) = self.counted.value() else {
            let since = self.counted.waiting_since();
            let waited = since.map(|since| u64::try_from(context.now.since_ms(since)).unwrap_or(0));
            let words = waited.and_then(|waited| waiting("Counting", waited));
            return vec![vec![(words.unwrap_or_default(), Role::Muted)]];
        };
        let mut rows = shares(sheet, width);
        for section in &sheet.sections {
            if section.lines.is_empty() {
                continue;
            }
            let own = match section.key {
                "day" => plotted(section, &["conversations"], width),
                "expiring" => plotted(section, &["ephemeral", "identified"], width),
                "channel" | "queue" => section_rows(section, "conversations", "automatic", width),
                "decision" => section_rows(section, "made", "undone", width),
                "identify" => times(section, width),
                "shared" => section_rows(section, "contacts", "marked", width),
                _ => Vec::new(),
            };
            if !own.is_empty() {
                rows.push(Vec::new());
                rows.extend(own);
            }
        }
        rows
    }
}

/// How the conversations were linked.
fn shares(sheet: &Sheet, width: usize) -> Vec<Row> {
    let all = i128::from(sheet.share.all());
    let mut rows = vec![vec![
        ("Conversations ".to_owned(), Role::Accent),
        (grouped(all), Role::Text),
    ]];
    let parts = [
        ("linked automatically", sheet.share.automatic, Role::Good),
        (
            "corrected by a person",
            sheet.share.corrected,
            Role::Warning,
        ),
        ("left unknown", sheet.share.unknown, Role::Muted),
    ];
    for (name, count, role) in parts {
        let count = i128::from(count);
        rows.push(measured(
            name,
            count,
            all,
            role,
            &percent(count, all),
            width,
        ));
    }
    rows
}

/// A name, its count, words beside it, and a bar where there is room for one.
fn measured(name: &str, count: i128, most: i128, role: Role, beside: &str, width: usize) -> Row {
    let [numbers, shares] = match width < NARROW {
        true => NUMBERS_NARROW,
        false => NUMBERS,
    };
    let taken = numbers + shares;
    let names = NAME_COLUMNS.min(width.saturating_sub(taken)).max(8);
    let cells = width.saturating_sub(names + taken + 2).min(BAR);
    let drawn = match cells < BAR_MIN {
        true => String::new(),
        false => format!("  {}", bar(count, most, cells)),
    };
    vec![
        (text::pad(&text::fit(name, names), names), Role::Text),
        (text::pad_left(&grouped(count), numbers), Role::Text),
        (text::pad_left(beside, shares), Role::Muted),
        (drawn, role),
    ]
}

/// The lines of a section by one measure, with another one beside it as a share or a mark.
fn section_rows(section: &Section, measure: &str, other: &str, width: usize) -> Vec<Row> {
    let most = section.lines.iter().map(|line| line.measure(measure)).max();
    let most = most.unwrap_or_default();
    let words = match other {
        "marked" => String::new(),
        other => format!("  share {other}"),
    };
    let mut rows = vec![vec![
        (section.title.to_owned(), Role::Accent),
        (words, Role::Muted),
    ]];
    for line in &section.lines {
        let count = line.measure(measure);
        let beside = match (other, line.measure("marked")) {
            ("marked", 0) => String::new(),
            ("marked", _) => "marked".to_owned(),
            (other, _) => percent(line.measure(other), count),
        };
        rows.push(measured(
            &line.name,
            count,
            most,
            Role::Accent,
            &beside,
            width,
        ));
    }
    rows
}

/// The lines of a section as one plot; where there is too little room the last of them.
fn plotted(section: &Section, measures: &[&str], width: usize) -> Vec<Row> {
    let of = |line: &Line| measures.iter().map(|name| line.measure(name)).sum::<i128>();
    let values: Vec<i128> = section.lines.iter().map(of).collect();
    let most = values.iter().copied().max().unwrap_or_default();
    if most == 0 {
        return Vec::new();
    }
    let shown = match section.key {
        // What comes next matters, and of what was the newest.
        "expiring" => &values[..values.len().min(width)],
        _ => &values[values.len().saturating_sub(width)..],
    };
    let heading = text::fit(section.title, width.saturating_sub(14));
    vec![
        vec![
            (heading, Role::Accent),
            (format!("  at most {}", grouped(most)), Role::Muted),
        ],
        vec![(levels(shown), Role::Text)],
    ]
}

/// How long it took until somebody was known.
fn times(section: &Section, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for line in section
        .lines
        .iter()
        .filter(|line| 0 < line.measure("count"))
    {
        let time = |measure| span(i64::try_from(line.measure(measure)).unwrap_or(i64::MAX));
        let words = format!(
            "{} times, half within {}, 9 of 10 within {}",
            grouped(line.measure("count")),
            time("halfMs"),
            time("mostMs"),
        );
        if rows.is_empty() {
            rows.push(vec![(section.title.to_owned(), Role::Accent)]);
        }
        for part in text::wrap(&line.name, width) {
            rows.push(vec![(part, Role::Text)]);
        }
        for part in text::wrap(&words, width.saturating_sub(2)) {
            rows.push(vec![(format!("  {part}"), Role::Muted)]);
        }
    }
    rows
}
