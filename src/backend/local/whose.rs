//! Whose is it? Who may be meant by an identifier that several people use, the likeliest first
//! (`design/rules.md` §3).

use super::super::view::Brief;
use super::{LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::command::{Action, Remark};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::Provided;
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::record::ConversationRecord;
use crate::domain::{FactKey, Facts};
use crate::engine::shared;
use crate::engine::suggest::{self, Candidate, Ranked, Sign};
use crate::store::{ConversationFilter, EntryFilter};

/// Most people that are asked about, and earlier conversations of each that are looked at.
const PEOPLE_MAX: usize = 8;
const EARLIER_MAX: usize = 20;
/// Most decisions on the conversation that are looked through for an unlink.
const DECISIONS_MAX: usize = 20;

impl LocalBackend {
    /// Puts those who use an identifier of the conversation in order, with what speaks for each. Nobody stays
    /// whom an agent took it from.
    pub(super) async fn in_order(
        &self,
        record: &ConversationRecord,
        left: &[ContactId],
        users: &mut Vec<(Contact, Identifier)>,
    ) -> Result<Vec<Ranked>, Trouble> {
        users.retain(|(contact, _)| !left.contains(&contact.id));
        users.truncate(PEOPLE_MAX);
        let mut earlier = Vec::new();
        for (contact, _) in users.iter() {
            earlier.push(self.earlier(contact, record).await?);
        }
        let candidates: Vec<Candidate> = users
            .iter()
            .zip(&earlier)
            .map(|((contact, _), earlier)| Candidate { contact, earlier })
            .collect();
        let name = record.conversation.provided_name();
        let ranked = suggest::rank(&record.link.reason.provided, name, &candidates);
        let place = |id: ContactId| ranked.iter().position(|one| one.contact == id);
        users.sort_by_key(|(contact, _)| place(contact.id));
        Ok(ranked)
    }

    /// Who may be meant by a conversation that nobody is linked to, the likeliest first.
    pub(super) async fn whose(&self, record: &ConversationRecord) -> Result<Vec<Contact>, Trouble> {
        let own = record.link.contact;
        let provided = &record.link.reason.provided;
        let question = |facts: &Facts| {
            facts.want([FactKey::Contact(own)])?;
            let mut users = Vec::new();
            if facts.contact_if_any(&own)?.is_some() {
                let own = facts.canonical(own)?;
                let watched = suggest::watched(own, provided);
                for (id, identifier) in suggest::rivals(own, &watched, facts)? {
                    users.push((facts.contact(id)?.clone(), identifier));
                }
            }
            Ok(users)
        };
        let mut users = self.ask(Facts::default(), question).await?.0;
        let left = self.left(record).await?;
        self.in_order(record, &left, &mut users).await?;
        Ok(users.into_iter().map(|(contact, _)| contact).collect())
    }

    /// Who would hold a shared identifier if its mark were taken off: that is planned, and not done.
    pub(super) async fn heir(&self, identifier: &Identifier) -> Result<Option<Brief>, Trouble> {
        let context = self.context();
        let question = |facts: &Facts| shared::unshare(identifier, &context, facts);
        let plan = self.ask(Facts::default(), question).await?.0;
        let heir = plan.remarks.into_iter().find_map(|remark| match remark {
            Remark::Offered { to, .. } => Some(to),
            _ => None,
        });
        let heir = self.store.contacts(heir.into_iter().collect()).await?;
        Ok(self.briefs(&heir).await?.pop())
    }

    /// What speaks for somebody, in words.
    pub(super) fn signs(&self, signs: &[Sign]) -> String {
        let words = signs.iter().map(|sign| match sign {
            Sign::Browser => "same browser".to_owned(),
            Sign::Name => "the name that was given".to_owned(),
            Sign::NamePart => "part of the name that was given".to_owned(),
            Sign::LastUsed(at) => format!("used it {}", self.short_time(*at)),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    async fn earlier(
        &self,
        contact: &Contact,
        record: &ConversationRecord,
    ) -> Result<Vec<(Moment, Vec<Provided>)>, Trouble> {
        let head = contact.clone();
        let question = |facts: &Facts| facts.merge_set(&head);
        let set = self.ask(Facts::default(), question).await?.0;
        let filter = ConversationFilter {
            contacts: Some(set),
            limit: EARLIER_MAX,
            ..ConversationFilter::default()
        };
        let mut earlier = Vec::new();
        for line in self.store.conversations(filter).await? {
            if line.id == record.conversation.id {
                continue;
            }
            if let Some(found) = self.store.conversation(line.id).await? {
                earlier.push((line.start, found.link.reason.provided));
            }
        }
        earlier.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        Ok(earlier)
    }

    /// Whom an agent took the conversation from, by the contacts that they are now.
    pub(super) async fn left(
        &self,
        record: &ConversationRecord,
    ) -> Result<Vec<ContactId>, Trouble> {
        let filter = EntryFilter {
            conversation: Some(record.conversation.id),
            limit: DECISIONS_MAX,
            ..EntryFilter::default()
        };
        let entries = self.store.entries(filter).await?.into_iter();
        let unlinks =
            entries.filter(|entry| entry.action == Action::Unlink && entry.undone_by.is_none());
        let mut then = Vec::new();
        for entry in unlinks {
            let changes = self.store.changes(entry.id).await?.into_iter();
            then.extend(changes.flatten().filter_map(|change| {
                let Change::Link {
                    participant: None,
                    before,
                    ..
                } = change
                else {
                    return None;
                };
                before.map(|link| link.contact)
            }));
        }
        let now = self.people(then).await?.into_values();
        let own = record.link.contact;
        Ok(now.map(|one| one.id).filter(|id| *id != own).collect())
    }
}
