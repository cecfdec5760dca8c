//! A desk on a server. A server of ours answers the desk's own views and takes its changes under numbers
//! (`backend::ask`); any other is asked by the Platform API alone (`platform`). What it is, is found out
//! with the first question.

pub mod auth;
mod batch;
mod changes;
mod fate;
pub mod http;
pub mod live;
pub mod platform;
mod shown;
mod socket;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::ask::{Ask, CHANGES_TOPIC, Greeting, Request, Told, VERSION};
use super::view::{
    Brief, ContactExplanation, DecisionLine, ErasePreview, Explanation, Header, History,
    HistoryLine, HistoryQuery, Journey, JourneyQuery, MergePreview, NameList, NotExplanation,
    Online, Past, Profile, ReviewPage, ReviewQuery, Roster, SearchResult, Standing, UnmergePreview,
    Whose,
};
use super::{Backend, Trouble};
use crate::domain::command::{Command, EntryId, Outcome};
use crate::domain::contact::{ContactId, OrganizationId};
use crate::domain::conversation::ConversationId;
use crate::domain::field::Field;
use crate::domain::review::{Counted, Filter, List, Precision, Reach};
use crate::domain::statistics::{Days, Statistics};
use crate::domain::transcript::Transcript;
use crate::domain::unmerge::Since;
use crate::domain::{Identifier, Moment, Role};
use crate::live::{TOPICS_MAX, Topic};

use batch::Batch;
use http::{Again, Call, Failure, Http};
use live::{Live, Patience, Subjects};
use platform::PlatformBackend;
use shown::Shown;

/// The desk's way to a server.
pub struct RemoteBackend {
    http: Arc<Http>,
    batch: Batch,
    greeting: Greeting,
    role: Role,
    topics: broadcast::Sender<Topic>,
    shown: Shown,
    live: Mutex<Option<Live>>,
    /// Changes that nobody knows of, under their numbers: the same one asked for again is not another one.
    open: Mutex<Vec<(Command, Uuid)>>,
}

/// What stands behind an address.
pub enum Server {
    /// A server of ours.
    Ours(Box<RemoteBackend>),
    /// Genesys Cloud, or another that speaks its Platform API.
    Platform(Box<PlatformBackend>),
}

impl Server {
    /// Asks who this is, and finds out what answers. `region` is for phone numbers without a country code.
    pub async fn connect(http: Http, region: Option<String>) -> Result<Self, Trouble> {
        let http = Arc::new(http);
        let greeting = greet(&http).await.map_err(|trouble| match trouble {
            // Nothing is shown yet that could be old.
            Trouble::Offline(_) => Trouble::Offline(format!(
                "{} cannot be reached; look at its address, and whether it runs",
                http.place()
            )),
            other => other,
        })?;
        Ok(match greeting {
            Some(greeting) => Self::Ours(Box::new(RemoteBackend::greeted(http, greeting))),
            None => {
                let backend = PlatformBackend::connect(http, region).await?;
                Self::Platform(Box::new(backend))
            }
        })
    }

    /// Follows what changes there until the backend is dropped. Needs the runtime.
    pub fn follow(&self) {
        match self {
            Self::Ours(backend) => backend.follow(),
            Self::Platform(backend) => backend.follow(),
        }
    }

    /// The desk's port, whatever it is.
    pub fn into_backend(self) -> Arc<dyn Backend> {
        match self {
            Self::Ours(backend) => Arc::new(*backend),
            Self::Platform(backend) => Arc::new(*backend),
        }
    }
}

impl RemoteBackend {
    /// Asks a server of ours who this is and what it understands.
    pub async fn connect(http: Http) -> Result<Self, Trouble> {
        let http = Arc::new(http);
        match greet(&http).await? {
            Some(greeting) => Ok(Self::greeted(http, greeting)),
            None => Err(Trouble::Broken(format!(
                "{}: it is no scv server",
                http.place()
            ))),
        }
    }

    fn greeted(http: Arc<Http>, greeting: Greeting) -> Self {
        let role = Role::new(&greeting.role, greeting.permissions.iter().copied());
        let (topics, _) = broadcast::channel(TOPICS_MAX);
        Self {
            batch: Batch::new(Arc::clone(&http)),
            http,
            greeting,
            role,
            topics,
            shown: Shown::default(),
            live: Mutex::default(),
            open: Mutex::default(),
        }
    }

    fn opened(&self) -> MutexGuard<'_, Vec<(Command, Uuid)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a change: a new one, or that of the same change as long as nobody knows of it.
    fn number_of(&self, command: &Command) -> Uuid {
        let mut open = self.opened();
        match open.iter().position(|(known, _)| known == command) {
            Some(at) => open.remove(at).1,
            None => Uuid::new_v4(),
        }
    }

    /// Who the server says this is.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// Follows what changes on the server until this is dropped. Needs the runtime.
    pub fn follow(&self) {
        self.follow_with(Patience::default());
    }

    /// The same with other times.
    pub fn follow_with(&self, patience: Patience) {
        let subjects = Subjects {
            user: None,
            own: Some(CHANGES_TOPIC),
        };
        let http = Arc::clone(&self.http);
        let live = Live::with(http, subjects, self.topics.clone(), patience);
        *self.live.lock().unwrap_or_else(PoisonError::into_inner) = Some(live);
    }

    fn done(&self, outcome: &Outcome) {
        // Nobody watching is no fault.
        if let Some(contact) = outcome.contact {
            let _ = self.topics.send(Topic::Contact(contact));
        }
    }

    async fn asked<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, Trouble> {
        let question = ask.is_shown().then(|| json!(ask).to_string());
        let told = self.batch.ask(ask).await.map_err(Trouble::from);
        let value = told.and_then(Told::to_result);
        let value = match question {
            Some(question) => self.shown.or_before(|| question, value),
            None => value,
        };
        self.read(value?)
    }

    fn read<T: DeserializeOwned>(&self, value: Value) -> Result<T, Trouble> {
        serde_json::from_value(value).map_err(|_| strange(&self.http))
    }
}

/// What a server of ours says; `None` from one that does not know the question.
async fn greet(http: &Http) -> Result<Option<Greeting>, Trouble> {
    let answer = match http.ask(&Call::get("/api/scv/v1/desk")).await {
        Err(Failure::Status {
            status: 404 | 501, ..
        }) => return Ok(None),
        answer => answer?,
    };
    let version = answer.get("version").and_then(Value::as_u64);
    if version != Some(u64::from(VERSION)) {
        let place = http.place();
        let what =
            format!("{place} speaks another version than this desk; update the older of both");
        return Err(Trouble::Broken(what));
    }
    let greeting = serde_json::from_value(answer).map_err(|_| strange(http))?;
    Ok(Some(greeting))
}

fn strange(http: &Http) -> Trouble {
    Failure::Strange(http.place(), "a view of another shape").into()
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Status {
                status: 404,
                message,
                ..
            } => Self::Broken(message),
            Failure::Offline(_) => Self::Offline(failure.to_string()),
            Failure::Limited(..) => Self::Limited(failure.to_string()),
            Failure::Unknown(_) => Self::Unknown {
                said: failure.to_string(),
                number: None,
            },
            Failure::NoToken(_) | Failure::Status { .. } | Failure::Strange(..) => {
                Self::Broken(failure.to_string())
            }
        }
    }
}

#[async_trait]
impl Backend for RemoteBackend {
    fn actor(&self) -> (String, Role) {
        (self.greeting.agent.clone(), self.role.clone())
    }

    fn standing(&self) -> Standing {
        self.http.standing()
    }

    fn set_role(&self, _role: Role) -> Result<(), Trouble> {
        let what = "the role is the server's to give; sign in as somebody who has it";
        Err(Trouble::Broken(what.to_owned()))
    }

    async fn header(&self) -> Result<Header, Trouble> {
        let header: Header = self.asked(Ask::Header).await?;
        Ok(Header {
            place: self.http.place(),
            ..header
        })
    }

    async fn roster(&self) -> Result<Roster, Trouble> {
        self.asked(Ask::Roster).await
    }

    async fn profile_of(&self, conversation: ConversationId) -> Result<Profile, Trouble> {
        self.asked(Ask::ProfileOf(conversation)).await
    }

    async fn profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        self.asked(Ask::Profile(contact)).await
    }

    async fn lines_of(&self, contacts: Vec<ContactId>) -> Result<Vec<Option<Brief>>, Trouble> {
        self.asked(Ask::LinesOf(contacts)).await
    }

    async fn journey(&self, contact: ContactId, query: JourneyQuery) -> Result<Journey, Trouble> {
        self.asked(Ask::Journey(contact, query)).await
    }

    async fn transcript(&self, conversation: ConversationId) -> Result<Transcript, Trouble> {
        self.asked(Ask::Transcript(conversation)).await
    }

    async fn online(&self) -> Result<Vec<Online>, Trouble> {
        self.asked(Ask::Online).await
    }

    async fn search(
        &self,
        text: String,
        limit: usize,
        offset: usize,
    ) -> Result<SearchResult, Trouble> {
        let found: SearchResult = self
            .asked(Ask::Search {
                text,
                limit,
                offset,
            })
            .await?;
        // What was matched is drawn by these: they must lie within their texts.
        match found.hits.iter().all(super::view::SearchHit::is_sound) {
            true => Ok(found),
            false => Err(strange(&self.http)),
        }
    }

    async fn why(&self, conversation: ConversationId) -> Result<Explanation, Trouble> {
        self.asked(Ask::Why(conversation)).await
    }

    async fn past(&self, of: Whose, at: Moment) -> Result<Past, Trouble> {
        self.asked(Ask::Past(of, at)).await
    }

    async fn why_contact(&self, contact: ContactId) -> Result<ContactExplanation, Trouble> {
        self.asked(Ask::WhyContact(contact)).await
    }

    async fn why_not(
        &self,
        conversation: ConversationId,
        contact: ContactId,
    ) -> Result<NotExplanation, Trouble> {
        self.asked(Ask::WhyNot(conversation, contact)).await
    }

    async fn preview_merge(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        let preview: MergePreview = self.asked(Ask::PreviewMerge { contacts, takes }).await?;
        match preview.is_sound() {
            true => Ok(preview),
            false => Err(strange(&self.http)),
        }
    }

    async fn preview_unmerge(
        &self,
        entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    ) -> Result<UnmergePreview, Trouble> {
        let preview: UnmergePreview = self.asked(Ask::PreviewUnmerge { entry, sides }).await?;
        match preview.is_sound() {
            true => Ok(preview),
            false => Err(strange(&self.http)),
        }
    }

    async fn preview_unshare(&self, identifier: Identifier) -> Result<Option<Brief>, Trouble> {
        self.asked(Ask::PreviewUnshare(identifier)).await
    }

    async fn export(&self, contact: ContactId, file: PathBuf) -> Result<(), Trouble> {
        let path = format!("/api/scv/v1/contacts/{contact}/export");
        let document = self.http.ask(&Call::get(&path)).await?;
        super::document::save(&file, &document)
    }

    async fn preview_erase(&self, contact: ContactId) -> Result<ErasePreview, Trouble> {
        self.asked(Ask::PreviewErase(contact)).await
    }

    async fn names(&self) -> Result<NameList, Trouble> {
        self.asked(Ask::Names).await
    }

    async fn statistics(&self, days: Days) -> Result<Statistics, Trouble> {
        self.asked(Ask::Statistics(days)).await
    }

    async fn organization_named(&self, name: String) -> Result<Option<OrganizationId>, Trouble> {
        self.asked(Ask::OrganizationNamed(name)).await
    }

    async fn last_undoable(&self) -> Result<Option<HistoryLine>, Trouble> {
        self.asked(Ask::LastUndoable).await
    }

    async fn history(&self, query: HistoryQuery) -> Result<History, Trouble> {
        self.asked(Ask::History(query)).await
    }

    async fn review(&self, query: ReviewQuery) -> Result<ReviewPage, Trouble> {
        self.asked(Ask::Review(Box::new(query))).await
    }

    async fn review_count(
        &self,
        list: List,
        filter: Filter,
        reach: Reach,
    ) -> Result<Counted, Trouble> {
        let filter = Box::new(filter);
        self.asked(Ask::ReviewCount(list, filter, reach)).await
    }

    async fn review_sample(
        &self,
        filter: Filter,
        count: usize,
        seed: u64,
    ) -> Result<Vec<DecisionLine>, Trouble> {
        let filter = Box::new(filter);
        self.asked(Ask::ReviewSample {
            filter,
            count,
            seed,
        })
        .await
    }

    async fn review_precision(&self, filter: Filter) -> Result<Precision, Trouble> {
        self.asked(Ask::ReviewPrecision(Box::new(filter))).await
    }

    async fn review_filters(&self) -> Result<Vec<(String, Filter)>, Trouble> {
        self.asked(Ask::ReviewFilters).await
    }

    async fn fate(&self, number: Uuid) -> Result<Option<Outcome>, Trouble> {
        let fate = fate::find_out(&self.http, number).await?;
        self.opened().retain(|(_, open)| *open != number);
        if let Some(outcome) = &fate {
            self.done(outcome);
        }
        Ok(fate)
    }

    async fn run(&self, command: Command) -> Result<Outcome, Trouble> {
        let request = self.number_of(&command);
        let body = json!(Request {
            request,
            command: command.clone()
        });
        let call = Call::with(
            reqwest::Method::POST,
            "/api/scv/v1/desk/commands",
            body,
            Again::Numbered,
        );
        let answer = self.http.ask(&call).await;
        let answer = answer.map_err(|failure| match Trouble::from(failure) {
            Trouble::Unknown { said, .. } => {
                self.opened().push((command, request));
                Trouble::Unknown {
                    said,
                    number: Some(request),
                }
            }
            known => known,
        })?;
        let told: Told = self.read(answer)?;
        let outcome: Outcome = self.read(told.to_result()?)?;
        self.done(&outcome);
        Ok(outcome)
    }

    fn watch(&self) -> broadcast::Receiver<Topic> {
        self.topics.subscribe()
    }
}
