//! What can lie over the panes, and the shape that dialogs and overlays share.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::action::Action;
use super::context::Context;
use super::dialog::{Confirm, Drafting};
use super::effect::Effect;
use super::input::Input;
use super::msg::{Reply, Subject};
use super::widget::Hint;

/// A dialog or an overlay. The top one gets the input.
#[derive(Clone, Debug)]
pub enum Layer {
    Confirm(Confirm),
}

/// What a layer answers to an input or a reply.
#[derive(Clone, Debug)]
pub struct Reaction {
    pub effects: Vec<Effect>,
    pub then: Then,
    /// What becomes of what was typed and not saved.
    pub drafting: Option<Drafting>,
}

/// What becomes of the layer.
#[derive(Clone, Debug)]
pub enum Then {
    Stay,
    Close,
    /// Another layer comes in its place.
    Become(Box<Layer>),
    /// Another layer comes on top of it.
    Push(Box<Layer>),
    /// It closes, and the panes show this.
    Show(Subject),
    /// It closes, and the action runs as if its key had been pressed.
    Act(Action),
}

impl Reaction {
    pub const fn stay() -> Self {
        Self::then(Then::Stay)
    }

    pub const fn close() -> Self {
        Self::then(Then::Close)
    }

    pub const fn then(then: Then) -> Self {
        Self {
            effects: Vec::new(),
            then,
            drafting: None,
        }
    }

    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    pub fn drafting(mut self, drafting: Drafting) -> Self {
        self.drafting = Some(drafting);
        self
    }

    /// Another layer in its place, and what that one wants to read.
    pub fn become_layer(layer: Layer, effects: Vec<Effect>) -> Self {
        Self {
            effects,
            ..Self::then(Then::Become(Box::new(layer)))
        }
    }
}

impl Layer {
    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match self {
            Self::Confirm(confirm) => confirm.update(input, context),
        }
    }

    /// Tells the layer what came of a read or a write. Nothing is answered to what it did not ask for.
    /// A failed write that a layer answers is shown by it; any other becomes a notice.
    pub fn reply(&mut self, _reply: &Reply, _context: &Context<'_>) -> Option<Reaction> {
        match self {
            Self::Confirm(_) => None,
        }
    }

    /// Draws over the screen and answers where the cursor belongs.
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        match self {
            Self::Confirm(confirm) => confirm.view(screen, buf, context),
        }
    }

    /// The footer while the layer is on top.
    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        match self {
            Self::Confirm(confirm) => confirm.hints(context),
        }
    }
}
