//! Unmerge: original contacts come back with their own values and identifiers, and what came since goes to a
//! side by a rule or by choice (`design/rules.md` §7).

use scv_desk::domain::command::{Claiming, Command, EntryId};
use scv_desk::domain::reason::Rule;
use scv_desk::domain::unmerge::{Lead, Since, Unmerging};
use scv_desk::domain::{
    Channel, ContactId, ContactType, ConversationId, Facts, Field, Halt, Refusal,
};
use scv_desk::engine::{self, Context};

use crate::world::*;

const MAIL: &str = "quinn@example.ie";

/// Efa, who is kept, was merged with a caller whose calls came from Claire's number.
pub struct Merged {
    pub world: World,
    pub entry: EntryId,
    pub efa: ContactId,
    pub caller: ContactId,
    pub head: ContactId,
    call: ConversationId,
}

pub fn merged() -> Merged {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[(Field::CellPhone, EFA)]);
    let call = world.call(1, CLAIRE);
    let caller = world.who(call);
    let done = world.merge(&[efa, caller]).unwrap();
    Merged {
        entry: done.entry.unwrap(),
        head: done.contact.unwrap(),
        world,
        efa,
        caller,
        call,
    }
}

pub fn unmerge(
    world: &mut World,
    entry: EntryId,
    sides: &[(Since, ContactId)],
) -> Result<Done, Refusal> {
    let sides = sides.to_vec();
    world.act("agent-merge", Command::Unmerge { entry, sides })
}

pub fn review(world: &World, entry: EntryId) -> Unmerging {
    let context = Context {
        actor: ava("agent-merge"),
        at: world.now,
        seed: uuid::Uuid::from_u128(world.seed),
        options: world.options.clone(),
    };
    let mut facts = Facts::default();
    loop {
        match engine::unmerge::review(entry, &[], &context, &facts) {
            Ok(review) => return review,
            Err(Halt::Missing(keys)) => {
                keys.into_iter().for_each(|key| world.load(key, &mut facts))
            }
            Err(Halt::Refused(refusal)) => panic!("{refusal}"),
        }
    }
}

pub fn side_of(review: &Unmerging, item: &Since) -> (ContactId, Lead) {
    let found = review.items.iter().find(|one| one.item == *item);
    let found = found.unwrap_or_else(|| panic!("{item:?} is not in {review:#?}"));
    (found.side, found.lead.clone())
}

#[test]
fn conversations_that_came_since_go_where_their_identifier_belongs() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        call,
    } = merged();
    let (hers, his) = (world.call(2, EFA), world.call(3, CLAIRE));
    assert_eq!((world.linked_to(hers), world.linked_to(his)), (head, head));
    let refused = world.undo(entry).unwrap_err();
    assert_eq!(refused, Refusal::ToAssign { entry, items: 2 });

    let looked = review(&world, entry);
    assert_eq!(looked.sides, [efa, caller], "the kept one is the main side");
    let conversation = |id| Since::Conversation(id, None);
    assert_eq!(
        side_of(&looked, &conversation(hers)),
        (efa, Lead::Identifier(phone(EFA)))
    );
    assert_eq!(
        side_of(&looked, &conversation(his)),
        (caller, Lead::Identifier(phone(CLAIRE)))
    );

    unmerge(&mut world, entry, &[]).unwrap();
    assert!(!world.contacts.contains_key(&head));
    assert_eq!(
        (world.who(hers), world.who(his), world.who(call)),
        (efa, caller, caller)
    );
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(world.holder(&phone(CLAIRE)), Some(caller));
    let reason = &world.links[&(his, None)].reason;
    assert_eq!(
        (reason.rule, reason.actor.as_deref()),
        (Rule::Unmerged, Some("Ava"))
    );
    assert_eq!(reason.claim.as_ref().unwrap().contact, caller);
    assert_eq!(world.contact(caller).kind, ContactType::Identified);
}

#[test]
fn a_choice_stands_above_the_rule_and_the_whole_can_be_undone() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        ..
    } = merged();
    let his = world.call(3, CLAIRE);
    let before = world.dump();
    let item = Since::Conversation(his, None);
    let done = unmerge(&mut world, entry, &[(item, efa)]).unwrap();
    assert_eq!(world.who(his), efa);
    assert_eq!(
        world.holder(&phone(CLAIRE)),
        Some(caller),
        "the number is not chosen by it"
    );
    let after = world.dump();

    let undone = world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), before);
    world.undo(undone.entry.unwrap()).unwrap();
    assert_eq!(world.dump(), after);
}

#[test]
fn edits_notes_and_marks_since_go_to_a_side() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        ..
    } = merged();
    let stranger = world.keep("Tom Quinn", &[]);
    let edits = [
        edit(Field::City, "Cork"),
        edit(Field::OtherPhone, ADA),
        edit(Field::WorkEmail, MAIL),
    ];
    let taken = world.contact(head).fields.other_phone.clone().unwrap();
    assert_eq!(
        taken.e164.as_deref(),
        Some(CLAIRE),
        "the caller's number found that slot"
    );
    world.edit(head, &edits).unwrap();
    world.note(head, "wants a call back").unwrap();
    let note = *world.notes.keys().next().unwrap();
    world
        .act(
            "agent",
            Command::NotSame {
                one: head,
                other: stranger,
            },
        )
        .unwrap();

    let looked = review(&world, entry);
    assert_eq!(side_of(&looked, &Since::Edit(Field::City)).0, efa);
    assert_eq!(side_of(&looked, &Since::Note(note)), (efa, Lead::Principal));
    assert_eq!(side_of(&looked, &Since::NotSame(stranger)).0, efa);
    assert_eq!(side_of(&looked, &Since::Claim(email(MAIL))).0, efa);

    let sides = [
        (Since::Note(note), caller),
        (Since::Edit(Field::WorkEmail), caller),
    ];
    unmerge(&mut world, entry, &sides).unwrap();
    let (efa, caller) = (world.contact(efa), world.contact(caller));
    assert_eq!(efa.fields.city.as_deref(), Some("Cork"));
    assert_eq!(efa.fields.work_email, None);
    assert_eq!(caller.fields.work_email.as_deref(), Some(MAIL));
    assert_eq!(
        world.holder(&email(MAIL)),
        Some(caller.id),
        "the address goes with its field"
    );
    assert_eq!(world.notes[&note].contact, caller.id);
    assert!(
        world
            .not_same
            .contains_key(&(efa.id.min(stranger), efa.id.max(stranger)))
    );
    assert_eq!(efa.modified_by.as_deref(), Some("Ava"));
}

#[test]
fn who_was_added_to_the_contacts_since_is_kept_on_one_side() {
    let mut world = World::new();
    let one = world.call(1, EFA);
    let mail = world.sees(&seen(2, Channel::Email, &[MAIL]));
    let (one, other) = (world.who(one), world.who(mail));
    let done = world.merge(&[one, other]).unwrap();
    let (entry, head) = (done.entry.unwrap(), done.contact.unwrap());
    world
        .edit(
            head,
            &[
                edit(Field::FirstName, "Efa"),
                edit(Field::LastName, "Nolan"),
            ],
        )
        .unwrap();
    assert_eq!(world.contact(head).kind, ContactType::Curated);
    let sides = [
        (Since::Kept, other),
        (Since::Edit(Field::FirstName), other),
        (Since::Edit(Field::LastName), other),
    ];
    unmerge(&mut world, entry, &sides).unwrap();
    assert_eq!(world.contact(other).kind, ContactType::Curated);
    assert_eq!(world.contact(other).fields.full_name(), "Efa Nolan");
    assert_eq!(world.contact(one).kind, ContactType::Identified);
}

#[test]
fn an_inner_merge_is_taken_back_while_the_outer_one_stands() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head: inner,
        call,
    } = merged();
    let mail = world.sees(&seen(4, Channel::Email, &[MAIL]));
    let third = world.who(mail);
    let outer = world.merge(&[inner, third]).unwrap();
    let (outer_entry, head) = (outer.entry.unwrap(), outer.contact.unwrap());
    let his = world.call(5, CLAIRE);
    assert_eq!(world.linked_to(his), head);

    let looked = review(&world, entry);
    assert_eq!((looked.canonical, looked.head), (inner, head));
    assert_eq!(
        side_of(&looked, &Since::Merge(head)),
        (efa, Lead::Principal)
    );
    assert_eq!(side_of(&looked, &Since::Conversation(his, None)).0, caller);
    unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(
        world.head(efa).unwrap().id,
        head,
        "Efa stays with the third"
    );
    assert_eq!(world.contact(head).merged_from, [efa, third]);
    assert_eq!(world.contact(caller).merged_to, None);
    assert_eq!(
        (world.who(call), world.who(his), world.who(mail)),
        (caller, caller, head)
    );
    assert_eq!(world.holder(&phone(CLAIRE)), Some(caller));
    assert_eq!(world.holder(&phone(EFA)), Some(head));
    let fields = &world.contact(head).fields;
    assert!(
        !fields.identifiers().contains(&phone(CLAIRE)),
        "his number left with him"
    );
    assert!(fields.identifiers().contains(&phone(EFA)));

    unmerge(&mut world, outer_entry, &[]).unwrap();
    assert_eq!((world.who(mail), world.who(his)), (third, caller));
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(world.holder(&email(MAIL)), Some(third));
    assert_eq!(world.contact(efa).merged_to, None);
    assert!(!world.contacts.contains_key(&inner) && !world.contacts.contains_key(&head));
}

#[test]
fn the_later_merge_may_stay_with_the_other_side() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head: inner,
        ..
    } = merged();
    let mail = world.sees(&seen(4, Channel::Email, &[MAIL]));
    let outer = world.merge(&[inner, world.who(mail)]).unwrap();
    let head = outer.contact.unwrap();
    unmerge(&mut world, entry, &[(Since::Merge(head), caller)]).unwrap();
    assert_eq!(world.who(mail), world.head(caller).unwrap().id);
    assert_eq!(world.contact(efa).merged_to, None);
    assert_eq!(world.holder(&phone(EFA)), Some(efa));
    assert_eq!(
        world.contact(head).fields.full_name(),
        "",
        "her name went with her"
    );
}

#[test]
fn only_what_came_since_and_only_the_sides_can_be_named() {
    let Merged {
        mut world,
        entry,
        efa,
        caller,
        head,
        call,
    } = merged();
    let stranger = world.keep("Tom Quinn", &[]);
    let his = world.call(3, CLAIRE);
    let item = |id| Since::Conversation(id, None);
    for (item, side) in [(item(call), efa), (item(his), stranger), (Since::Kept, efa)] {
        let before = world.dump();
        let refused = unmerge(&mut world, entry, &[(item, side)]).unwrap_err();
        assert!(matches!(refused, Refusal::BadValue(_)), "{refused}");
        assert_eq!(world.dump(), before);
    }
    let note = world.note(efa, "on the person").unwrap().entry.unwrap();
    let refused = unmerge(&mut world, note, &[]).unwrap_err();
    assert_eq!(refused, Refusal::NoMerge(note));
    let sides = Vec::new();
    let refused = world.act("agent", Command::Unmerge { entry, sides });
    assert!(matches!(refused.unwrap_err(), Refusal::Denied(_)));

    unmerge(&mut world, entry, &[]).unwrap();
    let refused = unmerge(&mut world, entry, &[]).unwrap_err();
    assert_eq!(refused, Refusal::AlreadyUndone(entry));
    world.merge(&[efa, caller]).unwrap();
    assert!(!world.contacts.contains_key(&head));
}

#[test]
fn what_a_person_linked_since_goes_to_the_main_side() {
    let Merged {
        mut world,
        entry,
        efa,
        head,
        ..
    } = merged();
    let withheld = world.sees(&seen(6, Channel::Call, &[]));
    world.link(withheld, head, Claiming::Leave).unwrap();
    let looked = review(&world, entry);
    let item = Since::Conversation(withheld, None);
    assert_eq!(side_of(&looked, &item), (efa, Lead::Principal));
    unmerge(&mut world, entry, &[]).unwrap();
    assert_eq!(world.who(withheld), efa);
}
