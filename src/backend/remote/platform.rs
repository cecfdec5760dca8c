//! A desk on Genesys Cloud, or on whatever speaks its Platform API: only calls that the contract has. What a
//! view shows is put together here from several of them; what the API has no place for is lacking and says
//! so.
//!
//! | part of the desk | calls |
//! |---|---|
//! | who is signed in, and the rights | `users/me`, else `authorization/subjects/me` |
//! | roster | `conversations`, `analytics/conversations/details/query`, `bulk/contacts` |
//! | profile | `conversations/{id}`, `contacts/{id}`, its notes, `identifierlookup`, `reversewhitepageslookup` |
//! | journey | `journey/sessions` of the contact, events of visits, the details query |
//! | transcript | `conversations/messages/{id}`, its `messages/bulk` |
//! | search | `contacts?q=` |
//! | changes | the API's own, each read back after a time-out before it is sent again |

mod ask;
mod change;
mod done;
mod journey;
mod merge;
mod names;
mod people;
mod profile;
mod roster;
mod search;
mod transcript;
pub mod who;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::broadcast;

use super::super::view::{
    Brief, ErasePreview, Explanation, Feature, Header, History, HistoryLine, HistoryQuery, Journey,
    JourneyQuery, Lacks, MergePreview, NameList, Online, Profile, Roster, SearchResult, Standing,
    UnmergePreview,
};
use super::super::{Backend, Trouble};
use super::http::Http;
use super::live::{Live, Subjects};
use super::shown::Shown;
use crate::domain::Role;
use crate::domain::command::{Command, EntryId, Outcome};
use crate::domain::contact::{ContactId, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::domain::transcript::Transcript;
use crate::domain::unmerge::Since;
use crate::engine;
use crate::live::{TOPICS_MAX, Topic};

use done::Done;
use names::NameCache;
use who::Me;

const NO_WHY: &str = "Genesys Cloud does not say why";
const NO_PAST: &str = "Genesys Cloud keeps no past";
const NO_MARKS: &str = "Genesys Cloud has no such mark";
const NO_NOT_SAME: &str = "Genesys Cloud has no such mark";
const NO_FRESH: &str = "an unlinked conversation has no contact on Genesys Cloud";
const NO_EXPORT: &str = "Genesys Cloud does it by GDPR request";
const NO_ERASE: &str = "Genesys Cloud does it by GDPR request";
const NO_COUNTS: &str = "Genesys Cloud has statistics of its own";
const NO_ONLINE: &str = "Genesys Cloud lists visits of one contact at a time";
const NO_REVIEW: &str = "Genesys Cloud has no review; its own pages list interactions";
const NO_REOPEN: &str = "Genesys Cloud offers no way to open what has ended again";
const NO_UNMERGE: &str = "Genesys Cloud cannot take a merge back";

const LACKS: Lacks = &[
    (Feature::Why, NO_WHY),
    (Feature::Past, NO_PAST),
    (Feature::Sharing, NO_MARKS),
    (Feature::NotSame, NO_NOT_SAME),
    (Feature::FreshContact, NO_FRESH),
    (Feature::Unmerge, NO_UNMERGE),
    (Feature::Export, NO_EXPORT),
    (Feature::Erase, NO_ERASE),
    (Feature::Statistics, NO_COUNTS),
    (Feature::Online, NO_ONLINE),
    (Feature::Review, NO_REVIEW),
    (Feature::Reopen, NO_REOPEN),
];

/// The desk's way to a server that speaks the Platform API and nothing else.
pub struct PlatformBackend {
    http: Arc<Http>,
    me: Me,
    role: Role,
    /// How identifiers of conversations are read.
    reading: engine::Options,
    names: NameCache,
    done: Mutex<Done>,
    topics: broadcast::Sender<Topic>,
    shown: Shown,
    live: Mutex<Option<Live>>,
}

impl PlatformBackend {
    /// Asks the server who this is. `region` is for phone numbers without a country code.
    pub async fn connect(http: Arc<Http>, region: Option<String>) -> Result<Self, Trouble> {
        let me = who::me(&http).await?;
        let role = Role::new(&me.role, me.permissions.iter().copied());
        let (topics, _) = broadcast::channel(TOPICS_MAX);
        Ok(Self {
            http,
            me,
            role,
            reading: engine::Options {
                region,
                ..engine::Options::default()
            },
            names: NameCache::default(),
            done: Mutex::default(),
            topics,
            shown: Shown::default(),
            live: Mutex::default(),
        })
    }

    /// Who is signed in.
    pub fn me(&self) -> &Me {
        &self.me
    }

    /// Follows the user's conversations and whoever is shown until this is dropped. Needs the runtime.
    pub fn follow(&self) {
        let subjects = Subjects {
            user: self.me.user.clone(),
            own: None,
        };
        let live = Live::start(Arc::clone(&self.http), subjects, self.topics.clone());
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Some(live);
    }

    /// Follows a contact from now on: the one whose journey is read is shown.
    fn shows(&self, contact: ContactId) {
        let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(live) = live.as_ref() {
            live.shows(&[contact]);
        }
    }

    /// What is shown, or what was while the server is away. What a change is decided by is never taken from there.
    fn told<T: Serialize + DeserializeOwned>(
        &self,
        question: impl FnOnce() -> String,
        answer: Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let value = super::super::ask::json(answer);
        let value = self.shown.or_before(question, value)?;
        serde_json::from_value(value).map_err(|_| ask::strange(self, "a view of another shape"))
    }

    fn changed(&self, topic: Topic) {
        // Nobody watching is no fault.
        let _ = self.topics.send(topic);
    }
}

fn lacking<T>(why: &str) -> Result<T, Trouble> {
    Err(Trouble::Broken(why.to_owned()))
}

#[async_trait]
impl Backend for PlatformBackend {
    fn actor(&self) -> (String, Role) {
        (self.me.name.clone(), self.role.clone())
    }

    fn lacks(&self) -> Lacks {
        LACKS
    }

    fn standing(&self) -> Standing {
        self.http.standing()
    }

    fn set_role(&self, _role: Role) -> Result<(), Trouble> {
        lacking("the rights are the server's to give; sign in as somebody who has them")
    }

    async fn header(&self) -> Result<Header, Trouble> {
        let contacts = self.contacts_in_all().await;
        Ok(Header {
            place: self.http.place(),
            contacts: self.told(|| "header".to_owned(), contacts)?,
        })
    }

    async fn roster(&self) -> Result<Roster, Trouble> {
        let roster = self.read_roster().await;
        self.told(|| "roster".to_owned(), roster)
    }

    async fn profile_of(&self, conversation: ConversationId) -> Result<Profile, Trouble> {
        let profile = self.read_profile_of(conversation).await;
        self.told(|| format!("profile of {conversation}"), profile)
    }

    async fn profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        let profile = self.read_profile(contact).await;
        self.told(|| format!("profile {contact}"), profile)
    }

    async fn lines_of(&self, contacts: Vec<ContactId>) -> Result<Vec<Option<Brief>>, Trouble> {
        let people = self.people(&contacts).await;
        let lines = people.map(|people| {
            let lines = contacts.iter().map(|id| people.get(id).map(Brief::of));
            lines.collect()
        });
        self.told(|| format!("lines {contacts:?}"), lines)
    }

    async fn transcript(&self, conversation: ConversationId) -> Result<Transcript, Trouble> {
        let question = format!("transcript {conversation}");
        let transcript = self.read_transcript(conversation).await;
        self.told(|| question, transcript)
    }

    async fn journey(&self, contact: ContactId, query: JourneyQuery) -> Result<Journey, Trouble> {
        self.shows(contact);
        let question = format!("journey {contact} {query:?}");
        let journey = self.read_journey(contact, query).await;
        self.told(|| question, journey)
    }

    async fn online(&self) -> Result<Vec<Online>, Trouble> {
        lacking(NO_ONLINE)
    }

    async fn search(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble> {
        let found = self.find(&text, limit, offset).await;
        self.told(|| format!("search {limit} {offset} {text}"), found)
    }

    async fn why(&self, _conversation: ConversationId) -> Result<Explanation, Trouble> {
        lacking(NO_WHY)
    }

    async fn preview_merge(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        self.preview(contacts, takes).await
    }

    async fn preview_unmerge(
        &self,
        _entry: EntryId,
        _sides: Vec<(Since, ContactId)>,
    ) -> Result<UnmergePreview, Trouble> {
        lacking(NO_UNMERGE)
    }

    async fn export(&self, _contact: ContactId, _file: PathBuf) -> Result<(), Trouble> {
        lacking(NO_EXPORT)
    }

    async fn preview_erase(&self, _contact: ContactId) -> Result<ErasePreview, Trouble> {
        lacking(NO_ERASE)
    }

    async fn names(&self) -> Result<NameList, Trouble> {
        let names = self.all_names().await?;
        Ok(names.list())
    }

    async fn organization_named(&self, name: String) -> Result<Option<OrganizationId>, Trouble> {
        self.find_organization(&name).await
    }

    async fn last_undoable(&self) -> Result<Option<HistoryLine>, Trouble> {
        Ok(self.done_here().last())
    }

    async fn history(&self, query: HistoryQuery) -> Result<History, Trouble> {
        let person = match query.contact {
            Some(contact) => self.person(contact).await?,
            None => None,
        };
        let set = person.map(|person| person.set).unwrap_or_default();
        let people: Vec<ContactId> = set.into_iter().chain(query.contact).collect();
        Ok(self.done_here().page(&query, &people))
    }

    async fn run(&self, command: Command) -> Result<Outcome, Trouble> {
        self.make(command).await
    }

    fn watch(&self) -> broadcast::Receiver<Topic> {
        self.topics.subscribe()
    }
}
