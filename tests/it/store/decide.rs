//! Decisions: applied whole or not at all, checked against what stands there, many at once, rehearsed.

use scv_desk::domain::change::Change;
use scv_desk::domain::command::Action;
use scv_desk::domain::contact::{Contact, Fields};
use scv_desk::domain::facts::{FactKey, Halt};
use scv_desk::domain::{Plan, Refusal};
use scv_desk::store::{Decision, EntryFilter, Keep, NotApplied, Store};

use super::contract;
use super::given::*;

contract!(
    plans_again_until_the_facts_are_there,
    an_empty_plan_writes_nothing,
    a_refusal_writes_nothing,
    a_plan_that_does_not_fit_is_not_applied,
    a_plan_may_change_one_thing_twice,
    many_decisions_go_on_past_a_refused_one,
    a_rehearsal_leaves_no_trace,
    a_planner_that_panics_takes_nobody_along,
    a_planner_that_never_ends_is_stopped,
    undoing_everything_restores_the_dump,
);

async fn plans_again_until_the_facts_are_there(store: &impl Store) {
    make(store, contact(1)).await;
    let planner = Box::new(|facts: &scv_desk::domain::Facts| {
        let claim = facts
            .claim(&phone(1))?
            .clone()
            .ok_or(Refusal::SameContact)?;
        let before = facts.contact(claim.contact)?.clone();
        let fields = Fields {
            title: Some("Dr".to_owned()),
            ..before.fields.clone()
        };
        let after = Contact {
            fields,
            ..before.clone()
        };
        let (id, before, after) = (before.id, Some(Box::new(before)), Some(Box::new(after)));
        Ok(plan(
            Action::Edit,
            vec![Change::Contact { id, before, after }],
        ))
    });
    let decision = Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    };
    let applied = store.decide(decision).await.unwrap();
    assert_eq!(applied.entry.unwrap().0, 2);
    let title = stored(store, contact_id(1)).await.unwrap().fields.title;
    assert_eq!(title.as_deref(), Some("Dr"));
}

async fn an_empty_plan_writes_nothing(store: &impl Store) {
    let version = store.version().await.unwrap();
    let applied = decide(store, Plan::new(Action::Edit)).await.unwrap();
    assert_eq!(applied.entry, None);
    assert_eq!(store.version().await.unwrap(), version);
    assert!(store.logical_dump().await.unwrap().is_empty());
}

async fn a_refusal_writes_nothing(store: &impl Store) {
    let planner = Box::new(|_: &scv_desk::domain::Facts| Err(Refusal::OnePerson.into()));
    let decision = Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    };
    let refused = store.decide(decision).await;
    assert!(matches!(refused, Err(NotApplied::Refused(why)) if *why == Refusal::OnePerson));
    assert_eq!(store.counts().await.unwrap().entries, 0);
}

async fn a_plan_that_does_not_fit_is_not_applied(store: &impl Store) {
    make(store, contact(1)).await;
    let dump = store.logical_dump().await.unwrap();
    let note = note(1, contact_id(1));
    let before = Some(Box::new(note.clone()));
    let misfits = [
        made(contact(1)),
        gone(contact(2)),
        gone(Contact {
            division: "other".to_owned(),
            ..contact(1)
        }),
        claimed(phone(1), contact_id(1)),
        Change::Claim {
            identifier: phone(2),
            before: Some(claim(contact_id(1))),
            after: None,
        },
        linked(conversation_id(1), contact_id(1)),
        Change::Note {
            id: note.id,
            before,
            after: None,
        },
    ];
    for misfit in misfits {
        // The first change fits; neither is applied.
        let plan = plan(Action::Edit, vec![made(contact(9)), misfit.clone()]);
        let outcome = decide(store, plan).await;
        assert!(
            matches!(outcome, Err(NotApplied::Store(_))),
            "{misfit:?} was applied"
        );
    }
    assert_eq!(store.logical_dump().await.unwrap(), dump);
    assert_eq!(store.counts().await.unwrap().entries, 1);
    // Only the time of the last interaction may differ.
    let seen = Contact {
        seen: Some(NOON),
        ..contact(1)
    };
    let free = Change::Claim {
        identifier: phone(1),
        before: Some(claim(contact_id(1))),
        after: None,
    };
    decide(store, plan(Action::Delete, vec![free, gone(seen)]))
        .await
        .unwrap();
    assert_eq!(stored(store, contact_id(1)).await, None);
}

async fn a_plan_may_change_one_thing_twice(store: &impl Store) {
    let after = Contact {
        division: "north".to_owned(),
        ..contact(1)
    };
    let again = Change::Contact {
        id: contact_id(1),
        before: Some(Box::new(contact(1))),
        after: Some(Box::new(after.clone())),
    };
    decide(store, plan(Action::Create, vec![made(contact(1)), again]))
        .await
        .unwrap();
    assert_eq!(stored(store, contact_id(1)).await, Some(after));
}

async fn many_decisions_go_on_past_a_refused_one(store: &impl Store) {
    let mut decisions: Vec<Decision> = (1..=300)
        .map(|n| decision(plan(Action::Import, vec![made(contact(n))])))
        .collect();
    decisions[100] = decision(plan(Action::Import, vec![made(contact(1))]));
    decisions[200].planner = Box::new(|_| Err(Halt::from(Refusal::NoNote)));
    let answers = store.decide_all(decisions, Keep::Commit).await;
    assert_eq!(answers.len(), 300);
    assert!(matches!(&answers[100], Err(NotApplied::Store(_))));
    assert!(matches!(&answers[200], Err(NotApplied::Refused(_))));
    let entries: Vec<u64> = answers
        .iter()
        .flatten()
        .map(|applied| applied.entry.unwrap().0)
        .collect();
    assert_eq!(entries, (1..=298).collect::<Vec<_>>());
    assert_eq!(store.counts().await.unwrap().contacts[2].1, 298);
}

async fn a_rehearsal_leaves_no_trace(store: &impl Store) {
    make(store, contact(1)).await;
    let dump = store.logical_dump().await.unwrap();
    // The second decision builds on the first: all run in one transaction.
    let decisions = vec![
        decision(plan(Action::Import, vec![made(contact(2))])),
        decision(plan(Action::Import, vec![gone(contact(2))])),
        decision(plan(Action::Import, vec![made(contact(3))])),
    ];
    let answers = store.decide_all(decisions, Keep::Rehearse).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(store.logical_dump().await.unwrap(), dump);
    assert_eq!(
        store
            .entries(EntryFilter {
                limit: 9,
                ..EntryFilter::default()
            })
            .await
            .unwrap()
            .len(),
        1
    );
    // What was learned in the rehearsal is forgotten.
    make(store, contact(3)).await;
}

async fn a_planner_that_panics_takes_nobody_along(store: &impl Store) {
    let planner = Box::new(|_: &scv_desk::domain::Facts| panic!("a bug in a rule"));
    let decision = Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    };
    assert!(matches!(
        store.decide(decision).await,
        Err(NotApplied::Store(_))
    ));
    make(store, contact(1)).await;
}

async fn a_planner_that_never_ends_is_stopped(store: &impl Store) {
    let planner = Box::new(|_: &scv_desk::domain::Facts| {
        Err(Halt::Missing(vec![FactKey::Contact(contact_id(1))]))
    });
    let decision = Decision {
        actor: "Ann".to_owned(),
        at: NOON,
        batch: None,
        request: None,
        planner,
    };
    assert!(matches!(
        store.decide(decision).await,
        Err(NotApplied::Store(_))
    ));
}

async fn undoing_everything_restores_the_dump(store: &impl Store) {
    make(store, contact(1)).await;
    decide(store, resolved(call(1, 0, None), contact_id(1)))
        .await
        .unwrap();
    let dump = store.logical_dump().await.unwrap();
    let other = contact(2);
    let merged = Contact {
        merged_to: Some(contact_id(2)),
        ..contact(1)
    };
    let head = Contact {
        merged_from: vec![contact_id(1)],
        ..other
    };
    let moved = Change::Claim {
        identifier: phone(1),
        before: Some(claim(contact_id(1))),
        after: Some(claim(contact_id(2))),
    };
    let relinked = Change::Link {
        conversation: conversation_id(1),
        participant: None,
        before: Some(Box::new(link(contact_id(1)))),
        after: Some(Box::new(link(contact_id(2)))),
    };
    let changed = Change::Contact {
        id: contact_id(1),
        before: Some(Box::new(contact(1))),
        after: Some(Box::new(merged)),
    };
    let noted = Change::Note {
        id: note(1, contact_id(2)).id,
        before: None,
        after: Some(Box::new(note(1, contact_id(2)))),
    };
    let changes = vec![made(head), changed, moved, relinked, noted];
    let entry = decide(store, plan(Action::Merge, changes.clone()))
        .await
        .unwrap()
        .entry
        .unwrap();
    assert_ne!(store.logical_dump().await.unwrap(), dump);
    super::sound(store).await;
    let kept = store.changes(entry).await.unwrap().unwrap();
    assert_eq!(kept, changes);
    let back = kept.into_iter().rev().map(Change::inverse).collect();
    decide(store, plan(Action::Undo, back)).await.unwrap();
    assert_eq!(store.logical_dump().await.unwrap(), dump);
}
