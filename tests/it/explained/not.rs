//! *Why not?*: each thing that keeps a conversation from a contact is told in the words of the product.

use scv_desk::backend::Backend;
use scv_desk::domain::command::{Command, Sharing};
use scv_desk::domain::{Channel, ContactId, ConversationId, Field};

use super::Here;
use crate::world::*;

impl Here {
    /// The codes and the sentences of why not.
    async fn why_not(&self, one: ConversationId, other: ContactId) -> (Vec<String>, String) {
        let told = self.backend.why_not(one, other).await.unwrap();
        let codes = told
            .answers
            .iter()
            .map(|answer| answer.code.to_string())
            .collect();
        (codes, told.sentences.join("\n"))
    }
}

#[tokio::test]
async fn a_value_that_another_holds_first() {
    let here = Here::new();
    here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here
        .keep("Claire", "Byrne", &[(Field::CellPhone, EFA)])
        .await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let (codes, words) = here.why_not(call, claire).await;
    assert_eq!(codes, ["held-by-other"]);
    assert_eq!(
        words,
        "Claire Byrne carries phone +353 86 123 4567 as cell phone, but Efa Byrne holds the claim and had it \
         first (since 2 Mar 2026, the contact was made with it)."
    );
}

#[tokio::test]
async fn nothing_of_theirs_and_a_contact_that_came_later() {
    let here = Here::new();
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let withheld = here.sees(2, Channel::Call, &[]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    let (codes, words) = here.why_not(call, claire).await;
    assert_eq!(codes, ["nothing-of-theirs", "made-after"]);
    assert!(
        words.contains("came with phone +353 86 123 4567, and nothing of that is Claire Byrne's"),
        "{words}"
    );
    assert_eq!(
        here.why_not(withheld, claire).await.0,
        ["nothing-provided", "made-after"]
    );
}

#[tokio::test]
async fn a_person_who_decided_stands_above_the_rules() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    here.link(call, claire).await;
    let (codes, words) = here.why_not(call, efa).await;
    assert_eq!(codes, ["linked-by-person", "theirs"]);
    assert!(
        words.starts_with("Ava linked it to Claire Byrne by hand on 2 Mar 2026"),
        "{words}"
    );
    assert_eq!(here.why_not(call, claire).await.0, ["linked"]);
    here.run(Command::Unlink {
        conversation: call,
        sharing: Sharing::Leave,
    })
    .await;
    assert_eq!(here.why_not(call, claire).await.0[0], "unlinked-by-person");
}

#[tokio::test]
async fn who_was_said_to_be_wrong_is_not_suggested_again_and_others_are() {
    let here = Here::new();
    here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here
        .keep("Claire", "Byrne", &[(Field::CellPhone, EFA)])
        .await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    here.run(Command::Unlink {
        conversation: call,
        sharing: Sharing::Leave,
    })
    .await;
    let profile = here.backend.profile_of(call).await.unwrap();
    let rivals: Vec<ContactId> = profile.rivals.iter().map(|(brief, _)| brief.id).collect();
    assert_eq!(rivals, [claire]);
}

#[tokio::test]
async fn a_shared_number_and_a_mark_that_they_differ() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    here.run(Command::Share {
        identifier: phone(EFA),
    })
    .await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let (codes, words) = here.why_not(call, efa).await;
    assert_eq!(codes, ["shared"]);
    assert!(
        words.contains("was marked as shared by Ava on 2 Mar 2026"),
        "{words}"
    );
    let other = here
        .backend
        .profile_of(call)
        .await
        .unwrap()
        .contact
        .unwrap()
        .id;
    here.run(Command::NotSame { one: efa, other }).await;
    let (codes, words) = here.why_not(call, efa).await;
    assert_eq!(codes, ["not-same", "shared"]);
    assert!(words.contains("Ava marked Efa Byrne and"), "{words}");
}

#[tokio::test]
async fn what_is_tried_later_and_what_was_only_typed() {
    let here = Here::new();
    let efa = here
        .keep("Efa", "Byrne", &[(Field::WorkEmail, "efa@example.ie")])
        .await;
    let browser = here.sees(1, Channel::Whatsapp, &[CLAIRE]).await;
    assert_eq!(here.why_not(browser, efa).await.0, ["nothing-of-theirs"]);
    let chat = web(2, Some("browser"), None, &[]);
    here.run(Command::Resolve(Box::new(chat))).await;
    let chat = web(3, Some("browser"), None, &["efa@example.ie"]);
    here.run(Command::Resolve(Box::new(chat.clone()))).await;
    let (codes, words) = here.why_not(chat.id, efa).await;
    assert_eq!(codes, ["tried-later"]);
    assert_eq!(
        words,
        "E-mail efa@example.ie is Efa Byrne's, but cookie browser is tried first and decided. It was only \
         typed by the visitor, and what is typed is not enough."
    );
}

#[tokio::test]
async fn somebody_who_is_gone_and_a_channel_that_is_off() {
    let here = Here::with(scv_desk::engine::Options {
        channels_off: vec![Channel::Sms],
        ..Default::default()
    });
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let sms = here.sees(1, Channel::Sms, &[EFA]).await;
    let (codes, words) = here.why_not(sms, efa).await;
    assert_eq!(codes[0], "resolution-off");
    assert!(
        words.contains("Resolution was switched off for SMS"),
        "{words}"
    );
    here.run(Command::Delete { contact: efa }).await;
    assert_eq!(here.why_not(sms, efa).await.0, ["gone"]);
}

#[tokio::test]
async fn a_mark_that_is_off_by_now_is_told_with_who_took_it_off() {
    let here = Here::new();
    here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let identifier = phone(EFA);
    here.run(Command::Share {
        identifier: identifier.clone(),
    })
    .await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let told = async || here.backend.why(call).await.unwrap().sentences.join(" ");
    let marked = "was marked as shared by Ava on 2 Mar 2026";
    let lifted =
        "Phone +353 86 123 4567 is not marked any more: Ava took the mark off on 2 Mar 2026";
    let before = told().await;
    assert!(
        before.contains(marked) && !before.contains(lifted),
        "{before}"
    );
    here.run(Command::Unshare {
        identifier: identifier.clone(),
    })
    .await;
    let after = told().await;
    assert!(after.contains(lifted) && !after.contains(marked), "{after}");
    here.run(Command::Share { identifier }).await;
    let again = told().await;
    assert!(again.contains(marked) && !again.contains(lifted), "{again}");
}
