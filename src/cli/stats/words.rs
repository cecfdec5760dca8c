//! Statistics for a terminal: tables with bars, and plots of a line.

use std::io;

use super::of;
use crate::cli::output::Output;
use crate::cli::table::{self, number};
use crate::domain::contact::ContactType;
use crate::store::Counts;
use crate::tui::counted::plot::{BAR, bar, grouped, levels, percent};
use crate::tui::counted::{Line, Section, Sheet};
use crate::tui::time::span;

/// What is in the store.
pub fn counts(counts: &Counts, output: &mut Output) -> io::Result<()> {
    let pairs = [
        ("Curated contacts", of(counts, ContactType::Curated)),
        ("Identified contacts", of(counts, ContactType::Identified)),
        ("Ephemeral contacts", of(counts, ContactType::Ephemeral)),
        ("merged contacts", counts.ancestors),
        ("organizations", counts.organizations),
        ("identifiers", counts.claims),
        ("shared identifiers", counts.shared),
        ("conversations", counts.conversations),
        ("active conversations", counts.active),
        ("web visits", counts.visits),
        ("notes", counts.notes),
        ("journal entries", counts.entries),
    ]
    .map(|(label, count)| (label, number(count)));
    table::pairs(output, &pairs)
}

/// What happened.
pub fn statistics(sheet: &Sheet, output: &mut Output) -> io::Result<()> {
    let all = sheet.share.all();
    output.line("")?;
    output.line(&format!(
        "Conversations from {} to {}: {}",
        sheet.first,
        sheet.last,
        number(all)
    ))?;
    let shares = [
        ("linked automatically", sheet.share.automatic),
        ("corrected by a person", sheet.share.corrected),
        ("left unknown", sheet.share.unknown),
    ];
    let rows = shares.map(|(name, count)| {
        vec![
            name.to_owned(),
            number(count),
            percent(count.into(), all.into()),
            bar(count.into(), all.into(), BAR),
        ]
    });
    table::rows(output, &["LINK", "COUNT", "SHARE", ""], &rows)?;
    if 0 < all {
        plot(
            "Conversations by day",
            sheet,
            "day",
            &["conversations"],
            output,
        )?;
    }
    for section in &sheet.sections {
        match section.key {
            "channel" | "queue" => shared_out(section, output)?,
            "identify" => times(section, output)?,
            "decision" => decisions(section, output)?,
            "shared" => identifiers(section, output)?,
            _ => {}
        }
    }
    expiring(sheet, output)
}

/// A heading over what is there; what is empty is left out.
fn heading(section: &Section, output: &mut Output) -> io::Result<bool> {
    if section.lines.is_empty() {
        return Ok(false);
    }
    output.line("")?;
    output.line(section.title)?;
    Ok(true)
}

fn shared_out(section: &Section, output: &mut Output) -> io::Result<()> {
    if !heading(section, output)? {
        return Ok(());
    }
    let most = section
        .lines
        .iter()
        .map(|line| line.measure("conversations"));
    let most = most.max().unwrap_or_default();
    let rows: Vec<_> = section
        .lines
        .iter()
        .map(|line| {
            let all = line.measure("conversations");
            let of = |measure| percent(line.measure(measure), all);
            vec![
                line.name.clone(),
                grouped(all),
                of("automatic"),
                of("corrected"),
                of("unknown"),
                bar(all, most, BAR),
            ]
        })
        .collect();
    let headings = [
        section.key_heading(),
        "COUNT",
        "AUTOMATIC",
        "CORRECTED",
        "UNKNOWN",
        "",
    ];
    table::rows(output, &headings, &rows)
}

impl Section {
    const fn key_heading(&self) -> &'static str {
        match self.key.as_bytes() {
            b"channel" => "CHANNEL",
            _ => "QUEUE",
        }
    }
}

fn times(section: &Section, output: &mut Output) -> io::Result<()> {
    if section.lines.iter().all(|line| line.measure("count") == 0) || !heading(section, output)? {
        return Ok(());
    }
    let rows: Vec<_> = section
        .lines
        .iter()
        .map(|line| {
            let time = |measure| match line.measure("count") {
                0 => String::new(),
                _ => span(i64::try_from(line.measure(measure)).unwrap_or(i64::MAX)),
            };
            vec![
                line.name.clone(),
                grouped(line.measure("count")),
                time("halfMs"),
                time("mostMs"),
            ]
        })
        .collect();
    table::rows(
        output,
        &["TIME", "COUNT", "HALF WITHIN", "9 OF 10 WITHIN"],
        &rows,
    )
}

fn decisions(section: &Section, output: &mut Output) -> io::Result<()> {
    if !heading(section, output)? {
        return Ok(());
    }
    let rows: Vec<_> = section
        .lines
        .iter()
        .map(|line| {
            let (made, undone) = (line.measure("made"), line.measure("undone"));
            vec![
                line.name.clone(),
                grouped(made),
                grouped(undone),
                percent(undone, made),
            ]
        })
        .collect();
    table::rows(output, &["DECISION", "MADE", "UNDONE", "SHARE"], &rows)
}

fn identifiers(section: &Section, output: &mut Output) -> io::Result<()> {
    if !heading(section, output)? {
        return Ok(());
    }
    let rows: Vec<_> = section
        .lines
        .iter()
        .map(|line| {
            let marked = match line.measure("marked") {
                0 => "",
                _ => "marked as shared",
            };
            vec![
                line.name.clone(),
                grouped(line.measure("contacts")),
                marked.to_owned(),
            ]
        })
        .collect();
    table::rows(output, &["IDENTIFIER", "CONTACTS", ""], &rows)
}

/// How many expire, and when.
fn expiring(sheet: &Sheet, output: &mut Output) -> io::Result<()> {
    let lines = sheet.lines("expiring");
    let of = |line: &Line| line.measure("ephemeral") + line.measure("identified");
    let within = |days: usize| lines.iter().take(days).map(of).sum::<i128>();
    if within(lines.len()) == 0 {
        return Ok(());
    }
    let title = "Contacts that expire unless they are seen again, by day ahead";
    plot(
        title,
        sheet,
        "expiring",
        &["ephemeral", "identified"],
        output,
    )?;
    let rows = [("a day", 1), ("a week", 7), ("30 days", 30)].map(|(name, days)| {
        let kind = |measure| {
            let counts = lines.iter().take(days).map(|line| line.measure(measure));
            grouped(counts.sum())
        };
        vec![
            format!("within {name}"),
            kind("ephemeral"),
            kind("identified"),
        ]
    });
    table::rows(output, &["EXPIRE", "EPHEMERAL", "IDENTIFIED"], &rows)
}

/// The lines of a section as a plot, with what its highest level stands for.
fn plot(
    title: &str,
    sheet: &Sheet,
    key: &str,
    measures: &[&str],
    output: &mut Output,
) -> io::Result<()> {
    let lines = sheet.lines(key).iter();
    let values: Vec<i128> = lines
        .map(|line| measures.iter().map(|measure| line.measure(measure)).sum())
        .collect();
    let most = values.iter().copied().max().unwrap_or_default();
    output.line("")?;
    output.line(&format!("{title}, at most {}", grouped(most)))?;
    output.line(&format!("  {}", levels(&values)))
}
