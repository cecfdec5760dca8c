//! Messages of a conversation, as they are seen (`design/rules.md` §8).

use super::Context;
use crate::domain::change::Observation;
use crate::domain::command::{Action, Remark};
use crate::domain::facts::{Facts, Halt};
use crate::domain::transcript::Message;
use crate::domain::{ContactId, Plan, Refusal};

/// Takes a message into the transcript of its conversation, which is known: a message alone says nobody's.
/// Seen again it is as it is now. One whose conversation the retention has removed stays away as well.
pub(super) fn take(seen: &Message, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut plan = Plan::new(Action::Resolve);
    match facts.conversation_if_any(&seen.conversation)? {
        Some(record) => {
            plan.contact = Some(person(record.link.contact, facts)?);
            plan.conversation = Some(seen.conversation);
            let message = Box::new(seen.clone());
            plan.observations.push(Observation::Message(message));
        }
        None if is_past_retention(seen, context, facts)? => {
            plan.remarks.push(Remark::PastRetention);
        }
        None => return Err(Refusal::NoConversation(seen.conversation).into()),
    }
    Ok(plan)
}

/// Whoever the contact is by now: their journey has the conversation. A contact that is gone is itself.
fn person(linked: ContactId, facts: &Facts) -> Result<ContactId, Halt> {
    match facts.canonical(linked) {
        Ok(contact) => Ok(contact.id),
        Err(Halt::Refused(_)) => Ok(linked),
        Err(missing) => Err(missing),
    }
}

fn is_past_retention(seen: &Message, context: &Context, facts: &Facts) -> Result<bool, Halt> {
    if context.at < seen.at.plus_days(context.options.life_days) {
        return Ok(false);
    }
    let gone = facts.gone_before(&())?;
    Ok(gone.is_some_and(|before| seen.at < before))
}
