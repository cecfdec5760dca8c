//! `scv journey --online`: who is on the website now.

use serde::Serialize;

use super::super::output::{Format, Output};
use super::super::session::Session;
use super::super::table;
use super::super::trouble::Exit;
use super::lasted;
use crate::backend::Backend;
use crate::backend::view::Online;
use crate::domain::Permission;
use crate::domain::contact::ContactId;
use crate::domain::visit::VisitId;

/// Somebody who is there, for scripts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OnlineJson {
    contact_id: ContactId,
    name: String,
    visit_id: VisitId,
    since: String,
    last_event: String,
    page: Option<String>,
    pages: u32,
    device: Option<String>,
    place: Option<String>,
}

/// Prints who is there, the latest sign of life first.
pub async fn run(session: &Session, output: &mut Output) -> anyhow::Result<Exit> {
    session.need(Permission::JourneyVisitView)?;
    let found = session.open_reading()?.online().await?;
    match output.format() {
        Format::Json => output.json(&found.iter().map(json_of).collect::<Vec<_>>())?,
        Format::Text if found.is_empty() => output.say("Nobody is on the website now"),
        Format::Text => {
            let rows: Vec<Vec<String>> = found.iter().map(|one| row(one, session)).collect();
            table::rows(output, &["NAME", "FOR", "PAGE", "PLACE", "CONTACT"], &rows)?;
        }
    }
    Ok(Exit::Done)
}

fn page(one: &Online) -> Option<String> {
    one.visit.pages().last().map(|(_, url)| url.to_owned())
}

fn json_of(one: &Online) -> OnlineJson {
    OnlineJson {
        contact_id: one.contact.id,
        name: one.contact.in_words(),
        visit_id: one.visit.id,
        since: one.visit.start.to_string(),
        last_event: one.visit.last.to_string(),
        page: page(one),
        pages: one.visit.pageviews,
        device: one.visit.device.clone(),
        place: one.visit.place.clone(),
    }
}

fn row(one: &Online, session: &Session) -> Vec<String> {
    vec![
        one.contact.in_words(),
        lasted(session.now().since_ms(one.visit.start)),
        page(one).unwrap_or_default(),
        one.visit.place.clone().unwrap_or_default(),
        one.contact.id.to_string(),
    ]
}
