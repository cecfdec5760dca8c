//! Undoing an entry of the history: asked with what comes back.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use crate::backend::view::{HistoryDetail, HistoryLine};
use crate::domain::command::Command;
use crate::tui::text;
use crate::tui::theme::Role;

/// Most changes that are told one by one.
const TOLD_MAX: usize = 6;
/// The longest value in a sentence, in columns.
const VALUE_COLUMNS_MAX: usize = 40;

/// The question of an undo.
pub fn undo(line: &HistoryLine, who: &str) -> Ask {
    let question = format!("#{}: {who} {}", line.id, line.sentence);
    let mut ask = Ask::new("Undo", question);
    for back in line.details.iter().rev().take(TOLD_MAX) {
        ask = ask.telling(comes_back(back), Role::Muted);
    }
    let more = line.details.len().saturating_sub(TOLD_MAX) + line.more_details;
    if more > 0 {
        let more = super::words::counted(more, "more change is", "more changes are");
        ask = ask.telling(format!("{more} taken back too"), Role::Muted);
    }
    let command = Command::Undo { entry: line.id };
    let said = format!("#{} undone: {}", line.id, line.sentence);
    let yes = Choice::new(
        'y',
        "Yes, undo it",
        "the undo is in the history and can be undone",
    );
    let no = Choice::new('n', "No, leave it", "");
    ask.answers(
        vec![(yes, Answer::run(command, said)), (no, Answer::Leave)],
        0,
    )
}

/// What a change will be again.
fn comes_back(detail: &HistoryDetail) -> String {
    let short = |value: &str| text::fit(&text::clean_line(value), VALUE_COLUMNS_MAX);
    let HistoryDetail { of, what, .. } = detail;
    let of = short(of);
    match (&detail.before, &detail.after) {
        (Some(before), _) => format!("{of}: {what} {} again", short(before)),
        (None, Some(after)) => format!("{of}: {what} no longer {}", short(after)),
        (None, None) => format!("{of}: {what}"),
    }
}
