//! `scv demo`: the desk on bundled data.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;

use super::session::Session;
use super::trouble::Exit;
use crate::demo::clock::{SPEED_MAX, SPEED_MIN};

#[derive(Debug, Args)]
pub struct Demo {
    /// Number that the demo's chances start from
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How fast the demo's clock runs
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Write pictures of the screens into this directory and end
    #[arg(long, value_name = "DIR")]
    screenshot: Option<PathBuf>,
}

impl Demo {
    pub async fn run(&self, _session: &Session) -> anyhow::Result<Exit> {
        Err(anyhow!("the demo is not part of this build yet"))
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text
        .parse()
        .map_err(|_| "write a number such as 2".to_owned())?;
    match (SPEED_MIN..=SPEED_MAX).contains(&speed) {
        true => Ok(speed),
        false => Err(format!("the speed is from {SPEED_MIN} to {SPEED_MAX}")),
    }
}
