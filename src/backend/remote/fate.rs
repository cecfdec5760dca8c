//! What became of a change whose answer was lost: asked for by its number once the server can be reached again.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::http::{Again, Call, Failure, Http, jittered};
use crate::backend::Trouble;
use crate::backend::ask::{Ask, Told};
use crate::domain::command::Outcome;

/// Asks until there is an answer. What is not there yet may be on its way for a while: then it is asked for once
/// more.
pub async fn find_out(http: &Http, number: Uuid) -> Result<Option<Outcome>, Trouble> {
    let lost = Instant::now();
    let pauses = http.pauses();
    loop {
        let is_final = pauses.late <= lost.elapsed();
        let pause = match ask(http, number).await {
            Ok(None) if !is_final => pauses.late.saturating_sub(lost.elapsed()),
            Err(Trouble::Offline(_) | Trouble::Limited(_)) => jittered(pauses.longest),
            known => return known,
        };
        sleep(pause).await;
    }
}

/// Asks for nothing else with it: an older server may not know the question.
async fn ask(http: &Http, number: Uuid) -> Result<Option<Outcome>, Trouble> {
    let body = json!({ "asks": [Ask::Fate(number)] });
    let call = Call::with(Method::POST, "/api/scv/v1/desk/asks", body, Again::Read);
    let mut answer = http.ask(&call).await?;
    let strange = || Failure::Strange(http.place(), "a fate of another shape");
    let told = answer.pointer_mut("/answers/0").map(Value::take);
    let told: Told = told
        .and_then(|told| serde_json::from_value(told).ok())
        .ok_or_else(strange)?;
    let fate = serde_json::from_value(told.to_result()?);
    Ok(fate.map_err(|_| strange())?)
}
