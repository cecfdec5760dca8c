//! What is said about changes: one sentence a change, what else happened, and how to take it back.

use super::action::Action;
use super::context::Context;
use super::pane::sign;
use super::time;
use crate::backend::Trouble;
use crate::backend::view::{HistoryLine, RosterLine};
use crate::domain::command::{Action as Done, Outcome, Remark};
use crate::domain::contact::ContactId;
use crate::domain::conversation::Status;

/// The sentences for a change that was made, what matters most first.
pub fn done(said: &str, outcome: &Outcome, context: &Context<'_>) -> Vec<String> {
    let mut sentences = match outcome.entry {
        Some(_) => vec![sign::sentence(said)],
        None => vec!["Nothing had to change".to_owned()],
    };
    // After an undo, and after a merge was taken back, the key goes on to the change before.
    let is_undo = matches!(outcome.action, Done::Undo | Done::Unmerge);
    let is_final = outcome.remarks.contains(&Remark::Final);
    let is_open = !is_undo && !is_final && outcome.action.can_be_undone();
    let key = context.keymap.label(Action::Undo).filter(|_| is_open);
    if let (Some(_), Some(key)) = (outcome.entry, key) {
        // Before the remarks: a line that is too short cuts what comes last.
        sentences.push(format!("{key} undoes it"));
    }
    let told = outcome.remarks.iter().enumerate();
    let told = told.filter(|(at, remark)| !is_twin(remark, &outcome.remarks[..*at]));
    sentences.extend(told.map(|(_, remark)| sign::sentence(&of_remark(remark, context))));
    sentences
}

/// Whether the number of a remark went to the same contact before, as a phone or on WhatsApp.
fn is_twin(remark: &Remark, before: &[Remark]) -> bool {
    let number = |remark: &Remark| match remark {
        Remark::Offered { identifier, to } => Some((identifier.number()?, *to)),
        _ => None,
    };
    let own = number(remark);
    own.is_some() && before.iter().any(|other| number(other) == own)
}

/// What is true once an entry was taken back that this desk has no words for.
pub fn undone(line: &HistoryLine) -> String {
    let undone = line.sentence.strip_prefix("undid ");
    match (line.undoes, undone.filter(|one| one.contains(": "))) {
        (Some(_), Some(undone)) => format!("done again: {undone}"),
        (Some(_), None) | (None, _) => format!("#{} undone: {}", line.id, line.sentence),
    }
}

/// The sentence for something that did not work, named by what was tried.
pub fn failed(tried: &str, trouble: &Trouble) -> String {
    format!("{}: {trouble}", sign::sentence(tried))
}

/// The sentence for a change that was not known and was made.
pub fn made_after_all(tried: &str) -> String {
    format!("{}: it was made after all", sign::sentence(tried))
}

/// The sentence for a change that was not known and was not made.
pub fn not_made(tried: &str) -> String {
    format!(
        "{}: it was not made; do it again if it is still wanted",
        sign::sentence(tried)
    )
}

/// The sentence that announces a conversation. It names no number of the roster: that changes while it stands.
pub fn announced(line: &RosterLine) -> String {
    let what = line.channel.word();
    let state = if line.status == Status::Waiting {
        "waits"
    } else {
        "is here"
    };
    let who = line.name.as_deref().map(str::to_owned).or_else(|| {
        let said = line.provided_name.as_deref()?;
        Some(format!("somebody who says {said}"))
    });
    let who = who.or_else(|| Some(sign::address(line.channel, line.address.as_deref()?)));
    let who = who.unwrap_or_else(|| match line.channel.word_without_address() {
        "withheld" => "a withheld number".to_owned(),
        _ => "somebody without an address".to_owned(),
    });
    let from = match line.direction {
        crate::domain::Direction::Inbound => "from",
        crate::domain::Direction::Outbound => "to",
    };
    format!("A new {what} {from} {who} {state}")
}

fn of_remark(remark: &Remark, context: &Context<'_>) -> String {
    let name = |contact: &ContactId| match context.scene.name_of(*contact) {
        Some(name) => name.to_owned(),
        None => format!("contact {}", contact.brief()),
    };
    match remark {
        Remark::OnCanonical { canonical, .. } => {
            format!(
                "the contact had been merged, so {} was changed",
                name(canonical)
            )
        }
        Remark::KeepsType {
            expires: Some(expires),
        } => {
            let date = time::long_date(*expires, context.tz);
            format!("the contact is not kept: it expires {date}")
        }
        Remark::HeldBy { identifier, holder } => {
            format!("{identifier} stays with {}, who has it now", name(holder))
        }
        Remark::Offered { identifier, to } => format!("{identifier} now belongs to {}", name(to)),
        Remark::MarkedShared {
            identifier,
            suggests,
        } => {
            let names: Vec<String> = suggests.iter().map(name).collect();
            match names.is_empty() {
                true => format!("{identifier} links nobody by itself"),
                false => format!("{identifier} suggests {}", names.join(" and ")),
            }
        }
        Remark::Took { .. }
        | Remark::Removed { .. }
        | Remark::Imported { .. }
        | Remark::KeepsType { expires: None }
        | Remark::AlreadyCurated
        | Remark::PastRetention
        | Remark::AlreadyKnown
        | Remark::Final
        | Remark::NotScrubbed { .. }
        | Remark::NoSlot { .. } => remark.to_string(),
    }
}
