//! `scv expire`: expiry and retention, now.

use anyhow::anyhow;
use serde_json::json;

use super::output::{Format, Output};
use super::session::Session;
use super::table;
use super::trouble::Exit;
use crate::backend::local::LocalBackend;
use crate::config::Expiry;
use crate::domain::Permission;
use crate::store::sqlite::Open;

/// Contacts, and interactions, of one transaction.
const SLICE: usize = 500;

pub async fn run(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::ImportJobAdd)?;
    if session.settings.expire == Expiry::Off {
        return Err(anyhow!(
            "expiry is switched off; set retention.expire = true in the configuration"
        ));
    }
    let backend = session.open(Open::Existing)?;
    output.start_progress(None);
    let before = interactions_in(&backend).await?;
    let mut contacts = 0;
    loop {
        let gone = backend.expire(SLICE).await?;
        contacts += gone as u64;
        output.progress(
            contacts,
            &table::count(contacts, "contact expired", "contacts expired"),
        );
        if gone == 0 {
            break;
        }
    }
    let mut interactions = 0;
    loop {
        let gone = backend.drop_older(SLICE).await?;
        interactions += gone as u64;
        output.progress(
            interactions,
            &table::count(interactions, "old interaction", "old interactions"),
        );
        if gone == 0 {
            break;
        }
    }
    output.end_progress();
    // Those of the contacts that expired went with them. Others may have brought some in meanwhile.
    let went = before.saturating_sub(interactions_in(&backend).await?);
    let interactions = interactions.max(went);
    match output.format() {
        Format::Json => {
            output.json(&json!({"contacts": contacts, "interactions": interactions}))?
        }
        Format::Text => {
            let contacts = table::count(contacts, "contact expired", "contacts expired");
            let interactions = table::count(interactions, "interaction went", "interactions went");
            output.line(&format!("{contacts}, {interactions}"))?;
        }
    }
    Ok(Exit::Done)
}

/// Conversations and web visits in the store.
async fn interactions_in(backend: &LocalBackend) -> anyhow::Result<u64> {
    let counts = backend.store().counts().await?;
    Ok(counts.conversations + counts.visits)
}
