//! What a screen writes to its terminal, byte by byte: little, at once, and undone in the end.

use std::cell::RefCell;
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;

use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Color, Modifier, Style};
use scv_desk::tui::screen::{Mode, Modes, SIZE_DEFAULT, SIZE_MAX, Screen};
use scv_desk::tui::theme::{Depth, Role, Theme};

/// A terminal that remembers each write, and outlives the screen.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<Vec<u8>>>>);

impl Line {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().concat()).unwrap()
    }

    fn take(&self) -> Vec<String> {
        self.0
            .take()
            .into_iter()
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const SIZE: Size = Size {
    width: 200,
    height: 60,
};

fn screen(modes: &[Mode]) -> (Screen<Line>, Line) {
    let line = Line::default();
    (
        Screen::enter(line.clone(), SIZE, &Modes::default(), modes).unwrap(),
        line,
    )
}

/// A list of 58 columns with a coloured cell in each row, as the roster has.
fn draw_list(screen: &mut Screen<Line>, theme: &Theme, selected: u16) -> u64 {
    let view = |frame: &mut ratatui::Frame<'_>| {
        for row in 0..40 {
            let buf = frame.buffer_mut();
            buf.set_string(
                1,
                row,
                format!("Efa Byrne {row:<12}"),
                theme.style(Role::Text),
            );
            buf.set_string(24, row, "+353 86 123 4567", theme.style(Role::Link));
            buf.set_string(44, row, "02:41", theme.style(Role::Muted));
            if row == selected {
                buf.set_string(0, row, "▌", theme.style(Role::Mark));
                buf.set_style(Rect::new(0, row, 58, 1), theme.style(Role::Selected));
            }
        }
        frame.set_cursor_position(Position { x: 0, y: selected });
    };
    screen.draw(view).unwrap()
}

#[test]
fn a_frame_is_one_synchronised_write() {
    let (mut screen, line) = screen(&[]);
    let theme = Theme::load("dark", Depth::True).unwrap();
    draw_list(&mut screen, &theme, 0);
    let writes = line.take();
    assert_eq!(writes.len(), 1);
    assert!(
        writes[0].starts_with("\x1b[?2026h\x1b[m\x1b[2J"),
        "{:?}",
        &writes[0][..40]
    );
    assert!(writes[0].ends_with("\x1b[1;1H\x1b[?25h\x1b[?2026l"));
}

#[test]
fn nothing_is_written_when_nothing_changed() {
    let (mut screen, line) = screen(&[]);
    let theme = Theme::load("dark", Depth::True).unwrap();
    draw_list(&mut screen, &theme, 3);
    line.take();
    assert_eq!(draw_list(&mut screen, &theme, 3), 0);
    assert_eq!(line.take().len(), 0);
}

#[test]
fn moving_the_selection_costs_little() {
    for depth in [Depth::Mono, Depth::Ansi16, Depth::Ansi256, Depth::True] {
        let (mut screen, _line) = screen(&[]);
        let theme = Theme::load("dark", depth).unwrap();
        draw_list(&mut screen, &theme, 3);
        let bytes = draw_list(&mut screen, &theme, 4);
        assert!(0 < bytes && bytes <= 300, "{depth}: {bytes} bytes");
    }
}

#[test]
fn what_is_written_is_what_was_drawn() {
    let line = Line::default();
    let mut screen = Screen::enter(line.clone(), Size::new(30, 6), &Modes::default(), &[]).unwrap();
    let mut parser = vt100::Parser::new(6.try_into().unwrap(), 30.try_into().unwrap(), 0);
    let styles = [
        Style::new(),
        Style::new()
            .fg(Color::Rgb(1, 2, 3))
            .add_modifier(Modifier::BOLD | Modifier::ITALIC),
        Style::new()
            .bg(Color::Indexed(99))
            .add_modifier(Modifier::BOLD),
        Style::new()
            .fg(Color::LightRed)
            .add_modifier(Modifier::UNDERLINED | Modifier::REVERSED),
        Style::new().add_modifier(Modifier::ITALIC | Modifier::DIM),
    ];
    for step in 0..40_usize {
        let mut drawn = Vec::new();
        screen
            .draw(|frame| {
                for row in 0..6_u16 {
                    let text = [
                        "Efa Byrne",
                        "東京都 x",
                        "☎ in  ✉ out",
                        "│ ─ ▌ …",
                        "   ",
                        "é ü ß",
                    ][(step + usize::from(row)) % 6];
                    let x = (step % 7) as u16;
                    frame.buffer_mut().set_string(
                        x,
                        row,
                        text,
                        styles[(step * 3 + usize::from(row)) % 5],
                    );
                }
                drawn = frame.buffer_mut().content().to_vec();
            })
            .unwrap();
        line.take()
            .iter()
            .for_each(|write| parser.process(write.as_bytes()));
        for (at, cell) in drawn.iter().enumerate() {
            let seen = parser
                .screen()
                .cell((at / 30) as u16, (at % 30) as u16)
                .unwrap();
            if seen.is_wide_continuation() {
                continue;
            }
            let shown = if seen.contents().is_empty() {
                " "
            } else {
                seen.contents()
            };
            assert_eq!(shown, cell.symbol(), "step {step} cell {at}");
            assert_eq!(seen.inverse(), cell.modifier.contains(Modifier::REVERSED));
            assert_eq!(
                seen.underline(),
                cell.modifier.contains(Modifier::UNDERLINED)
            );
            if shown != " " {
                assert_eq!(
                    seen.bold(),
                    cell.modifier.contains(Modifier::BOLD),
                    "step {step} cell {at}"
                );
            }
            assert_eq!(
                seen.bgcolor() == vt100::Color::Default,
                cell.bg == Color::Reset
            );
        }
    }
}

#[test]
fn a_hostile_cell_is_not_written() {
    let (mut screen, line) = screen(&[]);
    screen
        .draw(|frame| {
            for (x, symbol) in [
                "\x1b]52;c;aGk=\x07",
                "\u{9b}31m",
                "a\u{202e}",
                "\u{200b}",
                "\u{85}",
            ]
            .iter()
            .enumerate()
            {
                frame.buffer_mut()[(0, x as u16)].set_symbol(symbol);
            }
        })
        .unwrap();
    let text = line.text();
    assert!(
        !text.contains("52;c")
            && !text.contains('\u{9b}')
            && !text.contains('\u{202e}')
            && !text.contains('\n')
    );
    assert_eq!(text.matches('\u{FFFD}').count(), 5);
}

#[test]
fn each_mode_is_undone_once_in_reverse() {
    let wanted = [
        Mode::Mouse,
        Mode::AlternateScreen,
        Mode::Title,
        Mode::Paste,
        Mode::Focus,
    ];
    let (mut screen, line) = screen(&wanted);
    assert_eq!(
        line.take().concat(),
        "\x1b[22;2t\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?1000h\x1b[?1006h"
    );
    screen.undo(Mode::Mouse).unwrap();
    assert_eq!(line.take(), ["\x1b[?1006l\x1b[?1000l"]);
    screen.undo(Mode::Mouse).unwrap();
    assert!(line.take().is_empty());
    screen.set(Mode::Mouse).unwrap();
    line.take();
    drop(screen);
    let ended = "\x1b\\\x1b[?2026l\x1b[m\x1b[?25h";
    let undone = "\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b[23;2t";
    assert_eq!(line.take(), [format!("{ended}{undone}")]);
}

#[test]
fn a_panic_hook_and_the_drop_restore_only_once() {
    let line = Line::default();
    let modes = Modes::default();
    let screen = Screen::enter(line.clone(), SIZE, &modes, &[Mode::AlternateScreen]).unwrap();
    line.take();
    assert_eq!(
        modes.undo_all(&mut line.clone()).unwrap(),
        [Mode::AlternateScreen]
    );
    assert_eq!(line.take().len(), 1);
    screen.leave().unwrap();
    assert!(line.take().is_empty());
    assert!(!modes.is_any_set());
}

#[test]
fn a_pause_gives_the_terminal_away_and_takes_it_back() {
    let (mut screen, line) = screen(&[Mode::Title, Mode::AlternateScreen]);
    let theme = Theme::load("light", Depth::Ansi16).unwrap();
    screen.set_title("scv").unwrap();
    draw_list(&mut screen, &theme, 0);
    screen.suspend().unwrap();
    screen.suspend().unwrap();
    line.take();
    assert_eq!(draw_list(&mut screen, &theme, 1), 0);
    screen.resume(Size::new(100, 30)).unwrap();
    screen.resume(Size::new(100, 30)).unwrap();
    assert_eq!(
        line.take().concat(),
        "\x1b[22;2t\x1b[?1049h\x1b]2;scv\x1b\\"
    );
    assert_eq!(screen.size(), Size::new(100, 30));
    assert!(
        1_000
            < screen
                .draw(|frame| frame
                    .buffer_mut()
                    .set_style(frame_area(), Style::new().reversed()))
                .unwrap()
    );
}

fn frame_area() -> Rect {
    Rect::new(0, 0, 100, 30)
}

#[test]
fn a_title_cannot_end_itself() {
    let (mut screen, line) = screen(&[Mode::Title]);
    line.take();
    screen.set_title("Efa\x1b\\\x1b]52;c;aGk=\x07").unwrap();
    screen.set_title("Efa\x1b\\\x1b]52;c;aGk=\x07").unwrap();
    assert_eq!(line.take(), ["\x1b]2;Efa^[\\^[]52;c;aGk=^G\x1b\\"]);
}

#[test]
fn sizes_are_sane() {
    let size = |width, height| {
        Screen::enter(Vec::new(), Size::new(width, height), &Modes::default(), &[])
            .unwrap()
            .size()
    };
    assert_eq!(size(0, 0), SIZE_DEFAULT);
    assert_eq!(size(65_535, 65_535), SIZE_MAX);
    assert_eq!(size(1, 1), Size::new(1, 1));
}

#[test]
fn what_runs_from_right_to_left_is_kept_apart_from_its_neighbours() {
    let (mut screen, line) = screen(&[]);
    let drawn = |screen: &mut Screen<Line>, words: &str| {
        let style = ratatui::style::Style::new();
        let bytes = screen.draw(|frame| {
            frame.buffer_mut().set_string(0, 0, words, style);
        });
        bytes.unwrap()
    };
    let shown = |written: &str| {
        let (rows, columns) = (NonZero::new(24).unwrap(), NonZero::new(80).unwrap());
        let mut terminal = vt100::Parser::new(rows, columns, 0);
        terminal.process(written.as_bytes());
        terminal.screen().rows(0, 80).next().unwrap()
    };
    drawn(&mut screen, "7 שלום עולם 12:05 │ علي");
    assert_eq!(
        shown(&line.take().concat()).trim_end_matches(' '),
        "7 \u{200e}שלום עולם\u{200e} 12:05 │ \u{200e}علي\u{200e}"
    );
    assert_eq!(drawn(&mut screen, "7 שלום עולם 12:05 │ علي"), 0);
    drawn(&mut screen, "7 Peace        12:05 │ Ali");
    assert!(!line.take().concat().contains('\u{200e}'));
}
