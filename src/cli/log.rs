//! The log, for who looks for a fault: off unless `SCV_LOG` names a file.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;

use anyhow::anyhow;
use tracing_subscriber::EnvFilter;

use super::session::variable;
use crate::store::words_of;

/// Variable that names the file.
const LOG: &str = "SCV_LOG";
/// What is written when `RUST_LOG` does not say otherwise.
const LEVEL: &str = "scv_desk=info";

/// Starts the log; only its owner can read it.
pub fn start() -> anyhow::Result<()> {
    let Some(path) = variable(LOG) else {
        return Ok(());
    };
    let opened = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path);
    let file = opened.map_err(|error| {
        let why = words_of(&error);
        anyhow!("{LOG}: {path} cannot be written ({why})")
    })?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LEVEL));
    let log = tracing_subscriber::fmt().with_env_filter(filter);
    let log = log.with_ansi(false).with_writer(Mutex::new(file));
    log.try_init()
        .map_err(|error| anyhow!("{LOG}: the log cannot be started ({error})"))
}
