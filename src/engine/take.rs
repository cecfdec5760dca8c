//! Somebody takes a conversation that waits, or goes on with one that has ended (`design/rules.md` §8).

use std::borrow::Cow;

use crate::domain::assignment::{self, Assignment};
use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::conversation::{
    Conversation, ConversationId, Leg, Part, Participant, Segment, Status,
};
use crate::domain::facts::{Facts, Halt};
use crate::domain::moment::Moment;
use crate::domain::{Plan, Refusal};

use super::Context;
use super::draft::Draft;

/// The kind of segment in which an agent and somebody outside are connected.
const CONNECTED: &str = "interact";

/// Gives a conversation that waits to who acts; `agent` is the id of their user.
pub fn take(
    id: ConversationId,
    agent: Option<&str>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let record = facts.conversation(id)?;
    let seen = &record.conversation;
    may(seen, context)?;
    match seen.status(record.wrapup.as_ref()) {
        Status::Waiting => {}
        Status::Active => return Err(Refusal::Handled(holder(seen)).into()),
        Status::Ended | Status::WrapupDue | Status::Abandoned => {
            return Err(Refusal::NotWaiting.into());
        }
    }
    let mut draft = Draft::new(Action::Take, context, facts);
    draft.plan.contact = Some(record.link.contact);
    give(&mut draft, seen, agent, None);
    draft.finish()
}

/// Opens a conversation that has ended again, for who acts; only what goes on over days has more to say then.
pub fn reopen(
    id: ConversationId,
    agent: Option<&str>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let record = facts.conversation(id)?;
    let seen = &record.conversation;
    may(seen, context)?;
    let Some(ended) = seen.end else {
        return Err(Refusal::NotEnded.into());
    };
    if !seen.channel.is_asynchronous() {
        return Err(Refusal::NotReopened(Cow::Borrowed(seen.channel.word())).into());
    }
    let mut draft = Draft::new(Action::Reopen, context, facts);
    draft.plan.contact = Some(record.link.contact);
    give(&mut draft, seen, agent, Some(ended));
    draft.finish()
}

/// Refuses who lacks the right to take conversations of the channel.
fn may(seen: &Conversation, context: &Context) -> Result<(), Refusal> {
    match assignment::right(seen.channel) {
        Some(right) if context.actor.role.may(right) => Ok(()),
        Some(right) => Err(Refusal::Denied(right)),
        None => Err(Refusal::NotTaken(Cow::Borrowed(seen.channel.word()))),
    }
}

/// Who has the conversation, for people.
fn holder(seen: &Conversation) -> String {
    let name = seen.agent().and_then(|agent| agent.name.clone());
    name.unwrap_or_else(|| "another agent".to_owned())
}

fn give(draft: &mut Draft, seen: &Conversation, agent: Option<&str>, ended: Option<Moment>) {
    let outside = seen.outside().flat_map(|one| &one.legs).next();
    let segment = Segment {
        kind: CONNECTED.to_owned(),
        start: draft.at(),
        end: None,
        queue: seen.queue().map(str::to_owned),
        wrapup_code: None,
        wrapup_note: None,
        subject: None,
        disconnect: None,
        rest: serde_json::Map::new(),
    };
    let leg = Leg {
        id: draft.fresh().to_string(),
        channel: seen.channel,
        media: outside.map(|leg| leg.media.clone()).unwrap_or_default(),
        message: outside.and_then(|leg| leg.message.clone()),
        direction: seen.direction,
        addresses: Vec::new(),
        customer: None,
        authenticated: false,
        bot: None,
        segments: vec![segment],
        rest: serde_json::Map::new(),
    };
    let participant = Participant {
        id: draft.fresh().to_string(),
        part: Part::Agent,
        purpose: "agent".to_owned(),
        name: Some(draft.context.actor.name.clone()),
        user: agent.map(str::to_owned),
        legs: vec![leg],
        external_contact: None,
        rest: assignment::mark(),
    };
    draft.plan.conversation = Some(seen.id);
    draft.plan.changes.push(Change::Assign {
        conversation: seen.id,
        before: None,
        after: Some(Box::new(Assignment { participant, ended })),
    });
}

/// A conversation that was seen again, with the agents who have a part in it and were not seen now: who brings
/// conversations in knows nothing of those who took one here, until it says who was connected since.
pub(super) fn kept<'s>(
    before: &Conversation,
    seen: Cow<'s, Conversation>,
) -> Cow<'s, Conversation> {
    let unseen = |one: &&Participant| seen.participants.iter().all(|other| other.id != one.id);
    let taken: Vec<(Moment, &Participant)> = before
        .agents()
        .filter(|one| assignment::is_taken(one))
        .filter(unseen)
        .filter_map(|one| Some((connected(one)?, one)))
        .filter(|(at, _)| seen.agents().filter_map(connected).all(|other| other < *at))
        .collect();
    let Some(last) = taken.iter().map(|(at, _)| *at).max() else {
        return seen;
    };
    let mut kept = seen.into_owned();
    // What ended before somebody took it up again goes on.
    kept.end = kept.end.filter(|end| before.end.is_some() || last <= *end);
    let end = kept.end;
    kept.participants.extend(taken.into_iter().map(|(_, one)| {
        let mut one = one.clone();
        let segments = one.legs.iter_mut().flat_map(|leg| &mut leg.segments);
        for segment in segments.filter(|segment| segment.end.is_none()) {
            segment.end = end;
        }
        one
    }));
    Cow::Owned(kept)
}

/// When an agent was connected last.
fn connected(agent: &Participant) -> Option<Moment> {
    let segments = agent.legs.iter().flat_map(|leg| &leg.segments);
    segments.map(|segment| segment.start).max()
}
