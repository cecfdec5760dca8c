//! The review of a supervisor: decisions or conversations of everybody by filter, marks with one key, the person
//! behind a row, and the list as a file.

mod view;

use std::path::PathBuf;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::backend::Trouble;
use crate::backend::view::{Brief, DecisionLine, ReviewPage, ReviewQuery, Reviewed};
use crate::domain::Permission;
use crate::domain::command::{Command, EntryId};
use crate::domain::contact::ContactId;
use crate::domain::review::{Counted, Filter, List, Mark, Verdict, Zoned};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::{Reaction, Then};
use crate::tui::load::Load;
use crate::tui::msg::{Reply, Subject};
use crate::tui::pane::sign::sentence;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Field, Hint, ListState, Motion};

/// Rows that are read at once, and the most that are read anew when something changed.
const PAGE: usize = 50;
const RENEWED_MAX: usize = 500;
/// Rows before the end at which the next page is read.
const AHEAD: usize = 10;
const FILTER_CHARS_MAX: usize = 1_000;
/// The keys of the marks.
const MARKS: [(char, Verdict); 3] = [
    ('r', Verdict::Right),
    ('w', Verdict::Wrong),
    ('c', Verdict::CannotTell),
];

/// Which part has the keys.
#[derive(Clone, Debug)]
enum Part {
    List,
    Filter,
    /// The name of the file that the list goes to.
    File(Field),
}

/// The dialog.
#[derive(Clone, Debug)]
pub struct Review {
    list: List,
    filter: Filter,
    page: Load<ReviewPage>,
    /// The query that is waited for; what else comes is old.
    asked: ReviewQuery,
    /// What came of it so far: a page may come out short, and is then read on until so many rows are there. What
    /// is shown already stays until as much of the newer has come.
    gathered: ReviewPage,
    wanted: usize,
    /// Whether the list came in more than one piece: what others change does not read it all again.
    is_searched: bool,
    /// Whether somebody changed something since.
    is_old: bool,
    count: Option<Counted>,
    rows: ListState,
    part: Part,
    field: Field,
    /// What the last key came to.
    told: Option<(String, Role)>,
}

/// What a mark is on.
struct Marked<'a> {
    entry: EntryId,
    mark: Option<&'a Mark>,
}

impl Review {
    /// The decisions of everybody, newest first.
    pub fn open(context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut review = Self {
            list: List::Decisions,
            filter: Filter::default(),
            page: Load::Empty,
            asked: ReviewQuery::default(),
            gathered: ReviewPage::default(),
            wanted: PAGE,
            is_searched: false,
            is_old: false,
            count: None,
            rows: ListState::default(),
            part: Part::List,
            field: Field::new(FILTER_CHARS_MAX)
                .with_placeholder("queue:Billing channel:call from:2026-11-01 unlinked"),
            told: None,
        };
        let effects = review.begin(context);
        (review, effects)
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match input {
            Input::Key(press) => {
                self.told = None;
                self.press(press, context)
            }
            Input::Paste(pasted) => {
                match &mut self.part {
                    Part::List => {}
                    Part::Filter => drop(self.field.paste(&pasted)),
                    Part::File(field) => drop(field.paste(&pasted)),
                }
                Reaction::stay()
            }
            Input::Mouse(mouse) => {
                if let Some(row) = mouse.click().and_then(|at| self.rows.row_at(at)) {
                    self.rows.select(row);
                }
                Reaction::stay()
            }
            Input::Resize { .. } | Input::FocusGained | Input::FocusLost => Reaction::stay(),
        }
    }

    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        match reply {
            Reply::Review(query, result) if **query == self.asked => {
                let effects = self.arrived(result.clone(), context);
                Some(Reaction {
                    effects,
                    ..Reaction::stay()
                })
            }
            Reply::ReviewCount(list, filter, result)
                if (*list, filter.as_ref()) == (self.list, &self.filter) =>
            {
                // The list itself tells what is wrong.
                self.count = result.as_ref().ok().copied();
                Some(Reaction::stay())
            }
            Reply::ReviewTaken(file, result) => {
                self.told = Some(match result {
                    Ok(rows) => {
                        let rows = time::count(*rows);
                        let words =
                            format!("{}: {rows} rows, recorded in the history", file.display());
                        (words, Role::Good)
                    }
                    Err(trouble) => (sentence(&trouble.to_string()), Role::Danger),
                });
                Some(Reaction::stay())
            }
            Reply::Written(_, Ok(_)) | Reply::Undone(Ok(_)) => Some(Reaction {
                effects: self.read_anew(context),
                ..Reaction::stay()
            }),
            _ => None,
        }
    }

    /// Reads anew because somebody changed something; a list that took long to find only says so.
    pub fn renew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        if self.is_searched {
            self.is_old = true;
            return Vec::new();
        }
        self.read_anew(context)
    }

    /// Goes on after a row was looked at. What was being read was given up with the list.
    pub fn resume(&mut self, context: &Context<'_>) -> Vec<Effect> {
        self.told = None;
        self.read_anew(context)
    }

    fn read_anew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        let limit = self.len().next_multiple_of(PAGE).clamp(PAGE, RENEWED_MAX);
        self.is_old = false;
        self.wanted = limit;
        let mut effects = self.read(None, limit, context);
        effects.push(self.counted());
        effects
    }

    /// Takes a piece of the list, and reads on where it is short.
    fn arrived(
        &mut self,
        result: Result<ReviewPage, Trouble>,
        context: &Context<'_>,
    ) -> Vec<Effect> {
        let page = match result {
            Ok(page) => page,
            Err(trouble) => {
                self.page.finish(Err(trouble));
                return Vec::new();
            }
        };
        self.gathered = match self.asked.after {
            Some(_) => std::mem::take(&mut self.gathered).with(page),
            None => page,
        };
        let rows = self.gathered.len();
        let on = self.gathered.next.filter(|_| rows < self.wanted);
        self.is_searched |= on.is_some();
        if on.is_none() || self.len() <= rows {
            self.page.finish(Ok(self.gathered.clone()));
        }
        match on {
            Some(next) => self.read(Some(next), PAGE, context),
            None => Vec::new(),
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        view::view(self, screen, buf, context)
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        match self.part {
            Part::Filter => {
                return vec![Hint::new("Enter", "narrow"), Hint::new("Esc", "as it was")];
            }
            Part::File(_) => {
                return vec![Hint::new("Enter", "write"), Hint::new("Esc", "leave it")];
            }
            Part::List => {}
        }
        let greyed = |hint: Hint, is_greyed: bool| if is_greyed { hint.greyed() } else { hint };
        let is_nobody = self.contact().is_none();
        let mut hints = vec![greyed(Hint::new("Enter", "open"), is_nobody)];
        let is_unmarked = self.marked().is_none() || !context.role.may(Permission::ReviewMark);
        hints.extend(MARKS.map(|(key, verdict)| {
            greyed(Hint::new(key.to_string(), verdict.words()), is_unmarked)
        }));
        hints.push(Hint::new("/", "filter"));
        hints.push(Hint::new("Tab", self.other_word()));
        hints.push(greyed(
            Hint::new("e", "export"),
            context.beyond_kiosk().is_some() || !context.role.may(Permission::Export),
        ));
        hints.push(Hint::new("Esc", "close"));
        hints
    }

    fn press(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        match &mut self.part {
            Part::Filter => self.press_in_filter(press, context),
            Part::File(field) => match press.key {
                Key::Esc => {
                    self.part = Part::List;
                    Reaction::stay()
                }
                Key::Enter => {
                    let file = field.text().trim().to_owned();
                    self.take(file)
                }
                _ => {
                    field.apply(&press);
                    Reaction::stay()
                }
            },
            Part::List => self.press_in_list(press, context),
        }
    }

    fn press_in_list(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        if let Key::Char(letter) = press.key {
            if let Some((_, verdict)) = MARKS.iter().find(|(key, _)| *key == letter) {
                return self.mark(*verdict, context);
            }
            match letter {
                'e' => return self.name_file(context),
                '/' => {
                    self.field.set(&Zoned(&self.filter, context.tz).to_string());
                    self.part = Part::Filter;
                    return Reaction::stay();
                }
                _ => {}
            }
        }
        let means = match context.keymap.meaning(&[press]) {
            Meaning::Run { action, .. } => Some(action),
            Meaning::Pending(_) | Meaning::Unknown => None,
        };
        match (press.key, means) {
            (Key::Esc, _) => Reaction::close(),
            (_, Some(Action::Back | Action::Quit | Action::Review)) => Reaction::close(),
            (Key::Enter, _) => self.open_person(),
            (_, Some(Action::Refresh)) => Reaction {
                effects: self.read_anew(context),
                ..Reaction::stay()
            },
            (_, Some(Action::NextPane | Action::PreviousPane)) => {
                self.list = match self.list {
                    List::Decisions => List::Conversations,
                    List::Conversations => List::Decisions,
                };
                self.turn(context)
            }
            (_, Some(action)) => match crate::tui::update::motion(action) {
                Some(motion) => self.go(motion, context),
                None => Reaction::stay(),
            },
            (_, None) => Reaction::stay(),
        }
    }

    fn press_in_filter(&mut self, press: Press, context: &Context<'_>) -> Reaction {
        match press.key {
            Key::Esc => {
                self.part = Part::List;
                Reaction::stay()
            }
            Key::Enter => match Filter::read(self.field.text(), context.tz) {
                Ok(filter) => {
                    self.filter = filter;
                    self.part = Part::List;
                    self.turn(context)
                }
                Err(bad) => {
                    self.told = Some((sentence(&bad.to_string()), Role::Warning));
                    Reaction::stay()
                }
            },
            _ => {
                self.field.apply(&press);
                Reaction::stay()
            }
        }
    }

    fn go(&mut self, motion: Motion, context: &Context<'_>) -> Reaction {
        let len = self.len();
        self.rows.go(motion, len);
        let is_near = len <= self.rows.selected().saturating_add(AHEAD);
        let next = match &self.page {
            Load::Ready(page) => page.next,
            _ => None,
        };
        let Some(next) = next.filter(|_| is_near) else {
            return Reaction::stay();
        };
        self.wanted = len.saturating_add(PAGE);
        Reaction {
            effects: self.read(Some(next), PAGE, context),
            ..Reaction::stay()
        }
    }

    /// The person behind the row comes onto the desk, which records that somebody looked.
    fn open_person(&self) -> Reaction {
        let person = self.contact().map(|(id, _)| id);
        // With the conversation that it is about, while that is the person's still.
        let about = self.talk().filter(|talk| match self.list {
            List::Decisions => person.is_some() && talk.person.as_ref().map(|one| one.id) == person,
            List::Conversations => true,
        });
        if let Some(talk) = about {
            return Reaction::then(Then::Show(Subject::Conversation(talk.id)));
        }
        match person {
            Some(contact) => Reaction::then(Then::Show(Subject::Contact(contact))),
            None => Reaction::stay(),
        }
    }

    fn mark(&mut self, verdict: Verdict, context: &Context<'_>) -> Reaction {
        if let Some(why) = context.denied(&[Permission::ReviewMark]) {
            self.told = Some((sentence(&why), Role::Warning));
            return Reaction::stay();
        }
        let Some(marked) = self.marked() else {
            let why = "Only links, unlinks, promotions and merges are marked".to_owned();
            self.told = Some((why, Role::Warning));
            return Reaction::stay();
        };
        let (entry, words) = (marked.entry, verdict.words());
        let note = marked.mark.filter(|mark| mark.verdict == verdict);
        let command = Command::Mark {
            entry,
            verdict,
            note: note.and_then(|mark| mark.note.clone()),
        };
        Reaction::stay().with(Effect::write(
            command,
            format!("entry {entry} marked: {words}"),
        ))
    }

    fn name_file(&mut self, context: &Context<'_>) -> Reaction {
        let beyond = context.beyond_kiosk().map(str::to_owned);
        if let Some(why) = beyond.or_else(|| context.denied(&[Permission::Export])) {
            self.told = Some((sentence(&why), Role::Warning));
            return Reaction::stay();
        }
        let file = match self.list {
            List::Decisions => "decisions.csv",
            List::Conversations => "conversations.csv",
        };
        self.part = Part::File(Field::new(FILTER_CHARS_MAX).with_text(file));
        Reaction::stay()
    }

    fn take(&mut self, file: String) -> Reaction {
        if file.is_empty() {
            self.told = Some(("The file needs a name".to_owned(), Role::Warning));
            return Reaction::stay();
        }
        self.part = Part::List;
        self.told = Some((format!("Writing {file} …"), Role::Muted));
        let filter = Box::new(self.filter.clone());
        let read = Read::ReviewExport(self.list, filter, PathBuf::from(file));
        Reaction::stay().with(Effect::Read(read))
    }

    /// Looks at something else.
    fn turn(&mut self, context: &Context<'_>) -> Reaction {
        Reaction {
            effects: self.begin(context),
            ..Reaction::stay()
        }
    }

    fn begin(&mut self, context: &Context<'_>) -> Vec<Effect> {
        self.page = Load::Empty;
        self.count = None;
        self.rows = ListState::default();
        (self.is_searched, self.is_old, self.wanted) = (false, false, PAGE);
        let mut effects = self.read(None, PAGE, context);
        effects.push(self.counted());
        effects
    }

    fn read(
        &mut self,
        after: Option<crate::domain::review::Cursor>,
        limit: usize,
        context: &Context<'_>,
    ) -> Vec<Effect> {
        self.asked = ReviewQuery {
            list: self.list,
            filter: self.filter.clone(),
            after,
            limit,
        };
        self.page.begin(context.now);
        vec![Effect::Read(Read::Review(Box::new(self.asked.clone())))]
    }

    fn counted(&self) -> Effect {
        Effect::Read(Read::ReviewCount(self.list, Box::new(self.filter.clone())))
    }

    fn decisions(&self) -> &[DecisionLine] {
        self.page.value().map_or(&[], |page| &page.decisions)
    }

    fn talks(&self) -> &[Reviewed] {
        self.page.value().map_or(&[], |page| &page.conversations)
    }

    fn len(&self) -> usize {
        match self.list {
            List::Decisions => self.decisions().len(),
            List::Conversations => self.talks().len(),
        }
    }

    fn decision(&self) -> Option<&DecisionLine> {
        let lines = self.decisions();
        lines.get(self.rows.selected_of(lines.len())?)
    }

    /// The conversation of the row.
    fn talk(&self) -> Option<&Reviewed> {
        match self.list {
            List::Decisions => self.decision()?.about.as_ref(),
            List::Conversations => {
                let lines = self.talks();
                lines.get(self.rows.selected_of(lines.len())?)
            }
        }
    }

    /// The person of the row; nobody where they are gone.
    fn contact(&self) -> Option<(ContactId, Option<&Brief>)> {
        let of_decision = match self.list {
            List::Decisions => self.decision()?.person.as_ref(),
            List::Conversations => None,
        };
        let person = of_decision.or_else(|| self.talk()?.person.as_ref())?;
        Some((person.id, Some(person)))
    }

    fn marked(&self) -> Option<Marked<'_>> {
        use crate::domain::review::Kind;
        match self.list {
            List::Decisions => {
                let line = self.decision()?;
                let is_marked = match line.kind {
                    Kind::AutoLink | Kind::Link | Kind::Unlink | Kind::Promote | Kind::Merge => {
                        true
                    }
                    Kind::Undo | Kind::Import | Kind::Erase | Kind::Other | Kind::Review => false,
                };
                is_marked.then_some(Marked {
                    entry: line.entry,
                    mark: line.mark.as_ref(),
                })
            }
            List::Conversations => {
                let line = self.talk()?;
                let (entry, mark) = (line.entry?, line.mark.as_ref());
                Some(Marked { entry, mark })
            }
        }
    }

    const fn other_word(&self) -> &'static str {
        match self.list {
            List::Decisions => "conversations",
            List::Conversations => "decisions",
        }
    }
}
