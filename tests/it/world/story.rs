//! What happened in a world, told in lines short enough to read when a random course fails.

use scv_desk::domain::command::EntryId;
use scv_desk::domain::{Change, ContactId};

use super::World;

impl World {
    /// The journal, an entry a line, each followed by what it changed.
    pub fn story(&self) -> String {
        let mut story = String::new();
        for (entry, number) in self.entries.iter().zip(1..) {
            let of = entry.undoes.map(|EntryId(id)| format!(" of {id}"));
            let of = of.unwrap_or_default();
            story.push_str(&format!("{number} {:?}{of}\n", entry.action));
            for change in entry.changes.iter().flatten() {
                story.push_str(&format!("    {}\n", line(change)));
            }
        }
        story
    }
}

fn line(change: &Change) -> String {
    match change {
        Change::Contact { id, before, after } => {
            let is = |one: &scv_desk::domain::Contact| {
                let above = one.merged_to.map(|id| format!(" under {}", short(id)));
                let above = above.unwrap_or_default();
                let carries = one.fields.identifiers();
                let carries: Vec<String> = carries.iter().map(ToString::to_string).collect();
                format!("{:?}{above} {carries:?}", one.kind)
            };
            let (before, after) = (before.as_deref().map(is), after.as_deref().map(is));
            format!("contact {}: {}", short(*id), step(before, after))
        }
        Change::Claim {
            identifier,
            before,
            after,
        } => {
            let holder = |claim: &scv_desk::domain::Claim| short(claim.contact);
            let step = step(before.as_ref().map(holder), after.as_ref().map(holder));
            format!("{identifier}: {step}")
        }
        Change::Link {
            conversation,
            participant,
            before,
            after,
        } => {
            let to = |link: &scv_desk::domain::Link| short(link.contact);
            let (before, after) = (before.as_deref().map(to), after.as_deref().map(to));
            let party = participant.as_deref().unwrap_or_default();
            format!(
                "conversation {:x} {party}: {}",
                conversation.0.as_u128(),
                step(before, after)
            )
        }
        Change::VisitLink {
            visit,
            before,
            after,
        } => {
            let to = |link: &scv_desk::domain::Link| short(link.contact);
            let (before, after) = (before.as_deref().map(to), after.as_deref().map(to));
            format!("visit {:x}: {}", visit.0.as_u128(), step(before, after))
        }
        Change::Note { before, after, .. } => {
            let on = |note: &scv_desk::domain::contact::Note| short(note.contact);
            let (before, after) = (before.as_deref().map(on), after.as_deref().map(on));
            format!("note: {}", step(before, after))
        }
        Change::NotSame { pair, after, .. } => {
            let mark = if after.is_some() {
                "marked"
            } else {
                "unmarked"
            };
            format!("{} is not {}: {mark}", short(pair.0), short(pair.1))
        }
        Change::Shared {
            identifier, after, ..
        } => {
            let mark = if after.is_some() {
                "marked"
            } else {
                "unmarked"
            };
            format!("{identifier} shared: {mark}")
        }
        Change::Wrapup { conversation, .. } => format!("wrap-up of {conversation}"),
        Change::Assign {
            conversation,
            after,
            ..
        } => format!("conversation {conversation} taken: {}", after.is_some()),
        Change::Review { key, after, .. } => format!("{key:?}: {}", after.is_some()),
        Change::Organization { before, after, .. } => {
            let name = |one: &scv_desk::domain::contact::Organization| one.name.clone();
            let (before, after) = (before.as_deref().map(name), after.as_deref().map(name));
            format!("organization: {}", step(before, after))
        }
    }
}

fn step(before: Option<String>, after: Option<String>) -> String {
    let word = |one: Option<String>| one.unwrap_or_else(|| "-".to_owned());
    format!("{} -> {}", word(before), word(after))
}

fn short(id: ContactId) -> String {
    id.to_string().chars().take(4).collect()
}
