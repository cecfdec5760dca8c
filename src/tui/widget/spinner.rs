//! Waiting, in words: a turning sign makes screen readers talk and keeps slow lines busy.

/// Below this a wait is not worth a word: it would only flicker.
const SHOWN_AFTER_MS: u64 = 200;
/// From here on a person wonders whether it is still alive.
const COUNTED_AFTER_MS: u64 = 3_000;

/// What to say about a wait of so many milliseconds, as `Searching …` or `Searching … 7 s`.
pub fn waiting(what: &str, elapsed_ms: u64) -> Option<String> {
    if elapsed_ms < SHOWN_AFTER_MS {
        None
    } else if elapsed_ms < COUNTED_AFTER_MS {
        Some(format!("{what} …"))
    } else {
        Some(format!("{what} … {} s", elapsed_ms / 1_000))
    }
}

/// The milliseconds after which the words for a wait change next, for the one who wakes the screen.
pub fn waiting_changes_after(elapsed_ms: u64) -> u64 {
    if elapsed_ms < SHOWN_AFTER_MS {
        SHOWN_AFTER_MS - elapsed_ms
    } else if elapsed_ms < COUNTED_AFTER_MS {
        COUNTED_AFTER_MS - elapsed_ms
    } else {
        1_000 - elapsed_ms % 1_000
    }
}
