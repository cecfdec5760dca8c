//! The words of a filter: `queue:Billing channel:call from:2026-11-01 unlinked`. A value with blanks stands in
//! quotes.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Filter, Kind, Marked, Order, Verdict};
use crate::domain::conversation::{Channel, Status};
use crate::domain::moment::Moment;
use crate::domain::reason::Rule;

/// Every word that a filter knows, with what it takes; nothing for those that stand alone.
pub const KEYS: [(&str, &str); 17] = [
    ("kind", "KIND"),
    ("by", "NAME"),
    ("channel", "CHANNEL"),
    ("queue", "NAME"),
    ("agent", "NAME"),
    ("wrapup", "CODE"),
    ("status", "STATUS"),
    ("from", "WHEN"),
    ("to", "WHEN"),
    ("rule", "RULE"),
    ("text", "TEXT"),
    ("mark", "MARK"),
    ("order", "ORDER"),
    ("merged", ""),
    ("unlinked", ""),
    ("doubtful", ""),
    ("undone", ""),
];

const STATUSES: [(Status, &str); 5] = [
    (Status::Active, "active"),
    (Status::Waiting, "waiting"),
    (Status::Ended, "ended"),
    (Status::WrapupDue, "wrap-up-due"),
    (Status::Abandoned, "abandoned"),
];

/// A word that a filter does not know, or a value that is none of its word's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFilter {
    #[error("{word:?} is no filter; filters are {}", known())]
    Unknown { word: String },
    #[error("{key} is not {value:?}; it is {choices}")]
    Value {
        key: &'static str,
        value: String,
        choices: String,
    },
    #[error("{0} needs a value; write {0}:VALUE")]
    Empty(&'static str),
    #[error("kind, by and undone narrow decisions; leave them out for conversations")]
    OfDecisions,
    #[error("decisions have no length; sort them by newest or oldest")]
    NoLength,
    #[error("a quote is never closed; close it")]
    Quote,
}

fn known() -> String {
    KEYS.map(|(key, _)| key).join(", ")
}

/// A filter in words, its times in a zone.
pub struct Zoned<'a>(pub &'a Filter, pub &'a TimeZone);

impl Filter {
    /// Reads a filter; days are those of `zone`.
    pub fn read(text: &str, zone: &TimeZone) -> Result<Self, BadFilter> {
        let mut filter = Self::default();
        for word in words(text)? {
            match word.split_once(':') {
                Some((key, value)) => filter.set(key, value, zone)?,
                None => filter.set(&word, "", zone)?,
            }
        }
        Ok(filter)
    }

    /// Narrows by one word.
    pub fn set(&mut self, key: &str, value: &str, zone: &TimeZone) -> Result<(), BadFilter> {
        let value = value.trim();
        let known = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        let (key, takes) = known.ok_or_else(|| BadFilter::Unknown { word: cut(key) })?;
        if value.is_empty() && !takes.is_empty() {
            return Err(BadFilter::Empty(key));
        }
        match *key {
            "kind" => self.set_kinds(value)?,
            "by" => self.by = Some(value.to_owned()),
            "channel" => self.channel = Some(channel(value)?),
            "queue" => self.queue = Some(value.to_owned()),
            "agent" => self.agent = Some(value.to_owned()),
            "wrapup" => self.wrapup = Some(value.to_owned()),
            "status" => self.status = Some(one_of("status", value, &STATUSES)?),
            "from" => self.from = Some(moment("from", value, zone, 0)?),
            "to" => self.to = Some(moment("to", value, zone, 1)?),
            "rule" => {
                let all = Rule::ALL.map(|rule| (rule, rule.name()));
                self.rule = Some(one_of("rule", value, &all)?);
            }
            "text" => self.text = Some(value.to_owned()),
            "mark" => self.mark = Some(one_of("mark", value, &marks())?),
            "order" => {
                let all = Order::ALL.map(|order| (order, order.name()));
                self.order = one_of("order", value, &all)?;
            }
            flag => self.set_flag(flag, value)?,
        }
        Ok(())
    }

    fn set_kinds(&mut self, value: &str) -> Result<(), BadFilter> {
        let all = Kind::ALL.map(|kind| (kind, kind.name()));
        for name in value.split(',') {
            let kind = one_of("kind", name.trim(), &all)?;
            if !self.kinds.contains(&kind) {
                self.kinds.push(kind);
            }
        }
        Ok(())
    }

    fn set_flag(&mut self, key: &str, value: &str) -> Result<(), BadFilter> {
        let said = match value.to_ascii_lowercase().as_str() {
            "" | "yes" | "true" => true,
            "no" | "false" => false,
            _ => return Err(bad(flag_name(key), value, "yes or no".to_owned())),
        };
        match key {
            "merged" => self.merged = said,
            "unlinked" => self.unlinked = said,
            "doubtful" => self.doubtful = said,
            _ => self.undone = Some(said),
        }
        Ok(())
    }

    /// The words and values that make it, in the order of `KEYS`.
    pub fn words(&self, zone: &TimeZone) -> Vec<(&'static str, String)> {
        let mut words = Vec::new();
        let mut put = |key: &'static str, value: Option<String>| {
            words.extend(value.map(|value| (key, value)));
        };
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        put(
            "kind",
            Some(kinds.join(",")).filter(|text| !text.is_empty()),
        );
        put("by", self.by.clone());
        put("channel", self.channel.map(|one| one.name().to_owned()));
        put("queue", self.queue.clone());
        put("agent", self.agent.clone());
        put("wrapup", self.wrapup.clone());
        put("status", self.status.map(|one| named(one, &STATUSES)));
        put("from", self.from.map(|at| said(at, zone, 0)));
        put("to", self.to.map(|at| said(at, zone, 1)));
        put("rule", self.rule.map(|rule| rule.name().to_owned()));
        put("text", self.text.clone());
        put("mark", self.mark.map(|mark| named(mark, &marks())));
        let order = Some(self.order).filter(|order| *order != Order::Newest);
        put("order", order.map(|order| order.name().to_owned()));
        let flag = |on: bool| on.then(String::new);
        put("merged", flag(self.merged));
        put("unlinked", flag(self.unlinked));
        put("doubtful", flag(self.doubtful));
        let undone = self.undone.map(|on| if on { "" } else { "no" });
        put("undone", undone.map(str::to_owned));
        words
    }
}

impl fmt::Display for Zoned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.0.words(self.1).into_iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            let is_plain =
                |letter: char| !letter.is_whitespace() && letter != '"' && letter != '\\';
            match value.chars().all(is_plain) {
                true if value.is_empty() => f.write_str(key)?,
                true => write!(f, "{key}:{value}")?,
                false => {
                    let inner = value.replace('\\', "\\\\").replace('"', "\\\"");
                    write!(f, "{key}:\"{inner}\"")?;
                }
            }
        }
        Ok(())
    }
}

/// The words of a text; what stands in quotes is not taken apart.
fn words(text: &str) -> Result<Vec<String>, BadFilter> {
    let mut words = Vec::new();
    let (mut word, mut is_quoted) = (String::new(), false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => word.extend(letters.next()),
            _ if letter.is_whitespace() && !is_quoted => {
                words.push(std::mem::take(&mut word));
            }
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    match is_quoted {
        true => Err(BadFilter::Quote),
        false => Ok(words),
    }
}

fn channel(value: &str) -> Result<Channel, BadFilter> {
    let all = Channel::ALL.map(|channel| channel.name()).join(", ");
    Channel::of_name(value).ok_or_else(|| bad("channel", value, all))
}

fn marks() -> [(Marked, &'static str); 5] {
    [
        (Marked::None, "none"),
        (Marked::Any, "any"),
        (Marked::As(Verdict::Right), Verdict::Right.name()),
        (Marked::As(Verdict::Wrong), Verdict::Wrong.name()),
        (Marked::As(Verdict::CannotTell), Verdict::CannotTell.name()),
    ]
}

fn one_of<T: Copy>(key: &'static str, value: &str, all: &[(T, &str)]) -> Result<T, BadFilter> {
    let found = all
        .iter()
        .find(|(_, name)| name.eq_ignore_ascii_case(value));
    let names = || all.iter().map(|(_, name)| *name).collect::<Vec<_>>();
    found
        .map(|(one, _)| *one)
        .ok_or_else(|| bad(key, value, names().join(", ")))
}

fn named<T: Copy + PartialEq>(one: T, all: &[(T, &str)]) -> String {
    let found = all.iter().find(|(other, _)| *other == one);
    found.map_or_else(String::new, |(_, name)| (*name).to_owned())
}

fn flag_name(key: &str) -> &'static str {
    let found = KEYS.iter().find(|(name, _)| *name == key);
    found.map_or("a filter", |(name, _)| name)
}

fn bad(key: &'static str, value: &str, choices: String) -> BadFilter {
    let value = cut(value);
    BadFilter::Value {
        key,
        value,
        choices,
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A day begins, or ends `later` days on, at midnight in `zone`.
fn moment(
    key: &'static str,
    value: &str,
    zone: &TimeZone,
    later: i64,
) -> Result<Moment, BadFilter> {
    if let Ok(moment) = value.parse::<Moment>() {
        return Ok(moment);
    }
    let day = value.parse::<Date>().ok();
    let day = day.and_then(|day| day.checked_add(jiff::Span::new().days(later)).ok());
    let midnight = day.and_then(|day| day.to_zoned_datetime(zone.clone()).ok());
    let choices = "a day such as 2026-11-01, or a time such as 2026-11-01T14:00:00Z".to_owned();
    midnight
        .map(|at| Moment(at.timestamp().as_millisecond()))
        .ok_or_else(|| bad(key, value, choices))
}

/// The day that a moment begins, or that ends with it; else the moment.
fn said(at: Moment, zone: &TimeZone, later: i64) -> String {
    let here = at.timestamp().to_zoned_datetime(zone.clone());
    let day = here.date().checked_sub(jiff::Span::new().days(later));
    match (day, here.time() == jiff::civil::Time::midnight()) {
        (Ok(day), true) => day.to_string(),
        (Ok(_) | Err(_), _) => at.to_string(),
    }
}
