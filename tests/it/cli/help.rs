//! What the program says of itself, and what it refuses before it looks at a store.

use super::Place;

#[test]
fn the_help_groups_the_commands_and_has_each_once() {
    let place = Place::new();
    let help = place.good(&["--help"]);
    let mut command = scv_desk::cli::command();
    command.build();
    for sub in command.get_subcommands() {
        let starts = format!("  {} ", sub.get_name());
        let found = help.lines().filter(|line| line.starts_with(&starts));
        assert_eq!(found.count(), 1, "{}: {help}", sub.get_name());
    }
    let places = [
        "People:",
        "Conversations:",
        "Why, history and undo:",
        "Bring in:",
        "The store:",
        "The program:",
        "Options:",
        "Global options:",
        "Exit status:",
    ];
    let places = places.map(|heading| help.find(heading).expect(heading));
    assert!(places.is_sorted(), "{help}");
}

#[test]
fn the_options_of_every_command_stand_apart_from_its_own() {
    let help = Place::new().good(&["undo", "--help"]);
    let (own, global) = help.split_once("Global options:").expect("a heading");
    for option in ["--store", "--config", "--agent", "--role", "--json"] {
        assert!(global.contains(option) && !own.contains(option), "{help}");
    }
    for option in ["--preview", "--assign", "--yes", "--batch"] {
        assert!(own.contains(option) && !global.contains(option), "{help}");
    }
}

#[test]
fn a_blank_option_is_refused_and_a_blank_variable_is_not_set() {
    let place = Place::filled();
    for (option, what) in [
        ("--agent", "who acts"),
        ("--role", "the role"),
        ("--store", "the file"),
        ("--config", "the file"),
    ] {
        for blank in ["", "  "] {
            let said = place.run(&["stats", option, blank]).sentence(2);
            let wanted = format!("{option} is blank; name {what}, or leave {option} out");
            assert_eq!(said, wanted);
        }
    }
    for command in [
        &["doctor", "--config", ""][..],
        &["config", "show", "--role", " "],
    ] {
        assert!(place.run(command).sentence(2).contains("is blank"));
    }
    let blank = [("SCV_AGENT", " "), ("SCV_ROLE", ""), ("SCV_CONFIG", " ")];
    assert_eq!(place.run_with(&blank, &["stats"]).code, 0);
}

#[test]
fn a_limit_of_nothing_and_a_blank_search_are_told_what_to_give() {
    let place = Place::filled();
    let efa = place.found("efa");
    for (args, wanted) in [
        (&["history"][..], "give how many to print, 1 or more"),
        (&["journey", &efa], "give how many to print, 1 or more"),
        (
            &["contact", "search", "efa"],
            "give how many to print, 1 to 100",
        ),
    ] {
        let run = place.run(&[args, &["--limit", "0"]].concat());
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(wanted), "{}", run.err);
    }
    for blank in ["", "  "] {
        let said = place.run(&["contact", "search", blank]).sentence(2);
        assert!(
            said.starts_with("the search is blank; give part of a name"),
            "{said}"
        );
    }
}
