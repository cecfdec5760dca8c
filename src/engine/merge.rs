//! Merge: inputs become read-only ancestors of a new canonical contact (`design/rules.md` §6).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::Change;
use crate::domain::command::{Action, Remark, Sure};
use crate::domain::contact::{Contact, ContactId, ContactType, Origin};
use crate::domain::conversation::Trust;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::Field;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::permission::MergeRules;
use crate::domain::reason::{Claim, ClaimOrigin, NotSame};
use crate::domain::{Plan, Refusal};

use super::Context;
use super::draft::Draft;

pub use super::join::{Joined, curated_takes, join_fields, winner};

/// Most contacts of one merge call.
pub const INPUTS_MAX: usize = 25;
/// Most contacts of a merge set.
pub const SET_MAX: usize = 52;

/// Merges contacts of two or more people's records into one new canonical contact.
pub fn merge(
    contacts: &[ContactId],
    takes: &[(Field, ContactId)],
    sure: Sure,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Merge, context, facts);
    let (inputs, heads) = inputs(&draft, contacts)?;
    let takes: BTreeMap<Field, ContactId> = takes
        .iter()
        .map(|(field, id)| (*field, heads.get(id).copied().unwrap_or(*id)))
        .collect();
    allowed(&draft, &inputs)?;
    if sure == Sure::AskedOnce && marked_not_same(&draft, &inputs)? {
        let why = "somebody marked these contacts as different people".to_owned();
        return Err(Refusal::AskTwice(why).into());
    }
    for asked in contacts {
        if let Some(canonical) = heads.get(asked).copied().filter(|head| head != asked) {
            draft.remark(Remark::OnCanonical {
                asked: *asked,
                canonical,
            });
        }
    }
    let id = join(&mut draft, &inputs, &takes)?;
    if let Some(contact) = draft.contact_if_any(id)? {
        let mut contact = contact.clone();
        contact.modified_by = Some(context.actor.name.clone());
        draft.put(contact);
    }
    draft.plan.contact = Some(id);
    draft.finish()
}

/// The canonical contacts of what was asked for, and which id led to which.
pub(super) fn inputs(
    draft: &Draft,
    asked: &[ContactId],
) -> Result<(Vec<ContactId>, BTreeMap<ContactId, ContactId>), Halt> {
    if !(2..=INPUTS_MAX).contains(&asked.len()) {
        return Err(Refusal::MergeCount(asked.len()).into());
    }
    let mut heads = BTreeMap::new();
    let mut inputs = Vec::new();
    for (id, head) in asked.iter().zip(draft.canonicals(asked)?) {
        if heads.insert(*id, head).is_some() {
            return Err(Refusal::SameContact.into());
        }
        if inputs.contains(&head) {
            return Err(Refusal::OnePerson.into());
        }
        inputs.push(head);
    }
    Ok((inputs, heads))
}

/// Refuses what the rule set does not allow, and sets that grow too large.
pub(super) fn allowed(draft: &Draft, inputs: &[ContactId]) -> Result<(), Halt> {
    let mut curated = 0;
    for id in inputs {
        curated += usize::from(draft.contact(*id)?.is_curated());
    }
    let size = size_with(draft, inputs)?;
    if draft.context.options.merge == MergeRules::Deck && curated > 1 {
        return Err(Refusal::BothCurated.into());
    }
    if size > SET_MAX {
        return Err(Refusal::SetTooLarge(size).into());
    }
    Ok(())
}

/// How large the set of a merge would be, the new canonical contact included.
pub(super) fn size_with(draft: &Draft, inputs: &[ContactId]) -> Result<usize, Halt> {
    let sets = draft.facts.merge_sets(inputs)?;
    Ok(1 + sets.iter().map(Vec::len).sum::<usize>())
}

/// True when somebody marked any two contacts of these people as different.
pub(super) fn marked_not_same(draft: &Draft, inputs: &[ContactId]) -> Result<bool, Halt> {
    let sets = draft.facts.merge_sets(inputs)?;
    let pairs = sets.iter().enumerate().flat_map(|(index, one)| {
        let later = sets.iter().skip(index + 1).flatten();
        later.flat_map(move |other| one.iter().map(move |id| ordered(*id, *other)))
    });
    any_marked(draft, pairs.collect())
}

/// True when somebody marked a contact of this person as different from a contact of one of the `others`.
pub(super) fn marked_apart(
    draft: &Draft,
    person: ContactId,
    others: &[ContactId],
) -> Result<bool, Halt> {
    let own = draft.facts.merge_sets(&[person])?;
    let sets = draft.facts.merge_sets(others)?;
    let pairs = own.iter().flatten().flat_map(|one| {
        let others = sets.iter().flatten();
        others.map(move |other| ordered(*one, *other))
    });
    any_marked(draft, pairs.collect())
}

fn any_marked(draft: &Draft, pairs: Vec<(ContactId, ContactId)>) -> Result<bool, Halt> {
    let keys = pairs
        .iter()
        .map(|(one, other)| FactKey::NotSame(*one, *other));
    draft.facts.want(keys)?;
    for (one, other) in pairs {
        if draft.facts.not_same(one, other)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Joins canonical contacts into a new one: fields, identifiers, tree. The new contact's id.
pub(super) fn join(
    draft: &mut Draft,
    inputs: &[ContactId],
    takes: &BTreeMap<Field, ContactId>,
) -> Result<ContactId, Halt> {
    draft
        .facts
        .want(inputs.iter().map(|id| FactKey::ClaimsOf(*id)))?;
    let mut contacts = Vec::new();
    for id in inputs {
        contacts.push(draft.contact(*id)?.clone());
    }
    let joined = join_fields(&contacts, takes);
    let kind = contacts
        .iter()
        .map(|contact| contact.kind)
        .max()
        .unwrap_or(ContactType::Ephemeral);
    let mut canonical = draft.new_contact(kind, Origin::Merge, joined.fields);
    canonical.division = contacts
        .first()
        .map_or_else(|| "*".to_owned(), |contact| contact.division.clone());
    canonical.seen = contacts.iter().filter_map(|contact| contact.seen).max();
    canonical.merged_from = inputs.to_vec();
    let id = canonical.id;
    draft.put(canonical);
    for (field, value) in joined.homeless {
        draft.remark(Remark::NoSlot { field, value });
    }
    for mut contact in contacts {
        for (identifier, claim) in draft.claims_of(contact.id)? {
            draft.put_claim(identifier, id, ClaimOrigin::Merged(contact.id), claim.trust);
        }
        contact.merged_to = Some(id);
        draft.put(contact);
    }
    Ok(id)
}

/// Why a merge should ask twice: strong ids (external ids of one source, verified e-mails) that differ.
pub fn differing_ids(claims: &[Vec<(Identifier, Claim)>]) -> Vec<&'static str> {
    let values = |held: &[(Identifier, Claim)], kind: IdentifierType| -> BTreeSet<Identifier> {
        let strong = held.iter().filter(|(identifier, claim)| {
            identifier.kind == kind && claim.trust == Trust::Verified
        });
        strong.map(|(identifier, _)| identifier.clone()).collect()
    };
    let mut differing = Vec::new();
    for (kind, word) in [
        (IdentifierType::ExternalId, "external ids"),
        (IdentifierType::Email, "e-mail addresses"),
    ] {
        let sides: Vec<_> = claims
            .iter()
            .map(|held| values(held, kind))
            .filter(|set| !set.is_empty())
            .collect();
        let clash = |a: &Identifier, b: &Identifier| a.source == b.source && a.value != b.value;
        let differs = sides.iter().enumerate().any(|(index, one)| {
            sides
                .iter()
                .skip(index + 1)
                .any(|other| one.iter().any(|a| other.iter().any(|b| clash(a, b))))
        });
        if differs {
            differing.push(word);
        }
    }
    differing
}

/// Remembers that two contacts are different people.
pub fn not_same(
    one: ContactId,
    other: ContactId,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::NotSame, context, facts);
    facts.want([FactKey::Contact(one), FactKey::Contact(other)])?;
    if one == other {
        return Err(Refusal::SameContact.into());
    }
    let (a, b) = (draft.canonical(one)?.id, draft.canonical(other)?.id);
    if a == b {
        return Err(Refusal::OnePerson.into());
    }
    let pair = ordered(a, b);
    draft.plan.contact = Some(a);
    if facts.not_same_pair(&pair)?.is_none() {
        let after = Some(NotSame {
            by: context.actor.name.clone(),
            at: context.at,
        });
        draft.plan.changes.push(Change::NotSame {
            pair,
            before: None,
            after,
        });
    }
    draft.finish()
}

fn ordered(a: ContactId, b: ContactId) -> (ContactId, ContactId) {
    if a < b { (a, b) } else { (b, a) }
}

/// What a preview of a merge needs to know.
#[derive(Clone, Debug)]
pub struct Review {
    /// The canonical contacts that would be merged.
    pub inputs: Vec<Contact>,
    /// Which asked-for id led to which canonical contact.
    pub heads: BTreeMap<ContactId, ContactId>,
    /// The merge set of each input.
    pub sets: Vec<Vec<ContactId>>,
    /// The claims of each input.
    pub claims: Vec<Vec<(Identifier, Claim)>>,
    /// True when somebody marked them as different people.
    pub not_same: bool,
}

/// Looks at a merge before it is done; refused where the merge would be.
pub fn review(contacts: &[ContactId], context: &Context, facts: &Facts) -> Result<Review, Halt> {
    let draft = Draft::new(Action::Merge, context, facts);
    let (ids, heads) = inputs(&draft, contacts)?;
    allowed(&draft, &ids)?;
    facts.want(ids.iter().map(|id| FactKey::ClaimsOf(*id)))?;
    let mut review = Review {
        inputs: Vec::new(),
        heads,
        sets: Vec::new(),
        claims: Vec::new(),
        not_same: false,
    };
    review.sets = facts.merge_sets(&ids)?;
    for id in &ids {
        let contact = facts.contact(*id)?;
        review.claims.push(facts.claims_of(id)?.clone());
        review.inputs.push(contact.clone());
    }
    review.not_same = marked_not_same(&draft, &ids)?;
    Ok(review)
}
