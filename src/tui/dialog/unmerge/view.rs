//! How taking a merge back looks: what came since in one column, the side it goes to in another, and why under
//! the list.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Unmerge;
use crate::backend::view::{UnmergeItem, UnmergePreview};
use crate::tui::context::Context;
use crate::tui::dialog::shell::{
    Shell, below, inside, paragraph, resting, rows_of, rows_on, split_bottom, width_on,
};
use crate::tui::dialog::words::{counted, name_of_brief, names_apart};
use crate::tui::text;
use crate::tui::theme::{Role, Theme};
use crate::tui::widget::{Focus, List, put};

const WIDTH: u16 = 96;
const GAP: u16 = 2;
/// What has fewer columns shows the side in a row of its own.
const COLUMNS_MIN: u16 = 48;
/// The rows of the list that stay in sight.
const LIST_MIN: u16 = 3;

impl Unmerge {
    pub fn view(&self, screen: Rect, buf: &mut Buffer, context: &Context<'_>) -> Option<Position> {
        let theme = context.theme;
        let width = width_on(screen, WIDTH);
        let (above, under) = (self.above(), self.under());
        let rows = |told: &[(String, Role)]| -> u16 {
            let rows = told.iter().map(|(words, _)| rows_of(words, inside(width)));
            rows.sum()
        };
        let height = height(inside(width));
        let items = u16::try_from(self.items().len()).unwrap_or(u16::MAX);
        let items = items.saturating_mul(height);
        let wanted = items.saturating_add(rows(&above) + rows(&under) + 1);
        let shell = Shell {
            title: "Take the merge back",
            right: if self.preview.is_loading() {
                "reading"
            } else {
                ""
            },
            width,
            rows: rows_on(screen, wanted),
            hints: &match width < COLUMNS_MIN {
                true => self.hints_of(["undo", "flip", "back"]),
                false => self.hints(context),
            },
        };
        let inner = shell.view(screen, buf, context);
        let room = inner.height.saturating_sub(LIST_MIN.min(items));
        let (mut bottom, top) = split_bottom(inner, rows(&under).min(room));
        for (words, role) in &under {
            bottom = paragraph(buf, bottom, theme, (words, *role));
        }
        let mut list = top;
        // Where there is no room for both, what came since stays in sight.
        for (words, role) in &above {
            if rows_of(words, list.width) + LIST_MIN.min(items) <= list.height {
                list = paragraph(buf, list, theme, (words, *role));
            }
        }
        match self.preview.value() {
            Some(preview) if !preview.items.is_empty() => self
                .view_items(preview, list, buf, theme)
                .or(resting(inner)),
            Some(_) | None => resting(inner),
        }
    }

    fn above(&self) -> Vec<(String, Role)> {
        let Some(preview) = self.preview.value() else {
            return match self.preview.trouble() {
                Some(_) => Vec::new(),
                None => vec![("Reading what came since …".to_owned(), Role::Muted)],
            };
        };
        let names = names_apart(&preview.sides);
        let words = format!("{} come back.", names.join(" and "));
        let mut above = vec![(words, Role::Text)];
        let main = names
            .first()
            .map(|main| format!("{main} is the main side."));
        above.extend(main.map(|main| (main, Role::Muted)));
        if let Some(head) = &preview.head {
            let head = name_of_brief(head);
            above.push((
                format!("They were merged further, into {head}: one side stays there."),
                Role::Muted,
            ));
        }
        let elsewhere = preview.elsewhere.iter();
        above.extend(elsewhere.map(|one| (format!("{one}."), Role::Warning)));
        let count = counted(preview.items.len(), "thing came", "things came");
        above.push(match preview.items.is_empty() {
            true if !preview.elsewhere.is_empty() => {
                ("Nothing else came since.".to_owned(), Role::Muted)
            }
            true => ("Nothing came since.".to_owned(), Role::Muted),
            false => (format!("{count} since, and go where it says:"), Role::Muted),
        });
        above
    }

    fn under(&self) -> Vec<(String, Role)> {
        let mut under = Vec::new();
        if let (Some(one), Some(preview)) = (self.selected(), self.preview.value()) {
            let side = names_apart(&preview.sides);
            let side = side.get(one.side).cloned().unwrap_or_default();
            under.push((format!("to {side}: {}", one.why), Role::Muted));
        }
        if let Some(trouble) = self.preview.trouble() {
            let words = crate::tui::pane::sign::sentence(&trouble.to_string());
            under.push((format!("✗ {words}"), Role::Danger));
        }
        if let Some((words, role)) = self.sending.told() {
            under.push((words.to_owned(), role));
        }
        under
    }

    fn view_items(
        &self,
        preview: &UnmergePreview,
        area: Rect,
        buf: &mut Buffer,
        theme: &Theme,
    ) -> Option<Position> {
        let list = List {
            len: preview.items.len(),
            empty: "",
            focus: Focus::Focused,
            theme,
        };
        let rows = height(area.width);
        let names = names_apart(&preview.sides);
        let draw = |row: usize, place: Rect, buf: &mut Buffer| {
            if let Some(one) = preview.items.get(row) {
                let side = names.get(one.side).map_or("", String::as_str);
                view_item(one, side, place, buf, theme);
            }
        };
        let shown = list.view_tall(&self.list, area, buf, |_| rows, draw);
        shown.cursor
    }
}

/// The rows of what came: the side has one of its own where it has no column.
const fn height(width: u16) -> u16 {
    if width < COLUMNS_MIN { 2 } else { 1 }
}

fn view_item(one: &UnmergeItem, side: &str, row: Rect, buf: &mut Buffer, theme: &Theme) {
    let inner = Rect {
        x: row.x + row.width.min(1),
        width: row.width.saturating_sub(2),
        ..row
    };
    // Each side keeps its colour; the name says it too.
    let role = match one.side {
        0 => Role::Good,
        _ => Role::Accent,
    };
    let (text_style, of_side) = (theme.style(Role::Text), theme.style(role));
    if row.height > 1 || inner.width < COLUMNS_MIN / 2 {
        put(buf, inner, &one.what, text_style);
        put(buf, below(inner, 1), &format!("  ▸ {side}"), of_side);
        return;
    }
    let right = inner.width / 3;
    let left = Rect {
        width: inner.width - right - GAP,
        ..inner
    };
    put(buf, left, &one.what, text_style);
    let place = Rect {
        x: inner.right() - right,
        width: right,
        ..inner
    };
    // What tells two of one name apart stands at the end.
    let side = text::fit_middle(
        &text::clean_line(side),
        usize::from(right.saturating_sub(2)),
    );
    put(buf, place, &format!("▸ {side}"), of_side);
}
