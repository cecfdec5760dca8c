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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, NotPast> {
        let now: Moment = "2026-11-23T12:00:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Dublin").unwrap();
        past(text, now, &zone).map(|moment| moment.to_string())
    }

    #[test]
    fn a_moment_is_read_as_people_say_it() {
        for (said, meant) in [
            ("2026-11-12T14:02:00Z", "2026-11-12T14:02:00.000Z"),
            ("2026-11-12", "2026-11-12T23:59:59.999Z"),
            ("2026-06-12", "2026-06-12T22:59:59.999Z"),
            ("2026-11-12 14:02", "2026-11-12T14:02:00.000Z"),
            ("2026-06-12T14:02", "2026-06-12T13:02:00.000Z"),
            ("09:30", "2026-11-23T09:30:00.000Z"),
            ("today", "2026-11-23T12:00:00.000Z"),
            ("2026-11-23", "2026-11-23T12:00:00.000Z"),
            ("yesterday", "2026-11-22T23:59:59.999Z"),
            ("-3d", "2026-11-20T12:00:00.000Z"),
            ("3d", "2026-11-20T12:00:00.000Z"),
            ("2h ago", "2026-11-23T10:00:00.000Z"),
            ("1 hour 30 min ago", "2026-11-23T10:30:00.000Z"),
        ] {
            assert_eq!(read(said).as_deref(), Ok(meant), "{said}");
        }
    }

    #[test]
    fn what_is_no_past_moment_says_what_to_write() {
        assert_eq!(read("soon"), Err(NotPast::Unread("soon".to_owned())));
        assert_eq!(read(""), Err(NotPast::Unread(String::new())));
        let to_come = |text: &str| Err(NotPast::ToCome(text.to_owned()));
        assert_eq!(read("2026-11-24"), to_come("2026-11-24"));
        assert_eq!(read("13:00"), to_come("13:00"));
    }
}
