//! What is counted over the whole organization: how conversations were linked, what people decided, what expires.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::command::Action;
use super::conversation::Channel;
use super::identifier::Identifier;
use super::moment::Moment;
use super::reason::Rule;

/// Most days that are counted at once: a year, and the day that it began on.
pub const DAYS_MAX: usize = 366;

/// Days in a row: the moment that each begins at, and after them the moment that the last one ends at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Moment>", into = "Vec<Moment>")]
pub struct Days(Vec<Moment>);

/// Moments that are no days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("days are 2 to 367 moments, each later than the one before")]
pub struct NoDays;

impl Days {
    /// From the starts of the days and the end of the last one, in order.
    pub fn new(bounds: Vec<Moment>) -> Result<Self, NoDays> {
        let rises = bounds.is_sorted_by(|one, next| one < next);
        match rises && (2..=DAYS_MAX + 1).contains(&bounds.len()) {
            true => Ok(Self(bounds)),
            false => Err(NoDays),
        }
    }

    /// The last `count` days of a time zone up to and with the day of `now`; at least one, at most [`DAYS_MAX`].
    pub fn until(now: Moment, zone: &TimeZone, count: usize) -> Result<Self, NoDays> {
        let today = now.timestamp().to_zoned_datetime(zone.clone()).date();
        let count = i64::try_from(count.clamp(1, DAYS_MAX)).map_err(|_| NoDays)?;
        let begins = |ago: i64| {
            let day = today.checked_sub(ago.days()).ok()?;
            let zoned = day.to_zoned_datetime(zone.clone()).ok()?;
            Some(Moment(zoned.timestamp().as_millisecond()))
        };
        let bounds: Option<Vec<Moment>> = (-1..count).rev().map(begins).collect();
        Self::new(bounds.ok_or(NoDays)?)
    }

    /// The days as the calendar of a time zone has them.
    pub fn dates(&self, zone: &TimeZone) -> Vec<Date> {
        let date = |at: &Moment| at.timestamp().to_zoned_datetime(zone.clone()).date();
        self.0[..self.count()].iter().map(date).collect()
    }

    pub fn bounds(&self) -> &[Moment] {
        &self.0
    }

    /// How many days they are.
    pub fn count(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The moment that the first day begins at.
    pub fn start(&self) -> Moment {
        self.0.first().copied().unwrap_or_default()
    }

    /// The moment that the last day ends at; it is in it no more.
    pub fn end(&self) -> Moment {
        self.0.last().copied().unwrap_or_default()
    }

    /// The place of the day that a moment is in; `None` where it is in none of them.
    pub fn day_of(&self, at: Moment) -> Option<usize> {
        let day = self
            .0
            .partition_point(|start| *start <= at)
            .checked_sub(1)?;
        (day < self.count()).then_some(day)
    }
}

impl TryFrom<Vec<Moment>> for Days {
    type Error = NoDays;

    fn try_from(bounds: Vec<Moment>) -> Result<Self, NoDays> {
        Self::new(bounds)
    }
}

impl From<Days> for Vec<Moment> {
    fn from(days: Days) -> Self {
        days.0
    }
}

/// How a conversation came to the contact that it is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// A rule linked it, to somebody who is in the contacts.
    Automatic,
    /// A person decided: linked it, unlinked it, or chose its side when a merge was taken back.
    Corrected,
    /// A rule linked it, to somebody who is not in the contacts.
    Unknown,
}

impl Linking {
    /// From the rule that the link stands by, and whether who it leads to now is in the contacts.
    pub const fn of(rule: Rule, is_kept: bool) -> Self {
        match rule {
            Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => Self::Corrected,
            Rule::FirstClaimed
            | Rule::NoClaim
            | Rule::NothingProvided
            | Rule::SwitchedOff
            | Rule::SharedOnly => match is_kept {
                true => Self::Automatic,
                false => Self::Unknown,
            },
        }
    }
}

/// Conversations by how they were linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub automatic: u64,
    pub corrected: u64,
    pub unknown: u64,
}

impl Share {
    pub fn take(&mut self, linking: Linking) {
        match linking {
            Linking::Automatic => self.automatic += 1,
            Linking::Corrected => self.corrected += 1,
            Linking::Unknown => self.unknown += 1,
        }
    }

    /// All of them.
    pub const fn all(self) -> u64 {
        self.automatic + self.corrected + self.unknown
    }
}

/// How long something took, of those that it happened to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spans {
    pub count: u64,
    /// Milliseconds within which half of them were done; 0 of none.
    pub half_ms: i64,
    /// Milliseconds within which nine of ten were done; 0 of none.
    pub most_ms: i64,
}

impl Spans {
    /// From every span, in milliseconds: the smallest value that enough of them do not exceed.
    pub fn of(mut spans: Vec<i64>) -> Self {
        spans.sort_unstable();
        let within = |tenths: usize| {
            let place = (spans.len() * tenths).div_ceil(10).max(1) - 1;
            spans.get(place).copied().unwrap_or_default()
        };
        Self {
            count: spans.len() as u64,
            half_ms: within(5),
            most_ms: within(9),
        }
    }
}

/// Decisions of one kind, and how many of them were taken back and did not come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub action: Action,
    pub made: u64,
    pub undone: u64,
}

/// Contacts that expire in one span of 24 hours unless they are seen again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    pub ephemeral: u64,
    pub identified: u64,
}

/// An identifier that is marked as shared, or that several live contacts carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedUse {
    pub identifier: Identifier,
    pub is_marked: bool,
    /// Live contacts that claim it or carry it in a field.
    pub contacts: u64,
}

/// Everything that is counted. Conversations are those that began in the days, decisions those that were made in
/// them; expiry and shared identifiers are as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    pub days: Days,
    pub conversations: Share,
    /// One a day, none left out.
    pub by_day: Vec<Share>,
    /// The most first.
    pub by_channel: Vec<(Channel, Share)>,
    /// By the queue's id, or name where it is known; the most first. `None` is no queue.
    pub by_queue: Vec<(Option<String>, Share)>,
    /// From the start of a conversation to the link that a person gave it and that holds.
    pub linking: Spans,
    /// From the first time that somebody was seen to when they were added to the contacts and stayed there.
    pub adding: Spans,
    /// In the order of [`Action::ALL`], those that happened.
    pub decisions: Vec<Made>,
    /// One for each 24 hours from now, the last with what expires later.
    pub expiring: Vec<Expiring>,
    /// The most used first.
    pub shared: Vec<SharedUse>,
}
