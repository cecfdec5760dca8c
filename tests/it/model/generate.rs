//! What happens next: a step among few people with few numbers, so that everything meets everything.

use scv_desk::domain::command::{Claiming, Command, EntryId, ImportRow, Match, Sharing, Sure};
use scv_desk::domain::permission::MergeRules;
use scv_desk::domain::{Actor, Channel, ContactId, ConversationId, Field, Identifier, Moment};

use super::dice::Dice;
use super::seen::{self, address, browser, crm, number};
use super::turn::Settings;
use super::world::{Entry, World};
use crate::world::{by, cookie, email, external, phone, whatsapp};

/// What a step may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Anything: conversations come in, people act, contacts expire.
    Mixed,
    /// Only what people do and an undo can take back.
    People,
}

/// One step of a history.
#[derive(Clone, Debug)]
pub enum Step {
    Act {
        actor: Actor,
        command: Command,
    },
    /// Retention removes what was over 60 days ago.
    DropOlder,
}

pub fn settings(dice: &mut Dice) -> Settings {
    let off = [
        vec![],
        vec![],
        vec![],
        vec![Channel::Sms],
        vec![Channel::Web, Channel::Chat],
    ];
    Settings {
        rules: dice.one(&[MergeRules::Deck, MergeRules::Current]),
        promote_on_edit: dice.chance(1, 2),
        off: dice.one(&off),
        web_automerge: dice.chance(1, 2),
        signed_in_automerge: dice.chance(1, 2),
    }
}

/// How long after the step before, in milliseconds: mostly seconds, now and then weeks, rarely back.
pub fn wait(dice: &mut Dice) -> i64 {
    let day = 86_400_000;
    let below = |dice: &mut Dice, most: i64| dice.below(most as usize) as i64;
    match dice.below(100) {
        0..5 => 0,
        5..80 => below(dice, 600_000),
        80..93 => below(dice, day),
        93..96 => below(dice, 8 * day),
        96..98 => 20 * day + below(dice, 50 * day),
        _ => -below(dice, 3_600_000),
    }
}

/// The next step of a history; `None` when there is nothing to do it with.
pub fn step(
    dice: &mut Dice,
    phase: Phase,
    world: &World,
    journal: &[Entry],
    now: Moment,
) -> Option<Step> {
    let mut next = Next {
        dice,
        world,
        journal,
        now,
    };
    let kind = match phase {
        Phase::Mixed => next.dice.below(100),
        Phase::People => 30 + next.dice.below(66),
    };
    if kind == 99 {
        return Some(Step::DropOlder);
    }
    let command = next.command(kind)?;
    let role = match next.dice.below(20) {
        0..13 => "admin",
        13..16 => "agent-merge",
        16..18 => "agent",
        _ => "supervisor",
    };
    let name = next.dice.one(&["Ava", "Bea"]);
    Some(Step::Act {
        actor: by(name, role),
        command,
    })
}

/// Chooses among what is there.
pub struct Next<'a> {
    pub dice: &'a mut Dice,
    pub world: &'a World,
    pub journal: &'a [Entry],
    pub now: Moment,
}

impl Next<'_> {
    fn command(&mut self, kind: usize) -> Option<Command> {
        Some(match kind {
            0..22 => Command::Resolve(Box::new(seen::conversation(self))),
            22..28 => Command::ResolveVisit(Box::new(seen::visit(self))),
            98.. => self.erase()?,
            28..30 | 96.. => Command::Expire {
                contact: self.contact()?,
            },
            30..34 => Command::Promote {
                contact: self.contact()?,
                edits: self.form(),
            },
            34..40 => self.create(),
            40..47 => Command::Edit {
                contact: self.contact()?,
                edits: self.edits(1),
            },
            47..54 => Command::Link {
                conversation: self.known()?,
                contact: self.contact()?,
                claiming: self.dice.one(&[Claiming::Leave, Claiming::Move]),
            },
            54..59 => Command::Unlink {
                conversation: self.known()?,
                sharing: self
                    .dice
                    .one(&[Sharing::Leave, Sharing::Leave, Sharing::Mark]),
            },
            59..65 => self.merge()?,
            65..69 => self.note()?,
            69..71 => Command::Delete {
                contact: self.contact()?,
            },
            71..73 => Command::NotSame {
                one: self.contact()?,
                other: self.contact()?,
            },
            73..76 => Command::Claim {
                contact: self.contact()?,
                identifier: self.identifier(),
            },
            76..79 => self.release()?,
            79..82 => Command::Share {
                identifier: self.identifier(),
            },
            82..84 => self.unshare(),
            84..86 => self.wrap_up()?,
            86..90 => self.import(),
            90..93 => self.undo()?,
            93..96 => self.unmerge()?,
        })
    }

    /// One of the contacts that are there, ancestors too; rarely one that is not.
    pub fn contact(&mut self) -> Option<ContactId> {
        if self.dice.chance(1, 40) {
            let gone: Vec<ContactId> = self.world.deleted.iter().copied().collect();
            return self.dice.pick(&gone);
        }
        let all: Vec<ContactId> = self.world.contacts().map(|one| one.id).collect();
        self.dice.pick(&all)
    }

    pub fn known(&mut self) -> Option<ConversationId> {
        let all: Vec<ConversationId> = self.world.conversations.keys().copied().collect();
        self.dice.pick(&all)
    }

    fn identifier(&mut self) -> Identifier {
        let n = self.dice.below(12);
        match self.dice.below(10) {
            0..4 => phone(&number(n)),
            4..6 => email(&address(n)),
            6 => whatsapp(&number(n)),
            7 => external(&crm(n)),
            _ => cookie(&browser(n)),
        }
    }

    /// Now and then with no reason, or with one that names a person.
    fn erase(&mut self) -> Option<Command> {
        let reasons = ["asked by letter", "asked by letter", "Nolan asked", " "];
        Some(Command::Erase {
            contact: self.contact()?,
            reason: self.dice.one(&reasons).to_owned(),
        })
    }

    fn create(&mut self) -> Command {
        let link = if self.dice.chance(1, 2) {
            self.known()
        } else {
            None
        };
        Command::Create {
            fields: Box::new(self.fields()),
            link,
        }
    }

    /// A merge of mostly two contacts, now and then with a side chosen.
    fn merge(&mut self) -> Option<Command> {
        let count = self.dice.one(&[2, 2, 2, 2, 3, 3, 4, 1, 26]);
        let contacts: Vec<ContactId> = (0..count).map(|_| self.contact()).collect::<Option<_>>()?;
        let fields = [
            Field::LastName,
            Field::CellPhone,
            Field::PersonalEmail,
            Field::City,
        ];
        let takes =
            (0..self.dice.below(3)).map(|_| (self.dice.one(&fields), self.dice.one(&contacts)));
        let takes = takes.collect();
        let sure = self.dice.one(&[Sure::AskedOnce, Sure::AskedTwice]);
        Some(Command::Merge {
            contacts,
            takes,
            sure,
        })
    }

    fn note(&mut self) -> Option<Command> {
        let notes: Vec<_> = self.world.notes().map(|(id, _)| *id).collect();
        let text = self
            .dice
            .one(&["first", " second ", "third", " "])
            .to_owned();
        Some(match self.dice.below(4) {
            0 => Command::EditNote {
                note: self.dice.pick(&notes)?,
                text,
            },
            1 => Command::DeleteNote {
                note: self.dice.pick(&notes)?,
            },
            _ => Command::AddNote {
                contact: self.contact()?,
                text,
            },
        })
    }

    /// Mostly a claim that somebody holds.
    fn release(&mut self) -> Option<Command> {
        let held = self.world.claims();
        let held: Vec<_> = held
            .map(|(one, claim)| (one.clone(), claim.contact))
            .collect();
        let (identifier, contact) = self.dice.pick(&held)?;
        let contact = if self.dice.chance(1, 8) {
            self.contact()?
        } else {
            contact
        };
        Some(Command::Release {
            contact,
            identifier,
        })
    }

    fn unshare(&mut self) -> Command {
        let marks: Vec<Identifier> = self.world.marks().map(|(key, _)| key.clone()).collect();
        let identifier = self.dice.pick(&marks).unwrap_or_else(|| self.identifier());
        Command::Unshare { identifier }
    }

    fn wrap_up(&mut self) -> Option<Command> {
        Some(Command::WrapUp {
            conversation: self.known()?,
            code: self.dice.one(&["sale", "refund", " "]).to_owned(),
            notes: self
                .dice
                .one(&[None, Some("paid"), Some(" ")])
                .map(str::to_owned),
        })
    }

    fn import(&mut self) -> Command {
        let all = [Match::ExternalId, Match::Phone, Match::Email];
        let orders = [
            all.to_vec(),
            all.to_vec(),
            vec![all[0]],
            vec![all[2], all[1]],
        ];
        let company = self
            .dice
            .one(&[None, None, None, Some("Acme"), Some("Dunne & Sons")]);
        Command::Import(Box::new(ImportRow {
            fields: self.fields(),
            company: company.map(str::to_owned),
            matching: self.dice.one(&orders),
            batch: 1,
        }))
    }

    /// Mostly one of the latest entries.
    fn undo(&mut self) -> Option<Command> {
        let len = self.journal.len();
        let entry = match self.dice.below(4) {
            0 => self.dice.below(len + 2),
            _ => len.saturating_sub(self.dice.below(6)),
        };
        Some(Command::Undo {
            entry: EntryId(entry as u64),
        })
    }
}
