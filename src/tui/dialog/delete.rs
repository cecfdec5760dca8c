//! Deleting a person: names them and what goes with them. Enter alone leaves everything as it is.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::{counted, name_of_profile};
use crate::backend::view::Profile;
use crate::domain::command::Command;
use crate::domain::contact::Contact;
use crate::tui::theme::Role;

/// The question of a deletion.
pub fn delete(contact: &Contact, profile: &Profile) -> Ask {
    let name = name_of_profile(profile);
    let command = Command::Delete {
        contact: contact.id,
    };
    let goes = [
        counted(profile.claims.len(), "identifier", "identifiers"),
        counted(profile.notes.len(), "note", "notes"),
    ];
    let yes = Choice::new(
        'y',
        format!("Yes, delete {name}"),
        "u brings the contact back",
    );
    let no = Choice::new('n', "No, leave everything as it is", "");
    let kind = contact.kind.name();
    let mut ask = Ask::new("Delete", format!("Delete {name} ({kind})?"))
        .telling(format!("With it go {}", goes.join(" and ")), Role::Warning);
    if !profile.ancestors.is_empty() {
        let merged = counted(profile.ancestors.len(), "contact", "contacts");
        let words = format!("{merged} merged into it: the whole person goes");
        ask = ask.telling(words, Role::Warning);
    }
    let ask = ask.telling(
        "Its conversations stay, and belong to nobody until somebody links them",
        Role::Muted,
    );
    let said = format!("{name} deleted");
    // The cursor stands on the answer that loses nothing.
    ask.answers(
        vec![(yes, Answer::run(command, said)), (no, Answer::Leave)],
        1,
    )
}
