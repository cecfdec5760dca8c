//! Claims: what binds an identifier to one contact, taking them over and offering them again
//! (`design/rules.md` §3).

use crate::domain::command::{Action, Remark};
use crate::domain::contact::{Contact, ContactId, ContactType, Origin};
use crate::domain::conversation::Trust;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::reason::ClaimOrigin;
use crate::domain::{Plan, Refusal};

use super::draft::Draft;
use super::{Context, shared};

/// Claims what the fields of `contact` hold. A value that another contact holds stays there, except that a
/// Curated contact takes it from an auto-made holder.
pub(super) fn claim_fields(
    draft: &mut Draft,
    contact: &Contact,
    origin: &ClaimOrigin,
) -> Result<(), Halt> {
    let identifiers = contact.fields.identifiers();
    want(draft.facts, &identifiers)?;
    for identifier in identifiers {
        if draft.is_shared(&identifier)? {
            continue;
        }
        let Some(claim) = draft.claim(&identifier)?.cloned() else {
            draft.put_claim(identifier, contact.id, origin.clone(), Trust::Verified);
            continue;
        };
        if claim.contact == contact.id {
            continue;
        }
        let holder = draft.contact(claim.contact)?;
        if contact.is_curated() && holder.is_auto_made() {
            let from = holder.id;
            draft.put_claim(
                identifier.clone(),
                contact.id,
                ClaimOrigin::Taken(from),
                Trust::Verified,
            );
            draft.remark(Remark::Took { identifier, from });
        } else {
            let holder = holder.id;
            draft.remark(Remark::HeldBy { identifier, holder });
        }
    }
    Ok(())
}

/// Offers a freed value to the oldest live contact whose field carries it: Curated first, never a contact
/// made by Unlink, never `except`. Nobody gets a shared one.
pub(super) fn offer(
    draft: &mut Draft,
    identifier: &Identifier,
    except: Option<ContactId>,
) -> Result<(), Halt> {
    let wanted = [
        FactKey::Carriers(identifier.clone()),
        FactKey::Shared(shared::key(identifier)),
    ];
    draft.facts.want(
        wanted
            .into_iter()
            .chain([FactKey::Claim(identifier.clone())]),
    )?;
    draft.free(identifier);
    if draft.is_shared(identifier)? {
        return Ok(());
    }
    let carriers = draft.carriers(identifier)?;
    let free = carriers
        .iter()
        .filter(|contact| Some(contact.id) != except && contact.origin != Origin::Unlink);
    let next = free.min_by_key(|contact| (!contact.is_curated(), contact.created, contact.id));
    if let Some(to) = next.map(|contact| contact.id) {
        let origin = except.map_or(ClaimOrigin::Edited, ClaimOrigin::Offered);
        draft.put_claim(identifier.clone(), to, origin, Trust::Verified);
        draft.remark(Remark::Offered {
            identifier: identifier.clone(),
            to,
        });
    }
    Ok(())
}

/// Binds an identifier to a contact by hand. Refused when somebody else holds it or it is shared.
pub fn claim(
    id: ContactId,
    identifier: &Identifier,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Claim, context, facts);
    want(facts, std::slice::from_ref(identifier))?;
    let mut contact = draft.act_on(id)?;
    draft.plan.contact = Some(contact.id);
    if draft.is_shared(identifier)? {
        return Err(Refusal::SharedIdentifier(identifier.clone()).into());
    }
    match draft.claim(identifier)? {
        Some(claim) if claim.contact == contact.id => return draft.finish(),
        Some(claim) => {
            let refusal = Refusal::Held {
                identifier: identifier.clone(),
                holder: claim.contact,
            };
            return Err(refusal.into());
        }
        None => {}
    }
    draft.put_claim(
        identifier.clone(),
        contact.id,
        ClaimOrigin::Explicit,
        Trust::Verified,
    );
    if contact.kind == ContactType::Ephemeral && identifier.kind.is_personal() {
        contact.kind = ContactType::Identified;
        draft.put(contact);
    }
    draft.finish()
}

/// Frees an identifier that the contact holds; it is offered to the next contact that carries it.
pub fn release(
    id: ContactId,
    identifier: &Identifier,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Release, context, facts);
    let contact = draft.act_on(id)?;
    draft.plan.contact = Some(contact.id);
    match draft.claim(identifier)? {
        Some(claim) if claim.contact == contact.id => {}
        Some(_) | None => {
            return Err(Refusal::NotHeld {
                identifier: identifier.clone(),
            }
            .into());
        }
    }
    offer(&mut draft, identifier, Some(contact.id))?;
    draft.finish()
}

/// Asks for the claim and the shared mark of each identifier in one go.
pub(super) fn want(facts: &Facts, identifiers: &[Identifier]) -> Result<(), Halt> {
    let marks = identifiers
        .iter()
        .map(|identifier| FactKey::Shared(shared::key(identifier)));
    facts.want(identifiers.iter().cloned().map(FactKey::Claim).chain(marks))
}
