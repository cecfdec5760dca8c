//! The history: what is listed and told, what is undone and what is greyed, at every size.

use ratatui::layout::Rect;
use scv_desk::backend::Trouble;
use scv_desk::backend::view::{
    EntryState, History as Page, HistoryDetail, HistoryLine, HistoryQuery,
};
use scv_desk::domain::command::{Action as Kind, Command, EntryId};
use scv_desk::domain::refusal::Refusal;
use scv_desk::live::Topic;
use scv_desk::tui::dialog::History;
use scv_desk::tui::effect::Read;
use scv_desk::tui::layer::{Layer, Then};
use scv_desk::tui::msg::Reply;
use scv_desk::tui::text::{is_clean, width};

use super::Bench;
use crate::fake::{contact_id, conversation_id};
use crate::people::{EFA, HOSTILE, minutes, world};
use crate::stage::Stage;

const CHANGED: &str =
    "entry 12 cannot be undone: Efa Byrne was changed since; undo the later change first";

pub fn line(id: u64, sentence: &str) -> HistoryLine {
    let detail = |of: &str, what: &str, before: Option<&str>, after: Option<&str>| HistoryDetail {
        of: of.to_owned(),
        what: what.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    HistoryLine {
        id: EntryId(id),
        at: minutes(60 * (20 - i64::try_from(id).unwrap())),
        actor: "Mara Lindt".to_owned(),
        action: Kind::Edit,
        sentence: sentence.to_owned(),
        state: EntryState::InForce,
        refusal: None,
        to_assign: 0,
        contact: Some(contact_id(EFA)),
        conversation: None,
        batch: None,
        undoes: None,
        details: vec![
            detail(
                "Efa Byrne",
                "cell phone",
                Some("+353 86 000 0000"),
                Some("+353 86 123 4567"),
            ),
            detail("Efa Byrne", "city", None, Some("Cork")),
        ],
        more_details: 0,
        evidence: vec!["Rule: a person's word stands above the rules (version 1)".to_owned()],
    }
}

/// Four entries: undone, undoing, refused, and one whose values are gone.
pub fn lines() -> Vec<HistoryLine> {
    vec![
        line(
            14,
            "edited Efa Byrne: cell phone +353 86 000 0000 → +353 86 123 4567",
        ),
        HistoryLine {
            undoes: Some(EntryId(11)),
            ..line(13, "undid #11: linked the call of 09:02 to Efa Byrne")
        },
        HistoryLine {
            refusal: Some(CHANGED.to_owned()),
            ..line(12, "wrapped up the call of 09:02 with Refund")
        },
        HistoryLine {
            state: EntryState::UndoneBy(EntryId(13)),
            refusal: Some("entry 11 was undone already".to_owned()),
            ..line(11, "linked the call of 09:02 to Efa Byrne")
        },
        HistoryLine {
            state: EntryState::NoLongerKept,
            refusal: Some("the values of entry 10 are no longer kept".to_owned()),
            details: Vec::new(),
            evidence: Vec::new(),
            ..line(10, "edited Efa Byrne")
        },
    ]
}

fn page(lines: Vec<HistoryLine>) -> Page {
    Page {
        lines,
        more: false,
        own_only: false,
    }
}

/// The history over the first conversation, before anything was read.
fn opened() -> Bench {
    opened_on(Bench::on(1))
}

fn opened_on(mut bench: Bench) -> Bench {
    let (history, effects) = History::open(&bench.context());
    bench.layer = Some(Layer::History(Box::new(history)));
    bench.effects = effects;
    bench
}

fn asked(bench: &Bench) -> HistoryQuery {
    match bench.asked() {
        Read::History(query) => query,
        other => panic!("{other:?}"),
    }
}

fn answered(mut bench: Bench, page: Page) -> Bench {
    let query = asked(&bench);
    assert!(bench.reply(&Reply::History(query, Ok(page))));
    bench
}

pub fn filled() -> Bench {
    answered(opened(), page(lines()))
}

#[test]
fn tab_goes_from_the_contact_to_the_conversation_to_the_own_and_to_everybodys() {
    let mut bench = filled();
    bench.shows("History of Efa Byrne");
    assert_eq!(asked(&bench).contact, Some(contact_id(EFA)));
    bench.press("tab");
    assert_eq!(asked(&bench).conversation, Some(conversation_id(1)));
    bench.shows("History of this conversation");
    bench.press("tab");
    assert_eq!(asked(&bench).by.as_deref(), Some("Mara Lindt"));
    bench.press("tab");
    bench.shows("what everybody did");
    assert_eq!(
        asked(&bench),
        HistoryQuery {
            limit: 40,
            ..HistoryQuery::default()
        }
    );
    bench.press("tab");
    bench.shows("History of Efa Byrne");
}

#[test]
fn where_nobody_is_shown_it_begins_with_what_the_agent_did_and_enter_opens_nothing() {
    let own = opened_on(Bench::on_nothing());
    own.shows("History of what you did");
    own.shows("Nobody is shown yet: choose a conversation, and h shows its contact's");
    assert_eq!(asked(&own).by.as_deref(), Some("Mara Lindt"));
    let mut own = answered(own, page(Vec::new()));
    own.press("enter");
    own.shows("Nothing was recorded");
    own.shows("Esc close");
}

#[test]
fn once_somebody_is_shown_tab_goes_to_the_contact() {
    let mut bench = opened_on(Bench::on_nothing());
    bench.profile = Bench::on(1).profile;
    bench.shows("These are your own; Tab shows those of the contact");
    bench.shows("Tab the contact");
    bench.press("tab");
    bench.shows("History of Efa Byrne");
    assert_eq!(asked(&bench).contact, Some(contact_id(EFA)));
}

#[test]
fn while_the_profile_is_on_its_way_the_history_is_of_the_conversation_that_is_chosen() {
    let mut bench = Bench::on(1);
    bench.conversation = Some(conversation_id(1));
    bench.profile = None;
    let bench = opened_on(bench);
    bench.shows("History of Efa Byrne");
    assert_eq!(asked(&bench).contact, Some(contact_id(EFA)));
}

#[test]
fn an_entry_of_which_one_row_is_left_shows_no_part_of_another_look() {
    let mut bench = filled();
    bench.press("down down u");
    for rows in 8..14 {
        let text = bench.frame(40, rows).0;
        let is_mixed = |line: &String| line.contains("Mara") && line.contains("can be undone");
        let you = |line: &String| line.contains("you ") && line.contains("undone");
        assert!(
            !text.iter().any(|line| is_mixed(line) || you(line)),
            "{text:#?}"
        );
    }
}

#[test]
fn the_selected_entry_says_what_changed_and_why() {
    let mut bench = filled();
    bench.shows("can be undone");
    bench.shows("undone by #13");
    bench.shows("no longer kept");
    bench.shows("cell phone: +353 86 000 0000 → +353 86 123 4567");
    bench.shows("city: — → Cork");
    bench.shows("Rule: a person's word");
    bench.shows("In force; u undoes it");
    bench.press("down down");
    bench.shows("Entry 12 cannot be undone: Efa Byrne was changed since");
}

#[test]
fn an_undo_asks_with_what_comes_back() {
    let mut bench = filled();
    bench.press("u");
    let Some(Then::Push(ask)) = bench.then.take() else {
        panic!("nothing was asked");
    };
    bench.layer = Some(*ask);
    bench.shows("#14: Mara Lindt edited Efa Byrne");
    bench.shows("Efa Byrne: cell phone +353 86 000 0000 again");
    bench.shows("Efa Byrne: city Cork no longer");
    bench.press("n");
    assert!(!bench.is_open() && bench.wrote_nothing());
    let mut bench = filled();
    bench.press("u");
    let Some(Then::Push(ask)) = bench.then.take() else {
        panic!("nothing was asked");
    };
    bench.layer = Some(*ask);
    bench.press("enter");
    assert_eq!(bench.command(), Command::Undo { entry: EntryId(14) });
    bench.is_refused(Refusal::AlreadyUndone(EntryId(14)));
    bench.shows("Entry 14 was undone already");
}

#[test]
fn what_cannot_be_undone_says_why_and_asks_nothing() {
    let mut bench = filled();
    bench.press("down down u");
    assert!(bench.then.is_none());
    let (lines, _) = bench.frame(40, 10);
    assert!(
        lines.join("\n").contains("cannot be undone"),
        "{}",
        lines.join("\n")
    );
}

#[test]
fn a_page_is_read_ahead_and_old_answers_are_dropped() {
    let many = (1..=40).rev().map(|id| line(id, "edited Efa Byrne"));
    let first = Page {
        more: true,
        ..page(
            many.map(|one| HistoryLine {
                id: EntryId(one.id.0 + 100),
                ..one
            })
            .collect(),
        )
    };
    let mut bench = answered(opened(), first);
    let query = asked(&bench);
    bench.press("end");
    assert_eq!(asked(&bench).before, Some(EntryId(101)));
    assert!(
        !bench.reply(&Reply::History(query, Ok(page(Vec::new())))),
        "it is old"
    );
    let bench = answered(bench, page(vec![line(19, "made the contact Efa Byrne")]));
    bench.shows("edited Efa Byrne");
    let mut bench = bench;
    bench.press("end");
    bench.shows("made the contact Efa Byrne");
}

#[test]
fn a_history_that_cannot_be_read_says_so() {
    let mut bench = opened();
    bench.shows("Reading the history");
    let query = asked(&bench);
    let broken = Trouble::Broken("the store is closing".to_owned());
    bench.reply(&Reply::History(query, Err(broken)));
    bench.shows("The store is closing");
    let own = Page {
        own_only: true,
        ..page(Vec::new())
    };
    let bench = answered(opened(), own);
    bench.shows("your own entries only");
    bench.shows("Nothing was recorded");
}

#[test]
fn every_size_is_sound_whoever_it_is_about() {
    let mut hostile = lines();
    for one in &mut hostile {
        one.actor = HOSTILE.to_owned();
        one.sentence = format!("edited {HOSTILE}").repeat(9);
        for detail in &mut one.details {
            detail.of = HOSTILE.to_owned();
            detail.after = Some(HOSTILE.repeat(40));
        }
    }
    for keys in ["", "enter", "down down u", "enter down down"] {
        let mut bench = answered(opened(), page(hostile.clone()));
        bench.press(keys);
        for (columns, rows) in [(140, 40), (80, 22), (40, 10), (21, 8), (3, 3), (1, 1)] {
            let (lines, cursor) = bench.frame(columns, rows);
            for line in &lines {
                assert!(is_clean(line), "{line:?} is hostile");
                assert_eq!(width(line), usize::from(columns), "{line:?}");
            }
            let whole = Rect::new(0, 0, columns, rows);
            assert!(cursor.is_none_or(|cursor| whole.contains(cursor)));
            assert!(cursor.is_some() || columns < 8, "{columns}x{rows}");
        }
    }
}

#[test]
fn at_each_size_the_entries_and_their_details_are_in_sight() {
    let mut bench = filled();
    for (columns, rows) in [(140, 40), (80, 22)] {
        let text = bench.frame(columns, rows).0.join("\n");
        for words in ["#14", "can be undone", "city: — → Cork", " Esc close "] {
            assert!(text.contains(words), "{words} at {columns}x{rows}\n{text}");
        }
    }
    let text = bench.frame(40, 10).0.join("\n");
    for words in [
        "you edited Efa Byrne: cell phone",
        "can be undone",
        " Esc close ",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    bench.press("enter");
    let text = bench.frame(40, 10).0.join("\n");
    for words in [
        "cell phone: +353 86 000 0000",
        "u undoes it",
        " Esc back to the list ",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    bench.press("esc");
    assert!(bench.is_open());
    bench.press("esc");
    assert!(!bench.is_open());
}

#[tokio::test]
async fn on_the_desk_it_follows_what_happens_and_undoes() {
    let mut world = world();
    world.history = lines();
    let mut stage = Stage::new(140, 42, "admin", world).await;
    stage.press("h").await;
    stage.shows("History of Efa Byrne");
    stage.press("down").await;
    stage.backend.with(|world| {
        world
            .history
            .insert(0, line(15, "deleted a note on Efa Byrne"))
    });
    stage.backend.tell(Topic::Elsewhere);
    stage.desk.settle().await.unwrap();
    stage.shows("deleted a note on Efa Byrne");
    assert!(stage.cursor_row().contains("#13"), "{}", stage.cursor_row());
    stage.press("u y").await;
    let commands = stage.backend.with(|world| world.commands.clone());
    assert_eq!(commands, [Command::Undo { entry: EntryId(13) }]);
    stage.shows("✓ Done again: #11: linked the call of 09:02 to Efa Byrne");
    stage.shows("History of Efa Byrne");
}

#[tokio::test]
async fn an_agent_sees_the_own_behind_those_of_the_contact() {
    let mut stage = Stage::new(80, 24, "agent", world()).await;
    stage.press("h tab tab").await;
    stage.shows("History of what you did");
    stage.shows("Nothing was recorded");
    stage.hides("your own entries only");
    stage.press("h").await;
    stage.hides("History of");
}
