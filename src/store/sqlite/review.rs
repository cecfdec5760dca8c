//! The version check: a plan is applied only when everything it says stood there stands there.
//!
//! The facts of a decision are loaded inside its transaction, so comparing with them is comparing with what
//! is stored. Everything is checked before the first write, so a plan that does not fit leaves no trace.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::conversation::Draft;
use super::facts;
use super::fault::{Fault, Step};
use super::turn::Rows;
use crate::domain::Plan;
use crate::domain::change::{Change, Observation};
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt, VisitRecord};
use crate::domain::reason::Link;
use crate::domain::record::ConversationRecord;
use crate::domain::visit::{Visit, VisitId};

/// A conversation as it stood and as a plan leaves it.
pub struct MovedConversation {
    pub before: Option<ConversationRecord>,
    pub after: ConversationRecord,
}

/// A visit as it stood and as a plan leaves it.
pub struct MovedVisit {
    pub before: Option<VisitRecord>,
    pub after: VisitRecord,
}

/// What a plan makes of conversations and visits.
#[derive(Default)]
pub struct Moved {
    pub conversations: Vec<MovedConversation>,
    pub visits: Vec<MovedVisit>,
}

/// Checks `plan` against what is stored and works out the conversations and visits that it moves.
pub fn review(
    connection: &Connection,
    rows: &mut Rows,
    plan: &mut Plan,
    facts: &mut Facts,
) -> Step<Moved> {
    let keys: BTreeSet<FactKey> = plan
        .changes
        .iter()
        .filter_map(key_of_change)
        .chain(plan.observations.iter().filter_map(key_of_observation))
        .filter(|key| !facts.has(key))
        .collect();
    facts::load(connection, rows, keys.into_iter().collect(), facts)?;
    let mut standing = Standing::default();
    for observation in std::mem::take(&mut plan.observations) {
        plan.observations
            .extend(standing.observe(observation, facts)?);
    }
    for change in &plan.changes {
        standing.check(change, facts)?;
    }
    standing.finish(facts)
}

/// A visit in the making.
#[derive(Default)]
struct VisitDraft {
    visit: Option<Visit>,
    link: Option<Link>,
}

/// What stands, with the steps checked so far laid over the facts.
#[derive(Default)]
struct Standing<'p> {
    latest: BTreeMap<FactKey, &'p Change>,
    // Boxed, because a map makes room for many at once and most plans have one.
    conversations: BTreeMap<ConversationId, Box<Draft>>,
    visits: BTreeMap<VisitId, Box<VisitDraft>>,
    /// Contacts whose conversations and visits the plan removes.
    dropped: BTreeSet<ContactId>,
}

impl<'p> Standing<'p> {
    /// Takes the body of a seen conversation or visit over; gives back what else was observed.
    fn observe(&mut self, observation: Observation, facts: &Facts) -> Step<Option<Observation>> {
        match observation {
            Observation::Conversation(seen) => {
                let draft = self.conversation(seen.id, facts)?;
                draft.conversation = Some(*seen);
                return Ok(None);
            }
            Observation::Visit(seen) => {
                let draft = self.visit(seen.id, facts)?;
                draft.visit = Some(*seen);
                return Ok(None);
            }
            Observation::DropJourney { contact } => {
                self.dropped.insert(contact);
            }
            Observation::Erase(_) | Observation::Seen { .. } | Observation::Message(_) => {}
        }
        Ok(Some(observation))
    }

    fn check(&mut self, change: &'p Change, facts: &Facts) -> Step<()> {
        match change {
            Change::Link {
                conversation,
                participant,
                before,
                after,
            } => {
                let draft = self.conversation(*conversation, facts)?;
                fits(
                    draft.link_of(participant.as_deref()) == before.as_deref(),
                    "link",
                )?;
                draft.set_link(participant.as_deref(), after.as_deref().cloned());
            }
            Change::Wrapup {
                conversation,
                before,
                after,
            } => {
                let draft = self.conversation(*conversation, facts)?;
                fits(draft.wrapup == *before, "wrap-up")?;
                draft.wrapup = after.clone();
            }
            Change::Assign {
                conversation,
                before,
                after,
            } => {
                let draft = self.conversation(*conversation, facts)?;
                let Some(body) = draft.conversation.as_mut() else {
                    return Err(Fault::Misfit(
                        "nobody can take what is not there".to_owned(),
                    ));
                };
                if let Some(before) = before {
                    fits(before.stands_in(body), "assignment")?;
                    before.take_out_of(body);
                }
                if let Some(after) = after {
                    fits(after.is_new_to(body), "assignment")?;
                    after.put_into(body);
                }
            }
            Change::VisitLink {
                visit,
                before,
                after,
            } => {
                let link = &mut self.visit(*visit, facts)?.link;
                fits(link.as_ref() == before.as_deref(), "link of a visit")?;
                *link = after.as_deref().cloned();
            }
            Change::Contact { .. }
            | Change::Claim { .. }
            | Change::Note { .. }
            | Change::NotSame { .. }
            | Change::Shared { .. }
            | Change::Organization { .. }
            | Change::Review { .. } => self.check_row(change, facts)?,
        }
        Ok(())
    }

    /// A change of a row that stands for itself: what an earlier change of the plan left, else the fact.
    fn check_row(&mut self, change: &'p Change, facts: &Facts) -> Step<()> {
        let Some(key) = key_of_change(change) else {
            return Ok(());
        };
        match self.latest.insert(key, change) {
            Some(earlier) => follows(earlier, change),
            None => stands(change, facts),
        }
    }

    fn conversation(&mut self, id: ConversationId, facts: &Facts) -> Step<&mut Draft> {
        let record = loaded(facts.conversation_if_any(&id))?.as_ref();
        Ok(self
            .conversations
            .entry(id)
            .or_insert_with(|| Box::new(Draft::of(record))))
    }

    fn visit(&mut self, id: VisitId, facts: &Facts) -> Step<&mut VisitDraft> {
        let record = loaded(facts.visit_if_any(&id))?.as_ref();
        Ok(self.visits.entry(id).or_insert_with(|| {
            Box::new(
                record
                    .cloned()
                    .map_or_else(VisitDraft::default, |found| VisitDraft {
                        visit: Some(found.visit),
                        link: Some(found.link),
                    }),
            )
        }))
    }

    fn finish(self, facts: &Facts) -> Step<Moved> {
        let mut moved = Moved::default();
        for (id, draft) in self.conversations {
            let before = loaded(facts.conversation_if_any(&id))?.clone();
            let owner = before.as_ref().map(|record| record.link.contact);
            // What expiry removes with its journey needs no link any more.
            if draft.link.is_none() && owner.is_some_and(|owner| self.dropped.contains(&owner)) {
                continue;
            }
            moved.conversations.push(MovedConversation {
                before,
                after: draft.finish()?,
            });
        }
        for (id, draft) in self.visits {
            let VisitDraft { visit, link } = *draft;
            let before = loaded(facts.visit_if_any(&id))?.clone();
            let owner = before.as_ref().map(|record| record.link.contact);
            if link.is_none() && owner.is_some_and(|owner| self.dropped.contains(&owner)) {
                continue;
            }
            let (Some(visit), Some(link)) = (visit, link) else {
                return Err(Fault::Misfit(
                    "a plan leaves a visit without a contact".to_owned(),
                ));
            };
            moved.visits.push(MovedVisit {
                before,
                after: VisitRecord { visit, link },
            });
        }
        Ok(moved)
    }
}

/// The fact that a change is checked against.
fn key_of_change(change: &Change) -> Option<FactKey> {
    Some(match change {
        Change::Contact { id, .. } => FactKey::Contact(*id),
        Change::Claim { identifier, .. } => FactKey::Claim(identifier.clone()),
        Change::Link { conversation, .. }
        | Change::Wrapup { conversation, .. }
        | Change::Assign { conversation, .. } => FactKey::Conversation(*conversation),
        Change::VisitLink { visit, .. } => FactKey::Visit(*visit),
        Change::Note { id, .. } => FactKey::Note(*id),
        Change::NotSame { pair, .. } => FactKey::NotSame(pair.0, pair.1),
        Change::Shared { identifier, .. } => FactKey::Shared(identifier.clone()),
        Change::Organization { id, .. } => FactKey::Organization(*id),
        Change::Review { key, .. } => FactKey::Review(key.clone()),
    })
}

fn key_of_observation(observation: &Observation) -> Option<FactKey> {
    match observation {
        Observation::Conversation(seen) => Some(FactKey::Conversation(seen.id)),
        Observation::Visit(seen) => Some(FactKey::Visit(seen.id)),
        Observation::Message(seen) => Some(FactKey::Conversation(seen.conversation)),
        Observation::Seen { .. } | Observation::DropJourney { .. } | Observation::Erase(_) => None,
    }
}

/// Compares what a change says stood there with the fact.
fn stands(change: &Change, facts: &Facts) -> Step<()> {
    match change {
        Change::Contact { id, before, .. } => {
            let now = loaded(facts.contact_if_any(id))?.as_ref();
            fits(same_contact(now, before.as_deref()), "contact")
        }
        Change::Claim {
            identifier, before, ..
        } => fits(loaded(facts.claim(identifier))? == before, "claim"),
        Change::Note { id, before, .. } => fits(
            loaded(facts.note_if_any(id))?.as_ref() == before.as_deref(),
            "note",
        ),
        Change::NotSame { pair, before, .. } => {
            fits(pair.0 < pair.1, "pair")?;
            fits(
                loaded(facts.not_same_pair(pair))? == before,
                "mark of a pair",
            )
        }
        Change::Shared {
            identifier, before, ..
        } => fits(loaded(facts.shared(identifier))? == before, "shared mark"),
        Change::Organization { id, before, .. } => {
            let now = loaded(facts.organization_if_any(id))?.as_ref();
            fits(now == before.as_deref(), "organization")
        }
        Change::Review { key, before, .. } => {
            let now = loaded(facts.review(key))?.as_ref();
            fits(now == before.as_deref(), "mark or filter")
        }
        Change::Link { .. }
        | Change::VisitLink { .. }
        | Change::Wrapup { .. }
        | Change::Assign { .. } => Ok(()),
    }
}

/// Compares what a change says stood there with what an earlier change of the same plan left.
fn follows(earlier: &Change, change: &Change) -> Step<()> {
    match (earlier, change) {
        (Change::Contact { after, .. }, Change::Contact { before, .. }) => {
            fits(same_contact(after.as_deref(), before.as_deref()), "contact")
        }
        (Change::Claim { after, .. }, Change::Claim { before, .. }) => {
            fits(after == before, "claim")
        }
        (Change::Note { after, .. }, Change::Note { before, .. }) => fits(after == before, "note"),
        (Change::NotSame { after, .. }, Change::NotSame { before, .. }) => {
            fits(after == before, "mark of a pair")
        }
        (Change::Shared { after, .. }, Change::Shared { before, .. }) => {
            fits(after == before, "shared mark")
        }
        (Change::Organization { after, .. }, Change::Organization { before, .. }) => {
            fits(after == before, "organization")
        }
        (Change::Review { after, .. }, Change::Review { before, .. }) => {
            fits(after == before, "mark or filter")
        }
        // Changes with one key are of one kind; links and wrap-ups are laid over in their drafts.
        _ => Ok(()),
    }
}

fn same_contact(one: Option<&Contact>, other: Option<&Contact>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same_but_seen(other),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn fits(fits: bool, what: &str) -> Step<()> {
    match fits {
        true => Ok(()),
        false => Err(Fault::Misfit(format!(
            "a plan does not fit the {what} that is stored"
        ))),
    }
}

/// Every fact that a plan touches was loaded before the check.
fn loaded<T>(fact: Result<T, Halt>) -> Step<T> {
    fact.map_err(|_| Fault::Misfit("a fact of a plan was not loaded".to_owned()))
}
