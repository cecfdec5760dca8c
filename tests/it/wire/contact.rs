//! `ExternalContact`, `ContactIdentifier` and `Note`, out and back.

use scv_desk::domain::contact::{
    Contact, ContactId, ContactType, Custom, ExternalId, Fields, Note, NoteId, Organization,
    OrganizationId, Origin, Social,
};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::phone::Phone;
use scv_desk::domain::reason::{Claim, ClaimOrigin};
use scv_desk::domain::{Field, Identifier, IdentifierType, Moment, Value as Held};
use scv_desk::wire::contact::{Reading, Shown, from_json, to_json};
use scv_desk::wire::{identifier, note, source};
use serde_json::json;
use uuid::Uuid;

fn social(id: &str, name: Option<&str>, handle: Option<&str>) -> Option<Social> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Some(Social {
        id: id.to_owned(),
        name: owned(name),
        handle: owned(handle),
        profile_url: None,
    })
}

fn full() -> Fields {
    let mut fields = Fields {
        whatsapp: social("353861234567", Some("Efa"), None),
        facebook: social("869203", None, None),
        line: social("U593a", Some("Efa"), None),
        instagram: social("759740", None, Some("efa.b")),
        twitter: social("3794780401", Some("Efa B"), Some("efab")),
        apple_opaque_ids: vec!["opaque".to_owned()],
        external_ids: vec![ExternalId {
            source: "CRM".to_owned(),
            value: "CRM-1".to_owned(),
        }],
        organization: Some(OrganizationId(Uuid::from_u128(7))),
        custom: Some(Custom {
            schema: json!({"id": "s", "version": 2}),
            values: [("tier_text".to_owned(), json!("gold"))].into(),
        }),
        ..Fields::default()
    };
    let typed = [
        (Field::FirstName, "Efa"),
        (Field::MiddleName, "Ní"),
        (Field::LastName, "Byrne"),
        (Field::Salutation, "Ms"),
        (Field::Title, "Buyer"),
        (Field::WorkPhone, "01 234 5678"),
        (Field::CellPhone, "+353 86 123 4567"),
        (Field::HomePhone, "call the neighbour"),
        (Field::OtherPhone, "+1 650 253 0000 ext. 12"),
        (Field::WorkEmail, "Efa@Example.org"),
        (Field::PersonalEmail, "efa@example.net"),
        (Field::OtherEmail, "e@example.com"),
        (Field::Address1, "1 Main St"),
        (Field::Address2, "Floor 2"),
        (Field::City, "Dublin"),
        (Field::State, "Leinster"),
        (Field::PostalCode, "D01"),
        (Field::CountryCode, "IE"),
        (Field::SurveyOptOut, "yes"),
        (Field::ExternalSystemUrl, "https://crm.example/1"),
    ];
    for (field, text) in typed {
        fields.set(field, Held::read(field, text, Some("IE")).unwrap());
    }
    fields
}

fn contact(fields: Fields) -> Contact {
    Contact {
        id: ContactId(Uuid::from_u128(1)),
        kind: ContactType::Curated,
        origin: Origin::Merge,
        division: "*".to_owned(),
        fields,
        created: Moment(0),
        modified: Moment(1000),
        modified_by: None,
        seen: None,
        merged_from: vec![ContactId(Uuid::from_u128(2)), ContactId(Uuid::from_u128(3))],
        merged_to: None,
    }
}

#[test]
fn a_contact_has_the_names_of_the_contract() {
    let contact = contact(full());
    let phone = Identifier::read(IdentifierType::Phone, "+353861234567", None, None).unwrap();
    let claim = Claim {
        contact: contact.id,
        at: Moment(500),
        origin: ClaimOrigin::Created,
        trust: Trust::Verified,
    };
    let organization = Organization {
        id: OrganizationId(Uuid::from_u128(7)),
        name: "Scott Group".to_owned(),
        created: Moment(0),
        rest: serde_json::Map::new(),
    };
    let set = [
        contact.id,
        ContactId(Uuid::from_u128(2)),
        ContactId(Uuid::from_u128(3)),
    ];
    let shown = Shown {
        contact: &contact,
        claims: &[(phone, claim)],
        organization: Some(&organization),
        merge_set: &set,
        canonical: Some(contact.id),
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(&to_json(&shown)).unwrap());
}

#[test]
fn what_was_read_can_be_sent_back() {
    let contact = contact(full());
    let json = to_json(&Shown::alone(&contact));
    let body = from_json(
        &json,
        &Reading {
            region: None,
            sources: &[],
        },
    )
    .unwrap();
    assert_eq!(body.fields, contact.fields);
    assert_eq!(body.division.as_deref(), Some("*"));
}

#[test]
fn members_at_fault_are_named() {
    let body = json!({
        "firstName": 7, "fristName": "Efa", "cellPhone": "+353861234567",
        "workPhone": {"nmber": "1", "extension": -1}, "workEmail": "not an address",
        "address": {"city": "Dublin", "planet": "Earth"}, "surveyOptOut": "maybe",
        "externalIds": [{"value": "x"}, {"value": "", "externalSource": {"name": "CRM"}}],
        "facebookId": {"ids": []}, "whatsAppId": {}, "lastName": "x".repeat(1001),
        "id": "ignored", "middleName": null,
    });
    let problems = from_json(&body, &Reading::default()).unwrap_err();
    let mut members: Vec<&str> = problems
        .0
        .iter()
        .map(|problem| problem.member.as_str())
        .collect();
    members.sort_unstable();
    let expected = [
        "address.planet",
        "cellPhone",
        "externalIds[0].externalSource",
        "externalIds[1].value",
        "facebookId.ids",
        "firstName",
        "fristName",
        "lastName",
        "surveyOptOut",
        "whatsAppId.phoneNumber",
        "workEmail",
        "workPhone.extension",
        "workPhone.nmber",
    ];
    assert_eq!(members, expected);
    let text = problems.to_string();
    assert!(
        text.contains("fristName: the contract has no such member; leave it out"),
        "{text}"
    );
}

#[test]
fn phones_take_the_region_of_the_contact_first() {
    let read = |body| {
        from_json(
            &body,
            &Reading {
                region: Some("US"),
                sources: &[],
            },
        )
        .unwrap()
        .fields
    };
    let number = |fields: Fields| fields.cell_phone.and_then(|phone| phone.e164);
    let irish = json!({"cellPhone": {"display": "086 123 4567"}, "address": {"countryCode": "IE"}});
    assert_eq!(number(read(irish)).as_deref(), Some("+353861234567"));
    let british =
        json!({"cellPhone": {"display": "07700 900123", "normalizationCountryCode": "GB"}});
    assert_eq!(number(read(british)).as_deref(), Some("+447700900123"));
    let american = json!({"cellPhone": {"userInput": "(650) 253-0000", "acceptsSMS": true}});
    let phone: Phone = read(american).cell_phone.unwrap();
    assert_eq!(
        (phone.e164.as_deref(), phone.accepts_sms),
        (Some("+16502530000"), Some(true))
    );
}

#[test]
fn organizations_and_sources_may_be_given_by_name_or_id() {
    let sources = ["SAP".to_owned()];
    let reading = Reading {
        region: None,
        sources: &sources,
    };
    let by_id = json!({"externalSource": {"id": source::id("SAP")}, "value": "9"});
    let body = json!({"externalOrganization": {"name": "Scott Group"}, "externalIds": [by_id]});
    let body = from_json(&body, &reading).unwrap();
    assert_eq!(body.organization_name.as_deref(), Some("Scott Group"));
    assert_eq!(body.fields.external_ids[0].source, "SAP");
    assert_eq!(source::id("SAP"), source::id("SAP"));
    assert_ne!(source::id("SAP"), source::id("CRM"));
}

#[test]
fn identifiers_are_normalised_on_the_way_in() {
    let read = |value| identifier::from_json(&value, &["CRM".to_owned()]);
    let email = read(json!({"type": "Email", "value": "Efa@Example.org"})).unwrap();
    assert_eq!(email.value, "efa@example.org");
    let external =
        json!({"type": "ExternalId", "value": "9", "externalSource": {"id": source::id("CRM")}});
    assert_eq!(read(external).unwrap().source.as_deref(), Some("CRM"));
    assert!(
        read(json!({"type": "Phone", "value": "086 123 4567"})).is_err(),
        "no country code"
    );
    assert!(read(json!({"type": "Telepathy", "value": "x"})).is_err());
    let request =
        json!({"operation": "Release", "identifier": {"type": "Email", "value": "a@b.example"}});
    let (operation, _) = identifier::claim_request(&request, &[]).unwrap();
    assert_eq!(operation, identifier::Operation::Release);
    let json = identifier::to_json(&email, None);
    assert_eq!(json, json!({"type": "Email", "value": "efa@example.org"}));
}

#[test]
fn notes_have_the_names_of_the_contract() {
    let note = Note {
        id: NoteId(Uuid::from_u128(5)),
        contact: ContactId(Uuid::from_u128(1)),
        text: "Called back".to_owned(),
        author: "Maeve Kelly".to_owned(),
        created: Moment(0),
        modified: Moment(1000),
    };
    let json = note::to_json(&note);
    assert_eq!(json["noteText"], "Called back");
    assert_eq!(json["entityType"], "contact");
    assert_eq!(json["createdBy"]["name"], "Maeve Kelly");
    assert_eq!(json["modifyDate"], "1970-01-01T00:00:01.000Z");
    assert_eq!(note::text_from_json(&json).unwrap(), "Called back");
    assert!(note::text_from_json(&json!({"noteText": " "})).is_err());
    assert!(note::text_from_json(&json!({"noteText": "x".repeat(32_001)})).is_err());
}
