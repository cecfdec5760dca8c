//! Delete and expiry: a contact goes, its values are offered again (`design/rules.md` §2, §3, §5).

use crate::domain::change::{Change, Observation, Payload};
use crate::domain::command::Action;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::moment::Moment;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, claims, resolve};

/// Deletes the person: the canonical contact, its ancestors, their notes. Conversations keep the id.
pub fn delete(id: ContactId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Delete, context, facts);
    let head = draft.act_on(id)?;
    draft.plan.contact = Some(head.id);
    let set = facts.merge_set(&head)?;
    remove(&mut draft, &set)?;
    draft.finish()
}

/// Removes an auto-made contact whose life is over, with its journey. Only the public part is journalled.
pub fn expire(id: ContactId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Expire, context, facts);
    let contact = draft.contact(id)?;
    let life = context.options.life_days;
    let mut due = contact.last_alive().plus_days(life);
    if contact.expires() && due <= context.at {
        due = last_interaction(contact, facts)?.plus_days(life);
    }
    if !contact.expires() || due > context.at {
        return Err(Refusal::NotDue(due.to_string()).into());
    }
    if is_open(id, facts)? {
        return Err(Refusal::StillOpen.into());
    }
    draft.plan.contact = Some(id);
    draft.plan.payload = Payload::Drop;
    remove(&mut draft, &[id])?;
    draft
        .plan
        .observations
        .push(Observation::DropJourney { contact: id });
    draft.finish()
}

/// When the contact was last heard of: by what resolution brought it, and by everything that is linked to it
/// now, whoever linked it. What a person linked by mistake and took back does not count.
pub(super) fn last_interaction(contact: &Contact, facts: &Facts) -> Result<Moment, Halt> {
    let linked = facts.all_linked(&contact.id)?;
    let conversations = linked.conversations.iter();
    let conversations = conversations.map(|id| FactKey::Conversation(*id));
    let visits = linked.visits.iter().map(|id| FactKey::Visit(*id));
    facts.want(conversations.chain(visits))?;
    let mut last = contact.last_alive();
    for id in &linked.conversations {
        if let Some(record) = facts.conversation_if_any(id)? {
            last = last.max(resolve::last_activity(&record.conversation));
        }
    }
    for id in &linked.visits {
        if let Some(record) = facts.visit_if_any(id)? {
            last = last.max(record.visit.last);
        }
    }
    Ok(last)
}

/// Whether a conversation of the contact has not ended: its last interaction is going on.
pub(super) fn is_open(id: ContactId, facts: &Facts) -> Result<bool, Halt> {
    // Open ones are listed first.
    let Some(first) = facts.linked(&id)?.conversations.first() else {
        return Ok(false);
    };
    let record = facts.conversation_if_any(first)?.as_ref();
    Ok(record.is_some_and(|record| record.conversation.end.is_none()))
}

/// Removes contacts and their notes, and offers what they held to others.
pub(super) fn remove(draft: &mut Draft, set: &[ContactId]) -> Result<(), Halt> {
    let facts = draft.facts;
    facts.want(
        set.iter()
            .flat_map(|id| [FactKey::ClaimsOf(*id), FactKey::NotesOf(*id)]),
    )?;
    let mut notes = Vec::new();
    for id in set {
        notes.extend(facts.notes_of(id)?.iter().copied());
    }
    facts.want(notes.iter().map(|note| FactKey::Note(*note)))?;
    for id in notes {
        let before = facts.note_if_any(&id)?.clone().map(Box::new);
        draft.plan.changes.push(Change::Note {
            id,
            before,
            after: None,
        });
    }
    let mut held = Vec::new();
    for id in set {
        held.extend(
            draft
                .claims_of(*id)?
                .into_iter()
                .map(|(identifier, _)| (identifier, *id)),
        );
    }
    for id in set {
        if draft.contact_if_any(*id)?.is_some() {
            draft.remove(*id);
        }
    }
    for (identifier, id) in held {
        claims::offer(draft, &identifier, Some(id))?;
    }
    Ok(())
}
