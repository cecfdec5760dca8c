//! What a form is filled with before anybody types: what the conversation provided, and what was typed into
//! the search box, each guessed into the field where it belongs.

use crate::backend::view::Profile;
use crate::domain::contact::Fields;
use crate::domain::conversation::{Provided, Trust};
use crate::domain::field::Field;
use crate::domain::identifier::{Identifier, IdentifierType, email};
use crate::domain::phone::Phone;

/// Where a provided number goes: the first slot that is free.
const PHONE_SLOTS: [Field; 3] = [Field::CellPhone, Field::OtherPhone, Field::HomePhone];
const EMAIL_SLOTS: [Field; 3] = [Field::PersonalEmail, Field::OtherEmail, Field::WorkEmail];

/// Words that begin a last name of several words.
const PARTICLES: [&str; 32] = [
    "al", "ap", "ben", "bin", "da", "de", "del", "della", "den", "der", "di", "do", "dos", "du",
    "el", "ibn", "la", "le", "mac", "mc", "nic", "ní", "o", "san", "santa", "ten", "ter", "van",
    "vom", "von", "zu", "ó",
];

/// A text for a field, and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seed {
    pub field: Field,
    pub text: String,
    pub note: Option<&'static str>,
}

/// What the conversation provided, as far as `own` does not have it. Nothing goes into the fields `taken`.
pub(super) fn from_conversation(profile: &Profile, own: &Fields, taken: &[Field]) -> Vec<Seed> {
    let mut seeds: Vec<Seed> = Vec::new();
    if own.first_name.is_none() && own.last_name.is_none() {
        let name = profile.provided_name.as_deref();
        let name = name.or_else(|| profile.said()).unwrap_or_default();
        seeds.extend(split_name(name));
    }
    let carried = own.identifiers();
    for provided in &profile.provided {
        let is_new = !carried.contains(&provided.identifier);
        let slot = slot(&provided.identifier, &|field| {
            let is_seeded = seeds.iter().any(|seed| seed.field == field);
            own.get(field).is_none() && !taken.contains(&field) && !is_seeded
        })
        .filter(|_| is_new);
        seeds.extend(slot.map(|field| Seed {
            field,
            text: text_of(provided),
            note: match provided.trust {
                Trust::Verified => None,
                Trust::Typed => Some("typed by the visitor, not verified"),
            },
        }));
    }
    seeds
}

/// What was typed into the search box, in the field where it belongs, as far as the fields `held` leave room
/// for it. `region` is for phones.
pub(super) fn from_typed(typed: &str, region: Option<&str>, held: &[(Field, String)]) -> Vec<Seed> {
    let typed = typed.trim();
    if typed.is_empty() {
        Vec::new()
    } else if email(typed).is_some_and(|address| address.contains('.')) {
        in_free_slot(&EMAIL_SLOTS, typed.to_owned(), held)
    } else if is_number(typed) {
        in_free_slot(&PHONE_SLOTS, Phone::read(typed, region).display, held)
    } else {
        let mut seeds = split_name(typed);
        if !is_same_name(&seeds, held) {
            seeds.clear();
        }
        seeds
    }
}

/// The text in the first slot that is free, unless one of the slots has it.
fn in_free_slot(slots: &[Field], text: String, held: &[(Field, String)]) -> Vec<Seed> {
    let stands_in = |slot: &Field| held.iter().find(|(field, _)| field == slot);
    let is_held = slots
        .iter()
        .filter_map(stands_in)
        .any(|(_, held)| held.eq_ignore_ascii_case(&text));
    let free = slots.iter().find(|slot| stands_in(slot).is_none());
    let free = free.filter(|_| !is_held).copied();
    let seed = |field| Seed {
        field,
        text,
        note: None,
    };
    free.map(seed).into_iter().collect()
}

/// Whether a typed name is of the name that stands there, so that it may complete it: two names are never
/// mixed into one.
fn is_same_name(typed: &[Seed], held: &[(Field, String)]) -> bool {
    let is_name = |field: Field| matches!(field, Field::FirstName | Field::LastName);
    held.iter()
        .filter(|(field, _)| is_name(*field))
        .all(|(field, text)| {
            let typed = typed.iter().find(|seed| seed.field == *field);
            typed.is_some_and(|seed| seed.text.to_lowercase() == text.to_lowercase())
        })
}

/// First and last name of a name in one piece; a single word is a first name, `Byrne, Efa` is turned round.
/// What is no name, such as a number that the network sent as one, is left out.
pub(super) fn split_name(name: &str) -> Vec<Seed> {
    let name = name.trim();
    if name.is_empty() || is_number(name) || name.contains('@') {
        return Vec::new();
    }
    let (first, last) = match name.split_once(',') {
        Some((last, first)) => (first.trim(), last.trim()),
        None => name.split_at(last_name_at(name).unwrap_or(name.len())),
    };
    [(Field::FirstName, first), (Field::LastName, last)]
        .into_iter()
        .filter(|(_, text)| !text.trim().is_empty())
        .map(|(field, text)| Seed {
            field,
            text: text.trim().to_owned(),
            note: None,
        })
        .collect()
}

/// Where the last name starts: at the last word, or at the small words that belong to it.
fn last_name_at(name: &str) -> Option<usize> {
    let starts: Vec<usize> = name
        .split_whitespace()
        .map(|word| word.as_ptr() as usize - name.as_ptr() as usize)
        .collect();
    let is_particle = |at: usize| {
        let word = name[at..].split_whitespace().next().unwrap_or_default();
        PARTICLES.contains(&word.to_lowercase().as_str())
    };
    let mut last = starts.len().checked_sub(1).filter(|last| 0 < *last)?;
    while 1 < last && is_particle(starts[last - 1]) {
        last -= 1;
    }
    starts.get(last).copied()
}

/// Mostly digits, and enough of them to ring somewhere.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = |c: char| !c.is_ascii_digit() && !" +-()./".contains(c);
    5 <= digits && !text.contains(others)
}

fn slot(identifier: &Identifier, is_free: &dyn Fn(Field) -> bool) -> Option<Field> {
    let slots: &[Field] = match identifier.kind {
        IdentifierType::Phone => &PHONE_SLOTS,
        IdentifierType::Email => &EMAIL_SLOTS,
        IdentifierType::SocialWhatsapp => &[Field::Whatsapp],
        IdentifierType::SocialLine => &[Field::Line],
        IdentifierType::SocialFacebook => &[Field::Facebook],
        IdentifierType::SocialTwitter => &[Field::Twitter],
        IdentifierType::SocialInstagram => &[Field::Instagram],
        // No field of a form holds these; the claim stays with the contact.
        IdentifierType::SocialWhatsappBsuid
        | IdentifierType::SocialInstagramHandle
        | IdentifierType::AppleOpaqueId
        | IdentifierType::Cookie
        | IdentifierType::ExternalId => &[],
    };
    slots.iter().copied().find(|field| is_free(*field))
}

fn text_of(provided: &Provided) -> String {
    match provided.identifier.kind {
        // E-mails are kept as they were typed.
        IdentifierType::Email => provided.typed.trim().to_owned(),
        _ => provided.identifier.shown(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(seeds: Vec<Seed>) -> Vec<(Field, String)> {
        seeds
            .into_iter()
            .map(|seed| (seed.field, seed.text))
            .collect()
    }

    #[test]
    fn names_are_split_at_the_last_blank_or_the_comma() {
        let both = |first: &str, last: &str| {
            vec![
                (Field::FirstName, first.to_owned()),
                (Field::LastName, last.to_owned()),
            ]
        };
        assert_eq!(fields(split_name("  Efa Byrne ")), both("Efa", "Byrne"));
        assert_eq!(
            fields(split_name("Ana María Núñez")),
            both("Ana María", "Núñez")
        );
        assert_eq!(fields(split_name("Byrne, Efa")), both("Efa", "Byrne"));
        assert_eq!(fields(split_name("محمد علي")), both("محمد", "علي"));
        assert_eq!(
            fields(split_name("Gráinne Mac Aodha")),
            both("Gráinne", "Mac Aodha")
        );
        assert_eq!(
            fields(split_name("Ana de la Cruz")),
            both("Ana", "de la Cruz")
        );
        assert_eq!(fields(split_name("Van Morrison")), both("Van", "Morrison"));
        assert_eq!(
            fields(split_name("山田太郎")),
            [(Field::FirstName, "山田太郎".to_owned())]
        );
        assert_eq!(fields(split_name("+353 86 123 4567")), []);
        assert_eq!(fields(split_name("efa@example.ie")), []);
    }

    #[test]
    fn what_was_typed_goes_where_it_belongs() {
        let one = |field, text: &str| vec![(field, text.to_owned())];
        assert_eq!(
            fields(from_typed("086 123 4567", Some("IE"), &[])),
            one(Field::CellPhone, "+353 86 123 4567")
        );
        assert_eq!(
            fields(from_typed("086 1234", None, &[])),
            one(Field::CellPhone, "086 1234")
        );
        assert_eq!(
            fields(from_typed("efa@example.ie", None, &[])),
            one(Field::PersonalEmail, "efa@example.ie")
        );
        assert_eq!(
            fields(from_typed(" Efa ", None, &[])),
            one(Field::FirstName, "Efa")
        );
        assert_eq!(fields(from_typed("  ", None, &[])), []);
    }

    #[test]
    fn what_was_typed_only_completes_what_stands_there() {
        let held = |fields: &[(Field, &str)]| {
            let fields = fields.iter();
            fields
                .map(|(field, text)| (*field, (*text).to_owned()))
                .collect::<Vec<_>>()
        };
        let jon = held(&[(Field::FirstName, "Jon"), (Field::LastName, "Ortega")]);
        assert_eq!(fields(from_typed("Jonas Smith", None, &jon)), []);
        let first = held(&[(Field::FirstName, "Jon")]);
        assert_eq!(fields(from_typed("Ann Smith", None, &first)), []);
        let both = fields(from_typed("jon ortega", None, &first));
        assert!(both.contains(&(Field::LastName, "ortega".to_owned())));
        let number = held(&[(Field::CellPhone, "+353 86 123 4567")]);
        assert_eq!(fields(from_typed("+353861234567", None, &number)), []);
        assert_eq!(
            fields(from_typed("+353 21 432 1987", None, &number)),
            [(Field::OtherPhone, "+353 21 432 1987".to_owned())]
        );
    }
}
