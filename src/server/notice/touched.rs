//! What changed since a channel was told last.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::command::Action;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::store::journal::Sealed;

/// Ids that are kept apart; above it everything counts as changed.
const IDS_MAX: usize = 10_000;

/// What changed, by ids alone.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Contacts that somebody acted on: told even where what is told looks the same, since their claims and
    /// notes may not.
    acted: BTreeSet<ContactId>,
    /// Contacts that something came in for.
    met: BTreeSet<ContactId>,
    /// Contacts that something came in for which the journal does not tell of: what goes on is compared.
    came: BTreeSet<ContactId>,
    /// Conversations, each with the contacts that it came to or left.
    pub conversations: BTreeMap<ConversationId, BTreeSet<ContactId>>,
    /// Something was written that the journal does not tell of: what goes on is compared.
    pub is_stale: bool,
    /// More changed than is told one by one.
    is_everything: bool,
    /// The channel was subscribed anew.
    is_subscribed: bool,
}

/// How a set of contacts was touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    Not,
    Met,
    Acted,
}

impl Touched {
    /// Nothing but that the channel was subscribed anew.
    pub fn subscribed() -> Self {
        Self {
            is_subscribed: true,
            ..Self::default()
        }
    }

    pub fn everything() -> Self {
        Self {
            is_stale: true,
            is_everything: true,
            ..Self::default()
        }
    }

    pub fn is_empty(&self) -> bool {
        let contacts = self.acted.len() + self.met.len() + self.came.len();
        let has_ids = 0 < contacts + self.conversations.len();
        !has_ids && !self.is_stale && !self.is_everything && !self.is_subscribed
    }

    /// Takes what an entry of the journal changed.
    pub fn add_entry(&mut self, entry: &Sealed) {
        let contacts = entry.contacts.iter().copied().chain(entry.contact);
        let contacts: Vec<ContactId> = contacts.collect();
        match entry.action {
            Action::Resolve => self.met.extend(&contacts),
            _ => self.acted.extend(&contacts),
        }
        if let Some(conversation) = entry.conversation {
            self.conversations
                .entry(conversation)
                .or_default()
                .extend(contacts);
        }
        self.bound();
    }

    /// Takes a conversation that was seen again.
    pub fn add_conversation(&mut self, conversation: ConversationId) {
        self.conversations.entry(conversation).or_default();
        self.bound();
    }

    /// Takes a contact that something came in for.
    pub fn add_contact(&mut self, contact: ContactId) {
        self.came.insert(contact);
        self.bound();
    }

    fn add(&mut self, other: &Self) {
        self.acted.extend(&other.acted);
        self.met.extend(&other.met);
        self.came.extend(&other.came);
        for (conversation, contacts) in &other.conversations {
            self.conversations
                .entry(*conversation)
                .or_default()
                .extend(contacts);
        }
        self.is_stale |= other.is_stale;
        self.is_everything |= other.is_everything;
        self.is_subscribed |= other.is_subscribed;
        self.bound();
    }

    fn bound(&mut self) {
        let with = self.conversations.len() + self.came.len();
        if IDS_MAX < self.acted.len() + self.met.len() + with {
            *self = Self::everything();
        }
    }

    /// Whether what goes on of some contacts may have changed.
    pub fn has_moved(&self, contacts: &[ContactId]) -> bool {
        self.is_stale || self.is_named(contacts) || self.touch(contacts) != Touch::Not
    }

    /// Whether something came in for one of some contacts.
    pub fn is_named(&self, contacts: &[ContactId]) -> bool {
        contacts.iter().any(|id| self.came.contains(id))
    }

    /// How any of some contacts was touched.
    pub fn touch(&self, contacts: &[ContactId]) -> Touch {
        let any = |of: &BTreeSet<ContactId>| contacts.iter().any(|id| of.contains(id));
        if self.is_everything || any(&self.acted) {
            Touch::Acted
        } else if any(&self.met) {
            Touch::Met
        } else {
            Touch::Not
        }
    }
}

/// What waits for a channel to be told: however slow its socket is, no more than one `Touched`.
#[derive(Default)]
pub struct Pending {
    touched: Mutex<Touched>,
    wake: Notify,
}

impl Pending {
    pub fn add(&self, more: &Touched) {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        touched.add(more);
        drop(touched);
        self.wake.notify_one();
    }

    /// What changed; waits until something does.
    pub async fn take(&self) -> Touched {
        loop {
            let touched = {
                let mut held = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
                std::mem::take(&mut *held)
            };
            if !touched.is_empty() {
                return touched;
            }
            self.wake.notified().await;
        }
    }
}
