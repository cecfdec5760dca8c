//! What a decision came to besides what it changed, in sentences.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::contact::ContactId;
use super::field::Field;
use super::identifier::Identifier;
use super::moment::Moment;

/// Something the person who acted should know. Displays as a sentence; ids stand for names that the caller
/// may look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remark {
    /// The contact was an ancestor: the action went to its canonical contact.
    OnCanonical {
        asked: ContactId,
        canonical: ContactId,
    },
    /// The edit kept the contact's type: it expires then; without a moment after its open conversation.
    KeepsType { expires: Option<Moment> },
    /// The value stays claimed by another Curated contact.
    HeldBy {
        identifier: Identifier,
        holder: ContactId,
    },
    /// The claim was taken over from an auto-made contact.
    Took {
        identifier: Identifier,
        from: ContactId,
    },
    /// A released value was re-offered to the contact whose field carries it.
    Offered {
        identifier: Identifier,
        to: ContactId,
    },
    /// An auto-made contact was left with nothing and went in the same action.
    Removed { contact: ContactId },
    /// An import row or an enrichment made a new contact, changed one, promoted one, merged some, or found
    /// nothing new.
    Imported { what: Imported },
    /// The contact is Curated already: nothing was changed.
    AlreadyCurated,
    /// The identifier is marked as shared: it suggests these kept contacts and links nobody by itself.
    MarkedShared {
        identifier: Identifier,
        suggests: Vec<ContactId>,
    },
    /// What was seen is known as it is: nothing was changed.
    AlreadyKnown,
    /// A value lost its slot and no other was free: it keeps its identifier but no field.
    NoSlot { field: Field, value: String },
    /// What was seen is past the retention, which has removed such before: it stays away.
    PastRetention,
    /// There is no call that takes it back: what is undone next is nothing before it.
    Final,
    /// The person is erased, but the store's files still hold what they left.
    NotScrubbed { why: String },
}

/// What an import row or an enrichment did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Imported {
    Created,
    Updated,
    Promoted,
    Merged,
    Unchanged,
}

impl Imported {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Promoted => "promoted",
            Self::Merged => "merged",
            Self::Unchanged => "unchanged",
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnCanonical { canonical, .. } => {
                write!(
                    f,
                    "the contact had been merged, so its canonical contact {canonical} was changed"
                )
            }
            Self::KeepsType { expires: None } => f.write_str(
                "the contact is not kept: it expires some time after its open conversation has ended",
            ),
            Self::KeepsType {
                expires: Some(expires),
            } => {
                let day = expires.to_string();
                write!(
                    f,
                    "the contact is not kept: it expires on {}",
                    day.get(..10).unwrap_or(&day)
                )
            }
            Self::HeldBy { identifier, holder } => {
                write!(
                    f,
                    "{identifier} stays with contact {holder}, who has it now"
                )
            }
            Self::Took { identifier, .. } => {
                write!(f, "{identifier} was taken over from an auto-made contact")
            }
            Self::Offered { identifier, to } => {
                write!(f, "{identifier} now belongs to contact {to}")
            }
            Self::Removed { .. } => {
                f.write_str("the auto-made contact had nothing left and was removed")
            }
            Self::Imported { what } => f.write_str(what.word()),
            Self::MarkedShared {
                identifier,
                suggests,
            } => {
                let ids: Vec<String> = suggests.iter().map(|id| format!("contact {id}")).collect();
                f.write_str(&marked_shared(identifier, &ids))
            }
            Self::AlreadyKnown => f.write_str("it was known already"),
            Self::AlreadyCurated => f.write_str("the contact is Curated already"),
            Self::Final => f.write_str("it cannot be taken back here"),
            Self::PastRetention => f.write_str("it is past the retention and stays away"),
            Self::NotScrubbed { why } => {
                write!(f, "the files of the store still hold the values: {why}")
            }
            Self::NoSlot { field, value } => {
                write!(
                    f,
                    "{} {value} found no free field; it still identifies the contact",
                    field.label()
                )
            }
        }
    }
}

/// What a shared mark does, with who is suggested from now on by name.
pub fn marked_shared(identifier: &Identifier, suggests: &[String]) -> String {
    match suggests {
        [] => format!("{identifier} is marked as shared: it links nobody by itself"),
        names => {
            let names = names.join(" and ");
            format!(
                "{identifier} is marked as shared: it suggests {names} and links nobody by itself"
            )
        }
    }
}
