//! A journey as CSV: one row an interaction, cells that no spreadsheet computes.

use std::io::{self, Write};

use super::told::Told;
use crate::domain::Moment;
use crate::wire::csv::SafeWriter;

const HEADINGS: [&str; 14] = [
    "id", "channel", "what", "status", "start", "end", "seconds", "queue", "agent", "wrap-up",
    "subject", "address", "notes", "visit",
];

/// Writes the interactions.
pub fn write(out: impl Write, told: &[Told], now: Moment) -> io::Result<()> {
    let mut writer = SafeWriter::new(out);
    writer.row(HEADINGS)?;
    for one in told {
        let seconds = one.end.unwrap_or(now).since_ms(one.start).max(0) / 1000;
        writer.row([
            one.id.clone(),
            one.channel.name().to_owned(),
            one.what.clone(),
            one.state.to_owned(),
            one.start.to_string(),
            one.end.map(|end| end.to_string()).unwrap_or_default(),
            seconds.to_string(),
            one.queue.clone(),
            one.agent.clone(),
            one.wrapup.clone(),
            one.subject.clone(),
            one.address.clone(),
            one.notes.clone(),
            one.visited.join("\n"),
        ])?;
    }
    writer.finish()
}
