//! What can lie over the panes, and the shape that dialogs and overlays share.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::action::Action;
use super::context::Context;
use super::dialog::{
    AsOf, Ask, Confirm, Drafting, Erase, Export, Form, History, Merge, Narrow, Note, Online,
    Review, Search, Statistics, Transcript, Unmerge, Why, Wrapup,
};
use super::effect::{Effect, Slot};
use super::input::Input;
use super::msg::{Reply, Subject};
use super::overlay::{Help, Log, Recent};
use super::widget::Hint;
use crate::backend::view::JourneyFilter;
use crate::domain::Moment;

/// A dialog or an overlay. The top one gets the input.
#[derive(Clone, Debug)]
pub enum Layer {
    Confirm(Confirm),
    Help(Help),
    Log(Log),
    Recent(Recent),
    Search(Box<Search>),
    Form(Box<Form>),
    Ask(Box<Ask>),
    Erase(Box<Erase>),
    Export(Box<Export>),
    Merge(Box<Merge>),
    Unmerge(Box<Unmerge>),
    Note(Box<Note>),
    Wrapup(Box<Wrapup>),
    Why(Box<Why>),
    History(Box<History>),
    Review(Box<Review>),
    AsOf(Box<AsOf>),
    Statistics(Box<Statistics>),
    Narrow(Box<Narrow>),
    Online(Box<Online>),
    Transcript(Box<Transcript>),
}

/// What a layer answers to an input or a reply.
#[derive(Clone, Debug)]
pub struct Reaction {
    pub effects: Vec<Effect>,
    pub then: Then,
    /// What becomes of what was typed and not saved.
    pub drafting: Option<Drafting>,
}

/// What becomes of the layer.
#[derive(Clone, Debug)]
pub enum Then {
    Stay,
    Close,
    /// Another layer comes in its place.
    Become(Box<Layer>),
    /// Another layer comes on top of it.
    Push(Box<Layer>),
    /// It closes, and the panes show this.
    Show(Subject),
    /// It closes, and the panes show what stood at this moment.
    Past(Moment),
    /// It closes, and the journey shows only what this leaves.
    Narrow(JourneyFilter),
    /// It closes, and the action runs as if its key had been pressed.
    Act(Action),
}

impl Layer {
    /// What was typed in it and is not saved, as it would be kept now.
    pub(super) fn draft(&self) -> Option<Drafting> {
        match self {
            Self::Form(form) => form.draft(),
            Self::Note(note) => note.draft(),
            Self::Wrapup(wrapup) => Some(wrapup.draft()),
            _ => None,
        }
    }
}

impl Reaction {
    pub const fn stay() -> Self {
        Self::then(Then::Stay)
    }

    pub const fn close() -> Self {
        Self::then(Then::Close)
    }

    pub const fn then(then: Then) -> Self {
        Self {
            effects: Vec::new(),
            then,
            drafting: None,
        }
    }

    pub fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    pub fn drafting(mut self, drafting: Drafting) -> Self {
        self.drafting = Some(drafting);
        self
    }

    /// Another layer in its place, and what that one wants to read.
    pub fn become_layer(layer: Layer, effects: Vec<Effect>) -> Self {
        Self {
            effects,
            ..Self::then(Then::Become(Box::new(layer)))
        }
    }
}

impl Layer {
    pub fn update(&mut self, input: Input, context: &Context<'_>) -> Reaction {
        match self {
            Self::Confirm(confirm) => confirm.update(input, context),
            Self::Help(help) => help.update(input, context),
            Self::Log(log) => log.update(input, context),
            Self::Recent(recent) => recent.update(input, context),
            Self::Search(search) => search.update(input, context),
            Self::Form(form) => form.update(input, context),
            Self::Ask(ask) => ask.update(input, context),
            Self::Erase(erase) => erase.update(input, context),
            Self::Export(export) => export.update(input, context),
            Self::Merge(merge) => merge.update(input, context),
            Self::Unmerge(unmerge) => unmerge.update(input, context),
            Self::Note(note) => note.update(input, context),
            Self::Wrapup(wrapup) => wrapup.update(input, context),
            Self::Why(why) => why.update(input, context),
            Self::History(history) => history.update(input, context),
            Self::Review(review) => review.update(input, context),
            Self::AsOf(as_of) => as_of.update(input, context),
            Self::Statistics(one) => one.update(input, context),
            Self::Narrow(narrow) => narrow.update(input),
            Self::Online(online) => online.update(input, context),
            Self::Transcript(one) => one.update(input, context),
        }
    }

    /// Tells the layer what came of a read or a write. Nothing is answered to what it did not ask for.
    /// A failed write that a layer answers is shown by it; any other becomes a notice.
    pub fn reply(&mut self, reply: &Reply, context: &Context<'_>) -> Option<Reaction> {
        match self {
            Self::Confirm(_) | Self::Help(_) | Self::Log(_) | Self::Recent(_) => None,
            Self::AsOf(_) | Self::Narrow(_) => None,
            Self::Statistics(one) => one.reply(reply, context),
            Self::Online(online) => online.reply(reply),
            Self::Transcript(one) => one.reply(reply),
            Self::Search(search) => search.reply(reply, context),
            Self::Form(form) => form.reply(reply, context),
            Self::Ask(ask) => ask.reply(reply),
            Self::Erase(erase) => erase.reply(reply),
            Self::Export(export) => export.reply(reply),
            Self::Merge(merge) => merge.reply(reply),
            Self::Unmerge(unmerge) => unmerge.reply(reply),
            Self::Note(note) => note.reply(reply),
            Self::Wrapup(wrapup) => wrapup.reply(reply),
            Self::Why(why) => why.reply(reply),
            Self::History(history) => history.reply(reply, context),
            Self::Review(review) => review.reply(reply, context),
        }
    }

    /// What the layer reads anew when something changed in the store.
    pub fn renew(&mut self, context: &Context<'_>) -> Vec<Effect> {
        match self {
            Self::History(history) => history.renew(context),
            Self::Online(online) => online.renew(context),
            Self::Transcript(one) => one.renew(context),
            Self::Review(review) => review.renew(context),
            Self::Confirm(_) | Self::Help(_) | Self::Log(_) | Self::Recent(_) => Vec::new(),
            Self::Search(_) | Self::Form(_) | Self::Ask(_) | Self::Merge(_) => Vec::new(),
            Self::Unmerge(_) | Self::Note(_) | Self::Wrapup(_) | Self::Why(_) => Vec::new(),
            Self::Statistics(_) => Vec::new(),
            Self::Erase(_) | Self::Export(_) | Self::AsOf(_) | Self::Narrow(_) => Vec::new(),
        }
    }

    /// Draws over the screen and answers where the cursor belongs.
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        match self {
            Self::Confirm(confirm) => confirm.view(screen, buf, context),
            Self::Help(help) => help.view(screen, buf, context),
            Self::Log(log) => log.view(screen, buf, context),
            Self::Recent(recent) => recent.view(screen, buf, context),
            Self::Search(search) => search.view(screen, buf, context),
            Self::Form(form) => form.view(screen, buf, context),
            Self::Ask(ask) => ask.view(screen, buf, context),
            Self::Erase(erase) => erase.view(screen, buf, context),
            Self::Export(export) => export.view(screen, buf, context),
            Self::Merge(merge) => merge.view(screen, buf, context),
            Self::Unmerge(unmerge) => unmerge.view(screen, buf, context),
            Self::Note(note) => note.view(screen, buf, context),
            Self::Wrapup(wrapup) => wrapup.view(screen, buf, context),
            Self::Why(why) => why.view(screen, buf, context),
            Self::History(history) => history.view(screen, buf, context),
            Self::Review(review) => review.view(screen, buf, context),
            Self::AsOf(as_of) => as_of.view(screen, buf, context),
            Self::Statistics(one) => one.view(screen, buf, context),
            Self::Narrow(narrow) => narrow.view(screen, buf, context),
            Self::Online(online) => online.view(screen, buf, context),
            Self::Transcript(one) => one.view(screen, buf, context),
        }
    }

    /// Since when the layer waits for something whose words change with time.
    pub fn waiting_since(&self) -> Option<Moment> {
        match self {
            Self::Search(search) => search.waiting_since(),
            Self::Statistics(one) => one.waiting_since(),
            Self::Confirm(_) | Self::Help(_) | Self::Log(_) | Self::Recent(_) => None,
            Self::Form(_) | Self::Ask(_) | Self::Merge(_) | Self::Note(_) => None,
            Self::Unmerge(_) | Self::Wrapup(_) | Self::Why(_) | Self::History(_) => None,
            Self::Erase(_) | Self::Export(_) | Self::AsOf(_) | Self::Narrow(_) => None,
            Self::Online(online) => online.waiting_since(),
            Self::Transcript(one) => one.waiting_since(),
            Self::Review(_) => None,
        }
    }

    /// What nobody waits for once the layer is closed. Files that are being written are finished.
    pub fn reads(&self) -> &'static [Slot] {
        match self {
            Self::Search(_) => &[Slot::Search],
            Self::Form(_) => &[Slot::Organization],
            Self::Ask(_) => &[Slot::Heir],
            Self::Erase(_) => &[Slot::ErasePreview],
            Self::Merge(_) => &[Slot::MergePreview],
            Self::Unmerge(_) => &[Slot::UnmergePreview],
            Self::Why(_) => &[Slot::Why, Slot::WhyNot],
            Self::History(_) => &[Slot::History],
            Self::Review(_) => &[Slot::Review, Slot::ReviewCount],
            Self::Statistics(_) => &[Slot::Statistics],
            Self::Online(_) => &[Slot::Online],
            Self::Transcript(_) => &[Slot::Transcript],
            Self::Confirm(_) | Self::Help(_) | Self::Log(_) | Self::Recent(_) => &[],
            Self::Export(_) | Self::Note(_) | Self::Wrapup(_) => &[],
            Self::AsOf(_) | Self::Narrow(_) => &[],
        }
    }

    /// The footer while the layer is on top. Dialogs have their keys in their own border.
    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        match self {
            Self::Confirm(_) => Vec::new(),
            Self::Help(help) => help.hints(context),
            Self::Log(log) => log.hints(context),
            Self::Recent(recent) => recent.hints(context),
            Self::Search(_) | Self::Form(_) | Self::Ask(_) | Self::Merge(_) => Vec::new(),
            Self::Unmerge(_) | Self::Note(_) | Self::Wrapup(_) => Vec::new(),
            Self::Why(_) | Self::History(_) | Self::AsOf(_) => Vec::new(),
            Self::Statistics(_) | Self::Transcript(_) => Vec::new(),
            Self::Erase(_) | Self::Export(_) | Self::Narrow(_) => Vec::new(),
            Self::Online(online) => online.hints(context),
            Self::Review(_) => Vec::new(),
        }
    }
}
