//! Topics: what changed, told to whoever watches. The in-process bus is a `tokio` broadcast channel.

use serde::{Deserialize, Serialize};

use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;

/// Most topics kept for a slow watcher; one that lags reads everything anew.
pub const TOPICS_MAX: usize = 256;

/// Something changed; a watcher reads anew what it shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    Contact(ContactId),
    Conversation(ConversationId),
    /// Another program wrote to the store.
    Elsewhere,
}
