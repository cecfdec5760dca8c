//! As of: a person, their journey and a conversation as they stood at a past moment, from what is stored now
//! and the journal, within what is kept (`design/rules.md` §7).
//!
//! Every entry since that touches the person's merge set is taken back, newest first; merges that are taken
//! back on the way bring other contacts in. Who else used an identifier then is other people's history and is
//! not told.

mod conversation;
mod journey;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::super::view::{Brief, Expires, Past as View, Profile, ProfileState, Whose};
use super::profile::state_of;
use super::{Backend, LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId, Note, Organization};
use crate::domain::facts::{FactKey, Facts};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::Claim;
use crate::domain::{ConversationId, ConversationRecord, Refusal};
use crate::engine::past::{Past, is_loose, related};
use crate::engine::shared;
use crate::store::EntryFilter;

use journey::{Life, leading, said_then};

/// Entries of a history that are read at once.
const PAGE: usize = 200;
/// Steps up a merge tree: a set has at most 52 contacts.
const STEPS_MAX: usize = 64;

/// A person's history around a moment, and what stood then.
struct History {
    at: Moment,
    /// Contacts whose entries were taken back.
    tracked: BTreeSet<ContactId>,
    past: Past,
    /// What is stored of the tracked contacts now.
    now: BTreeMap<ContactId, Contact>,
    /// The changes that come before and after the moment.
    earlier: Option<Moment>,
    later: Option<Moment>,
}

/// What was read of the journal so far.
#[derive(Default)]
struct Read {
    since: BTreeMap<EntryId, Vec<Change>>,
    earlier: Option<Moment>,
    later: Option<Moment>,
}

impl LocalBackend {
    pub(super) async fn read_past(&self, of: Whose, at: Moment) -> Result<View, Trouble> {
        let now = self.now();
        let at = at.min(now);
        if at < now.minus_days(self.options.life_days) {
            return Err(Refusal::PastGone(self.time(at)).into());
        }
        match of {
            Whose::Contact(id) => {
                let history = self.history(id, at).await?;
                self.stood(history, id, None).await
            }
            Whose::Conversation(id) => self.conversation_stood(id, at).await,
        }
    }

    /// The person that a conversation was linked to then.
    async fn conversation_stood(&self, id: ConversationId, at: Moment) -> Result<View, Trouble> {
        let stored = self.store.conversation(id).await?;
        let stored = stored.ok_or(Refusal::NoConversation(id))?;
        let own = self.conversation_history(&stored, at).await?;
        let then = own.record(&stored, at);
        let then = then.ok_or_else(|| Refusal::NotThereYet(self.time(at)))?;
        let linked = then.link.contact;
        let mut history = self.history(linked, at).await?;
        // The conversation's own entries know its other participants and its wrap-up.
        history.past.links.extend(own.links);
        history.past.wrapups.extend(own.wrapups);
        self.stood(history, linked, Some(then)).await
    }

    /// The history of a person since a moment, taken back.
    async fn history(&self, id: ContactId, at: Moment) -> Result<History, Trouble> {
        let mut tracked = self.set_now(id).await?;
        let mut read = Read::default();
        let mut next: Vec<ContactId> = tracked.iter().copied().collect();
        while !next.is_empty() {
            for id in std::mem::take(&mut next) {
                self.read_entries(id, at, &mut read).await?;
            }
            let more = related(read.since.values().flatten(), &tracked);
            next.extend(more.iter().copied());
            tracked.extend(more);
        }
        // What no contact leads to is taken back in its place among the rest.
        for entry in self.store.loose_since(at).await? {
            if let Entry::Vacant(place) = read.since.entry(entry)
                && let Some(mut changes) = self.store.changes(entry).await?
            {
                changes.retain(is_loose);
                place.insert(changes);
            }
        }
        let mut past = Past::default();
        for (_, changes) in read.since.into_iter().rev() {
            past.take_back(changes);
        }
        let stored = self.store.contacts(tracked.iter().copied().collect());
        Ok(History {
            at,
            now: stored.await?.into_iter().map(|one| (one.id, one)).collect(),
            tracked,
            past,
            earlier: read.earlier,
            later: read.later,
        })
    }

    /// Reads the entries of a contact since the moment, and the one before it.
    async fn read_entries(
        &self,
        id: ContactId,
        at: Moment,
        read: &mut Read,
    ) -> Result<(), Trouble> {
        let mut before = None;
        loop {
            let filter = EntryFilter {
                contact: Some(id),
                before,
                limit: PAGE,
                ..EntryFilter::default()
            };
            let page = self.store.entries(filter).await?;
            before = page.last().map(|entry| entry.id);
            let is_last = page.len() < PAGE;
            for entry in page {
                if entry.at < at {
                    read.earlier = read.earlier.max(Some(entry.at));
                    return Ok(());
                }
                if at < entry.at && !read.since.contains_key(&entry.id) {
                    let later = read.later.map_or(entry.at, |later| later.min(entry.at));
                    read.later = Some(later);
                    read.since.insert(entry.id, self.kept(&entry, at).await?);
                }
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// The merge set that a contact belongs to now; itself when it is gone.
    async fn set_now(&self, id: ContactId) -> Result<BTreeSet<ContactId>, Trouble> {
        let question = |facts: &Facts| match facts.contact_if_any(&id)? {
            Some(_) => facts.merge_set(facts.canonical(id)?),
            None => Ok(Vec::new()),
        };
        let mut set: BTreeSet<ContactId> =
            (self.ask(Facts::default(), question).await?.0.into_iter()).collect();
        set.insert(id);
        Ok(set)
    }

    /// Puts together what stood then.
    async fn stood(
        &self,
        history: History,
        asked: ContactId,
        record: Option<ConversationRecord>,
    ) -> Result<View, Trouble> {
        let head = match (history.head(asked), &record) {
            (Some(head), _) => Some(head),
            // The conversation was linked to nobody who was there.
            (None, Some(_)) => None,
            (None, None) => match history.instead(asked) {
                Some(head) => Some(head),
                None => return Err(self.nobody(&history, asked)),
            },
        };
        let set = head.as_ref().map(|head| history.set(head.id));
        let set = set.unwrap_or_default();
        let claims = self.claims_then(&history, &set).await?;
        let records = self.conversations_then(&history).await?;
        let led = leading(&records, &set);
        let (journey, life) = self.journey_then(&history, &set, &led).await?;
        let organization = self.organization_then(&history, head.as_ref()).await?;
        let mut profile = Profile {
            state: match head.is_some() {
                true => ProfileState::Alone,
                false => ProfileState::Gone,
            },
            linked: None,
            organization: organization.as_ref().map(|one| one.name.clone()),
            claims: (claims.iter().map(|(one, claim)| (one.clone(), claim.trust))).collect(),
            holders: Vec::new(),
            rivals: Vec::new(),
            signs: Vec::new(),
            shared: Vec::new(),
            suggestions: (history.others(asked, &set).iter())
                .map(|other| Brief {
                    says: said_then(other, &leading(&records, &history.set(other.id))),
                    ..Brief::of(other)
                })
                .collect(),
            left: Vec::new(),
            not_same: Vec::new(),
            notes: self.notes_then(&history, &set).await?,
            ancestors: set.iter().skip(1).copied().collect(),
            expires: (head.as_ref().filter(|one| one.expires())).map(|one| {
                let days = self.options.life_days;
                match life {
                    Life::Open => Expires::DaysAfterEnd(days),
                    Life::Last(last) => Expires::At(last.unwrap_or(one.created).plus_days(days)),
                }
            }),
            reason: None,
            provided: Vec::new(),
            says: head.as_ref().and_then(|head| said_then(head, &led)),
            provided_name: None,
            conversation: None,
            contact: head,
            gone: None,
        };
        match &record {
            Some(record) => belong(&mut profile, record),
            None => profile.provided_name.clone_from(&profile.says),
        }
        profile.shared = self.shared_then(&history, &profile).await?;
        Ok(View {
            at: history.at,
            profile,
            journey,
            claims,
            organization,
            record,
            earlier: history.earlier,
            later: history.later,
        })
    }

    /// Why there is nobody to show.
    fn nobody(&self, history: &History, asked: ContactId) -> Trouble {
        let stood = history.past.contacts.contains_key(&asked);
        match history.now.contains_key(&asked) || stood {
            true => Refusal::NotThereYet(self.time(history.at)).into(),
            false => Refusal::NoContact(asked).into(),
        }
    }

    /// The claims of a merge set, in the order in which they are told now.
    async fn claims_then(
        &self,
        history: &History,
        set: &[ContactId],
    ) -> Result<Vec<(Identifier, Claim)>, Trouble> {
        let tracked = history.tracked.iter().copied().collect();
        let mut all: BTreeMap<Identifier, Claim> =
            self.store.claims(tracked).await?.into_iter().collect();
        for (identifier, then) in &history.past.claims {
            match then {
                Some(claim) => all.insert(identifier.clone(), claim.clone()),
                None => all.remove(identifier),
            };
        }
        let of = |id: &ContactId| {
            let id = *id;
            let held = all.iter().filter(move |(_, claim)| claim.contact == id);
            held.map(|(one, claim)| (one.clone(), claim.clone()))
        };
        Ok(set.iter().flat_map(of).collect())
    }

    async fn notes_then(&self, history: &History, set: &[ContactId]) -> Result<Vec<Note>, Trouble> {
        let tracked = history.tracked.iter().copied().collect();
        let notes = self.store.notes(tracked).await?;
        let mut all: BTreeMap<_, Note> = notes.into_iter().map(|one| (one.id, one)).collect();
        for (id, then) in &history.past.notes {
            match then {
                Some(note) => all.insert(*id, note.clone()),
                None => all.remove(id),
            };
        }
        let mut notes: Vec<Note> = all.into_values().collect();
        notes.retain(|note| set.contains(&note.contact));
        notes.sort_by_key(|note| std::cmp::Reverse((note.created, note.id)));
        Ok(notes)
    }

    async fn organization_then(
        &self,
        history: &History,
        head: Option<&Contact>,
    ) -> Result<Option<Organization>, Trouble> {
        let Some(id) = head.and_then(|head| head.fields.organization) else {
            return Ok(None);
        };
        if let Some(then) = history.past.organizations.get(&id) {
            return Ok(then.clone());
        }
        Ok(self.store.organizations(vec![id]).await?.into_iter().next())
    }

    /// What the contact carried or the conversation had provided and was marked as shared.
    async fn shared_then(
        &self,
        history: &History,
        profile: &Profile,
    ) -> Result<Vec<Identifier>, Trouble> {
        let Some(contact) = &profile.contact else {
            return Ok(Vec::new());
        };
        let mut carried = contact.fields.identifiers();
        carried.extend(profile.provided.iter().map(|one| one.identifier.clone()));
        let keys = carried.iter().map(shared::key).map(FactKey::Shared);
        let facts = self.load(keys.collect(), Facts::default()).await?;
        let mut marked: Vec<Identifier> = Vec::new();
        for identifier in carried {
            let mark = facts.shared(&shared::key(&identifier));
            let now = mark.map_err(Trouble::of_halt)?.as_ref();
            if history.past.is_shared(&identifier, now) && !marked.contains(&identifier) {
                marked.push(identifier);
            }
        }
        Ok(marked)
    }
}

impl History {
    fn contact(&self, id: ContactId) -> Option<Contact> {
        self.past.contact(id, self.now.get(&id))
    }

    /// The head of the merge tree that a contact belonged to; nothing when it was not there.
    fn head(&self, id: ContactId) -> Option<Contact> {
        let mut contact = self.contact(id)?;
        for _ in 0..STEPS_MAX {
            match contact.merged_to {
                Some(next) => contact = self.contact(next)?,
                None => return Some(contact),
            }
        }
        None
    }

    /// The contacts of the merge tree under a head, itself first, in the order in which they are told now.
    fn set(&self, head: ContactId) -> Vec<ContactId> {
        let mut set = vec![head];
        let mut level = vec![head];
        for _ in 0..STEPS_MAX {
            let below = level.iter().filter_map(|id| self.contact(*id));
            level = below.flat_map(|contact| contact.merged_from).collect();
            set.extend(&level);
        }
        set
    }

    /// Whom a contact was made of that was not there yet: the first of those who were, kept ones before
    /// others, the oldest first.
    fn instead(&self, asked: ContactId) -> Option<Contact> {
        let merged = self
            .now
            .get(&asked)
            .is_some_and(|one| !one.merged_from.is_empty());
        let heads = self.heads().into_iter().filter(|_| merged);
        heads.min_by_key(|one| (!one.is_curated(), one.created, one.id))
    }

    /// Those who are one person with the asked contact by now and were not then.
    fn others(&self, asked: ContactId, set: &[ContactId]) -> Vec<Contact> {
        let now = self.set_of_now(asked);
        let mut heads = self.heads();
        heads.retain(|head| now.contains(&head.id) && !set.contains(&head.id));
        heads
    }

    /// The contacts that were heads of merge trees then.
    fn heads(&self) -> Vec<Contact> {
        let all = self.tracked.iter().filter_map(|id| self.contact(*id));
        all.filter(|one| !one.is_ancestor()).collect()
    }

    fn set_of_now(&self, id: ContactId) -> BTreeSet<ContactId> {
        let mut head = id;
        for _ in 0..STEPS_MAX {
            match self.now.get(&head).and_then(|one| one.merged_to) {
                Some(next) => head = next,
                None => break,
            }
        }
        let (mut set, mut next) = (BTreeSet::new(), vec![head]);
        while let Some(id) = next.pop() {
            if set.insert(id) {
                let below = self.now.get(&id).map(|one| one.merged_from.clone());
                next.extend(below.unwrap_or_default());
            }
        }
        set
    }
}

/// The profile is that of a conversation.
fn belong(profile: &mut Profile, record: &ConversationRecord) {
    let link = &record.link;
    profile.conversation = Some(record.conversation.id);
    profile.provided_name = record.conversation.provided_name().map(str::to_owned);
    profile.provided = link.reason.provided.clone();
    profile.linked = Some(link.contact);
    profile.state = state_of(profile, link);
    profile.reason = Some(link.reason.clone());
}
