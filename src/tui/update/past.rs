//! The past: showing what stood at a moment, stepping through the changes of a person, and back to now.

use ratatui::layout::Rect;

use crate::backend::Trouble;
use crate::backend::view::{JourneyFilter, Past, Whose};
use crate::domain::Moment;
use crate::tui::effect::{Effect, Read, Stride};
use crate::tui::load::Load;
use crate::tui::model::{Bygone, Model};
use crate::tui::notice::Tone;
use crate::tui::pane::Place;

impl Model {
    /// Reads what stood at a moment of what is shown. The present stays in sight until it is here.
    pub(super) fn read_past(&mut self, at: Moment) -> Vec<Effect> {
        self.stride(at, Stride::Stay)
    }

    /// To the change before the moment that is shown.
    pub(super) fn earlier(&mut self) -> Vec<Effect> {
        match self.shown.past {
            None => self.stride(self.session.now(), Stride::Back),
            Some(Bygone {
                earlier: Some(at), ..
            }) => self.stride(at, Stride::Stay),
            Some(_) => {
                self.say_nothing_earlier();
                Vec::new()
            }
        }
    }

    /// To the change after the moment that is shown; behind the last one it is now.
    pub(super) fn later(&mut self) -> Vec<Effect> {
        match self.shown.past.and_then(|past| past.later) {
            Some(at) => self.stride(at, Stride::Stay),
            None => self.leave_past(),
        }
    }

    /// Back to now.
    pub(super) fn leave_past(&mut self) -> Vec<Effect> {
        self.shown.looking_back = None;
        self.shown.past = None;
        self.shown.journey_of = None;
        match self.shown.subject.take() {
            Some(subject) => self.show(subject),
            None => Vec::new(),
        }
    }

    /// Shows what stood, if it is still what somebody asked about.
    pub(super) fn past_came(
        &mut self,
        whose: Whose,
        result: Result<Option<Box<Past>>, Trouble>,
    ) -> Vec<Effect> {
        self.shown.looking_back = None;
        let is_shown = self.shown.subject.map(|subject| subject.whose()) == Some(whose);
        match result {
            _ if !is_shown => {}
            Ok(Some(past)) => self.show_past(*past),
            Ok(None) => self.say_nothing_earlier(),
            Err(trouble) => self.say(Tone::Warning, trouble.to_string()),
        }
        Vec::new()
    }

    fn stride(&mut self, at: Moment, stride: Stride) -> Vec<Effect> {
        match self.shown.subject {
            Some(subject) => {
                self.shown.looking_back.get_or_insert(self.session.now());
                vec![Effect::Read(Read::Past(subject.whose(), at, stride))]
            }
            None => Vec::new(),
        }
    }

    fn show_past(&mut self, past: Past) {
        self.shown.past = Some(Bygone {
            at: past.at,
            earlier: past.earlier,
            later: past.later,
        });
        self.shown.journey_of = past.profile.contact.as_ref().map(|contact| contact.id);
        self.shown.filter = JourneyFilter::default();
        self.shown.profile = Load::Ready(past.profile);
        self.panes.profile.reset();
        self.panes.journey.reset();
        let context = self.session.context(&self.shown);
        self.panes.journey.arrange(&past.journey, &context);
        self.shown.journey = Load::Ready(past.journey);
        self.look_at_person();
    }

    /// Gives the keys to the pane that shows the past, where the one that has them hides it.
    fn look_at_person(&mut self) {
        let layout = self.layout(Rect::new(0, 0, self.size.width, self.size.height));
        if !layout.shows(Place::Profile) && !layout.shows(Place::Journey) {
            let home = self.home();
            self.panes.focus_on(home);
        }
    }

    fn say_nothing_earlier(&mut self) {
        self.say(Tone::Told, "Nothing earlier is kept of this person");
    }
}
