//! The review of a supervisor: lists, the filter line, marks with one key, opening a person and taking a list out.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use scv_desk::domain::command::{Action as Done, Command, EntryId};
use scv_desk::domain::contact::ContactType;
use scv_desk::domain::conversation::{Channel, Direction, Status};
use scv_desk::domain::reason::Rule;
use scv_desk::domain::review::{Counted, Cursor, Kind, List, Mark, Verdict};
use scv_desk::domain::{Refusal, Role};
use scv_desk::tui::dialog::Review;
use scv_desk::tui::effect::{Effect, Read};
use scv_desk::tui::layer::{Layer, Then};
use scv_desk::tui::msg::{Reply, Subject};

use super::Bench;
use crate::fake::{contact_id, conversation_id};
use crate::people::{EFA, minutes};

fn efa() -> Brief {
    Brief {
        id: contact_id(EFA),
        kind: ContactType::Curated,
        name: "Efa Byrne".to_owned(),
        says: None,
        detail: String::new(),
    }
}

fn talk() -> Reviewed {
    Reviewed {
        id: conversation_id(1),
        entry: Some(EntryId(4)),
        contact: contact_id(EFA),
        person: Some(efa()),
        channel: Channel::Call,
        direction: Direction::Inbound,
        status: Status::Ended,
        start: minutes(-90),
        end: Some(minutes(-80)),
        queue: Some("Billing".to_owned()),
        agent: Some("Ivo Brandt".to_owned()),
        wrapup: Some("Refund".to_owned()),
        notes: Some("asked for the second invoice".to_owned()),
        subject: None,
        address: Some("+353 86 123 4567".to_owned()),
        rule: Some(Rule::FirstClaimed),
        doubtful: true,
        mark: None,
    }
}

fn decision(entry: u64, kind: Kind, action: Done) -> DecisionLine {
    DecisionLine {
        entry: EntryId(entry),
        at: minutes(-60),
        by: "Ivo Brandt".to_owned(),
        kind,
        action,
        contact: Some(contact_id(EFA)),
        person: Some(efa()),
        batch: None,
        undoes: None,
        undone_by: None,
        kept: true,
        rule: None,
        doubtful: false,
        mark: None,
        conversation: None,
        about: None,
    }
}

fn page() -> ReviewPage {
    let linked = DecisionLine {
        rule: Some(Rule::FirstClaimed),
        doubtful: true,
        conversation: Some(conversation_id(1)),
        about: Some(talk()),
        ..decision(7, Kind::AutoLink, Done::Resolve)
    };
    let marked = DecisionLine {
        undone_by: Some(EntryId(9)),
        mark: Some(Mark {
            verdict: Verdict::Wrong,
            note: Some("another voice".to_owned()),
            by: "Orla".to_owned(),
            at: minutes(-10),
        }),
        ..decision(6, Kind::Merge, Done::Merge)
    };
    ReviewPage {
        decisions: vec![linked, marked, decision(5, Kind::Import, Done::Import)],
        conversations: Vec::new(),
        next: None,
        looked_to: None,
    }
}

fn opened(role: &str) -> Bench {
    let mut bench = Bench::on(1);
    bench.role = Role::bundled(role).unwrap();
    let (review, effects) = Review::open(&bench.context());
    bench.layer = Some(Layer::Review(Box::new(review)));
    bench.effects = effects;
    bench
}

/// The last change that the dialog wants made.
fn sent(bench: &Bench) -> Option<Command> {
    let mut writes = bench
        .effects
        .iter()
        .rev()
        .filter_map(|effect| match effect {
            Effect::Write(write) => Some(write.command.as_ref().clone()),
            _ => None,
        });
    writes.next()
}

/// The last list that was asked for.
fn asked(bench: &Bench) -> ReviewQuery {
    let mut reads = bench
        .effects
        .iter()
        .rev()
        .filter_map(|effect| match effect {
            Effect::Read(Read::Review(query)) => Some(query.as_ref().clone()),
            _ => None,
        });
    reads.next().expect("a list is asked for")
}

fn answered(mut bench: Bench, page: ReviewPage, count: u64) -> Bench {
    let query = asked(&bench);
    let (list, filter) = (query.list, Box::new(query.filter.clone()));
    assert!(bench.reply(&Reply::Review(Box::new(query), Ok(page))));
    let counted = Counted {
        count,
        is_all: true,
    };
    assert!(bench.reply(&Reply::ReviewCount(list, filter, Ok(counted))));
    bench
}

/// A page that came out short, with what it has.
fn short(decisions: Vec<DecisionLine>, place: i64) -> ReviewPage {
    ReviewPage {
        decisions,
        next: Some(Cursor { at: place, row: 0 }),
        looked_to: Some(minutes(-60 * 24 * 40)),
        ..ReviewPage::default()
    }
}

fn arrives(bench: &mut Bench, page: ReviewPage) {
    let query = asked(bench);
    assert!(bench.reply(&Reply::Review(Box::new(query), Ok(page))));
}

#[test]
fn a_list_that_is_long_to_find_grows_and_says_how_far_it_looked() {
    let mut bench = opened("supervisor");
    let before = bench.effects.len();
    arrives(&mut bench, short(page().decisions, 40));
    let query = asked(&bench);
    assert_eq!(query.after, Some(Cursor { at: 40, row: 0 }), "it reads on");
    bench.shows("3 · looked back to");
    arrives(
        &mut bench,
        short(vec![decision(4, Kind::Import, Done::Import)], 30),
    );
    bench.shows("4 · looked back to");
    arrives(&mut bench, ReviewPage::default());
    bench.hides("looked back");
    assert_eq!(
        bench.effects.len(),
        before + 2,
        "at the end nothing is asked"
    );
}

#[test]
fn what_others_change_does_not_search_a_long_list_again() {
    let mut bench = opened("supervisor");
    arrives(&mut bench, short(page().decisions, 40));
    arrives(&mut bench, ReviewPage::default());
    let Some(Layer::Review(mut review)) = bench.layer.take() else {
        panic!("the review is open");
    };
    assert!(review.renew(&bench.context()).is_empty());
    bench.layer = Some(Layer::Review(review));
    bench.shows("3 · changed since");
    // A mark of one's own is read, and what is shown stays until as much has come.
    bench.press("f5");
    assert_eq!(asked(&bench).after, None);
    arrives(&mut bench, short(Vec::new(), 40));
    bench.shows("Efa Byrne");
}

pub fn filled() -> Bench {
    answered(opened("supervisor"), page(), 12_345)
}

#[test]
fn it_lists_who_decided_what_with_marks_and_the_exact_count() {
    let mut bench = filled();
    for words in [
        "Review · decisions",
        "12,345",
        "everything, newest first",
        "auto-link, call",
        "the resolution",
        "~ low",
        "✗ wrong",
        "merge, undone",
        "Efa Byrne",
        "Entry 7 · inbound call",
        "first-claimed-identifier · low confidence · stands",
        "Not marked yet",
    ] {
        bench.shows(words);
    }
    bench.press("down");
    bench.shows("Undone by #9");
    bench.shows("Marked wrong by Orla: another voice");
}

#[test]
fn tab_turns_to_conversations_and_back() {
    let mut bench = filled();
    bench.press("tab");
    assert_eq!(asked(&bench).list, List::Conversations);
    let talks = ReviewPage {
        conversations: vec![talk()],
        ..ReviewPage::default()
    };
    let mut bench = answered(bench, talks, 1);
    bench.shows("Review · conversations");
    bench.shows("call, ended");
    bench.shows("asked for the second invoice");
    bench.press("r");
    let mark = Command::Mark {
        entry: EntryId(4),
        verdict: Verdict::Right,
        note: None,
    };
    assert_eq!(sent(&bench), Some(mark));
    bench.press("tab");
    assert_eq!(asked(&bench).list, List::Decisions);
}

#[test]
fn the_filter_line_narrows_and_says_what_it_does_not_know() {
    let mut bench = filled();
    bench.press("/");
    bench.type_in("queue:Billing unlinkd");
    bench.press("enter");
    bench.shows("is no filter");
    bench.press("backspace");
    bench.type_in("ed");
    bench.press("enter");
    let filter = asked(&bench).filter;
    assert_eq!(filter.queue.as_deref(), Some("Billing"));
    assert!(filter.unlinked);
    let bench = answered(bench, ReviewPage::default(), 0);
    bench.shows("Filter: queue:Billing unlinked");
    bench.shows("Nothing fits the filter");
    // What comes late for the filter before is not taken for this one.
    let mut bench = bench;
    let old = Box::new(ReviewQuery::default());
    assert!(!bench.reply(&Reply::Review(old, Ok(page()))));
}

#[test]
fn one_key_marks_what_can_be_right_or_wrong() {
    for (key, verdict) in [
        ("r", Verdict::Right),
        ("w", Verdict::Wrong),
        ("c", Verdict::CannotTell),
    ] {
        let mut bench = filled();
        bench.press(key);
        let mark = Command::Mark {
            entry: EntryId(7),
            verdict,
            note: None,
        };
        assert_eq!(sent(&bench), Some(mark));
    }
    // Marked again as it is, its note stays.
    let mut bench = filled();
    bench.press("down w");
    let mark = Command::Mark {
        entry: EntryId(6),
        verdict: Verdict::Wrong,
        note: Some("another voice".to_owned()),
    };
    assert_eq!(sent(&bench), Some(mark));
    let mut bench = filled();
    bench.press("down down w");
    assert_eq!(sent(&bench), None);
    bench.shows("Only links, unlinks, promotions and merges are marked");
}

#[test]
fn enter_opens_the_conversation_with_its_person_and_else_the_person() {
    let mut bench = filled();
    bench.press("enter");
    let about = conversation_id(1);
    assert!(matches!(bench.then, Some(Then::Show(Subject::Conversation(id))) if id == about));
    let mut bench = filled();
    bench.press("down enter");
    let contact = contact_id(EFA);
    assert!(matches!(bench.then, Some(Then::Show(Subject::Contact(id))) if id == contact));
}

#[test]
fn e_writes_what_is_filtered_into_a_file() {
    let mut bench = filled();
    bench.press("e");
    bench.shows("Write everything into: decisions.csv");
    bench.press("enter");
    let file = std::path::PathBuf::from("decisions.csv");
    let wanted = Effect::Read(Read::ReviewExport(
        List::Decisions,
        Box::default(),
        file.clone(),
    ));
    assert_eq!(bench.effects.last(), Some(&wanted));
    assert!(bench.reply(&Reply::ReviewTaken(file.clone(), Ok(12_345))));
    bench.shows("decisions.csv: 12,345 rows, recorded in the history");
    let refused =
        Trouble::Broken("decisions.csv: the file is there already; name another".to_owned());
    assert!(bench.reply(&Reply::ReviewTaken(file, Err(refused))));
    bench.shows("is there already");
}

#[test]
fn without_the_rights_the_keys_are_refused_with_the_right() {
    let mut bench = opened("supervisor");
    bench.role = Role::new(
        "reader",
        [
            scv_desk::domain::Permission::ConversationViewAll,
            scv_desk::domain::Permission::HistoryView,
        ],
    );
    let mut bench = answered(bench, page(), 3);
    bench.press("w");
    assert_eq!(sent(&bench), None);
    bench.shows("Needs scv:review:mark");
    bench.press("e");
    bench.shows("Needs scv:export");
    let query = Box::new(asked(&bench));
    let denied = Refusal::Denied(scv_desk::domain::Permission::HistoryView);
    assert!(bench.reply(&Reply::Review(query, Err(denied.into()))));
    bench.press("down");
    bench.shows("Needs scv:history:view");
}

#[test]
fn near_the_end_the_next_page_is_read_behind_the_last() {
    let next = Cursor { at: 5, row: 0 };
    let first = ReviewPage {
        next: Some(next),
        ..page()
    };
    let mut bench = answered(opened("supervisor"), first, 4);
    bench.press("down");
    let query = asked(&bench);
    assert_eq!(query.after, Some(next));
    let more = ReviewPage {
        decisions: vec![decision(2, Kind::Promote, Done::Promote)],
        ..ReviewPage::default()
    };
    assert!(bench.reply(&Reply::Review(Box::new(query), Ok(more))));
    bench.shows("promote");
    bench.shows("auto-link, call");
}

#[test]
fn it_reads_at_every_size() {
    let bench = filled();
    for (width, height) in [(140, 42), (80, 24), (40, 12), (20, 5), (1, 1)] {
        let text = bench.frame(width, height).0.join("\n");
        if 40 <= width {
            assert!(text.contains("Efa Byrne"), "{width}x{height}\n{text}");
            assert!(text.contains("close"), "{width}x{height}\n{text}");
        }
    }
}

#[test]
fn whoever_comes_back_to_it_reads_it_again_and_finds_the_row() {
    let mut bench = filled();
    bench.press("down");
    let row = asked(&bench);
    bench.effects.clear();
    let Some(Layer::Review(mut review)) = bench.layer.take() else {
        panic!("the review is open");
    };
    // What it had asked for was given up when its row was opened.
    let effects = review.resume(&bench.context());
    bench.effects.extend(effects);
    bench.layer = Some(Layer::Review(review));
    assert_eq!(asked(&bench), row);
    bench.shows("Undone by #9");
}
