//! What every pane, dialog and overlay may look at but never changes.

use jiff::tz::TimeZone;

use super::action::Action;
use super::dialog::Drafts;
use super::keymap::Keymap;
use super::theme::Theme;
use super::time;
use super::widget::Buttons;
use super::{Kiosk, ProfileActions};
use crate::backend::view::{
    Brief, Feature, JourneyConversation, JourneyFilter, Lacks, NameList, Profile, Roster,
    RosterLine,
};
use crate::domain::contact::ContactId;
use crate::domain::{Moment, Permission, Role};

/// The session around a pane or a dialog.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub theme: &'a Theme,
    /// The moment that the panes show: now, or a past one.
    pub now: Moment,
    /// Now, whatever the panes show.
    pub present: Moment,
    /// Name of the person at the desk.
    pub agent: &'a str,
    /// The rights of that person; `theme::Role` is something else.
    pub role: &'a Role,
    /// What is not to be had here, with the reasons.
    pub lacks: Lacks,
    pub names: &'a NameList,
    pub keymap: &'a Keymap,
    pub tz: &'a TimeZone,
    /// The region of phone numbers typed without a country code, two letters.
    pub region: Option<&'a str>,
    pub profile_actions: ProfileActions,
    pub kiosk: Kiosk,
    /// Where the frame has keys to click on.
    pub buttons: &'a Buttons,
    /// What was typed before and not saved.
    pub drafts: &'a Drafts,
    /// Whether long texts can be changed in the agent's own editor.
    pub has_editor: bool,
    /// What is shown, for dialogs that need more than they were opened with.
    pub scene: Scene<'a>,
}

/// What the desk shows at the moment.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    pub profile: Option<&'a Profile>,
    /// The conversation of that profile, as the roster has it.
    pub conversation: Option<&'a RosterLine>,
    /// That conversation as the journey has it, where the roster does not.
    pub earlier: Option<&'a JourneyConversation>,
    pub roster: &'a Roster,
    /// The person in the row of the profile that has the keys.
    pub pointed: Option<ContactId>,
    /// How many interactions of the 60 days the shown contact has, once they were read.
    pub interactions: Option<usize>,
    /// Contacts that were shown lately, the last one first.
    pub recent: &'a [Brief],
    /// What is left of the journey.
    pub filter: &'a JourneyFilter,
    /// The past moment that is shown; nothing can be changed there.
    pub past: Option<Moment>,
}

impl Context<'_> {
    /// The key of an action that can be done now, for sentences that offer it.
    pub fn offers(&self, action: Action) -> Option<String> {
        match self.refusal(action) {
            Some(_) => None,
            None => self.keymap.label(action),
        }
    }

    /// Who is suggested for the conversation: the person in the row that has the keys, else the likeliest.
    /// Never whom an agent took it from.
    pub fn suggested(&self) -> Option<&Brief> {
        let profile = self.scene.profile?;
        let rivals = profile.rivals.iter().map(|(brief, _)| brief);
        let mut all = rivals
            .chain(&profile.suggestions)
            .filter(|brief| !profile.left.contains(&brief.id));
        let pointed = all
            .clone()
            .find(|brief| self.scene.pointed == Some(brief.id));
        pointed.or_else(|| all.next())
    }

    /// The conversation that is shown in words: `the call of 14:02`.
    pub fn conversation_words(&self) -> String {
        let line = self.scene.conversation;
        let earlier = self.scene.earlier;
        let known = line
            .map(|line| (line.channel, line.start))
            .or_else(|| earlier.map(|earlier| (earlier.channel, earlier.start)));
        match known {
            Some((channel, start)) => {
                let at = time::short_stamp(start, self.present, self.tz);
                format!("the {} of {at}", channel.word())
            }
            None => "this conversation".to_owned(),
        }
    }

    /// Why something is not to be had here; nothing where it is.
    pub fn lacking(&self, feature: Feature) -> Option<&'static str> {
        let mut lacks = self.lacks.iter();
        lacks.find(|(one, _)| *one == feature).map(|(_, why)| *why)
    }

    /// Why the role may not, in the words of a greyed row.
    pub fn denied(&self, needs: &[Permission]) -> Option<String> {
        let may = |right: Permission| match right {
            // One of the contract's two rights is enough.
            Permission::MessageView => self.role.reads_messages(),
            other => self.role.may(other),
        };
        let missing = needs.iter().find(|right| !may(**right))?;
        Some(format!("needs {missing}"))
    }
}

impl Scene<'_> {
    /// The name of a contact as far as the screen knows it, else the one that its conversation gives.
    pub fn name_of(&self, contact: ContactId) -> Option<&str> {
        let of_profile = self.profile.into_iter().flat_map(|profile| {
            let rivals = profile.rivals.iter().map(|(brief, _)| brief);
            let holders = profile.holders.iter().map(|(brief, _)| brief);
            rivals.chain(&profile.suggestions).chain(holders)
        });
        let mut briefs = of_profile.chain(self.recent);
        let brief = briefs.find(|brief| brief.id == contact);
        let of_brief = brief.map(|brief| [Some(brief.name.as_str()), brief.says.as_deref()]);
        let mut lines = self.roster.lines.iter();
        let line = lines.find(|line| line.contact == Some(contact));
        let of_line = line.map(|line| [line.name.as_deref(), line.provided_name.as_deref()]);
        let names = of_brief.into_iter().chain(of_line).flatten().flatten();
        names.map(str::trim).find(|name| !name.is_empty())
    }
}
