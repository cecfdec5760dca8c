//! Notes, wrap-ups and the word that two contacts are different people (§5).

use scv_desk::domain::contact::{Note, NoteId};
use scv_desk::domain::reason::NotSame;
use scv_desk::domain::record::Wrapup;
use scv_desk::domain::{ContactId, ConversationId, Refusal};

use super::turn::Turn;
use super::world::{Key, Thing, pair};

/// A note has 1 to 32,000 characters (§5).
const CHARS_MAX: usize = 32_000;

fn text_of(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    match text.chars().count() {
        1..=CHARS_MAX => Ok(text.to_owned()),
        count => Err(Refusal::NoteLength(count)),
    }
}

pub fn add(turn: &mut Turn<'_>, contact: ContactId, text: &str) -> Result<(), Refusal> {
    let text = text_of(text)?;
    let head = turn.head(contact)?;
    let note = Note {
        id: NoteId(turn.fresh()),
        contact: head.id,
        text,
        author: turn.actor.name.clone(),
        created: turn.at,
        modified: turn.at,
    };
    turn.contact = Some(head.id);
    turn.world.put(Key::Note(note.id), Thing::Note(note));
    Ok(())
}

pub fn edit(turn: &mut Turn<'_>, id: NoteId, text: &str) -> Result<(), Refusal> {
    let mut note = turn.world.note(&id).cloned().ok_or(Refusal::NoNote)?;
    let text = text_of(text)?;
    turn.contact = turn.world.head(note.contact).map(|head| head.id);
    if note.text != text {
        note.text = text;
        note.modified = turn.at;
        turn.world.put(Key::Note(id), Thing::Note(note));
    }
    Ok(())
}

pub fn delete(turn: &mut Turn<'_>, id: NoteId) -> Result<(), Refusal> {
    let note = turn.world.note(&id).ok_or(Refusal::NoNote)?;
    turn.contact = turn.world.head(note.contact).map(|head| head.id);
    turn.remove(&Key::Note(id));
    Ok(())
}

/// Sets the wrap-up; the same again changes nothing.
pub fn wrap_up(
    turn: &mut Turn<'_>,
    conversation: ConversationId,
    code: &str,
    notes: Option<&str>,
) -> Result<(), Refusal> {
    let tie = turn.world.tie(conversation, "");
    let tie = tie.ok_or(Refusal::NoConversation(conversation))?;
    turn.contact = Some(tie.contact);
    if code.trim().is_empty() {
        return Err(Refusal::NoCode);
    }
    let notes = notes.map(str::trim).filter(|notes| !notes.is_empty());
    let wrapup = Wrapup {
        code: code.trim().to_owned(),
        notes: notes.map(text_of).transpose()?,
        by: turn.actor.name.clone(),
        at: turn.at,
    };
    let set = turn.world.wrapup(&conversation);
    if set.is_some_and(|set| (&set.code, &set.notes) == (&wrapup.code, &wrapup.notes)) {
        return Ok(());
    }
    turn.world
        .put(Key::Wrapup(conversation), Thing::Wrapup(wrapup));
    Ok(())
}

/// Remembers that two contacts are different people; said once is enough.
pub fn not_same(turn: &mut Turn<'_>, one: ContactId, other: ContactId) -> Result<(), Refusal> {
    if one == other {
        return Err(Refusal::SameContact);
    }
    let (one, other) = (turn.head(one)?.id, turn.head(other)?.id);
    if one == other {
        return Err(Refusal::OnePerson);
    }
    turn.contact = Some(one);
    if !turn.world.not_same(one, other) {
        let mark = NotSame {
            by: turn.actor.name.clone(),
            at: turn.at,
        };
        turn.world.put(pair(one, other), Thing::NotSame(mark));
    }
    Ok(())
}
