//! Clicks and the wheel: the same steps as with keys, where the pointer is.

use crate::tui::effect::Effect;
use ratatui::layout::Position;

use crate::tui::input::{Button, Input, Key, Mouse, MouseKind, Press};
use crate::tui::model::Model;
use crate::tui::msg::Subject;
use crate::tui::pane::Place;
use crate::tui::widget::Motion;

/// How many rows a turn of the wheel moves.
const WHEEL_ROWS: usize = 3;

impl Model {
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        match mouse.kind {
            MouseKind::Down(Button::Left) => {
                self.grab(Position {
                    x: mouse.column,
                    y: mouse.row,
                });
                self.click(mouse.column, mouse.row)
            }
            MouseKind::WheelUp => self.wheel(Motion::Up, mouse),
            MouseKind::WheelDown => self.wheel(Motion::Down, mouse),
            MouseKind::Down(Button::Middle | Button::Right) => Vec::new(),
            MouseKind::Drag(Button::Left) => {
                self.drag(mouse.column);
                Vec::new()
            }
            MouseKind::Up(_) => self.let_go(),
            MouseKind::Drag(Button::Middle | Button::Right) => Vec::new(),
        }
    }

    /// The mouse over a layer: a key that is clicked on is pressed, the wheel is the arrows, and the rest is
    /// the layer's.
    pub(super) fn mouse_on_layer(&mut self, mouse: Mouse) -> Vec<Effect> {
        let arrow = match mouse.kind {
            MouseKind::WheelUp => Some(Key::Up),
            MouseKind::WheelDown => Some(Key::Down),
            MouseKind::Down(_) | MouseKind::Up(_) | MouseKind::Drag(_) => None,
        };
        let button = || self.session.buttons.at(mouse.click()?);
        let press = arrow.map(Press::plain).or_else(button);
        self.layer_input(press.map_or(Input::Mouse(mouse), Input::Key))
    }

    fn click(&mut self, column: u16, row: u16) -> Vec<Effect> {
        let at = Position { x: column, y: row };
        if let Some(press) = self.session.buttons.at(at) {
            return self.press(press);
        }
        let Some(place) = self.hits.place_at(column, row) else {
            return Vec::new();
        };
        let had_keys = self.panes.focus == place;
        self.panes.focus_on(place);
        let Some(row) = self.hits.row_at(place, column, row) else {
            return Vec::new();
        };
        match place {
            Place::Roster => match self.panes.roster.click(row, self.shown.roster()) {
                Some(id) => self.show(Subject::Conversation(id)),
                None => Vec::new(),
            },
            Place::Profile => {
                self.panes.profile.click(row);
                if had_keys { self.open() } else { Vec::new() }
            }
            Place::Journey => {
                if let Some(journey) = self.shown.journey.value() {
                    self.panes.journey.click(row, journey);
                }
                if had_keys { self.open() } else { Vec::new() }
            }
        }
    }

    /// The wheel moves in the pane under the pointer and gives it the keys.
    fn wheel(&mut self, motion: Motion, mouse: Mouse) -> Vec<Effect> {
        let Some(place) = self.hits.place_at(mouse.column, mouse.row) else {
            return Vec::new();
        };
        self.panes.focus_on(place);
        let steps = if place == Place::Roster {
            1
        } else {
            WHEEL_ROWS
        };
        (0..steps).flat_map(|_| self.go(motion)).collect()
    }
}
