//! Statistics as one page that needs nothing else: plots as pictures with the numbers beside them, no script, right
//! on light and dark ground and on paper.

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use crate::domain::Moment;
use crate::server::markup::escaped;
use crate::tui::counted::plot::{grouped, percent};
use crate::tui::counted::{Line, Section, Sheet};
use crate::tui::time::{span, stamp};

/// What the page may do: show itself.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = include_str!("../../../assets/report/statistics.css");

/// The picture of the days in its own units.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 180.0;
const FOOT: f64 = 22.0;

/// Ways of linking with what they are called, in the order of a bar.
const SHARES: [(&str, &str); 3] = [
    ("automatic", "linked automatically"),
    ("corrected", "corrected by a person"),
    ("unknown", "left unknown"),
];

/// The whole page.
pub fn document(sheet: &Sheet, now: Moment, zone: &TimeZone) -> String {
    let title = escaped(&sheet.title());
    let mut body = format!(
        "<header><h1>Conversations and decisions</h1><p>{title}, counted on {}</p></header>",
        stamp(now, zone),
    );
    for section in &sheet.sections {
        if section.lines.is_empty() {
            continue;
        }
        let heading = escaped(section.title);
        // Writing to a string cannot go wrong.
        let _ = write!(body, "<section><h2>{heading}</h2>");
        match section.key {
            "conversations" | "channel" | "queue" => bars(&mut body, section),
            "day" => days(
                &mut body,
                &section.lines,
                &SHARES.map(|(measure, _)| measure),
            ),
            "expiring" => days(&mut body, &section.lines, &["ephemeral", "identified"]),
            _ => figures(&mut body, section),
        }
        body.push_str("</section>");
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
        <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
        <title>Statistics: {title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n"
    )
}

/// A bar a line, split by how the conversations were linked, with the shares beside it.
fn bars(body: &mut String, section: &Section) {
    body.push_str("<table><thead><tr><td></td><td></td><td></td>");
    for (class, words) in SHARES {
        let _ = write!(
            body,
            "<th scope=\"col\"><span class=\"key {class}\">{words}</span></th>"
        );
    }
    body.push_str("</tr></thead><tbody>");
    let most = section
        .lines
        .iter()
        .map(|line| line.measure("conversations"));
    let most = most.max().unwrap_or_default().max(1) as f64;
    for line in &section.lines {
        let all = line.measure("conversations");
        let _ = write!(
            body,
            "<tr><th scope=\"row\"><bdi>{}</bdi></th><td class=\"number\">{}</td><td class=\"plot\">\
            <svg viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
            escaped(&line.name),
            grouped(all),
        );
        let mut from = 0.0;
        for (class, _) in SHARES {
            let long = line.measure(class) as f64 * 100.0 / most;
            let _ = write!(
                body,
                "<rect class=\"{class}\" x=\"{from:.3}\" y=\"0\" width=\"{long:.3}\" height=\"12\"/>"
            );
            from += long;
        }
        body.push_str("</svg></td>");
        for (measure, _) in SHARES {
            let share = percent(line.measure(measure), all);
            let _ = write!(body, "<td class=\"number\">{share}</td>");
        }
        body.push_str("</tr>");
    }
    body.push_str("</tbody></table>");
}

/// A column a line, the measures on one another, with what the highest stands for.
fn days(body: &mut String, lines: &[Line], measures: &[&str]) {
    let of = |line: &Line| measures.iter().map(|name| line.measure(name)).sum::<i128>();
    let most = lines.iter().map(of).max().unwrap_or_default();
    let (width, room) = (WIDTH / lines.len().max(1) as f64, HEIGHT - FOOT);
    body.push_str("<p class=\"legend\">");
    for name in measures {
        let _ = write!(body, "<span class=\"key {name}\">{name}</span>");
    }
    let most_shown = grouped(most);
    let _ = write!(
        body,
        "at most {most_shown}</p><figure><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
        aria-label=\"at most {most_shown}\">",
    );
    for (place, line) in lines.iter().enumerate() {
        let x = width * place as f64;
        let mut foot = room;
        let _ = write!(
            body,
            "<g><title>{}: {}</title>",
            escaped(&line.name),
            of(line)
        );
        for name in measures {
            let tall = line.measure(name) as f64 * (room - 4.0) / most.max(1) as f64;
            foot -= tall;
            let _ = write!(
                body,
                "<rect class=\"{name}\" x=\"{x:.2}\" y=\"{foot:.2}\" width=\"{:.2}\" height=\"{tall:.2}\"/>",
                (width - 1.5).max(0.5),
            );
        }
        body.push_str("</g>");
    }
    if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
        let y = HEIGHT - 6.0;
        let _ = write!(
            body,
            "<text x=\"0\" y=\"{y}\">{}</text><text class=\"end\" x=\"{WIDTH}\" y=\"{y}\">{}</text>",
            escaped(&first.name),
            escaped(&last.name),
        );
    }
    body.push_str("</svg></figure>");
}

/// A table of the measures.
fn figures(body: &mut String, section: &Section) {
    let names = section.lines.first().map(|line| line.measures.as_slice());
    body.push_str("<table><thead><tr><td></td>");
    for (name, _) in names.unwrap_or_default() {
        let _ = write!(body, "<th scope=\"col\">{}</th>", heading(name));
    }
    body.push_str("</tr></thead><tbody>");
    for line in &section.lines {
        let _ = write!(
            body,
            "<tr><th scope=\"row\"><bdi>{}</bdi></th>",
            escaped(&line.name)
        );
        for (name, value) in &line.measures {
            let _ = write!(
                body,
                "<td class=\"number\">{}</td>",
                shown(name, *value, line)
            );
        }
        body.push_str("</tr>");
    }
    body.push_str("</tbody></table>");
}

fn heading(measure: &str) -> &str {
    match measure {
        "halfMs" => "half within",
        "mostMs" => "9 of 10 within",
        "marked" => "marked as shared",
        other => other,
    }
}

fn shown(measure: &str, value: i128, line: &Line) -> String {
    match measure {
        "halfMs" | "mostMs" if line.measure("count") == 0 => String::new(),
        "halfMs" | "mostMs" => span(i64::try_from(value).unwrap_or(i64::MAX)),
        "marked" if value == 0 => "no".to_owned(),
        "marked" => "yes".to_owned(),
        _ => grouped(value),
    }
}
