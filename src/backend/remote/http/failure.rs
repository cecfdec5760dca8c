//! Why there is no answer from a server, in sentences that are fit for people.

use std::time::Duration;

/// Why there is no answer. The sentence of each is fit for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    NoToken(String),
    /// It was not sent, or may be asked again later.
    #[error("{0} cannot be reached; what is shown may be old, and nothing was changed")]
    Offline(String),
    /// It was not done: the server takes nothing for so long.
    #[error("{} takes no more for {}; nothing was changed; do it again then", .0, for_people(*.1))]
    Limited(String, Duration),
    /// It was sent, and whether it came to anything is not known.
    #[error("{0} did not answer: whether the change was made is not known yet")]
    Unknown(String),
    #[error("{}", said(*.status, .code, .message))]
    Status {
        status: u16,
        code: String,
        message: String,
    },
    #[error("{0} answers in a way that this program does not understand ({1})")]
    Strange(String, &'static str),
}

fn said(status: u16, code: &str, message: &str) -> String {
    match (message.is_empty(), code.is_empty()) {
        (false, _) => message.to_owned(),
        (true, false) => format!("the server refuses it: {code}"),
        (true, true) => format!("the server refuses it with status {status}"),
    }
}

/// A time in words, rounded up: who waits that long does not come too early.
fn for_people(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(0 < wait.subsec_nanos());
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    match count {
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}
