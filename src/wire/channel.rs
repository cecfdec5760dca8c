//! Which channel a session is on, and which part a participant plays. Owns the API's words for both.

use serde_json::Value;

use crate::domain::Channel;
use crate::domain::conversation::Part;

use super::member::text_of;

/// The channel of a session; `None` for a message whose kind is not said.
pub fn channel_of(media: &str, message: Option<&str>, provider: Option<&str>) -> Option<Channel> {
    match plain(media).as_str() {
        "voice" | "call" | "phone" => Some(Channel::Call),
        "callback" => Some(Channel::Callback),
        "email" => Some(Channel::Email),
        "chat" | "webchat" => Some(Channel::Chat),
        "cobrowse" => Some(Channel::Cobrowse),
        "video" => Some(Channel::Video),
        "message" => match message {
            Some(message) => Some(message_channel(message).unwrap_or(Channel::Other)),
            None => message_channel(provider.unwrap_or_default()),
        },
        // Some exports write the kind of message where the medium belongs.
        other => Some(message_channel(other).unwrap_or(Channel::Other)),
    }
}

/// The channel that a `messageType` or the name of a provider stands for.
fn message_channel(word: &str) -> Option<Channel> {
    let word = plain(word);
    let word = word
        .strip_prefix("purecloud")
        .or_else(|| word.strip_prefix("genesyscloud"))
        .unwrap_or(&word);
    match word {
        "sms" | "mms" => Some(Channel::Sms),
        "whatsapp" => Some(Channel::Whatsapp),
        "facebook" | "facebookmessenger" | "messenger" => Some(Channel::Facebook),
        "twitter" | "x" => Some(Channel::Twitter),
        "line" => Some(Channel::Line),
        "instagram" => Some(Channel::Instagram),
        "apple" | "applemessagesforbusiness" | "applebusinesschat" => Some(Channel::Apple),
        "webmessaging" | "webmessenger" => Some(Channel::WebMessaging),
        "open" | "openmessaging" => Some(Channel::Open),
        _ => None,
    }
}

/// The `mediaType` and `messageType` that stand for a channel, for conversations that were not ingested.
pub const fn words_of(channel: Channel) -> (&'static str, Option<&'static str>) {
    match channel {
        Channel::Call => ("voice", None),
        Channel::Callback => ("callback", None),
        Channel::Email => ("email", None),
        Channel::Chat => ("chat", None),
        Channel::Cobrowse => ("cobrowse", None),
        Channel::Video => ("video", None),
        Channel::Sms => ("message", Some("sms")),
        Channel::Whatsapp => ("message", Some("whatsapp")),
        Channel::Facebook => ("message", Some("facebook")),
        Channel::Twitter => ("message", Some("twitter")),
        Channel::Line => ("message", Some("line")),
        Channel::Instagram => ("message", Some("instagram")),
        Channel::Apple => ("message", Some("apple")),
        Channel::WebMessaging => ("message", Some("webmessaging")),
        Channel::Open => ("message", Some("open")),
        Channel::Web | Channel::Other => ("unknown", None),
    }
}

/// The part that a purpose stands for. What is not understood is `Other`: it never makes somebody outside.
pub fn part_of(purpose: &str) -> Part {
    match plain(purpose).as_str() {
        "customer" | "external" => Part::Outside,
        "agent" => Part::Agent,
        "acd" => Part::Queue,
        "botflow" | "workflow" | "ivr" | "voicesurveyflow" => Part::Bot,
        "campaign" | "dialer" | "outbound" => Part::Campaign,
        _ => Part::Other,
    }
}

/// True when a `flow` is a bot's.
pub fn is_bot_flow(flow: &Value) -> bool {
    let kind = flow.get("flowType").and_then(text_of).unwrap_or_default();
    matches!(plain(&kind).as_str(), "bot" | "digitalbot")
}

/// Letters and digits only, in lower case: the API's words come in several spellings.
pub fn plain(word: &str) -> String {
    word.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
