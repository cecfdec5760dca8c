//! Undo: a plan that inverts an entry's changes exactly, or a refusal that says what stands in the way
//! (`design/rules.md` §7).

mod after;
mod edited;
mod stands;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::change::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{EntryFact, FactKey, Facts, Halt};
use crate::domain::permission::Permission;
use crate::domain::{Plan, Refusal};

use super::{Context, unmerge};

/// An undo goes back along at most this many undos of undos to the action that it is about.
const CHAIN_MAX: usize = 64;

/// Inverts the changes of an entry, newest first. Everything they touched must stand as they left it, and
/// what comes back must fit what is there now. Of an edit that is the fields that it touched.
///
/// What was undone and done again is in force by the entry that did it again, so that one is taken back:
/// each entry is undone once, and what an earlier one left never passes for what the last one left.
///
/// What was seen since is not taken back: whoever comes back was heard of as late as whoever stands there.
pub fn undo(id: EntryId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    match exact(id, context, facts) {
        Err(Halt::Refused(refusal)) if is_changed(&refusal) => {
            Err(unless_merge(id, *refusal, context, facts)?)
        }
        plan => plan,
    }
}

/// A merge is taken back all the same, once somebody has said who gets what came since.
fn unless_merge(
    entry: EntryId,
    refusal: Refusal,
    context: &Context,
    facts: &Facts,
) -> Result<Halt, Halt> {
    match unmerge::review(entry, &[], context, facts) {
        Ok(review) => {
            let items = review.items.len();
            Ok(Refusal::ToAssign { entry, items }.into())
        }
        Err(Halt::Missing(keys)) => Err(Halt::Missing(keys)),
        Err(Halt::Refused(_)) => Ok(refusal.into()),
    }
}

fn is_changed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::ChangedSince { .. })
}

/// The inverse of every change, or a refusal.
fn exact(id: EntryId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let asked = entry(id, facts)?;
    let first = first_action(asked, facts)?;
    let changes = permitted(asked, first, context)?;
    let in_force = match asked.again {
        Some(again) => entry(again, facts)?,
        None => asked,
    };
    let changes = match first {
        Action::Edit => edited::made_last(id, changes, facts)?,
        _ => Cow::Borrowed(changes),
    };
    let changes = changes.as_ref();
    stands::check(id, changes, facts)?;
    stands::check_unused(id, first, changes, facts)?;
    stands::check_members(id, changes, facts)?;
    let mut plan = Plan::new(Action::Undo);
    plan.undoes = Some(in_force.id);
    for change in changes.iter().rev() {
        if !is_back(change, facts)? {
            plan.changes.push(invert(change, facts)?);
        }
    }
    after::check(id, &plan.changes, facts)?;
    plan.changes.extend(witnesses(&plan.changes, facts)?);
    plan.contact = changes.iter().flat_map(Change::contacts).next();
    plan.conversation = changes.iter().find_map(|change| match change {
        Change::Link { conversation, .. }
        | Change::Wrapup { conversation, .. }
        | Change::Assign { conversation, .. } => Some(*conversation),
        Change::Contact { .. }
        | Change::Claim { .. }
        | Change::VisitLink { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => None,
    });
    Ok(plan)
}

pub(super) fn entry(id: EntryId, facts: &Facts) -> Result<&EntryFact, Halt> {
    let entry = facts.entry_if_any(&id)?.as_ref();
    entry.ok_or_else(|| Refusal::NoEntry(id).into())
}

/// The action that a chain of undos is about: undoing an undo does that action again, and so needs its right.
fn first_action(asked: &EntryFact, facts: &Facts) -> Result<Action, Halt> {
    Ok(first(asked, facts)?.action)
}

/// The entry that a chain of undos began with.
pub(super) fn first<'f>(asked: &'f EntryFact, facts: &'f Facts) -> Result<&'f EntryFact, Halt> {
    let mut first = asked;
    for _ in 0..CHAIN_MAX {
        match first.undoes {
            Some(id) => first = entry(id, facts)?,
            None => return Ok(first),
        }
    }
    Err(Refusal::NotUndoable(asked.id).into())
}

/// The changes of an entry that this actor may undo.
pub(super) fn permitted<'f>(
    entry: &'f EntryFact,
    first: Action,
    context: &Context,
) -> Result<&'f [Change], Refusal> {
    let role = &context.actor.role;
    if !first.can_be_undone() {
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
    let needs = first.needs();
    // The right to undo anybody's decision stands for the right of the decision itself.
    if !role.may(needs) && !role.may(Permission::DecisionUndo) {
        return Err(Refusal::Denied(needs));
    }
    entry
        .changes
        .as_deref()
        .ok_or(Refusal::NoLongerKept(entry.id))
}

/// True when a change says that a contact was gone who has come back since: a conversation may go back to it.
fn is_back(change: &Change, facts: &Facts) -> Result<bool, Halt> {
    match change {
        Change::Contact {
            id,
            before: None,
            after: None,
        } => Ok(facts.contact_if_any(id)?.is_some()),
        Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => Ok(false),
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => Ok(false),
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => Ok(false),
    }
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

/// Where a conversation leaves a contact that was deleted meanwhile, the plan says that nothing stood
/// there, so that undoing this undo may link it back to nobody.
fn witnesses(inverse: &[Change], facts: &Facts) -> Result<Vec<Change>, Halt> {
    let left: BTreeSet<ContactId> = inverse
        .iter()
        .filter_map(|change| match change {
            Change::Link { before, .. } | Change::VisitLink { before, .. } => {
                before.as_ref().map(|link| link.contact)
            }
            Change::Contact { .. }
            | Change::Claim { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. } => None,
            Change::Note { .. } | Change::NotSame { .. } | Change::Shared { .. } => None,
            Change::Organization { .. } | Change::Review { .. } => None,
        })
        .collect();
    facts.want(left.iter().map(|id| FactKey::Contact(*id)))?;
    let mut gone = Vec::new();
    for id in left {
        let named =
            |change: &Change| matches!(change, Change::Contact { id: own, .. } if *own == id);
        if facts.contact_if_any(&id)?.is_none() && !inverse.iter().any(named) {
            gone.push(Change::Contact {
                id,
                before: None,
                after: None,
            });
        }
    }
    Ok(gone)
}
