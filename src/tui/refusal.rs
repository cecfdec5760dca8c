//! Why an action cannot be done now. What is greyed says so, and a pressed key gets the same words.

use super::ProfileActions;
use super::action::{Action, Group};
use super::context::Context;
use crate::backend::view::{Profile, ProfileState};
use crate::domain::Identifier;

impl Context<'_> {
    /// Why the action cannot be done now; nothing when it can.
    pub fn refusal(&self, action: Action) -> Option<String> {
        if self.profile_actions == ProfileActions::Hidden && action.is_of_profile() {
            return Some("profile actions are off in the configuration".to_owned());
        }
        self.denied(action.spec().needs)
            .or_else(|| self.no_object(action).map(str::to_owned))
    }

    /// What the action would be done to and is not there.
    fn no_object(&self, action: Action) -> Option<&'static str> {
        match action.spec().group {
            Group::Move | Group::Desk => return None,
            Group::Identity | Group::Contact => {}
        }
        let profile = self.scene.profile;
        match action {
            Action::Undo | Action::Create => None,
            Action::Link | Action::Why | Action::WrapUp => no_conversation(profile),
            Action::Accept => {
                let nobody = self.suggested().is_none().then_some("nobody is suggested");
                no_conversation(profile).or(nobody)
            }
            Action::Unlink => no_conversation(profile).or_else(|| {
                let is_fresh =
                    profile.is_some_and(|profile| profile.state == ProfileState::Unlinked);
                is_fresh.then_some("already on a fresh contact")
            }),
            Action::Promote => no_contact(profile).or_else(|| curated(profile)),
            Action::Share => no_identifier(profile),
            Action::Merge | Action::NotSame | Action::Edit | Action::Note => no_contact(profile),
            Action::Delete | Action::Export | Action::Erase => no_contact(profile),
            Action::Search
            | Action::Recent
            | Action::History
            | Action::Open
            | Action::Back
            | Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last
            | Action::NextPane
            | Action::PreviousPane
            | Action::Jump
            | Action::Refresh
            | Action::Notices
            | Action::Mouse
            | Action::Help
            | Action::Suspend
            | Action::Quit
            | Action::Leave => None,
        }
    }
}

/// The identifier that the conversation was judged by: the one that decided, else the first it provided.
pub fn deciding(profile: &Profile) -> Option<&Identifier> {
    let decided = profile.reason.as_ref().and_then(|reason| reason.deciding());
    decided
        .or(profile.provided.first())
        .map(|given| &given.identifier)
}

fn no_conversation(profile: Option<&Profile>) -> Option<&'static str> {
    match profile {
        None => Some("nothing is shown"),
        Some(profile) => profile.conversation.is_none().then_some("no conversation"),
    }
}

fn no_contact(profile: Option<&Profile>) -> Option<&'static str> {
    match profile {
        None => Some("nothing is shown"),
        Some(profile) => profile.contact.is_none().then_some("the contact is gone"),
    }
}

fn curated(profile: Option<&Profile>) -> Option<&'static str> {
    let contact = profile.and_then(|profile| profile.contact.as_ref());
    contact
        .is_some_and(|contact| contact.is_curated())
        .then_some("already Curated")
}

fn no_identifier(profile: Option<&Profile>) -> Option<&'static str> {
    if profile.and_then(deciding).is_some() {
        return None;
    }
    let claims = profile.map_or(0, |profile| profile.claims.len());
    no_contact(profile).or_else(|| (claims == 0).then_some("no identifier is shown"))
}
