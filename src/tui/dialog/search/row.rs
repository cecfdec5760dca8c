//! What stands in the list of the search: people at hand first, then what was found, then what can be made
//! of a text that nobody has.

use std::ops::Range;

use super::Purpose;
use crate::backend::view::{Brief, SearchHit, SearchResult};
use crate::domain::contact::{ContactId, ContactType};
use crate::tui::context::Scene;
use crate::tui::dialog::words::brief_of;
use crate::tui::pane::person::called;
use crate::tui::pane::sign;
use crate::tui::widget::matches;

/// The people at hand that are offered before anybody typed; what is typed finds the others too.
const PICKS_MAX: usize = 60;
/// Fewer digits than this are part of too many numbers.
const DIGITS_MIN: usize = 3;

/// Somebody at hand, and why they are offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pick {
    pub brief: Brief,
    pub why: String,
    pub weight: Weight,
}

/// What speaks for somebody at hand, the most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// The desk suggests them: Enter may mean them before anybody was chosen.
    Suggested,
    /// They are there.
    Near,
    /// Somebody said that it is not them.
    Refused,
}

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Index into the people at hand.
    Pick(usize),
    /// Index into what was found.
    Hit(usize),
    /// The contact whose id was typed.
    Typed,
    /// Add the conversation's contact to the contacts.
    Promote,
    /// A new contact with what was typed.
    New,
}

/// What a row shows, without its style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub name: String,
    pub name_matched: Vec<Range<usize>>,
    pub kind: &'static str,
    pub detail: String,
    pub detail_matched: Vec<Range<usize>>,
    pub beside: String,
}

/// Everybody at hand: who uses the same identifier, who may be the same person, who is on the desk, who was
/// looked at lately; those last of whom somebody said that it is not them. Nobody twice, and never the
/// contact itself.
pub(super) fn at_hand(scene: &Scene<'_>, purpose: &Purpose, own: Option<ContactId>) -> Vec<Pick> {
    let profile = scene.profile.into_iter();
    let rivals = profile.clone().flat_map(|profile| &profile.rivals);
    let rivals = rivals.map(|(brief, identifier)| {
        let why = format!("also uses {}", identifier.shown());
        pick(brief.clone(), &why, Weight::Suggested)
    });
    let suggestions = profile.flat_map(|profile| &profile.suggestions);
    let suggestions =
        suggestions.map(|brief| pick(brief.clone(), "maybe the same", Weight::Suggested));
    let desk = on_the_desk(scene).map(|brief| pick(brief, "on the desk", Weight::Near));
    let mut picks: Vec<Pick> = rivals.chain(suggestions).chain(desk).collect();
    picks.extend(seen_lately(scene, None));
    let mut known = Vec::new();
    picks.retain(|pick| {
        let is_new = Some(pick.brief.id) != own && !known.contains(&pick.brief.id);
        known.push(pick.brief.id);
        is_new
    });
    for pick in &mut picks {
        if is_refused(scene, purpose, pick.brief.id) {
            pick.weight = Weight::Refused;
        }
    }
    picks.sort_by_key(|pick| pick.weight);
    picks
}

/// Whether somebody said that it is not them: the conversation was taken from them, or they were told apart.
fn is_refused(scene: &Scene<'_>, purpose: &Purpose, person: ContactId) -> bool {
    let Some(profile) = scene.profile else {
        return false;
    };
    let is_left = *purpose == Purpose::Link && profile.left.contains(&person);
    is_left || profile.not_same.contains(&person)
}

/// The contacts that were looked at lately, the last one first.
pub(super) fn seen_lately(scene: &Scene<'_>, own: Option<ContactId>) -> Vec<Pick> {
    let recent = scene.recent.iter().filter(|brief| Some(brief.id) != own);
    recent
        .map(|brief| pick(brief.clone(), "seen lately", Weight::Near))
        .collect()
}

/// The rows for a text, in order. `offers` stand at the end when nothing was found.
pub(super) fn arrange(
    text: &str,
    picks: &[Pick],
    found: Option<&SearchResult>,
    typed: Option<&Brief>,
    offers: &[Row],
) -> Vec<Row> {
    let words: Vec<&str> = text.split_whitespace().collect();
    // A number may be typed as at home, with a zero before it, or with two from abroad.
    let number = digits(text);
    let number = number.trim_start_matches('0');
    let fits = |pick: &Pick| {
        let brief = &pick.brief;
        let shown = [&called(&brief.name, brief.says.as_deref()), &brief.detail];
        let has = |word: &&str| shown.iter().any(|text| !matches(text, &[*word]).is_empty());
        let has_number = DIGITS_MIN <= number.len() && is_number(text);
        words.iter().all(has) || has_number && digits(&brief.detail).contains(number)
    };
    let most = if words.is_empty() {
        PICKS_MAX
    } else {
        picks.len()
    };
    let mut rows: Vec<Row> = typed.map(|_| Row::Typed).into_iter().collect();
    let at_hand: Vec<usize> = (0..picks.len())
        .filter(|index| fits(&picks[*index]))
        .take(most)
        .collect();
    rows.extend(at_hand.iter().map(|index| Row::Pick(*index)));
    let is_at_hand = |hit: &SearchHit| {
        at_hand
            .iter()
            .any(|index| picks[*index].brief.id == hit.contact)
    };
    let hits = found
        .into_iter()
        .flat_map(|found| found.hits.iter().enumerate());
    rows.extend(
        hits.filter(|(_, hit)| !is_at_hand(hit))
            .map(|(index, _)| Row::Hit(index)),
    );
    if rows.is_empty() {
        rows.extend_from_slice(offers);
    }
    rows
}

/// Whether a text is a number as people type it, with blanks or without.
fn is_number(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_digit() || "+-()/. ".contains(c))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A found contact as a brief: what can be found is kept.
pub(super) fn brief_of_hit(hit: &SearchHit) -> Brief {
    Brief {
        id: hit.contact,
        kind: ContactType::Curated,
        name: hit.name.clone(),
        says: None,
        detail: hit.detail.clone(),
    }
}

/// What a found contact shows.
pub(super) fn shown_hit(hit: &SearchHit) -> Shown {
    Shown {
        name: hit.name.clone(),
        name_matched: hit.name_matched.clone(),
        kind: if hit.by_typo {
            "≈ similar"
        } else {
            ContactType::Curated.name()
        },
        detail: hit.detail.clone(),
        detail_matched: hit.detail_matched.clone(),
        beside: hit.place.clone().unwrap_or_default(),
    }
}

/// What somebody at hand shows.
pub(super) fn shown_brief(brief: &Brief, beside: &str, text: &str) -> Shown {
    let words: Vec<&str> = text.split_whitespace().collect();
    let name = called(&brief.name, brief.says.as_deref());
    Shown {
        name_matched: matches(&name, &words),
        name,
        kind: brief.kind.name(),
        detail: brief.detail.clone(),
        detail_matched: matches(&brief.detail, &words),
        beside: beside.to_owned(),
    }
}

fn on_the_desk<'a>(scene: &Scene<'a>) -> impl Iterator<Item = Brief> + 'a {
    let of_profile = scene.profile.and_then(|profile| profile.contact.as_ref());
    let lines = scene.roster.lines.iter().filter_map(|line| {
        let address = line.address.as_deref();
        let detail = address.map(|address| sign::address(line.channel, address));
        Some(Brief {
            id: line.contact?,
            kind: line.contact_kind.unwrap_or(ContactType::Ephemeral),
            name: line.name.clone().unwrap_or_default(),
            says: line.provided_name.clone(),
            detail: detail.unwrap_or_default(),
        })
    });
    lines.chain(of_profile.map(brief_of))
}

fn pick(brief: Brief, why: &str, weight: Weight) -> Pick {
    Pick {
        brief,
        why: why.to_owned(),
        weight,
    }
}
