//! Tabs: the views that share one place, with a mark and not only a colour on the one in sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{first_row, from_column, put};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

const DIVIDER: &str = "│";
const ACTIVE: (&str, Role) = ("▸", Role::Focused);
const OTHER: (&str, Role) = (" ", Role::Muted);

/// Draws tabs in the first row of an area and answers where each one was drawn, for clicks.
/// Where not all of them fit, the active one alone is drawn with its number among the others.
pub fn tabs(
    buf: &mut Buffer,
    area: Rect,
    theme: &Theme,
    titles: &[&str],
    active: usize,
) -> Vec<(usize, Rect)> {
    let area = first_row(buf, area);
    let columns = |title: &&str| text::width(&text::clean_line(title)) + 3;
    let total = titles.iter().map(columns).sum::<usize>() + titles.len().saturating_sub(1);
    if usize::from(area.width) < total {
        let title = titles.get(active);
        let only = title.map(|title| only(buf, area, theme, (title, active, titles.len())));
        return only.into_iter().collect();
    }
    let mut x = area.x;
    let mut drawn = Vec::new();
    for (index, title) in titles.iter().enumerate() {
        if 0 < index {
            x += put(
                buf,
                from_column(area, x),
                DIVIDER,
                theme.style(Role::Border),
            );
        }
        let (mark, role) = if index == active { ACTIVE } else { OTHER };
        let place = Rect {
            x,
            width: columns(title) as u16,
            ..area
        };
        put(buf, place, &format!("{mark} {title}"), theme.style(role));
        drawn.push((index, place));
        x = place.right();
    }
    drawn
}

fn only(
    buf: &mut Buffer,
    area: Rect,
    theme: &Theme,
    (title, active, len): (&str, usize, usize),
) -> (usize, Rect) {
    let label = format!("▸ {title} {}/{len}", active + 1);
    let width = put(buf, area, &label, theme.style(Role::Focused));
    (active, Rect { width, ..area })
}
