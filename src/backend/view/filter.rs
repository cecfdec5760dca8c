//! What of a journey is shown: by channel, direction, queue, agent, wrap-up code, status and words of the notes.

use serde::{Deserialize, Serialize};

use super::journey::{JourneyConversation, JourneyItem};
use crate::domain::conversation::{Channel, Direction, Status};

/// What is left out of a journey; every part narrows. Names and words match where they occur, in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JourneyFilter {
    pub channel: Option<Channel>,
    pub direction: Option<Direction>,
    pub queue: Option<String>,
    pub agent: Option<String>,
    pub wrapup: Option<String>,
    pub status: Option<Status>,
    pub text: Option<String>,
}

/// A word that does not narrow, and those that do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("{0}: no such channel; channels are {channels}", channels = channels())]
    Channel(String),
    #[error("{0}: no such direction; it is in or out")]
    Direction(String),
    #[error("{0}: no such status; it is active, waiting, ended, wrap-up due or abandoned")]
    Status(String),
    #[error(
        "{0}: nothing is narrowed by that; it is channel, direction, queue, agent, wrap-up, status or text"
    )]
    Key(String),
    #[error("{0}: says nothing; write a value behind it")]
    Blank(String),
}

fn channels() -> String {
    Channel::ALL.map(Channel::name).join(", ")
}

impl JourneyFilter {
    /// Reads `channel:call agent:"Mara Lindt" refund`; words without a key are text of the notes.
    pub fn read(typed: &str) -> Result<Self, Unfit> {
        let mut filter = Self::default();
        let mut words: Vec<String> = Vec::new();
        for (key, value) in parts(typed) {
            match key {
                Some(key) => filter.set(&key, &value)?,
                None => words.push(value),
            }
        }
        if !words.is_empty() {
            filter.text = Some(words.join(" "));
        }
        Ok(filter)
    }

    /// Narrows by one part.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), Unfit> {
        let value = value.trim();
        if value.is_empty() {
            return Err(Unfit::Blank(key.to_owned()));
        }
        let text = || Some(value.to_owned());
        match key.to_lowercase().as_str() {
            "channel" => self.channel = Some(channel_of(value)?),
            "direction" => self.direction = Some(direction_of(value)?),
            "status" => self.status = Some(status_of(value)?),
            "queue" => self.queue = text(),
            "agent" => self.agent = text(),
            "wrap-up" | "wrapup" => self.wrapup = text(),
            "text" => self.text = text(),
            _ => return Err(Unfit::Key(key.to_owned())),
        }
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The parts in words: `channel:call`. They read as what they were read from.
    pub fn chips(&self) -> Vec<String> {
        let quoted = |key: &str, value: &str| match value.contains(char::is_whitespace) {
            true => format!("{key}:\"{value}\""),
            false => format!("{key}:{value}"),
        };
        let parts = [
            ("channel", self.channel.map(|one| one.name().to_owned())),
            ("direction", self.direction.map(|one| one.name().to_owned())),
            ("queue", self.queue.clone()),
            ("agent", self.agent.clone()),
            ("wrap-up", self.wrapup.clone()),
            ("status", self.status.map(|one| one.word().to_owned())),
            ("text", self.text.clone()),
        ];
        let said = parts
            .into_iter()
            .filter_map(|(key, value)| Some(quoted(key, &value?)));
        said.collect()
    }

    /// Whether who had a conversation in between must be known too.
    pub const fn asks_for_course(&self) -> bool {
        self.queue.is_some() || self.agent.is_some()
    }

    /// Whether an interaction is shown.
    pub fn keeps(&self, item: &JourneyItem) -> bool {
        let status = match item {
            JourneyItem::Conversation(one) => one.status,
            JourneyItem::Visit(_, _, status) => *status,
        };
        self.channel.is_none_or(|wanted| is_on(item, wanted))
            && self.status.is_none_or(|wanted| status == wanted)
            && match item {
                JourneyItem::Conversation(one) => self.keeps_conversation(one),
                JourneyItem::Visit(..) => self.keeps_visits(),
            }
    }

    /// A visit has no queue, agent, code, direction or notes.
    const fn keeps_visits(&self) -> bool {
        self.direction.is_none()
            && self.queue.is_none()
            && self.agent.is_none()
            && self.wrapup.is_none()
            && self.text.is_none()
    }

    fn keeps_conversation(&self, one: &JourneyConversation) -> bool {
        let course = one.course.as_deref();
        let queues = course.map(|course| course.queues()).unwrap_or_default();
        let agents = course.map(|course| course.agents()).unwrap_or_default();
        let texts = [one.notes.as_deref(), one.subject.as_deref()];
        self.direction.is_none_or(|wanted| one.direction == wanted)
            && says(&self.queue, one.queue.as_deref().into_iter().chain(queues))
            && says(&self.agent, one.agent.as_deref().into_iter().chain(agents))
            && says(&self.wrapup, one.wrapup_code.as_deref())
            && says(&self.text, texts.into_iter().flatten())
    }
}

/// Whether it came over a channel, or went over it for a while.
fn is_on(item: &JourneyItem, wanted: Channel) -> bool {
    let beside = match item {
        JourneyItem::Conversation(one) => one.course.as_deref(),
        JourneyItem::Visit(..) => None,
    };
    item.channel() == wanted
        || beside.is_some_and(|course| course.stints.iter().any(|one| one.channel == wanted))
}

fn says<'a>(wanted: &Option<String>, texts: impl IntoIterator<Item = &'a str>) -> bool {
    let Some(wanted) = wanted else {
        return true;
    };
    let wanted = wanted.to_lowercase();
    texts
        .into_iter()
        .any(|text| text.to_lowercase().contains(&wanted))
}

fn channel_of(word: &str) -> Result<Channel, Unfit> {
    let by_word = || {
        let mut all = Channel::ALL.into_iter();
        all.find(|channel| channel.word().eq_ignore_ascii_case(word))
    };
    let short = match word.to_lowercase().as_str() {
        "calls" | "phone" => Some(Channel::Call),
        "mail" => Some(Channel::Email),
        "visit" => Some(Channel::Web),
        _ => None,
    };
    let found = Channel::of_name(word).or_else(by_word).or(short);
    found.ok_or_else(|| Unfit::Channel(word.to_owned()))
}

fn direction_of(word: &str) -> Result<Direction, Unfit> {
    match word.to_lowercase().as_str() {
        "in" | "inbound" => Ok(Direction::Inbound),
        "out" | "outbound" => Ok(Direction::Outbound),
        _ => Err(Unfit::Direction(word.to_owned())),
    }
}

fn status_of(word: &str) -> Result<Status, Unfit> {
    match word.to_lowercase().as_str() {
        "active" => Ok(Status::Active),
        "waiting" => Ok(Status::Waiting),
        "ended" => Ok(Status::Ended),
        "wrap-up due" | "wrap-up-due" | "due" => Ok(Status::WrapupDue),
        "abandoned" => Ok(Status::Abandoned),
        _ => Err(Unfit::Status(word.to_owned())),
    }
}

/// The words of a line with their keys; what stands in quotes is one word.
fn parts(typed: &str) -> Vec<(Option<String>, String)> {
    let mut parts = Vec::new();
    let (mut key, mut word, mut is_quoted, mut was_quoted) = (None, String::new(), false, false);
    for letter in typed.chars().chain([' ']) {
        match letter {
            '"' => {
                is_quoted = !is_quoted;
                was_quoted = true;
            }
            ':' if key.is_none() && !is_quoted && !word.is_empty() => {
                key = Some(std::mem::take(&mut word));
            }
            blank if blank.is_whitespace() && !is_quoted => {
                if key.is_some() || was_quoted || !word.is_empty() {
                    parts.push((key.take(), std::mem::take(&mut word)));
                }
                was_quoted = false;
            }
            other => word.push(other),
        }
    }
    // A quote that was never closed ends with the line.
    if key.is_some() || !word.trim().is_empty() {
        parts.push((key, word.trim_end().to_owned()));
    }
    parts
}
