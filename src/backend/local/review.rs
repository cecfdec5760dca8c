//! The review: decisions and conversations of the whole organization, for who may see them all
//! (`design/rules.md` §9).

use std::collections::HashMap;

use super::super::view::{Brief, DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use super::names::Names;
use super::{Backend, LocalBackend, Trouble};
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::ConversationId;
use crate::domain::reason::Rule;
use crate::domain::review::{Counted, Filter, Kind, List, Precision, Reach};
use crate::domain::{Permission, Refusal};
use crate::store::looked::{ConversationRow, DecisionRow, Scope};
use crate::store::{Name, NameKind};

/// Most lines of a page, and of a sample.
pub const PAGE_MAX: usize = 500;

impl LocalBackend {
    pub(super) async fn read_review(&self, query: ReviewQuery) -> Result<ReviewPage, Trouble> {
        self.may_review(query.list)?;
        let scope = self.scope(query.filter, query.list).await?;
        let limit = query.limit.clamp(1, PAGE_MAX);
        match query.list {
            List::Decisions => {
                let page = self.store.decisions(scope, query.after, limit).await?;
                Ok(ReviewPage {
                    decisions: self.decision_lines(page.rows).await?,
                    conversations: Vec::new(),
                    next: page.next,
                    looked_to: page.looked_to,
                })
            }
            List::Conversations => {
                let page = self.store.talks(scope, query.after, limit).await?;
                let people = self
                    .persons(page.rows.iter().map(|row| row.line.contact))
                    .await?;
                let names = self.all_names().await?;
                let lines = page.rows.into_iter().map(|row| talk(row, &names, &people));
                Ok(ReviewPage {
                    decisions: Vec::new(),
                    conversations: lines.collect(),
                    next: page.next,
                    looked_to: page.looked_to,
                })
            }
        }
    }

    pub(super) async fn count_review(
        &self,
        list: List,
        filter: Filter,
        reach: Reach,
    ) -> Result<Counted, Trouble> {
        self.may_review(list)?;
        let scope = self.scope(filter, list).await?;
        Ok(self.store.count_of(list, scope, reach).await?)
    }

    pub(super) async fn read_sample(
        &self,
        filter: Filter,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionLine>, Trouble> {
        self.may_review(List::Decisions)?;
        let scope = self.scope(filter, List::Decisions).await?;
        let rows = self
            .store
            .sample(scope, count.clamp(1, PAGE_MAX), seed)
            .await?;
        self.decision_lines(rows).await
    }

    pub(super) async fn read_precision(&self, filter: Filter) -> Result<Precision, Trouble> {
        self.may_review(List::Decisions)?;
        let scope = self.scope(filter, List::Decisions).await?;
        let mut precision = self.store.precision(scope).await?;
        let names = self.all_names().await?;
        for (queue, _) in &mut precision.by_queue {
            if !queue.is_empty() {
                *queue = names.of(NameKind::Queue, queue);
            }
        }
        Ok(precision)
    }

    pub(super) async fn own_filters(&self) -> Result<Vec<(String, Filter)>, Trouble> {
        self.may(Permission::ConversationViewAll)?;
        Ok(self.store.filters_of(self.actor().0).await?)
    }

    /// The entry that linked a conversation first; nothing where the conversation is not known.
    pub async fn first_entry(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<EntryId>, Trouble> {
        self.may(Permission::ConversationViewAll)?;
        Ok(self.store.first_entry(conversation).await?)
    }

    /// Refuses who may not see everybody's conversations, and decisions to who may not see those of others.
    fn may_review(&self, list: List) -> Result<(), Trouble> {
        self.may(Permission::ConversationViewAll)?;
        match list {
            List::Decisions => self.may(Permission::HistoryView),
            List::Conversations => Ok(()),
        }
    }

    /// The filter with the ids that its names stand for.
    async fn scope(&self, filter: Filter, list: List) -> Result<Scope, Trouble> {
        if let Some(bad) = filter.unfit(list) {
            return Err(Refusal::BadValue(bad.to_string()).into());
        }
        let known =
            match filter.queue.is_some() || filter.agent.is_some() || filter.wrapup.is_some() {
                true => self.store.names().await?,
                false => Vec::new(),
            };
        let ids =
            |kind, name: &Option<String>| name.as_ref().map(|name| ids_of(&known, kind, name));
        Ok(Scope {
            queues: ids(NameKind::Queue, &filter.queue),
            agents: ids(NameKind::User, &filter.agent),
            codes: ids(NameKind::WrapupCode, &filter.wrapup),
            filter,
        })
    }

    async fn persons(
        &self,
        ids: impl Iterator<Item = ContactId>,
    ) -> Result<HashMap<ContactId, Brief>, Trouble> {
        let people = self.people(ids.collect()).await?;
        let contacts: Vec<Contact> = people.values().cloned().collect();
        let briefs = self.briefs(&contacts).await?;
        let named: HashMap<ContactId, Brief> =
            briefs.into_iter().map(|one| (one.id, one)).collect();
        let of =
            |(asked, contact): (ContactId, Contact)| Some((asked, named.get(&contact.id)?.clone()));
        Ok(people.into_iter().filter_map(of).collect())
    }

    async fn decision_lines(&self, rows: Vec<DecisionRow>) -> Result<Vec<DecisionLine>, Trouble> {
        let own = rows.iter().filter_map(|row| row.entry.contact);
        let talks = rows.iter().filter_map(|row| row.conversation.as_ref());
        let people = self
            .persons(own.chain(talks.map(|talk| talk.line.contact)))
            .await?;
        let names = self.all_names().await?;
        let line = |row| decision(row, &names, &people);
        Ok(rows.into_iter().filter_map(line).collect())
    }
}

/// The ids with this name, in any case; the text itself where it is an id or nobody's name.
fn ids_of(names: &[Name], kind: NameKind, text: &str) -> Vec<String> {
    let wanted = text.trim().to_lowercase();
    let named = names
        .iter()
        .filter(|name| name.kind == kind && name.name.to_lowercase() == wanted);
    let mut ids: Vec<String> = named.map(|name| name.id.clone()).collect();
    if ids.is_empty() {
        ids.push(text.trim().to_owned());
    }
    ids
}

fn decision(
    row: DecisionRow,
    names: &Names,
    people: &HashMap<ContactId, Brief>,
) -> Option<DecisionLine> {
    let entry = row.entry;
    let first = row.conversation.as_ref();
    let rule = match entry.action {
        Action::Resolve => first.and_then(|talk| talk.first_rule),
        Action::Link => Some(Rule::ByPerson),
        Action::Unlink => Some(Rule::Unlinked),
        Action::Unmerge => Some(Rule::Unmerged),
        _ => None,
    };
    let is_automatic = entry.action == Action::Resolve;
    Some(DecisionLine {
        entry: entry.id,
        at: entry.at,
        kind: Kind::of(entry.action)?,
        action: entry.action,
        contact: entry.contact,
        person: entry.contact.and_then(|id| people.get(&id).cloned()),
        by: entry.actor,
        batch: entry.batch,
        undoes: entry.undoes,
        undone_by: entry.undone_by,
        kept: entry.kept,
        rule,
        doubtful: is_automatic && first.is_some_and(|talk| talk.doubtful),
        mark: row.mark,
        conversation: entry.conversation,
        about: row
            .conversation
            .map(|talk_row| talk(talk_row, names, people)),
    })
}

fn talk(row: ConversationRow, names: &Names, people: &HashMap<ContactId, Brief>) -> Reviewed {
    let line = row.line;
    Reviewed {
        id: line.id,
        entry: row.entry,
        contact: line.contact,
        person: people.get(&line.contact).cloned(),
        channel: line.channel,
        direction: line.direction,
        status: line.status,
        start: line.start,
        end: line.end,
        queue: names.queue(line.queue.as_deref()),
        agent: names.agent(line.agent.as_deref(), line.agent_name.as_deref()),
        wrapup: names.code(line.wrapup_code.as_deref()),
        notes: line.wrapup_notes,
        subject: line.subject,
        address: line.address,
        rule: row.rule,
        doubtful: row.doubtful,
        mark: row.mark,
    }
}
