//! Who is suggested for a conversation: never whom an agent took it from.

use scv_desk::backend::Backend;
use scv_desk::backend::view::{HistoryQuery, Profile};
use scv_desk::domain::command::{Command, Sharing};
use scv_desk::domain::{Channel, ContactId, ConversationId, Field, Identifier, IdentifierType};

use super::Here;
use crate::world::*;

impl Here {
    async fn profile_of(&self, conversation: ConversationId) -> Profile {
        self.backend.profile_of(conversation).await.unwrap()
    }

    async fn unlinks(&self, conversation: ConversationId, sharing: Sharing) {
        let unlink = Command::Unlink {
            conversation,
            sharing,
        };
        self.run(unlink).await;
    }
}

fn rivals(profile: &Profile) -> Vec<ContactId> {
    profile.rivals.iter().map(|(brief, _)| brief.id).collect()
}

/// Efa and Claire, who carry one number; a call from it was linked to Efa.
async fn household() -> (Here, ContactId, ContactId, ConversationId) {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here
        .keep("Claire", "Byrne", &[(Field::HomePhone, EFA)])
        .await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    (here, efa, claire, call)
}

#[tokio::test]
async fn whom_an_agent_took_it_from_is_not_suggested_until_that_is_undone() {
    for sharing in [Sharing::Leave, Sharing::Mark] {
        let (here, efa, claire, call) = household().await;
        assert_eq!(here.profile_of(call).await.left, []);
        here.unlinks(call, sharing).await;
        let profile = here.profile_of(call).await;
        assert_eq!((rivals(&profile), profile.left), (vec![claire], vec![efa]));
        let entry = here.backend.last_undoable().await.unwrap().unwrap().id;
        here.run(Command::Undo { entry }).await;
        assert_eq!(here.profile_of(call).await.left, []);
    }
}

#[tokio::test]
async fn an_unlink_that_is_done_again_is_remembered_again() {
    let (here, efa, _, call) = household().await;
    here.unlinks(call, Sharing::Leave).await;
    let unlink = here.backend.last_undoable().await.unwrap().unwrap().id;
    here.run(Command::Undo { entry: unlink }).await;
    assert_eq!(here.profile_of(call).await.left, []);
    let query = HistoryQuery {
        limit: 1,
        ..HistoryQuery::default()
    };
    let entry = here.backend.history(query).await.unwrap().lines[0].id;
    here.run(Command::Undo { entry }).await;
    let profile = here.profile_of(call).await;
    assert_eq!(profile.left, [efa]);
    assert!(!rivals(&profile).contains(&efa));
}

#[tokio::test]
async fn once_the_mark_is_lifted_nobody_asks_whose_it_is() {
    let (here, efa, claire, _) = household().await;
    let identifier = Identifier::read(IdentifierType::Phone, EFA, None, None).unwrap();
    let (on, off) = (identifier.clone(), identifier.clone());
    here.run(Command::Share { identifier: on }).await;
    let call = here.sees(2, Channel::Call, &[EFA]).await;
    let whose = async || {
        let roster = here.backend.roster().await.unwrap();
        let mut lines = roster.lines.into_iter();
        lines.find(|line| line.id == call).unwrap().whose
    };
    assert_eq!(whose().await, ["Efa Byrne", "Claire Byrne"]);
    assert!(!here.profile_of(call).await.is_unshared_since());
    let heir = here.backend.preview_unshare(identifier).await.unwrap();
    assert_eq!(heir.map(|heir| heir.id), Some(efa));
    here.run(Command::Unshare { identifier: off }).await;
    assert!(whose().await.is_empty());
    let profile = here.profile_of(call).await;
    assert!(profile.is_unshared_since());
    assert_eq!(profile.holders[0].0.id, efa);
    assert_eq!(rivals(&profile), [efa, claire], "who uses it is still told");
}

#[tokio::test]
async fn who_is_linked_after_all_was_not_left() {
    let (here, efa, claire, call) = household().await;
    here.unlinks(call, Sharing::Leave).await;
    here.link(call, claire).await;
    let profile = here.profile_of(call).await;
    assert_eq!(
        rivals(&profile),
        [efa],
        "that she uses it too is still told"
    );
    assert_eq!(profile.left, [efa]);
    here.link(call, efa).await;
    assert_eq!(here.profile_of(call).await.left, []);
}

#[tokio::test]
async fn the_holder_of_the_number_is_named_also_where_nobody_suggests_them() {
    let (here, efa, _, call) = household().await;
    here.unlinks(call, Sharing::Leave).await;
    let profile = here.profile_of(call).await;
    let holder = &profile.holders[0].0;
    assert_eq!((holder.id, holder.name.as_str()), (efa, "Efa Byrne"));
}

#[tokio::test]
async fn a_name_past_the_retention_is_not_told_before_it_is_removed_either() {
    let here = Here::new();
    let mut first = seen(1, Channel::Call, &[EFA]);
    first.participants[0].name = Some("Theodore Meza".to_owned());
    first.end = Some(first.start.plus_ms(60_000));
    here.run(Command::Resolve(Box::new(first))).await;
    here.wait_minutes(50 * 24 * 60);
    let second = here.sees(2, Channel::Call, &[EFA]).await;
    assert_eq!(here.profile_of(second).await.said(), Some("Theodore Meza"));
    here.wait_minutes(11 * 24 * 60);
    assert_eq!(here.profile_of(second).await.said(), None);
}

#[tokio::test]
async fn a_contact_that_nobody_named_is_called_the_same_everywhere() {
    let here = Here::new();
    let mut first = seen(1, Channel::Call, &[EFA]);
    first.participants[0].name = Some("Theodore Meza".to_owned());
    here.run(Command::Resolve(Box::new(first))).await;
    here.sees(2, Channel::Call, &[EFA]).await;
    let roster = here.backend.roster().await.unwrap();
    assert_eq!(roster.lines.len(), 2);
    for line in &roster.lines {
        assert_eq!(line.provided_name.as_deref(), Some("Theodore Meza"));
        assert_eq!(here.profile_of(line.id).await.said(), Some("Theodore Meza"));
    }
}
