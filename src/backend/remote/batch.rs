//! Questions that are asked at the same time go in one request: a desk that reads its screen anew asks once.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::http::{Again, Call, Failure, Http};
use crate::backend::ask::{ASKS_MAX, Ask, Told};

/// How long a question waits for others.
const GATHER: Duration = Duration::from_millis(2);
/// Questions that may wait; a desk asks few at once.
const WAITING_MAX: usize = 256;

struct Waiting {
    ask: Ask,
    answer: oneshot::Sender<Result<Told, Failure>>,
}

/// Where questions are gathered.
pub struct Batch {
    asks: mpsc::Sender<Waiting>,
    place: String,
}

impl Batch {
    /// Gathers until it is dropped. Needs the runtime.
    pub fn new(http: Arc<Http>) -> Self {
        let (asks, waiting) = mpsc::channel(WAITING_MAX);
        let place = http.place();
        tokio::spawn(gather(http, waiting));
        Self { asks, place }
    }

    /// Asks, with others.
    pub async fn ask(&self, ask: Ask) -> Result<Told, Failure> {
        let (answer, told) = oneshot::channel();
        let gone = || Failure::Offline(self.place.clone());
        let sent = self.asks.send(Waiting { ask, answer }).await;
        sent.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

async fn gather(http: Arc<Http>, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        tokio::time::sleep(GATHER).await;
        let mut all = vec![first];
        while all.len() < ASKS_MAX
            && let Ok(next) = waiting.try_recv()
        {
            all.push(next);
        }
        // Who gave up an older question for a newer one waits for no answer.
        all.retain(|one| !one.answer.is_closed());
        if !all.is_empty() {
            tokio::spawn(send(Arc::clone(&http), all));
        }
    }
}

async fn send(http: Arc<Http>, all: Vec<Waiting>) {
    let asks: Vec<&Ask> = all.iter().map(|one| &one.ask).collect();
    let body = json!({ "asks": asks });
    let path = "/api/scv/v1/desk/asks";
    let call = Call::with(reqwest::Method::POST, path, body, Again::Read);
    let answers = http.ask(&call).await.and_then(|mut answer| {
        let answers = answer.get_mut("answers").map(serde_json::Value::take);
        let answers = answers.and_then(|all| serde_json::from_value::<Vec<Told>>(all).ok());
        let answers = answers.filter(|answers| answers.len() == all.len());
        answers.ok_or_else(|| Failure::Strange(http.place(), "answers of another shape"))
    });
    match answers {
        Ok(answers) => {
            for (one, told) in all.into_iter().zip(answers) {
                // Nobody waiting is no fault.
                let _ = one.answer.send(Ok(told));
            }
        }
        Err(failure) => {
            for one in all {
                let _ = one.answer.send(Err(failure.clone()));
            }
        }
    }
}
