//! Notes on contacts. A note stays on the contact that it was written on; `expand=mergeset` reads those of
//! everyone merged into the contact as well.

mod bulk;

pub use bulk::{
    add as bulk_add, fetch as bulk_fetch, remove as bulk_remove, update as bulk_update,
};

use serde_json::{Map, Value};

use super::call::{Answer, Call};
use super::contact::{Resolved, changed, find, merge_set};
use super::page::{self, Page};
use super::problem::Problem;
use crate::backend::Backend;
use crate::domain::Refusal;
use crate::domain::command::{Command, Outcome};
use crate::domain::contact::{ContactId, Note, NoteId};
use crate::domain::facts::{FactKey, Facts};
use crate::wire::note::{text_from_json, to_json};

/// What may come along with notes.
const EXPAND: [&str; 4] = ["author", "externalDataSources", "division", "mergeset"];

/// `GET contacts/{contactId}/notes`.
pub async fn list(call: Call) -> Result<Answer, Problem> {
    let is_whole = call.query.known("expand", &EXPAND)?.contains(&"mergeset");
    let page = Page::of(&call)?;
    let store = call.site.store();
    let contact = find(store, call.id(0)?, Resolved::Exact).await?;
    let set = match is_whole {
        true => merge_set(store, &contact).await?,
        false => Vec::new(),
    };
    let ids = if set.is_empty() {
        vec![contact.id]
    } else {
        set
    };
    let mut notes = store.notes(ids).await?;
    match call.query.text("sortOrder") {
        None | Some("createDate:desc") => {}
        Some("createDate:asc") => notes.reverse(),
        Some(_) => {
            let why = "it is createDate:asc or createDate:desc";
            return Err(Problem::bad_value("sortOrder", why));
        }
    }
    let total = notes.len();
    let shown = page.cut(notes).iter().map(to_json).collect();
    let mut listing = page.listing(&call, shown, total);
    listing["partialResults"] = false.into();
    Ok(Answer::json(listing))
}

/// `POST contacts/{contactId}/notes`.
pub async fn add(call: Call) -> Result<Answer, Problem> {
    let contact: ContactId = call.id(0)?;
    let text = text_from_json(&call.json()?)?;
    let outcome = call
        .backend()
        .run(Command::AddNote { contact, text })
        .await?;
    Ok(Answer::json(to_json(&made(&call, &outcome).await?)))
}

/// The note that was made. The entry knows which; another may have come meanwhile.
async fn made(call: &Call, outcome: &Outcome) -> Result<Note, Problem> {
    let entry = outcome.entry;
    let entry = entry.ok_or_else(|| Problem::broken("a note left no entry"))?;
    let changes = call.site.store().changes(entry).await?.unwrap_or_default();
    let made = changes.into_iter().find_map(|change| match change {
        crate::domain::Change::Note { after, .. } => after,
        _ => None,
    });
    let note = made.ok_or_else(|| Problem::broken("an entry has no note"))?;
    Ok(*note)
}

/// `GET contacts/{contactId}/notes/{noteId}`.
pub async fn read(call: Call) -> Result<Answer, Problem> {
    call.query.known("expand", &EXPAND)?;
    Ok(Answer::json(to_json(&of_path(&call).await?)))
}

/// `PUT contacts/{contactId}/notes/{noteId}`.
pub async fn replace(call: Call) -> Result<Answer, Problem> {
    let note = of_path(&call).await?;
    let text = text_from_json(&call.json()?)?;
    write(&call, note.id, text).await
}

/// `PATCH contacts/{contactId}/notes/{noteId}`.
pub async fn patch(call: Call) -> Result<Answer, Problem> {
    let note = of_path(&call).await?;
    let mut now: Map<String, Value> = Map::new();
    now.insert("noteText".to_owned(), note.text.clone().into());
    let touched = changed(&call.object()?, &mut now)?;
    if let Some(other) = touched.iter().find(|name| *name != "noteText") {
        return Err(Problem::bad_value(
            other,
            "of a note only $.noteText can be changed",
        ));
    }
    let text = text_from_json(&now.into())?;
    write(&call, note.id, text).await
}

/// `DELETE contacts/{contactId}/notes/{noteId}`.
pub async fn delete(call: Call) -> Result<Answer, Problem> {
    let note = of_path(&call).await?.id;
    call.backend().run(Command::DeleteNote { note }).await?;
    Ok(Answer::object())
}

/// `GET scan/notes`.
pub async fn scan(call: Call) -> Result<Answer, Problem> {
    let limit = page::part_size(&call)?;
    let after = page::place(&call, "notes", "cursor")?;
    let scanned = call.site.catalog.scan_notes(after, limit).await?;
    let shown = scanned.found.iter().map(to_json).collect();
    Ok(Answer::json(page::scanned(
        &call,
        "notes",
        shown,
        scanned.after,
    )))
}

async fn write(call: &Call, note: NoteId, text: String) -> Result<Answer, Problem> {
    call.backend().run(Command::EditNote { note, text }).await?;
    let note = load(call, note).await?;
    Ok(Answer::json(to_json(&note)))
}

/// The note of the path: one of the contact, or of somebody who is one person with it.
async fn of_path(call: &Call) -> Result<Note, Problem> {
    let store = call.site.store();
    let contact = find(store, call.id(0)?, Resolved::Exact).await?;
    let note = load(call, call.id(1)?).await?;
    let set = merge_set(store, &contact).await?;
    match note.contact == contact.id || set.contains(&note.contact) {
        true => Ok(note),
        false => Err(Refusal::NoNote.into()),
    }
}

async fn load(call: &Call, id: NoteId) -> Result<Note, Problem> {
    let facts = call
        .site
        .store()
        .load(vec![FactKey::Note(id)], Facts::default())
        .await?;
    let note = facts.note_if_any(&id)?.clone();
    note.ok_or_else(|| Refusal::NoNote.into())
}
