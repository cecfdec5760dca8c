//! The 60 days as a picture: a lane a channel, a mark an interaction where it began, as long as it took. What was
//! abandoned is hollow and what goes on is full with a ring, so that no state is told by colour alone.

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::Sheet;
use super::told::{LANES, Told, counted, lane};
use crate::backend::local::JOURNEY_DAYS;
use crate::domain::Moment;
use crate::domain::conversation::Status;
use crate::server::markup::escaped;
use crate::tui::time::{date, stamp};

/// The picture in its own units.
const WIDTH: f64 = 960.0;
const LABELS: f64 = 92.0;
const LANE: f64 = 34.0;
const MARK: f64 = 16.0;
const FOOT: f64 = 26.0;
/// Room that the half of a date needs.
const DATE: f64 = 24.0;
/// The narrowest mark.
const MARK_MIN: f64 = 5.0;

/// The lane of an interaction, as its class.
pub fn class(one: &Told) -> &'static str {
    LANES.get(lane(one.channel)).copied().unwrap_or("other")
}

/// The picture with its caption.
pub fn figure(sheet: &Sheet, told: &[Told]) -> String {
    let lanes: Vec<usize> = (0..LANES.len())
        .filter(|index| told.iter().any(|one| lane(one.channel) == *index))
        .collect();
    let height = LANE * lanes.len() as f64 + FOOT;
    let said = format!("{} in 60 days, the newest at the right", counted(told));
    let mut svg = String::new();
    // Writing to a string cannot go wrong.
    let _ = write!(
        svg,
        "<figure><svg role=\"img\" viewBox=\"0 0 {WIDTH} {height}\" aria-label=\"{said}\">"
    );
    weeks(&mut svg, sheet, height);
    for (row, index) in lanes.iter().enumerate() {
        let middle = LANE * row as f64 + LANE / 2.0;
        let name = LANES.get(*index).copied().unwrap_or_default();
        let _ = write!(
            svg,
            "<text class=\"lane\" x=\"0\" y=\"{:.1}\">{name}</text><line class=\"rail\" x1=\"{LABELS}\" \
            x2=\"{WIDTH}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\"/>",
            middle + 5.0,
        );
        let own = told.iter().filter(|one| lane(one.channel) == *index);
        own.for_each(|one| mark(&mut svg, one, sheet, middle));
    }
    svg.push_str("</svg></figure>");
    svg
}

/// Where a moment stands.
fn place(moment: Moment, sheet: &Sheet) -> f64 {
    let whole = (JOURNEY_DAYS * 24 * 3_600_000) as f64;
    let since = moment.since_ms(sheet.now.minus_days(JOURNEY_DAYS)) as f64;
    let room = WIDTH - LABELS - MARK_MIN;
    LABELS + room * (since / whole).clamp(0.0, 1.0)
}

/// A line where each Monday begins, with its date.
fn weeks(svg: &mut String, sheet: &Sheet, height: f64) {
    for ago in (0..JOURNEY_DAYS).rev() {
        let day = date(sheet.now.minus_days(ago), &sheet.zone);
        let begins = day.to_zoned_datetime(sheet.zone.clone());
        let (Ok(begins), Weekday::Monday) = (begins, day.weekday()) else {
            continue;
        };
        let x = place(Moment(begins.timestamp().as_millisecond()), sheet);
        let foot = height - FOOT;
        // The last one would reach over the edge.
        let end = if WIDTH - DATE < x { " end" } else { "" };
        let _ = write!(
            svg,
            "<line class=\"week\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"0\" y2=\"{foot:.1}\"/>\
            <text class=\"date{end}\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            height - 6.0,
            day.strftime("%-d %b"),
        );
    }
}

fn mark(svg: &mut String, one: &Told, sheet: &Sheet, middle: f64) {
    let x = place(one.start, sheet);
    let long = place(one.end.unwrap_or(sheet.now), sheet) - x;
    let state = match one.status {
        Status::Abandoned => " hollow",
        Status::Active | Status::Waiting => " ring",
        Status::Ended | Status::WrapupDue => "",
    };
    let parts = [
        format!("{} {}", stamp(one.start, &sheet.zone), one.what),
        one.handling(),
        format!("{}, {}", one.state, one.lasted(sheet.now)),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let _ = write!(
        svg,
        "<rect class=\"mark {}{state}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{MARK}\" rx=\"2.5\">\
        <title>{}</title></rect>",
        class(one),
        middle - MARK / 2.0,
        long.max(MARK_MIN),
        escaped(&parts.join(" · ")),
    );
}
