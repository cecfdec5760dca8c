//! A backend in memory with canned people, for tests of the desk. It answers at once and remembers what it
//! was asked to do.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use scv_desk::backend::view::*;
use scv_desk::backend::{Backend, Trouble};
use scv_desk::domain::command::{Action, Command, EntryId, Outcome};
use scv_desk::domain::contact::{ContactId, NoteId, OrganizationId};
use scv_desk::domain::conversation::{Channel, ConversationId};
use scv_desk::domain::field::Field;
use scv_desk::domain::identifier::IdentifierType;
use scv_desk::domain::statistics::{Days, Expiring, Made, Share, SharedUse, Spans, Statistics};
use scv_desk::domain::transcript::Transcript;
use scv_desk::domain::unmerge::Since;
use scv_desk::domain::{Identifier, Moment, Role};
use scv_desk::live::Topic;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

pub const NOW: &str = "2026-11-23T14:02:00Z";

pub fn now() -> Moment {
    NOW.parse().unwrap()
}

pub fn contact_id(number: u128) -> ContactId {
    ContactId(Uuid::from_u128(number))
}

pub fn conversation_id(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}

pub fn note_id(number: u128) -> NoteId {
    NoteId(Uuid::from_u128(number))
}

/// What the backend knows; tests change it before and while a desk runs.
#[derive(Default)]
pub struct World {
    pub roster: Roster,
    /// Profiles of conversations, and of contacts without one.
    pub profiles: BTreeMap<ConversationId, Profile>,
    pub contacts: BTreeMap<ContactId, Profile>,
    pub journeys: BTreeMap<ContactId, Journey>,
    pub names: NameList,
    /// Who is on the website now.
    pub online: Vec<Online>,
    /// What was said in conversations.
    pub transcripts: BTreeMap<ConversationId, Transcript>,
    /// What taking back a merge comes to.
    pub unmerge: Option<UnmergePreview>,
    /// What was asked for.
    pub commands: Vec<Command>,
    /// Whom somebody looked at, as it was recorded.
    pub looks: Vec<ContactId>,
    pub exports: Vec<(ContactId, PathBuf)>,
    pub undoable: Vec<HistoryLine>,
    /// The history of everybody, newest first.
    pub history: Vec<HistoryLine>,
    /// What the next write answers instead of working.
    pub refusal: Option<Trouble>,
    /// What every read answers while it is set.
    pub outage: Option<Trouble>,
    /// How the server is reached that this stands for.
    pub standing: Standing,
    /// What became of a change that was not known, once somebody has said so.
    pub fate: Option<Option<Outcome>>,
    pub reads: usize,
    /// What stood at certain moments, whoever is asked about.
    pub pasts: Vec<Past>,
    /// Who holds an identifier once its shared mark is off.
    pub heir: Option<ContactId>,
    /// What it has not.
    pub lacks: Lacks,
    /// What takes long never comes.
    pub hangs: bool,
    /// Nobody was ever brought in.
    pub is_new: bool,
}

impl World {
    /// A contact in one line, without what only its conversations say.
    fn brief(&self, id: Option<ContactId>) -> Option<Brief> {
        let known = self.contacts.values().chain(self.profiles.values());
        let mut contacts = known.filter_map(|profile| profile.contact.as_ref());
        let contact = contacts.find(|contact| Some(contact.id) == id)?;
        Some(Brief {
            id: contact.id,
            kind: contact.kind,
            name: contact.fields.full_name(),
            says: None,
            detail: String::new(),
        })
    }
}

pub struct Fake {
    role: Role,
    world: Mutex<World>,
    topics: broadcast::Sender<Topic>,
    /// A fate was told.
    known: Notify,
}

impl Fake {
    pub fn new(role: &str, world: World) -> Self {
        Self {
            role: Role::bundled(role).unwrap(),
            world: Mutex::new(world),
            topics: broadcast::channel(64).0,
            known: Notify::new(),
        }
    }

    /// Looks at or changes what the backend knows.
    pub fn with<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.world.lock().unwrap())
    }

    /// Says what became of a change that was not known.
    pub fn tell_fate(&self, fate: Option<Outcome>) {
        self.with(|world| world.fate = Some(fate));
        self.known.notify_one();
    }

    pub fn tell(&self, topic: Topic) {
        let _ = self.topics.send(topic);
    }

    async fn hang(&self) {
        if self.with(|world| world.hangs) {
            std::future::pending::<()>().await;
        }
    }

    fn read<T>(&self, read: impl FnOnce(&World) -> Option<T>, what: &str) -> Result<T, Trouble> {
        self.with(|world| {
            world.reads += 1;
            match &world.outage {
                Some(trouble) => Err(trouble.clone()),
                None => read(world).ok_or_else(|| Trouble::NotFound(what.to_owned())),
            }
        })
    }
}

#[async_trait]
impl Backend for Fake {
    fn actor(&self) -> (String, Role) {
        ("Mara Lindt".to_owned(), self.role.clone())
    }

    fn lacks(&self) -> Lacks {
        self.with(|world| world.lacks)
    }

    fn standing(&self) -> Standing {
        self.with(|world| world.standing)
    }

    fn set_role(&self, _role: Role) -> Result<(), Trouble> {
        Err(Trouble::Broken("the role of a test is fixed".to_owned()))
    }

    async fn header(&self) -> Result<Header, Trouble> {
        let header = |world: &World| {
            Some(Header {
                place: "local".to_owned(),
                contacts: if world.is_new { 0 } else { 1_204_118 },
            })
        };
        self.read(header, "header")
    }

    async fn roster(&self) -> Result<Roster, Trouble> {
        self.read(|world| Some(world.roster.clone()), "roster")
    }

    async fn profile_of(&self, conversation: ConversationId) -> Result<Profile, Trouble> {
        self.read(
            |world| world.profiles.get(&conversation).cloned(),
            "the conversation",
        )
    }

    async fn profile(&self, contact: ContactId) -> Result<Profile, Trouble> {
        self.read(|world| world.contacts.get(&contact).cloned(), "the contact")
    }

    async fn lines_of(&self, contacts: Vec<ContactId>) -> Result<Vec<Option<Brief>>, Trouble> {
        let lines = |world: &World| {
            let lines = contacts.iter().map(|id| world.brief(Some(*id)));
            Some(lines.collect())
        };
        self.read(lines, "lines")
    }

    async fn journey(&self, contact: ContactId, query: JourneyQuery) -> Result<Journey, Trouble> {
        let page = |world: &World| {
            let mut journey = world.journeys.get(&contact).cloned().unwrap_or_default();
            let starts = journey.items.iter().map(|item| match item {
                JourneyItem::Conversation(one) => (one.start, one.channel),
                JourneyItem::Visit(_, visit, _) => (visit.start, Channel::Web),
            });
            journey.starts = match query.after {
                None => starts.collect(),
                Some(_) => Vec::new(),
            };
            let mut items = journey.items.iter();
            let at = query
                .after
                .and_then(|place| items.position(|item| item.id() == place.id));
            let mut rest = journey.items.split_off(at.map_or(0, |at| at + 1));
            rest.retain(|item| query.filter.keeps(item));
            journey.more = query.limit < rest.len();
            journey.items = rest.into_iter().take(query.limit).collect();
            Some(journey)
        };
        self.read(page, "journey")
    }

    async fn transcript(&self, conversation: ConversationId) -> Result<Transcript, Trouble> {
        self.read(
            |world| {
                Some(
                    world
                        .transcripts
                        .get(&conversation)
                        .cloned()
                        .unwrap_or_default(),
                )
            },
            "the transcript",
        )
    }

    async fn online(&self) -> Result<Vec<Online>, Trouble> {
        self.read(|world| Some(world.online.clone()), "who is online")
    }

    async fn search(
        &self,
        text: String,
        limit: usize,
        _offset: usize,
    ) -> Result<SearchResult, Trouble> {
        let find = |world: &World| {
            let fits = |profile: &&Profile| {
                let contact = profile.contact.as_ref();
                let name = contact.map(|contact| contact.fields.full_name().to_lowercase());
                name.is_some_and(|name| name.contains(&text.to_lowercase()))
            };
            let hits: Vec<SearchHit> = world
                .contacts
                .values()
                .filter(fits)
                .take(limit)
                .map(hit)
                .collect();
            Some(SearchResult {
                total: hits.len(),
                of: world.contacts.len(),
                hits,
            })
        };
        self.read(find, "search")
    }

    async fn why(&self, conversation: ConversationId) -> Result<Explanation, Trouble> {
        let why = |world: &World| {
            let profile = world.profiles.get(&conversation)?;
            Some(Explanation {
                sentences: vec!["The first claimed identifier won".to_owned()],
                reason: profile.reason.clone()?,
                contact: None,
                claim_origin: None,
                claims: Vec::new(),
                chain: Vec::new(),
            })
        };
        self.read(why, "the reason")
    }

    async fn why_not(
        &self,
        conversation: ConversationId,
        contact: ContactId,
    ) -> Result<NotExplanation, Trouble> {
        let why_not = |world: &World| {
            let profile = world.profiles.get(&conversation)?;
            let mut rivals = profile.rivals.iter();
            let (rival, _) = rivals.find(|(rival, _)| rival.id == contact)?;
            Some(NotExplanation {
                sentences: vec![format!("{} was asked about in full", rival.name)],
                contact: Some(rival.clone()),
                linked: None,
                reason: profile.reason.clone()?,
                answers: Vec::new(),
            })
        };
        self.read(why_not, "the contact")
    }

    async fn past(&self, _of: Whose, at: Moment) -> Result<Past, Trouble> {
        self.hang().await;
        let found = |world: &World| world.pasts.iter().find(|past| past.at == at).cloned();
        self.with(|world| found(world))
            .ok_or_else(|| crate::desk_past::gone(at))
    }

    async fn preview_merge(
        &self,
        contacts: Vec<ContactId>,
        takes: Vec<(Field, ContactId)>,
    ) -> Result<MergePreview, Trouble> {
        let _ = (contacts, takes);
        Err(Trouble::Broken("this fake has no merges".to_owned()))
    }

    async fn preview_unmerge(
        &self,
        _entry: EntryId,
        sides: Vec<(Since, ContactId)>,
    ) -> Result<UnmergePreview, Trouble> {
        let preview = |world: &World| {
            let mut preview = world.unmerge.clone()?;
            for one in &mut preview.items {
                let given = sides.iter().find(|(item, _)| *item == one.item);
                if let Some((_, side)) = given {
                    let at = preview.sides.iter().position(|brief| brief.id == *side);
                    one.side = at.unwrap();
                    one.why = "chosen".to_owned();
                }
            }
            Some(preview)
        };
        self.read(preview, "the merge")
    }

    async fn export(&self, contact: ContactId, file: PathBuf) -> Result<(), Trouble> {
        self.with(|world| world.exports.push((contact, file)));
        Ok(())
    }

    async fn preview_unshare(&self, _identifier: Identifier) -> Result<Option<Brief>, Trouble> {
        self.with(|world| Ok(world.brief(world.heir)))
    }

    async fn preview_erase(&self, contact: ContactId) -> Result<ErasePreview, Trouble> {
        let preview = |world: &World| {
            let profile = world.contacts.get(&contact)?;
            let name = profile.contact.as_ref()?.fields.full_name();
            Some(ErasePreview {
                names: vec![name],
                contacts: 1 + profile.ancestors.len(),
                identifiers: profile.claims.len(),
                notes: profile.notes.len(),
                conversations: 4,
                parts: 1,
                visits: 2,
                entries: 12,
            })
        };
        self.read(preview, "the contact")
    }

    async fn names(&self) -> Result<NameList, Trouble> {
        self.read(|world| Some(world.names.clone()), "names")
    }

    async fn statistics(&self, days: Days) -> Result<Statistics, Trouble> {
        self.hang().await;
        self.read(|_| Some(counted(days)), "statistics")
    }

    async fn organization_named(&self, _name: String) -> Result<Option<OrganizationId>, Trouble> {
        self.read(|_| Some(None), "organization")
    }

    async fn last_undoable(&self) -> Result<Option<HistoryLine>, Trouble> {
        self.read(|world| Some(world.undoable.last().cloned()), "entry")
    }

    async fn history(&self, query: HistoryQuery) -> Result<History, Trouble> {
        let page = |world: &World| {
            let is_older = |line: &&HistoryLine| query.before.is_none_or(|before| line.id < before);
            let mut lines: Vec<HistoryLine> =
                world.history.iter().filter(is_older).cloned().collect();
            let more = query.limit < lines.len();
            lines.truncate(query.limit);
            Some(History {
                lines,
                more,
                own_only: !self.role.may(scv_desk::domain::Permission::HistoryView),
            })
        };
        self.read(page, "history")
    }

    async fn fate(&self, _number: Uuid) -> Result<Option<Outcome>, Trouble> {
        loop {
            if let Some(fate) = self.with(|world| world.fate.take()) {
                return Ok(fate);
            }
            self.known.notified().await;
        }
    }

    async fn run(&self, command: Command) -> Result<Outcome, Trouble> {
        let outcome = self.with(|world| {
            if let Command::View { contact } = command {
                world.looks.push(contact);
                return Ok(Outcome {
                    entry: None,
                    action: command.action(),
                    contact: Some(contact),
                    conversation: None,
                    remarks: Vec::new(),
                });
            }
            if let Some(trouble) = world.refusal.take() {
                return Err(trouble);
            }
            world.commands.push(command.clone());
            let entry = EntryId(400 + world.commands.len() as u64);
            match command {
                Command::Undo { entry } => world.undoable.retain(|line| line.id != entry),
                _ => world
                    .undoable
                    .push(undoable(entry, command.action(), "did it")),
            }
            Ok(Outcome {
                entry: Some(entry),
                action: command.action(),
                contact: None,
                conversation: None,
                remarks: Vec::new(),
            })
        })?;
        self.tell(Topic::Elsewhere);
        Ok(outcome)
    }

    fn watch(&self) -> broadcast::Receiver<Topic> {
        self.topics.subscribe()
    }
}

/// Something that the agent did.
pub fn undoable(id: EntryId, action: Action, sentence: &str) -> HistoryLine {
    HistoryLine {
        id,
        at: now().plus_ms(-86_400_000),
        actor: "Mara Lindt".to_owned(),
        action,
        sentence: sentence.to_owned(),
        state: EntryState::InForce,
        refusal: None,
        to_assign: 0,
        contact: None,
        conversation: None,
        batch: None,
        undoes: None,
        details: Vec::new(),
        more_details: 0,
        evidence: Vec::new(),
    }
}

fn hit(profile: &Profile) -> SearchHit {
    let contact = profile.contact.as_ref().unwrap();
    SearchHit {
        contact: contact.id,
        name: contact.fields.full_name(),
        name_matched: Vec::new(),
        detail: String::new(),
        detail_matched: Vec::new(),
        place: None,
        by_typo: false,
    }
}

/// Counts that are told apart by their digits.
fn counted(days: Days) -> Statistics {
    let share = |automatic, corrected, unknown| Share {
        automatic,
        corrected,
        unknown,
    };
    let count = days.count() as u64;
    Statistics {
        by_day: (0..count).map(|day| share(day % 7, 0, day % 3)).collect(),
        days,
        conversations: share(8_100, 350, 1_550),
        by_channel: vec![
            (Channel::Call, share(6_000, 300, 700)),
            (Channel::Email, share(2_100, 50, 850)),
        ],
        by_queue: vec![
            (Some("請求と支払い".to_owned()), share(5_000, 200, 800)),
            (None, share(3_100, 150, 750)),
        ],
        linking: Spans {
            count: 41,
            half_ms: 75_000,
            most_ms: 600_000,
        },
        adding: Spans::default(),
        decisions: vec![Made {
            action: Action::Link,
            made: 44,
            undone: 3,
        }],
        expiring: (0..60)
            .map(|day| Expiring {
                ephemeral: day,
                identified: 1,
            })
            .collect(),
        shared: vec![SharedUse {
            identifier: Identifier {
                kind: IdentifierType::Phone,
                value: "+353214567890".to_owned(),
                source: None,
            },
            is_marked: true,
            contacts: 5,
        }],
    }
}
