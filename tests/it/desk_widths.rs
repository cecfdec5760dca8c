//! Names of all scripts in every pane: columns stay where they are, and what runs from right to left stays by itself.

use std::sync::Arc;

use scv_desk::tui::text::LRM;

use super::dialog::sizes::NAMES;
use super::fake::{Fake, World, contact_id, conversation_id};
use super::people::world;
use super::stage::{Stage, options};

const EDGES: &str = "╭╮╰╯│▐▸─";

/// Everybody has this name, and everything that can be said is said in it.
fn named(name: &str) -> World {
    let mut world = world();
    for line in &mut world.roster.lines {
        line.name = Some(name.to_owned());
        line.queue = Some(name.to_owned());
    }
    let profile = world.profiles.get_mut(&conversation_id(1)).unwrap();
    profile.organization = Some(name.to_owned());
    profile.rivals[0].0.name = name.to_owned();
    profile.notes[0].text = name.repeat(12);
    let fields = &mut profile.contact.as_mut().unwrap().fields;
    fields.first_name = Some(name.to_owned());
    fields.last_name = None;
    fields.city = Some(name.to_owned());
    fields.title = Some(name.to_owned());
    for item in &mut world.journeys.get_mut(&contact_id(1)).unwrap().items {
        if let scv_desk::backend::view::JourneyItem::Conversation(one) = item {
            one.queue = Some(name.to_owned());
            one.subject = Some(name.to_owned());
            one.agent = Some(name.to_owned());
        }
    }
    world
}

/// The columns in which panes begin and end, and the rows between their first and last line.
fn edges(stage: &Stage) -> (Vec<u16>, std::ops::Range<u16>) {
    stage.glass.with(|parser| {
        let screen = parser.screen();
        let (rows, columns) = screen.size();
        let at = |row, column| screen.cell(row, column).unwrap().contents();
        let is_in = |row: u16, corner: &str| (0..columns.get()).any(|one| at(row, one) == corner);
        let mut all = 0..rows.get();
        let top = all.find(|row| is_in(*row, "╭"));
        let bottom = all.find(|row| is_in(*row, "╰"));
        let (Some(top), Some(bottom)) = (top, bottom) else {
            return (Vec::new(), 0..0);
        };
        let is_corner = |column: &u16| ["╭", "╮"].contains(&at(top, *column));
        ((0..columns.get()).filter(is_corner).collect(), top..bottom)
    })
}

#[tokio::test]
async fn columns_stay_aligned_whoever_is_shown() {
    for (width, height) in [(140, 42), (110, 30), (80, 24), (40, 12)] {
        for name in NAMES {
            let backend = Arc::new(Fake::new("agent-merge", named(name)));
            let mut stage = Stage::with(width, height, options(), backend).await;
            for keys in ["", "tab", "tab", "enter", "esc", "down"] {
                stage.press(keys).await;
                let (columns, rows) = edges(&stage);
                for row in rows {
                    for column in &columns {
                        let found = stage.glass.with(|parser| {
                            let cell = parser.screen().cell(row, *column).unwrap();
                            cell.contents().trim_end_matches(LRM).to_owned()
                        });
                        assert!(
                            !found.is_empty() && EDGES.contains(&found),
                            "{name} at {width}x{height}: {found:?} in row {row}, column {column}\n{}",
                            stage.text()
                        );
                    }
                }
            }
        }
    }
}

/// The last thing before, and the first behind, each run of letters from right to left.
#[tokio::test]
async fn right_to_left_names_stand_between_marks_on_every_screen() {
    for name in [NAMES[2], NAMES[3]] {
        let backend = Arc::new(Fake::new("agent-merge", named(name)));
        let mut stage = Stage::with(140, 42, options(), backend).await;
        for keys in ["", "w", "esc l", "esc m", "esc n", "esc tab tab enter"] {
            stage.press(keys).await;
            let is_rtl = |letter: char| ('\u{590}'..'\u{700}').contains(&letter);
            let mut runs = 0;
            for line in stage.written_lines() {
                let mut inside = false;
                let mut last = ' ';
                for letter in line.chars() {
                    if is_rtl(letter) && !inside {
                        assert_eq!(last, LRM, "{line:?}");
                        inside = true;
                        runs += 1;
                    }
                    if letter == LRM && inside && last != LRM {
                        inside = false;
                    }
                    assert!(!inside || is_rtl(letter) || letter == ' ', "{line:?}");
                    last = letter;
                }
                assert!(!inside, "{line:?}");
            }
            assert!(0 < runs, "{}", stage.text());
        }
    }
}
