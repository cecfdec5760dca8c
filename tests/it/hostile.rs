//! Hostile text, arbitrary presses and tiny screens: no part of the screen panics or lets a sign through.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Style;
use scv_desk::tui::input::{Key, Press};
use scv_desk::tui::screen::{Modes, Screen};
use scv_desk::tui::text;
use scv_desk::tui::theme::{Depth, NAMES, Theme};
use scv_desk::tui::widget::table::{self, Align, Cell, Column};
use scv_desk::tui::widget::{
    Area, Day, Field, Focus, Hint, List, ListState, Modal, Motion, Pane, hints, put_block, strip,
    tabs,
};

const PIECES: &[&str] = &[
    "Efa Byrne",
    " ",
    "\n",
    "\t",
    "\u{1b}[2J",
    "\u{1b}]52;c;aGk=\u{7}",
    "\u{9b}31m",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "東京",
    "👩\u{200d}👩\u{200d}👧",
    "❤\u{fe0f}",
    "\u{e0041}",
    "\u{1161}",
    "한",
    "क्\u{200d}ष",
    "ﾞ",
    "\u{600}\u{600}a",
];

const MOTIONS: [Motion; 6] = [
    Motion::Up,
    Motion::Down,
    Motion::PageUp,
    Motion::PageDown,
    Motion::First,
    Motion::Last,
];

fn hostile() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..9).prop_map(|pieces| pieces.concat())
}

fn any_press() -> impl Strategy<Value = Press> {
    let keys = vec![
        Key::Enter,
        Key::Backspace,
        Key::Delete,
        Key::Home,
        Key::End,
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::PageUp,
        Key::PageDown,
        Key::Char('a'),
        Key::Char('東'),
        Key::Char('\u{301}'),
        Key::Char('\u{200d}'),
        Key::Char('👩'),
        Key::Char(' '),
        Key::Char('b'),
        Key::Char('d'),
        Key::Char('f'),
        Key::Char('k'),
        Key::Char('u'),
        Key::Char('w'),
        Key::Char('y'),
        Key::Char('_'),
        Key::Char('r'),
        Key::Char('e'),
    ];
    (prop::sample::select(keys), 0..4).prop_map(|(key, held)| Press {
        key,
        ctrl: held == 1,
        alt: held == 2,
        shift: false,
    })
}

fn size() -> impl Strategy<Value = Size> {
    prop_oneof![3 => (1_u16..12, 1_u16..6), 1 => (1_u16..=200, 1_u16..=60)]
        .prop_map(|(width, height)| Size { width, height })
}

/// Draws every part there is with the same text, and answers where the cursors are.
fn draw_all(
    buf: &mut Buffer,
    screen: Rect,
    theme: &Theme,
    given: &str,
    state: &ListState,
) -> Vec<Position> {
    let day = Day {
        count: given.len() as u32,
        style: Style::new(),
    };
    let cell = |align| Cell {
        text: given,
        style: Style::new(),
        align,
    };
    let inner = Pane {
        title: given,
        right: given,
        focus: Focus::Focused,
    }
    .view(screen, buf, theme);
    tabs(buf, inner, theme, &[given, "Profile", given], 1);
    strip(buf, inner, theme, &[day; 60]);
    put_block(buf, inner, given, Style::new());
    let columns = [
        Column {
            min: 3,
            ideal: 9,
            priority: 1,
        },
        Column {
            min: 2,
            ideal: 30,
            priority: 2,
        },
    ];
    let widths = table::widths(&columns, screen.width);
    table::row(
        buf,
        screen,
        &widths,
        &[cell(Align::Left), cell(Align::Right)],
    );
    let list = List {
        len: 7,
        empty: given,
        focus: Focus::Focused,
        theme,
    };
    let shown = list.view_tall(
        state,
        inner,
        buf,
        |row| row as u16 % 3,
        |_, area, buf| {
            put_block(buf, area, given, Style::new());
        },
    );
    let empty = List { len: 0, ..list }.view(state, screen, buf, |_, _, _| ());
    let dialog = Modal {
        title: given,
        right: given,
        size: Size::new(30, 9),
    }
    .view(screen, buf, theme);
    let field = Field::default()
        .with_text(given)
        .with_placeholder(given)
        .view(dialog, buf, theme);
    let area = Area::default()
        .with_text(given)
        .with_placeholder(given)
        .view(dialog, buf, theme);
    let footer = Rect {
        y: screen.bottom() - 1,
        height: 1,
        ..screen
    };
    hints(
        buf,
        footer,
        theme,
        &[Hint::new(given, given), Hint::new("?", "help")],
        &Default::default(),
    );
    [shown.cursor, empty.cursor, field, area]
        .into_iter()
        .flatten()
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_part_holds_at_every_size(
        given in hostile(),
        size in size(),
        which in 0..NAMES.len(),
        selected in 0..9_usize,
    ) {
        let theme = Theme::load(NAMES[which], Depth::Ansi256).unwrap();
        let screen = Rect::new(0, 0, size.width, size.height);
        let mut buf = Buffer::empty(screen);
        let mut state = ListState::default();
        state.select(selected);
        for cursor in draw_all(&mut buf, screen, &theme, &given, &state) {
            prop_assert!(screen.contains(cursor), "{cursor:?} of {screen:?}");
        }
        for cell in buf.content() {
            prop_assert!(text::is_clean(cell.symbol()), "{:?}", cell.symbol());
        }
    }

    #[test]
    fn only_known_orders_reach_the_terminal(given in hostile(), size in size()) {
        let theme = Theme::load("dark", Depth::True).unwrap();
        let mut screen = Screen::enter(Vec::new(), size, &Modes::default(), &[]).unwrap();
        screen.set_title(&given).unwrap();
        screen
            .draw(|frame| {
                let area = frame.area();
                draw_all(frame.buffer_mut(), area, &theme, &given, &ListState::default());
            })
            .unwrap();
        let written = String::from_utf8(screen.writer().clone()).unwrap();
        for order in written.split('\u{1b}').skip(1) {
            let end = order.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
            let is_known = order.starts_with('[')
                && order[1..end].chars().all(|c| c.is_ascii_digit() || c == ';' || c == '?')
                && matches!(order.as_bytes()[end], b'm' | b'H' | b'C' | b'J' | b'h' | b'l');
            prop_assert!(is_known, "{order:?}");
        }
        let hostile = "\u{202e}\u{2066}\u{200b}\u{feff}";
        let is_hidden = |c: char| (c != '\u{1b}' && c.is_control()) || hostile.contains(c);
        prop_assert!(!written.contains(is_hidden));
    }

    #[test]
    fn fields_hold_under_any_presses(
        given in hostile(),
        presses in prop::collection::vec(any_press(), 0..60),
        pasted in hostile(),
        size in size(),
    ) {
        let theme = Theme::mono();
        let screen = Rect::new(0, 0, size.width, size.height);
        let mut field = Field::new(40).with_text(&given);
        let mut notes = Area::new(60).with_text(&given);
        for (at, press) in presses.iter().enumerate() {
            let mut buf = Buffer::empty(screen);
            field.apply(press);
            notes.apply(press);
            if at % 7 == 0 {
                field.paste(&pasted);
                notes.paste(&pasted);
                field.click(screen, press.key.to_string().len() as u16);
            }
            prop_assert!(field.view(screen, &mut buf, &theme).is_some_and(|cursor| screen.contains(cursor)));
            prop_assert!(notes.view(screen, &mut buf, &theme).is_some_and(|cursor| screen.contains(cursor)));
            prop_assert_eq!(text::clean_line(field.text()), field.text());
            prop_assert_eq!(text::clean_block(notes.text()), notes.text());
            prop_assert!(field.text().chars().count() <= 40 && notes.text().chars().count() <= 60);
        }
    }

    #[test]
    fn the_selected_row_is_always_in_sight(
        heights in prop::collection::vec(1_u16..5, 1..40),
        motions in prop::collection::vec(0..6_usize, 0..40),
        size in size(),
    ) {
        let theme = Theme::mono();
        let screen = Rect::new(0, 0, size.width, size.height);
        let list = List { len: heights.len(), empty: "", focus: Focus::Focused, theme: &theme };
        let mut state = ListState::default();
        for motion in motions {
            state.go(MOTIONS[motion], heights.len());
            let mut buf = Buffer::empty(screen);
            let shown = list.view_tall(&state, screen, &mut buf, |row| heights[row], |_, _, _| ());
            let place = shown.rows.iter().find(|(row, _)| *row == state.selected());
            prop_assert!(place.is_some_and(|(row, area)| area.height == heights[*row].min(size.height)));
            let again = list.view_tall(&state, screen, &mut buf, |row| heights[row], |_, _, _| ());
            prop_assert_eq!(shown, again, "a second frame is the same frame");
        }
    }
}
