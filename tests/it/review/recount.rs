//! Every filter against a recount: the whole journal and every record are read and looked at one by one.

use std::collections::{BTreeSet, HashMap};

use scv_desk::backend::Backend;
use scv_desk::backend::view::ReviewQuery;
use scv_desk::domain::command::{Action, EntryId};
use scv_desk::domain::conversation::{Channel, Status, Trust};
use scv_desk::domain::reason::{Reason, Rule};
use scv_desk::domain::review::{Counted, Kind, List, Reach};
use scv_desk::domain::{Change, ContactId, ConversationId, ConversationRecord, Moment};
use scv_desk::store::{Entry, NameKind, Store};

use super::{Floor, conversations, decisions, filter};

/// Everything a recount looks at.
struct Whole {
    entries: Vec<Entry>,
    /// What the rules said when a conversation was first linked, and by which entry.
    first: HashMap<ConversationId, (EntryId, Reason)>,
    records: HashMap<ConversationId, ConversationRecord>,
    unlinked: BTreeSet<ConversationId>,
    merged: BTreeSet<ContactId>,
    queues: HashMap<String, String>,
}

impl Whole {
    async fn of(floor: &Floor) -> Self {
        let store = &floor.org.store;
        let entries = floor.entries().await;
        let (mut first, mut records) = (HashMap::new(), HashMap::new());
        for entry in &entries {
            let Some(id) = entry.conversation else {
                continue;
            };
            if let Some(record) = store.conversation(id).await.unwrap() {
                records.insert(id, record);
            }
            for change in store.changes(entry.id).await.unwrap().into_iter().flatten() {
                if let (
                    Action::Resolve,
                    Change::Link {
                        participant: None,
                        after: Some(link),
                        ..
                    },
                ) = (entry.action, change)
                {
                    first.entry(id).or_insert((entry.id, link.reason));
                }
            }
        }
        let taken = entries
            .iter()
            .filter(|entry| entry.action == Action::Unlink);
        let unlinked = taken.filter_map(|entry| entry.conversation).collect();
        let ids: BTreeSet<ContactId> = entries
            .iter()
            .flat_map(|one| one.contacts.clone())
            .collect();
        let contacts = store.contacts(ids.into_iter().collect()).await.unwrap();
        let merged = contacts
            .iter()
            .filter(|one| one.merged_to.is_some() || !one.merged_from.is_empty());
        let names = store.names().await.unwrap().into_iter();
        Self {
            merged: merged.map(|one| one.id).collect(),
            queues: names
                .filter(|name| name.kind == NameKind::Queue)
                .map(|name| (name.name, name.id))
                .collect(),
            entries,
            first,
            records,
            unlinked,
        }
    }

    fn record(&self, entry: &Entry) -> Option<&ConversationRecord> {
        self.records.get(&entry.conversation?)
    }

    /// What the rules said when this entry linked its conversation.
    fn reason(&self, entry: &Entry) -> Option<&Reason> {
        let (first, reason) = self.first.get(&entry.conversation?)?;
        (*first == entry.id).then_some(reason)
    }

    /// The numbers of the usual decisions that fit, newest first.
    fn decisions(&self, fits: impl Fn(&Entry) -> bool) -> Vec<EntryId> {
        let usual =
            |entry: &Entry| Kind::of(entry.action).is_some_and(|kind| Kind::USUAL.contains(&kind));
        let all = self.entries.iter().rev();
        let found = all.filter(|entry| usual(entry) && fits(entry));
        found.map(|entry| entry.id).collect()
    }

    /// The ids of the conversations that fit.
    fn talks(&self, fits: impl Fn(&ConversationRecord) -> bool) -> BTreeSet<ConversationId> {
        let found = self.records.iter().filter(|(_, record)| fits(record));
        found.map(|(id, _)| *id).collect()
    }
}

fn is_weak(reason: &Reason) -> bool {
    let typed = reason.decided.map(|at| reason.provided[at].trust) == Some(Trust::Typed);
    let claimed = reason.claim.as_ref().map(|claim| claim.trust) == Some(Trust::Typed);
    typed || claimed || !reason.rivals.is_empty() || reason.rule == Rule::SharedOnly
}

/// A queue that has conversations, by name and id.
fn queue(whole: &Whole) -> (String, String) {
    let used = |id: &String| {
        let mut records = whole.records.values();
        records.any(|record| record.conversation.queue() == Some(id))
    };
    let found = whole.queues.iter().find(|(_, id)| used(id)).unwrap();
    (found.0.clone(), found.1.clone())
}

/// The exact count is the recount's, and a quick one is no more than that.
async fn counts(supervisor: &dyn Backend, list: List, words: &str, wanted: usize) {
    let counted = supervisor.review_count(list, filter(words), Reach::Whole);
    let all = Counted {
        count: wanted as u64,
        is_all: true,
    };
    assert_eq!(counted.await.unwrap(), all, "{words}");
    let quick = supervisor.review_count(list, filter(words), Reach::Quick);
    let quick = quick.await.unwrap();
    assert!(quick.count <= all.count, "{words}");
    assert_eq!(quick.is_all, quick == all, "{words}");
}

async fn same(floor: &Floor, whole: &Whole, words: &str, fits: impl Fn(&Entry) -> bool) -> usize {
    let supervisor = floor.supervisor();
    let listed = decisions(supervisor.as_ref(), words).await;
    let listed: Vec<EntryId> = listed.iter().map(|line| line.entry).collect();
    let wanted = whole.decisions(fits);
    assert_eq!(listed.len(), wanted.len(), "{words}");
    assert_eq!(listed, wanted, "{words}");
    counts(supervisor.as_ref(), List::Decisions, words, wanted.len()).await;
    wanted.len()
}

#[tokio::test]
async fn decisions_by_what_they_are_equal_a_recount() {
    of_decisions(&Floor::new().await).await;
}

async fn of_decisions(floor: &Floor) {
    let whole = Whole::of(floor).await;
    assert!(1000 < same(floor, &whole, "", |_| true).await);
    for (words, actions) in [
        ("kind:auto-link", &[Action::Resolve][..]),
        ("kind:link", &[Action::Link]),
        ("kind:unlink", &[Action::Unlink]),
        ("kind:merge", &[Action::Merge]),
        ("kind:import", &[Action::Import]),
        ("kind:undo", &[Action::Undo, Action::Unmerge]),
        ("kind:link,unlink", &[Action::Link, Action::Unlink]),
    ] {
        let found = same(floor, &whole, words, |entry| {
            actions.contains(&entry.action)
        })
        .await;
        assert!(0 < found, "{words}");
    }
    assert_eq!(
        same(floor, &whole, "kind:erase", |entry| entry.action
            == Action::Erase)
        .await,
        0
    );
    let by = |entry: &Entry| entry.actor == "Mara Lindt";
    assert!(10 < same(floor, &whole, "by:\"Mara Lindt\"", by).await);
    let undone = |entry: &Entry| entry.undone_by.is_some();
    // One stands undone; the one that was done again does not, and the undo of it was itself undone.
    assert_eq!(same(floor, &whole, "undone", undone).await, 2);
    same(floor, &whole, "undone:no", |entry| {
        entry.undone_by.is_none()
    })
    .await;
    let unlinks = |entry: &Entry| entry.action == Action::Unlink && entry.undone_by.is_some();
    assert_eq!(same(floor, &whole, "kind:unlink undone", unlinks).await, 1);
    let merged = |entry: &Entry| entry.contact.is_some_and(|id| whole.merged.contains(&id));
    assert!(0 < same(floor, &whole, "merged", merged).await);
    let now: Moment = "2026-11-23T12:00:00Z".parse().unwrap();
    same(floor, &whole, "from:2026-11-23 to:2026-11-23", |entry| {
        entry.at <= now
    })
    .await;
    assert_eq!(same(floor, &whole, "to:2026-11-22", |_| false).await, 0);
}

#[tokio::test]
async fn decisions_by_their_conversations_equal_a_recount() {
    of_their_conversations(&Floor::new().await).await;
}

async fn of_their_conversations(floor: &Floor) {
    let whole = Whole::of(floor).await;
    let (name, id) = queue(&whole);
    let of_queue = |entry: &Entry| {
        whole
            .record(entry)
            .is_some_and(|record| record.conversation.queue() == Some(&id))
    };
    assert!(10 < same(floor, &whole, &format!("queue:\"{name}\""), of_queue).await);
    assert!(10 < same(floor, &whole, &format!("queue:\"{id}\""), of_queue).await);
    let is_call = |entry: &Entry| {
        whole
            .record(entry)
            .is_some_and(|record| record.conversation.channel == Channel::Call)
    };
    assert!(10 < same(floor, &whole, "channel:call", is_call).await);
    let both = |entry: &Entry| of_queue(entry) && is_call(entry);
    same(
        floor,
        &whole,
        &format!("channel:call queue:\"{name}\""),
        both,
    )
    .await;
    let unlinked = |entry: &Entry| {
        entry
            .conversation
            .is_some_and(|id| whole.unlinked.contains(&id))
    };
    assert!(10 < same(floor, &whole, "unlinked", unlinked).await);
    // What an agent corrected of the rules: the automatic ones alone.
    let corrected = |entry: &Entry| entry.action == Action::Resolve && unlinked(entry);
    assert!(5 < same(floor, &whole, "kind:auto-link unlinked", corrected).await);
    // Of the conversation: the decisions of people on a doubtful link are to be seen too.
    let doubtful = |entry: &Entry| {
        let first = entry.conversation.and_then(|id| whole.first.get(&id));
        first.is_some_and(|(_, reason)| is_weak(reason))
    };
    assert!(0 < same(floor, &whole, "doubtful", doubtful).await);
    for rule in [
        Rule::FirstClaimed,
        Rule::NoClaim,
        Rule::NothingProvided,
        Rule::SharedOnly,
    ] {
        let words = format!("rule:{}", rule.name());
        let by_rule = |entry: &Entry| {
            let reason = whole.reason(entry);
            entry.action == Action::Resolve && reason.is_some_and(|reason| reason.rule == rule)
        };
        same(floor, &whole, &words, by_rule).await;
    }
    let by_person = |entry: &Entry| entry.action == Action::Link;
    assert!(5 < same(floor, &whole, "rule:linked-by-person", by_person).await);
    let abandoned = |entry: &Entry| {
        whole
            .record(entry)
            .is_some_and(|record| record.status() == Status::Abandoned)
    };
    same(floor, &whole, "status:abandoned", abandoned).await;
}

#[tokio::test]
async fn conversations_equal_a_recount() {
    of_conversations(&Floor::new().await).await;
}

async fn of_conversations(floor: &Floor) {
    let whole = Whole::of(floor).await;
    let supervisor = floor.supervisor();
    let (name, id) = queue(&whole);
    let mut noted = whole
        .records
        .values()
        .filter_map(ConversationRecord::wrapup_notes);
    let word = noted.find_map(|notes| notes.split(' ').find(|word| 4 < word.len()));
    let word = word.unwrap().to_uppercase();
    type Fits<'a> = Box<dyn Fn(&ConversationRecord) -> bool + 'a>;
    let day: Moment = "2026-11-01T00:00:00Z".parse().unwrap();
    let first = |record: &ConversationRecord| whole.first.get(&record.conversation.id);
    let cases: Vec<(String, Fits)> = vec![
        (String::new(), Box::new(|_| true)),
        (
            format!("queue:\"{name}\""),
            Box::new(|record| record.conversation.queue() == Some(&id)),
        ),
        (
            "channel:email".to_owned(),
            Box::new(|record| record.conversation.channel == Channel::Email),
        ),
        (
            "status:ended".to_owned(),
            Box::new(|record| record.status() == Status::Ended),
        ),
        (
            "from:2026-11-01".to_owned(),
            Box::new(|record| day <= record.conversation.start),
        ),
        (
            "to:2026-10-31 channel:call".to_owned(),
            Box::new(|record| {
                record.conversation.start < day && record.conversation.channel == Channel::Call
            }),
        ),
        (
            "unlinked".to_owned(),
            Box::new(|record| whole.unlinked.contains(&record.conversation.id)),
        ),
        (
            "merged".to_owned(),
            Box::new(|record| whole.merged.contains(&record.link.contact)),
        ),
        (
            "doubtful".to_owned(),
            Box::new(|record| first(record).is_some_and(|(_, reason)| is_weak(reason))),
        ),
        (
            "rule:linked-by-person".to_owned(),
            Box::new(|record| record.link.reason.rule == Rule::ByPerson),
        ),
        (
            format!("text:\"{word}\""),
            Box::new(|record| {
                let notes = record.wrapup_notes().unwrap_or_default();
                notes.to_lowercase().contains(&word.to_lowercase())
            }),
        ),
    ];
    for (words, fits) in cases {
        let wanted = whole.talks(fits);
        assert!(!wanted.is_empty(), "{words}");
        for order in ["newest", "oldest", "longest"] {
            let words = format!("{words} order:{order}");
            let listed = conversations(supervisor.as_ref(), &words).await;
            let keys = listed.iter().map(|line| match order {
                "longest" => -line.end.unwrap().since_ms(line.start),
                "oldest" => line.start.0,
                _ => -line.start.0,
            });
            assert!(keys.is_sorted(), "{words}");
            let ended = |id: &&ConversationId| {
                order != "longest" || whole.records[*id].conversation.end.is_some()
            };
            let wanted: BTreeSet<ConversationId> = wanted.iter().filter(ended).copied().collect();
            assert_eq!(listed.len(), wanted.len(), "{words}");
            let ids: BTreeSet<ConversationId> = listed.iter().map(|line| line.id).collect();
            assert_eq!(ids, wanted, "{words}");
            counts(
                supervisor.as_ref(),
                List::Conversations,
                &words,
                wanted.len(),
            )
            .await;
        }
    }
    for words in ["kind:link", "by:Mara", "undone"] {
        let query = ReviewQuery {
            list: List::Conversations,
            filter: filter(words),
            after: None,
            limit: 5,
        };
        let refused = supervisor.review(query).await.unwrap_err().to_string();
        assert!(refused.contains("narrow decisions"), "{words}: {refused}");
    }
}

/// A hundred rows of an index, ten whole ones, then the list goes on.
#[tokio::test]
async fn however_little_is_looked_at_at_once_the_lists_and_counts_are_the_same() {
    let floor = Floor::looking_at(100).await;
    of_decisions(&floor).await;
    of_their_conversations(&floor).await;
    of_conversations(&floor).await;
}

#[tokio::test]
async fn a_page_that_finds_little_says_how_far_it_looked() {
    let floor = Floor::looking_at(20).await;
    let supervisor = floor.supervisor();
    let query = ReviewQuery {
        list: List::Conversations,
        filter: filter("text:\"nobody wrote this\""),
        after: None,
        limit: 5,
    };
    let page = supervisor.review(query.clone()).await.unwrap();
    assert!(page.is_empty());
    let (next, looked_to) = (page.next.unwrap(), page.looked_to.unwrap());
    let after = Some(next);
    let behind = supervisor.review(ReviewQuery { after, ..query }).await;
    assert!(behind.unwrap().looked_to.unwrap() < looked_to);
}

#[tokio::test]
async fn a_check_finds_the_columns_in_order() {
    let floor = Floor::new().await;
    assert_eq!(
        floor.org.backend.check().await.unwrap(),
        Vec::<String>::new()
    );
}
