//! Merges that somebody takes apart, with some of what came since assigned by choice.

use scv_desk::domain::command::{Command, EntryId};
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Contact, ContactId, Field};

use super::generate::Next;
use super::unmerge::made_by;
use super::world::{Entry, Key, Thing};

impl Next<'_> {
    /// Mostly a merge that stands.
    pub fn unmerge(&mut self) -> Option<Command> {
        let made = |entry: &Entry| {
            let made = made_by(entry.moved.as_deref()?)?.id;
            self.world.contact(&made).cloned()
        };
        let all = self.journal.iter().enumerate();
        let all: Vec<(usize, Contact)> = all
            .filter_map(|(index, entry)| Some((index + 1, made(entry)?)))
            .collect();
        if self.dice.chance(1, 10) {
            let entry = EntryId(self.dice.below(self.journal.len() + 2) as u64);
            let sides = Vec::new();
            return Some(Command::Unmerge { entry, sides });
        }
        let (number, made) = self.dice.pick(&all)?;
        let mut sides: Vec<(Since, ContactId)> = Vec::new();
        for _ in 0..self.dice.below(3) {
            let side = match self.dice.chance(1, 20) {
                true => self.contact()?,
                false => self.dice.pick(&made.merged_from)?,
            };
            let what = self.since(number, &made)?;
            if sides.iter().all(|(one, _)| *one != what) {
                sides.push((what, side));
            }
        }
        let entry = EntryId(number as u64);
        Some(Command::Unmerge { entry, sides })
    }

    /// Something that may have come to a contact since it was made.
    fn since(&mut self, number: usize, made: &Contact) -> Option<Since> {
        let points = |thing: &Thing| thing.points_at() == Some(made.id);
        let own = self.world.things.iter().filter(|(_, thing)| points(thing));
        let mut all: Vec<Since> = own.filter_map(|(key, _)| since_of(key)).collect();
        all.extend(made.merged_to.map(Since::Merge));
        let others = self.world.things.keys().filter_map(|key| match key {
            Key::NotSame(one, other) if *one == made.id => Some(*other),
            Key::NotSame(other, one) if *one == made.id => Some(*other),
            _ => None,
        });
        all.extend(others.map(Since::NotSame));
        let fields = [
            Field::FirstName,
            Field::City,
            Field::CellPhone,
            Field::ExternalIds,
        ];
        let moved = self.journal[number - 1].moved.iter().flatten();
        let let_go = moved.filter_map(|one| match (&one.key, one.before.is_some()) {
            (Key::Claim(one), true) if self.world.claim(one).is_none() => Some(one.clone()),
            _ => None,
        });
        let let_go: Vec<_> = let_go.map(Since::Released).collect();
        match self.dice.below(9) {
            8 => self.dice.pick(&let_go),
            0 => Some(Since::Edit(self.dice.one(&fields))),
            1 if made.is_curated() => Some(Since::Kept),
            _ => self.dice.pick(&all).or(Some(Since::Kept)),
        }
    }
}

fn since_of(key: &Key) -> Option<Since> {
    Some(match key {
        Key::Link(id, party) => {
            let party = (!party.is_empty()).then(|| party.clone());
            Since::Conversation(*id, party)
        }
        Key::VisitLink(id) => Since::Visit(*id),
        Key::Note(id) => Since::Note(*id),
        Key::Claim(identifier) => Since::Claim(identifier.clone()),
        _ => return None,
    })
}
