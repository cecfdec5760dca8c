//! Why this contact, in sentences and as evidence, and why not the others.

mod contact;
mod not;

use std::cell::Cell;
use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, inside, resting, rows_on, width_on};
use super::words::{name_of_brief, short};
use crate::backend::Trouble;
use crate::backend::view::{ContactExplanation, Explanation, NotExplanation};
use crate::domain::contact::ContactId;
use crate::domain::conversation::Trust;
use crate::domain::reason::{ClaimOrigin, Reason};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::{Reaction, Then};
use crate::tui::load::Load;
use crate::tui::msg::{Reply, Subject};
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Hint, put_parts, scrollbar};

use not::{Other, others};

const WIDTH: u16 = 84;
const LABEL_COLUMNS: usize = 10;
/// What a person does next after reading why.
const NEXT: [Action; 4] = [Action::Unlink, Action::Link, Action::Merge, Action::NotSame];

/// Why a conversation is linked to its contact, or why a contact is there.
#[derive(Clone, Debug)]
pub struct Why {
    subject: Subject,
    told: Load<Told>,
    /// Why not others, once somebody asked.
    answers: BTreeMap<ContactId, Result<NotExplanation, Trouble>>,
    top: usize,
    /// The rows in sight and the rows there are, as the last frame had them.
    seen: Cell<(usize, usize)>,
}

/// What was read.
#[derive(Clone, Debug)]
enum Told {
    Link(Box<Explanation>),
    Contact(Box<ContactExplanation>),
}

/// A row of the explanation: a label, if it has one, and words.
struct Row {
    label: String,
    words: String,
    role: Role,
}

impl Why {
    pub fn open(subject: Subject, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut told = Load::Empty;
        told.begin(context.now);
        let read = match subject {
            Subject::Conversation(id) => Read::Why(id),
            Subject::Contact(id) => Read::WhyContact(id),
        };
        let why = Self {
            subject,
            told,
            answers: BTreeMap::new(),
            top: 0,
            seen: Cell::new((0, 0)),
        };
        (why, vec![Effect::Read(read)])
    }

    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        let Input::Key(press) = input else {
            return Reaction::stay();
        };
        if let Meaning::Run { action, .. } = context.keymap.meaning(&[press]) {
            if NEXT.contains(&action) {
                return Reaction::then(Then::Act(action));
            }
            if action == Action::Why {
                return Reaction::close();
            }
        }
        match press.key {
            Key::Esc | Key::Enter | Key::Char('q') => Reaction::close(),
            Key::Char(digit @ '1'..='9') if !press.ctrl => self.ask_not(digit, context),
            _ => self.scroll(press),
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        match reply {
            Reply::Why(id, result) if self.subject == Subject::Conversation(*id) => {
                let told = result.clone().map(|one| Told::Link(Box::new(one)));
                self.told.finish(told);
                Some(Reaction::stay())
            }
            Reply::WhyContact(id, result) if self.subject == Subject::Contact(*id) => {
                let told = result.clone().map(|one| Told::Contact(Box::new(one)));
                self.told.finish(told);
                Some(Reaction::stay())
            }
            Reply::WhyNot(id, contact, result) if self.subject == Subject::Conversation(*id) => {
                self.answers.insert(*contact, result.clone());
                Some(Reaction::stay())
            }
            _ => None,
        }
    }

    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        // The last column is for the scroll mark.
        let rows = self.rows(usize::from(inside(width).saturating_sub(1)), context);
        let shell = Shell {
            title: "Why this contact?",
            right: "",
            width,
            rows: rows_on(screen, u16::try_from(rows.len()).unwrap_or(u16::MAX)),
            hints: &self.hints(context),
        };
        let inner = shell.view(screen, buf, context);
        let room = usize::from(inner.height);
        let top = self.top.min(rows.len().saturating_sub(room));
        self.seen.set((room, rows.len()));
        for (y, row) in (inner.y..inner.bottom()).zip(rows.iter().skip(top)) {
            let place = Rect {
                y,
                height: 1,
                width: inner.width.saturating_sub(1),
                ..inner
            };
            let parts = [
                (row.label.as_str(), theme.style(Role::Muted)),
                (row.words.as_str(), theme.style(row.role)),
            ];
            put_parts(buf, place, &parts);
        }
        scrollbar(
            buf,
            inner,
            theme,
            top..(top + room).min(rows.len()),
            rows.len(),
        );
        resting(inner)
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        let next = NEXT
            .iter()
            .filter(|action| context.refusal(**action).is_none());
        let mut hints: Vec<Hint> = next
            .filter_map(|action| {
                let key = context.keymap.label(*action)?;
                Some(Hint::new(key, action.spec().word))
            })
            .collect();
        if !self.others(context).is_empty() {
            hints.insert(0, Hint::new("1-9", "why not"));
        }
        let (room, len) = self.seen.get();
        if room < len {
            hints.insert(0, Hint::new("↓", "more"));
        }
        hints.push(Hint::new("Esc", "close"));
        hints
    }

    fn scroll(&mut self, press: Press) -> Reaction {
        let (room, len) = self.seen.get();
        let last = len.saturating_sub(room);
        let page = room.saturating_sub(1).max(1);
        self.top = match (press.key, press.ctrl) {
            (Key::Up | Key::Char('k'), false) => self.top.saturating_sub(1),
            (Key::Down | Key::Char('j'), false) => self.top + 1,
            (Key::PageUp, _) | (Key::Char('u'), true) => self.top.saturating_sub(page),
            (Key::PageDown | Key::Char(' '), _) | (Key::Char('d'), true) => self.top + page,
            (Key::Home, _) => 0,
            (Key::End, _) => last,
            _ => self.top,
        }
        .min(last);
        Reaction::stay()
    }

    fn rows(&self, width: usize, context: &Context<'_>) -> Vec<Row> {
        let mut rows = Vec::new();
        if let Some(trouble) = self.told.trouble() {
            let words = sentence(&trouble.to_string());
            paragraph(&mut rows, "", &words, Role::Danger, width);
        }
        let Some(told) = self.told.value() else {
            if self.told.is_loading() {
                paragraph(&mut rows, "", "Reading the evidence …", Role::Muted, width);
            }
            return rows;
        };
        let (sentences, evidence) = match told {
            Told::Link(link) => (&link.sentences, evidence(link, context)),
            Told::Contact(one) => (&one.sentences, contact::evidence(one, context)),
        };
        for words in sentences {
            paragraph(&mut rows, "", words, Role::Text, width);
        }
        blank(&mut rows);
        for (label, words, role) in evidence {
            paragraph(&mut rows, label, &words, role, width);
        }
        for (other, number) in self.others(context).iter().zip(1..) {
            self.not_rows(number, other, &mut rows, width);
        }
        rows
    }

    /// Why not somebody else: in short, or what was read.
    fn not_rows(&self, number: usize, other: &Other, rows: &mut Vec<Row>, width: usize) {
        let question = format!("{number} Why not {}?", other.name);
        blank(rows);
        paragraph(rows, "", &question, Role::Accent, width);
        match self.answers.get(&other.contact) {
            None => paragraph(rows, "", &other.words, Role::Text, width),
            Some(Ok(answer)) => {
                for words in &answer.sentences {
                    paragraph(rows, "", words, Role::Text, width);
                }
            }
            Some(Err(trouble)) => {
                let words = sentence(&trouble.to_string());
                paragraph(rows, "", &words, Role::Danger, width);
            }
        }
    }

    /// Everybody who might have been meant.
    fn others(&self, context: &Context<'_>) -> Vec<Other> {
        match (self.told.value(), context.scene.profile) {
            (Some(Told::Link(link)), Some(profile)) => others(link, profile),
            (Some(Told::Link(_)), None) | (Some(Told::Contact(_)) | None, _) => Vec::new(),
        }
    }

    /// Asks in full why it is not the one with this number.
    fn ask_not(&mut self, digit: char, context: &Context<'_>) -> Reaction {
        let nth = digit.to_digit(10).map_or(0, |digit| digit as usize);
        let others = self.others(context);
        let other = nth.checked_sub(1).and_then(|at| others.get(at));
        match (self.subject, other) {
            (Subject::Conversation(id), Some(other)) => {
                Reaction::stay().with(Effect::Read(Read::WhyNot(id, other.contact)))
            }
            (Subject::Conversation(_), None) | (Subject::Contact(_), _) => Reaction::stay(),
        }
    }
}

/// A label, words, and how they are meant.
type Evidence = (&'static str, String, Role);

/// What the decision was made from: enough to make it again.
fn evidence(explanation: &Explanation, context: &Context<'_>) -> Vec<Evidence> {
    let reason = &explanation.reason;
    let mut lines = came_with(reason);
    let rule = format!("{} (version {})", reason.rule.name(), reason.version);
    lines.push(("rule", rule, Role::Text));
    let by = reason
        .actor
        .as_deref()
        .map_or_else(|| "the rule".to_owned(), short);
    let at = time::stamp(reason.at, context.tz);
    lines.push(("decided", format!("{at} by {by}"), Role::Text));
    if let (Some(claim), Some(origin)) = (&reason.claim, &explanation.claim_origin) {
        let at = time::stamp(claim.at, context.tz);
        let words = format!("{at} {}", origin_words(origin, context));
        lines.push(("claimed", words, Role::Text));
    }
    if let Some(contact) = &explanation.contact {
        let words = format!("{} · {}", name_of_brief(contact), contact.id);
        lines.push(("contact", words, Role::Muted));
    }
    lines
}

/// What the conversation came with, as it was sent and as it was read.
fn came_with(reason: &Reason) -> Vec<Evidence> {
    let mut lines = Vec::new();
    for (index, provided) in reason.provided.iter().enumerate() {
        let is_deciding = reason.decided == Some(index);
        let decided = if is_deciding { "  ◀ decided" } else { "" };
        let words = format!("{}{decided}", provided.identifier);
        lines.push(("came with", words, Role::Text));
        if provided.typed != provided.identifier.value {
            let words = format!("{} = {}", provided.typed, provided.identifier.value);
            lines.push(("as sent", words, Role::Muted));
        }
        if provided.trust == Trust::Typed {
            let words = "typed by the visitor, not verified".to_owned();
            lines.push(("⚠", words, Role::Warning));
        }
    }
    lines
}

fn origin_words(origin: &ClaimOrigin, context: &Context<'_>) -> String {
    let name = |id: &ContactId| {
        context
            .scene
            .name_of(*id)
            .map_or_else(|| "another contact".to_owned(), short)
    };
    match origin {
        ClaimOrigin::Conversation(_) => "when an earlier conversation was ingested".to_owned(),
        ClaimOrigin::Visit(_) => "when a web visit was ingested".to_owned(),
        ClaimOrigin::Created => "when the contact was made".to_owned(),
        ClaimOrigin::Edited => "by an edit of the contact".to_owned(),
        ClaimOrigin::Import(batch) => format!("by import #{batch}"),
        ClaimOrigin::Explicit => "by hand".to_owned(),
        ClaimOrigin::Taken(from) => format!("taken over from {}", name(from)),
        ClaimOrigin::Offered(from) => format!("let go by {}", name(from)),
        ClaimOrigin::Merged(from) => format!("by the merge of {}", name(from)),
    }
}

/// A label and words, wrapped under each other.
fn paragraph(rows: &mut Vec<Row>, label: &str, words: &str, role: Role, width: usize) {
    let indent = if label.is_empty() { 0 } else { LABEL_COLUMNS };
    let words = text::clean_line(words);
    for (index, line) in text::wrap(&words, width.saturating_sub(indent).max(1))
        .into_iter()
        .enumerate()
    {
        let label = if index == 0 { label } else { "" };
        rows.push(Row {
            label: text::pad(label, indent),
            words: line,
            role,
        });
    }
}

fn blank(rows: &mut Vec<Row>) {
    rows.push(Row {
        label: String::new(),
        words: String::new(),
        role: Role::Text,
    });
}
