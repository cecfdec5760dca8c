//! Taking the shared mark off a number or an address: asked with who gets it then.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::name_of_brief;
use crate::backend::Trouble;
use crate::backend::view::Brief;
use crate::domain::Identifier;
use crate::domain::command::Command;
use crate::tui::effect::{Effect, Said};
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;

/// What is said of a mark that was set, and once that was taken back.
pub fn marked(identifier: &Identifier) -> Said {
    let shown = identifier.shown();
    Said::new(
        format!("marked as shared: {shown}"),
        format!("no longer shared: {shown}"),
    )
}

/// The question of taking a mark off.
pub fn unshare(identifier: &Identifier) -> (Ask, Vec<Effect>) {
    let shown = identifier.shown();
    let said = Said::new(
        format!("no longer shared: {shown}"),
        format!("shared again: {shown}"),
    );
    let command = Command::Unshare {
        identifier: identifier.clone(),
    };
    let yes = Choice::new('y', "Yes, take the mark off", "");
    let no = Choice::new('n', "No, it stays shared", "it links nobody by itself");
    let answers = vec![(yes, Answer::run(command, said)), (no, Answer::Leave)];
    Ask::new(
        "Shared",
        format!("{shown} is marked as shared. Take the mark off?"),
    )
    .answers(answers, 1)
    .looking_up(identifier)
}

/// Who gets the identifier once the mark is off.
pub(super) fn goes_to(heir: &Result<Option<Brief>, Trouble>) -> (String, Role) {
    match heir {
        Ok(Some(heir)) => {
            let name = name_of_brief(heir);
            let words = format!("{name} gets it: the next conversation from there finds {name}");
            (words, Role::Warning)
        }
        Ok(None) => {
            let words = "Nobody gets it: the next conversation from there makes a new contact";
            (words.to_owned(), Role::Warning)
        }
        Err(trouble) => (sentence(&trouble.to_string()), Role::Danger),
    }
}
