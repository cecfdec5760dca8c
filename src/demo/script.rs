//! The demo's script: stories, and timed steps in each. `assets/demo/scenario.ndjson` describes its format in
//! its first line.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

/// Every story, in the order they play.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The agent whose desk it is, and the role that the stories need.
    pub agent: String,
    pub role: String,
    pub stories: Vec<Story>,
    /// Conversations as they will be when all is over, by id.
    pub conversations: HashMap<String, Value>,
}

/// A chapter of the demo.
#[derive(Clone, Debug)]
pub struct Story {
    pub id: String,
    pub title: String,
    pub summary: String,
    /// Milliseconds until the next story starts.
    pub length_ms: i64,
    pub repeats: Repeats,
    pub steps: Vec<Step>,
}

/// Whether a story starts again when it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    Once,
    ForEver,
}

/// Something that happens `at_ms` after its story has started.
#[derive(Clone, Debug)]
pub struct Step {
    pub at_ms: i64,
    /// How much later this is than it was written: what it shows moves with it.
    pub lag_ms: i64,
    pub what: What,
}

/// Words for the viewer, and the names of the actions that they ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    pub text: String,
    /// The same in a few words, for a small screen.
    pub brief: String,
    pub actions: Vec<String>,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub enum What {
    Caption(Caption),
    /// The conversation shows as it is at that moment.
    Conversation {
        id: String,
        turn: Turn,
    },
    /// A web visit has new events.
    Visit {
        session: Value,
    },
}

/// What a conversation does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    Goes,
    /// Code and notes are in; skipped when the viewer has wrapped up already.
    WrapsUp,
}

/// Why a script cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the demo's script: {what}")]
pub struct BadScript {
    pub line: usize,
    pub what: String,
}

#[derive(Deserialize)]
struct Row {
    step: String,
    #[serde(default)]
    story: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    length: String,
    #[serde(rename = "loop", default)]
    repeats: bool,
    #[serde(default)]
    text: Value,
    #[serde(default)]
    brief: String,
    #[serde(default)]
    actions: Vec<String>,
    #[serde(default)]
    conversation: Value,
    #[serde(default)]
    session: Value,
    #[serde(default)]
    id: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    role: String,
}

impl Story {
    /// What the story is about, until its first caption.
    pub fn opening(&self) -> Caption {
        Caption {
            text: self.summary.clone(),
            brief: self.title.clone(),
            actions: Vec::new(),
        }
    }
}

impl Script {
    /// The number of the story with this id, from 0.
    pub fn story(&self, id: &str) -> Option<usize> {
        self.stories.iter().position(|story| story.id == id)
    }

    /// Reads a script.
    pub fn read(text: &str) -> Result<Self, BadScript> {
        let mut script = Self::default();
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let bad = |what: String| BadScript {
                line: index + 1,
                what,
            };
            let row: Row = serde_json::from_str(line).map_err(|error| bad(error.to_string()))?;
            script.add(row).map_err(bad)?;
        }
        for story in &mut script.stories {
            story.steps.sort_by_key(|step| step.at_ms);
        }
        Ok(script)
    }

    fn add(&mut self, row: Row) -> Result<(), String> {
        match row.step.as_str() {
            "about" => {
                self.agent = row.agent;
                self.role = row.role;
                return Ok(());
            }
            "story" => {
                let length_ms =
                    minutes(&row.length).ok_or_else(|| format!("{:?} is no length", row.length))?;
                let repeats = if row.repeats {
                    Repeats::ForEver
                } else {
                    Repeats::Once
                };
                let (id, title, summary) = (row.story, row.title, row.summary);
                self.stories.push(Story {
                    id,
                    title,
                    summary,
                    length_ms,
                    repeats,
                    steps: Vec::new(),
                });
                return Ok(());
            }
            _ => {}
        }
        let at_ms = minutes(&row.at).ok_or_else(|| format!("{:?} is no time", row.at))?;
        let what = match row.step.as_str() {
            "caption" => What::Caption(Caption {
                text: row.text.as_str().unwrap_or_default().to_owned(),
                brief: row.brief,
                actions: row.actions,
            }),
            "arrive" => {
                let id = row
                    .conversation
                    .get("conversationId")
                    .and_then(Value::as_str);
                let id = id.ok_or("the conversation has no id")?.to_owned();
                self.conversations.insert(id.clone(), row.conversation);
                What::Conversation {
                    id,
                    turn: Turn::Goes,
                }
            }
            "connect" | "change" | "end" => What::Conversation {
                id: row.id,
                turn: Turn::Goes,
            },
            "wrapup" => What::Conversation {
                id: row.id,
                turn: Turn::WrapsUp,
            },
            "visit" => What::Visit {
                session: row.session,
            },
            other => return Err(format!("{other:?} is no step")),
        };
        let story = self.stories.iter_mut().find(|story| story.id == row.story);
        story
            .ok_or_else(|| format!("{:?} is no story", row.story))?
            .steps
            .push(Step {
                at_ms,
                lag_ms: 0,
                what,
            });
        Ok(())
    }
}

/// `mm:ss` in milliseconds.
fn minutes(text: &str) -> Option<i64> {
    let (minutes, seconds) = text.split_once(':')?;
    Some((minutes.parse::<i64>().ok()? * 60 + seconds.parse::<i64>().ok()?) * 1000)
}

impl Script {
    /// The same script with the steps of its endless story moved a little: other people come first. Seed 0
    /// changes nothing; the same seed gives the same demo.
    pub fn shuffled(mut self, seed: u64) -> Self {
        for story in self
            .stories
            .iter_mut()
            .filter(|story| story.repeats == Repeats::ForEver)
        {
            let turn = i64::try_from(seed % 600).unwrap_or(0) * 1000;
            let first: HashMap<String, i64> = story
                .steps
                .iter()
                .rev()
                .filter_map(moved_by(turn, story.length_ms))
                .collect();
            for step in &mut story.steps {
                // A conversation moves as a whole, so that nobody ends before they arrive.
                if let What::Conversation { id, .. } = &step.what {
                    step.lag_ms = first.get(id).copied().unwrap_or(0);
                    step.at_ms += step.lag_ms;
                }
            }
            story.steps.sort_by_key(|step| step.at_ms);
        }
        self
    }
}

/// How far each conversation moves when the story is turned by `turn`: its first step stays inside the story.
fn moved_by(turn: i64, length_ms: i64) -> impl Fn(&Step) -> Option<(String, i64)> {
    move |step| match &step.what {
        What::Conversation { id, .. } if length_ms > 0 => {
            Some((id.clone(), (step.at_ms + turn) % length_ms - step.at_ms))
        }
        What::Conversation { .. } | What::Caption(_) | What::Visit { .. } => None,
    }
}
