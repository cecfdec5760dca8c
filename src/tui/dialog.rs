//! Dialogs: each one asks something and answers with effects. None of them reads or writes by itself.

use super::action::Action;
use super::context::Context;
use super::effect::Effect;
use super::layer::Layer;
use super::msg::Subject;
use crate::backend::view::Profile;

mod as_of;
mod ask;
mod choice;
mod confirm;
mod delete;
mod draft;
mod erase;
mod export;
mod form;
mod history;
mod link;
mod merge;
mod narrow;
mod not_same;
mod note;
mod one_line;
mod online;
mod review;
mod search;
mod sending;
mod share;
mod shell;
mod statistics;
pub(super) mod take;
mod transcript;
mod undo;
mod unlink;
mod unmerge;
mod why;
mod words;
mod wrapup;

pub use as_of::AsOf;
pub use ask::Ask;
pub use confirm::Confirm;
pub use draft::{Draft, DraftField, DraftKey, Drafting, Drafts};
pub use erase::Erase;
pub use export::Export;
pub use form::Form;
pub use history::History;
pub use merge::Merge;
pub use narrow::Narrow;
pub use note::Note;
pub use online::Online;
pub use review::Review;
pub use search::{Purpose, Search};
pub use share::{marked, unshare};
pub use statistics::Statistics;
pub use transcript::Transcript;
pub use undo::undo_earlier;
pub use unmerge::Unmerge;
pub use why::Why;
pub use wrapup::Wrapup;

/// Opens the dialog of an action and says what it wants to read. The action is known to be allowed.
/// Nothing is answered to actions that have no dialog.
pub fn open(action: Action, context: &Context<'_>) -> Option<(Layer, Vec<Effect>)> {
    let profile = context.scene.profile;
    let conversation = profile.and_then(|profile| profile.conversation);
    match action {
        Action::Search => Some(searching(Purpose::Open, context)),
        Action::Link => Some(searching(Purpose::Link, context)),
        Action::Accept => {
            let target = context.suggested()?.clone();
            let (ask, effects) = link::link(conversation?, &target, context, None);
            Some((Layer::Ask(Box::new(ask)), effects))
        }
        Action::Merge => Some(searching(Purpose::Merge { chosen: Vec::new() }, context)),
        Action::NotSame => Some(searching(Purpose::NotSame, context)),
        Action::Promote => Form::promote("", context).map(filled),
        Action::Create => Some(filled(Form::create("", context))),
        Action::Edit => Form::edit(context).map(filled),
        Action::Unlink => {
            let ask = unlink::unlink(conversation?, profile?, context);
            Some(silent(Layer::Ask(Box::new(ask))))
        }
        Action::Delete => {
            let ask = delete::delete(
                profile?.contact.as_ref()?,
                profile?,
                context.scene.interactions,
            );
            Some(silent(Layer::Ask(Box::new(ask))))
        }
        Action::Erase => {
            let (erase, effects) = Erase::open(profile?, context)?;
            Some((Layer::Erase(Box::new(erase)), effects))
        }
        Action::Export => {
            let export = Export::open(profile?)?;
            Some(silent(Layer::Export(Box::new(export))))
        }
        Action::Note => Note::open(context).map(|note| silent(Layer::Note(Box::new(note)))),
        Action::WrapUp => {
            let about = context.conversation_words();
            let about = format!("{about}, {}", words::name_of_profile(profile?));
            let wrapup = Wrapup::open(conversation?, &about, context);
            let layer = Layer::Wrapup(Box::new(wrapup));
            Some(silent(match wrapup::colleague(context) {
                Some(colleague) => Layer::Ask(Box::new(wrapup::asked(&colleague, layer, context))),
                None => layer,
            }))
        }
        Action::Take => {
            let taking = take::taking(context).ok()?;
            let ask = take::take(conversation?, profile?, taking, context);
            Some(silent(Layer::Ask(Box::new(ask))))
        }
        Action::Why => {
            let (why, effects) = Why::open(about(profile?)?, context);
            Some((Layer::Why(Box::new(why)), effects))
        }
        Action::AsOf => Some(silent(Layer::AsOf(Box::new(AsOf::open(context))))),
        Action::Earlier | Action::Later => None,
        Action::Statistics => {
            let (statistics, effects) = Statistics::open(context)?;
            Some((Layer::Statistics(Box::new(statistics)), effects))
        }
        Action::Filter => Some(silent(Layer::Narrow(Box::new(Narrow::open(context))))),
        Action::Online => {
            let (online, effects) = Online::open(context);
            Some((Layer::Online(Box::new(online)), effects))
        }
        Action::NextOfChannel | Action::PreviousOfChannel | Action::Transcript => None,
        Action::Undo | Action::Share | Action::Recent => None,
        Action::History | Action::Review => None,
        Action::Open | Action::Back => None,
        Action::Up | Action::Down | Action::PageUp | Action::PageDown => None,
        Action::First | Action::Last | Action::NextPane | Action::PreviousPane => None,
        Action::Jump | Action::Refresh | Action::Notices | Action::Mouse | Action::Help => None,
        Action::Copy | Action::Wider | Action::Narrower => None,
        Action::Suspend | Action::Quit | Action::Leave => None,
    }
}

/// What *why* is about: the conversation, else the contact that is open without one.
fn about(profile: &Profile) -> Option<Subject> {
    let contact = || profile.contact.as_ref().map(|contact| contact.id);
    let conversation = profile.conversation.map(Subject::Conversation);
    conversation.or_else(|| contact().map(Subject::Contact))
}

fn searching(purpose: Purpose, context: &Context<'_>) -> (Layer, Vec<Effect>) {
    let (search, effects) = Search::open(purpose, context);
    match context.scene.pointed {
        Some(person) => search.on(person, effects, context),
        None => (Layer::Search(Box::new(search)), effects),
    }
}

fn filled((form, effects): (Form, Vec<Effect>)) -> (Layer, Vec<Effect>) {
    (Layer::Form(Box::new(form)), effects)
}

fn silent(layer: Layer) -> (Layer, Vec<Effect>) {
    (layer, Vec::new())
}
