//! What was typed and not saved.

use serde::{Deserialize, Serialize};

use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::field::{Field, Value};

/// Drafts beyond this push out the oldest one.
const DRAFTS_MAX: usize = 50;

/// What a draft is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DraftKey {
    Promote(ContactId),
    Edit(ContactId),
    /// A new contact, for a conversation or for none.
    Create(Option<ConversationId>),
    Note(ContactId),
    WrapUp(ConversationId),
}

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Draft {
    Form(Vec<DraftField>),
    Text(String),
}

/// One field of a form that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftField {
    pub field: Field,
    /// What stood there when the person typed: tells whether somebody else changed it since.
    pub seen: Option<Value>,
    pub typed: String,
}

/// The drafts of a session, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    kept: Vec<(DraftKey, Draft)>,
}

/// What a dialog wants done with its draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drafting {
    Keep(DraftKey, Draft),
    Drop(DraftKey),
}

impl Drafts {
    pub fn get(&self, key: DraftKey) -> Option<&Draft> {
        let found = self.kept.iter().find(|(kept, _)| *kept == key);
        found.map(|(_, draft)| draft)
    }

    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// Forgets what was typed of a contact that is gone for good.
    pub fn forget(&mut self, contact: ContactId) {
        self.kept.retain(|(key, _)| match key {
            DraftKey::Promote(id) | DraftKey::Edit(id) | DraftKey::Note(id) => *id != contact,
            DraftKey::Create(_) | DraftKey::WrapUp(_) => true,
        });
    }

    pub fn apply(&mut self, drafting: Drafting) {
        match drafting {
            Drafting::Keep(key, draft) => {
                self.kept.retain(|(kept, _)| *kept != key);
                if self.kept.len() == DRAFTS_MAX {
                    self.kept.remove(0);
                }
                self.kept.push((key, draft));
            }
            Drafting::Drop(key) => self.kept.retain(|(kept, _)| *kept != key),
        }
    }
}
