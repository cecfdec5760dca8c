//! Lists in columns: whole where a program reads them, cut to a terminal where people do, and ids never.

use portable_pty::CommandBuilder;

use super::Place;
use crate::terminal::place::{self, NOW};
use crate::terminal::window::{Size, Window};

const FIRST: &str = "Maximiliana Henrietta Theodora";
const LAST: &str = "von Hohenzollern-Sigmaringen";
const CITY: &str = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch";

fn add() -> Vec<&'static str> {
    vec![
        "contact",
        "add",
        "--first-name",
        FIRST,
        "--last-name",
        LAST,
        "--city",
        CITY,
        "--work-email",
        "maximiliana.henrietta.theodora@hohenzollern-sigmaringen.example",
    ]
}

#[test]
fn a_table_that_goes_to_a_pipe_is_never_cut() {
    let place = Place::new();
    place.good(&add());
    let id = place.found("maximiliana");
    for args in [&["contact", "search", "maximiliana"][..], &["history"]] {
        let table = place.good(args);
        assert!(!table.contains('…'), "{table}");
        assert!(table.contains(&format!("{FIRST} {LAST}")), "{table}");
    }
    let table = place.good(&["contact", "search", "maximiliana"]);
    assert!(table.contains(CITY) && table.contains(&id), "{table}");
}

/// What a command shows in a window of this size.
fn shown(place: &place::Place, size: Size, args: &[&str]) -> String {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_scv"));
    command.env_clear();
    command.args(args);
    let mut window = Window::start(command, place, size, NOW);
    assert!(window.ends(), "{}", window.text());
    window.text()
}

#[test]
fn on_a_terminal_other_cells_are_cut_and_an_id_is_whole() {
    let place = place::Place::empty();
    place.run_at(NOW, &add());
    let id = place.found("maximiliana")[0].id.to_string();
    for columns in [80, 60, 40] {
        let shown = shown(
            &place,
            Size(columns, 24),
            &["contact", "search", "maximiliana"],
        );
        assert!(shown.contains(&id), "{columns}: {shown}");
        assert!(shown.contains("Maximiliana"), "{columns}: {shown}");
    }
    let wide = shown(&place, Size(80, 24), &["contact", "search", "maximiliana"]);
    let row = wide.lines().find(|line| line.contains(&id)).unwrap();
    assert!(
        row.contains('…') && row.starts_with("Maximiliana"),
        "{wide}"
    );
    assert_eq!(wide.lines().count(), 2, "{wide}");
}

#[test]
fn a_list_of_many_columns_takes_more_lines_rather_than_lose_them() {
    let place = place::Place::new();
    let contact = place.contact_of(place::SETH).id.to_string();
    let shown = shown(&place, Size(80, 40), &["journey", &contact]);
    assert!(shown.contains(place::SETH), "{shown}");
    assert!(shown.contains("START") && shown.contains("    "), "{shown}");
    let row = shown.lines().nth(3).unwrap();
    assert!(row.starts_with("2026-11-"), "{shown}");
}
