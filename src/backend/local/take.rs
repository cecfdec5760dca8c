//! Who takes a conversation, as the organization names its users.

use super::super::Backend;
use super::{LocalBackend, Trouble};
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
                agent: self.own_user().await?.or(agent),
            }),
            Command::Reopen {
                conversation,
                agent,
            } => Ok(Command::Reopen {
                conversation,
                agent: self.own_user().await?.or(agent),
            }),
            other => Ok(other),
        }
    }

    /// The id of the organization's user with the name of who acts; nobody where it names no such user.
    async fn own_user(&self) -> Result<Option<String>, Trouble> {
        let wanted = self.actor().0.to_lowercase();
        let names = self.store.names().await?;
        let mut users = names.into_iter().filter(|one| one.kind == NameKind::User);
        let own = users.find(|one| one.name.to_lowercase() == wanted);
        Ok(own.map(|one| one.id))
    }
}
