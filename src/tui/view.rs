//! The desk as a frame: header, panes, status line, footer, and layers over them. Drawing changes nothing.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::model::Model;
use super::overlay::which;
use super::pane::Place;
use super::pane::sign::sentence;
use super::refusal::{past_moment, past_words};
use super::theme::Role;
use super::widget::{Focus, Pane, Shown, hints, put_block, tabs, waiting};
use super::{ProfileActions, load::Load};

mod footer;
mod header;
mod layout;
pub(in crate::tui) mod status;

pub use layout::{Layout, Widths};

/// What to do about a store with nobody in it.
const EMPTY_STORE: &str = "Nobody is here yet. `scv import contacts` and `scv ingest` bring people and \
     conversations in; `scv demo` shows the desk on made-up ones";

/// A pane of fewer rows says only of when it is.
const BANNER_ROOM_MIN: u16 = 12;

/// What was drawn where, for clicks.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    places: Vec<(Place, Rect)>,
    rows: Vec<(Place, usize, Rect)>,
}

impl Hits {
    pub fn place_at(&self, column: u16, row: u16) -> Option<Place> {
        let at = Position { x: column, y: row };
        self.places
            .iter()
            .find(|(_, area)| area.contains(at))
            .map(|(place, _)| *place)
    }

    /// The row of a pane's list at a cell.
    pub fn row_at(&self, place: Place, column: u16, row: u16) -> Option<usize> {
        let at = Position { x: column, y: row };
        let mut rows = self.rows.iter().filter(|(shown, ..)| *shown == place);
        rows.find(|(_, _, area)| area.contains(at))
            .map(|(_, row, _)| *row)
    }
}

impl Model {
    /// Draws the desk and answers what is where.
    pub fn view(&self, frame: &mut Frame<'_>) -> Hits {
        let area = frame.area();
        let buf = frame.buffer_mut();
        let mut hits = Hits::default();
        let cursor = if area.width < layout::WIDTH_MIN || area.height < layout::HEIGHT_MIN {
            self.view_too_small(area, buf)
        } else {
            self.view_desk(area, buf, &mut hits)
        };
        self.session.theme.paint(buf);
        // The cursor is never nowhere: readers of the screen and input methods follow it.
        let cursor = cursor.unwrap_or(area.as_position());
        frame.set_cursor_position(Position {
            x: cursor.x.min(area.right().saturating_sub(1)),
            y: cursor.y.min(area.bottom().saturating_sub(1)),
        });
        hits
    }

    fn view_too_small(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let text = "scv needs 20 columns and 6 rows";
        let text = match &self.session.badge {
            Some(badge) => format!("{badge}: {text}"),
            None => text.to_owned(),
        };
        put_block(buf, area, &text, self.session.theme.style(Role::Text));
        Some(area.as_position())
    }

    fn view_desk(&self, area: Rect, buf: &mut Buffer, hits: &mut Hits) -> Option<Position> {
        let layout = self.layout(area);
        let (whole, bar) = (area, self.bar(area));
        if let Some(presenter) = &self.session.presenter {
            presenter.view(bar, buf, &self.session.theme, &self.session.keymap);
        }
        let area = Rect {
            height: area.height - bar.height,
            ..area
        };
        let context = self.session.context(&self.shown);
        let presenter = self.session.presenter.as_ref();
        let story = presenter
            .filter(|presenter| !presenter.has_title(whole))
            .map(|presenter| presenter.title());
        header::view(self, layout.header, story.as_deref(), buf);
        self.view_tabs(layout.tabs, buf, hits);
        let mut cursor = None;
        for (place, area) in &layout.panes {
            let shown = self.view_pane(*place, *area, !layout.tabs.is_empty(), buf);
            hits.places.push((*place, *area));
            hits.rows
                .extend(shown.rows.iter().map(|(row, area)| (*place, *row, *area)));
            if *place == self.panes.focus {
                cursor = shown.cursor;
            }
        }
        let stage = layout.stage(area);
        let buttons = &self.session.buttons;
        buttons.clear();
        for layer in &self.layers {
            // Only the top one can be clicked on.
            buttons.clear();
            cursor = layer.view(stage, buf, &context);
        }
        if let (Some((pressed, longer)), true) = (self.continuations(), self.layers.is_empty()) {
            which::view(&pressed, &longer, stage, buf, &context);
        }
        status::view(self, layout.status, buf);
        let theme = &self.session.theme;
        match self.layers.last() {
            Some(layer) => hints(
                buf,
                inset(layout.footer),
                theme,
                &layer.hints(&context),
                buttons,
            ),
            None => hints(
                buf,
                inset(layout.footer),
                theme,
                &footer::hints_of(self, &context),
                buttons,
            ),
        }
        cursor
    }

    fn view_tabs(&self, area: Rect, buf: &mut Buffer, hits: &mut Hits) {
        if area.is_empty() {
            return;
        }
        let places: &[Place] = match self.session.profile_actions {
            ProfileActions::Shown => &Place::ALL,
            ProfileActions::Hidden => &[Place::Roster, Place::Journey],
        };
        let titles: Vec<&str> = places.iter().map(|place| place.title()).collect();
        let active = places
            .iter()
            .position(|place| *place == self.panes.focus)
            .unwrap_or(0);
        let drawn = tabs(buf, area, &self.session.theme, &titles, active);
        hits.places
            .extend(drawn.into_iter().map(|(index, area)| (places[index], area)));
    }

    /// Draws a pane. Where tabs name it already it has no border, if it is alone.
    fn view_pane(&self, place: Place, area: Rect, has_tabs: bool, buf: &mut Buffer) -> Shown {
        let has_keys = self.panes.focus == place && self.layers.is_empty();
        let focus = if has_keys {
            Focus::Focused
        } else {
            Focus::Unfocused
        };
        let is_alone = has_tabs && area.width == buf.area.width;
        let inner = if is_alone {
            area
        } else {
            let right = self.corner(place);
            let pane = Pane {
                title: place.title(),
                right: &right,
                focus,
            };
            pane.view(area, buf, &self.session.theme)
        };
        match place {
            Place::Roster => self.view_roster(focus, inner, buf),
            Place::Profile => self.view_profile(focus, inner, buf),
            Place::Journey => self.view_journey(focus, inner, buf),
        }
    }

    /// The short word in the corner of a pane.
    fn corner(&self, place: Place) -> String {
        match place {
            Place::Roster => String::new(),
            Place::Profile => match self.shown.subject {
                Some(super::msg::Subject::Contact(_)) => "no conversation".to_owned(),
                Some(super::msg::Subject::Conversation(_)) | None => String::new(),
            },
            Place::Journey => "60 days".to_owned(),
        }
    }

    fn view_roster(&self, focus: Focus, area: Rect, buf: &mut Buffer) -> Shown {
        let context = self.session.context(&self.shown);
        let area = self.above(&self.shown.roster, "Reading the conversations", area, buf);
        match self.shown.roster.value() {
            Some(roster) => self.panes.roster.view(roster, focus, area, buf, &context),
            None => nothing(area),
        }
    }

    fn view_profile(&self, focus: Focus, area: Rect, buf: &mut Buffer) -> Shown {
        let context = self.session.context(&self.shown);
        let area = self.below_banner(area, buf);
        let area = self.above(&self.shown.profile, "Reading the profile", area, buf);
        match self.shown.profile.value() {
            Some(profile) => self.panes.profile.view(profile, focus, area, buf, &context),
            None => self.view_nobody(area, buf),
        }
    }

    fn view_journey(&self, focus: Focus, area: Rect, buf: &mut Buffer) -> Shown {
        let context = self.session.context(&self.shown);
        let area = self.below_banner(area, buf);
        let area = self.above(&self.shown.journey, "Reading the journey", area, buf);
        match self.shown.journey.value() {
            Some(journey) => self.panes.journey.view(journey, focus, area, buf, &context),
            None => self.view_nobody(area, buf),
        }
    }

    /// Says above a pane that it shows the past. Answers the area below.
    fn below_banner(&self, area: Rect, buf: &mut Buffer) -> Rect {
        let Some(past) = self.shown.past else {
            return area;
        };
        // The status line says the rest too.
        let words = match area.height < BANNER_ROOM_MIN {
            true => past_moment(past.at, &self.session.tz),
            false => past_words(past.at, &self.session.tz),
        };
        let most = Rect {
            height: area.height.min(3),
            ..inset(area)
        };
        let style = self.session.theme.style(Role::Warning);
        let used = put_block(buf, most, &format!("◀ {}", sentence(&words)), style);
        Rect {
            y: area.y + used,
            height: area.height - used,
            ..area
        }
    }

    /// Whether there is nobody at all: what somebody sees who has just installed the desk.
    fn is_store_empty(&self) -> bool {
        let header = self.shown.header.value();
        let is_empty = header.is_some_and(|header| header.contacts == 0);
        is_empty && self.shown.roster().lines.is_empty()
    }

    /// What stands in a pane while nobody was chosen.
    fn view_nobody(&self, area: Rect, buf: &mut Buffer) -> Shown {
        if self.shown.subject.is_none() && !self.shown.roster.is_loading() {
            let text = match self.is_store_empty() {
                true => EMPTY_STORE,
                false => "Nobody is chosen. Pick a conversation, or search for a contact",
            };
            put_block(
                buf,
                inset(area),
                text,
                self.session.theme.style(Role::Muted),
            );
        }
        nothing(area)
    }

    /// Says above a pane that it is being read, or why it could not be. Answers the area below.
    fn above<T>(&self, load: &Load<T>, what: &str, area: Rect, buf: &mut Buffer) -> Rect {
        let theme = &self.session.theme;
        let now = self.session.now();
        let (text, role) = match (load.trouble(), load.waiting_since()) {
            (Some(trouble), _) => (format!("✗ {trouble}"), Role::Danger),
            (None, Some(since)) => {
                let waited = u64::try_from(now.since_ms(since)).unwrap_or(0);
                match waiting(what, waited) {
                    Some(text) => (text, Role::Muted),
                    None => return area,
                }
            }
            (None, None) => return area,
        };
        let most = Rect {
            height: area.height.min(3),
            ..inset(area)
        };
        let used = put_block(buf, most, &text, theme.style(role));
        Rect {
            y: area.y + used,
            height: area.height - used,
            ..area
        }
    }
}

fn nothing(area: Rect) -> Shown {
    Shown {
        cursor: Some(area.as_position()),
        rows: Vec::new(),
    }
}

/// The area with a blank column on each side, where there is room for them.
fn inset(area: Rect) -> Rect {
    if area.width < 4 {
        return area;
    }
    Rect {
        x: area.x + 1,
        width: area.width - 2,
        ..area
    }
}
