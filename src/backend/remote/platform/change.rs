//! Changes: each by the API's own call. After a time-out a change is read back before it is sent again, and
//! is said to be unknown where that cannot be done.

mod contact;
mod link;
mod note;
mod undo;

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::super::super::Trouble;
use super::super::http::{Again, Call, Failure};
use super::done::Deed;
use super::{
    NO_ERASE, NO_MARKS, NO_NOT_SAME, NO_REOPEN, NO_REVIEW, NO_UNMERGE, PlatformBackend, lacking,
};
use crate::domain::command::{Action, Command, Outcome, Remark, Sharing};
use crate::domain::{Permission, Refusal};
use crate::live::Topic;

/// How long what became of a change is looked for.
const LOOKED_FOR: Duration = Duration::from_secs(60);
/// How often it must be seen not made before it is sent again: the server may take a while to show it.
const LOOKS: u32 = 3;

/// What came of a change.
pub(super) enum Sent<T> {
    /// The server answered.
    Answered(Value),
    /// It did not, but what was to be made was found made.
    Found(T),
}

impl PlatformBackend {
    pub(super) async fn make(&self, command: Command) -> Result<Outcome, Trouble> {
        for right in command.needs() {
            self.need(right)?;
        }
        match command {
            Command::Promote { contact, edits } => self.promote(contact, edits).await,
            Command::Create { fields, link } => self.create(*fields, link).await,
            Command::Edit { contact, edits } => self.edit(contact, edits).await,
            Command::Link {
                conversation,
                contact,
                claiming,
            } => self.link(conversation, contact, claiming).await,
            Command::Unlink {
                conversation,
                sharing: Sharing::Leave,
            } => self.unlink(conversation).await,
            Command::Unlink { .. } | Command::Share { .. } | Command::Unshare { .. } => {
                lacking(NO_MARKS)
            }
            Command::Merge {
                contacts,
                takes,
                sure,
            } => self.merge(contacts, takes, sure).await,
            Command::AddNote { contact, text } => self.add_note(contact, text).await,
            Command::EditNote { note, text } => self.edit_note(note, text).await,
            Command::DeleteNote { note } => self.delete_note(note).await,
            Command::Delete { contact } => self.delete(contact).await,
            Command::Claim {
                contact,
                identifier,
            } => self.claim(contact, identifier).await,
            Command::Release {
                contact,
                identifier,
            } => self.release(contact, identifier).await,
            Command::WrapUp {
                conversation,
                code,
                notes,
            } => self.wrap_up(conversation, code, notes).await,
            Command::Take { conversation, .. } => self.take(conversation).await,
            Command::Reopen { .. } => lacking(NO_REOPEN),
            Command::Undo { entry } => self.undo(entry).await,
            Command::NotSame { .. } => lacking(NO_NOT_SAME),
            Command::Erase { .. } => lacking(NO_ERASE),
            Command::Unmerge { .. } => lacking(NO_UNMERGE),
            Command::Mark { .. } | Command::SaveFilter { .. } | Command::ForgetFilter { .. } => {
                lacking(NO_REVIEW)
            }
            Command::View { .. } | Command::Export { .. } => lacking(NO_REVIEW),
            Command::Resolve(_)
            | Command::ResolveVisit(_)
            | Command::TakeMessage(_)
            | Command::Expire { .. } => lacking("Genesys Cloud resolves and expires by itself"),
            Command::Import(_)
            | Command::Enrich(_)
            | Command::CreateOrganization { .. }
            | Command::EditOrganization { .. }
            | Command::DeleteOrganization { .. } => {
                lacking("this is not the desk's to do on Genesys Cloud; its own pages do it")
            }
        }
    }

    fn need(&self, right: Permission) -> Result<(), Trouble> {
        match self.role.may(right) {
            true => Ok(()),
            false => Err(Refusal::Denied(right).into()),
        }
    }

    /// Sends a change once. Where no answer came, `made` reads back what came of it: only what was not made
    /// is sent again.
    pub(super) async fn send<T, F>(
        &self,
        call: &Call<'_>,
        made: impl Fn() -> F,
    ) -> Result<Sent<T>, Trouble>
    where
        F: Future<Output = Result<Option<T>, Trouble>>,
    {
        let begun = Instant::now();
        loop {
            let failure = match self.http.ask(call).await {
                Ok(value) => return Ok(Sent::Answered(value)),
                Err(failure @ Failure::Unknown(_)) => failure,
                Err(failure) => return Err(failure.into()),
            };
            let mut unmade = 0;
            while unmade < LOOKS {
                if LOOKED_FOR < begun.elapsed() {
                    return Err(failure.into());
                }
                match made().await {
                    Ok(Some(found)) => return Ok(Sent::Found(found)),
                    Ok(None) => unmade += 1,
                    // What became of it is not known while nothing can be read.
                    Err(_) => {}
                }
                sleep(self.http.pauses().longest / LOOKS).await;
            }
        }
    }

    /// Remembers what was done and tells whoever watches.
    pub(super) fn over(&self, deed: Deed) -> Outcome {
        let (action, contact, conversation) = (deed.action, deed.contact, deed.conversation);
        // The opposite of a new contact is its deletion.
        let is_left = action == Action::Create && !self.role.may(Permission::ContactDelete);
        let is_final = is_left || deed.back.is_none() && deed.undoes.is_none();
        let entry = self.remember(deed);
        if let Some(contact) = contact {
            self.changed(Topic::Contact(contact));
        }
        if let Some(conversation) = conversation {
            self.changed(Topic::Conversation(conversation));
        }
        Outcome {
            entry: Some(entry),
            action,
            contact,
            conversation,
            remarks: is_final.then_some(Remark::Final).into_iter().collect(),
        }
    }
}

/// A change with a body.
pub(super) fn change(method: Method, path: &str, body: Value) -> Call<'_> {
    Call::with(method, path, body, Again::Never)
}

/// A change whose path says it all.
pub(super) fn bare(method: Method, path: &str) -> Call<'_> {
    Call {
        method,
        again: Again::Never,
        ..Call::get(path)
    }
}
