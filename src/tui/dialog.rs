//! Dialogs: each one asks something and answers with effects. None of them reads or writes by itself.

use super::action::Action;
use super::context::Context;
use super::effect::Effect;
use super::layer::Layer;

mod confirm;

pub use confirm::Confirm;

/// Opens the dialog of an action and says what it wants to read. The action is known to be allowed.
/// Nothing is answered to actions that have no dialog.
pub fn open(action: Action, context: &Context<'_>) -> Option<(Layer, Vec<Effect>)> {
    let _ = (action, context);
    None
}
