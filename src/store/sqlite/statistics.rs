//! Counts over everything. They read whole tables, so nothing that must answer at once asks for them.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension};
use serde::Deserialize;

use super::column::{
    IdColumn, channel_of_name, id_if_any_at, identifier_at, kind_code, moment_at, text_at,
};
use super::fault::Step;
use super::seal::opened;
use crate::domain::Moment;
use crate::domain::command::Action;
use crate::domain::contact::ContactType;
use crate::domain::identifier::IdentifierType;
use crate::domain::reason::Rule;
use crate::domain::statistics::{
    Days, Expiring, Linking, Made, Share, SharedUse, Spans, Statistics,
};

/// Most identifiers that are named.
const SHARED_MAX: usize = 20;
const DAY_MS: i64 = 24 * 3_600_000;

/// What of a link is counted.
#[derive(Deserialize)]
struct Linked {
    reason: Grounds,
}

#[derive(Deserialize)]
struct Grounds {
    rule: Rule,
}

/// Everything that is counted. `expired` is the moment that contacts expire now if nobody saw them since, and
/// `ahead` how many spans of 24 hours are told apart from there on.
pub fn statistics(
    connection: &Connection,
    days: &Days,
    expired: Moment,
    ahead: usize,
) -> Step<Statistics> {
    let mut counted = Statistics {
        days: days.clone(),
        conversations: Share::default(),
        by_day: vec![Share::default(); days.count()],
        by_channel: Vec::new(),
        by_queue: Vec::new(),
        linking: Spans::default(),
        adding: Spans::default(),
        decisions: Vec::new(),
        expiring: expiring(connection, expired, ahead)?,
        shared: shared(connection)?,
    };
    conversations(connection, &mut counted)?;
    decisions(connection, &mut counted)?;
    Ok(counted)
}

/// Counts the conversations that began in the days.
fn conversations(connection: &Connection, counted: &mut Statistics) -> Step<()> {
    let sql = "SELECT started, channel, queue, link, contact.kind, contact.merged_to
        FROM conversation JOIN contact ON contact.row = conversation.contact
        WHERE started >= ?1 AND started < ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((counted.days.start().0, counted.days.end().0))?;
    let (mut channels, mut queues) = (BTreeMap::new(), BTreeMap::<_, Share>::new());
    let mut canonicals = HashMap::new();
    while let Some(row) = rows.next()? {
        let mut kind: Option<i64> = row.get(4)?;
        if let Some(parent) = id_if_any_at(row, 5)? {
            kind = match canonicals.get(&parent) {
                Some(known) => *known,
                None => *canonicals
                    .entry(parent)
                    .or_insert(kind_of_canonical(connection, parent)?),
            };
        }
        let linked: Linked = opened(text_at(row, 3)?)?;
        let is_kept = kind == Some(kind_code(ContactType::Curated));
        let linking = Linking::of(linked.reason.rule, is_kept);
        counted.conversations.take(linking);
        let day = counted.days.day_of(moment_at(row, 0)?);
        if let Some(share) = day.and_then(|day| counted.by_day.get_mut(day)) {
            share.take(linking);
        }
        let of_channel = channels.entry(text_at(row, 1)?.to_owned());
        of_channel.or_insert_with(Share::default).take(linking);
        let queue: Option<String> = row.get(2)?;
        queues.entry(queue).or_default().take(linking);
    }
    for (name, share) in most_first(channels) {
        counted.by_channel.push((channel_of_name(&name)?, share));
    }
    counted.by_queue = most_first(queues);
    Ok(())
}

/// Shares by size; those of one size keep the order of their names.
fn most_first<K: Ord>(shares: BTreeMap<K, Share>) -> Vec<(K, Share)> {
    let mut shares: Vec<_> = shares.into_iter().collect();
    shares.sort_by_key(|(_, share)| std::cmp::Reverse(share.all()));
    shares
}

/// What kind of contact a merge tree leads to.
fn kind_of_canonical(connection: &Connection, mut id: uuid::Uuid) -> Step<Option<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT kind, merged_to, id FROM contact WHERE id = ?1")?;
    let mut seen = HashSet::new();
    // Merge trees are forests; a damaged one must not keep the count for ever.
    while seen.insert(id) {
        let mut rows = statement.query([IdColumn(&id)])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        match id_if_any_at(row, 1)? {
            Some(parent) => id = parent,
            None => return Ok(row.get(0)?),
        }
    }
    Ok(None)
}

/// Counts what people decided in the days, and how long links and additions took.
fn decisions(connection: &Connection, counted: &mut Statistics) -> Step<()> {
    // From the newest on, so that an undo is known before what it undoes.
    let sql = "SELECT seq, at, action, contact, conversation, undoes FROM entry
        INDEXED BY entry_by_people
        WHERE action NOT IN ('resolve', 'expire') AND at >= ?1 ORDER BY seq DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([counted.days.start().0])?;
    let mut undone = HashSet::new();
    let mut by_action: HashMap<Action, (u64, u64)> = HashMap::new();
    let (mut links, mut additions) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let is_undone = undone.contains(&seq);
        if let (Some(of), false) = (row.get::<_, Option<i64>>(5)?, is_undone) {
            undone.insert(of);
        }
        let at = moment_at(row, 1)?;
        let Some(action) = Action::of_name(text_at(row, 2)?) else {
            return Err(super::column::damaged("an action"));
        };
        let is_none = matches!(
            action,
            Action::View | Action::Export | Action::SaveFilter | Action::ForgetFilter
        );
        if is_none || counted.days.day_of(at).is_none() {
            continue;
        }
        let (made, taken_back) = by_action.entry(action).or_default();
        *made += 1;
        *taken_back += u64::from(is_undone);
        let (of, began) = match action {
            Action::Link => (
                id_if_any_at(row, 4)?,
                "SELECT started FROM conversation WHERE id = ?1",
            ),
            Action::Promote => (
                id_if_any_at(row, 3)?,
                "SELECT created FROM contact WHERE id = ?1",
            ),
            _ => continue,
        };
        let (Some(of), false) = (of, is_undone) else {
            continue;
        };
        let began: Option<Option<i64>> = connection
            .prepare_cached(began)?
            .query_one([IdColumn(&of)], |row| row.get(0))
            .optional()?;
        if let Some(began) = began.flatten() {
            let took = at.since_ms(Moment(began)).max(0);
            match action {
                Action::Link => links.push(took),
                _ => additions.push(took),
            }
        }
    }
    counted.linking = Spans::of(links);
    counted.adding = Spans::of(additions);
    counted.decisions = Action::ALL
        .into_iter()
        .filter_map(|action| {
            let (made, undone) = *by_action.get(&action)?;
            Some(Made {
                action,
                made,
                undone,
            })
        })
        .collect();
    Ok(())
}

/// When contacts that expire do so at the earliest.
fn expiring(connection: &Connection, expired: Moment, ahead: usize) -> Step<Vec<Expiring>> {
    let mut spans = vec![Expiring::default(); ahead];
    let sql = "SELECT max(0, (due - ?1) / ?2), contact.kind, count(*)
        FROM alive JOIN contact ON contact.row = alive.contact
        WHERE due IS NOT NULL AND contact.kind IS NOT NULL GROUP BY 1, 2";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((expired.0, DAY_MS))?;
    while let Some(row) = rows.next()? {
        let span = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(usize::MAX);
        let Some(span) = spans.get_mut(span.min(ahead.saturating_sub(1))) else {
            continue;
        };
        let (kind, count): (i64, i64) = (row.get(1)?, row.get(2)?);
        let count = count.cast_unsigned();
        if kind == kind_code(ContactType::Ephemeral) {
            span.ephemeral += count;
        } else if kind == kind_code(ContactType::Identified) {
            span.identified += count;
        }
    }
    Ok(spans)
}

/// Identifiers that are marked as shared, or that several live contacts have, the most used first.
fn shared(connection: &Connection) -> Step<Vec<SharedUse>> {
    let sql = "WITH used AS (
            SELECT kind, value, source, count(DISTINCT contact) AS contacts FROM identifier
            GROUP BY kind, value, source HAVING count(DISTINCT contact) > 1),
        marked AS (
            SELECT kind, value, source FROM shared
            UNION ALL SELECT ?2, ltrim(value, '+'), '' FROM shared WHERE kind = ?3),
        told AS (
            SELECT kind, value, source, contacts FROM used
            UNION ALL SELECT kind, value, source,
                (SELECT count(DISTINCT contact) FROM identifier WHERE identifier.kind = shared.kind
                    AND identifier.value = shared.value AND identifier.source = shared.source)
                FROM shared WHERE NOT EXISTS (SELECT 1 FROM used WHERE used.kind = shared.kind
                    AND used.value = shared.value AND used.source = shared.source))
        SELECT kind, value, source, contacts, EXISTS (SELECT 1 FROM marked WHERE marked.kind = told.kind
            AND marked.value = told.value AND marked.source = told.source)
        FROM told ORDER BY contacts DESC, kind, value, source LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    // A number's mark covers its WhatsApp too, which is written without the plus.
    let (whatsapp, phone) = (IdentifierType::SocialWhatsapp, IdentifierType::Phone);
    let most = SHARED_MAX as i64;
    let mut rows = statement.query((most, whatsapp.code(), phone.code()))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(SharedUse {
            identifier: identifier_at(row, 0)?,
            contacts: row.get::<_, i64>(3)?.cast_unsigned(),
            is_marked: row.get(4)?,
        });
    }
    Ok(all)
}
