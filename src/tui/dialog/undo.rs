//! Undoing an entry of the history: asked with what comes back.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::{counted, short};
use crate::backend::view::{HistoryDetail, HistoryLine};
use crate::domain::command::Command;
use crate::tui::context::Context;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::words;

/// Most changes that are told one by one.
const TOLD_MAX: usize = 6;

/// The question of an undo of what the agent did last, but not on this desk.
pub fn undo_earlier(line: &HistoryLine, context: &Context<'_>) -> Ask {
    let done = format!("You {}", line.sentence);
    let day = time::day(
        time::date(line.at, context.tz),
        time::date(context.present, context.tz),
    );
    let at = time::clock(line.at, context.tz);
    let when = format!("{day} {at}, before this desk was opened");
    asked(line, Ask::new("Undo", done).telling(when, Role::Warning))
}

/// The question of an undo.
pub fn undo(line: &HistoryLine) -> Ask {
    let question = format!("#{}: {} {}", line.id, line.actor, line.sentence);
    asked(line, Ask::new("Undo", question))
}

fn asked(line: &HistoryLine, mut ask: Ask) -> Ask {
    let told = comes_back(&line.details);
    let more = told.len().saturating_sub(TOLD_MAX) + line.more_details;
    for words in told.into_iter().take(TOLD_MAX) {
        ask = ask.telling(words, Role::Muted);
    }
    if more > 0 {
        let more = counted(more, "more change is", "more changes are");
        ask = ask.telling(format!("{more} taken back too"), Role::Muted);
    }
    let command = Command::Undo { entry: line.id };
    let said = words::undone(line);
    let yes = Choice::new(
        'y',
        "Yes, undo it",
        "the undo is in the history and can be undone",
    );
    let no = Choice::new('n', "No, leave it", "");
    let answers = vec![(yes, Answer::run(command, said)), (no, Answer::Leave)];
    ask.answers(answers, 0)
}

/// What will be again, the last change first. A contact that comes or goes is told in one sentence.
fn comes_back(details: &[HistoryDetail]) -> Vec<String> {
    let is_whole = |detail: &HistoryDetail| {
        detail.what == "type" && (detail.before.is_none() || detail.after.is_none())
    };
    let of_whole = |detail: &HistoryDetail| {
        let mut whole = details.iter().filter(|one| is_whole(one));
        whole.any(|one| one.of == detail.of)
    };
    let told = details
        .iter()
        .rev()
        .filter(|detail| is_whole(detail) || !of_whole(detail));
    told.map(|detail| match is_whole(detail) {
        true => comes_or_goes(detail),
        false => is_again(detail),
    })
    .collect()
}

fn comes_or_goes(detail: &HistoryDetail) -> String {
    match detail.before {
        Some(_) => format!("{} comes back", short(&detail.of)),
        None => format!("{} goes", short(&detail.of)),
    }
}

fn is_again(detail: &HistoryDetail) -> String {
    let of = short(&detail.of);
    let what = &detail.what;
    match (&detail.before, &detail.after) {
        (Some(before), _) => format!("{of}: {what} {} again", short(before)),
        (None, Some(after)) => format!("{of}: {what} {} no longer", short(after)),
        (None, None) => format!("{of}: {what}"),
    }
}
