//! The inner shapes of what is printed: reasons and participants.

use serde::Serialize;

use super::{Claim, ClaimOrigin, ContactId, Participant, Provided, Reason, Trust};

/// Why a conversation is linked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasonJson {
    rule: &'static str,
    rule_version: u32,
    identifier: Option<IdentifierJson>,
    claimed_at: Option<String>,
    claim_origin: Option<String>,
    rivals: Vec<ContactId>,
    actor: Option<String>,
    at: String,
}

#[derive(Serialize)]
struct IdentifierJson {
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
    typed: String,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// A participant in short.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParticipantJson {
    participant_id: String,
    purpose: String,
    name: Option<String>,
    user_id: Option<String>,
    addresses: Vec<String>,
}

impl ReasonJson {
    pub fn of(reason: &Reason) -> Self {
        let claim = reason.claim.as_ref();
        Self {
            rule: reason.rule.name(),
            rule_version: reason.version,
            identifier: reason.deciding().map(IdentifierJson::of),
            claimed_at: claim.map(|claim| claim.at.to_string()),
            claim_origin: claim.map(origin),
            rivals: reason.rivals.clone(),
            actor: reason.actor.clone(),
            at: reason.at.to_string(),
        }
    }
}

impl IdentifierJson {
    fn of(provided: &Provided) -> Self {
        Self {
            kind: provided.identifier.kind.name(),
            value: provided.identifier.value.clone(),
            typed: provided.typed.clone(),
            verified: provided.trust == Trust::Verified,
            source: provided.identifier.source.clone(),
        }
    }
}

impl ParticipantJson {
    pub fn of(participant: &Participant) -> Self {
        let mut addresses: Vec<String> = Vec::new();
        for address in participant.legs.iter().flat_map(|leg| &leg.addresses) {
            if !addresses.contains(address) {
                addresses.push(address.clone());
            }
        }
        Self {
            participant_id: participant.id.clone(),
            purpose: participant.purpose.clone(),
            name: participant.name.clone(),
            user_id: participant.user.clone(),
            addresses,
        }
    }
}

/// Where a claim came from, in a form that scripts can split at the colon.
pub fn origin(claim: &Claim) -> String {
    match &claim.origin {
        ClaimOrigin::Conversation(id) => format!("conversation:{id}"),
        ClaimOrigin::Visit(id) => format!("visit:{id}"),
        ClaimOrigin::Created => "created".to_owned(),
        ClaimOrigin::Edited => "edited".to_owned(),
        ClaimOrigin::Import(batch) => format!("import:{batch}"),
        ClaimOrigin::Explicit => "explicit".to_owned(),
        ClaimOrigin::Taken(id) => format!("taken:{id}"),
        ClaimOrigin::Offered(id) => format!("offered:{id}"),
        ClaimOrigin::Merged(id) => format!("merged:{id}"),
    }
}
