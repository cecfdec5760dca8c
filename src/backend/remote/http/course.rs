//! The tries of one question: how many there may be, how long each waits, and what is known in the end.

use std::time::Duration;

use tokio::time::Instant;

use super::{Again, Failure, Pauses};

/// How often something is sent, when it may be sent again.
const TRIES_MAX: u32 = 4;
/// The longest pause that a question waits out. For a longer one it ends, and says so.
const WAIT_MAX: Duration = Duration::from_secs(120);

/// The tries of one question.
pub struct Course {
    again: Again,
    pauses: Pauses,
    begun: Instant,
    tried: u32,
    tries_max: u32,
    /// Before the next try.
    pause: Duration,
    /// The pause that the server asked for with its last answer.
    limited: Option<Duration>,
    /// An answer was lost: the change may be made.
    may_be_done: bool,
    is_renewed: bool,
    is_over: bool,
}

impl Course {
    pub fn new(again: Again, pauses: Pauses) -> Self {
        Self {
            again,
            pauses,
            begun: Instant::now(),
            tried: 0,
            tries_max: TRIES_MAX,
            pause: pauses.first,
            limited: None,
            may_be_done: false,
            is_renewed: false,
            is_over: false,
        }
    }

    /// One try is enough: the server is away, and others look whether it is back.
    pub fn hurry(&mut self) {
        self.tries_max = 1;
    }

    /// Whether there is one more try; counts it.
    pub fn may_try(&mut self) -> bool {
        let may = match self.again {
            Again::Numbered => self.begun.elapsed() < self.pauses.write,
            Again::Read | Again::Never => self.tried < self.tries_max,
        };
        self.tried += 1;
        may && !self.is_over
    }

    /// How long a pause may be that the server asks for.
    pub fn patience(&self) -> Duration {
        match self.again {
            Again::Numbered => self.pauses.write.saturating_sub(self.begun.elapsed()),
            Again::Read | Again::Never => WAIT_MAX,
        }
    }

    /// Whether a token that is not taken may be renewed: once.
    pub fn may_renew(&mut self) -> bool {
        !std::mem::replace(&mut self.is_renewed, true)
    }

    /// The server did nothing and asks for a pause.
    pub fn limited(&mut self, wait: Duration) {
        self.limited = Some(wait);
    }

    /// It was sent, or may have been.
    pub fn lost(&mut self) {
        self.limited = None;
        self.may_be_done |= self.again != Again::Read;
        self.is_over |= self.again == Again::Never;
    }

    /// Nothing was sent.
    pub fn unsent(&mut self) {
        self.limited = None;
    }

    /// The pause before the next try, if there is one.
    pub fn pause(&mut self) -> Option<Duration> {
        if self.is_over {
            return None;
        }
        let pause = self.pause;
        self.pause = (pause * 2).min(self.pauses.longest);
        Some(pause)
    }

    /// What is known when something stands in the way: what was lost before may be made all the same.
    pub fn end(&self, failure: Failure, place: String) -> Failure {
        match self.may_be_done {
            true => Failure::Unknown(place),
            false => failure,
        }
    }

    /// What is known after the last try.
    pub fn given_up(&self, place: String) -> Failure {
        let failure = match self.limited {
            Some(wait) => Failure::Limited(place.clone(), wait),
            None => Failure::Offline(place.clone()),
        };
        self.end(failure, place)
    }
}
