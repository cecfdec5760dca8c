//! How many keys the common flows take. More keys than here is a step back.

use super::place::{NOW, Place, call, chat, id_of};
use super::window::Window;

/// A flow and the keys it takes beside the letters that are typed.
struct Flow {
    name: &'static str,
    keys: usize,
    walk: fn(&mut Window),
}

const FLOWS: [Flow; 7] = [
    Flow {
        name: "why this contact",
        keys: 1,
        walk: |desk| {
            desk.press("w");
            desk.shows("Rule: ");
        },
    },
    Flow {
        name: "add to contacts",
        keys: 2,
        walk: |desk| {
            desk.press("a");
            desk.shows("^S save");
            desk.press("ctrl-s");
            desk.shows("Theodore Meza added to contacts. u undoes it");
        },
    },
    Flow {
        name: "link to somebody else",
        // The question whose the number is from now on takes the third (`design/rules.md` §3).
        keys: 3,
        walk: |desk| {
            desk.press("l");
            desk.type_text("dawn mckel");
            desk.press("enter");
            desk.shows("from now on +1 415-261-6832 is Dawn's");
            desk.press("enter");
            desk.shows("The call of 11:59 linked to Dawn McKelvey. u undoes it");
        },
    },
    Flow {
        name: "accept the suggested contact",
        // The number is shared: nothing could move, so that nothing is asked.
        keys: 1,
        walk: |desk| {
            desk.shows("whose? Jean");
            desk.press("3");
            desk.shows("Whose is phone +353 85 755 0268?");
            desk.count();
            desk.press("y");
            desk.shows("Hoskins. u undoes it");
        },
    },
    Flow {
        name: "merge with the shown duplicate",
        keys: 3,
        walk: |desk| {
            desk.press("2");
            desk.shows("the conversation gives the name “Nic”");
            desk.shows("May be the same person");
            desk.count();
            desk.press("m");
            desk.shows("maybe the same");
            desk.press("enter");
            desk.shows("the result");
            desk.press("enter");
            desk.shows("Merged: ");
        },
    },
    Flow {
        name: "unlink",
        keys: 2,
        walk: |desk| {
            desk.press("x");
            desk.shows("Wrong match");
            desk.press("enter");
            desk.shows("unlinked from Theodore Meza. u undoes it");
        },
    },
    Flow {
        name: "undo",
        keys: 1,
        walk: |desk| {
            desk.press("x enter");
            desk.shows("unlinked from Theodore Meza. u undoes it");
            desk.count();
            desk.press("u");
            desk.shows("With Theodore Meza again: the call of 11:59");
        },
    },
];

/// The number of Jeanne and of Pauric Hoskins.
const SHARED: &str = "+353857550268";

/// A conversation from a shared number, and one that hits two contacts, stand below the first one.
fn place() -> Place {
    let place = Place::with(&[call(1, "Somebody", SHARED)]);
    place.run_at(NOW, &["unlink", &id_of(1), "--shared"]);
    place.ingest(&[
        call(2, "One of the Hoskins", SHARED),
        chat(3, "Nic", "preston57358@example.com", "+14152616832"),
    ]);
    place
}

#[test]
fn the_common_flows_take_few_keys() {
    for flow in FLOWS {
        let place = place();
        let mut desk = place.desk("agent-merge");
        (flow.walk)(&mut desk);
        assert_eq!(desk.count(), flow.keys, "{}", flow.name);
        place.is_sound();
    }
}
