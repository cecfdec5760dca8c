//! Every dialog at every size: nothing hostile on the screen, the cursor in it, what matters in sight.

use ratatui::layout::Rect;
use scv_desk::backend::view::SearchHit;
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::msg::Reply;
use scv_desk::tui::text::{is_clean, width};

use super::Bench;
use super::merge::{merging, preview};
use super::search::{found, hit};
use super::text::explained;
use crate::people::HOSTILE;

const ACTIONS: [Action; 13] = [
    Action::Search,
    Action::Link,
    Action::Merge,
    Action::NotSame,
    Action::Promote,
    Action::Create,
    Action::Edit,
    Action::Unlink,
    Action::Delete,
    Action::Export,
    Action::Erase,
    Action::Note,
    Action::WrapUp,
];
pub const NAMES: [&str; 11] = [
    HOSTILE,
    "山田 太郎",
    "فاطمة الزهراء",
    "שָׁרָה בַּת־אֵל כֹּהֵן",
    "👩‍👩‍👧‍👦 Müller 👨🏿‍🦱",
    "🇮🇪 Byrne 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🇩🇪",
    "👋🏽 Ngozi ✌🏿 ❤️ 1️⃣",
    "Zo\u{308}e\u{301}\u{323} Ngu\u{31b}\u{302}\u{309}",
    "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} 한글",
    "क्षत्रिय স্ত্রী สมชาย",
    "Maximiliana Konstantinopoulou-Featherstonehaugh de la Cruz y Todos los Santos",
];

/// A bench behind which everybody has this name.
fn named(name: &str) -> Bench {
    let mut bench = Bench::on(1);
    let profile = bench.profile.as_mut().unwrap();
    profile.provided_name = Some(name.to_owned());
    profile.organization = Some(name.to_owned());
    profile.rivals[0].0.name = name.to_owned();
    profile.notes[0].text = name.repeat(20);
    let fields = &mut profile.contact.as_mut().unwrap().fields;
    fields.first_name = Some(name.to_owned());
    fields.city = Some(name.to_owned());
    bench
}

#[track_caller]
fn is_sound(bench: &Bench, columns: u16, rows: u16) {
    let (lines, cursor) = bench.frame(columns, rows);
    for line in &lines {
        assert!(is_clean(line), "{line:?} is hostile");
        assert_eq!(width(line), usize::from(columns), "{line:?}");
    }
    is_framed(&lines);
    let Some(cursor) = cursor else {
        assert!(
            columns < 8 || rows < 6,
            "the cursor is nowhere at {columns}x{rows}\n{}",
            lines.join("\n")
        );
        return;
    };
    assert!(
        Rect::new(0, 0, columns, rows).contains(cursor),
        "{cursor} at {columns}x{rows}"
    );
}

/// What stands in a column of a line.
fn at(line: &str, column: usize) -> char {
    let mut used = 0;
    let mut found = line.chars().filter(|letter| {
        let at = used;
        used += width(letter.encode_utf8(&mut [0; 4]));
        at == column
    });
    found.next().unwrap_or(' ')
}

/// The border of the dialog is one straight line on both sides.
#[track_caller]
fn is_framed(lines: &[String]) {
    let text = lines.join("\n");
    let Some(top) = lines.iter().position(|line| line.contains('╭')) else {
        return;
    };
    let column = |corner: char| lines[top].split(corner).next().map(width);
    let (Some(left), Some(right)) = (column('╭'), column('╮')) else {
        return;
    };
    let inner = lines[top + 1..]
        .iter()
        .take_while(|line| at(line, left) != '╰');
    for line in inner {
        for side in [left, right] {
            // Letters of several signs are one column wide as a whole: such a line is measured from its end.
            let seen = match line.is_ascii() || side == left {
                true => at(line, side),
                false => line.trim_end().chars().next_back().unwrap_or(' '),
            };
            assert!("│▐├┤".contains(seen), "{seen:?} in {line:?}\n{text}");
        }
    }
}

/// All dialogs, filled with what such a name brings in.
fn all(name: &str) -> Vec<Bench> {
    let mut benches: Vec<Bench> = ACTIONS
        .into_iter()
        .map(|action| named(name).open(action))
        .collect();
    let mut finding = named(name).open(Action::Search);
    finding.type_in("a");
    finding.reply(&found("a", (60..100).map(|n| named_hit(n, name)).collect()));
    let mut linking = named(name).open(Action::Link);
    linking.type_in("a");
    linking.reply(&found("a", vec![named_hit(61, name)]));
    linking.press("enter");
    let mut merge = merging();
    let Read::MergePreview { contacts, takes } = merge.asked() else {
        panic!("no preview");
    };
    let mut shown = preview(&takes);
    shown.inputs[0].name = name.to_owned();
    shown.lines[0].sides = vec![name.to_owned(), "Claire".to_owned()];
    shown.warnings = vec![format!("{name} differs")];
    let result = Ok(shown);
    merge.reply(&Reply::MergePreview {
        contacts,
        takes,
        result,
    });
    benches.extend([finding, linking, merge, explained()]);
    benches
}

fn named_hit(number: u128, name: &str) -> SearchHit {
    SearchHit {
        name_matched: vec![0..1, 2..900],
        ..hit(number, name)
    }
}

#[test]
fn every_dialog_is_sound_at_the_three_sizes_whoever_it_is_about() {
    for name in NAMES {
        for bench in all(name) {
            for (columns, rows) in [(40, 10), (80, 22), (140, 40)] {
                is_sound(&bench, columns, rows);
            }
        }
    }
}

#[test]
fn no_size_is_too_small() {
    for bench in all(NAMES[NAMES.len() - 1]) {
        for columns in [1, 2, 3, 5, 8, 13, 21] {
            for rows in [1, 2, 3, 4, 5, 8] {
                is_sound(&bench, columns, rows);
            }
        }
    }
}

#[test]
fn at_forty_by_twelve_the_answers_and_fields_are_in_sight() {
    let at = |action: Action, words: &str| {
        let bench = Bench::on(1).open(action);
        let text = bench.frame(40, 10).0.join("\n");
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    };
    at(Action::Unlink, "Wrong match");
    at(Action::Unlink, "Somebody else is using");
    at(Action::Delete, "Yes, delete");
    at(Action::Erase, "type ERASE");
    at(Action::Export, "person-");
    at(Action::Edit, "first name");
    at(Action::Note, "of 32,000");
    at(Action::WrapUp, "Refund");
    at(Action::Merge, "Claire Byrne");
}

#[test]
fn the_field_under_the_cursor_is_in_sight_at_every_step() {
    let mut bench = Bench::on(2).open(Action::Promote);
    for _ in 0..28 {
        let (lines, cursor) = bench.frame(40, 10);
        let row = &lines[usize::from(cursor.unwrap().y)];
        assert!(row.contains('▌'), "{}", lines.join("\n"));
        bench.press("tab");
    }
    let (lines, cursor) = bench.frame(40, 10);
    assert!(lines[usize::from(cursor.unwrap().y)].contains("Save"));
}

#[test]
fn arabic_and_japanese_can_be_typed_into_every_box() {
    for (action, typed) in [
        (Action::Search, "山田"),
        (Action::Create, "فاطمة"),
        (Action::Note, "山田 فاطمة"),
    ] {
        let mut bench = Bench::on_nothing();
        bench.profile = Bench::on(1).profile;
        let mut bench = bench.open(action);
        bench.press("ctrl-u").type_in(typed);
        bench.shows(typed);
    }
}

#[test]
fn the_way_out_is_always_told() {
    for action in ACTIONS {
        let bench = Bench::on(1).open(action);
        for columns in [40, 60, 80] {
            let (lines, _) = bench.frame(columns, 14);
            let text = lines.join("\n");
            assert!(text.contains(" Esc "), "{action:?} at {columns}\n{text}");
        }
    }
    let (lines, _) = merging().frame(60, 14);
    assert!(lines.join("\n").contains(" Esc back "));
}
