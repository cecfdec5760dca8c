//! Facts: what a decision needs to know, asked for by key and loaded by the store.
//!
//! The engine never reads a store. It asks `Facts` by key; a key that was not loaded yet comes back as
//! `Halt::Missing`, the caller loads it and plans again. `Some`/`None` in the maps is "there"/"not there".

use std::collections::{BTreeSet, HashMap};

use super::command::{Action, EntryId};
use super::contact::{Contact, ContactId, Note, NoteId, Organization, OrganizationId};
use super::conversation::ConversationId;
use super::identifier::Identifier;
use super::moment::Moment;
use super::reason::{Claim, Link, NotSame, SharedMark};
use super::record::ConversationRecord;
use super::refusal::Refusal;
use super::review::{Kept, Key};
use super::visit::{Visit, VisitId};

/// What a fact is asked for by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKey {
    Contact(ContactId),
    /// Whether somebody deleted the contact. One that went otherwise was left with nothing, and nothing may
    /// come to it any more.
    Deleted(ContactId),
    Claim(Identifier),
    /// Live contacts (no ancestors) whose fields carry the value, oldest first.
    Carriers(Identifier),
    /// Every claim that the contact holds, in a stable order.
    ClaimsOf(ContactId),
    Conversation(ConversationId),
    Visit(VisitId),
    /// What is linked to the contact: up to two of each, open conversations first.
    Linked(ContactId),
    /// Everything that is linked to the contact.
    AllLinked(ContactId),
    /// Notes written on exactly this contact, oldest first.
    NotesOf(ContactId),
    Note(NoteId),
    /// The smaller id first.
    NotSame(ContactId, ContactId),
    /// Whom the contact was marked as not the same as.
    NotSameAs(ContactId),
    /// The mark's key (`engine::shared::key`).
    Shared(Identifier),
    Organization(OrganizationId),
    OrganizationNamed(String),
    /// Contacts that belong to the organization: the oldest, one more than a merge set may have.
    MembersOf(OrganizationId),
    Entry(EntryId),
    /// The moment before whose conversations and visits some went with the retention.
    GoneBefore,
    /// What a supervisor keeps.
    Review(Key),
}

/// What is linked to a contact, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    pub conversations: Vec<ConversationId>,
    pub visits: Vec<VisitId>,
}

/// A journal entry as the engine needs it for an undo.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryFact {
    pub id: EntryId,
    pub actor: String,
    pub action: Action,
    /// The changes; `None` when the payload is no longer kept.
    pub changes: Option<Vec<super::Change>>,
    /// The entry that this one took back, for an undo.
    pub undoes: Option<EntryId>,
    /// The entry that undid this one and still holds.
    pub undone_by: Option<EntryId>,
    /// The last undo of an undo of this one, which did it again and holds.
    pub again: Option<EntryId>,
}

/// A visit with its link.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitRecord {
    pub visit: Visit,
    pub link: Link,
}

/// Why planning stops: facts to load, or the rules say no.
#[derive(Clone, Debug, PartialEq)]
pub enum Halt {
    Missing(Vec<FactKey>),
    Refused(Box<Refusal>),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

macro_rules! fact_maps {
    ($($(#[$doc:meta])* $map:ident, $get:ident, $put:ident: $key:ty => $value:ty, $make:expr;)*) => {
        /// Facts loaded so far.
        #[derive(Clone, Debug, Default)]
        pub struct Facts {
            /// How many decisions were taken before the one that asks.
            turn: u64,
            $($map: HashMap<$key, $value>,)*
        }

        impl Facts {
            $($(#[$doc])*
            pub fn $get(&self, key: &$key) -> Result<&$value, Halt> {
                self.$map.get(key).ok_or_else(|| Halt::Missing(vec![$make(key.clone())]))
            }

            pub fn $put(&mut self, key: $key, value: $value) {
                self.$map.insert(key, value);
            }
            )*

            /// True when the fact was loaded.
            pub fn has(&self, key: &FactKey) -> bool {
                match key {
                    FactKey::Contact(id) => self.contacts.contains_key(id),
                    FactKey::Deleted(id) => self.deleted.contains_key(id),
                    FactKey::Claim(identifier) => self.claims.contains_key(identifier),
                    FactKey::Carriers(identifier) => self.carriers.contains_key(identifier),
                    FactKey::ClaimsOf(id) => self.claims_of.contains_key(id),
                    FactKey::Conversation(id) => self.conversations.contains_key(id),
                    FactKey::Visit(id) => self.visits.contains_key(id),
                    FactKey::Linked(id) => self.linked.contains_key(id),
                    FactKey::AllLinked(id) => self.all_linked.contains_key(id),
                    FactKey::NotesOf(id) => self.notes_of.contains_key(id),
                    FactKey::Note(id) => self.notes.contains_key(id),
                    FactKey::NotSame(one, other) => self.not_same.contains_key(&(*one, *other)),
                    FactKey::NotSameAs(id) => self.not_same_as.contains_key(id),
                    FactKey::Shared(identifier) => self.shared.contains_key(identifier),
                    FactKey::Organization(id) => self.organizations.contains_key(id),
                    FactKey::OrganizationNamed(name) => self.organizations_named.contains_key(name),
                    FactKey::MembersOf(id) => self.members_of.contains_key(id),
                    FactKey::Entry(id) => self.entries.contains_key(id),
                    FactKey::GoneBefore => self.gone_before.contains_key(&()),
                    FactKey::Review(key) => self.reviews.contains_key(key),
                }
            }
        }
    };
}

fact_maps! {
    contacts, contact_if_any, put_contact: ContactId => Option<Contact>, FactKey::Contact;
    deleted, deleted, put_deleted: ContactId => bool, FactKey::Deleted;
    claims, claim, put_claim: Identifier => Option<Claim>, FactKey::Claim;
    carriers, carriers, put_carriers: Identifier => Vec<ContactId>, FactKey::Carriers;
    claims_of, claims_of, put_claims_of: ContactId => Vec<(Identifier, Claim)>, FactKey::ClaimsOf;
    conversations, conversation_if_any, put_conversation: ConversationId => Option<ConversationRecord>,
        FactKey::Conversation;
    visits, visit_if_any, put_visit: VisitId => Option<VisitRecord>, FactKey::Visit;
    linked, linked, put_linked: ContactId => Linked, FactKey::Linked;
    all_linked, all_linked, put_all_linked: ContactId => Linked, FactKey::AllLinked;
    notes_of, notes_of, put_notes_of: ContactId => Vec<NoteId>, FactKey::NotesOf;
    notes, note_if_any, put_note: NoteId => Option<Note>, FactKey::Note;
    not_same, not_same_pair, put_not_same: (ContactId, ContactId) => Option<NotSame>,
        |pair: (ContactId, ContactId)| FactKey::NotSame(pair.0, pair.1);
    not_same_as, not_same_as, put_not_same_as: ContactId => Vec<ContactId>, FactKey::NotSameAs;
    shared, shared, put_shared: Identifier => Option<SharedMark>, FactKey::Shared;
    organizations, organization_if_any, put_organization: OrganizationId => Option<Organization>,
        FactKey::Organization;
    organizations_named, organization_named, put_organization_named: String => Option<OrganizationId>,
        FactKey::OrganizationNamed;
    members_of, members_of, put_members_of: OrganizationId => Vec<ContactId>, FactKey::MembersOf;
    entries, entry_if_any, put_entry: EntryId => Option<EntryFact>, FactKey::Entry;
    reviews, review, put_review: Key => Option<Kept>, FactKey::Review;
    gone_before, gone_before, put_gone_before: () => Option<Moment>, |()| FactKey::GoneBefore;
}

impl Facts {
    /// Facts for a decision that is taken after `last`.
    pub fn after(last: EntryId) -> Self {
        Self {
            turn: last.0,
            ..Self::default()
        }
    }

    /// How many decisions were taken before the one that asks: fresh ids rise by it within a moment.
    pub const fn turn(&self) -> u64 {
        self.turn
    }

    /// Asks for several keys at once, so that they are loaded in one go.
    pub fn want(&self, keys: impl IntoIterator<Item = FactKey>) -> Result<(), Halt> {
        let missing: BTreeSet<FactKey> = keys.into_iter().filter(|key| !self.has(key)).collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Halt::Missing(missing.into_iter().collect()))
        }
    }

    /// The contact with exactly this id, ancestor or not; a refusal when it is not there.
    pub fn contact(&self, id: ContactId) -> Result<&Contact, Halt> {
        self.contact_if_any(&id)?
            .as_ref()
            .ok_or_else(|| Refusal::NoContact(id).into())
    }

    /// The canonical contact of `id`: itself, or the head of its merge tree.
    pub fn canonical(&self, id: ContactId) -> Result<&Contact, Halt> {
        let mut contact = self.contact(id)?;
        // Invariant: merge trees are acyclic, and a set has at most 52 contacts.
        for _ in 0..64 {
            match contact.merged_to {
                Some(next) => contact = self.contact(next)?,
                None => return Ok(contact),
            }
        }
        Err(Refusal::NoContact(id).into())
    }

    /// Every contact of the merge tree under `head`, itself first.
    pub fn merge_set(&self, head: &Contact) -> Result<Vec<ContactId>, Halt> {
        let sets = self.merge_sets(&[head.id])?;
        Ok(sets.into_iter().next().unwrap_or_default())
    }

    /// The merge sets of several heads, each with its head first. A level of all trees is asked for at
    /// once, so that the rounds of loading grow with the depth of the trees, not with their size.
    pub fn merge_sets(&self, heads: &[ContactId]) -> Result<Vec<Vec<ContactId>>, Halt> {
        let mut sets: Vec<Vec<ContactId>> = heads.iter().map(|head| vec![*head]).collect();
        let mut level = sets.clone();
        while level.iter().any(|ids| !ids.is_empty()) {
            self.want(level.iter().flatten().map(|id| FactKey::Contact(*id)))?;
            for (set, ids) in sets.iter_mut().zip(&mut level) {
                let mut below = Vec::new();
                for id in ids.iter() {
                    if let Some(contact) = self.contact_if_any(id)? {
                        below.extend(contact.merged_from.iter().copied());
                    }
                }
                set.extend(&below);
                *ids = below;
            }
        }
        Ok(sets)
    }

    /// The conversation; a refusal when it is not known.
    pub fn conversation(&self, id: ConversationId) -> Result<&ConversationRecord, Halt> {
        self.conversation_if_any(&id)?
            .as_ref()
            .ok_or_else(|| Refusal::NoConversation(id).into())
    }

    /// The mark that two contacts are different people, in either order.
    pub fn not_same(&self, one: ContactId, other: ContactId) -> Result<Option<&NotSame>, Halt> {
        let pair = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        Ok(self.not_same_pair(&pair)?.as_ref())
    }
}
