//! The bundled engine on a store: check the right, load facts, plan, apply in one transaction, publish.

mod attributes;
mod batch;
mod check;
mod explain;
mod gone;
mod history;
mod journey;
mod later;
mod names;
mod past;
mod person;
mod profile;
mod rehearse;
mod review;
mod search;
mod statistics;
mod take;
mod unmerge;
mod whose;

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use jiff::tz::TimeZone;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::view::{
    Brief, ContactExplanation, DecisionLine, ErasePreview, Explanation, Header, History,
    HistoryLine, HistoryQuery, Journey, JourneyQuery, MergePreview, NameList, NotExplanation,
    Online, Past, Profile, ReviewPage, ReviewQuery, Roster, SearchResult, UnmergePreview, Whose,
};
use super::{Backend, Trouble};
use crate::domain::command::{Action, Actor, Command, EntryId, Outcome};
use crate::domain::contact::{ContactId, ContactType, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::facts::{FactKey, Facts, Halt};
use crate::domain::field::Field;
use crate::domain::moment::Moment;
use crate::domain::review::{Counted, Filter, List, Precision, Reach};
use crate::domain::statistics::{Days, Statistics};
use crate::domain::transcript::Transcript;
use crate::domain::unmerge::Since;
use crate::domain::{Identifier, Permission, Refusal, Role};
use crate::engine::{self, Context};
use crate::live::{TOPICS_MAX, Topic};
use crate::store::{Applied, Decision, Keep, Name, NameKind, Store, StoreError};
use crate::wire;

pub use batch::{BatchAbout, BatchUndone};
pub use journey::JOURNEY_DAYS;

/// How often the desk looks whether another program wrote to the store.
pub const WATCH_MS: u64 = 250;
/// Most rounds of loading facts for one decision: more is a bug.
const ROUNDS_MAX: usize = 200;
/// Decisions of a list that are handed to the store at once, and how many such parts are under way.
const PART: usize = 5000;
const PARTS_AHEAD: usize = 2;

/// Tells the time; tests and demos set it.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The local backend.
pub struct LocalBackend {
    store: Arc<dyn Store>,
    actor: RwLock<Actor>,
    options: engine::Options,
    clock: Clock,
    zone: TimeZone,
    topics: broadcast::Sender<Topic>,
}

impl LocalBackend {
    /// A backend for `actor` on `store`. `zone` decides what *today* is.
    pub fn new(
        store: Arc<dyn Store>,
        actor: Actor,
        options: engine::Options,
        clock: Clock,
        zone: TimeZone,
    ) -> Self {
        let (topics, _) = broadcast::channel(TOPICS_MAX);
        Self {
            store,
            actor: RwLock::new(actor),
            options,
            clock,
            zone,
            topics,
        }
    }

    /// The same store, rules and clock for somebody else; what either does is told to the watchers of both.
    pub fn acting(&self, actor: Actor) -> Self {
        Self {
            store: Arc::clone(&self.store),
            actor: RwLock::new(actor),
            options: self.options.clone(),
            clock: Arc::clone(&self.clock),
            zone: self.zone.clone(),
            topics: self.topics.clone(),
        }
    }

    /// The same by other rules.
    pub fn ruled_by(self, options: engine::Options) -> Self {
        Self { options, ..self }
    }

    /// The rules that it decides by.
    pub fn options(&self) -> &engine::Options {
        &self.options
    }

    /// The store behind it.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The time by this backend's clock.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// Does many things in order, each whole or not at all; a refusal does not stop the others. Whoever erases
    /// many people so asks the store for one scrub after them.
    pub async fn run_all(
        &self,
        commands: Vec<Command>,
        batch: Option<u64>,
        keep: Keep,
    ) -> Vec<Result<Outcome, Trouble>> {
        // A rehearsal is one transaction; what is kept is read part by part while the parts before are written.
        let part = match keep {
            Keep::Commit => PART,
            Keep::Rehearse => commands.len().max(1),
        };
        let mut commands = commands.into_iter().peekable();
        let parts = std::iter::from_fn(|| {
            commands.peek()?;
            Some(commands.by_ref().take(part).collect::<Vec<_>>())
        });
        let written = stream::iter(parts).map(|part| async move {
            let decisions = part.into_iter().map(|one| self.decision(one, batch, None));
            self.store.decide_all(decisions.collect(), keep).await
        });
        let applied = written.buffered(PARTS_AHEAD).collect::<Vec<_>>().await;
        let applied = applied.into_iter().flatten();
        let done: Vec<_> = applied
            .map(|one| one.map(outcome).map_err(Trouble::from))
            .collect();
        if keep == Keep::Commit {
            self.publish_all(&done);
        }
        done
    }

    /// Expires up to `limit` auto-made contacts that are due; the number that went.
    pub async fn expire(&self, limit: usize) -> Result<usize, Trouble> {
        let before = self.now().minus_days(self.options.life_days);
        let due = self.store.expiring(before, limit).await?;
        let commands: Vec<Command> = due
            .into_iter()
            .map(|contact| Command::Expire { contact })
            .collect();
        let mut gone = 0;
        for result in self.run_all(commands, None, Keep::Commit).await {
            match result {
                Ok(_) => gone += 1,
                // Somebody renewed it meanwhile.
                Err(Trouble::Refused(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(gone)
    }

    /// Removes up to `limit` conversations and visits older than the retention; the number removed.
    pub async fn drop_older(&self, limit: usize) -> Result<usize, Trouble> {
        self.may(Permission::ImportJobAdd)?;
        Ok(self
            .store
            .drop_older(self.now().minus_days(self.options.life_days), limit)
            .await?)
    }

    /// Watches the store for writes of other programs until this backend is dropped. What is read once this
    /// has returned is never older than the store that the watch began with: no write falls between them.
    pub async fn watch_store(self: &Arc<Self>) -> tokio::task::JoinHandle<()> {
        let mut known = self.store.version().await.ok();
        let backend = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(WATCH_MS)).await;
                let Some(backend) = backend.upgrade() else {
                    return;
                };
                if let Ok(version) = backend.store.version().await
                    && known.replace(version) != Some(version)
                {
                    // Nobody watching is no fault.
                    let _ = backend.topics.send(Topic::Elsewhere);
                }
            }
        })
    }

    /// Adds or replaces names of queues, users, codes, segments and outcomes.
    pub async fn learn_names(&self, names: Vec<wire::names::Named>) -> Result<(), Trouble> {
        self.may(Permission::Ingest)?;
        let names = names.into_iter().map(|named| Name {
            kind: match named.kind {
                wire::names::Kind::Queue => NameKind::Queue,
                wire::names::Kind::User => NameKind::User,
                wire::names::Kind::WrapupCode => NameKind::WrapupCode,
                wire::names::Kind::Segment => NameKind::Segment,
                wire::names::Kind::Outcome => NameKind::Outcome,
            },
            id: named.id,
            name: named.name,
            color: named.color,
            shown: named.shown,
        });
        Ok(self.store.put_names(names.collect()).await?)
    }

    fn context(&self) -> Context {
        let actor = self.actor();
        let actor = Actor {
            name: actor.0,
            role: actor.1,
        };
        Context {
            actor,
            at: self.now(),
            seed: Uuid::new_v4(),
            options: self.options.clone(),
        }
    }

    fn decision(&self, command: Command, batch: Option<u64>, request: Option<Uuid>) -> Decision {
        let context = self.context();
        let (actor, at) = (context.actor.name.clone(), context.at);
        // Read here, on the caller's thread: everybody shares the one that writes.
        let reading = engine::read(&command, &context.options);
        Decision {
            actor,
            at,
            batch,
            request,
            planner: Box::new(move |facts| engine::plan_read(&command, &reading, &context, facts)),
        }
    }

    /// Refuses when the role lacks a right.
    fn may(&self, permission: Permission) -> Result<(), Trouble> {
        match self.actor().1.may(permission) {
            true => Ok(()),
            false => Err(Refusal::Denied(permission).into()),
        }
    }

    /// The answer of a pure question over facts, loading what it misses.
    pub async fn answered<T>(
        &self,
        question: impl Fn(&Facts) -> Result<T, Halt>,
    ) -> Result<T, Trouble> {
        Ok(self.ask(Facts::default(), question).await?.0)
    }

    /// Runs a pure question over facts, loading what it misses.
    async fn ask<T>(
        &self,
        mut facts: Facts,
        question: impl Fn(&Facts) -> Result<T, Halt>,
    ) -> Result<(T, Facts), Trouble> {
        for _ in 0..ROUNDS_MAX {
            match question(&facts) {
                Ok(answer) => return Ok((answer, facts)),
                Err(Halt::Missing(keys)) => facts = self.load(keys, facts).await?,
                Err(halt) => return Err(Trouble::of_halt(halt)),
            }
        }
        Err(Trouble::Broken(
            "the question asks for more facts than there are; please report it".to_owned(),
        ))
    }

    async fn load(&self, keys: Vec<FactKey>, into: Facts) -> Result<Facts, StoreError> {
        self.store.load(keys, into).await
    }

    /// Tells what many decisions came to; of more than a watcher could keep only that there was something.
    fn publish_all(&self, done: &[Result<Outcome, Trouble>]) {
        match done.len() <= TOPICS_MAX / 4 {
            true => done.iter().flatten().for_each(|one| self.publish(one)),
            // Nobody watching is no fault.
            false => drop(self.topics.send(Topic::Elsewhere)),
        }
    }

    fn publish(&self, outcome: &Outcome) {
        // Nobody watching is no fault.
        if let Some(contact) = outcome.contact {
            let _ = self.topics.send(Topic::Contact(contact));
        }
        if let Some(conversation) = outcome.conversation {
            let _ = self.topics.send(Topic::Conversation(conversation));
        }
    }
}

fn outcome(applied: Applied) -> Outcome {
    Outcome {
        entry: applied.entry,
        action: applied.action,
        contact: applied.contact,
        conversation: applied.conversation,
        remarks: applied.remarks,
    }
}

#[async_trait]
impl Backend for LocalBackend {
    fn actor(&self) -> (String, Role) {
        let actor = self
            .actor
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        (actor.name.clone(), actor.role.clone())
    }

    fn set_role(&self, role: Role) -> Result<(), Trouble> {
        self.actor
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .role = role;
        Ok(())
    }

    async fn header(&self) -> Result<Header, Trouble> {
        let counts = self.store.counts().await?;
        let mut kinds = counts.contacts.iter();
        let curated = kinds.find(|(kind, _)| *kind == ContactType::Curated);
        let contacts = curated.map_or(0, |(_, count)| *count);
        Ok(Header {
            place: "local".to_owned(),
            contacts,
        })
    }

    async fn roster(&self) -> Result<Roster, Trouble> {
        self.read_roster().await
    }

    async fn profile_of(&self, conversation: ConversationId) -> Result<Profile, Trouble> {
        self.may(Permission::ContactView)?;
        self.read_profile_of(conversation).await
    }

    async fn profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        self.may(Permission::ContactView)?;
        self.read_profile(contact).await
    }

    async fn lines_of(&self, contacts: Vec<ContactId>) -> Result<Vec<Option<Brief>>, Trouble> {
        self.may(Permission::ContactView)?;
        self.read_lines(contacts).await
    }

    async fn journey(&self, contact: ContactId, query: JourneyQuery) -> Result<Journey, Trouble> {
        match self.read_journey(contact, query).await {
            Ok(journey) => Ok(journey),
            Err(trouble) => Err(self.name_gone(trouble).await),
        }
    }

    async fn transcript(&self, conversation: ConversationId) -> Result<Transcript, Trouble> {
        self.read_transcript(conversation).await
    }

    async fn online(&self) -> Result<Vec<Online>, Trouble> {
        self.may(Permission::ContactView)?;
        self.may(Permission::JourneyVisitView)?;
        self.read_online().await
    }

    async fn search(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble> {
        self.may(Permission::ContactView)?;
        self.read_hits(text, limit, offset).await
    }

    async fn why(&self, conversation: ConversationId) -> Result<Explanation, Trouble> {
        self.may(Permission::ContactView)?;
        self.explain(conversation).await
    }

    async fn past(&self, of: Whose, at: Moment) -> Result<Past, Trouble> {
        self.may(Permission::ContactView)?;
        match self.read_past(of, at).await {
            Ok(past) => Ok(past),
            Err(trouble) => Err(self.name_gone(trouble).await),
        }
    }

    async fn why_contact(&self, contact: ContactId) -> Result<ContactExplanation, Trouble> {
        self.may(Permission::ContactView)?;
        match self.explain_contact(contact).await {
            Ok(explanation) => Ok(explanation),
            Err(trouble) => Err(self.name_gone(trouble).await),
        }
    }

    async fn why_not(
        &self,
        conversation: ConversationId,
        contact: ContactId,
    ) -> Result<NotExplanation, Trouble> {
        self.may(Permission::ContactView)?;
        self.explain_not(conversation, contact).await
    }

    async fn preview_merge(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        self.may(Permission::IdentityMerge)?;
        match self.preview(contacts, takes).await {
            Ok(preview) => Ok(preview),
            Err(trouble) => Err(self.name_gone(trouble).await),
        }
    }

    async fn preview_unmerge(
        &self,
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    ) -> Result<UnmergePreview, Trouble> {
        self.may(Permission::ContactView)?;
        self.review_unmerge(entry, &sides).await
    }

    async fn preview_unshare(&self, identifier: Identifier) -> Result<Option<Brief>, Trouble> {
        self.may(Permission::ContactView)?;
        self.heir(&identifier).await
    }

    async fn export(&self, contact: ContactId, file: PathBuf) -> Result<(), Trouble> {
        let document = self.exported(contact).await?;
        super::document::save(&file, &document)?;
        let recorded = self.record_export(contact).await;
        if recorded.is_err() {
            // One that nobody knows of is none. The first trouble is the one to tell.
            let _ = std::fs::remove_file(&file);
        }
        recorded
    }

    async fn preview_erase(&self, contact: ContactId) -> Result<ErasePreview, Trouble> {
        self.may(Permission::PersonErase)?;
        self.read_erasure(contact).await
    }

    async fn names(&self) -> Result<NameList, Trouble> {
        self.read_names().await
    }

    async fn statistics(&self, days: Days) -> Result<Statistics, Trouble> {
        self.count(days).await
    }

    async fn organization_named(&self, name: String) -> Result<Option<OrganizationId>, Trouble> {
        self.may(Permission::OrganizationView)?;
        let question = |facts: &Facts| facts.organization_named(&name).cloned();
        Ok(self.ask(Facts::default(), question).await?.0)
    }

    async fn last_undoable(&self) -> Result<Option<HistoryLine>, Trouble> {
        self.read_last_undoable().await
    }

    async fn history(&self, query: HistoryQuery) -> Result<History, Trouble> {
        self.may(Permission::ContactView)?;
        self.read_history(query).await
    }

    async fn review(&self, query: ReviewQuery) -> Result<ReviewPage, Trouble> {
        self.read_review(query).await
    }

    async fn review_count(
        &self,
        list: List,
        filter: Filter,
        reach: Reach,
    ) -> Result<Counted, Trouble> {
        self.count_review(list, filter, reach).await
    }

    async fn review_sample(
        &self,
        filter: Filter,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionLine>, Trouble> {
        self.read_sample(filter, count, seed).await
    }

    async fn review_precision(&self, filter: Filter) -> Result<Precision, Trouble> {
        self.read_precision(filter).await
    }

    async fn review_filters(&self) -> Result<Vec<(String, Filter)>, Trouble> {
        self.own_filters().await
    }

    async fn fate(&self, number: Uuid) -> Result<Option<Outcome>, Trouble> {
        let asked = self.store.asked(number).await?;
        let (own_name, _) = self.actor();
        // What others do under their numbers is not this one's to know.
        let own = asked.filter(|(actor, _)| *actor == own_name);
        Ok(own.map(|(_, applied)| outcome(applied)))
    }

    async fn run(&self, command: Command) -> Result<Outcome, Trouble> {
        self.decide(command, None).await
    }

    fn watch(&self) -> broadcast::Receiver<Topic> {
        self.topics.subscribe()
    }
}

impl LocalBackend {
    /// Does something that may be asked again under the same number, because the answer may be lost: it is done
    /// once, and the answer to the second time has no remarks.
    pub async fn run_once(&self, command: Command, request: Uuid) -> Result<Outcome, Trouble> {
        self.decide(command, Some(request)).await
    }

    async fn decide(&self, command: Command, request: Option<Uuid>) -> Result<Outcome, Trouble> {
        let undone = match &command {
            Command::Undo { entry } => Some(*entry),
            _ => None,
        };
        let command = self.taken_by_own_user(command).await?;
        let decided = self
            .store
            .decide(self.decision(command, None, request))
            .await;
        match (decided.map_err(Trouble::from), undone) {
            (Ok(applied), _) => {
                let mut outcome = outcome(applied);
                if outcome.action == Action::Erase {
                    outcome.remarks.extend(self.scrub().await);
                }
                self.publish(&outcome);
                Ok(outcome)
            }
            (Err(trouble), Some(entry)) => Err(self.name_later(entry, trouble).await),
            (Err(trouble), None) => Err(self.name_gone(trouble).await),
        }
    }
}
