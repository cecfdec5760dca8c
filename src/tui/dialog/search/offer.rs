//! What the desk types for the agent: the name of whoever is added, and what an agent would look for.

use super::Purpose;
use crate::backend::view::{Profile, ProfileState};

/// The name of the contact, else the one that the conversation gives, where it is one.
pub(super) fn given_name(profile: &Profile) -> Option<String> {
    let own = profile.contact.as_ref()?.fields.full_name();
    let given = profile.provided_name.as_deref();
    let given = given.or_else(|| profile.said()).unwrap_or_default();
    let name = [own.trim(), given.trim()]
        .into_iter()
        .find(|name| name.contains(char::is_alphabetic));
    name.map(str::to_owned)
}

/// With rivals the identifier they share, which tells them apart from all others; with nobody known the name
/// that the conversation gives, unless somebody is suggested already.
pub(super) fn offered(profile: &Profile, purpose: &Purpose) -> Option<String> {
    let finds = match purpose {
        Purpose::Open | Purpose::Link => true,
        Purpose::Merge { chosen } => chosen.is_empty(),
        Purpose::NotSame => false,
    };
    match profile.state {
        ProfileState::Rivals if *purpose == Purpose::Open => {
            let (_, identifier) = profile.rivals.first()?;
            Some(identifier.shown())
        }
        ProfileState::Provided | ProfileState::Unlinked if finds => {
            let is_suggested = !profile.rivals.is_empty() || !profile.suggestions.is_empty();
            let name = profile.provided_name.as_deref()?.trim();
            let is_name = name.contains(char::is_alphabetic);
            // Under that name stands whom the agent took it from.
            let is_refused = !profile.left.is_empty();
            (is_name && !is_suggested && !is_refused).then(|| name.to_owned())
        }
        ProfileState::Rivals | ProfileState::Provided | ProfileState::Unlinked => None,
        ProfileState::Linked | ProfileState::Alone | ProfileState::Gone => None,
    }
}
