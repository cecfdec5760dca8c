//! Taking the conversation that waits, or going on with one that has ended.

use super::ask::{Answer, Ask};
use super::choice::Choice;
use super::words::{name_of_profile, short};
use super::wrapup;
use crate::backend::view::{Feature, Profile};
use crate::domain::assignment;
use crate::domain::command::Command;
use crate::domain::conversation::{Channel, ConversationId, Status};
use crate::tui::context::Context;
use crate::tui::effect::Said;
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;

/// What can be done with the conversation that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    Take,
    Reopen,
}

/// What taking the conversation that is shown would be, or why it cannot be taken.
pub fn taking(context: &Context<'_>) -> Result<Taking, String> {
    let scene = &context.scene;
    let line = scene.conversation;
    let line = line.map(|line| (line.channel, line.status));
    let earlier = scene.earlier;
    let earlier = earlier.map(|one| (one.channel, one.status));
    let Some((channel, status)) = line.or(earlier) else {
        return Err("its state is not known here".to_owned());
    };
    let Some(right) = assignment::right(channel) else {
        return Err(format!("{} is not taken by hand", article(channel)));
    };
    if let Some(denied) = context.denied(&[right]) {
        return Err(denied);
    }
    match status {
        Status::Waiting => Ok(Taking::Take),
        Status::Active => Err(match wrapup::colleague(context) {
            Some(colleague) => format!("{} has it", short(&colleague)),
            None => "it is yours already".to_owned(),
        }),
        Status::Ended | Status::WrapupDue | Status::Abandoned => {
            if !channel.is_asynchronous() {
                return Err(format!("{} that has ended starts anew", article(channel)));
            }
            match context.lacking(Feature::Reopen) {
                Some(why) => Err(why.to_owned()),
                None => Ok(Taking::Reopen),
            }
        }
    }
}

/// The question before it.
pub fn take(
    conversation: ConversationId,
    profile: &Profile,
    taking: Taking,
    context: &Context<'_>,
) -> Ask {
    let about = context.conversation_words();
    let name = name_of_profile(profile);
    let agent = None;
    let (title, question, choice, command, said) = match taking {
        Taking::Take => (
            "Take",
            format!("{} with {name} waits. Take it?", sentence(&about)),
            Choice::new(
                'y',
                "Yes, it is mine",
                "it no longer waits for anybody else",
            ),
            Command::Take {
                conversation,
                agent,
            },
            Said::new(format!("{about} is yours"), format!("{about} waits again")),
        ),
        Taking::Reopen => (
            "Open again",
            format!("{} with {name} has ended. Open it again?", sentence(&about)),
            Choice::new('y', "Yes, I go on with it", "it is active again, and yours"),
            Command::Reopen {
                conversation,
                agent,
            },
            Said::new(
                format!("{about} goes on and is yours"),
                format!("{about} has ended again"),
            ),
        ),
    };
    let no = Choice::new('n', "No", "");
    let ask = Ask::new(title, question);
    let ask = match taking {
        Taking::Take => ask,
        Taking::Reopen => ask.telling("Its wrap-up stays as it is", Role::Muted),
    };
    ask.answers(
        vec![(choice, Answer::run(command, said)), (no, Answer::Leave)],
        0,
    )
}

/// The channel with its article, for the beginning of a reason.
fn article(channel: Channel) -> String {
    match channel {
        Channel::Email | Channel::Sms | Channel::Instagram | Channel::Apple | Channel::Open => {
            format!("an {}", channel.word())
        }
        Channel::Call | Channel::Callback | Channel::Chat | Channel::Cobrowse => {
            format!("a {}", channel.word())
        }
        Channel::Video | Channel::Web => format!("a {}", channel.word()),
        Channel::WebMessaging | Channel::Facebook | Channel::Twitter | Channel::Line => {
            format!("a conversation over {}", channel.word())
        }
        Channel::Whatsapp | Channel::Other => format!("a conversation over {}", channel.word()),
    }
}
