//! What the parts of the screen look like, glyphs and styles, and how fields and lists behave.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::input::Press;
use scv_desk::tui::theme::{Depth, Role, Theme};
use scv_desk::tui::widget::table::{self, Align, Cell, Column};
use scv_desk::tui::widget::{
    Area, Day, Edited, Field, Focus, Hint, List, ListState, Modal, Motion, Pane, Shown, hints, put,
    put_block, put_parts, put_right, strip, tabs, waiting,
};

fn theme() -> Theme {
    Theme::load("dark", Depth::True).unwrap()
}

fn canvas(width: u16, height: u16) -> (Rect, Buffer) {
    let area = Rect::new(0, 0, width, height);
    (area, Buffer::empty(area))
}

fn lines(buf: &Buffer) -> Vec<String> {
    let width = usize::from(buf.area.width);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let mut line = String::new();
        let mut covered = 0;
        for cell in cells {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = scv_desk::tui::text::width(cell.symbol());
            }
            covered = covered.saturating_sub(1);
        }
        line
    };
    buf.content().chunks(width).map(row).collect()
}

fn press(field: &mut Field, presses: &str) -> Edited {
    let mut last = Edited::Ignored;
    for name in presses.split(' ') {
        last = field.apply(&name.parse::<Press>().unwrap());
    }
    last
}

/// The text of a field with its cursor as `|`.
fn seen(field: &Field) -> String {
    let (area, mut buf) = canvas(60, 1);
    let cursor = field.view(area, &mut buf, &theme()).unwrap();
    let mut text: Vec<char> = lines(&buf)[0].chars().collect();
    text.insert(usize::from(cursor.x), '|');
    text.into_iter().collect::<String>().trim_end().to_owned()
}

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
        hints(&mut buf, area, &theme(), &all);
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

#[test]
fn a_field_edits_like_a_shell() {
    let mut field = Field::default();
    assert_eq!(press(&mut field, "E f a space B y r n e"), Edited::Changed);
    assert_eq!(seen(&field), "Efa Byrne|");
    press(&mut field, "ctrl-left left");
    assert_eq!(seen(&field), "Efa| Byrne");
    press(&mut field, "ctrl-k");
    assert_eq!(seen(&field), "Efa|");
    press(&mut field, "ctrl-a ctrl-y");
    assert_eq!(seen(&field), " Byrne|Efa");
    press(&mut field, "ctrl-u");
    assert_eq!(seen(&field), "|Efa");
    press(&mut field, "end space x ctrl-w ctrl-w");
    assert_eq!(seen(&field), "|");
    press(&mut field, "alt-u alt-u alt-u");
    assert_eq!(seen(&field), "Efa|");
    press(&mut field, "alt-r");
    assert_eq!(seen(&field), "Efa x|");
    press(&mut field, "home delete ctrl-f backspace");
    assert_eq!(seen(&field), "|a x");
    for free in [
        "enter", "esc", "tab", "up", "down", "ctrl-l", "ctrl-o", "ctrl-n", "f1", "alt-x",
    ] {
        assert_eq!(press(&mut field, free), Edited::Ignored, "{free}");
    }
}

#[test]
fn a_field_undoes_by_words_of_typing() {
    let mut field = Field::default();
    press(&mut field, "E f a space B y r");
    press(&mut field, "ctrl-_");
    assert_eq!(field.text(), "Efa");
    press(&mut field, "ctrl-_");
    assert_eq!(field.text(), "");
    assert_eq!(press(&mut field, "ctrl-_"), Edited::Moved);
    press(&mut field, "alt-r alt-r");
    assert_eq!(field.text(), "Efa Byr");
}

#[test]
fn a_field_edits_by_grapheme_and_drops_what_nobody_types() {
    let mut field = Field::new(12);
    field.paste("e\u{301}\u{202e}👩\u{200d}👩\u{200d}👧x\r\ny\u{1b}\n");
    assert_eq!(field.text(), "é👩\u{200d}👩\u{200d}👧x y");
    press(&mut field, "home right right backspace");
    assert_eq!(field.text(), "éx y");
    field.set("12345678901234567");
    assert_eq!(field.text(), "123456789012");
    assert_eq!(press(&mut field, "x"), Edited::Moved);
    field.set("e");
    field.apply(&Press::char('\u{301}'));
    assert_eq!(field.text(), "é");
}

#[test]
fn a_field_scrolls_with_its_cursor() {
    let mut field = Field::default().with_text("0123456789abcdef");
    let mut shot = |presses: &str| {
        if !presses.is_empty() {
            press(&mut field, presses);
        }
        let (area, mut buf) = canvas(8, 1);
        let cursor = field.view(area, &mut buf, &theme()).unwrap();
        (lines(&buf)[0].clone(), cursor.x)
    };
    assert_eq!(shot(""), ("…abcdef ".to_owned(), 7));
    assert_eq!(shot("left left left"), ("…abcdef ".to_owned(), 4));
    assert_eq!(shot("home"), ("0123456…".to_owned(), 0));
    let (area, mut buf) = canvas(8, 1);
    let empty = Field::default().with_placeholder("name, phone or mail");
    assert_eq!(
        empty.view(area, &mut buf, &theme()),
        Some(Position { x: 0, y: 0 })
    );
    assert_eq!(lines(&buf), ["name, p…"]);
    assert_eq!(buf[(0, 0)].fg, theme().style(Role::Muted).fg.unwrap());
    let mut wide = Field::default().with_text("東京都");
    wide.view(area, &mut Buffer::empty(area), &theme());
    wide.click(area, 3);
    assert_eq!(press(&mut wide, "delete"), Edited::Changed);
    assert_eq!(wide.text(), "東都");
}

fn note(area: &mut Area, presses: &str) {
    presses.split(' ').for_each(|name| {
        area.apply(&name.parse::<Press>().unwrap());
    });
}

#[test]
fn an_area_wraps_and_moves_by_rows() {
    let mut notes = Area::default().with_text("asked for the second invoice\nonce more");
    let shot = |notes: &Area| {
        let (area, mut buf) = canvas(12, 3);
        let cursor = notes.view(area, &mut buf, &theme()).unwrap();
        (lines(&buf), (cursor.x, cursor.y))
    };
    let (rows, cursor) = shot(&notes);
    assert_eq!(rows, ["the second  ", "invoice    ▐", "once more  ▐"]);
    assert_eq!(cursor, (9, 2));
    note(&mut notes, "up");
    assert_eq!(shot(&notes).1, (7, 1));
    note(&mut notes, "up");
    assert_eq!(
        shot(&notes).1,
        (9, 0),
        "the column is held across the shorter row"
    );
    note(&mut notes, "up up");
    assert_eq!(shot(&notes).1, (0, 0));
    note(&mut notes, "end enter ctrl-end ctrl-u");
    assert_eq!(notes.text(), "asked for the second invoice\n\n");
    note(&mut notes, "ctrl-home ctrl-k ctrl-k x ctrl-y");
    assert_eq!(notes.text(), "x\n\n");
}

#[test]
fn an_area_takes_a_long_paste_but_not_more() {
    let mut notes = Area::new(32_000);
    assert_eq!(
        notes.paste(&"Müller \u{200b}\n".repeat(9_000)),
        Edited::Changed
    );
    assert!(30_000 < notes.text().chars().count() || notes.text().chars().count() <= 32_000);
    assert!(!notes.text().contains('\u{200b}'));
    let started = std::time::Instant::now();
    let (area, mut buf) = canvas(60, 20);
    for _ in 0..10 {
        note(&mut notes, "x");
        notes.view(area, &mut buf, &theme());
    }
    assert!(
        started.elapsed().as_millis() < 2_000,
        "{:?}",
        started.elapsed()
    );
}
