//! Erasure (§7): everything of a person goes for good, over the whole merge set, with every trace of what
//! nobody else is known by; the journal keeps that it was done, and no values.

use std::collections::BTreeSet;
use std::rc::Rc;

use scv_desk::domain::contact::OrganizationId;
use scv_desk::domain::conversation::{Participant, Provided};
use scv_desk::domain::field::FIELDS;
use scv_desk::domain::{
    Contact, ContactId, Conversation, ConversationId, Fields, Identifier, Refusal, Value,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::expire::{drop_conversation, take_away};
use super::turn::Turn;
use super::world::{Key, Thing, World, covered, mark_key};

/// What a person is known by, and how it was written.
#[derive(Default)]
struct Known {
    identifiers: BTreeSet<Identifier>,
    written: BTreeSet<(Identifier, String)>,
}

/// What an erasure takes: what is the person's alone, and how that was written.
pub struct Taken {
    pub own: BTreeSet<Identifier>,
    /// Nobody else's, but marked as shared: conversations of others keep what they came from.
    pub shared: BTreeSet<Identifier>,
    texts: BTreeSet<String>,
}

pub fn erase(turn: &mut Turn<'_>, contact: ContactId, reason: &str) -> Result<(), Refusal> {
    let head = turn.head(contact)?;
    turn.contact = Some(head.id);
    let set = turn.world.merge_set(head.id);
    check_reason(&turn.world, &set, reason)?;
    let taken = taken(&turn.world, &set);
    let companies = companies(&turn.world, &set);
    unmark(turn, &set, &taken.shared);
    drop_journey(&mut turn.world, &set);
    take_away(turn, &set);
    for id in companies {
        turn.remove(&Key::Organization(id));
    }
    clean(&mut turn.world, &taken);
    Ok(())
}

/// What goes with these contacts. What is somebody else's too stays, and so does a text that writes it.
pub fn taken(world: &World, set: &[ContactId]) -> Taken {
    let known = known(world, set);
    let all = known.identifiers.iter().cloned();
    let (others, alone): (BTreeSet<_>, BTreeSet<_>) =
        all.partition(|one| is_of_others(world, set, one));
    let (shared, own): (BTreeSet<_>, BTreeSet<_>) =
        alone.into_iter().partition(|one| world.is_shared(one));
    let stays = |one: &Identifier| others.contains(one) || shared.contains(one);
    let texts = &texts_of(&known, |one| own.contains(one)) - &texts_of(&known, stays);
    let texts = &texts - &texts_of_doubles(world, set, &known);
    Taken { own, shared, texts }
}

/// How a number is written that is somebody else's in its other form: as a telephone number beside a WhatsApp
/// that is the person's alone.
fn texts_of_doubles(world: &World, set: &[ContactId], known: &Known) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    for one in &known.identifiers {
        for form in covered(one).into_iter().filter(|form| form != one) {
            if is_of_others(world, set, &form) {
                let written = known.written.iter().filter(|(of, _)| of == one);
                texts.extend(written.map(|(_, text)| text.clone()));
                texts.insert(form.value);
                texts.remove(&one.value);
            }
        }
    }
    texts
}

/// A reason is kept, so it must not name the person.
fn check_reason(world: &World, set: &[ContactId], reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        return Err(Refusal::ReasonRequired);
    }
    let reason = reason.to_lowercase();
    let words: Vec<&str> = reason.split_whitespace().collect();
    let contacts = set.iter().filter_map(|id| world.contact(id));
    let names = contacts.map(|one| one.fields.full_name().to_lowercase());
    let mut names = names.collect::<Vec<_>>().into_iter();
    match names.any(|name| name.split_whitespace().any(|part| words.contains(&part))) {
        true => Err(Refusal::ReasonNames),
        false => Ok(()),
    }
}

/// Claims, fields, and what the person's own conversations and visits came with.
fn known(world: &World, set: &[ContactId]) -> Known {
    let mut known = Known::default();
    let claims = world
        .claims()
        .filter(|(_, claim)| set.contains(&claim.contact));
    known.identifiers.extend(claims.map(|(one, _)| one.clone()));
    for contact in set.iter().filter_map(|id| world.contact(id)) {
        known.identifiers.extend(contact.fields.identifiers());
        known.written.extend(written(contact));
    }
    for (_, tie) in world.ties().filter(|(_, tie)| set.contains(&tie.contact)) {
        for one in &tie.provided {
            known.identifiers.insert(one.identifier.clone());
            let written = (one.identifier.clone(), one.typed.clone());
            known.written.insert(written);
        }
    }
    known
}

/// How the fields of a contact write what they carry.
fn written(contact: &Contact) -> Vec<(Identifier, String)> {
    let mut all = Vec::new();
    for spec in FIELDS {
        let Some(value) = contact.fields.get(spec.field) else {
            continue;
        };
        let mut alone = Fields::default();
        alone.set(spec.field, Some(value.clone()));
        let texts = match value {
            Value::Phone(phone) => vec![phone.display, phone.typed],
            Value::Social(account) => vec![account.id],
            Value::Text(text) => vec![text],
            _ => Vec::new(),
        };
        for identifier in alone.identifiers() {
            all.extend(texts.iter().map(|text| (identifier.clone(), text.clone())));
        }
    }
    all
}

/// The texts of some identifiers, in every way in which they were written.
fn texts_of(known: &Known, is: impl Fn(&Identifier) -> bool) -> BTreeSet<String> {
    let values = known.identifiers.iter().filter(|one| is(one));
    let values = values.map(|one| one.value.clone());
    let written = known.written.iter().filter(|(one, _)| is(one));
    values
        .chain(written.map(|(_, text)| text.clone()))
        .collect()
}

/// True when somebody else carries or claims the value.
fn is_of_others(world: &World, set: &[ContactId], identifier: &Identifier) -> bool {
    let outside = |id: ContactId| !set.contains(&id);
    let carriers = world.carriers(identifier);
    let claim = world.claim(identifier);
    carriers.iter().any(|one| outside(one.id)) || claim.is_some_and(|one| outside(one.contact))
}

/// The marks go of what is nobody else's in any of its forms.
fn unmark(turn: &mut Turn<'_>, set: &[ContactId], shared: &BTreeSet<Identifier>) {
    for identifier in shared {
        let mut forms = covered(identifier).into_iter();
        if !forms.any(|one| is_of_others(&turn.world, set, &one)) {
            turn.remove(&Key::Mark(mark_key(identifier)));
        }
    }
}

/// Organizations to which nobody else belongs: a company of one is that person.
fn companies(world: &World, set: &[ContactId]) -> Vec<OrganizationId> {
    let belongs = |one: &Contact, id| one.fields.organization == Some(id);
    let only = |id: OrganizationId| {
        let all = world.contacts().filter(|one| belongs(one, id));
        let (inside, outside): (Vec<_>, Vec<_>) = all.partition(|one| set.contains(&one.id));
        !inside.is_empty() && outside.is_empty()
    };
    let all = world.organizations().map(|(id, _)| *id);
    all.filter(|id| only(*id)).collect()
}

/// Conversations and visits of the person go; of somebody else's conversation only the person's part.
fn drop_journey(world: &mut World, set: &[ContactId]) {
    for id in conversations_of(world, set) {
        drop_conversation(world, id);
    }
    let own = world.ties().filter(|(_, tie)| set.contains(&tie.contact));
    let own: Vec<Key> = own.map(|(key, _)| key.clone()).collect();
    for key in own {
        world.things.remove(&key);
        match &key {
            Key::VisitLink(id) => drop(world.visits.remove(id)),
            Key::Link(id, party) => {
                let mut seen = world.conversations[id].as_ref().clone();
                let mut parties = seen.participants.iter_mut();
                parties
                    .find(|one| one.id == *party)
                    .into_iter()
                    .for_each(clear);
                world.conversations.insert(*id, Rc::new(seen));
            }
            _ => {}
        }
    }
}

/// The conversations whose own contact is one of these.
pub fn conversations_of(world: &World, set: &[ContactId]) -> BTreeSet<ConversationId> {
    let own = world.ties().filter_map(|(key, tie)| match key {
        Key::Link(id, party) if party.is_empty() => set.contains(&tie.contact).then_some(*id),
        _ => None,
    });
    own.collect()
}

/// Takes from a participant what says who it was; the part keeps its place and its times.
fn clear(party: &mut Participant) {
    party.name = None;
    party.external_contact = None;
    for leg in &mut party.legs {
        leg.addresses.clear();
        leg.customer = None;
    }
}

/// Takes the person's identifiers out of conversations and visits of others, and of the evidence of their
/// links.
fn clean(world: &mut World, taken: &Taken) {
    let ties: Vec<Key> = world.ties().map(|(key, _)| key.clone()).collect();
    let mut typed = BTreeSet::new();
    for key in ties {
        let Thing::Tie(tie) = world.things[&key].as_ref() else {
            continue;
        };
        let is_own = |one: &Provided| taken.own.contains(&one.identifier);
        if !tie.provided.iter().any(is_own) {
            continue;
        }
        let mut tie = tie.clone();
        let told = tie
            .decided
            .map(|index| tie.provided[index].identifier.clone());
        for one in tie.provided.extract_if(.., |one| is_own(one)) {
            typed.insert((key.clone(), one.typed));
        }
        let mut left = tie.provided.iter();
        tie.decided = told.and_then(|told| left.position(|one| one.identifier == told));
        world.things.insert(key, Rc::new(Thing::Tie(tie)));
    }
    for (id, seen) in world.conversations.clone() {
        let own = |key: &Key| matches!(key, Key::Link(of, _) if *of == id);
        let cleaned = cleaned(&seen, &with(taken, &typed, own));
        world.conversations.insert(id, Rc::new(cleaned));
    }
    for (id, seen) in world.visits.clone() {
        let own = |key: &Key| *key == Key::VisitLink(id);
        let visit = replaced(seen.as_ref(), &with(taken, &typed, own));
        world.visits.insert(id, Rc::new(visit));
    }
}

fn with(
    taken: &Taken,
    typed: &BTreeSet<(Key, String)>,
    own: impl Fn(&Key) -> bool,
) -> BTreeSet<String> {
    let typed = typed.iter().filter(|(key, _)| own(key));
    let typed = typed.map(|(_, text)| text.clone());
    taken.texts.iter().cloned().chain(typed).collect()
}

fn cleaned(seen: &Conversation, texts: &BTreeSet<String>) -> Conversation {
    let mut seen = seen.clone();
    for party in &mut seen.participants {
        let mut addresses = party.legs.iter().flat_map(|leg| &leg.addresses);
        if addresses.any(|one| texts.contains(one)) {
            clear(party);
        }
    }
    replaced(&seen, texts)
}

/// The value with every text of the person replaced by a word.
fn replaced<T: Serialize + DeserializeOwned>(value: &T, texts: &BTreeSet<String>) -> T {
    let mut json = serde_json::to_value(value).unwrap();
    replace(&mut json, texts);
    serde_json::from_value(json).unwrap()
}

fn replace(json: &mut Json, texts: &BTreeSet<String>) {
    match json {
        Json::String(text) if texts.contains(text) => "erased".clone_into(text),
        Json::Array(all) => all.iter_mut().for_each(|one| replace(one, texts)),
        Json::Object(all) => all.values_mut().for_each(|one| replace(one, texts)),
        _ => {}
    }
}
