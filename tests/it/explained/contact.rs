//! *Why?* of a contact: how it came to be and how it came by what it holds.

use scv_desk::backend::Backend;
use scv_desk::backend::view::{Expires, Whose};
use scv_desk::domain::command::{Command, Sure};
use scv_desk::domain::{Channel, ContactId, Field};

use super::Here;
use crate::world::*;

impl Here {
    async fn why(&self, contact: ContactId) -> Vec<String> {
        self.backend.why_contact(contact).await.unwrap().sentences
    }
}

#[tokio::test]
async fn one_that_a_conversation_made() {
    let here = Here::new();
    let call = here.sees(1, Channel::Call, &["+353 86 123-4567"]).await;
    let contact = here
        .backend
        .profile_of(call)
        .await
        .unwrap()
        .contact
        .unwrap()
        .id;
    let told = here.backend.why_contact(contact).await.unwrap();
    assert_eq!(
        told.sentences,
        [
            "The contact of +353 86 123 4567 was made by the call of 2 Mar 2026 09:01 \
             (rule no-claimed-identifier, version 1).",
            "Phone +353 86 123 4567 has identified it since 2 Mar 2026 (the call of 2 Mar 2026 09:01 came \
             with it, written +353 86 123-4567).",
            "It expires 60 days after its open conversation ends.",
        ]
    );
    let made = told.made.unwrap();
    assert_eq!(
        (made.conversation, made.rule, made.version),
        (Some(call), "no-claimed-identifier".into(), 1)
    );
    assert_eq!(told.held[0].typed.as_deref(), Some("+353 86 123-4567"));
}

#[tokio::test]
async fn one_that_somebody_made_kept_and_merged() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    here.keep("Claire", "Byrne", &[(Field::CellPhone, EFA)])
        .await;
    assert_eq!(
        here.why(efa).await,
        [
            "Efa Byrne was made by Ava on 2 Mar 2026 09:01.",
            "Phone +353 86 123 4567 has identified it since 2 Mar 2026 (the contact was made with it).",
            "Claire Byrne carries phone +353 86 123 4567 too.",
            "It is kept: it does not expire.",
        ]
    );
    let call = here.sees(1, Channel::Call, &[CLAIRE]).await;
    let other = here
        .backend
        .profile_of(call)
        .await
        .unwrap()
        .contact
        .unwrap()
        .id;
    here.run(Command::Promote {
        contact: other,
        edits: vec![edit(Field::FirstName, "Tom"), edit(Field::LastName, "Ryan")],
    })
    .await;
    assert!(here.why(other).await[1].starts_with("Ava added it to the contacts on 2 Mar 2026"));
    let merge = Command::Merge {
        contacts: vec![efa, here.sees_new(2, ADA).await],
        takes: Vec::new(),
        sure: Sure::AskedOnce,
    };
    let merged = here.run(merge).await.unwrap();
    let words = here.why(merged).await;
    assert_eq!(
        words[0],
        "Efa Byrne was made on 2 Mar 2026 09:06 by Ava, merging Efa Byrne and the contact of \
         +353 85 345 6789 (entry 6)."
    );
    assert!(words[1].contains("it came with the merge of"), "{words:?}");
    // An ancestor is explained as the person it is now.
    assert_eq!(here.why(efa).await, words);
}

#[tokio::test]
async fn what_is_no_longer_kept_is_not_guessed() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let connection = rusqlite::Connection::open(here.path()).unwrap();
    connection.execute("DELETE FROM payload", ()).unwrap();
    assert_eq!(
        here.why(efa).await[0],
        "Efa Byrne was made by somebody on 2 Mar 2026; more is no longer kept."
    );
}

#[tokio::test]
async fn one_expires_once_its_conversation_has_ended_and_so_it_was_then() {
    let here = Here::new();
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let profile = here.backend.profile_of(call).await.unwrap();
    let contact = profile.contact.unwrap().id;
    let open = here.now();
    here.wait_minutes(10);
    let mut ended = seen(1, Channel::Call, &[EFA]);
    ended.start = open;
    ended.end = Some(here.now());
    here.run(Command::Resolve(Box::new(ended))).await;
    let why = here.why(contact).await;
    let last = why.last().unwrap();
    assert_eq!(
        last,
        "It expires on 1 May 2026 unless it is heard of before."
    );
    let then = here.backend.past(Whose::Contact(contact), open).await;
    let then = then.unwrap().profile.expires;
    assert_eq!(then, Some(Expires::DaysAfterEnd(60)));
    let now = here.backend.past(Whose::Contact(contact), here.now()).await;
    let now = now.unwrap().profile.expires;
    assert!(matches!(now, Some(Expires::At(_))), "{now:?}");
}
