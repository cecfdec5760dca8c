//! Whose the number or address of a conversation is, after the conversation was linked or unlinked.

use super::outcome;
use crate::backend::Trouble;
use crate::backend::local::LocalBackend;
use crate::domain::contact::ContactId;
use crate::domain::facts::{FactKey, Facts};
use crate::domain::reason::Link;
use crate::domain::{Identifier, IdentifierType};
use crate::engine::shared;

/// What became of an identifier.
enum Whose {
    Shared,
    Nobodys,
    Held(ContactId),
}

/// What an unlink leaves as it was.
pub async fn stays(backend: &LocalBackend, link: &Link) -> Result<Option<String>, Trouble> {
    let Some((identifier, whose)) = read(backend, link).await? else {
        return Ok(None);
    };
    Ok(Some(match whose {
        Whose::Shared => format!("{identifier} is marked as shared, as it was"),
        Whose::Nobodys => format!("{identifier} identifies nobody"),
        Whose::Held(holder) => {
            let holder = outcome::name_of(backend, Some(holder)).await;
            format!(
                "{identifier} stays with {holder}, so the next conversation from there is linked to that contact \
                 again; `scv shared mark {}` marks it as shared",
                marking(&identifier)
            )
        }
    }))
}

/// The identifier as `scv shared mark` takes it.
fn marking(identifier: &Identifier) -> String {
    let key = shared::key(identifier);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+-_.@".contains(c);
    let value = match key.value.chars().all(is_plain) {
        true => key.value.clone(),
        false => format!("'{}'", key.value.replace('\'', r"'\''")),
    };
    let source = key.source.as_ref();
    let source = source.map(|name| format!(" --source '{}'", name.replace('\'', r"'\''")));
    match key.kind {
        IdentifierType::Phone | IdentifierType::Email => value,
        kind => format!(
            "{value} --type {}{}",
            kind.name(),
            source.unwrap_or_default()
        ),
    }
}

/// Whom the next conversation from there finds, after one was linked to `contact`.
pub async fn finds(
    backend: &LocalBackend,
    link: &Link,
    contact: ContactId,
) -> Result<Option<String>, Trouble> {
    let Some((identifier, whose)) = read(backend, link).await? else {
        return Ok(None);
    };
    Ok(Some(match whose {
        Whose::Shared => {
            format!("{identifier} is marked as shared, so it suggests and links nobody by itself")
        }
        Whose::Nobodys => {
            format!("{identifier} identifies nobody; --claim gives it to the contact")
        }
        Whose::Held(holder) if holder == contact => {
            format!("{identifier} is theirs: the next conversation from there finds them")
        }
        Whose::Held(holder) => {
            let holder = outcome::name_of(backend, Some(holder)).await;
            format!("{identifier} stays with {holder}; --claim moves it")
        }
    }))
}

/// The first thing that came with the conversation, and whose it is now: the canonical contact's.
async fn read(backend: &LocalBackend, link: &Link) -> Result<Option<(Identifier, Whose)>, Trouble> {
    let Some(provided) = link.reason.provided.first() else {
        return Ok(None);
    };
    let identifier = provided.identifier.clone();
    let key = shared::key(&identifier);
    let question = |facts: &Facts| {
        facts.want([
            FactKey::Claim(identifier.clone()),
            FactKey::Shared(key.clone()),
        ])?;
        if facts.shared(&key)?.is_some() {
            return Ok(Whose::Shared);
        }
        match facts.claim(&identifier)? {
            None => Ok(Whose::Nobodys),
            Some(claim) => Ok(Whose::Held(claim.contact)),
        }
    };
    let whose = backend.answered(question).await?;
    Ok(Some((identifier, whose)))
}
