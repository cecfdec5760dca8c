//! The kernel's keyring of a user, which outlives what they are logged in by (persistent-keyring(7)). Where there is
//! none, or it may not be used, as in many containers, nothing is in it.

use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};

/// Possessed through the session's keyring, or its keys could be seen and not read.
fn ring() -> Result<KeyRing, KeyError> {
    KeyRing::get_persistent(KeyRingIdentifier::Session)
}

/// What is there under a name.
pub fn read(name: &str) -> Option<Vec<u8>> {
    let key = ring().and_then(|ring| ring.search(name)).ok()?;
    key.read_to_vec().ok()
}

/// Whether it could be put there.
pub fn write(name: &str, text: &[u8]) -> bool {
    match ring().and_then(|ring| ring.add_key(name, text)) {
        Ok(_) => true,
        Err(error) => {
            tracing::debug!(?error, "the keyring takes nothing");
            false
        }
    }
}

/// Takes it away, if it is there.
pub fn remove(name: &str) {
    let removed = ring().and_then(|ring| {
        let key = ring.search(name)?;
        ring.unlink_key(key)
    });
    match removed {
        Ok(()) | Err(KeyError::KeyDoesNotExist) => {}
        Err(error) => tracing::debug!(?error, "nothing is taken out of the keyring"),
    }
}
