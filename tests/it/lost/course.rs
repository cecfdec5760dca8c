//! A random course of real decisions by several callers at once, and what each was told.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use scv_desk::domain::command::{Action, Claiming, Command, EntryId, Sharing, Sure};
use scv_desk::domain::contact::{ContactId, NoteId};
use scv_desk::domain::{Channel, Conversation, ConversationId, Field, Moment};
use scv_desk::engine::{self, Context, Options};
use scv_desk::store::sqlite::SqliteStore;
use scv_desk::store::{Applied, Decision, EntryFilter, Keep, NotApplied, Store, StoreError};
use uuid::Uuid;

use super::Dice;
use crate::world;

/// Conversations and numbers of a course: few, so that things meet.
const CONVERSATIONS: usize = 400;
const NUMBERS: usize = 60;
/// Callers with one decision at a time, beside one that brings many.
const CALLERS: u64 = 4;

/// What a caller was told is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ack {
    /// A journal entry and what it is about.
    Entry {
        id: EntryId,
        action: Action,
        contact: Option<ContactId>,
        conversation: Option<ConversationId>,
    },
    /// A conversation that came in with or without an end.
    Seen {
        conversation: ConversationId,
        end: Option<Moment>,
    },
    /// The store is made.
    Opened,
}

impl fmt::Display for Ack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry {
                id,
                action,
                contact,
                conversation,
            } => {
                let shown = |id: Option<Uuid>| id.map_or("-".to_owned(), |id| id.to_string());
                let (contact, conversation) = (
                    shown(contact.map(|id| id.0)),
                    shown(conversation.map(|id| id.0)),
                );
                write!(f, "entry {id} {} {contact} {conversation}", action.name())
            }
            Self::Seen { conversation, end } => {
                let end = end.map_or("-".to_owned(), |end| end.0.to_string());
                write!(f, "seen {} {end}", conversation.0)
            }
            Self::Opened => write!(f, "opened"),
        }
    }
}

impl Ack {
    /// The acknowledgement that a line tells; `None` for any other line.
    pub fn read(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["entry", id, action, contact, conversation] => Some(Self::Entry {
                id: id.parse().ok()?,
                action: Action::of_name(action)?,
                contact: Uuid::parse_str(contact).ok().map(ContactId),
                conversation: Uuid::parse_str(conversation).ok().map(ConversationId),
            }),
            ["seen", conversation, end] => Some(Self::Seen {
                conversation: ConversationId(Uuid::parse_str(conversation).ok()?),
                end: end.parse().ok().map(Moment),
            }),
            ["opened"] => Some(Self::Opened),
            _ => None,
        }
    }

    fn of(applied: &Applied) -> Option<Self> {
        applied.entry.map(|id| Self::Entry {
            id,
            action: applied.action,
            contact: applied.contact,
            conversation: applied.conversation,
        })
    }
}

/// Where acknowledgements go, at the moment they come.
pub type Told = Arc<dyn Fn(Ack) + Send + Sync>;

/// Lets several callers decide `rounds` times each; what the store itself could not do is given back.
pub async fn run(
    store: Arc<SqliteStore>,
    seed: u64,
    rounds: usize,
    told: Told,
) -> Result<(), StoreError> {
    let mut callers = Vec::new();
    let (path, dice) = (store.path().to_owned(), Dice::new(seed));
    let copying = tokio::task::spawn_blocking(move || copy(&path, dice, rounds));
    for caller in 0..=CALLERS {
        let (store, told) = (store.clone(), told.clone());
        let dice = Dice::new(seed.wrapping_mul(31).wrapping_add(caller));
        callers.push(tokio::spawn(async move {
            let mut one = Caller {
                dice,
                told,
                contacts: Vec::new(),
                entries: Vec::new(),
                notes: Vec::new(),
            };
            one.look(&*store).await?;
            match caller {
                CALLERS => one.bring(&*store, rounds).await,
                _ => one.decide(&*store, rounds).await,
            }
        }));
    }
    for caller in callers {
        caller.await.unwrap()?;
    }
    copying.await.unwrap();
    Ok(())
}

/// Copies the log into the file again and again, as another program would: a short course never fills it.
fn copy(path: &Path, mut dice: Dice, rounds: usize) {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::ZERO).unwrap();
    for _ in 0..rounds {
        let kind = ["PASSIVE", "FULL", "RESTART", "TRUNCATE"][dice.below(4)];
        // Whoever writes meanwhile may keep it from all of it.
        let _ = connection.execute_batch(&format!("PRAGMA wal_checkpoint({kind})"));
        std::thread::yield_now();
    }
}

struct Caller {
    dice: Dice,
    told: Told,
    contacts: Vec<ContactId>,
    entries: Vec<EntryId>,
    notes: Vec<NoteId>,
}

impl Caller {
    /// Learns whom and what the store knows.
    async fn look(&mut self, store: &impl Store) -> Result<(), StoreError> {
        let filter = EntryFilter {
            limit: 60,
            ..EntryFilter::default()
        };
        for entry in store.entries(filter).await? {
            self.entries.push(entry.id);
            self.contacts.extend(entry.contacts);
        }
        let at = self.dice.below(self.contacts.len());
        let some = self.contacts.iter().copied().skip(at).take(3).collect();
        let notes = store.notes(some).await?;
        self.notes = notes.into_iter().map(|note| note.id).collect();
        Ok(())
    }

    /// One decision after the other.
    async fn decide(&mut self, store: &impl Store, rounds: usize) -> Result<(), StoreError> {
        for _ in 0..rounds {
            let command = self.command();
            let end = seen(&command);
            let answer = store.decide(decision(&mut self.dice, command)).await;
            self.heard(answer, end)?;
        }
        Ok(())
    }

    /// Many at once, and the index of the search kept up to date.
    async fn bring(&mut self, store: &impl Store, rounds: usize) -> Result<(), StoreError> {
        for _ in 0..rounds.div_ceil(8) {
            let commands: Vec<Command> = (0..self.dice.below(30)).map(|_| self.command()).collect();
            let ends: Vec<_> = commands.iter().map(seen).collect();
            let decisions = commands
                .into_iter()
                .map(|command| decision(&mut self.dice, command));
            let decisions = decisions.collect();
            let answers = store.decide_all(decisions, Keep::Commit).await;
            for (answer, end) in answers.into_iter().zip(ends) {
                self.heard(answer, end)?;
            }
            if self.dice.below(6) == 0 {
                store.tidy_up(Box::new(|_, _| {})).await?;
            }
            self.look(store).await?;
        }
        Ok(())
    }

    /// Tells what was acknowledged; a refusal is an answer too.
    fn heard(
        &mut self,
        answer: Result<Applied, NotApplied>,
        seen: Option<Ack>,
    ) -> Result<(), StoreError> {
        match answer {
            Ok(applied) => {
                if let Some(ack) = Ack::of(&applied) {
                    (self.told)(ack);
                }
                if let Some(seen) = seen {
                    (self.told)(seen);
                }
                self.contacts.extend(applied.contact);
                self.entries.extend(applied.entry);
                Ok(())
            }
            Err(NotApplied::Refused(_)) => Ok(()),
            Err(NotApplied::Store(error)) => Err(error),
        }
    }

    /// Something to do with what is known; mostly a conversation that comes in.
    fn command(&mut self) -> Command {
        let kind = self.dice.below(16);
        self.action(kind)
            .unwrap_or_else(|| Command::Resolve(Box::new(self.conversation())))
    }

    fn action(&mut self, kind: usize) -> Option<Command> {
        let contact = self.dice.one_of(&self.contacts).copied()?;
        let other = self.dice.one_of(&self.contacts).copied()?;
        let conversation = world::conversation_id(self.dice.below(CONVERSATIONS) as u128);
        let number = self.dice.below(1000);
        Some(match kind {
            0 | 1 => Command::Promote {
                contact,
                edits: vec![world::edit(Field::FirstName, &format!("Efa{number}"))],
            },
            2 => Command::Link {
                conversation,
                contact,
                claiming: [Claiming::Leave, Claiming::Move][number % 2],
            },
            3 => Command::Unlink {
                conversation,
                sharing: Sharing::Leave,
            },
            4 => Command::Merge {
                contacts: vec![contact, other],
                takes: Vec::new(),
                sure: Sure::AskedTwice,
            },
            5 | 6 => Command::Edit {
                contact,
                edits: vec![world::edit(Field::Title, &format!("Title {number}"))],
            },
            7 => Command::AddNote {
                contact,
                text: format!("note {number} ").repeat(1 + number % 40),
            },
            8 => Command::EditNote {
                note: self.dice.one_of(&self.notes).copied()?,
                text: format!("again {number}"),
            },
            9 => Command::Undo {
                entry: self.dice.one_of(&self.entries).copied()?,
            },
            10 => Command::WrapUp {
                conversation,
                code: format!("code {}", number % 3),
                notes: None,
            },
            _ => return None,
        })
    }

    fn conversation(&mut self) -> Conversation {
        let n = self.dice.below(CONVERSATIONS);
        let number = format!("+3538610{:05}", n % NUMBERS);
        let mut conversation = world::seen(n as u128, Channel::Call, &[&number]);
        if self.dice.coin() {
            let ms = 1000 * self.dice.below(900_000) as i64;
            conversation.end = Some(conversation.start.plus_ms(ms));
        }
        conversation
    }
}

/// What is acknowledged with a conversation that comes in, whether or not an entry is written.
fn seen(command: &Command) -> Option<Ack> {
    match command {
        Command::Resolve(conversation) => Some(Ack::Seen {
            conversation: conversation.id,
            end: conversation.end,
        }),
        _ => None,
    }
}

fn decision(dice: &mut Dice, command: Command) -> Decision {
    let context = Context {
        actor: world::by("Ava", "admin"),
        at: world::START.plus_ms(dice.below(1_000_000) as i64),
        // Fresh ids never meet those of an earlier run.
        seed: Uuid::new_v4(),
        options: Options::default(),
    };
    Decision {
        actor: context.actor.name.clone(),
        at: context.at,
        batch: None,
        request: None,
        planner: Box::new(move |facts| engine::plan(&command, &context, facts)),
    }
}
