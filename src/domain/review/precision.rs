//! How precise the automatic links are, by what was marked, with how sure that is.

use serde::{Deserialize, Serialize};

/// The point of the normal distribution that leaves 2.5 % on either side out.
const Z: f64 = 1.959_963_984_540_054;

/// What the marks on automatic links come to, and what people corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Precision {
    pub right: u64,
    pub wrong: u64,
    pub cannot_tell: u64,
    /// Automatic links that somebody linked elsewhere or took away, and how often, by who did it, by the queue
    /// of the conversation, and by the rule that had linked it. The most often first.
    pub corrected: u64,
    pub by_agent: Vec<(String, u64)>,
    pub by_queue: Vec<(String, u64)>,
    pub by_rule: Vec<(String, u64)>,
}

impl Precision {
    /// The share that is right of what could be told; nothing where nothing could.
    pub fn share(&self) -> Option<f64> {
        let told = self.right + self.wrong;
        (told > 0).then(|| self.right as f64 / told as f64)
    }

    /// Where the true share lies with 95 % confidence.
    pub fn interval(&self) -> Option<(f64, f64)> {
        wilson(self.right, self.right + self.wrong)
    }
}

/// The Wilson score interval of 95 % for so many of so many.
pub fn wilson(hits: u64, of: u64) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}
