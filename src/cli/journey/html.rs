//! A journey as one page that needs nothing else: the timeline as a picture, then a card an interaction. It has no
//! script, looks right on light and dark ground and on paper, and takes nothing from elsewhere.

use std::fmt::Write as _;

use super::Sheet;
use super::timeline;
use super::told::{Told, ToldMessage, by_day, counted, day};
use crate::domain::conversation::Status;
use crate::domain::transcript::Author;
use crate::server::markup::escaped;
use crate::tui::time::clock;

/// What the page may do: show itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("../../../assets/report/journey.css");

/// The whole page.
pub fn document(sheet: &Sheet, told: &[Told]) -> String {
    let name = escaped(&sheet.name);
    let until = format!(
        "{} {}",
        day(sheet.now, &sheet.zone),
        clock(sheet.now, &sheet.zone)
    );
    let mut body = String::new();
    // Writing to a string cannot go wrong.
    let _ = write!(
        body,
        "<header><h1><bdi>{name}</bdi></h1><p><span class=\"kind\">{}</span> {} in the 60 days to {until} \
        <span class=\"id\">{}</span></p></header>",
        sheet.kind,
        counted(told),
        sheet.contact,
    );
    if told.is_empty() {
        body.push_str("<p>Nothing happened in these days.</p>");
    } else {
        body.push_str(&timeline::figure(sheet, told));
    }
    for (day, all) in by_day(told, &sheet.zone) {
        let _ = write!(body, "<section><h2>{day}</h2><ol>");
        for one in all {
            card(&mut body, one, sheet);
        }
        body.push_str("</ol></section>");
    }
    for missing in &sheet.missing {
        let _ = write!(
            body,
            "<p class=\"missing\">Parts are left out: they need {missing}.</p>"
        );
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
        <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
        <title>Journey of {name}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
}

fn card(body: &mut String, one: &Told, sheet: &Sheet) {
    let lane = timeline::class(one);
    let at = clock(one.start, &sheet.zone);
    let _ = write!(
        body,
        "<li class=\"{lane}\"><time datetime=\"{}\">{at}</time><div><p><b>{}</b>",
        one.start,
        escaped(&one.what),
    );
    let handling = one.handling();
    if !handling.is_empty() {
        let _ = write!(body, " <bdi>{}</bdi>", escaped(&handling));
    }
    body.push_str("</p>");
    for (class, text) in [("subject", &one.subject), ("notes", &one.notes)] {
        if !text.is_empty() {
            let _ = write!(
                body,
                "<p class=\"{class}\"><bdi>{}</bdi></p>",
                escaped(text)
            );
        }
    }
    if !one.segments.is_empty() {
        body.push_str("<p class=\"segments\">");
        for (name, color) in &one.segments {
            let style = color.as_ref();
            let style = style.map(|color| format!(" style=\"--own:{color}\""));
            let _ = write!(
                body,
                "<span class=\"segment\"{}>segment <bdi>{}</bdi></span> ",
                style.unwrap_or_default(),
                escaped(name),
            );
        }
        body.push_str("</p>");
    }
    // Segments stand above, in their colour.
    let is_above = |line: &&String| {
        let mut names = one.segments.iter();
        names.any(|(name, _)| line.strip_prefix("segment ") == Some(name))
    };
    let mut lines = one.visited.iter().filter(|line| !is_above(line)).peekable();
    if lines.peek().is_some() {
        body.push_str("<ul>");
        for line in lines {
            let _ = write!(body, "<li><bdi>{}</bdi></li>", escaped(line));
        }
        body.push_str("</ul>");
    }
    said(body, &one.said);
    let _ = write!(
        body,
        "</div><span class=\"status {}\">{} <span class=\"lasted\">{}</span></span></li>",
        status_class(one.status),
        one.state,
        one.lasted(sheet.now),
    );
}

/// What was said: each message with who wrote it, in words as well as by its place.
fn said(body: &mut String, messages: &[ToldMessage]) {
    if messages.is_empty() {
        return;
    }
    body.push_str("<dl class=\"said\">");
    for message in messages {
        let class = match message.by {
            Author::Person => "person",
            Author::Agent | Author::Bot | Author::Unsaid => "house",
        };
        let _ = write!(
            body,
            "<dt class=\"{class}\"><bdi>{}</bdi> <span>{}</span></dt><dd class=\"{class}\" dir=\"auto\">{}</dd>",
            escaped(&message.who),
            escaped(&message.at),
            escaped(&message.text),
        );
    }
    body.push_str("</dl>");
}

const fn status_class(status: Status) -> &'static str {
    match status {
        Status::Active => "good",
        Status::Waiting | Status::WrapupDue => "due",
        Status::Ended => "over",
        Status::Abandoned => "lost",
    }
}
