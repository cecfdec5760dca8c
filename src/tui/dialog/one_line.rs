//! A question that is answered with one line of text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, below, inside, paragraph, rows_of, width_on};
use crate::tui::context::Context;
use crate::tui::input::{Input, Key, Press};
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{Field, Hint, put};

const WIDTH: u16 = 64;
const PROMPT: &str = "> ";

/// The line, and what was wrong with it.
#[derive(Clone, Debug)]
pub(super) struct OneLine {
    field: Field,
    trouble: Option<String>,
}

/// The words around the line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking<'a> {
    pub title: &'a str,
    pub question: &'a str,
    pub hints: &'a [Hint],
}

/// What an input came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    NotYet,
    Left,
    /// The line is to be read.
    Entered,
}

impl OneLine {
    pub fn new(field: Field) -> Self {
        let trouble = None;
        Self { field, trouble }
    }

    pub fn text(&self) -> &str {
        self.field.text()
    }

    /// Says what is wrong with the line, until it is changed.
    pub fn complain(&mut self, trouble: &str) {
        self.trouble = Some(sentence(trouble));
    }

    pub fn update(&mut self, input: Input) -> Answered {
        match input {
            Input::Key(press) => self.press(press),
            Input::Paste(pasted) => {
                self.field.paste(&pasted);
                self.trouble = None;
                Answered::NotYet
            }
            Input::Mouse(_) | Input::Resize { .. } => Answered::NotYet,
            Input::FocusGained | Input::FocusLost => Answered::NotYet,
        }
    }

    fn press(&mut self, press: Press) -> Answered {
        match press.key {
            Key::Esc => Answered::Left,
            Key::Enter => Answered::Entered,
            _ => {
                self.field.apply(&press);
                self.trouble = None;
                Answered::NotYet
            }
        }
    }

    pub fn view(
        &self,
        asking: Asking<'_>,
        screen: Rect,
        buf: &mut Buffer,
        context: &Context<'_>,
    ) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let rows_of_words = |words| rows_of(words, inside(width));
        let trouble = self.trouble.as_deref();
        let shell = Shell {
            title: asking.title,
            right: "",
            width,
            rows: rows_of_words(asking.question) + 1 + trouble.map_or(0, rows_of_words),
            hints: asking.hints,
        };
        let inner = shell.view(screen, buf, context);
        let rest = paragraph(buf, inner, theme, (asking.question, Role::Text));
        let used = put(buf, rest, PROMPT, theme.style(Role::Accent));
        let place = Rect {
            x: rest.x + used.min(rest.width),
            width: rest.width.saturating_sub(used),
            ..rest
        };
        let cursor = self.field.view(place, buf, theme);
        if let Some(trouble) = trouble {
            paragraph(buf, below(rest, 1), theme, (trouble, Role::Danger));
        }
        cursor
    }
}
