//! Facts by key, and reads by id.

use scv_desk::domain::change::Change;
use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::contact::{Contact, Fields, OrganizationId};
use scv_desk::domain::conversation::Trust;
use scv_desk::domain::facts::FactKey;
use scv_desk::domain::identifier::{Identifier, IdentifierType};
use scv_desk::domain::reason::{Claim, ClaimOrigin};
use scv_desk::domain::{Plan, reason::Link};
use scv_desk::store::{ConversationFilter, Store, VisitFilter};
use uuid::Uuid;

use super::contract;
use super::given::*;

contract!(
    what_is_not_there_is_a_fact_too,
    contacts_and_claims,
    claims_keep_their_origin,
    carriers_come_oldest_first_without_ancestors,
    a_claim_and_a_carried_value_are_two_things,
    linked_lists_two_of_each,
    members_of_an_organization_are_listed_up_to_one_more_than_a_merge_set,
    a_contact_that_was_deleted_is_told_from_one_that_went_otherwise,
);

async fn what_is_not_there_is_a_fact_too(store: &impl Store) {
    let id = contact_id(1);
    let keys = [
        FactKey::Contact(id),
        FactKey::Claim(phone(1)),
        FactKey::Carriers(phone(1)),
        FactKey::ClaimsOf(id),
        FactKey::Conversation(conversation_id(1)),
        FactKey::Visit(visit_id(1)),
        FactKey::Linked(id),
        FactKey::NotesOf(id),
        FactKey::Note(note(1, id).id),
        FactKey::NotSame(id, contact_id(2)),
        FactKey::Shared(phone(1)),
        FactKey::Organization(OrganizationId(Uuid::nil())),
        FactKey::OrganizationNamed("Dunne".to_owned()),
        FactKey::MembersOf(OrganizationId(Uuid::nil())),
        FactKey::Deleted(id),
        FactKey::Entry(EntryId(7)),
    ];
    let facts = load(store, keys.clone()).await;
    assert!(keys.iter().all(|key| facts.has(key)));
    assert_eq!(facts.contact_if_any(&id), Ok(&None));
    assert_eq!(facts.claim(&phone(1)), Ok(&None));
    assert_eq!(facts.entry_if_any(&EntryId(7)), Ok(&None));
}

async fn contacts_and_claims(store: &impl Store) {
    make(store, contact(1)).await;
    let keys = [
        FactKey::Contact(contact_id(1)),
        FactKey::Claim(phone(1)),
        FactKey::ClaimsOf(contact_id(1)),
        FactKey::Carriers(phone(1)),
    ];
    let facts = load(store, keys).await;
    assert_eq!(facts.contact(contact_id(1)).unwrap(), &contact(1));
    assert_eq!(facts.claim(&phone(1)), Ok(&Some(claim(contact_id(1)))));
    assert_eq!(
        facts.claims_of(&contact_id(1)).unwrap(),
        &[(phone(1), claim(contact_id(1)))]
    );
    assert_eq!(facts.carriers(&phone(1)).unwrap(), &[contact_id(1)]);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.contacts[2].1, counts.claims), (1, 1));
    // Ids that nobody has are left out of a list.
    let found = store
        .contacts(vec![contact_id(5), contact_id(1)])
        .await
        .unwrap();
    assert_eq!(found, vec![contact(1)]);
}

async fn claims_keep_their_origin(store: &impl Store) {
    make(store, contact(1)).await;
    let id = contact_id(1);
    let origins = [
        ClaimOrigin::Conversation(conversation_id(1)),
        ClaimOrigin::Visit(visit_id(1)),
        ClaimOrigin::Created,
        ClaimOrigin::Edited,
        ClaimOrigin::Import(7),
        ClaimOrigin::Explicit,
        ClaimOrigin::Taken(contact_id(2)),
        ClaimOrigin::Offered(contact_id(3)),
        ClaimOrigin::Merged(contact_id(4)),
    ];
    let external = |n: usize| Identifier {
        kind: IdentifierType::ExternalId,
        value: format!("x{n}"),
        source: Some("CRM".to_owned()),
    };
    let expected: Vec<(Identifier, Claim)> = origins
        .into_iter()
        .enumerate()
        .map(|(n, origin)| {
            let claim = Claim {
                contact: id,
                at: NOON,
                origin,
                trust: Trust::Typed,
            };
            (external(n), claim)
        })
        .collect();
    let changes = expected.iter().map(|(identifier, claim)| Change::Claim {
        identifier: identifier.clone(),
        before: None,
        after: Some(claim.clone()),
    });
    decide(store, plan(Action::Claim, changes.collect()))
        .await
        .unwrap();
    let mut claims = store.claims(vec![id]).await.unwrap();
    claims.retain(|(identifier, _)| identifier.kind == IdentifierType::ExternalId);
    assert_eq!(claims, expected);
    // The same value of another source is another identifier.
    let other = Identifier {
        source: Some("ERP".to_owned()),
        ..external(0)
    };
    let facts = load(store, [FactKey::Claim(other.clone())]).await;
    assert_eq!(facts.claim(&other), Ok(&None));
}

async fn carriers_come_oldest_first_without_ancestors(store: &impl Store) {
    let same = |n: u128| Contact {
        fields: contact(1).fields,
        ..contact(n)
    };
    // Made in another order than they were created.
    for n in [3, 1, 2] {
        decide(store, plan(Action::Create, vec![made(same(n))]))
            .await
            .unwrap();
    }
    let carriers = || async {
        let facts = load(store, [FactKey::Carriers(phone(1))]).await;
        facts.carriers(&phone(1)).unwrap().clone()
    };
    assert_eq!(
        carriers().await,
        [contact_id(1), contact_id(2), contact_id(3)]
    );
    let merged = Contact {
        merged_to: Some(contact_id(4)),
        ..same(1)
    };
    let head = Contact {
        merged_from: vec![contact_id(1)],
        fields: Fields::default(),
        ..contact(4)
    };
    let changed = |before: Contact, after: Contact| Change::Contact {
        id: before.id,
        before: Some(Box::new(before)),
        after: Some(Box::new(after)),
    };
    let changes = vec![changed(same(1), merged.clone()), made(head.clone())];
    decide(store, plan(Action::Merge, changes)).await.unwrap();
    assert_eq!(carriers().await, [contact_id(2), contact_id(3)]);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.contacts[2].1, counts.ancestors), (3, 1));
    let changes = vec![gone(head), changed(merged, same(1)), gone(same(2))];
    decide(store, plan(Action::Undo, changes)).await.unwrap();
    assert_eq!(carriers().await, [contact_id(1), contact_id(3)]);
}

async fn a_claim_and_a_carried_value_are_two_things(store: &impl Store) {
    make(store, contact(1)).await;
    decide(
        store,
        plan(
            Action::Create,
            vec![made(Contact {
                fields: contact(1).fields,
                ..contact(2)
            })],
        ),
    )
    .await
    .unwrap();
    let moved = |from: Option<u128>, to: Option<u128>| Change::Claim {
        identifier: phone(1),
        before: from.map(|n| claim(contact_id(n))),
        after: to.map(|n| claim(contact_id(n))),
    };
    let look = || async {
        let facts = load(
            store,
            [FactKey::Claim(phone(1)), FactKey::Carriers(phone(1))],
        )
        .await;
        let holder = facts
            .claim(&phone(1))
            .unwrap()
            .as_ref()
            .map(|claim| claim.contact);
        (holder, facts.carriers(&phone(1)).unwrap().len())
    };
    decide(store, plan(Action::Claim, vec![moved(Some(1), Some(2))]))
        .await
        .unwrap();
    assert_eq!(look().await, (Some(contact_id(2)), 2));
    decide(store, plan(Action::Claim, vec![moved(Some(2), None)]))
        .await
        .unwrap();
    assert_eq!(look().await, (None, 2));
    decide(store, plan(Action::Claim, vec![moved(None, Some(2))]))
        .await
        .unwrap();
    // A field lets the value go, the claim stays.
    let before = stored(store, contact_id(2)).await.unwrap();
    let after = Contact {
        fields: Fields::default(),
        ..before.clone()
    };
    let emptied = Change::Contact {
        id: before.id,
        before: Some(Box::new(before)),
        after: Some(Box::new(after)),
    };
    decide(store, plan(Action::Edit, vec![emptied.clone()]))
        .await
        .unwrap();
    assert_eq!(look().await, (Some(contact_id(2)), 1));
    decide(store, plan(Action::Undo, vec![emptied.inverse()]))
        .await
        .unwrap();
    assert_eq!(look().await, (Some(contact_id(2)), 2));
}

async fn linked_lists_two_of_each(store: &impl Store) {
    make(store, contact(1)).await;
    for n in 1..=3 {
        decide(store, resolved(call(n, n as i64, None), contact_id(1)))
            .await
            .unwrap();
        decide(store, visited(visit(n, n as i64), contact_id(1)))
            .await
            .unwrap();
    }
    let facts = load(
        store,
        [FactKey::Linked(contact_id(1)), FactKey::Visit(visit_id(2))],
    )
    .await;
    let linked = facts.linked(&contact_id(1)).unwrap();
    assert_eq!(
        linked.conversations,
        [conversation_id(3), conversation_id(2)]
    );
    assert_eq!(linked.visits, [visit_id(3), visit_id(2)]);
    let record = facts.visit_if_any(&visit_id(2)).unwrap().clone().unwrap();
    assert_eq!(
        (record.visit, record.link),
        (visit(2, 2), link(contact_id(1)))
    );
    let since = NOON.plus_ms(2 * 60_000);
    let visits = store
        .visits(VisitFilter::of(
            vec![contact_id(1), contact_id(2)],
            since,
            5,
        ))
        .await
        .unwrap();
    let ids: Vec<_> = visits.into_iter().map(|record| record.visit.id).collect();
    assert_eq!(ids, [visit_id(3), visit_id(2)]);

    // A conversation is linked to the contact of another participant too.
    make(store, contact(2)).await;
    let joined = Change::Link {
        conversation: conversation_id(1),
        participant: Some("friend".to_owned()),
        before: None,
        after: Some(Box::new(link(contact_id(2)))),
    };
    decide(store, plan(Action::Resolve, vec![joined]))
        .await
        .unwrap();
    let facts = load(store, [FactKey::Linked(contact_id(2))]).await;
    assert_eq!(
        facts.linked(&contact_id(2)).unwrap().conversations,
        [conversation_id(1)]
    );
    let record = store
        .conversation(conversation_id(1))
        .await
        .unwrap()
        .unwrap();
    let others: Vec<(String, Link)> = vec![("friend".to_owned(), link(contact_id(2)))];
    assert_eq!((record.link, record.others), (link(contact_id(1)), others));
    let contacts = Some(vec![contact_id(1), contact_id(2)]);
    let filter = ConversationFilter {
        contacts,
        limit: 9,
        ..ConversationFilter::default()
    };
    assert_eq!(
        store.conversations(filter).await.unwrap().len(),
        3,
        "each is listed once"
    );
}

async fn members_of_an_organization_are_listed_up_to_one_more_than_a_merge_set(store: &impl Store) {
    let organization = OrganizationId(Uuid::from_u128(7));
    let member = |n| {
        let mut member = contact(n);
        member.fields.organization = Some(organization);
        made(member)
    };
    let mut elsewhere = contact(4);
    elsewhere.fields.title = Some(organization.to_string());
    // A merge set has at most 52 contacts: one more belongs to somebody else.
    let others = (5..60).map(member);
    let all = [made(elsewhere), member(1), member(2), member(3)];
    let all = all.into_iter().chain(others).collect();
    decide(store, plan(Action::Create, all)).await.unwrap();
    let key = FactKey::MembersOf(organization);
    let facts = load(store, [key.clone()]).await;
    let members = facts.members_of(&organization).unwrap();
    assert_eq!(members[..3], [1, 2, 3].map(contact_id));
    assert_eq!(members.len(), 53);
    let gone = (5..60).chain([1, 2]).map(|n| member(n).inverse()).collect();
    decide(store, plan(Action::Delete, gone)).await.unwrap();
    let facts = load(store, [key]).await;
    assert_eq!(facts.members_of(&organization).unwrap(), &[contact_id(3)]);
}

async fn a_contact_that_was_deleted_is_told_from_one_that_went_otherwise(store: &impl Store) {
    let id = contact_id(1);
    let here = made(contact(1));
    let gone = here.clone().inverse();
    let undo = |of: u64, change: Change| Plan {
        undoes: Some(EntryId(of)),
        ..plan(Action::Undo, vec![change])
    };
    let courses = [
        (plan(Action::Edit, vec![here.clone()]), None),
        (plan(Action::Delete, vec![gone.clone()]), Some(true)),
        (undo(2, here.clone()), None),
        (undo(3, gone.clone()), Some(true)),
        (undo(4, here), None),
        (plan(Action::Link, vec![gone]), Some(false)),
    ];
    for (plan, deleted) in courses {
        let action = plan.action;
        decide(store, plan).await.unwrap();
        let facts = load(store, [FactKey::Deleted(id)]).await;
        if let Some(deleted) = deleted {
            assert_eq!(facts.deleted(&id), Ok(&deleted), "after {action:?}");
        }
    }
}
