//! Phone numbers: as typed, and as E.164 by libphonenumber's rules (`design/rules.md` §3).

use std::collections::BTreeSet;

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
use serde::{Deserialize, Serialize};

/// A phone number in a field of a contact.
///
/// `display` is the international form when the number parsed, else what was typed; `typed` is always what
/// was typed. A number without `e164` claims nothing and is not searchable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Phone {
    pub display: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub typed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e164: Option<String>,
    /// Two-letter region of the number, for example `IE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepts_sms: Option<bool>,
}

impl Phone {
    /// Reads `typed`; `region` (two letters) is used when the number has no country code.
    pub fn read(typed: &str, region: Option<&str>) -> Self {
        let typed = typed.trim();
        match parse(typed, region) {
            Some(parsed) => Self {
                display: parsed.international,
                typed: typed.to_owned(),
                e164: Some(parsed.e164),
                country: parsed.country,
                extension: parsed.extension,
                accepts_sms: None,
            },
            None => Self {
                display: typed.to_owned(),
                typed: typed.to_owned(),
                ..Self::default()
            },
        }
    }

    /// Why the number, read with this region, did not parse; nothing when it did.
    pub fn unread(&self, region: Option<&str>) -> Option<Unread> {
        if self.e164.is_some() {
            return None;
        }
        let has_code = self.typed.starts_with('+') || self.typed.starts_with("00");
        Some(match (has_code, region) {
            (false, None) => Unread::NoCountryCode,
            (true, _) | (_, Some(_)) => Unread::NoNumber,
        })
    }
}

/// Why a number is kept as typed, claims nothing and is not searchable (`design/rules.md` §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It has no country code, and no region is known.
    NoCountryCode,
    /// It is not a possible number.
    NoNumber,
}

impl Unread {
    /// What is wrong with the number that stands before it, and what to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoCountryCode => {
                "has no country code, so it is kept as typed and finds nobody; add its country code or name \
                 a region"
            }
            Self::NoNumber => {
                "is not a phone number, so it is kept as typed and finds nobody; correct it"
            }
        }
    }
}

/// A number that libphonenumber calls possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// `+` and digits.
    pub e164: String,
    /// International form with spaces, for people.
    pub international: String,
    pub country: Option<String>,
    pub extension: Option<u32>,
    /// National significant number, digits only.
    pub national: String,
}

/// Parses a number typed by somebody; `None` when it is not *possible*, or when it has no country code and
/// no region is known.
pub fn parse(typed: &str, region: Option<&str>) -> Option<Parsed> {
    let typed = typed.trim();
    if typed.is_empty() || typed.len() > 250 {
        return None;
    }
    let region = region.and_then(|code| code.trim().to_ascii_uppercase().parse::<Region>().ok());
    let number = PHONE_NUMBER_UTIL.parse(typed, region).ok()?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
        return None;
    }
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    let prefix = format!("+{}", number.country_code);
    Some(Parsed {
        international: number
            .format_as(PhoneNumberFormat::International)
            .into_owned(),
        country: number
            .get_region_code()
            .map(|code| code.as_region_str().to_string()),
        extension: number
            .extension
            .as_deref()
            .and_then(|text| text.parse().ok()),
        national: e164.strip_prefix(&prefix).unwrap_or(&e164).to_owned(),
        e164,
    })
}

/// The international form for people of a number in E.164; the number itself when it does not parse.
pub fn international(e164: &str) -> String {
    parse(e164, None).map_or_else(|| e164.to_owned(), |parsed| parsed.international)
}

/// The numbers that one typed without a country code may be, each with its region, in E.164.
pub fn readings(typed: &str) -> BTreeSet<String> {
    let letters = || 'A'..='Z';
    let codes = letters().flat_map(|one| letters().map(move |other| format!("{one}{other}")));
    let regions = codes.filter(|code| is_region(code));
    regions
        .filter_map(|region| parse(typed, Some(&region)))
        .map(|parsed| parsed.e164)
        .collect()
}

/// True when `code` is a region that libphonenumber knows, for example `IE`.
pub fn is_region(code: &str) -> bool {
    let region = code.to_ascii_uppercase().parse::<Region>().ok();
    // The library has names for more regions than it has numbers of.
    code.len() == 2
        && region.is_some_and(|region| {
            PHONE_NUMBER_UTIL
                .get_country_code_for_region(region)
                .is_some()
        })
}
