//! What is read and may not have arrived: a value on the screen is never taken away by a newer read of it.

use crate::backend::Trouble;
use crate::domain::Moment;

/// A value from the backend. While a newer one is read, or when that went wrong, the old one stays.
#[derive(Clone, Debug, PartialEq)]
pub enum Load<T> {
    /// Nobody asked for it.
    Empty,
    Loading {
        since: Moment,
        old: Option<T>,
    },
    Ready(T),
    Failed {
        trouble: Trouble,
        old: Option<T>,
    },
}

impl<T> Load<T> {
    /// The value to show, the old one included.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading { old, .. } | Self::Failed { old, .. } => old.as_ref(),
            Self::Empty => None,
        }
    }

    /// The same, to change it.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading { old, .. } | Self::Failed { old, .. } => old.as_mut(),
            Self::Empty => None,
        }
    }

    /// Notes that a newer value is being read. A read that runs already keeps its start.
    pub fn begin(&mut self, now: Moment) {
        let since = match self {
            Self::Loading { since, .. } => *since,
            Self::Empty | Self::Ready(_) | Self::Failed { .. } => now,
        };
        let old = self.take();
        *self = Self::Loading { since, old };
    }

    /// Takes what came of the read.
    pub fn finish(&mut self, result: Result<T, Trouble>) {
        *self = match result {
            Ok(value) => Self::Ready(value),
            Err(trouble) => Self::Failed {
                trouble,
                old: self.take(),
            },
        };
    }

    pub fn is_loading(&self) -> bool {
        matches!(self, Self::Loading { .. })
    }

    /// When the running read began, while there is nothing to show yet.
    pub fn waiting_since(&self) -> Option<Moment> {
        match self {
            Self::Loading { since, old: None } => Some(*since),
            Self::Loading { .. } | Self::Empty | Self::Ready(_) | Self::Failed { .. } => None,
        }
    }

    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Failed { trouble, .. } => Some(trouble),
            Self::Loading { .. } | Self::Empty | Self::Ready(_) => None,
        }
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::replace(self, Self::Empty) {
            Self::Ready(value) => Some(value),
            Self::Loading { old, .. } | Self::Failed { old, .. } => old,
            Self::Empty => None,
        }
    }
}
