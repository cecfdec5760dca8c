//! How dialogs speak of people: names come from outside, so that they are cleaned and kept short here.

use crate::backend::view::{Brief, Profile, RosterLine};
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

/// The names of several contacts; those of one name with what tells them apart: a number or an address, else
/// the end of the id.
pub(super) fn names_apart(briefs: &[Brief]) -> Vec<String> {
    let names: Vec<String> = briefs.iter().map(name_of_brief).collect();
    let apart = briefs.iter().zip(&names).map(|(brief, name)| {
        let is_namesake = |(other, called): &(&Brief, &String)| {
            other.id != brief.id && called.to_lowercase() == name.to_lowercase()
        };
        let mut namesakes = briefs.iter().zip(&names).filter(is_namesake).peekable();
        if namesakes.peek().is_none() {
            return name.clone();
        }
        let detail = text::clean_line(brief.detail.trim()).into_owned();
        let tells = !detail.is_empty()
            && detail != *name
            && namesakes.all(|(other, _)| other.detail.trim() != brief.detail.trim());
        format!("{name} ({})", if tells { detail } else { brief.id.brief() })
    });
    apart.collect()
}

/// A contact in the middle of a sentence, which a bare number or address would not read in.
pub(super) fn brief_in_words(brief: &Brief) -> String {
    short(&brief.in_words())
}

/// The same for the contact of a profile.
pub(super) fn profile_in_words(profile: &Profile) -> String {
    let name = name_of_profile(profile);
    let contact = profile.contact.as_ref();
    let is_named = contact.is_some_and(|contact| !contact.fields.full_name().is_empty());
    match is_named || profile.said().is_some() {
        true => name,
        false if name == UNNAMED => "a contact without a name".to_owned(),
        false => format!("the contact of {name}"),
    }
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

/// The name of the contact of a conversation whose profile was not read yet.
pub(super) fn name_of_line(line: &RosterLine) -> String {
    let names = [&line.name, &line.provided_name, &line.address];
    named(names.map(|name| name.as_deref().unwrap_or_default()))
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

/// The same for the middle of a sentence about the identifier, which must not name it twice.
pub(super) fn holder_words(profile: &Profile, identifier: &Identifier) -> Option<String> {
    let name = holder_name(profile, identifier)?;
    Some(match name == identifier.shown() || name == UNNAMED {
        true => "the contact that had it before".to_owned(),
        false => name,
    })
}

/// What becomes of an identifier that is left alone.
pub(super) fn stays(profile: &Profile, identifier: &Identifier) -> String {
    let shown = identifier.shown();
    match holder_words(profile, identifier) {
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
