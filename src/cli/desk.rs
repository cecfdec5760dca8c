//! `scv` without a command: the desk.

use anyhow::anyhow;

use super::session::Session;
use super::trouble::Exit;

pub async fn run(_session: &Session) -> anyhow::Result<Exit> {
    Err(anyhow!(
        "the desk is not part of this build yet; `scv --help` lists the commands"
    ))
}
