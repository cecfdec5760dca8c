//! What changes on the server, asked for in one long question after the other. After a time without the server
//! everything is read anew, so that nothing is missed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::sleep;

use super::http::{Call, Http};
use crate::backend::ask::{Changes, WAIT_SECONDS_MAX};
use crate::live::Topic;

/// Between two questions when there is much to tell.
const PAUSE: Duration = Duration::from_millis(300);
/// Between two when the server cannot be asked, or is asked too much.
const TROUBLE_PAUSE: Duration = Duration::from_secs(2);
/// What an answer takes beside its wait.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// Follows until nobody listens any more.
pub async fn follow(http: Arc<Http>, topics: broadcast::Sender<Topic>) {
    let mut place: Option<u64> = None;
    loop {
        let mut call = Call::get("/api/scv/v1/desk/changes");
        if let Some(place) = place {
            call = call.query("after", place).query("wait", WAIT_SECONDS_MAX);
        }
        call.time = Duration::from_secs(WAIT_SECONDS_MAX) + ON_THE_WAY;
        let answer = http.ask(&call).await.ok();
        match answer.and_then(|answer| serde_json::from_value::<Changes>(answer).ok()) {
            Some(changes) => {
                let is_back = place.is_none();
                place = Some(changes.place);
                let told = changes.topics.into_iter();
                // Nobody watching is no fault.
                for topic in told.chain(is_back.then_some(Topic::Elsewhere)) {
                    let _ = topics.send(topic);
                }
                sleep(PAUSE).await;
            }
            None => {
                place = None;
                // The desk shows how it stands.
                let _ = topics.send(Topic::Elsewhere);
                sleep(TROUBLE_PAUSE).await;
            }
        }
    }
}
