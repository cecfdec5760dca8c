//! What the journal no longer keeps after an erasure (§7): the values of every entry that speaks of the
//! person, or in which one of their identifiers stands.

use std::collections::BTreeSet;

use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::contact::OrganizationId;
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{ContactId, ConversationId, FactKey, Identifier};

use super::desk::Desk;
use super::erase;
use super::expire::gone;
use super::world::{Entry, Key, Moved, Thing, World};

/// What the journal must not speak of.
struct Gone {
    people: BTreeSet<ContactId>,
    identifiers: BTreeSet<Identifier>,
    conversations: BTreeSet<ConversationId>,
    /// Organizations of one. Their names go too, but for short ones, which may stand for anything.
    companies: BTreeSet<OrganizationId>,
    names: BTreeSet<String>,
}

/// Forgets what the erasure that moved this takes. The evidence of a link names rivals and claims that the
/// model
/// does not keep, and an entry may be about a conversation that went: there the store's word is taken.
pub fn forget(
    desk: &Desk,
    was: &World,
    moved: &[Moved],
    journal: &mut [Entry],
) -> Result<(), String> {
    let gone = of(was, moved);
    let ids = (1..=journal.len()).map(|id| EntryId(id as u64));
    let facts = desk.load(ids.clone().map(FactKey::Entry).collect());
    for (id, entry) in ids.zip(journal) {
        let stored = facts.entry_if_any(&id).unwrap().as_ref();
        let kept = stored.is_some_and(|entry| entry.changes.is_some());
        let was_kept = entry.moved.is_some();
        let (must, may) = (gone.is_in(entry), gone.may_be_in(entry));
        let agrees = match kept {
            // Retention takes the first entry of a conversation, the model all of them: no undo can tell.
            true => !must && (was_kept || entry.action == Action::Resolve),
            false => !was_kept || must || may,
        };
        if !agrees {
            let action = entry.action;
            return Err(format!(
                "the values of entry {id} ({action:?}) are kept: {kept}; must go: {must}, may go: {may}\n  \
                people {:?}, identifiers {:?}\n  {:?}",
                gone.people, gone.identifiers, entry.moved
            ));
        }
        if !kept {
            entry.moved = None;
        }
    }
    Ok(())
}

fn of(was: &World, moved: &[Moved]) -> Gone {
    let people = gone(moved);
    let set: Vec<ContactId> = people.iter().copied().collect();
    let taken = erase::taken(was, &set);
    let companies = moved.iter().filter_map(|one| match &one.key {
        Key::Organization(id) => was.organization(id),
        _ => None,
    });
    let (companies, names) = companies.map(|one| (one.id, one.name.clone())).unzip();
    Gone {
        identifiers: &taken.own | &taken.shared,
        conversations: erase::conversations_of(was, &set),
        companies,
        names,
        people,
    }
}

impl Gone {
    fn is_in(&self, entry: &Entry) -> bool {
        let named = entry.contact.is_some_and(|id| self.people.contains(&id));
        let mut moved = entry.moved.iter().flatten();
        named || moved.any(|one| self.moved(one))
    }

    /// Links have evidence, and the first ones of a conversation are found through it.
    fn may_be_in(&self, entry: &Entry) -> bool {
        let mut moved = entry.moved.iter().flatten();
        let about = entry.conversation;
        about.is_some_and(|id| self.conversations.contains(&id))
            || moved.any(|one| match &one.key {
                Key::Link(..) | Key::VisitLink(_) => true,
                Key::Organization(_) => [&one.before, &one.after]
                    .into_iter()
                    .any(|thing| self.is_called(thing.as_deref())),
                _ => false,
            })
    }

    fn is_called(&self, thing: Option<&Thing>) -> bool {
        matches!(thing, Some(Thing::Organization(one)) if self.names.contains(&one.name))
    }

    fn moved(&self, one: &Moved) -> bool {
        let mut spoken = one.speaks_of().into_iter();
        let keyed = match &one.key {
            Key::Claim(identifier) | Key::Mark(identifier) => self.identifiers.contains(identifier),
            Key::Organization(id) => self.companies.contains(id),
            _ => false,
        };
        let mut things = [&one.before, &one.after].into_iter().flatten();
        keyed || spoken.any(|id| self.people.contains(&id)) || things.any(|one| self.thing(one))
    }

    fn thing(&self, thing: &Thing) -> bool {
        let known = |one: &Identifier| self.identifiers.contains(one);
        match thing {
            Thing::Contact(one) => {
                let mut tree = one.merged_to.iter().chain(&one.merged_from);
                let mut carried = one.fields.identifiers().into_iter();
                tree.any(|id| self.people.contains(id)) || carried.any(|one| known(&one))
            }
            Thing::Claim(claim) => match claim.origin {
                ClaimOrigin::Taken(id) | ClaimOrigin::Offered(id) | ClaimOrigin::Merged(id) => {
                    self.people.contains(&id)
                }
                _ => false,
            },
            Thing::Tie(tie) => tie.provided.iter().any(|one| known(&one.identifier)),
            _ => false,
        }
    }
}
