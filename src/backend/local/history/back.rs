//! What an undo would do, in words: its verbs, and how things stand after it.

use super::changed::details;
use super::nouns::{Nouns, short};
use crate::domain::Change;
use crate::domain::assignment::Assignment;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::reason::Link;
use crate::domain::review::Key;

/// Most things of each kind that are told one by one.
const TOLD_MAX: usize = 12;

/// What an undo does and leaves; both without a full stop.
pub struct Back {
    /// Each with its verb: `links the call of 20 Nov 09:00 back to Efa Byrne`.
    pub does: Vec<String>,
    pub afterwards: Vec<String>,
    /// What is left out because it is too much.
    pub more: usize,
}

/// What taking back the changes does.
pub fn back(changes: &[Change], nouns: &Nouns) -> Back {
    let inverse: Vec<Change> = changes
        .iter()
        .rev()
        .map(|change| change.clone().inverse())
        .collect();
    let speaker = Speaker {
        changes: &inverse,
        nouns,
    };
    // Where conversations go is what people look for.
    let is_link = |change: &&Change| matches!(change, Change::Link { .. });
    let (links, others): (Vec<&Change>, Vec<&Change>) = inverse.iter().partition(is_link);
    let ordered = || links.iter().chain(&others);
    let mut does: Vec<String> = ordered().flat_map(|change| speaker.does(change)).collect();
    let mut afterwards: Vec<String> = ordered()
        .flat_map(|change| speaker.leaves(change))
        .collect();
    let more = afterwards.len().saturating_sub(TOLD_MAX);
    does.truncate(TOLD_MAX);
    afterwards.truncate(TOLD_MAX);
    Back {
        does,
        afterwards,
        more,
    }
}

struct Speaker<'a> {
    /// The changes of the undo, in its order.
    changes: &'a [Change],
    nouns: &'a Nouns,
}

impl Speaker<'_> {
    /// What a change does, each with a verb.
    fn does(&self, change: &Change) -> Vec<String> {
        match change {
            Change::Contact { id, before, after } => {
                self.contact(*id, before.as_deref(), after.as_deref(), change)
            }
            Change::Claim {
                identifier,
                before,
                after,
            } => match (before, after) {
                (_, Some(after)) => {
                    let name = self.name(after.contact);
                    vec![format!("gives {identifier} back to {name}")]
                }
                (Some(before), None) => {
                    let name = self.name(before.contact);
                    vec![format!("releases {identifier} from {name}")]
                }
                (None, None) => Vec::new(),
            },
            Change::Link {
                conversation,
                participant,
                after,
                ..
            } => {
                let what = self.nouns.conversation(*conversation);
                let what = match participant {
                    None => what,
                    Some(_) => format!("another participant of {what}"),
                };
                vec![self.links(&what, after)]
            }
            Change::VisitLink { after, .. } => vec![self.links("a web visit", after)],
            Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. }
            | Change::NotSame { .. } => self.mark(change),
            Change::Shared { .. } | Change::Organization { .. } | Change::Review { .. } => {
                self.mark(change)
            }
        }
    }

    fn links(&self, what: &str, after: &Option<Box<Link>>) -> String {
        match after {
            Some(link) => format!("links {what} back to {}", self.name(link.contact)),
            None => format!("takes the link of {what} away"),
        }
    }

    fn contact(
        &self,
        id: ContactId,
        before: Option<&Contact>,
        after: Option<&Contact>,
        change: &Change,
    ) -> Vec<String> {
        let name = self.name(id);
        match (before, after) {
            (None, Some(after)) => vec![format!("brings {} back", self.whole(after))],
            (Some(before), None) => vec![format!("removes {}", self.whole(before))],
            (None, None) => Vec::new(),
            (Some(_), Some(_)) => {
                let (lines, _) = details(std::slice::from_ref(change), self.nouns);
                let words = lines.into_iter().map(|line| {
                    let what = &line.what;
                    match (&line.before, &line.after) {
                        (_, Some(after)) if what == "type" => format!("makes {name} {after} again"),
                        (_, Some(after)) => {
                            format!("sets the {what} of {name} back to {}", short(after))
                        }
                        (Some(before), None) => {
                            format!("takes the {what} {} off {name}", short(before))
                        }
                        (None, None) => format!("changes the {what} of {name}"),
                    }
                });
                words.collect()
            }
        }
    }

    /// Wrap-ups, notes, marks and organizations.
    fn mark(&self, change: &Change) -> Vec<String> {
        let words = match change {
            Change::Wrapup {
                conversation,
                after,
                ..
            } => {
                let what = self.nouns.conversation(*conversation);
                match after {
                    Some(wrapup) => {
                        let code = self.nouns.code(&wrapup.code);
                        format!("sets the wrap-up of {what} back to {}", short(&code))
                    }
                    None => format!("takes the wrap-up off {what}"),
                }
            }
            Change::Assign {
                conversation,
                before,
                after,
            } => {
                let what = self.nouns.conversation(*conversation);
                let ended = |one: &Option<Box<Assignment>>| {
                    one.as_ref().is_some_and(|one| one.ended.is_some())
                };
                match after {
                    Some(_) if ended(after) => format!("opens {what} again"),
                    Some(_) => format!("gives {what} back to who took it"),
                    None if ended(before) => format!("ends {what} as it had ended"),
                    None => format!("lets {what} wait again"),
                }
            }
            Change::Note { before, after, .. } => {
                let note = after.as_ref().or(before.as_ref());
                let of = note.map_or_else(String::new, |note| self.name(note.contact));
                match (before, after) {
                    (Some(_), None) => format!("deletes the note on {of}"),
                    (None, _) => format!("brings the note on {of} back"),
                    (Some(_), Some(_)) => format!("puts the old text of the note on {of} back"),
                }
            }
            Change::NotSame { pair, after, .. } => {
                let (one, other) = (self.name(pair.0), self.name(pair.1));
                match after {
                    Some(_) => format!("marks {one} and {other} as not the same again"),
                    None => format!("takes the mark off that {one} and {other} are not the same"),
                }
            }
            Change::Shared {
                identifier, after, ..
            } => match after {
                Some(_) => format!("marks {identifier} as shared again"),
                None => format!("takes the shared mark off {identifier}"),
            },
            Change::Review { key, after, .. } => match (key, after) {
                (Key::Mark(entry), Some(_)) => {
                    format!("puts the earlier mark of entry {entry} back")
                }
                (Key::Mark(entry), None) => format!("takes the mark off entry {entry}"),
                (Key::Filter { name, .. }, Some(_)) => format!("brings the filter {name} back"),
                (Key::Filter { name, .. }, None) => format!("forgets the filter {name}"),
            },
            Change::Organization { before, after, .. } => match (before, after) {
                (Some(before), None) => format!("removes the organization {}", before.name),
                (_, Some(after)) => format!("brings the organization {} back", after.name),
                (None, None) => return Vec::new(),
            },
            Change::Contact { .. } | Change::Claim { .. } => return Vec::new(),
            Change::Link { .. } | Change::VisitLink { .. } => return Vec::new(),
        };
        vec![words]
    }

    /// How things stand after a change.
    fn leaves(&self, change: &Change) -> Vec<String> {
        match change {
            Change::Contact {
                before: Some(before),
                after: None,
                ..
            } => return vec![format!("{} is gone", self.whole(before))],
            Change::Contact {
                before: None,
                after: Some(after),
                ..
            } => {
                let name = self.whole(after);
                return vec![format!("{name} is there again, {}", after.kind.name())];
            }
            Change::Contact { .. } | Change::Claim { .. } | Change::Link { .. } => {}
            Change::VisitLink { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => {}
            Change::NotSame { .. }
            | Change::Shared { .. }
            | Change::Organization { .. }
            | Change::Review { .. } => {}
        }
        let without = |what: &str| match change {
            Change::Claim { .. } | Change::Link { .. } | Change::VisitLink { .. } => {
                format!("{what} nobody")
            }
            Change::NotSame { .. } => "no longer marked as not the same".to_owned(),
            Change::Shared { .. } => "no longer marked as shared".to_owned(),
            Change::Contact { .. }
            | Change::Wrapup { .. }
            | Change::Assign { .. }
            | Change::Note { .. } => {
                format!("no {what}")
            }
            Change::Organization { .. } | Change::Review { .. } => format!("no {what}"),
        };
        let (lines, _) = details(std::slice::from_ref(change), self.nouns);
        let told = lines.into_iter().map(|line| match &line.after {
            Some(after) => format!("{}: {} {}", line.of, line.what, short(after)),
            None => format!("{}: {}", line.of, without(&line.what)),
        });
        told.collect()
    }

    /// A contact that comes or goes as a whole: an auto-made one is often said to be somebody who stays.
    fn whole(&self, contact: &Contact) -> String {
        match contact.is_curated() {
            true => self.name(contact.id),
            false => format!("the auto-made contact {}", contact.id),
        }
    }

    fn name(&self, id: ContactId) -> String {
        self.nouns.contact(id, self.changes)
    }
}
