//! Copying what the row with the keys is about: a number, an address or an id, as other programs take it.

use crate::backend::view::InteractionId as ItemId;
use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::notice::Tone;
use crate::tui::pane::Place;
use crate::tui::pane::profile::Points;
use crate::tui::text;

impl Model {
    /// Sends it to the terminal's clipboard and says what was sent; it is cleaned before both.
    pub(super) fn copy(&mut self) -> Vec<Effect> {
        let Some(copied) = self.copyable().filter(|copied| !copied.trim().is_empty()) else {
            self.say(Tone::Warning, "Copy: this row has no number, address or id");
            return Vec::new();
        };
        let copied = text::clean_line(copied.trim()).into_owned();
        self.say(Tone::Told, format!("Sent to the clipboard: {copied}"));
        vec![Effect::Copy(copied)]
    }

    fn copyable(&self) -> Option<String> {
        match self.panes.focus {
            Place::Roster => {
                let line = self.shown.line(self.panes.roster.selected()?)?;
                let address = line.address.clone().filter(|text| !text.trim().is_empty());
                Some(address.unwrap_or_else(|| line.id.to_string()))
            }
            Place::Profile => self.copyable_of_profile(),
            Place::Journey => Some(match self.panes.journey.selected()? {
                ItemId::Conversation(id) => id.to_string(),
                ItemId::Visit(id) => id.to_string(),
            }),
        }
    }

    /// What the row points at; a row that points at nothing is about the contact.
    fn copyable_of_profile(&self) -> Option<String> {
        let profile = self.shown.profile.value()?;
        let context = self.session.context(&self.shown);
        match self.panes.profile.selected(profile, &context) {
            Points::Identifier(identifier) => Some(identifier.value),
            Points::Contact(contact) => Some(contact.to_string()),
            Points::Note(id) => {
                let note = profile.notes.iter().find(|note| note.id == id)?;
                Some(note.text.clone())
            }
            Points::Nothing => profile
                .contact
                .as_ref()
                .map(|contact| contact.id.to_string()),
        }
    }
}
