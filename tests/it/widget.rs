//! What the parts of the screen look like, glyphs and styles, and how fields and lists behave.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::theme::{Role, Theme};
use scv_desk::tui::widget::table::{self, Align, Cell, Column};
use scv_desk::tui::widget::{
    Buttons, Day, Focus, Hint, List, ListState, Modal, Motion, Pane, Shown, hints, matches, put,
    put_block, put_matched, put_parts, put_right, strip, tabs, waiting,
};

use crate::canvas::{canvas, lines, theme};

#[test]
fn texts_are_put_cleaned_and_cut() {
    let (_, mut buf) = canvas(12, 5);
    let plain = Style::new();
    assert_eq!(
        put(&mut buf, Rect::new(0, 0, 12, 1), "Efa\u{1b}[2J", plain),
        8
    );
    assert_eq!(put(&mut buf, Rect::new(0, 1, 6, 1), "Efa Byrne", plain), 6);
    assert_eq!(
        put_right(&mut buf, Rect::new(0, 2, 12, 1), "02:41", plain),
        5
    );
    assert_eq!(
        put_parts(
            &mut buf,
            Rect::new(0, 3, 7, 1),
            &[("Efa ", plain), ("Byrne", plain), (" x", plain)]
        ),
        7
    );
    assert_eq!(
        put_block(
            &mut buf,
            Rect::new(0, 4, 12, 1),
            "asked for the second invoice",
            plain
        ),
        1
    );
    assert_eq!(
        lines(&buf),
        [
            "Efa^[[2J    ",
            "Efa B…      ",
            "       02:41",
            "Efa By…     ",
            "asked for…  "
        ]
    );
    assert_eq!(
        put_parts(
            &mut buf,
            Rect::new(0, 0, 4, 1),
            &[("Efa ", plain), ("x", plain)]
        ),
        4
    );
    assert_eq!(&lines(&buf)[0][..6], "Efa…");
    assert_eq!(put(&mut buf, Rect::new(40, 40, 9, 9), "outside", plain), 0);
}

#[test]
fn matches_are_marked_without_case_and_accents() {
    let marked = |text: &str, words: &[&str]| {
        let mut shown = text.to_owned();
        for range in matches(text, words).into_iter().rev() {
            shown.insert(range.end, ']');
            shown.insert(range.start, '[');
        }
        shown
    };
    assert_eq!(marked("Efa Byrne", &["byr", "e"]), "[E]fa [Byr]ne");
    assert_eq!(marked("Jürgen Müller", &["muller"]), "Jürgen [Müller]");
    assert_eq!(marked("O'Byrne", &["byrne", "yrne"]), "O'[Byrne]");
    assert_eq!(marked("McByrne", &["byrne", ""]), "Mc[Byrne]");
    assert_eq!(marked("Ada", &["adamant", "x"]), "Ada");
    let (area, mut buf) = canvas(8, 1);
    let styles = (theme().style(Role::Text), theme().style(Role::Match));
    assert_eq!(
        put_matched(&mut buf, area, "Efa Byrne", &["byrne"], styles),
        8
    );
    assert_eq!(lines(&buf), ["Efa Byr…"]);
    assert_eq!(buf[(4, 0)].fg, theme().style(Role::Match).fg.unwrap());
    assert_eq!(buf[(0, 0)].fg, Color::Reset);
}

#[test]
fn a_pane_shows_its_focus_without_colour() {
    let (area, mut buf) = canvas(24, 3);
    let pane = Pane {
        title: "Profile",
        right: "Curated",
        focus: Focus::Focused,
    };
    assert_eq!(pane.view(area, &mut buf, &theme()), Rect::new(1, 1, 22, 1));
    assert_eq!(
        lines(&buf),
        [
            "╭▸ Profile ── Curated ─╮",
            "│                      │",
            "╰──────────────────────╯"
        ]
    );
    assert_eq!(buf[(0, 0)].fg, theme().style(Role::Focused).fg.unwrap());
    assert!(buf[(3, 0)].modifier.contains(Modifier::BOLD));
    let (area, mut buf) = canvas(16, 3);
    Pane {
        focus: Focus::Unfocused,
        ..pane
    }
    .view(area, &mut buf, &theme());
    assert_eq!(lines(&buf)[0], "╭─ Profile ────╮");
    assert_eq!(buf[(0, 0)].fg, theme().style(Role::Border).fg.unwrap());
    let (area, mut buf) = canvas(3, 2);
    assert_eq!(pane.view(area, &mut buf, &theme()), area);
}

#[test]
fn a_dialog_wipes_what_is_beneath() {
    let (area, mut buf) = canvas(20, 5);
    for y in 0..5 {
        buf.set_string(0, y, "東".repeat(10), Style::new().bg(Color::Red));
    }
    let modal = Modal {
        title: "Merge",
        right: "",
        size: Size::new(13, 3),
    };
    assert_eq!(modal.view(area, &mut buf, &theme()), Rect::new(4, 2, 11, 1));
    assert_eq!(lines(&buf)[1], "東 ╭▸ Merge ───╮東東");
    assert_eq!(lines(&buf)[2], "東 │           │東東");
    assert_eq!(buf[(5, 2)].bg, Color::Reset);
    let (area, mut buf) = canvas(4, 2);
    assert_eq!(modal.view(area, &mut buf, &theme()), area);
}

#[test]
fn hints_drop_from_the_right_but_never_help() {
    let all = [
        Hint::new("x", "unlink"),
        Hint::new("l", "link"),
        Hint::new("?", "help"),
        Hint::new("m", "merge"),
    ];
    for (width, expected) in [
        (40, "x unlink  l link  m merge         ? help"),
        (25, "x unlink  l link   ? help"),
        (17, "x unlink   ? help"),
        (10, "    ? help"),
        (3, "  ?"),
        (1, "?"),
    ] {
        let (area, mut buf) = canvas(width, 1);
        hints(&mut buf, area, &theme(), &all, &Buttons::default());
        assert_eq!(lines(&buf), [expected]);
    }
}

#[test]
fn tabs_mark_the_active_one() {
    let titles = ["Conversations", "Profile", "Journey"];
    let (area, mut buf) = canvas(44, 1);
    let places = tabs(&mut buf, area, &theme(), &titles, 1);
    assert_eq!(
        lines(&buf),
        ["  Conversations │▸ Profile │  Journey       "]
    );
    assert_eq!(places[1], (1, Rect::new(17, 0, 10, 1)));
    let (area, mut buf) = canvas(20, 1);
    assert_eq!(
        tabs(&mut buf, area, &theme(), &titles, 1),
        [(1, Rect::new(0, 0, 13, 1))]
    );
    assert_eq!(lines(&buf), ["▸ Profile 2/3       "]);
}

#[test]
fn a_strip_shows_the_newest_days() {
    let style = theme().style(Role::Accent);
    let days: Vec<Day> = [9, 0, 1, 4, 8, 0, 2]
        .map(|count| Day { count, style })
        .to_vec();
    let (area, mut buf) = canvas(6, 1);
    assert_eq!(strip(&mut buf, area, &theme(), &days), 6);
    assert_eq!(lines(&buf), ["▁▂▄█▁▂"]);
    assert_eq!(buf[(0, 0)].fg, theme().style(Role::Border).fg.unwrap());
    assert_eq!(buf[(3, 0)].fg, style.fg.unwrap());
    let (area, mut buf) = canvas(6, 1);
    assert_eq!(
        strip(&mut buf, area, &theme(), &[Day { count: 1, style }]),
        1
    );
    assert_eq!(lines(&buf), ["▂     "]);
}

#[test]
fn columns_leave_by_priority_and_grow_by_priority() {
    let columns = [
        Column {
            min: 8,
            ideal: 16,
            priority: 3,
        },
        Column {
            min: 7,
            ideal: 7,
            priority: 1,
        },
        Column {
            min: 10,
            ideal: 16,
            priority: 2,
        },
    ];
    assert_eq!(table::widths(&columns, 60), [16, 7, 16]);
    assert_eq!(table::widths(&columns, 33), [12, 7, 10]);
    assert_eq!(table::widths(&columns, 22), [10, 0, 10]);
    assert_eq!(table::widths(&columns, 12), [12, 0, 0]);
    assert_eq!(table::widths(&columns, 3), [3, 0, 0]);
    assert_eq!(table::widths(&columns, 0), [0, 0, 0]);
    let (area, mut buf) = canvas(22, 1);
    let cell = |text, align| Cell {
        text,
        style: Style::new(),
        align,
    };
    table::row(
        &mut buf,
        area,
        &[10, 0, 10],
        &[
            cell("Claire Byrne", Align::Left),
            cell("x", Align::Left),
            cell("02:41", Align::Right),
        ],
    );
    assert_eq!(lines(&buf), ["Claire By…       02:41"]);
}

#[test]
fn waiting_is_told_in_words() {
    assert_eq!(waiting("Searching", 100), None);
    assert_eq!(waiting("Searching", 400).unwrap(), "Searching …");
    assert_eq!(waiting("Searching", 7_400).unwrap(), "Searching … 7 s");
}

fn show(list: &List<'_>, state: &ListState, width: u16, height: u16) -> (Shown, Buffer) {
    let (area, mut buf) = canvas(width, height);
    let shown = list.view(state, area, &mut buf, |row, area, buf| {
        put(buf, area, &format!("row {row} of the list"), Style::new());
    });
    (shown, buf)
}

#[test]
fn a_list_draws_only_what_is_in_sight() {
    let theme = theme();
    let list = List {
        len: 1_000_000,
        empty: "",
        focus: Focus::Focused,
        theme: &theme,
    };
    let mut state = ListState::default();
    let (shown, buf) = show(&list, &state, 10, 4);
    assert_eq!(
        lines(&buf),
        ["▌row 0 o…▐", " row 1 o… ", " row 2 o… ", " row 3 o… "]
    );
    assert_eq!(shown.cursor, Some(Position { x: 0, y: 0 }));
    assert_eq!(shown.rows[3], (3, Rect::new(0, 3, 10, 1)));
    assert_eq!(buf[(4, 0)].bg, theme.style(Role::Selected).bg.unwrap());
    assert_eq!(buf[(4, 1)].bg, Color::Reset);
    assert!(state.go(Motion::Last, list.len));
    let (_, buf) = show(&list, &state, 10, 4);
    assert_eq!(lines(&buf)[3], "▌row 999…▐");
    assert!(!state.go(Motion::Down, list.len));
    state.go(Motion::PageUp, list.len);
    assert_eq!(state.selected(), 999_996);
}

#[test]
fn a_list_keeps_rows_around_the_selected_one() {
    let theme = theme();
    let list = List {
        len: 20,
        empty: "",
        focus: Focus::Unfocused,
        theme: &theme,
    };
    let mut state = ListState::default();
    let top = |state: &ListState| show(&list, state, 7, 6).0.rows[0].0;
    let mut tops = Vec::new();
    for _ in 0..9 {
        tops.push(top(&state));
        state.go(Motion::Down, list.len);
    }
    assert_eq!(tops, [0, 0, 0, 0, 1, 2, 3, 4, 5]);
    state.go(Motion::Up, list.len);
    assert_eq!(
        top(&state),
        5,
        "the list stands still while the margin allows it"
    );
    let (_, buf) = show(&list, &state, 7, 6);
    assert_eq!(
        lines(&buf)[3],
        "▌row 8…",
        "the selection is marked in a pane without the keys too"
    );
    assert_eq!(buf[(2, 3)].bg, Color::Reset);
    assert_eq!(
        show(&list, &state, 7, 1).0.rows,
        [(8, Rect::new(0, 0, 7, 1))]
    );
}

#[test]
fn a_list_says_when_it_is_empty_and_survives_shrinking() {
    let theme = theme();
    let mut state = ListState::default();
    let list = List {
        len: 0,
        empty: "No conversation is open",
        focus: Focus::Focused,
        theme: &theme,
    };
    let (shown, buf) = show(&list, &state, 14, 2);
    assert_eq!(
        lines(&buf),
        [
            " No            ".trim_end_matches(' ').to_owned() + "           ",
            " conversation…".to_owned()
        ]
    );
    assert_eq!(shown.cursor, Some(Position { x: 0, y: 0 }));
    state.select(50);
    let (shown, buf) = show(&List { len: 3, ..list }, &state, 14, 2);
    assert_eq!(lines(&buf)[1], "▌row 2 of th…▐");
    assert_eq!(shown.cursor, Some(Position { x: 0, y: 1 }));
    state.go(Motion::Up, 3);
    assert_eq!(state.selected(), 1);
}

#[test]
fn a_reversed_selection_keeps_its_mark() {
    let theme = Theme::mono();
    let list = List {
        len: 2,
        empty: "",
        focus: Focus::Focused,
        theme: &theme,
    };
    let (_, buf) = show(&list, &ListState::default(), 6, 2);
    assert_eq!(lines(&buf)[0], "▌row …");
    assert!(!buf[(0, 0)].modifier.contains(Modifier::REVERSED));
    assert!(buf[(1, 0)].modifier.contains(Modifier::REVERSED));
    assert!(!buf[(1, 1)].modifier.contains(Modifier::REVERSED));
}

#[test]
fn tall_rows_are_marked_in_full() {
    let theme = theme();
    let list = List {
        len: 9,
        empty: "",
        focus: Focus::Focused,
        theme: &theme,
    };
    let mut state = ListState::default();
    state.select(2);
    let (area, mut buf) = canvas(7, 5);
    let height = |row: usize| if row.is_multiple_of(2) { 2 } else { 1 };
    let shown = list.view_tall(&state, area, &mut buf, height, |row, area, buf| {
        put(buf, area, &format!("n{row}"), Style::new());
    });
    assert_eq!(
        lines(&buf),
        ["▌n2    ", "▌      ", " n3    ", " n4    ", "       "]
    );
    assert_eq!(shown.cursor, Some(Position { x: 0, y: 0 }));
    assert_eq!(shown.rows.len(), 3);
}
