//! A point in time, in milliseconds since 1970-01-01T00:00:00Z, and the spans the rules speak of.

pub mod said;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds of one day.
pub const DAY_MS: i64 = 86_400_000;

/// A point in time, milliseconds since the Unix epoch. Printed as RFC 3339 in UTC with milliseconds,
/// as the Platform API does.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// The moment `days` days earlier.
    pub const fn minus_days(self, days: i64) -> Self {
        Self(self.0 - days * DAY_MS)
    }

    /// The moment `days` days later.
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0 + days * DAY_MS)
    }

    /// The moment `ms` milliseconds later (earlier when negative).
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    /// Milliseconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Now, by the machine's clock. Only the edges of the program call this; rules take time as an argument.
    pub fn of_machine() -> Self {
        Self(Timestamp::now().as_millisecond())
    }

    /// The same point as a `jiff` timestamp, for calendars and time zones.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

/// A text that is no RFC 3339 time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time; write it as RFC 3339, for example 2026-11-23T12:00:00Z")]
pub struct NotATime(pub String);

impl FromStr for Moment {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        text.trim()
            .parse::<Timestamp>()
            .map(|timestamp| Self(timestamp.as_millisecond()))
            .map_err(|_| NotATime(text.chars().take(40).collect()))
    }
}
