//! Configuration, environment, and what the program says of its surroundings.

use super::{NOW, Place};

#[test]
fn what_cannot_be_taken_is_named_with_file_line_key_and_what_is_allowed() {
    let place = Place::new();
    let path = place.write(
        "bad.toml",
        "region = \"IE\"\n\n[merge]\nrules = \"none\"\nrulez = 1\n",
    );
    let sentence = place.refused(&["stats", "--config", &path]);
    let wanted = format!(
        "{path} line 4: merge.rules is \"none\"; allowed is \"deck\" or \"current\" (and 1 more; `scv doctor` lists them)"
    );
    assert_eq!(sentence, wanted);
    let run = place.run(&["doctor", "--config", &path]);
    assert_eq!(run.code, 1);
    assert!(
        run.out
            .contains("line 5: merge.rulez is not known; known in [merge] are rules"),
        "{}",
        run.out
    );
    let missing = place.refused(&["stats", "--config", "nowhere.toml"]);
    assert_eq!(
        missing,
        "nowhere.toml: no such configuration file; check the path"
    );
}

#[test]
fn keys_that_cannot_be_taken_are_told_and_stop_no_command() {
    let place = Place::new();
    let keys =
        "[keys]\nmerge = [\"m\", \"g m\"]\nmarge = [\"x\"]\nlink = [\"nokey\"]\nedit = [\"m\"]\n";
    let path = place.write("keys.toml", keys);
    place.good(&["config", "show", "--config", &path]);
    let run = place.run(&["config", "check", "--config", &path]);
    assert_eq!(run.code, 1, "{}", run.err);
    for wanted in [
        "Keys name the action \"marge\", which is not known",
        "Keys of link: key `nokey` is not known",
        "Key m is given to both edit and merge; edit keeps it",
        "Key g begins g m of merge, so it is no longer first",
    ] {
        assert!(
            run.out.contains(wanted),
            "{wanted:?} is not in\n{}",
            run.out
        );
    }
    let path = place.write(
        "c.toml",
        "[merge]\nrules = \"none\"\n[keys]\nmarge = [\"x\"]\n",
    );
    let run = place.run(&["config", "check", "--json", "--config", &path]);
    assert_eq!(run.code, 1);
    let found: serde_json::Value = serde_json::from_str(&run.out).expect(&run.err);
    assert_eq!(found["wrong"][0]["line"], 2);
    assert_eq!(found["wrong"][1]["line"], serde_json::Value::Null);
    let path = place.write("good.toml", "[keys]\nmerge = [\"M\"]\n");
    let run = place.run(&["config", "check", "--config", &path]);
    assert_eq!(
        (run.code, run.out.contains("nothing is wrong")),
        (0, true),
        "{}",
        run.out
    );
}

#[test]
fn a_theme_of_ones_own_is_looked_over_and_stops_no_command() {
    let place = Place::new();
    std::fs::create_dir(place.path("themes")).unwrap();
    let path = place.write("c.toml", "[theme]\nname = \"mine\"\n");
    let check = |theme: &str| {
        place.write("themes/mine.toml", theme);
        let run = place.run(&["config", "check", "--config", &path]);
        (run.code, run.out)
    };
    let (code, out) = check("base = \"dark\"\ngood = \"#86d993\"\n");
    assert_eq!((code, out.contains("nothing is wrong")), (0, true), "{out}");
    let (code, out) = check("base = \"dark\"\n\ngoood = \"#86d993\"\nmark = \"mauve\"\n");
    assert_eq!(code, 1, "{out}");
    for wanted in [
        "themes/mine.toml line 3: role `goood` is not known; known are text,",
        "themes/mine.toml line 4: mark is \"mauve\"; a colour is written like \"#7cc4ff\"",
    ] {
        assert!(out.contains(wanted), "{wanted:?} is not in\n{out}");
    }
    place.good(&["config", "show", "--config", &path]);
    let doctor = place.run(&["doctor", "--config", &path]).out;
    assert!(
        doctor.contains("theme `mine`, line 3: role `goood`"),
        "{doctor}"
    );
    let (code, out) = check(&"# no colour\n".repeat(6_000));
    assert_eq!(
        (code, out.contains("it is larger than 64 KB")),
        (1, true),
        "{out}"
    );
}

#[test]
fn a_theme_that_is_nowhere_is_named_with_those_that_are_there() {
    let place = Place::new();
    let path = place.write("c.toml", "[theme]\ndark = \"solar\"\n");
    let run = place.run(&["config", "check", "--config", &path]);
    assert_eq!(run.code, 1);
    let wanted = "theme `solar` is not one of dark, light, high-contrast";
    assert!(run.out.contains(wanted), "{}", run.out);
    let path = place.write("c.toml", "[theme]\nname = \"../c\"\nlight = \"auto\"\n");
    let run = place.run(&["config", "check", "--config", &path]);
    for wanted in [
        "line 2: theme.name is \"../c\"",
        "line 3: theme.light is \"auto\"",
    ] {
        assert!(
            run.out.contains(wanted),
            "{wanted:?} is not in\n{}",
            run.out
        );
    }
}

#[test]
fn an_option_stands_above_the_environment_and_that_above_the_file() {
    let place = Place::new();
    let path = place.write(
        "c.toml",
        "[agent]\nname = \"File\"\nrole = \"supervisor\"\n",
    );
    let agent = |variables: &[(&str, &str)], args: &[&str]| {
        let args: Vec<&str> = ["config", "show", "--json", "--config", &path]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let run = place.run_with(variables, &args);
        let shown: serde_json::Value = serde_json::from_str(&run.out).expect(&run.err);
        let text = |key: &str| shown[key].as_str().unwrap().to_owned();
        (text("agent.name"), text("agent.role"))
    };
    let pair = |name: &str, role: &str| (name.to_owned(), role.to_owned());
    assert_eq!(agent(&[("SCV_AGENT", "")], &[]), pair("File", "supervisor"));
    let empty = [("SCV_AGENT", ""), ("SCV_ROLE", ""), ("SCV_CONFIG", "")];
    assert_eq!(agent(&empty, &[]), pair("File", "supervisor"));
    let environment = [("SCV_AGENT", "Env"), ("SCV_ROLE", "admin")];
    assert_eq!(agent(&environment, &[]), pair("Env", "admin"));
    assert_eq!(
        agent(&environment, &["--agent", "Flag", "--role", "agent"]),
        pair("Flag", "agent")
    );
}

#[test]
fn roles_of_the_configuration_can_be_acted_in() {
    let place = Place::new();
    let path = place.write(
        "c.toml",
        "[roles.loader]\npermissions = [\"externalContacts:importJob:add\"]\n",
    );
    let contacts = place.write("c.csv", super::CONTACTS);
    place.good(&[
        "import", "contacts", &contacts, "--config", &path, "--role", "loader",
    ]);
    let refused = place.refused(&["stats", "--config", &path, "--role", "loader"]);
    assert_eq!(
        refused,
        "needs externalContacts:contact:view; act as --role agent"
    );
    let unknown = place
        .run(&["stats", "--config", &path, "--role", "king"])
        .sentence(2);
    assert!(
        unknown.ends_with("roles are agent, agent-merge, supervisor, admin, loader"),
        "{unknown}"
    );
    let wrong = place.write("w.toml", "[roles.loader]\npermissions = [\"import\"]\n");
    let sentence = place.refused(&["stats", "--config", &wrong]);
    assert!(
        sentence.contains("line 2: roles.loader.permissions has \"import\""),
        "{sentence}"
    );
}

#[test]
fn the_clock_is_set_by_one_variable() {
    let place = Place::new();
    let wrong = place
        .run_with(&[("SCV_NOW", "yesterday")], &["stats"])
        .sentence(2);
    assert!(
        wrong.starts_with("SCV_NOW: \"yesterday\" is not a time"),
        "{wrong}"
    );
    let added = place.json(&["contact", "add", "--first-name", "A", "--last-name", "B"]);
    assert_eq!(added["createDate"], NOW.replace("00Z", "00.000Z"));
}

#[test]
fn a_store_that_is_not_there_or_not_ours_is_one_sentence() {
    let place = Place::new();
    let missing = place.refused(&["stats"]);
    assert!(missing.contains("no such store"), "{missing}");
    assert!(!place.path("scv.db").exists());
    place.write(
        "scv.db",
        "this is no store, whatever its name says; it is a text of more than a hundred bytes, so \
        that it could be one by its length.",
    );
    let foreign = place.refused(&["stats"]);
    assert!(foreign.contains("not an scv store"), "{foreign}");
}

#[test]
fn only_what_brings_contacts_in_makes_a_store() {
    let place = Place::new();
    let id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let reading = [
        &["stats"][..],
        &["check"],
        &["contact", "search", "efa"],
        &["contact", "show", id],
        &["conversation", "show", id],
        &["identifier", "list", id],
        &["journey", id],
        &["why", id],
    ];
    let acting = [
        &["promote", id, "--first-name", "A", "--last-name", "B"][..],
        &["unlink", id],
        &["undo"],
        &["expire", "--role", "admin"],
    ];
    for args in reading.iter().chain(&acting) {
        let refused = place.refused(args);
        let wanted = "no such store; check the path; `scv import` or `scv ingest` makes one";
        assert!(refused.contains(wanted), "{args:?}: {refused}");
    }
    let doctor = place.run(&["doctor"]);
    assert!(doctor.out.contains("scv.db, not there"), "{}", doctor.out);
    assert!(!place.path("scv.db").exists());
}

#[test]
fn the_doctor_looks_everything_over() {
    let place = Place::filled();
    let run = place.run(&["doctor"]);
    assert_eq!(run.code, 0, "{}", run.out);
    for about in [
        "scv ",
        "configuration",
        "agent",
        "clock",
        "store",
        "terminal",
        "colours",
        "locale",
    ] {
        assert!(
            run.out.lines().any(|line| line[6..].starts_with(about)),
            "{about}: {}",
            run.out
        );
    }
    let path = place.good(&["config", "path"]);
    assert!(path.trim_end().ends_with("scv/config.toml"), "{path}");
}

#[test]
fn the_demo_refuses_what_means_nothing_there_and_names_its_role() {
    let place = Place::new();
    let refused = |args: &[&str]| {
        let args: Vec<&str> = ["demo"].iter().chain(args).copied().collect();
        let run = place.run(&args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args:?}");
        run.err.trim().to_owned()
    };
    assert_eq!(
        refused(&["--store", "x.db"]),
        "scv: --store: the demo has a store of its own, gone afterwards; leave --store out"
    );
    assert_eq!(
        refused(&["--agent", "Niamh"]),
        "scv: --agent: the demo has an agent of its own, Mara Lindt; leave --agent out"
    );
    let sentence = refused(&["--json"]);
    assert!(
        sentence.contains("the demo has no JSON to print"),
        "{sentence}"
    );
    assert_eq!(
        refused(&["--story", "8"]),
        "scv: --story: the stories are 1 to 7"
    );
    let sentence = place.refused(&["demo"]);
    assert!(sentence.contains("needs a terminal"), "{sentence}");
    let help = place.good(&["demo", "--help"]);
    assert!(
        help.contains("agent-merge unless --role names another"),
        "{help}"
    );
}
