//! Notes on contacts, and the wrap-up of a conversation (`design/rules.md` §5).

use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::contact::{ContactId, NOTE_CHARS_MAX, Note, NoteId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{Facts, Halt};
use crate::domain::record::Wrapup;
use crate::domain::{Plan, Refusal};

use super::Context;
use super::draft::Draft;

/// Writes a note on the canonical contact.
pub fn add(contact: ContactId, text: &str, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let text = checked(text)?;
    let mut draft = Draft::new(Action::AddNote, context, facts);
    let contact = draft.act_on(contact)?.id;
    let id = NoteId(draft.fresh());
    let (author, at) = (context.actor.name.clone(), context.at);
    let note = Note {
        id,
        contact,
        text,
        author,
        created: at,
        modified: at,
    };
    draft.plan.contact = Some(contact);
    draft.plan.changes.push(Change::Note {
        id,
        before: None,
        after: Some(Box::new(note)),
    });
    draft.finish()
}

/// Replaces the text of a note.
pub fn edit(id: NoteId, text: &str, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let text = checked(text)?;
    let mut draft = Draft::new(Action::EditNote, context, facts);
    let before = facts.note_if_any(&id)?.clone().ok_or(Refusal::NoNote)?;
    draft.plan.contact = Some(draft.canonical(before.contact)?.id);
    if before.text == text {
        return draft.finish();
    }
    let after = Note {
        text,
        modified: context.at,
        ..before.clone()
    };
    let (before, after) = (Some(Box::new(before)), Some(Box::new(after)));
    draft.plan.changes.push(Change::Note { id, before, after });
    draft.finish()
}

/// Deletes a note.
pub fn delete(id: NoteId, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::DeleteNote, context, facts);
    let before = facts.note_if_any(&id)?.clone().ok_or(Refusal::NoNote)?;
    draft.plan.contact = Some(draft.canonical(before.contact)?.id);
    draft.plan.changes.push(Change::Note {
        id,
        before: Some(Box::new(before)),
        after: None,
    });
    draft.finish()
}

/// Sets wrap-up code and notes of a conversation.
pub fn wrap_up(
    conversation: ConversationId,
    code: &str,
    notes: Option<&str>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::WrapUp, context, facts);
    let record = facts.conversation(conversation)?;
    if code.trim().is_empty() {
        return Err(Refusal::NoCode.into());
    }
    let notes = match notes.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => Some(checked(text)?),
        None => None,
    };
    draft.plan.conversation = Some(conversation);
    draft.plan.contact = Some(record.link.contact);
    let before = record.wrapup.clone();
    let same = before
        .as_ref()
        .is_some_and(|wrapup| wrapup.code == code && wrapup.notes == notes);
    if same {
        return draft.finish();
    }
    let after = Wrapup {
        code: code.to_owned(),
        notes,
        by: context.actor.name.clone(),
        at: context.at,
    };
    draft.plan.changes.push(Change::Wrapup {
        conversation,
        before,
        after: Some(after),
    });
    draft.finish()
}

/// A note's text: 1 to 32,000 characters, ends trimmed.
fn checked(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        count @ 1..=NOTE_CHARS_MAX => {
            debug_assert!(count <= NOTE_CHARS_MAX);
            Ok(text.to_owned())
        }
        count => Err(Refusal::NoteLength(count)),
    }
}
