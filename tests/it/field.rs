//! Fields and text areas behave as people expect from a shell.

use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use scv_desk::tui::input::Press;
use scv_desk::tui::theme::Role;
use scv_desk::tui::widget::{Area, Edited, Field};

use crate::canvas::{canvas, lines, theme};

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
    let (area, mut buf) = canvas(60, 20);
    for _ in 0..10 {
        note(&mut notes, "x");
        notes.view(area, &mut buf, &theme());
    }
}

#[test]
fn joiners_that_shape_letters_can_be_typed() {
    for typed in ["می\u{200c}خواهم", "👩\u{200d}👩\u{200d}👧", "क्\u{200d}ष"] {
        let mut field = Field::default();
        for letter in typed.chars() {
            field.apply(&Press::char(letter));
        }
        assert_eq!(field.text(), typed);
    }
    let mut field = Field::default();
    for letter in "pay\u{200d}pal\u{200c}".chars() {
        field.apply(&Press::char(letter));
    }
    assert_eq!(field.text(), "paypal", "what joins nothing would only hide");
}
