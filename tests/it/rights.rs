//! Right by right: what of the journey, the review and the statistics goes when a role of the configuration lacks
//! one of them, and that it is said.

use std::collections::BTreeMap;

use scv_desk::backend::view::{Journey, JourneyItem, JourneyQuery};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Actor, Command, EntryId};
use scv_desk::domain::review::{Filter, List, Reach, Verdict};
use scv_desk::domain::statistics::Days;
use scv_desk::domain::visit::Happened;
use scv_desk::domain::{ContactId, Permission, Refusal, Role};
use scv_desk::store::{Store, VisitFilter};

use super::org::Org;
use super::review::Floor;

/// How much of each part the journeys hold.
type Parts = BTreeMap<&'static str, usize>;

fn parts(journeys: &[Journey]) -> Parts {
    let mut parts = Parts::new();
    let mut put = |name, count: usize| *parts.entry(name).or_default() += count;
    for item in journeys.iter().flat_map(|journey| &journey.items) {
        match item {
            JourneyItem::Conversation(one) => {
                put("conversations", 1);
                put("queues", usize::from(one.queue.is_some()));
                put("codes", usize::from(one.wrapup_code.is_some()));
                let stints = one.course.iter().flat_map(|course| &course.stints);
                put(
                    "queues of legs",
                    stints.filter(|stint| stint.queue.is_some()).count(),
                );
            }
            JourneyItem::Visit(_, visit, _) => {
                put("visits", 1);
                put("scores", visit.scores.len());
                for event in &visit.events {
                    let name = match event.what {
                        Happened::Page { .. } => "pages",
                        Happened::Segment { .. } => "segments",
                        Happened::Outcome { .. } => "outcomes",
                        Happened::Action { .. } | Happened::Custom { .. } => "other events",
                        Happened::Other { .. } => "other events",
                    };
                    put(name, 1);
                }
            }
        }
    }
    parts
}

fn without(lacking: Permission) -> Role {
    let all = Permission::ALL.iter().copied();
    Role::new("reviewer", all.filter(|one| *one != lacking))
}

fn acting(org: &Org, role: Role) -> impl Backend + use<> {
    org.backend.acting(Actor {
        name: "Nora Reader".to_owned(),
        role,
    })
}

async fn journeys(backend: &dyn Backend, contacts: &[ContactId]) -> Vec<Journey> {
    let query = JourneyQuery {
        limit: 200,
        ..JourneyQuery::default()
    };
    let mut journeys = Vec::new();
    for contact in contacts {
        journeys.push(backend.journey(*contact, query.clone()).await.unwrap());
    }
    journeys
}

/// What goes without each right of the journey; nothing else may go with it.
const OF_JOURNEYS: [(Permission, &[&str]); 9] = [
    (
        Permission::ContactSessionView,
        &[
            "conversations",
            "queues",
            "codes",
            "queues of legs",
            "visits",
            "scores",
            "pages",
            "segments",
            "outcomes",
            "other events",
        ],
    ),
    (
        Permission::JourneySessionTypeView,
        &["conversations", "queues", "codes", "queues of legs"],
    ),
    (
        Permission::JourneySessionView,
        &[
            "visits",
            "scores",
            "pages",
            "segments",
            "outcomes",
            "other events",
        ],
    ),
    (Permission::JourneyEventView, &["pages", "other events"]),
    (Permission::JourneySegmentView, &["segments"]),
    (Permission::JourneyOutcomeView, &["outcomes"]),
    (Permission::JourneyOutcomeScoresView, &["scores"]),
    (Permission::QueueView, &["queues", "queues of legs"]),
    (Permission::WrapupCodeView, &["codes"]),
];

#[tokio::test]
async fn without_a_right_its_part_of_the_journey_goes_and_is_named() {
    let org = Org::new();
    org.learn().await;
    org.import().await;
    org.ingest("conversations.ndjson").await;
    org.ingest("sessions.ndjson").await;
    let visits = VisitFilter {
        limit: 400,
        ..VisitFilter::default()
    };
    let visits = org.store.visits(visits).await.unwrap();
    let contacts: Vec<ContactId> = visits.iter().map(|one| one.link.contact).collect();
    let all = Role::new("reviewer", Permission::ALL.iter().copied());
    let whole = journeys(&acting(&org, all), &contacts).await;
    assert!(whole.iter().all(|journey| journey.missing.is_empty()));
    let whole = parts(&whole);
    for (right, gone) in OF_JOURNEYS {
        let left = journeys(&acting(&org, without(right)), &contacts).await;
        assert!(
            left.iter().all(|journey| journey.missing == [right]),
            "{}",
            right.name()
        );
        let left = parts(&left);
        for (name, count) in &whole {
            assert!(0 < *count, "nothing would be missed: {name}");
            let wanted = if gone.contains(name) { 0 } else { *count };
            let found = left.get(name).copied().unwrap_or_default();
            assert_eq!(found, wanted, "{name} without {}", right.name());
        }
    }
    let online = acting(&org, without(Permission::JourneyVisitView))
        .online()
        .await;
    assert!(is_denied(online.unwrap_err(), Permission::JourneyVisitView));
}

fn is_denied(trouble: Trouble, right: Permission) -> bool {
    matches!(trouble, Trouble::Refused(refusal) if *refusal == Refusal::Denied(right))
}

#[tokio::test]
async fn without_a_right_its_part_of_the_review_is_refused_and_the_rest_is_not() {
    let floor = Floor::new().await;
    let entry = floor.automatic().await[0].0;
    for lacking in Permission::ALL {
        let backend = acting(&floor.org, without(*lacking));
        let asked: [(&str, &[Permission], Option<Trouble>); 8] = [
            (
                "conversations",
                &[Permission::ConversationViewAll],
                count(&backend, List::Conversations).await,
            ),
            (
                "decisions",
                &[Permission::ConversationViewAll, Permission::HistoryView],
                count(&backend, List::Decisions).await,
            ),
            (
                "precision",
                &[Permission::ConversationViewAll, Permission::HistoryView],
                backend.review_precision(Filter::default()).await.err(),
            ),
            (
                "saved filters",
                &[Permission::ConversationViewAll],
                backend.review_filters().await.err(),
            ),
            (
                "a mark",
                &[Permission::ConversationViewAll, Permission::ReviewMark],
                mark(&backend, entry).await,
            ),
            (
                "an export in the history",
                &[Permission::Export],
                took_out(&backend).await,
            ),
            (
                "statistics",
                &[
                    Permission::ConversationViewAll,
                    Permission::HistoryView,
                    Permission::ContactView,
                ],
                backend.statistics(week()).await.err(),
            ),
            (
                "who is online",
                &[Permission::JourneyVisitView, Permission::ContactView],
                backend.online().await.err(),
            ),
        ];
        for (what, needs, trouble) in asked {
            match (needs.contains(lacking), trouble) {
                (true, Some(trouble)) => assert!(is_denied(trouble, *lacking), "{what}"),
                (true, None) => panic!("{what} needs {}", lacking.name()),
                // What is kept must be seen to be marked, and so on: rights that go without saying.
                (false, trouble) => assert!(trouble.is_none(), "{what}: {trouble:?}"),
            }
        }
    }
}

async fn count(backend: &dyn Backend, list: List) -> Option<Trouble> {
    let counted = backend.review_count(list, Filter::default(), Reach::Quick);
    counted.await.err()
}

async fn mark(backend: &dyn Backend, entry: EntryId) -> Option<Trouble> {
    let verdict = Verdict::Right;
    let note = None;
    let command = Command::Mark {
        entry,
        verdict,
        note,
    };
    backend.run(command).await.err()
}

async fn took_out(backend: &dyn Backend) -> Option<Trouble> {
    let what = "decisions".to_owned();
    let command = Command::Export {
        what,
        rows: 3,
        contact: None,
    };
    backend.run(command).await.err()
}

fn week() -> Days {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    Days::until(now, &jiff::tz::TimeZone::UTC, 7).unwrap()
}
