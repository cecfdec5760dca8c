//! Associating a conversation with a contact, or taking it from its contact.

use serde_json::Value;

use super::call::{Answer, Call};
use super::problem::Problem;
use crate::backend::{Backend, Trouble};
use crate::domain::Refusal;
use crate::domain::command::{Claiming, Command, Sharing};
use crate::domain::conversation::ConversationId;

const MEDIA: [&str; 11] = [
    "CALL",
    "CALLBACK",
    "CHAT",
    "COBROWSE",
    "EMAIL",
    "MESSAGE",
    "INTERNAL_MESSAGE",
    "SCREEN_MONITORING",
    "SOCIAL_EXPRESSION",
    "VIDEO",
    "SCREENSHARE",
];

/// `PUT conversations/{conversationId}`: to exactly that contact, or away from the one it has.
pub async fn associate(call: Call) -> Result<Answer, Problem> {
    let conversation: ConversationId = call.id(0)?;
    let body = call.object()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::trim);
    let required = |name: &str| {
        let text = text(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| Problem::bad_value(name, "it is required"))
    };
    if required("conversationId")?.parse::<ConversationId>()? != conversation {
        return Err(Problem::bad_value(
            "conversationId",
            "it is another than that of the path",
        ));
    }
    required("communicationId")?;
    let media = required("mediaType")?;
    if !MEDIA.iter().any(|known| known.eq_ignore_ascii_case(media)) {
        return Err(Problem::bad_value(
            "mediaType",
            format!("it is one of {}", MEDIA.join(", ")),
        ));
    }
    let command = match text("externalContactId").filter(|id| !id.is_empty()) {
        Some(id) => Command::Link {
            conversation,
            contact: id.parse()?,
            claiming: Claiming::Leave,
        },
        None => Command::Unlink {
            conversation,
            sharing: Sharing::Leave,
        },
    };
    match call.backend().run(command).await {
        Ok(_) => Ok(Answer::empty(202)),
        // It is as it was asked for.
        Err(Trouble::Refused(refusal))
            if matches!(*refusal, Refusal::AlreadyLinked | Refusal::AlreadyFresh) =>
        {
            Ok(Answer::empty(202))
        }
        Err(trouble) => Err(trouble.into()),
    }
}
