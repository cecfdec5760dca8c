//! Moving: rows, pages, panes, and what Enter does in each pane.

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::msg::Subject;
use crate::tui::notice::Tone;
use crate::tui::pane::Place;
use crate::tui::pane::profile::Points;
use crate::tui::widget::Motion;

/// The step through a list that an action is.
pub fn motion(action: Action) -> Option<Motion> {
    match action {
        Action::Up => Some(Motion::Up),
        Action::Down => Some(Motion::Down),
        Action::PageUp => Some(Motion::PageUp),
        Action::PageDown => Some(Motion::PageDown),
        Action::First => Some(Motion::First),
        Action::Last => Some(Motion::Last),
        Action::Search | Action::Promote | Action::Create | Action::Link | Action::Merge => None,
        Action::Accept
        | Action::Unlink
        | Action::Undo
        | Action::Why
        | Action::Edit
        | Action::Note => None,
        Action::AsOf | Action::Earlier | Action::Later => None,
        Action::WrapUp
        | Action::Take
        | Action::Share
        | Action::NotSame
        | Action::Delete
        | Action::Recent => None,
        Action::Export | Action::Erase => None,
        Action::History | Action::Review | Action::Statistics | Action::Open => None,
        Action::Back | Action::Online | Action::Filter => None,
        Action::NextOfChannel | Action::PreviousOfChannel | Action::Transcript => None,
        Action::NextPane | Action::PreviousPane => None,
        Action::Jump | Action::Refresh | Action::Notices | Action::Mouse | Action::Help => None,
        Action::Copy | Action::Wider | Action::Narrower => None,
        Action::Suspend | Action::Quit | Action::Leave => None,
    }
}

impl Model {
    /// Moves in the pane that has the keys.
    pub(super) fn go(&mut self, motion: Motion) -> Vec<Effect> {
        match self.panes.focus {
            Place::Roster => match self.panes.roster.go(motion, self.shown.roster()) {
                Some(id) => self.show(Subject::Conversation(id)),
                None => Vec::new(),
            },
            Place::Profile => {
                if let Some(profile) = self.shown.profile.value() {
                    let context = self.session.context(&self.shown);
                    self.panes.profile.go(motion, profile, &context);
                }
                Vec::new()
            }
            Place::Journey => {
                if let Some(journey) = self.shown.journey.value() {
                    self.panes.journey.go(motion, journey);
                }
                self.read_ahead()
            }
        }
    }

    /// Enter.
    pub(super) fn open(&mut self) -> Vec<Effect> {
        match self.panes.focus {
            Place::Roster => {
                self.panes.focus_on(self.home());
                match self.panes.roster.selected() {
                    Some(id) => self.show(Subject::Conversation(id)),
                    None => Vec::new(),
                }
            }
            Place::Profile => self.open_in_profile(),
            Place::Journey if self.panes.journey.is_at_transcript() => self.open_transcript(),
            Place::Journey => {
                if let Some(journey) = self.shown.journey.value() {
                    let context = self.session.context(&self.shown);
                    self.panes.journey.toggle(journey, &context);
                }
                Vec::new()
            }
        }
    }

    /// Shows the conversation with a number, from 0.
    pub(super) fn jump(&mut self, nth: usize) -> Vec<Effect> {
        match self.panes.roster.numbered(nth) {
            Some(id) => {
                self.panes.roster.select(id, self.shown.roster());
                self.show(Subject::Conversation(id))
            }
            None => {
                self.say(
                    Tone::Warning,
                    format!("There is no conversation {}", nth + 1),
                );
                Vec::new()
            }
        }
    }

    fn open_in_profile(&mut self) -> Vec<Effect> {
        let Some(profile) = self.shown.profile.value() else {
            return Vec::new();
        };
        let context = self.session.context(&self.shown);
        match self.panes.profile.selected(profile, &context) {
            Points::Contact(id) => self.show(Subject::Contact(id)),
            Points::Note(note) => {
                self.panes.profile.fold(note);
                Vec::new()
            }
            Points::Identifier(_) | Points::Nothing => Vec::new(),
        }
    }
}
