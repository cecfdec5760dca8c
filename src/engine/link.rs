//! Link to existing contact, and Unlink (`design/rules.md` §5). Linking changes who this is, never where the
//! reply goes.

use crate::domain::change::Change;
use crate::domain::command::{Action, Claiming, Remark, Sharing};
use crate::domain::contact::{Contact, ContactId, ContactType, Fields, Origin};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::FIELDS;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::{ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, provide, resolve, shared};

/// Associates the conversation with exactly that contact.
pub fn link(
    conversation: ConversationId,
    contact: ContactId,
    claiming: Claiming,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    facts.want([
        FactKey::Conversation(conversation),
        FactKey::Contact(contact),
    ])?;
    let mut draft = Draft::new(Action::Link, context, facts);
    let record = facts.conversation(conversation)?;
    let old = record.link.contact;
    let target = draft.contact(contact)?;
    if old == target.id {
        return Err(Refusal::AlreadyLinked.into());
    }
    if draft.contact_if_any(old)?.is_some()
        && draft.canonical(old)?.id == draft.canonical(contact)?.id
    {
        return Err(Refusal::OnePerson.into());
    }
    attach(&mut draft, conversation, contact, claiming)?;
    draft.finish()
}

/// Puts the link inside an action and moves the identifier if asked.
pub(super) fn attach(
    draft: &mut Draft,
    conversation: ConversationId,
    contact: ContactId,
    claiming: Claiming,
) -> Result<(), Halt> {
    let record = draft.facts.conversation(conversation)?;
    let old = record.link.contact;
    let provided = record.link.reason.provided.clone();
    let link = Link {
        contact,
        reason: by_person(draft, Rule::ByPerson, provided.clone()),
    };
    draft.put_link(conversation, None, link);
    witness_gone(draft, old)?;
    draft.plan.conversation = Some(conversation);
    draft.plan.contact = Some(contact);
    let canonical = draft.canonical(contact)?.id;
    if claiming == Claiming::Move {
        take(draft, &provided, old, canonical)?;
    }
    Ok(())
}

/// *From now on +353... is Efa's*: moves the claim of the conversation's number or address, and the field
/// where a slot is free.
fn take(
    draft: &mut Draft,
    provided: &[Provided],
    old: ContactId,
    new: ContactId,
) -> Result<(), Halt> {
    let moving = asked_about(provided);
    let twins = shared_with(&moving);
    claims::want(draft.facts, &moving)?;
    claims::want(draft.facts, &twins)?;
    let holder = match moving.first() {
        Some(first) => draft.claim(first)?.map(|claim| claim.contact),
        None => None,
    };
    // A number is one thing: what its holder has of it goes along, whichever way the conversation came.
    let mut along = Vec::new();
    for twin in twins {
        let claim = draft.claim(&twin)?.map(|claim| claim.contact);
        if claim.is_some() && claim == holder {
            along.push(twin);
        }
    }
    for identifier in moving.into_iter().chain(along) {
        if draft.is_shared(&identifier)? {
            return Err(Refusal::SharedIdentifier(identifier).into());
        }
        let from = draft.claim(&identifier)?.map_or(old, |claim| claim.contact);
        if from == new {
            continue;
        }
        draft.put_claim(
            identifier.clone(),
            new,
            ClaimOrigin::Taken(from),
            Trust::Verified,
        );
        give_field(draft, new, &identifier)?;
        drop_field(draft, from, &identifier)?;
    }
    Ok(())
}

/// The identifiers that the question is about: the first provided one and, for a number, its twin.
pub fn asked_about(provided: &[Provided]) -> Vec<Identifier> {
    let Some(first) = provided.first() else {
        return Vec::new();
    };
    let covered = shared::covered(&shared::key(&first.identifier));
    provided
        .iter()
        .map(|one| one.identifier.clone())
        .filter(|one| covered.contains(one))
        .collect()
}

/// The other forms of a number that are not among these.
fn shared_with(identifiers: &[Identifier]) -> Vec<Identifier> {
    let first = identifiers.first().into_iter();
    let covered = first.flat_map(|one| shared::covered(&shared::key(one)));
    covered.filter(|one| !identifiers.contains(one)).collect()
}

/// The field goes where a slot is free; an Ephemeral contact that gains something personal becomes
/// Identified.
fn give_field(draft: &mut Draft, to: ContactId, identifier: &Identifier) -> Result<(), Halt> {
    let before = draft.contact(to)?;
    let mut contact = before.clone();
    if contact.kind == ContactType::Ephemeral && identifier.kind.is_personal() {
        contact.kind = ContactType::Identified;
    }
    if !contact.fields.identifiers().contains(identifier) {
        provide::fill(&mut contact.fields, identifier);
    }
    if contact != *before {
        contact.modified = draft.at();
        // An auto-made contact that nobody edited stays so: it goes when it is left with nothing.
        if contact.is_curated() || contact.modified_by.is_some() {
            contact.modified_by = Some(draft.context.actor.name.clone());
        }
        draft.put(contact);
    }
    Ok(())
}

/// An auto-made contact gives up the field together with the claim; a kept one keeps its field.
fn drop_field(draft: &mut Draft, from: ContactId, identifier: &Identifier) -> Result<(), Halt> {
    let Some(contact) = draft.contact_if_any(from)? else {
        return Ok(());
    };
    if contact.is_curated() || contact.is_ancestor() {
        return Ok(());
    }
    let mut contact = contact.clone();
    for field in FIELDS.map(|spec| spec.field) {
        let mut alone = Fields::default();
        alone.set(field, contact.fields.get(field));
        if alone.identifiers() == [identifier.clone()] {
            contact.fields.set(field, None);
        }
    }
    let held = |kind, value: &str, source: Option<&str>| {
        let read = Identifier::read(kind, value, source, None);
        read.is_ok_and(|read| read == *identifier)
    };
    contact
        .fields
        .external_ids
        .retain(|id| !held(IdentifierType::ExternalId, &id.value, Some(&id.source)));
    contact
        .fields
        .apple_opaque_ids
        .retain(|id| !held(IdentifierType::AppleOpaqueId, id, None));
    draft.put(contact);
    Ok(())
}

/// The conversation leaves its contact and gets a fresh one that claims nothing.
pub fn unlink(
    conversation: ConversationId,
    sharing: Sharing,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Unlink, context, facts);
    let record = facts.conversation(conversation)?;
    let old = record.link.contact;
    let provided = record.link.reason.provided.clone();
    // Nobody kept or merged the fresh contact that this conversation itself was given.
    let fresh = |contact: &Contact| contact.is_auto_made() && !contact.is_ancestor();
    if record.link.reason.rule == Rule::Unlinked && draft.contact_if_any(old)?.is_some_and(fresh) {
        return Err(Refusal::AlreadyFresh.into());
    }
    let mut fresh = draft.new_contact(
        provide::kind_of(&provided),
        Origin::Unlink,
        Fields::default(),
    );
    fresh.seen = Some(resolve::last_activity(&record.conversation));
    let id = fresh.id;
    draft.put(fresh);
    draft.plan.conversation = Some(conversation);
    draft.plan.contact = Some(id);
    let link = Link {
        contact: id,
        reason: by_person(&draft, Rule::Unlinked, provided.clone()),
    };
    draft.put_link(conversation, None, link);
    witness_gone(&mut draft, old)?;
    if sharing == Sharing::Mark {
        mark_first(&mut draft, &provided)?;
    }
    draft.finish()
}

/// Marks what the conversation came with first, and says whom it suggests from now on.
fn mark_first(draft: &mut Draft, provided: &[Provided]) -> Result<(), Halt> {
    let first = provided.first().ok_or(Refusal::NothingToShare)?;
    let identifier = first.identifier.clone();
    // Somebody else may have marked it meanwhile: the wish holds already.
    if !draft.is_shared(&identifier)? {
        shared::mark(draft, &identifier)?;
    }
    let carriers = draft.carriers(&identifier)?.into_iter();
    let kept = carriers.filter(|contact| contact.is_curated());
    let suggests = kept.map(|contact| contact.id).collect();
    draft.remark(Remark::MarkedShared {
        identifier,
        suggests,
    });
    Ok(())
}

/// A conversation keeps the id of a contact that was deleted. Where it leaves such a contact the plan says
/// that nothing stood there, so that an undo may link it back to nobody.
fn witness_gone(draft: &mut Draft, old: ContactId) -> Result<(), Halt> {
    if draft.contact_if_any(old)?.is_none() {
        draft.plan.changes.push(Change::Contact {
            id: old,
            before: None,
            after: None,
        });
    }
    Ok(())
}

fn by_person(draft: &Draft, rule: Rule, provided: Vec<Provided>) -> Reason {
    Reason {
        rule,
        version: RULES_VERSION,
        provided,
        decided: None,
        claim: None,
        rivals: Vec::new(),
        actor: Some(draft.context.actor.name.clone()),
        at: draft.at(),
    }
}
