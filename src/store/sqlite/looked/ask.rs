//! What supervisors ask, over the connections that read.

use async_trait::async_trait;

use super::super::SqliteStore;
use super::{conversations, count, decisions, filters_of, first_entry, precision, sample};
use crate::domain::command::EntryId;
use crate::domain::conversation::ConversationId;
use crate::domain::review::{Counted, Cursor, Filter, List, Precision, Reach};
use crate::store::StoreError;
use crate::store::looked::{ConversationRow, DecisionRow, Looked, Page, Scope};

#[async_trait]
impl Looked for SqliteStore {
    async fn decisions(
        &self,
        scope: Scope,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<DecisionRow>, StoreError> {
        let most = self.options.review_rows;
        self.read(move |connection| decisions(connection, &scope, after, limit, most))
            .await
    }

    async fn talks(
        &self,
        scope: Scope,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<ConversationRow>, StoreError> {
        let most = self.options.review_rows;
        self.read(move |connection| conversations(connection, &scope, after, limit, most))
            .await
    }

    async fn count_of(
        &self,
        list: List,
        scope: Scope,
        reach: Reach,
    ) -> Result<Counted, StoreError> {
        let most = match reach {
            Reach::Whole => None,
            Reach::Quick => Some(self.options.review_rows),
        };
        self.read(move |connection| count(connection, list, &scope, most))
            .await
    }

    async fn sample(
        &self,
        scope: Scope,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionRow>, StoreError> {
        self.read(move |connection| sample(connection, &scope, count, seed))
            .await
    }

    async fn precision(&self, scope: Scope) -> Result<Precision, StoreError> {
        self.read(move |connection| precision(connection, &scope))
            .await
    }

    async fn first_entry(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<EntryId>, StoreError> {
        self.read(move |connection| first_entry(connection, conversation))
            .await
    }

    async fn filters_of(&self, owner: String) -> Result<Vec<(String, Filter)>, StoreError> {
        self.read(move |connection| filters_of(connection, &owner))
            .await
    }
}
