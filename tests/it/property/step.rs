//! Random steps: what could happen next in a world, from small numbers so that things meet and cases shrink.

use proptest::collection::vec;
use proptest::prelude::*;

use scv_desk::domain::command::{Claiming, Command, EntryId, ImportRow, Match, Sharing, Sure};
use scv_desk::domain::contact::{ContactId, NoteId, OrganizationId};
use scv_desk::domain::enrichment::{Doing, Enrichment, FieldRules, Joining, Wins};
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Change, Channel, ConversationId, Field, Fields, Identifier};
use scv_desk::engine::{Automerge, Options, PromoteOnEdit};

use crate::world::*;

/// A step: which kind, and numbers that choose among what is there.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub kind: u8,
    pub a: usize,
    pub b: usize,
    pub c: usize,
    /// Keeps the numbers, addresses and ids of two courses apart.
    pub side: usize,
}

const KINDS: u8 = 30;
/// Undoes one of the latest entries. Only courses that are dense have it.
const UNDO_RECENT: u8 = KINDS;
/// Takes one of the merges back, whatever came since. Only courses that are dense have it.
const UNMERGE: u8 = KINDS + 1;

/// A course of up to `most` steps.
pub fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    vec(step(0), 1..=most)
}

/// Courses of either sort.
pub fn courses(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![steps(most), dense_steps(most)]
}

/// A course of up to `most` steps among few people, with much that lets go, goes and is undone.
pub fn dense_steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![
        6 => 0..7u8,
        5 => 7..28u8,
        2 => 15..27u8,
        4 => Just(UNDO_RECENT),
        2 => Just(UNMERGE),
        1 => 28..KINDS,
    ];
    let one = (kind, 0..8usize, 0..12usize, 0..12usize).prop_map(|(kind, a, b, c)| Step {
        kind,
        a,
        b,
        c,
        side: 0,
    });
    vec(one, 1..=most)
}

/// One step on a side of its own.
pub fn step(side: usize) -> impl Strategy<Value = Step> {
    (0..KINDS, 0..64usize, 0..64usize, 0..64usize).prop_map(move |(kind, a, b, c)| Step {
        kind,
        a,
        b,
        c,
        side,
    })
}

/// Settings that change what rules do.
pub fn settings() -> impl Strategy<Value = Options> {
    any::<[bool; 5]>().prop_map(|[merge, promote, web, signed_in, off]| Options {
        merge: [MergeRules::Deck, MergeRules::Current][usize::from(merge)],
        promote_on_edit: [PromoteOnEdit::No, PromoteOnEdit::Yes][usize::from(promote)],
        automerge_web_tracking: [Automerge::Off, Automerge::On][usize::from(web)],
        automerge_authenticated: [Automerge::Off, Automerge::On][usize::from(signed_in)],
        channels_off: if off { vec![Channel::Sms] } else { Vec::new() },
        ..Options::default()
    })
}

impl Step {
    /// The command of this step; `None` when there is nothing in the world to do it with.
    pub fn command(&self, world: &World) -> Option<Command> {
        let (a, b, c) = (self.a, self.b, self.c);
        Some(match self.kind {
            0..=5 => Command::Resolve(Box::new(self.conversation())),
            6 => Command::ResolveVisit(Box::new(self.visit())),
            7 => Command::Promote {
                contact: self.contact(world, a)?,
                edits: match b % 4 {
                    0 => Vec::new(),
                    1 => vec![self.edit(c)],
                    2 => vec![
                        edit(Field::FirstName, "Ann"),
                        edit(Field::LastName, "Quinn"),
                    ],
                    _ => vec![
                        self.edit(c),
                        edit(Field::FirstName, "Ann"),
                        edit(Field::LastName, "Quinn"),
                    ],
                },
            },
            8 | 9 => Command::Create {
                fields: Box::new(self.fields(b)),
                link: if a % 2 == 0 {
                    None
                } else {
                    self.known(world, a)
                },
            },
            10 | 11 => Command::Edit {
                contact: self.contact(world, a)?,
                edits: vec![
                    self.edit(b),
                    self.joins(world, c).unwrap_or_else(|| self.edit(c)),
                ],
            },
            12..=14 => Command::Link {
                conversation: self.known(world, a)?,
                contact: self.contact(world, b)?,
                claiming: [Claiming::Leave, Claiming::Move][c % 2],
            },
            15 | 16 => Command::Unlink {
                conversation: self.known(world, a)?,
                sharing: [Sharing::Leave, Sharing::Mark][usize::from(c % 4 == 0)],
            },
            17 | 18 => Command::Merge {
                contacts: vec![self.contact(world, a)?, self.contact(world, b)?],
                takes: vec![(Field::CellPhone, self.contact(world, c)?)],
                sure: [Sure::AskedOnce, Sure::AskedTwice][c % 2],
            },
            19 => Command::AddNote {
                contact: self.contact(world, a)?,
                text: format!("note {b}"),
            },
            20 if b % 2 == 0 => Command::DeleteNote {
                note: self.note(world, a)?,
            },
            20 => Command::EditNote {
                note: self.note(world, a)?,
                text: format!("note {c}"),
            },
            21 => Command::Delete {
                contact: self.contact(world, a)?,
            },
            22 => Command::NotSame {
                one: self.contact(world, a)?,
                other: self.contact(world, b)?,
            },
            23 => Command::Claim {
                contact: self.contact(world, a)?,
                identifier: self.identifier(b),
            },
            24 => Command::Release {
                contact: self.contact(world, a)?,
                identifier: self.identifier(b),
            },
            25 if a % 2 == 0 => Command::Share {
                identifier: self.identifier(b),
            },
            25 => Command::Unshare {
                identifier: self.identifier(b),
            },
            26 if b % 3 == 0 => Command::Take {
                conversation: self.known(world, a)?,
                agent: None,
            },
            26 if b % 3 == 1 => Command::Reopen {
                conversation: self.known(world, a)?,
                agent: Some("7c9e6679-7425-40de-944b-e07fc1f90ae1".to_owned()),
            },
            26 => Command::WrapUp {
                conversation: self.known(world, a)?,
                code: format!("code {}", b % 3),
                notes: None,
            },
            27 if a % 4 == 1 => Command::Enrich(Box::new(self.enrichment())),
            27 if a % 4 == 2 => self.on_organization(world)?,
            27 => Command::Import(Box::new(ImportRow {
                fields: self.fields(b),
                company: c
                    .is_multiple_of(3)
                    .then(|| format!("Company {}.{}", self.side, c % 2)),
                matching: vec![Match::ExternalId, Match::Email, Match::Phone],
                batch: 1,
            })),
            28 => Command::Undo {
                entry: EntryId(a as u64 % world.entries.len().max(1) as u64 + 1),
            },
            UNDO_RECENT => Command::Undo {
                entry: EntryId((world.entries.len() as u64).saturating_sub(a as u64).max(1)),
            },
            UNMERGE => {
                let entry = self.merge(world, a)?;
                Command::Unmerge {
                    entry,
                    sides: self.sides(world, entry),
                }
            }
            _ => Command::Expire {
                contact: self.contact(world, a)?,
            },
        })
    }

    fn enrichment(&self) -> Enrichment {
        let (a, b, c) = (self.a, self.b, self.c);
        let doing = [Doing::Merge, Doing::Upsert, Doing::Update, Doing::Insert];
        let wins = [Wins::Provided, Wins::Existing, Wins::Always];
        let joining = [Joining::Fill, Joining::Extend, Joining::Replace];
        Enrichment {
            matching: vec![self.identifier(b), self.identifier(c), self.identifier(a)],
            doing: doing[c % 4],
            fields: self.fields(b),
            rules: FieldRules {
                wins: wins[b % 3],
                joining: joining[c % 3],
                own_wins: vec![(Field::WorkEmail, wins[a % 3])],
                own_joining: Vec::new(),
            },
            promotes: b % 2 == 0,
        }
    }

    /// Makes, changes or deletes one of the organizations that are there.
    fn on_organization(&self, world: &World) -> Option<Command> {
        let len = world.organizations.len().max(1);
        let known = world.organizations.keys().nth(self.b % len).copied();
        let name = format!("Company {}.{}", self.side, self.c % 3);
        let rest = serde_json::Map::new();
        Some(match (self.c % 3, known) {
            (0, _) | (_, None) => Command::CreateOrganization {
                id: OrganizationId(uuid::Uuid::from_u128(world.entries.len() as u128)),
                name,
                rest,
            },
            (1, Some(organization)) => Command::EditOrganization {
                organization,
                name,
                rest,
            },
            (_, Some(organization)) => Command::DeleteOrganization { organization },
        })
    }

    /// Lets two months go by before a contact is looked at for expiry.
    pub fn wait(&self, world: &mut World) {
        if self.kind == KINDS - 1 {
            world.now = world.now.plus_days(61);
        }
    }

    /// True for what a person does and an undo can take back, and for an undo.
    pub fn is_by_people(&self) -> bool {
        (7..29).contains(&self.kind) || [UNDO_RECENT, UNMERGE].contains(&self.kind)
    }

    fn number(&self, n: usize) -> String {
        format!("+35386100{}00{}", self.side, n % 4)
    }

    fn address(&self, n: usize) -> String {
        format!("m{}@side{}.example", n % 3, self.side)
    }

    fn crm(&self, n: usize) -> String {
        format!("crm-{}-{}", self.side, n % 3)
    }

    fn browser(&self, n: usize) -> String {
        format!("cookie-{}-{}", self.side, n % 3)
    }

    fn identifier(&self, n: usize) -> Identifier {
        match n % 5 {
            0 | 1 => phone(&self.number(n / 5)),
            2 => email(&self.address(n / 5)),
            3 => whatsapp(&self.number(n / 5)),
            _ => cookie(&self.browser(n / 5)),
        }
    }

    fn conversation(&self) -> scv_desk::domain::Conversation {
        let n = (self.side * 1000 + self.a % 12) as u128;
        let (number, address) = (self.number(self.b), self.address(self.b));
        let (crm, browser) = (self.crm(self.b), self.browser(self.c));
        let mut seen = match self.kind {
            0 => seen(n, Channel::Call, &[&number]),
            1 => seen(n, Channel::Email, &[&address]),
            2 => seen(n, Channel::Whatsapp, &[&number]),
            3 if self.c.is_multiple_of(4) => seen(n, Channel::Sms, &[]),
            3 => seen(n, Channel::Open, &[&crm, &number, &self.address(self.c)]),
            4 => web(n, Some(&browser), Some(&crm), &[&address]),
            _ => web(n, Some(&browser), None, &[number.as_str()][..self.b % 2]),
        };
        if self.c.is_multiple_of(5) {
            seen.participants
                .push(party("p2", Channel::Call, &[&self.number(self.c)]));
        }
        if self.b.is_multiple_of(7) {
            seen.end = Some(START.plus_ms(1000 * self.b as i64));
        }
        seen
    }

    fn visit(&self) -> scv_desk::domain::visit::Visit {
        let n = (self.side * 1000 + self.a % 4) as u128;
        let (crm, address) = (self.crm(self.b), self.address(self.c));
        let id = self.b.is_multiple_of(2).then_some(crm.as_str());
        let traits = [("email", address.as_str())];
        visit(n, &self.browser(self.b), id, &traits[..self.c % 2])
    }

    fn fields(&self, n: usize) -> Fields {
        let mut form = fields(&[(Field::LastName, &format!("Name {}", n % 3))]);
        let slots = [Field::CellPhone, Field::WorkPhone, Field::HomePhone];
        let number = self.edit_text(slots[n % 3], n / 3);
        form.set(slots[n % 3], number);
        if n.is_multiple_of(2) {
            form.set(Field::WorkEmail, self.edit_text(Field::WorkEmail, n / 2));
        }
        if n.is_multiple_of(4) {
            form = with_ids(form, &[&self.crm(n / 4)]);
        }
        form
    }

    fn edit_text(&self, field: Field, n: usize) -> Option<scv_desk::domain::Value> {
        let text = match field {
            Field::WorkEmail | Field::PersonalEmail => self.address(n),
            Field::City => format!("City {n}"),
            _ => self.number(n),
        };
        edit(field, &text).after
    }

    fn edit(&self, n: usize) -> scv_desk::domain::command::Edit {
        let fields = [
            Field::CellPhone,
            Field::OtherPhone,
            Field::PersonalEmail,
            Field::WorkEmail,
            Field::City,
            Field::Whatsapp,
        ];
        let field = fields[n % 6];
        let mut edit = edit(field, "");
        if !n.is_multiple_of(5) {
            edit.after = self.edit_text(field, n / 6);
            if field == Field::Whatsapp {
                edit = crate::world::edit(field, &self.number(n / 6));
            }
        }
        edit
    }

    /// Every fourth time an edit that puts a contact into one of the organizations that are there.
    fn joins(&self, world: &World, n: usize) -> Option<scv_desk::domain::command::Edit> {
        let mut all = world.organizations.keys().cycle();
        let id = all.nth(n / 4).filter(|_| n.is_multiple_of(4))?;
        let mut edit = edit(Field::City, "");
        edit.field = Field::Organization;
        edit.after = Some(scv_desk::domain::Value::Organization(*id));
        Some(edit)
    }

    /// One of the contacts that are there.
    fn contact(&self, world: &World, n: usize) -> Option<ContactId> {
        let mut ids: Vec<_> = world
            .contacts
            .values()
            .map(|one| (one.created, one.id))
            .collect();
        ids.sort_unstable();
        let len = ids.len().max(1);
        ids.get(n % len).map(|(_, id)| *id)
    }

    fn known(&self, world: &World, n: usize) -> Option<ConversationId> {
        let len = world.conversations.len().max(1);
        world.conversations.keys().nth(n % len).copied()
    }

    /// One of the entries that merged.
    fn merge(&self, world: &World, n: usize) -> Option<EntryId> {
        let merges = world.entries.iter().zip(1..).filter(|(entry, _)| {
            let mut changes = entry.changes.iter().flatten();
            changes.any(|change| {
                matches!(change, Change::Contact { before: None, after: Some(made), .. }
                    if !made.merged_from.is_empty())
            })
        });
        let merges: Vec<u64> = merges.map(|(_, number)| number).collect();
        let len = merges.len().max(1);
        merges.get(n % len).copied().map(EntryId)
    }

    /// Every third time somebody says who gets a conversation or note of the canonical contact.
    fn sides(&self, world: &World, entry: EntryId) -> Vec<(Since, ContactId)> {
        let changes = world.entries[entry.0 as usize - 1].changes.iter().flatten();
        let made = changes.filter_map(|change| match change {
            Change::Contact {
                before: None,
                after: Some(made),
                ..
            } => Some(made.id),
            _ => None,
        });
        let made: Vec<ContactId> = made.collect();
        let on = |contact: &ContactId| made.contains(contact);
        let links = world.links.iter().filter(|(_, link)| on(&link.contact));
        let items = links.map(|((id, party), _)| Since::Conversation(*id, party.clone()));
        let notes = world.notes.values().filter(|note| on(&note.contact));
        let items = items.chain(notes.map(|note| Since::Note(note.id)));
        let sides = made.iter().filter_map(|id| world.contacts.get(id));
        let sides: Vec<ContactId> = sides.flat_map(|one| one.merged_from.clone()).collect();
        let side = sides.get(self.b % sides.len().max(1)).copied();
        let items = items.filter(|_| self.c.is_multiple_of(3));
        items.filter_map(|item| Some((item, side?))).collect()
    }

    fn note(&self, world: &World, n: usize) -> Option<NoteId> {
        let len = world.notes.len().max(1);
        world.notes.keys().nth(n % len).copied()
    }
}
