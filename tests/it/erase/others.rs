//! What an erasure leaves to others although it looks like what it takes.

use scv_desk::domain::command::Command;
use scv_desk::domain::{Channel, Conversation, Field};

use super::{Office, erase};
use crate::world::{EFA, edit, fields, seen, whatsapp};

async fn comes(office: &Office, seen: Conversation) -> scv_desk::domain::ContactId {
    let came = office.act(Command::Resolve(Box::new(seen))).await;
    came.contact.unwrap()
}

#[tokio::test]
async fn a_number_that_is_now_somebody_elses_stays_although_its_whatsapp_goes() {
    let office = Office::new();
    let writer = comes(&office, seen(1, Channel::Whatsapp, &[EFA])).await;
    let keep = Command::Create {
        fields: Box::new(fields(&[
            (Field::LastName, "Byrne"),
            (Field::CellPhone, EFA),
        ])),
        link: None,
    };
    let claire = office.act(keep).await.contact.unwrap();
    let call = seen(2, Channel::Call, &[EFA]);
    assert_eq!(comes(&office, call).await, claire);
    let hers = |lines: std::collections::BTreeSet<String>| {
        let of_call = |line: &&String| line.contains("\"addresses\":[\"+353861234567\"]");
        lines.iter().filter(of_call).count()
    };
    assert_eq!(hers(office.dump().await), 2);
    office.act(erase(writer)).await;
    assert_eq!(hers(office.dump().await), 1, "the call is Claire's");
    office.is_sound().await;
}

#[tokio::test]
async fn an_edit_that_gave_somebody_the_number_of_an_erased_whatsapp_can_be_undone_still() {
    let office = Office::new();
    let keeps = |typed: &[(Field, &str)]| Command::Create {
        fields: Box::new(fields(typed)),
        link: None,
    };
    let caller = keeps(&[(Field::LastName, "Nolan"), (Field::CellPhone, EFA)]);
    let caller = office.act(caller).await.contact.unwrap();
    let writer = keeps(&[(Field::LastName, "Quill")]);
    let writer = office.act(writer).await.contact.unwrap();
    let claim = Command::Claim {
        contact: writer,
        identifier: whatsapp(EFA),
    };
    office.act(claim).await;
    let chat = seen(1, Channel::Whatsapp, &[EFA]);
    assert_eq!(comes(&office, chat).await, writer);
    // The number goes with the caller, so that the chat's evidence has the WhatsApp alone.
    office.act(erase(caller)).await;
    let claire = keeps(&[(Field::LastName, "Byrne")]);
    let claire = office.act(claire).await.contact.unwrap();
    let edits = Command::Edit {
        contact: claire,
        edits: vec![edit(Field::CellPhone, EFA)],
    };
    let edited = office.act(edits).await.entry.unwrap();
    office.act(erase(writer)).await;
    office.act(Command::Undo { entry: edited }).await;
    office.is_sound().await;
}
