//! Link to existing contact, and Unlink (`design/rules.md` §5). Linking changes who this is, never where the
//! reply goes.

use crate::domain::command::{Action, Claiming, Sharing};
use crate::domain::contact::{ContactId, Fields, Origin};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::reason::{ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, resolve, shared};

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

/// Puts the link inside an action, moves the identifier if asked, and clears away what was left with nothing.
pub(super) fn attach(
    draft: &mut Draft,
    conversation: ConversationId,
    contact: ContactId,
    claiming: Claiming,
) -> Result<(), Halt> {
    let record = draft.facts.conversation(conversation)?;
    let old = record.link.contact;
    let provided = record.link.reason.provided.clone();
    let last = record.conversation.end.unwrap_or(record.conversation.start);
    let link = Link {
        contact,
        reason: by_person(draft, Rule::ByPerson, provided.clone()),
    };
    draft.put_link(conversation, None, link);
    draft.plan.conversation = Some(conversation);
    draft.plan.contact = Some(contact);
    let canonical = draft.canonical(contact)?.id;
    draft.saw(canonical, last)?;
    if claiming == Claiming::Move {
        take(draft, &provided, old, canonical)?;
    }
    draft.remove_if_bare(old)
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
    claims::want(draft.facts, &moving)?;
    for identifier in moving {
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
        let mut target = draft.contact(new)?.clone();
        if !target.fields.identifiers().contains(&identifier) {
            resolve::fill(&mut target.fields, &identifier);
            target.modified = draft.at();
            draft.put(target);
        }
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

/// An auto-made contact gives up the field together with the claim; a kept one keeps its field.
fn drop_field(draft: &mut Draft, from: ContactId, identifier: &Identifier) -> Result<(), Halt> {
    let Some(contact) = draft.contact_if_any(from)? else {
        return Ok(());
    };
    if contact.is_curated() || contact.is_ancestor() {
        return Ok(());
    }
    let mut contact = contact.clone();
    let carried = contact.fields.identifiers();
    for spec in crate::domain::field::FIELDS {
        let mut without = contact.fields.clone();
        without.set(spec.field, None);
        let lost: Vec<_> = carried
            .iter()
            .filter(|one| !without.identifiers().contains(one))
            .collect();
        if lost == [identifier] {
            contact.fields = without;
            break;
        }
    }
    contact.fields.external_ids.retain(|id| {
        identifier.value != id.value || identifier.source.as_deref() != Some(id.source.as_str())
    });
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
    if draft.contact_if_any(old)?.is_some_and(resolve::is_fresh) {
        return Err(Refusal::AlreadyFresh.into());
    }
    let mut fresh = draft.new_contact(
        resolve::kind_of(&provided),
        Origin::Unlink,
        Fields::default(),
    );
    fresh.seen = Some(record.conversation.end.unwrap_or(record.conversation.start));
    let id = fresh.id;
    draft.put(fresh);
    draft.plan.conversation = Some(conversation);
    draft.plan.contact = Some(id);
    let link = Link {
        contact: id,
        reason: by_person(&draft, Rule::Unlinked, provided.clone()),
    };
    draft.put_link(conversation, None, link);
    if sharing == Sharing::Mark {
        let first = provided.first().ok_or(Refusal::NothingToShare)?;
        shared::mark(&mut draft, &first.identifier)?;
    }
    draft.remove_if_bare(old)?;
    draft.finish()
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
