//! Which heading means which column. API names and labels come from the table of fields; other words that
//! exports use stand here.

use crate::domain::Field;

use super::super::channel::plain;
use super::Column;

/// Other words for fields, letters and digits only. A plain *phone* or *e-mail* says nothing of whose it is,
/// so it goes to the neutral slot.
#[rustfmt::skip]
const FIELD_WORDS: [(Field, &[&str]); 24] = [
    (Field::FirstName,         &["givenname", "forename", "first"]),
    (Field::MiddleName,        &["middle"]),
    (Field::LastName,          &["familyname", "surname", "last"]),
    (Field::Salutation,        &["prefix"]),
    (Field::Title,             &["jobtitle"]),
    (Field::WorkPhone,         &["businessphone", "officephone", "worktelephone"]),
    (Field::CellPhone,         &["cell", "mobile", "mobilephone", "mobilenumber", "cellphonenumber"]),
    (Field::HomePhone,         &["hometelephone"]),
    (Field::OtherPhone,        &["phone", "phonenumber", "telephone"]),
    (Field::WorkEmail,         &["businessemail", "officeemail"]),
    (Field::PersonalEmail,     &["homeemail", "privateemail"]),
    (Field::OtherEmail,        &["email", "emailaddress", "mail"]),
    (Field::Address1,          &["street", "streetaddress", "addressline1", "addressaddress"]),
    (Field::Address2,          &["addressline2"]),
    (Field::City,              &["town"]),
    (Field::State,             &["province", "county"]),
    (Field::PostalCode,        &["zip", "zipcode", "postcode", "addresszip"]),
    (Field::CountryCode,       &["country", "countryiso", "addresscountry"]),
    (Field::Twitter,           &["twitter", "x", "twitteruserid", "twitteridid"]),
    (Field::Line,              &["line", "lineuserid", "lineiduserid"]),
    (Field::Whatsapp,          &["whatsappnumber", "whatsappphonenumber", "whatsappidphonenumber"]),
    (Field::Facebook,          &["facebook", "facebookscopedid", "facebookidscopedid"]),
    (Field::Instagram,         &["instagram", "instagramscopedid", "instagramidscopedid"]),
    (Field::ExternalSystemUrl, &["url", "externalurl"]),
];

/// Words for columns that are no fields of their own.
#[rustfmt::skip]
const OTHER_WORDS: [(Column, &[&str]); 5] = [
    (Column::ExternalId,     &["externalid", "externalids", "externalidvalue", "externalidsvalue"]),
    (Column::ExternalSource, &["externalsource", "externalsourcename", "externalidsource"]),
    (Column::Company,        &["company", "companyname", "organization", "organisation", "organizationname",
                               "externalorganization", "externalorganizationname", "account", "accountname"]),
    (Column::AppleOpaqueId,  &["appleopaqueid", "appleopaqueids", "appleopaqueidvalue"]),
    (Column::Reason,         &["reason"]),
];

/// The column that a heading means; case, blanks and punctuation do not matter.
pub fn column(heading: &str) -> Option<Column> {
    let word = plain(heading);
    let word = ["display", "e164"]
        .into_iter()
        .find_map(|end| {
            word.strip_suffix(end)
                .filter(|start| start.ends_with("phone"))
        })
        .unwrap_or(&word);
    if word.is_empty() {
        return None;
    }
    let other = OTHER_WORDS.iter().find(|(_, words)| words.contains(&word));
    if let Some((column, _)) = other {
        return Some(*column);
    }
    let field = FIELD_WORDS
        .iter()
        .find(|(_, words)| words.contains(&word))
        .map(|(field, _)| *field);
    field.or_else(|| Field::of_name(word)).map(Column::Field)
}
