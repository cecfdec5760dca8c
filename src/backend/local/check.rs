//! The check of a store: its invariants, and every stored decision decided again from its evidence.

use super::{LocalBackend, Trouble};
use crate::domain::conversation::Provided;
use crate::engine::Options;
use crate::engine::explain::{Evidence, recompute};
use crate::engine::resolve::{provided, provided_by_visit};
use crate::store::decided::{Body, StoredLink};

impl LocalBackend {
    /// Every broken invariant and every decision that does not follow from its evidence, one sentence each.
    pub async fn check(&self) -> Result<Vec<String>, Trouble> {
        let mut breaches = self.store.check().await?;
        let options = self.options.clone();
        let judge = move |stored: &StoredLink| judged(stored, &options);
        breaches.extend(self.store.judge(Box::new(judge)).await?);
        Ok(breaches)
    }
}

fn judged(stored: &StoredLink, options: &Options) -> Vec<String> {
    let body = stored.body.as_ref().map(|body| came_with(body, options));
    let evidence = Evidence {
        link: &stored.link,
        origin: stored.origin,
        leads: &stored.leads,
        body: body.as_deref(),
    };
    let breaches = recompute(&evidence, options.region.as_deref());
    breaches.iter().map(ToString::to_string).collect()
}

/// What a stored body provides by now.
fn came_with(body: &Body, options: &Options) -> Vec<Provided> {
    let first = |conversation: &crate::domain::Conversation| {
        let mut outside = conversation.outside();
        outside.next().map(|party| provided(party, options))
    };
    match body {
        Body::Conversation(conversation) => first(conversation).unwrap_or_default(),
        Body::Participant(conversation, id) => {
            let mut outside = conversation.outside();
            let party = outside.find(|party| party.id == *id);
            party
                .map(|party| provided(party, options))
                .unwrap_or_default()
        }
        Body::Visit(visit) => provided_by_visit(visit, options),
    }
}
