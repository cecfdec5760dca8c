//! Lists by filter: a page behind a cursor, the exact count, and a sample.

use std::collections::BTreeSet;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::super::column::{
    channel_of_name, direction_of_name, id_at, moment_at, moment_if_any_at, status_of_code, text_at,
};
use super::super::entry;
use super::super::fault::Step;
use super::clause::{self, Clause};
use super::reach::{self, Lead};
use super::{MARK, mark_at, rule_at, rule_code};
use crate::domain::command::EntryId;
use crate::domain::contact::ContactId;
use crate::domain::conversation::ConversationId;
use crate::domain::review::{Counted, Cursor, Filter, Kind, List, Marked, Order};
use crate::store::ConversationLine;
use crate::store::looked::{ConversationRow, DecisionRow, Page, Scope};

/// Tries for each that a sample wants, before it looks at everything.
const TRIES: usize = 200;

/// The columns that `talk` takes a conversation from.
const TALK: &str = "conversation.id, own.id, conversation.channel, conversation.direction,
    conversation.started, conversation.ended, conversation.status, conversation.queue,
    conversation.agent, conversation.agent_name, conversation.wrapup_code, conversation.wrapup_notes,
    conversation.subject, conversation.address, conversation.provided_name, conversation.entry,
    conversation.rule, conversation.first_rule, conversation.doubt";

/// Decisions by filter, in the order of their numbers, among `rows` rows of an index.
pub fn decisions(
    connection: &Connection,
    scope: &Scope,
    after: Option<Cursor>,
    limit: usize,
    rows: u32,
) -> Step<Page<DecisionRow>> {
    let order = scope.filter.order;
    let (sign, direction) = match order {
        Order::Newest | Order::Longest => ("<", "DESC"),
        Order::Oldest => (">", "ASC"),
    };
    let mut place = Clause::default();
    if let Some(after) = after {
        place.and(&format!("entry.seq {sign} ?"), [Value::Integer(after.at)]);
    }
    let few = few(connection, scope, reach::few(Some(rows)))?;
    let reached = match few {
        Some(_) => None,
        None => reach::of_entries(connection, &scope.filter, after, rows)?,
    };
    if let Some(reached) = reached {
        reach::narrow_entries(&mut place, &scope.filter, reached);
    }
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let end = format!(" ORDER BY entry.seq {direction} LIMIT {most}");
    let (sql, values) = branches(scope, few, &place, &end);
    let sql = format!("SELECT seq FROM ({sql}) ORDER BY seq {direction} LIMIT {most}");
    let mut seqs = numbers(connection, &sql, &values)?;
    let is_full = limit < seqs.len();
    seqs.truncate(limit);
    let last = seqs.last().filter(|_| is_full);
    let reached = reached.filter(|_| !is_full);
    Ok(Page {
        rows: decision_rows(connection, &seqs)?,
        next: last
            .map(|at| Cursor { at: *at, row: 0 })
            .or_else(|| reached.map(|one| one.next)),
        looked_to: reached.map(|one| one.looked_to),
    })
}

/// How many there are, at all or among `rows` rows of an index.
pub fn count(
    connection: &Connection,
    list: List,
    scope: &Scope,
    rows: Option<u32>,
) -> Step<Counted> {
    let (filter, most) = (&scope.filter, reach::few(rows));
    let reached;
    let (sql, values) = match list {
        List::Decisions => {
            let (few, mut place) = (few(connection, scope, most)?, Clause::default());
            reached = match rows.filter(|_| few.is_none()) {
                Some(rows) => reach::of_entries(connection, filter, None, rows)?,
                None => None,
            };
            if let Some(reached) = reached {
                reach::narrow_entries(&mut place, filter, reached);
            }
            let (sql, values) = branches(scope, few, &place, "");
            (format!("SELECT count(*) FROM ({sql})"), values)
        }
        List::Conversations => {
            let (lead, mut talks) = talks(connection, scope, most)?;
            reached = match rows {
                Some(rows) => reach::of_talks(connection, scope, &lead, None, rows)?,
                None => None,
            };
            if let Some(reached) = reached {
                reach::narrow_talks(&mut talks, filter, reached);
            }
            (format!("SELECT count(*) {}", talks.sql), talks.values)
        }
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let counted: i64 = statement.query_one(params_from_iter(values), |row| row.get(0))?;
    Ok(Counted {
        count: counted.cast_unsigned(),
        is_all: reached.is_none(),
    })
}

/// The numbers of the entries by filter as one statement, a part for each index that leads.
fn branches(scope: &Scope, few: Option<Clause>, place: &Clause, end: &str) -> (String, Vec<Value>) {
    let filter = &scope.filter;
    let mut narrowed = clause::of_entry(filter);
    narrowed.append(&clause::of_conversation(scope));
    narrowed.append(&clause::of_mark(filter));
    if filter.merged {
        narrowed.and(&clause::merged("of_entry"), []);
    }
    narrowed.append(place);
    let joins = joins(filter);
    if let Some(few) = few {
        // What an index finds few of needs no other index to lead.
        let (actions, names) = clause::actions(filter);
        let sql = format!(
            "SELECT * FROM (SELECT entry.seq AS seq FROM entry{joins} WHERE {actions}{}{}{end})",
            few.sql, narrowed.sql
        );
        let values = names.into_iter().chain(few.values).chain(narrowed.values);
        return (sql, values.collect());
    }
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    for (index, condition, action) in clause::branches(filter) {
        let sql = &narrowed.sql;
        parts.push(format!(
            "SELECT * FROM (SELECT entry.seq AS seq FROM entry{index}{joins} WHERE {condition}{sql}{end})"
        ));
        values.extend(action.map(|action| Value::Text(action.name().to_owned())));
        values.extend(narrowed.values.iter().cloned());
    }
    (parts.join(" UNION ALL "), values)
}

/// The entries among which the filter's are, where an index finds few: those that are marked, were undone, or are
/// about certain conversations.
fn few(connection: &Connection, scope: &Scope, most: u32) -> Step<Option<Clause>> {
    let filter = &scope.filter;
    let mut few = Clause::default();
    if matches!(filter.mark, Some(Marked::Any | Marked::As(_))) {
        few.and("entry.seq IN (SELECT seq FROM review_mark)", []);
        return Ok(Some(few));
    }
    if filter.undone == Some(true) {
        let sql = "entry.seq IN (SELECT undoes FROM entry WHERE undoes IS NOT NULL)";
        few.and(sql, []);
        return Ok(Some(few));
    }
    let Some(rare) = clause::driver(connection, List::Decisions, scope, most)? else {
        return Ok(None);
    };
    let sql = &rare.sql;
    let about = format!(
        "entry.seq IN (SELECT entry FROM conversation WHERE row IN ({sql})
        UNION ALL SELECT other.seq FROM conversation AS talk CROSS JOIN entry AS other
            ON other.conversation = talk.id AND other.action <> 'resolve'
            WHERE talk.row IN ({sql}))"
    );
    let twice = rare.values.iter().chain(&rare.values).cloned();
    few.and(&about, twice.collect::<Vec<_>>());
    Ok(Some(few))
}

/// What must be joined to the entries: only what is asked of, and always from the entry on.
fn joins(filter: &Filter) -> String {
    let mut joins = String::new();
    let by_rule = filter.rule.is_some_and(|rule| rule.is_automatic());
    if filter.is_of_conversations() || by_rule {
        joins.push_str(" CROSS JOIN conversation ON conversation.id = entry.conversation");
    }
    if filter.merged {
        joins.push_str(" CROSS JOIN contact AS of_entry ON of_entry.id = entry.contact");
    }
    if filter.mark.is_some() {
        joins.push_str(" LEFT JOIN review_mark ON review_mark.seq = entry.seq");
    }
    joins
}

fn numbers(connection: &Connection, sql: &str, values: &[Value]) -> Step<Vec<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The entries of these numbers with what a list shows.
fn decision_rows(connection: &Connection, seqs: &[i64]) -> Step<Vec<DecisionRow>> {
    let talk = format!(
        "SELECT {TALK} FROM conversation JOIN contact AS own ON own.row = conversation.contact
        WHERE conversation.id = (SELECT conversation FROM entry WHERE seq = ?1)"
    );
    let mark = format!("SELECT {MARK} FROM review_mark WHERE seq = ?1");
    let mut talk = connection.prepare_cached(&talk)?;
    let mut mark = connection.prepare_cached(&mark)?;
    let mut found = Vec::with_capacity(seqs.len());
    for seq in seqs {
        let Some(entry) = entry::entry(connection, EntryId(seq.cast_unsigned()))? else {
            continue;
        };
        let mut rows = talk.query([seq])?;
        let conversation = match rows.next()? {
            Some(row) => Some(talk_at(row)?),
            None => None,
        };
        let mut rows = mark.query([seq])?;
        let mark = match rows.next()? {
            Some(row) => mark_at(row, 0)?,
            None => None,
        };
        found.push(DecisionRow {
            entry,
            conversation,
            mark,
        });
    }
    Ok(found)
}

/// `FROM conversation ... WHERE ...` by filter, and the index that leads in it.
fn talks(connection: &Connection, scope: &Scope, most: u32) -> Step<(Lead, Clause)> {
    let filter = &scope.filter;
    let mut clause = clause::of_conversation(scope);
    clause.append(&clause::of_span(filter));
    if let Some(rule) = filter.rule {
        clause.and("conversation.rule = ?", [Value::Integer(rule_code(rule))]);
    }
    clause.append(&clause::of_mark(filter));
    let mut joins = String::new();
    if filter.merged {
        joins.push_str(" CROSS JOIN contact AS linked ON linked.row = conversation.contact");
        clause.and(&clause::merged("linked"), []);
    }
    if filter.mark.is_some() {
        joins.push_str(" LEFT JOIN review_mark ON review_mark.seq = conversation.entry");
    }
    if filter.order == Order::Longest {
        clause.and("conversation.until IS NOT NULL", []);
    }
    let rare = clause::driver(connection, List::Conversations, scope, most)?
        .filter(|_| filter.rule.is_none());
    let lead = match &rare {
        Some(_) => Lead::Few,
        None => Lead::of(scope),
    };
    let mut whole = Clause::default();
    let mut sql = format!("FROM conversation{}{joins} WHERE 1", lead.words());
    if let Some(rare) = rare {
        whole.and(&format!("conversation.row IN ({})", rare.sql), rare.values);
    }
    whole.append(&clause);
    sql.push_str(&whole.sql);
    let values = whole.values;
    Ok((lead, Clause { sql, values }))
}

/// Conversations by filter, in the order of their start among `rows` rows of an index, or of their length.
pub fn conversations(
    connection: &Connection,
    scope: &Scope,
    after: Option<Cursor>,
    limit: usize,
    rows: u32,
) -> Step<Page<ConversationRow>> {
    let (place, sign, direction) = match scope.filter.order {
        Order::Newest => ("conversation.started", "<", "DESC"),
        Order::Oldest => ("conversation.started", ">", "ASC"),
        Order::Longest => ("conversation.until - conversation.started", "<", "DESC"),
    };
    let (lead, mut talks) = talks(connection, scope, reach::few(Some(rows)))?;
    let reached = reach::of_talks(connection, scope, &lead, after, rows)?;
    if let Some(reached) = reached {
        reach::narrow_talks(&mut talks, &scope.filter, reached);
    }
    if let Some(after) = after {
        let at = Value::Integer(after.at);
        // The first part alone is what an index narrows by.
        let sql = format!("{place} {sign}= ? AND ({place}, conversation.row) {sign} (?, ?)");
        talks.and(&sql, [at.clone(), at, Value::Integer(after.row)]);
    }
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let sql = format!(
        "SELECT {place}, conversation.row {} ORDER BY {place} {direction}, conversation.row {direction}
        LIMIT {most}",
        talks.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params_from_iter(&talks.values), |row| {
        let (at, row) = (row.get(0)?, row.get(1)?);
        Ok(Cursor { at, row })
    })?;
    let mut places: Vec<Cursor> = found.collect::<rusqlite::Result<_>>()?;
    let is_full = limit < places.len();
    places.truncate(limit);
    let last = places.last().copied().filter(|_| is_full);
    let reached = reached.filter(|_| !is_full);
    Ok(Page {
        rows: talk_rows(connection, &places)?,
        next: last.or_else(|| reached.map(|one| one.next)),
        looked_to: reached.map(|one| one.looked_to),
    })
}

fn talk_rows(connection: &Connection, places: &[Cursor]) -> Step<Vec<ConversationRow>> {
    let sql = format!(
        "SELECT {TALK}, {MARK} FROM conversation JOIN contact AS own ON own.row = conversation.contact
        LEFT JOIN review_mark ON review_mark.seq = conversation.entry WHERE conversation.row = ?1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = Vec::with_capacity(places.len());
    for place in places {
        let mut rows = statement.query([place.row])?;
        if let Some(row) = rows.next()? {
            let mark = mark_at(row, 19)?;
            found.push(ConversationRow {
                mark,
                ..talk_at(row)?
            });
        }
    }
    Ok(found)
}

/// The conversation in the columns `TALK`, without its mark.
fn talk_at(row: &Row<'_>) -> Step<ConversationRow> {
    let line = ConversationLine {
        id: ConversationId(id_at(row, 0)?),
        contact: ContactId(id_at(row, 1)?),
        channel: channel_of_name(text_at(row, 2)?)?,
        direction: direction_of_name(text_at(row, 3)?)?,
        start: moment_at(row, 4)?,
        end: moment_if_any_at(row, 5)?,
        status: status_of_code(row.get(6)?)?,
        queue: row.get(7)?,
        agent: row.get(8)?,
        agent_name: row.get(9)?,
        wrapup_code: row.get(10)?,
        wrapup_notes: row.get(11)?,
        subject: row.get(12)?,
        address: row.get(13)?,
        provided_name: row.get(14)?,
    };
    let entry = row.get::<_, Option<i64>>(15)?;
    Ok(ConversationRow {
        line,
        entry: entry.map(|seq| EntryId(seq.cast_unsigned())),
        rule: rule_at(row, 16)?,
        first_rule: rule_at(row, 17)?,
        doubtful: row.get::<_, Option<bool>>(18)?.unwrap_or(false),
        mark: None,
    })
}

/// So many automatic links of conversations by filter, each as likely as any other.
///
/// Numbers are drawn among all entries and kept where the filter has them, which is quick where it has many;
/// where few are met, every one is looked at.
pub fn sample(
    connection: &Connection,
    scope: &Scope,
    count: usize,
    seed: u64,
) -> Step<Vec<DecisionRow>> {
    let mut scope = scope.clone();
    scope.filter.kinds = vec![Kind::AutoLink];
    let mut of_talks = Clause::default();
    of_talks.and("entry.conversation IS NOT NULL", []);
    let mut dice = Dice(seed);
    let last: i64 = connection.query_one("SELECT coalesce(max(seq), 0) FROM entry", (), |row| {
        row.get(0)
    })?;
    let mut drawn = BTreeSet::new();
    let mut one = of_talks.clone();
    one.and("entry.seq = ?", [Value::Null]);
    let (sql, mut values) = branches(&scope, few(connection, &scope, reach::few(None))?, &one, "");
    let is_quick = count.saturating_mul(10) < usize::try_from(last).unwrap_or(usize::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    for _ in 0..count.saturating_mul(TRIES) {
        if drawn.len() == count || !is_quick {
            break;
        }
        let seq = 1 + i64::try_from(dice.below(last.cast_unsigned())).unwrap_or_default();
        if let Some(place) = values.last_mut() {
            *place = Value::Integer(seq);
        }
        if statement.exists(params_from_iter(&values))? {
            drawn.insert(seq);
        }
    }
    if drawn.len() < count {
        drawn = of_all(connection, &scope, &of_talks, count, &mut Dice(seed))?;
    }
    let newest: Vec<i64> = drawn.into_iter().rev().collect();
    decision_rows(connection, &newest)
}

/// A sample of everything that the filter has, which is looked at once.
fn of_all(
    connection: &Connection,
    scope: &Scope,
    of_talks: &Clause,
    count: usize,
    dice: &mut Dice,
) -> Step<BTreeSet<i64>> {
    let (sql, values) = branches(
        scope,
        few(connection, scope, reach::few(None))?,
        of_talks,
        "",
    );
    let sql = format!("SELECT seq FROM ({sql}) ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut kept: Vec<i64> = Vec::new();
    let mut seen = 0_u64;
    while let Some(row) = rows.next()? {
        seen += 1;
        let seq = row.get(0)?;
        match kept.len() < count {
            true => kept.push(seq),
            false => {
                let place = usize::try_from(dice.below(seen)).unwrap_or(usize::MAX);
                if let Some(place) = kept.get_mut(place) {
                    *place = seq;
                }
            }
        }
    }
    Ok(kept.into_iter().collect())
}

/// Numbers from a seed, the same every time (splitmix64).
struct Dice(u64);

impl Dice {
    /// A number from 0 on, below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // The high half of the product spreads evenly enough over any end.
        let wide = u128::from(mixed) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or_default()
    }
}
