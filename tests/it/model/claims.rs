//! Identifiers and who holds them (§3).

use scv_desk::domain::contact::Origin;
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::reason::{ClaimOrigin, SharedMark};
use scv_desk::domain::{Claim, Contact, ContactId, ContactType, Identifier, Refusal};

use super::turn::Turn;
use super::world::{Key, Thing, covered, mark_key};

/// Binds an identifier to a contact, whoever held it.
pub fn bind(
    turn: &mut Turn<'_>,
    identifier: &Identifier,
    contact: ContactId,
    origin: ClaimOrigin,
    trust: Trust,
) {
    let claim = Claim {
        contact,
        at: turn.at,
        origin,
        trust,
    };
    turn.world
        .put(Key::Claim(identifier.clone()), Thing::Claim(claim));
}

/// A contact tries to claim what its fields hold. What another Curated contact holds stays there; a Curated
/// contact takes from an auto-made one; nobody claims what is shared.
pub fn claim_fields(turn: &mut Turn<'_>, contact: &Contact, origin: &ClaimOrigin) {
    for identifier in contact.fields.identifiers() {
        if turn.world.is_shared(&identifier) {
            continue;
        }
        let held = turn.world.claim(&identifier).cloned();
        let verified = Trust::Verified;
        match held {
            None => bind(turn, &identifier, contact.id, origin.clone(), verified),
            Some(held) if held.contact == contact.id => {}
            Some(held) => {
                let holder = turn.world.contact(&held.contact);
                let kept = holder.is_some_and(Contact::is_curated);
                if contact.is_curated() && !kept {
                    let origin = ClaimOrigin::Taken(held.contact);
                    bind(turn, &identifier, contact.id, origin, verified);
                }
            }
        }
    }
}

/// Lets go of a claim, and re-offers the value to the oldest live contact whose field carries it: Curated
/// first, never a contact made by Unlink, nor who let it go.
pub fn let_go(turn: &mut Turn<'_>, identifier: &Identifier, from: ContactId) {
    turn.remove(&Key::Claim(identifier.clone()));
    offer(turn, identifier, Some(from));
}

/// Re-offers a value that nobody holds.
pub fn offer(turn: &mut Turn<'_>, identifier: &Identifier, from: Option<ContactId>) {
    if turn.world.is_shared(identifier) {
        return;
    }
    let carriers = turn.world.carriers(identifier);
    let able = |one: &&&Contact| Some(one.id) != from && one.origin != Origin::Unlink;
    let mut able: Vec<&Contact> = carriers.iter().filter(able).copied().collect();
    able.sort_by_key(|one| !one.is_curated());
    let Some(next) = able.first().map(|one| one.id) else {
        return;
    };
    let origin = from.map_or(ClaimOrigin::Edited, ClaimOrigin::Offered);
    bind(turn, identifier, next, origin, Trust::Verified);
}

/// An Ephemeral contact that gains something personal is Identified (§2).
pub fn identify(contact: &mut Contact, identifier: &Identifier) -> bool {
    let gains = contact.kind == ContactType::Ephemeral && identifier.kind.is_personal();
    if gains {
        contact.kind = ContactType::Identified;
    }
    gains
}

/// Claim: refused when somebody else holds it, naming the holder.
pub fn claim(
    turn: &mut Turn<'_>,
    contact: ContactId,
    identifier: &Identifier,
) -> Result<(), Refusal> {
    let mut head = turn.head(contact)?;
    turn.contact = Some(head.id);
    if turn.world.is_shared(identifier) {
        return Err(Refusal::SharedIdentifier(identifier.clone()));
    }
    match turn.world.claim(identifier) {
        Some(held) if held.contact == head.id => return Ok(()),
        Some(held) => {
            let (identifier, holder) = (identifier.clone(), held.contact);
            return Err(Refusal::Held { identifier, holder });
        }
        None => {}
    }
    bind(
        turn,
        identifier,
        head.id,
        ClaimOrigin::Explicit,
        Trust::Verified,
    );
    if identify(&mut head, identifier) {
        turn.world.put_contact(head);
    }
    Ok(())
}

/// Release: the value goes to whoever carries it.
pub fn release(
    turn: &mut Turn<'_>,
    contact: ContactId,
    identifier: &Identifier,
) -> Result<(), Refusal> {
    let head = turn.head(contact)?;
    turn.contact = Some(head.id);
    match turn.world.claim(identifier) {
        Some(held) if held.contact == head.id => {}
        _ => {
            return Err(Refusal::NotHeld {
                identifier: identifier.clone(),
            });
        }
    }
    let_go(turn, identifier, head.id);
    Ok(())
}

/// A mark releases the claim of all it covers.
pub fn mark(turn: &mut Turn<'_>, identifier: &Identifier) {
    let key = mark_key(identifier);
    for one in covered(identifier) {
        turn.remove(&Key::Claim(one));
    }
    let mark = SharedMark {
        identifier: key.clone(),
        by: turn.actor.name.clone(),
        at: turn.at,
    };
    turn.world.put(Key::Mark(key), Thing::Mark(mark));
}

pub fn share(turn: &mut Turn<'_>, identifier: &Identifier) -> Result<(), Refusal> {
    if turn.world.is_shared(identifier) {
        return Err(Refusal::AlreadyShared(identifier.clone()));
    }
    mark(turn, identifier);
    Ok(())
}

/// Unmarking re-offers all that the mark covered.
pub fn unshare(turn: &mut Turn<'_>, identifier: &Identifier) -> Result<(), Refusal> {
    if !turn.world.is_shared(identifier) {
        return Err(Refusal::NotShared(identifier.clone()));
    }
    turn.remove(&Key::Mark(mark_key(identifier)));
    let mut heir = None;
    for one in covered(identifier) {
        offer(turn, &one, None);
        let holder = turn.world.claim(&one).map(|held| held.contact);
        heir = holder.or(heir);
        // Nobody carries the other form of the number: it goes along.
        if let (None, Some(heir)) = (holder, heir) {
            bind(turn, &one, heir, ClaimOrigin::Edited, Trust::Verified);
        }
    }
    Ok(())
}
