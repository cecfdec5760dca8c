//! The journey of a whole merge set over the last 60 days (`design/rules.md` §8).

use super::super::view::{Journey, JourneyConversation, JourneyItem, JourneyQuery};
use super::names::Names;
use super::{Backend, LocalBackend, Trouble};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{Channel, Status};
use crate::domain::facts::{Facts, VisitRecord};
use crate::domain::visit::Happened;
use crate::domain::{Moment, Permission, Role};
use crate::store::{ConversationFilter, ConversationLine, NameKind};

/// Days that a journey shows.
pub const JOURNEY_DAYS: i64 = 60;
/// Most interactions of one page.
pub const PAGE_MAX: usize = 1000;
/// Most conversations, and most visits, that are counted.
pub const STARTS_MAX: usize = 10_000;

/// The rights that the parts of a journey need.
const PARTS: [Permission; 8] = [
    Permission::JourneySessionTypeView,
    Permission::JourneySessionView,
    Permission::JourneyEventView,
    Permission::JourneySegmentView,
    Permission::JourneyOutcomeView,
    Permission::JourneyOutcomeScoresView,
    Permission::QueueView,
    Permission::WrapupCodeView,
];

impl LocalBackend {
    pub(super) async fn read_journey(
        &self,
        contact: ContactId,
        query: JourneyQuery,
    ) -> Result<Journey, Trouble> {
        let role = self.actor().1;
        let mut journey = Journey {
            missing: missing(&role),
            ..Journey::default()
        };
        if !role.may(Permission::ContactSessionView) {
            return Ok(journey);
        }
        let question = |facts: &Facts| facts.merge_set(facts.canonical(contact)?);
        let set = self.ask(Facts::default(), question).await?.0;
        let since = self.now().minus_days(JOURNEY_DAYS);
        let limit = query.limit.clamp(1, PAGE_MAX);
        let upto = query.offset + limit + 1;
        let mut items = Vec::new();
        if role.may(Permission::JourneySessionTypeView) {
            let filter = ConversationFilter {
                contacts: Some(set.clone()),
                started_since: Some(since),
                limit: upto,
                ..ConversationFilter::default()
            };
            let names = self.all_names().await?;
            let lines = self.store.conversations(filter).await?;
            items.extend(
                lines
                    .into_iter()
                    .map(|line| JourneyItem::Conversation(named(line, &names, &role))),
            );
        }
        if role.may(Permission::JourneySessionView) {
            let now = self.now();
            for record in self.store.visits(set.clone(), since, upto).await? {
                items.push(visit_item(record, &role, now));
            }
        }
        items.sort_by_key(|item| std::cmp::Reverse(item.position()));
        if query.offset == 0 {
            journey.starts = self.starts(set, since, &role).await?;
        }
        journey.more = items.len() > query.offset + limit;
        journey.items = items.into_iter().skip(query.offset).take(limit).collect();
        for name in self.store.names().await? {
            match name.kind {
                NameKind::Segment if name.shown => journey.segments.insert(name.id, name.name),
                NameKind::Outcome => journey.outcomes.insert(name.id, name.name),
                NameKind::Segment | NameKind::Queue | NameKind::User | NameKind::WrapupCode => None,
            };
        }
        Ok(journey)
    }

    /// When the interactions that the role may see began.
    async fn starts(
        &self,
        set: Vec<ContactId>,
        since: Moment,
        role: &Role,
    ) -> Result<Vec<(Moment, Channel)>, Trouble> {
        let found = self.store.starts(set, since, STARTS_MAX).await?;
        let mut starts = Vec::new();
        if role.may(Permission::JourneySessionTypeView) {
            starts.extend(found.conversations);
        }
        if role.may(Permission::JourneySessionView) {
            starts.extend(found.visits.into_iter().map(|at| (at, Channel::Web)));
        }
        Ok(starts)
    }
}

/// The rights that parts of a journey need and the role lacks.
pub(super) fn missing(role: &Role) -> Vec<Permission> {
    let session = Permission::ContactSessionView;
    if !role.may(session) {
        return vec![session];
    }
    let mut missing = PARTS.to_vec();
    missing.retain(|permission| !role.may(*permission));
    missing
}

pub(super) fn named(line: ConversationLine, names: &Names, role: &Role) -> JourneyConversation {
    let queue = names
        .queue(line.queue.as_deref())
        .filter(|_| role.may(Permission::QueueView));
    let code = names
        .code(line.wrapup_code.as_deref())
        .filter(|_| role.may(Permission::WrapupCodeView));
    JourneyConversation {
        id: line.id,
        channel: line.channel,
        direction: line.direction,
        status: line.status,
        start: line.start,
        end: line.end,
        queue,
        agent: names.agent(line.agent.as_deref(), line.agent_name.as_deref()),
        wrapup_code: code,
        notes: line.wrapup_notes,
        subject: line.subject,
        address: line.address,
    }
}

/// A visit with the parts taken out that the role may not see.
pub(super) fn visit_item(record: VisitRecord, role: &Role, now: Moment) -> JourneyItem {
    let mut visit = record.visit;
    let status = if visit.is_active(now) {
        Status::Active
    } else {
        Status::Ended
    };
    visit.events.retain(|event| {
        let needs = match event.what {
            Happened::Segment { .. } => Permission::JourneySegmentView,
            Happened::Outcome { .. } => Permission::JourneyOutcomeView,
            Happened::Page { .. } | Happened::Action { .. } => Permission::JourneyEventView,
            Happened::Custom { .. } | Happened::Other { .. } => Permission::JourneyEventView,
        };
        role.may(needs)
    });
    if !role.may(Permission::JourneyOutcomeScoresView) {
        visit.scores.clear();
    }
    visit.end = visit.ended(now);
    JourneyItem::Visit(visit.id, Box::new(visit), status)
}
