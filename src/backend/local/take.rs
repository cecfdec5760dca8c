//! Who takes a conversation, as the organization names its users.

use super::super::Backend;
use super::{LocalBackend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::Command;
use crate::store::NameKind;

impl LocalBackend {
    /// The command with the user of who acts: the organization's user of the name, else whom the door knows.
    pub(super) async fn taken_by_own_user(&self, command: Command) -> Result<Command, Trouble> {
        match command {
            Command::Take {
                conversation,
                agent,
            } => Ok(Command::Take {
                conversation,
                agent: self.own_user(agent).await?,
            }),
            Command::Reopen {
                conversation,
                agent,
            } => Ok(Command::Reopen {
                conversation,
                agent: self.own_user(agent).await?,
            }),
            other => Ok(other),
        }
    }

    /// The id of the organization's user with the name of who acts, else the user whom the door knows. Who is neither
    /// is refused, where the organization names its users at all: the conversation would be lost to everybody.
    async fn own_user(&self, known: Option<String>) -> Result<Option<String>, Trouble> {
        let (name, _) = self.actor();
        let wanted = name.to_lowercase();
        let names = self.store.names().await?;
        let mut users = names.into_iter().filter(|one| one.kind == NameKind::User);
        let mut is_named = false;
        let own = users.find(|one| {
            is_named = true;
            one.name.to_lowercase() == wanted
        });
        match own.map(|one| one.id).or(known) {
            None if is_named => Err(Refusal::NoUser(name).into()),
            user => Ok(user),
        }
    }
}
