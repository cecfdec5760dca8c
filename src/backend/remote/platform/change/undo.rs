//! Undo by the opposite call: first it is read whether everything stands as it was left (`design/rules.md`
//! §7).

use super::super::super::super::Trouble;
use super::super::PlatformBackend;
use super::super::done::{Back, Deed, Entry};
use crate::domain::Refusal;
use crate::domain::command::{Action, Edit, EntryId, Expected, Outcome};
use crate::domain::contact::{ContactId, Fields};
use crate::domain::conversation::ConversationId;
use crate::wire::session::handled;

impl PlatformBackend {
    pub(super) async fn undo(&self, id: EntryId) -> Result<Outcome, Trouble> {
        let entry = self.done_here().entry(id).cloned();
        let entry = entry.ok_or(Refusal::NoEntry(id))?;
        if entry.undone_by.is_some() {
            return Err(Refusal::AlreadyUndone(id).into());
        }
        let Some(back) = &entry.back else {
            return Err(Trouble::Broken(entry.why_not()));
        };
        for right in needs(entry.action, back) {
            self.need(right)?;
        }
        self.take_back(&entry, back).await?;
        let again = again(back);
        Ok(self.over(Deed {
            contact: entry.contact,
            conversation: entry.conversation,
            back: again,
            undoes: Some(id),
            ..Deed::new(Action::Undo, format!("took back #{id}"))
        }))
    }

    async fn take_back(&self, entry: &Entry, back: &Back) -> Result<(), Trouble> {
        match back {
            Back::Edit(contact, fields) => {
                let now = self.known(*contact).await?;
                let edits: Vec<Edit> = fields
                    .iter()
                    .map(|(field, before, after)| Edit {
                        field: *field,
                        before: Expected::Exactly(after.clone()),
                        after: before.clone(),
                    })
                    .collect();
                self.edited(&now, &edits).await.map(drop)
            }
            Back::Link {
                conversation,
                before,
                after,
                moved,
            } => {
                self.link_back(entry.id, *conversation, *before, *after)
                    .await?;
                for (identifier, from) in moved {
                    self.pass_on(identifier, *after, *from).await?;
                }
                Ok(())
            }
            Back::Create {
                contact,
                fields,
                linked,
            } => {
                self.is_as_made(entry.id, *contact, fields, *linked).await?;
                if let Some((conversation, before)) = linked {
                    self.link_back(entry.id, *conversation, *before, Some(*contact))
                        .await?;
                }
                self.remove(*contact).await
            }
            Back::AddNote(contact, note, text) | Back::EditNote(contact, note, _, text) => {
                let notes = self.notes(*contact).await?;
                let now = notes
                    .iter()
                    .find(|one| one.id == *note)
                    .ok_or(Refusal::NoNote)?;
                if now.text != *text {
                    return Err(changed(entry.id, "the note"));
                }
                match back {
                    Back::EditNote(_, _, before, _) => self.put_note(*contact, *note, before).await,
                    _ => self.remove_note(*contact, *note).await,
                }
            }
            Back::Claim(contact, identifier) => self.hold("Release", *contact, identifier).await,
            Back::Release(contact, identifier) => self.hold("Claim", *contact, identifier).await,
        }
    }

    /// Whether a contact is as it was made, with nothing but the conversation that it was made for.
    async fn is_as_made(
        &self,
        entry: EntryId,
        contact: ContactId,
        fields: &Fields,
        linked: Option<(ConversationId, Option<ContactId>)>,
    ) -> Result<(), Trouble> {
        let now = self.known(contact).await?;
        if now.contact.id != contact || now.contact.fields != *fields {
            return Err(changed(entry, "the contact"));
        }
        if !self.notes(contact).await?.is_empty() {
            return Err(changed(entry, "what is noted on the contact"));
        }
        let sessions = self.sessions(contact).await?;
        let mut own = sessions.iter().map(|one| handled(one).map(|one| one.id));
        if own.any(|id| id.is_none() || id != linked.map(|(conversation, _)| conversation)) {
            return Err(changed(entry, "the journey of the contact"));
        }
        Ok(())
    }

    /// Associates a conversation as it was, where it still is as it was left.
    async fn link_back(
        &self,
        entry: EntryId,
        conversation: ConversationId,
        before: Option<ContactId>,
        after: Option<ContactId>,
    ) -> Result<(), Trouble> {
        let talk = self.talk(conversation).await?;
        let is_as_left = match after {
            Some(_) => talk.contact == after,
            // Some servers give what was unlinked a fresh contact.
            None => talk.contact != before,
        };
        if !is_as_left {
            return Err(changed(entry, "the conversation's contact"));
        }
        self.associate(&talk, before).await?;
        let mut done = self.done_here();
        match (before, after) {
            (Some(before), None) => done.come_back(conversation, before),
            (_, Some(after)) => done.leave(conversation, after),
            (None, None) => {}
        }
        Ok(())
    }
}

fn changed(entry: EntryId, what: &str) -> Trouble {
    let what = what.to_owned();
    Refusal::ChangedSince { entry, what }.into()
}

/// The right of what is taken back, and that of the call that does it.
fn needs(action: Action, back: &Back) -> Vec<crate::domain::Permission> {
    let mut needs = vec![action.needs()];
    if matches!(back, Back::Create { .. }) {
        needs.push(crate::domain::Permission::ContactDelete);
    }
    needs
}

/// How an undo is taken back itself; nothing where that would take a new id.
fn again(back: &Back) -> Option<Back> {
    match back.clone() {
        Back::Edit(contact, fields) => {
            let turned = fields
                .into_iter()
                .map(|(field, before, after)| (field, after, before));
            Some(Back::Edit(contact, turned.collect()))
        }
        Back::Link {
            conversation,
            before,
            after,
            moved,
        } if moved.is_empty() => Some(Back::Link {
            conversation,
            before: after,
            after: before,
            moved,
        }),
        Back::EditNote(contact, note, before, after) => {
            Some(Back::EditNote(contact, note, after, before))
        }
        Back::Claim(contact, identifier) => Some(Back::Release(contact, identifier)),
        Back::Release(contact, identifier) => Some(Back::Claim(contact, identifier)),
        Back::Link { .. } | Back::Create { .. } | Back::AddNote(..) => None,
    }
}
