//! What can follow the keys that were pressed so far: a box in the corner while a chord is not complete.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::input::Chord;
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::widget::{Modal, put};

const WIDTH: u16 = 56;
/// The border.
const FRAME_ROWS: u16 = 2;
const GAP: usize = 2;
/// Where there are fewer rows the status line says it alone.
const ROWS_MIN: u16 = 8;

/// Draws the continuations at the bottom right of an area. What cannot be done now is greyed and says why.
pub fn view(
    pressed: &str,
    longer: &[(Chord, Action)],
    area: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    if area.height < ROWS_MIN || longer.is_empty() {
        return;
    }
    let labels: Vec<String> = longer.iter().map(|(chord, _)| chord.label()).collect();
    let column = labels.iter().map(|label| text::width(label)).max();
    let column = column.unwrap_or(0) + GAP;
    let rows = u16::try_from(longer.len()).unwrap_or(u16::MAX);
    let size = Size {
        width: WIDTH.min(area.width),
        height: rows.saturating_add(FRAME_ROWS).min(area.height),
    };
    let corner = Rect {
        x: area.right() - size.width,
        y: area.bottom() - size.height,
        width: size.width,
        height: size.height,
    };
    let title = format!("{pressed} …");
    let modal = Modal {
        title: &title,
        right: "Esc leaves",
        size,
    };
    let inner = modal.view(corner, buf, context.theme);
    for ((label, (_, action)), y) in labels.iter().zip(longer).zip(inner.top()..inner.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..inner
        };
        let refusal = context.refusal(*action);
        let (keys, words) = match refusal {
            Some(_) => (Role::Muted, Role::Muted),
            None => (Role::Accent, Role::Text),
        };
        put(buf, row, label, context.theme.style(keys));
        let used = u16::try_from(column).unwrap_or(u16::MAX).min(row.width);
        let rest = Rect {
            x: row.x + used,
            width: row.width - used,
            ..row
        };
        let title = action.spec().title;
        let said = refusal.map_or_else(|| title.to_owned(), |why| format!("{title}: {why}"));
        put(buf, rest, &said, context.theme.style(words));
    }
}
