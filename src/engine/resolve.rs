//! Resolution: every conversation and visit gets an external contact the moment it starts
//! (`design/rules.md` §4).

use std::collections::BTreeMap;

use crate::domain::command::Action;
use crate::domain::contact::{ContactId, ContactType, ExternalId, Fields, Origin, Social};
use crate::domain::conversation::{Channel, Conversation, Leg, Participant, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::moment::Moment;
use crate::domain::phone::Phone;
use crate::domain::reason::{Claim, ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use crate::domain::visit::Visit;
use crate::domain::{Observation, Plan};

use super::draft::Draft;
use super::{Automerge, Context, Options, claims, merge};

/// Resolves a conversation, or updates one that is known: a link never changes by being seen again.
pub fn conversation(seen: &Conversation, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let outside: Vec<(&Participant, Vec<Provided>)> = seen
        .outside()
        .map(|party| (party, provided(party, &context.options)))
        .collect();
    let known = FactKey::Conversation(seen.id);
    if !facts.has(&known) {
        let all: Vec<Identifier> = outside
            .iter()
            .flat_map(|(_, list)| identifiers(list))
            .collect();
        let mut keys = vec![known];
        keys.extend(all.iter().cloned().map(FactKey::Claim));
        keys.extend(
            all.iter()
                .map(|identifier| FactKey::Shared(super::shared::key(identifier))),
        );
        facts.want(keys)?;
    }
    let mut draft = Draft::new(Action::Resolve, context, facts);
    draft.plan.conversation = Some(seen.id);
    let last = last_activity(seen);
    let origin = ClaimOrigin::Conversation(seen.id);
    match facts.conversation_if_any(&seen.id)? {
        Some(record) => {
            draft.plan.contact = Some(record.link.contact);
            // An export that was made earlier is no news: an ended conversation does not start again.
            let stale = record.conversation.end.is_some() && seen.end.is_none();
            if stale || record.conversation == *seen {
                return draft.finish();
            }
            draft
                .plan
                .observations
                .push(Observation::Conversation(Box::new(seen.clone())));
            if let Some(contact) = facts.contact_if_any(&record.link.contact)? {
                let canonical = facts.canonical(contact.id)?.id;
                draft.saw(canonical, last)?;
            }
            let known = |id: &str| record.others.iter().any(|(other, _)| other == id);
            let joined: Vec<_> = outside
                .into_iter()
                .skip(1)
                .filter(|(party, _)| !known(&party.id))
                .collect();
            for (party, list) in joined {
                let link = decide(
                    &mut draft,
                    channel_of(party, seen),
                    list,
                    seen.start,
                    last,
                    &origin,
                )?;
                draft.put_link(seen.id, Some(party.id.clone()), link);
            }
        }
        None => {
            draft
                .plan
                .observations
                .push(Observation::Conversation(Box::new(seen.clone())));
            let mut outside = outside.into_iter();
            let (channel, list) = match outside.next() {
                Some((party, list)) => (channel_of(party, seen), list),
                None => (seen.channel, Vec::new()),
            };
            let link = decide(&mut draft, channel, list, seen.start, last, &origin)?;
            draft.plan.contact = Some(link.contact);
            draft.put_link(seen.id, None, link);
            for (party, list) in outside {
                let link = decide(
                    &mut draft,
                    channel_of(party, seen),
                    list,
                    seen.start,
                    last,
                    &origin,
                )?;
                draft.put_link(seen.id, Some(party.id.clone()), link);
            }
        }
    }
    draft.finish()
}

/// Resolves a web visit, or updates one that is known.
pub fn visit(seen: &Visit, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let list = provided_by_visit(seen, &context.options);
    let mut draft = Draft::new(Action::Resolve, context, facts);
    match facts.visit_if_any(&seen.id)? {
        Some(record) => {
            draft.plan.contact = Some(record.link.contact);
            let stale = record.visit.end.is_some() && seen.end.is_none();
            if stale || record.visit == *seen {
                return draft.finish();
            }
            draft
                .plan
                .observations
                .push(Observation::Visit(Box::new(seen.clone())));
            if facts.contact_if_any(&record.link.contact)?.is_some() {
                let canonical = facts.canonical(record.link.contact)?.id;
                draft.saw(canonical, seen.last)?;
            }
        }
        None => {
            draft
                .plan
                .observations
                .push(Observation::Visit(Box::new(seen.clone())));
            let origin = ClaimOrigin::Visit(seen.id);
            let link = decide(
                &mut draft,
                Channel::Web,
                list,
                seen.start,
                seen.last,
                &origin,
            )?;
            draft.plan.contact = Some(link.contact);
            draft.put_visit_link(seen.id, link);
        }
    }
    draft.finish()
}

/// The identifiers that an outside participant provides, in the order of its channel.
pub fn provided(party: &Participant, options: &Options) -> Vec<Provided> {
    let mut list = Vec::new();
    for leg in &party.legs {
        provided_by_leg(leg, options, &mut list);
    }
    list
}

/// The identifiers that a visit provides: Cookie, ExternalId, then Email and Phone as traits.
pub fn provided_by_visit(visit: &Visit, options: &Options) -> Vec<Provided> {
    use IdentifierType as T;
    let mut list = Vec::new();
    let mut add = |kind, typed: &str, trust| push(&mut list, options, kind, typed, trust);
    if visit.customer_kind.eq_ignore_ascii_case("cookie") {
        add(T::Cookie, &visit.customer, Trust::Verified);
    }
    if let Some(id) = visit.external_id.as_deref().filter(|_| visit.authenticated) {
        add(T::ExternalId, id, Trust::Verified);
    }
    let traits_of = |words: &'static [&'static str]| {
        let wanted = move |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
        visit
            .traits
            .iter()
            .filter(move |(name, _)| wanted(name))
            .map(|(_, value)| value)
    };
    for value in traits_of(&["email"]) {
        add(T::Email, value, Trust::Typed);
    }
    for value in traits_of(&["phone", "cellPhone", "mobilePhone", "phoneNumber"]) {
        add(T::Phone, value, Trust::Typed);
    }
    list
}

fn provided_by_leg(leg: &Leg, options: &Options, list: &mut Vec<Provided>) {
    use IdentifierType as T;
    let mut add = |kind, typed: &str, trust| push(list, options, kind, typed, trust);
    let addresses = leg.addresses.iter().map(String::as_str);
    match leg.channel {
        Channel::Call | Channel::Callback | Channel::Sms => {
            addresses.for_each(|address| add(T::Phone, address, Trust::Verified));
        }
        Channel::Email => addresses.for_each(|address| add(T::Email, address, Trust::Verified)),
        Channel::Chat => {
            leg.addresses
                .iter()
                .for_each(|address| add(T::Email, address, Trust::Typed));
            leg.addresses
                .iter()
                .for_each(|address| add(T::Phone, address, Trust::Typed));
        }
        Channel::WebMessaging => {
            // A signed-in visitor's address is the id in the system that signed them in.
            let customer = leg.customer.as_ref();
            let cookie = customer.filter(|(_, kind)| kind.eq_ignore_ascii_case("cookie"));
            let cookie = cookie.map(|(id, _)| id.as_str());
            let subject = customer
                .filter(|_| cookie.is_none())
                .map(|(id, _)| id.as_str());
            let sender = leg
                .addresses
                .iter()
                .map(String::as_str)
                .find(|address| Some(*address) != cookie);
            if let Some(id) = subject.or(sender).filter(|_| leg.authenticated) {
                add(T::ExternalId, id, Trust::Verified);
            }
            if let Some(id) = cookie {
                add(T::Cookie, id, Trust::Verified);
            }
            leg.addresses
                .iter()
                .for_each(|address| add(T::Email, address, Trust::Typed));
            leg.addresses
                .iter()
                .for_each(|address| add(T::Phone, address, Trust::Typed));
        }
        Channel::Facebook => {
            addresses.for_each(|address| add(T::SocialFacebook, address, Trust::Verified))
        }
        Channel::Twitter => {
            addresses.for_each(|address| add(T::SocialTwitter, address, Trust::Verified))
        }
        Channel::Line => addresses.for_each(|address| add(T::SocialLine, address, Trust::Verified)),
        Channel::Instagram => {
            addresses.for_each(|address| add(T::SocialInstagram, address, Trust::Verified))
        }
        Channel::Apple => {
            addresses.for_each(|address| add(T::AppleOpaqueId, address, Trust::Verified))
        }
        Channel::Whatsapp => {
            for address in addresses {
                add(T::SocialWhatsapp, address, Trust::Verified);
                let number = format!("+{}", address.trim_start_matches('+'));
                add(T::Phone, &number, Trust::Verified);
            }
        }
        Channel::Open => {
            let mut addresses = addresses;
            if let Some(id) = addresses.next() {
                add(T::ExternalId, id, Trust::Verified);
            }
            let rest: Vec<&str> = addresses.collect();
            rest.iter()
                .for_each(|address| add(T::Phone, address, Trust::Verified));
            rest.iter()
                .for_each(|address| add(T::Email, address, Trust::Verified));
        }
        Channel::Cobrowse | Channel::Video | Channel::Web | Channel::Other => {}
    }
}

/// Adds an identifier that reads, once.
fn push(
    list: &mut Vec<Provided>,
    options: &Options,
    kind: IdentifierType,
    typed: &str,
    trust: Trust,
) {
    let read = Identifier::read(
        kind,
        typed,
        Some(&options.source),
        options.region.as_deref(),
    );
    if let Ok(identifier) = read
        && !list
            .iter()
            .any(|provided| provided.identifier == identifier)
    {
        list.push(Provided {
            identifier,
            typed: typed.to_owned(),
            trust,
        });
    }
}

/// Decides the contact of one outside party and claims what is free.
fn decide(
    draft: &mut Draft,
    channel: Channel,
    provided: Vec<Provided>,
    start: Moment,
    last: Moment,
    origin: &ClaimOrigin,
) -> Result<Link, Halt> {
    let off = draft.context.options.channels_off.contains(&channel);
    let all: Vec<Identifier> = identifiers(&provided).collect();
    if !off {
        claims::want(draft.facts, &all)?;
    }
    let hits = if off {
        Vec::new()
    } else {
        hits(draft, &provided)?
    };
    let mut reason = Reason {
        rule: Rule::NothingProvided,
        version: RULES_VERSION,
        decided: None,
        claim: None,
        rivals: Vec::new(),
        actor: None,
        at: draft.at(),
        provided,
    };
    let contact = match hits.first() {
        Some((index, claim, id)) => {
            let (index, id) = (*index, *id);
            reason.rule = Rule::FirstClaimed;
            reason.decided = Some(index);
            reason.claim = Some(claim.clone());
            let mut rivals: Vec<ContactId> = Vec::new();
            for (_, _, rival) in &hits {
                if *rival != id && !rivals.contains(rival) {
                    rivals.push(*rival);
                }
            }
            reason.rivals = rivals;
            let id = automerge(draft, channel, id, &reason)?;
            draft.saw(id, last)?;
            id
        }
        None => {
            let shared = !off && all_shared(draft, &reason.provided)?;
            reason.rule = match (off, reason.provided.is_empty(), shared) {
                (true, _, _) => Rule::SwitchedOff,
                (false, true, _) => Rule::NothingProvided,
                (false, false, true) => Rule::SharedOnly,
                (false, false, false) => Rule::NoClaim,
            };
            let kind = kind_of(&reason.provided);
            let mut contact = draft.new_contact(kind, Origin::Resolution, Fields::default());
            contact.created = start.min(draft.at());
            contact.modified = contact.created;
            contact.seen = Some(last);
            let id = contact.id;
            draft.put(contact);
            id
        }
    };
    if !off {
        claim_free(draft, contact, &reason, origin)?;
    }
    Ok(Link { contact, reason })
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

/// True when everything that was provided is marked as shared; nothing is looked up for a channel that is off.
fn all_shared(draft: &Draft, provided: &[Provided]) -> Result<bool, Halt> {
    for one in provided {
        if !draft.is_shared(&one.identifier)? {
            return Ok(false);
        }
    }
    Ok(!provided.is_empty())
}

/// Claims the identifiers that nobody holds. What was merely typed is claimed for auto-made contacts only, and
/// where a typed value decided, nothing else moves onto a Curated contact (`design/rules.md` §3).
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
            fill(&mut grown.fields, &one.identifier);
        }
    }
    if grown != contact {
        draft.put(grown);
    }
    Ok(())
}

/// Puts an identifier's value into a free field of its kind; a cookie has none.
pub(super) fn fill(fields: &mut Fields, identifier: &Identifier) {
    use IdentifierType as T;
    let account = || {
        Some(Social {
            id: identifier.value.clone(),
            ..Social::default()
        })
    };
    match identifier.kind {
        T::Phone => {
            let slots = [
                &mut fields.cell_phone,
                &mut fields.other_phone,
                &mut fields.home_phone,
                &mut fields.work_phone,
            ];
            if let Some(slot) = slots.into_iter().find(|slot| slot.is_none()) {
                *slot = Some(Phone::read(&identifier.value, None));
            }
        }
        T::Email => {
            let slots = [
                &mut fields.personal_email,
                &mut fields.other_email,
                &mut fields.work_email,
            ];
            if let Some(slot) = slots.into_iter().find(|slot| slot.is_none()) {
                *slot = Some(identifier.value.clone());
            }
        }
        T::SocialLine if fields.line.is_none() => fields.line = account(),
        T::SocialFacebook if fields.facebook.is_none() => fields.facebook = account(),
        T::SocialTwitter if fields.twitter.is_none() => fields.twitter = account(),
        T::SocialWhatsapp if fields.whatsapp.is_none() => fields.whatsapp = account(),
        T::SocialInstagram if fields.instagram.is_none() => fields.instagram = account(),
        T::AppleOpaqueId if fields.apple_opaque_ids.len() < crate::domain::contact::LIST_MAX => {
            fields.apple_opaque_ids.push(identifier.value.clone());
        }
        T::ExternalId if fields.external_ids.len() < crate::domain::contact::LIST_MAX => {
            let source = identifier.source.clone().unwrap_or_default();
            fields.external_ids.push(ExternalId {
                source,
                value: identifier.value.clone(),
            });
        }
        T::SocialLine | T::SocialFacebook | T::SocialTwitter | T::SocialWhatsapp => {}
        T::SocialInstagram | T::AppleOpaqueId | T::ExternalId | T::Cookie => {}
        T::SocialWhatsappBsuid | T::SocialInstagramHandle => {}
    }
}

/// Merges the first two contacts that one visit or authenticated message identifies, where the settings say so
/// and never two Curated ones. The contact that the link goes to.
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

/// Identified when something personal was provided, else Ephemeral.
pub(super) fn kind_of(provided: &[Provided]) -> ContactType {
    match provided.iter().any(|one| one.identifier.kind.is_personal()) {
        true => ContactType::Identified,
        false => ContactType::Ephemeral,
    }
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
