//! Unlinking the conversation: why, because one of the reasons marks the number as shared.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::name_of_profile;
use crate::backend::view::Profile;
use crate::domain::command::{Command, Sharing};
use crate::domain::conversation::ConversationId;
use crate::domain::identifier::IdentifierType;
use crate::tui::theme::Role;

/// The question of an unlink.
pub fn unlink(conversation: ConversationId, profile: &Profile) -> Ask {
    let name = name_of_profile(profile);
    let run = |sharing| {
        let command = Command::Unlink {
            conversation,
            sharing,
        };
        Answer::run(command, format!("Conversation unlinked from {name}"))
    };
    let provided = profile
        .provided
        .first()
        .map(|provided| &provided.identifier);
    let shown = provided.map(|identifier| identifier.shown());
    let stays = match &shown {
        Some(shown) => format!("{shown} stays with {name}"),
        None => "nothing else changes".to_owned(),
    };
    let wrong = Choice::new('w', "Wrong match: this is somebody else", stays);
    let thing = match provided.map(|identifier| identifier.kind) {
        Some(IdentifierType::Email) => "address",
        Some(IdentifierType::Phone | IdentifierType::SocialWhatsapp) => "phone",
        Some(_) | None => "account",
    };
    let words = format!("Somebody else is using this {thing}");
    let shared = match &shown {
        Some(shown) => Choice::new(
            's',
            words,
            format!("marks {shown} as shared: it suggests contacts and no longer links by itself"),
        ),
        None => {
            Choice::new('s', words, "").refused("the conversation came without a number or address")
        }
    };
    Ask::new(
        "Unlink",
        format!("This conversation leaves {name} and gets a fresh contact. Why?"),
    )
    .telling("The reply still goes where it went before", Role::Muted)
    .answers(
        vec![(wrong, run(Sharing::Leave)), (shared, run(Sharing::Mark))],
        0,
    )
}
