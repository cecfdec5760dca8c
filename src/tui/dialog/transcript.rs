//! What was said in a conversation of messages, as long as the screen is: who, when, and in which words.

use std::cell::{Cell, RefCell};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, inside, resting, rows_on, width_on};
use crate::backend::view::JourneyConversation;
use crate::domain::Moment;
use crate::domain::conversation::ConversationId;
use crate::domain::transcript::{Author, Message, Transcript as Said};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::Reaction;
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Hint, put_parts, scrollbar, waiting};

const WIDTH: u16 = 100;
/// Columns of a time with a blank behind it.
const TIME_COLUMNS: usize = 6;

/// Parts of a row, each with how it is meant.
type Row = Vec<(String, Role)>;

/// The transcript of a conversation.
#[derive(Clone, Debug)]
pub struct Transcript {
    of: ConversationId,
    /// The conversation in words: `the WhatsApp of 09:02`.
    about: String,
    said: Load<Said>,
    top: usize,
    /// The last row stays in sight while more comes in.
    follows: bool,
    /// The rows in sight and the rows there are, as the last frame had them.
    seen: Cell<(usize, usize)>,
    /// The rows of what was said, for so many columns: there may be a thousand long messages.
    rows: RefCell<Option<(usize, Vec<Row>)>>,
}

impl Transcript {
    /// Opens it and asks for what was said. Of a conversation that goes on the end is shown.
    pub fn open(of: &JourneyConversation, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let at = time::short_stamp(of.start, context.present, context.tz);
        let mut transcript = Self {
            of: of.id,
            about: format!("{} of {at}", of.channel.word()),
            said: Load::Empty,
            top: 0,
            follows: of.end.is_none(),
            seen: Cell::new((0, 0)),
            rows: RefCell::new(None),
        };
        let effects = transcript.renew(context);
        (transcript, effects)
    }

    /// Reads anew because something changed.
    pub fn renew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        self.said.begin(context.now);
        vec![Effect::Read(Read::Transcript(self.of))]
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        let Reply::Transcript(of, result) = reply else {
            return None;
        };
        if *of != self.of {
            return None;
        }
        self.said.finish(result.clone());
        self.rows.replace(None);
        Some(Reaction::stay())
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => {
                let means = match context.keymap.meaning(&[press]) {
                    Meaning::Run { action, .. } => Some(action),
                    Meaning::Pending(_) | Meaning::Unknown => None,
                };
                match (press.key, means) {
                    (Key::Esc | Key::Enter, _) => Reaction::close(),
                    (_, Some(Action::Back | Action::Quit | Action::Transcript)) => {
                        Reaction::close()
                    }
                    _ => self.press(press),
                }
            }
            Input::Mouse(_) | Input::Paste(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        // The last column is for the scroll mark.
        let columns = usize::from(inside(width).saturating_sub(1));
        self.arrange(columns, context);
        let rows = self.rows.borrow();
        let rows = rows.as_ref().map_or(&[][..], |(_, rows)| rows.as_slice());
        let room = rows_on(screen, u16::try_from(rows.len()).unwrap_or(u16::MAX));
        // The keys that are told depend on what fits.
        self.seen.set((usize::from(room), rows.len()));
        let shell = Shell {
            title: &self.title(usize::from(width)),
            right: &self.counted(),
            width,
            rows: room,
            hints: &self.hints(),
        };
        let inner = shell.view(screen, buf, context);
        self.seen.set((usize::from(inner.height), rows.len()));
        let top = self.first();
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
        let last = (top + usize::from(inner.height)).min(rows.len());
        scrollbar(buf, inner, theme, top..last, rows.len());
        resting(inner)
    }

    pub fn hints(&self) -> Vec<Hint> {
        let (room, len) = self.seen.get();
        let more = (room < len).then(|| Hint::new("↑↓", "scroll"));
        more.into_iter()
            .chain([Hint::new("Esc", "close")])
            .collect()
    }

    pub fn waiting_since(&self) -> Option<Moment> {
        self.said.waiting_since()
    }

    fn press(&mut self, press: Press) -> Reaction {
        let (room, _) = self.seen.get();
        let page = room.saturating_sub(1).max(1);
        let first = self.first();
        self.move_to(match (press.key, press.ctrl) {
            (Key::Up | Key::Char('k'), false) => first.saturating_sub(1),
            (Key::Down | Key::Char('j'), false) => first + 1,
            (Key::PageUp, _) | (Key::Char('u'), true) => first.saturating_sub(page),
            (Key::PageDown | Key::Char(' '), _) | (Key::Char('d'), true) => first + page,
            (Key::Home | Key::Char('g'), false) => 0,
            (Key::End | Key::Char('G'), false) => usize::MAX,
            _ => return Reaction::stay(),
        })
    }

    fn move_to(&mut self, row: usize) -> Reaction {
        let last = self.last();
        self.top = row.min(last);
        self.follows = row >= last && 0 < last;
        Reaction::stay()
    }

    /// The row that the frame begins with.
    fn first(&self) -> usize {
        match self.follows {
            true => self.last(),
            false => self.top.min(self.last()),
        }
    }

    /// The last row that a frame can begin with.
    fn last(&self) -> usize {
        let (room, len) = self.seen.get();
        len.saturating_sub(room)
    }

    fn title(&self, width: usize) -> String {
        let whole = format!("What was said · {}", self.about);
        let room = width.saturating_sub(text::width(&self.counted()) + 8);
        match text::width(&whole) <= room {
            true => whole,
            false => self.about.clone(),
        }
    }

    /// `14 messages`.
    fn counted(&self) -> String {
        let Some(said) = self.said.value() else {
            return String::new();
        };
        match said.messages.len() as u64 + said.earlier {
            0 => String::new(),
            1 => "1 message".to_owned(),
            many => format!("{} messages", time::count(many)),
        }
    }

    /// Lays the rows out for so many columns, unless they lie there already.
    fn arrange(&self, columns: usize, context: &Context<'_>) {
        if let Some(words) = self.instead(context) {
            let lines = text::wrap(&words.0, columns.max(1)).into_iter();
            let rows = lines.map(|line| vec![(line, words.1)]).collect();
            // Not to be kept: what is said while it is read changes with time.
            self.rows.replace(Some((usize::MAX, rows)));
            return;
        }
        let is_laid = |(laid, _): &(usize, Vec<Row>)| *laid == columns;
        if self.rows.borrow().as_ref().is_some_and(is_laid) {
            return;
        }
        let rows = self
            .said
            .value()
            .map(|said| rows_of(said, columns, context));
        self.rows.replace(Some((columns, rows.unwrap_or_default())));
    }

    /// What stands where nothing can be read.
    fn instead(&self, context: &Context<'_>) -> Option<(String, Role)> {
        if let Some(trouble) = self.said.trouble() {
            return Some((sentence(&trouble.to_string()), Role::Danger));
        }
        match self.said.value() {
            Some(said) if said.messages.is_empty() => Some((
                "No message of this conversation is kept here".to_owned(),
                Role::Muted,
            )),
            Some(_) => None,
            None => {
                let since = self.said.waiting_since()?;
                let waited = u64::try_from(context.now.since_ms(since)).unwrap_or(0);
                let words = waiting("Reading what was said", waited).unwrap_or_default();
                Some((words, Role::Muted))
            }
        }
    }
}

/// Every message: when and who in one row, the words below it.
fn rows_of(said: &Said, columns: usize, context: &Context<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    if 0 < said.earlier {
        let earlier = time::count(said.earlier);
        let words = format!("{earlier} earlier messages are kept and not listed");
        rows.push(vec![(words, Role::Muted)]);
    }
    let today = time::date(context.present, context.tz);
    let mut day = None;
    for message in &said.messages {
        let date = time::date(message.at, context.tz);
        if day != Some(date) {
            if !rows.is_empty() {
                rows.push(Vec::new());
            }
            rows.push(vec![(time::day(date, today), Role::Border)]);
            day = Some(date);
        }
        rows.push(heading(message, columns, context));
        let indent = " ".repeat(TIME_COLUMNS.min(columns / 4));
        let room = columns.saturating_sub(indent.len()).max(1);
        let mut put = |words: &str, role: Role| {
            let words = text::clean_block(words);
            let lines = text::wrap(&words, room).into_iter();
            rows.extend(lines.map(|line| vec![(indent.clone(), Role::Text), (line, role)]));
        };
        if !message.text.is_empty() {
            put(message.text.trim_end(), Role::Text);
        }
        for line in message.beside() {
            put(&line, Role::Muted);
        }
    }
    rows
}

/// `09:02 agent Mara Lindt`; the word tells who is who where there is no colour.
fn heading(message: &Message, columns: usize, context: &Context<'_>) -> Row {
    let role = match message.author {
        Author::Person => Role::Accent,
        Author::Agent => Role::Good,
        Author::Bot | Author::Unsaid => Role::Muted,
    };
    let clock = time::clock(message.at, context.tz);
    let clock = text::pad(&clock, TIME_COLUMNS);
    let who = match message.name.as_deref() == Some(context.agent) {
        true => format!("{} you", message.author.word()),
        false => message.who(),
    };
    let room = columns.saturating_sub(TIME_COLUMNS);
    let who = text::fit(&text::clean_line(&who), room);
    vec![(clock, Role::Muted), (who, role)]
}
