//! Taking back a merge although things came since (§7): those whom it merged come back with their own values
//! and identifiers, and what came since goes to one of them. Merges inside others too: one side stays in the
//! tree above, the others leave it.

use std::cmp::Reverse;

use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Claim, Contact, ContactId, Fields, Identifier, Permission, Refusal};

use super::turn::Turn;
use super::world::{Key, Moved, Thing, World, carries};
use super::{apart, merge, rights, undo};

/// What somebody chose for some of what came since.
pub type Chosen = [(Since, ContactId)];

/// A merge as it stands.
pub struct Split {
    pub moved: Vec<Moved>,
    /// Whom the merge made, as it is now.
    pub now: Contact,
    /// Was it Curated from the beginning?
    pub kept: bool,
    /// Its fields as nobody has edited them: what came with somebody who has left it since is gone.
    pub base: Fields,
    /// The canonical contacts above, the nearest first.
    pub above: Vec<Contact>,
    /// Who comes back, the main one first: the Curated one, else the one that was changed last.
    pub sides: Vec<Contact>,
    undoes: Option<usize>,
}

/// Something that came since, whose it is, and the identifier that tells.
pub struct Item {
    pub what: Since,
    pub side: ContactId,
    pub told: Option<Identifier>,
}

pub fn unmerge(turn: &mut Turn<'_>, number: usize, chosen: &Chosen) -> Result<(), Refusal> {
    let split = split(turn, number)?;
    let items = split.items(&turn.world, chosen)?;
    let listed = |(what, side): &(Since, ContactId)| {
        let came = items.iter().any(|item| item.what == *what);
        came && split.sides.iter().any(|one| one.id == *side)
    };
    if !chosen.iter().all(listed) {
        return Err(Refusal::BadValue(String::new()));
    }
    let stays = split.stays(chosen)?;
    apart::put(turn, &split, stays, &items);
    turn.contact = Some(split.sides[0].id);
    turn.undoes = split.undoes;
    Ok(())
}

/// How many things came since the merge of an entry; `None` when it cannot be taken apart.
pub fn came_since(turn: &Turn<'_>, number: usize) -> Option<usize> {
    let split = split(turn, number).ok()?;
    Some(split.items(turn.was, &[]).ok()?.len())
}

fn split(turn: &Turn<'_>, number: usize) -> Result<Split, Refusal> {
    let (index, action) = undo::find(turn, number)?;
    let id = EntryId(number as u64);
    if action == Action::Resolve {
        // What resolution merged nobody did: whoever may merge may take it back.
        let rights = [Permission::IdentityMerge, Permission::DecisionUndo];
        if !rights.iter().any(|right| rights::holds(turn.actor, *right)) {
            return Err(Refusal::Denied(Permission::IdentityMerge));
        }
    } else {
        undo::check_right(turn, index, action)?;
    }
    // A merge that was done again is still the one that was made first: what came since came since then.
    let kept = |index: usize| {
        let moved = turn.journal[index].moved.clone();
        moved.ok_or(Refusal::NoLongerKept(id))
    };
    made_by(&kept(index)?).ok_or(Refusal::NoMerge(id))?;
    let moved = kept(undo::root_of(turn.journal, index).0)?;
    let made = made_by(&moved).ok_or(Refusal::NoMerge(id))?.clone();
    let what = String::new();
    let changed = Refusal::ChangedSince { entry: id, what };
    let now = turn.was.contact(&made.id).cloned().ok_or(changed)?;
    let mut above: Vec<Contact> = Vec::new();
    while let Some(next) = above.last().unwrap_or(&now).merged_to {
        above.push(contact(turn.was, next));
    }
    let mut sides = now.merged_from.clone();
    sides.sort_by_key(|id| {
        let side = contact(turn.was, *id);
        (!side.is_curated(), Reverse(side.modified), side.id)
    });
    let sides: Vec<Contact> = sides.iter().map(|id| contact(turn.was, *id)).collect();
    let mut base = made.fields.clone();
    apart::leave(&mut base, &merged_by(&moved, made.id), &sides);
    Ok(Split {
        kept: made.is_curated(),
        undoes: (action != Action::Resolve).then_some(index),
        moved,
        now,
        base,
        above,
        sides,
    })
}

/// A contact of a tree, which is there as long as the tree is.
pub fn contact(world: &World, id: ContactId) -> Contact {
    world.contact(&id).cloned().expect("a contact of a tree")
}

/// The canonical contact that a merge made. A tree that comes back whole merged nobody.
pub fn made_by(moved: &[Moved]) -> Option<&Contact> {
    let mut made = moved.iter().filter(|one| one.before.is_none());
    made.find_map(|one| match one.after.as_deref() {
        Some(Thing::Contact(made)) if !merged_by(moved, made.id).is_empty() => Some(made),
        _ => None,
    })
}

/// Whom the merge made one, as it found them.
fn merged_by(moved: &[Moved], canonical: ContactId) -> Vec<Contact> {
    let pairs = moved
        .iter()
        .map(|one| (one.before.as_deref(), one.after.as_deref()));
    let inputs = pairs.filter_map(|pair| match pair {
        (Some(Thing::Contact(before)), Some(Thing::Contact(after))) => {
            (after.merged_to == Some(canonical)).then(|| before.clone())
        }
        _ => None,
    });
    inputs.collect()
}

impl Split {
    /// The canonical contact of the whole tree.
    pub fn head(&self) -> ContactId {
        self.above.last().unwrap_or(&self.now).id
    }

    /// The side that stays in the tree above: the chosen one, else the main one.
    pub fn stays(&self, chosen: &Chosen) -> Result<Option<ContactId>, Refusal> {
        let Some(above) = self.above.first() else {
            return Ok(None);
        };
        let item = Since::Merge(above.id);
        let side = chosen.iter().find(|(what, _)| *what == item);
        let side = side.map_or(self.sides[0].id, |(_, side)| *side);
        let known = self.sides.iter().any(|one| one.id == side);
        known
            .then_some(Some(side))
            .ok_or_else(|| Refusal::BadValue(String::new()))
    }

    /// The side that an identifier belongs to: who held it when the merge was made, from whom it came by a
    /// merge, or who carries it.
    pub fn home(&self, world: &World, identifier: &Identifier) -> Option<ContactId> {
        use scv_desk::domain::reason::ClaimOrigin::Merged;
        let before = self.held_before(identifier).map(|claim| claim.contact);
        let from = match world.claim(identifier).map(|claim| &claim.origin) {
            Some(Merged(from)) => Some(*from),
            _ => None,
        };
        let holders = [before, from].into_iter().flatten();
        let set = |side: &Contact| world.merge_set(side.id);
        let side_of = |id| self.sides.iter().find(|side| set(side).contains(&id));
        let carrier = || {
            self.sides.iter().find(|side| {
                let all = set(side);
                all.iter()
                    .any(|id| carries(&contact(world, *id), identifier))
            })
        };
        let mut found = holders.filter_map(side_of);
        found.next().or_else(carrier).map(|side| side.id)
    }

    /// The claim as the merge found it.
    pub fn held_before(&self, identifier: &Identifier) -> Option<&Claim> {
        let key = Key::Claim(identifier.clone());
        let one = self.moved.iter().find(|one| one.key == key)?;
        match one.before.as_deref() {
            Some(Thing::Claim(claim)) => Some(claim),
            _ => None,
        }
    }

    /// What the merge itself had moved goes back as it stood, if it still stands as the merge left it and who
    /// had it is there.
    pub fn goes_back(&self, world: &World, key: &Key) -> Option<&Moved> {
        let mut all = self.moved.iter().filter(|one| one.key == *key);
        all.find(|one| {
            let before = one.before.as_ref().and_then(|thing| thing.points_at());
            let there = |id: ContactId| id != self.now.id && world.contact(&id).is_some();
            before.is_some_and(there) && world.things.get(key) == one.after.as_ref()
        })
    }
}

/// The value of a field that a merge could have given it, as `merge` joins who is left.
pub fn joined(rest: &[Contact]) -> Fields {
    merge::fields(rest, &Default::default())
}
