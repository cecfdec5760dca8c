//! `--at`: what stood at a past moment.

use clap::Args;

use super::output::Output;
use super::session::Session;
use super::trouble::Usage;
use crate::backend::view::Past;
use crate::domain::Moment;
use crate::domain::moment::said;

/// A past moment, when one was asked for.
#[derive(Debug, Args)]
pub struct At {
    /// As it stood then: RFC 3339, a day, a day and a time, or a span such as -3d or "2h ago"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
}

impl At {
    /// The moment; days and times are those of the session's time zone.
    pub fn moment(&self, session: &Session) -> anyhow::Result<Option<Moment>> {
        let Some(text) = &self.at else {
            return Ok(None);
        };
        let moment = said::past(text, session.now(), &session.zone);
        Ok(Some(
            moment.map_err(|error| Usage(format!("--at: {error}")))?,
        ))
    }
}

/// Says that this is the past.
pub fn banner(past: &Past, session: &Session, output: &mut Output) -> anyhow::Result<()> {
    output.line(&format!("As of {}", session.time(past.at)))?;
    Ok(output.line("")?)
}
