//! What marks and corrections come to.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::column::damaged;
use super::super::fault::Step;
use super::clause::UNDOS;
use super::clause::{self, Clause};
use super::{rule_at, verdict_code};
use crate::domain::review::{Filter, Precision, Verdict};
use crate::store::looked::Scope;

/// The marks on automatic links by filter, and the automatic links that somebody corrected: linked elsewhere or
/// took away, where that stands.
pub fn precision(connection: &Connection, scope: &Scope) -> Step<Precision> {
    let mut precision = Precision::default();
    let mut narrowed = narrowed(scope);
    let sql = format!(
        "SELECT review_mark.verdict, count(*) FROM review_mark
        CROSS JOIN entry ON entry.seq = review_mark.seq
        JOIN conversation ON conversation.id = entry.conversation
        JOIN contact AS linked ON linked.row = conversation.contact
        WHERE entry.action = 'resolve'{} GROUP BY review_mark.verdict",
        narrowed.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(&narrowed.values))?;
    while let Some(row) = rows.next()? {
        let (code, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        let verdict = Verdict::ALL
            .into_iter()
            .find(|one| verdict_code(*one) == code);
        match verdict {
            Some(Verdict::Right) => precision.right = count.cast_unsigned(),
            Some(Verdict::Wrong) => precision.wrong = count.cast_unsigned(),
            Some(Verdict::CannotTell) => precision.cannot_tell = count.cast_unsigned(),
            None => return Err(damaged("a mark")),
        }
    }
    // Of marks the rest of the filter says which; corrections have none.
    narrowed = self::narrowed(&Scope {
        filter: Filter {
            mark: None,
            ..scope.filter.clone()
        },
        ..scope.clone()
    });
    corrections(connection, &narrowed, &mut precision)?;
    Ok(precision)
}

/// What the filter asks of automatic links; `entry`, `conversation` and `linked` are joined.
fn narrowed(scope: &Scope) -> Clause {
    let mut filter = scope.filter.clone();
    // Who corrected it, and whether an entry was undone, is not asked of the links themselves.
    (filter.by, filter.undone) = (None, None);
    let mut narrowed = clause::of_entry(&filter);
    narrowed.append(&clause::of_conversation(scope));
    narrowed.append(&clause::of_mark(&filter));
    if filter.merged {
        narrowed.and(&clause::merged("linked"), []);
    }
    narrowed
}

fn corrections(connection: &Connection, narrowed: &Clause, precision: &mut Precision) -> Step<()> {
    // A person's link or unlink counts while it stands; of several on one conversation the first corrected it.
    let sql = format!(
        "SELECT entry.seq, first.actor, conversation.queue, conversation.first_rule FROM (
            SELECT conversation, min(seq) AS seq FROM entry WHERE action IN ('link', 'unlink')
                AND action NOT IN ('resolve', 'expire', 'import')
                AND {UNDOS} % 2 = 0
            GROUP BY conversation) AS correction
        CROSS JOIN entry AS first ON first.seq = correction.seq
        CROSS JOIN conversation ON conversation.id = correction.conversation
        CROSS JOIN entry ON entry.seq = conversation.entry
        JOIN contact AS linked ON linked.row = conversation.contact
        WHERE entry.action = 'resolve'{}",
        narrowed.sql
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values: Vec<Value> = narrowed.values.clone();
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut agents, mut queues, mut rules) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    while let Some(row) = rows.next()? {
        precision.corrected += 1;
        *agents.entry(row.get::<_, String>(1)?).or_insert(0) += 1;
        let queue = row.get::<_, Option<String>>(2)?.unwrap_or_default();
        *queues.entry(queue).or_insert(0) += 1;
        let rule = rule_at(row, 3)?.map_or("", |rule| rule.name());
        *rules.entry(rule.to_owned()).or_insert(0) += 1;
    }
    precision.by_agent = most_first(agents);
    precision.by_queue = most_first(queues);
    precision.by_rule = most_first(rules);
    Ok(())
}

fn most_first(counts: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    counts
}
