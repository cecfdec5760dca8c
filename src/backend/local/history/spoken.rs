//! What was done, in words: from the changes where they are kept, else from the public part.

use super::Told;
use super::nouns::{Nouns, short};
use crate::domain::Change;
use crate::domain::command::Action;
use crate::domain::contact::{Contact, ContactId, ContactType};
use crate::domain::conversation::ConversationId;
use crate::domain::field::{FIELDS, LISTS};
use crate::domain::identifier::Identifier;
use crate::domain::reason::{Link, Rule};
use crate::domain::review::{Kept, Key};

/// What was done, without who did it.
pub fn sentence(told: &Told, nouns: &Nouns) -> String {
    let speaker = Speaker {
        told,
        changes: told.changes.as_deref().unwrap_or_default(),
        nouns,
    };
    speaker.sentence()
}

struct Speaker<'a> {
    told: &'a Told,
    changes: &'a [Change],
    nouns: &'a Nouns,
}

impl Speaker<'_> {
    fn sentence(&self) -> String {
        let who = self.who();
        match self.told.entry.action {
            Action::Resolve => self.resolved(),
            Action::Promote => format!("added {who} to the contacts"),
            Action::Create => match self.told.entry.conversation {
                Some(id) => format!(
                    "made the contact {who} and linked {} to it",
                    self.nouns.conversation(id)
                ),
                None => format!("made the contact {who}"),
            },
            Action::Edit => self.edited(&who),
            Action::Link => self.linked(&who),
            Action::Unlink => self.unlinked(),
            Action::Merge => self.merged(),
            Action::AddNote => format!("wrote a note on {}", self.noted()),
            Action::EditNote => format!("changed a note on {}", self.noted()),
            Action::DeleteNote => format!("deleted a note on {}", self.noted()),
            Action::Delete => format!("deleted {who}"),
            Action::NotSame => format!("marked {} as not the same", self.pair()),
            Action::Claim => format!("claimed {} for {who}", self.identifier()),
            Action::Release => format!("released {} from {who}", self.identifier()),
            Action::Share => format!("marked {} as shared", self.identifier()),
            Action::Unshare => format!("took the shared mark off {}", self.identifier()),
            Action::WrapUp => self.wrapped_up(),
            Action::Take => format!("took {}", self.conversation()),
            Action::Reopen => format!("opened {} again", self.conversation()),
            Action::Import => self.imported(&who),
            Action::Enrich => self.enriched(&who),
            Action::CreateOrganization => format!("made {}", self.organization()),
            Action::EditOrganization => format!("changed {}", self.organization()),
            Action::DeleteOrganization => format!("deleted {}", self.organization()),
            Action::Expire => "let a contact expire".to_owned(),
            Action::Undo => self.undid(),
            Action::Unmerge => self.unmerged(),
            Action::Mark | Action::SaveFilter | Action::ForgetFilter => self.reviewed(),
            Action::View => format!("looked at {who}"),
            Action::Export if self.told.entry.contact.is_some() => {
                format!("took out everything known of {who}")
            }
            Action::Export => match &self.told.reason {
                Some(what) => format!("took out {}", short(what)),
                None => "took a list out".to_owned(),
            },
            Action::Erase => match &self.told.reason {
                Some(reason) => format!("erased a person for good: {}", short(reason)),
                None => "erased a person for good".to_owned(),
            },
        }
    }

    /// The contact that the entry ended at.
    fn who(&self) -> String {
        let of_changes = || self.changes.iter().flat_map(Change::contacts).next();
        match self.told.entry.contact.or_else(of_changes) {
            Some(id) => self.name(id),
            None => "a contact".to_owned(),
        }
    }

    fn resolved(&self) -> String {
        let Some((what, link)) = self.first_link() else {
            return match self.told.entry.conversation {
                Some(id) => format!("resolved {}", self.nouns.conversation(id)),
                None => "resolved what came in".to_owned(),
            };
        };
        let by = match (link.reason.rule, link.reason.deciding()) {
            (Rule::FirstClaimed, Some(given)) => format!(" by {}", given.identifier),
            _ => String::new(),
        };
        match self.is_new(link.contact) {
            true => format!("made a contact for {what}{}", self.came_with(link)),
            false => format!("linked {what} to {}{by}", self.name(link.contact)),
        }
    }

    fn unmerged(&self) -> String {
        let back = self.changes.iter().filter_map(|change| match change {
            Change::Contact {
                id,
                before: Some(before),
                after: Some(after),
            } if before.merged_to.is_some() && after.merged_to != before.merged_to => {
                Some(self.name(*id))
            }
            _ => None,
        });
        let back: Vec<String> = back.collect();
        match back.is_empty() {
            true => "took a merge back".to_owned(),
            false => format!("took a merge back: {} are apart again", back.join(" and ")),
        }
    }

    fn came_with(&self, link: &Link) -> String {
        match link.reason.provided.first() {
            Some(given) => format!(", which came with {}", given.identifier),
            None => String::new(),
        }
    }

    fn linked(&self, who: &str) -> String {
        let what = self.conversation();
        let taken = self.changes.iter().find_map(|change| match change {
            Change::Claim {
                identifier,
                after: Some(claim),
                ..
            } if Some(claim.contact) == self.told.entry.contact => Some(identifier),
            _ => None,
        });
        match taken {
            Some(identifier) => format!("linked {what} to {who} and moved {identifier} there"),
            None => format!("linked {what} to {who}"),
        }
    }

    fn unlinked(&self) -> String {
        let left = self.changes.iter().find_map(|change| match change {
            Change::Link {
                participant: None,
                before: Some(link),
                ..
            } => Some(link.contact),
            _ => None,
        });
        let from = match left {
            Some(contact) => format!(" from {}", self.name(contact)),
            None => String::new(),
        };
        let shared = self.changes.iter().find_map(|change| match change {
            Change::Shared { identifier, .. } => Some(identifier),
            _ => None,
        });
        let marked = match shared {
            Some(identifier) => format!(" and marked {identifier} as shared"),
            None => String::new(),
        };
        format!("unlinked {}{from}{marked}", self.conversation())
    }

    fn edited(&self, who: &str) -> String {
        let pair = self.changes.iter().find_map(|change| match change {
            Change::Contact {
                before: Some(before),
                after: Some(after),
                ..
            } => Some((before.as_ref(), after.as_ref())),
            _ => None,
        });
        let changed = pair.map(|(before, after)| self.fields(before, after));
        match changed.unwrap_or_default().as_slice() {
            [] => format!("edited {who}"),
            [one] => format!("edited {who}: {one}"),
            [one, rest @ ..] => format!("edited {who}: {one}, and {} more", rest.len()),
        }
    }

    /// Each field that changed, such as `cell phone A → B`.
    fn fields(&self, before: &Contact, after: &Contact) -> Vec<String> {
        let lines = FIELDS.iter().chain(&LISTS).filter_map(|spec| {
            let old = self.nouns.value(&before.fields, spec.field);
            let new = self.nouns.value(&after.fields, spec.field);
            let shown = |value: &Option<String>| value.as_deref().map_or("—".to_owned(), short);
            (old != new).then(|| format!("{} {} → {}", spec.label, shown(&old), shown(&new)))
        });
        lines.collect()
    }

    fn merged(&self) -> String {
        let made = self.changes.iter().find_map(|change| match change {
            Change::Contact {
                before: None,
                after: Some(after),
                ..
            } if !after.merged_from.is_empty() => Some(&after.merged_from),
            _ => None,
        });
        let inputs = made.into_iter().flatten().map(|id| self.name(*id));
        let inputs: Vec<String> = inputs.collect();
        match inputs.as_slice() {
            [] => format!("merged contacts into {}", self.who()),
            _ => format!("merged {}", listed(&inputs)),
        }
    }

    fn imported(&self, who: &str) -> String {
        let import = match self.told.entry.batch {
            Some(batch) => format!("import #{batch}"),
            None => "an import".to_owned(),
        };
        let contact = self.told.entry.contact;
        let own = self.changes.iter().find_map(|change| match change {
            Change::Contact { id, before, after } if Some(*id) == contact => {
                Some((before.as_ref(), after.as_ref()))
            }
            _ => None,
        });
        let kind = |contact: Option<&Box<Contact>>| contact.map(|contact| contact.kind);
        match own {
            _ if self.told.changes.is_none() => format!("imported {who} by {import}"),
            Some((None, _)) => format!("made the contact {who} by {import}"),
            Some((before, Some(_))) if kind(before) != Some(ContactType::Curated) => {
                format!("added {who} to the contacts by {import}")
            }
            Some(_) | None => format!("changed {who} by {import}"),
        }
    }

    fn enriched(&self, who: &str) -> String {
        let contact = self.told.entry.contact;
        let own = self.changes.iter().find_map(|change| match change {
            Change::Contact {
                id,
                before: None,
                after: Some(made),
            } if Some(*id) == contact => Some(made),
            _ => None,
        });
        match own {
            Some(made) if made.merged_from.is_empty() => {
                format!("made the contact {who} by an enrichment")
            }
            Some(_) => format!("joined contacts into {who} by an enrichment"),
            None => format!("enriched {who}"),
        }
    }

    /// The organization that the entry is about, by the name that it has or had.
    fn organization(&self) -> String {
        let named = self.changes.iter().find_map(|change| match change {
            Change::Organization { before, after, .. } => after.as_ref().or(before.as_ref()),
            _ => None,
        });
        match named {
            Some(named) => format!("the organization {}", short(&named.name)),
            None => "an organization".to_owned(),
        }
    }

    fn reviewed(&self) -> String {
        let said = self.changes.iter().find_map(|change| match change {
            Change::Review { key, after, .. } => Some((key, after.as_deref())),
            _ => None,
        });
        match said {
            Some((Key::Mark(entry), Some(Kept::Mark(mark)))) => {
                format!("marked entry {entry} as {}", mark.verdict.words())
            }
            Some((Key::Filter { name, .. }, Some(_))) => {
                format!("saved the filter {}", short(name))
            }
            Some((Key::Filter { name, .. }, None)) => format!("forgot the filter {}", short(name)),
            Some((Key::Mark(entry), _)) => format!("took the mark off entry {entry}"),
            None => "marked a decision, or saved a filter".to_owned(),
        }
    }

    fn wrapped_up(&self) -> String {
        let what = self.conversation();
        let code = self.changes.iter().find_map(|change| match change {
            Change::Wrapup {
                after: Some(wrapup),
                ..
            } => Some(self.nouns.code(&wrapup.code)),
            _ => None,
        });
        match code {
            Some(code) => format!("wrapped up {what} with {}", short(&code)),
            None => format!("wrapped up {what}"),
        }
    }

    fn undid(&self) -> String {
        let Some(undone) = &self.told.undone else {
            return "undid an entry that is gone".to_owned();
        };
        match (undone.entry.action, undone.entry.undoes) {
            (Action::Undo, Some(first)) => {
                format!("undid #{}, so #{first} is done again", undone.entry.id)
            }
            _ => format!(
                "undid #{}: {}",
                undone.entry.id,
                sentence(undone, self.nouns)
            ),
        }
    }

    fn noted(&self) -> String {
        let contact = self.changes.iter().find_map(|change| match change {
            Change::Note { before, after, .. } => Some(after.as_ref().or(before.as_ref())?.contact),
            _ => None,
        });
        contact.map_or_else(|| self.who(), |id| self.name(id))
    }

    fn pair(&self) -> String {
        let pair = self.changes.iter().find_map(|change| match change {
            Change::NotSame { pair, .. } => Some(vec![pair.0, pair.1]),
            _ => None,
        });
        let pair = pair.unwrap_or_else(|| self.told.entry.contacts.clone());
        let names: Vec<String> = pair.into_iter().map(|id| self.name(id)).collect();
        match names.is_empty() {
            true => "two contacts".to_owned(),
            false => listed(&names),
        }
    }

    fn identifier(&self) -> String {
        let mut changes = self.changes.iter();
        let marked = changes.find_map(|change| match change {
            Change::Shared { identifier, .. } => Some(identifier),
            _ => None,
        });
        let claimed = || {
            self.changes.iter().find_map(|change| match change {
                Change::Claim { identifier, .. } => Some(identifier),
                _ => None,
            })
        };
        let found = marked.or_else(claimed);
        found.map_or_else(|| "an identifier".to_owned(), Identifier::to_string)
    }

    fn conversation(&self) -> String {
        let of_changes = || {
            self.changes.iter().find_map(|change| match change {
                Change::Link { conversation, .. }
                | Change::Wrapup { conversation, .. }
                | Change::Assign { conversation, .. } => Some(*conversation),
                _ => None,
            })
        };
        let id: Option<ConversationId> = self.told.entry.conversation.or_else(of_changes);
        id.map_or_else(
            || "a conversation".to_owned(),
            |id| self.nouns.conversation(id),
        )
    }

    /// The first link that was made, and what of.
    fn first_link(&self) -> Option<(String, &Link)> {
        self.changes.iter().find_map(|change| match change {
            Change::Link {
                conversation,
                participant: None,
                after: Some(link),
                ..
            } => Some((self.nouns.conversation(*conversation), link.as_ref())),
            Change::VisitLink {
                after: Some(link), ..
            } => Some(("a web visit".to_owned(), link.as_ref())),
            _ => None,
        })
    }

    /// True when the entry made the contact.
    fn is_new(&self, contact: ContactId) -> bool {
        self.changes.iter().any(|change| {
            matches!(change, Change::Contact { id, before: None, after: Some(_) } if *id == contact)
        })
    }

    fn name(&self, id: ContactId) -> String {
        self.nouns.contact(id, self.changes)
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}
