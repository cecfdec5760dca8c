//! The conversations of who is signed in. The API lists the active ones; with the right to its analytics
//! those of the last hours that ended, and those that wait, are there too.

use serde_json::{Value, json};

use super::super::super::Trouble;
use super::super::super::view::{Roster, RosterLine};
use super::PlatformBackend;
use super::ask::{entities, if_allowed};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Conversation, Status};
use crate::domain::{Moment, Permission};
use crate::wire::conversation::{from_json, from_live};

pub(super) const CONVERSATIONS: &str = "/api/v2/conversations";
pub(super) const DETAILS: &str = "/api/v2/analytics/conversations/details/query";
/// Conversations of a page of details (`ConversationQuery.paging`).
pub(super) const DETAILS_PAGE: usize = 100;
/// Hours that the roster looks back, and that something may wait.
const HOURS: i64 = 12;

impl PlatformBackend {
    pub(super) async fn read_roster(&self) -> Result<Roster, Trouble> {
        let mut found = self.active().await?;
        if self.role.may(Permission::ConversationDetailView) {
            for one in self.of_today().await? {
                if found.iter().all(|known| known.id != one.id) {
                    found.push(one);
                }
            }
        }
        let contacts: Vec<ContactId> = found.iter().filter_map(linked).collect();
        let people = match self.role.may(Permission::ContactView) {
            true => self.people(&contacts).await?,
            false => Default::default(),
        };
        let names = self.all_names().await?;
        let agents = found.iter().filter_map(|one| one.agent()?.user.clone());
        let users = self.users(agents.collect()).await?;
        let mut lines: Vec<RosterLine> = Vec::with_capacity(found.len());
        for one in &found {
            let contact = linked(one);
            let person = contact.and_then(|id| people.get(&id));
            let name = person.map(|person| person.fields.full_name());
            lines.push(RosterLine {
                id: one.id,
                contact,
                channel: one.channel,
                direction: one.direction,
                address: one.address().map(str::to_owned),
                name: name.filter(|name| !name.is_empty()),
                contact_kind: person.map(|person| person.kind),
                provided_name: one.provided_name().map(str::to_owned),
                whose: Vec::new(),
                start: one.start,
                end: one.end,
                status: one.status(None),
                queue: one.queue().map(|id| names.queue(id)),
                agent: agent(one, &users),
            });
        }
        lines.sort_by_key(|line| (line.end.is_some(), std::cmp::Reverse(line.start)));
        Ok(Roster {
            lines,
            // Who is signed in is told by the token, not by a name.
            unknown_agent: false,
        })
    }

    /// The active conversations of the user; a client has none.
    async fn active(&self) -> Result<Vec<Conversation>, Trouble> {
        if self.me.user.is_none() {
            return Ok(Vec::new());
        }
        let page = if_allowed(self.get(CONVERSATIONS, Vec::new()).await)?;
        let found = page.map(|mut page| entities(&mut page)).unwrap_or_default();
        // One that does not read is left out; the others are shown.
        Ok(found.iter().filter_map(|one| from_live(one).ok()).collect())
    }

    /// Those of the user in the last hours, and everyone's that still go on where the rights reach that far.
    async fn of_today(&self) -> Result<Vec<Conversation>, Trouble> {
        let open = json!([{"type": "and", "predicates": [
            {"type": "dimension", "dimension": "conversationEnd", "operator": "notExists"}]}]);
        let mut found = self
            .details(HOURS, json!({"conversationFilters": open}))
            .await?;
        let sees_all = self.role.may(Permission::ConversationViewAll);
        // What another agent handles is nobody else's business (`design/rules.md` §5).
        found.retain(|one| sees_all || self.is_own(one) || one.status(None) == Status::Waiting);
        if let Some(user) = &self.me.user {
            let own = json!([{"type": "and", "predicates": [
                {"type": "dimension", "dimension": "userId", "value": user}]}]);
            found.extend(self.details(HOURS, json!({"segmentFilters": own})).await?);
        }
        Ok(found)
    }

    fn is_own(&self, one: &Conversation) -> bool {
        one.agents().any(|agent| agent.user == self.me.user)
    }

    /// Conversations of the last hours by the filters of a `ConversationQuery`; none for who may not ask.
    async fn details(&self, hours: i64, filters: Value) -> Result<Vec<Conversation>, Trouble> {
        let now = self.now();
        let since = now.plus_ms(-hours * 3_600_000);
        self.details_of(since, now, filters, 1).await
    }

    /// Conversations of an interval, up to so many pages of them, newest first.
    pub(super) async fn details_of(
        &self,
        since: Moment,
        until: Moment,
        mut query: Value,
        pages: usize,
    ) -> Result<Vec<Conversation>, Trouble> {
        let mut found = Vec::new();
        for number in 1..=pages {
            query["interval"] = format!("{since}/{}", until.plus_ms(1)).into();
            query["order"] = "desc".into();
            query["orderBy"] = "conversationStart".into();
            query["paging"] = json!({"pageSize": DETAILS_PAGE, "pageNumber": number});
            let answer = if_allowed(self.post_question(DETAILS, query.clone()).await)?;
            let Some(Value::Array(page)) =
                answer.and_then(|mut answer| Some(answer.get_mut("conversations")?.take()))
            else {
                break;
            };
            let is_last = page.len() < DETAILS_PAGE;
            found.extend(page.into_iter().filter_map(|one| from_json(one).ok()));
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

/// The contact that the conversation is associated with.
pub(super) fn linked(one: &Conversation) -> Option<ContactId> {
    one.outside()
        .next()?
        .external_contact
        .as_deref()?
        .parse()
        .ok()
}

/// The agent's name: as the organization has it, else as the conversation does.
pub(super) fn agent(
    one: &Conversation,
    users: &std::collections::BTreeMap<String, String>,
) -> Option<String> {
    let agent = one.agent()?;
    let known = agent.user.as_ref().and_then(|id| users.get(id).cloned());
    known
        .or_else(|| agent.name.clone())
        .or_else(|| agent.user.clone())
}
