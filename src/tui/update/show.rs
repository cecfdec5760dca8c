//! What is shown, and reading it anew when something changed.

use crate::backend::view::{
    InteractionId as ItemId, JourneyFilter, JourneyItem, JourneyPlace, JourneyQuery, Profile,
};
use crate::domain::Identifier;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::live::Topic;
use crate::tui::ProfileActions;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::dialog;
use crate::tui::effect::{Effect, Read};
use crate::tui::layer::Layer;
use crate::tui::load::Load;
use crate::tui::model::Model;
use crate::tui::msg::Subject;
use crate::tui::notice::Tone;
use crate::tui::pane::Place;
use crate::tui::pane::journey::PAGE;
use crate::tui::pane::profile::Points;
use crate::tui::refusal::deciding;
use crate::tui::widget::Motion;

/// Actions of the conversation in the journey's row that has the keys.
const OF_ROW: [Action; 5] = [
    Action::Unlink,
    Action::Link,
    Action::WrapUp,
    Action::Take,
    Action::Why,
];

impl Model {
    /// Shows a conversation or a contact. What was shown before goes at once: acting on the wrong person is
    /// worse than an empty pane.
    pub(super) fn show(&mut self, subject: Subject) -> Vec<Effect> {
        if self.shown.subject == Some(subject) {
            return Vec::new();
        }
        self.shown.subject = Some(subject);
        self.shown.past = None;
        self.shown.profile = Load::Empty;
        self.panes.profile.reset();
        let contact = match subject {
            Subject::Conversation(id) => self.shown.line(id).and_then(|line| line.contact),
            Subject::Contact(id) => Some(id),
        };
        let mut effects = self.read_profile();
        match contact {
            Some(contact) => effects.extend(self.show_journey(contact)),
            None => {
                self.shown.journey = Load::Empty;
                self.shown.journey_of = None;
                self.panes.journey.reset();
            }
        }
        effects
    }

    /// An action of the journey's row that has the keys, where another conversation is shown than its own:
    /// that one is shown, and then acted on. Nothing for actions that are about the person or the desk.
    pub(super) fn act_on_row(&mut self, action: Action) -> Option<Vec<Effect>> {
        if !OF_ROW.contains(&action)
            || self.panes.focus != Place::Journey
            || self.shown.past.is_some()
        {
            return None;
        }
        let id = match self.panes.journey.selected()? {
            ItemId::Conversation(id) => id,
            ItemId::Visit(_) => {
                let title = action.spec().title;
                let text =
                    format!("{title}: a web visit stays with its browser; choose a conversation");
                self.say(Tone::Warning, text);
                return Some(Vec::new());
            }
        };
        let subject = Subject::Conversation(id);
        let context = self.session.context(&self.shown);
        let is_allowed = context.denied(action.spec().needs).is_none();
        if self.shown.subject == Some(subject) || !is_allowed {
            return None;
        }
        // The journey stays as it is: the row is of the same person.
        self.shown.subject = Some(subject);
        self.shown.profile = Load::Empty;
        self.panes.profile.reset();
        let effects = self.read_profile();
        self.intended = (!effects.is_empty()).then_some((id, action));
        Some(effects)
    }

    /// Takes an erased person off the screen and out of what is remembered; the roster shows somebody else
    /// then.
    pub(super) fn forget(&mut self, contact: ContactId) {
        self.shown.recent.retain(|recent| recent.id != contact);
        self.shown.drafts.forget(contact);
        self.reviewed = None;
        self.shown.subject = None;
        self.shown.profile = Load::Empty;
        self.panes.profile.reset();
        self.shown.journey = Load::Empty;
        self.shown.journey_of = None;
        self.panes.journey.reset();
    }

    /// Shows the journey of a contact.
    pub(super) fn show_journey(&mut self, contact: ContactId) -> Vec<Effect> {
        if self.shown.journey_of != Some(contact) {
            self.shown.journey_of = Some(contact);
            self.shown.filter = JourneyFilter::default();
            self.shown.journey = Load::Empty;
            self.panes.journey.reset();
        }
        self.read_journey(None)
    }

    /// Reads everything that is shown anew.
    pub(super) fn refresh(&mut self) -> Vec<Effect> {
        let mut effects = self.refresh_roster();
        effects.extend(self.refresh_person());
        effects
    }

    /// Reads anew what a change by this person may have touched: the journey may be another one now, so that
    /// older pages are not kept.
    pub(super) fn refresh_after_change(&mut self) -> Vec<Effect> {
        self.forget_older_pages();
        let mut effects = self.refresh();
        effects.extend(self.read_recent());
        effects
    }

    /// Reads how those are now who were viewed lately.
    pub(super) fn read_recent(&self) -> Vec<Effect> {
        let viewed: Vec<ContactId> = self.shown.recent.iter().map(|one| one.id).collect();
        match viewed.is_empty() {
            true => Vec::new(),
            false => vec![Effect::Read(Read::Recent(viewed))],
        }
    }

    /// Reads anew what the topics are about.
    pub(super) fn stale(&mut self, topics: &[Topic]) -> Vec<Effect> {
        let mut effects = self.refresh_roster();
        let is_other = |topic: &Topic| matches!(topic, Topic::Contact(_) | Topic::Elsewhere);
        if topics
            .iter()
            .any(|topic| is_other(topic) && self.concerns_shown(topic))
        {
            self.forget_older_pages();
        }
        if topics.iter().any(|topic| self.concerns_shown(topic)) {
            effects.extend(self.refresh_person());
        }
        let context = self.session.context(&self.shown);
        for layer in &mut self.layers {
            effects.extend(layer.renew(&context));
        }
        effects
    }

    /// Reads the next page of the journey when the reader comes near the end of this one.
    pub(super) fn read_ahead(&mut self) -> Vec<Effect> {
        let journey = match &self.shown.journey {
            Load::Ready(journey) if journey.more && self.panes.journey.nears_end() => journey,
            Load::Ready(_) | Load::Loading { .. } | Load::Failed { .. } | Load::Empty => {
                return Vec::new();
            }
        };
        let last = journey.items.last().map(JourneyItem::place);
        self.read_journey(last)
    }

    /// Shows only what a filter leaves of the journey.
    pub(super) fn narrow(&mut self, filter: JourneyFilter) -> Vec<Effect> {
        if self.shown.filter == filter {
            return Vec::new();
        }
        self.panes.journey.reset();
        self.shown.filter = filter;
        self.shown.journey = Load::Empty;
        self.panes.focus_on(Place::Journey);
        self.read_journey(None)
    }

    /// To the next interaction over the same channel, or back to the one before.
    pub(super) fn go_along_channel(&mut self, motion: Motion) -> Vec<Effect> {
        let Some(journey) = self.shown.journey.value() else {
            return Vec::new();
        };
        self.panes.focus_on(Place::Journey);
        if self.panes.journey.go_along_channel(motion, journey) {
            return self.read_ahead();
        }
        let is_on = motion == Motion::Down && journey.more;
        let words = match (motion, is_on) {
            (_, true) => "None further among what was read; more is being read",
            (Motion::Down, false) => "None further over this channel",
            (_, false) => "None before over this channel",
        };
        let last = journey.items.last().map(JourneyItem::place);
        self.say(Tone::Told, words);
        match (is_on, self.shown.journey.is_loading()) {
            (true, false) => self.read_journey(last),
            (true, true) | (false, _) => Vec::new(),
        }
    }

    /// Marks the shown identifier as shared, or asks whether to take the mark off.
    pub(super) fn share(&mut self) -> Vec<Effect> {
        let Some(profile) = self.shown.profile.value() else {
            return Vec::new();
        };
        let Some(identifier) = self.shown_identifier(profile) else {
            return Vec::new();
        };
        if profile.is_shared(&identifier) {
            return self.ask_unshare(&identifier);
        }
        let said = dialog::marked(&identifier);
        vec![Effect::write(Command::Share { identifier }, said)]
    }

    /// Asks before a shared mark is taken off: somebody gets the identifier then.
    pub(super) fn ask_unshare(&mut self, identifier: &Identifier) -> Vec<Effect> {
        let (ask, effects) = dialog::unshare(identifier);
        self.lay(Layer::Ask(Box::new(ask)));
        effects
    }

    fn forget_older_pages(&mut self) {
        if let Some(journey) = self
            .shown
            .journey
            .value_mut()
            .filter(|journey| PAGE < journey.items.len())
        {
            journey.items.truncate(PAGE);
            journey.more = true;
            if let Some(journey) = self.shown.journey.value() {
                let context = self.session.context(&self.shown);
                self.panes.journey.arrange(journey, &context);
            }
        }
    }

    /// The person in the row of the profile that has the keys.
    pub(super) fn pointed(&self, context: &Context<'_>) -> Option<ContactId> {
        let profile = self.shown.profile.value()?;
        match self.panes.profile.selected(profile, context) {
            Points::Contact(person) if self.panes.focus == Place::Profile => Some(person),
            Points::Contact(_) | Points::Identifier(_) | Points::Note(_) | Points::Nothing => None,
        }
    }

    fn shown_identifier(&self, profile: &Profile) -> Option<Identifier> {
        let context = self.session.context(&self.shown);
        let selected = match self.panes.profile.selected(profile, &context) {
            Points::Identifier(identifier) if self.panes.focus == Place::Profile => {
                Some(identifier)
            }
            Points::Identifier(_) | Points::Contact(_) | Points::Note(_) | Points::Nothing => None,
        };
        let rival = || {
            profile
                .rivals
                .first()
                .map(|(_, identifier)| identifier.clone())
        };
        let held = || {
            profile
                .claims
                .first()
                .map(|(identifier, _)| identifier.clone())
        };
        selected
            .or_else(|| deciding(profile).cloned())
            .or_else(rival)
            .or_else(held)
    }

    fn refresh_roster(&mut self) -> Vec<Effect> {
        self.shown.roster.begin(self.session.now());
        vec![Effect::Read(Read::Header), Effect::Read(Read::Roster)]
    }

    fn refresh_person(&mut self) -> Vec<Effect> {
        // The past does not change.
        if self.shown.subject.is_none() || self.shown.past.is_some() {
            return Vec::new();
        }
        let mut effects = self.read_profile();
        if self.shown.journey_of.is_some() {
            effects.extend(self.read_journey(None));
        }
        effects
    }

    fn read_profile(&mut self) -> Vec<Effect> {
        let (Some(subject), ProfileActions::Shown) =
            (self.shown.subject, self.session.profile_actions)
        else {
            return Vec::new();
        };
        self.shown.profile.begin(self.session.now());
        vec![Effect::Read(Read::Profile(subject))]
    }

    fn read_journey(&mut self, after: Option<JourneyPlace>) -> Vec<Effect> {
        let Some(contact) = self.shown.journey_of else {
            return Vec::new();
        };
        self.shown.journey.begin(self.session.now());
        let query = JourneyQuery {
            limit: PAGE,
            after,
            filter: self.shown.filter.clone(),
        };
        vec![Effect::Read(Read::Journey(contact, query))]
    }

    /// Whether a topic may change the profile or the journey on the screen.
    fn concerns_shown(&self, topic: &Topic) -> bool {
        match topic {
            Topic::Elsewhere => true,
            Topic::Contact(id) => {
                self.shown.journey_of == Some(*id)
                    || self
                        .shown
                        .profile
                        .value()
                        .is_none_or(|profile| mentions(profile, *id))
            }
            Topic::Conversation(id) => {
                let journey = self.shown.journey.value();
                let mut items = journey.into_iter().flat_map(|journey| &journey.items);
                let is_in_journey = items.any(|item| match item {
                    JourneyItem::Conversation(conversation) => conversation.id == *id,
                    JourneyItem::Visit(..) => false,
                });
                // One that the roster does not have yet is new, and may be this person's.
                is_in_journey
                    || self.shown.subject == Some(Subject::Conversation(*id))
                    || self.shown.line(*id).is_none()
            }
        }
    }
}

fn mentions(profile: &Profile, id: ContactId) -> bool {
    let shown = profile.contact.as_ref().map(|contact| contact.id);
    let rivals = profile.rivals.iter().map(|(rival, _)| rival.id);
    let others = rivals.chain(profile.suggestions.iter().map(|brief| brief.id));
    shown == Some(id)
        || profile.linked == Some(id)
        || profile.ancestors.contains(&id)
        || others.into_iter().any(|other| other == id)
}
