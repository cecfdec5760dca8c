//! Secrets: making them, keeping what they are known by, and looking at what somebody says.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64ct::{Base64UrlUnpadded, Encoding};

use super::identity::hash;
use super::problem::Problem;
use super::site::Site;
use crate::store::account::TokenHash;

/// Bytes of a token, a code or a secret.
const TOKEN_BYTES: usize = 32;
/// Bytes of the salt of a hash.
const SALT_BYTES: usize = 16;
/// Wrong secrets for one name in a minute.
const TRIES_MAX: u32 = 10;
const TRIES_WINDOW: Duration = Duration::from_secs(60);
/// Names that are counted before the old ones are forgotten.
const NAMES_MAX: usize = 10_000;

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    #[error("the machine gives no random numbers ({0})")]
    Random(getrandom::Error),
    #[error("the secret cannot be hashed ({0})")]
    Hash(argon2::password_hash::Error),
}

/// A random secret that nobody can guess, as text for headers and addresses.
pub fn random() -> Result<String, NoSecret> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(NoSecret::Random)?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

/// The slow hash of a secret, with a salt of its own.
pub fn hashed(secret: &str) -> Result<String, NoSecret> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(NoSecret::Random)?;
    let hash = Argon2::default().hash_password_with_salt(secret.as_bytes(), &salt);
    Ok(hash.map_err(NoSecret::Hash)?.to_string())
}

/// Whether a secret is the one of a slow hash.
fn fits(secret: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        return false;
    };
    let checked = Argon2::default().verify_password(secret.as_bytes(), &hash);
    checked.is_ok()
}

/// Looks at what somebody says for `name`. Takes as long for a name that is not there, and refuses for a while
/// after too many wrong ones.
pub async fn check(
    site: &Site,
    name: &str,
    secret: &str,
    held: Option<String>,
) -> Result<bool, Problem> {
    site.tries.begin(name)?;
    let secret = secret.to_owned();
    let fitting = site.hashing.run(move || match held {
        Some(hash) => fits(&secret, &hash),
        None => {
            // The work of a wrong secret, so that nobody learns from the time which names there are.
            let _ = hashed(&secret);
            false
        }
    });
    let is_right = fitting
        .await
        .ok_or_else(|| Problem::broken("a secret could not be looked at"))?;
    if is_right {
        site.tries.forget(name);
    }
    Ok(is_right)
}

/// Secrets that were said lately, by the hash of the name: names come from anybody, and may be long.
#[derive(Default)]
pub struct Tries(Mutex<HashMap<TokenHash, (Instant, u32)>>);

impl Tries {
    /// Counts a try; refuses when there were too many.
    fn begin(&self, name: &str) -> Result<(), Problem> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if NAMES_MAX <= held.len() {
            held.retain(|_, (began, _)| began.elapsed() < TRIES_WINDOW);
        }
        let (began, count) = held
            .entry(hash(name))
            .or_insert_with(|| (Instant::now(), 0));
        if TRIES_WINDOW <= began.elapsed() {
            (*began, *count) = (Instant::now(), 0);
        }
        if TRIES_MAX <= *count {
            let wait = TRIES_WINDOW.saturating_sub(began.elapsed());
            return Err(Problem::too_many(Duration::from_secs(wait.as_secs() + 1)));
        }
        *count += 1;
        Ok(())
    }

    /// What was right is not counted.
    fn forget(&self, name: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&hash(name));
    }
}
