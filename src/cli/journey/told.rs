//! What every form of a journey says of an interaction, in words and times of the session's zone.

use jiff::tz::TimeZone;

use crate::backend::view::{Journey, JourneyConversation, JourneyItem};
use crate::domain::Moment;
use crate::domain::conversation::{Channel, Status};
use crate::domain::transcript::{Author, Transcript};
use crate::domain::visit::{Happened, Visit};
use crate::tui::text::{clean_block, clean_line};
use crate::tui::time::{clock, date};

use super::said::Said;

/// Pages of a visit that are named.
const PAGES_MAX: usize = 20;

/// An interaction in words. Every text is cleaned of what could steer a reader's program.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub id: String,
    pub channel: Channel,
    /// `call in`, `WhatsApp out`, `web visit`.
    pub what: String,
    pub status: Status,
    pub start: Moment,
    pub end: Option<Moment>,
    pub queue: String,
    pub agent: String,
    pub wrapup: String,
    pub subject: String,
    pub address: String,
    pub notes: String,
    /// The status in words.
    pub state: &'static str,
    /// Pages, segments, outcomes of a visit, and who had a conversation in which order; a line each.
    pub visited: Vec<String>,
    /// The segments that matched, each with its colour.
    pub segments: Vec<(String, Option<String>)>,
    /// What was said in messages.
    pub said: Vec<ToldMessage>,
}

/// A message in words, cleaned.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldMessage {
    /// When, with the day where that is another than the one before.
    pub at: String,
    pub by: Author,
    /// `agent Mara Lindt`.
    pub who: String,
    /// The text and what else it holds, a line each.
    pub text: String,
}

/// The interactions of a journey, newest first.
pub fn told(journey: &Journey, said: &Said, zone: &TimeZone, now: Moment) -> Vec<Told> {
    let items = journey.items.iter();
    let mut all: Vec<Told> = items
        .map(|item| {
            let said = match item {
                JourneyItem::Conversation(one) => said.get(&one.id),
                JourneyItem::Visit(..) => None,
            };
            let said = said.map(|said| messages(said, item.position().1, zone));
            Told {
                said: said.unwrap_or_default(),
                ..of(item, journey, now)
            }
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.start));
    all
}

impl Told {
    /// How long it took, or has taken by `now`: `4:39`.
    pub fn lasted(&self, now: Moment) -> String {
        super::lasted(self.end.unwrap_or(now).since_ms(self.start))
    }

    /// Queue, agent and wrap-up, those that there are.
    pub fn handling(&self) -> String {
        let parts = [&self.queue, &self.agent, &self.wrapup];
        let parts: Vec<&str> = parts
            .iter()
            .map(|one| one.as_str())
            .filter(|one| !one.is_empty())
            .collect();
        parts.join(" · ")
    }
}

fn of(item: &JourneyItem, journey: &Journey, now: Moment) -> Told {
    let clean = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        clean_line(text.trim()).into_owned()
    };
    match item {
        JourneyItem::Conversation(one) => Told {
            id: one.id.to_string(),
            channel: one.channel,
            what: format!("{} {}", one.channel.word(), one.direction.name()),
            status: one.status,
            start: one.start,
            end: one.end,
            queue: clean(&one.queue),
            agent: clean(&one.agent),
            wrapup: clean(&one.wrapup_code),
            subject: clean(&one.subject),
            address: clean(&one.address),
            notes: clean_block(one.notes.as_deref().unwrap_or_default().trim()).into_owned(),
            state: one.state_word(),
            visited: going(one, now),
            segments: Vec::new(),
            said: Vec::new(),
        },
        JourneyItem::Visit(id, visit, status) => Told {
            id: id.to_string(),
            channel: Channel::Web,
            what: Channel::Web.word().to_owned(),
            status: *status,
            start: visit.start,
            end: visit.end,
            queue: String::new(),
            agent: String::new(),
            wrapup: String::new(),
            subject: String::new(),
            address: String::new(),
            notes: String::new(),
            state: status.word(),
            visited: visited(visit, journey),
            segments: segments(visit, journey),
            said: Vec::new(),
        },
    }
}

/// Each message in words; the day is said where it is another than that of the message before.
fn messages(said: &Transcript, start: Moment, zone: &TimeZone) -> Vec<ToldMessage> {
    let mut last = date(start, zone);
    let told = said.messages.iter().map(|message| {
        let own = date(message.at, zone);
        let at = match own == last {
            true => clock(message.at, zone),
            false => format!("{} {}", own.strftime("%-d %b"), clock(message.at, zone)),
        };
        last = own;
        let text = message.text.trim_end();
        let text = (!text.is_empty()).then(|| text.to_owned());
        let lines: Vec<String> = text.into_iter().chain(message.beside()).collect();
        ToldMessage {
            at,
            by: message.author,
            who: clean_line(&message.who()).into_owned(),
            text: clean_block(&lines.join("\n")).into_owned(),
        }
    });
    told.collect()
}

/// Who had the conversation in which order, and what is known of it besides.
fn going(one: &JourneyConversation, now: Moment) -> Vec<String> {
    let Some(course) = &one.course else {
        return Vec::new();
    };
    let stints = course.stints.iter().map(|stint| {
        let words = stint.in_words(one.channel, now, &super::lasted);
        format!("{} {}: {words}", stint.kind(), stint.who())
    });
    let campaign = course
        .campaign
        .iter()
        .map(|name| format!("campaign {name}"));
    let delivery = course
        .delivery
        .iter()
        .map(|word| format!("delivery {word}"));
    let callback = course
        .callback_at
        .iter()
        .map(|at| format!("call back at {at}"));
    let other = match course.other.is_empty() {
        true => None,
        false => Some(format!("other {}", course.other.join(", "))),
    };
    let lines = campaign
        .chain(delivery)
        .chain(callback)
        .chain(stints)
        .chain(other);
    lines
        .map(|line| clean_line(line.trim()).into_owned())
        .collect()
}

/// What the visitor did: where from, pages, segments that matched, outcomes, and how likely others are.
fn visited(visit: &Visit, journey: &Journey) -> Vec<String> {
    let mut lines = Vec::new();
    let mut say = |label: &str, text: &str| {
        let text = clean_line(text.trim());
        if !text.is_empty() {
            lines.push(format!("{label} {text}"));
        }
    };
    let by = [&visit.device, &visit.browser, &visit.place]
        .into_iter()
        .flatten();
    say("by", &by.cloned().collect::<Vec<_>>().join(", "));
    say("from", visit.referrer.as_deref().unwrap_or_default());
    say("campaign", visit.campaign.as_deref().unwrap_or_default());
    say("searched", &visit.search_terms.join(", "));
    let pages: Vec<&str> = visit.pages().map(|(_, url)| url).collect();
    pages
        .iter()
        .take(PAGES_MAX)
        .for_each(|url| say("page", url));
    if PAGES_MAX < pages.len() {
        say("and", &format!("{} pages more", pages.len() - PAGES_MAX));
    }
    for event in &visit.events {
        match &event.what {
            // Those that are not listed are not for agents to see.
            Happened::Segment { id } => say(
                "segment",
                journey.segments.get(id).map_or("", String::as_str),
            ),
            Happened::Outcome { id, name, .. } => {
                let known = name.as_ref().or_else(|| journey.outcomes.get(id));
                say("achieved", known.map_or("an outcome", String::as_str));
            }
            Happened::Action { media, state } => say("offered", &format!("{media}: {state}")),
            Happened::Custom { name } => {
                let said = event.attributes.iter();
                let said = said.map(|(name, value)| format!(", {name} {value}"));
                say("event", &format!("{name}{}", said.collect::<String>()));
            }
            Happened::Other { kind } => say("other", kind),
            Happened::Page { .. } => {}
        }
    }
    for (id, score) in &visit.scores {
        let name = journey
            .outcomes
            .get(id)
            .map_or("an outcome", String::as_str);
        say("likely", &format!("{name} {:.0} %", score * 100.0));
    }
    lines
}

/// Each segment that matched once, with its colour where it is one.
fn segments(visit: &Visit, journey: &Journey) -> Vec<(String, Option<String>)> {
    let mut matched: Vec<(String, Option<String>)> = Vec::new();
    for event in &visit.events {
        let Happened::Segment { id } = &event.what else {
            continue;
        };
        let Some(name) = journey.segments.get(id) else {
            continue;
        };
        let name = clean_line(name.trim()).into_owned();
        let color = journey.colors.get(id).filter(|color| is_colour(color));
        if !matched.iter().any(|(known, _)| *known == name) {
            matched.push((name, color.cloned()));
        }
    }
    matched
}

/// `#D23C3C` and nothing else: it goes into a page as it is.
fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// `Sunday 22 November 2026`.
pub fn day(moment: Moment, zone: &TimeZone) -> String {
    date(moment, zone).strftime("%A %-d %B %Y").to_string()
}

/// The interactions of each day, newest day first.
pub fn by_day<'t>(told: &'t [Told], zone: &TimeZone) -> Vec<(String, Vec<&'t Told>)> {
    let mut days: Vec<(String, Vec<&Told>)> = Vec::new();
    for one in told {
        let day = day(one.start, zone);
        match days.last_mut() {
            Some((last, all)) if *last == day => all.push(one),
            Some(_) | None => days.push((day, vec![one])),
        }
    }
    days
}

/// The lanes of a journey, as it is counted and drawn.
pub const LANES: [&str; 5] = ["calls", "mail", "messages", "web", "other"];

/// Which lane a channel is in.
pub const fn lane(channel: Channel) -> usize {
    match channel {
        Channel::Call | Channel::Callback | Channel::Video => 0,
        Channel::Email => 1,
        Channel::Sms | Channel::Chat | Channel::WebMessaging | Channel::Facebook => 2,
        Channel::Twitter | Channel::Line | Channel::Instagram | Channel::Apple => 2,
        Channel::Whatsapp | Channel::Open => 2,
        Channel::Web | Channel::Cobrowse => 3,
        Channel::Other => 4,
    }
}

/// `8 calls, 4 messages`.
pub fn counted(told: &[Told]) -> String {
    let lanes = LANES.iter().enumerate().filter_map(|(index, name)| {
        let count = told.iter().filter(|one| lane(one.channel) == index).count();
        let name = match (count, name.strip_suffix('s')) {
            (0, _) => return None,
            (1, Some(one)) => one,
            _ => name,
        };
        Some(format!("{count} {name}"))
    });
    let lanes: Vec<String> = lanes.collect();
    match lanes.is_empty() {
        true => "nothing".to_owned(),
        false => lanes.join(", "),
    }
}
