//! A pane: a rounded border with a title on the left and a short word on the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::{Block, BorderType, Widget};

use super::{Focus, put, put_right};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};

const WIDTH_MIN: u16 = 4;
const HEIGHT_MIN: u16 = 3;
/// Stands in the border of the pane that has the keys: the colour alone must not tell it.
const MARK: &str = "▸";

/// A bordered pane. `right` is left out when there is no room for it.
#[derive(Clone, Copy, Debug)]
pub struct Pane<'a> {
    pub title: &'a str,
    pub right: &'a str,
    pub focus: Focus,
}

impl Pane<'_> {
    /// Draws the border and the titles and answers the area inside. Where there is no room for a
    /// border, all of the area is inside.
    pub fn view(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        if area.width < WIDTH_MIN || area.height < HEIGHT_MIN {
            return area;
        }
        // The titles do not take over the look of the line that they interrupt.
        let (line, title) = match self.focus {
            Focus::Focused => (theme.style(Role::Focused), theme.style(Role::Focused)),
            Focus::Unfocused | Focus::Unmarked => {
                (theme.style(Role::Border), theme.style(Role::Text))
            }
        };
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(line);
        let inner = block.inner(area);
        block.render(area, buf);
        self.titles(area, buf, theme, title);
        inner
    }

    fn titles(&self, area: Rect, buf: &mut Buffer, theme: &Theme, style: Style) {
        // The corners and, on each side, one column of the line stay.
        let row = Rect {
            x: area.x + 2,
            width: area.width - 4,
            height: 1,
            ..area
        };
        if self.focus == Focus::Focused {
            buf.set_string(area.x + 1, area.y, MARK, theme.style(Role::Focused));
        }
        let mut used = 0;
        if !self.title.is_empty() && 2 < row.width {
            let title = text::fit(&text::clean_line(self.title), usize::from(row.width) - 2);
            used = put(buf, row, &format!(" {title} "), Style::reset().patch(style));
        }
        let right = format!(" {} ", text::clean_line(self.right));
        if !self.right.is_empty() && text::width(&right) < usize::from(row.width - used) {
            put_right(
                buf,
                row,
                &right,
                Style::reset().patch(theme.style(Role::Muted)),
            );
        }
    }
}
