//! What the search does with the row under the cursor. Each act says why when it cannot be.

use super::row::{Row, Weight};
use super::{Act, MERGE_MAX, Place, Purpose, Search};
use crate::backend::view::Brief;
use crate::domain::contact::ContactId;
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::dialog::words::name_of_brief;
use crate::tui::dialog::{form, link, merge, not_same};
use crate::tui::effect::Effect;
use crate::tui::layer::{Layer, Reaction, Then};
use crate::tui::msg::Subject;
use crate::tui::widget::Motion;

impl Purpose {
    /// What Enter does with a person.
    const fn act(&self) -> Act {
        match self {
            Self::Open => Act::Open,
            Self::Link => Act::Link,
            Self::Merge { .. } => Act::Merge,
            Self::NotSame => Act::NotSame,
        }
    }
}

impl Search {
    /// Does what the search was opened for.
    pub(super) fn enter(&mut self, context: &Context<'_>) -> Reaction {
        let made = self.selected_row().filter(|_| self.since.is_none());
        match made {
            Some(Row::Promote) => self.promote(context),
            Some(Row::New) => self.new_contact(context),
            Some(Row::Pick(_) | Row::Hit(_) | Row::Typed) | None => {
                self.act(self.purpose.act(), context)
            }
        }
    }

    /// The search with somebody at hand chosen already: what comes of that choice, else the search as it is.
    pub fn on(
        mut self,
        person: ContactId,
        effects: Vec<Effect>,
        context: &Context<'_>,
    ) -> (Layer, Vec<Effect>) {
        let is_meant = |row: &Row| self.brief(*row).is_some_and(|brief| brief.id == person);
        let at = self.rows.iter().position(is_meant);
        if self.purpose == Purpose::Open || self.is_offered {
            return (Layer::Search(Box::new(self)), effects);
        }
        let Some(at) = at else {
            return (Layer::Search(Box::new(self)), effects);
        };
        self.list.select(at);
        let Some(target) = self.rows.get(at).and_then(|row| self.brief(*row)) else {
            return (Layer::Search(Box::new(self)), effects);
        };
        let reaction = self.act_on(self.purpose.act(), target, context);
        match reaction.then {
            Then::Become(layer) => (*layer, reaction.effects),
            _ => (Layer::Search(Box::new(self)), effects),
        }
    }

    pub(super) fn act(&mut self, act: Act, context: &Context<'_>) -> Reaction {
        // Somebody who types and presses Enter means the answer to the text, not what stands there by chance.
        if self.place == Place::Box && self.since.is_some() {
            self.hasty = Some(act);
            return Reaction::stay();
        }
        if act == Act::Merge && self.has_marked() {
            return self.merge(None, context);
        }
        let Some(target) = self.selected_row().and_then(|row| self.brief(row)) else {
            return self.say("Nobody is selected: type, or press ↓");
        };
        self.act_on(act, target, context)
    }

    fn act_on(&mut self, act: Act, target: Brief, context: &Context<'_>) -> Reaction {
        match act {
            Act::Open => Reaction::then(Then::Show(Subject::Contact(target.id))),
            Act::Link => self.link(target, context),
            Act::Merge => self.merge(Some(target), context),
            Act::NotSame => self.not_same(&target, context),
        }
    }

    /// Chooses one more contact for a merge of several.
    pub(super) fn mark(&mut self) -> Reaction {
        if !matches!(self.purpose, Purpose::Merge { .. }) {
            return Reaction::stay();
        }
        let Some(brief) = self.selected_row().and_then(|row| self.brief(row)) else {
            return Reaction::stay();
        };
        if let Some(at) = self.marked.iter().position(|marked| marked.id == brief.id) {
            self.marked.remove(at);
        } else if self.is_own(&brief) {
            return self.say(format!(
                "{} is on the screen already",
                name_of_brief(&brief)
            ));
        } else if MERGE_MAX <= self.marked.len() + 1 {
            return self.say(format!("A merge takes {MERGE_MAX} contacts at most"));
        } else {
            self.marked.push(brief);
        }
        self.list.go(Motion::Down, self.rows.len());
        Reaction::stay()
    }

    pub(super) fn new_contact(&mut self, context: &Context<'_>) -> Reaction {
        if let Some(why) = denied(Action::Create, context) {
            return self.say(why);
        }
        let typed = self.typed_text();
        let (form, effects) = form::Form::create(&typed, context);
        Reaction::become_layer(Layer::Form(Box::new(form)), effects)
    }

    fn promote(&mut self, context: &Context<'_>) -> Reaction {
        if let Some(why) = denied(Action::Promote, context) {
            return self.say(why);
        }
        match form::Form::promote(&self.typed_text(), context) {
            Some((form, effects)) => Reaction::become_layer(Layer::Form(Box::new(form)), effects),
            None => self.say("The contact on the screen is gone"),
        }
    }

    fn link(&mut self, target: Brief, context: &Context<'_>) -> Reaction {
        if let Some(why) = denied(Action::Link, context) {
            return self.say(why);
        }
        let Some(conversation) = self.around.conversation else {
            return self
                .say("Linking needs a conversation: choose one in the list of conversations");
        };
        if self.is_own(&target) {
            let name = name_of_brief(&target);
            return self.say(format!("The conversation is linked to {name} already"));
        }
        let back = Box::new(self.clone());
        let (ask, effects) = link::link(conversation, &target, context, Some(back));
        Reaction::become_layer(Layer::Ask(Box::new(ask)), effects)
    }

    fn merge(&mut self, target: Option<Brief>, context: &Context<'_>) -> Reaction {
        if let Some(why) = denied(Action::Merge, context) {
            return self.say(why);
        }
        let Some(own) = self.around.contact.clone() else {
            return self.say("Merging needs a contact on the screen: open one first");
        };
        let mut inputs = vec![own];
        inputs.extend(self.marked.iter().cloned());
        let target = target.filter(|target| inputs.iter().all(|input| input.id != target.id));
        inputs.extend(target);
        if inputs.len() < 2 {
            let name = name_of_brief(&inputs[0]);
            return self.say(format!(
                "{name} is on the screen already: choose somebody else"
            ));
        }
        let (merge, effects) = merge::Merge::open(inputs, Some(Box::new(self.clone())), context);
        Reaction::become_layer(Layer::Merge(Box::new(merge)), effects)
    }

    fn not_same(&mut self, target: &Brief, context: &Context<'_>) -> Reaction {
        if let Some(why) = denied(Action::NotSame, context) {
            return self.say(why);
        }
        let Some(own) = self
            .around
            .contact
            .clone()
            .filter(|own| own.id != target.id)
        else {
            return self.say("That is the contact on the screen: choose somebody else");
        };
        let ask = not_same::not_same(&own, target, Some(Box::new(self.clone())));
        Reaction::become_layer(Layer::Ask(Box::new(ask)), Vec::new())
    }

    /// Whether contacts were chosen here: then these are meant, and not the row under the cursor.
    pub(super) fn has_marked(&self) -> bool {
        match &self.purpose {
            Purpose::Merge { chosen } => self
                .marked
                .iter()
                .any(|marked| chosen.iter().all(|brief| brief.id != marked.id)),
            Purpose::Open | Purpose::Link | Purpose::NotSame => false,
        }
    }

    /// The row that is meant. Before anybody typed or chose, only one that the desk suggests is.
    pub(super) fn selected_row(&self) -> Option<Row> {
        let selected = self.list.selected_of(self.rows.len())?;
        let row = self.rows.get(selected).copied()?;
        let is_chosen = self.place == Place::List || selected != 0 || !self.wanted().is_empty();
        let is_suggested = match row {
            Row::Pick(index) => {
                let pick = self.picks.get(index);
                pick.is_some_and(|pick| pick.weight == Weight::Suggested)
            }
            Row::Hit(_) | Row::Typed | Row::Promote | Row::New => true,
        };
        (is_chosen || is_suggested || self.purpose == Purpose::Open).then_some(row)
    }

    fn is_own(&self, brief: &Brief) -> bool {
        self.around
            .contact
            .as_ref()
            .is_some_and(|own| own.id == brief.id)
    }

    /// What the person typed; an identifier that the desk put there is not it.
    fn typed_text(&self) -> String {
        if self.is_offered {
            String::new()
        } else {
            self.field.text().to_owned()
        }
    }

    fn say(&mut self, words: impl AsRef<str>) -> Reaction {
        self.said = Some(words.as_ref().to_owned());
        Reaction::stay()
    }
}

fn denied(action: Action, context: &Context<'_>) -> Option<String> {
    let spec = action.spec();
    let why = context.denied(spec.needs)?;
    Some(format!("{} {why}", spec.title))
}
