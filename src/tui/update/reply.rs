//! What came of reads and writes.

use crate::backend::Trouble;
use crate::backend::view::{
    Brief, Feature, Header, HistoryLine, Journey, JourneyItem, JourneyPlace, JourneyQuery, Profile,
    Roster, RosterLine,
};
use crate::domain::ConversationId;
use crate::domain::Permission;
use crate::domain::command::{Command, EntryId, Outcome};
use crate::domain::contact::ContactId;
use crate::domain::refusal::Refusal;
use crate::tui::Bell;
use crate::tui::dialog::{self, Unmerge};
use crate::tui::effect::{Effect, Read, Write};
use crate::tui::layer::Layer;
use crate::tui::model::Model;
use crate::tui::msg::{LastUndo, Reply, Subject};
use crate::tui::notice::{STANDING_MAX, Tone};
use crate::tui::pane::journey::item_id;
use crate::tui::pane::roster::is_running;
use crate::tui::words;

impl Model {
    pub(super) fn reply(&mut self, reply: Reply) -> Vec<Effect> {
        let (mut effects, is_answered) = self.tell_layers(&reply);
        effects.extend(match reply {
            // The dialog that asked has it.
            Reply::Composed(_) => Vec::new(),
            Reply::Header(result) => self.header_came(result),
            Reply::Names(Ok(names)) => {
                self.shown.names = names;
                Vec::new()
            }
            Reply::Names(Err(trouble)) => self.unread("Names", &trouble),
            Reply::Roster(result) => self.roster_came(result),
            // What was asked for now is no news in the past.
            Reply::Profile(..) | Reply::Journey(..) if self.shown.past.is_some() => Vec::new(),
            Reply::Profile(subject, result) => self.profile_came(subject, result),
            Reply::Journey(contact, query, result) => self.journey_came(contact, &query, result),
            Reply::Past(whose, result) => self.past_came(whose, result),
            Reply::Recent(asked, Ok(lines)) => {
                self.shown.renew_recent(&asked, &lines);
                Vec::new()
            }
            Reply::Recent(_, Err(trouble)) => self.unread("Recently viewed", &trouble),
            Reply::Written(write, Ok(outcome)) => {
                self.known_now(Some(&write));
                self.written(&write, &outcome, None)
            }
            Reply::Written(write, Err(trouble)) => {
                self.note_unknown(Some(&write), &trouble);
                match is_answered {
                    true => Vec::new(),
                    false => self.not_written(&write, &trouble),
                }
            }
            Reply::Undone(Ok(undone)) => self.undone(undone),
            Reply::Undone(Err(trouble)) => {
                self.note_unknown(None, &trouble);
                match merged_since(&trouble) {
                    Some(entry) => self.take_merge_back(entry),
                    None => self.trouble(&tried(None), &trouble),
                }
            }
            Reply::Fate(write, fate) => self.fate_came(write.as_ref(), fate),
            // These belong to dialogs only.
            Reply::Search { .. } | Reply::Other(..) | Reply::Online(_) => Vec::new(),
            Reply::Transcript(..) => Vec::new(),
            Reply::MergePreview { .. } | Reply::UnmergePreview { .. } => Vec::new(),
            Reply::Why(..) | Reply::History(..) | Reply::Organization(..) => Vec::new(),
            Reply::ErasePreview(..) | Reply::Heir(..) | Reply::Exported(..) => Vec::new(),
            Reply::WhyContact(..) | Reply::WhyNot(..) | Reply::Statistics(_) => Vec::new(),
            Reply::Review(..) | Reply::ReviewCount(..) | Reply::ReviewTaken(..) => Vec::new(),
        });
        effects
    }

    /// Tells every layer, the top one first, and says whether one of them had asked.
    fn tell_layers(&mut self, reply: &Reply) -> (Vec<Effect>, bool) {
        let mut effects = Vec::new();
        let mut is_answered = false;
        for at in (0..self.layers.len()).rev() {
            let context = self.session.context(&self.shown);
            let Some(layer) = self.layers.get_mut(at) else {
                continue;
            };
            if let Some(reaction) = layer.reply(reply, &context) {
                is_answered = true;
                effects.extend(self.react(at, reaction));
            }
        }
        (effects, is_answered)
    }

    fn header_came(&mut self, result: Result<Header, Trouble>) -> Vec<Effect> {
        let is_back = match &result {
            Ok(_) => self.end_outage(),
            Err(trouble) => {
                self.say_outage(trouble);
                false
            }
        };
        self.shown.header.finish(result);
        // Names are read once, and that may have been in the outage.
        is_back
            .then_some(Effect::Read(Read::Names))
            .into_iter()
            .collect()
    }

    fn roster_came(&mut self, result: Result<Roster, Trouble>) -> Vec<Effect> {
        let before: Option<Vec<_>> = self
            .shown
            .roster
            .value()
            .map(|roster| roster.lines.iter().map(|line| line.id).collect());
        self.shown.roster.finish(result);
        let Some(roster) = self.shown.roster.value() else {
            return Vec::new();
        };
        self.panes.roster.arrange(roster);
        let first = self.panes.roster.first(roster);
        // What is shown and came just now, as by opening it again, has the cursor too.
        let shown = match self.shown.subject {
            Some(Subject::Conversation(id)) => Some(id),
            Some(Subject::Contact(_)) | None => None,
        };
        let is_here = |id: &ConversationId| roster.lines.iter().any(|line| line.id == *id);
        let was_here = |id: &ConversationId| before.as_ref().is_none_or(|all| all.contains(id));
        if let Some(id) = shown.filter(|id| is_here(id) && !was_here(id)) {
            self.panes.roster.select(id, self.shown.roster());
        }
        let mut effects = before.map_or_else(Vec::new, |before| self.announce(&before));
        if let (None, Some(id)) = (self.shown.subject, first) {
            self.panes.roster.select(id, self.shown.roster());
            effects.extend(self.show(Subject::Conversation(id)));
        }
        effects
    }

    /// Says which conversations are new, as far as they are the agent's or anybody's. The selection and the
    /// keys stay where they are.
    fn announce(&mut self, before: &[ConversationId]) -> Vec<Effect> {
        let roster = self.shown.roster();
        let agent = &self.session.agent;
        // Nobody needs to be told of what is shown.
        let shown = self.shown.subject;
        let is_new = |line: &&RosterLine| {
            let is_for_me = line.agent.as_ref().is_none_or(|name| name == agent);
            let is_shown = shown == Some(Subject::Conversation(line.id));
            is_for_me && is_running(line.status) && !is_shown && !before.contains(&line.id)
        };
        let mut said: Vec<String> = roster
            .lines
            .iter()
            .filter(is_new)
            .map(words::announced)
            .collect();
        if said.is_empty() {
            return Vec::new();
        }
        if STANDING_MAX < said.len() {
            said = vec![format!("{} new conversations are here", said.len())];
        }
        for text in said {
            self.say(Tone::Told, text);
        }
        match self.session.bell {
            Bell::Ring => vec![Effect::Ring],
            Bell::Silent => Vec::new(),
        }
    }

    fn profile_came(&mut self, subject: Subject, result: Result<Profile, Trouble>) -> Vec<Effect> {
        if self.shown.subject != Some(subject) {
            return Vec::new();
        }
        self.shown.profile.finish(result);
        let Some(profile) = self.shown.profile.value() else {
            return Vec::new();
        };
        let Some(contact) = &profile.contact else {
            // Nobody opens again who is gone.
            let is_gone = |one: &Brief| subject == Subject::Contact(one.id);
            self.shown.recent.retain(|one| !is_gone(one));
            return Vec::new();
        };
        let id = contact.id;
        // Those who were merged into it are one person with it.
        let merged = &profile.ancestors;
        self.shown.recent.retain(|one| !merged.contains(&one.id));
        let brief = Brief {
            id,
            kind: contact.kind,
            name: contact.fields.full_name(),
            says: profile.said().map(str::to_owned),
            detail: contact
                .fields
                .identifiers()
                .first()
                .or(profile.claims.first().map(|(identifier, _)| identifier))
                .map(|identifier| identifier.shown())
                .unwrap_or_default(),
        };
        self.shown.view_contact(brief);
        let looked = self.record_look(id);
        let mut effects = match self.shown.journey_of == Some(id) {
            true => Vec::new(),
            false => self.show_journey(id),
        };
        if let Some((conversation, action)) = self.intended.take()
            && subject == Subject::Conversation(conversation)
        {
            effects.extend(self.act(action, 0));
        }
        effects.extend(looked);
        effects
    }

    /// That somebody who sees everybody's conversations looks at a person is recorded, each time it is another one.
    fn record_look(&mut self, contact: ContactId) -> Option<Effect> {
        let context = self.session.context(&self.shown);
        let sees_all = context.role.may(Permission::ConversationViewAll);
        let is_recorded = sees_all && context.lacking(Feature::Review).is_none();
        if !is_recorded || self.shown.looked_at == Some(contact) {
            return None;
        }
        self.shown.looked_at = Some(contact);
        Some(Effect::write(Command::View { contact }, "look recorded"))
    }

    fn journey_came(
        &mut self,
        contact: ContactId,
        query: &JourneyQuery,
        result: Result<Journey, Trouble>,
    ) -> Vec<Effect> {
        // What came for another person, or for a filter that was changed since, is old.
        if self.shown.journey_of != Some(contact) || query.filter != self.shown.filter {
            return Vec::new();
        }
        let result = result.map(|page| match self.shown.journey.value_mut() {
            Some(old) => match query.after {
                None => renewed(old, page),
                Some(after) => extended(std::mem::take(old), page, after),
            },
            None => page,
        });
        self.shown.journey.finish(result);
        if let Some(journey) = self.shown.journey.value() {
            let context = self.session.context(&self.shown);
            self.panes.journey.arrange(journey, &context);
        }
        Vec::new()
    }

    /// Says that a change was made, behind what there is to say first.
    fn written(&mut self, write: &Write, outcome: &Outcome, first: Option<String>) -> Vec<Effect> {
        if let Command::View { .. } = write.command.as_ref() {
            // Nothing that is shown changes by it.
            return Vec::new();
        }
        let context = self.session.context(&self.shown);
        let text = words::done(&write.said, outcome, &context);
        let text: Vec<String> = first.into_iter().chain(text).collect();
        self.say(Tone::Done, text);
        if let Some(entry) = outcome.entry {
            let unsaid = write.unsaid.clone();
            self.remember_said(
                entry,
                unsaid.unwrap_or(format!("taken back: {}", write.said)),
            );
        }
        if let Command::Erase { contact, .. } = write.command.as_ref() {
            self.forget(*contact);
        }
        let mut effects = self.refresh_after_change();
        if let (Command::Create { link: None, .. }, Some(contact)) =
            (write.command.as_ref(), outcome.contact)
        {
            effects.extend(self.show(Subject::Contact(contact)));
        }
        effects
    }

    fn not_written(&mut self, write: &Write, trouble: &Trouble) -> Vec<Effect> {
        if let (Trouble::Refused(refusal), Command::Share { .. }) =
            (trouble, write.command.as_ref())
            && let Refusal::AlreadyShared(identifier) = refusal.as_ref()
        {
            return self.ask_unshare(identifier);
        }
        if let Some(entry) = merged_since(trouble) {
            return self.take_merge_back(entry);
        }
        self.trouble(&tried(Some(write)), trouble)
    }

    /// Things came since a merge: asks where they go.
    fn take_merge_back(&mut self, entry: EntryId) -> Vec<Effect> {
        let context = self.session.context(&self.shown);
        let (unmerge, effects) = Unmerge::open(entry, &context);
        self.lay(Layer::Unmerge(Box::new(unmerge)));
        effects
    }

    fn undone(&mut self, undone: LastUndo) -> Vec<Effect> {
        let (line, outcome) = match undone {
            LastUndo::Nothing => {
                self.say(Tone::Told, "Nothing more of yours can be undone");
                return Vec::new();
            }
            LastUndo::Before(line) => return self.ask_about(&line),
            LastUndo::Done(line, outcome) => (line, outcome),
        };
        let said = self.said(line.id).map(str::to_owned);
        let said = said.unwrap_or_else(|| words::undone(&line));
        let context = self.session.context(&self.shown);
        let text = words::done(&said, &outcome, &context);
        self.say(Tone::Done, text);
        self.refresh_after_change()
    }

    /// Asks before something is taken back that was done before this desk was opened.
    fn ask_about(&mut self, line: &HistoryLine) -> Vec<Effect> {
        if line.action == crate::domain::command::Action::Merge {
            return self.take_merge_back(line.id);
        }
        if let Some(refusal) = &line.refusal {
            let text = format!("Undo of what you did last, #{}: {refusal}", line.id);
            self.say(Tone::Warning, text);
            return Vec::new();
        }
        let context = self.session.context(&self.shown);
        let ask = dialog::undo_earlier(line, &context);
        self.lay(Layer::Ask(Box::new(ask)));
        Vec::new()
    }

    /// Notes a change of which it will be told later what became of it.
    fn note_unknown(&mut self, write: Option<&Write>, trouble: &Trouble) {
        if let Trouble::Unknown {
            number: Some(_), ..
        } = trouble
        {
            let said = words::failed(&tried(write), trouble);
            // Tried once more it is still the same change.
            self.known_now(write);
            self.shown.unknown.push((write.cloned(), said));
        }
    }

    /// Takes a change off those that nobody knows of, with what was said of it. Says whether it was one.
    fn known_now(&mut self, write: Option<&Write>) -> bool {
        let unknown = &mut self.shown.unknown;
        let Some(at) = unknown.iter().position(|(one, _)| one.as_ref() == write) else {
            return false;
        };
        let (_, said) = unknown.remove(at);
        self.notices.take_back(&said);
        true
    }

    /// What became of a change that nobody knew of.
    fn fate_came(
        &mut self,
        write: Option<&Write>,
        fate: Result<Option<Outcome>, Trouble>,
    ) -> Vec<Effect> {
        if !self.known_now(write) {
            // It was tried once more, and told of then.
            return Vec::new();
        }
        let tried = tried(write);
        let outcome = match fate {
            Ok(Some(outcome)) => outcome,
            Ok(None) => {
                self.say(Tone::Warning, words::not_made(&tried));
                return Vec::new();
            }
            Err(trouble) => return self.trouble(&tried, &trouble),
        };
        let made = words::made_after_all(&tried);
        match write {
            Some(write) => self.written(write, &outcome, Some(made)),
            None => {
                self.say(Tone::Done, made);
                self.refresh_after_change()
            }
        }
    }

    /// Says that something could not be read, unless that is because of an outage that was told of.
    fn unread(&mut self, tried: &str, trouble: &Trouble) -> Vec<Effect> {
        match trouble.is_outage() {
            true => {
                self.say_outage(trouble);
                Vec::new()
            }
            false => self.trouble(tried, trouble),
        }
    }

    fn trouble(&mut self, tried: &str, trouble: &Trouble) -> Vec<Effect> {
        let tone = match trouble {
            Trouble::Refused(_) | Trouble::Limited(_) => Tone::Warning,
            Trouble::Broken(_) | Trouble::NotFound(_) | Trouble::Offline(_) => Tone::Trouble,
            Trouble::Unknown { .. } => Tone::Trouble,
        };
        self.say(tone, words::failed(tried, trouble));
        Vec::new()
    }
}

/// What was tried, for people: a change, or taking back the last one.
fn tried(write: Option<&Write>) -> String {
    match write {
        Some(write) => write.command.action().name().replace('-', " "),
        None => "undo".to_owned(),
    }
}

/// The entry of a merge to which things came since, when that is the trouble.
fn merged_since(trouble: &Trouble) -> Option<EntryId> {
    let Trouble::Refused(refusal) = trouble else {
        return None;
    };
    match refusal.as_ref() {
        Refusal::ToAssign { entry, .. } => Some(*entry),
        _ => None,
    }
}

/// The first page read anew, with the older pages that were read before behind it.
fn renewed(old: &Journey, mut page: Journey) -> Journey {
    let Some(last) = page.items.last().map(item_id) else {
        return page;
    };
    let Some(at) = old.items.iter().position(|item| item_id(item) == last) else {
        return page;
    };
    if page.more {
        let is_new =
            |item: &&JourneyItem| page.items.iter().all(|new| item_id(new) != item_id(item));
        let older: Vec<JourneyItem> = old.items[at + 1..].iter().filter(is_new).cloned().collect();
        page.more = older.is_empty() || old.more;
        page.items.extend(older);
    }
    page
}

/// What was read so far with the next page behind it.
fn extended(mut whole: Journey, page: Journey, after: JourneyPlace) -> Journey {
    let at = whole.items.iter().position(|item| item.id() == after.id);
    if let Some(at) = at {
        whole.items.truncate(at + 1);
    }
    let known: std::collections::HashSet<_> = whole.items.iter().map(item_id).collect();
    whole.items.extend(
        page.items
            .into_iter()
            .filter(|item| !known.contains(&item_id(item))),
    );
    whole.more = page.more;
    whole.segments.extend(page.segments);
    whole.colors.extend(page.colors);
    whole.outcomes.extend(page.outcomes);
    whole
}
