//! What a command would do, worked out and not done.

use super::{LocalBackend, Trouble};
use crate::domain::command::Command;
use crate::domain::facts::Facts;
use crate::domain::{Halt, Plan};
use crate::engine;

impl LocalBackend {
    /// The plan of a command by what the store holds now. Nothing is changed, and who may not hears so.
    pub async fn rehearse(&self, command: &Command) -> Result<Plan, Trouble> {
        let context = self.context();
        let question =
            |facts: &Facts| -> Result<Plan, Halt> { engine::plan(command, &context, facts) };
        match self.ask(Facts::default(), question).await {
            Ok((plan, _)) => Ok(plan),
            Err(trouble) => Err(self.name_gone(trouble).await),
        }
    }
}
