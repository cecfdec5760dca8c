//! The check finds what is broken, and only that.

use rusqlite::Connection;
use scv_desk::domain::Plan;
use scv_desk::domain::change::{Change, Observation};
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Contact, Organization, OrganizationId};
use scv_desk::domain::reason::{NotSame, SharedMark};
use scv_desk::store::Store;
use uuid::Uuid;

use super::given::*;
use super::{Place, sound};

/// A store with one of everything: contacts 1 to 3, of which 3 was made of 1 and 2.
async fn full() -> Place {
    let place = Place::new();
    let store = place.open();
    make(&store, contact(1)).await;
    make(&store, identified(4)).await;
    decide(&store, resolved(call(1, 0, Some("u1")), contact_id(1)))
        .await
        .unwrap();
    let visit_link = Change::VisitLink {
        visit: visit_id(1),
        before: None,
        after: Some(Box::new(link(contact_id(1)))),
    };
    let observations = vec![Observation::Visit(Box::new(visit(1, 0)))];
    decide(
        &store,
        Plan {
            observations,
            ..plan(Action::Resolve, vec![visit_link])
        },
    )
    .await
    .unwrap();
    let merged = Contact {
        merged_to: Some(contact_id(3)),
        ..contact(1)
    };
    let head = Contact {
        merged_from: vec![contact_id(1), contact_id(2)],
        ..contact(3)
    };
    let second = Contact {
        merged_to: Some(contact_id(3)),
        ..contact(2)
    };
    let change = Change::Contact {
        id: contact_id(1),
        before: Some(Box::new(contact(1))),
        after: Some(Box::new(merged)),
    };
    let moved = Change::Claim {
        identifier: phone(1),
        before: Some(claim(contact_id(1))),
        after: Some(claim(contact_id(3))),
    };
    decide(
        &store,
        plan(Action::Merge, vec![change, made(second), made(head), moved]),
    )
    .await
    .unwrap();
    decide(&store, plan(Action::Edit, marks())).await.unwrap();
    sound(&store).await;
    place
}

fn marks() -> Vec<Change> {
    let organization = Organization {
        id: OrganizationId(Uuid::from_u128(1)),
        name: "Dunne".to_owned(),
        created: NOON,
        rest: serde_json::Map::new(),
    };
    let mark = SharedMark {
        identifier: phone(7),
        by: "Ann".to_owned(),
        at: NOON,
    };
    let note = note(1, contact_id(3));
    let pair = (contact_id(3), contact_id(4));
    let not_same = NotSame {
        by: "Ann".to_owned(),
        at: NOON,
    };
    vec![
        Change::Organization {
            id: organization.id,
            before: None,
            after: Some(Box::new(organization)),
        },
        Change::Shared {
            identifier: phone(7),
            before: None,
            after: Some(mark),
        },
        Change::Note {
            id: note.id,
            before: None,
            after: Some(Box::new(note)),
        },
        Change::NotSame {
            pair,
            before: None,
            after: Some(not_same),
        },
    ]
}

/// What is done behind the store's back, and a part of the sentence that it earns.
const TAMPERED: [(&str, &str); 27] = [
    // Values that read as well as before, and are others.
    (
        "UPDATE contact SET body = replace(body, 'Byrne', 'Burne')",
        "does not read",
    ),
    (
        "UPDATE note SET body = replace(body, 'note 1', 'note 2')",
        "does not read",
    ),
    (
        "UPDATE conversation SET body = replace(body, '+35386', '+35387')",
        "does not read",
    ),
    (
        "UPDATE contact SET kind = 1 WHERE kind = 3 AND merged_to IS NULL",
        "differ from its body",
    ),
    (
        "UPDATE contact SET created = 1 WHERE kind = 2",
        "differ from its body",
    ),
    (
        "UPDATE contact SET body = '{}' WHERE kind = 2",
        "does not read",
    ),
    (
        "UPDATE alive SET due = due + 1 WHERE due IS NOT NULL",
        "differ from its body",
    ),
    (
        "DELETE FROM identifier WHERE carried = 1 AND claimed = 0",
        "what its fields carry",
    ),
    (
        "INSERT INTO identifier SELECT kind, value, source, 1, 99, 0, at, origin, origin_id, trust
        FROM identifier WHERE claimed = 1",
        "is claimed 2 times",
    ),
    (
        "UPDATE identifier SET contact = (SELECT row FROM contact WHERE merged_to IS NOT NULL)
        WHERE claimed = 1 AND carried = 0",
        "which was merged",
    ),
    (
        "UPDATE contact SET merged_to = NULL,
            body = json_remove(substr(body, 1, instr(body, char(10)) - 1), '$.merged_to')
        WHERE merged_to IS NOT NULL",
        "does not lead to it",
    ),
    (
        "UPDATE contact SET
            body = json_set(substr(body, 1, instr(body, char(10)) - 1), '$.merged_from', json('[]'))
        WHERE merged_to IS NULL",
        "was not made of it",
    ),
    (
        "UPDATE conversation SET agent = 'u2'",
        "differ from its body",
    ),
    ("UPDATE conversation SET status = 3", "differ from its body"),
    ("UPDATE conversation SET link = 'null'", "has no contact"),
    (
        "UPDATE conversation SET contact = 99",
        "differ from its body",
    ),
    ("DELETE FROM party", "is not in the journey"),
    (
        "INSERT INTO party VALUES (1, 0, 0, 99)",
        "journeys have 2 lines",
    ),
    ("UPDATE visit SET until = 1", "differ from its body"),
    ("UPDATE visit SET entry = 99", "names a journal entry"),
    ("UPDATE note SET contact = 99", "columns of note"),
    (
        "UPDATE organization SET name = 'Byrne'",
        "columns of organization",
    ),
    ("UPDATE shared SET value = '+35386'", "shared mark"),
    (
        "UPDATE not_same SET one = other, other = one",
        "wrong order",
    ),
    (
        "UPDATE counter SET value = 9 WHERE name = 'claims'",
        "the count of claims is 9",
    ),
    ("DELETE FROM search_delta", "cannot be found by the search"),
    (
        "DELETE FROM contact WHERE kind = 3",
        "found by the search and should not be",
    ),
];

#[tokio::test]
async fn what_is_broken_is_found() {
    for (sql, sentence) in TAMPERED {
        let place = full().await;
        Connection::open(place.path())
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        let problems = place.open().check().await.unwrap();
        assert!(
            problems.iter().any(|problem| problem.contains(sentence)),
            "{sql}: {problems:?}"
        );
        assert!(
            problems.iter().all(|problem| !problem.contains("+353")),
            "a value is named: {problems:?}"
        );
    }
}

#[tokio::test]
async fn people_who_are_marked_as_different_are_not_one() {
    let place = full().await;
    let later =
        "UPDATE not_same SET one = (SELECT min(id) FROM contact WHERE merged_to IS NOT NULL),
        other = (SELECT max(id) FROM contact WHERE merged_to IS NOT NULL)";
    let connection = Connection::open(place.path()).unwrap();
    connection.execute_batch(later).unwrap();
    // The merge was a person's, as late as the mark: it was asked for twice.
    assert_eq!(place.open().check().await.unwrap(), Vec::<String>::new());
    connection
        .execute_batch("UPDATE not_same SET at = at + 1")
        .unwrap();
    let problems = place.open().check().await.unwrap();
    assert!(problems[0].contains("are one person"), "{problems:?}");
}
