//! A question with a few answers, each of them a change: the shape of link, unlink, delete and not the same.
//! What the questions say is in the files of that name; here is how one is asked.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::choice::{Choice, Choices, Density};
use super::search::Search;
use super::sending::Sending;
use super::share;
use super::shell::{Shell, below, inside, paragraph, rows_of, split_bottom, width_on};
use crate::domain::Identifier;
use crate::domain::command::Command;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read, Said};
use crate::tui::input::{Input, Key};
use crate::tui::layer::{Layer, Reaction};
use crate::tui::msg::Reply;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::Hint;

const WIDTH: u16 = 72;
/// The question has so many rows at least, whatever the answers take.
const QUESTION_ROWS_MIN: u16 = 1;

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    title: String,
    /// What is asked, and what the person should know before answering.
    paragraphs: Vec<(String, Role)>,
    choices: Choices,
    answers: Vec<Answer>,
    sending: Sending,
    /// The search that led here, to go back to.
    from: Option<Box<Search>>,
    /// The identifier whose next holder is being looked up, for the last paragraph.
    looked_up: Option<Identifier>,
}

/// What an answer does.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Run {
        command: Box<Command>,
        said: Said,
    },
    /// Another dialog takes the place of the question.
    Open(Box<Layer>),
    Leave,
}

impl Answer {
    pub fn run(command: Command, said: impl Into<Said>) -> Self {
        Self::Run {
            command: Box::new(command),
            said: said.into(),
        }
    }
}

impl Ask {
    /// A question without answers yet.
    pub(super) fn new(title: &str, question: impl Into<String>) -> Self {
        Self {
            title: title.to_owned(),
            paragraphs: vec![(question.into(), Role::Text)],
            choices: Choices::default(),
            answers: Vec::new(),
            sending: Sending::default(),
            from: None,
            looked_up: None,
        }
    }

    /// Looks up who would hold the identifier if its mark went, and tells it last.
    pub(super) fn looking_up(mut self, identifier: &Identifier) -> (Self, Vec<Effect>) {
        self.looked_up = Some(identifier.clone());
        let ask = self.telling("Looking up who gets it …", Role::Muted);
        (ask, vec![Effect::Read(Read::Heir(identifier.clone()))])
    }

    /// Something to know before answering.
    pub(super) fn telling(mut self, words: impl Into<String>, role: Role) -> Self {
        self.paragraphs.push((words.into(), role));
        self
    }

    /// The answers, with the cursor on one of them.
    pub(super) fn answers(mut self, answers: Vec<(Choice, Answer)>, selected: usize) -> Self {
        let (choices, answers) = answers.into_iter().unzip();
        self.choices = Choices::new(choices, selected);
        self.answers = answers;
        self
    }

    /// The first answer, given without asking: the dialog stays for what comes of it.
    pub(super) fn given(mut self) -> (Self, Vec<Effect>) {
        let effects = self.give(0).effects;
        (self, effects)
    }

    pub(super) fn from(mut self, search: Option<Box<Search>>) -> Self {
        self.from = search;
        self
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        if matches!(&input, Input::Key(press) if press.key == Key::Esc) {
            return self.leave();
        }
        if self.sending.is_busy() {
            return Reaction::stay();
        }
        let chosen = match input {
            Input::Key(press) => self.choices.press(&press),
            Input::Mouse(mouse) => mouse.click().and_then(|at| self.choices.click(at)),
            Input::Paste(_) | Input::Resize { .. } => None,
            Input::FocusGained | Input::FocusLost => None,
        };
        match chosen {
            Some(chosen) => self.give(chosen),
            None => Reaction::stay(),
        }
    }

    /// What came of the answer: a refusal stays here in words.
    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        if let Reply::Heir(identifier, result) = reply
            && self.looked_up.as_ref() == Some(identifier)
        {
            self.looked_up = None;
            self.paragraphs.pop();
            self.paragraphs.push(share::goes_to(result));
            return Some(Reaction::stay());
        }
        match self.sending.take(reply)? {
            Ok(_) => Some(Reaction::close()),
            Err(_) => Some(Reaction::stay()),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let columns = inside(width);
        let words = self.said();
        let told: u16 = words
            .iter()
            .map(|(words, _)| rows_of(words, columns) + 1)
            .sum();
        let answers = self.choices.height(columns, Density::Full);
        let shell = Shell {
            title: &self.title,
            right: "",
            width,
            rows: told + answers,
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        // The answers are always in sight; words give way where there is too little room.
        let is_tight = inner.height < told + answers;
        let vital = words.iter().filter(|(_, role)| is_vital(*role)).count() as u16;
        let room = inner.height.saturating_sub(vital + QUESTION_ROWS_MIN);
        let fits = |density: &Density| self.choices.height(columns, *density) <= room;
        let density = match is_tight {
            true => Density::ALL.into_iter().find(fits).unwrap_or(Density::Rows),
            false => Density::Full,
        };
        let answers = self.choices.height(columns, density);
        let (answers_area, top) = split_bottom(inner, answers);
        view_words(&words, top, is_tight, buf, theme);
        self.choices.view(answers_area, buf, theme, density)
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        if self.sending.is_busy() {
            return vec![Hint::new("…", "saving")];
        }
        let back = if self.from.is_some() {
            "back"
        } else {
            "leave it"
        };
        let enter = self.choices.selected_letter();
        let enter = enter.map(|letter| Hint::new("Enter", format!("choose {letter}")));
        enter.into_iter().chain([Hint::new("Esc", back)]).collect()
    }

    /// A refusal comes first: it is what the person has to read now.
    fn said(&self) -> Vec<(&str, Role)> {
        let refusal = self.sending.told();
        let told = self
            .paragraphs
            .iter()
            .map(|(words, role)| (words.as_str(), *role));
        refusal.into_iter().chain(told).collect()
    }

    fn give(&mut self, chosen: usize) -> Reaction {
        match self.answers.get(chosen).cloned() {
            Some(Answer::Run { command, said }) => {
                Reaction::stay().with(self.sending.send(*command, said))
            }
            Some(Answer::Open(layer)) => Reaction::become_layer(*layer, Vec::new()),
            Some(Answer::Leave) | None => self.leave(),
        }
    }

    fn leave(&mut self) -> Reaction {
        match self.from.take() {
            Some(search) => Reaction::become_layer(Layer::Search(search), Vec::new()),
            None => Reaction::close(),
        }
    }
}

/// Whether words must be read before answering, also where there is little room.
fn is_vital(role: Role) -> bool {
    matches!(role, Role::Warning | Role::Danger)
}

/// Draws what is asked and told, with air between where there is some; each vital paragraph keeps a row.
fn view_words(words: &[(&str, Role)], area: Rect, is_tight: bool, buf: &mut Buffer, theme: &Theme) {
    let mut rest = area;
    for (at, (text, role)) in words.iter().enumerate() {
        let behind = words[at + 1..].iter();
        let vital = behind.filter(|(_, role)| is_vital(*role));
        let whole: u16 = vital
            .clone()
            .map(|(words, _)| rows_of(words, area.width))
            .sum();
        // All of what is vital, as far as this one keeps a row; at least a row of each.
        let most = rest.height.saturating_sub(vital.count() as u16);
        let place = Rect {
            height: rest.height.saturating_sub(whole).max(1).min(most),
            ..rest
        };
        let left = paragraph(buf, place, theme, (text, *role));
        rest = below(rest, place.height - left.height + u16::from(!is_tight));
    }
}
