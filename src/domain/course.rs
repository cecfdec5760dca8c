//! How a conversation went: who had it, in the order in which they came to it, and how long they talked, held
//! or waited. It is worked out from the conversation whenever it is shown and never kept.

use serde::{Deserialize, Serialize};

use super::conversation::{Channel, Part, Status};
use super::moment::Moment;

/// How a conversation went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// In the order in which they began. The first session of the person outside is the conversation itself and
    /// is left out.
    pub stints: Vec<Stint>,
    /// The outbound campaign, by the name that it came with, else its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Sent out and handled by nobody: a notification.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub agentless: bool,
    /// What became of a message, in the word that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// When the person wants to be called back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_at: Option<Moment>,
    /// Conversations in which agents consulted others about this one.
    #[serde(default, skip_serializing_if = "is_none")]
    pub consultations: usize,
    /// Members that are kept and not understood, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

/// One session of somebody who had the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stint {
    pub part: Part,
    /// The contract's purpose, which says more where the part is `Other`.
    pub purpose: String,
    /// The name that the data has; for agents and queues the organization's where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    pub channel: Channel,
    /// The contract's medium, which says more where the channel is `Other`.
    pub media: String,
    pub start: Moment,
    /// `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Moment>,
    /// Milliseconds; of what goes on so long as it has lasted is not counted yet.
    pub talked_ms: i64,
    pub held_ms: i64,
    pub wrapped_ms: i64,
    /// How somebody else got it from them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed: Option<Handover>,
    /// Several talked at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conference: bool,
    /// A consultation that took place beside the conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consulted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotPart>,
    /// What else went on, by the contract's word, and for how long in milliseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<(String, i64)>,
}

/// The part of a bot or flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotPart {
    pub name: String,
    /// The contract's kind of flow, for example `DIGITALBOT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// How a conversation goes from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Handover {
    /// Without a word to the other before.
    Blind,
    /// After talking to the other.
    Consult,
    /// Into a conference.
    Conference,
    Forward,
    NoAnswer,
    NotAvailable,
}

impl Handover {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blind => "transferred",
            Self::Consult => "transferred after consulting",
            Self::Conference => "transferred into a conference",
            Self::Forward => "forwarded",
            Self::NoAnswer => "moved on, no answer",
            Self::NotAvailable => "moved on, not available",
        }
    }
}

impl BotPart {
    /// `bot Order bot: resolved`.
    pub fn in_words(&self) -> String {
        match &self.outcome {
            Some(outcome) => format!("bot {}: {outcome}", self.name),
            None => format!("bot {}", self.name),
        }
    }
}

impl Stint {
    /// What they did, in words behind their name: `talked 3:02, held 0:40, transferred`. `span` writes a time.
    pub fn in_words(&self, own: Channel, now: Moment, span: &dyn Fn(i64) -> String) -> String {
        let mut words: Vec<String> = Vec::new();
        let lasted = || span(self.lasted_ms(now));
        match self.part {
            Part::Queue => words.push(format!("waited {}", lasted())),
            Part::Agent => words.push(match (self.talked_ms, self.end) {
                (0, Some(_)) => format!("had it {}", lasted()),
                (0, None) => format!("has it {}", lasted()),
                (talked, _) => format!("talked {}", span(talked)),
            }),
            Part::Bot | Part::Outside | Part::Campaign | Part::Other => words.push(lasted()),
        }
        let outcome = self.bot.as_ref().and_then(|bot| bot.outcome.clone());
        words.extend(outcome);
        if 0 < self.held_ms {
            words.push(format!("held {}", span(self.held_ms)));
        }
        if 0 < self.wrapped_ms {
            words.push(format!("wrapped up {}", span(self.wrapped_ms)));
        }
        if self.channel != own {
            words.push(match self.channel {
                Channel::Other => format!("other: {}", self.media),
                channel => format!("on {}", channel.word()),
            });
        }
        if self.conference {
            words.push("in a conference".to_owned());
        }
        if self.consulted {
            words.push("consulted another".to_owned());
        }
        words.extend(self.handed.map(|handed| handed.word().to_owned()));
        let other = self.other.iter();
        words.extend(other.map(|(word, ms)| format!("other: {word} {}", span(*ms))));
        words.join(", ")
    }

    /// How long it took, or has taken by `now`, in milliseconds.
    pub fn lasted_ms(&self, now: Moment) -> i64 {
        self.end.unwrap_or(now).since_ms(self.start).max(0)
    }

    /// Who or what had it, for people: a name, else the contract's word.
    pub fn who(&self) -> &str {
        let bot = self.bot.as_ref().map(|bot| bot.name.as_str());
        let named = match self.part {
            Part::Queue => self.queue.as_deref().or(self.name.as_deref()),
            Part::Bot => bot.or(self.name.as_deref()),
            Part::Agent => self.name.as_deref().or(self.user.as_deref()),
            Part::Outside | Part::Campaign | Part::Other => self.name.as_deref(),
        };
        named.unwrap_or(match self.part {
            Part::Outside => "the person",
            Part::Agent => "an agent",
            Part::Queue => "a queue",
            Part::Bot => "a bot",
            Part::Campaign => "a campaign",
            Part::Other => match self.purpose.is_empty() {
                true => "somebody",
                false => &self.purpose,
            },
        })
    }

    /// The kind of part, for people: `agent`, `queue`; `other` for what is not understood.
    pub const fn kind(&self) -> &'static str {
        match self.part {
            Part::Outside => "person",
            Part::Agent => "agent",
            Part::Queue => "queue",
            Part::Bot => "bot",
            Part::Campaign => "campaign",
            Part::Other => "other",
        }
    }
}

/// The status of a conversation for people. What was sent out for nobody to handle was abandoned by nobody.
pub fn state_word(status: Status, course: Option<&Course>) -> &'static str {
    match status {
        Status::Abandoned if course.is_some_and(|course| course.agentless) => "sent",
        status => status.word(),
    }
}

impl Course {
    /// The agents in the order in which they came to it, each once.
    pub fn agents(&self) -> Vec<&str> {
        self.each(Part::Agent)
    }

    /// The queues in that order, each once.
    pub fn queues(&self) -> Vec<&str> {
        self.each(Part::Queue)
    }

    /// Milliseconds that agents talked, and that the person was on hold.
    pub fn talked_and_held_ms(&self) -> (i64, i64) {
        let agents = self.stints.iter().filter(|one| one.part == Part::Agent);
        agents.fold((0, 0), |(talked, held), one| {
            (talked + one.talked_ms, held + one.held_ms)
        })
    }

    /// How it was handed on between agents, in order.
    pub fn handovers(&self) -> impl Iterator<Item = Handover> {
        self.stints.iter().filter_map(|one| one.handed)
    }

    pub fn has_conference(&self) -> bool {
        self.stints.iter().any(|one| one.conference)
    }

    /// Channels beside the conversation's own, each once.
    pub fn channels_beside(&self, own: Channel) -> Vec<Channel> {
        let mut beside = Vec::new();
        for one in &self.stints {
            if one.channel != own && !beside.contains(&one.channel) {
                beside.push(one.channel);
            }
        }
        beside
    }

    /// What there is to say of it in a few words each: who else had it, how it was handed on, how long it was held.
    /// `span` writes a time.
    pub fn in_brief(&self, own: Channel, span: &dyn Fn(i64) -> String) -> Vec<String> {
        let mut words = Vec::new();
        let agents = self.agents().len();
        if 1 < agents {
            words.push(format!("{agents} agents"));
        }
        let mut handed: Vec<Handover> = Vec::new();
        for handover in self.handovers() {
            if !handed.contains(&handover) {
                handed.push(handover);
                words.push(handover.word().to_owned());
            }
        }
        if self.has_conference() {
            words.push("conference".to_owned());
        }
        let (_, held) = self.talked_and_held_ms();
        if 0 < held {
            words.push(format!("held {}", span(held)));
        }
        let bots = self.stints.iter().filter_map(|one| one.bot.as_ref());
        words.extend(bots.map(BotPart::in_words));
        words.extend(self.campaign.iter().map(|name| format!("campaign {name}")));
        if self.agentless {
            let delivery = self.delivery.iter().map(|word| format!(", {word}"));
            words.push(format!("notification{}", delivery.collect::<String>()));
        }
        let beside = self.channels_beside(own).into_iter();
        words.extend(beside.map(|channel| format!("with {}", channel.word())));
        words
    }

    fn each(&self, part: Part) -> Vec<&str> {
        let mut names = Vec::new();
        for one in self.stints.iter().filter(|one| one.part == part) {
            if !names.contains(&one.who()) {
                names.push(one.who());
            }
        }
        names
    }
}
