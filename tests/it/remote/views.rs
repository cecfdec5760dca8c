//! Every read and every kind of change through a server, against the engine behind it.

use scv_desk::backend::view::{HistoryQuery, JourneyQuery, ReviewQuery, Whose};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Claiming, Command, Sharing, Sure};
use scv_desk::domain::review::{Filter, List, Reach};
use scv_desk::domain::{ContactId, Field, Refusal};

use super::on;
use crate::server::place::Place;
use crate::world::{edit, fields};

fn all() -> JourneyQuery {
    JourneyQuery {
        limit: 200,
        ..JourneyQuery::default()
    }
}

/// Asks both the same and compares.
macro_rules! alike {
    ($place:expr, $near:expr, $far:expr, $ask:ident($($with:expr),*)) => {{
        let near = $place.runtime.block_on($near.$ask($($with),*));
        let far = $place.runtime.block_on($far.$ask($($with),*));
        assert_eq!(near, far, stringify!($ask));
        near
    }};
}

#[test]
fn a_server_tells_what_the_engine_tells() {
    let place = Place::filled();
    for role in ["agent", "agent-merge", "supervisor", "admin"] {
        let (near, far) = (place.backend(role, role), on(&place, role));
        alike!(place, near, far, roster()).unwrap();
        alike!(place, near, far, names()).unwrap();
        let seen = place.backend("walker", "admin");
        let lines = place.runtime.block_on(seen.roster()).unwrap().lines;
        assert!(5 < lines.len());
        for line in lines.iter().take(12) {
            let profile = alike!(place, near, far, profile_of(line.id)).unwrap();
            let _ = alike!(place, near, far, why(line.id));
            let _ = alike!(place, near, far, why_not(line.id, line.contact.unwrap()));
            let at = line.start.plus_ms(1_000);
            let _ = alike!(place, near, far, past(Whose::Conversation(line.id), at));
            if let Some(contact) = profile.contact {
                alike!(place, near, far, profile(contact.id)).unwrap();
                let _ = alike!(place, near, far, journey(contact.id, all()));
                let _ = alike!(place, near, far, why_contact(contact.id));
                let _ = alike!(place, near, far, preview_erase(contact.id));
                let _ = alike!(
                    place,
                    near,
                    far,
                    lines_of(vec![contact.id, ContactId(uuid::Uuid::nil())])
                );
            }
        }
        for text in ["an", "o'b", "+353", "zzzzzz"] {
            alike!(place, near, far, search(text.to_owned(), 20, 0)).unwrap();
        }
        let query = HistoryQuery {
            limit: 50,
            ..HistoryQuery::default()
        };
        alike!(place, near, far, history(query.clone())).unwrap();
        alike!(place, near, far, last_undoable()).unwrap();
    }
}

#[test]
fn the_review_is_the_same_on_a_server() {
    let place = Place::filled();
    let zone = jiff::tz::TimeZone::UTC;
    for role in ["agent", "supervisor", "admin"] {
        let (near, far) = (place.backend(role, role), on(&place, role));
        for words in [
            "",
            "kind:auto-link",
            "channel:call",
            "doubtful",
            "unlinked order:oldest",
        ] {
            let filter = Filter::read(words, &zone).unwrap();
            let query = ReviewQuery {
                list: List::Decisions,
                filter: filter.clone(),
                after: None,
                limit: 40,
            };
            let page = alike!(place, near, far, review(query.clone()));
            let count = alike!(
                place,
                near,
                far,
                review_count(List::Decisions, filter.clone(), Reach::Quick)
            );
            assert_eq!(page.is_ok(), role != "agent", "{role} {words}");
            assert_eq!(count.is_ok(), role != "agent", "{role} {words}");
            let sampled = alike!(place, near, far, review_sample(filter.clone(), 5, 3));
            assert_eq!(sampled.is_ok(), role != "agent");
            let _ = alike!(place, near, far, review_precision(filter.clone()));
        }
        let talks = ReviewQuery {
            list: List::Conversations,
            limit: 30,
            ..ReviewQuery::default()
        };
        let first = alike!(place, near, far, review(talks.clone()));
        if let Ok(page) = first {
            assert_eq!(page.conversations.len(), 30);
            let after = page.next;
            alike!(
                place,
                near,
                far,
                review(ReviewQuery {
                    after,
                    ..talks.clone()
                })
            )
            .unwrap();
        }
    }
    // What one saves on the server, the engine has.
    let far = on(&place, "supervisor");
    let near = place.backend(&far.actor().0, "supervisor");
    let save = Command::SaveFilter {
        name: "mine".to_owned(),
        filter: Box::new(Filter::read("unlinked", &zone).unwrap()),
    };
    place.runtime.block_on(far.run(save)).unwrap();
    let saved = alike!(place, near, far, review_filters()).unwrap();
    assert_eq!(saved.len(), 1);
}

#[test]
fn changes_come_to_what_they_come_to_on_the_engine() {
    let place = Place::filled();
    let (near, far) = (place.backend("admin", "admin"), on(&place, "admin"));
    let run = |command: Command| place.runtime.block_on(far.run(command));
    let create = |last: &str| Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, last),
        ])),
        link: None,
    };
    let efa = run(create("Nolan")).unwrap().contact.unwrap();
    let other = run(create("Byrne")).unwrap().contact.unwrap();
    let edits = vec![edit(Field::City, "Cork")];
    run(Command::Edit {
        contact: efa,
        edits,
    })
    .unwrap();
    let note = Command::AddNote {
        contact: efa,
        text: "called twice".to_owned(),
    };
    run(note).unwrap();
    let line = place.runtime.block_on(near.roster()).unwrap().lines[0].clone();
    let link = Command::Link {
        conversation: line.id,
        contact: efa,
        claiming: Claiming::Leave,
    };
    run(link.clone()).unwrap();
    let again = run(link).unwrap_err();
    assert_eq!(again, Trouble::Refused(Box::new(Refusal::AlreadyLinked)));
    let profile = place.runtime.block_on(far.profile_of(line.id)).unwrap();
    assert_eq!(profile.contact.unwrap().id, efa);
    let unlink = Command::Unlink {
        conversation: line.id,
        sharing: Sharing::Leave,
    };
    let entry = run(unlink).unwrap().entry.unwrap();
    run(Command::Undo { entry }).unwrap();
    let merge = Command::Merge {
        contacts: vec![efa, other],
        takes: Vec::new(),
        sure: Sure::AskedOnce,
    };
    let both = run(merge).unwrap_err();
    assert_eq!(both, Trouble::Refused(Box::new(Refusal::BothCurated)));
    run(Command::NotSame { one: efa, other }).unwrap();
    run(Command::Delete { contact: other }).unwrap();
    let gone = place.runtime.block_on(far.profile(other)).unwrap();
    assert!(gone.contact.is_none() && gone.gone.is_some());
    let check = place
        .runtime
        .block_on(scv_desk::store::Store::check(place.store.as_ref()));
    assert_eq!(check.unwrap(), Vec::<String>::new());
}

#[test]
fn what_another_desk_does_is_heard_of() {
    let place = Place::filled();
    let (one, other) = (on(&place, "agent"), on(&place, "agent-merge"));
    let mut heard = one.watch();
    place.runtime.block_on(async {
        one.follow();
        // The first answer says from where on changes are told.
        heard.recv().await.unwrap();
        let create = Command::Create {
            fields: Box::new(fields(&[
                (Field::FirstName, "Efa"),
                (Field::LastName, "Nolan"),
            ])),
            link: None,
        };
        let made = other.run(create).await.unwrap().contact.unwrap();
        let is_told = async {
            loop {
                if heard.recv().await == Ok(scv_desk::live::Topic::Contact(made)) {
                    return;
                }
            }
        };
        let limit = std::time::Duration::from_secs(20);
        tokio::time::timeout(limit, is_told).await.unwrap();
    });
}

#[test]
fn an_export_goes_into_a_file_of_this_machine() {
    let place = Place::filled();
    let far = on(&place, "admin");
    let line = place.runtime.block_on(far.roster()).unwrap().lines[0].clone();
    let contact = line.contact.unwrap();
    let file = place.dir.path().join("person.json");
    place
        .runtime
        .block_on(far.export(contact, file.clone()))
        .unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(&contact.to_string()));
    let again = place
        .runtime
        .block_on(far.export(contact, file))
        .unwrap_err();
    assert!(again.to_string().contains("is there already"), "{again}");
}
