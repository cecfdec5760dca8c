//! Who else might have been meant: at once in short, and in full once it was read.

use super::super::words::{name_of_brief, short};
use crate::backend::view::{Brief, Explanation, Profile};
use crate::domain::contact::ContactId;
use crate::domain::reason::{Reason, Rule};

/// Somebody who might have been meant, and in short why they were not.
pub(super) struct Other {
    pub contact: ContactId,
    pub name: String,
    pub words: String,
}

/// Everybody who might have been meant, and why they were not.
pub(super) fn others(explanation: &Explanation, profile: &Profile) -> Vec<Other> {
    let reason = &explanation.reason;
    let who = explanation
        .contact
        .as_ref()
        .map_or_else(|| "the contact".to_owned(), name_of_brief);
    let mut told: Vec<ContactId> = Vec::new();
    let mut others = Vec::new();
    let mut tell = |brief: &Brief, words: String| {
        if !told.contains(&brief.id) {
            told.push(brief.id);
            others.push(Other {
                contact: brief.id,
                name: name_of_brief(brief),
                words,
            });
        }
    };
    for (brief, identifier) in &profile.rivals {
        tell(brief, of_rival(reason, &who, &identifier.shown()));
    }
    for brief in &profile.suggestions {
        let words = match reason.rivals.contains(&brief.id) {
            true => of_second(reason),
            false => {
                "They look alike, but nothing that this conversation came with is theirs".to_owned()
            }
        };
        tell(brief, words);
    }
    others
}

fn of_rival(reason: &Reason, who: &str, shown: &str) -> String {
    match reason.rule {
        Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => {
            let by = reason
                .actor
                .as_deref()
                .map_or_else(|| "Somebody".to_owned(), short);
            format!(
                "{shown} is in a field there too, but {by} decided, and no rule changes what a person decided"
            )
        }
        Rule::SharedOnly => {
            format!("{shown} is marked as shared: it suggests contacts and never links by itself")
        }
        Rule::SwitchedOff => {
            "Resolution is switched off for this channel: nobody is looked up".to_owned()
        }
        Rule::FirstClaimed | Rule::NoClaim | Rule::NothingProvided => {
            format!(
                "{shown} is in a field there too, but {who} claimed it first, and one contact holds a claim"
            )
        }
    }
}

fn of_second(reason: &Reason) -> String {
    match reason.deciding() {
        Some(provided) => format!(
            "Another identifier of this conversation is theirs, but {} is tried first",
            provided.identifier
        ),
        None => "Another identifier of this conversation is theirs".to_owned(),
    }
}
