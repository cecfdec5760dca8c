//! A card that is not opened: one row where there is room, two where it is narrow, and one more for what
//! was said or matched.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::backend::view::{Journey, JourneyConversation, JourneyItem};
use crate::domain::Moment;
use crate::domain::conversation::{Channel, Status};
use crate::domain::visit::{Happened, Visit};
use crate::tui::context::Context;
use crate::tui::pane::{Line, sign};
use crate::tui::text;
use crate::tui::theme::Role;
use crate::tui::time;

/// From this width on queue, agent and wrap-up code stand in one row.
const WIDE: u16 = 76;
/// From this width on the number of pages is said, and states and durations stand in columns.
const PAGES_WIDTH_MIN: u16 = 44;
/// Columns of sign, time and direction.
const START_COLUMNS: usize = 12;
const DURATION_COLUMNS: usize = 9;
/// Columns of the longest status with its sign.
const STATE_COLUMNS: usize = 13;
const PATHS_MAX: usize = 3;
/// The sign of a segment, in its colour; the name beside it stays as readable as any.
pub(super) const SEGMENT: &str = "■ ";

/// The rows that a card takes.
pub fn height(item: &JourneyItem, journey: &Journey, width: u16) -> u16 {
    lines_of(item, journey, width, None).len().max(1) as u16
}

pub fn draw(
    item: &JourneyItem,
    journey: &Journey,
    place: Rect,
    buf: &mut Buffer,
    context: &Context<'_>,
) {
    let lines = lines_of(item, journey, place.width, Some(context));
    for (row, line) in (place.top()..place.bottom()).zip(lines) {
        let row = Rect {
            y: row,
            height: 1,
            ..place
        };
        line.view(row, buf, context.theme);
    }
}

/// The lines of a card. How many there are does not depend on the context, which tells times and names.
fn lines_of(
    item: &JourneyItem,
    journey: &Journey,
    width: u16,
    context: Option<&Context<'_>>,
) -> Vec<Line> {
    match item {
        JourneyItem::Conversation(conversation) => conversation_lines(conversation, width, context),
        JourneyItem::Visit(_, visit, status) => {
            visit_lines(visit, *status, journey, width, context)
        }
    }
}

fn conversation_lines(
    conversation: &JourneyConversation,
    width: u16,
    context: Option<&Context<'_>>,
) -> Vec<Line> {
    let direction = sign::direction(conversation.direction);
    let opening = opening(
        conversation.channel,
        conversation.start,
        direction,
        conversation.status,
        context,
    );
    let queue = conversation.queue.as_deref().unwrap_or("—");
    let agent = who(conversation.agent.as_deref(), context);
    let code = conversation.wrapup_code.as_deref();
    let duration = duration(conversation.start, conversation.end, context);
    let (state, role) = state_of(conversation);
    // A narrow row has no room for columns.
    let closer = |words: String| match width < PAGES_WIDTH_MIN {
        true => format!(" {}", words.trim_start()),
        false => words,
    };
    if width < WIDE {
        let (state, duration) = (closer(state), closer(duration));
        let first = opening
            .and(queue, Role::Text)
            .right(state, role)
            .right(duration, Role::Muted);
        let nobody = conversation.agent.is_none();
        let second = below().and(if nobody { "nobody" } else { agent }, Role::Text);
        let second = match code {
            Some(code) => second.and(format!(" · {code}"), Role::Text),
            None => second,
        };
        let second = match said(conversation) {
            Some(said) => second.and(format!(" · {said}"), Role::Muted),
            None => second,
        };
        return vec![first, second];
    }
    let said = said(conversation).map(|said| below().and(said, Role::Muted));
    let first = in_columns(opening, &[queue, agent], code, width)
        .right(state, role)
        .right(duration, Role::Muted);
    std::iter::once(first).chain(said).collect()
}

/// Queue, agent and wrap-up code in columns of the room that the ends of the row leave.
fn in_columns(opening: Line, names: &[&str], code: Option<&str>, width: u16) -> Line {
    let ends = START_COLUMNS + STATE_COLUMNS + DURATION_COLUMNS;
    let room = usize::from(width).saturating_sub(ends + 3) / 3;
    let cell = |name: &str| format!("{} ", text::pad(&text::clean_line(name), room));
    let named = names
        .iter()
        .fold(opening, |line, name| line.and(cell(name), Role::Text));
    named.and(cell(code.unwrap_or("—")), Role::Muted)
}

/// The state; what was sent out for nobody to handle is nothing to worry about.
fn state_of(conversation: &JourneyConversation) -> (String, Role) {
    let word = conversation.state_word();
    match word == conversation.status.word() {
        true => state(conversation.status),
        false => (text::pad_left(word, STATE_COLUMNS), Role::Muted),
    }
}

/// Channel where the sign does not tell it, how it went where that says more, subject and notes.
fn said(conversation: &JourneyConversation) -> Option<String> {
    let quoted = |text: &String| format!("“{}”", text.trim());
    let tag = sign::tag(conversation.channel).map(str::to_owned);
    let notes = conversation
        .notes
        .as_ref()
        .filter(|notes| !notes.trim().is_empty());
    let course = conversation.course.as_ref();
    let going = course.map(|course| course.in_brief(conversation.channel, &time::span));
    // The number comes first: where there is little room the sign of the channel stands for its name.
    let parts: Vec<String> = conversation
        .messages_in_words()
        .into_iter()
        .chain(tag)
        .chain(going.unwrap_or_default())
        .chain(conversation.subject.clone())
        .chain(notes.map(quoted))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn visit_lines(
    visit: &Visit,
    status: Status,
    journey: &Journey,
    width: u16,
    context: Option<&Context<'_>>,
) -> Vec<Line> {
    let pages = match visit.pageviews {
        1 => "1 page".to_owned(),
        pages => format!("{pages} pages"),
    };
    let now = context.map_or(visit.last, |context| context.now);
    let length = duration(visit.start, visit.ended(now), context);
    let pages = if PAGES_WIDTH_MIN <= width {
        format!("{pages} ")
    } else {
        String::new()
    };
    let room =
        usize::from(width).saturating_sub(START_COLUMNS + pages.len() + DURATION_COLUMNS + 1);
    let path = text::fit_middle(&text::clean_line(&path(visit)), room);
    let mut lines = vec![
        opening(Channel::Web, visit.start, "web", status, context)
            .and(path, Role::Text)
            .right(pages, Role::Muted)
            .right(length, Role::Muted),
    ];
    let told = told(visit, status, journey);
    if !told.is_empty() {
        lines.push(below().followed_by(&told));
    }
    lines
}

/// Segments, outcomes and the likeliest outcome of a visit.
fn told(visit: &Visit, status: Status, journey: &Journey) -> Line {
    let mut line = Line::default();
    let mut say = |own: Option<&str>, text: String, role: Role| {
        let start = std::mem::take(&mut line);
        let start = if start.is_empty() {
            start
        } else {
            start.and(" · ", Role::Border)
        };
        line = match own {
            Some(own) => start
                .and_coloured(SEGMENT, Some(own), role)
                .and(text, Role::Text),
            None => start.and(text, role),
        };
    };
    if status == Status::Active {
        say(None, "● on the website now".to_owned(), Role::Good);
    }
    for event in &visit.events {
        match &event.what {
            Happened::Segment { id } => {
                if let Some(name) = journey.segments.get(id) {
                    let own = journey.colors.get(id).map(String::as_str);
                    say(own, format!("segment {name}"), Role::Warning);
                }
            }
            Happened::Outcome { id, name, .. } => {
                if let Some(name) = name.as_ref().or_else(|| journey.outcomes.get(id)) {
                    say(None, format!("✓ {name}"), Role::Good);
                }
            }
            Happened::Page { .. } | Happened::Action { .. } => {}
            Happened::Custom { .. } | Happened::Other { .. } => {}
        }
    }
    let likeliest = visit
        .scores
        .iter()
        .max_by(|one, other| one.1.total_cmp(&other.1));
    if let Some((id, score)) = likeliest {
        let name = journey
            .outcomes
            .get(id)
            .map_or("an outcome", String::as_str);
        say(None, format!("{name} {:.0} %", score * 100.0), Role::Muted);
    }
    line
}

fn opening(
    channel: Channel,
    start: Moment,
    word: &str,
    status: Status,
    context: Option<&Context<'_>>,
) -> Line {
    let is_on = matches!(status, Status::Active | Status::Waiting);
    let clock = context.map_or_else(String::new, |context| time::clock(start, context.tz));
    let role = if is_on { Role::Good } else { Role::Accent };
    Line::of(format!("{} ", sign::glyph(channel)), role)
        .and(format!("{clock:<6}"), Role::Muted)
        .and(format!("{word:<4}"), Role::Muted)
}

fn state(status: Status) -> (String, Role) {
    let (mark, role) = match status {
        Status::Active => ("● ", Role::Good),
        Status::Waiting => ("◌ ", Role::Warning),
        Status::WrapupDue => ("⚠ ", Role::Warning),
        Status::Abandoned => ("✗ ", Role::Danger),
        Status::Ended => ("", Role::Muted),
    };
    let word = format!("{mark}{}", status.word());
    (text::pad_left(&word, STATE_COLUMNS), role)
}

fn who<'a>(agent: Option<&'a str>, context: Option<&Context<'a>>) -> &'a str {
    match (agent, context) {
        (Some(agent), Some(context)) if agent == context.agent => "you",
        (Some(agent), _) => agent,
        (None, _) => "—",
    }
}

fn duration(start: Moment, end: Option<Moment>, context: Option<&Context<'_>>) -> String {
    let end = end
        .or_else(|| context.map(|context| context.now))
        .unwrap_or(start);
    text::pad_left(&time::span(end.since_ms(start)), DURATION_COLUMNS)
}

/// The first and the last pages, without the site's name.
fn path(visit: &Visit) -> String {
    let mut paths: Vec<&str> = visit.pages().map(|(_, url)| path_of(url)).collect();
    paths.dedup();
    match paths.as_slice() {
        [] => "no page".to_owned(),
        [first, .., last_but_one, last] if PATHS_MAX < paths.len() => {
            format!("{first} → … → {last_but_one} → {last}")
        }
        paths => paths.join(" → "),
    }
}

/// The path of an address, without the site and what was asked of it.
pub fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = match rest.find('/') {
        Some(at) => &rest[at..],
        None if rest.len() == url.len() => url,
        None => "/",
    };
    path.split(['?', '#']).next().unwrap_or(path)
}

fn below() -> Line {
    Line::of(" ".repeat(8), Role::Muted)
}
