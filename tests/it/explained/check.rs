//! Every stored decision is decided again from its evidence, and what does not follow is named.

use rusqlite::Connection;
use scv_desk::domain::command::{Command, Sharing};
use scv_desk::domain::{Channel, Field};

use super::Here;
use crate::world::*;

/// A store with one link by each rule, and a visit.
async fn full() -> Here {
    let here = Here::new();
    let efa = here.keep("Efa", "Byrne", &[(Field::CellPhone, EFA)]).await;
    here.sees(1, Channel::Call, &[EFA]).await;
    here.sees(2, Channel::Call, &[CLAIRE]).await;
    here.sees(3, Channel::Call, &[]).await;
    let by_hand = here.sees(4, Channel::Email, &["ada@example.ie"]).await;
    here.link(by_hand, efa).await;
    let unlinked = here.sees(5, Channel::Call, &[ADA]).await;
    here.run(Command::Unlink {
        conversation: unlinked,
        sharing: Sharing::Mark,
    })
    .await;
    here.sees(6, Channel::Call, &[ADA]).await;
    let visit = visit(1, "browser", None, &[("email", "efa@example.ie")]);
    here.run(Command::ResolveVisit(Box::new(visit))).await;
    // Seen again with another address: the link stays, and so does its evidence.
    let mut again = seen(2, Channel::Call, &[ADA]);
    again.start = here.now();
    here.run(Command::Resolve(Box::new(again))).await;
    here
}

const FIRST: &str = "UPDATE conversation SET link = json_set(link, ";
const OF_1: &str = ") WHERE json_extract(link, '$.reason.rule') = 'FirstClaimed'";
const OF_NEW: &str = ") WHERE json_extract(link, '$.reason.rule') = 'NoClaim'";
const OF_HAND: &str = ") WHERE json_extract(link, '$.reason.rule') = 'ByPerson'";

/// What is done to the evidence behind the store's back, and a part of the sentence that it earns.
fn tampered() -> Vec<(String, &'static str)> {
    let set = |what: &str, of: &str| format!("{FIRST}{what}{of}");
    vec![
        (
            set("'$.reason.at', 1", OF_1),
            "not the one that the journal holds",
        ),
        (
            set("'$.reason.version', 9", OF_1),
            "version 9 of the rules made it",
        ),
        (
            set("'$.reason.decided', 5", OF_1),
            "needs an identifier and a claim",
        ),
        (
            set("'$.reason.claim', NULL", OF_1),
            "needs an identifier and a claim",
        ),
        (
            set(
                "'$.reason.claim.contact', (SELECT json_extract(other.link, '$.contact')
                FROM conversation AS other WHERE json_extract(other.link, '$.reason.rule') = 'NoClaim')",
                OF_1,
            ),
            "does not lead to the linked contact",
        ),
        (
            set(
                "'$.reason.rivals', json_array(json_extract(link, '$.contact'))",
                OF_1,
            ),
            "a rival to itself",
        ),
        (
            set("'$.reason.actor', 'Mallory'", OF_1),
            "do not go together",
        ),
        (
            set(
                "'$.reason.provided[0].typed', '+353 85 345 6789'",
                OF_1,
            ),
            "identifier 1 does not read",
        ),
        (
            set(
                "'$.reason.provided[0].typed', '+353853456789',
                '$.reason.provided[0].identifier.value', '+353853456789'",
                OF_1,
            ),
            "identifier 1 did not come with it",
        ),
        (
            set(
                "'$.reason.provided[1]', json_extract(link, '$.reason.provided[0]')",
                OF_1,
            ),
            "identifier 2 stands there twice",
        ),
        (
            set("'$.reason.provided', json('[]')", OF_NEW),
            "what it came with does not fit",
        ),
        (
            set("'$.reason.decided', 0", OF_NEW),
            "decides without a claim",
        ),
        (
            set("'$.reason.rule', 'Unlinked', '$.reason.actor', 'Ava'", OF_NEW),
            "makes a contact of its own",
        ),
        (set("'$.reason.actor', NULL", OF_HAND), "do not go together"),
        (
            "UPDATE visit SET link = json_set(link, '$.reason.rule', 'NothingProvided')".to_owned(),
            "the link of visit",
        ),
        (
            "UPDATE payload SET body = '[]x' WHERE seq = 2".to_owned(),
            "the values of journal entry 2 do not read",
        ),
        (
            "UPDATE payload SET body = (SELECT body FROM payload AS other WHERE other.seq = 3) WHERE seq = 2"
                .to_owned(),
            "which its public part does not name",
        ),
    ]
}

#[tokio::test]
async fn what_was_decided_follows_from_its_evidence() {
    let here = full().await;
    assert_eq!(here.backend.check().await.unwrap(), Vec::<String>::new());
}

const UNSEAL: &str = "
    UPDATE conversation SET link = substr(link, 1, instr(link, char(10)) - 1) WHERE instr(link, char(10)) > 0;
    UPDATE visit SET link = substr(link, 1, instr(link, char(10)) - 1) WHERE instr(link, char(10)) > 0;";

#[tokio::test]
async fn evidence_that_was_tampered_with_is_named() {
    let here = full().await;
    for (sql, sentence) in tampered() {
        let connection = Connection::open(here.path()).unwrap();
        // Who forges evidence leaves the sum of it away.
        connection.execute_batch(UNSEAL).unwrap();
        connection.execute_batch("SAVEPOINT before").unwrap();
        let kept: Vec<(String, i64, String)> = kept(&connection);
        let changed = connection.execute(&sql, ()).unwrap();
        connection.execute_batch("RELEASE before").unwrap();
        assert!(0 < changed, "{sql} changes nothing");
        let problems = here.backend.check().await.unwrap();
        let is_named = problems.iter().any(|problem| problem.contains(sentence));
        assert!(is_named, "{sql}: {problems:#?}");
        let names_value = problems.iter().any(|problem| problem.contains("35385345"));
        assert!(!names_value, "a value is named: {problems:#?}");
        put_back(&connection, kept);
    }
    assert_eq!(here.backend.check().await.unwrap(), Vec::<String>::new());
}

/// Every link and payload, so that each case begins with a sound store.
fn kept(connection: &Connection) -> Vec<(String, i64, String)> {
    let sql = "SELECT 'conversation SET link', row, link FROM conversation
        UNION ALL SELECT 'visit SET link', row, link FROM visit
        UNION ALL SELECT 'payload SET body', seq, body FROM payload";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

fn put_back(connection: &Connection, kept: Vec<(String, i64, String)>) {
    for (what, row, text) in kept {
        let sql = format!("UPDATE {what} = ?2 WHERE rowid = ?1");
        connection.execute(&sql, (row, text)).unwrap();
    }
}

/// An unmerge, an expiry, or an undo leaves evidence that still holds.
#[tokio::test]
async fn what_is_undone_leaves_no_breach() {
    let here = full().await;
    let one = here.sees(7, Channel::Email, &["new@example.ie"]).await;
    let efa = here.keep("Nora", "Byrne", &[]).await;
    here.link(one, efa).await;
    let undo = scv_desk::backend::Backend::last_undoable(here.backend.as_ref());
    let entry = undo.await.unwrap().unwrap().id;
    here.run(Command::Undo { entry }).await;
    assert_eq!(here.backend.check().await.unwrap(), Vec::<String>::new());
    here.wait_minutes(61 * 24 * 60);
    assert!(0 < here.backend.expire(100).await.unwrap());
    here.backend.drop_older(100).await.unwrap();
    assert_eq!(here.backend.check().await.unwrap(), Vec::<String>::new());
}
