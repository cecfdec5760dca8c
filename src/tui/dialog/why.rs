//! Why this contact, in sentences and as evidence, and why not the others.

use std::cell::Cell;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::shell::{Shell, inside, resting, rows_on, width_on};
use super::words::{name_of_brief, short};
use crate::backend::view::{Brief, Explanation, Profile};
use crate::domain::contact::ContactId;
use crate::domain::conversation::{ConversationId, Trust};
use crate::domain::reason::{ClaimOrigin, Reason, Rule};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::effect::{Effect, Read};
use crate::tui::input::{Input, Key, Press};
use crate::tui::keymap::Meaning;
use crate::tui::layer::{Reaction, Then};
use crate::tui::load::Load;
use crate::tui::msg::Reply;
use crate::tui::pane::sign::sentence;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Hint, put_parts, scrollbar};

const WIDTH: u16 = 84;
const LABEL_COLUMNS: usize = 10;
/// What a person does next after reading why.
const NEXT: [Action; 4] = [Action::Unlink, Action::Link, Action::Merge, Action::NotSame];

/// Why a conversation is linked to its contact.
#[derive(Clone, Debug)]
pub struct Why {
    conversation: ConversationId,
    explanation: Load<Explanation>,
    top: usize,
    /// The rows in sight and the rows there are, as the last frame had them.
    seen: Cell<(usize, usize)>,
}

/// A row of the explanation: a label, if it has one, and words.
struct Row {
    label: String,
    words: String,
    role: Role,
}

impl Why {
    pub fn open(conversation: ConversationId, context: &Context<'_>) -> (Self, Vec<Effect>) {
        let mut explanation = Load::Empty;
        explanation.begin(context.now);
        let why = Self {
            conversation,
            explanation,
            top: 0,
            seen: Cell::new((0, 0)),
        };
        (why, vec![Effect::Read(Read::Why(conversation))])
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
            _ => self.scroll(press),
        }
    }

    pub fn reply(&mut self, reply: &Reply) -> Option<Reaction> {
        match reply {
            Reply::Why(conversation, result) if *conversation == self.conversation => {
                self.explanation.finish(result.clone());
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
        if let Some(trouble) = self.explanation.trouble() {
            let words = sentence(&trouble.to_string());
            paragraph(&mut rows, "", &words, Role::Danger, width);
        }
        let Some(explanation) = self.explanation.value() else {
            if self.explanation.is_loading() {
                paragraph(&mut rows, "", "Reading the evidence …", Role::Muted, width);
            }
            return rows;
        };
        for words in &explanation.sentences {
            paragraph(&mut rows, "", words, Role::Text, width);
        }
        blank(&mut rows);
        for (label, words, role) in evidence(explanation, context) {
            paragraph(&mut rows, label, &words, role, width);
        }
        let others = context
            .scene
            .profile
            .map(|profile| why_not(explanation, profile));
        for (name, words) in others.unwrap_or_default() {
            let question = format!("Why not {name}?");
            blank(&mut rows);
            paragraph(&mut rows, "", &question, Role::Accent, width);
            paragraph(&mut rows, "", &words, Role::Text, width);
        }
        rows
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

/// Everybody who might have been meant, and why they were not.
fn why_not(explanation: &Explanation, profile: &Profile) -> Vec<(String, String)> {
    let reason = &explanation.reason;
    let who = explanation
        .contact
        .as_ref()
        .map_or_else(|| "the contact".to_owned(), name_of_brief);
    let mut told: Vec<ContactId> = Vec::new();
    let mut answers = Vec::new();
    let mut tell = |brief: &Brief, words: String| {
        if !told.contains(&brief.id) {
            told.push(brief.id);
            answers.push((name_of_brief(brief), words));
        }
    };
    for (brief, identifier) in &profile.rivals {
        tell(brief, of_rival(reason, &who, &identifier.shown()));
    }
    for brief in &profile.suggestions {
        let words = match reason.rivals.contains(&brief.id) {
            true => of_second(reason),
            false => {
                "They look alike, but nothing that this conversation came with is theirs".to_owned()
            }
        };
        tell(brief, words);
    }
    answers
}

fn of_rival(reason: &Reason, who: &str, shown: &str) -> String {
    match reason.rule {
        Rule::ByPerson | Rule::Unlinked | Rule::Unmerged => {
            let by = reason
                .actor
                .as_deref()
                .map_or_else(|| "Somebody".to_owned(), short);
            format!(
                "{shown} is in a field there too, but {by} decided, and no rule changes what a person decided"
            )
        }
        Rule::SharedOnly => {
            format!("{shown} is marked as shared: it suggests contacts and never links by itself")
        }
        Rule::SwitchedOff => {
            "Resolution is switched off for this channel: nobody is looked up".to_owned()
        }
        Rule::FirstClaimed | Rule::NoClaim | Rule::NothingProvided => {
            format!(
                "{shown} is in a field there too, but {who} claimed it first, and one contact holds a claim"
            )
        }
    }
}

fn of_second(reason: &Reason) -> String {
    match reason.deciding() {
        Some(provided) => format!(
            "Another identifier of this conversation is theirs, but {} is tried first",
            provided.identifier
        ),
        None => "Another identifier of this conversation is theirs".to_owned(),
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
