//! A machine whose kernel keeps no keys.

/// Nothing is there.
pub fn read(_name: &str) -> Option<Vec<u8>> {
    None
}

/// It takes nothing.
pub fn write(_name: &str, _text: &[u8]) -> bool {
    false
}

/// Nothing is there to be taken away.
pub fn remove(_name: &str) {}
