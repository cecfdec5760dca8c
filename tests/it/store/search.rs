//! The search as part of the store: found once acknowledged, gone once gone, by any process.

use scv_desk::domain::change::Change;
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Contact, ContactId, Organization, OrganizationId};
use scv_desk::store::{Search, Store};
use uuid::Uuid;

use super::given::*;
use super::{Place, contract};

contract!(
    kept_contacts_are_found_and_others_not,
    an_organization_that_comes_with_its_contact_is_found,
    a_search_goes_on_after_tidying_up,
);

async fn found(store: &impl Store, text: &str) -> Vec<ContactId> {
    let search = Search {
        text: text.to_owned(),
        limit: 20,
        offset: 0,
    };
    let found = store.search(search).await.unwrap();
    found.hits.into_iter().map(|hit| hit.contact).collect()
}

fn changed(before: Contact, after: Contact) -> Change {
    let (id, before, after) = (before.id, Some(Box::new(before)), Some(Box::new(after)));
    Change::Contact { id, before, after }
}

async fn kept_contacts_are_found_and_others_not(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, identified(2)).await;
    assert_eq!(found(store, "efa").await, [contact_id(1)]);
    assert_eq!(found(store, &phone(1).value[4..]).await, [contact_id(1)]);
    assert_eq!(found(store, "0001").await, [contact_id(1)]);
    let promoted = Contact {
        kind: contact(2).kind,
        ..identified(2)
    };
    decide(
        store,
        plan(
            Action::Promote,
            vec![changed(identified(2), promoted.clone())],
        ),
    )
    .await
    .unwrap();
    assert_eq!(found(store, "byrne").await.len(), 2);
    decide(
        store,
        plan(Action::Undo, vec![changed(promoted, identified(2))]),
    )
    .await
    .unwrap();
    assert_eq!(found(store, "byrne").await, [contact_id(1)]);
    let merged = Contact {
        merged_to: Some(contact_id(3)),
        ..contact(1)
    };
    let head = Contact {
        merged_from: vec![contact_id(1)],
        ..contact(3)
    };
    let moved = Change::Claim {
        identifier: phone(1),
        before: Some(claim(contact_id(1))),
        after: Some(claim(contact_id(3))),
    };
    let changes = vec![changed(contact(1), merged), made(head), moved];
    decide(store, plan(Action::Merge, changes)).await.unwrap();
    assert_eq!(found(store, "byrne").await, [contact_id(3)]);
}

async fn an_organization_that_comes_with_its_contact_is_found(store: &impl Store) {
    let organization = Organization {
        id: OrganizationId(Uuid::from_u128(7)),
        name: "Dunne Haulage".to_owned(),
        created: NOON,
        rest: serde_json::Map::new(),
    };
    let mut member = contact(1);
    member.fields.organization = Some(organization.id);
    let came = Change::Organization {
        id: organization.id,
        before: None,
        after: Some(Box::new(organization.clone())),
    };
    decide(store, plan(Action::Import, vec![made(member), came]))
        .await
        .unwrap();
    assert_eq!(found(store, "haulage").await, [contact_id(1)]);
    let renamed = Change::Organization {
        id: organization.id,
        after: Some(Box::new(Organization {
            name: "Dunne Freight".to_owned(),
            ..organization.clone()
        })),
        before: Some(Box::new(organization)),
    };
    decide(store, plan(Action::Edit, vec![renamed]))
        .await
        .unwrap();
    assert_eq!(found(store, "freight").await, [contact_id(1)]);
    assert!(found(store, "haulage").await.is_empty());
}

async fn a_search_goes_on_after_tidying_up(store: &impl Store) {
    for n in 1..=30 {
        make(store, contact(n)).await;
    }
    store.tidy_up(Box::new(|_, _| {})).await.unwrap();
    assert_eq!(found(store, "efa7").await, [contact_id(7)]);
    make(store, contact(31)).await;
    assert_eq!(found(store, "efa31").await, [contact_id(31)]);
    super::sound(store).await;
}

#[tokio::test]
async fn what_another_process_wrote_is_found() {
    let place = Place::new();
    let (one, other) = (place.open(), place.open());
    make(&one, contact(1)).await;
    assert_eq!(found(&other, "efa").await, [contact_id(1)]);
    make(&other, contact(2)).await;
    assert_eq!(found(&one, "efa").await.len(), 2);
}

#[tokio::test]
async fn enough_writes_are_built_into_the_index_without_being_asked() {
    let place = Place::new();
    drop(place.open());
    let other = rusqlite::Connection::open(place.path()).unwrap();
    let insert = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO search_delta (contact_row, document) SELECT 1000 + i, NULL FROM n";
    other.execute(insert, ()).unwrap();
    let store = place.open();
    make(&store, contact(1)).await;
    let built = || -> i64 {
        let sql = "SELECT built_sequence FROM search_state";
        other.query_row(sql, (), |row| row.get(0)).unwrap()
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while built() < 20_000 {
        assert!(std::time::Instant::now() < deadline, "nothing was built");
        tokio::task::yield_now().await;
    }
    assert_eq!(found(&store, "efa").await, [contact_id(1)]);
}
