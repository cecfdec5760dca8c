//! Which part of the journey to show.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::one_line::{Answered, Asking, OneLine};
use crate::backend::view::JourneyFilter;
use crate::tui::context::Context;
use crate::tui::input::Input;
use crate::tui::layer::{Reaction, Then};
use crate::tui::widget::{Field, Hint};

const QUESTION: &str = "What is shown of the journey? channel: direction: queue: agent: wrap-up: \
status: and words of the notes; an empty line shows all";
const TYPED_MAX: usize = 200;

/// The question for a filter.
#[derive(Clone, Debug)]
pub struct Narrow(OneLine);

impl Narrow {
    /// Begins with the filter that is in force.
    pub fn open(context: &Context<'_>) -> Self {
        let chips = context.scene.filter.chips().join(" ");
        let field = Field::new(TYPED_MAX).with_placeholder("channel:call queue:billing refund");
        Self(OneLine::new(field.with_text(&chips)))
    }

    pub fn update(&mut self, input: Input) -> Reaction {
        match self.0.update(input) {
            Answered::NotYet => Reaction::stay(),
            Answered::Left => Reaction::close(),
            Answered::Entered => match JourneyFilter::read(self.0.text()) {
                Ok(filter) => Reaction::then(Then::Narrow(filter)),
                Err(unfit) => {
                    self.0.complain(&unfit.to_string());
                    Reaction::stay()
                }
            },
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let asking = Asking {
            title: "Filter the journey",
            question: QUESTION,
            hints: &[Hint::new("Enter", "show"), Hint::new("Esc", "leave it")],
        };
        self.0.view(asking, screen, buf, context)
    }
}
