//! What the keys of the search do now.

use super::row::Row;
use super::{Place, Purpose, Search};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::widget::Hint;

impl Search {
    /// The word for what Enter does now; nothing where nobody is meant.
    fn enter_word(&self) -> Option<&'static str> {
        let row = self.selected_row().filter(|_| self.since.is_none());
        match (row, &self.purpose) {
            (Some(Row::Promote), _) => Some(Action::Promote.spec().word),
            (Some(Row::New), _) => Some(Action::Create.spec().word),
            (None, _) if self.since.is_none() && !self.has_marked() => None,
            (_, Purpose::Open) => Some("open"),
            (_, Purpose::Link) => Some("link"),
            (_, Purpose::Merge { .. }) => Some("merge"),
            (_, Purpose::NotSame) => Some("not the same"),
        }
    }

    pub fn hints(&self, context: &Context<'_>) -> Vec<Hint> {
        let enter = self.enter_word();
        let mut hints: Vec<Hint> = enter
            .map(|word| Hint::new("Enter", word))
            .into_iter()
            .collect();
        let (link, merge, new) = match self.place {
            Place::Box => ("^L", "^O", "^N"),
            Place::List => ("l", "m", "n"),
        };
        if self.around.conversation.is_some() && self.purpose != Purpose::Link {
            hints.push(hint(link, Action::Link, context));
        }
        match self.purpose {
            Purpose::Merge { .. } if self.place == Place::List => {
                hints.push(Hint::new("Space", "one more"));
            }
            Purpose::Merge { .. } => {}
            Purpose::Open | Purpose::Link | Purpose::NotSame => {
                hints.push(hint(merge, Action::Merge, context));
            }
        }
        hints.push(hint(new, Action::Create, context));
        hints.push(match self.place {
            Place::Box => Hint::new("↓", "list"),
            Place::List => Hint::new("/", "type on"),
        });
        hints.push(Hint::new("Esc", "close"));
        hints
    }
}

/// The key of an action in the search, greyed where the role may not.
fn hint(key: &str, action: Action, context: &Context<'_>) -> Hint {
    let spec = action.spec();
    let hint = Hint::new(key, spec.word);
    match context.denied(spec.needs) {
        Some(_) => hint.greyed(),
        None => hint,
    }
}
