//! Profiles: the contact that a conversation is associated with, and who else has or uses what it came with.

use std::collections::BTreeSet;

use futures_util::future::{join_all, try_join_all};
use serde_json::Value;

use super::super::super::Trouble;
use super::super::super::view::{Brief, Profile, ProfileState};
use super::super::http::Failure;
use super::PlatformBackend;
use super::ask::if_any;
use super::roster::{CONVERSATIONS, linked};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::{Conversation, ConversationId, Provided, Trust};
use crate::domain::{Identifier, Permission, Refusal};
use crate::engine::{resolve, suggest};
use crate::wire::contact::Answered;
use crate::wire::conversation::{from_json, from_live};

/// Identifiers that are looked up for one profile.
const LOOKED_UP_MAX: usize = 8;

impl PlatformBackend {
    pub(super) async fn read_profile_of(&self, id: ConversationId) -> Result<Profile, Trouble> {
        let conversation = self.conversation(id).await?;
        let conversation = conversation.ok_or(Refusal::NoConversation(id))?;
        let provided = self.provided(&conversation);
        let contact = linked(&conversation);
        let left = self.done_here().left_by(id);
        let mut profile = self.composed(contact, &provided, &left).await?;
        profile.state = state(&profile, contact);
        profile.conversation = Some(id);
        profile.provided_name = conversation.provided_name().map(str::to_owned);
        profile.says.clone_from(&profile.provided_name);
        profile.linked = contact;
        profile.provided = provided;
        profile.left = left;
        Ok(profile)
    }

    pub(super) async fn read_profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        self.composed(Some(contact), &[], &[]).await
    }

    /// A conversation as it is now, else as the analytics have it; `None` when neither shows it.
    pub(super) async fn conversation(
        &self,
        id: ConversationId,
    ) -> Result<Option<Conversation>, Trouble> {
        let may_ask_on = self.role.may(Permission::ConversationDetailView);
        let live = self
            .get_if_any(&format!("{CONVERSATIONS}/{id}"), Vec::new())
            .await;
        let live = match live {
            Err(Failure::Status { status: 403, .. }) if may_ask_on => None,
            live => live?,
        };
        if let Some(found) = live.and_then(|value| from_live(&value).ok()) {
            return Ok(Some(found));
        }
        if !may_ask_on {
            return Ok(None);
        }
        let path = format!("/api/v2/analytics/conversations/{id}/details");
        let details: Option<Value> = if_any(self.get(&path, Vec::new()).await)?;
        Ok(details.and_then(|value| from_json(value).ok()))
    }

    /// What the person outside came with.
    pub(super) fn provided(&self, conversation: &Conversation) -> Vec<Provided> {
        let first = conversation.outside().next();
        first.map_or_else(Vec::new, |party| resolve::provided(party, &self.reading))
    }

    async fn composed(
        &self,
        id: Option<ContactId>,
        provided: &[Provided],
        left: &[ContactId],
    ) -> Result<Profile, Trouble> {
        let person = match id {
            Some(id) => self.person(id).await?,
            None => None,
        };
        let own: Vec<ContactId> = person.iter().flat_map(|one| one.set.clone()).collect();
        let others = self.others(person.as_ref(), provided, &own, left).await?;
        let notes = match &person {
            Some(person) => self.notes(person.contact.id).await?,
            None => Vec::new(),
        };
        let claims = person.iter().flat_map(|one| &one.identifiers);
        // What the API holds as an identifier it takes as proven.
        let claims = claims.map(|one| (one.clone(), Trust::Verified)).collect();
        let is_gone = id.is_some() && person.is_none();
        Ok(Profile {
            state: if is_gone {
                ProfileState::Gone
            } else {
                ProfileState::Alone
            },
            gone: None,
            linked: None,
            organization: person.as_ref().and_then(|one| one.organization.clone()),
            claims,
            holders: others.holders,
            rivals: others.rivals,
            signs: Vec::new(),
            shared: Vec::new(),
            suggestions: others.suggestions,
            left: Vec::new(),
            not_same: Vec::new(),
            notes,
            ancestors: own.iter().skip(1).copied().collect(),
            // When it expires is the server's own affair, and it does not say.
            expires: None,
            reason: None,
            provided: Vec::new(),
            says: None,
            provided_name: None,
            conversation: None,
            contact: person.map(|one| one.contact),
        })
    }

    /// Who else has or uses the identifiers that a profile is about.
    async fn others(
        &self,
        person: Option<&Answered>,
        provided: &[Provided],
        own: &[ContactId],
        left: &[ContactId],
    ) -> Result<Others, Trouble> {
        let mut watched = match person {
            Some(person) => suggest::watched(&person.contact, provided),
            None => provided.iter().map(|one| one.identifier.clone()).collect(),
        };
        watched.truncate(LOOKED_UP_MAX);
        let mut asked: Vec<Identifier> =
            provided.iter().map(|one| one.identifier.clone()).collect();
        asked.truncate(LOOKED_UP_MAX);
        let users = try_join_all(watched.iter().map(|one| self.users_of(one))).await?;
        let held = join_all(asked.iter().map(|one| self.holder(one))).await;
        let held: Vec<Option<Answered>> = held.into_iter().collect::<Result<_, _>>()?;
        let mut others = Others::default();
        let mut seen: BTreeSet<ContactId> = own.iter().copied().collect();
        for (identifier, found) in watched.iter().zip(users) {
            for contact in found.iter().filter(|one| one.is_curated()) {
                if seen.insert(contact.id) {
                    others.rivals.push((Brief::of(contact), identifier.clone()));
                }
            }
        }
        for (identifier, holder) in asked.iter().zip(held) {
            let Some(holder) = holder else { continue };
            let contact: &Contact = &holder.contact;
            others
                .holders
                .push((Brief::of(contact), identifier.clone()));
            if !left.contains(&contact.id) && seen.insert(contact.id) {
                others.suggestions.push(Brief::of(contact));
            }
        }
        Ok(others)
    }
}

#[derive(Default)]
struct Others {
    holders: Vec<(Brief, Identifier)>,
    rivals: Vec<(Brief, Identifier)>,
    suggestions: Vec<Brief>,
}

/// The four states of a conversation's profile (`design/rules.md` §5).
fn state(profile: &Profile, linked: Option<ContactId>) -> ProfileState {
    match (&profile.contact, linked) {
        (None, None) => ProfileState::Unlinked,
        (None, Some(_)) => ProfileState::Gone,
        (Some(contact), _) if !contact.is_curated() => ProfileState::Provided,
        (Some(_), _) if profile.rivals.is_empty() => ProfileState::Linked,
        (Some(_), _) => ProfileState::Rivals,
    }
}
