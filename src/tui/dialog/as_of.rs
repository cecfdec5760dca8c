//! As of: which past moment to show.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::one_line::{Answered, Asking, OneLine};
use crate::domain::moment::said;
use crate::tui::context::Context;
use crate::tui::input::Input;
use crate::tui::layer::{Reaction, Then};
use crate::tui::widget::{Field, Hint};

const QUESTION: &str = "As of when? The profile and the journey are shown as they stood then";
const TYPED_MAX: usize = 40;

/// The question for a moment.
#[derive(Clone, Debug)]
pub struct AsOf(OneLine);

impl AsOf {
    pub fn open(_context: &Context<'_>) -> Self {
        let examples = "yesterday, 3d ago, 14:02, 2026-11-12 14:02";
        let field = Field::new(TYPED_MAX).with_placeholder(examples);
        Self(OneLine::new(field))
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match self.0.update(input) {
            Answered::NotYet => Reaction::stay(),
            Answered::Left => Reaction::close(),
            Answered::Entered => match said::past(self.0.text(), context.present, context.tz) {
                Ok(at) => Reaction::then(Then::Past(at)),
                Err(trouble) => {
                    self.0.complain(&trouble.to_string());
                    Reaction::stay()
                }
            },
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let asking = Asking {
            title: "As of",
            question: QUESTION,
            hints: &[Hint::new("Enter", "show"), Hint::new("Esc", "stay now")],
        };
        self.0.view(asking, screen, buf, context)
    }
}
