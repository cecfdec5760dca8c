//! A past moment is read as people say it.

use jiff::tz::TimeZone;
use scv_desk::domain::Moment;
use scv_desk::domain::moment::said::{NotPast, past};

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
