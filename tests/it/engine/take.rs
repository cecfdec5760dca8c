//! Manual assignment: who takes a conversation that waits, and who goes on with one that has ended
//! (`design/rules.md` §8).

use scv_desk::domain::command::Command;
use scv_desk::domain::conversation::Status;
use scv_desk::domain::{Channel, Conversation, ConversationId, Permission, Refusal, Role};

use crate::world::*;

const USER: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae1";

fn take(conversation: ConversationId) -> Command {
    Command::Take {
        conversation,
        agent: Some(USER.to_owned()),
    }
}

fn reopen(conversation: ConversationId) -> Command {
    Command::Reopen {
        conversation,
        agent: Some(USER.to_owned()),
    }
}

fn status(world: &World, id: ConversationId) -> Status {
    world.conversations[&id].status(world.wrapups.get(&id))
}

fn users(conversation: &Conversation) -> Vec<&str> {
    let agents = conversation.agents();
    agents.filter_map(|agent| agent.user.as_deref()).collect()
}

/// A conversation that ended without anybody.
fn ended(n: u128, channel: Channel) -> Conversation {
    let mut one = seen(n, channel, &[EFA]);
    one.end = Some(one.start.plus_ms(60_000));
    one
}

#[test]
fn who_takes_what_waits_has_it_until_that_is_undone() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    let before = world.conversations[&call].clone();
    assert_eq!(status(&world, call), Status::Waiting);
    let done = world.act("agent", take(call)).unwrap();
    assert_eq!(done.contact, Some(world.who(call)));
    assert_eq!(status(&world, call), Status::Active);
    let taken = world.conversations[&call].agent().unwrap();
    assert_eq!(taken.user.as_deref(), Some(USER));
    assert_eq!(taken.name.as_deref(), Some("Ava"));
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.conversations[&call], before);
    // And the undo of that gives it back.
    world.undo(world.last()).unwrap();
    assert_eq!(status(&world, call), Status::Active);
}

#[test]
fn what_somebody_has_or_has_ended_is_not_taken() {
    let mut world = World::new();
    let call = world.call(1, EFA);
    world.run(&by("Bert", "agent"), &take(call)).unwrap();
    let refused = world.act("agent", take(call)).unwrap_err();
    assert_eq!(refused, Refusal::Handled("Bert".to_owned()));
    let over = world.sees(&ended(2, Channel::Email));
    let refused = world.act("agent", take(over)).unwrap_err();
    assert_eq!(refused, Refusal::NotWaiting);
    let browse = world.sees(&seen(3, Channel::Cobrowse, &[]));
    let refused = world.act("agent", take(browse)).unwrap_err();
    assert_eq!(refused, Refusal::NotTaken("co-browse".into()));
    let nowhere = conversation_id(9);
    let refused = world.act("agent", take(nowhere)).unwrap_err();
    assert_eq!(refused, Refusal::NoConversation(nowhere));
}

#[test]
fn an_email_that_ended_goes_on_until_that_is_undone() {
    let mut world = World::new();
    let letter = world.sees(&ended(1, Channel::Email));
    let before = world.conversations[&letter].clone();
    assert_eq!(status(&world, letter), Status::Abandoned);
    let done = world.act("agent", reopen(letter)).unwrap();
    assert_eq!(status(&world, letter), Status::Active);
    let refused = world.act("agent", reopen(letter)).unwrap_err();
    assert_eq!(refused, Refusal::NotEnded);
    world.undo(done.entry.unwrap()).unwrap();
    assert_eq!(world.conversations[&letter], before);
}

#[test]
fn a_call_that_ended_starts_anew() {
    let mut world = World::new();
    let call = world.sees(&ended(1, Channel::Call));
    let refused = world.act("agent", reopen(call)).unwrap_err();
    assert_eq!(refused, Refusal::NotReopened("call".into()));
}

#[test]
fn each_medium_needs_its_own_right() {
    let rights = [
        (Channel::Call, Permission::CallPull),
        (Channel::Callback, Permission::CallbackPull),
        (Channel::Chat, Permission::WebchatPull),
        (Channel::Email, Permission::EmailPull),
        (Channel::Whatsapp, Permission::MessagePull),
        (Channel::WebMessaging, Permission::MessagePull),
    ];
    for (n, (channel, right)) in (1..).zip(rights) {
        let mut world = World::new();
        let id = world.sees(&seen(n, channel, &[]));
        let all = Permission::ALL.iter().copied();
        let mut actor = ava("agent");
        actor.role = Role::new("own", all.filter(|one| *one != right));
        let refused = world.run(&actor, &take(id)).unwrap_err();
        assert_eq!(refused, Refusal::Denied(right));
        actor.role = Role::new("own", [right, Permission::CommunicationView]);
        world.run(&actor, &take(id)).unwrap();
    }
}

#[test]
fn who_took_a_conversation_keeps_it_when_it_is_seen_again_without_them() {
    let mut world = World::new();
    let mut call = seen(1, Channel::Call, &[EFA]);
    let id = world.sees(&call);
    world.act("agent", take(id)).unwrap();
    call.rest.insert("seenAgain".to_owned(), true.into());
    world.sees(&call);
    assert_eq!(users(&world.conversations[&id]), [USER]);
    // It ends with them: nobody calls it abandoned.
    let end = world.now.plus_ms(60_000);
    call.end = Some(end);
    world.sees(&call);
    assert_eq!(status(&world, id), Status::WrapupDue);
    let taken = world.conversations[&id].agent().unwrap();
    assert_eq!(taken.legs[0].segments[0].end, Some(end));
}

#[test]
fn whoever_was_connected_since_stands_above_who_took_it() {
    let mut world = World::new();
    let mut call = seen(1, Channel::Call, &[EFA]);
    let id = world.sees(&call);
    world.act("agent", take(id)).unwrap();
    let mut agent = world.conversations[&id].agent().unwrap().clone();
    agent.id = "p9".to_owned();
    agent.user = Some("somebody-else".to_owned());
    agent.rest = serde_json::Map::new();
    agent.legs[0].segments[0].start = world.now.plus_ms(60_000);
    call.participants.push(agent);
    world.sees(&call);
    assert_eq!(users(&world.conversations[&id]), ["somebody-else"]);
}

#[test]
fn news_of_before_do_not_end_what_was_opened_again() {
    let mut world = World::new();
    let mut letter = ended(1, Channel::Email);
    let id = world.sees(&letter);
    world.now = world.now.plus_ms(3_600_000);
    world.act("agent", reopen(id)).unwrap();
    letter.rest.insert("seenAgain".to_owned(), true.into());
    world.sees(&letter);
    assert_eq!(status(&world, id), Status::Active);
    let end = world.now.plus_ms(60_000);
    letter.end = Some(end);
    world.sees(&letter);
    assert_eq!(world.conversations[&id].end, Some(end));
    assert_eq!(status(&world, id), Status::WrapupDue);
}
