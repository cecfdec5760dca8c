//! How dialogs speak of people: names come from outside, so that they are cleaned and kept short here.

use crate::backend::view::{Brief, Profile};
use crate::domain::Identifier;
use crate::domain::contact::Contact;
use crate::tui::pane::person::UNNAMED;
use crate::tui::text;
use crate::tui::time;

/// The longest name within a sentence, in columns.
const NAME_COLUMNS_MAX: usize = 40;

/// A name for a sentence: clean, one line, never so long that the rest of the sentence is lost.
pub(super) fn short(name: &str) -> String {
    text::fit(text::clean_line(name.trim()).as_ref(), NAME_COLUMNS_MAX)
}

/// The name of a contact in one line, else what tells it apart.
pub(super) fn name_of_brief(brief: &Brief) -> String {
    named([brief.called()])
}

/// The name of the contact of a profile, else what the conversation provided or what tells it apart.
pub(super) fn name_of_profile(profile: &Profile) -> String {
    let contact = profile.contact.as_ref();
    let own = contact
        .map(|contact| contact.fields.full_name())
        .filter(|name| !name.is_empty());
    let name = own.or_else(|| profile.said().map(str::to_owned));
    let provided = profile
        .provided
        .first()
        .map(|provided| &provided.identifier);
    let held = profile.claims.first().map(|(identifier, _)| identifier);
    let detail = provided.or(held).map(|identifier| identifier.shown());
    let carried = || contact.map(|contact| brief_of(contact).detail);
    let detail = detail.or_else(carried).unwrap_or_default();
    named([name.as_deref().unwrap_or_default(), &detail])
}

/// A contact as one line.
pub(super) fn brief_of(contact: &Contact) -> Brief {
    let identifiers = contact.fields.identifiers();
    Brief {
        id: contact.id,
        kind: contact.kind,
        name: contact.fields.full_name(),
        says: None,
        detail: identifiers
            .first()
            .map(|identifier| identifier.shown())
            .unwrap_or_default(),
    }
}

/// `Efa's`, from `Efa Byrne`; the name as it is when it is one word.
pub(super) fn possessive(name: &str) -> String {
    let name = short(name);
    let first = name.split_whitespace().next().unwrap_or(&name);
    if first.starts_with('(') || name.contains(['@', '+']) {
        return "theirs".to_owned();
    }
    format!("{first}'s")
}

/// Who holds an identifier of the conversation; nothing where nobody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// The contact of the profile.
    Own,
    /// Another one, by name.
    Other(String),
}

pub(super) fn holder(profile: &Profile, identifier: &Identifier) -> Option<Holder> {
    if profile.claims.iter().any(|(held, _)| held == identifier) {
        return Some(Holder::Own);
    }
    let mut holders = profile.holders.iter();
    let (brief, _) = holders.find(|(_, held)| held == identifier)?;
    let own = profile.contact.as_ref();
    Some(match own.is_some_and(|own| own.id == brief.id) {
        true => Holder::Own,
        false => Holder::Other(name_of_brief(brief)),
    })
}

/// The name of who holds an identifier of the conversation.
pub(super) fn holder_name(profile: &Profile, identifier: &Identifier) -> Option<String> {
    Some(match holder(profile, identifier)? {
        Holder::Own => name_of_profile(profile),
        Holder::Other(name) => name,
    })
}

/// What becomes of an identifier that is left alone.
pub(super) fn stays(profile: &Profile, identifier: &Identifier) -> String {
    let shown = identifier.shown();
    match holder_name(profile, identifier) {
        Some(name) => format!("{shown} stays with {name}"),
        None => format!("{shown} stays without a holder"),
    }
}

/// A count with its noun: `1 note`, `2 notes`, `1,204 notes`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        time::count(count as u64),
        if count == 1 { one } else { many }
    )
}

/// The first of these that says something.
fn named<const N: usize>(texts: [&str; N]) -> String {
    let of = texts.into_iter().find(|text| !text.trim().is_empty());
    short(of.unwrap_or(UNNAMED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_count() {
        assert_eq!(counted(1, "note", "notes"), "1 note");
        assert_eq!(counted(0, "note", "notes"), "0 notes");
        assert_eq!(counted(1_204, "note", "notes"), "1,204 notes");
    }

    #[test]
    fn possessives_are_of_the_first_name() {
        assert_eq!(possessive("Efa Byrne"), "Efa's");
        assert_eq!(possessive("山田太郎"), "山田太郎's");
        assert_eq!(possessive("+353 86 123 4567"), "theirs");
    }
}
