//! Without colours nothing is lost: every state has its word or its sign, on every screen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use scv_desk::backend::view::Standing;
use scv_desk::tui::Options;
use scv_desk::tui::notice::Tone;
use scv_desk::tui::theme::{Depth, Role, Theme};

use crate::dialog::history;
use crate::fake::{Fake, World, now};
use crate::people::world;
use crate::stage::{Stage, options};

/// Screens by the keys that lead there, from a desk just opened.
const SCREENS: [&str; 13] = [
    "",
    "2",
    "3",
    "5",
    "7",
    "/ b y",
    "m",
    "l",
    "w",
    "h",
    "?",
    "x",
    "tab tab enter",
];

fn everything() -> World {
    let mut world = world();
    world.history = history::lines();
    world
}

async fn stage(theme: Theme, keys: &str) -> Stage {
    let options = Options { theme, ..options() };
    let backend = Arc::new(Fake::new("agent-merge", everything()));
    let mut stage = Stage::with(140, 42, options, backend).await;
    stage.press(keys).await;
    stage
}

#[tokio::test]
async fn each_state_has_its_word_or_sign_without_colours() {
    let no_colour = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
    let theme = || Theme::load("dark", Depth::detect(no_colour)).unwrap();
    let mut stage = stage(theme(), "").await;
    for state in [
        // of conversations
        "Active 3",
        "Waiting 1",
        "To wrap up 1",
        "Ended today 3",
        "abandoned",
        "(not known)",
        // of contacts and what identifies them
        "● Curated",
        "◐ (not known)",
        "Identified",
        "✓ claimed",
        "not claimed",
        "as typed",
        // of the way from one to the other
        "● linked by phone",
        "⚠ this phone is also used by",
        "May be the same person",
        // of the journey
        "● active",
        "✗ abandoned",
        "ended",
        // of the desk
        "▸ Conversations",
        "▌1     Efa Byrne",
        "DEMO",
    ] {
        stage.shows(state);
    }
    let coloured = stage.glass.with(|parser| {
        let screen = parser.screen();
        let (rows, columns) = size(screen);
        let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let mut cells = cells.filter_map(|(row, column)| screen.cell(row, column));
        cells.any(|cell| [cell.fgcolor(), cell.bgcolor()] != [vt100::Color::Default; 2])
    });
    assert!(!coloured, "there is a colour");
    stage
        .backend
        .with(|world| world.standing = Standing::Offline(now()));
    stage.press("s").await;
    stage.shows("✓ Marked as shared");
    stage.shows("⚠ offline, showing data of");
    stage.press("a").await;
    stage.shows("⚠ Add to contacts: already Curated");
}

#[tokio::test]
async fn no_screen_says_more_with_colours_than_without() {
    for keys in SCREENS {
        let plain = stage(Theme::mono(), keys).await;
        for name in ["dark", "light", "high-contrast", "colour-blind"] {
            let coloured = stage(Theme::load(name, Depth::True).unwrap(), keys).await;
            assert_eq!(coloured.text(), plain.text(), "{name} after {keys:?}");
        }
    }
}

fn size(screen: &vt100::Screen) -> (u16, u16) {
    let (rows, columns) = screen.size();
    (rows.get(), columns.get())
}

/// Words that stand together in one of the colours of a state, with all the colours that they have on a screen.
fn colours_of_words(stage: &Stage) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    stage.glass.with(|parser| {
        let screen = parser.screen();
        let (rows, columns) = size(screen);
        for row in 0..rows {
            let mut run: (String, Option<vt100::Color>) = (String::new(), None);
            let mut end = |run: &mut (String, Option<vt100::Color>)| {
                let words = std::mem::take(&mut run.0).trim().to_owned();
                if let (Some(colour), false) = (run.1, words.is_empty()) {
                    found
                        .entry(words)
                        .or_default()
                        .insert(format!("{colour:?}"));
                }
            };
            for column in 0..columns {
                let cell = screen.cell(row, column).unwrap();
                if run.1 != Some(cell.fgcolor()) || ["│", "─"].contains(&cell.contents()) {
                    end(&mut run);
                    run.1 = Some(cell.fgcolor());
                }
                let blank = if cell.has_contents() {
                    cell.contents()
                } else {
                    " "
                };
                run.0.push_str(blank);
            }
            end(&mut run);
        }
    });
    found
}

#[tokio::test]
async fn the_same_words_never_mean_two_things_by_their_colour() {
    let dark = || Theme::load("dark", Depth::True).unwrap();
    let states = [Role::Good, Role::Warning, Role::Danger].map(|role| {
        let Some(ratatui::style::Color::Rgb(r, g, b)) = dark().style(role).fg else {
            panic!("{role} has no colour");
        };
        format!("{:?}", vt100::Color::Rgb(r, g, b))
    });
    for keys in SCREENS {
        let stage = stage(dark(), keys).await;
        for (words, colours) in colours_of_words(&stage) {
            // How long something took says nothing of its state, its heading does; nor does a bar of the plot.
            let is_number = words
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == ':');
            let is_plot = words.chars().all(|letter| ('▁'..='█').contains(&letter));
            // The sign of a channel is the channel's, whatever goes on there, and so is its word under the plot.
            let is_channel = "☎☏✉✆◍▣•".contains(&words) || words == "web";
            let is_state = colours.iter().any(|colour| states.contains(colour));
            assert!(
                colours.len() == 1 || !is_state || is_number || is_plot || is_channel,
                "after {keys:?}: {words:?} is in {colours:?}\n{}",
                stage.text()
            );
        }
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_in_brackets_and_not_only_grey() {
    let backend = Arc::new(Fake::new("agent", everything()));
    let mut stage = Stage::with(140, 42, options(), backend).await;
    stage.press("/").await;
    stage.shows("^L link");
    stage.shows("(^O merge)");
}

#[test]
fn each_tone_of_a_notice_has_a_sign_of_its_own() {
    let tones = [Tone::Done, Tone::Told, Tone::Warning, Tone::Trouble];
    let signs: BTreeSet<&str> = tones.iter().map(|tone| tone.sign()).collect();
    assert_eq!(signs.len(), tones.len());
}
