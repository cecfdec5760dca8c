//! The preview of a merge, joined here by the same rules as the engine's (`design/rules.md` §6), and sent
//! with the merge as its value override, so that it comes to what was shown.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::super::super::Trouble;
use super::super::super::merging;
use super::super::super::view::{Brief, MergePreview};
use super::PlatformBackend;
use crate::domain::contact::{Contact, ContactId, Fields};
use crate::domain::conversation::Trust;
use crate::domain::field::Field;
use crate::domain::reason::{Claim, ClaimOrigin};
use crate::domain::{Identifier, Refusal};
use crate::engine::merge;
use crate::wire::contact::Answered;

/// Contacts that may be merged at once (`design/rules.md` §6).
const MERGED: std::ops::RangeInclusive<usize> = 2..=25;

/// What a merge is made of.
pub(super) struct Inputs {
    people: Vec<Answered>,
    chosen: BTreeMap<Field, ContactId>,
}

impl Inputs {
    pub(super) fn contacts(&self) -> Vec<Contact> {
        self.people.iter().map(|one| one.contact.clone()).collect()
    }

    pub(super) fn ids(&self) -> Vec<ContactId> {
        self.people.iter().map(|one| one.contact.id).collect()
    }

    /// Each in words, for a sentence.
    pub(super) fn called(&self) -> Vec<String> {
        let people = self.people.iter();
        people
            .map(|one| Brief::of(&one.contact).in_words())
            .collect()
    }

    /// Why to ask twice: strong ids that differ.
    pub(super) fn warnings(&self) -> Vec<String> {
        let claims: Vec<Vec<(Identifier, Claim)>> = self.people.iter().map(claims).collect();
        let differing = merge::differing_ids(&claims).into_iter();
        differing
            .map(|word| format!("their {word} differ"))
            .collect()
    }

    /// The values that somebody, or the rule for kept contacts, chose: the server chooses the rest.
    pub(super) fn overriding(&self) -> Fields {
        let mut fields = Fields::default();
        for (field, id) in &self.chosen {
            let mut people = self.people.iter().map(|one| &one.contact);
            let value = people
                .find(|one| one.id == *id)
                .and_then(|one| one.fields.get(*field));
            fields.set(*field, value);
        }
        fields
    }
}

impl PlatformBackend {
    pub(super) async fn inputs(
        &self,
        ids: &[ContactId],
        takes: &[(Field, ContactId)],
    ) -> Result<Inputs, Trouble> {
        if !MERGED.contains(&ids.len()) {
            return Err(Refusal::MergeCount(ids.len()).into());
        }
        let found = try_join_all(ids.iter().map(|id| self.person(*id))).await?;
        let mut people: Vec<Answered> = Vec::with_capacity(ids.len());
        let mut heads = BTreeMap::new();
        for (id, person) in ids.iter().zip(found) {
            let person = person.ok_or(Refusal::NoContact(*id))?;
            heads.insert(*id, person.contact.id);
            if people.iter().any(|one| one.contact.id == person.contact.id) {
                let refusal = match ids.iter().filter(|one| *one == id).count() {
                    1 => Refusal::OnePerson,
                    _ => Refusal::SameContact,
                };
                return Err(refusal.into());
            }
            people.push(person);
        }
        let contacts: Vec<Contact> = people.iter().map(|one| one.contact.clone()).collect();
        let mut chosen = merge::curated_takes(&contacts);
        for (field, id) in takes {
            chosen.insert(*field, heads.get(id).copied().unwrap_or(*id));
        }
        Ok(Inputs { people, chosen })
    }

    pub(super) async fn preview(
        &self,
        ids: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        let inputs = self.inputs(&ids, &takes).await?;
        let contacts = inputs.contacts();
        let joined = merge::join_fields(&contacts, &inputs.chosen);
        let name_of = |id| {
            let mut people = inputs.people.iter();
            let member = people.find(|one| one.contact.fields.organization == Some(id));
            member.and_then(|one| one.organization.clone())
        };
        let ids = inputs.ids();
        let sessions = try_join_all(ids.iter().map(|id| self.sessions(*id))).await?;
        let notes = try_join_all(ids.iter().map(|id| self.notes(*id))).await?;
        let warnings = inputs.warnings();
        let identifiers = inputs.people.iter().map(|one| one.identifiers.len()).sum();
        Ok(MergePreview {
            result_kind: merging::kind(&contacts),
            lines: merging::lines(&contacts, &joined.fields, &inputs.chosen, &name_of),
            inputs: contacts.iter().map(Brief::of).collect(),
            takes: inputs.chosen.into_iter().collect(),
            identifiers,
            notes: notes.iter().map(Vec::len).sum(),
            interactions: sessions.iter().map(Vec::len).sum(),
            warnings,
        })
    }
}

/// What the API holds as an identifier it takes as proven.
fn claims(person: &Answered) -> Vec<(Identifier, Claim)> {
    let contact = person.contact.id;
    let claim = |identifier: &Identifier| {
        let claim = Claim {
            contact,
            at: person.contact.created,
            origin: ClaimOrigin::Created,
            trust: Trust::Verified,
        };
        (identifier.clone(), claim)
    };
    person.identifiers.iter().map(claim).collect()
}
