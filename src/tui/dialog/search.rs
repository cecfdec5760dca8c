//! The search box: it finds a contact and does with it what the search was opened for.
//!
//! Typing never waits: each text is a read of its own, and only the answer to the text that stands there is
//! shown. What is shown and how is in `row` and `view`.

use super::words::{brief_of, name_of_brief, name_of_profile};
use crate::backend::view::{Brief, SearchResult};
use crate::domain::contact::{ContactId, ContactType};
use crate::domain::conversation::ConversationId;
use crate::domain::moment::Moment;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::Input;
use crate::tui::layer::Reaction;
use crate::tui::msg::Reply;
use crate::tui::widget::{Field, ListState};

mod act;
mod hints;
mod offer;
mod press;
mod row;
mod shown;
mod view;

use offer::{given_name, offered};
use row::{Pick, Row};

/// Hits of one read.
const PAGE: usize = 20;
/// Hits that a list goes down to at most (`design/rules.md` §10).
const HITS_MAX: usize = 1_000;
/// Contacts of one merge (`design/rules.md` §6).
const MERGE_MAX: usize = 25;

/// What the search is for: what Enter does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    Open,
    Link,
    /// Merges the contact on the screen, and those that were chosen before, with another one.
    Merge {
        chosen: Vec<Brief>,
    },
    NotSame,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Box,
    List,
}

/// What to do with the row under the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Open,
    Link,
    Merge,
    NotSame,
}

/// What was on the screen when the search was opened. It stays what the search is about, whatever happens
/// behind it.
#[derive(Clone, Debug)]
struct Around {
    conversation: Option<ConversationId>,
    contact: Option<Brief>,
    /// The name that it has, or that the conversation gives: with it the contact is added.
    name: Option<String>,
}

/// The search.
#[derive(Clone, Debug)]
pub struct Search {
    purpose: Purpose,
    around: Around,
    picks: Vec<Pick>,
    field: Field,
    /// The text was put there by the desk: the first letter takes its place.
    is_offered: bool,
    place: Place,
    list: ListState,
    rows: Vec<Row>,
    found: Option<SearchResult>,
    /// When the read that runs was asked for.
    since: Option<Moment>,
    /// A page beyond the shown ones is being read.
    is_paging: bool,
    /// The contact whose id was typed.
    typed: Option<Brief>,
    /// Enter was pressed before the answer came.
    hasty: Option<Act>,
    /// Contacts chosen for a merge of more than two.
    marked: Vec<Brief>,
    said: Option<String>,
}

impl Around {
    fn of(context: &Context<'_>) -> Self {
        let profile = context.scene.profile;
        let contact = profile.and_then(|profile| {
            let contact = profile.contact.as_ref()?;
            Some(Brief {
                name: name_of_profile(profile),
                ..brief_of(contact)
            })
        });
        Self {
            conversation: profile.and_then(|profile| profile.conversation),
            contact,
            name: profile.and_then(given_name),
        }
    }

    /// Who stands in the list before anybody typed.
    fn picks(&self, purpose: &Purpose, context: &Context<'_>) -> Vec<Pick> {
        let own = self.contact.as_ref().map(|brief| brief.id);
        let scene = &context.scene;
        match purpose {
            Purpose::Open => row::seen_lately(scene, own),
            Purpose::Link | Purpose::NotSame => row::at_hand(scene, purpose, own),
            Purpose::Merge { chosen } => row::at_hand(scene, purpose, own)
                .into_iter()
                .filter(|pick| chosen.iter().all(|brief| brief.id != pick.brief.id))
                .collect(),
        }
    }
}

impl Search {
    /// Opens the search and says what it wants to read.
    pub fn open(purpose: Purpose, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let around = Around::of(context);
        let picks = around.picks(&purpose, context);
        let mut search = Self {
            marked: match &purpose {
                Purpose::Merge { chosen } => chosen.clone(),
                Purpose::Open | Purpose::Link | Purpose::NotSame => Vec::new(),
            },
            purpose,
            around,
            picks,
            field: Field::default().with_placeholder("name, number, e-mail, organization or id"),
            is_offered: false,
            place: Place::Box,
            list: ListState::default(),
            rows: Vec::new(),
            found: None,
            since: None,
            is_paging: false,
            typed: None,
            hasty: None,
            said: None,
        };
        let effects = search.offer(context);
        search.arrange();
        (search, effects)
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            // What was found is read anew too.
            Input::Key(press) if context.keymap.refreshes(press) => {
                self.said = None;
                Reaction {
                    effects: self.ask(context),
                    ..Reaction::stay()
                }
            }
            Input::Key(press) => {
                self.said = None;
                match self.place {
                    Place::Box => self.press_in_box(press, context),
                    Place::List => self.press_in_list(press, context),
                }
            }
            Input::Paste(pasted) => {
                if std::mem::take(&mut self.is_offered) {
                    self.field.clear();
                }
                self.place = Place::Box;
                let edited = self.field.paste(&pasted);
                self.edited(edited, context)
            }
            Input::Mouse(mouse) => match mouse.click() {
                Some(at) => self.click(at, context),
                None => Reaction::stay(),
            },
            Input::Resize { .. } | Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    /// Takes an answer, if it belongs to the text that stands there now.
    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        match reply {
            Reply::Search {
                text,
                offset,
                result,
            } if *text == self.wanted() => {
                self.since = None;
                self.is_paging = false;
                match result {
                    Ok(found) => self.take_page(*offset, found),
                    Err(trouble) => {
                        self.hasty = None;
                        self.said = Some(trouble.to_string());
                    }
                }
                Some(self.settle(context))
            }
            Reply::Other(id, result) if self.typed_id() == Some(*id) => {
                let contact = result
                    .as_ref()
                    .ok()
                    .and_then(|profile| profile.contact.as_ref());
                self.typed = contact.map(brief_of);
                Some(self.settle(context))
            }
            _ => None,
        }
    }

    /// Since when it waits for an answer: the words for it change with time.
    pub fn waiting_since(&self) -> Option<Moment> {
        self.since
    }

    fn title(&self, context: &Context<'_>) -> String {
        let name = self.around.contact.as_ref().map(name_of_brief);
        let name = name.as_deref().unwrap_or("the contact");
        match &self.purpose {
            Purpose::Open => "Find a contact".to_owned(),
            Purpose::Link => format!("Link {} to …", context.conversation_words()),
            Purpose::Merge { .. } => format!("Merge {name} with …"),
            Purpose::NotSame => format!("Who is not {name}?"),
        }
    }

    /// What an agent would look for stands in the box already; the first letter takes its place.
    fn offer(&mut self, context: &Context<'_>) -> Vec<Effect> {
        let offered = context
            .scene
            .profile
            .and_then(|profile| offered(profile, &self.purpose));
        let Some(text) = offered else {
            return Vec::new();
        };
        self.field.set(&text);
        self.is_offered = true;
        self.ask(context)
    }

    /// Asks for what stands in the box; older answers are no longer wanted.
    fn ask(&mut self, context: &Context<'_>) -> Vec<Effect> {
        let text = self.wanted();
        self.typed = None;
        self.is_paging = false;
        if text.is_empty() {
            self.found = None;
            self.since = None;
            return Vec::new();
        }
        // The wait is counted from the first text without an answer: a fast typist is waiting all along.
        self.since.get_or_insert(context.now);
        let mut effects = vec![Effect::Read(Read::Search {
            text,
            limit: PAGE,
            offset: 0,
        })];
        effects.extend(self.typed_id().map(|id| Effect::Read(Read::Other(id))));
        effects
    }

    fn wanted(&self) -> String {
        self.field.text().trim().to_owned()
    }

    fn typed_id(&self) -> Option<ContactId> {
        self.field.text().parse().ok()
    }

    fn take_page(&mut self, offset: usize, found: &SearchResult) {
        match &mut self.found {
            Some(shown) if offset != 0 && shown.hits.len() == offset => {
                shown.hits.extend_from_slice(&found.hits);
                shown.total = found.total;
            }
            Some(_) | None if offset == 0 => self.found = Some(found.clone()),
            Some(_) | None => {}
        }
    }

    /// After an answer: the rows are put in order, and an Enter that came too early is made good.
    fn settle(&mut self, context: &Context<'_>) -> Reaction {
        self.arrange();
        // A name that nobody has is no help where nobody can be made of it: those at hand come back.
        if self.is_offered && self.since.is_none() && self.rows.is_empty() {
            self.is_offered = false;
            self.field.clear();
            self.found = None;
            self.arrange();
        }
        match self.hasty.take() {
            Some(act) if self.since.is_none() => self.act(act, context),
            Some(_) | None => Reaction::stay(),
        }
    }

    fn page_on(&mut self) -> Reaction {
        let Some(found) = &self.found else {
            return Reaction::stay();
        };
        let shown = found.hits.len();
        let is_near_end = self.rows.len() <= self.list.selected() + PAGE / 4;
        let is_more = shown < found.total && shown < HITS_MAX && !found.hits.is_empty();
        if !is_near_end || !is_more || self.is_paging {
            return Reaction::stay();
        }
        self.is_paging = true;
        Reaction::stay().with(Effect::Read(Read::Search {
            text: self.wanted(),
            limit: PAGE,
            offset: shown,
        }))
    }

    fn arrange(&mut self) {
        let text = self.wanted();
        // Nobody is called by an id, so that an id that nobody has makes no new contact.
        let is_open = text.is_empty() || self.since.is_some() || self.typed_id().is_some();
        let offers: &[Row] = match (&self.purpose, is_open) {
            (_, true) => &[],
            (Purpose::Merge { .. } | Purpose::NotSame, false) => &[],
            (Purpose::Open | Purpose::Link, false) if self.can_promote() => {
                &[Row::Promote, Row::New]
            }
            (Purpose::Open | Purpose::Link, false) => &[Row::New],
        };
        // Hits of another text stay until the newer ones are there, so that the list does not flicker.
        let found = self.found.as_ref().filter(|_| !text.is_empty());
        self.rows = row::arrange(&text, &self.picks, found, self.typed.as_ref(), offers);
    }

    fn can_promote(&self) -> bool {
        let kind = self.around.contact.as_ref().map(|brief| brief.kind);
        kind.is_some_and(|kind| kind != ContactType::Curated)
    }
}
