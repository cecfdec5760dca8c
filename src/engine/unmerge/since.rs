//! What came to a canonical contact since its merge, and the side that each goes to.

use crate::domain::Refusal;
use crate::domain::change::Change;
use crate::domain::contact::ContactId;
use crate::domain::conversation::{ConversationId, Provided};
use crate::domain::facts::{FactKey, Halt};
use crate::domain::field::{FIELDS, LISTS};
use crate::domain::identifier::Identifier;
use crate::domain::reason::{ClaimOrigin, Link};
use crate::domain::unmerge::{Assigned, Lead, Since};
use crate::domain::visit::VisitId;

use super::super::draft::Draft;
use super::Sides;
use super::split::Split;

impl Split<'_> {
    /// What came since, with the side of each: the one that `chosen` names, else by the rule. `stays` is the
    /// side that stays in the tree above.
    pub fn items(
        &self,
        draft: &Draft,
        stays: Option<ContactId>,
        chosen: &Sides,
    ) -> Result<Vec<Assigned>, Halt> {
        let mut items = Items {
            split: self,
            chosen,
            main: stays.map_or_else(|| self.principal(), Ok)?,
            list: Vec::new(),
        };
        if let Some(above) = self.above.first() {
            items.put(Since::Merge(above.id), None)?;
        }
        if self.now.is_curated() && !self.made.is_curated() {
            items.put(Since::Kept, None)?;
        }
        for spec in FIELDS.iter().chain(&LISTS) {
            let (then, now) = (self.base.get(spec.field), self.now.fields.get(spec.field));
            if then != now {
                let mut from = self.sides.iter();
                let owner =
                    from.find(|side| then.is_some() && side.contact.fields.get(spec.field) == then);
                let lead = owner.map(|side| (side.contact.id, Lead::Value));
                items.put(Since::Edit(spec.field), lead)?;
            }
        }
        self.interactions(draft, &mut items)?;
        self.claims(draft, &mut items)?;
        for one in self.let_go(draft, stays, &items.list)? {
            if one.holder.is_none() {
                let lead = Lead::Identifier(one.identifier.clone());
                items.put(Since::Released(one.identifier), Some((one.home, lead)))?;
            }
        }
        draft.facts.want([
            FactKey::NotesOf(self.now.id),
            FactKey::NotSameAs(self.now.id),
        ])?;
        for id in draft.facts.notes_of(&self.now.id)? {
            items.put(Since::Note(*id), None)?;
        }
        for id in draft.facts.not_same_as(&self.now.id)? {
            items.put(Since::NotSame(*id), None)?;
        }
        Ok(items.list)
    }

    /// Conversations and visits of the canonical contact, and those of the contacts above it that an
    /// identifier of a side that leaves the tree came with.
    fn interactions(&self, draft: &Draft, items: &mut Items) -> Result<(), Halt> {
        let facts = draft.facts;
        let tree = [self.now.id]
            .into_iter()
            .chain(self.above.iter().map(|one| one.id));
        let tree: Vec<ContactId> = tree.collect();
        facts.want(tree.iter().map(|id| FactKey::AllLinked(*id)))?;
        let (mut conversations, mut visits) = (Vec::new(), Vec::new());
        for id in &tree {
            let linked = facts.all_linked(id)?;
            conversations.extend(linked.conversations.iter().copied());
            visits.extend(linked.visits.iter().copied());
        }
        let keys = conversations.iter().copied().map(FactKey::Conversation);
        facts.want(keys.chain(visits.iter().copied().map(FactKey::Visit)))?;
        conversations.sort_unstable();
        conversations.dedup();
        for id in conversations {
            let Some(record) = facts.conversation_if_any(&id)? else {
                continue;
            };
            let others = record
                .others
                .iter()
                .map(|(party, link)| (Some(party.clone()), link));
            for (party, link) in [(None, &record.link)].into_iter().chain(others) {
                if tree.contains(&link.contact)
                    && self.restored(draft, id, party.as_deref(), link)?.is_none()
                {
                    self.interaction(draft, Since::Conversation(id, party), link, items)?;
                }
            }
        }
        for id in visits {
            if let Some(record) = facts.visit_if_any(&id)?
                && tree.contains(&record.link.contact)
                && self.restored_visit(draft, id, &record.link)?.is_none()
            {
                self.interaction(draft, Since::Visit(id), &record.link, items)?;
            }
        }
        Ok(())
    }

    fn interaction(
        &self,
        draft: &Draft,
        item: Since,
        link: &Link,
        items: &mut Items,
    ) -> Result<(), Halt> {
        let lead = self.led(draft, &link.reason.provided)?;
        // What is linked above stays there unless it is led to a side that leaves.
        let leaves = lead.as_ref().is_some_and(|(side, _)| *side != items.main);
        let named = items.chosen.iter().any(|(one, _)| *one == item);
        if link.contact == self.now.id || leaves || named {
            items.put(item, lead)?;
        }
        Ok(())
    }

    /// The side of the first identifier that belonged to one.
    fn led(&self, draft: &Draft, provided: &[Provided]) -> Result<Option<(ContactId, Lead)>, Halt> {
        let all: Vec<_> = provided.iter().map(|one| one.identifier.clone()).collect();
        super::super::claims::want(draft.facts, &all)?;
        for identifier in all {
            let claim = draft.claim(&identifier)?;
            if let Some(side) = self.home(&identifier, claim) {
                return Ok(Some((side, Lead::Identifier(identifier))));
            }
        }
        Ok(None)
    }

    /// The link that the merge itself had moved, as it stood before; `None` when the conversation came since
    /// or whom it was on is gone.
    pub fn restored(
        &self,
        draft: &Draft,
        id: ConversationId,
        party: Option<&str>,
        link: &Link,
    ) -> Result<Option<Link>, Halt> {
        let moved = self.changes.iter().find_map(|change| match change {
            Change::Link {
                conversation,
                participant,
                before: Some(before),
                after: Some(after),
            } => (*conversation == id && participant.as_deref() == party && **after == *link)
                .then_some(before.as_ref()),
            Change::Link { .. } | Change::Contact { .. } | Change::Claim { .. } => None,
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => None,
            Change::NotSame { .. }
            | Change::Shared { .. }
            | Change::Organization { .. }
            | Change::Review { .. } => None,
        });
        self.back(draft, moved)
    }

    /// The same for a visit.
    pub fn restored_visit(
        &self,
        draft: &Draft,
        id: VisitId,
        link: &Link,
    ) -> Result<Option<Link>, Halt> {
        let moved = self.changes.iter().find_map(|change| match change {
            Change::VisitLink {
                visit,
                before: Some(before),
                after: Some(after),
            } => (*visit == id && **after == *link).then_some(before.as_ref()),
            Change::VisitLink { .. } | Change::Contact { .. } | Change::Claim { .. } => None,
            Change::Link { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => None,
            Change::NotSame { .. }
            | Change::Shared { .. }
            | Change::Organization { .. }
            | Change::Review { .. } => None,
        });
        self.back(draft, moved)
    }

    fn back(&self, draft: &Draft, link: Option<&Link>) -> Result<Option<Link>, Halt> {
        let Some(link) = link.filter(|link| link.contact != self.now.id) else {
            return Ok(None);
        };
        Ok(draft.contact_if_any(link.contact)?.map(|_| link.clone()))
    }

    /// Identifiers that were claimed since. Where the merge lies inside another one they stay above.
    fn claims(&self, draft: &Draft, items: &mut Items) -> Result<(), Halt> {
        if !self.above.is_empty() {
            return Ok(());
        }
        for (identifier, claim) in draft.claims_of(self.now.id)? {
            if self.home(&identifier, Some(&claim)).is_some() {
                continue;
            }
            let came_with = match claim.origin {
                ClaimOrigin::Conversation(id) => items.side_of_giver(draft, id, &identifier)?,
                ClaimOrigin::Visit(id) => items.side_of(&Since::Visit(id)),
                ClaimOrigin::Created | ClaimOrigin::Edited | ClaimOrigin::Import(_) => None,
                ClaimOrigin::Explicit | ClaimOrigin::Taken(_) | ClaimOrigin::Offered(_) => None,
                ClaimOrigin::Merged(_) => None,
            };
            let edited = || {
                let mut edits = items.list.iter();
                edits.find_map(|one| match one.item {
                    Since::Edit(field) => {
                        let mut alone = crate::domain::Fields::default();
                        alone.set(field, self.now.fields.get(field));
                        alone
                            .identifiers()
                            .contains(&identifier)
                            .then_some(one.side)
                    }
                    Since::Conversation(..) | Since::Visit(_) | Since::Note(_) => None,
                    Since::Claim(_) | Since::Released(_) | Since::Kept => None,
                    Since::NotSame(_) | Since::Merge(_) => None,
                })
            };
            let side = came_with.or_else(edited);
            items.put(
                Since::Claim(identifier),
                side.map(|side| (side, Lead::Together)),
            )?;
        }
        Ok(())
    }
}

/// The list in the making.
struct Items<'s, 'f> {
    split: &'s Split<'f>,
    chosen: &'s Sides,
    /// Where what nothing tells goes.
    main: ContactId,
    list: Vec<Assigned>,
}

impl Items<'_, '_> {
    fn put(&mut self, item: Since, lead: Option<(ContactId, Lead)>) -> Result<(), Refusal> {
        let chosen = self.chosen.iter().find(|(one, _)| *one == item);
        let (side, lead) = match (chosen, lead) {
            (Some((_, side)), _) => (self.split.side(*side)?.contact.id, Lead::Chosen),
            (None, Some(lead)) => lead,
            (None, None) => (self.main, Lead::Principal),
        };
        self.list.push(Assigned { item, side, lead });
        Ok(())
    }

    /// The side of whoever gave the identifier in a conversation: one of several participants.
    fn side_of_giver(
        &self,
        draft: &Draft,
        id: ConversationId,
        identifier: &Identifier,
    ) -> Result<Option<ContactId>, Halt> {
        let record = draft.facts.conversation_if_any(&id)?.as_ref();
        let gave = |party: &Option<String>| {
            let link = record.and_then(|record| record.link_of(party.as_deref()));
            let mut provided = link.into_iter().flat_map(|link| &link.reason.provided);
            provided.any(|one| one.identifier == *identifier)
        };
        let mut list = self.list.iter();
        let given = list.find(|one| match &one.item {
            Since::Conversation(of, party) => *of == id && gave(party),
            Since::Visit(_) | Since::Note(_) | Since::Claim(_) | Since::Edit(_) => false,
            Since::Released(_) | Since::Kept => false,
            Since::NotSame(_) | Since::Merge(_) => false,
        });
        Ok(given.map(|one| one.side))
    }

    fn side_of(&self, item: &Since) -> Option<ContactId> {
        let mut list = self.list.iter();
        list.find(|one| one.item == *item).map(|one| one.side)
    }
}
