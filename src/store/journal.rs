//! The journal's chain: how an entry is sealed so that no later edit of it goes unseen.
//!
//! An entry is a public part and a payload. The public part holds who, when, what and ids; its hash covers it
//! and the hash before it. The payload holds values; the public part holds only a digest of it that is salted
//! with bytes kept beside the payload, so that a deleted payload cannot be guessed. No SQL here.

mod walk;

use std::fmt::{self, Write as _};
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;

pub use walk::{Break, Walk};

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

/// An entry's public part as it is stored, with its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The number as it is stored; one that was forged may be below 1.
    pub seq: i64,
    pub at: Moment,
    pub actor: String,
    pub action: Action,
    pub contact: Option<ContactId>,
    pub conversation: Option<ConversationId>,
    pub contacts: Vec<ContactId>,
    pub batch: Option<u64>,
    pub undoes: Option<EntryId>,
    pub digest: Option<Hash>,
    pub hash: Hash,
}

impl Sealed {
    pub fn id(&self) -> EntryId {
        EntryId(self.seq.cast_unsigned())
    }

    /// True when the hash is the one of this public part as entry `seq`, after the entry with `previous`.
    fn fits(&self, seq: i64, previous: &Hash) -> bool {
        self.seal(seq, previous) == self.hash
    }

    /// The hash that this public part has as entry `seq`, after the entry with `previous`.
    pub(super) fn seal(&self, seq: i64, previous: &Hash) -> Hash {
        let public = Public {
            id: EntryId(seq.cast_unsigned()),
            at: self.at,
            actor: &self.actor,
            action: self.action,
            contact: self.contact,
            conversation: self.conversation,
            contacts: &self.contacts,
            batch: self.batch,
            undoes: self.undoes,
            digest: self.digest,
        };
        public.seal(previous)
    }
}

/// The end of the chain: who keeps it elsewhere can tell later whether anything up to it was changed.
/// Written as `412:` and 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: EntryId,
    pub hash: Hash,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, hexadecimal(&self.hash))
    }
}

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let not = || NotAHead(text.chars().take(40).collect());
        let (id, hash) = text.trim().split_once(':').ok_or_else(not)?;
        Ok(Self {
            id: id.parse().map_err(|_| not())?,
            hash: of_hexadecimal(hash).ok_or_else(not)?,
        })
    }
}

/// A text that is no head.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a head of the journal; `scv audit head` prints one, such as 412:9f2c...")]
pub struct NotAHead(pub String);

/// The hash as 64 digits.
pub fn hexadecimal(hash: &Hash) -> String {
    hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot go wrong.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of 64 digits.
pub fn of_hexadecimal(text: &str) -> Option<Hash> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let mut hash = [0; 32];
    if pairs.len() != hash.len() || !rest.is_empty() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(pairs) {
        let digit = |letter: u8| char::from(letter).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(hash)
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
