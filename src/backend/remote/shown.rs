//! What was answered last, by the question. While the server is away it answers instead: what is shown stays, and the
//! header says of when it is.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::backend::Trouble;

/// Answers that are kept, the oldest go first.
const ANSWERS_MAX: usize = 200;

/// The last answers.
#[derive(Default)]
pub struct Shown(Mutex<Answers>);

#[derive(Default)]
struct Answers {
    by_question: HashMap<String, Value>,
    /// Oldest first; each once.
    order: VecDeque<String>,
}

impl Shown {
    /// The answer as it came, kept; the one before where the server is away.
    pub fn or_before(
        &self,
        question: impl FnOnce() -> String,
        answer: Result<Value, Trouble>,
    ) -> Result<Value, Trouble> {
        match answer {
            Ok(value) => {
                self.keep(question(), value.clone());
                Ok(value)
            }
            Err(Trouble::Offline(said)) => {
                let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let kept = answers.by_question.get(&question()).cloned();
                kept.ok_or(Trouble::Offline(said))
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn keep(&self, question: String, value: Value) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = &mut *answers;
        if answers
            .by_question
            .insert(question.clone(), value)
            .is_some()
        {
            answers.order.retain(|known| *known != question);
        }
        answers.order.push_back(question);
        while ANSWERS_MAX < answers.order.len() {
            if let Some(oldest) = answers.order.pop_front() {
                answers.by_question.remove(&oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away() -> Result<Value, Trouble> {
        Err(Trouble::Offline("away".to_owned()))
    }

    #[test]
    fn what_was_answered_stays_while_the_server_is_away() {
        let shown = Shown::default();
        let ask = |name: &str, answer| shown.or_before(|| name.to_owned(), answer);
        assert!(ask("roster", away()).is_err());
        assert_eq!(ask("roster", Ok(1.into())), Ok(1.into()));
        assert_eq!(ask("roster", Ok(2.into())), Ok(2.into()));
        assert_eq!(ask("roster", away()), Ok(2.into()));
        let refused = Trouble::Broken("no".to_owned());
        assert!(
            ask("roster", Err(refused)).is_err(),
            "a refusal is an answer"
        );
    }

    #[test]
    fn the_oldest_answers_go() {
        let shown = Shown::default();
        let ask = |number: usize, answer| shown.or_before(|| number.to_string(), answer);
        for number in 0..=ANSWERS_MAX {
            assert!(ask(number, Ok(number.into())).is_ok());
        }
        assert!(ask(0, away()).is_err());
        assert_eq!(ask(1, away()), Ok(1.into()));
    }
}
