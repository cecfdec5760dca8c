//! What `scv why --json` and `scv why-not --json` print. Three shapes are shared:
//!
//! - an identifier: `{"type", "value", "typed", "source"}`: the contract's type, the normalised value, what was
//!   typed (null where that is not known) and the external source (null but for external ids);
//! - a claim: `{"contact", "at", "origin", "verified"}`: who holds it, since when, where it came from
//!   (`import:12`, `conversation:ID`, `created`, ...);
//! - a rule: `{"name", "version"}`: the rule that decided and the version of the rules.

use serde_json::{Value as Json, json};

use super::journey::origin;
use crate::domain::contact::ContactId;
use crate::domain::conversation::Trust;
use crate::domain::identifier::Identifier;
use crate::domain::reason::{Claim, Reason};

/// An identifier with what was typed.
pub fn identifier(identifier: &Identifier, typed: Option<&str>) -> Json {
    json!({
        "type": identifier.kind.name(),
        "value": identifier.value,
        "typed": typed,
        "source": identifier.source,
    })
}

/// A claim; null for none.
pub fn claim(claim: Option<&Claim>) -> Json {
    claim.map_or(Json::Null, |claim| {
        json!({
            "contact": claim.contact,
            "at": claim.at.to_string(),
            "origin": origin(claim),
            "verified": claim.trust == Trust::Verified,
        })
    })
}

/// A rule with the version of the rules.
pub fn rule(name: &str, version: u32) -> Json {
    json!({"name": name, "version": version})
}

/// The evidence of a link: `{"identifier", "claim", "rule", "alternatives"}`. The identifier and the claim that
/// decided are null where none did; `alternatives` are the contacts that were not chosen and the identifiers
/// that did not decide.
pub fn link(reason: &Reason) -> Json {
    let deciding = reason.deciding();
    let identifier_of = |index: usize| {
        let one = reason.provided.get(index)?;
        Some(identifier(&one.identifier, Some(&one.typed)))
    };
    let rivals = reason.rivals.iter().map(|id| alternative(*id, None));
    let rest = (0..reason.provided.len()).filter(|index| Some(*index) != reason.decided);
    let rest = rest
        .filter_map(|index| Some(json!({"contact": null, "identifier": identifier_of(index)?})));
    json!({
        "identifier": deciding.map(|one| identifier(&one.identifier, Some(&one.typed))),
        "claim": claim(reason.claim.as_ref()),
        "rule": rule(reason.rule.name(), reason.version),
        "alternatives": rivals.chain(rest).collect::<Vec<_>>(),
    })
}

/// A contact that was not chosen, with the identifier that leads to it where one is known.
pub fn alternative(contact: ContactId, by: Option<&Identifier>) -> Json {
    json!({"contact": contact, "identifier": by.map(|one| identifier(one, None))})
}
