//! As of: what stood at a past moment, by taking back from what is stored now every entry since
//! (`design/rules.md` §7).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::assignment::Assignment;
use crate::domain::change::Change;
use crate::domain::contact::{Contact, ContactId, Note, NoteId, Organization, OrganizationId};
use crate::domain::conversation::{Conversation, ConversationId, Leg, Participant, Segment};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, Link, SharedMark};
use crate::domain::record::{ConversationRecord, Wrapup};
use crate::domain::visit::{Visit, VisitId};

use super::shared;

/// What stood before the entries that were taken back, thing by thing, to be laid over what is stored. A thing
/// that no entry touched is not in it; `None` is a thing that was not there.
#[derive(Clone, Debug, Default)]
pub struct Past {
    pub contacts: BTreeMap<ContactId, Option<Contact>>,
    pub claims: BTreeMap<Identifier, Option<Claim>>,
    pub links: BTreeMap<(ConversationId, Option<String>), Option<Link>>,
    pub visit_links: BTreeMap<VisitId, Option<Link>>,
    pub wrapups: BTreeMap<ConversationId, Option<Wrapup>>,
    /// Who took a conversation by hand, newest first: what to take out of it, and what to put into it.
    pub assigned: BTreeMap<ConversationId, Vec<Turned>>,
    pub notes: BTreeMap<NoteId, Option<Note>>,
    pub marks: BTreeMap<Identifier, Option<SharedMark>>,
    pub organizations: BTreeMap<OrganizationId, Option<Organization>>,
}

/// An assignment as it stood after and before a change.
pub type Turned = (Option<Box<Assignment>>, Option<Box<Assignment>>);

impl Past {
    /// Takes back the changes of an entry. Entries come newest first.
    pub fn take_back(&mut self, changes: Vec<Change>) {
        for change in changes.into_iter().rev() {
            self.put_before(change);
        }
    }

    fn put_before(&mut self, change: Change) {
        match change {
            // It only says that nobody was there.
            Change::Contact {
                before: None,
                after: None,
                ..
            } => {}
            Change::Contact { id, before, .. } => {
                self.contacts.insert(id, before.map(|one| *one));
            }
            Change::Claim {
                identifier, before, ..
            } => {
                self.claims.insert(identifier, before);
            }
            Change::Link {
                conversation,
                participant,
                before,
                ..
            } => {
                let key = (conversation, participant);
                self.links.insert(key, before.map(|one| *one));
            }
            Change::VisitLink { visit, before, .. } => {
                self.visit_links.insert(visit, before.map(|one| *one));
            }
            Change::Wrapup {
                conversation,
                before,
                ..
            } => {
                self.wrapups.insert(conversation, before);
            }
            Change::Assign {
                conversation,
                before,
                after,
            } => {
                let all = self.assigned.entry(conversation).or_default();
                all.push((after, before));
            }
            Change::Note { id, before, .. } => {
                self.notes.insert(id, before.map(|one| *one));
            }
            Change::Shared {
                identifier, before, ..
            } => {
                self.marks.insert(identifier, before);
            }
            Change::Organization { id, before, .. } => {
                self.organizations.insert(id, before.map(|one| *one));
            }
            Change::NotSame { .. } | Change::Review { .. } => {}
        }
    }

    /// The contact as it stood; `now` is what is stored.
    pub fn contact(&self, id: ContactId, now: Option<&Contact>) -> Option<Contact> {
        match self.contacts.get(&id) {
            Some(then) => then.clone(),
            None => now.cloned(),
        }
    }

    /// True when the identifier was marked as shared; `now` is its mark by now.
    pub fn is_shared(&self, identifier: &Identifier, now: Option<&SharedMark>) -> bool {
        match self.marks.get(&shared::key(identifier)) {
            Some(then) => then.is_some(),
            None => now.is_some(),
        }
    }

    /// The conversation with its links and wrap-up as they stood, and what had been seen of it at the moment;
    /// `None` when it was not there yet.
    pub fn record(&self, now: &ConversationRecord, at: Moment) -> Option<ConversationRecord> {
        let id = now.conversation.id;
        let link = match self.links.get(&(id, None)) {
            Some(then) => then.clone()?,
            None => now.link.clone(),
        };
        let mut others: BTreeMap<String, Link> = now.others.iter().cloned().collect();
        for ((_, participant), then) in self
            .links
            .range((id, None)..)
            .take_while(|(key, _)| key.0 == id)
        {
            match (participant, then) {
                (Some(participant), Some(link)) => {
                    others.insert(participant.clone(), link.clone());
                }
                (Some(participant), None) => {
                    others.remove(participant);
                }
                (None, _) => {}
            }
        }
        let wrapup = match self.wrapups.get(&id) {
            Some(then) => then.clone(),
            None => now.wrapup.clone(),
        };
        let mut conversation = Cow::Borrowed(&now.conversation);
        for (after, before) in self.assigned.get(&id).into_iter().flatten() {
            if let Some(after) = after {
                after.take_out_of(conversation.to_mut());
            }
            if let Some(before) = before {
                before.put_into(conversation.to_mut());
            }
        }
        Some(ConversationRecord {
            conversation: seen_by(&conversation, at)?,
            link,
            others: others.into_iter().collect(),
            wrapup,
        })
    }
}

/// Whether no contact leads to what a change is about: a shared mark, an organization.
pub const fn is_loose(change: &Change) -> bool {
    matches!(change, Change::Shared { .. } | Change::Organization { .. })
}

/// Contacts whose history belongs to that of the `tracked` ones: what they were merged of or into, before or
/// after any of the changes.
pub fn related<'c>(
    changes: impl IntoIterator<Item = &'c Change>,
    tracked: &BTreeSet<ContactId>,
) -> BTreeSet<ContactId> {
    let mut related = BTreeSet::new();
    for change in changes {
        if let Change::Contact { id, before, after } = change
            && tracked.contains(id)
        {
            for contact in [before, after].into_iter().flatten() {
                related.extend(contact.merged_from.iter().copied());
                related.extend(contact.merged_to);
            }
        }
    }
    related.retain(|id| !tracked.contains(id));
    related
}

/// What had been seen of a conversation at a moment; `None` when it had not begun. What ended later runs.
pub fn seen_by(conversation: &Conversation, at: Moment) -> Option<Conversation> {
    if at < conversation.start {
        return None;
    }
    let mut then = conversation.clone();
    then.end = then.end.filter(|end| *end <= at);
    for participant in &mut then.participants {
        cut(participant, at);
    }
    Some(then)
}

fn cut(participant: &mut Participant, at: Moment) {
    let later = |segment: &Segment| at < segment.start;
    let is_later = |leg: &Leg| !leg.segments.is_empty() && leg.segments.iter().all(later);
    participant.legs.retain(|leg| !is_later(leg));
    for leg in &mut participant.legs {
        leg.segments.retain(|segment| !later(segment));
        for segment in &mut leg.segments {
            if segment.end.is_some_and(|end| at < end) {
                segment.end = None;
                segment.wrapup_code = None;
                segment.wrapup_note = None;
            }
        }
    }
}

/// What had been seen of a visit at a moment; `None` when it had not begun.
pub fn visit_seen_by(visit: &Visit, at: Moment) -> Option<Visit> {
    if at < visit.start {
        return None;
    }
    let mut then = visit.clone();
    then.end = then.end.filter(|end| *end <= at);
    then.events.retain(|event| event.at <= at);
    if at < then.last {
        let last = then.events.iter().map(|event| event.at).max();
        then.last = last.unwrap_or(then.start);
        let pages = then.pages().count();
        then.pageviews = u32::try_from(pages).unwrap_or(u32::MAX);
    }
    Some(then)
}
