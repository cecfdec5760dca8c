//! Deleting a person: names them and what goes with them. Enter alone leaves everything as it is.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::{counted, name_of_profile};
use crate::backend::view::Profile;
use crate::domain::command::Command;
use crate::domain::contact::Contact;
use crate::tui::effect::Said;
use crate::tui::theme::Role;

/// The question of a deletion.
pub fn delete(contact: &Contact, profile: &Profile, interactions: Option<usize>) -> Ask {
    let name = name_of_profile(profile);
    let command = Command::Delete {
        contact: contact.id,
    };
    let yes = Choice::new(
        'y',
        format!("Yes, delete {name}"),
        "u brings the contact back",
    );
    let no = Choice::new('n', "No, leave everything as it is", "");
    let kind = contact.kind.name();
    let mut ask = Ask::new("Delete", format!("Delete {name} ({kind})?"))
        .telling(goes(profile), Role::Warning);
    if !profile.ancestors.is_empty() {
        let merged = counted(profile.ancestors.len(), "contact", "contacts");
        let words = format!("{merged} merged into it: the whole person goes");
        ask = ask.telling(words, Role::Warning);
    }
    let ask = match stays(interactions) {
        Some(stays) => ask.telling(stays, Role::Muted),
        None => ask,
    };
    let said = Said::new(format!("{name} deleted"), format!("back again: {name}"));
    // The cursor stands on the answer that loses nothing.
    ask.answers(
        vec![(yes, Answer::run(command, said)), (no, Answer::Leave)],
        1,
    )
}

fn goes(profile: &Profile) -> String {
    let (identifiers, notes) = (profile.claims.len(), profile.notes.len());
    let goes: Vec<String> = [
        (
            identifiers,
            counted(identifiers, "identifier", "identifiers"),
        ),
        (notes, counted(notes, "note", "notes")),
    ]
    .into_iter()
    .filter_map(|(count, words)| (0 < count).then_some(words))
    .collect();
    match goes.as_slice() {
        [] => "It holds no identifier and has no note".to_owned(),
        goes => format!("With it go {}", goes.join(" and ")),
    }
}

/// What becomes of the interactions; nothing where there are none.
fn stays(interactions: Option<usize>) -> Option<String> {
    let (its, them) = match interactions {
        Some(0) => return None,
        Some(1) => (
            "Its 1 interaction of the last 60 days stays, and belongs".to_owned(),
            "it",
        ),
        Some(count) => {
            let counted = counted(count, "interaction", "interactions");
            (
                format!("Its {counted} of the last 60 days stay, and belong"),
                "them",
            )
        }
        None => ("Its interactions stay, and belong".to_owned(), "them"),
    };
    Some(format!("{its} to nobody until somebody links {them}"))
}
