//! The searchable part of a contact: its texts by kind, how they are packed, and where it stands among
//! others. The store makes documents from contacts; nothing here parses phones or addresses.

use super::SearchError;
use super::bytes::{Cursor, put_bytes, put_number};
use super::fold::{Letter, fold};

const FORMAT: u8 = 1;
/// Divides the parts of an order key; sorts before every letter.
const DIVIDER: u8 = 1;
/// Begins the order key of a document without a name; sorts after every letter.
const NAMELESS: char = '\u{10FFFF}';

/// What a text of a document is.
///
/// A phone number is up to three fields in a row: `PhoneInternational` (with the country code),
/// `PhoneNational` (the national significant number) and `PhoneTyped` (shown and marked, never searched);
/// only digits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    Given,
    Family,
    Middle,
    Organization,
    Email,
    PhoneInternational,
    PhoneNational,
    PhoneTyped,
    ExternalId,
    /// Shown with a hit, never searched.
    City,
}

impl FieldKind {
    const ALL: [Self; 10] = [
        Self::Given,
        Self::Family,
        Self::Middle,
        Self::Organization,
        Self::Email,
        Self::PhoneInternational,
        Self::PhoneNational,
        Self::PhoneTyped,
        Self::ExternalId,
        Self::City,
    ];

    /// True for the parts of a person's name.
    pub fn is_name(self) -> bool {
        matches!(self, Self::Given | Self::Family | Self::Middle)
    }

    fn code(self) -> u8 {
        self as u8
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// What of a contact can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The contact's id; the last word on the order of hits.
    pub contact: [u8; 16],
    pub fields: Vec<(FieldKind, String)>,
}

impl Document {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.push(FORMAT);
        out.extend_from_slice(&self.contact);
        put_number(&mut out, self.fields.len() as u64);
        for (kind, text) in &self.fields {
            out.push(kind.code());
            put_bytes(&mut out, text.as_bytes());
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Result<Self, SearchError> {
        Self::read(bytes).ok_or(SearchError::Damaged("a document"))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        if cursor.byte()? != FORMAT {
            return None;
        }
        let contact = cursor.take(16)?.try_into().ok()?;
        let count = cursor.length()?;
        let mut fields = Vec::with_capacity(count.min(64));
        for _ in 0..count {
            let kind = FieldKind::from_code(cursor.byte()?)?;
            let text = str::from_utf8(cursor.bytes()?).ok()?;
            fields.push((kind, text.to_owned()));
        }
        cursor.is_done().then_some(Self { contact, fields })
    }

    pub(super) fn texts(&self, kind: FieldKind) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(found, _)| *found == kind)
            .map(|(_, text)| text.as_str())
    }

    /// Where the document stands among others: by folded family, given and middle name, then by id. Those
    /// without a name come last, by organization, e-mail, phone and external id.
    pub(super) fn order_key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        let mut letters = Vec::new();
        for kind in [FieldKind::Family, FieldKind::Given, FieldKind::Middle] {
            self.put_folded(kind, &mut letters, &mut key);
        }
        if key.iter().all(|byte| *byte == DIVIDER) {
            key.clear();
            put_letter(&mut key, NAMELESS);
            for kind in [
                FieldKind::Organization,
                FieldKind::Email,
                FieldKind::PhoneInternational,
                FieldKind::ExternalId,
            ] {
                self.put_folded(kind, &mut letters, &mut key);
            }
        }
        key.extend_from_slice(&self.contact);
        key
    }

    fn put_folded(&self, kind: FieldKind, letters: &mut Vec<Letter>, key: &mut Vec<u8>) {
        letters.clear();
        for text in self.texts(kind) {
            fold(text, 0, letters);
        }
        let mut gap = false;
        for letter in letters.iter() {
            if letter.folded.is_whitespace() {
                gap = true;
                continue;
            }
            if std::mem::take(&mut gap) && key.last().is_some_and(|last| *last != DIVIDER) {
                key.push(b' ');
            }
            put_letter(key, letter.folded);
        }
        key.push(DIVIDER);
    }
}

fn put_letter(key: &mut Vec<u8>, letter: char) {
    key.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}
