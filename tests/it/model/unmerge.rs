//! Taking back a merge to which things came since (§7).

use scv_desk::domain::Contact;

use super::turn::Turn;
use super::world::{Key, Thing, World};

/// True when an entry merged, and both whom it made and whom it merged are still there.
pub fn is_open(turn: &Turn<'_>, index: usize) -> bool {
    let made = turn.journal[index].moved.iter().flatten();
    let mut made = made.filter_map(|one| match (&one.key, &one.before, one.after.as_deref()) {
        (Key::Contact(_), None, Some(Thing::Contact(made))) => Some(made),
        _ => None,
    });
    // What was changed is judged as it stood before the undo was tried.
    let merged = made.find(|made| !made.merged_from.is_empty());
    merged.is_some_and(|made| is_whole(turn.was, made))
}

fn is_whole(world: &World, made: &Contact) -> bool {
    let now = world.contact(&made.id);
    let mut inputs = now.into_iter().flat_map(|now| &now.merged_from);
    now.is_some() && inputs.all(|id| world.contact(id).is_some())
}
