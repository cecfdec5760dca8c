//! Decisions explained and decided again: whether a stored link follows from the evidence that is stored with
//! it, and why a conversation is not somebody else's (`design/rules.md` §4, §7).

mod not;

use std::fmt;

use crate::domain::contact::{ContactId, Origin};
use crate::domain::conversation::Provided;
use crate::domain::identifier::{Identifier, IdentifierType};
use crate::domain::phone;
use crate::domain::reason::{Link, RULES_VERSION, Reason, Rule};

pub use not::{Not, field_of, why_not};

/// A stored link with what it can be judged by.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'e> {
    pub link: &'e Link,
    /// How the linked contact came to be; `None` when it is gone.
    pub origin: Option<Origin>,
    /// Where the contact that held the deciding claim leads to by now: itself, what it was merged into, and so
    /// on. Empty when it is gone or there is no claim.
    pub leads: &'e [ContactId],
    /// What the stored body provides, where that is to be compared: a body that was seen again may provide
    /// something else than when it was linked.
    pub body: Option<&'e [Provided]>,
}

/// What does not follow in a stored decision. Displays as the end of a sentence that names the decision, and
/// names no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Breach {
    /// It was made by rules that this program does not know.
    Version(u32),
    /// The first claimed identifier decides, but none is named, or no claim on it.
    Undecided(Rule),
    /// The rule decides without an identifier, but one is named, a claim or a rival.
    Decided(Rule),
    /// The identifier with this number, from 1, does not read from what was typed.
    Misread(usize),
    /// An identifier stands in the evidence twice.
    Twice(usize),
    /// The conversation or visit does not provide it.
    NotProvided(usize),
    /// The claim that decided was another contact's, which leads elsewhere.
    LeadsElsewhere(ContactId),
    /// The rule and what was provided do not go together.
    Provided(Rule),
    /// The linked contact is listed among those that were not chosen.
    RivalToItself,
    /// A person decided and is not named, or a rule decided and a person is.
    Actor(Rule),
    /// The linked contact was not made for it.
    MadeOtherwise(Rule),
}

/// What of a stored link does not follow from its evidence under the rules that made it; empty when all does.
pub fn recompute(evidence: &Evidence<'_>, region: Option<&str>) -> Vec<Breach> {
    let reason = &evidence.link.reason;
    if !(1..=RULES_VERSION).contains(&reason.version) {
        return vec![Breach::Version(reason.version)];
    }
    let mut breaches = read_again(reason, region);
    breaches.extend(decided_again(evidence));
    breaches.extend(provided_again(reason, evidence.body));
    breaches
}

/// The rule applied again to what was found.
fn decided_again(evidence: &Evidence<'_>) -> Vec<Breach> {
    let link = evidence.link;
    let (reason, rule) = (&link.reason, link.reason.rule);
    let mut breaches = Vec::new();
    let mut need = |holds: bool, breach: Breach| {
        if !holds {
            breaches.push(breach);
        }
    };
    let is_named = reason.actor.as_deref().is_some_and(|who| !who.is_empty());
    need(is_named == is_by_person(rule), Breach::Actor(rule));
    let made_as = evidence.origin;
    match rule {
        Rule::FirstClaimed => {
            let deciding = reason.deciding().and(reason.claim.as_ref());
            need(deciding.is_some(), Breach::Undecided(rule));
            if let Some(claim) = deciding {
                let leads = evidence.leads;
                let is_known = claim.contact == link.contact
                    || leads.is_empty()
                    || made_as.is_none()
                    || leads.contains(&link.contact);
                need(is_known, Breach::LeadsElsewhere(claim.contact));
            }
            need(
                !reason.rivals.contains(&link.contact),
                Breach::RivalToItself,
            );
        }
        Rule::NoClaim | Rule::SharedOnly => {
            need(!reason.provided.is_empty(), Breach::Provided(rule));
        }
        Rule::NothingProvided => need(reason.provided.is_empty(), Breach::Provided(rule)),
        Rule::SwitchedOff | Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => {}
    }
    if ![Rule::FirstClaimed, Rule::Unmerged].contains(&rule) {
        let found = reason.decided.is_some() || reason.claim.is_some();
        need(!found && reason.rivals.is_empty(), Breach::Decided(rule));
    }
    let makes = makes(rule);
    let is_made = makes.is_none() || made_as.is_none() || made_as == makes;
    need(is_made, Breach::MadeOtherwise(rule));
    breaches
}

/// True when a person's word decided and not a rule.
fn is_by_person(rule: Rule) -> bool {
    match rule {
        Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => true,
        Rule::FirstClaimed | Rule::NoClaim | Rule::NothingProvided => false,
        Rule::SwitchedOff | Rule::SharedOnly => false,
    }
}

/// How the contact of such a link came to be, where the link made it.
fn makes(rule: Rule) -> Option<Origin> {
    match rule {
        Rule::NoClaim | Rule::NothingProvided | Rule::SwitchedOff | Rule::SharedOnly => {
            Some(Origin::Resolution)
        }
        Rule::Unlinked => Some(Origin::Unlink),
        Rule::FirstClaimed | Rule::ByPerson | Rule::Unmerged => None,
    }
}

/// Every identifier read again from what was typed.
fn read_again(reason: &Reason, region: Option<&str>) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (index, one) in reason.provided.iter().enumerate() {
        if !reads(one, region) {
            breaches.push(Breach::Misread(index + 1));
        }
        let mut earlier = reason.provided.iter().take(index);
        if earlier.any(|other| other.identifier == one.identifier) {
            breaches.push(Breach::Twice(index + 1));
        }
    }
    breaches
}

/// True when what was typed reads as the identifier. A number without a country code is read by the region of
/// the settings then, which is not kept with it: the number's own region stands for it.
fn reads(one: &Provided, region: Option<&str>) -> bool {
    let identifier = &one.identifier;
    // Reading a number is slow, and most come in their normal form.
    if one.typed == identifier.value {
        return true;
    }
    let read = |region: Option<&str>| {
        let source = identifier.source.as_deref();
        let read = Identifier::read(identifier.kind, &one.typed, source, region);
        read.is_ok_and(|read| read == *identifier)
    };
    if read(region) {
        return true;
    }
    let own = (identifier.kind == IdentifierType::Phone)
        .then(|| phone::parse(&identifier.value, None))
        .flatten();
    own.and_then(|parsed| parsed.country)
        .is_some_and(|country| read(Some(&country)))
}

/// What the stored body provides must have been provided; a body may provide more by now.
fn provided_again(reason: &Reason, body: Option<&[Provided]>) -> Vec<Breach> {
    let Some(body) = body else {
        return Vec::new();
    };
    let is_there = |one: &Provided| body.iter().any(|other| other == one);
    let numbered = reason.provided.iter().zip(1..);
    let missing = numbered.filter(|(one, _)| !is_there(one));
    missing
        .map(|(_, number)| Breach::NotProvided(number))
        .collect()
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => {
                write!(
                    f,
                    "version {version} of the rules made it, which is not known here"
                )
            }
            Self::Undecided(rule) => {
                write!(
                    f,
                    "the rule {} needs an identifier and a claim on it",
                    rule.name()
                )
            }
            Self::Decided(rule) => {
                write!(
                    f,
                    "the rule {} decides without a claim and without rivals",
                    rule.name()
                )
            }
            Self::Misread(number) => {
                write!(f, "identifier {number} does not read from what was typed")
            }
            Self::Twice(number) => write!(f, "identifier {number} stands there twice"),
            Self::NotProvided(number) => write!(f, "identifier {number} did not come with it"),
            Self::LeadsElsewhere(holder) => {
                write!(
                    f,
                    "the claim was contact {holder}'s, which does not lead to the linked contact"
                )
            }
            Self::Provided(rule) => {
                write!(f, "what it came with does not fit the rule {}", rule.name())
            }
            Self::RivalToItself => f.write_str("the linked contact is a rival to itself"),
            Self::Actor(rule) => {
                write!(
                    f,
                    "who decided and the rule {} do not go together",
                    rule.name()
                )
            }
            Self::MadeOtherwise(rule) => {
                write!(
                    f,
                    "the rule {} makes a contact of its own, which the linked one is not",
                    rule.name()
                )
            }
        }
    }
}
