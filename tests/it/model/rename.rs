//! Fresh ids are the engine's to choose: the model takes them over where both made the same thing.

use std::collections::BTreeMap;
use std::rc::Rc;

use scv_desk::domain::contact::{NoteId, OrganizationId};
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::{Change, ContactId, Plan};
use uuid::Uuid;

use super::turn::{Done, is_fresh};
use super::world::{Key, Moved, Thing, World};

/// The ids of the engine by those that the model made up.
#[derive(Default)]
struct Names(BTreeMap<Uuid, Uuid>);

impl Names {
    fn of(&self, id: Uuid) -> Uuid {
        self.0.get(&id).copied().unwrap_or(id)
    }

    fn contact(&self, id: ContactId) -> ContactId {
        ContactId(self.of(id.0))
    }

    fn learn(&mut self, made_up: Uuid, chosen: Uuid) {
        if is_fresh(made_up) {
            self.0.entry(made_up).or_insert(chosen);
        }
    }
}

/// What the model did, in the engine's ids, and the world that it leaves.
pub fn rename(was: &World, done: Done, plan: &Plan) -> (Done, Vec<Moved>) {
    let mut moved = was.moved_to(&done.world);
    let names = names(&moved, &done, plan);
    let mut world = World {
        things: was.things.clone(),
        ..done.world
    };
    for one in &mut moved {
        one.key = key(&names, &one.key);
        one.after = one.after.take().map(|thing| renamed(&names, thing));
        match &one.after {
            Some(thing) => world.things.insert(one.key.clone(), thing.clone()),
            None => world.things.remove(&one.key),
        };
    }
    let fresh: Vec<ContactId> = world
        .seen
        .keys()
        .filter(|id| is_fresh(id.0))
        .copied()
        .collect();
    for id in fresh {
        let at = world.seen.remove(&id).unwrap();
        world.seen.insert(names.contact(id), at);
    }
    let contact = done.contact.map(|id| names.contact(id));
    (
        Done {
            world,
            contact,
            undoes: done.undoes,
        },
        moved,
    )
}

/// Matches what both made: who a conversation, visit or claim came to, the notes, the organizations.
fn names(moved: &[Moved], done: &Done, plan: &Plan) -> Names {
    let mut names = Names::default();
    if let (Some(made_up), Some(chosen)) = (done.contact, plan.contact) {
        names.learn(made_up.0, chosen.0);
    }
    for change in &plan.changes {
        let Some((key, chosen)) = pointed(change) else {
            continue;
        };
        let same = moved.iter().find(|one| one.key == key);
        if let Some(thing) = same.and_then(|one| one.after.as_deref())
            && let Some(made_up) = thing.points_at()
        {
            names.learn(made_up.0, chosen.0);
        }
    }
    for one in moved {
        let Some(thing) = one.after.as_deref() else {
            continue;
        };
        for change in &plan.changes {
            match (thing, change) {
                (
                    Thing::Note(note),
                    Change::Note {
                        id, before: None, ..
                    },
                ) => {
                    names.learn(note.id.0, id.0);
                }
                (
                    Thing::Organization(made),
                    Change::Organization {
                        id, before: None, ..
                    },
                ) => {
                    names.learn(made.id.0, id.0);
                }
                (
                    Thing::Contact(made),
                    Change::Contact {
                        id,
                        before: None,
                        after: Some(after),
                    },
                ) if made.merged_from == after.merged_from && made.origin == after.origin => {
                    names.learn(made.id.0, id.0);
                }
                _ => {}
            }
        }
    }
    names
}

/// The key of a change that makes something point at a contact.
fn pointed(change: &Change) -> Option<(Key, ContactId)> {
    Some(match change {
        Change::Link {
            conversation,
            participant,
            after: Some(link),
            ..
        } => {
            let party = participant.clone().unwrap_or_default();
            (Key::Link(*conversation, party), link.contact)
        }
        Change::VisitLink {
            visit,
            after: Some(link),
            ..
        } => (Key::VisitLink(*visit), link.contact),
        Change::Claim {
            identifier,
            after: Some(claim),
            ..
        } => (Key::Claim(identifier.clone()), claim.contact),
        _ => return None,
    })
}

fn key(names: &Names, key: &Key) -> Key {
    match key {
        Key::Contact(id) => Key::Contact(names.contact(*id)),
        Key::Note(id) => Key::Note(NoteId(names.of(id.0))),
        Key::Organization(id) => Key::Organization(OrganizationId(names.of(id.0))),
        other => other.clone(),
    }
}

fn renamed(names: &Names, thing: Rc<Thing>) -> Rc<Thing> {
    let mut thing = Rc::unwrap_or_clone(thing);
    match &mut thing {
        Thing::Contact(one) => {
            one.id = names.contact(one.id);
            one.merged_to = one.merged_to.map(|id| names.contact(id));
            one.merged_from
                .iter_mut()
                .for_each(|id| *id = names.contact(*id));
            let organization = one.fields.organization;
            one.fields.organization = organization.map(|id| OrganizationId(names.of(id.0)));
        }
        Thing::Claim(claim) => {
            claim.contact = names.contact(claim.contact);
            match &mut claim.origin {
                ClaimOrigin::Taken(id) | ClaimOrigin::Offered(id) | ClaimOrigin::Merged(id) => {
                    *id = names.contact(*id);
                }
                _ => {}
            }
        }
        Thing::Tie(tie) => tie.contact = names.contact(tie.contact),
        Thing::Note(note) => {
            note.id = NoteId(names.of(note.id.0));
            note.contact = names.contact(note.contact);
        }
        Thing::Organization(one) => one.id = OrganizationId(names.of(one.id.0)),
        Thing::Wrapup(_) | Thing::NotSame(_) | Thing::Mark(_) => {}
    }
    Rc::new(thing)
}
