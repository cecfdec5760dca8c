//! Merges on the way to who has something by now, and claims that moved, in plain sentences.

use super::super::super::view::{Brief, Claimed, Done, Turn, TurnKind};
use super::super::{LocalBackend, Trouble};
use super::chain::done;
use super::contact::joined;
use crate::domain::change::Change;
use crate::domain::command::Action;
use crate::domain::contact::ContactId;
use crate::domain::identifier::Identifier;
use crate::domain::reason::{Claim, ClaimOrigin};
use crate::store::Entry;

/// Most hands that a claim is followed through.
const HANDS_MAX: usize = 8;
/// Most fields of a merge that are told.
const FIELDS_TOLD: usize = 4;

impl LocalBackend {
    /// Each merge and what became of it in one sentence.
    pub(super) fn turned(&self, turns: &[Turn]) -> Vec<String> {
        turns.iter().map(|turn| self.turn_words(turn)).collect()
    }

    fn turn_words(&self, turn: &Turn) -> String {
        let (who, into) = (turn.contact.in_words(), turn.into.in_words());
        let with: Vec<String> = turn.with.iter().map(Brief::in_words).collect();
        let with = match with.is_empty() {
            true => String::new(),
            false => format!(" with {}", joined(&with)),
        };
        let Some(done) = &turn.done else {
            return match turn.kind {
                TurnKind::Merged | TurnKind::MergedAgain => {
                    format!("{who} was merged into {into}; who did it and when is no longer kept.")
                }
                TurnKind::TakenBack | TurnKind::TakenOut => format!(
                    "The merge of {who} into {into} was taken back; who did it and when is no longer kept."
                ),
            };
        };
        let (by, on, entry) = (by(done), self.time(done.at), done.entry);
        match turn.kind {
            TurnKind::Merged => {
                let taken = taken(turn);
                format!(
                    "{who} was merged{with} into one contact, {into}, by {by} on {on} (entry {entry}{taken})."
                )
            }
            TurnKind::MergedAgain => {
                format!("{who} was merged{with} into {into} again by {by} on {on} (entry {entry}).")
            }
            TurnKind::TakenBack => format!(
                "That merge into {into} was taken back by {by} on {on} (entry {entry}): {who} is a contact \
                of its own again."
            ),
            TurnKind::TakenOut => format!(
                "That merge into {into} was taken back by {by} on {on} (entry {entry}), and {who} stayed with \
                what {into} had been merged into."
            ),
        }
    }

    /// How an identifier came to who held it: the claim, and those before it while they moved from contact to
    /// contact, the first one first.
    pub(super) async fn hands(
        &self,
        identifier: &Identifier,
        claim: &Claim,
    ) -> Result<Vec<Claimed>, Trouble> {
        let mut hands = Vec::new();
        let mut next = Some(claim.clone());
        while let Some(claim) = next.take().filter(|_| hands.len() < HANDS_MAX) {
            let made = self.claimed_by(identifier, &claim).await?;
            let moved = match claim.origin {
                ClaimOrigin::Merged(_) | ClaimOrigin::Taken(_) | ClaimOrigin::Offered(_) => true,
                ClaimOrigin::Conversation(_) | ClaimOrigin::Visit(_) | ClaimOrigin::Created => {
                    false
                }
                ClaimOrigin::Edited | ClaimOrigin::Import(_) | ClaimOrigin::Explicit => false,
            };
            let (entry, before) =
                made.map_or((None, None), |(entry, before)| (Some(entry), before));
            hands.push(Claimed {
                claim,
                entry: entry.as_ref().map(done),
            });
            next = before.filter(|_| moved);
        }
        hands.reverse();
        Ok(hands)
    }

    /// The entry that made a claim and the claim that it replaced, if the journal still has it.
    async fn claimed_by(
        &self,
        identifier: &Identifier,
        claim: &Claim,
    ) -> Result<Option<(Entry, Option<Claim>)>, Trouble> {
        for entry in self.entries_at(claim.contact, claim.at).await? {
            let Some(changes) = self.store.changes(entry.id).await? else {
                return Ok(Some((entry, None)));
            };
            let replaced = changes.into_iter().find_map(|change| match change {
                Change::Claim {
                    identifier: of,
                    before,
                    after: Some(after),
                } if of == *identifier && after == *claim => Some(before),
                _ => None,
            });
            if let Some(before) = replaced {
                return Ok(Some((entry, before)));
            }
        }
        Ok(None)
    }

    /// The name of the contact with exactly this id, for a sentence.
    pub(super) async fn name(&self, id: ContactId) -> Result<String, Trouble> {
        Ok(self.brief_by(id).await?.in_words())
    }
}

/// Who did what an entry records: a person, or what brought it about.
pub(super) fn by(done: &Done) -> String {
    match (done.action, done.batch) {
        (Action::Resolve, _) => "the rule of automatic merges".to_owned(),
        (Action::Import, Some(batch)) => format!("CSV import #{batch} of {}", done.by),
        _ => done.by.clone(),
    }
}

/// Whose values were taken where those who were merged differed.
fn taken(turn: &Turn) -> String {
    let sides = || std::iter::once(&turn.contact).chain(&turn.with);
    let whose = |id: ContactId| sides().find(|side| side.id == id).map(Brief::in_words);
    let fields = turn.taken.iter().filter_map(|(field, id)| {
        let whose = whose(*id)?;
        Some(format!("{} of {whose}", field.label()))
    });
    let mut fields: Vec<String> = fields.collect();
    let more = fields.len().saturating_sub(FIELDS_TOLD);
    fields.truncate(FIELDS_TOLD);
    match (fields.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!("; it took the {}", joined(&fields)),
        (false, more) => format!("; it took the {} and {more} more", fields.join(", ")),
    }
}
