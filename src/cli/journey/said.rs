//! What was said in the messages of a journey, read where it may be.

use std::collections::HashMap;

use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::backend::view::{Journey, JourneyItem};
use crate::domain::conversation::ConversationId;
use crate::domain::transcript::Transcript;

/// The transcripts of the conversations that have one.
pub type Said = HashMap<ConversationId, Transcript>;

/// Reads the transcript of every conversation that has messages; none for who may not read them.
pub async fn of(backend: &LocalBackend, page: &Journey) -> anyhow::Result<Said> {
    let mut said = Said::new();
    for item in &page.items {
        if let JourneyItem::Conversation(one) = item
            && one.messages.is_some_and(|count| 0 < count)
        {
            said.insert(one.id, backend.transcript(one.id).await?);
        }
    }
    Ok(said)
}
