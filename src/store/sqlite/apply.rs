//! Taking one decision inside a transaction: load facts until it is planned, check the plan, write it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::asked;
use super::column::json;
use super::entry::{self, Draft, Found, Grounds};
use super::fault::{Fault, Step};
use super::review::{Moved, review};
use super::turn::Turn;
use super::{
    contact, conversation, erase, facts, identifier, looked, mark, message, note, retention,
    searched, visit,
};
use crate::domain::change::{Change, Observation, Payload};
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::facts::{Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::reason::Claim;
use crate::domain::{Plan, Refusal};
use crate::store::{Applied, Decision, Planner};

/// A decision asks for more facts at most this often.
const ROUNDS_MAX: usize = 100;
/// Room for the changes of most decisions.
const PAYLOAD_BYTES: usize = 2048;

/// Somebody else asked under the same number.
const TAKEN: &str = "the number of the request is taken; ask under a new one";

/// Why a decision left nothing behind.
pub enum Untaken {
    Refused(Box<Refusal>),
    Broken(Fault),
}

/// Takes one decision. An `Err` means that something may be half written and the transaction must go; what
/// was refused or did not fit was not written at all.
pub fn decide(turn: &mut Turn<'_>, decision: &Decision) -> Step<Result<Applied, Untaken>> {
    if let Some(request) = decision.request
        && let Some((actor, applied)) = asked::applied(turn.connection, request)?
    {
        return Ok(match actor == decision.actor {
            true => Ok(applied),
            false => Err(Untaken::Refused(Box::new(Refusal::BadValue(
                TAKEN.to_owned(),
            )))),
        });
    }
    let mut facts = Facts::after(EntryId(turn.head.seq.cast_unsigned()));
    let mut plan = match plan(turn, &decision.planner, &mut facts) {
        Ok(plan) => plan,
        Err(untaken) => return Ok(Err(untaken)),
    };
    match review(turn.connection, turn.rows, &mut plan, &mut facts) {
        Ok(moved) => write(turn, decision, plan, moved, &facts).map(Ok),
        Err(fault) => Ok(Err(Untaken::Broken(fault))),
    }
}

/// Plans until every fact is there.
fn plan(turn: &mut Turn<'_>, planner: &Planner, facts: &mut Facts) -> Result<Plan, Untaken> {
    for _ in 0..ROUNDS_MAX {
        // A planner that panics must not take the writer, and every later decision, with it.
        match catch_unwind(AssertUnwindSafe(|| planner(facts))) {
            Ok(Ok(plan)) => return Ok(plan),
            Ok(Err(Halt::Refused(refusal))) => return Err(Untaken::Refused(refusal)),
            Ok(Err(Halt::Missing(keys))) => {
                facts::load(turn.connection, turn.rows, keys, facts).map_err(Untaken::Broken)?;
            }
            Err(_) => return Err(misfit("a decision stopped at a bug in its rules")),
        }
    }
    Err(misfit("a decision asks for the same facts again and again"))
}

fn misfit(what: &str) -> Untaken {
    Untaken::Broken(Fault::Misfit(what.to_owned()))
}

/// Writes a plan that fits.
fn write(
    turn: &mut Turn<'_>,
    decision: &Decision,
    plan: Plan,
    moved: Moved,
    facts: &Facts,
) -> Step<Applied> {
    if plan.payload.forgets() {
        for id in removed(&plan) {
            entry::forget(turn, id)?;
        }
    }
    // What was looked at or taken out is recorded, though it changes nothing.
    let entry = match (&plan.payload, plan.changes.is_empty()) {
        (Payload::Keep | Payload::Drop, true) => None,
        (Payload::Reason(_), _) | (_, false) => Some(append(turn, decision, &plan, &moved)?),
    };
    write_rows(turn, &plan, moved, facts, entry)?;
    if let (Some(request), Some(entry)) = (decision.request, entry) {
        asked::keep(turn.connection, request, entry, decision.at)?;
    }
    Ok(Applied {
        entry,
        action: plan.action,
        contact: plan.contact,
        conversation: plan.conversation,
        remarks: plan.remarks,
    })
}

/// Writes what a plan changes and what was observed with it.
fn write_rows(
    turn: &mut Turn<'_>,
    plan: &Plan,
    moved: Moved,
    facts: &Facts,
    entry: Option<EntryId>,
) -> Step<()> {
    let seq = entry.map(|id| id.0.cast_signed());
    // Contacts come first, so that everything else finds their rows.
    let claimed = write_contacts(turn, plan, facts)?;
    for moved in moved.conversations {
        conversation::put(turn, moved.before.as_ref(), &moved.after, seq)?;
        if plan.action == Action::Resolve
            && moved.before.is_some()
            && let Some(seq) = seq
        {
            conversation::link_later(turn.connection, moved.after.conversation.id, seq)?;
        }
    }
    for moved in moved.visits {
        visit::put(turn, moved.before.as_ref(), &moved.after, seq)?;
    }
    for change in &plan.changes {
        write_change(turn, change, &claimed)?;
    }
    // What can be found of a contact has the name of its organization in it, so it comes after all that.
    for change in &plan.changes {
        searched::follow(turn, change)?;
    }
    for observation in &plan.observations {
        match observation {
            Observation::DropJourney { contact } => retention::drop_journey(turn, *contact)?,
            Observation::Erase(erasure) => erase::erase(turn, erasure)?,
            Observation::Message(seen) => message::put(turn.connection, seen)?,
            Observation::Seen { contact, at } => contact::saw(turn, *contact, *at)?,
            // Their bodies are in what moved.
            Observation::Conversation(_) | Observation::Visit(_) => {}
        }
    }
    Ok(())
}

/// The contacts that a plan removes.
fn removed(plan: &Plan) -> Vec<ContactId> {
    let gone = plan.changes.iter().filter_map(|change| match change {
        Change::Contact {
            id, after: None, ..
        } => Some(*id),
        Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => None,
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => None,
    });
    gone.collect()
}

fn append(turn: &mut Turn<'_>, decision: &Decision, plan: &Plan, moved: &Moved) -> Step<EntryId> {
    let mut contacts: Vec<ContactId> = plan.changes.iter().flat_map(Change::contacts).collect();
    contacts.sort_unstable();
    contacts.dedup();
    let payload = match &plan.payload {
        Payload::Keep => Some(json(&plan.changes, PAYLOAD_BYTES)?),
        Payload::Drop => None,
        Payload::Reason(reason) => {
            let reason = reason.as_str().into();
            Some(json(&Grounds { reason }, PAYLOAD_BYTES)?)
        }
    };
    let draft = Draft {
        at: decision.at,
        actor: &decision.actor,
        action: plan.action,
        contact: plan.contact,
        conversation: plan.conversation,
        contacts: &contacts,
        batch: decision.batch,
        undoes: plan.undoes,
        payload: payload.as_ref(),
    };
    entry::append(turn, &draft, found(plan, moved, &contacts))
}

/// The entry that links a new conversation or visit to the one contact it speaks of is found through it.
fn found(plan: &Plan, moved: &Moved, contacts: &[ContactId]) -> Found {
    let [own] = contacts else {
        return Found::ByIndex;
    };
    let linked = moved
        .conversations
        .iter()
        .any(|one| one.before.is_none() && one.after.link.contact == *own)
        || moved
            .visits
            .iter()
            .any(|one| one.before.is_none() && one.after.link.contact == *own);
    match plan.action == Action::Resolve && plan.contact == Some(*own) && linked {
        true => Found::ByConversation,
        false => Found::ByIndex,
    }
}

/// Writes the contacts of a plan; the claims that were written with new ones.
fn write_contacts(
    turn: &mut Turn<'_>,
    plan: &Plan,
    facts: &Facts,
) -> Step<Vec<(ContactId, Identifier)>> {
    let mut claimed = Vec::new();
    for change in &plan.changes {
        let Change::Contact { id, before, after } = change else {
            continue;
        };
        match (before, after) {
            (Some(before), after) => {
                let now = facts.contact_if_any(id).ok().and_then(Option::as_ref);
                let seen = now.and_then(|now| now.seen);
                contact::put(turn, *id, before, after.as_deref(), seen)?;
            }
            (None, Some(after)) => {
                let own = contact::make(turn, after, |identifier| claim_by(plan, *id, identifier))?;
                claimed.extend(own.into_iter().map(|identifier| (*id, identifier)));
            }
            (None, None) => {}
        }
    }
    Ok(claimed)
}

/// The claim that a new contact gets by the same plan on a value that nobody held.
fn claim_by<'p>(plan: &'p Plan, contact: ContactId, identifier: &Identifier) -> Option<&'p Claim> {
    plan.changes.iter().find_map(|change| match change {
        Change::Claim {
            identifier: own,
            before: None,
            after: Some(claim),
        } => (claim.contact == contact && own == identifier).then_some(claim),
        Change::Claim { .. } | Change::Contact { .. } | Change::Link { .. } => None,
        Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. } => None,
        Change::NotSame { .. }
        | Change::Shared { .. }
        | Change::Organization { .. }
        | Change::Review { .. } => None,
    })
}

fn write_change(
    turn: &mut Turn<'_>,
    change: &Change,
    claimed: &[(ContactId, Identifier)],
) -> Step<()> {
    match change {
        Change::Claim {
            identifier,
            before: None,
            after: Some(claim),
        } if claimed
            .iter()
            .any(|(id, own)| *id == claim.contact && own == identifier) =>
        {
            Ok(())
        }
        Change::Claim {
            identifier,
            before,
            after,
        } => identifier::put_claim(turn, identifier, before.as_ref(), after.as_ref()),
        Change::Note { id, before, after } => {
            note::put(turn, *id, before.as_deref(), after.as_deref())
        }
        Change::NotSame { pair, after, .. } => {
            mark::put_not_same(turn.connection, pair, after.as_ref())
        }
        Change::Shared {
            identifier,
            before,
            after,
        } => mark::put_shared(turn, identifier, before.as_ref(), after.as_ref()),
        Change::Organization { id, before, after } => {
            note::put_organization(turn, *id, before.as_deref(), after.as_deref())
        }
        Change::Review { key, after, .. } => looked::put(turn.connection, key, after.as_deref()),
        // Written before everything else, and with the conversations and visits that moved.
        Change::Contact { .. }
        | Change::Link { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::VisitLink { .. } => Ok(()),
    }
}
