//! The journal's chain: how an entry is sealed so that no later edit of it goes unseen.
//!
//! An entry is a public part and a payload. The public part holds who, when, what and ids; its hash covers it
//! and the hash before it. The payload holds values; the public part holds only a digest of it that is salted
//! with bytes kept beside the payload, so that a deleted payload cannot be guessed. No SQL here.

use sha2::{Digest, Sha256};

use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The hash before the first entry.
pub const ORIGIN: Hash = [0; 32];

/// Random bytes that a payload is digested with.
pub type Salt = [u8; 16];

/// What the chain protects of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public<'a> {
    pub id: EntryId,
    pub at: Moment,
    pub actor: &'a str,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    /// Every contact that the changes speak of.
    pub contacts: &'a [ContactId],
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    /// Digest of the payload; `None` for an entry that was written without one.
    pub digest: Option<Hash>,
}

impl Public<'_> {
    /// The hash of this entry after the one with `previous`.
    pub fn seal(&self, previous: &Hash) -> Hash {
        let mut hasher = Sha256::new();
        hasher.update(b"scv entry 1\0");
        hasher.update(previous);
        hasher.update(self.id.0.to_be_bytes());
        hasher.update(self.at.0.to_be_bytes());
        text(&mut hasher, self.actor);
        text(&mut hasher, self.action.name());
        maybe(&mut hasher, self.contact.map(|id| id.0.into_bytes()));
        maybe(&mut hasher, self.conversation.map(|id| id.0.into_bytes()));
        hasher.update((self.contacts.len() as u64).to_be_bytes());
        for contact in self.contacts {
            hasher.update(contact.0.as_bytes());
        }
        maybe(&mut hasher, self.batch.map(u64::to_be_bytes));
        maybe(&mut hasher, self.undoes.map(|id| id.0.to_be_bytes()));
        maybe(&mut hasher, self.digest);
        hasher.finalize().into()
    }
}

/// The digest of a payload under its salt.
pub fn digest(salt: &Salt, payload: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"scv payload 1\0");
    hasher.update(salt);
    hasher.update(payload);
    hasher.finalize().into()
}

/// Where fresh salts come from: a random seed that is never kept.
pub struct Salts([u8; 32]);

impl Salts {
    pub fn new() -> Self {
        let mut seed = [0; 32];
        for half in seed.as_chunks_mut::<16>().0 {
            *half = uuid::Uuid::new_v4().into_bytes();
        }
        Self(seed)
    }

    /// The salt of an entry; nobody who lacks the seed can tell it from its number.
    pub fn of(&self, seq: i64) -> Salt {
        let mut hasher = Sha256::new();
        hasher.update(self.0);
        hasher.update(seq.to_be_bytes());
        let hash: Hash = hasher.finalize().into();
        std::array::from_fn(|index| hash[index])
    }
}

impl Default for Salts {
    fn default() -> Self {
        Self::new()
    }
}

/// Invariant: every part has its length before it, so that no two entries have the same bytes.
fn text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(text.as_bytes());
}

fn maybe<const N: usize>(hasher: &mut Sha256, bytes: Option<[u8; N]>) {
    match bytes {
        Some(bytes) => {
            hasher.update([1]);
            hasher.update(bytes);
        }
        None => hasher.update([0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(actor: &str) -> Public<'_> {
        Public {
            id: EntryId(1),
            at: Moment(5),
            actor,
            action: Action::Link,
            contact: None,
            conversation: None,
            contacts: &[],
            batch: None,
            undoes: None,
            digest: None,
        }
    }

    #[test]
    fn every_part_counts() {
        let plain = entry("Ann").seal(&ORIGIN);
        assert_ne!(plain, entry("Anna").seal(&ORIGIN));
        assert_ne!(plain, entry("Ann").seal(&plain));
        assert_ne!(
            plain,
            Public {
                batch: Some(0),
                ..entry("Ann")
            }
            .seal(&ORIGIN)
        );
        let undoes = Public {
            undoes: Some(EntryId(0)),
            ..entry("Ann")
        };
        assert_ne!(
            undoes.seal(&ORIGIN),
            Public {
                batch: Some(0),
                ..entry("Ann")
            }
            .seal(&ORIGIN)
        );
    }

    #[test]
    fn a_salt_hides_the_payload() {
        assert_ne!(digest(&[1; 16], b"+353"), digest(&[2; 16], b"+353"));
    }
}
