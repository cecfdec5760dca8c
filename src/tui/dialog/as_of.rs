//! As of: which past moment to show.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, below, paragraph, width_on};
use crate::domain::moment::said;
use crate::tui::context::Context;
use crate::tui::input::{Input, Key, Press};
use crate::tui::layer::{Reaction, Then};
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::widget::{Field, Hint, put};

const WIDTH: u16 = 64;
const ROWS: u16 = 6;
const PROMPT: &str = "> ";
const QUESTION: &str = "As of when? The profile and the journey are shown as they stood then";

/// The question for a moment.
#[derive(Clone, Debug)]
pub struct AsOf {
    field: Field,
    trouble: Option<String>,
}

impl AsOf {
    pub fn open(_context: &Context<'_>) -> Self {
        let examples = "yesterday, 3d ago, 14:02, 2026-11-12 14:02";
        Self {
            field: Field::new(40).with_placeholder(examples),
            trouble: None,
        }
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => self.press(press, context),
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
        let shell = Shell {
            title: "As of",
            right: "",
            width: width_on(screen, WIDTH),
            rows: ROWS,
            hints: &[Hint::new("Enter", "show"), Hint::new("Esc", "stay now")],
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
        if let Some(trouble) = &self.trouble {
            paragraph(buf, below(rest, 1), theme, (trouble, Role::Danger));
        }
        cursor
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        match press.key {
            Key::Esc => Reaction::close(),
            Key::Enter => self.enter(context),
            _ => {
                self.field.apply(&press);
                self.trouble = None;
                Reaction::stay()
            }
        }
    }

    fn enter(&mut self, context: &Context<'_>) -> Reaction {
        match said::past(self.field.text(), context.present, context.tz) {
            Ok(at) => Reaction::then(Then::Past(at)),
            Err(trouble) => {
                self.trouble = Some(sentence(&trouble.to_string()));
                Reaction::stay()
            }
        }
    }
}
