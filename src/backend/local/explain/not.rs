//! *Why not?* in plain sentences: what kept a conversation from a certain contact.

use std::collections::HashMap;

use super::super::super::view::{Answer, Brief, NotExplanation};
use super::super::{LocalBackend, Trouble};
use super::contact::joined;
use super::{came_from, capital, word};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{ConversationId, Trust};
use crate::domain::facts::Facts;
use crate::domain::field::Field;
use crate::domain::identifier::Identifier;
use crate::domain::moment::Moment;
use crate::domain::reason::Claim;
use crate::domain::{ConversationRecord, Refusal};
use crate::engine::explain::{Not, why_not};

const GONE: &str = "The contact is not there: it was deleted, it expired, or the id is wrong.";
const GONE_ONE: &str = "a contact that is gone";

/// Everybody whom the sentences may name.
struct Names {
    who: String,
    linked: String,
    others: HashMap<ContactId, Brief>,
    made: Option<Moment>,
}

impl Names {
    fn of(&self, id: ContactId) -> String {
        let found = self.others.get(&id);
        found.map_or_else(|| GONE_ONE.to_owned(), Brief::in_words)
    }
}

impl LocalBackend {
    pub(in crate::backend::local) async fn explain_not(
        &self,
        conversation: ConversationId,
        contact: ContactId,
    ) -> Result<NotExplanation, Trouble> {
        let record = self.store.conversation(conversation).await?;
        let record = record.ok_or(Refusal::NoConversation(conversation))?;
        let question = |facts: &Facts| why_not(conversation, contact, facts);
        let reasons = self.ask(Facts::default(), question).await?.0;
        let mut ids = vec![contact, record.link.contact];
        ids.extend(reasons.iter().filter_map(holder));
        let people = self.people(ids).await?;
        let mut others = HashMap::new();
        for (id, one) in &people {
            others.insert(*id, self.brief_of(one).await?);
        }
        let linked = others.get(&record.link.contact);
        let names = Names {
            who: (others.get(&contact)).map_or_else(|| "the contact".to_owned(), Brief::in_words),
            linked: linked.map_or_else(|| GONE_ONE.to_owned(), Brief::in_words),
            made: people.get(&contact).map(|one| one.created),
            others,
        };
        let answers: Vec<Answer> = (reasons.iter())
            .map(|one| self.answer(one, &record, &names))
            .collect();
        Ok(NotExplanation {
            sentences: answers.iter().map(|one| one.sentence.clone()).collect(),
            contact: names.others.get(&contact).cloned(),
            linked: names.others.get(&record.link.contact).cloned(),
            reason: record.link.reason,
            answers,
        })
    }

    fn answer(&self, not: &Not, record: &ConversationRecord, names: &Names) -> Answer {
        let (code, identifier, at) = coded(not);
        Answer {
            code: code.into(),
            sentence: capital(&self.sentence(not, record, names)),
            identifier,
            holder: holder(not),
            claim: claim(not),
            at,
        }
    }

    fn sentence(&self, not: &Not, record: &ConversationRecord, names: &Names) -> String {
        let (who, linked) = (&names.who, &names.linked);
        let conversation = &record.conversation;
        let what = format!(
            "the {} of {}",
            word(conversation.channel),
            self.time(conversation.start)
        );
        match not {
            Not::ButIs => format!("{} is linked to {who}.", capital(&what)),
            Not::Gone => GONE.to_owned(),
            Not::LinkedByHand { by, at, .. } => format!(
                "{by} linked it to {linked} by hand on {}, and a person's word stands above the rules.",
                self.time(*at)
            ),
            Not::UnlinkedByHand { by, at } => format!(
                "{by} unlinked it on {}, and nothing but a person's hand links it again.",
                self.time(*at)
            ),
            Not::SwitchedOff(channel) => format!(
                "Resolution was switched off for {}: nobody was looked up.",
                word(*channel)
            ),
            Not::DifferentPeople(mark) => format!(
                "{} marked {who} and {linked} as different people on {}.",
                mark.by,
                self.day(mark.at)
            ),
            Not::Shared { identifier, mark } => format!(
                "{} was marked as shared by {} on {}: it suggests contacts and never links.",
                capital(&identifier.to_string()),
                mark.by,
                self.day(mark.at)
            ),
            Not::HeldByOther {
                identifier,
                field,
                claim,
            } => self.held_by_other(identifier, *field, claim, names),
            Not::Unclaimed { identifier, field } => format!(
                "{who} carries {identifier}{}, but nobody claims it.",
                in_field(*field)
            ),
            Not::TriedLater {
                identifier,
                before,
                trust,
            } => tried_later(who, identifier, before, *trust),
            Not::Theirs { identifier } => {
                format!("{identifier} is {who}'s, but what was said above weighs more.")
            }
            Not::ClaimedSince { identifier, at } => format!(
                "{} has been {who}'s since {}, but the conversation had been linked before, and no link \
                 changes by itself.",
                capital(&identifier.to_string()),
                self.time(*at)
            ),
            Not::NothingProvided => format!("{} came without any identifier.", capital(&what)),
            Not::NothingOfTheirs => {
                let provided = &record.link.reason.provided;
                let came: Vec<String> =
                    (provided.iter().map(|one| one.identifier.to_string())).collect();
                format!(
                    "{} came with {}, and nothing of that is {who}'s.",
                    capital(&what),
                    joined(&came)
                )
            }
            Not::MadeAfter(made) => format!(
                "{who} was made on {}, after the conversation had been linked on {}.",
                self.time(*made),
                self.time(record.link.reason.at)
            ),
        }
    }

    fn held_by_other(
        &self,
        identifier: &Identifier,
        field: Option<Field>,
        claim: &Claim,
        names: &Names,
    ) -> String {
        let holder = names.of(claim.contact);
        let is_first = names.made.is_some_and(|made| claim.at <= made);
        let first = match is_first {
            true => "had it first",
            false => "has it",
        };
        format!(
            "{} carries {identifier}{}, but {holder} holds the claim and {first} (since {}, {}).",
            names.who,
            in_field(field),
            self.day(claim.at),
            came_from(&claim.origin)
        )
    }
}

fn tried_later(who: &str, identifier: &Identifier, before: &Identifier, trust: Trust) -> String {
    let typed = match trust {
        Trust::Verified => "",
        Trust::Typed => " It was only typed by the visitor, and what is typed is not enough.",
    };
    format!(
        "{} is {who}'s, but {before} is tried first and decided.{typed}",
        capital(&identifier.to_string())
    )
}

fn in_field(field: Option<Field>) -> String {
    field.map_or_else(String::new, |field| format!(" as {}", field.label()))
}

/// The name of a reason for programs, its identifier and its moment.
fn coded(not: &Not) -> (&'static str, Option<Identifier>, Option<Moment>) {
    match not {
        Not::ButIs => ("linked", None, None),
        Not::Gone => ("gone", None, None),
        Not::LinkedByHand { at, .. } => ("linked-by-person", None, Some(*at)),
        Not::UnlinkedByHand { at, .. } => ("unlinked-by-person", None, Some(*at)),
        Not::SwitchedOff(_) => ("resolution-off", None, None),
        Not::DifferentPeople(mark) => ("not-same", None, Some(mark.at)),
        Not::Shared { identifier, mark } => ("shared", Some(identifier.clone()), Some(mark.at)),
        Not::HeldByOther {
            identifier, claim, ..
        } => ("held-by-other", Some(identifier.clone()), Some(claim.at)),
        Not::Unclaimed { identifier, .. } => ("unclaimed", Some(identifier.clone()), None),
        Not::TriedLater { identifier, .. } => ("tried-later", Some(identifier.clone()), None),
        Not::Theirs { identifier } => ("theirs", Some(identifier.clone()), None),
        Not::ClaimedSince { identifier, at } => {
            ("claimed-since", Some(identifier.clone()), Some(*at))
        }
        Not::NothingProvided => ("nothing-provided", None, None),
        Not::NothingOfTheirs => ("nothing-of-theirs", None, None),
        Not::MadeAfter(made) => ("made-after", None, Some(*made)),
    }
}

fn claim(not: &Not) -> Option<Claim> {
    match not {
        Not::HeldByOther { claim, .. } => Some(claim.clone()),
        Not::ButIs | Not::Gone | Not::LinkedByHand { .. } | Not::UnlinkedByHand { .. } => None,
        Not::SwitchedOff(_) | Not::DifferentPeople(_) | Not::Shared { .. } => None,
        Not::Unclaimed { .. } | Not::TriedLater { .. } => None,
        Not::Theirs { .. } | Not::ClaimedSince { .. } => None,
        Not::NothingProvided | Not::NothingOfTheirs | Not::MadeAfter(_) => None,
    }
}

fn holder(not: &Not) -> Option<ContactId> {
    match not {
        Not::LinkedByHand { to, .. } => Some(*to),
        Not::HeldByOther { claim, .. } => Some(claim.contact),
        Not::ButIs | Not::Gone | Not::UnlinkedByHand { .. } | Not::SwitchedOff(_) => None,
        Not::DifferentPeople(_) | Not::Shared { .. } | Not::Unclaimed { .. } => None,
        Not::TriedLater { .. }
        | Not::Theirs { .. }
        | Not::ClaimedSince { .. }
        | Not::NothingProvided => None,
        Not::NothingOfTheirs | Not::MadeAfter(_) => None,
    }
}
