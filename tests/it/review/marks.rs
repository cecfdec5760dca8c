//! Marks, samples, what they come to, and saved filters.

use scv_desk::backend::Backend;
use scv_desk::domain::Refusal;
use scv_desk::domain::command::{Action, Command, EntryId};
use scv_desk::domain::review::{Filter, Kind, Mark, Verdict, wilson};
use scv_desk::store::Store;

use super::{Floor, decisions, denied, filter};

fn mark(entry: EntryId, verdict: Verdict, note: Option<&str>) -> Command {
    Command::Mark {
        entry,
        verdict,
        note: note.map(str::to_owned),
    }
}

async fn mark_of(floor: &Floor, entry: EntryId) -> Option<Mark> {
    let lines = decisions(
        floor.supervisor().as_ref(),
        "kind:auto-link,link,unlink,merge",
    )
    .await;
    let line = lines.into_iter().find(|line| line.entry == entry);
    line.unwrap().mark
}

#[test]
fn the_interval_is_wilson_s() {
    // Figures of the published formula.
    for (hits, of, low, high) in [
        (8, 10, 0.490, 0.943),
        (0, 10, 0.000, 0.278),
        (10, 10, 0.722, 1.000),
        (95, 100, 0.888, 0.978),
        (1, 1, 0.207, 1.000),
    ] {
        let (from, to) = wilson(hits, of).unwrap();
        assert!((from - low).abs() < 0.0006, "{hits} of {of}: {from}");
        assert!((to - high).abs() < 0.0006, "{hits} of {of}: {to}");
    }
    assert_eq!(wilson(0, 0), None);
}

#[tokio::test]
async fn a_mark_is_a_decision_that_is_undone_like_others() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let entry = floor.automatic().await[3].0;
    let before = floor.org.store.logical_dump().await.unwrap();
    let first = supervisor
        .run(mark(entry, Verdict::Wrong, Some(" not her voice ")))
        .await;
    let first = first.unwrap();
    let now = mark_of(&floor, entry).await.unwrap();
    assert_eq!(now.verdict, Verdict::Wrong);
    assert_eq!(now.note.as_deref(), Some("not her voice"));
    assert_eq!(now.by, "Orla Above");
    // Said again it is said once.
    let again = supervisor
        .run(mark(entry, Verdict::Wrong, Some("not her voice")))
        .await;
    assert_eq!(again.unwrap().entry, None);
    let second = supervisor
        .run(mark(entry, Verdict::Right, None))
        .await
        .unwrap();
    assert_eq!(
        mark_of(&floor, entry).await.unwrap().verdict,
        Verdict::Right
    );
    // Neither the first, which something came on top of, nor anybody without the right.
    let early = Command::Undo {
        entry: first.entry.unwrap(),
    };
    assert!(supervisor.run(early).await.is_err());
    let undo = Command::Undo {
        entry: second.entry.unwrap(),
    };
    let agent = floor.acting("Mara Lindt", "agent");
    assert!(agent.run(undo.clone()).await.is_err());
    supervisor.run(undo).await.unwrap();
    assert_eq!(
        mark_of(&floor, entry).await.unwrap().note.as_deref(),
        Some("not her voice")
    );
    supervisor
        .run(Command::Undo {
            entry: first.entry.unwrap(),
        })
        .await
        .unwrap();
    assert_eq!(mark_of(&floor, entry).await, None);
    assert_eq!(floor.org.store.logical_dump().await.unwrap(), before);
    // All of it is in the history, in words.
    let line = supervisor
        .history_line(first.entry.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(line.sentence, format!("marked entry {entry} as wrong"));
    assert_eq!(line.action, Action::Mark);
    assert_eq!(
        floor.org.backend.check().await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn only_links_and_the_like_are_marked_and_only_by_who_may() {
    let floor = Floor::new().await;
    let entry = floor.automatic().await[0].0;
    let agent = floor.acting("Mara Lindt", "agent");
    let refused = agent
        .run(mark(entry, Verdict::Right, None))
        .await
        .unwrap_err();
    assert_eq!(denied(refused), "needs scv:review:mark");
    let supervisor = floor.supervisor();
    let import = floor.entries().await[0].id;
    let refused = supervisor
        .run(mark(import, Verdict::Right, None))
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("is no link"), "{refused}");
    let nothing = EntryId(9_999_999);
    let refused = supervisor
        .run(mark(nothing, Verdict::Right, None))
        .await
        .unwrap_err();
    assert_eq!(refused, Refusal::NoEntry(nothing).into());
    let long = "x".repeat(1001);
    let refused = supervisor
        .run(mark(entry, Verdict::Right, Some(&long)))
        .await;
    assert!(refused.unwrap_err().to_string().contains("1000"));
}

#[tokio::test]
async fn a_sample_is_of_automatic_links_and_the_same_for_its_seed() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let all = floor.automatic().await.len();
    let one = supervisor
        .review_sample(Filter::default(), 20, 7)
        .await
        .unwrap();
    assert_eq!(one.len(), 20);
    assert!(
        one.iter()
            .all(|line| line.kind == Kind::AutoLink && line.conversation.is_some())
    );
    assert!(
        one.is_sorted_by(|one, other| other.entry < one.entry),
        "each once, newest first"
    );
    let again = supervisor
        .review_sample(Filter::default(), 20, 7)
        .await
        .unwrap();
    assert_eq!(one, again);
    let other = supervisor
        .review_sample(Filter::default(), 20, 8)
        .await
        .unwrap();
    assert_ne!(one, other);
    // By a filter that has few, and of more than there are.
    let few = decisions(supervisor.as_ref(), "kind:auto-link unlinked").await;
    let sampled = supervisor
        .review_sample(filter("unlinked"), 400, 1)
        .await
        .unwrap();
    let ids = |lines: &[scv_desk::backend::view::DecisionLine]| {
        lines.iter().map(|line| line.entry).collect::<Vec<_>>()
    };
    assert_eq!(ids(&sampled), ids(&few));
    assert!(few.len() < all);
    // Every one of them comes up sooner or later.
    let mut met = std::collections::BTreeSet::new();
    for seed in 0..200 {
        let picked = supervisor
            .review_sample(filter("unlinked"), 3, seed)
            .await
            .unwrap();
        met.extend(ids(&picked));
    }
    assert_eq!(met.len(), few.len());
}

#[tokio::test]
async fn precision_is_what_was_marked() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let links = floor.automatic().await;
    for (index, (entry, ..)) in links.iter().step_by(11).take(12).enumerate() {
        let verdict = match index {
            0..8 => Verdict::Right,
            8..10 => Verdict::Wrong,
            _ => Verdict::CannotTell,
        };
        supervisor.run(mark(*entry, verdict, None)).await.unwrap();
    }
    // A mark on a person's link says nothing of the rules.
    let link = decisions(supervisor.as_ref(), "kind:link").await[0].entry;
    supervisor
        .run(mark(link, Verdict::Wrong, None))
        .await
        .unwrap();
    let found = supervisor
        .review_precision(Filter::default())
        .await
        .unwrap();
    assert_eq!((found.right, found.wrong, found.cannot_tell), (8, 2, 2));
    assert_eq!(found.share(), Some(0.8));
    let (low, high) = found.interval().unwrap();
    assert!((low - 0.490).abs() < 0.001 && (high - 0.943).abs() < 0.001);
    // Corrections: each conversation once, by who moved it, where that stands.
    let lines = decisions(supervisor.as_ref(), "kind:link,unlink undone:no").await;
    let mut moved: Vec<_> = lines.iter().filter_map(|line| line.conversation).collect();
    moved.sort_unstable();
    moved.dedup();
    assert_eq!(found.corrected, moved.len() as u64);
    let sum = |counts: &[(String, u64)]| counts.iter().map(|(_, count)| count).sum::<u64>();
    for counts in [&found.by_agent, &found.by_queue, &found.by_rule] {
        assert_eq!(sum(counts), found.corrected);
        assert!(counts.is_sorted_by(|one, other| other.1 <= one.1));
    }
    assert!(found.by_agent.iter().any(|(name, _)| name == "Mara Lindt"));
    let marked = decisions(supervisor.as_ref(), "kind:auto-link mark:right").await;
    assert_eq!(marked.len(), 8);
    let none = supervisor
        .review_precision(filter("to:2026-01-01"))
        .await
        .unwrap();
    assert_eq!((none.right, none.corrected, none.share()), (0, 0, None));
}

#[tokio::test]
async fn saved_filters_are_each_one_s_own() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let save = |words: &str| Command::SaveFilter {
        name: "Mine".to_owned(),
        filter: Box::new(filter(words)),
    };
    let saved = supervisor
        .run(save("queue:Billing unlinked"))
        .await
        .unwrap();
    let found = supervisor.review_filters().await.unwrap();
    assert_eq!(
        found,
        [("Mine".to_owned(), filter("queue:Billing unlinked"))]
    );
    let other = floor.acting("Somebody Else", "supervisor");
    assert_eq!(other.review_filters().await.unwrap(), []);
    let forget = Command::ForgetFilter {
        name: "Mine".to_owned(),
    };
    let refused = other.run(forget.clone()).await.unwrap_err().to_string();
    assert!(refused.contains("there is no filter"), "{refused}");
    supervisor.run(save("merged")).await.unwrap();
    assert_eq!(
        supervisor.review_filters().await.unwrap()[0].1,
        filter("merged")
    );
    let gone = supervisor.run(forget).await.unwrap();
    assert_eq!(supervisor.review_filters().await.unwrap(), []);
    supervisor
        .run(Command::Undo {
            entry: gone.entry.unwrap(),
        })
        .await
        .unwrap();
    assert_eq!(
        supervisor.review_filters().await.unwrap()[0].1,
        filter("merged")
    );
    let agent = floor.acting("Mara Lindt", "agent");
    let refused = agent.run(save("merged")).await.unwrap_err();
    assert_eq!(
        denied(refused),
        "needs externalContacts:conversation:viewAll"
    );
    let line = supervisor
        .history_line(saved.entry.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(line.sentence, "saved the filter Mine");
}

#[tokio::test]
async fn who_looked_at_whom_is_in_the_history() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let contact = floor.automatic().await[0].2;
    let looked = supervisor.run(Command::View { contact }).await.unwrap();
    let entry = looked
        .entry
        .expect("it is recorded, though nothing changes");
    let line = supervisor.history_line(entry).await.unwrap().unwrap();
    assert!(line.sentence.starts_with("looked at "), "{}", line.sentence);
    assert!(line.refusal.is_some(), "what was seen cannot be unseen");
    let listed = decisions(supervisor.as_ref(), "kind:review").await;
    assert_eq!(
        listed.iter().map(|line| line.entry).collect::<Vec<_>>(),
        [entry]
    );
    let agent = floor.acting("Mara Lindt", "agent");
    let refused = agent.run(Command::View { contact }).await.unwrap_err();
    assert_eq!(
        denied(refused),
        "needs externalContacts:conversation:viewAll"
    );
}

#[tokio::test]
async fn the_note_of_a_mark_goes_with_the_person() {
    let floor = Floor::new().await;
    let supervisor = floor.supervisor();
    let (entry, _, contact) = floor.automatic().await[0];
    let note = "a neighbour, Zebulon Quince, uses it";
    supervisor
        .run(mark(entry, Verdict::Wrong, Some(note)))
        .await
        .unwrap();
    let head = floor
        .org
        .store
        .contacts(vec![contact])
        .await
        .unwrap()
        .remove(0);
    let contact = head.merged_to.unwrap_or(head.id);
    let erase = Command::Erase {
        contact,
        reason: "asked for".to_owned(),
    };
    floor.org.backend.run(erase).await.unwrap();
    let left = mark_of(&floor, entry).await.unwrap();
    assert_eq!((left.verdict, left.note), (Verdict::Wrong, None));
    let dump = floor.org.store.logical_dump().await.unwrap().join("\n");
    assert!(!dump.contains("Zebulon"));
    let path = floor.org.store.path();
    for file in [path.to_owned(), path.with_extension("db-wal")] {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let is_there = bytes.windows(7).any(|part| part == b"Zebulon");
        assert!(!is_there, "{}", file.display());
    }
    assert_eq!(
        floor.org.backend.check().await.unwrap(),
        Vec::<String>::new()
    );
}
