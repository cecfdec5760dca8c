//! Signs and words for channels: one look everywhere.

use crate::domain::conversation::{Channel, Direction};
use crate::tui::theme::Role;

/// Channels that people count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Calls,
    Mail,
    Messages,
    Web,
    Other,
}

impl Family {
    pub const ALL: [Self; 5] = [
        Self::Calls,
        Self::Mail,
        Self::Messages,
        Self::Web,
        Self::Other,
    ];

    pub const fn of(channel: Channel) -> Self {
        match channel {
            Channel::Call | Channel::Callback | Channel::Video => Self::Calls,
            Channel::Email => Self::Mail,
            Channel::Sms | Channel::Chat | Channel::WebMessaging | Channel::Open => Self::Messages,
            Channel::Facebook | Channel::Twitter | Channel::Line => Self::Messages,
            Channel::Instagram | Channel::Apple | Channel::Whatsapp => Self::Messages,
            Channel::Web => Self::Web,
            Channel::Cobrowse | Channel::Other => Self::Other,
        }
    }

    /// The word for so many of them.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Mail => "mail",
            Self::Messages => "messages",
            Self::Web => "web",
            Self::Other => "other",
        }
    }

    /// The colour in plots; the words beside them say the same.
    pub const fn role(self) -> Role {
        match self {
            Self::Calls => Role::Good,
            Self::Mail => Role::Accent,
            Self::Messages => Role::Mark,
            Self::Web => Role::Warning,
            Self::Other => Role::Muted,
        }
    }
}

/// One column that tells a channel at a glance.
pub const fn glyph(channel: Channel) -> &'static str {
    match channel {
        Channel::Callback => "☏",
        Channel::Cobrowse | Channel::Video => "▣",
        Channel::Call
        | Channel::Sms
        | Channel::Email
        | Channel::Chat
        | Channel::WebMessaging
        | Channel::Facebook
        | Channel::Twitter
        | Channel::Line
        | Channel::Instagram
        | Channel::Apple
        | Channel::Whatsapp
        | Channel::Open
        | Channel::Web
        | Channel::Other => match Family::of(channel) {
            Family::Calls => "☎",
            Family::Mail => "✉",
            Family::Messages => "✆",
            Family::Web => "◍",
            Family::Other => "•",
        },
    }
}

/// The channel in a few letters, where the glyph alone would not say which one it is.
pub const fn tag(channel: Channel) -> Option<&'static str> {
    match channel {
        Channel::Call | Channel::Email => None,
        Channel::WebMessaging => Some("web msg"),
        Channel::Open => Some("message"),
        Channel::Callback => Some("callback"),
        Channel::Sms
        | Channel::Chat
        | Channel::Facebook
        | Channel::Twitter
        | Channel::Line
        | Channel::Instagram
        | Channel::Apple
        | Channel::Whatsapp
        | Channel::Cobrowse
        | Channel::Video
        | Channel::Web
        | Channel::Other => Some(channel.word()),
    }
}

pub const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    }
}

/// The first letter large, as a sentence starts.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

/// An address as people write it: numbers with spaces, anything else as it came.
pub fn address(channel: Channel, address: &str) -> String {
    let is_number = address.starts_with('+') && address[1..].bytes().all(|b| b.is_ascii_digit());
    if is_number {
        return crate::domain::phone::international(address);
    }
    let is_digits = !address.is_empty() && address.bytes().all(|b| b.is_ascii_digit());
    match channel {
        Channel::Whatsapp if is_digits => {
            crate::domain::phone::international(&format!("+{address}"))
        }
        _ => address.to_owned(),
    }
}
