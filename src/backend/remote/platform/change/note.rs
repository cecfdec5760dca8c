//! Notes of a contact.

use reqwest::Method;
use serde_json::json;

use super::super::super::super::Trouble;
use super::super::PlatformBackend;
use super::super::done::{Back, Deed};
use super::super::people::path;
use super::{Sent, bare, change};
use crate::domain::Refusal;
use crate::domain::command::{Action, Outcome};
use crate::domain::contact::{ContactId, NOTE_CHARS_MAX, NoteId};

impl PlatformBackend {
    pub(super) async fn add_note(
        &self,
        contact: ContactId,
        text: String,
    ) -> Result<Outcome, Trouble> {
        long_enough(&text)?;
        let before: Vec<NoteId> = self
            .notes(contact)
            .await?
            .iter()
            .map(|one| one.id)
            .collect();
        let path = format!("{}/notes", path(contact));
        let call = change(Method::POST, &path, json!({ "noteText": text }));
        let made = || async {
            let now = self.notes(contact).await?;
            let mut fresh = now.iter().filter(|one| !before.contains(&one.id));
            Ok(fresh.find(|one| one.text == text).map(|one| one.id))
        };
        let note = match self.send(&call, made).await? {
            Sent::Answered(value) => {
                let id = value.get("id").and_then(|id| id.as_str()?.parse().ok());
                id.ok_or_else(|| super::super::ask::strange(self, "a note without an id"))?
            }
            Sent::Found(id) => id,
        };
        Ok(self.over(Deed {
            contact: Some(contact),
            back: Some(Back::AddNote(contact, note, text)),
            ..Deed::new(Action::AddNote, "wrote a note")
        }))
    }

    pub(super) async fn edit_note(&self, note: NoteId, text: String) -> Result<Outcome, Trouble> {
        long_enough(&text)?;
        let (contact, before) = self.done_here().note(note).ok_or(Refusal::NoNote)?;
        self.put_note(contact, note, &text).await?;
        Ok(self.over(Deed {
            contact: Some(contact),
            back: Some(Back::EditNote(contact, note, before, text)),
            ..Deed::new(Action::EditNote, "changed a note")
        }))
    }

    pub(super) async fn put_note(
        &self,
        contact: ContactId,
        note: NoteId,
        text: &str,
    ) -> Result<(), Trouble> {
        let path = format!("{}/notes/{note}", path(contact));
        let call = change(Method::PUT, &path, json!({ "noteText": text }));
        let made = || async {
            let now = self.notes(contact).await?;
            let is_made = now.iter().any(|one| one.id == note && one.text == text);
            Ok(is_made.then_some(()))
        };
        self.send(&call, made).await.map(drop)
    }

    pub(super) async fn delete_note(&self, note: NoteId) -> Result<Outcome, Trouble> {
        let (contact, _) = self.done_here().note(note).ok_or(Refusal::NoNote)?;
        self.remove_note(contact, note).await?;
        Ok(self.over(Deed {
            contact: Some(contact),
            ..Deed::new(Action::DeleteNote, "deleted a note")
        }))
    }

    pub(super) async fn remove_note(
        &self,
        contact: ContactId,
        note: NoteId,
    ) -> Result<(), Trouble> {
        let path = format!("{}/notes/{note}", path(contact));
        let call = bare(Method::DELETE, &path);
        let made = || async {
            let now = self.notes(contact).await?;
            Ok(now.iter().all(|one| one.id != note).then_some(()))
        };
        self.send(&call, made).await.map(drop)
    }
}

fn long_enough(text: &str) -> Result<(), Refusal> {
    let count = text.chars().count();
    match (1..=NOTE_CHARS_MAX).contains(&count) && !text.trim().is_empty() {
        true => Ok(()),
        false => Err(Refusal::NoteLength(count)),
    }
}
