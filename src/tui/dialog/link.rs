//! Linking the conversation to a contact that was found: asks once whose the number or the address is then.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::search::Search;
use super::words::{name_of_brief, name_of_profile, possessive, stays};
use crate::backend::view::{Brief, Profile};
use crate::domain::command::{Claiming, Command};
use crate::domain::conversation::{ConversationId, Provided, Trust};
use crate::tui::context::Context;
use crate::tui::theme::Role;

/// The question of a link.
pub fn link(
    conversation: ConversationId,
    target: &Brief,
    context: &Context<'_>,
    from: Option<Box<Search>>,
) -> Ask {
    let name = name_of_brief(target);
    let profile = context
        .scene
        .profile
        .filter(|profile| profile.conversation == Some(conversation));
    let run = |claiming| {
        let command = Command::Link {
            conversation,
            contact: target.id,
            claiming,
        };
        Answer::run(command, format!("Conversation linked to {name}"))
    };
    let now = profile.map_or("another contact".to_owned(), name_of_profile);
    let opening = format!("Link this conversation to {name}? It is with {now} now");
    let ask = Ask::new("Link", opening).from(from);
    let asked = profile
        .and_then(|profile| Some((profile, profile.provided.first()?)))
        .filter(|(profile, provided)| !profile.is_shared(&provided.identifier));
    match asked {
        Some((profile, provided)) => {
            let (yes, no) = whose_from_now_on(target, profile, provided);
            let selected = usize::from(!is_safe(profile, provided));
            let answers = vec![(yes, run(Claiming::Move)), (no, run(Claiming::Leave))];
            warned(ask, profile, provided).answers(answers, selected)
        }
        None => {
            let yes = Choice::new('y', format!("Yes, link to {name}"), "");
            let no = Choice::new('n', "No, keep it as it is", "");
            ask.answers(vec![(yes, run(Claiming::Leave)), (no, Answer::Leave)], 0)
        }
    }
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
fn is_safe(profile: &Profile, provided: &Provided) -> bool {
    let held = profile
        .claims
        .iter()
        .any(|(held, _)| *held == provided.identifier);
    let is_of_kept = profile.contact.as_ref().is_some_and(|contact| {
        contact.is_curated()
            && (held || contact.fields.identifiers().contains(&provided.identifier))
    });
    provided.trust == Trust::Verified && !is_of_kept && profile.rivals.is_empty()
}

fn warned(ask: Ask, profile: &Profile, provided: &Provided) -> Ask {
    let ask = match provided.trust {
        Trust::Verified => ask,
        Trust::Typed => ask.telling(
            "The visitor typed this; nothing has proven that it is theirs",
            Role::Warning,
        ),
    };
    match profile.rivals.as_slice() {
        [] => ask,
        [(one, _)] => ask.telling(format!("{} uses it too", name_of_brief(one)), Role::Warning),
        [(one, _), rest @ ..] => ask.telling(
            format!("{} and {} more use it too", name_of_brief(one), rest.len()),
            Role::Warning,
        ),
    }
}
