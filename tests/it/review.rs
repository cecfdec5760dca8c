//! The review: lists by filter against a recount of the whole journal, marks, samples, saved filters, and what is
//! taken out.

mod exports;
mod marks;
mod recount;

use std::sync::Arc;

use scv_desk::backend::local::LocalBackend;
use scv_desk::backend::view::{DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Action, Actor, Claiming, Command, EntryId, Sharing, Sure};
use scv_desk::domain::contact::{ContactId, ContactType};
use scv_desk::domain::review::{Filter, List, Reach};
use scv_desk::domain::{ConversationId, Refusal, Role};
use scv_desk::store::sqlite::Options;
use scv_desk::store::{Entry, EntryFilter, Store};

use super::org::Org;

/// The organization of `tests/data/org` after a day on which agents corrected some of it.
pub struct Floor {
    pub org: Org,
}

impl Floor {
    pub async fn new() -> Self {
        Self::of(Org::new()).await
    }

    /// One on which a page looks at so many rows of an index and no more.
    pub async fn looking_at(review_rows: u32) -> Self {
        let options = Options {
            review_rows,
            ..Options::default()
        };
        Self::of(Org::with(options)).await
    }

    async fn of(org: Org) -> Self {
        org.learn().await;
        org.import().await;
        org.ingest("conversations.ndjson").await;
        org.ingest("sessions.ndjson").await;
        let floor = Self { org };
        floor.correct().await;
        floor
    }

    /// The same store for somebody in a role.
    pub fn acting(&self, name: &str, role: &str) -> Arc<LocalBackend> {
        let role = Role::bundled(role).unwrap();
        let name = name.to_owned();
        Arc::new(self.org.backend.acting(Actor { name, role }))
    }

    pub fn supervisor(&self) -> Arc<LocalBackend> {
        self.acting("Orla Above", "supervisor")
    }

    /// Every entry there is, oldest first.
    pub async fn entries(&self) -> Vec<Entry> {
        let all = EntryFilter {
            limit: usize::MAX,
            ..EntryFilter::default()
        };
        let mut entries = self.org.store.entries(all).await.unwrap();
        entries.reverse();
        entries
    }

    /// The automatic links of conversations, oldest first.
    pub async fn automatic(&self) -> Vec<(EntryId, ConversationId, ContactId)> {
        let entries = self.entries().await.into_iter();
        let of_talks = entries.filter(|one| one.action == Action::Resolve);
        let parts = of_talks.filter_map(|one| Some((one.id, one.conversation?, one.contact?)));
        parts.collect()
    }

    async fn correct(&self) {
        let agent = self.acting("Mara Lindt", "agent");
        let other = self.acting("Ivo Brandt", "agent-merge");
        let links = self.automatic().await;
        let curated = self
            .org
            .store
            .contacts(links.iter().map(|one| one.2).collect());
        let curated = curated.await.unwrap().into_iter();
        let kept: Vec<ContactId> = curated
            .filter(|one| one.kind == ContactType::Curated)
            .map(|one| one.id)
            .collect();
        let mut unlinked = Vec::new();
        for (_, conversation, _) in links.iter().step_by(97) {
            let command = Command::Unlink {
                conversation: *conversation,
                sharing: Sharing::Leave,
            };
            unlinked.extend(agent.run(command).await.unwrap().entry);
        }
        for (_, conversation, contact) in links.iter().skip(5).step_by(131) {
            let target = kept.iter().find(|id| *id != contact).unwrap();
            let command = Command::Link {
                conversation: *conversation,
                contact: *target,
                claiming: Claiming::Leave,
            };
            other.run(command).await.unwrap();
        }
        // One is taken back, one is taken back and done again.
        let undo = Command::Undo { entry: unlinked[1] };
        agent.run(undo).await.unwrap();
        let undo = Command::Undo { entry: unlinked[2] };
        let undone = agent.run(undo).await.unwrap().entry.unwrap();
        agent.run(Command::Undo { entry: undone }).await.unwrap();
        self.join(&other, &links, &kept).await;
    }

    /// Joins some auto-made contacts with kept ones, and keeps others.
    async fn join(
        &self,
        agent: &LocalBackend,
        links: &[(EntryId, ConversationId, ContactId)],
        kept: &[ContactId],
    ) {
        let ids = links.iter().map(|one| one.2).collect();
        let made = self.org.store.contacts(ids).await.unwrap().into_iter();
        let mut made: Vec<ContactId> = made
            .filter(|one| one.kind != ContactType::Curated && one.merged_to.is_none())
            .map(|one| one.id)
            .collect();
        made.dedup();
        let mut joined = 0;
        for (one, other) in made.iter().zip(kept.iter().step_by(7)).take(6) {
            let command = Command::Merge {
                contacts: vec![*one, *other],
                takes: Vec::new(),
                sure: Sure::AskedTwice,
            };
            joined += usize::from(agent.run(command).await.is_ok());
        }
        assert!(0 < joined, "some merges are there to be found");
        let edits = Vec::new();
        let contact = *made.last().unwrap();
        let promote = Command::Promote { contact, edits };
        // The form asks for names, so that a bare promotion is refused: what is refused is no decision.
        let _ = agent.run(promote).await;
    }
}

/// A filter in words.
pub fn filter(words: &str) -> Filter {
    Filter::read(words, &jiff::tz::TimeZone::UTC).unwrap()
}

/// A whole list, page by page.
async fn whole(backend: &dyn Backend, list: List, words: &str, limit: usize) -> ReviewPage {
    let mut query = ReviewQuery {
        list,
        filter: filter(words),
        after: None,
        limit,
    };
    let mut all = ReviewPage::default();
    loop {
        let page = backend.review(query.clone()).await.unwrap();
        let read = page.decisions.len() + page.conversations.len();
        assert!(read <= limit, "{words}: a page of {read}");
        assert!(
            page.next.is_none() || read == limit || page.looked_to.is_some(),
            "{words}: a short page that does not say how far it looked"
        );
        all.decisions.extend(page.decisions);
        all.conversations.extend(page.conversations);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return all,
        }
    }
}

pub async fn decisions(backend: &dyn Backend, words: &str) -> Vec<DecisionLine> {
    whole(backend, List::Decisions, words, 37).await.decisions
}

pub async fn conversations(backend: &dyn Backend, words: &str) -> Vec<Reviewed> {
    whole(backend, List::Conversations, words, 41)
        .await
        .conversations
}

pub fn denied(trouble: Trouble) -> String {
    match trouble {
        Trouble::Refused(refusal) if matches!(*refusal, Refusal::Denied(_)) => refusal.to_string(),
        other => panic!("{other:?} is no missing right"),
    }
}

#[tokio::test]
async fn the_review_is_for_who_may_see_everything() {
    let floor = Floor::new().await;
    for role in ["agent", "agent-merge"] {
        let agent = floor.acting("Mara Lindt", role);
        let right = "needs externalContacts:conversation:viewAll";
        for list in [List::Decisions, List::Conversations] {
            let query = ReviewQuery {
                list,
                limit: 5,
                ..ReviewQuery::default()
            };
            assert_eq!(denied(agent.review(query).await.unwrap_err()), right);
            let counted = agent
                .review_count(list, Filter::default(), Reach::Quick)
                .await;
            assert_eq!(denied(counted.unwrap_err()), right);
        }
        let sampled = agent.review_sample(Filter::default(), 3, 1).await;
        assert_eq!(denied(sampled.unwrap_err()), right);
        let told = agent.review_precision(Filter::default()).await;
        assert_eq!(denied(told.unwrap_err()), right);
        assert_eq!(denied(agent.review_filters().await.unwrap_err()), right);
    }
    // Conversations alone need no right to the decisions of others.
    let own = Role::new(
        "reader",
        [scv_desk::domain::Permission::ConversationViewAll],
    );
    let reader = floor.org.backend.acting(Actor {
        name: "Reader".to_owned(),
        role: own,
    });
    assert!(!conversations(&reader, "").await.is_empty());
    let query = ReviewQuery {
        limit: 5,
        ..ReviewQuery::default()
    };
    let refused = denied(reader.review(query).await.unwrap_err());
    assert_eq!(refused, "needs scv:history:view");
}

#[test]
fn a_filter_reads_what_it_says() {
    let zone = jiff::tz::TimeZone::get("Europe/Dublin").unwrap();
    for words in [
        "",
        "kind:link,unlink by:\"Mara Lindt\" undone",
        "channel:webMessaging queue:Billing agent:u-1 wrapup:w-2 status:wrap-up-due",
        "from:2026-10-01 to:2026-10-24 rule:first-claimed-identifier",
        "text:\"second \\\"invoice\\\" \\\\ again\" mark:cannot-tell order:oldest",
        "order:longest merged unlinked doubtful",
        "kind:auto-link mark:none undone:no",
    ] {
        let read = Filter::read(words, &zone).unwrap();
        let said = scv_desk::domain::review::Zoned(&read, &zone).to_string();
        assert_eq!(said, words);
        assert_eq!(Filter::read(&said, &zone).unwrap(), read);
    }
    for (words, why) in [
        ("queues:Billing", "\"queues\" is no filter"),
        ("channel:fax", "channel is not \"fax\"; it is call,"),
        ("queue:", "queue needs a value"),
        ("from:yesterday", "from is not \"yesterday\"; it is a day"),
        ("queue:\"Bill", "a quote is never closed"),
        (
            "merged:perhaps",
            "merged is not \"perhaps\"; it is yes or no",
        ),
    ] {
        let bad = Filter::read(words, &zone).unwrap_err().to_string();
        assert!(bad.starts_with(why), "{words}: {bad}");
    }
    // A day is whole: the clock went back on the last of these.
    let days = Filter::read("from:2026-10-25 to:2026-10-25", &zone).unwrap();
    let hours = days.to.unwrap().since_ms(days.from.unwrap()) / 3_600_000;
    assert_eq!(hours, 25);
}
