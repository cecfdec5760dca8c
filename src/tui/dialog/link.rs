//! Linking the conversation to a contact that was found: asks once whose the number or the address is then.
//! Where that contact holds it already, or nothing came with the conversation, there is nothing to ask,
//! unless somebody said that the two are different people.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::search::Search;
use super::words::{
    Holder, brief_in_words, holder, holder_words, name_of_brief, name_of_profile, possessive,
    short, stays,
};
use crate::backend::view::{Brief, Profile, ProfileState};
use crate::domain::command::{Claiming, Command};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Said};
use crate::tui::theme::Role;

/// The question of a link; without one the link, on its way.
pub fn link(
    conversation: ConversationId,
    target: &Brief,
    context: &Context<'_>,
    from: Option<Box<Search>>,
) -> (Ask, Vec<Effect>) {
    let name = brief_in_words(target);
    let profile = context.scene.profile;
    let profile = profile.filter(|profile| profile.conversation == Some(conversation));
    let about = context.conversation_words();
    let run = |claiming| {
        let command = Command::Link {
            conversation,
            contact: target.id,
            claiming,
        };
        let said = Said::new(
            format!("{about} linked to {name}"),
            format!("no longer with {name}: {about}"),
        );
        Answer::run(command, said)
    };
    let opening = format!("Link {about} to {name}? {}", now_with(profile));
    // The title says it too, where there is no room for the whole question.
    let ask = Ask::new(&format!("Link to {name}"), opening).from(from);
    let is_told_apart = profile.is_some_and(|profile| profile.not_same.contains(&target.id));
    let ask = match profile.filter(|_| is_told_apart) {
        Some(profile) => ask.telling(apart(profile, &name), Role::Warning),
        None => ask,
    };
    match profile.and_then(|profile| Some((profile, asked_about(profile, target)?))) {
        Some((profile, provided)) => {
            let others = others(profile, target);
            let yes = moves(target, profile, provided);
            let leaves = stays(profile, &provided.identifier);
            let no = Choice::new('n', format!("No: link {about} only"), leaves);
            let is_safe = !is_told_apart && is_safe(profile, provided, &others);
            let answers = vec![(yes, run(Claiming::Move)), (no, run(Claiming::Leave))];
            let ask = warned(ask, &others, provided).answers(answers, usize::from(!is_safe));
            (ask, Vec::new())
        }
        None => {
            // The answers are for another try, where the first one was refused.
            let yes = Choice::new('y', format!("Yes, link to {name}"), "");
            let no = Choice::new('n', "No, keep it as it is", "");
            let answers = vec![(yes, run(Claiming::Leave)), (no, Answer::Leave)];
            match is_told_apart {
                true => (ask.answers(answers, 1), Vec::new()),
                false => ask.answers(answers, 0).given(),
            }
        }
    }
}

fn apart(profile: &Profile, name: &str) -> String {
    let own = name_of_profile(profile);
    format!("Marked as different people: {own} and {name}")
}

/// Whom the conversation is with, in truth: a name that it merely gives is what the caller says.
fn now_with(profile: Option<&Profile>) -> String {
    let Some(profile) = profile else {
        return "It is with another contact now".to_owned();
    };
    let contact = profile.contact.as_ref();
    let is_named = contact.is_some_and(|contact| !contact.fields.full_name().is_empty());
    match (profile.state, profile.said()) {
        _ if is_named => format!("It is with {} now", name_of_profile(profile)),
        (ProfileState::Unlinked, _) => "It is unlinked now".to_owned(),
        (ProfileState::Gone, _) => "Its contact is gone".to_owned(),
        (ProfileState::Provided, Some(said)) => {
            format!("It is with somebody who says {} now", short(said))
        }
        (ProfileState::Provided, None) => "It is with a contact that nobody named".to_owned(),
        (ProfileState::Linked | ProfileState::Rivals | ProfileState::Alone, _) => {
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
        holders.any(|(holder, held)| *held == one.identifier && holder.id == target.id)
    };
    let is_settled = profile.is_shared(&first.identifier) || meant.all(is_with_target);
    (!is_settled).then_some(first)
}

/// The kept contacts besides the target that use what came with the conversation.
fn others<'a>(profile: &'a Profile, target: &Brief) -> Vec<&'a Brief> {
    let rivals = profile.rivals.iter().map(|(brief, _)| brief);
    rivals.filter(|brief| brief.id != target.id).collect()
}

/// The answer that moves the number or the address, and from whom it goes.
fn moves(target: &Brief, profile: &Profile, provided: &Provided) -> Choice {
    let shown = provided.identifier.shown();
    let name = name_of_brief(target);
    let finds = match name == shown {
        true => "the next conversation from there finds it".to_owned(),
        false => format!("the next conversation from there finds {name}"),
    };
    let beneath = match holder_words(profile, &provided.identifier) {
        Some(loser) => format!("it is taken from {loser}, and {finds}"),
        None => format!("nobody holds it, and {finds}"),
    };
    Choice::new(
        'y',
        format!("Yes: from now on {shown} is {}", possessive(&name)),
        beneath,
    )
}

/// Whether *yes* may be the answer of an absent mind: nobody kept loses the value, nobody but who is on the
/// screen does, and the channel proved it.
fn is_safe(profile: &Profile, provided: &Provided, others: &[&Brief]) -> bool {
    let holder = holder(profile, &provided.identifier);
    let is_of_kept = profile.contact.as_ref().is_some_and(|contact| {
        contact.is_curated()
            && (holder == Some(Holder::Own)
                || contact.fields.identifiers().contains(&provided.identifier))
    });
    let is_of_another = matches!(holder, Some(Holder::Other(_)));
    let is_proven = provided.trust == Trust::Verified;
    is_proven && !is_of_kept && !is_of_another && others.is_empty()
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
