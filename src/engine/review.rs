//! What supervisors do: marks on decisions, saved filters, and what is only recorded because somebody may ask
//! who looked (`design/rules.md` §9).

use crate::domain::change::{Change, Payload};
use crate::domain::command::{Action, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::facts::{Facts, Halt};
use crate::domain::review::{Filter, Kept, Key, Mark, NAME_CHARS_MAX, NOTE_CHARS_MAX, Verdict};
use crate::domain::{Plan, Refusal};

use super::Context;

/// Says of a decision whether it is right, in place of what was said of it before.
pub fn mark(
    id: EntryId,
    verdict: Verdict,
    note: Option<&str>,
    context: &Context,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let entry = facts.entry_if_any(&id)?.as_ref();
    let entry = entry.ok_or(Refusal::NoEntry(id))?;
    if !is_marked(entry.action) {
        let why = format!("entry {id} is no link, unlink, promotion or merge; mark one of those");
        return Err(Refusal::BadValue(why).into());
    }
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
        let why =
            format!("the note of a mark is longer than {NOTE_CHARS_MAX} characters; shorten it");
        return Err(Refusal::BadValue(why).into());
    }
    let mut plan = Plan::new(Action::Mark);
    let changes = entry.changes.iter().flatten();
    plan.contact = changes.clone().flat_map(Change::contacts).next();
    plan.conversation = changes.clone().find_map(|change| match change {
        Change::Link { conversation, .. } => Some(*conversation),
        _ => None,
    });
    let key = Key::Mark(id);
    let before = facts.review(&key)?.clone().map(Box::new);
    let after = Mark {
        verdict,
        note: note.map(str::to_owned),
        by: context.actor.name.clone(),
        at: context.at,
    };
    let is_same = matches!(before.as_deref(), Some(Kept::Mark(mark))
        if (mark.verdict, &mark.note, &mark.by) == (after.verdict, &after.note, &after.by));
    if !is_same {
        let after = Some(Box::new(Kept::Mark(after)));
        plan.changes.push(Change::Review { key, before, after });
    }
    Ok(plan)
}

/// What can be right or wrong.
const fn is_marked(action: Action) -> bool {
    matches!(
        action,
        Action::Resolve | Action::Link | Action::Unlink | Action::Promote | Action::Merge
    )
}

/// Keeps a filter under a name of the actor's own.
pub fn save(name: &str, filter: &Filter, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let key = own(name, context)?;
    let mut plan = Plan::new(Action::SaveFilter);
    let before = facts.review(&key)?.clone().map(Box::new);
    let after = Kept::Filter(filter.clone());
    if before.as_deref() != Some(&after) {
        let after = Some(Box::new(after));
        plan.changes.push(Change::Review { key, before, after });
    }
    Ok(plan)
}

/// Forgets the actor's filter of that name.
pub fn forget(name: &str, context: &Context, facts: &Facts) -> Result<Plan, Halt> {
    let key = own(name, context)?;
    let mut plan = Plan::new(Action::ForgetFilter);
    let Some(before) = facts.review(&key)?.clone() else {
        let why = format!("there is no filter {name:?}; `scv review filters` lists them");
        return Err(Refusal::BadValue(why).into());
    };
    plan.changes.push(Change::Review {
        key,
        before: Some(Box::new(before)),
        after: None,
    });
    Ok(plan)
}

fn own(name: &str, context: &Context) -> Result<Key, Refusal> {
    let name = name.trim();
    let length = name.chars().count();
    if !(1..=NAME_CHARS_MAX).contains(&length) || name.chars().any(char::is_control) {
        let why =
            format!("a filter is named in 1 to {NAME_CHARS_MAX} letters; choose another name");
        return Err(Refusal::BadValue(why));
    }
    Ok(Key::Filter {
        owner: context.actor.name.clone(),
        name: name.to_owned(),
    })
}

/// Records that somebody looked at a person.
pub fn view(contact: ContactId, facts: &Facts) -> Result<Plan, Halt> {
    let mut plan = Plan::new(Action::View);
    plan.contact = Some(facts.contact(contact)?.id);
    plan.payload = Payload::Reason("looked through for a review".to_owned());
    Ok(plan)
}

/// Records that somebody took a list out, or all that is known of a person.
pub fn export(
    what: &str,
    rows: u64,
    contact: Option<ContactId>,
    facts: &Facts,
) -> Result<Plan, Halt> {
    let mut plan = Plan::new(Action::Export);
    plan.contact = match contact {
        Some(contact) => Some(facts.contact(contact)?.id),
        None => None,
    };
    plan.payload = Payload::Reason(match contact {
        Some(_) => what.to_owned(),
        None => format!("{rows} rows: {what}"),
    });
    Ok(plan)
}
