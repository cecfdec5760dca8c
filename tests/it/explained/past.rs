//! As of: what stood at a past moment is what was read then.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use proptest::prelude::*;
use scv_desk::backend::local::LocalBackend;
use scv_desk::backend::view::{Journey, JourneyItem, JourneyQuery, Profile, Whose};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Actor, Command, EntryId, Sure};
use scv_desk::domain::contact::OrganizationId;
use scv_desk::domain::conversation::{Channel, Status};
use scv_desk::domain::{ContactId, Field, Fields, Moment, Refusal, Role};
use scv_desk::store::Store;

use super::Here;
use crate::property::step::{courses, settings};
use crate::store::Place;
use crate::world::*;

/// What a test compares of a profile and a journey: everything that the journal tells. The last interaction
/// is an observation, and who else uses an identifier is not this person's history.
fn told(profile: &Profile, journey: &Journey) -> Vec<String> {
    let mut contact = profile.contact.clone();
    if let Some(contact) = &mut contact {
        contact.seen = None;
    }
    let ids = journey.items.iter().map(|item| match item {
        JourneyItem::Conversation(one) => one.id.to_string(),
        JourneyItem::Visit(id, ..) => id.to_string(),
    });
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    let mut ancestors = profile.ancestors.clone();
    ancestors.sort();
    vec![
        format!("{contact:?}"),
        format!("{:?} {:?}", profile.organization, profile.linked),
        format!("{:?}", profile.claims),
        format!("{:?}", profile.shared),
        format!("{:?}", profile.notes),
        format!("{ancestors:?}"),
        format!("{:?}", profile.expires.is_some()),
        format!("{:?} {:?}", profile.reason, profile.provided),
        format!("{:?}", profile.conversation),
        format!("{ids:?}"),
    ]
}

async fn read(backend: &LocalBackend, of: Whose) -> Result<Vec<String>, Trouble> {
    let profile = match of {
        Whose::Contact(id) => backend.profile(id).await?,
        Whose::Conversation(id) => backend.profile_of(id).await?,
    };
    let all = JourneyQuery {
        limit: 1000,
        ..JourneyQuery::default()
    };
    let journey = match &profile.contact {
        Some(contact) => backend.journey(contact.id, all).await?,
        None => Journey::default(),
    };
    Ok(told(&profile, &journey))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: crate::property::config().cases.div_ceil(24),
        ..crate::property::config()
    })]

    /// For a random course, the profile as of each step is the profile that was read right after that step.
    #[test]
    fn what_stood_is_what_was_read_then(course in courses(30), options in settings()) {
        let mut world = World::new();
        world.options = options.clone();
        let place = Place::new();
        let store = Arc::new(place.open());
        let clock = Arc::new(AtomicI64::new(world.now.0));
        let now = clock.clone();
        let backend = LocalBackend::new(
            store.clone(),
            Actor { name: "Ava".to_owned(), role: Role::bundled("admin").unwrap() },
            options,
            Arc::new(move || Moment(now.load(Ordering::SeqCst))),
            jiff::tz::TimeZone::UTC,
        );
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let mut taken = Vec::new();
        for step in course {
            // Expiry forgets the past, which has a test of its own.
            if step.kind == 29 {
                continue;
            }
            let Some(command) = step.command(&world) else { continue };
            let decision = crate::property::stored::decision(&world, command.clone());
            let at = world.now;
            if world.act("admin", command).is_err() {
                continue;
            }
            runtime.block_on(store.decide(decision)).unwrap();
            clock.store(at.0, Ordering::SeqCst);
            let contacts: Vec<ContactId> = world.contacts.keys().copied().collect();
            let conversations: Vec<_> = world.conversations.keys().copied().collect();
            let of_contact = contacts.get(step.a % contacts.len().max(1)).copied();
            let of_other = conversations.get(step.b % conversations.len().max(1)).copied();
            let whose = of_contact.map(Whose::Contact).into_iter();
            for of in whose.chain(of_other.map(Whose::Conversation)) {
                let stood = runtime.block_on(read(&backend, of)).unwrap();
                taken.push((of, at, stood));
            }
        }
        clock.store(world.now.0, Ordering::SeqCst);
        for (of, at, stood) in taken {
            let then = runtime.block_on(backend.past(of, at));
            prop_assert!(then.is_ok(), "{of:?} at {at}: {then:?}\n{}", world.story());
            let then = then.unwrap();
            let then = told(&then.profile, &then.journey);
            for (then, stood) in then.iter().zip(&stood) {
                prop_assert_eq!(then, stood, "{:?} at {}\n{}", of, at, world.story());
            }
        }
    }
}

#[tokio::test]
async fn an_organization_that_was_renamed_has_its_old_name_in_the_past() {
    let here = Here::new();
    let organization = OrganizationId(uuid::Uuid::from_u128(9));
    let rest = serde_json::Map::new;
    let create = Command::CreateOrganization {
        id: organization,
        name: "Byrne & Daughters".to_owned(),
        rest: rest(),
    };
    here.run(create).await;
    let mut form = Fields {
        organization: Some(organization),
        ..Fields::default()
    };
    form.first_name = Some("Efa".to_owned());
    form.last_name = Some("Byrne".to_owned());
    let create = Command::Create {
        fields: Box::new(form),
        link: None,
    };
    let efa = here.run(create).await.unwrap();
    let before = here.now();
    let rename = Command::EditOrganization {
        organization,
        name: "Byrne Group".to_owned(),
        rest: rest(),
    };
    here.run(rename).await;
    let then = here
        .backend
        .past(Whose::Contact(efa), before)
        .await
        .unwrap();
    assert_eq!(
        then.profile.organization.as_deref(),
        Some("Byrne & Daughters")
    );
    let now = here
        .backend
        .past(Whose::Contact(efa), here.now())
        .await
        .unwrap();
    assert_eq!(now.profile.organization.as_deref(), Some("Byrne Group"));
}

#[tokio::test]
async fn a_merge_that_was_taken_back_brings_the_other_contact_in() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let call = here.sees(1, Channel::Call, &[CLAIRE]).await;
    let before = here.now();
    let other = here.backend.profile_of(call).await.unwrap();
    let other = other.contact.unwrap().id;
    let merge = Command::Merge {
        contacts: vec![efa, other],
        takes: Vec::new(),
        sure: Sure::AskedOnce,
    };
    let merged = here.run(merge).await.unwrap();
    let now = here.backend.past(Whose::Contact(merged), here.now()).await;
    let now = now.unwrap();
    assert_eq!(now.profile.claims.len(), 2);
    assert_eq!(now.earlier, Some(before));
    assert_eq!(now.later, None);
    let then = here.backend.past(Whose::Contact(merged), before).await;
    let then = then.unwrap();
    assert_eq!(then.profile.contact.unwrap().id, efa);
    assert_eq!(then.profile.claims, [(phone(EFA), TRUST)]);
    assert_eq!(then.profile.suggestions[0].id, other);
    assert!(then.journey.items.is_empty());
    assert_eq!(then.later, Some(here.now()));
}

#[tokio::test]
async fn who_was_not_named_then_is_called_as_the_conversations_of_then_say() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let calls = |n: u128, name: &str, at: Moment| {
        let mut call = seen(n, Channel::Call, &[CLAIRE]);
        call.participants[0].name = Some(name.to_owned());
        call.start = at;
        Command::Resolve(Box::new(call))
    };
    let other = here.run(calls(1, "Claire", here.now())).await.unwrap();
    let then = here.now();
    here.merge(&[efa, other]).await;
    let _ = here.run(calls(2, "Clara", here.now())).await;
    let past = |id| here.backend.past(Whose::Contact(id), then);
    let of_efa = past(efa).await.unwrap().profile;
    assert_eq!(of_efa.suggestions[0].says.as_deref(), Some("Claire"));
    assert_eq!(of_efa.said(), None);
    let of_other = past(other).await.unwrap().profile;
    assert_eq!(of_other.said(), Some("Claire"));
}

const TRUST: scv_desk::domain::conversation::Trust =
    scv_desk::domain::conversation::Trust::Verified;

#[tokio::test]
async fn what_ended_since_was_running_then() {
    let here = Here::new();
    let mut call = seen(1, Channel::Call, &[EFA]);
    call.start = here.now();
    here.run(Command::Resolve(Box::new(call.clone()))).await;
    let during = here.now();
    here.wait_minutes(5);
    call.end = Some(here.now());
    here.run(Command::Resolve(Box::new(call.clone()))).await;
    let contact = here.backend.profile_of(call.id).await.unwrap();
    let whose = Whose::Contact(contact.contact.unwrap().id);
    let status = |journey: Journey| match &journey.items[0] {
        JourneyItem::Conversation(one) => (one.end, one.status),
        JourneyItem::Visit(..) => panic!("a conversation was seen"),
    };
    let then = here.backend.past(whose, during).await.unwrap();
    assert_eq!(status(then.journey), (None, Status::Waiting));
    let now = here.backend.past(whose, here.now()).await.unwrap();
    assert_eq!(status(now.journey), (call.end, Status::Abandoned));
}

#[tokio::test]
async fn what_was_taken_waited_before_and_what_was_opened_again_had_ended() {
    let here = Here::new();
    let status = |journey: Journey| match &journey.items[0] {
        JourneyItem::Conversation(one) => (one.end, one.status),
        JourneyItem::Visit(..) => panic!("a conversation was seen"),
    };
    let mut letter = seen(1, Channel::Email, &["ava@example.com"]);
    letter.start = here.now();
    here.run(Command::Resolve(Box::new(letter.clone()))).await;
    let contact = here.backend.profile_of(letter.id).await.unwrap();
    let whose = Whose::Contact(contact.contact.unwrap().id);
    let (conversation, agent) = (letter.id, None);
    let waited = here.now();
    here.wait_minutes(5);
    let take = Command::Take {
        conversation,
        agent: agent.clone(),
    };
    here.run(take).await;
    let had = here.now();
    here.wait_minutes(5);
    letter.end = Some(here.now());
    here.run(Command::Resolve(Box::new(letter.clone()))).await;
    let over = here.now();
    here.wait_minutes(5);
    let reopen = Command::Reopen {
        conversation,
        agent,
    };
    here.run(reopen).await;
    let mut then = Vec::new();
    for at in [waited, had, over, here.now()] {
        let past = here.backend.past(whose, at).await.unwrap();
        then.push(status(past.journey));
    }
    let expected = [
        (None, Status::Waiting),
        (None, Status::Active),
        (letter.end, Status::WrapupDue),
        (None, Status::Active),
    ];
    assert_eq!(then, expected);
}

#[tokio::test]
async fn what_is_no_longer_kept_says_so() {
    let here = Here::new();
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let first = here.now();
    let contact = here.backend.profile_of(call).await.unwrap();
    let contact = contact.contact.unwrap().id;
    let refused = |result: Result<_, Trouble>| match result {
        Err(Trouble::Refused(refusal)) => *refusal,
        other => panic!("{other:?}"),
    };
    let at = first.plus_ms(-60_000);
    let early = here.backend.past(Whose::Contact(contact), at).await;
    assert_eq!(
        refused(early.map(|_| ())),
        Refusal::NotThereYet("2 Mar 2026 09:00".to_owned())
    );
    let efa = here.keep("Efa", "Byrne", &[]).await;
    here.link(call, efa).await;
    let linked = here.now();
    let late = here.backend.past(Whose::Conversation(call), linked).await;
    assert_eq!(late.unwrap().profile.linked, Some(efa));
    // Somebody erased the values of the link.
    let connection = rusqlite::Connection::open(here.path()).unwrap();
    let sql = "DELETE FROM payload WHERE seq = (SELECT max(seq) FROM payload)";
    connection.execute(sql, ()).unwrap();
    let gone = here.backend.past(Whose::Contact(efa), first).await;
    let gone = refused(gone.map(|_| ()));
    assert_eq!(gone, Refusal::PastGone("2 Mar 2026 09:01".to_owned()));
    assert!(gone.to_string().ends_with("is no longer kept"), "{gone}");
    // Past the retention nothing is kept.
    here.wait_minutes(61 * 24 * 60);
    let old = here.backend.past(Whose::Contact(efa), linked).await;
    assert_eq!(
        refused(old.map(|_| ())),
        Refusal::PastGone("2 Mar 2026 09:03".to_owned())
    );
}

#[tokio::test]
async fn what_an_unmerge_moved_stood_with_the_merged_contact() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let other = here.sees_new(1, CLAIRE).await;
    let merged = here.merge(&[efa, other]).await;
    let call = here.sees(2, Channel::Call, &[CLAIRE]).await;
    let during = here.now();
    let unmerge = Command::Unmerge {
        entry: EntryId(3),
        sides: Vec::new(),
    };
    here.run(unmerge).await;
    let now = here.backend.profile_of(call).await.unwrap();
    assert_eq!(now.linked, Some(other));
    let then = here.backend.past(Whose::Conversation(call), during).await;
    let then = then.unwrap();
    assert_eq!(then.profile.linked, Some(merged));
    assert_eq!(then.profile.contact.unwrap().id, merged);
    assert_eq!(then.journey.items.len(), 2);
}
