//! The 60 days at a glance: a plot of days, and its numbers in words.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::backend::view::Journey;
use crate::tui::context::Context;
use crate::tui::pane::Line;
use crate::tui::pane::sign::Family;
use crate::tui::theme::Role;
use crate::tui::time;
use crate::tui::widget::{Day, strip};

/// The days that the journey goes back.
const DAYS: usize = 60;
const FAMILIES: usize = Family::ALL.len();
/// Below this height the list needs every row.
const PLOT_HEIGHT_MIN: u16 = 12;
const WORDS_HEIGHT_MIN: u16 = 6;

/// How often each family of channels was used on each day, the oldest day first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Days {
    days: Vec<[u32; FAMILIES]>,
}

impl Default for Days {
    fn default() -> Self {
        Self {
            days: vec![[0; FAMILIES]; DAYS],
        }
    }
}

impl Days {
    pub fn of(journey: &Journey, context: &Context<'_>) -> Self {
        let mut counted = Self::default();
        let today = time::date(context.now, context.tz);
        for (start, channel) in &journey.starts {
            let day = time::date(*start, context.tz);
            let ago = today
                .since(day)
                .map_or(0, |span| i64::from(span.get_days()));
            let Some(at) = usize::try_from(ago)
                .ok()
                .and_then(|ago| (DAYS - 1).checked_sub(ago))
            else {
                continue;
            };
            let count = &mut counted.days[at][Family::of(*channel) as usize];
            *count = count.saturating_add(1);
        }
        counted
    }

    /// Draws the plot and the words where there is room for them, and answers the area below.
    pub fn view(&self, area: Rect, buf: &mut Buffer, context: &Context<'_>) -> Rect {
        let mut left = area;
        let inside = Rect {
            x: area.x + 1.min(area.width),
            width: area.width.saturating_sub(2),
            ..area
        };
        if PLOT_HEIGHT_MIN <= area.height {
            let style = |day: &[u32; FAMILIES]| context.theme.style(main_family(day).role());
            let days: Vec<Day> = self
                .days
                .iter()
                .map(|day| Day {
                    count: day.iter().sum(),
                    style: style(day),
                })
                .collect();
            strip(buf, inside, context.theme, &days);
            left = below(left);
        }
        if WORDS_HEIGHT_MIN <= area.height {
            let row = Rect {
                y: left.y,
                height: 1,
                ..inside
            };
            self.words().view(row, buf, context.theme);
            left = below(left);
        }
        left
    }

    /// The numbers of the plot: `calls 4  mail 2  web 7`.
    fn words(&self) -> Line {
        let mut line = Line::default();
        for family in Family::ALL {
            let total: u32 = self.days.iter().map(|day| day[family as usize]).sum();
            if total == 0 {
                continue;
            }
            if !line.is_empty() {
                line = line.and("  ", Role::Muted);
            }
            line = line
                .and(format!("{} ", family.word()), family.role())
                .and(time::count(total.into()), Role::Text);
        }
        if line.is_empty() {
            return Line::of("quiet for 60 days", Role::Muted);
        }
        line
    }
}

/// What a day mostly was.
fn main_family(day: &[u32; FAMILIES]) -> Family {
    let most = Family::ALL
        .into_iter()
        .rev()
        .max_by_key(|family| day[*family as usize]);
    most.unwrap_or(Family::Other)
}

fn below(area: Rect) -> Rect {
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    }
}
