//! Putting a merge apart: contacts, claims, links, notes and marks, each as the plan of one decision.

use std::collections::BTreeMap;

use crate::domain::change::Change;
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::conversation::{ConversationId, Provided};
use crate::domain::facts::Halt;
use crate::domain::identifier::Identifier;
use crate::domain::reason::{Claim, ClaimOrigin, Link, RULES_VERSION, Reason, Rule};
use crate::domain::unmerge::{Assigned, Lead, Since};
use crate::domain::visit::VisitId;

use super::super::draft::Draft;
use super::fields;
use super::split::Split;

/// Puts everything where `items` says. `stays` is the side that stays in the tree above.
pub fn apply(
    draft: &mut Draft,
    split: &Split,
    stays: Option<ContactId>,
    items: &[Assigned],
) -> Result<(), Halt> {
    let mut apart = Apart {
        split,
        stays,
        sides: BTreeMap::new(),
    };
    for side in &split.sides {
        let mut contact = side.contact.clone();
        let in_tree = stays == Some(contact.id);
        contact.merged_to = split
            .above
            .first()
            .filter(|_| in_tree)
            .map(|above| above.id);
        apart.sides.insert(contact.id, contact);
    }
    apart.contacts(items);
    apart.claims(draft, items)?;
    apart.released(draft, items);
    apart.put(draft)?;
    apart.links(draft, items)?;
    notes_and_marks(draft, split, items)
}

/// The sides on their way out.
struct Apart<'s, 'f> {
    split: &'s Split<'f>,
    stays: Option<ContactId>,
    sides: BTreeMap<ContactId, Contact>,
}

impl Apart<'_, '_> {
    /// Edits and the promotion since go to their sides.
    fn contacts(&mut self, items: &[Assigned]) {
        for one in items {
            let Some(side) = self.sides.get_mut(&one.side) else {
                continue;
            };
            match &one.item {
                Since::Kept => side.kind = ContactType::Curated,
                Since::Edit(field) => {
                    let [then, now] = [&self.split.base, &self.split.now.fields];
                    fields::edit(&mut side.fields, *field, then, now);
                    let known = !side.fields.identifiers().is_empty();
                    if side.kind == ContactType::Ephemeral && known {
                        side.kind = ContactType::Identified;
                    }
                }
                Since::Conversation(..) | Since::Visit(_) | Since::Note(_) => continue,
                Since::Claim(_) | Since::Released(_) => continue,
                Since::NotSame(_) | Since::Merge(_) => continue,
            }
            side.modified = self.split.now.modified;
            side.modified_by = self.split.now.modified_by.clone();
        }
    }

    /// The identifiers go home; what a side keeps that stays in the tree stays with the head of it.
    fn claims(&mut self, draft: &mut Draft, items: &[Assigned]) -> Result<(), Halt> {
        let head = self.split.head();
        for (identifier, claim) in draft.claims_of(head)? {
            let item = Since::Claim(identifier.clone());
            let assigned = items.iter().find(|one| one.item == item);
            let home = assigned.map(|one| one.side);
            let Some(home) = home.or_else(|| self.split.home(&identifier, Some(&claim))) else {
                continue;
            };
            let claim = match self.stays == Some(home) {
                true => Claim {
                    origin: ClaimOrigin::Merged(home),
                    ..claim
                },
                false => self.restored(&identifier, claim, home),
            };
            self.known_by(home, &identifier);
            draft.restore_claim(identifier, claim);
        }
        Ok(())
    }

    /// What was let go since is theirs again.
    fn released(&mut self, draft: &mut Draft, items: &[Assigned]) {
        for one in items {
            let Since::Released(identifier) = &one.item else {
                continue;
            };
            let Some(before) = self.split.claimed_before(identifier).cloned() else {
                continue;
            };
            let claim = match self.stays == Some(one.side) {
                true => Claim {
                    contact: self.split.head(),
                    origin: ClaimOrigin::Merged(one.side),
                    ..before
                },
                false => Claim {
                    contact: one.side,
                    ..before
                },
            };
            self.known_by(one.side, identifier);
            draft.restore_claim(identifier.clone(), claim);
        }
    }

    /// Who gets something personal is Identified.
    fn known_by(&mut self, side: ContactId, identifier: &Identifier) {
        if let Some(side) = self.sides.get_mut(&side)
            && side.kind == ContactType::Ephemeral
            && identifier.kind.is_personal()
        {
            side.kind = ContactType::Identified;
        }
    }

    /// The claim as the merge found it; one that was made since only moves.
    fn restored(&self, identifier: &Identifier, claim: Claim, home: ContactId) -> Claim {
        let moved = matches!(claim.origin, ClaimOrigin::Merged(_));
        let before = self.split.claimed_before(identifier);
        let origin = match claim.origin {
            ClaimOrigin::Merged(_) => ClaimOrigin::Offered(self.split.now.id),
            ref kept => kept.clone(),
        };
        match before.filter(|_| moved) {
            Some(before) => Claim {
                contact: home,
                ..before.clone()
            },
            None => Claim {
                contact: home,
                origin,
                ..claim
            },
        }
    }

    /// The canonical contact goes, its sides come back, and the tree above is joined of who is left in it.
    fn put(&mut self, draft: &mut Draft) -> Result<(), Halt> {
        for side in self.sides.values() {
            draft.put(side.clone());
        }
        draft.remove(self.split.now.id);
        let Some(stays) = self.stays else {
            return Ok(());
        };
        let leaving = self.split.sides.iter();
        let leaving = leaving.filter(|side| side.contact.id != stays);
        let leaving: Vec<&Contact> = leaving.flat_map(|side| side.set.iter().copied()).collect();
        let mut below = self.split.now.id;
        for (index, above) in self.split.above.iter().enumerate() {
            let mut contact = (*above).clone();
            if index == 0 {
                let at = contact.merged_from.iter_mut().find(|id| **id == below);
                at.into_iter().for_each(|id| *id = stays);
            }
            let mut rest = Vec::new();
            for id in &contact.merged_from {
                rest.push(draft.contact(*id)?.clone());
            }
            fields::leave(&mut contact.fields, &leaving, &rest);
            below = contact.id;
            draft.put(contact);
        }
        Ok(())
    }

    /// Conversations and visits go to their sides.
    fn links(&self, draft: &mut Draft, items: &[Assigned]) -> Result<(), Halt> {
        self.restore_links(draft)?;
        for one in items {
            match &one.item {
                Since::Conversation(id, party) => self.conversation(draft, *id, party, one)?,
                Since::Visit(id) => self.visit(draft, *id, one)?,
                Since::Note(_) | Since::Claim(_) | Since::Released(_) => {}
                Since::Edit(_) | Since::Kept | Since::NotSame(_) | Since::Merge(_) => {}
            }
        }
        Ok(())
    }

    /// What the merge itself had moved goes back as it stood.
    fn restore_links(&self, draft: &mut Draft) -> Result<(), Halt> {
        for change in self.split.changes {
            match change {
                Change::Link {
                    conversation,
                    participant,
                    ..
                } => {
                    let party = participant.as_deref();
                    let record = draft.facts.conversation_if_any(conversation)?.as_ref();
                    let Some(link) = record.and_then(|record| record.link_of(party)) else {
                        continue;
                    };
                    if let Some(link) = self.split.restored(draft, *conversation, party, link)? {
                        draft.put_link(*conversation, participant.clone(), link);
                    }
                }
                Change::VisitLink { visit, .. } => {
                    let record = draft.facts.visit_if_any(visit)?.as_ref();
                    let Some(link) = record.map(|record| &record.link) else {
                        continue;
                    };
                    if let Some(link) = self.split.restored_visit(draft, *visit, link)? {
                        draft.put_visit_link(*visit, link);
                    }
                }
                Change::Contact { .. }
                | Change::Claim { .. }
                | Change::Wrapup { .. }
                | Change::Assign { .. } => {}
                Change::Note { .. } | Change::NotSame { .. } => {}
                Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => {}
            }
        }
        Ok(())
    }

    fn conversation(
        &self,
        draft: &mut Draft,
        id: ConversationId,
        party: &Option<String>,
        one: &Assigned,
    ) -> Result<(), Halt> {
        let Some(record) = draft.facts.conversation_if_any(&id)?.as_ref() else {
            return Ok(());
        };
        if let Some(link) = record.link_of(party.as_deref())
            && let Some(link) = self.moved(draft, link, one)?
        {
            draft.put_link(id, party.clone(), link);
        }
        Ok(())
    }

    fn visit(&self, draft: &mut Draft, id: VisitId, one: &Assigned) -> Result<(), Halt> {
        let Some(record) = draft.facts.visit_if_any(&id)?.as_ref() else {
            return Ok(());
        };
        if let Some(link) = self.moved(draft, &record.link, one)? {
            draft.put_visit_link(id, link);
        }
        Ok(())
    }

    /// The link to the side; `None` where it leads into the tree above and stays there.
    fn moved(&self, draft: &mut Draft, link: &Link, one: &Assigned) -> Result<Option<Link>, Halt> {
        if self.stays == Some(one.side) && link.contact != self.split.now.id {
            return Ok(None);
        }
        let provided = link.reason.provided.clone();
        let decided = match &one.lead {
            Lead::Identifier(identifier) => {
                let own = |given: &Provided| given.identifier == *identifier;
                provided.iter().position(own)
            }
            Lead::Value | Lead::Together | Lead::Principal | Lead::Chosen => None,
        };
        let deciding = decided.and_then(|index| provided.get(index));
        let claim = match deciding {
            Some(given) => draft.claim(&given.identifier)?.cloned(),
            None => None,
        };
        Ok(Some(Link {
            contact: one.side,
            reason: Reason {
                rule: Rule::Unmerged,
                version: RULES_VERSION,
                provided,
                decided,
                claim,
                rivals: Vec::new(),
                actor: Some(draft.context.actor.name.clone()),
                at: draft.at(),
            },
        }))
    }
}

/// Notes and marks of the canonical contact go to their sides.
fn notes_and_marks(draft: &mut Draft, split: &Split, items: &[Assigned]) -> Result<(), Halt> {
    for one in items {
        match &one.item {
            Since::Note(id) => {
                let Some(note) = draft.facts.note_if_any(id)? else {
                    continue;
                };
                let mut after = note.clone();
                after.contact = one.side;
                draft.plan.changes.push(Change::Note {
                    id: *id,
                    before: Some(Box::new(note.clone())),
                    after: Some(Box::new(after)),
                });
            }
            Since::NotSame(other) => move_mark(draft, split.now.id, one.side, *other)?,
            Since::Conversation(..) | Since::Visit(_) => {}
            Since::Claim(_) | Since::Released(_) => {}
            Since::Edit(_) | Since::Kept | Since::Merge(_) => {}
        }
    }
    Ok(())
}

/// A mark that the canonical contact is somebody else than `other` goes to its side; the old one goes with it.
fn move_mark(
    draft: &mut Draft,
    from: ContactId,
    to: ContactId,
    other: ContactId,
) -> Result<(), Halt> {
    let [old, new] = [from, to].map(|id| (id.min(other), id.max(other)));
    let Some(mark) = draft.facts.not_same_pair(&old)?.clone() else {
        return Ok(());
    };
    // The side may have been marked so before the merge.
    if to != other && draft.facts.not_same_pair(&new)?.is_none() {
        draft.plan.changes.push(Change::NotSame {
            pair: new,
            before: None,
            after: Some(mark),
        });
    }
    Ok(())
}
