//! The player: which steps are due at a moment. Pure: it neither waits nor writes.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::script::{Caption, Repeats, Script, Step, Turn, What};
use super::shift::{BASE_MOMENT, clip, freshen};
use crate::domain::Moment;

/// Something to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// Words for the viewer.
    Caption(Caption),
    /// A conversation as it is now (`AnalyticsConversation`).
    Conversation { json: Value, turn: Turn },
    /// A visit as it is now (a journey `Session` with all its events).
    Visit(Value),
}

/// A story that plays.
#[derive(Clone, Debug)]
struct Run {
    story: usize,
    started: Moment,
    pass: u16,
    next: usize,
    /// The conversations that have come, by the id of the script.
    came: HashSet<String>,
    course: Course,
}

/// Whether more conversations of a story come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Whole,
    /// The presenter has left it: who has come stays to the end, nobody else comes.
    Left,
}

impl Run {
    /// Whether a step still happens; remembers who has come.
    fn takes(&mut self, step: &Step) -> bool {
        match &step.what {
            What::Conversation { id, .. } if self.course == Course::Left => self.came.contains(id),
            What::Conversation { id, .. } => {
                self.came.insert(id.clone());
                true
            }
            What::Caption(_) | What::Visit { .. } => true,
        }
    }
}

/// Plays a script over the demo's clock.
#[derive(Clone, Debug)]
pub struct Player {
    script: Arc<Script>,
    /// Stories that still have steps to come; the last one is what the viewer watches.
    runs: Vec<Run>,
    /// How often any story was started: the next pass.
    passes: u16,
    /// Events of visits so far, by visit id.
    events: HashMap<String, Vec<Value>>,
    current: usize,
    started: Moment,
    played: BTreeSet<usize>,
}

impl Player {
    /// A player that starts a story at `start`. `visits` are the sessions that the store has already.
    pub fn new(script: Arc<Script>, story: usize, start: Moment, visits: &[Value]) -> Self {
        let mut events = HashMap::new();
        for visit in visits {
            if let (Some(id), Some(list)) = (
                text(visit, "id"),
                visit.get("events").and_then(Value::as_array),
            ) {
                events.insert(id.to_owned(), list.clone());
            }
        }
        let mut player = Self {
            script,
            runs: Vec::new(),
            passes: 0,
            events,
            current: 0,
            started: start,
            played: BTreeSet::new(),
        };
        player.begin(story, start);
        player
    }

    /// The story that plays.
    pub fn story(&self) -> usize {
        self.current
    }

    /// Milliseconds since the story has started.
    pub fn elapsed_ms(&self, now: Moment) -> i64 {
        now.since_ms(self.started).max(0)
    }

    /// Whether a story was started already: its people are in the store, and would be there twice.
    pub fn has_played(&self, story: usize) -> bool {
        self.played.contains(&story)
    }

    /// Leaves the stories that play for another one. Conversations that have come go on to their end; those
    /// that have not do not come any more.
    pub fn jump(&mut self, story: usize, now: Moment) {
        for run in &mut self.runs {
            run.course = Course::Left;
        }
        self.begin(story, now);
    }

    fn begin(&mut self, story: usize, now: Moment) {
        let story = story.min(self.script.stories.len().saturating_sub(1));
        self.runs.push(Run {
            story,
            started: now,
            pass: self.passes,
            next: 0,
            came: HashSet::new(),
            course: Course::Whole,
        });
        self.passes = self.passes.wrapping_add(1);
        self.current = story;
        self.started = now;
        self.played.insert(story);
    }

    /// Everything that is due until `now`, in order.
    pub fn due(&mut self, now: Moment) -> Vec<Due> {
        let mut due = VecDeque::new();
        loop {
            let script = Arc::clone(&self.script);
            let Some(story) = script.stories.get(self.current) else {
                break;
            };
            let over = self.started.plus_ms(story.length_ms);
            if over > now {
                break;
            }
            self.collect(over, &mut due);
            let last = self.current + 1 >= script.stories.len();
            match story.repeats {
                Repeats::ForEver => self.begin(self.current, over),
                Repeats::Once if last => break,
                Repeats::Once => self.begin(self.current + 1, over),
            }
        }
        self.collect(now, &mut due);
        due.into()
    }

    /// Takes the steps of every running story up to `now`.
    fn collect(&mut self, now: Moment, due: &mut VecDeque<Due>) {
        let script = Arc::clone(&self.script);
        let mut found: Vec<(Moment, Run, usize)> = Vec::new();
        for run in &mut self.runs {
            let Some(story) = script.stories.get(run.story) else {
                continue;
            };
            while let Some(step) = story.steps.get(run.next) {
                let at = run.started.plus_ms(step.at_ms);
                if at > now {
                    break;
                }
                if run.takes(step) {
                    found.push((at, run.clone(), run.next));
                }
                run.next += 1;
            }
        }
        self.runs.retain(|run| {
            script
                .stories
                .get(run.story)
                .is_some_and(|story| run.next < story.steps.len())
        });
        found.sort_by_key(|(at, _, _)| *at);
        for (_, run, index) in found {
            let step = script
                .stories
                .get(run.story)
                .and_then(|story| story.steps.get(index));
            let watched = run.story == self.current && run.started == self.started;
            if let Some(step) = step
                && let Some(one) = self.show(&script, &run, step, watched)
            {
                due.push_back(one);
            }
        }
    }

    fn show(&mut self, script: &Script, run: &Run, step: &Step, watched: bool) -> Option<Due> {
        let shift = run.started.since_ms(BASE_MOMENT) + step.lag_ms;
        match &step.what {
            // The words of a story that the viewer has left would only confuse.
            What::Caption(caption) => watched.then(|| Due::Caption(caption.clone())),
            What::Conversation { id, turn } => {
                let moment = BASE_MOMENT.plus_ms(step.at_ms - step.lag_ms).to_string();
                let mut json = clip(script.conversations.get(id)?, &moment);
                freshen(&mut json, shift, run.pass);
                Some(Due::Conversation { json, turn: *turn })
            }
            What::Visit { session } => {
                let mut session = session.clone();
                freshen(&mut session, shift, run.pass);
                let id = text(&session, "id")?.to_owned();
                let new = session
                    .get("events")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default();
                let events = self.events.entry(id).or_default();
                events.extend(new);
                let all = Value::Array(events.clone());
                session.as_object_mut()?.insert("events".to_owned(), all);
                Some(Due::Visit(session))
            }
        }
    }
}

fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}
