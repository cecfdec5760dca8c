//! External contacts, their fields, notes and organizations (`design/rules.md` §2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::identifier::{Identifier, IdentifierType, email};
use super::moment::Moment;
use super::phone::Phone;

/// Most external ids (and Apple opaque ids) on one contact.
pub const LIST_MAX: usize = 10;
/// Most characters of a note.
pub const NOTE_CHARS_MAX: usize = 32_000;

macro_rules! uuid_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::contact::NotAnId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim()
                    .parse::<uuid::Uuid>()
                    .map(Self)
                    .map_err(|_| $crate::domain::contact::NotAnId(text.chars().take(60).collect()))
            }
        }
    };
}
pub(crate) use uuid_newtype;

/// A text that is no UUID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id; ids are UUIDs such as 7c9e6679-7425-40de-944b-e07fc1f90ae7")]
pub struct NotAnId(pub String);

uuid_newtype!(
    /// Id of an external contact.
    ContactId
);
uuid_newtype!(
    /// Id of an external organization.
    OrganizationId
);
uuid_newtype!(
    /// Id of a note.
    NoteId
);

impl ContactId {
    /// A fresh random id. Only the edges of the program call this; rules take fresh ids as arguments.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The end of the id: enough to tell contacts apart in a sentence. The beginning is the time of its making.
    pub fn brief(self) -> String {
        let id = self.0.simple().to_string();
        format!("…{}", &id[id.len() - 8..])
    }
}

/// The three values of `ExternalContact.type`. *Canonical* is a role in a merge tree, not a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContactType {
    Ephemeral,
    Identified,
    Curated,
}

impl ContactType {
    /// The contract's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ephemeral => "Ephemeral",
            Self::Identified => "Identified",
            Self::Curated => "Curated",
        }
    }
}

/// How a contact came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// Made by identity resolution.
    Resolution,
    /// Made by Unlink; no value is ever re-offered to it (`design/rules.md` §3).
    Unlink,
    /// Made on purpose: New contact or the API.
    Person,
    Import,
    Merge,
}

/// An external contact as it stands. Immutable once it is an ancestor (`merged_to` is set).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    #[serde(rename = "type")]
    pub kind: ContactType,
    pub origin: Origin,
    /// Division id; `*` is the unassigned one. Kept and shown, never splits a person.
    pub division: String,
    pub fields: Fields,
    pub created: Moment,
    pub modified: Moment,
    /// Who modified it last, for the warning of an edit; `None` when only rules did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_by: Option<String>,
    /// Last interaction: what expiry counts from. Not part of a version check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Moment>,
    /// Inputs of the merge that made this contact; empty when no merge did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_from: Vec<ContactId>,
    /// The contact this one was merged into: set exactly on ancestors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_to: Option<ContactId>,
}

impl Contact {
    pub fn is_curated(&self) -> bool {
        self.kind == ContactType::Curated
    }

    /// True for a contact made by resolution or Unlink that nobody kept.
    pub fn is_auto_made(&self) -> bool {
        self.kind != ContactType::Curated
    }

    pub fn is_ancestor(&self) -> bool {
        self.merged_to.is_some()
    }

    /// True for the head of a merge tree.
    pub fn is_canonical(&self) -> bool {
        self.merged_to.is_none() && !self.merged_from.is_empty()
    }

    /// True when the contact expires: auto-made and in no merge tree (`design/rules.md` §2).
    pub fn expires(&self) -> bool {
        self.is_auto_made() && self.merged_from.is_empty() && self.merged_to.is_none()
    }

    /// The moment that expiry counts from.
    pub fn last_alive(&self) -> Moment {
        self.seen.unwrap_or(self.created)
    }

    /// True when both are the same but for the time of the last interaction.
    pub fn same_but_seen(&self, other: &Self) -> bool {
        let mut twin = other.clone();
        twin.seen = self.seen;
        *self == twin
    }
}

/// An account in a messaging channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Social {
    /// The channel's id of the person: scoped id, user id, or digits of a WhatsApp number.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
}

/// An id of the contact in another system of record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalId {
    pub source: String,
    pub value: String,
}

/// A custom-field schema and the values under it: one unit, never mixed across schemas.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    /// The `schema` object as the API sent it (id, version, ...).
    pub schema: serde_json::Value,
    pub values: BTreeMap<String, serde_json::Value>,
}

/// Every field of a contact that a person can fill in (`ExternalContact`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salutation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_phone: Option<Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_phone: Option<Phone>,
    /// As typed; `identifier::email` gives the form that is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub personal_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twitter: Option<Social>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<Social>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<Social>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facebook: Option<Social>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instagram: Option<Social>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apple_opaque_ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub external_ids: Vec<ExternalId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub survey_opt_out: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_system_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Custom>,
}

impl Fields {
    /// First, middle and last name with single spaces; empty when there is none.
    pub fn full_name(&self) -> String {
        [&self.first_name, &self.middle_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The four phones with their slot, in the order work, cell, home, other.
    pub fn phones(&self) -> [(super::Field, Option<&Phone>); 4] {
        use super::Field as F;
        [
            (F::WorkPhone, self.work_phone.as_ref()),
            (F::CellPhone, self.cell_phone.as_ref()),
            (F::HomePhone, self.home_phone.as_ref()),
            (F::OtherPhone, self.other_phone.as_ref()),
        ]
    }

    /// The three e-mails with their slot, in the order work, personal, other.
    pub fn emails(&self) -> [(super::Field, Option<&str>); 3] {
        use super::Field as F;
        [
            (F::WorkEmail, self.work_email.as_deref()),
            (F::PersonalEmail, self.personal_email.as_deref()),
            (F::OtherEmail, self.other_email.as_deref()),
        ]
    }

    /// Every identifier that a field carries, without repeats, phones first.
    pub fn identifiers(&self) -> Vec<Identifier> {
        let plain = |kind, value: &str| Identifier::read(kind, value, None, None).ok();
        let social = |kind, account: &Option<Social>| {
            account
                .as_ref()
                .and_then(|account| plain(kind, &account.id))
        };
        let mut found: Vec<Identifier> = Vec::new();
        let phones = self
            .phones()
            .into_iter()
            .filter_map(|(_, phone)| phone?.e164.clone());
        found.extend(phones.map(|value| Identifier {
            kind: IdentifierType::Phone,
            value,
            source: None,
        }));
        let emails = self
            .emails()
            .into_iter()
            .filter_map(|(_, text)| email(text?));
        found.extend(emails.map(|value| Identifier {
            kind: IdentifierType::Email,
            value,
            source: None,
        }));
        found.extend(social(IdentifierType::SocialTwitter, &self.twitter));
        found.extend(social(IdentifierType::SocialLine, &self.line));
        found.extend(social(IdentifierType::SocialWhatsapp, &self.whatsapp));
        found.extend(social(IdentifierType::SocialFacebook, &self.facebook));
        found.extend(social(IdentifierType::SocialInstagram, &self.instagram));
        let apple = self.apple_opaque_ids.iter();
        found.extend(apple.filter_map(|value| plain(IdentifierType::AppleOpaqueId, value)));
        let external = self.external_ids.iter();
        found.extend(external.filter_map(|id| {
            Identifier::read(
                IdentifierType::ExternalId,
                &id.value,
                Some(&id.source),
                None,
            )
            .ok()
        }));
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|identifier| seen.insert(identifier.clone()));
        found
    }
}

/// A note on a contact. Notes stay on the contact they were written on; readers expand the merge set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub contact: ContactId,
    pub text: String,
    /// Name of the author.
    pub author: String,
    pub created: Moment,
    pub modified: Moment,
}

/// An external organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    pub id: OrganizationId,
    pub name: String,
    pub created: Moment,
    /// Other members of `ExternalOrganization` as they came (industry, websites, ...).
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub rest: serde_json::Map<String, serde_json::Value>,
}
