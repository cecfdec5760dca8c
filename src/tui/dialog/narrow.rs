//! Which part of the journey to show.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, below, inside, paragraph, rows_of, width_on};
use crate::backend::view::JourneyFilter;
use crate::tui::context::Context;
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::{Reaction, Then};
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{Field, Hint, put};

const WIDTH: u16 = 64;
const PROMPT: &str = "> ";
const QUESTION: &str = "What is shown of the journey? channel: direction: queue: agent: wrap-up: status: and words \
of the notes; an empty line shows all";
const TYPED_MAX: usize = 200;

/// The question for a filter.
#[derive(Clone, Debug)]
pub struct Narrow {
    field: Field,
    trouble: Option<String>,
}

impl Narrow {
    /// Begins with the filter that is in force.
    pub fn open(context: &Context<'_>) -> Self {
        let examples = "channel:call queue:billing refund";
        let chips = context.scene.filter.chips().join(" ");
        Self {
            field: Field::new(TYPED_MAX)
                .with_placeholder(examples)
                .with_text(&chips),
            trouble: None,
        }
    }

    pub fn update(&mut self, input: Input, _context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press),
            Input::Paste(pasted) => {
                self.field.paste(&pasted);
                self.trouble = None;
                Reaction::stay()
            }
            Input::Mouse(_) | Input::Resize { .. } => Reaction::stay(),
            Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let rows_of_words = |words| rows_of(words, inside(width));
        let trouble = self.trouble.as_deref();
        let shell = Shell {
            title: "Filter the journey",
            right: "",
            width,
            rows: rows_of_words(QUESTION) + 1 + trouble.map_or(0, rows_of_words),
            hints: &[Hint::new("Enter", "show"), Hint::new("Esc", "leave it")],
        };
        let inner = shell.view(screen, buf, context);
        let rest = paragraph(buf, inner, theme, (QUESTION, Role::Text));
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

    fn press(&mut self, press: Press) -> Reaction {
        match press.key {
            Key::Esc => Reaction::close(),
            Key::Enter => self.enter(),
            _ => {
                self.field.apply(&press);
                self.trouble = None;
                Reaction::stay()
            }
        }
    }

    fn enter(&mut self) -> Reaction {
        match JourneyFilter::read(self.field.text()) {
            Ok(filter) => Reaction::then(Then::Narrow(filter)),
            Err(trouble) => {
                self.trouble = Some(sentence(&trouble.to_string()));
                Reaction::stay()
            }
        }
    }
}
