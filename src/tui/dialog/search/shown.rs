//! Who stands in a row of the list, and what is said beside them.

use super::Search;
use super::row::{self, Row, Shown};
use crate::backend::view::Brief;
use crate::tui::dialog::words::short;

impl Search {
    pub(super) fn shown(&self, row: Row) -> Shown {
        let text = self.field.text();
        let made = |words: String| Shown {
            name: words,
            ..Shown::default()
        };
        match row {
            Row::Pick(index) => self
                .picks
                .get(index)
                .map(|pick| row::shown_brief(&pick.brief, &pick.why, text)),
            Row::Hit(index) => {
                let hits = self.found.as_ref().map(|found| &found.hits);
                hits.and_then(|hits| hits.get(index)).map(row::shown_hit)
            }
            Row::Typed => self
                .typed
                .as_ref()
                .map(|brief| row::shown_brief(brief, "this id", "")),
            Row::Promote => {
                let name = self.around.name.as_deref().unwrap_or(text);
                Some(made(format!("Add to contacts: {}", short(name))))
            }
            Row::New => Some(made(format!("New contact: {}", short(text)))),
        }
        .map(|shown| self.with_mark(row, shown))
        .unwrap_or_default()
    }

    pub(super) fn with_mark(&self, row: Row, shown: Shown) -> Shown {
        let brief = self.brief(row);
        let is = |other: Option<&Brief>| {
            brief.as_ref().map(|brief| brief.id) == other.map(|brief| brief.id) && brief.is_some()
        };
        if is(self.around.contact.as_ref()) {
            return Shown {
                beside: "on the screen".to_owned(),
                ..shown
            };
        }
        if self.marked.iter().any(|marked| is(Some(marked))) {
            return Shown {
                beside: "✓ chosen".to_owned(),
                ..shown
            };
        }
        shown
    }

    pub(super) fn brief(&self, row: Row) -> Option<Brief> {
        match row {
            Row::Pick(index) => self.picks.get(index).map(|pick| pick.brief.clone()),
            Row::Hit(index) => self.found.as_ref()?.hits.get(index).map(row::brief_of_hit),
            Row::Typed => self.typed.clone(),
            Row::Promote | Row::New => None,
        }
    }
}
