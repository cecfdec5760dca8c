//! The widths of the panes: by keys, and by dragging what is between two of them.

use ratatui::layout::{Position, Rect};

use crate::tui::effect::Effect;
use crate::tui::model::Model;
use crate::tui::notice::Tone;
use crate::tui::pane::Place;

/// How many columns a key moves a border.
pub(super) const STEP: i32 = 2;

impl Model {
    /// Makes the pane that has the keys wider by so many columns, or narrower. The last one has its border on the
    /// left.
    pub(super) fn widen(&mut self, by: i32) -> Vec<Effect> {
        let panes = self.placed();
        let at = panes
            .iter()
            .position(|(place, _)| *place == self.panes.focus);
        let (Some(at), true) = (at, 1 < panes.len()) else {
            self.say(
                Tone::Warning,
                "Only one pane has room here, it is as wide as the window",
            );
            return Vec::new();
        };
        let (left, by) = match at + 1 == panes.len() {
            true => (at - 1, -by),
            false => (at, by),
        };
        let (place, area) = panes[left];
        let wanted = (i32::from(area.width) + by).max(0);
        self.set_width(place, u16::try_from(wanted).unwrap_or(u16::MAX));
        self.remember()
    }

    /// Takes hold of the border at a column, where one is.
    pub(super) fn grab(&mut self, at: Position) {
        let panes = self.placed();
        let between = panes.windows(2).find(|two| {
            let (left, right) = (two[0].1, two[1].1);
            (left.top()..left.bottom()).contains(&at.y) && (at.x + 1 == right.x || at.x == right.x)
        });
        self.dragged = between.map(|two| two[0].0);
    }

    /// Draws the border that is held to a column.
    pub(super) fn drag(&mut self, column: u16) {
        let Some(place) = self.dragged else { return };
        let panes = self.placed();
        if let Some((_, area)) = panes.iter().find(|(shown, _)| *shown == place) {
            self.set_width(place, (column + 1).saturating_sub(area.x));
        }
    }

    /// Lets the border go that was held.
    pub(super) fn let_go(&mut self) -> Vec<Effect> {
        match self.dragged.take() {
            Some(_) => self.remember(),
            None => Vec::new(),
        }
    }

    fn remember(&self) -> Vec<Effect> {
        vec![Effect::Remember(self.panes.widths)]
    }

    fn set_width(&mut self, place: Place, width: u16) {
        let panes = self.placed();
        let body = panes.iter().map(|(_, area)| area.width).sum();
        let widths = &mut self.panes.widths;
        match (place, panes.len()) {
            (Place::Roster, count) => widths.set_roster(width, body, count),
            (Place::Profile, 3) => {
                let roster = panes.first().map_or(0, |(_, area)| area.width);
                widths.set_profile(width, body - roster);
            }
            (Place::Profile | Place::Journey, _) => {}
        }
    }

    fn placed(&self) -> Vec<(Place, Rect)> {
        self.layout(Rect::from((Position::ORIGIN, self.size))).panes
    }
}
