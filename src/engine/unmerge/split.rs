//! The tree that a merge made, as it stands: the canonical contact, its sides, and what lies above it.

use crate::domain::Refusal;
use crate::domain::change::Change;
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId, Fields};
use crate::domain::facts::{EntryFact, FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::reason::{Claim, ClaimOrigin};
use crate::domain::unmerge::Since;

use super::super::draft::Draft;
use super::super::undo;
use super::{Sides, fields};

/// A contact that comes back, with everybody merged into it before.
pub struct Side<'f> {
    pub contact: &'f Contact,
    pub set: Vec<&'f Contact>,
}

impl Side<'_> {
    pub fn holds(&self, id: ContactId) -> bool {
        self.set.iter().any(|contact| contact.id == id)
    }

    /// True when a field of the side carries the identifier.
    pub fn carries(&self, identifier: &Identifier) -> bool {
        let mut all = self.set.iter();
        all.any(|contact| contact.fields.identifiers().contains(identifier))
    }
}

/// A merge and what became of it.
pub struct Split<'f> {
    pub changes: &'f [Change],
    /// The entry that the unmerge takes back; `None` where resolution had merged by itself.
    pub undoes: Option<EntryId>,
    /// The canonical contact as the merge left it, and as it is.
    pub made: &'f Contact,
    pub now: &'f Contact,
    /// Its fields as they would be had nobody edited it: what came with somebody who left it since is gone.
    pub base: Fields,
    /// The canonical contacts above it, the nearest first.
    pub above: Vec<&'f Contact>,
    /// The main side first.
    pub sides: Vec<Side<'f>>,
}

impl<'f> Split<'f> {
    pub fn of(id: EntryId, draft: &Draft<'f>) -> Result<Self, Halt> {
        let facts = draft.facts;
        let asked = undo::entry(id, facts)?;
        let first = undo::first(asked, facts)?;
        merged(permitted(asked, first.action, draft)?).ok_or(Refusal::NoMerge(id))?;
        // What came between a merge and its undo came since the merge, although it was done again later.
        let changes = first.changes.as_deref();
        let changes = changes.ok_or(Refusal::NoLongerKept(id))?;
        let made = merged(changes).ok_or(Refusal::NoMerge(id))?;
        let now = facts.contact_if_any(&made.id)?.as_ref();
        let what = format!("contact {}", made.id);
        let now = now.ok_or(Refusal::ChangedSince { entry: id, what })?;
        let mut above = Vec::new();
        let mut next = now.merged_to;
        while let Some(id) = next {
            let contact = facts.contact(id)?;
            next = contact.merged_to;
            above.push(contact);
        }
        let sides = sides(id, now, facts)?;
        let in_force = asked.again.unwrap_or(asked.id);
        let mut base = made.fields.clone();
        let inputs: Vec<&Contact> = inputs(changes, made.id).collect();
        let rest: Vec<Contact> = sides.iter().map(|side| side.contact.clone()).collect();
        fields::leave(&mut base, &inputs, &rest);
        Ok(Self {
            changes,
            undoes: (first.action != Action::Resolve).then_some(in_force),
            made,
            now,
            base,
            above,
            sides,
        })
    }

    /// The canonical contact of the whole tree.
    pub fn head(&self) -> ContactId {
        self.above.last().map_or(self.now.id, |contact| contact.id)
    }

    /// The side with this id; a refusal when it is none.
    pub fn side(&self, id: ContactId) -> Result<&Side<'f>, Refusal> {
        let mut sides = self.sides.iter();
        sides.find(|side| side.contact.id == id).ok_or_else(|| {
            let sides = self.sides.iter().map(|side| side.contact.id.to_string());
            let sides = sides.collect::<Vec<_>>().join(" or ");
            Refusal::BadValue(format!(
                "contact {id} is no side of this merge; name {sides}"
            ))
        })
    }

    /// The main side: the Curated one, else the one that was changed last.
    pub fn principal(&self) -> Result<ContactId, Refusal> {
        let first = self.sides.first().map(|side| side.contact.id);
        first.ok_or(Refusal::NoContact(self.now.id))
    }

    /// The side that stays in the tree above; `None` when nothing lies above.
    pub fn stays(&self, chosen: &Sides) -> Result<Option<ContactId>, Refusal> {
        let Some(above) = self.above.first() else {
            return Ok(None);
        };
        let item = Since::Merge(above.id);
        match chosen.iter().find(|(one, _)| *one == item) {
            Some((_, side)) => Ok(Some(self.side(*side)?.contact.id)),
            None => self.principal().map(Some),
        }
    }

    /// The side that an identifier belonged to before the merge.
    pub fn home(&self, identifier: &Identifier, claim: Option<&Claim>) -> Option<ContactId> {
        let of = |id: ContactId| self.sides.iter().find(|side| side.holds(id));
        let before = self.claimed_before(identifier).map(|claim| claim.contact);
        let from = claim.and_then(|claim| match claim.origin {
            ClaimOrigin::Merged(from) => Some(from),
            ClaimOrigin::Conversation(_) | ClaimOrigin::Visit(_) | ClaimOrigin::Created => None,
            ClaimOrigin::Edited | ClaimOrigin::Import(_) | ClaimOrigin::Explicit => None,
            ClaimOrigin::Taken(_) | ClaimOrigin::Offered(_) => None,
        });
        let carrier = || self.sides.iter().find(|side| side.carries(identifier));
        let side = before
            .and_then(of)
            .or_else(|| from.and_then(of))
            .or_else(carrier)?;
        Some(side.contact.id)
    }

    /// The claim on an identifier as the merge found it.
    pub fn claimed_before(&self, identifier: &Identifier) -> Option<&'f Claim> {
        self.changes.iter().find_map(|change| match change {
            Change::Claim {
                identifier: own,
                before,
                ..
            } => before.as_ref().filter(|_| own == identifier),
            Change::Contact { .. } | Change::Link { .. } | Change::VisitLink { .. } => None,
            Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. }
            | Change::NotSame { .. } => None,
            Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => None,
        })
    }
}

/// Who comes back from a canonical contact, the main side first.
fn sides<'f>(entry: EntryId, now: &Contact, facts: &'f Facts) -> Result<Vec<Side<'f>>, Halt> {
    let inputs = &now.merged_from;
    facts.want(inputs.iter().map(|id| FactKey::Contact(*id)))?;
    let mut sides = Vec::new();
    for (id, ids) in inputs.iter().zip(facts.merge_sets(inputs)?) {
        let contact = facts.contact_if_any(id)?.as_ref();
        let contact = contact.ok_or_else(|| {
            let what = format!("contact {id}");
            Refusal::ChangedSince { entry, what }
        })?;
        let mut set = Vec::new();
        for id in ids {
            set.extend(facts.contact_if_any(&id)?.as_ref());
        }
        sides.push(Side { contact, set });
    }
    sides.sort_by_key(|side| {
        let newest = std::cmp::Reverse(side.contact.modified);
        (!side.contact.is_curated(), newest, side.contact.id)
    });
    Ok(sides)
}

/// The canonical contact that changes made of others. A tree that comes back whole, when its deletion is
/// undone, merged nobody.
pub fn merged(changes: &[Change]) -> Option<&Contact> {
    changes.iter().find_map(|change| match change {
        Change::Contact {
            before: None,
            after: Some(made),
            ..
        } => Some(made.as_ref()).filter(|made| inputs(changes, made.id).next().is_some()),
        Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => None,
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

/// The contacts that changes merged into a canonical one, as they found them.
fn inputs(changes: &[Change], canonical: ContactId) -> impl Iterator<Item = &Contact> {
    changes.iter().filter_map(move |change| match change {
        Change::Contact {
            before: Some(before),
            after: Some(after),
            ..
        } => (after.merged_to == Some(canonical)).then_some(before.as_ref()),
        Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => None,
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

/// The changes of a merge that this actor may take back. What resolution merged by itself nobody did, so
/// whoever may merge may take it back.
fn permitted<'f>(
    entry: &'f EntryFact,
    first: Action,
    draft: &Draft<'f>,
) -> Result<&'f [Change], Refusal> {
    use crate::domain::Permission::{DecisionUndo, IdentityMerge};
    if first != Action::Resolve {
        return undo::permitted(entry, first, draft.context);
    }
    let role = &draft.context.actor.role;
    if !role.may(IdentityMerge) && !role.may(DecisionUndo) {
        return Err(Refusal::Denied(IdentityMerge));
    }
    entry
        .changes
        .as_deref()
        .ok_or(Refusal::NoLongerKept(entry.id))
}
