//! Moments and spans in words, in the time zone of the person who reads them, and the clock of a session.

use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::domain::Moment;

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Where a session has the time from: the machine, or a moment that a test or a demo gave it.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Moment + Send + Sync>);

impl Clock {
    pub fn of(now: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn machine() -> Self {
        Self::of(Moment::of_machine)
    }

    /// A clock that stands still.
    pub fn fixed(at: Moment) -> Self {
        Self::of(move || at)
    }

    pub fn now(&self) -> Moment {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// A span as a stopwatch has it: `02:41`, `1:02:41`, and `3 d 04 h` from a day on.
pub fn span(ms: i64) -> String {
    let ms = ms.max(0);
    let (days, hours) = (ms / DAY_MS, ms / HOUR_MS);
    let minutes = ms / MINUTE_MS % 60;
    let seconds = ms / SECOND_MS % 60;
    if 0 < days {
        format!("{days} d {:02} h", hours % 24)
    } else if 0 < hours {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// The time of the day: `14:02`.
pub fn clock(at: Moment, tz: &TimeZone) -> String {
    local(at, tz).strftime("%H:%M").to_string()
}

/// The time of the day with seconds: `14:02:07`.
pub fn clock_seconds(at: Moment, tz: &TimeZone) -> String {
    local(at, tz).strftime("%H:%M:%S").to_string()
}

/// The calendar day.
pub fn date(at: Moment, tz: &TimeZone) -> Date {
    local(at, tz).date()
}

/// A day as people say it: `Today`, `Yesterday`, `Thu 12 Nov`, and with the year where it is another one.
pub fn day(day: Date, today: Date) -> String {
    if day == today {
        "Today".to_owned()
    } else if today.yesterday().is_ok_and(|yesterday| yesterday == day) {
        "Yesterday".to_owned()
    } else if day.year() == today.year() {
        day.strftime("%a %-d %b").to_string()
    } else {
        day.strftime("%a %-d %b %Y").to_string()
    }
}

/// A day in a sentence: `12 Nov 2026`.
pub fn long_date(at: Moment, tz: &TimeZone) -> String {
    local(at, tz).strftime("%-d %b %Y").to_string()
}

/// The time of the day, and the day where it is not today: `14:02`, `12 Nov 14:02`.
pub fn short_stamp(at: Moment, now: Moment, tz: &TimeZone) -> String {
    match date(at, tz) == date(now, tz) {
        true => clock(at, tz),
        false => local(at, tz).strftime("%-d %b %H:%M").to_string(),
    }
}

/// A day and a time: `12 Nov 2026 14:02`.
pub fn stamp(at: Moment, tz: &TimeZone) -> String {
    local(at, tz).strftime("%-d %b %Y %H:%M").to_string()
}

/// Milliseconds until the next full minute.
pub fn until_minute_ms(now: Moment) -> i64 {
    MINUTE_MS - now.0.rem_euclid(MINUTE_MS)
}

/// A number with commas between its thousands.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn local(at: Moment, tz: &TimeZone) -> DateTime {
    tz.to_datetime(at.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_like_a_stopwatch() {
        assert_eq!(span(-5), "00:00");
        assert_eq!(span(161_000), "02:41");
        assert_eq!(span(3_761_000), "1:02:41");
        assert_eq!(span(3 * DAY_MS + 4 * HOUR_MS), "3 d 04 h");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1_204_118), "1,204,118");
    }
}
