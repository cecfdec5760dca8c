//! One history: steps done to the model and to engine and SQLite, compared after each.

use std::mem::discriminant;

use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::{Actor, Command, Moment, Plan, Refusal};
use scv_desk::store::Applied;

use super::desk::Desk;
use super::dice::Dice;
use super::generate::{self, Phase, Step};
use super::rename::rename;
use super::turn::{LIFE_DAYS, Settings, Turn};
use super::world::{Entry, Moved, World};
use super::{compare, expire, forget};
use crate::world::{START, by};

/// Steps after which everything is compared, not only what was touched.
const WHOLE_EVERY: usize = 64;
/// Steps of a mixed phase and of one of people's actions, which is undone in reverse at its end.
const MIXED: usize = 60;
const PEOPLE: usize = 40;

/// A history as it goes.
pub struct History {
    pub seed: u64,
    pub world: World,
    pub journal: Vec<Entry>,
    settings: Settings,
    desk: Desk,
    now: Moment,
    pub done: Counted,
    /// What was done, for people who look for a fault.
    pub told: Vec<String>,
}

/// What was done in a history.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counted {
    pub steps: usize,
    pub refused: usize,
    pub entries: usize,
    pub undone: usize,
    pub unmerged: usize,
    pub erased: usize,
}

/// Where both first disagree.
#[derive(Debug)]
pub struct Fault {
    pub step: usize,
    pub what: String,
    pub told: Vec<String>,
}

impl History {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            world: World::default(),
            journal: Vec::new(),
            settings: generate::settings(&mut Dice::of_step(seed, u64::MAX)),
            desk: Desk::open(),
            now: START,
            done: Counted::default(),
            told: Vec::new(),
        }
    }

    /// Goes through the steps that `kept` keeps; `Err` at the first that both do not agree about.
    pub fn go(mut self, steps: usize, kept: &dyn Fn(usize) -> bool) -> Result<Counted, Fault> {
        let mut before: Option<(usize, Vec<String>)> = None;
        for step in 0..steps {
            let phase = match step % (MIXED + PEOPLE) {
                0..MIXED => Phase::Mixed,
                _ => Phase::People,
            };
            if step % (MIXED + PEOPLE) == MIXED {
                before = Some((self.journal.len(), self.desk.dump()));
            }
            if kept(step)
                && let Err(what) = self.step(step, phase)
            {
                return Err(self.fault(step, what));
            }
            let ends = (step + 1) % (MIXED + PEOPLE) == 0 || step + 1 == steps;
            if ends
                && let Some((entries, dump)) = before.take()
                && let Err(what) = self.undo_all(entries, dump)
            {
                return Err(self.fault(step, what));
            }
        }
        match self.sound() {
            Ok(()) => Ok(self.done),
            Err(what) => Err(self.fault(steps, what)),
        }
    }

    fn fault(self, step: usize, what: String) -> Fault {
        Fault {
            step,
            what,
            told: self.told,
        }
    }

    fn sound(&mut self) -> Result<(), String> {
        compare::whole(&self.desk, &self.world, &self.journal)?;
        let broken = self.desk.check();
        if broken.is_empty() {
            Ok(())
        } else {
            Err(format!("broken: {broken:#?}"))
        }
    }

    fn step(&mut self, number: usize, phase: Phase) -> Result<(), String> {
        let mut dice = Dice::of_step(self.seed, number as u64);
        self.now = self.now.plus_ms(generate::wait(&mut dice));
        if dice.chance(1, 50) {
            self.settings = generate::settings(&mut dice);
        }
        let step = generate::step(&mut dice, phase, &self.world, &self.journal, self.now);
        match step {
            None => Ok(()),
            Some(Step::DropOlder) => self.drop_older(),
            Some(Step::Act { actor, command }) => {
                self.act(number, &actor, dice.next(), &command).map(drop)
            }
        }?;
        if (number + 1).is_multiple_of(WHOLE_EVERY) {
            compare::whole(&self.desk, &self.world, &self.journal)?;
        }
        Ok(())
    }

    fn drop_older(&mut self) -> Result<(), String> {
        let before = self.now.minus_days(LIFE_DAYS);
        self.told
            .push(format!("-- {} drop older than {before}", self.now));
        self.done.steps += 1;
        let (store, was) = (self.desk.drop_older(before), self.world.clone());
        let model = expire::drop_older(&mut self.world, before);
        expire::forget_dropped(&mut self.journal, &was, &self.world);
        if store != model {
            return Err(format!("retention removed {store}, the model says {model}"));
        }
        compare::whole(&self.desk, &self.world, &self.journal)
    }

    /// Does one command to both; true when it was not refused.
    fn act(
        &mut self,
        number: usize,
        actor: &Actor,
        seed: u64,
        command: &Command,
    ) -> Result<bool, String> {
        self.done.steps += 1;
        let who = (actor, self.now);
        let model = Turn::take(&self.world, &self.journal, &self.settings, who, command);
        let stored = self
            .desk
            .act(actor, self.now, seed, &self.settings, command);
        self.tell(number, actor, command, &stored);
        let (done, (applied, plan)) = match (model, stored) {
            (Err(model), Err(stored)) => {
                self.done.refused += 1;
                return agree(&model, &stored).map(|()| false);
            }
            (Ok(_), Err(stored)) => return Err(format!("only the engine refuses: {stored}")),
            (Err(model), Ok((_, plan))) => {
                return Err(format!(
                    "only the model refuses: {model}\n{}",
                    plan_told(&plan)
                ));
            }
            (Ok(done), Ok(stored)) => (done, stored),
        };
        let (done, moved) = rename(&self.world, done, &plan);
        compare::touched(&self.desk, &self.world, &done.world, &moved, &plan)
            .map_err(|what| format!("{what}\n{}", plan_told(&plan)))?;
        if moved.is_empty() != applied.entry.is_none() {
            return Err(format!(
                "entry {:?}, the model moved {moved:#?}",
                applied.entry
            ));
        }
        // Whom an undo names is for people to read.
        let contact = match command.action() {
            Action::Undo => applied.contact,
            _ => done.contact,
        };
        if contact != applied.contact {
            return Err(format!(
                "ends at {:?}, the model says {:?}",
                applied.contact, done.contact
            ));
        }
        let erases = command.action() == Action::Erase;
        if erases {
            forget::forget(&self.desk, &self.world, &moved, &mut self.journal)?;
        }
        if applied.entry.is_some() {
            self.journal(actor, command, moved, &applied, done.undoes);
        }
        self.world = done.world;
        if erases {
            compare::whole(&self.desk, &self.world, &self.journal)?;
        }
        if applied
            .entry
            .is_some_and(|entry| entry.0 as usize != self.journal.len())
        {
            return Err(format!(
                "{:?}, the model has {}",
                applied.entry,
                self.journal.len()
            ));
        }
        Ok(true)
    }

    fn journal(
        &mut self,
        actor: &Actor,
        command: &Command,
        moved: Vec<Moved>,
        applied: &Applied,
        undoes: Option<usize>,
    ) {
        let (contact, conversation) = (applied.contact, applied.conversation);
        self.done.entries += 1;
        let action = command.action();
        self.done.unmerged += usize::from(action == Action::Unmerge);
        self.done.erased += usize::from(action == Action::Erase);
        if action == Action::Expire {
            let gone = expire::gone(&moved);
            expire::forget(&mut self.journal, &gone);
            expire::forget_first(&mut self.journal, &self.world, &gone);
        }
        let left = moved
            .iter()
            .filter_map(|one| one.before.as_ref()?.points_at());
        let gone = left.filter(|id| self.world.contact(id).is_none()).collect();
        let went = expire::gone(&moved).into_iter();
        let seen = went
            .map(|id| (id, self.world.seen.get(&id).copied()))
            .collect();
        let keeps = !matches!(action, Action::Expire | Action::Erase);
        let moved = keeps.then_some(moved);
        let actor = actor.name.clone();
        self.journal.push(Entry {
            actor,
            action,
            contact,
            conversation,
            moved,
            undoes,
            gone,
            seen,
        });
    }

    fn tell(
        &mut self,
        number: usize,
        actor: &Actor,
        command: &Command,
        stored: &super::desk::Answer,
    ) {
        let came = match stored {
            Ok((applied, _)) => format!("{:?} {:?}", applied.entry, applied.contact),
            Err(refusal) => format!("refused: {refusal}"),
        };
        let (who, role) = (&actor.name, &actor.role.name);
        self.told.push(format!(
            "{number} {} {who} ({role}) {}\n    => {came}",
            self.now,
            command_told(command)
        ));
    }

    /// Takes back what people did since, the last first: everything stands as it stood.
    fn undo_all(&mut self, entries: usize, dump: Vec<String>) -> Result<(), String> {
        let admin = by("Ava", "admin");
        for entry in (entries + 1..=self.journal.len()).rev() {
            let command = Command::Undo {
                entry: EntryId(entry as u64),
            };
            let came = self.act(0, &admin, entry as u64, &command)?;
            self.done.undone += usize::from(came);
        }
        let after = self.desk.dump();
        if after != dump {
            let only = dump.iter().filter(|line| !after.contains(line));
            let rest = after.iter().filter(|line| !dump.contains(line));
            let (only, rest): (Vec<_>, Vec<_>) = (only.collect(), rest.collect());
            return Err(format!(
                "undone in reverse, but\n  was {only:#?}\n  is {rest:#?}"
            ));
        }
        Ok(())
    }
}

fn command_told(command: &Command) -> String {
    match command {
        Command::Resolve(seen) => format!("resolve {}", serde_json::to_string(seen).unwrap()),
        Command::ResolveVisit(seen) => format!("visit {}", serde_json::to_string(seen).unwrap()),
        Command::Create { fields, link } => {
            format!("create {} {link:?}", serde_json::to_string(fields).unwrap())
        }
        Command::Import(row) => {
            let fields = serde_json::to_string(&row.fields).unwrap();
            format!("import {fields} {:?} {:?}", row.company, row.matching)
        }
        other => format!("{other:?}"),
    }
}

fn plan_told(plan: &Plan) -> String {
    let told = |change| format!("  {}\n", serde_json::to_string(change).unwrap());
    plan.changes.iter().map(told).collect()
}

/// Both say no for the same reason. Where an organization and something else stand in the way of an undo, no
/// rule says which is named.
fn agree(model: &Refusal, stored: &Refusal) -> Result<(), String> {
    let in_the_way = |refusal: &Refusal| {
        matches!(
            refusal,
            Refusal::ChangedSince { .. } | Refusal::ToAssign { .. } | Refusal::HasMembers { .. }
        )
    };
    let member = |refusal: &Refusal| matches!(refusal, Refusal::HasMembers { .. });
    let either = (member(model) || member(stored)) && in_the_way(model) && in_the_way(stored);
    let same = match (model, stored) {
        (Refusal::ToAssign { .. }, Refusal::ToAssign { .. }) => model == stored,
        _ => discriminant(model) == discriminant(stored),
    };
    match same || either {
        true => Ok(()),
        false => Err(format!(
            "the engine refuses: {stored}\n  the model refuses: {model}"
        )),
    }
}
