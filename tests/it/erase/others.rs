//! What an erasure leaves to others although it looks like what it takes.

use scv_desk::domain::command::Command;
use scv_desk::domain::{Channel, Conversation, Field};

use super::{Office, erase};
use crate::world::{EFA, fields, seen};

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
