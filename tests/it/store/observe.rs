//! Observations: what was seen replaces what was seen before, and nothing that a person did.

use scv_desk::domain::change::{Change, Observation, Payload};
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::Contact;
use scv_desk::domain::conversation::Status;
use scv_desk::domain::facts::{FactKey, Facts};
use scv_desk::domain::moment::Moment;
use scv_desk::domain::record::Wrapup;
use scv_desk::domain::{Conversation, Plan};
use scv_desk::store::{ConversationFilter, EntryFilter, NotApplied, Store};

use super::contract;
use super::given::*;

contract!(
    a_conversation_needs_a_contact,
    seeing_again_replaces_the_body_only,
    who_has_an_open_conversation_does_not_expire,
    the_last_interaction_never_goes_back,
    expiry_takes_the_journey_and_the_values,
    expiry_leaves_the_conversations_of_others,
    retention_takes_what_is_over,
    retention_takes_the_values_of_who_joined_later,
);

fn seen(conversation: Conversation) -> Plan {
    let observations = vec![Observation::Conversation(Box::new(conversation))];
    Plan {
        observations,
        ..Plan::new(Action::Resolve)
    }
}

async fn a_conversation_needs_a_contact(store: &impl Store) {
    let outcome = decide(store, seen(call(1, 0, None))).await;
    assert!(matches!(outcome, Err(NotApplied::Store(_))));
    make(store, contact(1)).await;
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap();
    let unlinked = Change::Link {
        conversation: conversation_id(1),
        participant: None,
        before: Some(Box::new(link(contact_id(1)))),
        after: None,
    };
    let outcome = decide(store, plan(Action::Unlink, vec![unlinked])).await;
    assert!(matches!(outcome, Err(NotApplied::Store(_))));
}

async fn seeing_again_replaces_the_body_only(store: &impl Store) {
    make(store, contact(1)).await;
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap();
    let line = || async {
        let filter = ConversationFilter {
            limit: 9,
            ..ConversationFilter::default()
        };
        store.conversations(filter).await.unwrap().pop().unwrap()
    };
    assert_eq!(line().await.status, Status::Waiting);
    let wrapup = Wrapup {
        code: "solved".to_owned(),
        notes: Some("called back".to_owned()),
        by: "Ann".to_owned(),
        at: NOON,
    };
    let (conversation, after) = (conversation_id(1), Some(wrapup.clone()));
    let change = Change::Wrapup {
        conversation,
        before: None,
        after,
    };
    decide(store, plan(Action::WrapUp, vec![change]))
        .await
        .unwrap();
    let entries = store.counts().await.unwrap().entries;

    let newer = ended(call(1, 2, Some("u1")), 5);
    let applied = decide(store, seen(newer.clone())).await.unwrap();
    assert_eq!(
        applied.entry, None,
        "what was merely seen is not journalled"
    );
    assert_eq!(store.counts().await.unwrap().entries, entries);
    let record = store
        .conversation(conversation_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(record.conversation, newer);
    assert_eq!(
        (record.link, record.wrapup),
        (link(contact_id(1)), Some(wrapup))
    );
    let line = line().await;
    assert_eq!((line.start, line.end), (newer.start, newer.end));
    assert_eq!(line.status, Status::Ended);
    assert_eq!(line.agent.as_deref(), Some("u1"));
    assert_eq!(line.agent_name.as_deref(), Some("u1 by name"));
    assert_eq!(line.queue.as_deref(), Some("queue-1"));
    assert_eq!(line.wrapup_code.as_deref(), Some("solved"));
    assert_eq!(line.wrapup_notes.as_deref(), Some("called back"));
    assert_eq!(line.address, Some(phone(1).value));
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.conversations, counts.active), (1, 0));
}

async fn who_has_an_open_conversation_does_not_expire(store: &impl Store) {
    make(store, identified(1)).await;
    let open = call(1, 0, None);
    decide(store, resolved(open.clone(), contact_id(1)))
        .await
        .unwrap();
    let later = NOON.plus_days(999);
    assert_eq!(store.expiring(later, 9).await.unwrap(), []);
    decide(store, seen(ended(open, 5))).await.unwrap();
    assert_eq!(store.expiring(later, 9).await.unwrap(), [contact_id(1)]);
}

async fn the_last_interaction_never_goes_back(store: &impl Store) {
    make(store, identified(1)).await;
    let seen_at = |at: Moment| {
        let observations = vec![Observation::Seen {
            contact: contact_id(1),
            at,
        }];
        Plan {
            observations,
            ..Plan::new(Action::Resolve)
        }
    };
    decide(store, seen_at(NOON.plus_days(5))).await.unwrap();
    decide(store, seen_at(NOON.plus_days(2))).await.unwrap();
    let contact = stored(store, contact_id(1)).await.unwrap();
    assert_eq!(contact.seen, Some(NOON.plus_days(5)));
    assert_eq!(store.expiring(NOON.plus_days(5), 9).await.unwrap(), []);
    assert_eq!(
        store.expiring(NOON.plus_days(6), 9).await.unwrap(),
        [contact_id(1)]
    );
    // A plan that knows an older time moves nothing back.
    let after = Contact {
        seen: None,
        division: "north".to_owned(),
        ..contact.clone()
    };
    let (id, before) = (contact.id, Some(Box::new(contact)));
    let change = Change::Contact {
        id,
        before,
        after: Some(Box::new(after)),
    };
    decide(store, plan(Action::Edit, vec![change]))
        .await
        .unwrap();
    let contact = stored(store, contact_id(1)).await.unwrap();
    assert_eq!(
        (contact.seen, contact.division.as_str()),
        (Some(NOON.plus_days(5)), "north")
    );
    // Nobody is seen who is not there.
    let observations = vec![Observation::Seen {
        contact: contact_id(9),
        at: NOON,
    }];
    decide(
        store,
        Plan {
            observations,
            ..Plan::new(Action::Resolve)
        },
    )
    .await
    .unwrap();
    assert_eq!(stored(store, contact_id(9)).await, None);
}

fn expired(contact: Contact) -> Plan {
    let identifier = contact.fields.identifiers()[0].clone();
    let free = Change::Claim {
        identifier,
        before: Some(claim(contact.id)),
        after: None,
    };
    Plan {
        contact: Some(contact.id),
        payload: Payload::Drop,
        observations: vec![Observation::DropJourney {
            contact: contact.id,
        }],
        ..plan(Action::Expire, vec![gone(contact), free])
    }
}

async fn expiry_takes_the_journey_and_the_values(store: &impl Store) {
    let made = make(store, identified(1)).await;
    let linked = decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap();
    let visit_link = Change::VisitLink {
        visit: visit_id(1),
        before: None,
        after: Some(Box::new(link(contact_id(1)))),
    };
    let observations = vec![Observation::Visit(Box::new(visit(1, 0)))];
    let visited = Plan {
        observations,
        contact: Some(contact_id(1)),
        ..plan(Action::Resolve, vec![visit_link])
    };
    let visited = decide(store, visited).await.unwrap().entry.unwrap();
    let gone = decide(store, expired(identified(1)))
        .await
        .unwrap()
        .entry
        .unwrap();
    assert!(store.logical_dump().await.unwrap().is_empty());
    for entry in [made, linked.entry.unwrap(), visited, gone] {
        assert_eq!(
            store.changes(entry).await.unwrap(),
            None,
            "entry {entry} keeps values"
        );
    }
    let filter = EntryFilter {
        contact: Some(contact_id(1)),
        limit: 9,
        ..EntryFilter::default()
    };
    let entries = store.entries(filter).await.unwrap();
    assert_eq!(entries[0].id, gone);
    assert!(entries.iter().all(|entry| !entry.kept));
    // The same id may come back, for example from another store.
    make(store, identified(1)).await;
}

async fn expiry_leaves_the_conversations_of_others(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, identified(2)).await;
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap();
    let joined = Change::Link {
        conversation: conversation_id(1),
        participant: Some("friend".to_owned()),
        before: None,
        after: Some(Box::new(link(contact_id(2)))),
    };
    decide(store, plan(Action::Resolve, vec![joined]))
        .await
        .unwrap();
    decide(store, expired(identified(2))).await.unwrap();
    let record = store
        .conversation(conversation_id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (record.link, record.others),
        (link(contact_id(1)), Vec::new())
    );
}

async fn retention_takes_the_values_of_who_joined_later(store: &impl Store) {
    make(store, contact(1)).await;
    make(store, identified(2)).await;
    let call = ended(call(1, 0, None), 10);
    decide(store, resolved(call, contact_id(1))).await.unwrap();
    let joined = Change::Link {
        conversation: conversation_id(1),
        participant: Some("friend".to_owned()),
        before: None,
        after: Some(Box::new(link(contact_id(2)))),
    };
    let joined = Plan {
        conversation: Some(conversation_id(1)),
        ..plan(Action::Resolve, vec![joined])
    };
    let entry = decide(store, joined).await.unwrap().entry.unwrap();
    assert!(store.changes(entry).await.unwrap().is_some());
    let dropped = store.drop_older(NOON.plus_days(1), 9).await.unwrap();
    assert_eq!(dropped, 1);
    assert_eq!(store.changes(entry).await.unwrap(), None);
}

async fn retention_takes_what_is_over(store: &impl Store) {
    make(store, contact(1)).await;
    let mut entries = Vec::new();
    for n in 1..=4 {
        let call = ended(call(n, n as i64 * 60, None), 10);
        let applied = decide(store, resolved(call, contact_id(1))).await.unwrap();
        entries.push(applied.entry.unwrap());
    }
    decide(store, resolved(call(5, 0, None), contact_id(1)))
        .await
        .unwrap();
    let before = NOON.plus_ms(3 * 60 * 60_000);
    let gone_before = async || {
        let keys = vec![FactKey::GoneBefore];
        let facts = store.load(keys, Facts::default()).await.unwrap();
        *facts.gone_before(&()).unwrap()
    };
    assert_eq!(gone_before().await, None);
    assert_eq!(store.drop_older(before, 1).await.unwrap(), 1);
    assert_eq!(store.drop_older(before, 9).await.unwrap(), 1);
    assert_eq!(store.drop_older(before, 9).await.unwrap(), 0);
    let last = ended(call(2, 120, None), 10).end.unwrap();
    assert_eq!(gone_before().await, Some(last.plus_ms(1)));
    let filter = ConversationFilter {
        limit: 9,
        ..ConversationFilter::default()
    };
    let ids: Vec<_> = store
        .conversations(filter)
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.id)
        .collect();
    assert_eq!(
        ids,
        [conversation_id(5), conversation_id(4), conversation_id(3)]
    );
    assert_eq!(store.changes(entries[0]).await.unwrap(), None);
    assert!(store.changes(entries[2]).await.unwrap().is_some());
    // The public part is still in the contact's history.
    let filter = EntryFilter {
        contact: Some(contact_id(1)),
        limit: 9,
        ..EntryFilter::default()
    };
    assert_eq!(store.entries(filter).await.unwrap().len(), 6);
}
