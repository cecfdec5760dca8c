//! *Why?* across merges: who held the identifier then, who merged them, who took it back.

use scv_desk::backend::Backend;
use scv_desk::backend::view::{HistoryQuery, TurnKind};
use scv_desk::domain::command::{Action, Command, EntryId, Sure};
use scv_desk::domain::{Channel, ContactId, ConversationId, Field};

use super::Here;
use crate::world::*;

impl Here {
    async fn why_link(&self, conversation: ConversationId) -> Vec<String> {
        self.backend.why(conversation).await.unwrap().sentences
    }

    pub async fn merge(&self, contacts: &[ContactId]) -> ContactId {
        let merge = Command::Merge {
            contacts: contacts.to_vec(),
            takes: Vec::new(),
            sure: Sure::AskedOnce,
        };
        self.run(merge).await.unwrap()
    }

    /// Takes back what was done last.
    pub async fn take_back(&self) {
        let entry = self.backend.last_undoable().await.unwrap().unwrap();
        self.run(Command::Undo { entry: entry.id }).await;
    }
}

#[tokio::test]
async fn a_merge_is_told_with_who_did_it_and_when() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let other = here.sees_new(2, CLAIRE).await;
    let merged = here.merge(&[efa, other]).await;
    let told = here.backend.why(call).await.unwrap();
    assert_eq!(
        told.sentences,
        [
            "The call of 2 Mar 2026 09:02 came with phone +353 86 123 4567, so it was linked to Efa Byrne.",
            "Phone +353 86 123 4567 was claimed by Efa Byrne on 2 Mar 2026 (the contact was made with it by \
             Ava).",
            "Efa Byrne was merged with the contact of +353 87 234 5678 into one contact, Efa Byrne, by Ava on \
             2 Mar 2026 09:04 (entry 4; it took the cell phone of the contact of +353 87 234 5678).",
            "That is why the journey of Efa Byrne shows it.",
            "Rule: the first identifier that is claimed decides (version 1).",
        ]
    );
    let [turn] = told.chain.as_slice() else {
        panic!("{:?}", told.chain)
    };
    assert_eq!((turn.contact.id, turn.into.id), (efa, merged));
    assert_eq!(turn.with[0].id, other);
    let done = turn.done.as_ref().unwrap();
    assert_eq!((done.entry, done.action), (EntryId(4), Action::Merge));
    assert_eq!((done.by.as_str(), done.at), ("Ava", here.now()));
}

#[tokio::test]
async fn whose_values_a_merge_took_is_told() {
    let here = Here::with(current());
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    here.merge(&[efa, claire]).await;
    let told = here.backend.why(call).await.unwrap();
    assert_eq!(told.chain[0].taken, [(Field::FirstName, claire)]);
    assert!(
        told.sentences[2].ends_with("(entry 4; it took the first name of Claire Byrne)."),
        "{:?}",
        told.sentences
    );
}

#[tokio::test]
async fn several_merges_and_one_that_was_taken_back() {
    let here = Here::with(current());
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    let nora = here.keep("Nora", "Byrne", &[]).await;
    let both = here.merge(&[efa, claire]).await;
    here.merge(&[both, nora]).await;
    let kinds = |told: &scv_desk::backend::view::Explanation| {
        told.chain.iter().map(|turn| turn.kind).collect::<Vec<_>>()
    };
    use TurnKind::{Merged, MergedAgain, TakenBack};
    assert_eq!(
        kinds(&here.backend.why(call).await.unwrap()),
        [Merged, Merged]
    );
    here.take_back().await;
    let told = here.backend.why(call).await.unwrap();
    assert_eq!(kinds(&told), [Merged, Merged, TakenBack]);
    assert_eq!(
        told.sentences[4],
        "That merge into Claire Byrne was taken back by Ava on 2 Mar 2026 09:07 (entry 7): Claire Byrne is a \
         contact of its own again."
    );
    assert_eq!(
        told.sentences[5],
        "That is why the journey of Claire Byrne shows it."
    );
    here.run(Command::Undo { entry: EntryId(7) }).await;
    let told = here.backend.why(call).await.unwrap();
    assert_eq!(kinds(&told), [Merged, Merged, TakenBack, MergedAgain]);
}

#[tokio::test]
async fn what_came_after_a_merge_names_the_claim_before_it() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let other = here.sees_new(1, CLAIRE).await;
    here.merge(&[efa, other]).await;
    let call = here.sees(2, Channel::Call, &[CLAIRE]).await;
    let words = here.why_link(call).await;
    assert_eq!(
        words[1..3],
        [
            "Phone +353 87 234 5678 came with the call of 2 Mar 2026 09:02, and was claimed by the contact of \
             +353 87 234 5678 when that was ingested on 2 Mar 2026.",
            "Phone +353 87 234 5678 came to Efa Byrne on 2 Mar 2026 (with the merge of the contact of \
             +353 87 234 5678 by Ava, entry 3).",
        ]
    );
    let told = here.backend.why(call).await.unwrap();
    let holders: Vec<ContactId> = told.claims.iter().map(|one| one.claim.contact).collect();
    assert_eq!(holders[0], other);
    assert_eq!(told.chain, []);
}

#[tokio::test]
async fn what_went_to_a_side_tells_why_it_had_come() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let other = here.sees_new(1, CLAIRE).await;
    here.merge(&[efa, other]).await;
    let call = here.sees(2, Channel::Call, &[CLAIRE]).await;
    let unmerge = Command::Unmerge {
        entry: EntryId(3),
        sides: Vec::new(),
    };
    here.run(unmerge).await;
    let words = here.why_link(call).await;
    let begins = |at: usize, with: &str| assert!(words[at].starts_with(with), "{words:#?}");
    begins(
        0,
        "The call of 2 Mar 2026 09:04 came with phone +353 87 234 5678, so it was linked to Efa Byrne.",
    );
    begins(2, "Phone +353 87 234 5678 came to Efa Byrne");
    begins(
        3,
        "Ava took a merge back on 2 Mar 2026 09:05, and it went to the contact of +353 87 234 5678",
    );
}

#[tokio::test]
async fn who_merged_is_told_as_far_as_the_journal_keeps_it() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let call = here.sees(1, Channel::Call, &[EFA]).await;
    let other = here.sees_new(2, CLAIRE).await;
    here.merge(&[efa, other]).await;
    let connection = rusqlite::Connection::open(here.path()).unwrap();
    connection.execute("DELETE FROM payload", ()).unwrap();
    let words = here.why_link(call).await;
    assert_eq!(
        words[2],
        "Efa Byrne was merged into one contact, Efa Byrne, by Ava on 2 Mar 2026 09:04 (entry 4)."
    );
}

#[tokio::test]
async fn a_contact_tells_its_merges_and_what_became_of_them() {
    let here = Here::with(current());
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    let nora = here.keep("Nora", "Byrne", &[]).await;
    let both = here.merge(&[efa, claire]).await;
    let all = here.merge(&[both, nora]).await;
    let why = |id| async move { here_words(&here.backend, id).await };
    let words = why(all).await;
    assert_eq!(
        words[..2],
        [
            "Claire Byrne was made on 2 Mar 2026 09:05 by Ava, merging Claire Byrne and Nora Byrne (entry 5).",
            "Claire Byrne was made on 2 Mar 2026 09:04 by Ava, merging Efa Byrne and Claire Byrne (entry 4).",
        ]
    );
    assert!(
        words.iter().any(|one| one.contains(
            "it came with the merge of Claire Byrne by Ava, entry 5; claimed on 2 Mar 2026, the contact was \
             made with it"
        )),
        "{words:#?}"
    );
}

#[tokio::test]
async fn a_contact_that_is_its_own_again_says_so() {
    let here = Here::with(current());
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    here.merge(&[efa, claire]).await;
    here.take_back().await;
    let words = here_words(&here.backend, efa).await;
    assert_eq!(
        words[1..3],
        [
            "Efa Byrne was merged with Claire Byrne into one contact, Claire Byrne, by Ava on 2 Mar 2026 09:03 \
             (entry 3; it took the first name of Claire Byrne).",
            "That merge into Claire Byrne was taken back by Ava on 2 Mar 2026 09:04 (entry 4): Efa Byrne is a \
             contact of its own again.",
        ]
    );
}

/// With the values of the journal and by its public part alone.
#[tokio::test]
async fn what_a_merge_had_made_is_gone_once_it_is_taken_back() {
    let here = Here::with(current());
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let claire = here.keep("Claire", "Byrne", &[]).await;
    let merged = here.merge(&[efa, claire]).await;
    here.take_back().await;
    let told = format!(
        "contact {merged} is gone: the merge that had made it was taken back by Ava on 2 Mar 2026 09:04 \
         (entry 4); alive again: "
    );
    let profile = here.backend.profile(merged).await.unwrap();
    let gone = profile.gone.unwrap();
    assert!(gone.starts_with(&told), "{gone}");
    assert!(
        gone.contains(&format!("Efa Byrne, contact {efa}")),
        "{gone}"
    );
    assert!(
        gone.contains(&format!("Claire Byrne, contact {claire}")),
        "{gone}"
    );
    let connection = rusqlite::Connection::open(here.path()).unwrap();
    connection.execute("DELETE FROM payload", ()).unwrap();
    let public = here.backend.profile(merged).await.unwrap().gone;
    assert!(public.unwrap().starts_with(&told));
    here.run(Command::Delete { contact: efa }).await;
    let deleted = here.backend.profile(efa).await.unwrap();
    let (contact, gone) = (deleted.contact, deleted.gone.unwrap());
    assert_eq!(contact, None);
    let told = format!("contact {efa} is gone: it was deleted by Ava on 2 Mar 2026 ");
    assert!(gone.starts_with(&told), "{gone}");
}

/// Whom nobody named is called by the name that their conversation gave, everywhere.
#[tokio::test]
async fn one_person_has_one_name() {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[]).await;
    let mut call = seen(1, Channel::Call, &[CLAIRE]);
    call.start = here.now();
    call.participants[0].name = Some("Theo Meza".to_owned());
    here.run(Command::Resolve(Box::new(call.clone()))).await;
    let other = here.backend.profile_of(call.id).await.unwrap();
    let other = other.contact.unwrap().id;
    let preview = here.backend.preview_merge(vec![efa, other], Vec::new());
    assert_eq!(preview.await.unwrap().inputs[1].called(), "Theo Meza");
    here.merge(&[efa, other]).await;
    let words = here.why_link(call.id).await;
    assert!(
        words[1].starts_with("Theo Meza was merged with Efa Byrne"),
        "{words:#?}"
    );
    let preview = here.backend.preview_unmerge(EntryId(3), Vec::new());
    let sides = preview.await.unwrap().sides;
    assert!(
        sides.iter().any(|one| one.called() == "Theo Meza"),
        "{sides:?}"
    );
    let told = here.backend.why_contact(efa).await.unwrap();
    assert!(
        told.sentences[0].contains("merging Efa Byrne and Theo Meza"),
        "{told:?}"
    );
}

async fn here_words(
    backend: &scv_desk::backend::local::LocalBackend,
    id: ContactId,
) -> Vec<String> {
    backend.why_contact(id).await.unwrap().sentences
}

fn current() -> scv_desk::engine::Options {
    scv_desk::engine::Options {
        merge: scv_desk::domain::permission::MergeRules::Current,
        ..Default::default()
    }
}

#[tokio::test]
async fn the_history_tells_two_of_one_name_apart() {
    let here = Here::new();
    let one = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    let mail = &[(Field::WorkEmail, "efa@example.ie")];
    let other = here.keep("Efa", "Byrne", mail).await;
    here.run(Command::NotSame { one, other }).await;
    let query = HistoryQuery {
        limit: 1,
        ..HistoryQuery::default()
    };
    let line = here.backend.history(query).await.unwrap().lines.remove(0);
    assert_eq!(
        line.sentence,
        "marked Efa Byrne (+353 86 123 4567) and Efa Byrne (efa@example.ie) as not the same"
    );
}
