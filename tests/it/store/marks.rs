//! Notes, marks, organizations and names.

use scv_desk::domain::change::Change;
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Organization, OrganizationId};
use scv_desk::domain::facts::{FactKey, Facts};
use scv_desk::domain::reason::{NotSame, SharedMark};
use scv_desk::store::{Name, NameKind, Store};
use uuid::Uuid;

use super::contract;
use super::given::*;

contract!(notes_marks_and_organizations, names_are_replaced);

async fn notes_marks_and_organizations(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, contact(2)).await;
    let (one, two) = (note(1, contact_id(1)), note(2, contact_id(1)));
    let pair = (contact_id(1), contact_id(2));
    let not_same = NotSame {
        by: "Ann".to_owned(),
        at: NOON,
    };
    let mark = SharedMark {
        identifier: phone(7),
        by: "Ann".to_owned(),
        at: NOON,
    };
    let organization = |n: u128| Organization {
        id: OrganizationId(Uuid::from_u128(n)),
        name: "Dunne & Sons".to_owned(),
        created: NOON.plus_ms(-(n as i64)),
        rest: serde_json::Map::new(),
    };
    let changes = vec![
        Change::Note {
            id: two.id,
            before: None,
            after: Some(Box::new(two.clone())),
        },
        Change::Note {
            id: one.id,
            before: None,
            after: Some(Box::new(one.clone())),
        },
        Change::NotSame {
            pair,
            before: None,
            after: Some(not_same.clone()),
        },
        Change::Shared {
            identifier: phone(7),
            before: None,
            after: Some(mark.clone()),
        },
        Change::Organization {
            id: organization(1).id,
            before: None,
            after: Some(Box::new(organization(1))),
        },
        Change::Organization {
            id: organization(2).id,
            before: None,
            after: Some(Box::new(organization(2))),
        },
    ];
    decide(store, plan(Action::Edit, changes.clone()))
        .await
        .unwrap();
    let named = FactKey::OrganizationNamed("Dunne & Sons".to_owned());
    let keys = vec![
        FactKey::NotesOf(contact_id(1)),
        FactKey::Note(one.id),
        FactKey::NotSame(pair.0, pair.1),
        FactKey::Shared(phone(7)),
        FactKey::Organization(organization(1).id),
        named,
    ];
    let facts: Facts = load(store, keys).await;
    assert_eq!(facts.notes_of(&contact_id(1)).unwrap(), &[one.id, two.id]);
    assert_eq!(facts.note_if_any(&one.id).unwrap(), &Some(one.clone()));
    assert_eq!(facts.not_same(pair.1, pair.0).unwrap(), Some(&not_same));
    assert_eq!(facts.shared(&phone(7)).unwrap(), &Some(mark));
    assert_eq!(
        facts.organization_if_any(&organization(1).id).unwrap(),
        &Some(organization(1))
    );
    let oldest = facts
        .organization_named(&"Dunne & Sons".to_owned())
        .unwrap();
    assert_eq!(oldest, &Some(organization(2).id));
    assert_eq!(
        store
            .notes(vec![contact_id(1), contact_id(2)])
            .await
            .unwrap(),
        [two, one]
    );
    let counts = store.counts().await.unwrap();
    assert_eq!(
        (counts.notes, counts.organizations, counts.shared),
        (2, 2, 1)
    );
    super::sound(store).await;
    let back = changes.into_iter().rev().map(Change::inverse).collect();
    decide(store, plan(Action::Undo, back)).await.unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!(
        (counts.notes, counts.organizations, counts.shared),
        (0, 0, 0)
    );
}

async fn names_are_replaced(store: &impl Store) {
    let name = |kind, id: &str, name: &str| Name {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        color: None,
        shown: true,
    };
    let queue = name(NameKind::Queue, "q1", "Billing");
    store
        .put_names(vec![name(NameKind::User, "u1", "Ann"), queue])
        .await
        .unwrap();
    let segment = Name {
        color: Some("#00ff00".to_owned()),
        shown: false,
        ..name(NameKind::Segment, "s1", "Loyal")
    };
    let renamed = name(NameKind::User, "u1", "Anna");
    store
        .put_names(vec![renamed.clone(), segment.clone()])
        .await
        .unwrap();
    let names = store.names().await.unwrap();
    assert_eq!(
        names,
        [name(NameKind::Queue, "q1", "Billing"), renamed, segment]
    );
}
