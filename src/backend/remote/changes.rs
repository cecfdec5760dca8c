//! What changes on a server of ours, asked for in one long question after the other where there is no socket.

use std::time::Duration;

use super::http::{Call, Failure, Http};
use crate::backend::ask::{Changes, WAIT_SECONDS_MAX};
use crate::live::Topic;

/// What an answer takes beside its wait.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// Where in the server's row of changes the next question begins.
#[derive(Debug, Default)]
pub struct Place(Option<u64>);

impl Place {
    /// What changed since the last question, once something has. The first answer says where the row is, and that
    /// everything is to be read anew.
    pub async fn next(&mut self, http: &Http) -> Result<Vec<Topic>, Failure> {
        let mut call = Call::get("/api/scv/v1/desk/changes");
        if let Some(place) = self.0 {
            call = call.query("after", place).query("wait", WAIT_SECONDS_MAX);
        }
        call.time = Duration::from_secs(WAIT_SECONDS_MAX) + ON_THE_WAY;
        let answer = http.ask(&call).await?;
        let strange = |_| Failure::Strange(http.place(), "changes of another shape");
        let changes: Changes = serde_json::from_value(answer).map_err(strange)?;
        match self.0.replace(changes.place) {
            Some(_) => Ok(changes.topics),
            None => Ok(vec![Topic::Elsewhere]),
        }
    }

    /// Forgets the place: after a time without the server everything is read anew.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}
