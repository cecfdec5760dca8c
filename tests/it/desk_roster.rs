//! The roster of the desk: whose number it is while others come and go, and whose conversation.

use scv_desk::domain::conversation::Status;
use scv_desk::live::Topic;

use super::desk_acts::another;
use super::fake::{World, contact_id, conversation_id};
use super::people::world;
use super::stage::Stage;

impl Stage {
    /// Changes what the backend knows and lets the desk read it.
    async fn becomes(&mut self, change: impl FnOnce(&mut World)) {
        self.backend.with(change);
        self.backend.tell(Topic::Elsewhere);
        self.desk.settle().await.unwrap();
    }
}

async fn stage() -> Stage {
    Stage::new(140, 42, "agent", world()).await
}

#[tokio::test]
async fn a_number_stays_with_its_conversation_while_others_come_and_go() {
    let mut stage = stage().await;
    stage.shows("2     says Jon");
    stage
        .becomes(|world| world.roster.lines.insert(0, another(77)))
        .await;
    stage.shows("2     says Jon");
    stage.press("2").await;
    stage.shows("j.ortega@example.com");
    stage
        .becomes(|world| {
            world
                .roster
                .lines
                .retain(|line| line.id != conversation_id(1))
        })
        .await;
    stage.shows("2     says Jon");
    stage.press("1").await;
    stage.shows("There is no conversation 1");
    stage
        .becomes(|world| world.roster.lines.insert(0, another(78)))
        .await;
    stage.shows("1     Priya Nair");
}

#[tokio::test]
async fn who_calls_takes_the_number_of_a_conversation_that_is_over_when_none_is_free() {
    let mut crowded = world();
    for line in &mut crowded.roster.lines {
        line.status = Status::Ended;
        line.end = Some(line.start);
    }
    crowded.roster.lines.truncate(1);
    crowded.roster.lines.extend((80..88).map(another));
    let mut stage = Stage::new(140, 42, "agent", crowded).await;
    stage.shows("9     Efa Byrne");
    stage
        .becomes(|world| world.roster.lines.push(another(90)))
        .await;
    stage.hides("9     Efa Byrne");
    stage.shows("9     Priya Nair");
    stage
        .becomes(|world| world.roster.lines.push(another(91)))
        .await;
    stage.shows("9     Priya Nair");
}

#[tokio::test]
async fn a_conversation_of_a_colleague_is_wrapped_up_after_a_question_only() {
    let mut of_another = world();
    of_another.roster.lines[0].agent = Some("K. Osei".to_owned());
    let mut stage = Stage::new(140, 42, "admin", of_another).await;
    stage.press("p").await;
    stage.shows("The call of 13:59 is K. Osei's, not yours. Wrap it up all the same?");
    stage.press("enter").await;
    stage.hides("Wrap up the call");
    stage.press("p y").await;
    stage.shows("Wrap up the call of 13:59, Efa Byrne");
    stage.press("esc 2 p").await;
    stage.shows("Wrap up the e-mail of 14:01, Jon Ortega");
}

#[tokio::test]
async fn who_was_merged_since_stands_once_among_the_recent() {
    let mut stage = Stage::new(140, 42, "agent", world()).await;
    stage.press("2 1").await;
    stage.backend.with(|world| {
        let efa = world.profiles.get_mut(&conversation_id(1)).unwrap();
        let contact = efa.contact.as_mut().unwrap();
        efa.ancestors.push(contact.id);
        contact.id = contact_id(70);
    });
    stage.press("f5 r").await;
    let text = stage.text();
    let rows = text.lines().filter(|line| line.contains("Efa Byrne  "));
    let listed = rows.filter(|line| line.contains("● Curated     ")).count();
    assert_eq!(listed, 1, "{text}");
}
