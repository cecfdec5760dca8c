//! Two contacts are different people: remembered, so that nobody suggests to merge them again.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::search::Search;
use super::words::{name_of_brief, short};
use crate::backend::view::Brief;
use crate::domain::command::Command;
use crate::tui::effect::Said;
use crate::tui::theme::Role;

/// The question, once both contacts are known.
pub fn not_same(one: &Brief, other: &Brief, from: Option<Box<Search>>) -> Ask {
    let (first, second) = (name_of_brief(one), name_of_brief(other));
    let command = Command::NotSame {
        one: one.id,
        other: other.id,
    };
    let yes = Choice::new('y', "Yes, they are different people", told_apart(other));
    let said = Said::new(
        format!("{first} and {second} marked as different people"),
        format!("no longer told apart: {first} and {second}"),
    );
    let no = Choice::new('n', "No, leave it open", "");
    Ask::new(
        "Not the same",
        format!("{first} and {second} are different people?"),
    )
    .telling(
        "They are no longer suggested for each other, and a merge of them asks twice",
        Role::Muted,
    )
    .from(from)
    .answers(
        vec![(yes, Answer::run(command, said)), (no, Answer::Leave)],
        0,
    )
}

fn told_apart(brief: &Brief) -> String {
    match brief.detail.trim() {
        "" => brief.kind.name().to_owned(),
        detail => format!("{} · {}", short(detail), brief.kind.name()),
    }
}
