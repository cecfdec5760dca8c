//! Shared identifiers: marked ones suggest contacts and never link by themselves (`design/rules.md` §3).

use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::conversation::Trust;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::reason::{ClaimOrigin, SharedMark};
use crate::domain::{Plan, Refusal};

use super::draft::{Draft, Mark};
use super::{Context, claims};

/// The key of a mark: a number's mark covers its Phone and its SocialWhatsapp, so both share one key.
pub fn key(identifier: &Identifier) -> Identifier {
    match identifier.number() {
        Some(value) => Identifier {
            kind: IdentifierType::Phone,
            value,
            source: None,
        },
        None => identifier.clone(),
    }
}

/// The identifiers that a mark with this key covers.
pub fn covered(key: &Identifier) -> Vec<Identifier> {
    match key.kind {
        IdentifierType::Phone => {
            let value = key.value.trim_start_matches('+').to_owned();
            vec![
                key.clone(),
                Identifier {
                    kind: IdentifierType::SocialWhatsapp,
                    value,
                    source: None,
                },
            ]
        }
        _ => vec![key.clone()],
    }
}

/// Those of the identifiers that are marked, each once, in their order.
pub fn among(identifiers: &[Identifier], facts: &Facts) -> Result<Vec<Identifier>, Halt> {
    facts.want(identifiers.iter().map(key).map(FactKey::Shared))?;
    let mut marked = Vec::new();
    for identifier in identifiers {
        if facts.shared(&key(identifier))?.is_some() && !marked.contains(identifier) {
            marked.push(identifier.clone());
        }
    }
    Ok(marked)
}

/// Marks an identifier as shared: its claims are released and not offered to anybody.
pub fn share(identifier: &Identifier, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Share, context, facts);
    mark(&mut draft, identifier)?;
    draft.finish()
}

/// Sets the mark inside another action.
pub(super) fn mark(draft: &mut Draft, identifier: &Identifier) -> Result<(), Halt> {
    let key = key(identifier);
    let wanted = covered(&key).into_iter().map(FactKey::Claim);
    draft
        .facts
        .want(wanted.chain([FactKey::Shared(key.clone())]))?;
    if draft.is_shared(&key)? {
        return Err(Refusal::AlreadyShared(key).into());
    }
    let by = draft.context.actor.name.clone();
    let after = Some(SharedMark {
        identifier: key.clone(),
        by,
        at: draft.at(),
    });
    draft.plan.changes.push(Change::Shared {
        identifier: key.clone(),
        before: None,
        after,
    });
    draft.mark(key.clone(), Mark::Set);
    for identifier in covered(&key) {
        if draft.claim(&identifier)?.is_some() {
            draft.free(&identifier);
        }
    }
    Ok(())
}

/// Removes the mark: the values are offered to whom they would have belonged.
pub fn unshare(identifier: &Identifier, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Unshare, context, facts);
    let key = key(identifier);
    let Some(before) = facts.shared(&key)?.clone() else {
        return Err(Refusal::NotShared(key).into());
    };
    draft.plan.changes.push(Change::Shared {
        identifier: key.clone(),
        before: Some(before),
        after: None,
    });
    draft.mark(key.clone(), Mark::Remove);
    let mut heir = None;
    for identifier in covered(&key) {
        claims::offer(&mut draft, &identifier, None)?;
        let holder = draft.claim(&identifier)?.map(|claim| claim.contact);
        heir = holder.or(heir);
        // A number is one thing: nobody carries its other form, so that goes along.
        if let (None, Some(heir)) = (holder, heir) {
            draft.put_claim(identifier, heir, ClaimOrigin::Edited, Trust::Verified);
        }
    }
    draft.finish()
}
