//! Meeting needs and ranking: which answers meet all needs, and how well. Written once for sets of documents
//! (segments) and for single documents (recent writes, marking), so that both mean the same.

use super::SearchError;
use super::query::{Leaf, Need};

/// Ranks of hits, best first: every word whole in the name; every word whole; every word but one whole in the
/// name and that one begun there; every word begun in the name; every word begun anywhere; and where a few
/// digits are but the end of a phone number.
pub(super) const RANKS: usize = 6;

/// Whether one typo is forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Exact,
    Forgiving,
}

/// Whether something, or which of many, meets a need.
pub(super) trait Answer: Clone {
    fn or(self, other: &Self) -> Self;
    fn and(self, other: &Self) -> Self;
}

impl Answer for bool {
    fn or(self, other: &Self) -> Self {
        self | *other
    }

    fn and(self, other: &Self) -> Self {
        self & *other
    }
}

/// What meets a need, by how well. Each is part of those it implies, and all of the last.
#[derive(Clone, Debug, Default)]
pub(super) struct Met<A> {
    pub whole_name: A,
    pub whole: A,
    pub name: A,
    pub begun: A,
    pub found: A,
}

impl<A: Answer> Met<A> {
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            whole_name: self.whole_name.or(&other.whole_name),
            whole: self.whole.or(&other.whole),
            name: self.name.or(&other.name),
            begun: self.begun.or(&other.begun),
            found: self.found.or(&other.found),
        }
    }

    fn and(self, other: &Self) -> Self {
        Self {
            whole_name: self.whole_name.and(&other.whole_name),
            whole: self.whole.and(&other.whole),
            name: self.name.and(&other.name),
            begun: self.begun.and(&other.begun),
            found: self.found.and(&other.found),
        }
    }
}

/// Answers single leaves.
pub(super) trait Source {
    type Answer: Answer;

    fn meet(&mut self, leaf: &Leaf, mode: Mode) -> Result<Met<Self::Answer>, SearchError>;
}

/// What meets all needs, by rank; each rank may repeat what a better one holds. `None` without needs.
pub(super) fn ranked<S: Source>(
    needs: &[Need],
    source: &mut S,
    mode: Mode,
) -> Result<Option<[S::Answer; RANKS]>, SearchError> {
    let met = needs
        .iter()
        .map(|need| meet(need, source, mode))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(all) = met.iter().cloned().reduce(|all, next| all.and(&next)) else {
        return Ok(None);
    };
    let but_one = (0..met.len())
        .map(|one| {
            let others = met.iter().enumerate().filter(|(at, _)| *at != one);
            others.fold(met[one].name.clone(), |so_far, (_, other)| {
                so_far.and(&other.whole_name)
            })
        })
        .reduce(|so_far, next| so_far.or(&next))
        .unwrap_or_else(|| all.name.clone());
    Ok(Some([
        all.whole_name,
        all.whole,
        but_one,
        all.name,
        all.begun,
        all.found,
    ]))
}

/// Whether any of the lists of needs, or the single leaf, is met.
fn meet<S: Source>(need: &Need, source: &mut S, mode: Mode) -> Result<Met<S::Answer>, SearchError> {
    let lists = match need {
        Need::One(leaf) => return source.meet(leaf, mode),
        Need::Either(lists) => lists,
    };
    let mut either: Option<Met<S::Answer>> = None;
    for list in lists {
        let mut whole_list: Option<Met<S::Answer>> = None;
        for need in list {
            let next = meet(need, source, mode)?;
            whole_list = Some(match whole_list {
                Some(so_far) => so_far.and(&next),
                None => next,
            });
        }
        either = match (either, whole_list) {
            (Some(so_far), Some(next)) => Some(so_far.or(&next)),
            (so_far, next) => so_far.or(next),
        };
    }
    either.ok_or(SearchError::Damaged("a query"))
}
