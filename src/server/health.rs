//! Whether the server lives, and whether it can answer.

use serde_json::json;

use super::call::{Answer, Knock};
use super::problem::Problem;

/// It runs.
pub async fn live(_: Knock) -> Result<Answer, Problem> {
    Ok(Answer::json(json!({"status": "live"})))
}

/// It answers: the store reads, and the server does not end.
pub async fn ready(knock: Knock) -> Result<Answer, Problem> {
    if knock.site.is_closing() {
        return Err(Problem::unavailable("the server ends"));
    }
    knock.site.store().version().await?;
    Ok(Answer::json(json!({"status": "ready"})))
}
