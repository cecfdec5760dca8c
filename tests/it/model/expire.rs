//! How contacts go: deleted, expired, or left with nothing (§2, §5); and what retention removes (§8).

use std::collections::BTreeSet;

use scv_desk::domain::command::Action;
use scv_desk::domain::{Contact, ContactId, ConversationId, Moment, Refusal};

use super::claims;
use super::resolve;
use super::turn::{LIFE_DAYS, Turn};
use super::world::{Entry, Key, Moved, Thing, World};

/// Deleting a canonical contact deletes the person: the whole merge set with notes and claims. Conversations
/// keep the id.
pub fn delete(turn: &mut Turn<'_>, contact: ContactId) -> Result<(), Refusal> {
    let head = turn.head(contact)?;
    turn.contact = Some(head.id);
    let set = turn.world.merge_set(head.id);
    take_away(turn, &set);
    turn.world.deleted.extend(set);
    Ok(())
}

/// Takes contacts away with their notes, marks and claims, which are offered to others.
pub fn take_away(turn: &mut Turn<'_>, set: &[ContactId]) {
    let mut freed = Vec::new();
    for id in set {
        freed.extend(
            turn.world
                .claims_of(*id)
                .into_iter()
                .map(|(one, _)| (one, *id)),
        );
        turn.world.things.retain(|key, thing| match key {
            Key::Contact(contact) => contact != id,
            Key::Claim(_) | Key::Note(_) => thing.points_at() != Some(*id),
            Key::NotSame(one, other) => one != id && other != id,
            _ => true,
        });
    }
    for (identifier, from) in freed {
        claims::offer(turn, &identifier, Some(from));
    }
}

/// An auto-made contact outside every merge tree goes 60 days after its last interaction, with its journey.
pub fn expire(turn: &mut Turn<'_>, id: ContactId) -> Result<(), Refusal> {
    let contact = turn
        .world
        .contact(&id)
        .cloned()
        .ok_or(Refusal::NoContact(id))?;
    let due = last_interaction(&turn.world, &contact).plus_days(LIFE_DAYS);
    if !contact.expires() || due > turn.at {
        return Err(Refusal::NotDue(due.to_string()));
    }
    // The last interaction of who has an open conversation is going on.
    if is_talking(&turn.world, id) {
        return Err(Refusal::StillOpen);
    }
    turn.contact = Some(id);
    drop_journey(&mut turn.world, id);
    take_away(turn, &[id]);
    Ok(())
}

/// What was linked to the contact by whatever came with it, or by a person since.
fn last_interaction(world: &World, contact: &Contact) -> Moment {
    let own = world.ties().filter(|(_, tie)| tie.contact == contact.id);
    let of = |key: &Key| match key {
        Key::Link(conversation, _) => {
            let seen = world.conversations.get(conversation);
            seen.map(|seen| resolve::last_of(seen))
        }
        Key::VisitLink(visit) => world
            .visits
            .get(visit)
            .map(|visit| visit.over().max(visit.start)),
        _ => None,
    };
    let linked = own.filter_map(|(key, _)| of(key)).max();
    world
        .last_alive(contact)
        .max(linked.unwrap_or(Moment(i64::MIN)))
}

fn is_talking(world: &World, id: ContactId) -> bool {
    let mut own = world.ties().filter(|(_, tie)| tie.contact == id);
    own.any(|(key, _)| match key {
        Key::Link(conversation, _) => world.conversations[conversation].end.is_none(),
        _ => false,
    })
}

/// Conversations and visits of the contact go; of somebody else's conversation only its part.
fn drop_journey(world: &mut World, id: ContactId) {
    let own = world.ties().filter(|(_, tie)| tie.contact == id);
    let own: Vec<Key> = own.map(|(key, _)| key.clone()).collect();
    for key in own {
        match &key {
            Key::Link(conversation, party) if party.is_empty() => {
                let over = drop_conversation(world, *conversation);
                note_gone(world, over);
            }
            Key::VisitLink(visit) => {
                let over = world.visits.remove(visit).map(|visit| visit.over());
                note_gone(world, over);
                world.things.remove(&key);
            }
            _ => drop(world.things.remove(&key)),
        }
    }
}

/// Removes a conversation with all that leads from it; when it was over.
pub fn drop_conversation(world: &mut World, id: ConversationId) -> Option<Moment> {
    let seen = world.conversations.remove(&id);
    world.things.retain(|key, _| match key {
        Key::Link(conversation, _) | Key::Wrapup(conversation) => *conversation != id,
        _ => true,
    });
    seen.and_then(|seen| seen.over())
}

/// What ended by then has gone: seeing it again must not bring it back.
fn note_gone(world: &mut World, last: Option<Moment>) {
    world.gone_before = world.gone_before.max(last.map(|last| last.plus_ms(1)));
}

/// Retention: conversations and visits that were over before a moment go.
pub fn drop_older(world: &mut World, before: Moment) -> usize {
    let old = |over: Option<Moment>| over.is_some_and(|over| over < before);
    let all = world.conversations.values().filter(|seen| old(seen.over()));
    let conversations: Vec<_> = all.map(|seen| seen.id).collect();
    let all = world.visits.values().filter(|seen| old(Some(seen.over())));
    let visits: Vec<_> = all.map(|seen| seen.id).collect();
    for id in &conversations {
        let over = drop_conversation(world, *id);
        note_gone(world, over);
    }
    for id in &visits {
        let over = world.visits.remove(id).map(|visit| visit.over());
        note_gone(world, over);
        world.things.remove(&Key::VisitLink(*id));
    }
    conversations.len() + visits.len()
}

/// Expiry takes the values of every entry that speaks of who goes (§7).
pub fn forget(journal: &mut [Entry], gone: &BTreeSet<ContactId>) {
    for entry in journal {
        let named = entry.contact.is_some_and(|id| gone.contains(&id));
        let mut moved = entry.moved.iter().flatten();
        if named || moved.any(|one| one.speaks_of().iter().any(|id| gone.contains(id))) {
            entry.moved = None;
        }
    }
}

/// An auto-made contact left with no conversation, claim, note or edit goes in the same action. Only who lost
/// something by the action is looked at.
pub fn clear_bare(turn: &mut Turn<'_>) {
    let moved = turn.was.moved_to(&turn.world);
    let befores = moved.iter().filter_map(|one| one.before.as_deref());
    let losers: BTreeSet<ContactId> = befores.filter_map(Thing::points_at).collect();
    for id in losers {
        let Some(contact) = turn.world.contact(&id) else {
            continue;
        };
        if contact.expires() && contact.modified_by.is_none() && has_nothing(&turn.world, contact) {
            take_away(turn, &[id]);
        }
    }
}

fn has_nothing(world: &World, contact: &Contact) -> bool {
    let mut all = world.things.values();
    !all.any(|thing| thing.points_at() == Some(contact.id))
}

/// The contacts that went by these changes.
pub fn gone(moved: &[Moved]) -> BTreeSet<ContactId> {
    let gone = moved.iter().filter(|one| one.after.is_none());
    let gone = gone.filter_map(|one| match one.key {
        Key::Contact(id) => Some(id),
        _ => None,
    });
    gone.collect()
}

/// Expiry takes the values of the first link of every conversation and visit that who goes is in by now: it is
/// the evidence of what goes with them, whoever it led to then.
pub fn forget_first(journal: &mut [Entry], was: &World, gone: &BTreeSet<ContactId>) {
    let own = was.ties().filter(|(_, tie)| gone.contains(&tie.contact));
    let own = own.map(|(key, _)| match key {
        Key::Link(conversation, _) => Key::Link(*conversation, String::new()),
        other => other.clone(),
    });
    let own: BTreeSet<Key> = own.collect();
    // Whoever joined a conversation later was linked by an entry of its own, which goes with the conversation.
    let goes = |key: &Key| match key {
        Key::Link(id, _) => was
            .tie(*id, "")
            .is_some_and(|tie| gone.contains(&tie.contact)),
        _ => false,
    };
    for entry in journal {
        let mut moved = entry.moved.iter().flatten();
        let first =
            moved.any(|one| one.before.is_none() && own.contains(&one.key) || goes(&one.key));
        if entry.action == Action::Resolve && first {
            entry.moved = None;
        }
    }
}

/// Retention takes the values that the journal kept of the first links of what it removed. Of what was merely
/// seen only a merge can be taken back, so nobody can tell of anything else.
pub fn forget_dropped(journal: &mut [Entry], was: &World, is: &World) {
    let dropped: BTreeSet<Key> = was.moved_to(is).into_iter().map(|one| one.key).collect();
    for entry in journal {
        let mut moved = entry.moved.iter().flatten();
        if entry.action == Action::Resolve && moved.any(|one| dropped.contains(&one.key)) {
            entry.moved = None;
        }
    }
}
