//! `scv not-same`: two contacts are different people.

use clap::Args;

use super::outcome;
use super::output::Output;
use super::session::Session;
use super::trouble::Exit;
use crate::backend::Backend;
use crate::domain::command::Command;
use crate::domain::contact::ContactId;
use crate::store::sqlite::Open;

#[derive(Debug, Args)]
pub struct NotSame {
    /// Id of one contact
    one: ContactId,
    /// Id of the other
    other: ContactId,
}

impl NotSame {
    pub async fn run(&self, session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
        let backend = session.open(Open::Existing)?;
        let command = Command::NotSame {
            one: self.one,
            other: self.other,
        };
        let outcome = backend.run(command).await?;
        let one = outcome::name_of(&backend, Some(self.one)).await;
        let other = outcome::name_of(&backend, Some(self.other)).await;
        let sentence = format!("{one} and {other} are marked as not the same");
        outcome::tell(output, &backend, &outcome, &sentence).await
    }
}
