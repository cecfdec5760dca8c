//! Attributes of participants, put where the conversation stands.

use super::{LocalBackend, Trouble, outcome};
use crate::domain::command::Outcome;
use crate::engine::attributes::{self, Attributes};
use crate::store::Decision;

impl LocalBackend {
    /// Gives a participant attributes, in one transaction with the look at who has part in the conversation.
    pub async fn put_attributes(&self, wish: Attributes) -> Result<Outcome, Trouble> {
        let context = self.context();
        let decision = Decision {
            actor: context.actor.name.clone(),
            at: context.at,
            batch: None,
            request: None,
            planner: Box::new(move |facts| attributes::put(&wish, &context, facts)),
        };
        let outcome = outcome(self.store.decide(decision).await?);
        self.publish(&outcome);
        Ok(outcome)
    }
}
