//! Which panes have room, and where: three, two, or one behind tabs.

use ratatui::layout::Rect;

use crate::tui::ProfileActions;
use crate::tui::model::Panes;
use crate::tui::notice::STANDING_MAX;
use crate::tui::pane::Place;

const THREE_WIDTH_MIN: u16 = 120;
const TWO_WIDTH_MIN: u16 = 100;
/// No pane is made narrower.
const PANE_WIDTH_MIN: u16 = 24;
const WHOLE: u32 = 1_000;
/// What the profile has of the room beside the roster.
const PROFILE_SHARE: u32 = 470;
/// Below this there is a sentence instead of a desk.
pub const WIDTH_MIN: u16 = 20;
pub const HEIGHT_MIN: u16 = 6;
/// From this height on several notices may stand below each other.
pub const STACK_HEIGHT_MIN: u16 = 20;
/// The most rows of notices below that height: what was refused names what to do.
const SHORT_ROWS_MAX: usize = 2;
/// From this height on there is a header; a badge is in sight at any height.
const HEADER_HEIGHT_MIN: u16 = 9;

/// The areas of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub header: Rect,
    /// Empty where all panes are in sight.
    pub tabs: Rect,
    pub panes: Vec<(Place, Rect)>,
    pub status: Rect,
    pub footer: Rect,
}

impl Layout {
    /// The areas for so many standing notices.
    pub(in crate::tui) fn of(
        area: Rect,
        actions: ProfileActions,
        panes: &Panes,
        standing: usize,
        badge: Option<&str>,
    ) -> Self {
        let most = if area.height < STACK_HEIGHT_MIN {
            SHORT_ROWS_MAX
        } else {
            STANDING_MAX
        };
        let status_rows = standing.clamp(1, most) as u16;
        let has_header = HEADER_HEIGHT_MIN <= area.height || badge.is_some();
        let (header, rest) = from_top(area, u16::from(has_header));
        let (rest, footer) = from_bottom(rest, 1);
        let (rest, status) = from_bottom(rest, status_rows);
        let shown = shown(area.width, actions, panes);
        let all = match actions {
            ProfileActions::Shown => 3,
            ProfileActions::Hidden => 2,
        };
        let (tabs, body) = from_top(rest, u16::from(shown.len() < all));
        Self {
            header,
            tabs,
            panes: side_by_side(body, &shown, panes.widths),
            status,
            footer,
        }
    }

    pub fn shows(&self, place: Place) -> bool {
        self.panes.iter().any(|(shown, _)| *shown == place)
    }

    /// Where dialogs may lie: everything but the status line and the footer.
    pub fn stage(&self, area: Rect) -> Rect {
        Rect {
            height: self.status.y.saturating_sub(area.y),
            ..area
        }
    }
}

fn shown(width: u16, actions: ProfileActions, panes: &Panes) -> Vec<Place> {
    match actions {
        ProfileActions::Shown if THREE_WIDTH_MIN <= width => Place::ALL.into(),
        ProfileActions::Shown if TWO_WIDTH_MIN <= width => vec![Place::Roster, panes.detail],
        ProfileActions::Hidden if TWO_WIDTH_MIN <= width => vec![Place::Roster, Place::Journey],
        ProfileActions::Shown | ProfileActions::Hidden => vec![panes.focus],
    }
}

/// How wide an agent made the panes; what is not set has the desk's own measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Widths {
    /// Columns of the roster.
    pub roster: Option<u16>,
    /// Thousandths of the rest for the profile, where the journey is beside it.
    pub profile: Option<u16>,
}

impl Widths {
    pub(in crate::tui) fn set_roster(&mut self, width: u16, body: u16, panes: usize) {
        self.roster = Some(width.clamp(PANE_WIDTH_MIN, roster_width_max(body, panes)));
    }

    pub(in crate::tui) fn set_profile(&mut self, width: u16, rest: u16) {
        let width = width.clamp(
            PANE_WIDTH_MIN,
            rest.saturating_sub(PANE_WIDTH_MIN).max(PANE_WIDTH_MIN),
        );
        let share = (u32::from(width) * WHOLE).div_ceil(u32::from(rest.max(1)));
        self.profile = u16::try_from(share).ok();
    }

    fn roster_in(self, body: u16, panes: usize) -> u16 {
        let wanted = self.roster.unwrap_or_else(|| roster_width(body));
        wanted.clamp(PANE_WIDTH_MIN, roster_width_max(body, panes))
    }

    fn profile_in(self, rest: u16) -> u16 {
        let share = self.profile.map_or(PROFILE_SHARE, u32::from).min(WHOLE);
        let wanted = u16::try_from(u32::from(rest) * share / WHOLE).unwrap_or(rest);
        wanted.clamp(
            PANE_WIDTH_MIN,
            rest.saturating_sub(PANE_WIDTH_MIN).max(PANE_WIDTH_MIN),
        )
    }
}

/// The others keep some room.
fn roster_width_max(body: u16, panes: usize) -> u16 {
    let others = u16::try_from(panes.saturating_sub(1)).unwrap_or(1);
    body.saturating_sub(others * PANE_WIDTH_MIN)
        .max(PANE_WIDTH_MIN)
}

fn side_by_side(body: Rect, shown: &[Place], wished: Widths) -> Vec<(Place, Rect)> {
    let roster = wished.roster_in(body.width, shown.len());
    let widths: Vec<u16> = match shown {
        [_, _, _] => {
            let profile = wished.profile_in(body.width - roster);
            vec![roster, profile, body.width - roster - profile]
        }
        [_, _] => vec![roster, body.width - roster],
        _ => vec![body.width],
    };
    let mut x = body.x;
    let place = |(place, width): (&Place, u16)| {
        let area = Rect { x, width, ..body };
        x += width;
        (*place, area)
    };
    shown.iter().zip(widths).map(place).collect()
}

fn roster_width(width: u16) -> u16 {
    (width / 5).clamp(30, 40)
}

fn from_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let top = Rect {
        height: rows,
        ..area
    };
    let rest = Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    };
    (top, rest)
}

fn from_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let rest = Rect {
        height: area.height - rows,
        ..area
    };
    let bottom = Rect {
        y: rest.bottom(),
        height: rows,
        ..area
    };
    (rest, bottom)
}
