//! What keys do on the desk: moving, refusals, writes and undo, announcements, reading anew.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, HistoryLine, Profile, RosterLine};
use scv_desk::domain::Refusal;
use scv_desk::domain::command::{Action as Kind, Command, EntryId, Sharing};
use scv_desk::live::Topic;
use scv_desk::tui::input::{Input, Piped, Press};
use scv_desk::tui::screen::{Modes, Screen};
use scv_desk::tui::{Bell, Endings, Exit, Options, ProfileActions, run};

use super::fake::{Fake, World, contact_id, conversation_id, undoable};
use super::people::{EFA, phone, world};
use super::stage::{Glass, Stage, options};

async fn stage() -> Stage {
    Stage::new(140, 42, "agent-merge", world()).await
}

async fn with(role: &str, options: Options) -> Stage {
    Stage::with(140, 42, options, Arc::new(Fake::new(role, world()))).await
}

#[tokio::test]
async fn stepping_through_the_roster_shows_each_person() {
    let mut stage = stage().await;
    stage.press("j").await;
    stage.shows("Jon Ortega");
    stage.press("k").await;
    stage.shows("Byrne & Daughters");
    stage.press("G").await;
    stage.shows("Maximiliana Konstantinopoulou-");
    stage.press("g").await;
    stage.shows("Byrne & Daughters");
    stage.press("9").await;
    stage.shows("There is no conversation 9");
}

#[tokio::test]
async fn what_cannot_be_done_says_why() {
    let mut stage = with("agent", options()).await;
    stage.press("m").await;
    stage.shows("Merge with another contact: needs externalContacts:identity:merge");
    stage.press("a").await;
    stage.shows("Add to contacts: already Curated");
    stage.press("tab").await;
    while !stage.cursor_row().contains("Claire Byrne   ") {
        stage.press("j").await;
    }
    stage.press("enter").await;
    stage.shows("○ opened without a conversation");
    stage.press("x").await;
    stage.shows("Unlink the conversation: no conversation");
    stage.press("esc esc").await;
    stage.shows("● linked by phone");
}

#[tokio::test]
async fn help_filters_greys_and_runs() {
    let mut stage = with("agent", options()).await;
    stage.press("?").await;
    stage.shows("Merge with another contact  needs externalContacts:identity:merge");
    stage.press("n o t i").await;
    stage.shows("What was said");
    stage.hides("Merge with");
    stage.press("enter").await;
    stage.shows("Nothing was said yet");
    stage.press("esc").await;
    stage.hides("Nothing was said yet");
}

#[tokio::test]
async fn the_palette_finds_by_key_by_word_and_by_letters_in_order_at_every_size() {
    for (width, height) in [(140, 42), (80, 24), (40, 12)] {
        let mut stage = Stage::new(width, height, "agent", world()).await;
        stage.press(":").await;
        stage.types("m").await;
        stage.shows("Merge with another contact: needs");
        stage.press("ctrl-u").await;
        stage.types("ctrl-l").await;
        stage.shows("Read and draw everyth");
        stage.press("ctrl-u").await;
        stage.types("lnkexi").await;
        stage.shows("Link to an existing");
        stage.shows("link in [keys]");
        stage.press("ctrl-u").await;
        stage.types("zzqq").await;
        stage.shows("No action has these words");
        stage.press("esc").await;
        stage.types("why").await;
        stage.press("enter").await;
        stage.hides("in [keys]");
        stage.shows("Why this contact?");
    }
}

#[tokio::test]
async fn the_first_key_of_a_chord_shows_what_can_follow() {
    let chords = [("merge", ["m", "z m"]), ("notices", ["!", "z n"])];
    let keys: BTreeMap<String, Vec<String>> = chords
        .map(|(name, keys)| (name.to_owned(), keys.map(str::to_owned).into()))
        .into();
    for (width, height) in [(140, 42), (80, 24), (40, 12)] {
        let options = Options {
            keys: keys.clone(),
            ..options()
        };
        let backend = Arc::new(Fake::new("agent", world()));
        let mut stage = Stage::with(width, height, options, backend).await;
        stage.hides("z …");
        stage.press("z").await;
        stage.shows("▸ z …");
        stage.shows("m  Merge with another contact: ne");
        stage.shows("n  What was said");
        stage.press("esc").await;
        stage.hides("z …");
        stage.press("z n").await;
        stage.hides("z …");
        stage.shows("Nothing was said yet");
    }
}

#[tokio::test]
async fn the_row_is_copied_as_other_programs_take_it_and_said() {
    let mut stage = stage().await;
    stage.press("c").await;
    stage.shows("Sent to the clipboard: +353861234567");
    assert_eq!(stage.glass.copied(), ["+353861234567"]);
    stage.press("tab").await;
    while !stage.cursor_row().contains("efa@example.ie") {
        stage.press("j").await;
    }
    stage.press("c").await;
    stage.shows("Sent to the clipboard: efa@example.ie");
    stage.press("g c").await;
    let copied = stage.glass.copied();
    assert_eq!(
        copied[1..],
        ["efa@example.ie".to_owned(), contact_id(EFA).to_string()]
    );
}

#[tokio::test]
async fn what_is_copied_is_clean() {
    let mut world = world();
    world.roster.lines[0].address = Some("a\u{1b}]0;x\u{7}\u{202e}b\nrm".to_owned());
    let mut stage = Stage::new(140, 42, "agent", world).await;
    stage.press("c").await;
    let copied = stage.glass.copied().remove(0);
    let is_hostile = |c: char| c.is_control() || c == '\u{202e}';
    assert!(!copied.contains(is_hostile), "{copied:?}");
    stage.shows("Sent to the clipboard: a");
}

#[tokio::test]
async fn a_share_is_said_and_undone() {
    let mut stage = stage().await;
    stage.press("s").await;
    stage.shows("✓ Marked as shared: +353 86 123 4567");
    stage.shows("u undoes it");
    let identifier = phone("+353861234567");
    let commands = |stage: &Stage| stage.backend.with(|world| world.commands.clone());
    assert_eq!(commands(&stage), [Command::Share { identifier }]);
    stage.press("u").await;
    stage.shows("✓ No longer shared: +353 86 123 4567");
    assert_eq!(
        commands(&stage)[1],
        Command::Undo {
            entry: EntryId(401)
        }
    );
    stage.press("u").await;
    stage.shows("Nothing more of yours can be undone");
    stage.press("!").await;
    stage.shows("14:02 ✓ No longer shared");
}

#[tokio::test]
async fn what_waits_is_taken_with_two_keys_and_waits_again_with_one() {
    let mut stage = stage().await;
    stage.press("A").await;
    stage.shows("Take the conversation, or reopen it: it is yours already");
    stage.press("esc").await;
    stage.press("5").await;
    stage.shows("WhatsApp +353 87 111 2222");
    stage.shows("A take");
    stage.press("A").await;
    stage.shows("waits. Take it?");
    stage.press("y").await;
    stage.shows("is yours. u undoes it");
    let taken = Command::Take {
        conversation: conversation_id(3),
        agent: None,
    };
    let commands = |stage: &Stage| stage.backend.with(|world| world.commands.clone());
    assert_eq!(commands(&stage), [taken]);
    stage.press("u").await;
    stage.shows("waits again");
}

#[tokio::test]
async fn messages_that_ended_are_opened_again_and_calls_say_that_they_start_anew() {
    let mut stage = stage().await;
    stage.press("G").await;
    stage.press("A").await;
    stage.shows("▸ Open again");
    stage.press("y").await;
    stage.shows("goes on and is yours");
    let reopened = Command::Reopen {
        conversation: conversation_id(8),
        agent: None,
    };
    let commands = stage.backend.with(|world| world.commands.clone());
    assert_eq!(commands, [reopened]);
    stage.press("6").await;
    stage.shows("+44 20 7946 0011");
    stage.press("A").await;
    stage.shows("a call that has ended starts anew");
}

#[tokio::test]
async fn what_was_done_before_this_desk_was_opened_is_named_and_asked_about() {
    let mut world = world();
    let sentence = "linked the call of 09:02 to Efa Byrne";
    world.undoable = vec![undoable(EntryId(41), Kind::Link, sentence)];
    let mut stage = Stage::new(140, 42, "agent", world).await;
    let commands = |stage: &Stage| stage.backend.with(|world| world.commands.clone());
    stage.press("u").await;
    stage.shows("You linked the call of 09:02 to Efa Byrne");
    stage.shows("Yesterday 14:02, before this desk was opened");
    stage.press("n").await;
    assert_eq!(commands(&stage), []);
    stage.press("u y").await;
    let entry = EntryId(41);
    assert_eq!(commands(&stage), [Command::Undo { entry }]);
    stage.shows("✓ #41 undone: linked the call of 09:02 to Efa Byrne");
}

#[tokio::test]
async fn what_cannot_be_undone_any_more_says_what_stands_in_the_way() {
    let mut world = world();
    let line = undoable(
        EntryId(41),
        Kind::Link,
        "linked the call of 09:02 to Efa Byrne",
    );
    let refusal = Some("undo #52 first".to_owned());
    world.undoable = vec![HistoryLine { refusal, ..line }];
    let mut stage = Stage::new(140, 42, "agent", world).await;
    stage.press("u").await;
    stage.shows("⚠ Undo of what you did last, #41: undo #52 first");
}

#[tokio::test]
async fn the_selected_identifier_is_the_one_that_is_shared() {
    let mut stage = stage().await;
    stage.press("tab").await;
    while !stage.cursor_row().contains("efa@example.ie") {
        stage.press("j").await;
    }
    stage.press("s").await;
    stage.shows("✓ Marked as shared: efa@example.ie");
}

#[tokio::test]
async fn a_mark_that_is_shown_is_taken_off_after_a_question() {
    let mut world = world();
    let identifier = phone("+353861234567");
    let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
    efa.shared = vec![identifier.clone()];
    let mut stage = Stage::new(140, 42, "agent", world).await;
    stage
        .backend
        .with(|world| world.heir = Some(contact_id(EFA)));
    stage.press("s").await;
    stage.shows("+353 86 123 4567 is marked as shared. Take the mark off?");
    stage.shows("Efa Byrne gets it: the next conversation from there finds Efa Byrne");
    assert!(stage.backend.with(|world| world.commands.is_empty()));
    stage.press("y").await;
    stage.shows("✓ No longer shared: +353 86 123 4567. u undoes it");
    let commands = stage.backend.with(|world| world.commands.clone());
    assert_eq!(commands, [Command::Unshare { identifier }]);
}

#[tokio::test]
async fn a_mark_that_stands_already_can_be_taken_off() {
    let mut stage = stage().await;
    let refusal = Refusal::AlreadyShared(phone("+353861234567"));
    stage
        .backend
        .with(|world| world.refusal = Some(refusal.into()));
    stage.press("s").await;
    stage.shows("is marked as shared. Take the mark off?");
    stage.shows("Nobody gets it");
    stage.press("n").await;
    stage.hides("Take the mark off?");
}

#[tokio::test]
async fn a_refused_write_says_the_rule() {
    let mut stage = stage().await;
    let trouble = Trouble::Broken("the store is locked".to_owned());
    stage.backend.with(|world| world.refusal = Some(trouble));
    stage.press("s").await;
    stage.shows("✗ Share: the store is locked");
}

pub fn another(number: u128) -> RosterLine {
    let mut line = world().roster.lines[0].clone();
    line.id = conversation_id(number);
    line.name = Some("Priya Nair".to_owned());
    line
}

#[tokio::test]
async fn a_new_conversation_announces_itself_and_takes_nothing() {
    let mut stage = with(
        "agent",
        Options {
            bell: Bell::Ring,
            ..options()
        },
    )
    .await;
    stage.press("2 tab j").await;
    let before = stage.cursor_cells("││")[1].clone();
    stage
        .backend
        .with(|world| world.roster.lines.insert(0, another(77)));
    stage.backend.tell(Topic::Conversation(conversation_id(77)));
    stage.desk.settle().await.unwrap();
    stage.shows("• A new call from Priya Nair is here");
    stage.shows("2     says Jon");
    assert_eq!(stage.cursor_cells("││")[1], before);
    assert_eq!(stage.glass.bells(), 1);
    stage.press("9").await;
    stage.shows("✗ the conversation is not there");
}

#[tokio::test]
async fn many_new_conversations_are_one_notice_and_those_of_others_are_none() {
    let mut stage = with("supervisor", options()).await;
    stage.backend.with(|world| {
        let lines = (80..86).map(another);
        world.roster.lines.extend(lines);
        let mut of_another = another(90);
        of_another.agent = Some("K. Osei".to_owned());
        world.roster.lines.push(of_another);
    });
    stage.backend.tell(Topic::Elsewhere);
    stage.desk.settle().await.unwrap();
    stage.shows("• 6 new conversations are here");
}

#[tokio::test]
async fn what_changed_elsewhere_is_read_anew() {
    let mut stage = stage().await;
    stage.backend.with(|world| {
        let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
        efa.organization = Some("Byrne Ltd".to_owned());
    });
    stage.backend.tell(Topic::Contact(contact_id(999)));
    stage.desk.settle().await.unwrap();
    stage.hides("Byrne Ltd");
    stage.backend.tell(Topic::Contact(contact_id(EFA)));
    stage.desk.settle().await.unwrap();
    stage.shows("Owner · Byrne Ltd · Cork");
}

#[tokio::test]
async fn an_outage_keeps_what_was_read() {
    let mut stage = stage().await;
    let trouble = Trouble::Broken("the file is gone".to_owned());
    stage.backend.with(|world| world.outage = Some(trouble));
    stage.press("ctrl-l").await;
    stage.shows("✗ the file is gone");
    stage.shows("Byrne & Daughters");
    stage.shows("⚠ not up to date");
    stage.backend.with(|world| world.outage = None);
    stage.press("ctrl-l").await;
    stage.hides("✗ the file is gone");
}

#[tokio::test]
async fn recently_viewed_contacts_are_one_key_away() {
    let mut stage = stage().await;
    stage.press("2 r").await;
    stage.shows("Recently viewed");
    stage.press("j enter").await;
    stage.shows("○ opened without a conversation");
    stage.shows("no conversation ─╮");
    stage.shows("Byrne & Daughters");
}

#[tokio::test]
async fn who_is_gone_is_not_recently_viewed() {
    let mut stage = stage().await;
    stage.press("down down r").await;
    stage.shows("Recently viewed");
    stage.shows("◐ Identified  j.ortega@example.com");
    stage.press("esc").await;
    let second = conversation_id(2);
    let gone = |world: &mut World| world.profiles.remove(&second).is_some();
    assert!(stage.backend.with(gone));
    stage.press("r").await;
    stage.shows("◐ Identified  visitor@example.org");
    stage.hides("◐ Identified  j.ortega@example.com");
}

#[tokio::test]
async fn the_embedded_mode_shows_the_journey_only() {
    let options = Options {
        profile_actions: ProfileActions::Hidden,
        ..options()
    };
    let mut stage = with("admin", options).await;
    stage.hides("Profile");
    stage.shows("calls 10");
    stage.press("m").await;
    stage.shows("profile actions are off in the configuration");
}

#[tokio::test]
async fn keys_come_from_the_configuration() {
    let keys = [
        ("notices", vec!["z n"]),
        ("merge", vec![]),
        ("nonsense", vec!["y"]),
        ("help", vec!["k"]),
    ];
    let keys: BTreeMap<String, Vec<String>> = keys
        .into_iter()
        .map(|(name, keys)| {
            (
                name.to_owned(),
                keys.into_iter().map(str::to_owned).collect(),
            )
        })
        .collect();
    let mut stage = with("admin", Options { keys, ..options() }).await;
    stage.shows("Keys name the action \"nonsense\"");
    stage.press("esc m").await;
    stage.hides("Merge");
    stage.press("z").await;
    stage.shows("z … n What was said");
    stage.press("n").await;
    stage.shows("14:02 ⚠ Keys name");
    stage.press("esc k").await;
    stage.shows("type to filter");
    stage.shows("—             Merge with another contact");
}

#[tokio::test]
async fn several_notices_stand_below_each_other() {
    let notices = ["One thing", "Another thing", "A third thing"];
    let notices = notices.map(str::to_owned).into();
    let mut stage = with(
        "agent",
        Options {
            notices,
            ..options()
        },
    )
    .await;
    stage.shows("⚠ One thing");
    stage.shows("⚠ Another thing");
    stage.shows("⚠ A third thing");
    stage.resize(80, 18).await;
    stage.shows("⚠ Another thing");
    stage.hides("⚠ One thing");
    stage.shows("+1 more !");
    stage.press("esc").await;
    stage.hides("thing");
}

#[tokio::test]
async fn quitting_asks_with_an_active_conversation() {
    let mut stage = stage().await;
    stage.press("q").await;
    stage.shows("You have 3 active conversations");
    stage.press("esc").await;
    assert_eq!(stage.desk.exit(), None);
    stage.press("q enter").await;
    assert_eq!(stage.desk.exit(), Some(Exit::Quit));
}

#[tokio::test]
async fn quitting_says_that_what_was_typed_is_lost() {
    let mut stage = stage().await;
    stage.press("n H i esc").await;
    stage.press("q").await;
    stage.shows("What you typed and did not save is lost");
    stage.press("esc").await;
    assert_eq!(stage.desk.exit(), None);
}

#[tokio::test]
async fn a_long_journey_is_read_page_by_page() {
    let mut long = world();
    let journey = long.journeys.get_mut(&contact_id(EFA)).unwrap();
    let past = journey.items.last().unwrap().clone();
    for number in 0..450 {
        let mut item = past.clone();
        if let scv_desk::backend::view::JourneyItem::Conversation(item) = &mut item {
            item.id = conversation_id(10_000 + number);
            item.subject = Some(format!("Number {number}."));
        }
        journey.items.push(item);
    }
    let mut stage = Stage::new(140, 42, "agent", long).await;
    // The strip counts what was not read yet as well.
    stage.shows("calls 460  mail 9  messages 8  web 1");
    stage.press("tab tab G G G G").await;
    stage.shows("Number 449.");
    stage.shows("calls 460  mail 9  messages 8  web 1");
    let before = stage.cursor_row();
    stage.backend.tell(Topic::Conversation(conversation_id(1)));
    stage.desk.settle().await.unwrap();
    assert_eq!(stage.cursor_row(), before);
}

/// A desk whose journey has the keys, with the cursor on an e-mail of Sunday.
async fn on_an_earlier_row() -> Stage {
    let mut world = world();
    let efa = world.profiles[&conversation_id(1)].clone();
    let earlier = Profile {
        conversation: Some(conversation_id(100)),
        ..efa
    };
    world.profiles.insert(conversation_id(100), earlier);
    let mut stage = Stage::new(140, 42, "agent", world).await;
    stage.press("tab tab").await;
    while !stage.cursor_row().contains("08:02") {
        stage.press("j").await;
    }
    stage
}

#[tokio::test]
async fn what_is_done_in_the_journey_is_done_to_the_row_with_the_cursor() {
    for (key, words) in [
        ("x", "The e-mail of 22 Nov 08:02 leaves Efa Byrne"),
        ("l", "Link the e-mail of 22 Nov 08:02 to …"),
        ("p", "The e-mail of 22 Nov 08:02 is K. Osei's, not yours"),
        ("w", "Why this contact?"),
        (
            "A",
            "The e-mail of 22 Nov 08:02 with Efa Byrne has ended. Open it again?",
        ),
    ] {
        let mut stage = on_an_earlier_row().await;
        stage.shows("A take");
        stage.press(key).await;
        stage.shows(words);
    }
    let mut stage = on_an_earlier_row().await;
    stage.press("x esc").await;
    stage.shows("↳ the e-mail of 22 Nov 08:02, from the journey");
    stage.press("x w").await;
    stage.shows("The e-mail of 22 Nov 08:02 unlinked from Efa Byrne");
    let commands = stage.backend.with(|world| world.commands.clone());
    let conversation = conversation_id(100);
    let sharing = Sharing::Leave;
    assert_eq!(
        commands,
        [Command::Unlink {
            conversation,
            sharing
        }]
    );
    stage.press("esc esc").await;
    stage.hides("from the journey");
}

#[tokio::test]
async fn what_was_opened_again_is_no_news_and_has_the_cursor() {
    let mut stage = on_an_earlier_row().await;
    stage.press("A y").await;
    stage.shows("goes on and is yours. u undoes it");
    stage
        .backend
        .with(|world| world.roster.lines.push(another(100)));
    stage
        .backend
        .tell(Topic::Conversation(conversation_id(100)));
    stage.desk.settle().await.unwrap();
    stage.shows("goes on and is yours. u undoes it");
    stage.hides("Priya Nair is here");
    let lines = stage.lines();
    let mut marked = lines.iter().filter(|line| line.starts_with("│▌"));
    assert!(marked.any(|line| line.contains("Priya Nair")), "{lines:#?}");
}

#[tokio::test]
async fn a_visit_in_the_journey_is_not_unlinked() {
    let mut stage = stage().await;
    stage.press("tab tab").await;
    while !stage.cursor_row().contains("web") {
        stage.press("j").await;
    }
    stage.press("x").await;
    stage.shows("a web visit stays with its browser; choose a conversation");
    stage.hides("leaves Efa Byrne");
}

#[tokio::test]
async fn link_and_merge_are_with_the_person_under_the_cursor() {
    for (key, words) in [
        ("l", "Link the call of 13:59 to Claire Byrne?"),
        ("m", "╭▸ Merge ─"),
        ("=", "Efa Byrne and Claire Byrne are different people?"),
    ] {
        let mut stage = stage().await;
        stage.press("tab").await;
        while !stage.cursor_row().contains("● Claire Byrne") {
            stage.press("j").await;
        }
        stage.press(key).await;
        stage.shows(words);
        stage.press("esc").await;
        stage.shows("> ");
    }
}

#[tokio::test]
async fn suggestions_are_opened_with_enter() {
    let mut made = world();
    let jon = made.profiles.get_mut(&conversation_id(2)).unwrap();
    let claire = made.contacts[&contact_id(50)].contact.clone().unwrap();
    jon.suggestions = vec![Brief {
        id: claire.id,
        kind: claire.kind,
        name: "Claire Byrne".to_owned(),
        says: None,
        detail: String::new(),
    }];
    let mut stage = Stage::new(140, 42, "agent", made).await;
    stage.press("2 tab").await;
    while !stage.cursor_row().contains("Claire Byrne") {
        stage.press("j").await;
    }
    stage.press("enter").await;
    stage.shows("○ opened without a conversation");
}

#[tokio::test]
async fn the_loop_draws_reads_and_ends() {
    let glass = Glass::new(120, 30);
    let size = ratatui::layout::Size {
        width: 120,
        height: 30,
    };
    let screen = Screen::enter(glass.clone(), size, &Modes::default(), &[]).unwrap();
    let backend = Arc::new(Fake::new("agent", world()));
    let (keys, inputs) = tokio::sync::mpsc::unbounded_channel();
    let inputs = futures_util::stream::unfold(inputs, |mut inputs| async move {
        inputs.recv().await.map(|input| (input, inputs))
    });
    let desk = tokio::spawn(run(
        backend.clone(),
        Piped(Box::pin(inputs)),
        screen,
        Endings::listen().unwrap(),
        options(),
    ));
    let shows = async |words: &str| {
        while !glass.with(|parser| parser.screen().contents().contains(words)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    shows("Byrne & Daughters").await;
    keys.send(Input::Key(Press::char('2'))).unwrap();
    shows("Suggested").await;
    for _ in 0..3 {
        backend.tell(Topic::Elsewhere);
    }
    keys.send(Input::Key(Press::char('s'))).unwrap();
    shows("Marked as shared").await;
    keys.send(Input::Key(Press::ctrl('c'))).unwrap();
    assert_eq!(desk.await.unwrap().unwrap(), Exit::Quit);
}

#[tokio::test]
async fn a_terminal_that_goes_ends_the_desk() {
    let glass = Glass::new(80, 24);
    let size = ratatui::layout::Size {
        width: 80,
        height: 24,
    };
    let screen = Screen::enter(glass, size, &Modes::default(), &[]).unwrap();
    let backend = Arc::new(Fake::new("agent", world()));
    let inputs = Piped(futures_util::stream::empty());
    assert_eq!(
        run(
            backend,
            inputs,
            screen,
            Endings::listen().unwrap(),
            options()
        )
        .await
        .unwrap(),
        Exit::Gone
    );
}
