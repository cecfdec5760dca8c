//! Identifiers: what a claim binds to one contact (`design/rules.md` §3).

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::phone;

/// Longest identifier value, in characters (`ContactIdentifier.value`).
pub const VALUE_CHARS_MAX: usize = 255;
/// The external source used when none is named on import and ingest.
pub const DEFAULT_SOURCE: &str = "CRM";

/// The 12 values of `ContactIdentifier.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum IdentifierType {
    SocialLine,
    SocialFacebook,
    SocialTwitter,
    SocialWhatsapp,
    SocialInstagram,
    SocialWhatsappBsuid,
    AppleOpaqueId,
    Email,
    Phone,
    Cookie,
    ExternalId,
    SocialInstagramHandle,
}

impl IdentifierType {
    /// Every type, in the contract's order.
    pub const ALL: [Self; 12] = [
        Self::SocialLine,
        Self::SocialFacebook,
        Self::SocialTwitter,
        Self::SocialWhatsapp,
        Self::SocialInstagram,
        Self::SocialWhatsappBsuid,
        Self::AppleOpaqueId,
        Self::Email,
        Self::Phone,
        Self::Cookie,
        Self::ExternalId,
        Self::SocialInstagramHandle,
    ];

    /// The contract's word, for example `SocialWhatsapp`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SocialLine => "SocialLine",
            Self::SocialFacebook => "SocialFacebook",
            Self::SocialTwitter => "SocialTwitter",
            Self::SocialWhatsapp => "SocialWhatsapp",
            Self::SocialInstagram => "SocialInstagram",
            Self::SocialWhatsappBsuid => "SocialWhatsappBsuid",
            Self::AppleOpaqueId => "AppleOpaqueId",
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::Cookie => "Cookie",
            Self::ExternalId => "ExternalId",
            Self::SocialInstagramHandle => "SocialInstagramHandle",
        }
    }

    /// The word for people, for example `phone` or `WhatsApp`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SocialLine => "LINE",
            Self::SocialFacebook => "Facebook",
            Self::SocialTwitter => "X",
            Self::SocialWhatsapp | Self::SocialWhatsappBsuid => "WhatsApp",
            Self::SocialInstagram | Self::SocialInstagramHandle => "Instagram",
            Self::AppleOpaqueId => "Apple",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::Cookie => "cookie",
            Self::ExternalId => "external id",
        }
    }

    /// Small number used by stores; never renumber.
    pub const fn code(self) -> u8 {
        match self {
            Self::SocialLine => 1,
            Self::SocialFacebook => 2,
            Self::SocialTwitter => 3,
            Self::SocialWhatsapp => 4,
            Self::SocialInstagram => 5,
            Self::SocialWhatsappBsuid => 6,
            Self::AppleOpaqueId => 7,
            Self::Email => 8,
            Self::Phone => 9,
            Self::Cookie => 10,
            Self::ExternalId => 11,
            Self::SocialInstagramHandle => 12,
        }
    }

    /// The type with this `code`.
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The type with this contract word, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// True for the types that say something about a person; only a cookie does not (`design/rules.md` §2).
    pub fn is_personal(self) -> bool {
        self != Self::Cookie
    }
}

/// A (type, normalised value, external source): the key of a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    pub kind: IdentifierType,
    pub value: String,
    /// Name of the external source; only an `ExternalId` has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Why a value cannot be an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIdentifier {
    #[error("the {0} is empty")]
    Empty(&'static str),
    #[error("the {0} is longer than {VALUE_CHARS_MAX} characters")]
    TooLong(&'static str),
    #[error("{0:?} is not a phone number with a country code; write it like +353 86 123 4567")]
    Phone(String),
    #[error("{0:?} is not an e-mail address")]
    Email(String),
}

impl Identifier {
    /// Normalises `typed` for its type. `region` is used for phones without a country code; `source` only for
    /// external ids (default `CRM`).
    pub fn read(
        kind: IdentifierType,
        typed: &str,
        source: Option<&str>,
        region: Option<&str>,
    ) -> Result<Self, NotAnIdentifier> {
        let trimmed = typed.trim();
        if trimmed.is_empty() {
            return Err(NotAnIdentifier::Empty(kind.word()));
        }
        if trimmed.chars().count() > VALUE_CHARS_MAX {
            return Err(NotAnIdentifier::TooLong(kind.word()));
        }
        let shown = || trimmed.chars().take(60).collect::<String>();
        let value = match kind {
            IdentifierType::Phone => {
                phone::parse(trimmed, region)
                    .ok_or_else(|| NotAnIdentifier::Phone(shown()))?
                    .e164
            }
            IdentifierType::Email => {
                email(trimmed).ok_or_else(|| NotAnIdentifier::Email(shown()))?
            }
            IdentifierType::SocialWhatsapp => Self::whatsapp(trimmed).value,
            IdentifierType::SocialInstagramHandle => trimmed.trim_start_matches('@').to_lowercase(),
            IdentifierType::SocialLine
            | IdentifierType::SocialFacebook
            | IdentifierType::SocialTwitter
            | IdentifierType::SocialInstagram
            | IdentifierType::SocialWhatsappBsuid
            | IdentifierType::AppleOpaqueId
            | IdentifierType::Cookie
            | IdentifierType::ExternalId => trimmed.nfc().collect(),
        };
        let source = (kind == IdentifierType::ExternalId).then(|| {
            source
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .unwrap_or(DEFAULT_SOURCE)
                .to_owned()
        });
        Ok(Self {
            kind,
            value,
            source,
        })
    }

    /// The account of a WhatsApp number: its digits; a text without any is kept as it is.
    pub fn whatsapp(typed: &str) -> Self {
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        Self {
            kind: IdentifierType::SocialWhatsapp,
            value: match digits.is_empty() {
                true => typed.to_owned(),
                false => digits,
            },
            source: None,
        }
    }

    /// The value as people write it: phones with spaces, WhatsApp numbers with a plus.
    pub fn shown(&self) -> String {
        match self.kind {
            IdentifierType::Phone => phone::international(&self.value),
            IdentifierType::SocialWhatsapp if self.value.bytes().all(|b| b.is_ascii_digit()) => {
                phone::international(&format!("+{}", self.value))
            }
            _ => self.value.clone(),
        }
    }

    /// The number behind a Phone or SocialWhatsapp, in E.164. A shared mark covers both (`design/rules.md` §3).
    pub fn number(&self) -> Option<String> {
        match self.kind {
            IdentifierType::Phone => Some(self.value.clone()),
            IdentifierType::SocialWhatsapp => Some(format!("+{}", self.value)),
            _ => None,
        }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.word(), self.shown())?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

/// The normalised form of an e-mail address: trimmed, lower-cased, domain in ASCII form.
/// `None` when it is no address. The typed form is kept in the contact's field.
pub fn email(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let typed = typed.strip_prefix("mailto:").unwrap_or(typed);
    let (local, domain) = typed.rsplit_once('@')?;
    let hostile = |c: char| c.is_control() || c.is_whitespace();
    if local.is_empty()
        || domain.is_empty()
        || typed.chars().any(hostile)
        || typed.chars().count() > 256
    {
        return None;
    }
    let domain = idna::domain_to_ascii(domain)
        .ok()
        .filter(|text| !text.is_empty())?;
    Some(format!(
        "{}@{domain}",
        local.nfc().collect::<String>().to_lowercase()
    ))
}
