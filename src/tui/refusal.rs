//! Why an action cannot be done now. What is greyed says so, and a pressed key gets the same words.

use jiff::tz::TimeZone;

use super::action::{Action, Group};
use super::context::Context;
use super::dialog;
use super::time;
use super::{Kiosk, ProfileActions};
use crate::backend::view::{Feature, Profile, ProfileState};
use crate::domain::{Identifier, Moment};

impl Context<'_> {
    /// Why the action cannot be done now; nothing when it can.
    pub fn refusal(&self, action: Action) -> Option<String> {
        if self.profile_actions == ProfileActions::Hidden && action.is_of_profile() {
            return Some("profile actions are off in the configuration".to_owned());
        }
        let lacking = feature(action).and_then(|feature| self.lacking(feature));
        let beyond = match action {
            Action::Export | Action::Suspend => self.beyond_kiosk(),
            _ => None,
        };
        beyond
            .or(lacking)
            .map(str::to_owned)
            .or_else(|| self.denied(action.spec().needs))
            .or_else(|| self.in_the_past(action))
            .or_else(|| self.no_object(action).map(str::to_owned))
            .or_else(|| match action {
                Action::Take => dialog::take::taking(self).err(),
                _ => None,
            })
    }

    /// Why nothing of the machine is to be had, such as files and the shell; nothing where it is.
    pub fn beyond_kiosk(&self) -> Option<&'static str> {
        match self.kiosk {
            Kiosk::On => Some("not in this demo"),
            Kiosk::Off => None,
        }
    }

    /// Nothing can be changed in the past.
    fn in_the_past(&self, action: Action) -> Option<String> {
        let at = self.scene.past?;
        match action {
            Action::AsOf | Action::Earlier | Action::Later => None,
            Action::Filter => Some(format!("{}: it is shown whole", past_moment(at, self.tz))),
            _ => match action.spec().group {
                Group::Identity | Group::Contact => Some(past_words(at, self.tz)),
                Group::Move | Group::Desk => None,
            },
        }
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
            Action::Link | Action::WrapUp | Action::Take => no_conversation(profile),
            Action::Why => no_conversation(profile).and(no_contact(profile)),
            Action::AsOf | Action::Earlier => profile.is_none().then_some("nothing is shown"),
            Action::Later => self.scene.past.is_none().then_some("this is now"),
            Action::Accept => {
                let nobody = self.suggested().is_none().then_some("nobody is suggested");
                no_conversation(profile).or(nobody)
            }
            Action::Unlink => no_conversation(profile).or_else(|| {
                let is_fresh =
                    profile.is_some_and(|profile| profile.state == ProfileState::Unlinked);
                let has_none = profile.is_some_and(|profile| profile.contact.is_none());
                is_fresh.then_some(match has_none {
                    true => "already unlinked",
                    false => "already on a fresh contact",
                })
            }),
            Action::Promote => no_contact(profile).or_else(|| curated(profile)),
            Action::Share => no_identifier(profile),
            Action::Merge | Action::NotSame | Action::Edit | Action::Note => no_contact(profile),
            Action::Delete | Action::Export | Action::Erase => no_contact(profile),
            Action::Search
            | Action::Recent
            | Action::History
            | Action::Statistics
            | Action::Online
            | Action::Filter
            | Action::NextOfChannel
            | Action::PreviousOfChannel
            | Action::Transcript
            | Action::Review
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
            | Action::Copy
            | Action::Wider
            | Action::Narrower
            | Action::Mouse
            | Action::Help
            | Action::Suspend
            | Action::Quit
            | Action::Leave => None,
        }
    }
}

/// What stands over the past: `as of 12 Nov 2026 14:02: nothing can be changed here`.
pub fn past_words(at: Moment, tz: &TimeZone) -> String {
    format!("{}: nothing can be changed here", past_moment(at, tz))
}

/// The moment of the past alone, where there is no room for the rest.
pub fn past_moment(at: Moment, tz: &TimeZone) -> String {
    format!("as of {}", time::stamp(at, tz))
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

/// What an action needs that not every backend has.
fn feature(action: Action) -> Option<Feature> {
    match action {
        Action::Why => Some(Feature::Why),
        Action::AsOf | Action::Earlier | Action::Later => Some(Feature::Past),
        Action::Share => Some(Feature::Sharing),
        Action::NotSame => Some(Feature::NotSame),
        Action::Export => Some(Feature::Export),
        Action::Erase => Some(Feature::Erase),
        Action::Statistics => Some(Feature::Statistics),
        Action::Online => Some(Feature::Online),
        Action::Review => Some(Feature::Review),
        _ => None,
    }
}

fn no_contact(profile: Option<&Profile>) -> Option<&'static str> {
    match profile {
        None => Some("nothing is shown"),
        Some(profile) if profile.state == ProfileState::Unlinked => {
            profile.contact.is_none().then_some("no contact")
        }
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
