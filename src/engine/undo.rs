//! Undo: a plan that inverts an entry's changes exactly, or a refusal that says what stands in the way
//! (`design/rules.md` §7).

use crate::domain::change::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{EntryFact, FactKey, Facts, Halt};
use crate::domain::permission::Permission;
use crate::domain::{Plan, Refusal};

use super::Context;

/// Inverts the changes of an entry, newest first. Everything they touched must stand as they left it.
pub fn undo(id: EntryId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let entry = facts
        .entry_if_any(&id)?
        .as_ref()
        .ok_or(Refusal::NoEntry(id))?;
    let changes = permitted(entry, context)?;
    facts.want(changes.iter().flat_map(keys))?;
    for change in changes {
        stands(id, change, facts)?;
    }
    for change in changes {
        if let Change::Contact {
            id: contact,
            before: None,
            after: Some(_),
        } = change
        {
            unused(id, *contact, changes, facts)?;
        }
    }
    let mut plan = Plan::new(Action::Undo);
    plan.undoes = Some(id);
    for change in changes.iter().rev() {
        plan.changes.push(invert(change, facts)?);
    }
    plan.contact = changes.iter().flat_map(Change::contacts).next();
    plan.conversation = changes.iter().find_map(|change| match change {
        Change::Link { conversation, .. } | Change::Wrapup { conversation, .. } => {
            Some(*conversation)
        }
        Change::Contact { .. }
        | Change::Claim { .. }
        | Change::VisitLink { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. } | Change::Shared { .. } | Change::Organization { .. } => None,
    });
    Ok(plan)
}

/// The changes of an entry that this actor may undo.
fn permitted<'f>(entry: &'f EntryFact, context: &Context) -> Result<&'f [Change], Refusal> {
    let role = &context.actor.role;
    if !entry.action.can_be_undone() {
        return Err(Refusal::NotUndoable(entry.id));
    }
    if entry.undone_by.is_some() {
        return Err(Refusal::AlreadyUndone(entry.id));
    }
    if entry.actor != context.actor.name && !role.may(Permission::DecisionUndo) {
        let (by, needs) = (entry.actor.clone(), Permission::DecisionUndo);
        return Err(Refusal::NotYours {
            entry: entry.id,
            by,
            needs,
        });
    }
    let needs = entry.action.needs();
    // The right to undo anybody's decision stands for the right of the decision itself.
    if !role.may(needs) && !role.may(Permission::DecisionUndo) {
        return Err(Refusal::Denied(needs));
    }
    entry
        .changes
        .as_deref()
        .ok_or(Refusal::NoLongerKept(entry.id))
}

/// The facts that checking a change needs.
fn keys(change: &Change) -> Vec<FactKey> {
    match change {
        Change::Contact {
            id, before: None, ..
        } => vec![
            FactKey::Contact(*id),
            FactKey::Linked(*id),
            FactKey::NotesOf(*id),
            FactKey::ClaimsOf(*id),
        ],
        Change::Contact { id, .. } => vec![FactKey::Contact(*id)],
        Change::Claim { identifier, .. } => vec![FactKey::Claim(identifier.clone())],
        Change::Link { conversation, .. } | Change::Wrapup { conversation, .. } => {
            vec![FactKey::Conversation(*conversation)]
        }
        Change::VisitLink { visit, .. } => vec![FactKey::Visit(*visit)],
        Change::Note { id, .. } => vec![FactKey::Note(*id)],
        Change::NotSame { pair, .. } => vec![FactKey::NotSame(pair.0, pair.1)],
        Change::Shared { identifier, .. } => vec![FactKey::Shared(identifier.clone())],
        Change::Organization { id, .. } => vec![FactKey::Organization(*id)],
    }
}

/// Refuses when what the change left is no longer there as it was.
fn stands(entry: EntryId, change: &Change, facts: &Facts) -> Result<(), Halt> {
    let (same, what) = match change {
        Change::Contact { id, after, .. } => {
            let same = match (facts.contact_if_any(id)?, after) {
                (Some(now), Some(after)) => now.same_but_seen(after),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            (same, format!("contact {id}"))
        }
        Change::Claim {
            identifier, after, ..
        } => (
            facts.claim(identifier)? == after,
            format!("the claim on its {}", identifier.kind.word()),
        ),
        Change::Link {
            conversation,
            participant,
            after,
            ..
        } => {
            let record = facts.conversation_if_any(conversation)?.as_ref();
            let now = record.and_then(|record| match participant {
                None => Some(&record.link),
                Some(id) => record
                    .others
                    .iter()
                    .find(|(other, _)| other == id)
                    .map(|(_, link)| link),
            });
            (
                now == after.as_deref(),
                format!("the link of conversation {conversation}"),
            )
        }
        Change::VisitLink { visit, after, .. } => {
            let now = facts
                .visit_if_any(visit)?
                .as_ref()
                .map(|record| &record.link);
            (
                now == after.as_deref(),
                format!("the link of visit {visit}"),
            )
        }
        Change::Wrapup {
            conversation,
            after,
            ..
        } => {
            let now = facts
                .conversation_if_any(conversation)?
                .as_ref()
                .map(|record| &record.wrapup);
            (
                now == Some(after),
                format!("the wrap-up of conversation {conversation}"),
            )
        }
        Change::Note { id, after, .. } => (
            facts.note_if_any(id)?.as_ref() == after.as_deref(),
            "the note".to_owned(),
        ),
        Change::NotSame { pair, after, .. } => (
            facts.not_same_pair(pair)? == after,
            "the mark that they are different people".to_owned(),
        ),
        Change::Shared {
            identifier, after, ..
        } => (
            facts.shared(identifier)? == after,
            "the shared mark".to_owned(),
        ),
        Change::Organization { id, after, .. } => (
            facts.organization_if_any(id)?.as_ref() == after.as_deref(),
            "the organization".to_owned(),
        ),
    };
    if same {
        Ok(())
    } else {
        Err(Refusal::ChangedSince { entry, what }.into())
    }
}

/// A contact that the entry made can go only when nothing else has come to it since.
fn unused(entry: EntryId, id: ContactId, changes: &[Change], facts: &Facts) -> Result<(), Halt> {
    let linked = facts.linked(&id)?;
    let by_entry = |conversation| {
        changes.iter().any(|change| matches!(change, Change::Link { conversation: own, .. } if *own == conversation))
    };
    let claimed = |identifier| {
        changes.iter().any(
            |change| matches!(change, Change::Claim { identifier: own, .. } if own == identifier),
        )
    };
    let later_link = linked
        .conversations
        .iter()
        .any(|conversation| !by_entry(*conversation));
    let later_claim = facts
        .claims_of(&id)?
        .iter()
        .any(|(identifier, _)| !claimed(identifier));
    let noted = !facts.notes_of(&id)?.is_empty();
    if later_link || !linked.visits.is_empty() || later_claim || noted {
        let what = format!("what came to contact {id}");
        return Err(Refusal::ChangedSince { entry, what }.into());
    }
    Ok(())
}

/// The inverse, checked against what stands there now: the time of the last interaction never goes back.
fn invert(change: &Change, facts: &Facts) -> Result<Change, Halt> {
    let inverse = change.clone().inverse();
    let Change::Contact {
        id,
        before: Some(_),
        after,
    } = inverse
    else {
        return Ok(inverse);
    };
    let now = facts.contact_if_any(&id)?.clone().map(Box::new);
    let seen = now.as_ref().and_then(|contact| contact.seen);
    let later = |contact: Box<Contact>| {
        let kept = contact.seen.max(seen);
        Box::new(Contact {
            seen: kept,
            ..*contact
        })
    };
    Ok(Change::Contact {
        id,
        before: now,
        after: after.map(later),
    })
}
