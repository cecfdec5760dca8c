//! Notes, wrap-up, delete and expiry (`design/rules.md` §2, §5).

use scv_desk::domain::command::{Claiming, Command, Remark};
use scv_desk::domain::contact::NoteId;
use scv_desk::domain::{Channel, ContactId, Conversation, Field, Moment, Refusal};

use crate::world::*;

#[test]
fn a_note_on_an_ancestor_goes_to_the_canonical() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let canonical = world
        .merge(&[efa, world.who(mail)])
        .unwrap()
        .contact
        .unwrap();
    let done = world.note(efa, " wants a call back ").unwrap();
    let remark = Remark::OnCanonical {
        asked: efa,
        canonical,
    };
    assert_eq!(done.remarks, [remark]);
    let note = world.notes.values().next().unwrap();
    assert_eq!(
        (note.contact, note.text.as_str()),
        (canonical, "wants a call back")
    );
    assert_eq!(note.author, "Ava");
}

#[test]
fn a_note_has_1_to_32_000_characters() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    assert_eq!(world.note(efa, " \n").unwrap_err(), Refusal::NoteLength(0));
    world.note(efa, &"ä".repeat(32_000)).unwrap();
    let refused = world.note(efa, &"ä".repeat(32_001)).unwrap_err();
    assert_eq!(refused, Refusal::NoteLength(32_001));
    let nobody = ContactId(uuid::Uuid::from_u128(7));
    assert_eq!(
        world.note(nobody, "x").unwrap_err(),
        Refusal::NoContact(nobody)
    );
}

#[test]
fn notes_are_edited_and_deleted_and_stay_where_they_were_written() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    world.note(efa, "first").unwrap();
    let note = *world.notes.keys().next().unwrap();
    let merged = world.merge(&[efa, world.who(mail)]).unwrap().contact;
    let edit = |text: &str| Command::EditNote {
        note,
        text: text.to_owned(),
    };
    let done = world.act("agent", edit("second")).unwrap();
    assert_eq!(done.contact, merged, "the person is the canonical contact");
    assert_eq!(world.notes[&note].contact, efa);
    assert_eq!(world.notes[&note].text, "second");
    assert!(world.notes[&note].modified > world.notes[&note].created);
    assert_eq!(world.act("agent", edit(" second ")).unwrap().entry, None);
    assert_eq!(
        world.act("agent", edit("")).unwrap_err(),
        Refusal::NoteLength(0)
    );
    world.act("agent", Command::DeleteNote { note }).unwrap();
    assert!(world.notes.is_empty());
    assert_eq!(
        world.act("agent", edit("third")).unwrap_err(),
        Refusal::NoNote
    );
    let gone = NoteId(uuid::Uuid::from_u128(1));
    let refused = world
        .act("agent", Command::DeleteNote { note: gone })
        .unwrap_err();
    assert_eq!(refused, Refusal::NoNote);
}

#[test]
fn the_last_note_of_a_bare_contact_takes_it_along() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let call = world.call(1, EFA);
    let caller = world.who(call);
    world.note(caller, "first").unwrap();
    world.link(call, efa, Claiming::Move).unwrap();
    assert!(world.contacts.contains_key(&caller));
    let dump = world.dump();
    let note = *world.notes.keys().next().unwrap();
    let done = world.act("agent", Command::DeleteNote { note }).unwrap();
    assert!(!world.contacts.contains_key(&caller));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn a_wrap_up_is_set_replaced_and_undone() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let wrap = |code: &str, notes: Option<&str>| Command::WrapUp {
        conversation: call,
        code: code.to_owned(),
        notes: notes.map(str::to_owned),
    };
    assert_eq!(
        world.act("agent", wrap(" ", None)).unwrap_err(),
        Refusal::NoCode
    );
    let first = world.act("agent", wrap("sale", Some(" paid "))).unwrap();
    let set = &world.wrapups[&call];
    assert_eq!(
        (set.code.as_str(), set.notes.as_deref()),
        ("sale", Some("paid"))
    );
    assert_eq!((set.by.as_str(), set.at), ("Ava", START.plus_ms(2000)));
    assert_eq!(
        world
            .act("agent", wrap("sale", Some("paid")))
            .unwrap()
            .entry,
        None
    );
    let second = world.act("agent", wrap("refund", Some(" "))).unwrap();
    assert_eq!(world.wrapups[&call].notes, None);
    let early = world.undo(first.entry.unwrap()).unwrap_err();
    assert!(matches!(early, Refusal::ChangedSince { .. }));
    world.undo(second.entry.unwrap()).unwrap();
    assert_eq!(world.wrapups[&call].code, "sale");
    world.undo(first.entry.unwrap()).unwrap();
    assert!(world.wrapups.is_empty());
    let long = world
        .act("agent", wrap("sale", Some(&"x".repeat(32_001))))
        .unwrap_err();
    assert_eq!(long, Refusal::NoteLength(32_001));
    let nowhere = Command::WrapUp {
        conversation: conversation_id(9),
        code: "sale".to_owned(),
        notes: None,
    };
    let refused = world.act("agent", nowhere).unwrap_err();
    assert_eq!(refused, Refusal::NoConversation(conversation_id(9)));
}

#[test]
fn deleting_a_canonical_deletes_the_person_with_notes_and_claims() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    world.note(efa, "first").unwrap();
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    world.merge(&[efa, world.who(mail)]).unwrap();
    let linked = world.linked_to(mail);
    let dump = world.dump();
    let done = world
        .act("admin", Command::Delete { contact: efa })
        .unwrap();
    assert!(matches!(done.remarks[0], Remark::OnCanonical { asked, .. } if asked == efa));
    assert!(world.contacts.is_empty() && world.notes.is_empty() && world.claims.is_empty());
    assert_eq!(
        world.linked_to(mail),
        linked,
        "the conversation keeps the id"
    );
    let again = world
        .act("admin", Command::Delete { contact: efa })
        .unwrap_err();
    assert_eq!(again, Refusal::NoContact(efa));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);
}

#[test]
fn deleting_offers_the_values_to_the_next_carrier() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let claire = world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
    let done = world
        .act("admin", Command::Delete { contact: efa })
        .unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(claire));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
}

#[test]
fn an_auto_made_contact_expires_60_days_after_its_last_interaction() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let contact = world.who(call);
    let mut conference = seen(2, Channel::Call, &[CLAIRE]);
    conference
        .participants
        .push(party("p2", Channel::Call, &[EFA]));
    world.sees(&conference);
    world.note(contact, "first").unwrap();
    let end = |mut seen: Conversation, at: Moment| {
        seen.end = Some(at);
        seen
    };
    world.sees(&end(seen(1, Channel::Call, &[EFA]), START));
    conference = end(conference, START);
    world.sees(&conference);
    let expire = Command::Expire { contact };
    world.now = START.plus_days(60).plus_ms(-1);
    let refused = world.act("admin", expire.clone()).unwrap_err();
    assert_eq!(refused, Refusal::NotDue(START.plus_days(60).to_string()));

    let mut later = seen(3, Channel::Sms, &[EFA]);
    later.start = START.plus_days(10);
    later.participants[0].legs[0].segments[0].start = later.start;
    world.sees(&later);
    world.now = START.plus_days(100);
    let refused = world.act("admin", expire.clone()).unwrap_err();
    assert_eq!(refused, Refusal::StillOpen, "it may last for months");
    let over = later.start;
    world.sees(&end(later, over));
    world.now = START.plus_days(60);
    let refused = world.act("admin", expire.clone()).unwrap_err();
    assert_eq!(
        refused,
        Refusal::NotDue(START.plus_days(70).to_string()),
        "renewed"
    );

    let claire = world.keep("Claire Byrne", &[(Field::HomePhone, EFA)]);
    world
        .act(
            "agent",
            Command::Release {
                contact: claire,
                identifier: phone(EFA),
            },
        )
        .unwrap();
    world.now = START.plus_days(70);
    let done = world.act("admin", expire).unwrap();
    assert!(!world.contacts.contains_key(&contact) && world.notes.is_empty());
    assert_eq!(
        world.conversations.keys().collect::<Vec<_>>(),
        [&conference.id]
    );
    assert_eq!(
        world.holder(&phone(EFA)),
        Some(claire),
        "released and offered"
    );
    let entry = done.entry.unwrap();
    assert!(
        world.entries[entry.0 as usize - 1].changes.is_none(),
        "no values are kept"
    );
    assert_eq!(world.undo(entry).unwrap_err(), Refusal::NotUndoable(entry));
}

#[test]
fn what_went_with_its_contact_does_not_come_back_by_being_seen_again() {
    let mut world = World::new();
    let mut call = seen(1, Channel::Call, &[EFA]);
    call.end = Some(START.plus_ms(60_000));
    world.sees(&call);
    let contact = world.who(call.id);
    world.now = START.plus_days(61);
    world.act("admin", Command::Expire { contact }).unwrap();

    let old = world.act("admin", Command::Resolve(Box::new(call.clone())));
    assert_eq!(old.unwrap().remarks, [Remark::PastRetention]);
    assert!(world.conversations.is_empty() && world.contacts.is_empty());

    let mut late = seen(2, Channel::Call, &[EFA]);
    late.end = Some(START.plus_ms(120_000));
    world.sees(&late);
    assert!(
        world.conversations.contains_key(&late.id),
        "nothing so young has gone yet"
    );
    world.options.life_days = 90;
    world.sees(&call);
    assert!(
        world.conversations.contains_key(&call.id),
        "it is not past a longer retention"
    );
}

#[test]
fn curated_contacts_and_merge_trees_never_expire() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let one = world.sees(&seen(1, Channel::Email, &["a@example.ie"]));
    let other = world.sees(&seen(2, Channel::Email, &["b@example.ie"]));
    let (one, other) = (world.who(one), world.who(other));
    let head = world.merge(&[one, other]).unwrap().contact.unwrap();
    world.now = START.plus_days(1000);
    for contact in [efa, one, other, head] {
        let refused = world.act("admin", Command::Expire { contact }).unwrap_err();
        assert!(matches!(refused, Refusal::NotDue(_)), "{contact}");
    }
}

#[test]
fn the_marks_of_a_contact_go_with_it_and_come_back_with_it() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let withheld = world.sees(&seen(1, Channel::Call, &[]));
    let mut call = seen(2, Channel::Call, &[CLAIRE]);
    call.end = Some(START);
    let call = world.sees(&call);
    let (stranger, caller) = (world.who(withheld), world.who(call));
    for other in [stranger, caller] {
        let mark = Command::NotSame { one: efa, other };
        world.act("agent", mark).unwrap();
    }
    let dump = world.dump();

    let linked = world.link(withheld, efa, Claiming::Leave).unwrap();
    assert_eq!(world.not_same.len(), 1, "who was left with nothing went");
    world.undo(linked.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);

    let deleted = world
        .act("admin", Command::Delete { contact: efa })
        .unwrap();
    assert!(world.not_same.is_empty());
    world.undo(deleted.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), dump);

    world.now = START.plus_days(61);
    world
        .act("admin", Command::Expire { contact: caller })
        .unwrap();
    assert_eq!(world.not_same.len(), 1, "who expired is nobody's other");
}

#[test]
fn everybody_in_a_conversation_lives_on_while_it_goes_on() {
    let mut world = World::new();
    let mut conference = seen(1, Channel::Call, &[CLAIRE]);
    conference
        .participants
        .push(party("p2", Channel::Call, &[EFA]));
    let call = world.sees(&conference);
    let other = world.links[&(call, Some("p2".to_owned()))].contact;
    conference.end = Some(START.plus_days(50));
    world.sees(&conference);
    world.now = START.plus_days(61);
    for contact in [world.who(call), other] {
        let refused = world.act("admin", Command::Expire { contact }).unwrap_err();
        assert!(matches!(refused, Refusal::NotDue(_)), "{contact}");
    }
}

#[test]
fn who_was_merged_lives_on_from_its_own_last_interaction() {
    let mut world = World::new();
    let first = seen(1, Channel::Call, &[EFA]);
    let call = world.sees(&first);
    let caller = world.who(call);
    let mail = world.sees(&seen(2, Channel::Email, &["efa@example.ie"]));
    let merged = world.merge(&[caller, world.who(mail)]).unwrap();
    let mut ended = first;
    ended.end = Some(START.plus_days(50));
    world.sees(&ended);
    world.undo(merged.entry.unwrap()).unwrap();
    world.now = START.plus_days(61);
    let expire = Command::Expire { contact: caller };
    let due = START.plus_days(110).to_string();
    let refused = world.act("admin", expire).unwrap_err();
    assert_eq!(refused, Refusal::NotDue(due), "it was heard of on day 50");
}
