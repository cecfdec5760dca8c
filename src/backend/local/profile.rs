//! Profiles: who it is, how sure and why, who else it may be; and the preview of a merge.

use std::collections::BTreeMap;

use super::super::merging;
use super::super::view::{Brief, Expires, MergePreview, Profile, ProfileState};
use super::journey::{JOURNEY_DAYS, STARTS_MAX};
use super::{LocalBackend, Trouble};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::{ConversationId, Provided};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::Field;
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Link, Rule};
use crate::domain::record::ConversationRecord;
use crate::engine::{merge, shared, suggest};
use crate::store::{ConversationFilter, ConversationLine};

/// Conversations that are looked through for a name.
const SAID_AMONG: usize = 10;

/// What the pure part of a profile finds out.
#[derive(Default)]
struct Found {
    contact: Option<Contact>,
    set: Vec<ContactId>,
    holders: Vec<(Contact, Identifier)>,
    rivals: Vec<(Contact, Identifier)>,
    shared: Vec<Identifier>,
    suggestions: Vec<Contact>,
    not_same: Vec<ContactId>,
}

impl LocalBackend {
    pub(super) async fn read_profile_of(
        &self,
        conversation: ConversationId,
    ) -> Result<Profile, Trouble> {
        let record = self.store.conversation(conversation).await?;
        let record = record.ok_or(crate::domain::Refusal::NoConversation(conversation))?;
        let link = record.link.clone();
        let mut profile = self.compose(link.contact, Some(&record)).await?;
        profile.conversation = Some(conversation);
        profile.provided_name = record.conversation.provided_name().map(str::to_owned);
        profile.provided = link.reason.provided.clone();
        profile.linked = Some(link.contact);
        profile.state = state_of(&profile, &link);
        profile.reason = Some(link.reason);
        Ok(profile)
    }

    pub(super) async fn read_profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        let mut profile = self.compose(contact, None).await?;
        profile.provided_name.clone_from(&profile.says);
        Ok(profile)
    }

    /// Contacts in one line each.
    pub(super) async fn briefs(&self, contacts: &[Contact]) -> Result<Vec<Brief>, Trouble> {
        let mut briefs = Vec::with_capacity(contacts.len());
        for contact in contacts {
            briefs.push(Brief {
                says: self.said_of(contact).await?,
                ..Brief::of(contact)
            });
        }
        Ok(briefs)
    }

    /// One line for each of these ids, as they are now; nothing for who is gone.
    pub(super) async fn read_lines(
        &self,
        ids: Vec<ContactId>,
    ) -> Result<Vec<Option<Brief>>, Trouble> {
        let people = self.people(ids.clone()).await?;
        let mut lines = Vec::with_capacity(ids.len());
        for id in ids {
            let line = match people.get(&id) {
                Some(contact) => self.briefs(std::slice::from_ref(contact)).await?.pop(),
                None => None,
            };
            lines.push(line);
        }
        Ok(lines)
    }

    /// One line for each of these people, with the identifier beside it.
    async fn briefs_with(
        &self,
        people: Vec<(Contact, Identifier)>,
    ) -> Result<Vec<(Brief, Identifier)>, Trouble> {
        let (contacts, identifiers): (Vec<_>, Vec<_>) = people.into_iter().unzip();
        let briefs = self.briefs(&contacts).await?;
        Ok(briefs.into_iter().zip(identifiers).collect())
    }

    /// The name that the latest conversation gives for a contact that nobody named, or for one of those that
    /// it was merged of.
    pub(super) async fn said_of(&self, contact: &Contact) -> Result<Option<String>, Trouble> {
        if !contact.fields.full_name().is_empty() {
            return Ok(None);
        }
        let mut set = vec![contact.id];
        let mut below = contact.merged_from.clone();
        while !below.is_empty() && set.len() <= merge::SET_MAX {
            set.extend(&below);
            let level = self.store.contacts(below).await?.into_iter();
            below = level.flat_map(|one| one.merged_from).collect();
        }
        let latest = self.latest(set, SAID_AMONG).await?;
        Ok(latest.into_iter().find_map(|line| line.provided_name))
    }

    /// When an auto-made contact expires: not while a conversation of it is open.
    pub(super) async fn expires(&self, contact: &Contact) -> Result<Expires, Trouble> {
        let days = self.options.life_days;
        // Open ones come first.
        let latest = self.latest(vec![contact.id], SAID_AMONG).await?;
        let ends = latest.iter().filter_map(|line| line.end);
        // A person may have linked it: then only the link keeps the contact alive.
        let last = ends.fold(contact.last_alive(), Moment::max);
        Ok(match latest.iter().any(|line| line.end.is_none()) {
            true => Expires::DaysAfterEnd(days),
            false => Expires::At(last.plus_days(days)),
        })
    }

    async fn latest(
        &self,
        contacts: Vec<ContactId>,
        limit: usize,
    ) -> Result<Vec<ConversationLine>, Trouble> {
        let filter = ConversationFilter {
            contacts: Some(contacts),
            // What is past the retention is not told, whether or not it was removed already.
            ended_since: Some(self.now().minus_days(self.options.life_days)),
            limit,
            ..ConversationFilter::default()
        };
        Ok(self.store.conversations(filter).await?)
    }

    async fn compose(
        &self,
        contact: ContactId,
        record: Option<&ConversationRecord>,
    ) -> Result<Profile, Trouble> {
        let question = |facts: &Facts| found(contact, record, facts);
        let mut found = self.ask(Facts::default(), question).await?.0;
        let is_kept = found.contact.as_ref().is_some_and(Contact::is_curated);
        let left = match record {
            Some(record) => self.left(record).await?,
            None => Vec::new(),
        };
        found.suggestions.retain(|one| !left.contains(&one.id));
        let signs = match record.filter(|_| !is_kept && !found.rivals.is_empty()) {
            Some(record) => self.in_order(record, &left, &mut found.rivals).await?,
            None => Vec::new(),
        };
        let claims = self.store.claims(found.set.clone()).await?;
        let mut notes = self.store.notes(found.set.clone()).await?;
        notes.sort_by_key(|note| std::cmp::Reverse((note.created, note.id)));
        let organization = found
            .contact
            .as_ref()
            .and_then(|contact| contact.fields.organization);
        let organization = self
            .store
            .organizations(organization.into_iter().collect())
            .await?;
        let expires = match &found.contact {
            Some(contact) if contact.expires() => Some(self.expires(contact).await?),
            Some(_) | None => None,
        };
        let gone = match &found.contact {
            Some(_) => None,
            None => self.became(contact).await?,
        };
        let gone = gone.map(|refusal| refusal.to_string());
        let says = match &found.contact {
            Some(contact) => self.said_of(contact).await?,
            None => None,
        };
        Ok(Profile {
            state: if found.contact.is_some() {
                ProfileState::Alone
            } else {
                ProfileState::Gone
            },
            linked: None,
            organization: organization
                .into_iter()
                .next()
                .map(|organization| organization.name),
            claims: claims
                .into_iter()
                .map(|(identifier, claim)| (identifier, claim.trust))
                .collect(),
            holders: self.briefs_with(found.holders).await?,
            rivals: self.briefs_with(found.rivals).await?,
            signs: signs
                .into_iter()
                .map(|one| (one.contact, self.signs(&one.signs)))
                .collect(),
            shared: found.shared,
            suggestions: self.briefs(&found.suggestions).await?,
            left,
            not_same: found.not_same,
            notes,
            ancestors: found.set.iter().skip(1).copied().collect(),
            expires,
            reason: None,
            provided: Vec::new(),
            says,
            provided_name: None,
            conversation: None,
            gone,
            contact: found.contact,
        })
    }

    pub(super) async fn preview(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        let context = self.context();
        let question = |facts: &Facts| merge::review(&contacts, &context, facts);
        let (review, _) = self.ask(Facts::default(), question).await?;
        let inputs = review.inputs;
        let mut chosen: BTreeMap<Field, ContactId> = merge::curated_takes(&inputs);
        for (field, id) in takes {
            let head = review.heads.get(&id).copied().unwrap_or(id);
            chosen.insert(field, head);
        }
        let joined = merge::join_fields(&inputs, &chosen);
        let organizations = inputs
            .iter()
            .filter_map(|contact| contact.fields.organization)
            .collect();
        let organizations = self.store.organizations(organizations).await?;
        let name_of = |id| {
            let mut known = organizations.iter();
            known.find(|one| one.id == id).map(|one| one.name.clone())
        };
        let lines = merging::lines(&inputs, &joined.fields, &chosen, &name_of);
        let set: Vec<ContactId> = review.sets.iter().flatten().copied().collect();
        // What the journey of the result will show: older ones go with the retention, sooner or later.
        let since = self.now().minus_days(JOURNEY_DAYS);
        let starts = self.store.starts(set.clone(), since, STARTS_MAX).await?;
        let mut warnings: Vec<String> = merge::differing_ids(&review.claims)
            .into_iter()
            .map(|word| format!("their {word} differ"))
            .collect();
        if review.not_same {
            warnings.push("somebody marked them as different people".to_owned());
        }
        Ok(MergePreview {
            result_kind: merging::kind(&inputs),
            inputs: self.briefs(&inputs).await?,
            lines,
            takes: chosen.into_iter().collect(),
            identifiers: review.claims.iter().map(Vec::len).sum(),
            notes: self.store.notes(set).await?.len(),
            interactions: starts.conversations.len() + starts.visits.len(),
            warnings,
        })
    }
}

/// Who holds what a conversation provided.
fn holders(provided: &[Provided], facts: &Facts) -> Result<Vec<(Contact, Identifier)>, Halt> {
    let identifiers = || provided.iter().map(|one| one.identifier.clone());
    facts.want(identifiers().map(FactKey::Claim))?;
    let mut holders = Vec::new();
    for identifier in identifiers() {
        if let Some(claim) = facts.claim(&identifier)? {
            let holder = facts.canonical(claim.contact)?.clone();
            holders.push((holder, identifier));
        }
    }
    Ok(holders)
}

/// The pure part of a profile: of a conversation when there is a record, else of the contact alone.
fn found(
    contact: ContactId,
    record: Option<&ConversationRecord>,
    facts: &Facts,
) -> Result<Found, Halt> {
    facts.want([FactKey::Contact(contact)])?;
    if facts.contact_if_any(&contact)?.is_none() {
        return Ok(Found::default());
    }
    let reason = record.map(|record| &record.link.reason);
    let provided = reason.map_or(&[][..], |reason| &reason.provided);
    let own = facts.canonical(contact)?;
    let mut rivals = Vec::new();
    for (id, identifier) in suggest::rivals(own, &suggest::watched(own, provided), facts)? {
        rivals.push((facts.contact(id)?.clone(), identifier));
    }
    let mut carried = own.fields.identifiers();
    carried.extend(provided.iter().map(|one| one.identifier.clone()));
    let mut suggestions = Vec::new();
    if let Some(reason) = reason {
        for id in suggest::same_person(own, reason, facts)? {
            suggestions.push(facts.contact(id)?.clone());
        }
    }
    Ok(Found {
        contact: Some(own.clone()),
        set: facts.merge_set(own)?,
        holders: holders(provided, facts)?,
        rivals,
        shared: shared::among(&carried, facts)?,
        suggestions,
        not_same: suggest::told_apart(own, facts)?,
    })
}

/// The four states of a conversation's profile (`design/rules.md` §5).
pub(super) fn state_of(profile: &Profile, link: &Link) -> ProfileState {
    let Some(contact) = &profile.contact else {
        return ProfileState::Gone;
    };
    match (link.reason.rule, contact.is_curated()) {
        (Rule::Unlinked, false) => ProfileState::Unlinked,
        (_, false) => ProfileState::Provided,
        (_, true) if profile.rivals.is_empty() => ProfileState::Linked,
        (_, true) => ProfileState::Rivals,
    }
}
