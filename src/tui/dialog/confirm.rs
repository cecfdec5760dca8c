//! A question with yes and no. It carries what yes does, and knows nothing of it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, inside, resting, rows_of, width_on};
use crate::tui::context::Context;
use crate::tui::effect::Effect;
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::Reaction;
use crate::tui::theme::Role;
use crate::tui::widget::{Hint, put_block};

const WIDTH: u16 = 56;

/// Asks before something that is hard to take back.
#[derive(Clone, Debug)]
pub struct Confirm {
    title: String,
    question: String,
    yes: String,
    effect: Effect,
}

impl Confirm {
    /// `yes` is the word for doing it, such as `quit`.
    pub fn new(title: &str, question: &str, yes: &str, effect: Effect) -> Self {
        Self {
            title: title.to_owned(),
            question: question.to_owned(),
            yes: yes.to_owned(),
            effect,
        }
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        let Input::Key(press) = input else {
            return Reaction::stay();
        };
        match press {
            Press {
                key: Key::Enter | Key::Char('y' | 'Y'),
                ctrl: false,
                alt: false,
                ..
            } => Reaction::close().with(self.effect.clone()),
            Press {
                key: Key::Esc | Key::Char('n' | 'N' | 'q'),
                ..
            } => Reaction::close(),
            _ => Reaction::stay(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let width = width_on(screen, WIDTH);
        let shell = Shell {
            title: &self.title,
            right: "",
            width,
            rows: rows_of(&self.question, inside(width)),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        put_block(buf, inner, &self.question, context.theme.style(Role::Text));
        resting(inner)
    }

    pub fn hints(&self, _context: &Context<'_>) -> Vec<Hint> {
        vec![
            Hint::new("y", self.yes.clone()),
            Hint::new("Esc", "leave it"),
        ]
    }
}
