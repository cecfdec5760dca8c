//! What an entry changed, from before to after, and the evidence that it was decided by.

use super::super::explain::{came_from, rule_words};
use super::nouns::Nouns;
use crate::backend::view::HistoryDetail;
use crate::domain::assignment::Assignment;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::conversation::Trust;
use crate::domain::field::{FIELDS, LISTS};
use crate::domain::review::{Kept, Key, Zoned};
use crate::domain::{Change, Claim, Fields, Link, Reason};

/// Most changes of an entry that are told one by one.
const DETAILS_MAX: usize = 200;

/// The changes one by one, and how many are left out.
pub fn details(changes: &[Change], nouns: &Nouns) -> (Vec<HistoryDetail>, usize) {
    let teller = Teller { changes, nouns };
    let mut all: Vec<HistoryDetail> = changes
        .iter()
        .flat_map(|change| teller.change(change))
        .collect();
    let more = all.len().saturating_sub(DETAILS_MAX);
    all.truncate(DETAILS_MAX);
    (all, more)
}

/// Why: the rule and what it was applied to.
pub fn evidence(changes: &[Change], nouns: &Nouns) -> Vec<String> {
    let link = changes.iter().find_map(|change| match change {
        Change::Link {
            participant: None,
            after,
            ..
        }
        | Change::VisitLink { after, .. } => after.as_deref(),
        _ => None,
    });
    link.map(|link| of_reason(&link.reason, changes, nouns))
        .unwrap_or_default()
}

fn of_reason(reason: &Reason, changes: &[Change], nouns: &Nouns) -> Vec<String> {
    let rule = format!("Rule: {} (version {})", rule_words(reason), reason.version);
    let mut sentences = vec![rule];
    for (index, provided) in reason.provided.iter().enumerate() {
        let decided = match reason.decided == Some(index) {
            true => ", which decided",
            false => "",
        };
        let typed = match provided.trust {
            Trust::Typed => ", typed by the visitor and not verified",
            Trust::Verified => "",
        };
        let identifier = &provided.identifier;
        sentences.push(format!("It came with {identifier}{decided}{typed}"));
    }
    if let Some(claim) = &reason.claim {
        sentences.push(format!(
            "That was claimed by {} {} ({})",
            nouns.contact(claim.contact, changes),
            nouns.when(claim.at),
            came_from(&claim.origin)
        ));
    }
    sentences
}

struct Teller<'a> {
    changes: &'a [Change],
    nouns: &'a Nouns,
}

impl Teller<'_> {
    fn change(&self, change: &Change) -> Vec<HistoryDetail> {
        let one = |of: String, what: &str, before: Option<String>, after: Option<String>| {
            vec![HistoryDetail {
                of,
                what: what.to_owned(),
                before,
                after,
            }]
        };
        match change {
            Change::Contact { id, before, after } => {
                self.contact(*id, before.as_deref(), after.as_deref())
            }
            Change::Claim {
                identifier,
                before,
                after,
            } => {
                let holder = |claim: &Claim| self.name(claim.contact);
                let (before, after) = (before.as_ref().map(holder), after.as_ref().map(holder));
                one(identifier.to_string(), "claimed by", before, after)
            }
            Change::Link {
                conversation,
                participant,
                before,
                after,
            } => {
                let what = match participant {
                    None => "linked to",
                    Some(_) => "another participant linked to",
                };
                let of = self.nouns.conversation(*conversation);
                one(of, what, self.linked(before), self.linked(after))
            }
            Change::VisitLink { before, after, .. } => {
                let of = "a web visit".to_owned();
                one(of, "linked to", self.linked(before), self.linked(after))
            }
            Change::Wrapup { .. } => self.wrapup(change),
            Change::Assign { .. } => self.assigned(change),
            Change::Note { before, after, .. } => {
                let contact = after.as_ref().or(before.as_ref()).map(|note| note.contact);
                let of = contact.map(|id| self.name(id)).unwrap_or_default();
                let text = |note: &Option<Box<crate::domain::contact::Note>>| {
                    note.as_ref().map(|note| note.text.clone())
                };
                one(of, "note", text(before), text(after))
            }
            Change::NotSame {
                pair,
                before,
                after,
            } => {
                let of = format!("{} and {}", self.name(pair.0), self.name(pair.1));
                let by = |mark: &crate::domain::reason::NotSame| format!("marked by {}", mark.by);
                one(
                    of,
                    "not the same",
                    before.as_ref().map(by),
                    after.as_ref().map(by),
                )
            }
            Change::Shared {
                identifier,
                before,
                after,
            } => {
                let by =
                    |mark: &crate::domain::reason::SharedMark| format!("marked by {}", mark.by);
                let (before, after) = (before.as_ref().map(by), after.as_ref().map(by));
                one(identifier.to_string(), "shared", before, after)
            }
            Change::Review { key, before, after } => {
                let of = match key {
                    Key::Mark(entry) => format!("entry {entry}"),
                    Key::Filter { name, .. } => format!("the filter {name}"),
                };
                let (before, after) = (before.as_deref().map(kept), after.as_deref().map(kept));
                one(of, "review", before, after)
            }
            Change::Organization { before, after, .. } => {
                let name = |one: &Option<Box<crate::domain::contact::Organization>>| {
                    one.as_ref().map(|one| one.name.clone())
                };
                one(
                    "an organization".to_owned(),
                    "name",
                    name(before),
                    name(after),
                )
            }
        }
    }

    fn contact(
        &self,
        id: ContactId,
        before: Option<&Contact>,
        after: Option<&Contact>,
    ) -> Vec<HistoryDetail> {
        let of = self.name(id);
        let mut found = Vec::new();
        let mut tell = |what: &str, before: Option<String>, after: Option<String>| {
            if before != after {
                found.push(HistoryDetail {
                    of: of.clone(),
                    what: what.to_owned(),
                    before,
                    after,
                });
            }
        };
        let kind = |contact: &Contact| contact.kind.name().to_owned();
        tell("type", before.map(kind), after.map(kind));
        let into = |contact: Option<&Contact>| Some(self.name(contact?.merged_to?));
        tell("merged into", into(before), into(after));
        // An ancestor keeps its fields; only where it leads is new.
        for spec in FIELDS.iter().chain(&LISTS) {
            let value = |contact: Option<&Contact>| self.nouns.value(&contact?.fields, spec.field);
            tell(spec.label, value(before), value(after));
        }
        let custom = |contact: Option<&Contact>| custom_words(&contact?.fields);
        tell("custom fields", custom(before), custom(after));
        found
    }

    fn wrapup(&self, change: &Change) -> Vec<HistoryDetail> {
        let Change::Wrapup {
            conversation,
            before,
            after,
        } = change
        else {
            return Vec::new();
        };
        let of = self.nouns.conversation(*conversation);
        let code = |wrapup: &crate::domain::record::Wrapup| self.nouns.code(&wrapup.code);
        let notes = |wrapup: &Option<crate::domain::record::Wrapup>| {
            wrapup.as_ref().and_then(|wrapup| wrapup.notes.clone())
        };
        let of_code = (before.as_ref().map(code), after.as_ref().map(code));
        let lines = [
            ("wrap-up code", of_code),
            ("wrap-up notes", (notes(before), notes(after))),
        ];
        let changed = lines
            .into_iter()
            .filter(|(_, (before, after))| before != after);
        changed
            .map(|(what, (before, after))| HistoryDetail {
                of: of.clone(),
                what: what.to_owned(),
                before,
                after,
            })
            .collect()
    }

    fn assigned(&self, change: &Change) -> Vec<HistoryDetail> {
        let Change::Assign {
            conversation,
            before,
            after,
        } = change
        else {
            return Vec::new();
        };
        let by = |one: &Option<Box<Assignment>>| {
            let name = one.as_ref()?.participant.name.clone();
            Some(name.unwrap_or_default())
        };
        vec![HistoryDetail {
            of: self.nouns.conversation(*conversation),
            what: "taken by".to_owned(),
            before: by(before),
            after: by(after),
        }]
    }

    fn linked(&self, link: &Option<Box<Link>>) -> Option<String> {
        link.as_ref().map(|link| self.name(link.contact))
    }

    fn name(&self, id: ContactId) -> String {
        self.nouns.contact(id, self.changes)
    }
}

fn custom_words(fields: &Fields) -> Option<String> {
    let values = &fields.custom.as_ref()?.values;
    let words = values
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    Some(words.collect::<Vec<_>>().join(", "))
}

/// A mark or a filter in words.
fn kept(kept: &Kept) -> String {
    match kept {
        Kept::Mark(mark) => match &mark.note {
            Some(note) => format!("{}, {note}, by {}", mark.verdict.words(), mark.by),
            None => format!("{}, by {}", mark.verdict.words(), mark.by),
        },
        Kept::Filter(filter) => Zoned(filter, &jiff::tz::TimeZone::UTC).to_string(),
    }
}
