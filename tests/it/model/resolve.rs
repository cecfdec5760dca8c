//! Every conversation and visit gets an external contact the moment it is seen (§4).

use std::collections::BTreeMap;
use std::rc::Rc;

use scv_desk::domain::contact::Origin;
use scv_desk::domain::conversation::{Participant, Provided, Trust};
use scv_desk::domain::reason::{ClaimOrigin, Rule};
use scv_desk::domain::visit::Visit;
use scv_desk::domain::{
    Channel, Claim, Contact, ContactId, ContactType, Conversation, Identifier, Moment, Refusal,
};

use super::provide::{fill, provided, provided_by_visit};
use super::turn::{LIFE_DAYS, Turn};
use super::world::{Key, Thing, Tie};
use super::{claims, merge};

/// What tells who somebody is, and how.
struct Told {
    provided: Vec<Provided>,
    origin: ClaimOrigin,
    start: Moment,
    /// The last interaction.
    at: Moment,
    off: bool,
    automerge: bool,
}

/// The last moment at which somebody is known to have dealt with us in a conversation.
pub fn last_of(seen: &Conversation) -> Moment {
    let mut last = seen.end.map_or(seen.start, |end| end.max(seen.start));
    for (_, segment) in seen.segments() {
        last = last
            .max(segment.start)
            .max(segment.end.unwrap_or(segment.start));
    }
    last
}

/// True when retention has removed what is as old as this, so that it stays away.
fn stays_away(turn: &Turn<'_>, over: Option<Moment>) -> bool {
    let limit = turn.at.minus_days(LIFE_DAYS);
    let gone = turn.world.gone_before;
    over.is_some_and(|over| over <= limit && gone.is_some_and(|gone| over < gone))
}

/// A conversation was seen. Seen again, it is updated, its new participants are resolved, and no link
/// changes.
pub fn conversation(turn: &mut Turn<'_>, seen: &Conversation) -> Result<(), Refusal> {
    let known = turn.world.conversations.get(&seen.id).cloned();
    if known.is_none() && stays_away(turn, seen.over()) {
        return Ok(());
    }
    // The same again is no news, nor is an export that does not know of the end yet.
    let no_news =
        |known: Rc<Conversation>| *known == *seen || known.end.is_some() && seen.end.is_none();
    if known.is_some_and(no_news) {
        turn.contact = turn.world.tie(seen.id, "").map(|tie| tie.contact);
        return Ok(());
    }
    turn.world
        .conversations
        .insert(seen.id, Rc::new(seen.clone()));
    let mut parties: Vec<(String, Option<&Participant>)> = Vec::new();
    for (n, party) in seen.outside().enumerate() {
        let name = if n == 0 {
            String::new()
        } else {
            party.id.clone()
        };
        parties.push((name, Some(party)));
    }
    if parties.is_empty() {
        parties.push((String::new(), None));
    }
    for (name, party) in parties {
        match turn.world.tie(seen.id, &name).map(|tie| tie.contact) {
            Some(contact) => renew_linked(turn, contact, last_of(seen)),
            None => {
                let told = told_by(turn, seen, party);
                let tie = decide(turn, told);
                turn.world.put(Key::Link(seen.id, name), Thing::Tie(tie));
            }
        }
    }
    turn.contact = turn.world.tie(seen.id, "").map(|tie| tie.contact);
    Ok(())
}

/// Renews whoever a conversation is linked to, if they are still there, and the person that they are now.
pub fn renew_linked(turn: &mut Turn<'_>, contact: ContactId, at: Moment) {
    if let Some(head) = turn.world.head(contact).map(|head| head.id) {
        turn.renew(contact, at);
        turn.renew(head, at);
    }
}

fn told_by(turn: &Turn<'_>, seen: &Conversation, party: Option<&Participant>) -> Told {
    let provided = party.map(provided).unwrap_or_default();
    let leg = party.and_then(|party| party.legs.first());
    let channel = leg.map_or(seen.channel, |leg| leg.channel);
    let signed_in = leg.is_some_and(|leg| leg.authenticated && channel == Channel::WebMessaging);
    Told {
        provided,
        origin: ClaimOrigin::Conversation(seen.id),
        start: seen.start,
        at: last_of(seen),
        off: turn.settings.off.contains(&channel),
        automerge: signed_in && turn.settings.signed_in_automerge,
    }
}

/// A web visit was seen.
pub fn visit(turn: &mut Turn<'_>, seen: &Visit) -> Result<(), Refusal> {
    let known = turn.world.visits.get(&seen.id).cloned();
    if known.is_none() && stays_away(turn, Some(seen.over())) {
        return Ok(());
    }
    let no_news = |known: Rc<Visit>| {
        let older = known.last > seen.last || known.end.is_some() && seen.end.is_none();
        older || *known == *seen
    };
    if known.is_some_and(no_news) {
        turn.contact = turn.world.visit_tie(&seen.id).map(|tie| tie.contact);
        return Ok(());
    }
    turn.world.visits.insert(seen.id, Rc::new(seen.clone()));
    match turn.world.visit_tie(&seen.id).map(|tie| tie.contact) {
        Some(contact) => renew_linked(turn, contact, seen.over().max(seen.start)),
        None => {
            let told = Told {
                provided: provided_by_visit(seen),
                origin: ClaimOrigin::Visit(seen.id),
                start: seen.start,
                at: seen.over().max(seen.start),
                off: turn.settings.off.contains(&Channel::Web),
                automerge: turn.settings.web_automerge,
            };
            let tie = decide(turn, told);
            turn.world.put(Key::VisitLink(seen.id), Thing::Tie(tie));
        }
    }
    turn.contact = turn.world.visit_tie(&seen.id).map(|tie| tie.contact);
    Ok(())
}

/// First claimed hit wins; no hit makes a new contact; then what is unclaimed is claimed.
fn decide(turn: &mut Turn<'_>, told: Told) -> Tie {
    let provided = &told.provided;
    let open = |one: &&Provided| !turn.world.is_shared(&one.identifier);
    let open: Vec<Provided> = provided.iter().filter(open).cloned().collect();
    let hit = |one: &Provided| turn.world.claim(&one.identifier).cloned();
    let first = open.iter().find_map(|one| Some((one.clone(), hit(one)?)));
    let rule = match () {
        () if told.off => Rule::SwitchedOff,
        () if provided.is_empty() => Rule::NothingProvided,
        () if open.is_empty() => Rule::SharedOnly,
        () if first.is_some() => Rule::FirstClaimed,
        () => Rule::NoClaim,
    };
    let contact = match (rule, &first) {
        (Rule::FirstClaimed, Some((decided, claim))) => {
            let contact = found(turn, &told, &open, claim);
            claim_free(turn, contact, &told, &open, decided.trust)
        }
        (Rule::NoClaim, _) => {
            let contact = stranger(turn, &told);
            claim_free(turn, contact, &told, &open, Trust::Verified)
        }
        _ => {
            let contact = stranger(turn, &told);
            turn.world.put_contact(contact.clone());
            contact
        }
    };
    turn.renew(contact.id, told.at);
    let decided = first
        .filter(|_| rule == Rule::FirstClaimed)
        .map(|(one, _)| one);
    let decided = decided.and_then(|one| provided.iter().position(|other| *other == one));
    Tie {
        contact: contact.id,
        rule,
        provided: told.provided,
        decided,
        by: None,
        at: turn.at,
    }
}

/// Who a hit leads to: the current canonical contact, merged with the other hits where the settings say so.
fn found(turn: &mut Turn<'_>, told: &Told, open: &[Provided], claim: &Claim) -> Contact {
    let first = turn
        .world
        .head(claim.contact)
        .cloned()
        .expect("who holds a claim");
    if !told.automerge {
        return first;
    }
    // Auto-merge joins two contacts (`design/domain.md` §1.5): the first hit and the first other one.
    let holders = open
        .iter()
        .filter_map(|one| turn.world.claim(&one.identifier));
    let mut heads = holders.filter_map(|claim| turn.world.head(claim.contact));
    match heads.find(|other| other.id != first.id).cloned() {
        Some(other)
            if merge::may_join_itself(&turn.world, std::slice::from_ref(&first), &other) =>
        {
            merge::join(turn, &[first, other], &BTreeMap::new(), None)
        }
        _ => first,
    }
}

/// A new contact, which is there from the moment it starts, by our clock at the latest: Identified when
/// something personal was provided.
fn stranger(turn: &mut Turn<'_>, told: &Told) -> Contact {
    let personal = told
        .provided
        .iter()
        .any(|one| one.identifier.kind.is_personal());
    let kind = if personal {
        ContactType::Identified
    } else {
        ContactType::Ephemeral
    };
    let made = turn.new_contact(kind, Origin::Resolution);
    Contact {
        created: told.start.min(turn.at),
        modified: told.start.min(turn.at),
        ..made
    }
}

/// Claims what nobody holds. What was typed is claimed for auto-made contacts only, and being found by what
/// was typed moves nothing onto a Curated contact.
fn claim_free(
    turn: &mut Turn<'_>,
    mut contact: Contact,
    told: &Told,
    open: &[Provided],
    decided: Trust,
) -> Contact {
    for one in open {
        let (identifier, held) = (&one.identifier, turn.world.claim(&one.identifier).cloned());
        match held {
            Some(held) => prove(turn, &contact, (told, open), one, &held),
            None if contact.is_curated()
                && (one.trust == Trust::Typed || decided == Trust::Typed) => {}
            None => {
                claims::bind(turn, identifier, contact.id, told.origin.clone(), one.trust);
                if !contact.is_curated() {
                    claims::identify(&mut contact, identifier);
                    fill(&mut contact, identifier);
                }
            }
        }
    }
    turn.world.put_contact(contact.clone());
    contact
}

/// What was typed is proven by the same value coming verified, unless something that does not come with it
/// was tied to it by typing.
fn prove(
    turn: &mut Turn<'_>,
    contact: &Contact,
    (told, open): (&Told, &[Provided]),
    one: &Provided,
    held: &Claim,
) {
    let comes = |other: &Identifier| open.iter().any(|one| one.identifier == *other);
    let others = turn.world.claims_of(contact.id);
    let alone = others.iter().all(|(other, _)| comes(other));
    let proven = one.trust == Trust::Verified && held.trust == Trust::Typed && alone;
    if held.contact == contact.id && proven {
        let origin = told.origin.clone();
        claims::bind(turn, &one.identifier, contact.id, origin, Trust::Verified);
    }
}
