//! Resolution: every conversation and visit gets an external contact the moment it starts
//! (`design/rules.md` §4).

use std::collections::BTreeMap;

use crate::domain::command::{Action, Remark};
use crate::domain::contact::{ContactId, ContactType, Fields, Origin};
use crate::domain::conversation::{Channel, Conversation, Participant, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use crate::domain::visit::Visit;
use crate::domain::{Observation, Plan};

use super::draft::Draft;
use super::provide::{fill, kind_of};
use super::{Automerge, Context, Options, attributes, claims, merge, take};

pub use super::provide::{provided, provided_by_visit};

/// Somebody outside as seen: on which channel, with which identifiers, and when.
#[derive(Clone, Debug)]
pub(super) struct Party {
    /// `None` for who decides the conversation's own contact, else the participant's id.
    participant: Option<String>,
    channel: Channel,
    provided: Vec<Provided>,
    start: Moment,
    last: Moment,
    origin: ClaimOrigin,
}

/// Resolves a conversation, or updates one that is known: a link never changes by being seen again.
/// `parties` are those of `seen`.
pub(super) fn conversation(
    seen: &Conversation,
    parties: &[Party],
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let known = FactKey::Conversation(seen.id);
    if !facts.has(&known) {
        let all = parties.iter().flat_map(|party| &party.provided);
        let keys = all.flat_map(|one| {
            let mark = super::shared::key(&one.identifier);
            [
                FactKey::Claim(one.identifier.clone()),
                FactKey::Shared(mark),
            ]
        });
        facts.want(keys.chain([known]))?;
    }
    let mut draft = Draft::new(Action::Resolve, context, facts);
    draft.plan.conversation = Some(seen.id);
    let body = |seen: Conversation| Observation::Conversation(Box::new(seen));
    match facts.conversation_if_any(&seen.id)? {
        Some(record) => {
            draft.plan.contact = Some(record.link.contact);
            let now = attributes::kept(&record.conversation, seen);
            let now = take::kept(&record.conversation, now);
            // An export that was made earlier is no news: an ended conversation does not start again.
            let stale = record.conversation.end.is_some() && seen.end.is_none();
            if stale || record.conversation == *now {
                draft.remark(Remark::AlreadyKnown);
                return draft.finish();
            }
            draft.plan.observations.push(body(now.into_owned()));
            let others = record.others.iter().map(|(_, link)| link);
            for link in [&record.link].into_iter().chain(others) {
                renew(&mut draft, link.contact, last_activity(seen))?;
            }
            let joined = |party: &Party| {
                let id = party.participant.as_deref();
                id.is_some() && record.link_of(id).is_none()
            };
            let late = parties.iter().filter(|party| joined(party));
            link_all(&mut draft, seen, late.cloned())?;
        }
        None if has_gone(seen.over(), &mut draft)? => return draft.finish(),
        None => {
            draft.plan.observations.push(body(seen.clone()));
            link_all(&mut draft, seen, parties.iter().cloned())?;
        }
    }
    draft.finish()
}

/// True for what is past the retention and older than something that went with it: it may have been here, with
/// what people decided of it, and does not come back without that. Nobody is asked about what is not so old.
fn has_gone(over: Option<Moment>, draft: &mut Draft) -> Result<bool, Halt> {
    let kept = draft.context.options.life_days;
    let Some(over) = over.filter(|over| over.plus_days(kept) <= draft.at()) else {
        return Ok(false);
    };
    let gone = draft
        .facts
        .gone_before(&())?
        .is_some_and(|before| over < before);
    if gone {
        draft.remark(Remark::PastRetention);
    }
    Ok(gone)
}

/// Everybody outside; a conversation without anybody has a contact all the same.
pub(super) fn parties(seen: &Conversation, options: &Options) -> Vec<Party> {
    let party = |participant, channel, provided| Party {
        participant,
        channel,
        provided,
        start: seen.start,
        last: last_activity(seen),
        origin: ClaimOrigin::Conversation(seen.id),
    };
    let outside = seen.outside().enumerate().map(|(index, one)| {
        let id = (index > 0).then(|| one.id.clone());
        party(id, channel_of(one, seen), provided(one, options))
    });
    let mut parties: Vec<Party> = outside.collect();
    if parties.is_empty() {
        parties.push(party(None, seen.channel, Vec::new()));
    }
    parties
}

fn link_all(
    draft: &mut Draft,
    seen: &Conversation,
    parties: impl Iterator<Item = Party>,
) -> Result<(), Halt> {
    for party in parties {
        let participant = party.participant.clone();
        let link = decide(draft, party)?;
        if participant.is_none() {
            draft.plan.contact = Some(link.contact);
        }
        draft.put_link(seen.id, participant, link);
    }
    Ok(())
}

/// Renews the life of the person that a conversation or visit is linked to, if it is still there: of the
/// canonical contact, and of exactly the linked one, which may stand alone again once its merge is undone.
pub(super) fn renew(draft: &mut Draft, linked: ContactId, last: Moment) -> Result<(), Halt> {
    if draft.contact_if_any(linked)?.is_some() {
        let canonical = draft.canonical(linked)?.id;
        draft.saw(canonical, last)?;
        if canonical != linked {
            draft.saw(linked, last)?;
        }
    }
    Ok(())
}

/// The visitor.
pub(super) fn visitor(seen: &Visit, options: &Options) -> Party {
    Party {
        participant: None,
        channel: Channel::Web,
        provided: provided_by_visit(seen, options),
        start: seen.start,
        last: seen.last,
        origin: ClaimOrigin::Visit(seen.id),
    }
}

/// Resolves a web visit, or updates one that is known. `visitor` is that of `seen`.
pub(super) fn visit(
    seen: &Visit,
    visitor: &Party,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Resolve, context, facts);
    let body = Observation::Visit(Box::new(seen.clone()));
    match facts.visit_if_any(&seen.id)? {
        Some(record) => {
            draft.plan.contact = Some(record.link.contact);
            // An export that was made earlier is no news: nothing that the visitor did is undone.
            let reopened = record.visit.end.is_some() && seen.end.is_none();
            let stale = reopened || seen.last < record.visit.last;
            if stale || record.visit == *seen {
                draft.remark(Remark::AlreadyKnown);
                return draft.finish();
            }
            draft.plan.observations.push(body);
            renew(&mut draft, record.link.contact, seen.last)?;
        }
        None if has_gone(Some(seen.over()), &mut draft)? => return draft.finish(),
        None => {
            draft.plan.observations.push(body);
            let link = decide(&mut draft, visitor.clone())?;
            draft.plan.contact = Some(link.contact);
            draft.put_visit_link(seen.id, link);
        }
    }
    draft.finish()
}

/// Decides the contact of one outside party and claims what is free.
fn decide(draft: &mut Draft, party: Party) -> Result<Link, Halt> {
    let mut reason = Reason {
        rule: Rule::SwitchedOff,
        version: RULES_VERSION,
        provided: party.provided,
        decided: None,
        claim: None,
        rivals: Vec::new(),
        actor: None,
        at: draft.at(),
    };
    if draft.context.options.channels_off.contains(&party.channel) {
        let contact = make(draft, &reason, party.start, party.last);
        return Ok(Link { contact, reason });
    }
    let all: Vec<Identifier> = identifiers(&reason.provided).collect();
    claims::want(draft.facts, &all)?;
    let contact = match found(draft, &mut reason)? {
        Some(hit) => {
            let id = automerge(draft, party.channel, hit, &reason)?;
            draft.saw(id, party.last)?;
            id
        }
        None => {
            reason.rule = match (
                reason.provided.is_empty(),
                all_shared(draft, &reason.provided)?,
            ) {
                (true, _) => Rule::NothingProvided,
                (false, true) => Rule::SharedOnly,
                (false, false) => Rule::NoClaim,
            };
            make(draft, &reason, party.start, party.last)
        }
    };
    claim_free(draft, contact, &reason, &party.origin)?;
    Ok(Link { contact, reason })
}

/// The person that the first claimed identifier leads to, with the evidence put into the reason.
pub(super) fn found(draft: &Draft, reason: &mut Reason) -> Result<Option<ContactId>, Halt> {
    let hits = hits(draft, &reason.provided)?;
    let Some((index, claim, id)) = hits.first().cloned() else {
        return Ok(None);
    };
    reason.rule = Rule::FirstClaimed;
    reason.decided = Some(index);
    reason.claim = Some(claim);
    for (_, _, rival) in hits {
        if rival != id && !reason.rivals.contains(&rival) {
            reason.rivals.push(rival);
        }
    }
    Ok(Some(id))
}

/// A new auto-made contact for what was provided.
fn make(draft: &mut Draft, reason: &Reason, start: Moment, last: Moment) -> ContactId {
    let kind = kind_of(&reason.provided);
    let mut contact = draft.new_contact(kind, Origin::Resolution, Fields::default());
    contact.created = start.min(draft.at());
    contact.modified = contact.created;
    contact.seen = Some(last);
    let id = contact.id;
    draft.put(contact);
    id
}

/// Provided identifiers that are claimed and not shared, with the current canonical contact of the holder.
fn hits(draft: &Draft, provided: &[Provided]) -> Result<Vec<(usize, Claim, ContactId)>, Halt> {
    let claims = provided
        .iter()
        .filter_map(|one| draft.claim(&one.identifier).ok()?);
    draft.canonicals(&claims.map(|claim| claim.contact).collect::<Vec<_>>())?;
    let mut hits = Vec::new();
    for (index, one) in provided.iter().enumerate() {
        if draft.is_shared(&one.identifier)? {
            continue;
        }
        if let Some(claim) = draft.claim(&one.identifier)? {
            hits.push((index, claim.clone(), draft.canonical(claim.contact)?.id));
        }
    }
    Ok(hits)
}

/// True when everything that was provided is marked as shared; nothing is looked up for a channel that is
/// off.
fn all_shared(draft: &Draft, provided: &[Provided]) -> Result<bool, Halt> {
    for one in provided {
        if !draft.is_shared(&one.identifier)? {
            return Ok(false);
        }
    }
    Ok(!provided.is_empty())
}

/// Claims the identifiers that nobody holds. What was merely typed is claimed for auto-made contacts only,
/// and where a typed value decided, nothing else moves onto a Curated contact (`design/rules.md` §3).
fn claim_free(
    draft: &mut Draft,
    id: ContactId,
    reason: &Reason,
    origin: &ClaimOrigin,
) -> Result<(), Halt> {
    let contact = draft.contact(id)?.clone();
    let by_typed = reason
        .deciding()
        .is_some_and(|one| one.trust == Trust::Typed);
    if contact.is_curated() && by_typed {
        return Ok(());
    }
    let mut grown = contact.clone();
    for one in &reason.provided {
        if draft.is_shared(&one.identifier)? || draft.claim(&one.identifier)?.is_some() {
            continue;
        }
        if contact.is_curated() && one.trust == Trust::Typed {
            continue;
        }
        draft.put_claim(one.identifier.clone(), id, origin.clone(), one.trust);
        if contact.is_auto_made() {
            if grown.kind == ContactType::Ephemeral && one.identifier.kind.is_personal() {
                grown.kind = ContactType::Identified;
            }
            // Somebody may have released what a field carries still.
            if !grown.fields.identifiers().contains(&one.identifier) {
                fill(&mut grown.fields, &one.identifier);
            }
        }
    }
    if grown != contact {
        draft.put(grown);
    }
    prove(draft, id, reason, origin)
}

/// What a visitor had typed is proven once the same value comes verified, unless the contact is known by
/// anything else that this conversation does not provide: the two were tied by typing alone.
fn prove(
    draft: &mut Draft,
    id: ContactId,
    reason: &Reason,
    origin: &ClaimOrigin,
) -> Result<(), Halt> {
    for one in reason
        .provided
        .iter()
        .filter(|one| one.trust == Trust::Verified)
    {
        let typed = draft
            .claim(&one.identifier)?
            .is_some_and(|claim| claim.contact == id && claim.trust == Trust::Typed);
        if !typed {
            continue;
        }
        let held = draft.claims_of(id)?;
        let mut foreign = held.iter().filter(|(identifier, _)| {
            let same = |one: &Provided| one.identifier == *identifier;
            !reason.provided.iter().any(same)
        });
        if foreign.next().is_none() {
            draft.put_claim(one.identifier.clone(), id, origin.clone(), Trust::Verified);
        }
    }
    Ok(())
}

/// Merges the first two contacts that one visit or authenticated message identifies, where the settings say
/// so and never two Curated ones. The contact that the link goes to.
fn automerge(
    draft: &mut Draft,
    channel: Channel,
    hit: ContactId,
    reason: &Reason,
) -> Result<ContactId, Halt> {
    let options = &draft.context.options;
    let signed_in = reason
        .provided
        .iter()
        .any(|one| one.identifier.kind == IdentifierType::ExternalId);
    let on = match channel {
        Channel::Web => options.automerge_web_tracking == Automerge::On,
        Channel::WebMessaging => signed_in && options.automerge_authenticated == Automerge::On,
        Channel::Call | Channel::Callback | Channel::Sms | Channel::Email | Channel::Chat => false,
        Channel::Facebook
        | Channel::Twitter
        | Channel::Line
        | Channel::Instagram
        | Channel::Apple => false,
        Channel::Whatsapp | Channel::Open | Channel::Cobrowse | Channel::Video | Channel::Other => {
            false
        }
    };
    let Some(rival) = reason.rivals.first().copied().filter(|_| on) else {
        return Ok(hit);
    };
    let both_curated = draft.contact(hit)?.is_curated() && draft.contact(rival)?.is_curated();
    if both_curated || merge::marked_not_same(draft, &[hit, rival])? {
        return Ok(hit);
    }
    // Nobody is there to be told: a set that would grow too large is left as it is.
    if merge::size_with(draft, &[hit, rival])? > merge::SET_MAX {
        return Ok(hit);
    }
    merge::join(draft, &[hit, rival], &BTreeMap::new())
}

fn identifiers(provided: &[Provided]) -> impl Iterator<Item = Identifier> + '_ {
    provided.iter().map(|one| one.identifier.clone())
}

fn channel_of(party: &Participant, conversation: &Conversation) -> Channel {
    party
        .legs
        .first()
        .map_or(conversation.channel, |leg| leg.channel)
}

/// The end of the conversation, or the start of its last segment.
pub(super) fn last_activity(conversation: &Conversation) -> Moment {
    let latest = conversation
        .segments()
        .map(|(_, segment)| segment.start)
        .max();
    conversation
        .end
        .or(latest)
        .unwrap_or(conversation.start)
        .max(conversation.start)
}
