//! Every row of the action table, pressed in the real program with each of its keys.

use std::collections::HashSet;

use scv_desk::tui::action::Action;

use super::place::Place;
use super::window::Window;

/// The actions that open something over the panes, and what comes up then and goes with Esc.
const OPENING: [(Action, &str); 24] = [
    (Action::Search, "Find a contact"),
    (Action::Promote, "▸ Add to contacts"),
    (Action::Create, "linked to the call of 11:59"),
    (Action::Link, "Link the call of 11:59 to …"),
    (Action::Merge, "Merge Theodore Meza with …"),
    (Action::Unlink, "The call of 11:59 leaves Theodore Meza"),
    (Action::NotSame, "Who is not Theodore Meza?"),
    (Action::Why, "Why this contact?"),
    (Action::Edit, "Edit Theodore Meza"),
    (Action::Note, "Note on Theodore Meza"),
    (Action::Delete, "Delete Theodore Meza (Identified)?"),
    (Action::Export, "known of Theodore Meza into a new file"),
    (Action::Erase, "is known of Theodore Meza?"),
    (Action::WrapUp, "Wrap up the call of 11:59, Theodore Meza"),
    (Action::AsOf, "▸ As of"),
    (Action::Recent, "▸ Recently viewed"),
    (Action::History, "▸ History of Theodore Meza"),
    (Action::Review, "▸ Review · decisions"),
    (Action::Online, "▸ On the website now"),
    (Action::Filter, "▸ Filter the journey"),
    (Action::Statistics, "▸ Statistics"),
    (Action::Notices, "▸ Notices"),
    (Action::Help, "▸ Help"),
    (Action::Quit, "active conversations. They go on"),
];
/// The first conversation of the roster.
const FIRST: &str = "+1 415-261-6832";
/// What takes the terminal.
const TAKES: &str = "\x1b[?1049h";

/// A desk, and the actions whose keys were pressed on it.
struct Walk {
    desk: Window,
    walked: HashSet<Action>,
}

impl Walk {
    /// Presses each key of an action and looks what came of it.
    fn each(&mut self, action: Action, mut look: impl FnMut(&mut Window, &str)) {
        for key in action.spec().keys {
            self.desk.press(key);
            look(&mut self.desk, key);
        }
        self.walked.insert(action);
    }

    fn opens(&mut self, action: Action, words: &str) {
        self.each(action, |desk, _| desk.escape(words));
    }

    fn changes_and_takes_back(&mut self) {
        self.each(Action::Accept, |desk, _| desk.shows("nobody is suggested"));
        self.each(Action::Take, |desk, _| desk.shows("it is yours already"));
        self.each(Action::Share, |desk, _| desk.shows("Marked as shared: +"));
        self.each(Action::Undo, |desk, _| desk.shows("No longer shared: +"));
        self.each(Action::Back, |desk, _| desk.hides("No longer shared"));
        self.each(Action::Copy, |desk, _| {
            desk.shows("Sent to the clipboard: +14152616832")
        });
        self.each(Action::Wider, |desk, _| desk.shows("────╮"));
        self.each(Action::Narrower, |desk, _| desk.shows("────╮"));
        self.each(Action::Mouse, |desk, _| {
            desk.shows("The mouse is the terminal's")
        });
        self.desk.escape("The mouse is the terminal's");
    }

    /// Everything came at one moment, so nothing is before it or after it.
    fn looks_back_and_on(&mut self) {
        self.opens(Action::Earlier, "Nothing earlier is kept of this person");
        self.opens(Action::Later, "this is now");
    }

    /// What was said in this organization was not kept.
    fn asks_what_was_said(&mut self) {
        self.opens(Action::Transcript, "no message of this one is kept here");
    }

    /// From the call that goes on to the one before it, and back.
    fn moves_along_the_channel(&mut self) {
        self.each(Action::NextOfChannel, |desk, _| desk.stands_on("06:41"));
        self.each(Action::PreviousOfChannel, |desk, _| desk.stands_on("11:59"));
        self.each(Action::Back, |desk, _| desk.shows("▸ Conversations"));
    }

    fn moves_from_pane_to_pane(&mut self) {
        self.each(Action::Open, |desk, _| desk.shows("▸ Profile"));
        self.each(Action::Back, |desk, _| desk.shows("▸ Conversations"));
        let mut panes = ["▸ Profile", "▸ Journey"].into_iter();
        self.each(Action::NextPane, |desk, _| {
            desk.shows(panes.next().unwrap())
        });
        let mut panes = ["▸ Profile", "▸ Conversations"].into_iter();
        self.each(Action::PreviousPane, |desk, _| {
            desk.shows(panes.next().unwrap())
        });
    }

    fn moves_from_row_to_row(&mut self) {
        self.each(Action::Jump, |desk, number| {
            desk.shows(&format!("▌{number} "))
        });
        for (away, back) in [
            (Action::Last, Action::First),
            (Action::PageDown, Action::PageUp),
            (Action::Down, Action::Up),
        ] {
            self.desk.press("home");
            self.desk.stands_on(FIRST);
            self.each(away, leaves_first);
            let keys = back.spec().keys.len();
            let mut left = keys;
            self.each(back, |desk, _| {
                left -= 1;
                if left == 0 {
                    desk.stands_on(FIRST);
                }
            });
        }
    }

    fn draws_anew_and_comes_back(&mut self) {
        for key in Action::Refresh.spec().keys {
            self.desk.draws_anew(|desk| desk.press(key));
        }
        self.walked.insert(Action::Refresh);
        // Without a shell behind it, it comes back at once.
        self.each(Action::Suspend, |desk, _| {
            desk.until("the terminal was not taken back", |desk| {
                desk.written().matches(TAKES).count() == 2
            });
        });
        self.desk.shows("▸ Conversations");
    }
}

fn leaves_first(desk: &mut Window, _: &str) {
    desk.until("the cursor stays on the first row", |desk| {
        !desk.cursor_row().contains(FIRST)
    });
}

#[test]
fn every_action_of_the_table_is_pressed_and_answers() {
    let place = Place::new();
    let before = place.dump();
    let mut walk = Walk {
        desk: place.desk("admin"),
        walked: HashSet::new(),
    };
    walk.desk.shows("▸ Conversations");
    for (action, words) in OPENING {
        walk.opens(action, words);
    }
    walk.changes_and_takes_back();
    walk.looks_back_and_on();
    walk.asks_what_was_said();
    walk.moves_along_the_channel();
    walk.moves_from_pane_to_pane();
    walk.moves_from_row_to_row();
    walk.draws_anew_and_comes_back();
    walk.each(Action::Leave, |desk, _| assert!(desk.ends()));
    assert_eq!(walk.walked, HashSet::from(Action::ALL));
    place.is_again(&before);
    place.is_sound();
}
