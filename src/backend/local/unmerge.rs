//! What taking a merge back comes to, in words (`design/rules.md` §7).

use std::collections::HashMap;

use super::super::view::{Brief, UnmergeItem, UnmergePreview};
use super::explain::word;
use super::{LocalBackend, Trouble};
use crate::domain::change::Change;
use crate::domain::command::EntryId;
use crate::domain::contact::{Contact, ContactId};
use crate::domain::facts::{FactKey, Facts};
use crate::domain::field::Field;
use crate::domain::moment::Moment;
use crate::domain::unmerge::{Since, Unmerging};
use crate::engine::unmerge;

/// Most characters of a note that are quoted.
const QUOTE_MAX: usize = 60;

impl LocalBackend {
    pub(super) async fn review_unmerge(
        &self,
        entry: EntryId,
        sides: &[(Since, ContactId)],
    ) -> Result<UnmergePreview, Trouble> {
        let context = self.context();
        let question = |facts: &Facts| unmerge::review(entry, sides, &context, facts);
        let (review, facts) = self.ask(Facts::default(), question).await?;
        let facts = self.load(more(&review), facts).await?;
        let people = self.named(&review, &facts).await?;
        let brief_of = |id: &ContactId| people.get(id).cloned();
        let index = |id: ContactId| review.sides.iter().position(|side| *side == id);
        let items = review.items.iter().map(|one| UnmergeItem {
            item: one.item.clone(),
            what: self.words(&one.item, &review, &facts, &people),
            side: index(one.side).unwrap_or_default(),
            why: one.lead.to_string(),
        });
        let elsewhere = review.elsewhere.iter().map(|(identifier, holder)| {
            format!(
                "{identifier} stays with {}, who holds it now",
                called(holder, &people)
            )
        });
        let is_inner = review.head != review.canonical;
        Ok(UnmergePreview {
            entry,
            sides: review.sides.iter().filter_map(brief_of).collect(),
            head: brief_of(&review.head).filter(|_| is_inner),
            items: items.collect(),
            elsewhere: elsewhere.collect(),
        })
    }

    /// Everybody whom the words name.
    async fn named(
        &self,
        review: &Unmerging,
        facts: &Facts,
    ) -> Result<HashMap<ContactId, Brief>, Trouble> {
        let mut ids = review.sides.clone();
        ids.extend([review.head, review.canonical]);
        ids.extend(review.elsewhere.iter().map(|(_, holder)| *holder));
        for one in &review.items {
            match &one.item {
                Since::NotSame(id) => ids.push(*id),
                Since::Merge(id) => {
                    let above = facts.contact_if_any(id).ok().and_then(Option::as_ref);
                    ids.extend(above.into_iter().flat_map(|one| one.merged_from.clone()));
                }
                Since::Conversation(..) | Since::Visit(_) | Since::Note(_) => {}
                Since::Claim(_) | Since::Released(_) | Since::Edit(_) | Since::Kept => {}
            }
        }
        let found = self.briefs(&self.store.contacts(ids).await?).await?;
        Ok(found.into_iter().map(|one| (one.id, one)).collect())
    }

    /// Within the 60 days of a journey nobody needs the year.
    pub(super) fn short_time(&self, moment: Moment) -> String {
        let local = moment.timestamp().to_zoned_datetime(self.zone.clone());
        local.strftime("%-d %b %H:%M").to_string()
    }

    fn words(
        &self,
        item: &Since,
        review: &Unmerging,
        facts: &Facts,
        people: &HashMap<ContactId, Brief>,
    ) -> String {
        let name = |id: &ContactId| called(id, people);
        match item {
            Since::Conversation(id, participant) => {
                let record = facts.conversation_if_any(id).ok().and_then(Option::as_ref);
                let Some(record) = record else {
                    return format!("conversation {id}");
                };
                let one = &record.conversation;
                let what = format!("{} of {}", word(one.channel), self.short_time(one.start));
                let link = record.link_of(participant.as_deref());
                let given = link.and_then(|link| link.reason.provided.first());
                match given {
                    Some(given) => format!("{what}, {}", given.identifier.shown()),
                    None => what,
                }
            }
            Since::Visit(id) => match facts.visit_if_any(id) {
                Ok(Some(record)) => format!("web visit of {}", self.short_time(record.visit.start)),
                Ok(None) | Err(_) => format!("web visit {id}"),
            },
            Since::Note(id) => match facts.note_if_any(id) {
                Ok(Some(note)) => format!("note of {}: {}", note.author, quoted(&note.text)),
                Ok(None) | Err(_) => "note".to_owned(),
            },
            Since::Claim(identifier) => format!("{identifier}, claimed since"),
            Since::Released(identifier) => format!("{identifier}, let go since"),
            Since::Edit(field) => edit(*field, review, facts),
            Since::Kept => "added to the contacts since".to_owned(),
            Since::NotSame(id) => format!("the mark that it is not {}", name(id)),
            Since::Merge(id) => {
                let above = facts.contact_if_any(id).ok().and_then(Option::as_ref);
                let others = above.into_iter().flat_map(|one| &one.merged_from);
                let others = others.filter(|id| **id != review.canonical).map(name);
                format!(
                    "the later merge with {}",
                    others.collect::<Vec<_>>().join(" and ")
                )
            }
        }
    }
}

/// A contact as the words call it.
fn called(id: &ContactId, people: &HashMap<ContactId, Brief>) -> String {
    let contact = people.get(id);
    contact.map_or_else(|| "a contact that is gone".to_owned(), Brief::in_words)
}

/// The facts that the words need besides those of the review.
fn more(review: &Unmerging) -> Vec<FactKey> {
    let keys = review.items.iter().filter_map(|one| match &one.item {
        Since::Note(id) => Some(FactKey::Note(*id)),
        Since::Merge(id) => Some(FactKey::Contact(*id)),
        Since::Conversation(..) | Since::Visit(_) | Since::Claim(_) => None,
        Since::Released(_) | Since::Edit(_) | Since::Kept | Since::NotSame(_) => None,
    });
    keys.collect()
}

/// An edit: what the field held after the merge and what it holds now.
fn edit(field: Field, review: &Unmerging, facts: &Facts) -> String {
    let entry = facts
        .entry_if_any(&review.entry)
        .ok()
        .and_then(Option::as_ref);
    let changes = entry
        .and_then(|entry| entry.changes.as_deref())
        .unwrap_or_default();
    let made = changes.iter().find_map(|change| match change {
        Change::Contact { id, after, .. } if *id == review.canonical => after.as_deref(),
        _ => None,
    });
    let now = facts
        .contact_if_any(&review.canonical)
        .ok()
        .and_then(Option::as_ref);
    let shown = |contact: Option<&Contact>| {
        let value = contact.and_then(|contact| contact.fields.get(field));
        value.map_or_else(|| "nothing".to_owned(), |value| value.shown(field))
    };
    match field {
        // An organization is shown by its id elsewhere than here.
        Field::Organization => "the organization, edited since".to_owned(),
        _ => format!("{}: {} → {}", field.label(), shown(made), shown(now)),
    }
}

fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(QUOTE_MAX) {
        Some((end, _)) => format!("“{}…”", &line[..end]),
        None => format!("“{line}”"),
    }
}
