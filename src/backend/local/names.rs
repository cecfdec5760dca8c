//! Names instead of ids, and the roster, which is made of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::view::{Brief, NameList, Roster, RosterLine};
use super::{Backend, LocalBackend, Trouble};
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::reason::Rule;
use crate::domain::record::ConversationRecord;
use crate::domain::{Facts, Identifier, Moment, Permission};
use crate::engine::shared;
use crate::store::{ConversationFilter, ConversationLine, NameKind};

/// Most conversations on the roster.
const ROSTER_MAX: usize = 500;

/// Names by kind and id.
pub(super) struct Names {
    by_id: HashMap<(NameKind, String), String>,
}

impl Names {
    /// The name of an id; the id itself when nobody named it.
    pub(super) fn of(&self, kind: NameKind, id: &str) -> String {
        self.by_id
            .get(&(kind, id.to_owned()))
            .cloned()
            .unwrap_or_else(|| id.to_owned())
    }

    pub(super) fn queue(&self, id: Option<&str>) -> Option<String> {
        id.map(|id| self.of(NameKind::Queue, id))
    }

    pub(super) fn code(&self, id: Option<&str>) -> Option<String> {
        id.map(|id| self.of(NameKind::WrapupCode, id))
    }

    /// The agent's name: from the organization, else what the data said.
    pub(super) fn agent(&self, id: Option<&str>, said: Option<&str>) -> Option<String> {
        let known = id.and_then(|id| self.by_id.get(&(NameKind::User, id.to_owned())).cloned());
        known
            .or_else(|| said.map(str::to_owned))
            .or_else(|| id.map(str::to_owned))
    }
}

impl LocalBackend {
    pub(super) async fn all_names(&self) -> Result<Names, Trouble> {
        let names = self.store.names().await?;
        let by_id = names
            .into_iter()
            .map(|name| ((name.kind, name.id), name.name))
            .collect();
        Ok(Names { by_id })
    }

    pub(super) async fn read_names(&self) -> Result<NameList, Trouble> {
        let role = self.actor().1;
        let mut list = NameList::default();
        for name in self.store.names().await? {
            let pair = (name.id, name.name);
            match name.kind {
                NameKind::Queue if role.may(Permission::QueueView) => list.queues.push(pair),
                NameKind::WrapupCode if role.may(Permission::WrapupCodeView) => {
                    list.codes.push(pair)
                }
                NameKind::User => list.users.push(pair),
                NameKind::Queue | NameKind::WrapupCode | NameKind::Segment | NameKind::Outcome => {}
            }
        }
        for pairs in [&mut list.codes, &mut list.queues, &mut list.users] {
            pairs.sort_by_key(|pair| pair.1.to_lowercase());
        }
        Ok(list)
    }

    pub(super) async fn read_roster(&self) -> Result<Roster, Trouble> {
        let (actor, role) = self.actor();
        let names = self.store.names().await?;
        let user = names.iter().find(|name| {
            name.kind == NameKind::User && name.name.to_lowercase() == actor.to_lowercase()
        });
        let sees_all = role.may(Permission::ConversationViewAll);
        // An empty user id is nobody's: only waiting conversations are left.
        let own = user.map_or_else(String::new, |name| name.id.clone());
        let filter = ConversationFilter {
            agent: (!sees_all).then_some(own),
            ended_since: Some(self.start_of_today()),
            limit: ROSTER_MAX,
            ..ConversationFilter::default()
        };
        let lines = self.store.conversations(filter).await?;
        let names = self.all_names().await?;
        let people = self
            .people(lines.iter().map(|line| line.contact).collect())
            .await?;
        let said = self.said_of_each(&people).await?;
        let mut listed = Vec::with_capacity(lines.len());
        for line in lines {
            let mut line = roster_line(line, &names, &people);
            let contact = line.contact.and_then(|id| people.get(&id));
            let says = contact.and_then(|one| said.get(&one.id));
            line.provided_name = says.cloned().or(line.provided_name);
            line.whose = self.whose_of(&line).await?;
            listed.push(line);
        }
        Ok(Roster {
            lines: listed,
            unknown_agent: user.is_none() && !sees_all,
        })
    }

    /// What each of those is called whom nobody named.
    async fn said_of_each(
        &self,
        people: &HashMap<ContactId, Contact>,
    ) -> Result<HashMap<ContactId, String>, Trouble> {
        let mut said = HashMap::new();
        for person in people.values() {
            if let Entry::Vacant(place) = said.entry(person.id)
                && let Some(says) = self.said_of(person).await?
            {
                place.insert(says);
            }
        }
        Ok(said)
    }

    /// The names of those who may be meant, while the conversation goes on and nobody kept is linked to it.
    async fn whose_of(&self, line: &RosterLine) -> Result<Vec<String>, Trouble> {
        let is_kept = line.contact_kind == Some(ContactType::Curated);
        if is_kept || line.end.is_some() {
            return Ok(Vec::new());
        }
        let record = self.store.conversation(line.id).await?;
        match record.filter(|record| record.link.reason.rule == Rule::SharedOnly) {
            // The mark may have been taken off since.
            Some(record) if self.is_shared(&record).await? => {
                let people = self.briefs(&self.whose(&record).await?).await?;
                Ok(people.iter().map(Brief::in_words).collect())
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Whether something that came with the conversation is marked as shared now.
    async fn is_shared(&self, record: &ConversationRecord) -> Result<bool, Trouble> {
        let provided = record.link.reason.provided.iter();
        let provided: Vec<Identifier> = provided.map(|one| one.identifier.clone()).collect();
        let question = |facts: &Facts| shared::among(&provided, facts);
        Ok(!self.ask(Facts::default(), question).await?.0.is_empty())
    }

    /// The canonical contacts of these ids, by the id that was asked for.
    pub(super) async fn people(
        &self,
        ids: Vec<ContactId>,
    ) -> Result<HashMap<ContactId, Contact>, Trouble> {
        let question = |facts: &crate::domain::Facts| {
            facts.want(ids.iter().map(|id| crate::domain::FactKey::Contact(*id)))?;
            let mut found = HashMap::new();
            for id in &ids {
                if facts.contact_if_any(id)?.is_some() {
                    found.insert(*id, facts.canonical(*id)?.clone());
                }
            }
            Ok(found)
        };
        Ok(self.ask(crate::domain::Facts::default(), question).await?.0)
    }

    fn start_of_today(&self) -> Moment {
        let now = self.now();
        let local = now.timestamp().to_zoned_datetime(self.zone.clone());
        local.start_of_day().map_or(now.minus_days(1), |day| {
            Moment(day.timestamp().as_millisecond())
        })
    }
}

fn roster_line(
    line: ConversationLine,
    names: &Names,
    people: &HashMap<ContactId, Contact>,
) -> RosterLine {
    let contact = people.get(&line.contact);
    let name = contact
        .map(|contact| contact.fields.full_name())
        .filter(|name| !name.is_empty());
    RosterLine {
        id: line.id,
        // Conversations keep whom they were linked to; on the desk it is the one person that is left of them.
        contact: Some(contact.map_or(line.contact, |contact| contact.id)),
        channel: line.channel,
        direction: line.direction,
        name,
        contact_kind: contact.map(|contact| contact.kind),
        start: line.start,
        end: line.end,
        status: line.status,
        queue: names.queue(line.queue.as_deref()),
        agent: names.agent(line.agent.as_deref(), line.agent_name.as_deref()),
        address: line.address,
        provided_name: line.provided_name,
        whose: Vec::new(),
    }
}
