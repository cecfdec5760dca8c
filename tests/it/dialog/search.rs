//! The search box.

use scv_desk::backend::Trouble;
use scv_desk::backend::view::{Brief, SearchHit, SearchResult};
use scv_desk::domain::command::{Claiming, Command};
use scv_desk::domain::contact::ContactType;
use scv_desk::domain::conversation::Channel;
use scv_desk::tui::action::Action;
use scv_desk::tui::effect::Read;
use scv_desk::tui::layer::{Layer, Then};
use scv_desk::tui::msg::{Reply, Subject};

use super::Bench;
use crate::fake::{contact_id, conversation_id};

impl Bench {
    /// The row of a form with this label has this value.
    fn row_shows(&self, label: &str, value: &str) {
        let text = self.text();
        let row = text.lines().find(|line| line.contains(label)).unwrap();
        assert!(row.contains(value), "{row}");
    }
}

pub fn hit(number: u128, name: &str) -> SearchHit {
    SearchHit {
        contact: contact_id(number),
        name: name.to_owned(),
        name_matched: vec![0..2],
        detail: "+353 86 123 4567".to_owned(),
        detail_matched: Vec::new(),
        place: Some("Cork".to_owned()),
        by_typo: false,
    }
}

pub fn found(text: &str, hits: Vec<SearchHit>) -> Reply {
    page(text, 0, hits.len(), hits)
}

fn page(text: &str, offset: usize, total: usize, hits: Vec<SearchHit>) -> Reply {
    let result = Ok(SearchResult {
        hits,
        total,
        of: 1_204_118,
    });
    Reply::Search {
        text: text.to_owned(),
        offset,
        result,
    }
}

fn searched(text: &str) -> Read {
    Read::Search {
        text: text.to_owned(),
        limit: 20,
        offset: 0,
    }
}

fn shown(bench: &Bench) -> Option<Subject> {
    match bench.then {
        Some(Then::Show(subject)) => Some(subject),
        _ => None,
    }
}

#[test]
fn every_key_asks_and_only_the_answer_to_the_text_is_shown() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("by");
    assert_eq!(bench.asked(), searched("by"));
    assert!(!bench.reply(&found("b", vec![hit(60, "Bo Berg")])));
    assert!(bench.reply(&found(
        "by",
        vec![hit(61, "Byrne Tom"), hit(62, "Byrne Una")]
    )));
    bench.hides("Bo Berg");
    bench.shows("Byrne Tom");
    bench.shows("2 of 1,204,118");
    bench.press("enter");
    assert_eq!(shown(&bench), Some(Subject::Contact(contact_id(61))));
}

#[test]
fn enter_before_the_answer_means_the_answer() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("ol");
    bench.reply(&found("ol", vec![hit(60, "Olaf")]));
    bench.type_in("g").press("enter");
    assert!(bench.is_open(), "the old row must not be opened");
    bench.reply(&found("olg", vec![hit(61, "Olga")]));
    assert_eq!(shown(&bench), Some(Subject::Contact(contact_id(61))));
}

#[test]
fn letters_act_in_the_list_and_are_text_in_the_box() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("lmn");
    assert_eq!(bench.asked(), searched("lmn"));
    bench.reply(&found("lmn", vec![hit(61, "Lmn One"), hit(62, "Lmn Two")]));
    bench.press("down down l");
    bench.shows("Link this conversation to Lmn Two");
    bench.press("esc");
    bench.shows("Lmn One");
    bench.press("y");
    assert!(bench.wrote_nothing(), "y means nothing in the list");
}

#[test]
fn a_found_contact_is_linked_in_two_more_keys() {
    let mut bench = Bench::on(2).open(Action::Link);
    bench.type_in("jo");
    bench.reply(&found("jo", vec![hit(61, "Jon Ortega")]));
    bench.press("enter");
    bench.shows("from now on j.ortega@example.com is Jon's");
    bench.press("y");
    let Command::Link {
        conversation,
        contact,
        claiming,
    } = bench.command()
    else {
        panic!("no link");
    };
    assert_eq!(
        (conversation, contact),
        (conversation_id(2), contact_id(61))
    );
    assert_eq!(claiming, Claiming::Move);
    assert_eq!(
        bench.written().said,
        "this conversation linked to Jon Ortega"
    );
    assert!(!bench.works().is_open());
}

#[test]
fn linking_without_a_conversation_says_what_is_missing() {
    let mut bench = Bench::on_nothing().open(Action::Search);
    bench.type_in("jo");
    bench.reply(&found("jo", vec![hit(61, "Jon Ortega")]));
    bench.press("ctrl-l");
    bench.shows("Linking needs a conversation");
    bench.press("ctrl-o");
    bench.shows("Merging needs a contact");
}

#[test]
fn a_missing_right_is_named() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.role = scv_desk::domain::Role::bundled("agent").unwrap();
    bench.type_in("jo");
    bench.reply(&found("jo", vec![hit(61, "Jon Ortega")]));
    bench.press("ctrl-o");
    bench.shows("needs externalContacts:identity:merge");
}

#[test]
fn what_nobody_has_becomes_a_new_contact_with_the_text_in_its_field() {
    for (typed, label, value) in [
        ("Nora Quill", "last name", "Quill"),
        ("086 555 0101", "cell phone", "+353 86 555 0101"),
        ("nora@example.ie", "personal e-mail", "nora@example.ie"),
    ] {
        let mut bench = Bench::on_nothing().open(Action::Search);
        bench.type_in(typed);
        bench.reply(&found(typed, Vec::new()));
        bench.shows(&format!("New contact: {typed}"));
        bench.press("enter");
        bench.row_shows(label, value);
    }
}

#[test]
fn an_empty_result_offers_to_add_the_unknown_person_first() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("zzz");
    bench.reply(&found("zzz", Vec::new()));
    bench.shows("Add to contacts: Jon Ortega");
    bench.shows("New contact: zzz");
    bench.press("enter");
    for (label, value) in [
        ("first name", "Jon"),
        ("last name", "Ortega"),
        ("personal e-mail", "j.ortega@example.com"),
    ] {
        bench.row_shows(label, value);
    }
}

#[test]
fn a_typed_number_stands_beside_what_the_conversation_gave() {
    let mut bench = Bench::on(3).open(Action::Search);
    bench.type_in("086 555 0101");
    bench.reply(&found("086 555 0101", Vec::new()));
    bench.press("enter");
    bench.row_shows("cell phone", "+353 86 555 0101");
    let mut bench = Bench::on(1).open(Action::Search);
    bench.type_in("Nora Quill");
    bench.reply(&found("Nora Quill", Vec::new()));
    bench.shows("New contact: Nora Quill");
    bench.press("enter");
    bench.row_shows("first name", "Nora");
    bench.row_shows("last name", "Quill");
    bench.row_shows("cell phone", "+353 86 123 4567");
}

#[test]
fn those_at_hand_are_counted_besides_those_that_were_found() {
    let mut bench = Bench::on(2);
    bench.recent = vec![
        brief(70, ContactType::Curated, "Zoe Nair"),
        Brief {
            says: Some("Zoe Daly".to_owned()),
            ..brief(71, ContactType::Identified, "")
        },
    ];
    let mut bench = bench.open(Action::Search);
    bench.type_in("zo");
    bench.reply(&found("zo", Vec::new()));
    bench.shows("says Zoe Daly");
    bench.shows(" 2 at hand");
    bench.hides(" 0 of");
    bench.type_in("e");
    bench.reply(&found("zoe", vec![hit(70, "Zoe Nair"), hit(80, "Zoe Old")]));
    bench.shows("2 of 1,204,118 · 1 at hand");
}

/// `^L` links here, as the hint says; the other key of that action reads anew.
#[test]
fn a_function_key_searches_anew() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("by");
    bench.reply(&found("by", vec![hit(61, "Byrne Tom")]));
    bench.effects.clear();
    bench.press("f5");
    assert_eq!(bench.asked(), searched("by"));
    bench.shows("Byrne Tom");
}

#[test]
fn recent_contacts_stand_in_the_empty_box() {
    let mut bench = Bench::on(6);
    bench.recent = vec![brief(70, ContactType::Curated, "Priya Nair")];
    let mut bench = bench.open(Action::Search);
    bench.shows("Priya Nair");
    bench.press("enter");
    assert_eq!(shown(&bench), Some(Subject::Contact(contact_id(70))));
}

#[test]
fn with_rivals_the_shared_number_is_offered_and_typing_replaces_it() {
    let mut bench = Bench::on(1).open(Action::Search);
    assert_eq!(bench.asked(), searched("+353 86 123 4567"));
    bench.type_in("c");
    assert_eq!(bench.asked(), searched("c"));
}

#[test]
fn the_name_of_somebody_unknown_is_looked_for_at_once() {
    for action in [Action::Search, Action::Link, Action::Merge] {
        let mut bench = Bench::on(2).open(action);
        assert_eq!(bench.asked(), searched("Jon Ortega"), "{action:?}");
        bench.type_in("c");
        assert_eq!(bench.asked(), searched("c"), "typing takes its place");
    }
    let mut merging = Bench::on(2).open(Action::Merge);
    merging.hides("on the desk");
    merging.reply(&found("Jon Ortega", Vec::new()));
    merging.shows("on the desk");
    let mut bench = Bench::on(2);
    bench.profile.as_mut().unwrap().suggestions = vec![brief(70, ContactType::Curated, "Priya")];
    bench.open_again(Action::Merge);
    bench.shows("maybe the same");
    bench.hides("> Jon Ortega");
}

#[test]
fn the_merge_picker_lists_people_of_any_type_at_hand() {
    let mut bench = Bench::on(1).open(Action::Merge);
    bench.shows("Merge Efa Byrne with");
    bench.shows("Claire Byrne");
    bench.shows("also uses");
    bench.shows("maybe the same");
    bench.shows("on the desk");
    let own = bench.text().matches("Efa Byrne").count();
    assert_eq!(own, 1, "the contact is no partner of itself");
    bench.type_in("claire");
    bench.hides("maybe the same");
    bench.shows("Claire Byrne");
}

#[test]
fn what_is_typed_finds_everybody_at_hand_by_what_the_roster_shows() {
    for typed in [
        "visitor 199",
        "says visitor 199",
        "0871234999",
        "353871234999",
        "1234 999",
    ] {
        let mut bench = among_many().open(Action::Merge);
        bench.type_in(typed);
        bench.shows("says Visitor 199");
        bench.hides("says Visitor 198");
    }
    let mut bench = among_many().open(Action::Merge);
    bench.type_in("visitor150@exa");
    bench.shows("says Visitor 150");
}

/// A roster of a hundred visitors whom nobody named; the last one called.
fn among_many() -> Bench {
    let mut bench = Bench::on(1);
    let one = bench.roster.lines[1].clone();
    for number in 100..200 {
        let mut line = one.clone();
        line.id = conversation_id(number);
        line.contact = Some(contact_id(number));
        line.provided_name = Some(format!("Visitor {number}"));
        line.address = Some(format!("visitor{number}@example.com"));
        bench.roster.lines.push(line);
    }
    let last = bench.roster.lines.last_mut().unwrap();
    (last.channel, last.address) = (Channel::Call, Some("+353871234999".to_owned()));
    bench
}

#[test]
fn several_are_chosen_for_one_merge() {
    let mut bench = Bench::on(1).open(Action::Merge);
    bench.press("down space space enter");
    let Read::MergePreview { contacts, .. } = bench.asked() else {
        panic!("no preview");
    };
    assert_eq!(
        contacts.len(),
        3,
        "the own and the two that were marked, not the one under the cursor"
    );
    assert_eq!(contacts[0], contact_id(1));
}

#[test]
fn an_id_may_be_typed() {
    let mut bench = Bench::on(2).open(Action::Merge);
    let id = contact_id(50);
    bench.paste(&id.to_string());
    assert_eq!(bench.asked(), Read::Other(id));
    let profile = bench.world.contacts[&id].clone();
    bench.reply(&found(&id.to_string(), Vec::new()));
    bench.reply(&Reply::Other(id, Ok(profile)));
    bench.shows("this id");
    bench.press("enter");
    assert!(matches!(bench.layer, Some(Layer::Merge(_))));
}

#[test]
fn an_id_that_nobody_has_makes_no_contact() {
    let mut bench = Bench::on(2).open(Action::Search);
    let id = contact_id(50);
    bench.paste(&id.to_string());
    bench.reply(&found(&id.to_string(), Vec::new()));
    let gone = Trouble::NotFound("the contact".to_owned());
    bench.reply(&Reply::Other(id, Err(gone)));
    bench.shows("No contact has this id");
    bench.hides("New contact:");
}

#[test]
fn a_long_list_is_read_on_page_by_page() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("a");
    let twenty = |from: u128| {
        (from..from + 20)
            .map(|n| hit(n, &format!("Ada {n}")))
            .collect()
    };
    bench.reply(&page("a", 0, 45, twenty(100)));
    bench.press("down end");
    let next = Read::Search {
        text: "a".to_owned(),
        limit: 20,
        offset: 20,
    };
    assert_eq!(bench.asked(), next);
    bench.reply(&page("a", 20, 45, twenty(120)));
    bench.press("end");
    bench.shows("Ada 139");
}

#[test]
fn trouble_is_told_and_what_was_found_stays() {
    let mut bench = Bench::on(2).open(Action::Search);
    bench.type_in("a");
    bench.reply(&found("a", vec![hit(61, "Ada")]));
    bench.type_in("d");
    let result = Err(Trouble::Broken(
        "the backend is away; press F5 to try again".to_owned(),
    ));
    let text = "ad".to_owned();
    bench.reply(&Reply::Search {
        text,
        offset: 0,
        result,
    });
    bench.shows("the backend is away");
    bench.shows("Ada");
}

pub fn brief(number: u128, kind: ContactType, name: &str) -> Brief {
    Brief {
        id: contact_id(number),
        kind,
        name: name.to_owned(),
        says: None,
        detail: "+44 20 7946 0011".to_owned(),
    }
}
