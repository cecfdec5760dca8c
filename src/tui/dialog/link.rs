//! Linking the conversation to a contact that was found: asks once whose the number or the address is then.
//! Where that contact holds it already, or nothing came with the conversation, there is nothing to ask.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::search::Search;
use super::words::{name_of_brief, name_of_profile, possessive, stays};
use crate::backend::view::{Brief, Profile, ProfileState};
use crate::domain::command::{Claiming, Command};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::tui::context::Context;
use crate::tui::effect::Effect;
use crate::tui::theme::Role;

/// The question of a link; without one the link, on its way.
pub fn link(
    conversation: ConversationId,
    target: &Brief,
    context: &Context<'_>,
    from: Option<Box<Search>>,
) -> (Ask, Vec<Effect>) {
    let name = name_of_brief(target);
    let profile = context
        .scene
        .profile
        .filter(|profile| profile.conversation == Some(conversation));
    let about = context.conversation_words();
    let run = |claiming| {
        let command = Command::Link {
            conversation,
            contact: target.id,
            claiming,
        };
        Answer::run(command, format!("{about} linked to {name}"))
    };
    let opening = format!("Link {about} to {name}? {}", now_with(profile));
    let ask = Ask::new("Link", opening).from(from);
    match profile.and_then(|profile| Some((profile, asked_about(profile, target)?))) {
        Some((profile, provided)) => {
            let others = others(profile, target);
            let (yes, no) = whose_from_now_on(target, profile, provided);
            let selected = usize::from(!is_safe(profile, provided, &others));
            let answers = vec![(yes, run(Claiming::Move)), (no, run(Claiming::Leave))];
            let ask = warned(ask, &others, provided).answers(answers, selected);
            (ask, Vec::new())
        }
        None => {
            // The answers are for another try, where the first one was refused.
            let yes = Choice::new('y', format!("Yes, link to {name}"), "");
            let no = Choice::new('n', "No, keep it as it is", "");
            let answers = vec![(yes, run(Claiming::Leave)), (no, Answer::Leave)];
            ask.answers(answers, 0).given()
        }
    }
}

/// Whom the conversation is with, in truth: a name that it merely gives is nobody's yet.
fn now_with(profile: Option<&Profile>) -> String {
    let Some(profile) = profile else {
        return "It is with another contact now".to_owned();
    };
    let contact = profile.contact.as_ref();
    let is_named = contact.is_some_and(|contact| !contact.fields.full_name().is_empty());
    match profile.state {
        _ if is_named => format!("It is with {} now", name_of_profile(profile)),
        ProfileState::Unlinked => "It is unlinked now".to_owned(),
        ProfileState::Provided => "Nobody is known for it yet".to_owned(),
        ProfileState::Gone => "Its contact is gone".to_owned(),
        ProfileState::Linked | ProfileState::Rivals | ProfileState::Alone => {
            format!("It is with {} now", name_of_profile(profile))
        }
    }
}

/// What would move: the first thing that came with the conversation and, for a number, its twin. Nothing where
/// the target holds it already or where it is shared.
fn asked_about<'a>(profile: &'a Profile, target: &Brief) -> Option<&'a Provided> {
    let first = profile.provided.first()?;
    let number = first.identifier.number();
    let is_meant = |one: &&Provided| {
        one.identifier == first.identifier || number.is_some() && one.identifier.number() == number
    };
    let mut meant = profile.provided.iter().filter(is_meant);
    let is_with_target = |one: &Provided| {
        let holders = &mut profile.holders.iter();
        holders.any(|(held, holder)| *held == one.identifier && *holder == target.id)
    };
    let is_settled = profile.is_shared(&first.identifier) || meant.all(is_with_target);
    (!is_settled).then_some(first)
}

/// The kept contacts besides the target that use what came with the conversation.
fn others<'a>(profile: &'a Profile, target: &Brief) -> Vec<&'a Brief> {
    let rivals = profile.rivals.iter().map(|(brief, _)| brief);
    rivals.filter(|brief| brief.id != target.id).collect()
}

fn whose_from_now_on(target: &Brief, profile: &Profile, provided: &Provided) -> (Choice, Choice) {
    let shown = provided.identifier.shown();
    let whose = possessive(&name_of_brief(target));
    let yes = Choice::new(
        'y',
        format!("Yes: from now on {shown} is {whose}"),
        "the next conversation from there finds this contact by itself",
    );
    let leaves = stays(profile, &provided.identifier);
    (
        yes,
        Choice::new('n', "No: link this conversation only", leaves),
    )
}

/// Whether *yes* may be the answer of an absent mind: nobody kept loses the value, and the channel proved it.
fn is_safe(profile: &Profile, provided: &Provided, others: &[&Brief]) -> bool {
    let held = profile
        .claims
        .iter()
        .any(|(held, _)| *held == provided.identifier);
    let is_of_kept = profile.contact.as_ref().is_some_and(|contact| {
        contact.is_curated()
            && (held || contact.fields.identifiers().contains(&provided.identifier))
    });
    provided.trust == Trust::Verified && !is_of_kept && others.is_empty()
}

fn warned(ask: Ask, others: &[&Brief], provided: &Provided) -> Ask {
    let ask = match provided.trust {
        Trust::Verified => ask,
        Trust::Typed => ask.telling(
            "The visitor typed this; nothing has proven that it is theirs",
            Role::Warning,
        ),
    };
    match others {
        [] => ask,
        [one] => ask.telling(format!("{} uses it too", name_of_brief(one)), Role::Warning),
        [one, rest @ ..] => ask.telling(
            format!("{} and {} more use it too", name_of_brief(one), rest.len()),
            Role::Warning,
        ),
    }
}
