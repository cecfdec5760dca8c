//! What came to a canonical contact since its merge, and whose each is (§7).

use scv_desk::domain::field::{FIELDS, LISTS};
use scv_desk::domain::reason::ClaimOrigin;
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{ContactId, Fields, Identifier, Refusal};

use super::apart;
use super::unmerge::{Chosen, Item, Split};
use super::world::{Key, Tie, World, carries};

/// What is assigned so far.
struct List<'a> {
    split: &'a Split,
    chosen: &'a Chosen,
    main: ContactId,
    items: Vec<Item>,
}

impl List<'_> {
    /// A choice stands above what tells, and where nothing tells it goes to the main side.
    fn put(&mut self, what: Since, told: Option<(ContactId, Option<Identifier>)>) {
        let chosen = self.chosen.iter().find(|(one, _)| *one == what);
        let (side, told) = match (chosen, told) {
            (Some((_, side)), _) => (*side, None),
            (None, Some(told)) => told,
            (None, None) => (self.main, None),
        };
        self.items.push(Item { what, side, told });
    }

    fn side_of(&self, mut is: impl FnMut(&Since) -> bool) -> Option<ContactId> {
        let mut items = self.items.iter();
        items.find(|item| is(&item.what)).map(|item| item.side)
    }
}

impl Split {
    /// What came since.
    pub fn items(&self, world: &World, chosen: &Chosen) -> Result<Vec<Item>, Refusal> {
        let main = self.stays(chosen)?.unwrap_or(self.sides[0].id);
        let items = Vec::new();
        let mut list = List {
            split: self,
            chosen,
            main,
            items,
        };
        if let Some(above) = self.above.first() {
            list.put(Since::Merge(above.id), None);
        }
        if self.now.is_curated() && !self.kept {
            list.put(Since::Kept, None);
        }
        edits(&mut list);
        ties(&mut list, world);
        // In a tree above, what was claimed since stays with its head.
        if self.above.is_empty() {
            claims(&mut list, world);
        }
        let stays = self.stays(chosen)?;
        for (identifier, home) in missed(self, world, stays, &list.items) {
            list.put(
                Since::Released(identifier.clone()),
                Some((home, Some(identifier))),
            );
        }
        for (id, note) in world.notes() {
            if note.contact == self.now.id {
                list.put(Since::Note(*id), None);
            }
        }
        for key in world.things.keys() {
            match key {
                Key::NotSame(one, other) if *one == self.now.id => {
                    list.put(Since::NotSame(*other), None);
                }
                Key::NotSame(other, one) if *one == self.now.id => {
                    list.put(Since::NotSame(*other), None);
                }
                _ => {}
            }
        }
        Ok(list.items)
    }
}

/// An edit goes to the side that the value had come from.
fn edits(list: &mut List<'_>) {
    let split = list.split;
    for spec in FIELDS.iter().chain(&LISTS) {
        let then = split.base.get(spec.field);
        if then == split.now.fields.get(spec.field) {
            continue;
        }
        let mut sides = split.sides.iter().filter(|_| then.is_some());
        let owner = sides.find(|side| side.fields.get(spec.field) == then);
        let told = owner.map(|side| (side.id, None));
        list.put(Since::Edit(spec.field), told);
    }
}

/// A conversation or visit goes to the side that the first identifier with a home belongs to. What is linked
/// above stays there unless it is a leaving side's.
fn ties(list: &mut List<'_>, world: &World) {
    let split = list.split;
    for (key, tie) in world.ties() {
        let own = tie.contact == split.now.id;
        let above = split.above.iter().any(|one| one.id == tie.contact);
        if !own && !above || split.goes_back(world, key).is_some() {
            continue;
        }
        let what = match key {
            Key::Link(id, party) => {
                let party = (!party.is_empty()).then(|| party.clone());
                Since::Conversation(*id, party)
            }
            Key::VisitLink(id) => Since::Visit(*id),
            _ => continue,
        };
        let told = told(split, world, tie);
        let leaves = told.as_ref().is_some_and(|(side, _)| *side != list.main);
        let named = list.chosen.iter().any(|(one, _)| *one == what);
        if own || leaves || named {
            list.put(what, told.map(|(side, one)| (side, Some(one))));
        }
    }
}

fn told(split: &Split, world: &World, tie: &Tie) -> Option<(ContactId, Identifier)> {
    let mut all = tie.provided.iter().map(|one| &one.identifier);
    all.find_map(|one| Some((split.home(world, one)?, one.clone())))
}

/// An identifier that was claimed since goes with the conversation or visit that it came with, or with the
/// field that carries it.
fn claims(list: &mut List<'_>, world: &World) {
    let split = list.split;
    for (identifier, claim) in world.claims_of(split.now.id) {
        if split.home(world, &identifier).is_some() {
            continue;
        }
        let provides = |party: &Option<String>, id| {
            let tie = world.tie(id, party.as_deref().unwrap_or_default());
            let mut provided = tie.into_iter().flat_map(|tie| &tie.provided);
            provided.any(|one| one.identifier == identifier)
        };
        let came_with = list.side_of(|what| match (what, &claim.origin) {
            (Since::Conversation(one, party), ClaimOrigin::Conversation(id)) => {
                one == id && provides(party, *id)
            }
            (Since::Visit(one), ClaimOrigin::Visit(id)) => one == id,
            _ => false,
        });
        let carried = list.side_of(|what| match what {
            Since::Edit(field) => {
                let mut alone = Fields::default();
                alone.set(*field, split.now.fields.get(*field));
                alone.identifiers().contains(&identifier)
            }
            _ => false,
        });
        let side = came_with.or(carried);
        list.put(Since::Claim(identifier), side.map(|side| (side, None)));
    }
}

/// An identifier that the merge had moved, that nobody holds now and that nobody marked as shared goes back to
/// whose it was. Who stays in a tree above is not on their own yet, and who gets an edit that overwrote the
/// value gets that instead.
fn missed(
    split: &Split,
    world: &World,
    stays: Option<ContactId>,
    items: &[Item],
) -> Vec<(Identifier, ContactId)> {
    let mut missed = Vec::new();
    for one in &split.moved {
        let (Key::Claim(identifier), Some(_), Some(_)) = (&one.key, &one.before, &one.after) else {
            continue;
        };
        if world.claim(identifier).is_some() || world.is_shared(identifier) {
            continue;
        }
        let Some(home) = split
            .home(world, identifier)
            .filter(|home| stays != Some(*home))
        else {
            continue;
        };
        let side = split.sides.iter().find(|side| side.id == home);
        let mut side = side.expect("a side").clone();
        let carried = carries(&side, identifier);
        for item in items.iter().filter(|item| item.side == home) {
            if let Since::Edit(field) = item.what {
                apart::edit_field(&mut side.fields, field, split);
            }
        }
        if !carried || carries(&side, identifier) {
            missed.push((identifier.clone(), home));
        }
    }
    missed
}
