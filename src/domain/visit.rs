//! Web visits of predictive engagement: a journey `Session` with its events.

use serde::{Deserialize, Serialize};

use super::contact::uuid_newtype;
use super::moment::Moment;

uuid_newtype!(
    /// Id of a web visit (a journey session).
    VisitId
);

/// A visit ends after this many idle milliseconds (`design/rules.md` §8).
pub const IDLE_MS_MAX: i64 = 20 * 60 * 1000;

/// A web visit as it was last seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    pub id: VisitId,
    pub start: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Moment>,
    /// Time of the last event.
    pub last: Moment,
    /// The session's type, for example `web` or `app`.
    pub kind: String,
    pub customer: String,
    pub customer_kind: String,
    pub authenticated: bool,
    /// Id of the signed-in visitor in another system, when the site has authenticated them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the site learned of the visitor, by name (`email`, `cellPhone`, ...): typed, not verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<(String, String)>,
    pub events: Vec<VisitEvent>,
    pub pageviews: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search_terms: Vec<String>,
    /// Outcome scores: outcome id and probability 0..1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<(String, f64)>,
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitEvent {
    pub id: String,
    pub at: Moment,
    pub what: Happened,
    /// What the site said of a custom event, by name. Only views have it: what is kept has the event as it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}

/// What an event says. What is not understood is kept and shown as *other*.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happened {
    Page {
        name: String,
        url: String,
        title: Option<String>,
    },
    /// Id of the segment that matched.
    Segment {
        id: String,
    },
    /// Id of the outcome that was achieved.
    Outcome {
        id: String,
        name: Option<String>,
        value: Option<f64>,
    },
    /// A web action: what was offered and what became of it.
    Action {
        media: String,
        state: String,
    },
    Custom {
        name: String,
    },
    Other {
        kind: String,
    },
}

impl Visit {
    /// True while the visit goes on: no end, and an event within the last 20 minutes.
    pub fn is_active(&self, now: Moment) -> bool {
        self.end.is_none() && now.since_ms(self.last) < IDLE_MS_MAX
    }

    /// The end: as it came, or the last event once the visitor has been idle for 20 minutes.
    pub fn ended(&self, now: Moment) -> Option<Moment> {
        self.end
            .or_else(|| (now.since_ms(self.last) >= IDLE_MS_MAX).then_some(self.last))
    }

    /// When it was over as far as is known, for lists and retention: its end, or its last event.
    pub fn over(&self) -> Moment {
        self.end.unwrap_or(self.last)
    }

    /// Pages in order.
    pub fn pages(&self) -> impl Iterator<Item = (&VisitEvent, &str)> {
        self.events.iter().filter_map(|event| match &event.what {
            Happened::Page { url, .. } => Some((event, url.as_str())),
            Happened::Segment { .. } | Happened::Outcome { .. } | Happened::Action { .. } => None,
            Happened::Custom { .. } | Happened::Other { .. } => None,
        })
    }
}
