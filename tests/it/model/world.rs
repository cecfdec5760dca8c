//! What there is, as plain maps: one map of things by key, so that an entry of the journal is the keys that
//! it changed with what stood there before and after. Nothing here is shared with the engine but nouns.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Note, NoteId, Organization, OrganizationId};
use scv_desk::domain::conversation::Provided;
use scv_desk::domain::reason::{NotSame, Rule, SharedMark};
use scv_desk::domain::record::Wrapup;
use scv_desk::domain::visit::{Visit, VisitId};
use scv_desk::domain::{
    Claim, Contact, ContactId, Conversation, ConversationId, Identifier, IdentifierType, Moment,
};

/// What a thing is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Contact(ContactId),
    Claim(Identifier),
    /// A conversation and the id of another participant; empty for the conversation's own contact.
    Link(ConversationId, String),
    VisitLink(VisitId),
    Wrapup(ConversationId),
    Note(NoteId),
    /// The smaller id first.
    NotSame(ContactId, ContactId),
    Mark(Identifier),
    Organization(OrganizationId),
}

/// What stands under a key.
#[allow(clippy::large_enum_variant, reason = "every thing is behind a pointer")]
#[derive(Clone, Debug, PartialEq)]
pub enum Thing {
    Contact(Contact),
    Claim(Claim),
    Tie(Tie),
    Wrapup(Wrapup),
    Note(Note),
    NotSame(NotSame),
    Mark(SharedMark),
    Organization(Organization),
}

/// To whom a conversation or visit is linked, by which rule, and what it was told by.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    pub contact: ContactId,
    pub rule: Rule,
    pub provided: Vec<Provided>,
    /// Which of these decided.
    pub decided: Option<usize>,
    pub by: Option<String>,
    pub at: Moment,
}

/// A key with what stood there before and what stands there after.
#[derive(Clone, Debug)]
pub struct Moved {
    pub key: Key,
    pub before: Option<Rc<Thing>>,
    pub after: Option<Rc<Thing>>,
}

/// An entry of the journal.
#[derive(Clone, Debug)]
pub struct Entry {
    pub actor: String,
    pub action: Action,
    /// The contact that the entry names, and the conversation.
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// `None` once the values are no longer kept.
    pub moved: Option<Vec<Moved>>,
    pub undoes: Option<usize>,
    /// Whom a conversation left that were gone already.
    pub gone: BTreeSet<ContactId>,
    /// The last interaction of who went.
    pub seen: BTreeMap<ContactId, Option<Moment>>,
}

/// Everything there is at one moment.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub things: BTreeMap<Key, Rc<Thing>>,
    pub conversations: BTreeMap<ConversationId, Rc<Conversation>>,
    pub visits: BTreeMap<VisitId, Rc<Visit>>,
    /// The last interaction of each contact that ever had one: seen, never undone.
    pub seen: BTreeMap<ContactId, Moment>,
    /// Whom somebody deleted: their conversations keep the id.
    pub deleted: BTreeSet<ContactId>,
    /// The moment before whose conversations some went with the retention.
    pub gone_before: Option<Moment>,
}

const NIL: uuid::Uuid = uuid::Uuid::nil();
const MAX: uuid::Uuid = uuid::Uuid::max();

macro_rules! readers {
    ($($get:ident $($each:ident)? = $make:ident($key:ty) $kind:ident $value:ty;)*) => {
        impl World {$(
            pub fn $get(&self, key: &$key) -> Option<&$value> {
                match self.things.get(&Key::$make(key.clone()))?.as_ref() {
                    Thing::$kind(value) => Some(value),
                    _ => None,
                }
            }

            $(pub fn $each(&self) -> impl Iterator<Item = (&$key, &$value)> {
                let pairs = self.things.iter();
                pairs.filter_map(|(key, thing)| match (key, thing.as_ref()) {
                    (Key::$make(key), Thing::$kind(value)) => Some((key, value)),
                    _ => None,
                })
            })?
        )*}
    };
}

readers! {
    contact = Contact(ContactId) Contact Contact;
    claim claims = Claim(Identifier) Claim Claim;
    visit_tie = VisitLink(VisitId) Tie Tie;
    wrapup = Wrapup(ConversationId) Wrapup Wrapup;
    note notes = Note(NoteId) Note Note;
    mark marks = Mark(Identifier) Mark SharedMark;
    organization organizations = Organization(OrganizationId) Organization Organization;
}

impl World {
    pub fn put(&mut self, key: Key, thing: Thing) {
        self.things.insert(key, Rc::new(thing));
    }

    pub fn put_contact(&mut self, contact: Contact) {
        self.put(Key::Contact(contact.id), Thing::Contact(contact));
    }

    /// Contacts, ancestors too.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        let all = self
            .things
            .range(Key::Contact(ContactId(NIL))..=Key::Contact(ContactId(MAX)));
        all.filter_map(|(_, thing)| match thing.as_ref() {
            Thing::Contact(contact) => Some(contact),
            _ => None,
        })
    }

    /// The head of the merge tree of a contact.
    pub fn head(&self, id: ContactId) -> Option<&Contact> {
        let contact = self.contact(&id)?;
        match contact.merged_to {
            Some(next) => self.head(next),
            None => Some(contact),
        }
    }

    /// The merge set under a contact, itself first.
    pub fn merge_set(&self, id: ContactId) -> Vec<ContactId> {
        let mut set = vec![id];
        let mut next = 0;
        while let Some(id) = set.get(next) {
            let inputs = self.contact(id).map(|one| one.merged_from.clone());
            set.extend(inputs.unwrap_or_default());
            next += 1;
        }
        set
    }

    pub fn claims_of(&self, id: ContactId) -> Vec<(Identifier, Claim)> {
        let all = self.claims();
        let own = all.filter(|(_, claim)| claim.contact == id);
        own.map(|(key, claim)| (key.clone(), claim.clone()))
            .collect()
    }

    pub fn tie(&self, conversation: ConversationId, party: &str) -> Option<&Tie> {
        let key = Key::Link(conversation, party.to_owned());
        match self.things.get(&key)?.as_ref() {
            Thing::Tie(tie) => Some(tie),
            _ => None,
        }
    }

    /// Every link of a conversation or visit.
    pub fn ties(&self) -> impl Iterator<Item = (&Key, &Tie)> {
        self.things
            .iter()
            .filter_map(|(key, thing)| match thing.as_ref() {
                Thing::Tie(tie) => Some((key, tie)),
                _ => None,
            })
    }

    /// Live contacts whose fields carry the value, oldest first.
    pub fn carriers(&self, identifier: &Identifier) -> Vec<&Contact> {
        let live = self.contacts().filter(|one| one.merged_to.is_none());
        let mut found: Vec<_> = live.filter(|one| carries(one, identifier)).collect();
        found.sort_by_key(|one| (one.created, one.id));
        found
    }

    pub fn not_same(&self, one: ContactId, other: ContactId) -> bool {
        self.things.contains_key(&pair(one, other))
    }

    pub fn is_shared(&self, identifier: &Identifier) -> bool {
        self.things.contains_key(&Key::Mark(mark_key(identifier)))
    }

    /// What a contact was last seen at, or made at.
    pub fn last_alive(&self, contact: &Contact) -> Moment {
        self.seen
            .get(&contact.id)
            .copied()
            .unwrap_or(contact.created)
    }

    /// What differs between this world and what it became.
    pub fn moved_to(&self, after: &World) -> Vec<Moved> {
        let keys: BTreeSet<&Key> = self.things.keys().chain(after.things.keys()).collect();
        let mut moved = Vec::new();
        for key in keys {
            let (was, is) = (self.things.get(key), after.things.get(key));
            let same = match (was, is) {
                (Some(was), Some(is)) => Rc::ptr_eq(was, is) || was == is,
                _ => false,
            };
            if !same {
                moved.push(Moved {
                    key: key.clone(),
                    before: was.cloned(),
                    after: is.cloned(),
                });
            }
        }
        moved
    }
}

impl Thing {
    /// The contacts that a thing points at.
    pub fn points_at(&self) -> Option<ContactId> {
        match self {
            Self::Claim(claim) => Some(claim.contact),
            Self::Tie(tie) => Some(tie.contact),
            Self::Note(note) => Some(note.contact),
            Self::Contact(_) | Self::Wrapup(_) | Self::NotSame(_) => None,
            Self::Mark(_) | Self::Organization(_) => None,
        }
    }
}

/// True when a field of the contact holds the value.
pub fn carries(contact: &Contact, identifier: &Identifier) -> bool {
    contact.fields.identifiers().contains(identifier)
}

/// The key of two contacts that are not the same.
pub fn pair(one: ContactId, other: ContactId) -> Key {
    Key::NotSame(one.min(other), one.max(other))
}

/// A mark on a number covers its Phone and its SocialWhatsapp (§3).
pub fn covered(identifier: &Identifier) -> Vec<Identifier> {
    let Some(number) = identifier.number() else {
        return vec![identifier.clone()];
    };
    let of = |kind, value: &str| Identifier {
        kind,
        value: value.to_owned(),
        source: None,
    };
    vec![
        of(IdentifierType::Phone, &number),
        of(
            IdentifierType::SocialWhatsapp,
            number.trim_start_matches('+'),
        ),
    ]
}

pub fn mark_key(identifier: &Identifier) -> Identifier {
    covered(identifier).swap_remove(0)
}

impl Moved {
    /// The contacts that a change speaks of.
    pub fn speaks_of(&self) -> Vec<ContactId> {
        match &self.key {
            Key::Contact(id) => vec![*id],
            Key::NotSame(one, other) => vec![*one, *other],
            _ => {
                let things = [&self.before, &self.after].into_iter().flatten();
                things.filter_map(|thing| thing.points_at()).collect()
            }
        }
    }
}
