//! *Why?* of a contact: how it came to be, and how it came by what it holds.

use super::super::super::view::{Brief, ContactExplanation, Expires, Held, Made, Turn, TurnKind};
use super::super::{LocalBackend, Trouble};
use super::turned::by;
use super::{came_from, capital, word};
use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::contact::{Contact, ContactId, Origin};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::{Claim, ClaimOrigin, RULES_VERSION};
use crate::domain::visit::VisitId;
use crate::engine::explain::field_of;
use crate::engine::suggest;
use crate::store::Entry;

/// What the contact is asked about.
struct Found {
    contact: Contact,
    set: Vec<ContactId>,
    others: Vec<(Contact, Identifier)>,
}

impl LocalBackend {
    pub(in crate::backend::local) async fn explain_contact(
        &self,
        id: ContactId,
    ) -> Result<ContactExplanation, Trouble> {
        let question = |facts: &Facts| -> Result<Found, Halt> {
            facts.want([FactKey::Contact(id)])?;
            let contact = facts.canonical(id)?.clone();
            let rivals = suggest::rivals(&contact, &suggest::watched(&contact, &[]), facts)?;
            let mut others = Vec::new();
            for (id, identifier) in rivals {
                others.push((facts.contact(id)?.clone(), identifier));
            }
            let set = facts.merge_set(&contact)?;
            Ok(Found {
                contact,
                set,
                others,
            })
        };
        let found = self.ask(Facts::default(), question).await?.0;
        let contact = &found.contact;
        let mut history = self.entries_since(contact.id, Moment(i64::MIN)).await?;
        history.reverse();
        let made = self.made(contact, &history).await?;
        let mut sentences = vec![self.came_to_be(contact, made.as_ref()).await?];
        sentences.extend(self.merged_below(&found).await?);
        sentences.extend(self.kept_since(contact, &history));
        let chain = self.merges(id).await?;
        // Merges that stand are told by what they made.
        let is_told = |turn: &Turn| turn.kind == TurnKind::Merged && turn.done.is_some();
        if !chain.iter().all(is_told) {
            sentences.extend(self.turned(&chain));
        }
        let held = self.held(&found).await?;
        for one in &held {
            sentences.push(self.holds(one).await?);
        }
        for (other, identifier) in &found.others {
            let who = self.brief_of(other).await?.in_words();
            sentences.push(format!("{who} carries {identifier} too."));
        }
        let expires = match contact.expires() {
            true => Some(self.expires(contact).await?),
            false => None,
        };
        sentences.push(self.lives(contact, expires));
        let sentences = sentences.iter().map(|one| capital(one)).collect();
        let merged_from = self.store.contacts(contact.merged_from.clone()).await?;
        Ok(ContactExplanation {
            sentences,
            contact: self.brief_of(contact).await?,
            made,
            held,
            merged_from: self.briefs(&merged_from).await?,
            chain,
            others: (found.others.iter())
                .map(|(one, identifier)| (Brief::of(one), identifier.clone()))
                .collect(),
            expires,
        })
    }

    /// How long the contact lives, in one sentence.
    fn lives(&self, contact: &Contact, expires: Option<Expires>) -> String {
        match expires {
            Some(Expires::At(at)) => format!(
                "It expires on {} unless it is heard of before.",
                self.day(at)
            ),
            Some(Expires::DaysAfterEnd(days)) => {
                format!("It expires {days} days after its open conversation ends.")
            }
            None if contact.is_curated() => "It is kept: it does not expire.".to_owned(),
            None => "It does not expire, since it came of a merge.".to_owned(),
        }
    }

    /// The entry that made the contact; nothing when its values are no longer kept.
    async fn made(&self, contact: &Contact, history: &[Entry]) -> Result<Option<Made>, Trouble> {
        for entry in history.iter().filter(|entry| makes(entry.action)) {
            let changes = self.store.changes(entry.id).await?.unwrap_or_default();
            if changes.iter().any(|change| is_made(contact.id, change)) {
                return Ok(Some(made_by(entry, contact.id, &changes)));
            }
        }
        Ok(None)
    }

    /// How the contact came to be, in one sentence.
    async fn came_to_be(&self, contact: &Contact, made: Option<&Made>) -> Result<String, Trouble> {
        let who = self.brief_of(contact).await?.in_words();
        let Some(made) = made else {
            let how = match contact.origin {
                Origin::Resolution => "by identity resolution",
                Origin::Unlink => "when a conversation was unlinked",
                Origin::Person => "by somebody",
                Origin::Import => "by an import",
                Origin::Merge => "by a merge",
            };
            let day = self.day(contact.created);
            return Ok(format!(
                "{who} was made {how} on {day}; more is no longer kept."
            ));
        };
        let (by, on) = (&made.by, self.time(made.at));
        let seen = match (made.conversation, made.visit) {
            (Some(id), _) => self.conversation_words(id).await?,
            (None, Some(id)) => self.visit_words(id).await?,
            (None, None) => "a conversation".to_owned(),
        };
        Ok(match (contact.origin, made.batch) {
            (Origin::Merge, _) => {
                let inputs = self.store.contacts(contact.merged_from.clone()).await?;
                let briefs = self.briefs(&inputs).await?;
                let names: Vec<String> = briefs.iter().map(Brief::in_words).collect();
                let (names, entry) = (joined(&names), made.entry);
                format!("{who} was made on {on} by {by}, merging {names} (entry {entry}).")
            }
            (Origin::Import, Some(batch)) => {
                format!("{who} was made by CSV import #{batch} of {by} on {on}.")
            }
            (Origin::Import, None) => format!("{who} was made by an import of {by} on {on}."),
            (Origin::Person, _) => format!("{who} was made by {by} on {on}."),
            (Origin::Unlink, _) => format!("{who} was made on {on}, when {by} unlinked {seen}."),
            (Origin::Resolution, _) => format!(
                "{who} was made by {seen} (rule {}, version {}).",
                made.rule, made.version
            ),
        })
    }

    /// How the merges below a canonical contact came to be, in one sentence each.
    async fn merged_below(&self, found: &Found) -> Result<Vec<String>, Trouble> {
        let mut sentences = Vec::new();
        let below = found.set.iter().skip(1).copied().collect();
        for contact in self.store.contacts(below).await? {
            if contact.merged_from.is_empty() {
                continue;
            }
            let mut history = self.entries_since(contact.id, Moment(i64::MIN)).await?;
            history.reverse();
            let made = self.made(&contact, &history).await?;
            sentences.push(self.came_to_be(&contact, made.as_ref()).await?);
        }
        Ok(sentences)
    }

    /// Who added the contact to the contacts, in one sentence each.
    fn kept_since(&self, contact: &Contact, history: &[Entry]) -> Vec<String> {
        let promoted = history.iter().filter(|entry| {
            entry.action == Action::Promote
                && entry.contact == Some(contact.id)
                && entry.undone_by.is_none()
        });
        promoted
            .map(|entry| {
                let on = self.time(entry.at);
                format!("{} added it to the contacts on {on}.", entry.actor)
            })
            .collect()
    }

    /// What the person is known by, each with how it was typed.
    async fn held(&self, found: &Found) -> Result<Vec<Held>, Trouble> {
        let mut held = Vec::new();
        for (identifier, claim) in self.store.claims(found.set.clone()).await? {
            let field = field_of(&found.contact.fields, &identifier);
            let in_field = found
                .contact
                .fields
                .phones()
                .into_iter()
                .find_map(|(_, phone)| {
                    let phone = phone.filter(|one| one.e164.as_ref() == Some(&identifier.value));
                    phone.map(|one| one.typed.clone())
                });
            let came = self.came_with(&claim, &identifier).await?;
            held.push(Held {
                typed: came
                    .map(|one| one.typed)
                    .or(in_field)
                    .filter(|typed| !typed.is_empty()),
                identifier,
                claim,
                field,
            });
        }
        Ok(held)
    }

    /// The evidence of the conversation or visit that a claim came from.
    async fn came_with(
        &self,
        claim: &Claim,
        identifier: &Identifier,
    ) -> Result<Option<Provided>, Trouble> {
        let provided = match &claim.origin {
            ClaimOrigin::Conversation(id) => {
                let record = self.store.conversation(*id).await?;
                record.map(|record| {
                    let others = record.others.into_iter().map(|(_, link)| link);
                    let links = std::iter::once(record.link).chain(others);
                    links.flat_map(|link| link.reason.provided).collect()
                })
            }
            ClaimOrigin::Visit(id) => {
                let key = vec![FactKey::Visit(*id)];
                let facts = self.load(key, Facts::default()).await?;
                let record = facts.visit_if_any(id).map_err(Trouble::of_halt)?;
                record.as_ref().map(|one| one.link.reason.provided.clone())
            }
            ClaimOrigin::Created | ClaimOrigin::Edited | ClaimOrigin::Import(_) => None,
            ClaimOrigin::Explicit | ClaimOrigin::Taken(_) => None,
            ClaimOrigin::Offered(_) | ClaimOrigin::Merged(_) => None,
        };
        let provided: Vec<Provided> = provided.unwrap_or_default();
        Ok(provided
            .into_iter()
            .find(|one| one.identifier == *identifier))
    }

    /// Since when an identifier is the contact's, and how it came by it.
    async fn holds(&self, held: &Held) -> Result<String, Trouble> {
        let claim = &held.claim;
        let how = match &claim.origin {
            ClaimOrigin::Conversation(id) => {
                format!("{} came with it", self.conversation_words(*id).await?)
            }
            ClaimOrigin::Visit(id) => format!("{} came with it", self.visit_words(*id).await?),
            ClaimOrigin::Taken(from) => format!("taken over from {}", self.name(*from).await?),
            ClaimOrigin::Offered(from) => format!("{} let it go", self.name(*from).await?),
            ClaimOrigin::Merged(from) => self.came_merged(held, *from).await?,
            ClaimOrigin::Created | ClaimOrigin::Edited => came_from(&claim.origin),
            ClaimOrigin::Import(_) | ClaimOrigin::Explicit => came_from(&claim.origin),
        };
        let what = capital(&held.identifier.to_string());
        let typed = held
            .typed
            .as_ref()
            .filter(|typed| **typed != held.identifier.value && **typed != held.identifier.shown());
        let typed = typed.map_or_else(String::new, |typed| format!(", written {typed}"));
        let not = match claim.trust {
            Trust::Verified => "",
            Trust::Typed => " A visitor typed it: it is not verified.",
        };
        let since = self.day(claim.at);
        Ok(format!(
            "{what} has identified it since {since} ({how}{typed}).{not}"
        ))
    }

    /// By which merge an identifier came, and since when the merged contact had had it.
    async fn came_merged(&self, held: &Held, from: ContactId) -> Result<String, Trouble> {
        let from = self.name(from).await?;
        let mut hands = self.hands(&held.identifier, &held.claim).await?;
        let last = hands.pop().and_then(|hand| hand.entry);
        let by = last.map_or_else(String::new, |done| {
            format!(" by {}, entry {}", by(&done), done.entry)
        });
        let since = hands.first().map_or_else(String::new, |first| {
            let how = came_from(&first.claim.origin);
            format!("; claimed on {}, {how}", self.day(first.claim.at))
        });
        Ok(format!("it came with the merge of {from}{by}{since}"))
    }

    /// A conversation in words: `the call of 4 Feb 2026 10:00`.
    pub(super) async fn conversation_words(&self, id: ConversationId) -> Result<String, Trouble> {
        Ok(match self.store.conversation(id).await? {
            Some(record) => {
                let one = &record.conversation;
                format!("the {} of {}", word(one.channel), self.time(one.start))
            }
            None => "a conversation that is no longer kept".to_owned(),
        })
    }

    async fn visit_words(&self, id: VisitId) -> Result<String, Trouble> {
        let facts = self
            .load(vec![FactKey::Visit(id)], Facts::default())
            .await?;
        let record = facts.visit_if_any(&id).map_err(Trouble::of_halt)?;
        Ok(match record {
            Some(one) => format!("the web visit of {}", self.time(one.visit.start)),
            None => "a web visit that is no longer kept".to_owned(),
        })
    }
}

/// True for the change that makes the contact.
fn is_made(contact: ContactId, change: &Change) -> bool {
    matches!(change, Change::Contact { id, before: None, after: Some(_) } if *id == contact)
}

/// What an entry that made the contact says of it.
fn made_by(entry: &Entry, contact: ContactId, changes: &[Change]) -> Made {
    let mut made = Made {
        entry: entry.id,
        at: entry.at,
        by: entry.actor.clone(),
        action: entry.action,
        batch: entry.batch,
        conversation: entry.conversation,
        visit: None,
        rule: entry.action.name().into(),
        version: RULES_VERSION,
    };
    for change in changes {
        let link = match change {
            Change::Link { after, .. } | Change::VisitLink { after, .. } => after,
            Change::Contact { .. }
            | Change::Claim { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. } => continue,
            Change::Note { .. } | Change::NotSame { .. } | Change::Shared { .. } => continue,
            Change::Organization { .. } | Change::Review { .. } => continue,
        };
        let Some(link) = link.as_ref().filter(|link| link.contact == contact) else {
            continue;
        };
        (made.rule, made.version) = (link.reason.rule.name().into(), link.reason.version);
        match change {
            Change::Link { conversation, .. } => made.conversation = Some(*conversation),
            Change::VisitLink { visit, .. } => made.visit = Some(*visit),
            _ => {}
        }
    }
    made
}

/// Actions that can make a contact.
fn makes(action: Action) -> bool {
    match action {
        Action::Resolve | Action::Create | Action::Import | Action::Merge | Action::Unlink => true,
        Action::Undo | Action::Unmerge | Action::Enrich => true,
        Action::CreateOrganization | Action::EditOrganization | Action::DeleteOrganization => false,
        Action::Promote | Action::Edit | Action::Link | Action::AddNote | Action::EditNote => false,
        Action::DeleteNote | Action::Delete | Action::NotSame | Action::Claim => false,
        Action::Release | Action::Share | Action::Unshare | Action::WrapUp => false,
        Action::Take | Action::Reopen => false,
        Action::Expire | Action::Erase | Action::View | Action::Export => false,
        Action::Mark | Action::SaveFilter | Action::ForgetFilter => false,
    }
}

/// Names in a row: `A, B and C`.
pub(in crate::backend::local) fn joined(names: &[String]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
