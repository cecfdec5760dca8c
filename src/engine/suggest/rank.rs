//! Whose is it? Everybody who uses a shared identifier, the likeliest first (`design/rules.md` §3): the same
//! browser, the name that the conversation gave, who used it last.

use std::cmp::Reverse;

use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::Provided;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::moment::Moment;

/// Somebody who uses the identifier.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'c> {
    pub contact: &'c Contact,
    /// Earlier conversations of this person, the newest first: when, and with what.
    pub earlier: &'c [(Moment, Vec<Provided>)],
}

/// What speaks for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// An earlier conversation came from the same browser.
    Browser,
    /// The conversation gave this name.
    Name,
    /// The conversation gave a name that has words of this one.
    NamePart,
    /// The identifier was last used by this person then.
    LastUsed(Moment),
}

/// Somebody who may be meant, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    pub contact: ContactId,
    pub signs: Vec<Sign>,
}

/// The candidates, the likeliest first. `provided` and `name` are what the conversation came with.
pub fn rank(provided: &[Provided], name: Option<&str>, candidates: &[Candidate]) -> Vec<Ranked> {
    let mut ranked: Vec<_> = candidates
        .iter()
        .map(|one| {
            let browser = is_same_browser(provided, one);
            let named = name.map_or(0, |name| words_in_common(name, one.contact));
            let last = last_used(provided, one);
            let signs = browser.then_some(Sign::Browser).into_iter();
            let given = name.map_or(0, |name| name.split_whitespace().count());
            let signs = signs.chain(match named {
                0 => None,
                _ if named < given => Some(Sign::NamePart),
                _ => Some(Sign::Name),
            });
            let signs = signs.chain(last.map(Sign::LastUsed)).collect();
            let order = (
                Reverse(browser),
                Reverse(named),
                Reverse(last),
                one.contact.created,
                one.contact.id,
            );
            let contact = one.contact.id;
            (order, Ranked { contact, signs })
        })
        .collect();
    ranked.sort_by_key(|(order, _)| *order);
    ranked.into_iter().map(|(_, ranked)| ranked).collect()
}

fn is_same_browser(provided: &[Provided], one: &Candidate) -> bool {
    let mut cookies = identifiers(provided).filter(|one| one.kind == IdentifierType::Cookie);
    cookies.any(|cookie| {
        let mut earlier = one.earlier.iter();
        earlier.any(|(_, given)| identifiers(given).any(|one| one == cookie))
    })
}

/// How many words of the name are words of the contact's, case aside.
fn words_in_common(name: &str, contact: &Contact) -> usize {
    let known = contact.fields.full_name().to_lowercase();
    let known: Vec<&str> = known.split_whitespace().collect();
    let given = name.to_lowercase();
    given
        .split_whitespace()
        .filter(|word| known.contains(word))
        .count()
}

fn last_used(provided: &[Provided], one: &Candidate) -> Option<Moment> {
    let uses = |given: &[Provided]| {
        identifiers(provided)
            .filter(|own| own.kind.is_personal())
            .any(|own| identifiers(given).any(|other| same(own, other)))
    };
    let mut earlier = one.earlier.iter().filter(|(_, given)| uses(given));
    earlier.next().map(|(at, _)| *at)
}

/// One and the same identifier; a number is the same by call and by WhatsApp.
fn same(one: &Identifier, other: &Identifier) -> bool {
    super::super::shared::key(one) == super::super::shared::key(other)
}

fn identifiers(provided: &[Provided]) -> impl Iterator<Item = &Identifier> {
    provided.iter().map(|one| &one.identifier)
}
