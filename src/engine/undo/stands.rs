//! What an entry touched must stand as it left it, or the undo would not be exact.

use crate::domain::change::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::refusal::Refusal;

/// Refuses when anything that the changes touched was changed since.
pub(super) fn check(entry: EntryId, changes: &[Change], facts: &Facts) -> Result<(), Halt> {
    facts.want(changes.iter().flat_map(keys))?;
    for change in changes {
        check_one(entry, change, facts)?;
    }
    Ok(())
}

/// Refuses when something else has come since to a contact that the entry made. `first` is the action that
/// the entry is about: conversations keep the id of a contact that was deleted, so deleting again leaves them.
pub(super) fn check_unused(
    entry: EntryId,
    first: Action,
    changes: &[Change],
    facts: &Facts,
) -> Result<(), Halt> {
    for change in changes {
        if let Change::Contact {
            id,
            before: None,
            after: Some(_),
        } = change
        {
            let linked = first != Action::Delete && is_linked(*id, changes, facts)?;
            if linked || is_marked(*id, changes, facts)? || is_held(*id, changes, facts)? {
                let what = format!("what came to contact {id}");
                return Err(Refusal::ChangedSince { entry, what }.into());
            }
        }
    }
    Ok(())
}

/// Refuses when somebody else belongs by now to an organization that the entry made.
pub(super) fn check_members(entry: EntryId, changes: &[Change], facts: &Facts) -> Result<(), Halt> {
    for change in changes {
        let Change::Organization {
            id,
            before: None,
            after: Some(made),
        } = change
        else {
            continue;
        };
        let own = |member: &ContactId| {
            let changed = |one: &Change| matches!(one, Change::Contact { id, .. } if id == member);
            changes.iter().any(changed)
        };
        // The entry put at most one contact into the organization, so another one is among the two.
        if let Some(member) = facts.members_of(id)?.iter().find(|member| !own(member)) {
            return Err(Refusal::HasMembers {
                entry,
                name: made.name.clone(),
                member: *member,
            }
            .into());
        }
    }
    Ok(())
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
        Change::Link { conversation, .. }
        | Change::Wrapup { conversation, .. }
        | Change::Assign { conversation, .. } => {
            vec![FactKey::Conversation(*conversation)]
        }
        Change::VisitLink { visit, .. } => vec![FactKey::Visit(*visit)],
        Change::Note { id, .. } => vec![FactKey::Note(*id)],
        Change::NotSame { pair, .. } => vec![FactKey::NotSame(pair.0, pair.1)],
        Change::Shared { identifier, .. } => vec![FactKey::Shared(identifier.clone())],
        Change::Organization {
            id, before: None, ..
        } => vec![FactKey::Organization(*id), FactKey::MembersOf(*id)],
        Change::Organization { id, .. } => vec![FactKey::Organization(*id)],
        Change::Review { key, .. } => vec![FactKey::Review(key.clone())],
    }
}

/// Refuses when what the change left is no longer there as it was.
fn check_one(entry: EntryId, change: &Change, facts: &Facts) -> Result<(), Halt> {
    if is_as_left(change, facts)? {
        return Ok(());
    }
    let what = name(change);
    Err(Refusal::ChangedSince { entry, what }.into())
}

fn is_as_left(change: &Change, facts: &Facts) -> Result<bool, Halt> {
    Ok(match change {
        // It only says that the contact was gone.
        Change::Contact {
            before: None,
            after: None,
            ..
        } => true,
        Change::Contact { id, after, .. } => match (facts.contact_if_any(id)?, after) {
            (Some(now), Some(after)) => now.same_but_seen(after),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        },
        Change::Claim {
            identifier, after, ..
        } => facts.claim(identifier)? == after,
        Change::Link {
            conversation,
            participant,
            after,
            ..
        } => {
            let record = facts.conversation_if_any(conversation)?.as_ref();
            let now = record.and_then(|record| record.link_of(participant.as_deref()));
            now == after.as_deref()
        }
        Change::VisitLink { visit, after, .. } => {
            let record = facts.visit_if_any(visit)?.as_ref();
            record.map(|record| &record.link) == after.as_deref()
        }
        Change::Wrapup {
            conversation,
            after,
            ..
        } => {
            let record = facts.conversation_if_any(conversation)?.as_ref();
            record.map(|record| &record.wrapup) == Some(after)
        }
        Change::Assign {
            conversation,
            before,
            after,
        } => {
            let record = facts.conversation_if_any(conversation)?.as_ref();
            let now = record.map(|record| &record.conversation);
            match (now, before, after) {
                (Some(now), _, Some(after)) => after.stands_in(now),
                (Some(now), Some(before), None) => before.is_new_to(now),
                (None, _, _) | (_, None, None) => false,
            }
        }
        Change::Note { id, after, .. } => facts.note_if_any(id)?.as_ref() == after.as_deref(),
        Change::NotSame { pair, after, .. } => facts.not_same_pair(pair)? == after,
        Change::Shared {
            identifier, after, ..
        } => facts.shared(identifier)? == after,
        Change::Organization { id, after, .. } => {
            facts.organization_if_any(id)?.as_ref() == after.as_deref()
        }
        Change::Review { key, after, .. } => facts.review(key)?.as_ref() == after.as_deref(),
    })
}

/// What a change is about, in words.
fn name(change: &Change) -> String {
    match change {
        Change::Contact { id, .. } => format!("contact {id}"),
        Change::Claim { identifier, .. } => {
            format!("the claim on its {}", identifier.kind.word())
        }
        Change::Link { conversation, .. } => format!("the link of conversation {conversation}"),
        Change::VisitLink { visit, .. } => format!("the link of visit {visit}"),
        Change::Wrapup { conversation, .. } => {
            format!("the wrap-up of conversation {conversation}")
        }
        Change::Assign { conversation, .. } => format!("conversation {conversation}"),
        Change::Note { .. } => "the note".to_owned(),
        Change::NotSame { .. } => "the mark that they are different people".to_owned(),
        Change::Shared { .. } => "the shared mark".to_owned(),
        Change::Organization { .. } => "the organization".to_owned(),
        Change::Review { .. } => "the mark or the filter".to_owned(),
    }
}

/// True when a conversation or visit that the entry did not link is linked to the contact.
fn is_linked(id: ContactId, changes: &[Change], facts: &Facts) -> Result<bool, Halt> {
    let linked = facts.linked(&id)?;
    let own = |visit| {
        let put =
            |change: &Change| matches!(change, Change::VisitLink { visit: of, .. } if of == visit);
        changes.iter().any(put)
    };
    if !linked.visits.iter().all(own) {
        return Ok(true);
    }
    let ids = linked.conversations.iter().copied();
    facts.want(ids.map(FactKey::Conversation))?;
    for conversation in &linked.conversations {
        let Some(record) = facts.conversation_if_any(conversation)? else {
            continue;
        };
        let others = record
            .others
            .iter()
            .map(|(party, link)| (Some(party.as_str()), link));
        let mut parties = others.chain([(None, &record.link)]);
        if parties.any(|(party, link)| link.contact == id && !links(changes, *conversation, party))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// True when the entry put the link of this participant.
fn links(changes: &[Change], conversation: ConversationId, participant: Option<&str>) -> bool {
    let own = |change: &Change| match change {
        Change::Link {
            conversation: of,
            participant: party,
            ..
        } => *of == conversation && party.as_deref() == participant,
        Change::Contact { .. } | Change::Claim { .. } | Change::VisitLink { .. } => false,
        Change::Wrapup { .. }
        | Change::Assign { .. }
        | Change::Note { .. }
        | Change::NotSame { .. } => false,
        Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => false,
    };
    changes.iter().any(own)
}

/// True when somebody marked the contact as not the same as another one, which the entry did not: without the
/// contact the mark would say nothing.
fn is_marked(id: ContactId, changes: &[Change], facts: &Facts) -> Result<bool, Halt> {
    let put = |other: &ContactId| {
        let marked = (id.min(*other), id.max(*other));
        let own =
            |change: &Change| matches!(change, Change::NotSame { pair, .. } if *pair == marked);
        changes.iter().any(own)
    };
    Ok(!facts.not_same_as(&id)?.iter().all(put))
}

/// True when the contact holds a claim or a note that the entry did not put.
fn is_held(id: ContactId, changes: &[Change], facts: &Facts) -> Result<bool, Halt> {
    let claimed = |identifier| {
        changes.iter().any(
            |change| matches!(change, Change::Claim { identifier: own, .. } if own == identifier),
        )
    };
    let noted = |note| {
        let own = |change: &Change| matches!(change, Change::Note { id, .. } if id == note);
        changes.iter().any(own)
    };
    let mut claims = facts.claims_of(&id)?.iter();
    let mut notes = facts.notes_of(&id)?.iter();
    Ok(claims.any(|(identifier, _)| !claimed(identifier)) || notes.any(|note| !noted(note)))
}
