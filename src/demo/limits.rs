//! How long a visit may last: without a key, and in all. Pure: moments are arguments.

use std::time::Duration;

/// How long before its end a visit is told of it.
pub const NOTICE: Duration = Duration::from_secs(60);

/// The limits of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Without a key.
    pub idle: Duration,
    /// In all.
    pub total: Duration,
}

/// Which limit ends a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Idle,
    Total,
}

/// How much of a visit is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// So much that nobody need know; and after how long that is another matter.
    Enough(Duration),
    /// So many seconds, rounded up.
    Seconds(u64, Limit),
    Nothing(Limit),
}

impl Limits {
    /// What is left of a visit after `spent`, when the last key was pressed after `touched`.
    pub fn left(self, spent: Duration, touched: Duration) -> Left {
        let idle_end = touched.saturating_add(self.idle);
        // Where both end at once a key would not help.
        let (end, limit) = match idle_end < self.total {
            true => (idle_end, Limit::Idle),
            false => (self.total, Limit::Total),
        };
        let left = end.saturating_sub(spent);
        if left.is_zero() {
            return Left::Nothing(limit);
        }
        match left.checked_sub(NOTICE) {
            Some(enough) if !enough.is_zero() => Left::Enough(enough),
            Some(_) | None => Left::Seconds(left.as_secs_f64().ceil() as u64, limit),
        }
    }
}
