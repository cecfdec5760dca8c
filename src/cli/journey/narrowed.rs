//! Which part of a journey is printed.

use clap::Args;

use super::super::trouble::Usage;
use crate::backend::view::JourneyFilter;

/// What narrows a journey; every option given narrows further.
#[derive(Debug, Args)]
pub struct Narrowed {
    /// Only this channel: call, email, whatsapp, web, ...
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// Only in or out
    #[arg(long, value_name = "DIRECTION")]
    direction: Option<String>,
    /// Only what was in a queue whose name has this in it
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
    /// Only what an agent had whose name has this in it
    #[arg(long, value_name = "NAME")]
    handled_by: Option<String>,
    /// Only wrap-up codes whose name has this in it
    #[arg(long = "wrap-up", value_name = "NAME")]
    wrapup: Option<String>,
    /// Only active, waiting, ended, "wrap-up due" or abandoned
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only with these words in the notes or the subject
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
}

impl Narrowed {
    /// The filter that the options come to.
    pub fn filter(&self) -> anyhow::Result<JourneyFilter> {
        let given = [
            ("channel", "--channel", &self.channel),
            ("direction", "--direction", &self.direction),
            ("queue", "--queue", &self.queue),
            ("agent", "--handled-by", &self.handled_by),
            ("wrap-up", "--wrap-up", &self.wrapup),
            ("status", "--status", &self.status),
            ("text", "--text", &self.text),
        ];
        let mut filter = JourneyFilter::default();
        for (key, option, value) in given {
            if let Some(value) = value {
                let set = filter.set(key, value);
                set.map_err(|unfit| Usage(format!("{option}: {unfit}")))?;
            }
        }
        Ok(filter)
    }
}
