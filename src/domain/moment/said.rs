//! A past moment as people say it: RFC 3339, a day, a day and a time, a time of today, or how long ago.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ZonedDateTime};

use super::Moment;

/// A text that says no past moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPast {
    #[error(
        "{0:?} is not a time; write 2026-11-12T14:02:00Z, 2026-11-12, 2026-11-12 14:02, 14:02, or 3d ago"
    )]
    Unread(String),
    #[error("{0:?} is still to come; choose a moment that has been")]
    ToCome(String),
}

/// Reads a past moment. A day stands for its last moment, today for now; days and times are those of `zone`;
/// a span such as `-3d`, `3d` or `2h ago` counts back from now.
pub fn past(text: &str, now: Moment, zone: &TimeZone) -> Result<Moment, NotPast> {
    let text = text.trim();
    let shown = || text.chars().take(40).collect::<String>();
    let here = now.timestamp().to_zoned_datetime(zone.clone());
    let said = read(text, now, &here).ok_or_else(|| NotPast::Unread(shown()))?;
    match said <= now {
        true => Ok(said),
        false => Err(NotPast::ToCome(shown())),
    }
}

fn read(text: &str, now: Moment, here: &ZonedDateTime) -> Option<Moment> {
    if let Ok(moment) = text.parse::<Moment>() {
        return Some(moment);
    }
    let zone = here.time_zone();
    let of = |zoned: ZonedDateTime| Moment(zoned.timestamp().as_millisecond());
    match text.to_lowercase().as_str() {
        "now" | "today" => return Some(now),
        "yesterday" => return day_end(here.date().yesterday().ok()?, now, zone),
        _ => {}
    }
    // The time in a day and a time would read alone too.
    if !text.contains('-')
        && text.contains(':')
        && let Ok(time) = text.parse::<Time>()
    {
        return Some(of(here
            .date()
            .to_datetime(time)
            .to_zoned_datetime(zone.clone())
            .ok()?));
    }
    // A day is also a day and a time, but at its end and not at its start.
    if !text.contains(':')
        && let Ok(date) = text.parse::<Date>()
    {
        return day_end(date, now, zone);
    }
    if let Ok(time) = text.parse::<DateTime>() {
        return Some(of(time.to_zoned_datetime(zone.clone()).ok()?));
    }
    let span = text.parse::<Span>().ok()?;
    Some(of(here.checked_sub(span.abs()).ok()?))
}

/// The last moment of a day that is over; today goes on.
fn day_end(date: Date, now: Moment, zone: &TimeZone) -> Option<Moment> {
    let next = date.tomorrow().ok()?.to_zoned_datetime(zone.clone()).ok()?;
    let end = Moment(next.timestamp().as_millisecond() - 1);
    let start = date.to_zoned_datetime(zone.clone()).ok()?;
    let has_begun = start.timestamp().as_millisecond() <= now.0;
    Some(if has_begun { end.min(now) } else { end })
}
