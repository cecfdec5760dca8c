//! A world in memory for tests of the rules: it loads facts by key, plans, checks what every change says
//! stood there, applies, keeps the entries, dumps itself and names broken invariants. It knows no rule
//! itself.

mod check;
mod given;
mod load;
mod story;

pub use given::*;

use std::collections::{BTreeMap, BTreeSet};

use scv_desk::domain::change::{Observation, Payload};
use scv_desk::domain::command::{Action, EntryId, Remark};
use scv_desk::domain::contact::{Note, NoteId, Organization, OrganizationId};
use scv_desk::domain::facts::{Facts, Halt};
use scv_desk::domain::reason::{NotSame, SharedMark};
use scv_desk::domain::record::Wrapup;
use scv_desk::domain::review::{Kept, Key};
use scv_desk::domain::transcript::Message;
use scv_desk::domain::visit::{Visit, VisitId};
use scv_desk::domain::{
    Actor, Change, Claim, Command, Contact, ContactId, Conversation, ConversationId, Identifier,
    Link, Moment, Plan, Refusal,
};
use scv_desk::engine::{self, Context, Options};
use uuid::Uuid;

/// A conversation and a participant; `None` is the conversation's own contact.
type Party = (ConversationId, Option<String>);

/// An entry of the journal.
#[derive(Clone, Debug)]
pub struct Entry {
    pub actor: String,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub changes: Option<Vec<Change>>,
    pub undoes: Option<EntryId>,
}

/// What a command came to.
#[derive(Clone, Debug)]
pub struct Done {
    pub entry: Option<EntryId>,
    pub contact: Option<ContactId>,
    pub remarks: Vec<Remark>,
    pub changes: Vec<Change>,
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    pub contacts: BTreeMap<ContactId, Contact>,
    pub claims: BTreeMap<Identifier, Claim>,
    pub conversations: BTreeMap<ConversationId, Conversation>,
    pub visits: BTreeMap<VisitId, Visit>,
    pub links: BTreeMap<Party, Link>,
    pub visit_links: BTreeMap<VisitId, Link>,
    pub wrapups: BTreeMap<ConversationId, Wrapup>,
    pub notes: BTreeMap<NoteId, Note>,
    pub not_same: BTreeMap<(ContactId, ContactId), NotSame>,
    pub marks: BTreeMap<Identifier, SharedMark>,
    pub organizations: BTreeMap<OrganizationId, Organization>,
    pub reviews: BTreeMap<Key, Kept>,
    pub messages: BTreeMap<(ConversationId, String), Message>,
    pub entries: Vec<Entry>,
    /// The moment before whose conversations and visits some went with the retention.
    pub gone_before: Option<Moment>,
    /// Contacts that were deleted or expired: conversations keep their id.
    pub gone: BTreeSet<ContactId>,
    pub options: Options,
    pub now: Moment,
    pub seed: u128,
    /// How many decisions the next one believes to come after, where that is not for the journal to say.
    pub turn: Option<u64>,
}

impl World {
    pub fn new() -> Self {
        Self {
            contacts: BTreeMap::new(),
            claims: BTreeMap::new(),
            conversations: BTreeMap::new(),
            visits: BTreeMap::new(),
            links: BTreeMap::new(),
            visit_links: BTreeMap::new(),
            wrapups: BTreeMap::new(),
            notes: BTreeMap::new(),
            not_same: BTreeMap::new(),
            marks: BTreeMap::new(),
            organizations: BTreeMap::new(),
            reviews: BTreeMap::new(),
            messages: BTreeMap::new(),
            entries: Vec::new(),
            gone_before: None,
            gone: BTreeSet::new(),
            options: Options::default(),
            now: START,
            seed: 1,
            turn: None,
        }
    }

    /// The entry that the next decision comes after.
    pub fn last(&self) -> EntryId {
        EntryId(self.turn.unwrap_or(self.entries.len() as u64))
    }

    /// Plans without applying.
    pub fn plan(&self, actor: &Actor, command: &Command) -> Result<Plan, Refusal> {
        self.plan_counted(actor, command).0
    }

    /// How many facts planning asks for.
    pub fn asked(&self, actor: &Actor, command: &Command) -> usize {
        self.plan_counted(actor, command).1
    }

    fn plan_counted(&self, actor: &Actor, command: &Command) -> (Result<Plan, Refusal>, usize) {
        let context = Context {
            actor: actor.clone(),
            at: self.now,
            seed: Uuid::from_u128(self.seed),
            options: self.options.clone(),
        };
        let (mut facts, mut asked) = (Facts::after(self.last()), 0);
        for _ in 0..100 {
            match engine::plan(command, &context, &facts) {
                Ok(plan) => return (Ok(plan), asked),
                Err(Halt::Refused(refusal)) => return (Err(*refusal), asked),
                Err(Halt::Missing(keys)) => {
                    assert!(!keys.is_empty(), "a halt names what is missing");
                    asked += keys.len();
                    for key in keys {
                        assert!(!facts.has(&key), "{key:?} was loaded already");
                        self.load(key, &mut facts);
                    }
                }
            }
        }
        panic!("{command:?} asks for facts again and again");
    }

    /// Does something: plans, applies, appends to the journal. Time and seed move on with every call.
    pub fn run(&mut self, actor: &Actor, command: &Command) -> Result<Done, Refusal> {
        let plan = self.plan(actor, command);
        self.now = self.now.plus_ms(1000);
        self.seed += 1;
        let done = self.apply(actor, plan?);
        let broken = self.check();
        assert!(
            broken.is_empty(),
            "after {command:?}: {broken:#?}\n{}",
            self.story()
        );
        Ok(done)
    }

    /// Applies a plan whole, and appends it to the journal when it changed anything.
    pub fn apply(&mut self, actor: &Actor, plan: Plan) -> Done {
        if plan.payload.forgets() {
            self.forget(&plan);
        }
        let deletes = match plan.undoes {
            Some(entry) => self.first(entry) == Action::Delete,
            None => matches!(plan.action, Action::Delete | Action::Expire | Action::Erase),
        };
        for change in &plan.changes {
            if let (true, Change::Contact { id, after, .. }) = (deletes, change) {
                match after {
                    None => self.gone.insert(*id),
                    Some(_) => self.gone.remove(id),
                };
            }
            self.put(change);
        }
        for observation in plan.observations {
            self.observe(observation);
        }
        let entry = (!plan.changes.is_empty()).then(|| {
            let kept = (plan.payload == Payload::Keep).then(|| plan.changes.clone());
            self.entries.push(Entry {
                actor: actor.name.clone(),
                action: plan.action,
                contact: plan.contact,
                changes: kept,
                undoes: plan.undoes,
            });
            EntryId(self.entries.len() as u64)
        });
        Done {
            entry,
            contact: plan.contact,
            remarks: plan.remarks,
            changes: plan.changes,
        }
    }

    /// Expiry takes the values of every entry that speaks of who goes (`design/rules.md` §7).
    fn forget(&mut self, plan: &Plan) {
        for change in &plan.changes {
            let Change::Contact {
                id, after: None, ..
            } = change
            else {
                continue;
            };
            for entry in &mut self.entries {
                let mut changes = entry.changes.iter().flatten();
                let named = changes.any(|change| change.contacts().contains(id));
                if named || entry.contact == Some(*id) {
                    entry.changes = None;
                }
            }
        }
    }

    /// The action that a chain of undos began with.
    fn first(&self, entry: EntryId) -> Action {
        let entry = &self.entries[entry.0 as usize - 1];
        entry
            .undoes
            .map_or(entry.action, |before| self.first(before))
    }

    /// Everything but the journal, as lines in a stable order. The time of the last interaction is left out:
    /// it is an observation, which only moves forward.
    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for contact in self.contacts.values() {
            let contact = serde_json::to_string(contact).unwrap();
            lines.push(format!("contact {contact}"));
        }
        lines.extend(self.claims.iter().map(|one| format!("claim {one:?}")));
        lines.extend(self.conversations.values().map(|one| format!("{one:?}")));
        lines.extend(self.visits.values().map(|one| format!("{one:?}")));
        lines.extend(self.links.iter().map(|one| format!("link {one:?}")));
        lines.extend(self.visit_links.iter().map(|one| format!("link {one:?}")));
        lines.extend(self.wrapups.iter().map(|one| format!("wrap-up {one:?}")));
        lines.extend(self.notes.values().map(|one| format!("{one:?}")));
        lines.extend(self.not_same.iter().map(|one| format!("not same {one:?}")));
        lines.extend(self.marks.values().map(|one| format!("{one:?}")));
        lines.extend(self.organizations.values().map(|one| format!("{one:?}")));
        lines.extend(self.reviews.iter().map(|one| format!("review {one:?}")));
        lines
    }

    /// True when both worlds dump the same, told without writing them out.
    pub fn is_as(&self, other: &Self) -> bool {
        self.contacts == other.contacts
            && self.claims == other.claims
            && self.conversations == other.conversations
            && self.visits == other.visits
            && self.links == other.links
            && self.visit_links == other.visit_links
            && self.wrapups == other.wrapups
            && self.notes == other.notes
            && self.not_same == other.not_same
            && self.marks == other.marks
            && self.organizations == other.organizations
            && self.reviews == other.reviews
    }

    /// Puts one change, and insists that what it says stood there stands there.
    fn put(&mut self, change: &Change) {
        match change.clone() {
            Change::Contact { id, before, after } => {
                let now = self.contacts.get(&id);
                let fits = match (now, &before) {
                    (Some(now), Some(before)) => now.same_but_seen(before),
                    (None, None) => true,
                    (Some(_), None) | (None, Some(_)) => false,
                };
                assert!(fits, "a plan says {before:?}, there stands {now:?}");
                assert!(after.as_ref().is_none_or(|after| after.id == id));
                let seen = now.and_then(|now| now.seen);
                set(&mut self.contacts, id, after.map(|after| *after));
                if let Some(contact) = self.contacts.get_mut(&id) {
                    contact.seen = contact.seen.max(seen);
                }
            }
            Change::Claim {
                identifier,
                before,
                after,
            } => swap(&mut self.claims, identifier, before, after),
            Change::Link {
                conversation,
                participant,
                before,
                after,
            } => {
                let (before, after) = (before.map(|one| *one), after.map(|one| *one));
                swap(&mut self.links, (conversation, participant), before, after);
            }
            Change::VisitLink {
                visit,
                before,
                after,
            } => {
                let (before, after) = (before.map(|one| *one), after.map(|one| *one));
                swap(&mut self.visit_links, visit, before, after);
            }
            Change::Wrapup {
                conversation,
                before,
                after,
            } => swap(&mut self.wrapups, conversation, before, after),
            Change::Assign {
                conversation,
                before,
                after,
            } => {
                let body = self.conversations.get_mut(&conversation);
                let body = body.expect("a conversation to take");
                if let Some(before) = before {
                    assert!(before.stands_in(body));
                    before.take_out_of(body);
                }
                if let Some(after) = after {
                    assert!(after.is_new_to(body));
                    after.put_into(body);
                }
            }
            Change::Note { id, before, after } => {
                let (before, after) = (before.map(|one| *one), after.map(|one| *one));
                swap(&mut self.notes, id, before, after);
            }
            Change::NotSame {
                pair,
                before,
                after,
            } => swap(&mut self.not_same, pair, before, after),
            Change::Shared {
                identifier,
                before,
                after,
            } => swap(&mut self.marks, identifier, before, after),
            Change::Organization { id, before, after } => {
                let (before, after) = (before.map(|one| *one), after.map(|one| *one));
                swap(&mut self.organizations, id, before, after);
            }
            Change::Review { key, before, after } => {
                let (before, after) = (before.map(|one| *one), after.map(|one| *one));
                swap(&mut self.reviews, key, before, after);
            }
        }
    }

    fn observe(&mut self, observation: Observation) {
        match observation {
            Observation::Conversation(seen) => {
                self.conversations.insert(seen.id, *seen);
            }
            Observation::Visit(seen) => {
                self.visits.insert(seen.id, *seen);
            }
            Observation::Message(seen) => {
                self.messages
                    .insert((seen.conversation, seen.id.clone()), *seen);
            }
            Observation::Seen { contact, at } => {
                let contact = self.contacts.get_mut(&contact).expect("a contact to renew");
                contact.seen = contact.seen.max(Some(at));
            }
            Observation::DropJourney { contact } => {
                let last = self.remove_journey(contact);
                self.gone_before = self.gone_before.max(last);
            }
            Observation::Erase(erasure) => {
                for contact in erasure.people {
                    self.remove_journey(contact);
                }
            }
        }
    }

    /// Removes the conversations and visits of a contact; the moment after the last of them was over.
    fn remove_journey(&mut self, contact: ContactId) -> Option<Moment> {
        let own = |link: Option<&Link>| link.is_some_and(|link| link.contact == contact);
        let links = self.links.clone();
        let dropped = |id: &ConversationId| own(links.get(&(*id, None)));
        let ended = self.conversations.iter().filter(|(id, _)| dropped(id));
        let ended = ended.filter_map(|(_, one)| one.over()).max();
        self.conversations.retain(|id, _| !dropped(id));
        self.messages.retain(|(id, _), _| !dropped(id));
        self.wrapups.retain(|id, _| !dropped(id));
        self.links.retain(|(id, party), link| {
            let other = party.is_some() && link.contact == contact;
            !dropped(id) && !other
        });
        let links = self.visit_links.clone();
        let left = self.visits.iter().filter(|(id, _)| own(links.get(id)));
        let left = left.map(|(_, one)| one.over()).max();
        self.visits.retain(|id, _| !own(links.get(id)));
        self.visit_links.retain(|_, link| link.contact != contact);
        ended.max(left).map(|last| last.plus_ms(1))
    }
}

fn set<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: Option<V>) {
    match value {
        Some(value) => map.insert(key, value),
        None => map.remove(&key),
    };
}

fn swap<K: Ord, V: PartialEq + std::fmt::Debug>(
    map: &mut BTreeMap<K, V>,
    key: K,
    before: Option<V>,
    after: Option<V>,
) {
    assert_eq!(
        map.get(&key),
        before.as_ref(),
        "what a plan says stood there"
    );
    set(map, key, after);
}
