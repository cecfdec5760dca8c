//! Unmerge: a merge is taken back although things came to the canonical contact since, each of which goes to
//! one side (`design/rules.md` §7). Inner merges of a tree too: one side stays in the tree, the others leave it.

mod apply;
mod fields;
mod released;
mod since;
mod split;

use crate::domain::command::{Action, EntryId, Remark};
use crate::domain::contact::ContactId;
use crate::domain::facts::{Facts, Halt};
use crate::domain::unmerge::{Since, Unmerging};
use crate::domain::{Plan, Refusal};

use super::Context;
use super::draft::Draft;
use split::Split;

/// Who gets what of what came since; what nobody names goes by the rules of `Lead`.
pub type Sides = [(Since, ContactId)];

/// What taking back the merge of `entry` comes to, before it is done; refused where that would be.
pub fn review(
    entry: EntryId,
    chosen: &Sides,
    context: &Context,
    facts: &Facts,
) -> Result<Unmerging, Halt> {
    let draft = Draft::new(Action::Unmerge, context, facts);
    let split = Split::of(entry, &draft)?;
    let stays = split.stays(chosen)?;
    let items = split.items(&draft, stays, chosen)?;
    let elsewhere = split.elsewhere(&draft, stays, &items)?;
    Ok(Unmerging {
        entry,
        canonical: split.now.id,
        head: split.head(),
        sides: split.sides.iter().map(|side| side.contact.id).collect(),
        items,
        elsewhere,
    })
}

/// Takes the merge of `entry` back: its inputs come back with their own values and identifiers, and what came
/// since goes where `chosen` or the rule says.
pub fn unmerge(
    entry: EntryId,
    chosen: &Sides,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut draft = Draft::new(Action::Unmerge, context, facts);
    let split = Split::of(entry, &draft)?;
    let stays = split.stays(chosen)?;
    let items = split.items(&draft, stays, chosen)?;
    for (item, side) in chosen {
        let listed = items.iter().any(|one| one.item == *item);
        if !listed {
            let what = format!(
                "{} did not come since this merge; look at the preview",
                item.word()
            );
            return Err(Refusal::BadValue(what).into());
        }
        split.side(*side)?;
    }
    let elsewhere = split.elsewhere(&draft, stays, &items)?;
    apply::apply(&mut draft, &split, stays, &items)?;
    for (identifier, holder) in elsewhere {
        draft.remark(Remark::HeldBy { identifier, holder });
    }
    draft.plan.undoes = split.undoes;
    draft.plan.contact = split.sides.first().map(|side| side.contact.id);
    draft.finish()
}
