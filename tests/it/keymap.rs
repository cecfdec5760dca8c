//! The table of actions and the keys that the configuration puts in its place.

use std::collections::{BTreeMap, BTreeSet};

use scv_desk::tui::action::Action;
use scv_desk::tui::input::{Chord, Press};
use scv_desk::tui::keymap::{Keymap, Meaning};
use scv_desk::tui::pane::Line;
use scv_desk::tui::theme::Role;

fn with(keys: &[(&str, &[&str])]) -> (Keymap, Vec<String>) {
    let keys: BTreeMap<String, Vec<String>> = keys
        .iter()
        .map(|(name, keys)| {
            (
                name.to_string(),
                keys.iter().map(ToString::to_string).collect(),
            )
        })
        .collect();
    Keymap::with(&keys)
}

fn meaning(keymap: &Keymap, chord: &str) -> Meaning {
    keymap.meaning(chord.parse::<Chord>().unwrap().presses())
}

fn runs(action: Action) -> Meaning {
    Meaning::Run { action, nth: 0 }
}

#[test]
fn every_row_of_the_table_is_sound() {
    let mut names = BTreeSet::new();
    let mut chords = BTreeSet::new();
    for action in Action::ALL {
        let spec = action.spec();
        assert!(names.insert(spec.name), "{} is there twice", spec.name);
        assert_eq!(Action::of_name(spec.name), Some(action));
        assert!(
            !spec.title.is_empty() && !spec.word.is_empty(),
            "{} has no words",
            spec.name
        );
        for key in spec.keys {
            let chord: Chord = key.parse().unwrap();
            assert!(chords.insert(chord), "{key} is there twice");
        }
    }
    let (_, notices) = with(&[]);
    assert_eq!(notices, Vec::<String>::new());
}

#[test]
fn keys_are_replaced_and_unbound() {
    let (keymap, notices) = with(&[("merge", &["M", "z m"]), ("undo", &[])]);
    assert_eq!(meaning(&keymap, "M"), runs(Action::Merge));
    assert_eq!(
        meaning(&keymap, "z m"),
        Meaning::Run {
            action: Action::Merge,
            nth: 1
        }
    );
    assert_eq!(meaning(&keymap, "m"), Meaning::Unknown);
    assert_eq!(meaning(&keymap, "u"), Meaning::Unknown);
    assert_eq!(keymap.label(Action::Merge).as_deref(), Some("M"));
    assert_eq!(keymap.label(Action::Undo), None);
    assert!(notices.is_empty());
    let pending = vec![("m".parse().unwrap(), Action::Merge)];
    assert_eq!(meaning(&keymap, "z"), Meaning::Pending(pending));
}

#[test]
fn a_number_tells_which_one() {
    let keymap = Keymap::default();
    let four = keymap.meaning(&[Press::char('4')]);
    assert_eq!(
        four,
        Meaning::Run {
            action: Action::Jump,
            nth: 3
        }
    );
}

#[test]
fn what_cannot_be_bound_is_told() {
    let (keymap, notices) = with(&[
        ("edit", &["n", "bogus-key"]),
        ("link", &["n n"]),
        ("fly", &["f"]),
    ]);
    assert_eq!(meaning(&keymap, "n"), runs(Action::Edit));
    assert_eq!(keymap.label(Action::Link), None);
    let told = notices.join("\n");
    assert!(told.contains("bogus-key"), "{told}");
    assert!(
        told.contains("the action \"fly\", which is not known"),
        "{told}"
    );
    assert!(
        told.contains("Key n n of link begins with n of edit, which hides it; link does without"),
        "{told}"
    );
    assert!(
        told.contains("Key n is now edit, so note has no key"),
        "{told}"
    );
}

#[test]
fn keys_that_hide_each_other_are_told() {
    let (keymap, notices) = with(&[
        ("edit", &["z"]),
        ("link", &["z"]),
        ("note", &["Z Z"]),
        ("why", &["Z"]),
    ]);
    assert_eq!(meaning(&keymap, "z"), runs(Action::Edit));
    assert_eq!(keymap.label(Action::Why), None);
    let told = notices.join("\n");
    assert!(
        told.contains("Key z is given to both edit and link; edit keeps it"),
        "{told}"
    );
    assert!(
        told.contains("Key Z of why would hide Z Z of note; why does without"),
        "{told}"
    );
}

#[test]
fn a_chord_that_takes_a_key_of_the_table_says_so_until_that_is_written_down() {
    let (keymap, notices) = with(&[("merge", &["m", "g m"])]);
    let home = Meaning::Run {
        action: Action::First,
        nth: 1,
    };
    assert_eq!(meaning(&keymap, "home"), home);
    let pending = vec![("m".parse().unwrap(), Action::Merge)];
    assert_eq!(meaning(&keymap, "g"), Meaning::Pending(pending));
    let wanted = "Key g begins g m of merge, so it is no longer first; write first = [\"home\"] where that is meant";
    assert_eq!(notices, [wanted]);
    let (_, notices) = with(&[("merge", &["m", "g m"]), ("first", &["home"])]);
    assert_eq!(notices, Vec::<String>::new());
}

#[test]
fn lines_wrap_beside_their_label() {
    let line = Line::of("mail  ", Role::Muted)
        .and("a very long address of somebody", Role::Text)
        .right("claimed", Role::Good);
    let rows: Vec<String> = line.rows(24).iter().map(Line::text).collect();
    assert_eq!(
        rows,
        [
            "mail  a very long",
            "      address of",
            "      somebodyclaimed"
        ]
    );
    assert_eq!(line.rows(80), std::slice::from_ref(&line));
    let cramped = line.rows(9);
    assert_eq!(cramped.len(), 1);
}

#[test]
fn a_line_says_its_end_in_brief_before_it_takes_another_row() {
    let line = Line::of("mail  ", Role::Muted)
        .and("efa@example.ie", Role::Text)
        .right("✓ claimed", Role::Good)
        .right_in_brief("✓", Role::Good);
    let text = |width| -> Vec<String> { line.rows(width).iter().map(Line::text).collect() };
    assert_eq!(text(30), ["mail  efa@example.ie✓ claimed"]);
    assert_eq!(text(24), ["mail  efa@example.ie✓"]);
    assert_eq!(text(20).len(), 2);
}
