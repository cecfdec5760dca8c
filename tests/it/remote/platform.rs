//! The desk on a server that speaks the Platform API and nothing else: `scv serve` with our own routes taken
//! away. What it puts together from the API's answers is what the engine behind it tells, and its changes
//! come to the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use scv_desk::backend::remote::Server;
use scv_desk::backend::remote::platform::PlatformBackend;
use scv_desk::backend::view::{
    Feature, HistoryQuery, Journey, JourneyConversation, JourneyItem, JourneyQuery, Profile,
    ProfileState,
};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{
    Action, Claiming, Command, EntryId, Expected, Outcome, Remark, Sharing, Sure,
};
use scv_desk::domain::contact::{Contact, ContactId, ContactType};
use scv_desk::domain::conversation::{Channel, ConversationId, Status};
use scv_desk::domain::{Field, Permission, Refusal};
use scv_desk::store::Store;
use scv_desk::store::account::AccountKind;

use super::faults::Way;
use super::way;
use crate::server::place::Place;
use crate::world::{edit, fields};

fn all() -> JourneyQuery {
    JourneyQuery {
        limit: 500,
        ..JourneyQuery::default()
    }
}

/// A desk on the Platform API alone.
fn on(place: &Place, role: &str) -> PlatformBackend {
    signed_in(place, &place.token(role))
}

fn signed_in(place: &Place, token: &str) -> PlatformBackend {
    let (now, address) = (place.now(), format!("http://{}/", place.address));
    let http = Arc::new(way(&address, token, move || now));
    let connected = PlatformBackend::connect(http, None);
    place.runtime.block_on(connected).unwrap()
}

/// The user who handles the most conversations, and their desk.
fn busiest(place: &Place, role: &str) -> (String, PlatformBackend) {
    let all = place
        .runtime
        .block_on(place.backend("walker", "admin").roster())
        .unwrap();
    let mut active = all.lines.iter().filter(|line| line.end.is_none());
    let name = active
        .find_map(|line| line.agent.clone())
        .expect("somebody talks");
    let account = place.account(AccountKind::User, &name, role);
    let token = place.grant(&account);
    (name, signed_in(place, &token))
}

/// What must be the same of a contact however it was read.
fn of_contact(contact: &Contact) -> (ContactId, ContactType, String, BTreeSet<String>) {
    let identifiers = contact.fields.identifiers();
    let shown = identifiers.iter().map(ToString::to_string).collect();
    (contact.id, contact.kind, contact.fields.full_name(), shown)
}

fn of_profile(profile: &Profile) -> impl PartialEq + std::fmt::Debug + use<> {
    let ids = |briefs: &mut dyn Iterator<Item = ContactId>| briefs.collect::<BTreeSet<_>>();
    (
        profile.contact.as_ref().map(of_contact),
        profile.linked,
        profile.provided.clone(),
        profile.provided_name.clone(),
        ids(&mut profile.rivals.iter().map(|(brief, _)| brief.id)),
        ids(&mut profile.holders.iter().map(|(brief, _)| brief.id)),
        ids(&mut profile.ancestors.iter().copied()),
        profile.notes.clone(),
        profile.organization.clone(),
        profile
            .claims
            .iter()
            .map(|(one, _)| one.clone())
            .collect::<BTreeSet<_>>(),
    )
}

/// Each interaction of a journey in words.
fn of_journey(journey: &Journey) -> Vec<String> {
    let line = |item: &JourneyItem| match item {
        // How many messages there are is not known before they are asked for.
        JourneyItem::Conversation(one) => {
            let one = JourneyConversation {
                messages: None,
                ..one.clone()
            };
            format!("{one:?}")
        }
        JourneyItem::Visit(id, visit, status) => {
            let events: Vec<_> = visit
                .events
                .iter()
                .map(|event| (event.at, &event.what))
                .collect();
            format!(
                "{id} {status:?} {:?} {:?} {} {events:?}",
                visit.start, visit.end, visit.pageviews
            )
        }
    };
    journey.items.iter().map(line).collect()
}

#[test]
fn a_server_without_our_routes_is_asked_by_the_platform_api() {
    let place = Place::filled();
    let token = place.token("agent");
    let (ours, other) = place.runtime.block_on(async {
        let address = format!("http://{}/", place.address);
        let ours = Server::connect(
            way(&address, &token, scv_desk::domain::Moment::of_machine),
            None,
        )
        .await;
        let (_, address) = Way::lay(place.address, 1, true).await;
        let other = Server::connect(
            way(&address, &token, scv_desk::domain::Moment::of_machine),
            None,
        )
        .await;
        (ours.unwrap(), other.unwrap())
    });
    assert!(matches!(ours, Server::Ours(_)));
    let Server::Platform(desk) = &other else {
        panic!("it passed for one of ours");
    };
    assert!(desk.me().user.is_some());
    let (_, role) = desk.actor();
    let own = scv_desk::domain::Role::bundled("agent").unwrap();
    assert_eq!(
        role.permissions().collect::<Vec<_>>(),
        own.permissions().collect::<Vec<_>>()
    );
    let lacks: Vec<Feature> = other
        .into_backend()
        .lacks()
        .iter()
        .map(|(one, _)| *one)
        .collect();
    assert!(
        lacks.contains(&Feature::Why) && lacks.contains(&Feature::Sharing),
        "{lacks:?}"
    );
}

#[test]
fn profiles_put_together_are_those_of_the_engine() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let lines = place.runtime.block_on(near.roster()).unwrap().lines;
    // Two kept people use the number of a call.
    for last in ["Nolan", "Byrne"] {
        let number = lines.iter().find(|line| line.channel == Channel::Call);
        let number = number.and_then(|line| line.address.clone()).unwrap();
        let names = [(Field::FirstName, "Efa"), (Field::LastName, last)];
        let fields = fields(&[names[0], names[1], (Field::HomePhone, &number)]);
        let fields = Box::new(fields);
        place.run("admin", Command::Create { fields, link: None });
    }
    let mut rivals = 0;
    for line in lines.iter().take(40) {
        let told = place.runtime.block_on(near.profile_of(line.id)).unwrap();
        let read = place.runtime.block_on(far.profile_of(line.id)).unwrap();
        assert_eq!(of_profile(&read), of_profile(&told), "{}", line.id);
        rivals += read.rivals.len();
        let is_same = read.state == told.state || told.state == ProfileState::Unlinked;
        assert!(is_same, "{:?} {:?}", read.state, told.state);
    }
    assert!(10 < lines.len() && 0 < rivals, "{} {rivals}", lines.len());
}

#[test]
fn journeys_put_together_are_those_of_the_engine() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let lines = place.runtime.block_on(near.roster()).unwrap().lines;
    let mut seen = BTreeSet::new();
    for contact in lines.iter().filter_map(|line| line.contact).take(30) {
        if !seen.insert(contact) {
            continue;
        }
        let told = place
            .runtime
            .block_on(near.journey(contact, all()))
            .unwrap();
        let read = place.runtime.block_on(far.journey(contact, all())).unwrap();
        assert_eq!(of_journey(&read), of_journey(&told), "{contact}");
        assert_eq!(read.starts.len(), told.starts.len());
    }
}

#[test]
fn an_agent_without_the_analytics_sees_how_conversations_were_handled() {
    let place = Place::filled();
    let far = on(&place, "agent");
    let near = place.backend("walker", "admin");
    let lines = place.runtime.block_on(near.roster()).unwrap().lines;
    let mut coded = 0;
    for contact in lines.iter().filter_map(|line| line.contact).take(30) {
        let told = place
            .runtime
            .block_on(near.journey(contact, all()))
            .unwrap();
        let read = place.runtime.block_on(far.journey(contact, all())).unwrap();
        assert_eq!(read.items.len(), told.items.len());
        for (read, told) in read.items.iter().zip(&told.items) {
            if let (JourneyItem::Conversation(read), JourneyItem::Conversation(told)) = (read, told)
            {
                let of = |one: &scv_desk::backend::view::JourneyConversation| {
                    (
                        one.id,
                        one.channel,
                        one.status,
                        one.start,
                        one.end,
                        one.queue.clone(),
                    )
                };
                assert_eq!(of(read), of(told));
                assert_eq!(read.wrapup_code, told.wrapup_code);
                coded += usize::from(read.wrapup_code.is_some());
            }
        }
    }
    assert!(0 < coded);
}

#[test]
fn the_roster_is_of_who_is_signed_in() {
    let place = Place::filled();
    let (name, far) = busiest(&place, "agent");
    let near = place.backend(&name, "agent");
    let told = place.runtime.block_on(near.roster()).unwrap();
    let read = place.runtime.block_on(far.roster()).unwrap();
    let own: BTreeSet<ConversationId> = told
        .lines
        .iter()
        .filter(|line| line.end.is_none() && line.agent.as_deref() == Some(&name))
        .map(|line| line.id)
        .collect();
    assert_eq!(
        read.lines
            .iter()
            .map(|line| line.id)
            .collect::<BTreeSet<_>>(),
        own
    );
    for line in &read.lines {
        let told = told.lines.iter().find(|one| one.id == line.id).unwrap();
        assert_eq!(line.name, told.name);
        assert_eq!(line.contact_kind, told.contact_kind);
        assert_eq!(line.channel, told.channel);
        assert_eq!(line.address, told.address);
        assert_eq!(line.agent, told.agent);
        assert_eq!(line.queue, told.queue);
        assert_eq!(line.status, told.status);
    }
}

#[test]
fn a_supervisor_sees_what_waits_and_what_others_handle() {
    let place = Place::filled();
    let far = on(&place, "supervisor");
    let near = place.backend("walker", "supervisor");
    let open = |roster: scv_desk::backend::view::Roster| {
        let open = roster.lines.into_iter().filter(|line| line.end.is_none());
        open.map(|line| (line.id, line.status, line.contact, line.name))
            .collect::<Vec<_>>()
    };
    let mut told = open(place.runtime.block_on(near.roster()).unwrap());
    let mut read = open(place.runtime.block_on(far.roster()).unwrap());
    told.sort_by_key(|one| one.0);
    read.sort_by_key(|one| one.0);
    assert_eq!(read, told);
    assert!(!read.is_empty());
}

#[test]
fn a_search_finds_who_the_engine_finds_and_marks_what_was_typed() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "agent"), on(&place, "agent"));
    for text in ["an", "o'b", "ma", "zzzzzz"] {
        let told = place
            .runtime
            .block_on(near.search(text.to_owned(), 20, 0))
            .unwrap();
        let read = place
            .runtime
            .block_on(far.search(text.to_owned(), 20, 0))
            .unwrap();
        let ids = |found: &scv_desk::backend::view::SearchResult| {
            found.hits.iter().map(|hit| hit.contact).collect::<Vec<_>>()
        };
        assert_eq!(ids(&read), ids(&told), "{text}");
        assert_eq!(read.total, told.total);
        assert!(
            read.hits
                .iter()
                .all(scv_desk::backend::view::SearchHit::is_sound)
        );
    }
}

/// Somebody who is kept.
fn efa(place: &Place, far: &PlatformBackend, last: &str) -> ContactId {
    let create = Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, last),
        ])),
        link: None,
    };
    place
        .runtime
        .block_on(far.run(create))
        .unwrap()
        .contact
        .unwrap()
}

#[test]
fn what_is_done_can_be_undone_by_the_opposite_call() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let run = |command: Command| place.runtime.block_on(far.run(command));
    let undo = |entry: Option<EntryId>| {
        run(Command::Undo {
            entry: entry.unwrap(),
        })
    };
    let contact = |id: ContactId| place.runtime.block_on(near.profile(id)).unwrap().contact;
    let linked = |id: ConversationId| place.runtime.block_on(near.profile_of(id)).unwrap().linked;
    let id = efa(&place, &far, "Nolan");

    let edits = vec![
        edit(Field::City, "Cork"),
        edit(Field::CellPhone, "+353861234567"),
    ];
    let edited = run(Command::Edit { contact: id, edits }).unwrap().entry;
    let now = contact(id).unwrap().fields;
    assert_eq!(now.city.as_deref(), Some("Cork"));
    assert_eq!(
        now.cell_phone.unwrap().e164.as_deref(),
        Some("+353861234567")
    );
    undo(edited).unwrap();
    assert_eq!(contact(id).unwrap().fields.city, None);

    let talk = place.runtime.block_on(near.roster()).unwrap().lines[0].clone();
    let link = Command::Link {
        conversation: talk.id,
        contact: id,
        claiming: Claiming::Leave,
    };
    let link_entry = run(link.clone()).unwrap().entry;
    assert_eq!(linked(talk.id), Some(id));
    assert_eq!(run(link).unwrap_err(), Refusal::AlreadyLinked.into());
    undo(link_entry).unwrap();
    assert_eq!(linked(talk.id), talk.contact);

    let unlink = Command::Unlink {
        conversation: talk.id,
        sharing: Sharing::Leave,
    };
    let unlinked = run(unlink).unwrap().entry;
    assert_ne!(linked(talk.id), talk.contact);
    undo(unlinked).unwrap();
    assert_eq!(linked(talk.id), talk.contact);

    let note = Command::AddNote {
        contact: id,
        text: "called twice".to_owned(),
    };
    let noted = run(note).unwrap().entry;
    let notes = || place.runtime.block_on(far.profile(id)).unwrap().notes;
    assert_eq!(notes()[0].text, "called twice");
    let changed = Command::EditNote {
        note: notes()[0].id,
        text: "called three times".to_owned(),
    };
    let changed = run(changed).unwrap().entry;
    assert_eq!(notes()[0].text, "called three times");
    undo(changed).unwrap();
    undo(noted).unwrap();
    assert_eq!(notes(), []);

    let lines = place.runtime.block_on(far.history(HistoryQuery {
        limit: 50,
        ..HistoryQuery::default()
    }));
    let lines = lines.unwrap().lines;
    assert_eq!(
        lines.len(),
        11,
        "everything that was done here, and nothing else"
    );
    let made = lines.last().unwrap();
    assert_eq!(made.refusal, None);
    undo(Some(made.id)).unwrap();
    assert_eq!(contact(id), None);
    let breaches = place.runtime.block_on(place.store.check()).unwrap();
    assert_eq!(breaches, Vec::<String>::new());
}

#[test]
fn a_new_contact_is_linked_and_its_undo_links_back() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let talk = place.runtime.block_on(near.roster()).unwrap().lines[0].clone();
    let create = Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, "Nolan"),
        ])),
        link: Some(talk.id),
    };
    let made = place.runtime.block_on(far.run(create)).unwrap();
    let linked = || {
        place
            .runtime
            .block_on(near.profile_of(talk.id))
            .unwrap()
            .linked
    };
    assert_eq!(linked(), made.contact);
    let entry = made.entry.unwrap();
    place
        .runtime
        .block_on(far.run(Command::Undo { entry }))
        .unwrap();
    assert_eq!(linked(), talk.contact);
}

#[test]
fn a_new_contact_is_said_to_be_final_where_it_may_not_be_deleted() {
    let place = Place::filled();
    for (role, remarks) in [("admin", vec![]), ("agent", vec![Remark::Final])] {
        let create = Command::Create {
            fields: Box::new(fields(&[
                (Field::FirstName, "Efa"),
                (Field::LastName, "Nolan"),
            ])),
            link: None,
        };
        let far = on(&place, role);
        let made = place.runtime.block_on(far.run(create)).unwrap();
        assert_eq!(made.remarks, remarks, "{role}");
    }
}

#[test]
fn what_somebody_else_changed_since_is_not_written_over() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let id = efa(&place, &far, "Nolan");
    let mut cork = edit(Field::City, "Cork");
    cork.before = Expected::Exactly(None);
    let mine = Command::Edit {
        contact: id,
        edits: vec![cork.clone()],
    };
    let entry = place
        .runtime
        .block_on(far.run(mine.clone()))
        .unwrap()
        .entry
        .unwrap();
    let theirs = Command::Edit {
        contact: id,
        edits: vec![edit(Field::City, "Dublin")],
    };
    place.runtime.block_on(near.run(theirs)).unwrap();
    let undone = place
        .runtime
        .block_on(far.run(Command::Undo { entry }))
        .unwrap_err();
    let Trouble::Refused(refusal) = undone else {
        panic!("{undone}")
    };
    assert!(
        matches!(*refusal, Refusal::ChangedMeanwhile { .. }),
        "{refusal}"
    );
    let again = place.runtime.block_on(far.run(mine)).unwrap_err();
    assert!(again.to_string().contains("Dublin"), "{again}");
    let city = place
        .runtime
        .block_on(near.profile(id))
        .unwrap()
        .contact
        .unwrap()
        .fields
        .city;
    assert_eq!(city.as_deref(), Some("Dublin"));
}

#[test]
fn a_new_contact_that_others_wrote_on_stays() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let id = efa(&place, &far, "Nolan");
    let note = Command::AddNote {
        contact: id,
        text: "called twice".to_owned(),
    };
    place.runtime.block_on(near.run(note)).unwrap();
    let entry = place
        .runtime
        .block_on(far.last_undoable())
        .unwrap()
        .unwrap()
        .id;
    let undone = place
        .runtime
        .block_on(far.run(Command::Undo { entry }))
        .unwrap_err();
    let Trouble::Refused(refusal) = undone else {
        panic!("{undone}")
    };
    assert!(
        matches!(*refusal, Refusal::ChangedSince { .. }),
        "{refusal}"
    );
    let kept = place.runtime.block_on(near.profile(id)).unwrap();
    assert!(kept.contact.is_some());
}

#[test]
fn a_merge_comes_to_what_its_preview_showed_and_cannot_be_taken_back_there() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let lines = place.runtime.block_on(near.roster()).unwrap().lines;
    let stray = lines.iter().find(|line| {
        line.contact_kind
            .is_some_and(|kind| kind != ContactType::Curated)
    });
    let stray = stray.unwrap().contact.unwrap();
    let id = efa(&place, &far, "Nolan");
    let preview = place
        .runtime
        .block_on(far.preview_merge(vec![id, stray], Vec::new()));
    let preview = preview.unwrap();
    let told = place
        .runtime
        .block_on(near.preview_merge(vec![id, stray], Vec::new()));
    let told = told.unwrap();
    assert_eq!(preview.lines, told.lines);
    assert_eq!(preview.result_kind, told.result_kind);
    assert_eq!(preview.interactions, told.interactions);
    let merge = Command::Merge {
        contacts: vec![id, stray],
        takes: preview.takes,
        sure: Sure::AskedTwice,
    };
    let made = place.runtime.block_on(far.run(merge)).unwrap();
    let one = place
        .runtime
        .block_on(near.profile(id))
        .unwrap()
        .contact
        .unwrap();
    assert_eq!(Some(one.id), made.contact);
    assert_eq!(one.fields.full_name(), "Efa Nolan");
    let entry = made.entry.unwrap();
    assert!(made.remarks.contains(&Remark::Final), "{:?}", made.remarks);
    let last = place.runtime.block_on(far.last_undoable());
    assert_eq!(
        last.unwrap().unwrap().id,
        entry,
        "nothing before it is undone in its place"
    );
    let refused = place
        .runtime
        .block_on(far.run(Command::Undo { entry }))
        .unwrap_err();
    assert!(
        refused.to_string().contains("cannot take a merge back"),
        "{refused}"
    );
    let again = Command::Merge {
        contacts: vec![id, stray],
        takes: Vec::new(),
        sure: Sure::AskedOnce,
    };
    let again = place.runtime.block_on(far.run(again)).unwrap_err();
    assert_eq!(again, Refusal::OnePerson.into());
}

#[test]
fn an_identifier_goes_to_who_is_linked_and_comes_back() {
    let place = Place::filled();
    let (near, far) = (place.backend("walker", "admin"), on(&place, "admin"));
    let lines = place.runtime.block_on(near.roster()).unwrap().lines;
    let profile_of = |id| place.runtime.block_on(near.profile_of(id)).unwrap();
    let talk = lines.iter().find(|line| {
        let profile = profile_of(line.id);
        let first = profile.provided.first().map(|one| one.identifier.clone());
        first.is_some_and(|first| profile.claims.iter().any(|(held, _)| *held == first))
    });
    let talk = talk.unwrap();
    let first = profile_of(talk.id).provided[0].identifier.clone();
    // One that is not kept would go with the last that it held.
    let names = vec![edit(Field::FirstName, "Ann"), edit(Field::LastName, "Lee")];
    let keep = Command::Promote {
        contact: talk.contact.unwrap(),
        edits: names,
    };
    place.run("admin", keep);
    let id = efa(&place, &far, "Nolan");
    let link = Command::Link {
        conversation: talk.id,
        contact: id,
        claiming: Claiming::Move,
    };
    let entry = place
        .runtime
        .block_on(far.run(link))
        .unwrap()
        .entry
        .unwrap();
    let holds = |contact: ContactId| {
        let profile = place.runtime.block_on(near.profile(contact)).unwrap();
        profile.claims.iter().any(|(held, _)| *held == first)
    };
    assert!(holds(id));
    place
        .runtime
        .block_on(far.run(Command::Undo { entry }))
        .unwrap();
    assert!(!holds(id));
    assert!(holds(talk.contact.unwrap()));
}

#[test]
fn a_wrap_up_is_made_on_the_conversation() {
    let place = Place::filled();
    let (name, far) = busiest(&place, "agent");
    let near = place.backend(&name, "agent");
    let talk = place.runtime.block_on(far.roster()).unwrap().lines[0].clone();
    let (code, called) = place.runtime.block_on(far.names()).unwrap().codes[0].clone();
    let wrap_up = Command::WrapUp {
        conversation: talk.id,
        code,
        notes: Some("will call back".to_owned()),
    };
    place.runtime.block_on(far.run(wrap_up)).unwrap();
    let journey = place
        .runtime
        .block_on(near.journey(talk.contact.unwrap(), all()))
        .unwrap();
    let own = journey.items.iter().find_map(|item| match item {
        JourneyItem::Conversation(one) if one.id == talk.id => Some(one.clone()),
        _ => None,
    });
    let own = own.unwrap();
    assert_eq!(own.wrapup_code, Some(called));
    assert_eq!(own.notes.as_deref(), Some("will call back"));
}

#[test]
fn what_waits_is_taken_and_what_has_ended_stays_so() {
    let place = Place::filled();
    let (name, far) = busiest(&place, "agent");
    let mut letter = crate::world::seen(901, Channel::Email, &["new@example.com"]);
    letter.start = place.now();
    place.run("admin", Command::Resolve(Box::new(letter.clone())));
    let take = Command::Take {
        conversation: letter.id,
        agent: None,
    };
    let done = place.runtime.block_on(far.run(take)).unwrap();
    assert_eq!(done.action, Action::Take);
    let roster = place.runtime.block_on(far.roster()).unwrap();
    let line = roster.lines.iter().find(|line| line.id == letter.id);
    let line = line.unwrap();
    assert_eq!(line.agent.as_deref(), Some(name.as_str()));
    assert_eq!(line.status, Status::Active);
    let reopen = Command::Reopen {
        conversation: letter.id,
        agent: None,
    };
    let refused = place.runtime.block_on(far.run(reopen)).unwrap_err();
    let said = refused.to_string();
    assert!(
        said.contains("no way to open what has ended again"),
        "{said}"
    );
}

#[test]
fn what_the_role_may_not_and_what_is_not_there_is_refused_before_it_is_asked() {
    let place = Place::filled();
    let far = on(&place, "agent");
    let line = place
        .runtime
        .block_on(place.backend("w", "admin").roster())
        .unwrap()
        .lines[0]
        .clone();
    let contact = line.contact.unwrap();
    let delete = place
        .runtime
        .block_on(far.run(Command::Delete { contact }))
        .unwrap_err();
    assert_eq!(delete, Refusal::Denied(Permission::ContactDelete).into());
    let mark = Command::Unlink {
        conversation: line.id,
        sharing: Sharing::Mark,
    };
    let mark = place.runtime.block_on(far.run(mark)).unwrap_err();
    assert!(mark.to_string().contains("has no such mark"), "{mark}");
    let why = place.runtime.block_on(far.why(line.id)).unwrap_err();
    assert!(why.to_string().contains("does not say why"), "{why}");
}

/// Changes of the run in CI; `SCV_OPS` sets another number.
const OPS: usize = 300;
const DESKS: usize = 6;

#[test]
#[allow(clippy::print_stdout)]
fn a_change_is_read_back_before_it_is_sent_again() {
    let place = Place::new();
    let ops = std::env::var("SCV_OPS").map_or(OPS, |text| text.parse().unwrap());
    let seed = std::env::var("SCV_SEED").map_or(1, |text| text.parse().unwrap());
    let (now, token) = (place.now(), place.token("admin"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (faults, troubles) = runtime.block_on(async {
        let (bad, address) = Way::lay(place.address, seed, true).await;
        let mut desks = Vec::new();
        for _ in 0..DESKS {
            let http = Arc::new(way(&address, &token, move || now));
            desks.push(Arc::new(
                PlatformBackend::connect(http, None).await.unwrap(),
            ));
        }
        bad.turn(true);
        let acts = stream::iter(0..ops).map(|number: usize| {
            let desk = Arc::clone(&desks[number % DESKS]);
            async move {
                person_with_a_city(&desk, number)
                    .await
                    .err()
                    .map(|why| (number, why))
            }
        });
        let done: Vec<Option<(usize, Trouble)>> = acts.buffer_unordered(DESKS * 2).collect().await;
        bad.turn(false);
        (bad.faults(), done.into_iter().flatten().collect::<Vec<_>>())
    });
    println!(
        "{ops} changes, {faults} faults, {} not made, seed {seed}",
        troubles.len()
    );
    assert!(ops as u64 / 10 < faults, "{faults} faults");
    assert_eq!(troubles, Vec::new());
    let made = runtime.block_on(place.store.counts()).unwrap();
    let made: u64 = made.contacts.iter().map(|(_, count)| count).sum();
    assert_eq!(made, ops as u64, "each was made once");
}

/// Does something that is told not to be done once more: that must be true, or it is done twice.
async fn insist(desk: &PlatformBackend, command: Command) -> Result<Outcome, Trouble> {
    for _ in 0..3 {
        match desk.run(command.clone()).await {
            Err(trouble) if trouble.to_string().contains("nothing was changed") => {}
            outcome => return outcome,
        }
    }
    desk.run(command).await
}

/// A new contact, then an edit of it.
async fn person_with_a_city(desk: &PlatformBackend, number: usize) -> Result<(), Trouble> {
    let last = format!("Person{number}");
    let create = Command::Create {
        fields: Box::new(fields(&[
            (Field::FirstName, "Efa"),
            (Field::LastName, &last),
        ])),
        link: None,
    };
    let contact = insist(desk, create).await?.contact.unwrap();
    let edits = vec![edit(Field::City, "Cork")];
    insist(desk, Command::Edit { contact, edits }).await?;
    Ok(())
}

#[test]
fn what_was_said_is_what_the_engine_tells() {
    let place = Place::filled();
    let chat = crate::server::said::chat(&place);
    let near = place.backend("walker", "admin");
    let far = on(&place, "admin");
    let near = place.runtime.block_on(near.transcript(chat)).unwrap();
    assert_eq!(near.messages.len(), 3);
    assert_eq!(place.runtime.block_on(far.transcript(chat)).unwrap(), near);
    let ours = super::on(&place, "admin");
    assert_eq!(place.runtime.block_on(ours.transcript(chat)).unwrap(), near);
}
