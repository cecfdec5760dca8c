//! What is counted over the whole organization.

use super::{Backend, LocalBackend, Trouble};
use crate::domain::Permission;
use crate::domain::statistics::{Days, Statistics};
use crate::engine::LIFE_DAYS;
use crate::store::NameKind;

impl LocalBackend {
    /// Everybody's conversations and decisions are counted, so it needs the right to see them all.
    pub(super) async fn count(&self, days: Days) -> Result<Statistics, Trouble> {
        self.may(Permission::ConversationViewAll)?;
        self.may(Permission::HistoryView)?;
        self.may(Permission::ContactView)?;
        let expired = self.now().minus_days(LIFE_DAYS);
        let ahead = usize::try_from(LIFE_DAYS).unwrap_or_default();
        let mut counted = self.store.statistics(days, expired, ahead).await?;
        let names = self.all_names().await?;
        if self.actor().1.may(Permission::QueueView) {
            for (queue, _) in &mut counted.by_queue {
                *queue = queue.take().map(|id| names.of(NameKind::Queue, &id));
            }
        }
        Ok(counted)
    }
}
