//! Who may see a conversation: who may see all; a user the own ones, those that wait for somebody, and those of people
//! whom the user has or had a conversation with (`design/rules.md` §8).

use super::super::call::Call;
use super::super::contact::merge_set;
use super::super::me;
use super::super::problem::{self, Problem};
use crate::domain::contact::ContactId;
use crate::domain::{ConversationRecord, Permission};
use crate::store::ConversationFilter;
use crate::store::account::AccountKind;

/// Conversations of a person that are looked through for one of the user.
const LOOKED_AT_MAX: usize = 200;

/// Refuses who may not see a conversation.
pub async fn may_see(call: &Call, record: &ConversationRecord) -> Result<(), Problem> {
    let conversation = &record.conversation;
    let waits = conversation.end.is_none() && conversation.agent().is_none();
    if call.may(Permission::ConversationViewAll) || waits {
        return Ok(());
    }
    let seen = match call.session.account.kind {
        // A client has no conversations of its own.
        AccountKind::Client => false,
        AccountKind::User => {
            let user = me::user_id(call).await?;
            let mut all = conversation.participants.iter();
            let is_own = all.any(|one| one.user.as_deref() == Some(user.as_str()));
            is_own || is_of_own_contact(call, record, &user).await?
        }
    };
    problem::need(seen, Permission::ConversationViewAll)
}

/// Whether the user has or had another conversation with somebody of this one.
async fn is_of_own_contact(
    call: &Call,
    record: &ConversationRecord,
    user: &str,
) -> Result<bool, Problem> {
    let store = call.site.store();
    let others = record.others.iter().map(|(_, link)| link.contact);
    let mut people: Vec<ContactId> = others.chain([record.link.contact]).collect();
    for contact in store.contacts(people.clone()).await? {
        people.extend(merge_set(store, &contact).await?);
    }
    people.sort_unstable();
    people.dedup();
    let filter = ConversationFilter {
        contacts: Some(people),
        limit: LOOKED_AT_MAX,
        ..ConversationFilter::default()
    };
    let lines = store.conversations(filter).await?;
    Ok(lines.iter().any(|line| line.agent.as_deref() == Some(user)))
}
