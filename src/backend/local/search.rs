//! Search: what the store finds, as lines to choose from.

use super::super::view::{SearchHit, SearchResult};
use super::{LocalBackend, Trouble};
use crate::store::Search;

impl LocalBackend {
    pub(super) async fn read_hits(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble> {
        let search = Search {
            text,
            limit,
            offset,
        };
        let found = self.store.search(search).await?;
        let hits = found.hits.into_iter().map(search_hit).collect();
        Ok(SearchResult {
            hits,
            total: found.total,
            of: found.of,
        })
    }
}

/// A hit as one line: the name, and beside it what tells people of that name apart, or what matched.
fn search_hit(hit: crate::store::Hit) -> SearchHit {
    let line = |label: &str| hit.lines.iter().find(|line| line.label == label);
    let name = line("name")
        .map(|line| line.text.clone())
        .unwrap_or_default();
    let name_matched = line("name")
        .map(|line| line.matched.clone())
        .unwrap_or_default();
    let own = || {
        hit.lines
            .iter()
            .filter(|line| ["phone", "e-mail", "external id"].contains(&line.label))
    };
    let found = own().find(|line| !line.matched.is_empty());
    let organization =
        line("organization").filter(|line| name_matched.is_empty() && !line.matched.is_empty());
    let best = found
        .or(organization)
        .or_else(|| own().next())
        .or_else(|| line("organization"));
    SearchHit {
        contact: hit.contact,
        name,
        name_matched,
        detail: best.map(|line| line.text.clone()).unwrap_or_default(),
        detail_matched: best.map(|line| line.matched.clone()).unwrap_or_default(),
        place: line("city").map(|line| line.text.clone()),
        by_typo: hit.by_typo,
    }
}
