//! Why: the evidence behind a link and a claim (`design/rules.md` §4, §7).

use serde::{Deserialize, Serialize};

use super::contact::ContactId;
use super::conversation::{ConversationId, Provided};
use super::identifier::Identifier;
use super::moment::Moment;

/// Version of the rules that a reason was made by; raised when a rule changes its outcome.
pub const RULES_VERSION: u32 = 1;

/// The rule that decided a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// The first provided identifier that is claimed wins.
    FirstClaimed,
    /// No provided identifier was claimed: a new contact.
    NoClaim,
    /// The conversation provided no identifier at all (withheld caller).
    NothingProvided,
    /// Resolution is switched off for the channel: a contact of its own.
    SwitchedOff,
    /// Every provided identifier is marked as shared: it suggests, never links.
    SharedOnly,
    /// A person linked it.
    ByPerson,
    /// A person unlinked it: a fresh contact.
    Unlinked,
    /// A person took a merge back, and it went to this side: by `decided`, else by choice.
    Unmerged,
}

impl Rule {
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstClaimed => "first-claimed-identifier",
            Self::NoClaim => "no-claimed-identifier",
            Self::NothingProvided => "no-identifier",
            Self::SwitchedOff => "resolution-off",
            Self::SharedOnly => "shared-identifier",
            Self::ByPerson => "linked-by-person",
            Self::Unlinked => "unlinked-by-person",
            Self::Unmerged => "unmerged-by-person",
        }
    }
}

/// The evidence of a link: enough to recompute the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub rule: Rule,
    pub version: u32,
    /// What the conversation provided, in the order it was tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provided: Vec<Provided>,
    /// Index into `provided` of the identifier that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<usize>,
    /// The claim that was found for it, as it stood then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Other contacts that other provided identifiers are claimed by: merge suggestions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rivals: Vec<ContactId>,
    /// Who decided; `None` for a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    pub at: Moment,
}

impl Reason {
    /// The identifier that decided, with what was typed.
    pub fn deciding(&self) -> Option<&Provided> {
        self.provided.get(self.decided?)
    }
}

/// The link of an outside participant to exactly one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub contact: ContactId,
    pub reason: Reason,
}

/// A claim: what binds an identifier to one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub contact: ContactId,
    pub at: Moment,
    pub origin: ClaimOrigin,
    pub trust: super::conversation::Trust,
}

/// Where a claim came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimOrigin {
    /// A conversation provided the identifier.
    Conversation(ConversationId),
    /// A web visit provided it.
    Visit(super::visit::VisitId),
    /// A field of a new contact.
    Created,
    /// A field that was edited.
    Edited,
    /// A row of an import: batch id.
    Import(u64),
    /// A person claimed it by hand.
    Explicit,
    /// Taken over from another contact: a Curated contact that carries the value, or *From now on ...*.
    Taken(ContactId),
    /// Re-offered after this contact let it go.
    Offered(ContactId),
    /// Came with a merge from this contact.
    Merged(ContactId),
}

/// A mark that says an identifier is used by several people; covers a number's Phone and SocialWhatsapp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedMark {
    pub identifier: Identifier,
    pub by: String,
    pub at: Moment,
}

/// A person's word that two contacts are different people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotSame {
    pub by: String,
    pub at: Moment,
}
