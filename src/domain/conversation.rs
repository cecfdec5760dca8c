//! Conversations as ingested: participants, legs, segments, and what they sum up to.

use serde::{Deserialize, Serialize};

use super::contact::uuid_newtype;
use super::identifier::Identifier;
use super::moment::Moment;

uuid_newtype!(
    /// Id of a conversation.
    ConversationId
);

/// The channel of a leg, as the rules tell channels apart (`design/rules.md` §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Channel {
    Call,
    Callback,
    Sms,
    Email,
    Chat,
    WebMessaging,
    Facebook,
    Twitter,
    Line,
    Instagram,
    Apple,
    Whatsapp,
    Open,
    Cobrowse,
    Video,
    /// A web visit (predictive engagement).
    Web,
    /// What is not understood is kept and shown as *other*.
    Other,
}

impl Channel {
    pub const ALL: [Self; 17] = [
        Self::Call,
        Self::Callback,
        Self::Sms,
        Self::Email,
        Self::Chat,
        Self::WebMessaging,
        Self::Facebook,
        Self::Twitter,
        Self::Line,
        Self::Instagram,
        Self::Apple,
        Self::Whatsapp,
        Self::Open,
        Self::Cobrowse,
        Self::Video,
        Self::Web,
        Self::Other,
    ];

    /// The name in output and config, for example `webMessaging`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Callback => "callback",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Chat => "chat",
            Self::WebMessaging => "webMessaging",
            Self::Facebook => "facebook",
            Self::Twitter => "twitter",
            Self::Line => "line",
            Self::Instagram => "instagram",
            Self::Apple => "apple",
            Self::Whatsapp => "whatsapp",
            Self::Open => "open",
            Self::Cobrowse => "cobrowse",
            Self::Video => "video",
            Self::Web => "web",
            Self::Other => "other",
        }
    }

    /// The word for people, for example `web messaging`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Callback => "callback",
            Self::Sms => "SMS",
            Self::Email => "e-mail",
            Self::Chat => "chat",
            Self::WebMessaging => "web messaging",
            Self::Facebook => "Facebook",
            Self::Twitter => "X",
            Self::Line => "LINE",
            Self::Instagram => "Instagram",
            Self::Apple => "Apple",
            Self::Whatsapp => "WhatsApp",
            Self::Open => "open messaging",
            Self::Cobrowse => "co-browse",
            Self::Video => "video",
            Self::Web => "web visit",
            Self::Other => "other",
        }
    }

    /// The channel with this `name`, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name().eq_ignore_ascii_case(name))
    }

    /// What a conversation has that came without an address: only a caller keeps one back.
    pub const fn word_without_address(self) -> &'static str {
        match self {
            Self::Call | Self::Callback | Self::Video | Self::Sms => "withheld",
            Self::Chat | Self::Cobrowse | Self::Web | Self::Other | Self::Email => "no address",
            Self::WebMessaging | Self::Facebook | Self::Twitter | Self::Line => "no address",
            Self::Instagram | Self::Apple | Self::Whatsapp | Self::Open => "no address",
        }
    }

    /// True for messages and e-mail: asynchronous conversations show the notes of their most recent
    /// interaction only (`design/rules.md` §8).
    pub const fn is_asynchronous(self) -> bool {
        match self {
            Self::Call | Self::Callback | Self::Chat | Self::Cobrowse | Self::Video => false,
            Self::Web | Self::Other => false,
            Self::Sms | Self::Email | Self::WebMessaging | Self::Facebook | Self::Twitter => true,
            Self::Line | Self::Instagram | Self::Apple | Self::Whatsapp | Self::Open => true,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }
}

/// What a participant is in a conversation. The contract's other purposes are kept in `Participant::purpose`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// `customer` or `external`: somebody outside the organization.
    Outside,
    Agent,
    Queue,
    Bot,
    Campaign,
    Other,
}

/// A conversation as it was last seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub start: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Moment>,
    pub direction: Direction,
    /// Channel of the first outside participant.
    pub channel: Channel,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub divisions: Vec<String>,
    pub participants: Vec<Participant>,
    /// Members that are not understood, kept as they came.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    pub id: String,
    pub part: Part,
    /// The contract's purpose, for example `customer`.
    pub purpose: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// User id of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    pub legs: Vec<Leg>,
    /// An `externalContactId` in the data: kept as evidence, never followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_contact: Option<String>,
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

/// One session of a participant on one medium.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leg {
    pub id: String,
    pub channel: Channel,
    /// The contract's `mediaType` and, for messages, `messageType`.
    pub media: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    pub direction: Direction,
    /// The addresses of the person outside, as they came (without `tel:`/`sip:`), best first: the remote
    /// number, the sender, the scoped id, callback numbers. Empty when withheld.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// The web visitor's id (`journeyCustomerId`) and its type, for example `cookie`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<(String, String)>,
    /// True when the channel has authenticated the person (web messaging).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
    /// Bot of a bot leg: name, type and outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<Bot>,
    pub segments: Vec<Segment>,
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// One segment of a leg. Ids of queues and codes as they came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The contract's `segmentType`, for example `interact`, `hold`, `wrapup`.
    pub kind: String,
    pub start: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrapup_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrapup_note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disconnect: Option<String>,
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

/// An identifier that a conversation or visit provides, in the order of `design/rules.md` §4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provided {
    pub identifier: Identifier,
    /// As it came.
    pub typed: String,
    pub trust: Trust,
}

/// Whether an identifier was proven by the channel or merely typed by a visitor (`design/rules.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trust {
    Verified,
    /// Typed into a chat form or sent as a web trait: not verified.
    Typed,
}

/// Status of a conversation (`design/rules.md` §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    Active,
    Waiting,
    Ended,
    WrapupDue,
    Abandoned,
}

impl Status {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Ended => "ended",
            Self::WrapupDue => "wrap-up due",
            Self::Abandoned => "abandoned",
        }
    }
}

impl Conversation {
    /// When it was over, for lists and retention; `None` while it goes on. Never before its start.
    pub fn over(&self) -> Option<Moment> {
        self.end.map(|end| end.max(self.start))
    }

    /// Outside participants, in order: the first decides the conversation's contact.
    pub fn outside(&self) -> impl Iterator<Item = &Participant> {
        self.participants
            .iter()
            .filter(|participant| participant.part == Part::Outside)
    }

    /// The agents' participants, in order.
    pub fn agents(&self) -> impl Iterator<Item = &Participant> {
        self.participants
            .iter()
            .filter(|participant| participant.part == Part::Agent)
    }

    /// The address of the person outside, as it came; `None` when withheld.
    pub fn address(&self) -> Option<&str> {
        let legs = self.outside().flat_map(|participant| &participant.legs);
        legs.flat_map(|leg| &leg.addresses)
            .map(String::as_str)
            .next()
    }

    /// The name that the conversation provided for the person outside.
    pub fn provided_name(&self) -> Option<&str> {
        self.outside()
            .find_map(|participant| participant.name.as_deref())
            .filter(|name| !name.trim().is_empty())
    }

    /// The subject, when a segment has one.
    pub fn subject(&self) -> Option<&str> {
        self.segments()
            .find_map(|(_, segment)| segment.subject.as_deref())
    }

    /// Every segment with its participant.
    pub fn segments(&self) -> impl Iterator<Item = (&Participant, &Segment)> {
        self.participants.iter().flat_map(|participant| {
            participant
                .legs
                .iter()
                .flat_map(|leg| &leg.segments)
                .map(move |segment| (participant, segment))
        })
    }

    /// Id of the queue that handled it last, or in which it waits.
    pub fn queue(&self) -> Option<&str> {
        self.segments()
            .filter(|(participant, _)| participant.part != Part::Outside)
            .filter_map(|(_, segment)| Some((segment.start, segment.queue.as_deref()?)))
            .max_by_key(|(start, _)| *start)
            .map(|(_, queue)| queue)
    }

    /// The agent who was connected last.
    pub fn agent(&self) -> Option<&Participant> {
        self.agents()
            .filter_map(|agent| {
                let segments = agent.legs.iter().flat_map(|leg| &leg.segments);
                let talk =
                    segments.filter(|segment| segment.kind != "wrapup" && segment.kind != "alert");
                Some((talk.map(|segment| segment.start).max()?, agent))
            })
            .max_by_key(|(start, _)| *start)
            .map(|(_, agent)| agent)
    }

    /// The last wrap-up segment that has a code, with its agent.
    pub fn wrapup(&self) -> Option<(&Participant, &Segment)> {
        self.segments()
            .filter(|(_, segment)| segment.wrapup_code.is_some())
            .max_by_key(|(_, segment)| segment.start)
    }

    /// Status at a moment, given whether a wrap-up code was set on the desk.
    pub fn status(&self, wrapped_up: Option<&super::record::Wrapup>) -> Status {
        let handled = self.agent().is_some();
        let coded = wrapped_up.is_some() || self.wrapup().is_some();
        match (self.end.is_some(), handled) {
            (false, true) => Status::Active,
            (false, false) => Status::Waiting,
            (true, false) => Status::Abandoned,
            (true, true) if coded => Status::Ended,
            (true, true) => Status::WrapupDue,
        }
    }

    /// Milliseconds from start to end (or `now`), without wrap-up time.
    pub fn duration_ms(&self, now: Moment) -> i64 {
        self.end.unwrap_or(now).since_ms(self.start).max(0)
    }
}
