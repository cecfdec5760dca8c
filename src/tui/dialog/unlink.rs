//! Unlinking the conversation: why, because one of the reasons marks the number as shared.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::{profile_in_words, stays};
use crate::backend::view::{Feature, Profile};
use crate::domain::Identifier;
use crate::domain::command::{Command, Sharing};
use crate::domain::conversation::ConversationId;
use crate::domain::identifier::IdentifierType;
use crate::tui::context::Context;
use crate::tui::effect::Said;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;

/// The question of an unlink.
pub fn unlink(conversation: ConversationId, profile: &Profile, context: &Context<'_>) -> Ask {
    let name = profile_in_words(profile);
    let provided = profile
        .provided
        .first()
        .map(|provided| &provided.identifier);
    let run = |sharing| {
        let command = Command::Unlink {
            conversation,
            sharing,
        };
        let mark = provided.filter(|_| sharing == Sharing::Mark);
        let shown = mark.map(Identifier::shown);
        let tell = |state: &str| match &shown {
            Some(shown) => format!(", {shown} {state} as shared"),
            None => String::new(),
        };
        let about = context.conversation_words();
        let said = Said::new(
            format!("{about} unlinked from {name}{}", tell("marked")),
            format!("with {name} again: {about}{}", tell("no longer marked")),
        );
        Answer::run(command, said)
    };
    let leaves = match provided {
        Some(identifier) => stays(profile, identifier),
        None => "nothing else changes".to_owned(),
    };
    let wrong = Choice::new('w', "Wrong match: this is somebody else", leaves);
    let shared = used_by_others(profile, provided);
    let shared = match context.lacking(Feature::Sharing) {
        Some(why) => shared.refused(why),
        None => shared,
    };
    let answers = vec![(wrong, run(Sharing::Leave)), (shared, run(Sharing::Mark))];
    let about = sentence(&context.conversation_words());
    let fresh = match context.lacking(Feature::FreshContact) {
        Some(_) => "",
        None => " and gets a fresh contact",
    };
    let question = format!("{about} leaves {name}{fresh}. Why?");
    Ask::new("Unlink", question)
        .telling("The reply still goes where it went before", Role::Muted)
        .answers(answers, 0)
}

fn used_by_others(profile: &Profile, provided: Option<&Identifier>) -> Choice {
    let thing = match provided.map(|identifier| identifier.kind) {
        Some(IdentifierType::Email) => "address",
        Some(IdentifierType::Phone | IdentifierType::SocialWhatsapp) => "phone",
        Some(_) | None => "account",
    };
    let choice = Choice::new('s', format!("Somebody else is using this {thing}"), "");
    let shown = provided.map(|identifier| (identifier.shown(), profile.is_shared(identifier)));
    match shown {
        None => choice.refused("the conversation came without a number or address"),
        Some((shown, true)) => choice.refused(format!("{shown} is marked as shared already")),
        Some((shown, false)) => Choice {
            beneath: format!(
                "marks {shown} as shared: it suggests contacts and no longer links by itself"
            ),
            ..choice
        },
    }
}
