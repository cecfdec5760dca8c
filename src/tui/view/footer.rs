//! The footer: what the keys do in the pane that has them, the likeliest first.

use crate::backend::view::{Feature, Profile, ProfileState};
use crate::domain::conversation::Status;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::model::Model;
use crate::tui::pane::Place;
use crate::tui::widget::Hint;

/// What can be done in the past.
const PAST: [Action; 6] = [
    Action::Earlier,
    Action::Later,
    Action::AsOf,
    Action::Back,
    Action::Open,
    Action::NextPane,
];

/// The hints of the pane that has the keys.
pub fn hints_of(model: &Model, context: &Context<'_>) -> Vec<Hint> {
    let profile = model.shown.profile.value();
    let asks = matches!(
        profile.map(|profile| profile.state),
        Some(ProfileState::Provided | ProfileState::Unlinked)
    );
    let accept = asks && context.refusal(Action::Accept).is_none();
    let first = accept.then_some(Action::Accept);
    let waits = context.scene.conversation.map(|line| line.status) == Some(Status::Waiting);
    let takes = (waits && context.refusal(Action::Take).is_none()).then_some(Action::Take);
    let reopens = context.lacking(Feature::Reopen).is_none() && model.is_on_ended_message(context);
    let actions: Vec<Action> = match model.panes.focus {
        _ if model.shown.past.is_some() => PAST.to_vec(),
        Place::Roster => takes
            .into_iter()
            .chain([Action::Open, Action::Search, Action::WrapUp])
            .chain(first)
            .chain(likely(profile).iter().copied())
            .chain([Action::Recent, Action::NextPane, Action::Quit])
            .collect(),
        Place::Profile => first
            .into_iter()
            .chain(likely(profile).iter().copied())
            .chain([Action::Edit, Action::Note, Action::WrapUp, Action::NotSame])
            .chain([
                Action::Undo,
                Action::History,
                Action::Search,
                Action::NextPane,
            ])
            .collect(),
        Place::Journey => [Action::Open, Action::Filter, Action::Unlink]
            .into_iter()
            .chain(reopens.then_some(Action::Take))
            .chain(model.spoken().map(|_| Action::Transcript))
            .chain([Action::First, Action::Last, Action::Search])
            .chain(
                likely(profile)
                    .iter()
                    .copied()
                    .filter(|one| *one != Action::Unlink),
            )
            .chain([Action::NextPane])
            .collect(),
    };
    let mut hints: Vec<Hint> = actions
        .into_iter()
        .filter_map(|action| hint(action, context))
        .collect();
    hints.extend(hint(Action::Help, context));
    hints
}

/// What is likely done next in each state of a profile.
fn likely(profile: Option<&Profile>) -> &'static [Action] {
    match profile.map(|profile| profile.state) {
        None => &[],
        Some(ProfileState::Linked) => &[Action::Why, Action::Unlink, Action::Link, Action::Merge],
        Some(ProfileState::Rivals) => &[
            Action::Why,
            Action::Link,
            Action::Unlink,
            Action::Share,
            Action::Merge,
        ],
        Some(ProfileState::Provided) => &[
            Action::Promote,
            Action::Link,
            Action::Create,
            Action::Merge,
            Action::Why,
        ],
        Some(ProfileState::Unlinked) => &[
            Action::Link,
            Action::Promote,
            Action::Create,
            Action::Merge,
            Action::Why,
        ],
        Some(ProfileState::Alone) => &[Action::Merge, Action::Why, Action::Back],
        Some(ProfileState::Gone) => &[Action::Link, Action::Create, Action::Back],
    }
}

fn hint(action: Action, context: &Context<'_>) -> Option<Hint> {
    let key = context.keymap.label(action)?;
    let hint = Hint::new(key, action.spec().word);
    Some(if context.refusal(action).is_some() {
        hint.greyed()
    } else {
        hint
    })
}
