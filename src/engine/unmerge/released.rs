//! Identifiers that a merge had moved and that the whole let go since: those that are free go back to whose
//! they were, those that somebody else holds stay there.

use crate::domain::change::Change;
use crate::domain::contact::{ContactId, Fields};
use crate::domain::facts::Halt;
use crate::domain::identifier::Identifier;
use crate::domain::unmerge::{Assigned, Since};

use super::super::claims;
use super::super::draft::Draft;
use super::fields;
use super::split::Split;

/// An identifier that was let go since.
pub struct LetGo {
    pub identifier: Identifier,
    /// The side whose it was.
    pub home: ContactId,
    /// Who holds it now.
    pub holder: Option<ContactId>,
}

impl Split<'_> {
    /// What was let go since and is missed by a side: not by the one that `stays` in the tree above, of which
    /// it is still let go, nor by one to whom `items` give an edit that took the value out of its fields.
    pub fn let_go(
        &self,
        draft: &Draft,
        stays: Option<ContactId>,
        items: &[Assigned],
    ) -> Result<Vec<LetGo>, Halt> {
        let moved = self.moved();
        claims::want(draft.facts, &moved)?;
        let mut all = Vec::new();
        for identifier in moved {
            let holder = draft.claim(&identifier)?.map(|claim| claim.contact);
            if holder == Some(self.head()) || draft.is_shared(&identifier)? {
                continue;
            }
            if let Some(home) = self.home(&identifier, None)
                && stays != Some(home)
                && !self.is_edited_out(home, &identifier, items)
            {
                all.push(LetGo {
                    identifier,
                    home,
                    holder,
                });
            }
        }
        Ok(all)
    }

    /// What a side held when the merge was made and somebody else holds now.
    pub fn elsewhere(
        &self,
        draft: &Draft,
        stays: Option<ContactId>,
        items: &[Assigned],
    ) -> Result<Vec<(Identifier, ContactId)>, Halt> {
        let mut elsewhere = Vec::new();
        for one in self.let_go(draft, stays, items)? {
            let before = self.claimed_before(&one.identifier);
            let held = before.is_some_and(|claim| {
                let mut sides = self.sides.iter();
                sides.any(|side| side.holds(claim.contact))
            });
            // Who left an inner merge took theirs along, and the others miss nothing.
            if let Some(holder) = one.holder.filter(|_| held) {
                elsewhere.push((one.identifier, holder));
            }
        }
        Ok(elsewhere)
    }

    /// The identifiers that the merge moved: to the whole, or past it to somebody else who carries what a row of
    /// an import took out of its fields.
    fn moved(&self) -> Vec<Identifier> {
        let moved = self.changes.iter().filter_map(|change| match change {
            Change::Claim {
                identifier,
                before: Some(_),
                after: Some(_),
            } => Some(identifier.clone()),
            Change::Claim { .. } | Change::Contact { .. } | Change::Link { .. } => None,
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => None,
            Change::NotSame { .. }
            | Change::Shared { .. }
            | Change::Organization { .. }
            | Change::Review { .. } => None,
        });
        moved.collect()
    }

    /// True when the edits that a side gets take the value out of its fields.
    fn is_edited_out(&self, home: ContactId, identifier: &Identifier, items: &[Assigned]) -> bool {
        let carries = |fields: &Fields| fields.identifiers().contains(identifier);
        let mut sides = self.sides.iter();
        let Some(side) = sides.find(|side| side.contact.id == home) else {
            return false;
        };
        let mut after = side.contact.fields.clone();
        for one in items.iter().filter(|one| one.side == home) {
            if let Since::Edit(field) = one.item {
                fields::edit(&mut after, field, &self.base, &self.now.fields);
            }
        }
        carries(&side.contact.fields) && !carries(&after)
    }
}
