//! Undo: what an entry changed goes back exactly, or it is refused (§7). Of an edit that is its own fields,
//! whatever became of the others.

use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::field::{FIELDS, LISTS};
use scv_desk::domain::{Contact, ContactType, Permission, Refusal};

use super::rights;
use super::turn::Turn;
use super::unmerge;
use super::world::{Entry, Key, Moved, Thing, World, carries};

pub fn undo(turn: &mut Turn<'_>, number: usize) -> Result<(), Refusal> {
    match exact(turn, number) {
        // What came since to whom a merge made is assigned before it is taken back.
        Err(Refusal::ChangedSince { entry, what }) => {
            let items = unmerge::came_since(turn, number);
            Err(match items {
                Some(items) => Refusal::ToAssign { entry, items },
                None => Refusal::ChangedSince { entry, what },
            })
        }
        done => done,
    }
}

/// Of an edit only its own fields have to stand as it left them: a contact as it is now without it. `None` where
/// one of them, the type or the merge relations were changed since, or the edit itself had changed the type.
fn without(edit: &Moved, now: &Thing) -> Option<Thing> {
    let all = [edit.before.as_deref()?, edit.after.as_deref()?, now];
    let [
        Thing::Contact(was),
        Thing::Contact(left),
        Thing::Contact(now),
    ] = all
    else {
        return None;
    };
    let place = |one: &Contact| (one.kind, one.merged_to, one.merged_from.clone());
    if place(was) != place(left) || place(left) != place(now) {
        return None;
    }
    let mut back = now.clone();
    for spec in FIELDS.iter().chain(&LISTS) {
        let of = |one: &Contact| one.fields.get(spec.field);
        let own = of(was) != of(left);
        if own && of(now) != of(left) {
            return None;
        }
        if own {
            back.fields.set(spec.field, of(was));
        }
    }
    Some(Thing::Contact(back))
}

/// True when a contact on which more was edited would carry a value in another field and lose its claim.
fn loses_what_it_carries(moved: &[Moved], world: &World, entry: &Entry) -> bool {
    let as_left = |one: &Moved| world.things.get(&one.key) == one.after.as_ref();
    let mut contacts = moved.iter().filter(|one| !as_left(one));
    contacts.any(|one| {
        let Some(Thing::Contact(back)) = one.before.as_deref() else {
            return false;
        };
        entry.moved.iter().flatten().any(|claim| {
            let Key::Claim(identifier) = &claim.key else {
                return false;
            };
            let of = |thing: &Option<std::rc::Rc<Thing>>| thing.as_ref()?.points_at();
            let (had, has) = (of(&claim.before), of(&claim.after));
            has == Some(back.id) && had != has && carries(back, identifier)
        })
    })
}

/// The entry that is taken back, and the action that it is about.
pub fn find(turn: &Turn<'_>, number: usize) -> Result<(usize, Action), Refusal> {
    let id = EntryId(number as u64);
    let index = number.checked_sub(1).ok_or(Refusal::NoEntry(id))?;
    let known = turn.journal.get(index).is_some();
    let index = known.then_some(index).ok_or(Refusal::NoEntry(id))?;
    let (root, _) = root_of(turn.journal, index);
    Ok((index, turn.journal[root].action))
}

fn exact(turn: &mut Turn<'_>, number: usize) -> Result<(), Refusal> {
    let id = EntryId(number as u64);
    let (index, action) = find(turn, number)?;
    check_right(turn, index, action)?;
    let entry = &turn.journal[index];
    let moved = entry.moved.as_ref().ok_or(Refusal::NoLongerKept(id))?;
    let changed = || Refusal::ChangedSince {
        entry: id,
        what: String::new(),
    };
    let mut moved = moved.clone();
    for one in &mut moved {
        let now = turn.world.things.get(&one.key);
        if now != one.after.as_ref() {
            let back = now.filter(|_| action == Action::Edit);
            let back = back.and_then(|now| without(one, now));
            one.before = Some(std::rc::Rc::new(back.ok_or_else(changed)?));
        }
    }
    if action == Action::Edit && loses_what_it_carries(&moved, &turn.world, entry) {
        return Err(changed());
    }
    let moved = &moved;
    for one in moved {
        match &one.before {
            Some(thing) => turn.world.things.insert(one.key.clone(), thing.clone()),
            None => turn.world.things.remove(&one.key),
        };
        if let (Key::Contact(id), Action::Delete) = (&one.key, action) {
            match &one.before {
                Some(_) => turn.world.deleted.remove(id),
                None => turn.world.deleted.insert(*id),
            };
        }
    }
    // Who comes back was last seen when they went.
    for (contact, seen) in &entry.seen {
        match seen {
            Some(at) => turn.world.seen.insert(*contact, *at),
            None => turn.world.seen.remove(contact),
        };
    }
    check_members(&turn.world, id, entry)?;
    if !stands(&turn.world) || !finds_whom_it_left(&turn.world, entry) {
        return Err(changed());
    }
    turn.contact = entry.contact;
    turn.undoes = Some(index);
    Ok(())
}

/// The action that a chain of undos began with, and how many undos lead there.
pub fn root_of(journal: &[Entry], mut index: usize) -> (usize, usize) {
    let mut depth = 0;
    while let Some(before) = journal[index].undoes {
        (index, depth) = (before, depth + 1);
    }
    (index, depth)
}

/// True when what an action did stands: each undo of it, or of an undo of it, turns that round.
fn is_in_force(journal: &[Entry], root: usize) -> bool {
    let all = (root..journal.len()).filter(|index| root_of(journal, *index).0 == root);
    (all.count() - 1).is_multiple_of(2)
}

/// What may be undone, is in force, and is one's own action by its right or anybody's by the right to undo
/// (§9).
pub fn check_right(turn: &Turn<'_>, index: usize, action: Action) -> Result<(), Refusal> {
    let (id, entry) = (EntryId(index as u64 + 1), &turn.journal[index]);
    if !action.can_be_undone() {
        return Err(Refusal::NotUndoable(id));
    }
    let (root, depth) = root_of(turn.journal, index);
    if is_in_force(turn.journal, root) != depth.is_multiple_of(2) {
        return Err(Refusal::AlreadyUndone(id));
    }
    let needs = Permission::DecisionUndo;
    if rights::holds(turn.actor, needs) {
        return Ok(());
    }
    if entry.actor != turn.actor.name {
        return Err(Refusal::NotYours {
            entry: id,
            by: entry.actor.clone(),
            needs,
        });
    }
    match rights::needed(action) {
        needed if rights::holds(turn.actor, needed) => Ok(()),
        needed => Err(Refusal::Denied(needed)),
    }
}

/// An organization does not go while somebody belongs to it.
fn check_members(world: &World, entry: EntryId, undone: &Entry) -> Result<(), Refusal> {
    for one in undone.moved.iter().flatten() {
        let Some(Thing::Organization(gone)) = one.after.as_deref() else {
            continue;
        };
        let belongs = |member: &&_| is_member(member, gone.id);
        if one.before.is_none()
            && let Some(member) = world.contacts().find(belongs)
        {
            let (name, member) = (gone.name.clone(), member.id);
            return Err(Refusal::HasMembers {
                entry,
                name,
                member,
            });
        }
    }
    Ok(())
}

fn is_member(
    contact: &scv_desk::domain::Contact,
    id: scv_desk::domain::contact::OrganizationId,
) -> bool {
    contact.fields.organization == Some(id)
}

/// True when who a conversation goes back to is there, unless they were deleted before the entry was made: a
/// conversation keeps the id of a contact that was deleted, but nobody is linked to one.
fn finds_whom_it_left(world: &World, entry: &Entry) -> bool {
    let befores = entry
        .moved
        .iter()
        .flatten()
        .filter_map(|one| one.before.as_deref());
    let ties = befores.filter(|thing| matches!(thing, Thing::Tie(_)));
    let mut left = ties.filter_map(Thing::points_at);
    left.all(|id| world.contact(&id).is_some() || entry.gone.contains(&id))
}

/// True when everything stands on something: what an undo would leave pointing at nobody cannot be exact.
fn stands(world: &World) -> bool {
    let there = |id| world.contact(id).is_some();
    world
        .things
        .iter()
        .all(|(key, thing)| match (key, thing.as_ref()) {
            (Key::Contact(_), Thing::Contact(one)) => {
                let organization = one.fields.organization;
                organization.is_none_or(|id| world.organization(&id).is_some())
                    && one.merged_to.iter().chain(&one.merged_from).all(there)
            }
            (Key::Claim(identifier), Thing::Claim(claim)) => {
                let personal = identifier.kind.is_personal();
                let holder = world.contact(&claim.contact);
                holder.is_some_and(|holder| {
                    holder.merged_to.is_none()
                        && !(personal && holder.kind == ContactType::Ephemeral)
                }) && !world.is_shared(identifier)
            }
            (Key::Wrapup(id), _) => world.conversations.contains_key(id),
            (_, Thing::Tie(tie)) => there(&tie.contact) || world.deleted.contains(&tie.contact),
            (_, Thing::Note(note)) => there(&note.contact),
            (Key::NotSame(one, other), _) => there(one) && there(other),
            _ => true,
        })
}
