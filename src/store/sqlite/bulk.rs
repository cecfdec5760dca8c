//! Many decisions of one caller, taken in slices: each slice is one transaction.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::apply;
use super::fault::Fault;
use super::writer::{Answer, SEARCHABLE_BULK_MAX, Writer};
use crate::store::{Decision, Keep, NotApplied};

/// Most decisions in a slice.
const SLICE_MAX: usize = 5000;
/// A slice takes no more in after this time.
const SLICE_TIME_MAX: Duration = Duration::from_millis(250);

/// What many decisions came to, and the decisions: taking them apart is the caller's work.
pub type Answers = (Vec<Answer>, Vec<Decision>);

/// Many decisions and what they came to so far.
pub struct Bulk {
    decisions: Vec<Decision>,
    keep: Keep,
    answers: Vec<Answer>,
    /// The decision that a slice stops at, because applying it went wrong, and why.
    broken: Option<(usize, Fault)>,
    reply: oneshot::Sender<Answers>,
}

impl Bulk {
    pub fn new(decisions: Vec<Decision>, keep: Keep, reply: oneshot::Sender<Answers>) -> Self {
        let answers = Vec::with_capacity(decisions.len());
        Self {
            decisions,
            keep,
            answers,
            broken: None,
            reply,
        }
    }

    /// Takes the next slice; true when all is done.
    pub fn slice(&mut self, writer: &mut Writer) -> bool {
        let first = self.answers.len();
        if let Err(fault) = self.take(writer) {
            writer.roll_back();
            self.stopped(writer, first, fault);
        }
        self.answers.len() >= self.decisions.len()
    }

    /// Tells the caller.
    pub fn answer(self) {
        // Nobody may be waiting any more; what was committed stands all the same.
        drop(self.reply.send((self.answers, self.decisions)));
    }

    fn take(&mut self, writer: &mut Writer) -> Result<(), Fault> {
        let first = self.answers.len();
        let stop = self
            .broken
            .as_ref()
            .map_or(self.decisions.len(), |(at, _)| *at);
        let stop = match self.keep {
            Keep::Commit => stop.min(first + SLICE_MAX),
            Keep::Rehearse => stop,
        };
        if first < stop {
            self.decide(writer, stop)?;
        }
        // What came before the broken decision is safe now, so it can be passed over.
        if let Some((at, fault)) = self.broken.take() {
            match at == self.answers.len() {
                true => self
                    .answers
                    .push(Err(NotApplied::Store(writer.error(&fault)))),
                false => self.broken = Some((at, fault)),
            }
        }
        Ok(())
    }

    /// Decides up to `stop` in one transaction.
    fn decide(&mut self, writer: &mut Writer, stop: usize) -> Result<(), Fault> {
        writer.begin()?;
        let started = Instant::now();
        let mut outcomes = Vec::new();
        let mut turn = writer.turn()?;
        for decision in &self.decisions[self.answers.len()..stop] {
            match apply::decide(&mut turn, decision) {
                Ok(outcome) => outcomes.push(outcome),
                Err(fault) => {
                    self.broken = Some((self.answers.len() + outcomes.len(), fault));
                    break;
                }
            }
            if self.keep == Keep::Commit && started.elapsed() >= SLICE_TIME_MAX {
                break;
            }
        }
        if self.broken.as_ref().is_some_and(|(at, _)| *at < stop) {
            return Err(Fault::Misfit("a decision of a slice went wrong".to_owned()));
        }
        match self.keep {
            Keep::Commit => {
                turn.save()?;
                let searchable = turn.searchable;
                writer.commit()?;
                writer.wrote(searchable, SEARCHABLE_BULK_MAX);
            }
            Keep::Rehearse => writer.roll_back(),
        }
        let told = outcomes
            .into_iter()
            .map(|one| one.map_err(|untaken| writer.not_applied(untaken)));
        self.answers.extend(told);
        Ok(())
    }

    /// A slice was rolled back. When one decision is to blame the slice is taken again without it, else
    /// all that is left hears of it.
    fn stopped(&mut self, writer: &Writer, first: usize, fault: Fault) {
        let blamed = self
            .broken
            .as_ref()
            .is_some_and(|(_, fault)| !fault.is_of_the_world());
        if blamed && self.keep == Keep::Commit {
            return;
        }
        let fault = self.broken.take().map_or(fault, |(_, fault)| fault);
        for _ in first..self.decisions.len() {
            self.answers
                .push(Err(NotApplied::Store(writer.error(&fault))));
        }
    }
}
