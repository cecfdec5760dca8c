//! Attributes that somebody gives a participant of a conversation. They are something that was seen, as those that
//! come with the conversation are: no link moves, and no entry of the journal is written.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::domain::command::Action;
use crate::domain::conversation::{Conversation, ConversationId, Participant};
use crate::domain::facts::{Facts, Halt};
use crate::domain::permission::Permission;
use crate::domain::{Observation, Plan, Refusal};

use super::Context;
use super::draft::Draft;

/// The member of a participant that has its attributes.
const MEMBER: &str = "attributes";
/// Most bytes of the names and values of one participant.
const BYTES_MAX: usize = 32_000;

/// Attributes that a participant gets beside those that it has; one of the same name is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub conversation: ConversationId,
    pub participant: String,
    pub values: Vec<(String, String)>,
    /// The user who asks, as conversations name users; nobody for a program.
    pub user: Option<String>,
}

/// Puts attributes where a conversation stands, for who has part in it, and for who may bring conversations in.
pub fn put(wish: &Attributes, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Resolve, context, facts);
    let before = &facts.conversation(wish.conversation)?.conversation;
    let may = has_part(before, wish.user.as_deref());
    if !may && !context.actor.role.may(Permission::Ingest) {
        return Err(Refusal::Denied(Permission::Ingest).into());
    }
    draft.plan.conversation = Some(wish.conversation);
    let mut after = before.clone();
    let mut all = after.participants.iter_mut();
    let participant = all.find(|one| one.id == wish.participant);
    let unknown = || Refusal::BadValue("the conversation has no such participant".to_owned());
    give(participant.ok_or_else(unknown)?, &wish.values)?;
    if after != *before {
        let body = Observation::Conversation(Box::new(after));
        draft.plan.observations.push(body);
    }
    draft.finish()
}

/// A conversation that was seen again, with the attributes that its participants have and that were not seen now: who
/// brings conversations in knows nothing of those that somebody gave here.
pub(super) fn kept<'s>(before: &Conversation, seen: &'s Conversation) -> Cow<'s, Conversation> {
    let mut kept = Cow::Borrowed(seen);
    for (index, one) in seen.participants.iter().enumerate() {
        let mut all = before.participants.iter();
        let known = all.find(|known| known.id == one.id).and_then(of);
        let (Some(known), now) = (known, of(one)) else {
            continue;
        };
        let mut joined = now.cloned().unwrap_or_default();
        for (name, value) in known {
            joined.entry(name).or_insert_with(|| value.clone());
        }
        if Some(&joined) != now
            && let Some(one) = kept.to_mut().participants.get_mut(index)
        {
            one.rest.insert(MEMBER.to_owned(), joined.into());
        }
    }
    kept
}

/// The attributes of a participant.
fn of(participant: &Participant) -> Option<&Map<String, Value>> {
    participant.rest.get(MEMBER).and_then(Value::as_object)
}

/// Whether a user is among the participants.
fn has_part(conversation: &Conversation, user: Option<&str>) -> bool {
    let mut all = conversation.participants.iter();
    user.is_some() && all.any(|one| one.user.as_deref() == user)
}

fn give(participant: &mut Participant, values: &[(String, String)]) -> Result<(), Refusal> {
    if values.is_empty() {
        return Ok(());
    }
    let mut all = of(participant).cloned().unwrap_or_default();
    for (name, value) in values {
        all.insert(name.clone(), value.as_str().into());
    }
    let lengths = all.iter().map(|(name, value)| {
        let text = value.as_str().map(str::len);
        name.len() + text.unwrap_or_else(|| value.to_string().len())
    });
    if BYTES_MAX < lengths.sum::<usize>() {
        let why = format!("the attributes of a participant have at most {BYTES_MAX} bytes");
        return Err(Refusal::BadValue(why));
    }
    participant.rest.insert(MEMBER.to_owned(), all.into());
    Ok(())
}
