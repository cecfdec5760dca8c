//! Who may do what (`design/rules.md` §5, §9): the engine checks behind every door.

use scv_desk::domain::command::{Claiming, Command, EntryId, Sharing, Sure};
use scv_desk::domain::permission::BUNDLED_ROLES;
use scv_desk::domain::{Channel, ContactId, Field, Fields, Permission, Refusal};

use crate::world::*;

const EVERYBODY: [&str; 3] = ["agent", "agent-merge", "admin"];
const VIEWERS: [&str; 4] = ["agent", "agent-merge", "supervisor", "admin"];
const MERGERS: [&str; 2] = ["agent-merge", "admin"];
const ADMIN: [&str; 1] = ["admin"];

/// Every command with the right that it needs and the bundled roles that have it.
fn table() -> Vec<(Command, Permission, &'static [&'static str])> {
    use Permission as P;
    let contact = ContactId(uuid::Uuid::from_u128(1));
    let other = ContactId(uuid::Uuid::from_u128(2));
    let note = scv_desk::domain::contact::NoteId(uuid::Uuid::from_u128(3));
    let conversation = conversation_id(1);
    let text = || "x".to_owned();
    let identifier = || phone(EFA);
    let fields = || Box::new(Fields::default());
    let edits = vec![edit(Field::FirstName, "Efa")];
    let (sure, takes) = (Sure::AskedOnce, Vec::new());
    vec![
        (
            Command::Resolve(Box::new(seen(1, Channel::Call, &[]))),
            P::Ingest,
            &ADMIN,
        ),
        (
            Command::ResolveVisit(Box::new(visit(1, "c", None, &[]))),
            P::Ingest,
            &ADMIN,
        ),
        (
            Command::Promote {
                contact,
                edits: Vec::new(),
            },
            P::IdentityPromote,
            &EVERYBODY,
        ),
        (
            Command::Promote {
                contact,
                edits: edits.clone(),
            },
            P::IdentityPromote,
            &EVERYBODY,
        ),
        (
            Command::Create {
                fields: fields(),
                link: None,
            },
            P::ContactAdd,
            &EVERYBODY,
        ),
        (
            Command::Create {
                fields: fields(),
                link: Some(conversation),
            },
            P::ContactAdd,
            &EVERYBODY,
        ),
        (Command::Edit { contact, edits }, P::ContactEdit, &EVERYBODY),
        (
            Command::Link {
                conversation,
                contact,
                claiming: Claiming::Leave,
            },
            P::ConversationAssociate,
            &EVERYBODY,
        ),
        (
            Command::Unlink {
                conversation,
                sharing: Sharing::Leave,
            },
            P::ConversationAssociate,
            &EVERYBODY,
        ),
        (
            Command::Merge {
                contacts: vec![contact, other],
                takes,
                sure,
            },
            P::IdentityMerge,
            &MERGERS,
        ),
        (
            Command::AddNote {
                contact,
                text: text(),
            },
            P::ContactEdit,
            &EVERYBODY,
        ),
        (
            Command::EditNote { note, text: text() },
            P::ContactEdit,
            &EVERYBODY,
        ),
        (Command::DeleteNote { note }, P::ContactEdit, &EVERYBODY),
        (Command::Delete { contact }, P::ContactDelete, &ADMIN),
        (
            Command::Erase {
                contact,
                reason: text(),
            },
            P::PersonErase,
            &ADMIN,
        ),
        (
            Command::NotSame {
                one: contact,
                other,
            },
            P::ConversationAssociate,
            &EVERYBODY,
        ),
        (
            Command::Claim {
                contact,
                identifier: identifier(),
            },
            P::ContactEdit,
            &EVERYBODY,
        ),
        (
            Command::Release {
                contact,
                identifier: identifier(),
            },
            P::ContactEdit,
            &EVERYBODY,
        ),
        (
            Command::Share {
                identifier: identifier(),
            },
            P::ConversationAssociate,
            &EVERYBODY,
        ),
        (
            Command::Unshare {
                identifier: identifier(),
            },
            P::ConversationAssociate,
            &EVERYBODY,
        ),
        (
            Command::WrapUp {
                conversation,
                code: text(),
                notes: None,
            },
            P::ParticipantWrapup,
            &EVERYBODY,
        ),
        (
            Command::Take {
                conversation,
                agent: None,
            },
            P::CommunicationView,
            &VIEWERS,
        ),
        (
            Command::Reopen {
                conversation,
                agent: None,
            },
            P::CommunicationView,
            &VIEWERS,
        ),
        (row(Fields::default()), P::ImportJobAdd, &ADMIN),
        (Command::Expire { contact }, P::ImportJobAdd, &ADMIN),
    ]
}

#[test]
fn each_role_may_do_exactly_what_the_table_of_roles_says() {
    for (command, needs, roles) in table() {
        for role in BUNDLED_ROLES {
            let denied = match World::new().plan(&ava(role), &command) {
                Err(Refusal::Denied(permission)) => Some(permission),
                Ok(_) | Err(_) => None,
            };
            let expected = (!roles.contains(&role)).then_some(needs);
            assert_eq!(denied, expected, "{role}: {command:?}");
        }
    }
}

#[test]
fn a_refusal_names_the_right_that_is_missing() {
    let refused = World::new().plan(&ava("agent"), &table()[9].0).unwrap_err();
    assert_eq!(refused.to_string(), "needs externalContacts:identity:merge");
}

#[test]
fn the_form_of_add_to_contacts_needs_both_rights() {
    use scv_desk::domain::{Actor, Role};
    let clerk = |permission| Actor {
        name: "Clerk".to_owned(),
        role: Role::new("clerk", [permission]),
    };
    let world = World::new();
    let with_edits = &table()[3].0;
    let refused = world
        .plan(&clerk(Permission::IdentityPromote), with_edits)
        .unwrap_err();
    assert_eq!(refused, Refusal::Denied(Permission::ContactEdit));
    let with_link = &table()[5].0;
    let refused = world
        .plan(&clerk(Permission::ContactAdd), with_link)
        .unwrap_err();
    assert_eq!(refused, Refusal::Denied(Permission::ConversationAssociate));
}

#[test]
fn an_undo_needs_the_right_of_the_undone_action() {
    let mut world = World::new();
    let efa = world.keep("Efa Nolan", &[]);
    let mail = world.sees(&seen(1, Channel::Email, &["efa@example.ie"]));
    let merged = world.merge(&[efa, world.who(mail)]).unwrap().entry.unwrap();
    let undo = |entry: EntryId| Command::Undo { entry };
    let lacks = Refusal::Denied(Permission::IdentityMerge);
    assert_eq!(
        world.act("agent", undo(merged)).unwrap_err(),
        lacks,
        "her own, in a lesser role"
    );
    let foreign = world
        .run(&by("Bea", "agent-merge"), &undo(merged))
        .unwrap_err();
    let not_yours = Refusal::NotYours {
        entry: merged,
        by: "Ava".to_owned(),
        needs: Permission::DecisionUndo,
    };
    assert_eq!(foreign, not_yours);
    let undone = world
        .act("agent-merge", undo(merged))
        .unwrap()
        .entry
        .unwrap();
    let again = world.act("agent", undo(undone)).unwrap_err();
    assert_eq!(again, lacks, "undoing the undo merges again");
    world.run(&by("Sam", "supervisor"), &undo(undone)).unwrap();
}

#[test]
fn what_was_seen_and_what_is_unknown_cannot_be_undone() {
    let mut world = World::new();
    world.call(1, EFA);
    let seen = EntryId(1);
    assert_eq!(world.undo(seen).unwrap_err(), Refusal::NotUndoable(seen));
    assert_eq!(
        world.undo(EntryId(9)).unwrap_err(),
        Refusal::NoEntry(EntryId(9))
    );
    assert_eq!(
        world.undo(EntryId(0)).unwrap_err(),
        Refusal::NoEntry(EntryId(0))
    );
}
