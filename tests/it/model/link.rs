//! Link to existing contact and Unlink (§5).

use scv_desk::domain::command::{Claiming, Sharing};
use scv_desk::domain::contact::Origin;
use scv_desk::domain::conversation::{Provided, Trust};
use scv_desk::domain::reason::{ClaimOrigin, Rule};
use scv_desk::domain::{
    Contact, ContactId, ContactType, ConversationId, Field, Identifier, Refusal, Value,
};

use super::claims;
use super::provide;
use super::resolve;
use super::turn::Turn;
use super::world::{Key, Thing, Tie, carries, covered};

/// What the conversation's own contact was told by when it was first linked.
fn provided(turn: &Turn<'_>, conversation: ConversationId) -> Vec<Provided> {
    let tie = turn.world.tie(conversation, "");
    tie.map(|tie| tie.provided.clone()).unwrap_or_default()
}

/// The identifier that a link moves and a mark marks: the first one, with the number's other form.
fn identifiers_of(provided: &[Provided]) -> Vec<Identifier> {
    let Some(first) = provided.first() else {
        return Vec::new();
    };
    let same = covered(&first.identifier);
    let all = provided.iter().map(|one| one.identifier.clone());
    all.filter(|one| same.contains(one)).collect()
}

/// Links a conversation to exactly this contact by a person's word.
pub fn tie_by_person(turn: &mut Turn<'_>, conversation: ConversationId, contact: ContactId) {
    let tie = Tie {
        contact,
        rule: Rule::ByPerson,
        provided: provided(turn, conversation),
        decided: None,
        by: Some(turn.actor.name.clone()),
        at: turn.at,
    };
    turn.world
        .put(Key::Link(conversation, String::new()), Thing::Tie(tie));
}

pub fn link(
    turn: &mut Turn<'_>,
    conversation: ConversationId,
    contact: ContactId,
    claiming: Claiming,
) -> Result<(), Refusal> {
    let tie = turn.world.tie(conversation, "").cloned();
    let tie = tie.ok_or(Refusal::NoConversation(conversation))?;
    let head = turn.head(contact)?;
    if tie.contact == contact {
        return Err(Refusal::AlreadyLinked);
    }
    if turn
        .world
        .head(tie.contact)
        .is_some_and(|now| now.id == head.id)
    {
        return Err(Refusal::OnePerson);
    }
    tie_by_person(turn, conversation, contact);
    if claiming == Claiming::Move {
        let mut moving = identifiers_of(&provided(turn, conversation));
        // The other form of a number goes along where its holder has that too.
        if let Some(first) = moving.first().cloned() {
            let holder = |one: &Identifier| turn.world.claim(one).map(|held| held.contact);
            let first_holder = holder(&first);
            let along = covered(&first).into_iter().filter(|one| {
                !moving.contains(one) && first_holder.is_some() && holder(one) == first_holder
            });
            let along: Vec<_> = along.collect();
            moving.extend(along);
        }
        for identifier in moving {
            move_to(turn, &identifier, head.id, tie.contact)?;
        }
    }
    turn.contact = Some(contact);
    Ok(())
}

/// From now on the identifier is this contact's: the claim, and the field where a slot is free.
fn move_to(
    turn: &mut Turn<'_>,
    identifier: &Identifier,
    id: ContactId,
    left: ContactId,
) -> Result<(), Refusal> {
    if turn.world.is_shared(identifier) {
        return Err(Refusal::SharedIdentifier(identifier.clone()));
    }
    // What nobody holds comes from the contact that the conversation leaves.
    let held = turn.world.claim(identifier);
    let from = held.map_or(left, |held| held.contact);
    if from == id {
        return Ok(());
    }
    claims::bind(
        turn,
        identifier,
        id,
        ClaimOrigin::Taken(from),
        Trust::Verified,
    );
    give_up(turn, identifier, from);
    let was = turn.head(id)?;
    let mut contact = was.clone();
    claims::identify(&mut contact, identifier);
    provide::fill(&mut contact, identifier);
    // A field that came with a link is no edit of an auto-made contact: it goes when it is left with nothing.
    match contact.is_curated() || contact.modified_by.is_some() {
        _ if contact == was => {}
        true => turn.put_modified(contact),
        false => turn.world.put_contact(Contact {
            modified: turn.at,
            ..contact
        }),
    }
    Ok(())
}

/// An auto-made contact gives up every field of a value that went to somebody else.
fn give_up(turn: &mut Turn<'_>, identifier: &Identifier, from: ContactId) {
    let Some(was) = turn.world.contact(&from).cloned() else {
        return;
    };
    if was.is_curated() || was.is_ancestor() || !carries(&was, identifier) {
        return;
    }
    let mut contact = was;
    for field in slots() {
        let value = contact.fields.get(field);
        let mut alone = Contact {
            fields: Default::default(),
            ..contact.clone()
        };
        alone.fields.set(field, value);
        if carries(&alone, identifier) {
            contact
                .fields
                .set(field, without(alone.fields.get(field), identifier));
        }
    }
    turn.world.put_contact(contact);
}

fn slots() -> [Field; 14] {
    use Field as F;
    let phones = [F::WorkPhone, F::CellPhone, F::HomePhone, F::OtherPhone];
    let emails = [F::WorkEmail, F::PersonalEmail, F::OtherEmail];
    let others = [F::Twitter, F::Line, F::Whatsapp, F::Facebook, F::Instagram];
    let lists = [F::ExternalIds, F::AppleIds];
    let all = [&phones[..], &emails, &others, &lists].concat();
    all.try_into().expect("all fields that carry an identifier")
}

/// What is left of a field's value: nothing, or the rest of a list.
fn without(value: Option<Value>, identifier: &Identifier) -> Option<Value> {
    match value? {
        Value::ExternalIds(mut ids) => {
            let source = identifier.source.as_deref().unwrap_or_default();
            ids.retain(|id| id.value != identifier.value || id.source != source);
            Some(Value::ExternalIds(ids))
        }
        Value::AppleIds(mut ids) => {
            ids.retain(|id| *id != identifier.value);
            Some(Value::AppleIds(ids))
        }
        _ => None,
    }
}

/// The conversation leaves its contact for a fresh one, which claims nothing.
pub fn unlink(
    turn: &mut Turn<'_>,
    conversation: ConversationId,
    sharing: Sharing,
) -> Result<(), Refusal> {
    let tie = turn.world.tie(conversation, "").cloned();
    let tie = tie.ok_or(Refusal::NoConversation(conversation))?;
    let provided = provided(turn, conversation);
    let fresh = |one: &Contact| one.expires() && one.origin == Origin::Unlink;
    if tie.rule == Rule::Unlinked && turn.world.contact(&tie.contact).is_some_and(fresh) {
        return Err(Refusal::AlreadyFresh);
    }
    if sharing == Sharing::Mark {
        let first = identifiers_of(&provided).into_iter().next();
        let first = first.ok_or(Refusal::NothingToShare)?;
        if !turn.world.is_shared(&first) {
            claims::mark(turn, &first);
        }
    }
    let personal = provided.iter().any(|one| one.identifier.kind.is_personal());
    let kind = if personal {
        ContactType::Identified
    } else {
        ContactType::Ephemeral
    };
    let contact = turn.new_contact(kind, Origin::Unlink);
    let id = contact.id;
    turn.world.put_contact(contact);
    // It is as old as what it is for.
    let last = turn.world.conversations.get(&conversation);
    if let Some(last) = last.map(|seen| resolve::last_of(seen)) {
        turn.renew(id, last);
    }
    tie_by_person(turn, conversation, id);
    let key = Key::Link(conversation, String::new());
    let tie = Tie {
        rule: Rule::Unlinked,
        ..turn.world.tie(conversation, "").cloned().expect("it")
    };
    turn.world.put(key, Thing::Tie(tie));
    turn.contact = Some(id);
    Ok(())
}
