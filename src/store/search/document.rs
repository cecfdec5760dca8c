//! What of a contact can be found: its searchable texts, and how they are kept as bytes.

/// Most bytes of the key that documents are ordered by.
const ORDER_BYTES_MAX: usize = 64;

/// The first byte of an encoded document.
const VERSION: u8 = 1;

/// What a text of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    Given,
    Middle,
    Family,
    Organization,
    Email,
    /// International form, `+353 86 123 4567`.
    PhoneInternational,
    /// National significant number of the `PhoneInternational` directly before it, with or without a trunk 0.
    PhoneNational,
    PhoneTyped,
    ExternalId,
    /// Shown with a hit, never searched.
    City,
}

impl FieldKind {
    /// Every kind, in the order of its code in an encoded document.
    const ALL: [Self; 10] = [
        Self::Given,
        Self::Middle,
        Self::Family,
        Self::Organization,
        Self::Email,
        Self::PhoneInternational,
        Self::PhoneNational,
        Self::PhoneTyped,
        Self::ExternalId,
        Self::City,
    ];
}

/// The searchable texts of one contact, as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub contact: [u8; 16],
    pub fields: Vec<(FieldKind, String)>,
}

impl Document {
    /// A compact form: version, contact, then kind, length and text of each field.
    pub fn encode(&self) -> Vec<u8> {
        let texts: usize = self.fields.iter().map(|(_, text)| text.len() + 3).sum();
        let mut bytes = Vec::with_capacity(17 + texts);
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.contact);
        for (kind, text) in &self.fields {
            bytes.push(*kind as u8);
            put_number(&mut bytes, text.len() as u64);
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// Reads what `encode` wrote; `None` when the bytes are something else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        if version != VERSION {
            return None;
        }
        let (contact, mut rest) = rest.split_first_chunk::<16>()?;
        let mut fields = Vec::new();
        while let Some((&code, after)) = rest.split_first() {
            let kind = *FieldKind::ALL.get(usize::from(code))?;
            rest = after;
            let length = usize::try_from(take_number(&mut rest)?).ok()?;
            let (text, after) = rest.split_at_checked(length)?;
            fields.push((kind, std::str::from_utf8(text).ok()?.to_owned()));
            rest = after;
        }
        Some(Self {
            contact: *contact,
            fields,
        })
    }

    /// What orders equally good hits: the folded display name, then the contact.
    pub(super) fn order(&self) -> Order {
        let mut name = super::fold::plain(&self.display_name());
        // Orders are compared as bytes too, where a control character ends the name.
        name.retain(|character| !character.is_control());
        let mut end = name.len().min(ORDER_BYTES_MAX);
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        name.truncate(end);
        Order {
            name: name.into_bytes(),
            contact: self.contact,
        }
    }

    /// The name that a list of contacts shows: the person's, else the first other text there is.
    fn display_name(&self) -> String {
        use FieldKind::{Family, Given, Middle};
        let parts: Vec<&str> = [Given, Middle, Family]
            .into_iter()
            .flat_map(|kind| self.fields.iter().filter(move |(found, _)| *found == kind))
            .map(|(_, text)| text.trim())
            .filter(|text| !text.is_empty())
            .collect();
        if parts.is_empty() {
            return self
                .fields
                .first()
                .map(|(_, text)| text.clone())
                .unwrap_or_default();
        }
        parts.join(" ")
    }
}

/// The place of a document among equally good ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Order {
    pub name: Vec<u8>,
    pub contact: [u8; 16],
}

impl Order {
    /// Bytes that compare as the order does.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.name.as_slice(), &[0], &self.contact].concat()
    }
}

/// Appends a number, seven bits a byte, lowest first.
pub(super) fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number as u8 & 0x7f) | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number that `put_number` wrote off the front.
pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}
